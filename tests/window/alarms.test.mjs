// What is due, on the screen: notifications and their buttons, many at once, and the icon beside the clock.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { ask, phoneTicket, startDesk, uuid7 } from './api.mjs';
import { withDesk } from './desk.mjs';
import { until } from './webdriver.mjs';

const HOUR = 3_600_000;
const invoke = 'return window.__TAURI_INTERNALS__.invoke(args[0], args[1])';

async function command(window, id, body) {
  await ask(window, 'POST', `/tickets/${id}/commands`, { id: uuid7(), body });
}

/** A ticket to be looked at again then; nobody's, or mine. */
async function reminder(window, title, due, { mine = false } = {}) {
  let { records } = await ask(window, 'GET', '/settings');
  let state = records.state.find((record) => record.document.type === 'pending_reminder');
  let ticket = await phoneTicket(window, title);
  await command(window, ticket.id, { type: 'set_state', state_id: state.id, pending_until: due });
  if (mine) await command(window, ticket.id, { type: 'take' });
  else if ((await ask(window, 'GET', `/tickets/${ticket.id}`)).locked) await command(window, ticket.id, { type: 'unlock' });
  return ticket;
}

const standing = async (window) => (await ask(window, 'GET', '/alarms')).length;
const displayed = async (desk) => Number((await desk.output('dunstctl', ['count', 'displayed'])).trim());

test('a reminder is on the screen within a second of its moment, once, and its button takes the ticket', () =>
  withDesk({ dunst: true }, async (desk) => {
    let window = await desk.window();
    await startDesk(window);
    let due = Date.now() + 4_000;
    let { id } = await reminder(window, 'Her second screen is dark', due);
    let [first] = await until('the reminder', async () => {
      let all = await desk.shown();
      return all.length && all;
    });
    assert.equal(first.summary, 'Reminder');
    assert.ok(first.at >= due && first.at - due < 1_000, `shown ${first.at - due} ms after its moment`);
    await desk.choose('Take');
    await until('the ticket to be mine', async () => (await ask(window, 'GET', `/tickets/${id}`)).owner?.name === 'Ana Agent' || (await ask(window, 'GET', `/tickets/${id}`)).owner_id);
    await until('the alarm to be over', async () => (await standing(window)) === 0);
    assert.equal((await desk.shown()).length, 1);
  }));

test('a click opens the ticket, and seen in the page it goes from the screen', () =>
  withDesk({ dunst: true }, async (desk) => {
    let window = await desk.window();
    await startDesk(window);
    let one = await reminder(window, 'Her second screen is dark', Date.now() + 2_000);
    await until('the first reminder', async () => (await displayed(desk)) === 1);
    await desk.output('dunstctl', ['action', '0']);
    await until('the ticket', async () => new RegExp(`#/\\w+/(${one.id}|${one.number})$`).test(await window.url()));
    await until('the alarm to be over', async () => (await standing(window)) === 0);
    let two = await reminder(window, 'The fax is silent', Date.now() + 2_000);
    await until('the second reminder', async () => (await displayed(desk)) === 1);
    await ask(window, 'POST', '/alarms/end', { ticket_id: two.id, how: 'seen' });
    await until('it to be gone from the screen', async () => (await displayed(desk)) === 0);
  }));

test('put off it comes again, and after a kill nothing is shown twice', () =>
  withDesk({ dunst: true, clock: true }, async (desk) => {
    let window = await desk.window();
    await startDesk(window);
    await reminder(window, 'Her second screen is dark', Date.now() + HOUR);
    await desk.moveClock(HOUR + 1_000);
    await until('the reminder', async () => (await desk.shown()).length === 1);
    await desk.choose('Snooze 15 min');
    await until('the alarm to be put off', async () => (await standing(window)) === 0);
    await desk.kill(window);
    await desk.moveClock(HOUR + 16 * 60_000);
    window = await desk.window();
    await until('it again', async () => (await desk.shown()).length === 2);
    await until('the log to have it', async () => (await ask(window, 'GET', '/alarms/log')).filter((line) => line.outcome === 'shown').length === 2);
    await desk.kill(window);
    window = await desk.window();
    await reminder(window, 'The fax is silent', Date.now() + HOUR + 16 * 60_000 + 2_000);
    await until('another reminder', async () => (await desk.shown()).length > 2);
    assert.equal((await desk.shown()).length, 3, 'what stood before the kill was shown before');
    assert.equal(await standing(window), 2);
  }));

