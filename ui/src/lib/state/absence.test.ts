import { expect, it } from 'vitest';
import type { AgentDoc, Rec } from '$lib/api/types';
import { absenceOf, fromDays, lastDay, standIn, toDay } from './absence';

const agent = (id: string, absence?: [number, number, string?], valid = true): Rec<AgentDoc> => ({
  id,
  version: 1,
  document: {
    name: id,
    login: id,
    email: '',
    admin: false,
    valid,
    absence: absence && { from: absence[0], until: absence[1], deputy_id: absence[2] ?? null },
  },
});

it('ends with its last moment', () => {
  let { document } = agent('a', [100, 200]);
  expect([99, 100, 199, 200].map((at) => !!absenceOf(document, at))).toEqual([false, true, true, false]);
  expect(absenceOf(undefined, 1)).toBeUndefined();
});

it('asks deputies in turn, and nobody twice', () => {
  let who = (...agents: Rec<AgentDoc>[]) => standIn(agents, 'a', 5);
  expect(who(agent('a', [0, 10, 'b']), agent('b'))).toBe('b');
  expect(who(agent('a', [0, 10, 'b']), agent('b', [0, 10, 'c']), agent('c'))).toBe('c');
  expect(who(agent('a', [0, 10, 'b']), agent('b', [0, 10, 'a']))).toBeUndefined();
  expect(who(agent('a', [0, 10, 'b']), agent('b', undefined, false))).toBeUndefined();
  expect(who(agent('a', [0, 10]))).toBeUndefined();
  expect(who(agent('a'), agent('b'))).toBeUndefined();
});

it('takes whole days', () => {
  let days = fromDays('2026-11-23', '2026-11-24')!;
  expect([toDay(days.from), lastDay(days.until)]).toEqual(['2026-11-23', '2026-11-24']);
  expect(new Date(days.until).getHours()).toBe(0);
  expect(fromDays('2026-11-24', '2026-11-23')).toBeUndefined();
  expect(fromDays('', '2026-11-23')).toBeUndefined();
});
