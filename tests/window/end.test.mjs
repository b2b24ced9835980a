// How the program ends, and what it leaves behind.
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { uuid7 } from './api.mjs';
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
