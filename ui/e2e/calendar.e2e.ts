import axe from 'axe-core';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { closeBrowser, open, picture, Server, signIn } from './desk';

let server: Server;
let page: Page;
let faults: string[];

beforeEach(async () => {
  server = await new Server().ready();
  ({ page, faults } = await open(server.url, { timezoneId: 'America/New_York' }));
  await signIn(page);
  await page.goto(`${server.url}/#/settings/calendar/new`);
});
afterEach(async () => {
  expect(faults).toEqual([]);
  await page.context().close();
  await server.remove();
});
afterAll(closeBrowser);

const answer = () => page.getByRole('complementary', { name: 'Try it' }).locator('.answer');
const saved = async () => {
  let headers = await server.signedIn();
  let told = await fetch(`${server.url}/api/v1/settings`, { headers });
  let { records } = (await told.json()) as {
    records: { calendar: { document: Record<string, unknown> }[] };
  };
  return records.calendar.map(({ document }) => document).find(({ name }) => name === 'Office');
};
/** Puts a moment into the question, in the calendar's time. */
async function ask(arrival: string, within: string) {
  await page.getByLabel('A ticket arrives').fill(arrival);
  await page.getByLabel('Promised within').fill(within);
}

it('is written with lunch breaks and half days, and answers while it is written', async () => {
  await page.getByLabel('Name', { exact: true }).fill('Office');
  await page.getByLabel('Time zone').fill('Europe/Berlin');
  await page.getByLabel('Monday, slot 1, from').fill('8');
  await page.getByLabel('Monday, slot 1, until').fill('12');
  await page.getByRole('button', { name: 'Add a slot to Monday' }).click();
  await page.getByLabel('Monday, slot 2, until').fill('18');
  await page.getByRole('button', { name: 'Copy Monday …' }).click();
  await page.getByRole('menuitem', { name: 'Copy to Monday to Friday' }).click();
  expect(await page.getByLabel('Friday, slot 2, until').inputValue()).toBe('18:00');
  await ask('2026-11-20T16:30', '4 h');
  // An hour and a half on Friday, two and a half on Monday.
  await answer().getByText('A ticket arriving Fri, 20 Nov 16:30 is due Mon, 23 Nov 10:30.').waitFor();

  await page.getByRole('button', { name: 'Add a day' }).click();
  await page.getByLabel('What day it is').fill('Works outing');
  await page.getByLabel('Date: Works outing').fill('2026-11-23');
  await page.getByRole('button', { name: 'Add a slot to Works outing' }).click();
  await page.getByLabel('Works outing, slot 1, until').fill('10');
  await page.keyboard.press('Tab');
  // From nine to ten on Monday, the rest on Tuesday.
  await answer().getByText('is due Tue, 24 Nov 09:30.').waitFor();

  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { name: 'Office' }).waitFor();
  expect(await saved()).toMatchObject({
    time_zone: 'Europe/Berlin',
    week: {
      mon: [
        ['08:00', '12:00'],
        ['13:00', '18:00'],
      ],
      fri: [
        ['08:00', '12:00'],
        ['13:00', '18:00'],
      ],
    },
    holidays: [{ date: '2026-11-23', name: 'Works outing', hours: [['09:00', '10:00']] }],
  });
});

it('works with the keyboard alone, up to midnight', async () => {
  await page.getByLabel('Name', { exact: true }).fill('Office');
  await page.getByLabel('Friday, slot 1, until').focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('24');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  expect(await page.getByLabel('Friday, slot 1, until').inputValue()).toBe('24:00');
  await page.getByText('15 h', { exact: true }).waitFor();
  expect(await page.getByRole('button', { name: 'Add a slot to Friday' }).count()).toBe(0);
  await page.getByLabel('Name', { exact: true }).press('Enter');
  await page.getByRole('heading', { name: 'Office' }).waitFor();
  expect(((await saved())!.week as { fri: unknown }).fri).toEqual([['09:00', '24:00']]);
});

