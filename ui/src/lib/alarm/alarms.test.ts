import { expect, test } from 'vitest';
import type { Alarm, Id } from '$lib/api/types';
import { AlarmState } from './alarms.svelte';
import { EVENTS, eventName } from './words';

function alarm(id: string, due_at: number, more: Partial<Alarm> = {}): Alarm {
  return {
    id,
    ticket_id: id as Id,
    number: '1',
    title: id,
    event: 'reminder_locked',
    due_at,
    raised_at: due_at,
    late: false,
    sound: false,
    ...more,
  };
}

test('an alarm is told once, stands by its moment, and goes when it ended elsewhere', () => {
  let told: string[] = [];
  let alarms = new AlarmState({
    onalarm: ({ id }) => told.push(id),
    onmany: () => undefined,
    open: () => undefined,
  });
  alarms.take({ upto: 1, alarms: [alarm('late', 20), alarm('early', 10)] });
  alarms.take({ upto: 2, alarms: [alarm('late', 20)] });
  expect(told).toEqual(['late', 'early']);
  expect(alarms.standing.map(({ id }) => id)).toEqual(['early', 'late']);
  alarms.take({ upto: 3, alarms: [alarm('early', 10, { ended: 'seen' })] });
  expect(alarms.standing.map(({ id }) => id)).toEqual(['late']);
});

test('many at once are one word', () => {
  let told: (string | number)[] = [];
  let alarms = new AlarmState({
    onalarm: ({ id }) => told.push(id),
    onmany: (count) => told.push(count),
    open: () => undefined,
  });
  alarms.take({ upto: 1, alarms: ['a', 'b', 'c', 'd'].map((id, at) => alarm(id, at)) });
  alarms.take({ upto: 2, alarms: [alarm('a', 0), alarm('e', 9)] });
  expect(told).toEqual([4, 'e']);
  expect(alarms.standing).toHaveLength(5);
});

test('what ended before this page knew it is not told', () => {
  let told: string[] = [];
  let alarms = new AlarmState({
    onalarm: ({ id }) => told.push(id),
    onmany: () => undefined,
    open: () => undefined,
  });
  alarms.take({ upto: 1, alarms: [alarm('old', 10, { ended: 'taken' })] });
  expect([told, alarms.standing]).toEqual([[], []]);
});

test('every event has a name, and one of a newer server keeps its own', () => {
  for (let event of EVENTS) expect(eventName(event)).not.toBe(event);
  expect(eventName('new_kind')).toBe('new_kind');
});
