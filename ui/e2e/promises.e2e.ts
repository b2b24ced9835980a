import axe from 'axe-core';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { closeBrowser, MAIL, open, picture, Server, signIn } from './desk';

let server: Server;
let page: Page;
let faults: string[];
const ALWAYS = [['00:00', '24:00']];
const WEEK = Object.fromEntries(
  ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, ALWAYS]),
);
const NONE = { service_ids: [], company_ids: [], priority_ids: [], type_ids: [] };
const promise = (measure: string, minutes: number, levels: object[] = []) => ({
  measure,
  minutes,
  warn_percent: 80,
  levels,
});

/** Whose promises are due around the clock, whatever day the test runs on. */
async function always(): Promise<string> {
  return server.save('calendar', { name: 'Always', time_zone: 'Europe/Berlin', week: WEEK, valid: true });
}
const told = async (path: string) =>
  (await fetch(`${server.url}/api/v1/${path}`, { headers: await server.signedIn() })).json();
const records = async (kind: string) =>
  (
    (await told('settings')) as {
      records: Record<string, { id: string; version: number; document: Record<string, unknown> }[]>;
    }
  ).records[kind]!;
const second = (number: number) =>
  MAIL.replace('scanner-1', `scanner-${number}`).replace('lose Wi-Fi', `lose ${number}`);

beforeEach(async () => {
  server = await new Server().ready();
  await server.supportAddress();
  ({ page, faults } = await open(server.url));
  await signIn(page);
});
afterEach(async () => {
  expect(faults).toEqual([]);
  await page.context().close();
  await server.remove();
});
afterAll(closeBrowser);

it('promises something to a company, in sentences, and shows what an example ticket would get', async () => {
  await page.goto(`${server.url}/#/settings/company/new`);
  await page.getByLabel('Name', { exact: true }).fill('Hafenlogistik');
  await page.getByRole('combobox', { name: 'Domains' }).fill('hafen.test');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { name: 'Hafenlogistik' }).waitFor();

  await page.goto(`${server.url}/#/settings/service_level/new`);
  await page.getByLabel('Name', { exact: true }).fill('Gold');
  await page.getByLabel('First response: Within').fill('1 h');
  await page.getByLabel('Solution: Within').fill('1 d 2 h');
  let solution = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Solution' }) });
  await solution.getByRole('button', { name: 'When time runs out …' }).click();
  await solution.getByRole('combobox', { name: 'When' }).selectOption({ label: 'Part of the time is over' });
  await solution.getByRole('button', { name: 'Whom: Add' }).click();
  await page.getByRole('option', { name: 'Everybody who looks after the queue' }).click();
  await solution.getByText('At 80 % tell the owner and the queue').waitFor();
  // Whoever clears the time to write another keeps what goes with it.
  await page.getByLabel('Solution: Within').fill('');
  await page.getByLabel('Solution: Within').fill('1 d 2 h');
  await solution.getByText('At 80 % tell the owner and the queue').waitFor();
  await page.getByRole('button', { name: 'Company: Add' }).click();
  await page.getByRole('listbox').getByRole('option', { name: 'Hafenlogistik' }).click();
  let example = page.getByRole('complementary', { name: 'An example ticket' });
  await example.getByText('Nothing is promised for such a ticket.').waitFor();
  await example.getByLabel('Company').selectOption({ label: 'Hafenlogistik' });
  await example.getByText('This service level applies.').waitFor();
  await example
    .getByRole('definition')
    .first()
    .filter({ hasText: /\d\d:\d\d/ })
    .waitFor();
  await picture(page, 'service-level');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { name: 'Gold' }).waitFor();
  let [company] = await records('company');
  expect((await records('service_level')).map(({ document }) => document)).toMatchObject([
    {
      name: 'Gold',
      promises: [
        { measure: 'first_response', minutes: 60 },
        {
          measure: 'solution',
          levels: [
            {
              at: { percent: 80 },
              to: [{ kind: 'owner' }, { kind: 'queue' }],
              actions: [{ kind: 'notify' }],
            },
          ],
        },
      ],
      applies: { company_ids: [company!.id] },
    },
  ]);
});

