import type { CalendarDoc } from '$lib/api/types';

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type WeekDay = (typeof DAYS)[number];
export type Slot = [string, string];
export type Week = Partial<Record<WeekDay, Slot[]>>;

const WHOLE_DAY = 24 * 60;

/** Minutes since midnight; nothing for what is no time between 00:00 and 24:00. */
export function minutesOf(time: string): number | undefined {
  let match = /^(\d{2}):([0-5]\d)$/.exec(time);
  let minutes = match ? Number(match[1]) * 60 + Number(match[2]) : NaN;
  return minutes <= WHOLE_DAY ? minutes : undefined;
}

export function timeOf(minutes: number): string {
  let two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** A time as people type it: `8`, `8:30`, `0830`, `8.30`, `24`. Nothing for what is none. */
export function readTime(typed: string): string | undefined {
  let match = /^(\d{1,2})(?:\s*(?:[:.h]\s*)?(\d{2}))?\s*(?:h|uhr)?$/.exec(typed.trim().toLowerCase());
  if (!match) return undefined;
  let time = `${match[1]!.padStart(2, '0')}:${match[2] ?? '00'}`;
  return minutesOf(time) === undefined ? undefined : time;
}

export type SlotProblem = 'unreadable' | 'backwards' | 'overlap';

/** What is wrong with each slot of a day, in their order. */
export function problemsOf(slots: Slot[]): (SlotProblem | undefined)[] {
  return slots.map(([from, until], index) => {
    let [open, close] = [minutesOf(from), minutesOf(until)];
    if (open === undefined || close === undefined) return 'unreadable';
    if (open >= close) return 'backwards';
    let earlier = slots.slice(0, index).some(([other, end]) => {
      let [from, to] = [minutesOf(other), minutesOf(end)];
      return from !== undefined && to !== undefined && open < to && from < close;
    });
    return earlier ? 'overlap' : undefined;
  });
}

export const isFine = (slots: Slot[]) => problemsOf(slots).every((problem) => problem === undefined);

/** Minutes of working time in a day; where slots overlap, once. */
export function lengthOf(slots: Slot[]): number {
  let open = slots
    .map(([from, until]) => [minutesOf(from) ?? 0, minutesOf(until) ?? 0] as const)
    .toSorted(([a], [b]) => a - b);
  let total = 0;
  let reached = 0;
  for (let [from, until] of open) {
    total += Math.max(0, until - Math.max(from, reached));
    reached = Math.max(reached, until);
  }
  return total;
}

/** A slot to begin with, after those that are there; nothing where the day is full. */
export function nextSlot(slots: Slot[]): Slot | undefined {
  if (!slots.length) return ['09:00', '17:00'];
  let end = Math.max(...slots.map(([, until]) => minutesOf(until) ?? 0));
  if (end >= WHOLE_DAY) return undefined;
  let from = Math.min(end + 60, WHOLE_DAY - 1);
  return [timeOf(from), timeOf(Math.min(from + 4 * 60, WHOLE_DAY))];
}

/** The week with one day's slots on others too. */
export function copyDay(week: Week, from: WeekDay, to: readonly WeekDay[]): Week {
  let slots = week[from] ?? [];
  let copies = to.map((day) => [day, slots.map(([open, close]): Slot => [open, close])] as const);
  return { ...week, ...Object.fromEntries(copies) };
}

/** The day that most days of work are as long as, to read "1 d" by. */
export function usualDay(calendar: Pick<CalendarDoc, 'week'> | undefined): number {
  let lengths = DAYS.map((day) => lengthOf((calendar?.week?.[day] ?? []) as unknown as Slot[])).filter(
    (length) => length > 0,
  );
  let count = (length: number) => lengths.filter((other) => other === length).length;
  let [first] = lengths.toSorted((a, b) => count(b) - count(a) || b - a);
  return first ?? 8 * 60;
}
