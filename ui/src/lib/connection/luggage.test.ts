import { expect, it } from 'vitest';
import { isReady, luggageTitle, luggageWords } from './luggage';

const luggage = { tickets: 5, ready: 2, files: 12, files_here: 7, bytes_left: 1_000, lost: 0 };

it('says how much of what was taken along is here', () => {
  expect(luggageTitle(luggage)).toBe('Taking along: 2 of 5 here');
  expect(luggageWords(luggage, 'up_to_date')).toContain('7 of 12 files');
  expect(isReady(luggage)).toBe(false);
});

it('says when everything is here, and that the network may go', () => {
  let ready = { ...luggage, ready: 5, files_here: 12 };
  expect(isReady(ready)).toBe(true);
  expect(luggageTitle(ready)).toBe('All here: ready to leave');
  expect(luggageWords(ready, 'offline')).toContain('opens without the network');
});

it('says what stands in the way', () => {
  expect(luggageWords({ ...luggage, problem: 'disk_full' }, 'offline')).toContain('The disk is full');
  expect(luggageWords(luggage, 'offline')).toContain('when the network is back');
  expect(luggageWords({ ...luggage, problem: 'server_refused' }, 'up_to_date')).toContain('tried again');
  expect(luggageWords({ ...luggage, lost: 1 }, 'up_to_date')).toContain('1 file is not on the server');
});

it('never calls nothing taken along ready', () => {
  expect(isReady({ ...luggage, tickets: 0, ready: 0 })).toBe(false);
});
