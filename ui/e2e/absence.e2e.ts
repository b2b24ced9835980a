import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { closeBrowser, MAIL, open, PASSWORD, picture, Server, signIn } from './desk';

let server: Server;
let page: Page;
let faults: string[];

beforeEach(async () => {
  server = await new Server().ready();
  for (let [login, name] of [
    ['ben', 'Ben Berg'],
    ['cem', 'Cem Can'],
  ])
    server.run(['agent', 'add', login!, '--name', name!], `${PASSWORD}\n`);
  server.mail(MAIL);
  ({ page, faults } = await open(server.url));
  await signIn(page);
});
afterEach(async () => {
  await page.context().close();
  await server.remove();
});
afterAll(closeBrowser);

const rows = () => page.getByRole('listbox', { name: 'Tickets' }).getByRole('option');
async function openTicket(title: string) {
  await rows().filter({ hasText: title }).click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
}
const day = (days: number) => {
  let date = new Date();
  date.setDate(date.getDate() + days);
  let two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
};

it('snoozes with z, brings it back by undo, by hand and by an answer', async () => {
  await openTicket('Warehouse');
  await page.keyboard.press('l');
  await page.goto(`${server.url}/#/mine`);
  await openTicket('Warehouse');
  await page.keyboard.press('z');
  let dialog = page.getByRole('dialog', { name: 'Snooze this ticket' });
  await picture(page, 'snooze-dialog');
  await dialog.getByRole('button', { name: /Tomorrow/ }).click();
  await rows().filter({ hasText: 'Warehouse' }).waitFor({ state: 'detached' });
  await page
    .getByText(/^Snoozed until .*Tomorrow/i)
    .first()
    .waitFor();
  await page.keyboard.press('Control+z');
  await rows().filter({ hasText: 'Warehouse' }).waitFor();

  await page.keyboard.press('z');
  await dialog.getByRole('button', { name: 'Until the customer writes' }).click();
  await rows().filter({ hasText: 'Warehouse' }).waitFor({ state: 'detached' });
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /Snoozed/ })
    .click();
  await rows().filter({ hasText: 'Warehouse' }).waitFor();
  await page.goto(`${server.url}/#/mine`);
  await page
    .getByText('You have no open tickets')
    .or(page.getByRole('heading', { level: 2 }))
    .first()
    .waitFor();
  server.mail(
    MAIL.replace('Subject: ', 'In-Reply-To: <scanner-1@hafen.test>\r\nSubject: Re: ').replace(
      'Message-ID: <scanner-1',
      'Message-ID: <scanner-9',
    ),
  );
  await rows().filter({ hasText: 'Warehouse' }).getByText('is back: answered').waitFor();
  await picture(page, 'snooze-back');
  expect(faults).toEqual([]);
});

it('says who is away where they are offered, and offers the deputy', async () => {
  await page.goto(`${server.url}/#/settings/agent`);
  await page
    .getByRole('link', { name: /Ben Berg/ })
    .or(page.getByRole('button', { name: /Ben Berg/ }))
    .first()
    .click();
  let form = page.getByRole('region', { name: 'Absence' });
  await form.getByLabel('First day').fill(day(0));
  await form.getByLabel('Last day').fill(day(2));
  await form.getByLabel('Deputy').selectOption({ label: 'Cem Can' });
  await form.getByRole('button', { name: 'Save absence' }).click();
  await form.getByText(/^Away until/).waitFor();
  await picture(page, 'absence');

  await page.goto(`${server.url}/#/unassigned`);
  await openTicket('Warehouse');
  await page.keyboard.press('a');
  let ben = page.getByRole('option', { name: /Ben Berg.*away until/ });
  await picture(page, 'absent-owner');
  await ben.click();
  await page.getByRole('button', { name: 'Give to Cem Can' }).click();
  await page.getByRole('button', { name: /Owner.*Cem Can/ }).waitFor();
  expect(faults).toEqual([]);
});
