import { afterAll, afterEach, expect, it } from 'vitest';
import { closeBrowser, open, PASSWORD, picture, Server } from './desk';

let server: Server;
afterEach(() => server.remove());
afterAll(closeBrowser);

/** A new desk speaks the language of the computer it is made on. */
async function lookAround(language: string) {
  process.env.LANG = `${language}.UTF-8`;
  server = new Server();
  server.run(['agent', 'add', 'ana', '--name', 'Mara Lindt', '--admin'], `${PASSWORD}\n`);
  await server.start();
  await server.lookAround();
}

it.each([
  ['light', 'en-GB'],
  ['dark', 'de-DE'],
] as const)('the desk to look around in shows a day of work (%s, %s)', async (theme, locale) => {
  await lookAround(locale.replace('-', '_'));
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
