import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { closeBrowser, MAIL, open, PASSWORD, picture, Server, signIn } from './desk';

let server: Server;
let ana: Page;
let ben: Page;
let faults: string[];

beforeEach(async () => {
  server = await new Server().ready();
  server.run(['agent', 'add', 'ben', '--name', 'Ben Berg', '--admin'], `${PASSWORD}\n`);
  await server.supportAddress();
  server.mail(MAIL);
  ({ page: ana, faults } = await open(server.url));
  await signIn(ana);
  ({ page: ben } = await open(server.url));
  await signIn(ben, 'ben');
});
afterEach(async () => {
  await ana.context().close();
  await ben.context().close();
  await server.remove();
});
afterAll(closeBrowser);

const answerBox = (page: Page) => page.getByRole('textbox', { name: 'Write your answer' });

/** Opens the one ticket and types an answer, without sending it. */
async function write(page: Page, text: string) {
  await page.getByRole('listbox', { name: 'Tickets' }).getByRole('option').first().click();
  await page.getByRole('heading', { level: 1, name: /Warehouse/ }).waitFor();
  await page.keyboard.press('r');
  await expect.poll(() => answerBox(page).inputValue()).toContain('Petra Vogt');
  await answerBox(page).press('Control+End');
  let kept = page.waitForResponse((answer) => answer.url().includes('/drafts/') && answer.ok());
  await answerBox(page).pressSequentially(text);
  await kept;
}

/** Both answer the same mail; Ben's is on the ticket before Ana's leaves. */
async function answerBoth() {
  await write(ana, 'We look into it tomorrow.');
  await write(ben, 'I moved the access point to channel 44.');
  await answerBox(ben).press('Control+Enter');
  await ana.locator('article').filter({ hasText: 'channel 44' }).waitFor();
  await answerBox(ana).press('Control+Enter');
  let mine = ana.locator('article').filter({ hasText: 'We look into it tomorrow.' }).last();
  await mine.getByRole('button', { name: 'Send now' }).click();
  await mine.getByText('Held back').waitFor();
  return mine;
}

it('shows a held reply beside what a colleague has answered, and nothing is sent before', async () => {
  let mine = await answerBoth();
  await picture(ana, 'held-banner');
  expect(await mine.getByRole('button', { name: 'Send anyway' }).count()).toBe(0);
  await mine.getByRole('button', { name: 'Compare' }).click();
  let both = ana.getByRole('dialog', { name: 'Your reply was held' });
  await both.getByRole('region', { name: 'Your reply' }).getByText('We look into it tomorrow.').waitFor();
  let since = both.getByRole('region', { name: 'What happened since' });
  await since.getByText('I moved the access point to channel 44.').waitFor();
  await both.getByText(/Ben Berg answered the customer\. Nothing was sent in your name\./).waitFor();
  expect(await since.getByText('Petra Vogt wrote').count()).toBe(0);
  await picture(ana, 'held-compare');

  await ana.keyboard.press('Escape');
  await both.waitFor({ state: 'detached' });
  await ana.getByRole('navigation').getByText('1 needs you').waitFor();
  await mine.getByRole('button', { name: 'Compare' }).click();
  expect(
    await both.getByRole('button', { name: 'Edit first' }).evaluate((it) => it === document.activeElement),
  ).toBe(true);
  await ana.keyboard.press('e');
  await expect.poll(() => answerBox(ana).inputValue()).toContain('We look into it tomorrow.');
  await ana.getByRole('navigation').getByText('needs you').waitFor({ state: 'detached' });
  expect(faults).toEqual([]);
});

it('keeps a held reply as a note for colleagues, or discards it so that its text can be had back', async () => {
  let mine = await answerBoth();
  await mine.getByRole('button', { name: 'Compare' }).click();
  let both = ana.getByRole('dialog', { name: 'Your reply was held' });
  await both.waitFor();
  await ana.keyboard.press('n');
  let note = ana.locator('article.note').filter({ hasText: 'We look into it tomorrow.' });
  await note.waitFor();
  await ana.getByText('Taken back, never sent').waitFor();
  expect(await answerBox(ana).count()).toBe(0);

  let cancelled = ana.locator('article').filter({ hasText: 'Taken back, never sent' });
  await cancelled.getByRole('button', { name: 'Have the text back' }).click();
  await expect.poll(() => answerBox(ana).inputValue()).toContain('We look into it tomorrow.');
  expect(faults).toEqual([]);
});
