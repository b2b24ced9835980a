// How the program ends, and what it leaves behind.
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { ask, startDesk, uuid7 } from './api.mjs';
import { PROGRAM, withDesk } from './desk.mjs';
import { until } from './webdriver.mjs';

async function open(desk) {
  let log = join(desk.folder, `program-${uuid7()}.log`);
  let program = desk.start(PROGRAM, ['--data', desk.data], { log });
  await until('the page', async () => (await readFile(log, 'utf8')).includes('the page is loaded'), { of: program });
  return program;
}

test('told to end, it ends in order, and the folder is free for the next start', () =>
  withDesk({}, async (desk) => {
    for (let time = 0; time < 2; time++) {
      let program = await open(desk);
      program.kill('SIGTERM');
      assert.equal(await program.ended, 0);
    }
    let log = join(desk.data, 'logs', 'docket.log');
    assert.match(await readFile(log, 'utf8'), /the desk is open/);
    assert.equal((await stat(log)).mode & 0o777, 0o600);
  }));

test('Quit in the tray ends it', () =>
  withDesk({}, async (desk) => {
    let panel = await desk.panel();
    let program = await open(desk);
    await until('the tray icon', async () => (await panel.ask('menu')) !== 'no icon');
    await panel.ask('click Quit');
    assert.equal(await program.ended, 0);
  }));

test('it starts where there is no session bus', () =>
  withDesk({ bus: false }, async (desk) => {
    let program = await open(desk);
    program.kill('SIGTERM');
    assert.equal(await program.ended, 0);
  }));

test('a folder that another program holds is refused in one sentence', () =>
  withDesk({ bus: false }, async (desk) => {
    let program = await open(desk);
    let { code, said } = await desk.run('--data', desk.data);
    assert.equal(code, 1);
    assert.ok(said.includes(String(program.pid)), said);
    assert.equal(said.trim().split('\n').length, 1, said);
  }));

test('Quit asks while mail waits to leave', () =>
  withDesk({}, async (desk) => {
    let panel = await desk.panel();
    let window = await desk.window();
    await startDesk(window);
    await mailThatWaits(window);
    await panel.ask('click Quit');
    await until('the question', async () => (await desk.output('xwininfo', ['-root', '-tree'])).match(/"Docket": /g)?.length > 1);
    assert.equal(await window.run('return location.origin'), 'desk://localhost', 'it ended without an answer');
  }));

async function mailThatWaits(window) {
  let { records } = await ask(window, 'GET', '/settings');
  let queue = records.queue.find((record) => record.document.name === 'Service Desk');
  let address = { id: uuid7(), document: { name: 'Helpdesk', email: 'support@desk.test', queue_id: queue.id, valid: true } };
  await ask(window, 'PUT', `/settings/address/${address.id}`, { version: 0, document: address.document });
  await ask(window, 'POST', '/tickets', {
    id: uuid7(),
    article_id: uuid7(),
    title: 'A mail that waits',
    queue_id: queue.id,
    customer: { address: 'carla@customer.test', name: 'Carla Customer' },
    channel: 'email',
    direction: 'outbound',
    text: 'This leaves later.',
    attachments: [],
    send: { from_address_id: address.id, to: ['carla@customer.test'], cc: [], bcc: [], delay_seconds: 600 },
  });
}
