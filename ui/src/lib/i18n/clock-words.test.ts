import { expect, it } from 'vitest';
import { standingWords, toneOf } from './clock-words';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const clock = (part: object) => ({
  standing: 'running' as const,
  due: NOW + 300 * MINUTE,
  warn_at: NOW + 200 * MINUTE,
  breached: false,
  ...part,
});

it.each([
  [{}, 'calm', '5 h'],
  [{ due: NOW + 20 * MINUTE }, 'soon', '20 min'],
  [{ warn_at: NOW - 1 }, 'soon', '5 h'],
  [{ due: NOW - 12 * MINUTE }, 'late', '12 min late'],
  [{ due: NOW - 12 * MINUTE, breached: true }, 'late', '12 min late'],
  [{ standing: 'paused', due: null, warn_at: null }, 'calm', 'paused'],
  [{ standing: 'paused', due: NOW - 12 * MINUTE, breached: true }, 'late', 'late, paused'],
  [{ standing: 'paused', due: NOW + MINUTE }, 'calm', 'paused'],
  [{ standing: 'fulfilled', due: NOW - MINUTE }, 'calm', 'kept'],
  [{ standing: 'fulfilled', breached: true, due: NOW - 99 * MINUTE }, 'late', 'kept late'],
  [{ due: null, warn_at: null }, 'calm', 'no deadline'],
])('tells how %j stands', (part, tone, words) => {
  expect([toneOf(clock(part), NOW), standingWords(clock(part), NOW)]).toEqual([tone, words]);
});
