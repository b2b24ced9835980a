import { expect, it } from 'vitest';
import { chipOf, chipWords } from './chip';
import type { ConnectionView } from './types';

const NOON = new Date('2026-11-20T12:00:00').getTime();
const view = (more: Partial<ConnectionView>): ConnectionView => ({
  server: 'https://desk.example.org',
  agent_id: 'a',
  device_id: 'd',
  state: 'up_to_date',
  since: NOON,
  contact_at: NOON,
  waiting: 0,
  sent: 0,
  needs_you: 0,
  ...more,
});
const line = (more: Partial<ConnectionView>, now = NOON + 7_200_000) =>
  chipOf(view(more), { waiting: 4, total: 5 }, now).line;

it('tells how the connection stands', () => {
  expect(line({})).toBe('Up to date');
  expect(line({ state: 'offline' })).toBe('Offline since 12:00');
  expect(line({ state: 'offline' }, NOON + 30 * 3_600_000)).toMatch(/^Offline since Fri/);
  expect(line({ state: 'sending', waiting: 4 })).toBe('Sending 2 of 5');
  expect(line({ state: 'first_sync', first_sync: { done: 1240, total: 20_000 } })).toBe(
    '1,240 of 20,000 tickets',
  );
  expect(line({ state: 'trouble', code: 'server_disk_full' })).toBe('Not in sync');
  expect(line({ state: 'signed_out' })).toBe('Signed out');
  expect(line({ state: 'over' })).toBe('Device signed out');
});

it('says why a server that answers is no help', () => {
  expect(chipWords(view({ state: 'trouble', code: 'client_too_old' }))).toMatch(
    /needs a newer Docket.*is kept here/,
  );
  expect(chipWords(view({ state: 'trouble', code: 'server_refused', trouble: 'Not today.' }))).toMatch(
    /^Not today\./,
  );
});

it('says what became of the tickets of a device that is over', () => {
  expect(chipWords(view({ state: 'over', code: 'device_lost' }))).toMatch(/reported lost/);
  expect(chipWords(view({ state: 'over', code: 'disabled' }))).toMatch(/switched off/);
  expect(chipWords(view({ state: 'over', code: 'revoked' }))).toMatch(/handed to the server first/);
});
