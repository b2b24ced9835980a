// Connecting a desktop to a team's server: what is refused and why, and a first sync that can be worked in and broken off.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import test from 'node:test';
import { ask } from './api.mjs';
import { button, chip, field, openConnect, says, sendConnect } from './agent.mjs';
import { ARTEFACTS, withDesk } from './desk.mjs';
import { openLine } from './line.mjs';
import { freePort } from './ports.mjs';
import { PASSWORD, startServer } from './server.mjs';
import { until } from './webdriver.mjs';

const TICKETS = 400;
const AGENTS = { ana: 'Ana Agent' };

/** Something else that listens on a port: it answers everything alike. */
async function something(status, type, body, test) {
  let server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': type }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await test(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('an address or a password that is no good is refused in words, and what was typed stays', () =>
  withDesk({}, async (desk) => {
    await mkdir(ARTEFACTS, { recursive: true });
    let server = await startServer(desk, AGENTS);
    let window = await desk.window();
    await openConnect(window);
    await window.screenshot(desk.picture('connect-1-form'));

    await window.click(button('Connect'));
    for (let words of ['The address of the server is needed', 'Your login is needed', 'Your password is needed']) await window.see(says(words));
    await sendConnect(window, 'our desk', 'ana');
    await window.see(says('This is not the address of a server'));
    await sendConnect(window, 'http://desk.example.org', 'ana');
    await window.see(says('Without encryption anybody on the way could read'));
    await window.screenshot(desk.picture('connect-2-plain-http'));
    await sendConnect(window, `http://127.0.0.1:${await freePort()}`, 'ana');
    await window.see(says('The server did not answer'), 30_000);

    let no = 'no Docket that desktops can connect to';
    for (let [status, type, body] of [
      [200, 'text/html', '<h1>It works</h1>'],
      [302, 'text/html', ''],
      [404, 'application/json', '{"code":"not_found","message":"there is no such thing here"}'],
    ]) {
      await something(status, type, body, async (address) => {
        await sendConnect(window, `http://127.0.0.1:${await freePort()}`, 'ana');
        await window.see(says('The server did not answer'), 30_000);
        await sendConnect(window, address, 'ana');
        await window.see(says(no), 30_000);
      });
    }
    await window.screenshot(desk.picture('connect-3-no-desk'));
    await something(503, 'text/html', 'in maintenance', async (address) => {
      await sendConnect(window, address, 'ana');
      await window.see(says('The server did not answer'), 30_000);
    });
    let newer = '{"code":"client_too_old","message":"this server needs a newer Docket"}';
    await something(426, 'application/json', newer, async (address) => {
      await sendConnect(window, address, 'ana');
      await window.see(says('needs a newer Docket than this one'), 30_000);
    });

    await sendConnect(window, server.url, 'ana', 'not-her-password');
    await window.see(says('Login and password do not match'), 30_000);
    await window.screenshot(desk.picture('connect-4-wrong-password'));
    assert.equal(await ask(window, 'GET', '/connection'), null, 'nothing of a try is kept');
    let typed = (label) => window.run('return document.getElementById(args[0]).value', label);
    assert.equal(await typed(await idOf(window, 'Address of the server')), server.url);
    assert.equal(await typed(await idOf(window, 'Login')), 'ana');

    // With the keyboard alone.
    await window.fill(field('Password'), PASSWORD);
    await window.press('Enter');
    await window.see("//*[@aria-label='Views and queues']", 30_000);
    await window.see(chip('Up to date'), 30_000);
  }));

const idOf = (window, label) =>
  window.run(`return [...document.querySelectorAll('label')].find((one) => one.textContent.trim() === args[0]).htmlFor`, label);

test('the list is usable before the first sync is complete, which goes on after a kill where it was', () =>
  withDesk({ keyring: true }, async (desk) => {
    await mkdir(ARTEFACTS, { recursive: true });
    let server = await startServer(desk, AGENTS, { demo: TICKETS });
    let line = await openLine(server.port);
    try {
      let window = await desk.window();
      line.hold('POST /api/v1/sync/first', 1);
      await openConnect(window);
      await sendConnect(window, line.url, 'ana');
      await window.see("//*[@aria-label='Views and queues']", 30_000);
      await window.see(says(`of ${TICKETS} tickets are here`), 30_000);
      await window.see(chip(`of ${TICKETS} tickets`));
      await window.screenshot(desk.picture('connect-5-first-sync'));
      let begun = (await ask(window, 'GET', '/connection')).first_sync;
      assert.ok(begun.done > 0 && begun.done < begun.total, JSON.stringify(begun));
      assert.equal(begun.total, TICKETS);

      // A ticket can be opened and worked on; that goes to the server before the rest has come.
      await window.click("(//*[@role='option'])[1]");
      await window.click("//button[normalize-space(.)='Take it']");
      await window.see("//button[normalize-space(.)='Release']");

      await desk.kill(window);
      window = await desk.window();
      await window.see(says(`of ${TICKETS} tickets are here`), 30_000);
      let again = (await ask(window, 'GET', '/connection')).first_sync;
      assert.ok(again.done >= begun.done, `${again.done} after ${begun.done}: it began anew`);
      line.release();
      await window.miss(says('tickets are here'), 60_000);
      await window.see(chip('Up to date'), 30_000);
      let total = async (ask) => (await ask('GET', '/tickets?view=all')).total;
      let there = await total((...args) => server.ask('ana', ...args));
      assert.equal(await total((...args) => ask(window, ...args)), there);
      await until('what was taken to be taken on the server', async () => {
        let { rows } = await server.ask('ana', 'GET', '/tickets?view=mine');
        return rows.length > 0;
      });
    } finally {
      await line.close();
    }
  }));
