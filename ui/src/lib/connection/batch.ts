/** How many of those that wait together are done: the server takes them one by one, and new ones may join. */
export interface Batch {
  waiting: number;
  total: number;
}

export const NO_BATCH: Batch = { waiting: 0, total: 0 };

/** Goes on with how many wait now. */
export function follow(before: Batch, waiting: number): Batch {
  if (waiting <= 0) return NO_BATCH;
  let joined = Math.max(0, waiting - before.waiting);
  return { waiting, total: before.total + joined };
}

/** The one that is being sent: 2 of 5. */
export const current = (batch: Batch) => Math.min(batch.total, batch.total - batch.waiting + 1);
