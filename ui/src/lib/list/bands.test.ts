import { expect, it } from 'vitest';
import type { ListView, Row } from '$lib/api/types';
import { bandOf, dueOf, headingOf, headings, momentIn } from './bands';

process.env.TZ = 'Europe/Berlin';

const NOW = new Date(2026, 10, 20, 16, 30).getTime();
const MINUTE = 60_000;
const on = (day: number, hour: number, minute = 0) => new Date(2026, 10, day, hour, minute).getTime();
const row = (id: string, due_at: number | null) => ({ id, due_at, pending_until: null }) as unknown as Row;

it.each([
  [NOW - 1, 'late'],
  [NOW, 'hour'],
  [NOW + 59 * MINUTE, 'hour'],
  [NOW + 60 * MINUTE, 'today'],
  [on(20, 23, 59), 'today'],
  [on(21, 0), 'tomorrow'],
  [on(21, 23, 59), 'tomorrow'],
  [on(22, 0), 'later'],
  [undefined, 'none'],
])('puts %s under %s', (due, band) => expect(bandOf(due, NOW)).toBe(band));

it('says "within the hour" over midnight too', () => {
  expect(bandOf(on(21, 0, 10), on(20, 23, 50))).toBe('hour');
});

it('has days of 23 and 25 hours when the clocks change', () => {
  let before = new Date(2026, 9, 24, 12).getTime();
  expect(bandOf(new Date(2026, 9, 25, 23, 30).getTime(), before)).toBe('tomorrow');
  expect(bandOf(new Date(2026, 9, 26, 0, 0).getTime(), before)).toBe('later');
});

const ROWS = [row('a', on(20, 16)), row('b', on(20, 16, 20)), row('c', on(20, 17)), row('d', null)];

it('puts a heading before each band, with how many it has', () => {
  let found = headings(ROWS, true, NOW);
  expect([...found].map(([id, { band, count }]) => `${id}: ${band} ${count}`)).toEqual([
    'a: late 2',
    'c: hour 1',
    'd: none 1',
  ]);
  expect(headings(ROWS, false, NOW).size).toBe(0);
});

it('knows which heading a row lies under', () => {
  let found = headings(ROWS, true, NOW);
  expect([0, 1, 2, 3, 99].map((index) => headingOf(ROWS, found, index)?.band)).toEqual([
    'late',
    'late',
    'hour',
    'none',
    'none',
  ]);
  expect(headingOf([], found, 0)).toBeUndefined();
  expect(headingOf(ROWS, headings(ROWS, false, NOW), 2)).toBeUndefined();
});

it('groups reminders by their own moments', () => {
  let rows = [{ ...row('a', on(22, 9)), pending_until: on(20, 17) }] as Row[];
  let bandsIn = (view: ListView) =>
    [...headings(rows, true, NOW, momentIn(view)).values()].map(({ band }) => band);
  expect([bandsIn('reminders'), bandsIn('open')]).toEqual([['hour'], ['later']]);
});

it('sorts by the deadline before the reminder', () => {
  let parts = { due_at: 2, pending_until: 1 };
  expect(dueOf({ ...parts, due: { at: 3 } } as never)).toBe(3);
  expect(dueOf({ ...parts, due: null } as never)).toBe(2);
  expect(dueOf({ due_at: null, pending_until: 1 })).toBe(1);
  expect(dueOf({ due_at: null, pending_until: null })).toBeUndefined();
});
