import { expect, it } from 'vitest';
import { instantIn, isZone, localIn } from './zone';

const utc = (text: string) => Date.parse(text);

it.each([
  ['Europe/Berlin', '2026-11-20T16:30', '2026-11-20T15:30:00Z'],
  ['Europe/Berlin', '2026-07-01T16:30', '2026-07-01T14:30:00Z'],
  ['America/New_York', '2026-11-20T16:30', '2026-11-20T21:30:00Z'],
  ['Asia/Kathmandu', '2026-11-20T00:00', '2026-11-19T18:15:00Z'],
  ['UTC', '2026-11-20T16:30', '2026-11-20T16:30:00Z'],
])('knows when the clocks of %s show %s', (zone, local, instant) => {
  expect(instantIn(zone, local)).toBe(utc(instant));
  expect(localIn(zone, utc(instant))).toBe(local);
});

it('takes the first of two readings in autumn, and goes on after the gap of spring', () => {
  expect(instantIn('Europe/Berlin', '2026-10-25T02:30')).toBe(utc('2026-10-25T00:30:00Z'));
  expect(localIn('Europe/Berlin', instantIn('Europe/Berlin', '2026-03-29T02:30')!)).toBe('2026-03-29T03:30');
  expect(instantIn('Pacific/Apia', '2011-12-29T15:00')).toBe(utc('2011-12-30T01:00:00Z'));
});

it('tells zones and readings from other words', () => {
  expect(isZone('Europe/Berlin')).toBe(true);
  expect(isZone('Europe/Atlantis')).toBe(false);
  expect(isZone('')).toBe(false);
  expect(instantIn('UTC', 'Friday')).toBeUndefined();
});
