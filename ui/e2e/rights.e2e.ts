import axe from 'axe-core';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { closeBrowser, MAIL, open, PASSWORD, picture, Server, signIn } from './desk';

let server: Server;
let page: Page;
let faults: string[];

beforeEach(async () => {
  server = await new Server().ready();
  server.mail(MAIL);
  ({ page, faults } = await open(server.url));
  await signIn(page);
});
afterEach(async () => {
  await page.context().close();
  await server.remove();
});
afterAll(closeBrowser);

async function newRecord(kind: string, name: string) {
  await page.goto(`${server.url}/#/settings/${kind}/new`);
  await page.getByLabel('Name', { exact: true }).fill(name);
}

async function save(name: string) {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { name }).waitFor();
}

it('gives an agent rights by hand and by role, and says why they may what they may', async () => {
  await newRecord('group', 'Warehouse');
  await save('Warehouse');
  await newRecord('role', 'Helpers');
  await page.getByRole('checkbox', { name: 'Warehouse: Create' }).check();
  await save('Helpers');

  await newRecord('agent', 'Ben Brandt');
  await page.getByLabel('Login', { exact: true }).fill('ben');
  await page.getByLabel('Helpers').check();
  // Everything implies the others, and shows it.
  let everything = page.getByRole('checkbox', { name: 'users: Everything' });
  expect(await everything.isChecked()).toBe(true);
  expect(await page.getByRole('checkbox', { name: 'users: Note' }).isDisabled()).toBe(true);
  await everything.uncheck();
  await page.getByRole('checkbox', { name: 'users: Read' }).check();
  await page.getByRole('checkbox', { name: 'users: Note' }).check();
  await save('Ben Brandt');
  await page.getByRole('button', { name: 'Set a password' }).click();
  await page.getByLabel('New password').fill(PASSWORD);
  await page
    .locator('form')
    .filter({ hasText: 'New password' })
    .getByRole('button', { name: 'Save' })
    .click();
  await page.getByText('The password is set.').waitFor();

  let { page: bens, context } = await open(server.url);
  await signIn(bens, 'ben');
  await bens.goto(`${server.url}/#/unassigned`);
  await bens.getByRole('option').first().click();
  await bens.getByRole('heading', { level: 1, name: /Warehouse/ }).waitFor();
  let take = bens.getByRole('button', { name: 'Take it' });
  expect(await take.isDisabled()).toBe(true);
  expect(await take.getAttribute('title')).toContain('You lack the right “Everything”');
  await bens.keyboard.press('r');
  await bens.keyboard.press('n');
  await bens.getByRole('textbox', { name: 'Note' }).waitFor();
  await picture(bens, 'ticket-read-and-note');

  await page.goto(`${server.url}/#/settings/access`);
  await page.getByLabel('Agent', { exact: true }).selectOption('Ben Brandt');
  await page.getByLabel('Queue', { exact: true }).selectOption('Service desk');
  await page.getByRole('heading', { name: 'What may Ben Brandt do in Service desk?' }).waitFor();
  let note = page.getByRole('listitem').filter({ hasText: 'write notes' });
  await note.getByText('given to the agent in the group users').waitFor();

  // The queue goes to a group where Ben may only open tickets: it is gone from his rail, and so is the ticket.
  await page.goto(`${server.url}/#/settings/queue`);
  await page.getByRole('button', { name: 'Service desk' }).click();
  await page.getByLabel('Group', { exact: true }).selectOption('Warehouse');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await bens.getByRole('link', { name: 'Service desk' }).waitFor({ state: 'detached' });
  await page.goto(`${server.url}/#/settings/access`);
  await page.getByLabel('Agent', { exact: true }).selectOption('Ben Brandt');
  await page.getByLabel('Queue', { exact: true }).selectOption('Service desk');
  await page.getByText('through the role Helpers in the group Warehouse').waitFor();
  await context.close();
  expect(faults).toEqual([]);
});