it('shows on the ticket what is promised, why, and what comes next', async () => {
  let calendar_id = await always();
  let company = await server.save('company', {
    name: 'Hafenlogistik',
    domains: ['hafen.test'],
    addresses: [],
    valid: true,
  });
  await server.save('service_level', {
    name: 'Gold',
    valid: true,
    calendar_id,
    promises: [
      promise('first_response', 30),
      promise('solution', 480, [
        { at: { percent: 50 }, to: [{ kind: 'owner' }], actions: [{ kind: 'notify' }] },
      ]),
    ],
    applies: { ...NONE, company_ids: [company] },
  });
  let wifi = await server.save('service', { name: 'Network::Wi-Fi', valid: true });
  server.mail(MAIL);
  await page.getByRole('option').first().click();
  let card = page.getByRole('region', { name: 'Service level' });
  await card.getByRole('heading', { name: 'Service level: Gold' }).waitFor();
  await card.getByText(/^(29|30) min$/).waitFor();
  await card.getByText(/^In \d+ min: warning: First response$/).waitFor();
  await card.getByText('Solution').click();
  await card.getByText(/of 8 h of working time/).waitFor();
  await picture(page, 'ticket-service-level');

  await page.getByTitle('Service', { exact: true }).click();
  await page.getByRole('option', { name: 'Network › Wi-Fi' }).click();
  await page.getByText('Ana Agent set the service to Network › Wi-Fi').waitFor();
  let row = (await told('tickets?view=all')) as { rows: { id: string }[] };
  expect(await told(`tickets/${row.rows[0]!.id}`)).toMatchObject({ service_id: wifi });
  await page.getByRole('region', { name: 'Notices' }).getByRole('button', { name: 'Undo' }).click();
  await page.getByText('took the service out').waitFor();
});

it('groups what is due, goes there with g e, and keeps its place', async () => {
  let calendar_id = await always();
  let [queue] = (await records('queue')).filter(({ document }) => document.name === 'Service desk');
  let answer = await fetch(`${server.url}/api/v1/settings/queue/${queue!.id}`, {
    method: 'PUT',
    headers: await server.signedIn(),
    body: JSON.stringify({
      version: queue!.version,
      document: { ...queue!.document, calendar_id, promises: [promise('first_response', 30)] },
    }),
  });
  expect(answer.ok).toBe(true);
  for (let number of [1, 2, 3]) server.mail(second(number));
  await page.keyboard.press('g');
  await page.keyboard.press('e');
  await page.getByRole('heading', { level: 1, name: 'Escalating' }).waitFor();
  await page.getByText('Within the hour').waitFor();
  await page.getByRole('option').nth(2).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  let active = () => page.getByRole('listbox').first().getAttribute('aria-activedescendant');
  let before = await active();
  server.mail(second(4));
  await page.getByRole('option').nth(3).waitFor();
  expect(await active()).toBe(before);
  await page.getByRole('heading', { name: 'Kept promises' }).waitFor();
  await page.getByRole('link', { name: '4', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'First response, running: Service desk' }).waitFor();
  await page.getByRole('option').nth(3).waitFor();
  expect(await page.getByRole('option').count()).toBe(4);
  await picture(page, 'promises');
});

it('is in order for those who do not see it, light and dark, in German on a small screen', async () => {
  let calendar_id = await always();
  await server.save('service', { name: 'Netzwerk', valid: true });
  await server.save('service_level', {
    name: 'Gold',
    valid: true,
    calendar_id,
    promises: [promise('first_response', 30), promise('solution', 480)],
    applies: NONE,
  });
  server.mail(MAIL);
  await page.goto(`${server.url}/#/settings/appearance`);
  await page.getByText('Deutsch').click();
  await page.getByRole('heading', { name: 'Aussehen und Tasten' }).waitFor();
  for (let [theme, width] of [
    ['light', 1440],
    ['dark', 1024],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    for (let hash of [
      '#/settings/service_level/new',
      '#/settings/company/new',
      '#/settings/service',
      '#/escalating',
    ]) {
      await page.goto(`${server.url}/${hash}`);
      await page.evaluate((wanted) => (document.documentElement.dataset.theme = wanted), theme);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      if (hash === '#/escalating') await page.getByRole('heading', { name: 'Gehaltene Zusagen' }).waitFor();
      await picture(page, `${hash.replace(/\W+/g, '-').slice(1)}-${theme}-${width}`);
      await page.evaluate(axe.source);
      let found = await page.evaluate(async () => {
        let { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
        });
        return violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`,
        );
      });
      expect(found, `${theme} ${hash}`).toEqual([]);
    }
  }
});
