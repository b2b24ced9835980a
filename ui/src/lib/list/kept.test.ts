import { expect, it } from 'vitest';
import { byQueue, percentOf } from './kept';
import { weekOf } from './week';

process.env.TZ = 'Europe/Berlin';

it('never rounds an exception away', () => {
  expect([percentOf(999, 1), percentOf(1, 999), percentOf(3, 1), percentOf(5, 0), percentOf(0, 5)]).toEqual([
    99, 1, 75, 100, 0,
  ]);
  expect(percentOf(0, 0)).toBeUndefined();
});

it('shows the queue first that broke most', () => {
  let figure = (queue_id: string, measure: 'solution' | 'first_response', kept: number, broken: number) => ({
    queue_id,
    measure,
    kept,
    broken,
    running: 0,
    median_minutes: null,
    promised_minutes: null,
  });
  let shown = byQueue(
    [
      figure('b', 'solution', 3, 1),
      figure('a', 'solution', 9, 0),
      figure('b', 'first_response', 4, 0),
      figure('c', 'solution', 0, 0),
    ],
    (id) => id,
  );
  expect(shown.map(({ queue_id, rows }) => [queue_id, ...rows.map(({ measure }) => measure)])).toEqual([
    ['b', 'first_response', 'solution'],
    ['a', 'solution'],
  ]);
});

it('has weeks from Monday on, over the change of the clocks too', () => {
  let at = (text: string) => new Date(text).getTime();
  expect(weekOf(at('2026-10-25T12:00:00+01:00'))).toEqual({
    from: at('2026-10-19T00:00:00+02:00'),
    to: at('2026-10-26T00:00:00+01:00'),
  });
  expect(weekOf(at('2026-11-23T00:00:00+01:00')).from).toBe(at('2026-11-23T00:00:00+01:00'));
  expect(weekOf(at('2026-11-25T09:00:00+01:00'), 1).to).toBe(at('2026-11-23T00:00:00+01:00'));
});