it('takes public holidays of a region and days of a file', async () => {
  await page.getByLabel('Name', { exact: true }).fill('Office');
  await page.getByLabel('Time zone').fill('Europe/Berlin');
  await page.getByRole('button', { name: 'Add a country' }).click();
  await page.getByLabel('Country').selectOption({ label: 'Germany' });
  await page.getByLabel('Region').selectOption({ label: 'Bayern' });
  await page.getByText(/^20\d\d: \d+ days, and 20\d\d$/).click();
  await page.getByRole('cell', { name: 'Epiphany' }).first().waitFor();
  // Epiphany, a Wednesday in 2027, is kept in Bavaria.
  await ask('2027-01-05T16:00', '2 h');
  await answer().getByText('is due Thu, 7 Jan 10:00.').waitFor();

  await page.getByRole('button', { name: 'Import .ics …' }).click();
  let day = (date: string, title: string) =>
    `BEGIN:VEVENT\r\nUID:${title}\r\nDTSTART;VALUE=DATE:${date}\r\nSUMMARY:${title}\r\nEND:VEVENT\r\n`;
  await page.getByLabel('iCalendar file').setInputFiles({
    name: 'days.ics',
    mimeType: 'text/calendar',
    buffer: Buffer.from(
      `BEGIN:VCALENDAR\r\nVERSION:2.0\r\n${day('20270107', 'Inventory')}${day('20270108', 'Bridge day')}END:VCALENDAR\r\n`,
    ),
  });
  await page.getByRole('checkbox', { name: /Bridge day/ }).uncheck();
  await picture(page, 'calendar-import');
  await page.getByRole('button', { name: 'Add days (1)' }).click();
  await answer().getByText('is due Fri, 8 Jan 10:00.').waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { name: 'Office' }).waitFor();
  expect(await saved()).toMatchObject({
    public_holidays: [{ country: 'DE', region: 'BY' }],
    holidays: [{ date: '2027-01-07', name: 'Inventory' }],
  });
});

it('says what is wrong beside it, and loses nothing', async () => {
  await page.getByLabel('Name', { exact: true }).fill('Office');
  await page.getByLabel('Monday, slot 1, until').fill('8');
  await page.keyboard.press('Tab');
  await page.getByText('A slot ends after it begins').waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Some times cannot be read or end before they begin.').waitFor();
  expect(await saved()).toBeUndefined();
  await page.getByLabel('Monday, slot 1, until').fill('half past five');
  await page.keyboard.press('Tab');
  expect(await page.getByLabel('Monday, slot 1, until').inputValue()).toBe('half past five');
});

it('is in order for those who do not see it, light and dark, in German on a small screen', async () => {
  await page.goto(`${server.url}/#/settings/appearance`);
  await page.getByText('Deutsch').click();
  await page.getByRole('heading', { name: 'Aussehen und Tasten' }).waitFor();
  for (let [theme, width] of [
    ['light', 1440],
    ['dark', 1024],
    ['light', 390],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto(`${server.url}/#/settings/calendar/new`);
    await page.evaluate((wanted) => (document.documentElement.dataset.theme = wanted), theme);
    await page.getByRole('button', { name: 'Land hinzufügen' }).click();
    await page.getByRole('button', { name: 'Tag hinzufügen' }).click();
    await page.getByText(/ist fällig/).waitFor();
    await page.evaluate(() => document.querySelector('.body')?.scrollTo(0, 0));
    await picture(page, `calendar-${theme}-${width}`);
    let outside = await page.evaluate(() =>
      [...document.querySelectorAll('main button, main input, main select')]
        .filter((node) => node.checkVisibility())
        .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
        .map((node) => node.getAttribute('aria-label') || node.textContent),
    );
    expect(outside, `${width} px`).toEqual([]);
    await page.evaluate(axe.source);
    let found = await page.evaluate(async () => {
      let { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
      });
      return violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`,
      );
    });
    expect(found, `${theme} ${width}`).toEqual([]);
  }
});