test('forty deadlines that passed while the program was off come as one notification, and none is lost', () =>
  withDesk({ dunst: true, clock: true }, async (desk) => {
    let window = await desk.window();
    await startDesk(window);
    for (let n = 0; n < 40; n++) await reminder(window, `Printer ${n}`, Date.now() + HOUR + n * 1_000);
    await desk.kill(window);
    await desk.moveClock(3 * HOUR);
    window = await desk.window();
    let shown = await until('the notification', async () => {
      let all = await desk.shown();
      return all.length && all;
    });
    assert.deepEqual(shown.map(({ summary }) => summary), ['40 deadlines have passed']);
    await desk.output('dunstctl', ['action', '0']);
    await until('the list', async () => (await window.url()).endsWith('#/alarms'));
    await until('all forty', async () => (await window.run(`return document.querySelectorAll('main.page li').length`)) === 40);
    assert.equal((await desk.shown()).length, 1);
    await window.screenshot(desk.picture('alarms'));
  }));

test('the icon beside the clock counts, warns and names what is next, and pauses', () =>
  withDesk({ dunst: true, clock: true }, async (desk) => {
    let panel = await desk.panel();
    let window = await desk.window();
    await startDesk(window);
    let answer = (verb, wanted) => until(`${verb} ${wanted}`, async () => (await panel.ask(verb)) === wanted);
    let ids = [];
    for (let [title, hours] of [['Screen & keyboard', 2], ['Fax', 3], ['Printer', 4], ['Phone', 5]]) {
      ids.push((await reminder(window, title, Date.now() + hours * HOUR, { mine: true })).id);
    }
    await answer('label', '4');
    let calm = await panel.ask('colour');
    let entries = await until('the next three', async () => {
      let all = JSON.parse(await panel.ask('menu'));
      return all.length > 4 && all;
    });
    let plain = entries.map((text) => text.replaceAll('_', ''));
    assert.equal(plain.length, 7, plain.join());
    for (let [n, title] of ['Screen & keyboard', 'Fax', 'Printer'].entries()) assert.ok(plain[n].endsWith(`  ${title}`), plain[n]);
    await panel.ask(`click ${entries[1]}`);
    await until('the ticket', async () => (await window.url()).endsWith(`/${ids[1]}`));
    await desk.moveClock(1.5 * HOUR);
    await answer('colour', '#e8a317');
    assert.notEqual(calm, '#e8a317');
    await desk.moveClock(2 * HOUR + 60_000);
    await answer('label', '4 (1 late)');
    await answer('colour', '#d92d20');
    await panel.ask('click Pause notifications for an hour');
    await until('the pause', async () => (await panel.ask('menu')).includes('Show notifications again'));
    let before = (await desk.shown()).length;
    await desk.moveClock(2 * HOUR + 30 * 60_000);
    await reminder(window, 'In the pause', Date.now() + 2 * HOUR + 30 * 60_000 + 1_000, { mine: true });
    await until('its alarm to stand', async () => (await standing(window)) === 2);
    assert.equal((await desk.shown()).length, before);
    await panel.ask('click Show notifications again');
    await until('it after the pause', async () => (await desk.shown()).length === before + 1);
  }));

test('the program starts with the computer when it is told to, and no longer', () =>
  withDesk({}, async (desk) => {
    let window = await desk.window();
    let entry = join(desk.folder, 'home', '.config', 'autostart', 'org.docket.Docket.desktop');
    assert.equal(await window.run(invoke, 'starts_at_login', {}), false);
    await window.run(invoke, 'start_at_login', { on: true });
    assert.equal(await window.run(invoke, 'starts_at_login', {}), true);
    assert.ok(existsSync(entry));
    await window.run(invoke, 'start_at_login', { on: false });
    assert.ok(!existsSync(entry));
  }));

test('started in the background it stays out of the way until the icon is asked for it', () =>
  withDesk({}, async (desk) => {
    let panel = await desk.panel();
    await desk.window('--data', desk.data, '--background');
    await until('the icon', async () => (await panel.ask('menu')) !== 'no icon');
    assert.equal((await desk.frame())?.shown ?? false, false);
    await panel.ask('click Open Docket');
    await until('the window', async () => (await desk.frame())?.shown);
  }));
