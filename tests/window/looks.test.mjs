// The screens that only a connected desktop has: in both languages and themes, on a small screen, for whoever needs help to read.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import test from 'node:test';
import { ask, uuid7 } from './api.mjs';
import { chip, says } from './agent.mjs';
import { ARTEFACTS, withDesk } from './desk.mjs';
import { openLine } from './line.mjs';
import { PASSWORD, startServer } from './server.mjs';
import { until } from './webdriver.mjs';

const axe = await readFile(createRequire(new URL('../../ui/package.json', import.meta.url)).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];

/** Keeps a picture; nothing may reach out of the window or break a rule. */
async function look(desk, window, name) {
  await window.screenshot(desk.picture(name));
  let outside = await window.run(`return [...document.querySelectorAll('button, input, h1, h2, h3, p, dd, a')]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => one.textContent || one.getAttribute('aria-label'))`);
  assert.deepEqual(outside, [], `${name}: reaches out of the window`);
  let broken = await window.run(
    `${axe}; return (await axe.run(document, { runOnly: args[0] })).violations
      .map(({ id, nodes }) => id + ': ' + nodes.map((node) => node.html.slice(0, 120)).join(' | '))`,
    RULES,
  );
  assert.deepEqual(broken, [], name);
}

/** A page in this language and theme, as somebody would have set it. */
async function dress(window, language, theme) {
  await window.run(
    `localStorage.setItem('docket.language', args[0]);
     localStorage.setItem('docket.theme', args[1]);
     location.reload();`,
    language,
    theme,
  );
  await until('the language', () => window.run('return document.documentElement.lang.startsWith(args[0])', language));
  await window.run('document.documentElement.dataset.theme = args[0]', theme);
}

const say = (agent, ticket, body) => agent('POST', `/tickets/${ticket}/commands`, { id: uuid7(), body });
const reply = async (agent, ticket, text) => {
  let { in_reply_to, from_address_id, to, subject, seen_upto } = await agent('GET', `/tickets/${ticket}/compose?kind=reply`);
  await say(agent, ticket, { type: 'reply', article_id: uuid7(), in_reply_to, from_address_id, to, subject, seen_upto, text, delay_seconds: 0 });
};

/** On five tickets both do what cannot be both. */
async function collide(window, server, line) {
  let ana = (...args) => ask(window, ...args);
  let ben = (...args) => server.ask('ben', ...args);
  let { records } = await ana('GET', '/settings');
  let id = (kind, name) => records[kind].find(({ document }) => document.name.endsWith(name)).id;
  let { rows } = await ana('GET', '/tickets?view=unassigned&limit=5');
  let [priority, title, both, phone, own] = rows.map((row) => row.id);
  await line.cut();
  await until('to be offline', async () => (await ana('GET', '/connection')).state === 'offline');
  await say(ana, priority, { type: 'set_priority', priority_id: id('priority', '5 very high') });
  await say(ana, priority, { type: 'note', article_id: uuid7(), text: 'She called again; the whole floor is waiting for it.' });
  await say(ana, title, { type: 'set_title', title: 'Second screen stays dark in the dock of the conference room in hall 2' });
  await reply(ana, both, 'Hello,\n\nyour account is open again.\n\nKind regards\nAna');
  await say(ana, phone, { type: 'take' });
  await say(ana, own, { type: 'set_state', state_id: id('state', 'closed successful') });
  await say(ben, priority, { type: 'set_priority', priority_id: id('priority', '4 high') });
  await say(ben, title, { type: 'set_title', title: 'Docking station: second screen dark' });
  await reply(ben, both, 'Hello,\n\nwere you abroad last night?\n\nKind regards\nBen');
  await say(ben, phone, { type: 'take' });
  return rows;
}

test('what only a connected desktop shows holds in both languages and themes', () =>
  withDesk({}, async (desk) => {
    await mkdir(ARTEFACTS, { recursive: true });
    let server = await startServer(desk, { ana: 'Ana Agent', ben: 'Ben Berg' }, { demo: 400 });
    let line = await openLine(server.port);
    try {
      let window = await desk.window();
      await window.resize(1024, 768);
      let dressed = async (name, page) => {
        for (let [language, theme] of [['de', 'dark'], ['en', 'light']]) {
          await dress(window, language, theme);
          await page?.();
          await look(desk, window, `look-${name}-${language}`);
        }
      };
      await dressed('connect', async () => {
        await window.click("(//*[contains(@class, 'doors')]//button)[2]");
        await window.see("//form//input[@type='password']");
        await window.click("//form//button[@type='submit']");
      });
      await ask(window, 'POST', '/connection', { server: line.url, login: 'ana', password: PASSWORD, name: 'laptop-ana' });
      await until('the first sync', async () => (await ask(window, 'GET', '/connection')).state === 'up_to_date');
      let rows = await collide(window, server, line);

      let outbox = async () => {
        await window.run(`location.hash = '#/outbox'`);
        await window.see("//main//h2/following-sibling::ul/li");
      };
      await dressed('offline-outbox', outbox);
      await dressed('offline-panel', async () => {
        await window.run(`location.hash = '#/unassigned/' + args[0]`, rows[2].number);
        await window.click("//button[contains(@class, 'chip')]");
        await window.see('//dl');
      });
      await line.mend();
      await ask(window, 'POST', '/connection/sync');
      await until('the conflicts', async () => (await ask(window, 'GET', '/connection')).needs_you === 4);
      await dressed('conflicts', outbox);
      await dressed('held', async () => {
        await window.run(`location.hash = '#/all/' + args[0]`, rows[2].number);
        await window.see("//button[normalize-space(.)='Compare' or normalize-space(.)='Vergleichen']");
      });
      await dressed('compare', async () => {
        await window.run(`location.hash = '#/all/' + args[0]`, rows[2].number);
        await window.click("//button[normalize-space(.)='Compare' or normalize-space(.)='Vergleichen']");
        await window.see("//*[@role='dialog']");
      });
      await dressed('devices', async () => {
        let { agent } = await ask(window, 'GET', '/session');
        await window.run(`location.hash = '#/settings/agent/' + args[0]`, agent.id);
        await window.see(says('laptop-ana'));
        await window.run(`[...document.querySelectorAll('main h3')].at(-1).scrollIntoView()`);
      });
      await window.see(chip('4 need you'));

      // From the ticket to its own card, in sight and with the focus.
      await window.run(`location.hash = '#/all/' + args[0]`, rows[1].number);
      await window.click("//*[@role='note' or contains(@class, 'note')]//button[normalize-space(.)='Compare']");
      let title = await until('its card', () => window.run(`
        let box = document.activeElement?.getBoundingClientRect();
        return location.hash.startsWith('#/outbox/') && box.bottom > 0 && box.top < innerHeight && document.activeElement.closest('main li')
          ? document.activeElement.textContent.trim() : ''`));
      assert.ok((await ask(window, 'GET', `/tickets/${rows[1].id}`)).title === title, title);
    } finally {
      await line.close();
    }
  }));
