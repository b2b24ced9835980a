import { expect, it } from 'vitest';
import { minutesWords, parseMinutes } from './duration';

const DAY = 8 * 60;

it.each([
  ['90', 90],
  ['4 h', 240],
  ['4h', 240],
  ['1 d 2 h', 600],
  ['1d2h', 600],
  ['1 Tag 2 Std', 600],
  ['2 Tage', 960],
  ['1,5 h', 90],
  ['1.5 h', 90],
  ['1:30', 90],
  ['30 min', 30],
  ['2 hours, 15 minutes', 135],
  ['0', 0],
  ['0,5 d', 240],
])('reads %s', (text, minutes) => expect(parseMinutes(text, DAY)).toBe(minutes));

it.each(['', 'soon', '4 x', '4 h 30', '1:75', '-5', '1 h -5 min', '99999 d', '1 2'])(
  'does not guess what %j means',
  (text) => expect(parseMinutes(text, DAY)).toBeUndefined(),
);

it('writes what it reads, whatever a day is', () => {
  expect(minutesWords(240)).toBe('4 h');
  expect(minutesWords(45)).toBe('45 min');
  expect(minutesWords(630)).toBe('10 h 30 min');
  for (let minutes of [1, 59, 60, 61, 600, 10_000])
    expect(parseMinutes(minutesWords(minutes), 5)).toBe(minutes);
});
