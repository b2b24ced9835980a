import { expect, it } from 'vitest';
import { fresh, inOrder, inYear, isDay, repeat, twice } from './days';

it('knows which days there are', () => {
  expect(['12-25', '02-29', '2028-02-29', '2026-11-23'].map(isDay)).toEqual([true, true, true, true]);
  expect(['02-30', '2026-02-29', '13-01', 'x', '2026-1-1', ''].map(isDay)).toEqual(Array(6).fill(false));
  expect(inYear('02-29', 2026)).toBeUndefined();
  expect(inYear('02-29', 2028)).toBe('2028-02-29');
  expect(inYear('2026-11-23', 2027)).toBeUndefined();
});

it('makes a day of every year the next one, and back', () => {
  expect(repeat('2026-12-24', true, '2026-11-22')).toBe('12-24');
  expect(repeat('12-24', false, '2026-11-22')).toBe('2026-12-24');
  expect(repeat('01-06', false, '2026-11-22')).toBe('2027-01-06');
  expect(repeat('02-29', false, '2026-11-22')).toBe('2028-02-29');
});

it('shows what comes next before what is over', () => {
  let days = ['2026-01-02', '2026-12-31', '12-24', '01-01', '2026-11-30'].map((date) => ({ date }));
  expect(inOrder(days, '2026-11-22').map(({ date }) => date)).toEqual([
    '01-01',
    '12-24',
    '2026-11-30',
    '2026-12-31',
    '2026-01-02',
  ]);
});

it('imports what is not there yet, and keeps own hours', () => {
  let own = [{ date: '12-24', hours: [['08:00', '12:00']] as [string, string][] }];
  let found = [{ date: '12-24' }, { date: '2026-11-30' }, { date: '2026-11-30' }];
  expect(fresh(own, found)).toEqual([{ date: '2026-11-30' }]);
});

it('finds a day that is there twice with different hours', () => {
  let half = [['08:00', '12:00']] as [string, string][];
  expect(twice([{ date: '12-24' }, { date: '12-24', hours: half }])).toEqual(['12-24']);
  expect(twice([{ date: '12-24' }, { date: '12-24', hours: [] }])).toEqual([]);
});
