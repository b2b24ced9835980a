import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import test from 'node:test';
import { ARTEFACTS, withDesk } from './desk.mjs';

test('the window opens on the page of its own scheme', () =>
  withDesk({}, async (desk) => {
    let window = await desk.window();
    assert.match(await window.url(), /^desk:\/\/localhost\//);
    assert.equal(await window.run('return location.origin'), 'desk://localhost');
    assert.equal(await window.run('return isSecureContext'), true);
    assert.match(await window.run('return window.__DOCKET__.token'), /^[0-9a-f]{64}$/);
    await mkdir(ARTEFACTS, { recursive: true });
    await window.screenshot(desk.picture('window-start'));
  }));

test('without a display it says so in one sentence', () =>
  withDesk({ display: false, bus: false }, async (desk) => {
    let { code, said } = await desk.run('--data', desk.data);
    assert.equal(code, 1);
    assert.match(said, /docket serve/);
    assert.equal(said.trim().split('\n').length, 1, said);
  }));

test('the version needs no display', () =>
  withDesk({ display: false, bus: false }, async (desk) => {
    let { code, said } = await desk.run('--version');
    assert.equal(code, 0);
    assert.match(said, /^docket-desktop \d+\.\d+\.\d+\n$/);
  }));

test('a frame, such as a mail is shown in, gets neither the token nor the desk', () =>
  withDesk({}, async (desk) => {
    let window = await desk.window();
    let seen = await window.run(`let frame = document.createElement('iframe');
      frame.srcdoc = '<p>mail</p>';
      document.body.append(frame);
      await new Promise((loaded) => frame.addEventListener('load', loaded));
      return frame.contentWindow.__DOCKET__ === undefined;`);
    assert.equal(seen, true);
    let without = await window.run(`return (await fetch('/api/v1/setup', { method: 'POST', body: '{}' })).status`);
    assert.equal(without, 403);
    let policy = await window.run(`return (await fetch('/')).headers.get('content-security-policy')`);
    assert.match(policy, /default-src 'self'/);
    assert.doesNotMatch(policy, /script-src|unsafe-eval/);
  }));