it('keeps the last administrator, and ends the sessions of whoever is disabled', async () => {
  await page.goto(`${server.url}/#/settings/agent`);
  await page.getByRole('button', { name: /Ana Agent ana@/ }).click();
  await page.getByRole('switch', { name: 'Administrator' }).uncheck();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Nobody else who can sign in is an administrator.').waitFor();
  await page.getByText('this browser').waitFor();

  server.run(['agent', 'add', 'ben', '--name', 'Ben Brandt'], `${PASSWORD}\n`);
  let { page: bens, context } = await open(server.url);
  await signIn(bens, 'ben');
  await page.goto(`${server.url}/#/settings/agent`);
  await page.getByRole('button', { name: /Ben Brandt/ }).click();
  await page.getByRole('switch', { name: 'May sign in' }).uncheck();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await bens.goto(`${server.url}/#/open`);
  await bens.reload();
  await bens.getByLabel('Login').waitFor();
  await context.close();
});

it.each([
  ['light', 'en-GB', 'English'],
  ['dark', 'de-DE', 'Deutsch'],
] as const)('agents and rights look right (%s, %s)', async (theme, _, language) => {
  server.run(['group', 'add', 'Geschäftsführung und Personal', '--comment', 'Vertrauliches']);
  server.run(['role', 'add', 'First Level']);
  server.run(['role', 'grant', 'First Level', 'users', 'ro', 'note', 'create']);
  server.run(
    ['agent', 'add', 'ben', '--name', 'Ben Brandt', '--email', 'ben@nordlicht.test'],
    `${PASSWORD}\n`,
  );
  server.run(['agent', 'grant', 'ben', 'users', 'ro', 'move_into']);
  server.run(['agent', 'role', 'ben', 'First Level']);
  server.run(['agent', 'add', 'eva', '--name', 'Eva Ehemalig'], `${PASSWORD}\n`);
  server.run(['agent', 'disable', 'eva']);
  let desktop = { login: 'ben', password: PASSWORD, name: 'Bens Reiserechner', program: 'Docket 0.1.0' };
  let device = await fetch(`${server.url}/api/v1/devices`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-docket': 'desktop' },
    body: JSON.stringify(desktop),
  });
  expect(device.ok, await device.text()).toBe(true);
  await page.goto(`${server.url}/#/settings/appearance`);
  await page.getByText(language, { exact: true }).click();
  await page.evaluate((wanted) => (document.documentElement.dataset.theme = wanted), theme);
  await page.setViewportSize({ width: 1024, height: 768 });
  let look = async (name: string) => {
    await picture(page, `team-${name}-${theme}`);
    let outside = await page.evaluate(() =>
      [...document.querySelectorAll('main button, main input, main th, main h1, main p, nav a')]
        .filter((node) => node.checkVisibility())
        .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
        .map((node) => node.textContent || node.getAttribute('aria-label')),
    );
    expect(outside, name).toEqual([]);
    await page.evaluate(axe.source);
    let found = await page.evaluate(async () => {
      let { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
      });
      return violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`,
      );
    });
    expect(found, name).toEqual([]);
  };
  await page.goto(`${server.url}/#/settings/agent`);
  await page.getByRole('button', { name: /Ben Brandt/ }).waitFor();
  await page.locator('.seen').first().waitFor();
  await look('agents');
  await page.getByRole('button', { name: /Ben Brandt/ }).click();
  await page.getByRole('table').waitFor();
  await page.getByRole('heading', { level: 3 }).first().waitFor();
  await look('agent');
  await page.getByText('Bens Reiserechner').waitFor();
  await page.getByRole('heading', { level: 3 }).last().scrollIntoViewIfNeeded();
  await picture(page, `team-agent-below-${theme}`);
  await page.locator('.below a').click();
  await page.getByRole('heading', { level: 2, name: /Ben Brandt/ }).waitFor();
  await look('access');
  await page.goto(`${server.url}/#/settings/group`);
  await page.getByRole('button', { name: /Personal/ }).waitFor();
  await look('groups');
  await page.goto(`${server.url}/#/settings/role`);
  await page.getByRole('button', { name: /First Level/ }).click();
  await page.getByRole('table').waitFor();
  await look('role');
});
