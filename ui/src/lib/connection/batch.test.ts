import { expect, it } from 'vitest';
import { current, follow, NO_BATCH } from './batch';

it('counts what is sent out of those that wait together', () => {
  let batch = follow(NO_BATCH, 5);
  expect([current(batch), batch.total]).toEqual([1, 5]);
  batch = follow(batch, 4);
  expect([current(batch), batch.total]).toEqual([2, 5]);
});

it('takes in what joins meanwhile, and starts anew when nothing waits any more', () => {
  let batch = follow(follow(follow(NO_BATCH, 2), 1), 3);
  expect([current(batch), batch.total]).toEqual([2, 4]);
  batch = follow(follow(batch, 0), 1);
  expect([current(batch), batch.total]).toEqual([1, 1]);
});
