import { expect, it } from 'vitest';
import { checkCalendar } from './check';
import { friday } from './friday';

const fine = {
  time_zone: 'Europe/Berlin',
  week: {
    mon: [
      ['08:00', '12:00'],
      ['12:00', '24:00'],
    ],
    sun: [],
  },
  holidays: [{ date: '12-24', hours: [['08:00', '12:00']] }, { date: '2026-11-30' }],
};

it('says beside which field something is wrong', () => {
  expect(checkCalendar(fine)).toEqual({});
  let wrong = (part: object) => Object.keys(checkCalendar({ ...fine, ...part }));
  expect(wrong({ time_zone: 'Europe/Atlantis' })).toEqual(['time_zone']);
  expect(wrong({ week: { mon: [['12:00', '08:00']] } })).toEqual(['week']);
  expect(wrong({ week: { mon: [['08:00', '25:00']] } })).toEqual(['week']);
  expect(
    wrong({
      week: {
        mon: [
          ['08:00', '12:00'],
          ['11:00', '13:00'],
        ],
      },
    }),
  ).toEqual([]);
  expect(wrong({ holidays: [{ date: '2026-02-30' }] })).toEqual(['holidays']);
  expect(wrong({ holidays: [{ date: '12-24', hours: [['8', '12:00']] }] })).toEqual(['holidays']);
  expect(wrong({ holidays: [...fine.holidays, { date: '12-24' }] })).toEqual(['holidays']);
});

it('finds the next Friday, today too', () => {
  expect(friday('2026-11-20')).toBe('2026-11-20T16:30');
  expect(friday('2026-11-21')).toBe('2026-11-27T16:30');
  expect(friday('2026-11-26')).toBe('2026-11-27T16:30');
});
