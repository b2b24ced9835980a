import axe from 'axe-core';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { closeBrowser, MAIL, open, picture, Server, signIn } from './desk';

let server: Server;
let page: Page;

beforeEach(async () => {
  server = await new Server().ready();
  ({ page } = await open(server.url));
  await signIn(page);
});
afterEach(async () => {
  await page.context().close();
  await server.remove();
});
afterAll(closeBrowser);

it('saves a template with a preview, tells a conflict, and brings an older version back', async () => {
  await page.goto(`${server.url}/#/settings/template/new`);
  await page.getByLabel('Name', { exact: true }).fill('Thanks');
  await page.getByLabel('Text', { exact: true }).fill('Thank you, {{customer.name}}.');
  await page
    .locator('figure')
    .getByText(/Thank you, (?!\{)/)
    .waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { name: 'Thanks' }).waitFor();

  let other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByLabel('Name', { exact: true }).fill('Many thanks');
  await page.getByLabel('Name', { exact: true }).fill('My thanks');
  await other.getByRole('button', { name: 'Save', exact: true }).click();
  await other.getByRole('heading', { name: 'Many thanks' }).waitFor();
  await page.bringToFront();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Someone else saved this meanwhile.').waitFor();
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('My thanks');
  await page.getByRole('button', { name: 'Take theirs' }).click();
  await expect.poll(() => page.getByLabel('Name', { exact: true }).inputValue()).toBe('Many thanks');

  await page.getByRole('button', { name: 'History' }).click();
  await page.getByRole('button', { name: 'Use this version' }).first().click();
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Thanks');
});

it('says beside the field what is missing', async () => {
  await page.goto(`${server.url}/#/settings/queue/new`);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: 'This is needed.' }).waitFor();
});

it('finds a setting, and changes language and theme at once', async () => {
  await page.goto(`${server.url}/#/settings`);
  await page.getByRole('searchbox', { name: 'Find a setting' }).fill('take a mail back');
  await page.getByRole('link', { name: /Mail rules/ }).click();
  await page.goto(`${server.url}/#/settings/appearance`);
  await page.getByText('Deutsch').click();
  await page.getByRole('heading', { name: 'Aussehen und Tasten' }).waitFor();
  await page.getByText('Dunkel', { exact: true }).click();
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
  await page.waitForResponse((answer) => answer.url().includes('/personal/appearance') && answer.ok());
  await page.reload();
  await page.getByRole('heading', { name: 'Aussehen und Tasten' }).waitFor();
});

it('holds in German at 1024 px and on a phone: nothing lies outside the window', async () => {
  server.mail(MAIL);
  await page.goto(`${server.url}/#/settings/appearance`);
  await page.getByText('Deutsch').click();
  for (let [width, height] of [
    [1024, 768],
    [800, 900],
    [390, 800],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.goto(`${server.url}/#/unassigned`);
    await page.getByRole('option').first().click();
    await page.getByRole('heading', { level: 1, name: /Warehouse/ }).waitFor();
    await picture(page, `ticket-${width}`);
    let outside = await page.evaluate(() =>
      [...document.querySelectorAll('main button, main h1, nav button')]
        .filter((node) => node.checkVisibility())
        .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
        .map((node) => node.textContent || node.getAttribute('aria-label')),
    );
    expect(outside, `${width} px`).toEqual([]);
  }
});

it('has names, roles and contrast in order, light and dark', async () => {
  server.mail(MAIL);
  await page.getByRole('option').first().click();
  await page.getByRole('heading', { level: 1, name: /Warehouse/ }).waitFor();
  await page.keyboard.press('r');
  await page.getByRole('textbox', { name: 'Write your answer' }).waitFor();
  for (let theme of ['light', 'dark']) {
    await page.evaluate((wanted) => (document.documentElement.dataset.theme = wanted), theme);
    for (let hash of ['', '#/settings/queue', '#/outbox', '#/new']) {
      if (hash) await page.goto(`${server.url}/${hash}`);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
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
    await page.goto(`${server.url}/#/unassigned`);
    await page.reload();
    await page.getByRole('option').first().click();
  }
});
