import type { Id, KeptPromise, Measure } from '$lib/api/types';

export interface KeptRow extends KeptPromise {
  /** Of those that are decided, how many were kept, in hundredths; nothing while none is. */
  percent: number | undefined;
}
export interface KeptQueue {
  queue_id: Id;
  rows: KeptRow[];
}

const ORDER: Measure[] = ['first_response', 'update', 'solution'];

/** 99.6 % is not all of them: only what has no exception is a hundred. */
export function percentOf(kept: number, broken: number): number | undefined {
  let all = kept + broken;
  if (!all) return undefined;
  let percent = Math.round((kept / all) * 100);
  if (broken && percent === 100) return 99;
  return kept && percent === 0 ? 1 : percent;
}

/** By queue, the one with the most broken promises first; then by name. */
export function byQueue(figures: KeptPromise[], nameOf: (queue: Id) => string): KeptQueue[] {
  let queues = new Map<Id, KeptRow[]>();
  for (let figure of figures) {
    if (figure.kept + figure.broken + figure.running === 0) continue;
    let rows = queues.get(figure.queue_id) ?? [];
    rows.push({ ...figure, percent: percentOf(figure.kept, figure.broken) });
    queues.set(figure.queue_id, rows);
  }
  let broken = (rows: KeptRow[]) => rows.reduce((sum, row) => sum + row.broken, 0);
  return [...queues]
    .map(([queue_id, rows]) => ({
      queue_id,
      rows: rows.toSorted((a, b) => ORDER.indexOf(a.measure) - ORDER.indexOf(b.measure)),
    }))
    .toSorted(
      (a, b) => broken(b.rows) - broken(a.rows) || nameOf(a.queue_id).localeCompare(nameOf(b.queue_id)),
    );
}
