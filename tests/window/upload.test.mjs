// A Blob, File or FormData with a file as a request body ends WebKitGTK's process in native code; the page guards itself.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { phoneTicket, startDesk } from './api.mjs';
import { withDesk } from './desk.mjs';

const BYTES = `let bytes = new Uint8Array(args[0]);
  for (let i = 0, x = 1; i < bytes.length; i++) bytes[i] = x = (x * 75 + 74) % 65537 & 255;
  let token = { 'x-docket': window.__DOCKET__.token };
  let upload = async (body, type = 'application/octet-stream') => {
    let path = '/api/v1/uploads?name=data.bin&type=application/octet-stream';
    let answer = await fetch(path, { method: 'POST', headers: { ...token, 'content-type': type }, body });
    if (!answer.ok) throw new Error(answer.status + await answer.text());
    return answer.json();
  };`;
const ALIVE = `return (await fetch('/api/v1/session')).status`;
const SIZE = 5_000_000;

/** The same bytes that BYTES makes. */
function bytes(size) {
  let made = Buffer.alloc(size);
  for (let i = 0, x = 1; i < size; i++) made[i] = x = ((x * 75 + 74) % 65537) & 255;
  return made;
}

test('bodies that crash the webview are turned or turned away', () =>
  withDesk({}, async (desk) => {
    let window = await desk.window();
    await window.see('//h1');
    await startDesk(window);
    for (let body of ['new Blob([bytes])', `new File([bytes], 'a.bin')`]) {
      let uploaded = await window.run(`${BYTES} return upload(${body})`, SIZE);
      assert.equal(uploaded.size, SIZE, body);
    }
    let form = `let form = new FormData(); form.append('file', new File([bytes], 'a.bin'));`;
    for (let send of [
      'await upload(form)',
      `await fetch('/api/v1/uploads', { method: 'POST', body: form })`,
      `await fetch(new Request('/api/v1/uploads', { method: 'POST', body: form }))`,
      `let xhr = new XMLHttpRequest(); xhr.open('POST', '/api/v1/uploads'); xhr.send(form)`,
    ]) {
      await assert.rejects(window.run(`${BYTES} ${form} ${send}`, 1000), /TypeError|ArrayBuffer|InvalidState/, send);
    }
    let status = `let xhr = new XMLHttpRequest();
      xhr.open('POST', '/api/v1/uploads?name=a.bin&type=a/b');
      xhr.setRequestHeader('x-docket', token['x-docket']);
      return new Promise((done) => { xhr.onloadend = () => done(xhr.status); xhr.send(new Blob([bytes])); });`;
    assert.ok((await window.run(`${BYTES} ${status}`, 1000)) < 300);
    assert.equal(await window.run(ALIVE), 200);
  }));

test('an ArrayBuffer of 5 MB goes up, comes down and is saved byte by byte', () =>
  withDesk({}, async (desk) => {
    let window = await desk.window();
    await startDesk(window);
    let uploaded = await window.run(`${BYTES} return upload(bytes.buffer)`, SIZE);
    assert.equal(uploaded.size, SIZE);
    let ticket = await phoneTicket(window, 'With a file', [{ upload_id: uploaded.upload_id, name: 'data.bin', type: uploaded.type }]);
    let { url } = ticket.articles[0].attachments[0];

    let expected = createHash('sha256').update(bytes(SIZE)).digest('hex');
    let came = await window.run(
      `let bytes = await (await fetch(args[0])).arrayBuffer();
       let hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
       return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');`,
      url,
    );
    assert.equal(came, expected);

    await window.run(`return window.__TAURI_INTERNALS__.invoke('save_file', args[0])`, { url, name: '../data.bin' });
    let saved = await readFile(join(desk.saved, '_data.bin'));
    assert.equal(createHash('sha256').update(saved).digest('hex'), expected);
    await assert.rejects(window.run(`return window.__TAURI_INTERNALS__.invoke('save_file', { url: '/index.html', name: 'a' })`));
  }));
