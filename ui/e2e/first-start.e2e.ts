import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { closeBrowser, open, picture, Server } from './desk';

let server: Server;
beforeEach(async () => {
  server = await new Server().start();
});
afterEach(() => server.remove());
afterAll(closeBrowser);

it('the one-time link makes the first administrator, who sets up the desk and finds it empty', async () => {
  let { page, faults } = await open(await server.firstLink());
  await page.getByLabel('Your name').fill('Mara Lindt');
  await page.getByLabel('Your e-mail address').fill('mara@nordlicht.test');
  await page.getByLabel('Login').fill('mara');
  await page.getByLabel('Password').fill('a-good-password');
  await page.getByRole('button', { name: 'Create my account' }).click();

  await picture(page, 'first-start');
  await page.getByRole('button', { name: /Set up this desk/ }).click();
  await page.getByLabel('Name of the desk').fill('Nordlicht IT');
  await page.getByRole('button', { name: 'Continue' }).click();

  await page.getByLabel('Password', { exact: true }).fill('secret');
  await page.getByLabel('Incoming (IMAP)').fill('127.0.0.1');
  await page.getByLabel('Port').first().fill('1');
  await page.getByLabel('Outgoing (SMTP)').fill('no-such-host.invalid');
  await page.getByRole('button', { name: 'Test the connection' }).click();
  await page.getByText('127.0.0.1 refuses connections on port 1').waitFor();
  await page.getByText('There is no server named no-such-host.invalid').waitFor();
  await picture(page, 'first-start-mailbox');

  await page.getByRole('button', { name: 'Later' }).click();
  await page.getByRole('heading', { name: 'No mailbox yet' }).waitFor();
  await page.getByText('Nordlicht IT').first().waitFor();
  expect(faults).toEqual([]);
});

it('speaks German when the browser does, and changes without losing what was typed', async () => {
  let { page } = await open(await server.firstLink(), { locale: 'de-DE' });
  await page.getByLabel('Ihr Name').fill('Mara');
  await page.getByText('English').click();
  expect(await page.getByLabel('Your name').inputValue()).toBe('Mara');
});
