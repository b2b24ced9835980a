import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { closeBrowser, open, PASSWORD, picture, Server } from './desk';

let server: Server;
beforeEach(async () => {
  server = new Server();
  server.run(['agent', 'add', 'ana', '--name', 'Mara Lindt', '--admin'], `${PASSWORD}\n`);
  await server.start();
  await server.lookAround();
});
afterEach(() => server.remove());
afterAll(closeBrowser);

it.each([
  ['light', 'en-GB'],
  ['dark', 'de-DE'],
] as const)('the desk to look around in shows a day of work (%s, %s)', async (theme, locale) => {
  let { page, faults } = await open(server.url, { colorScheme: theme, locale });
  await page.locator('input[autocomplete="username"]').fill('ana');
  await page.locator('input[type="password"]').fill(PASSWORD);
  await page.keyboard.press('Enter');
  let rows = page.getByRole('listbox').first().getByRole('option');
  await rows.first().waitFor();
  expect(await rows.count()).toBeGreaterThan(5);
  await rows.nth(1).click();
  await page.locator('article').first().waitFor();
  await page.keyboard.press('r');
  await expect.poll(() => page.locator('textarea').first().inputValue()).not.toBe('');
  await picture(page, `desk-${theme}`);
  expect(faults).toEqual([]);
});
