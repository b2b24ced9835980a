import { expect, it } from 'vitest';
import { copyDay, lengthOf, nextSlot, problemsOf, readTime, usualDay, type Slot, type Week } from './week';

it.each([
  ['8', '08:00'],
  ['8:30', '08:30'],
  ['0830', '08:30'],
  ['830', '08:30'],
  ['8.05', '08:05'],
  ['17 Uhr', '17:00'],
  ['24', '24:00'],
  ['24:00', '24:00'],
  ['00:00', '00:00'],
])('reads %s as %s', (typed, time) => expect(readTime(typed)).toBe(time));

it.each(['', '25', '24:01', '8:60', 'noon', '8:3', '-1', '12345'])('does not read %j', (typed) =>
  expect(readTime(typed)).toBeUndefined(),
);

it('says what is wrong with a slot', () => {
  let slots: Slot[] = [
    ['08:00', '12:00'],
    ['12:00', '18:00'],
    ['17:00', '19:00'],
    ['20:00', '20:00'],
    ['eight', '22:00'],
    ['23:00', '24:00'],
  ];
  expect(problemsOf(slots)).toEqual([undefined, undefined, 'overlap', 'backwards', 'unreadable', undefined]);
});

it('counts overlapping time once, like the desk', () => {
  expect(
    lengthOf([
      ['08:00', '12:00'],
      ['13:00', '18:00'],
    ]),
  ).toBe(9 * 60);
  expect(
    lengthOf([
      ['13:00', '18:00'],
      ['08:00', '14:00'],
    ]),
  ).toBe(10 * 60);
  expect(lengthOf([['00:00', '24:00']])).toBe(24 * 60);
  expect(lengthOf([])).toBe(0);
});

it('offers a slot after a break, and none on a full day', () => {
  expect(nextSlot([])).toEqual(['09:00', '17:00']);
  expect(nextSlot([['08:00', '12:00']])).toEqual(['13:00', '17:00']);
  expect(nextSlot([['08:00', '22:30']])).toEqual(['23:30', '24:00']);
  expect(nextSlot([['00:00', '24:00']])).toBeUndefined();
});

it('copies a day without tying the days together', () => {
  let week: Week = { mon: [['08:00', '12:00']], sun: [['10:00', '11:00']] };
  let copied = copyDay(week, 'mon', ['tue', 'sun']);
  expect(copied).toEqual({ mon: [['08:00', '12:00']], tue: [['08:00', '12:00']], sun: [['08:00', '12:00']] });
  expect(week.tue).toBeUndefined();
  copied.tue![0]![0] = '09:00';
  expect(copied.mon).toEqual([['08:00', '12:00']]);
});

it('takes the usual day for "1 d", not the longest', () => {
  let day: Slot[] = [['08:00', '18:00']];
  let week = { mon: day, tue: day, wed: [['00:00', '24:00']] as Slot[], fri: [['08:00', '12:00']] as Slot[] };
  expect(usualDay({ week } as never)).toBe(600);
  expect(usualDay(undefined)).toBe(480);
});
