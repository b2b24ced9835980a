// What the program does with the computer around it: tray, second start, links, notifications, files.
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { withDesk } from './desk.mjs';
import { until } from './webdriver.mjs';

const invoke = 'return window.__TAURI_INTERNALS__.invoke(args[0], args[1])';

test('closing the window hides it where a tray brings it back, and says so once', () =>
  withDesk({ dunst: true }, async (desk) => {
    let panel = await desk.panel();
    let window = await desk.window();
    await until('the tray icon', async () => (await panel.ask('menu')) !== 'no icon');
    assert.deepEqual(JSON.parse(await panel.ask('menu')), ['Open Docket', 'New ticket', 'Pause notifications for an hour', 'Quit']);
    for (let time = 0; time < 2; time++) {
      await desk.closeFrame();
      await until('the window to be hidden', async () => !(await desk.frame()).shown);
      await panel.ask('click Open Docket');
      await until('the window to be back', async () => (await desk.frame()).shown);
    }
    let said = await until('the explanation', async () => {
      let all = await desk.notifications();
      return all.length && all;
    });
    assert.deepEqual(said.map((one) => one.summary), ['Docket is still running']);
    await panel.ask('click New ticket');
    await until('the new ticket', async () => (await window.url()).endsWith('#/new'));
  }));

test('without a tray the window stays within reach', () =>
  withDesk({}, async (desk) => {
    let window = await desk.window();
    await desk.closeFrame();
    assert.equal(await window.run('return location.origin'), 'desk://localhost');
    assert.equal((await desk.frame()).shown, true);
  }));

test('a second start on the same folder shows the first window and its link', () =>
  withDesk({}, async (desk) => {
    let window = await desk.window();
    let again = await desk.run('--data', join(desk.data, '..', 'desk'), 'docket://ticket/2026112110000017');
    assert.equal(again.code, 0, again.said);
    await until('the ticket of the link', async () => /#\/\w+\/2026112110000017$/.test(await window.url()));
  }));

test('the program starts on the ticket of a link', () =>
  withDesk({}, async (desk) => {
    let window = await desk.window('--data', desk.data, 'docket://ticket/2026112110000017');
    assert.match(await window.url(), /#\/\w+\/2026112110000017$/);
  }));

test('a notification shows text of strangers as text', () =>
  withDesk({ dunst: true }, async (desk) => {
    let window = await desk.window();
    await window.run(invoke, 'notify', { title: 'New mail', body: '<b>R&D</b> <img src=x>', ticket: 'abc' });
    let [shown] = await until('the notification', async () => {
      let all = await desk.notifications();
      return all.length && all;
    });
    assert.equal(shown.summary, 'New mail');
    assert.equal(shown.body, '&lt;b&gt;R&amp;D&lt;/b&gt; &lt;img src=x&gt;');
  }));

test('a click on a notification opens its ticket', () =>
  withDesk({ dunst: true }, async (desk) => {
    let window = await desk.window();
    await window.run(invoke, 'notify', { title: 'New mail', body: 'from a customer', ticket: '0193abcd' });
    await until('the notification to be shown', async () => (await desk.output('dunstctl', ['count', 'displayed'])).trim() === '1');
    await desk.output('dunstctl', ['action', '0']);
    await until('the ticket', async () => /#\/\w+\/0193abcd$/.test(await window.url()));
  }));

test('only web and mail addresses are opened outside', () =>
  withDesk({}, async (desk) => {
    let opened = join(desk.folder, 'opened');
    await writeFile(join(desk.bin, 'xdg-open'), `#!/bin/sh\necho "$1" >> ${opened}\n`, { mode: 0o755 });
    let window = await desk.window();
    await window.run(invoke, 'open_outside', { url: 'https://example.org/a?b=c' });
    for (let url of ['file:///etc/passwd', 'desk://localhost/', 'javascript:alert(1)']) {
      await assert.rejects(window.run(invoke, 'open_outside', { url }));
    }
    await window.run(`location.href = 'https://example.org/navigated'`);
    let lines = await until('both addresses', async () => {
      let text = await readFile(opened, 'utf8').catch(() => '');
      return text.trim().split('\n').length === 2 && text.trim().split('\n');
    });
    assert.deepEqual(lines, ['https://example.org/a?b=c', 'https://example.org/navigated']);
    assert.match(await window.url(), /^desk:/);
  }));

test('Tauri offers the page nothing but our own commands', () =>
  withDesk({}, async (desk) => {
    let window = await desk.window();
    for (let command of ['plugin:window|close', 'plugin:opener|open_url', 'plugin:dialog|open', 'plugin:event|listen']) {
      await assert.rejects(window.run(invoke, command, {}), /not allowed|denied/i, command);
    }
  }));

test('a folder of another desk opens beside it', () =>
  withDesk({}, async (desk) => {
    await desk.window();
    let other = join(desk.folder, 'other');
    await mkdir(other);
    let window = await desk.window('--data', other);
    assert.equal(await window.run('return location.origin'), 'desk://localhost');
  }));
