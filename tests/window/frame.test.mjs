// A mail's frame: its links, its keys, its pictures. WebKit treats sandboxed documents unlike Chromium.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { startDesk } from './api.mjs';
import { withDesk } from './desk.mjs';
import { until } from './webdriver.mjs';

const FRAME = '//iframe';
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=', 'base64');

function mail(picture) {
  return `From: Carla Customer <carla@customer.test>
To: support@desk.test
Subject: A link and a picture
Message-ID: <frame-1@customer.test>
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<p>See <a id="link" href="https://example.org/manual?page=3">the manual</a>.</p><img id="picture" src="${picture}">
`;
}

/** Takes the mail in and opens its ticket. */
async function shown(window, raw) {
  await startDesk(window);
  let { ticket } = await window.run(
    `let headers = { 'x-docket': window.__DOCKET__.token, 'content-type': 'message/rfc822' };
     let answer = await fetch('/api/v1/mail', { method: 'POST', headers, body: new TextEncoder().encode(args[0]).buffer });
     return answer.json();`,
    raw.replaceAll('\n', '\r\n'),
  );
  await window.run(`location.reload()`);
  await window.see("//*[@aria-label='Views and queues']");
  await window.run(`location.hash = '#/ticket/' + args[0]`, ticket);
  await window.see(FRAME);
}

test('a link in a mail opens outside, and keys work while the focus is in it', () =>
  withDesk({}, async (desk) => {
    let opened = join(desk.folder, 'opened');
    await writeFile(join(desk.bin, 'xdg-open'), `#!/bin/sh\necho "$1" >> ${opened}\n`, { mode: 0o755 });
    let window = await desk.window();
    await shown(window, mail('https://pictures.customer.test/1.gif'));
    await window.clickInFrame('a');
    let told = await until('the address outside', () => readFile(opened, 'utf8').catch(() => ''));
    assert.equal(told.trim(), 'https://example.org/manual?page=3');
    assert.match(await window.url(), /^desk:\/\/localhost\//);

    await window.clickInFrame('p');
    await until('the focus to come back', () => window.run(`return document.activeElement?.tagName !== 'IFRAME'`));
    await window.press('n');
    await window.see("//textarea[contains(@aria-label, 'Note for colleagues')]");
  }));

test('remote pictures are loaded when asked for, and not before', () =>
  withDesk({}, async (desk) => {
    let asked = [];
    let server = createServer((request, response) => {
      asked.push(request.headers);
      response.setHeader('content-type', 'image/gif').end(PIXEL);
    });
    await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
    try {
      let window = await desk.window();
      await shown(window, mail(`http://127.0.0.1:${server.address().port}/1.gif`));
      await window.see("//*[contains(text(), 'remote image')]");
      assert.equal(asked.length, 0);
      await window.click("//button[normalize-space(.)='Load images']");
      await until('the picture to be fetched', () => asked.length);
      await until('the picture to be shown', () =>
        window.run(`return document.querySelector('iframe')?.contentDocument?.querySelector('img')?.naturalWidth === 1`),
      );
      assert.equal(asked[0].referer, undefined);
      assert.equal(asked[0].cookie, undefined);
    } finally {
      server.close();
    }
  }));
