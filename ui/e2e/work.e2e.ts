import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { closeBrowser, HOSTILE, MAIL, open, picture, Server, signIn } from './desk';

let server: Server;
let page: Page;
let faults: string[];

beforeEach(async () => {
  server = await new Server().ready();
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

it('shows a mail that arrives without a reload; taking it moves it to my tickets, undo brings it back', async () => {
  await page.getByRole('heading', { name: 'No mailbox yet' }).waitFor();
  server.mail(MAIL);
  await openTicket('Warehouse scanners lose Wi-Fi');
  await picture(page, 'unassigned');

  await page.keyboard.press('l');
  await page.getByRole('button', { name: 'Release' }).waitFor();
  await rows().filter({ hasText: 'Warehouse' }).waitFor({ state: 'detached' });
  await page.keyboard.press('Control+z');
  await page.getByRole('button', { name: 'Take it' }).waitFor();
  await rows().filter({ hasText: 'Warehouse' }).waitFor();
  expect(faults).toEqual([]);
});

it('keeps a draft as typed, also when the server is killed, and writes a note with a file', async () => {
  server.mail(MAIL);
  await openTicket('Warehouse');
  await page.keyboard.press('n');
  let box = page.getByRole('textbox', { name: /Note for colleagues/ });
  let kept = page.waitForResponse((answer) => answer.url().includes('/drafts/') && answer.ok());
  await box.fill('Channel 36 has radar events');
  await kept;
  await server.stop('SIGKILL');
  await server.start();
  await page.goto(server.url);
  await page.getByRole('listbox', { name: 'Tickets' }).or(page.getByLabel('Login')).waitFor();
  if (await page.getByLabel('Login').isVisible()) await signIn(page);
  await openTicket('Warehouse');
  await expect.poll(() => box.inputValue()).toBe('Channel 36 has radar events');

  let uploaded = page.waitForResponse((answer) => answer.url().includes('/uploads'));
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('hall 3') });
  expect((await uploaded).ok()).toBe(true);
  await box.press('Control+Enter');
  let article = page.locator('article').filter({ hasText: 'Channel 36' });
  await article.waitFor();
  await article.getByRole('button', { name: /plan\.txt/ }).waitFor();
  let saved = page.waitForEvent('download');
  await article.getByRole('button', { name: /plan\.txt/ }).click();
  expect((await saved).suggestedFilename()).toBe('plan.txt');
});

it('shows hostile HTML as text and pictures that stay away, with the true host of its links', async () => {
  let asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  server.mail(HOSTILE);
  await openTicket('Invoice charged twice');
  let mail = page.frameLocator('article iframe');
  await mail.getByText('charged').waitFor();
  expect(await mail.locator('a').getAttribute('title')).toMatch(/^evil\.test/);
  expect(await mail.locator('script, form, [onerror]').count()).toBe(0);
  expect(await mail.locator('details summary').count()).toBe(1);
  expect(await page.title()).not.toContain('owned');
  expect(asked.filter((url) => !url.startsWith(server.url) && url.startsWith('http'))).toEqual([]);

  await page.getByRole('button', { name: 'Load images' }).click();
  await expect.poll(() => asked.some((url) => url.startsWith('https://tracker.test/'))).toBe(true);
  expect(await page.title()).not.toContain('owned');
});

it('walks, selects and moves with keys alone, and says nothing while one types', async () => {
  for (let nr of [1, 2, 3])
    server.mail(MAIL.replaceAll('scanner-1', `m${nr}`).replace('Wi-Fi', `Wi-Fi ${nr}`));
  await expect.poll(() => rows().count()).toBe(3);
  for (let key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key);
  await page.getByText('2 selected').waitFor();
  await page.getByRole('button', { name: 'Set state' }).click();
  await page.getByPlaceholder('Find a state').fill('closed suc');
  await page.keyboard.press('Enter');
  await page.getByText('2 tickets done').waitFor();
  await expect.poll(() => rows().count()).toBe(1);
  await page.keyboard.press('Control+z');
  await expect.poll(() => rows().count()).toBe(3);

  await rows().first().click();
  await page.getByRole('button', { name: 'Reply' }).first().waitFor();
  await page.keyboard.press('n');
  let box = page.getByRole('textbox', { name: /Note for colleagues/ });
  await box.pressSequentially('jk#x?');
  expect(await box.inputValue()).toBe('jk#x?');
  await page.keyboard.press('Escape');
  await box.waitFor({ state: 'detached' });
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
});

it('marks junk with one key and takes it back as it was', async () => {
  server.mail(MAIL);
  await openTicket('Warehouse');
  await page.keyboard.press('#');
  await page.getByText('Moved to junk').waitFor();
  await rows().first().waitFor({ state: 'detached' });
  await page.keyboard.press('Control+z');
  await rows().filter({ hasText: 'Warehouse' }).waitFor();
});

it('notes down a call for a customer it knows, and finds it again', async () => {
  server.mail(MAIL);
  await rows().first().waitFor();
  await page.getByRole('button', { name: 'New ticket' }).click();
  await page.getByLabel('Customer’s name').fill('Petra');
  await page.locator('.popover-item').filter({ hasText: 'petra@hafen.test' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  expect(await page.getByLabel('Customer’s address').inputValue()).toBe('petra@hafen.test');
  await page.getByRole('textbox', { name: 'Subject' }).fill('Asks about hall 4');
  await page.getByLabel('What was said').fill('She will send the plan.');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('heading', { level: 1, name: 'Asks about hall 4' }).waitFor();

  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Ticket number, title or command').fill('scanners');
  await page.getByRole('dialog').getByText('Warehouse scanners lose Wi-Fi').click();
  await page.getByRole('heading', { level: 1, name: /Warehouse scanners/ }).waitFor();
});

it('answers with salutation and signature; undo brings the text back, and the outbox shows what waits', async () => {
  await page.goto(`${server.url}/#/settings/address/new`);
  await page.getByLabel('Name', { exact: true }).fill('Nordlicht support');
  await page.getByLabel('E-mail').fill('support@nordlicht.test');
  await page.getByLabel('Queue', { exact: true }).selectOption({ label: 'Service desk' });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { name: 'Nordlicht support' }).waitFor();
  server.mail(MAIL);
  await page.goto(`${server.url}/#/unassigned`);
  await openTicket('Warehouse');
  await page.keyboard.press('r');
  let box = page.getByRole('textbox', { name: 'Write your answer' });
  await expect.poll(() => box.inputValue()).toContain('Petra Vogt');
  await page.getByText('petra@hafen.test').first().waitFor();
  await box.press('Control+End');
  await box.pressSequentially('We look into it.');
  await picture(page, 'reply');
  await box.press('Control+Enter');
  let notices = page.getByRole('region', { name: 'Notices' });
  await notices.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => box.inputValue()).toContain('We look into it.');

  await box.press('Control+Enter');
  await notices.getByRole('button', { name: 'Undo' }).waitFor();
  let article = page.locator('article').filter({ hasText: 'We look into it.' }).last();
  await article.getByText('Leaves in a moment').waitFor();
  await page.goto(`${server.url}/#/outbox`);
  await page.getByText('Warehouse scanners lose Wi-Fi').first().waitFor();
  await picture(page, 'outbox');
  expect(faults).toEqual([]);
});
