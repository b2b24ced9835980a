import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { closeBrowser, MAIL, open, PASSWORD, picture, Server, signIn } from './desk';

let server: Server;
let opened: { page: Page; faults: string[] }[] = [];

const AGAIN = MAIL.replace('Warehouse scanners lose Wi-Fi', 'Scanners again').replace(
  'scanner-1',
  'scanner-2',
);
const OTHER = MAIL.replace('Warehouse scanners lose Wi-Fi', 'Invoice charged twice')
  .replace('scanner-1', 'invoice-1')
  .replace('"Petra Vogt" <petra@hafen.test>', '"David Okafor" <david@okafor.test>');

beforeEach(async () => {
  server = await new Server().ready();
  server.run(['agent', 'add', 'ben', '--name', 'Ben Berg'], `${PASSWORD}\n`);
  for (let mail of [MAIL, AGAIN, OTHER]) server.mail(mail);
});
afterEach(async () => {
  for (let { page } of opened.splice(0)) await page.context().close();
  await server.remove();
});
afterAll(closeBrowser);

async function agent(login: string, options: BrowserContextOptions = {}) {
  let window = await open(server.url, options);
  opened.push(window);
  await signIn(window.page, login);
  return window.page;
}
/** The menu of the open ticket, in both languages. */
const MORE = /^(More|Mehr|Weitere)/;
const rows = (page: Page) => page.getByRole('listbox', { name: 'Tickets' }).getByRole('option');
async function openTicket(page: Page, title: string) {
  await rows(page).filter({ hasText: title }).click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
}
const numberOf = async (page: Page, title: string) =>
  /#(\d+)/.exec((await rows(page).filter({ hasText: title }).textContent()) ?? '')![1]!;
async function more(page: Page, item: string | RegExp) {
  await page.locator('main .pane header').first().getByRole('button', { name: MORE }).click();
  await page.getByRole('menuitem', { name: item }).click();
}
const noFaults = () => expect(opened.flatMap(({ faults }) => faults)).toEqual([]);

it('merges a ticket into one of the same customer, and leads from the old one there', async () => {
  let page = await agent('ana');
  let target = await numberOf(page, 'Warehouse scanners');
  let source = await numberOf(page, 'Scanners again');
  await openTicket(page, 'Scanners again');
  await more(page, /Merge/);
  let dialog = page.getByRole('dialog');
  await dialog.getByText('From the same customer').waitFor();
  await dialog.getByRole('button', { name: /Warehouse scanners/ }).click();
  await dialog.getByText(`move to #${target}`).waitFor();
  expect(await dialog.getByText('The customers differ').count()).toBe(0);
  await dialog.getByRole('button', { name: 'Choose another one' }).click();
  await dialog.getByRole('textbox').fill('Invoice');
  await dialog.getByRole('button', { name: /Invoice charged twice/ }).click();
  await dialog.getByText('The customers differ: answers go to David Okafor.').waitFor();
  await picture(page, 'merge-dialog');
  await dialog.getByRole('button', { name: 'Choose another one' }).click();
  await dialog.getByRole('textbox').fill(target);
  await dialog.getByRole('button', { name: /Warehouse scanners/ }).click();
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click();

  await page.getByRole('heading', { level: 1, name: 'Warehouse scanners' }).waitFor();
  await expect.poll(() => page.locator('article').count()).toBe(2);
  await page.getByText(`merged #${source} into it`).waitFor();
  await expect.poll(() => rows(page).count()).toBe(2);
  await page.goto(`${server.url}/#/all/${source}`);
  await page.getByText(`This ticket is part of #${target} now`).waitFor();
  expect(await page.getByRole('button', { name: 'Reply' }).count()).toBe(0);
  await picture(page, 'merged-ticket');
  await page.getByRole('button', { name: `Open #${target}` }).click();
  await page.getByRole('heading', { level: 1, name: 'Warehouse scanners' }).waitFor();
  // Mail to the old number arrives where it is now.
  let late = OTHER.replace('Invoice charged twice', `Re: [Ticket#${source}] Scanners`)
    .replace('invoice-1', 'late')
    .replace('david@okafor', 'petra@hafen');
  expect(JSON.parse(server.mail(late))).toMatchObject({ outcome: 'follow_up', ticket: target });
  await expect.poll(() => page.locator('article').count()).toBe(3);
  noFaults();
});

it('watches with w, shows it among the watched, and tells the watcher of a note', async () => {
  let [ana, ben] = [await agent('ana'), await agent('ben')];
  await openTicket(ben, 'Invoice charged twice');
  await ben.keyboard.press('w');
  await ben.getByRole('button', { name: 'Stop watching', pressed: true }).waitFor();
  await ben.getByRole('link', { name: /Watched/ }).click();
  await expect.poll(() => rows(ben).count()).toBe(1);
  await openTicket(ana, 'Invoice charged twice');
  await ana.keyboard.press('n');
  await ana.getByRole('textbox', { name: /Note for colleagues/ }).fill('He is right.');
  await ana.keyboard.press('Control+Enter');
  await ben.getByText('Ana Agent wrote a note: Invoice charged twice').waitFor();
  await ben.keyboard.press('Escape');
  await openTicket(ben, 'Invoice charged twice');
  await ben.keyboard.press('w');
  await ben.getByRole('button', { name: 'Watch', pressed: false, exact: true }).waitFor();
  await expect.poll(() => rows(ben).count()).toBe(0);
  noFaults();
});

