import { expect, it } from 'vitest';
import { byDay, fromTo } from './stretches';

const at = (text: string) => Date.parse(text);
const part = (from: string, to: string) => ({ from: at(from), to: at(to) });

it('tells the days of the calendar’s zone, and loses no time', () => {
  let worked = [
    part('2026-11-20T15:30:00Z', '2026-11-20T17:00:00Z'),
    part('2026-11-23T07:00:00Z', '2026-11-23T11:00:00Z'),
    part('2026-11-23T12:00:00Z', '2026-11-23T12:30:00Z'),
    part('2026-11-23T23:30:00Z', '2026-11-24T00:30:00Z'),
  ];
  let days = byDay(worked, 'Europe/Berlin');
  expect(days.map(({ parts, length }) => [parts.length, length / 60_000])).toEqual([
    [1, 90],
    [2, 270],
    [1, 60],
  ]);
  let sum = worked.reduce((total, { from, to }) => total + to - from, 0);
  expect(days.reduce((total, day) => total + day.length, 0)).toBe(sum);
  expect(byDay(worked, 'Pacific/Auckland')).toHaveLength(3);
});

it('names the day on which a stretch ends, where that is another', () => {
  let told = (from: string, to: string) => fromTo(part(from, to), 'Europe/Berlin');
  expect(told('2026-11-23T07:00:00Z', '2026-11-23T11:00:00Z')).toBe('08:00–12:00');
  expect(told('2026-11-23T07:00:00Z', '2026-11-23T23:00:00Z')).toBe('08:00–24:00');
  expect(told('2026-03-23T14:25:00Z', '2026-11-22T14:16:00Z')).toMatch(/^15:25–.*22 Nov.* 15:16$/);
});
