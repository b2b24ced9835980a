import type { ListView, Row } from '$lib/api/types';

/** When a ticket is due, as one says it. */
export type Band = 'late' | 'hour' | 'today' | 'tomorrow' | 'later' | 'none';

const HOUR = 3_600_000;
const dayStart = (at: number, days: number) => {
  let day = new Date(at);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days).getTime();
};

/** The moment a ticket is sorted by: its deadline, or else its reminder. */
export function dueOf(row: Pick<Row, 'due' | 'due_at' | 'pending_until'>): number | undefined {
  return row.due?.at ?? row.due_at ?? row.pending_until ?? undefined;
}

/** By the day bounds of this computer, where the agent sits. */
export function bandOf(due: number | undefined, now: number): Band {
  if (due === undefined) return 'none';
  if (due < now) return 'late';
  if (due < now + HOUR) return 'hour';
  if (due < dayStart(now, 1)) return 'today';
  if (due < dayStart(now, 2)) return 'tomorrow';
  return 'later';
}

/** Reminders are about their own moments alone. */
export const momentIn = (view: ListView) =>
  view === 'reminders' ? (row: Row) => row.pending_until ?? undefined : dueOf;

/** The band of each row that begins one; nothing where the rows are not grouped. The first row's is always there. */
export function headings(
  rows: Row[],
  grouped: boolean,
  now: number,
  momentOf: (row: Row) => number | undefined = dueOf,
): Map<string, { band: Band; count: number }> {
  let found = new Map<string, { band: Band; count: number }>();
  if (!grouped) return found;
  let last: { band: Band; count: number } | undefined;
  for (let row of rows) {
    let band = bandOf(momentOf(row), now);
    if (last?.band !== band) found.set(row.id, (last = { band, count: 0 }));
    last.count += 1;
  }
  return found;
}

/** The heading that a row lies under: its own, or the nearest before it. */
export function headingOf<H>(rows: Row[], headings: Map<string, H>, index: number): H | undefined {
  for (let at = Math.min(index, rows.length - 1); at >= 0; at -= 1) {
    let found = headings.get(rows[at]!.id);
    if (found) return found;
  }
  return undefined;
}