it('shows who else is at a ticket and who is writing, until they leave', async () => {
  let [ana, ben] = [await agent('ana'), await agent('ben')];
  await openTicket(ana, 'Warehouse');
  await openTicket(ben, 'Warehouse');
  await ana.getByTitle('Ben Berg is looking at it').waitFor();
  await ben.getByTitle('Ana Agent is looking at it').waitFor();
  await ben.keyboard.press('n');
  await ben.getByRole('textbox', { name: /Note for colleagues/ }).pressSequentially('Channel 36');
  await ana.getByText('Ben is writing').waitFor();
  await picture(ana, 'presence');
  await openTicket(ben, 'Invoice');
  await expect.poll(() => ana.getByTitle(/Ben Berg/).count()).toBe(0);
  noFaults();
});

it('takes along: it stays in the list, says with whom, and a colleague may take it over', async () => {
  let [ana, ben] = [await agent('ana'), await agent('ben')];
  await openTicket(ana, 'Warehouse');
  await more(ana, 'Take along');
  await ana.getByText('You have this ticket with you').waitFor();
  let row = rows(ben).filter({ hasText: 'Warehouse' });
  await row.getByTitle(/with Ana Agent since/).waitFor();
  await openTicket(ben, 'Warehouse');
  await ben.getByText('Ana Agent has taken this ticket along').waitFor();
  await picture(ben, 'taken-along');
  await ben.getByRole('button', { name: 'Take it over' }).click();
  await ben.getByRole('button', { name: 'Release' }).waitFor();
  await ana.getByText('You have this ticket with you').waitFor({ state: 'detached' });
  await expect.poll(() => rows(ana).filter({ hasText: 'Warehouse' }).count()).toBe(0);
  noFaults();
});

it('links by number with a kind, seen from both ends', async () => {
  let page = await agent('ana');
  let number = await numberOf(page, 'Invoice');
  await openTicket(page, 'Warehouse');
  await more(page, 'Link a ticket');
  let dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill(number);
  await dialog.getByText('Parent', { exact: true }).click();
  await picture(page, 'link-dialog');
  await dialog.getByRole('button', { name: /Invoice/ }).click();
  let side = page.getByRole('complementary');
  await side.getByText(`Parent · #${number}`).waitFor();
  await side.getByRole('button', { name: /Invoice/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Invoice' }).waitFor();
  await side.getByText(/Child · #/).waitFor();
  await side.getByRole('button', { name: 'Remove' }).click();
  await side.getByText(/Child · #/).waitFor({ state: 'detached' });
  noFaults();
});

it.each([
  ['dark', 'de-DE'],
  ['light', 'de-DE'],
] as const)('holds in German too (%s)', async (colorScheme, locale) => {
  await server.remove();
  server = await new Server().ready('de');
  server.run(['agent', 'add', 'ben', '--name', 'Ben Berg'], `${PASSWORD}\n`);
  for (let mail of [MAIL, AGAIN, OTHER]) server.mail(mail);
  let window = await open(server.url, { colorScheme, locale, viewport: { width: 1024, height: 768 } });
  opened.push(window);
  let { page } = window;
  await page.locator('input[autocomplete="username"]').fill('ana');
  await page.locator('input[type="password"]').fill(PASSWORD);
  await page.keyboard.press('Enter');
  let list = page.getByRole('listbox').first().getByRole('option');
  await list.filter({ hasText: 'Invoice' }).click();
  await page.locator('main .pane header').first().getByRole('button', { name: MORE }).click();
  await picture(page, `menu-${colorScheme}-de`);
  await page.getByRole('menuitem', { name: 'Verantwortlich…' }).click();
  await page.getByRole('option', { name: /Ben Berg/ }).click();
  let headers = await server.signedIn('ben');
  let number = /#(\d+)/.exec((await list.filter({ hasText: 'Invoice' }).textContent()) ?? '')![1]!;
  let there = await fetch(`${server.url}/api/v1/tickets/${number}/presence`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ writing: true }),
  });
  expect(there.ok).toBe(true);
  await page.getByText('Ben schreibt').waitFor({ state: 'attached' });
  await more(page, 'Mitnehmen');
  await page.getByText('Sie haben dieses Ticket dabei').waitFor();
  await picture(page, `team-${colorScheme}-de`);
  await more(page, /Zusammenführen/);
  await page.getByRole('dialog').getByRole('textbox').fill('Scanners');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Scanners again/ })
    .click();
  await page.getByText(/Die Kunden sind verschieden/).waitFor();
  await picture(page, `merge-${colorScheme}-de`);
  noFaults();
});
