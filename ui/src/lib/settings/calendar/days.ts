import type { Slot } from './week';

/** A day that is not like its weekday: `12-25` of every year, `2026-11-23` that one alone. */
export interface OwnDay {
  date: string;
  name?: string;
  /** None: closed. */
  hours?: Slot[];
}

export const isYearly = (date: string) => /^\d\d-\d\d$/.test(date);
const LEAP = 2024;

/** Does that day exist? The 29th of February does, in some years. */
export function isDay(date: string): boolean {
  let full = isYearly(date) ? `${LEAP}-${date}` : date;
  if (!/^\d{4}-\d\d-\d\d$/.test(full)) return false;
  let at = new Date(`${full}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === full;
}

/** The day of a year; nothing where that year has none. */
export function inYear(date: string, year: number): string | undefined {
  let full = isYearly(date) ? `${year}-${date}` : date;
  return full.startsWith(`${year}-`) && isDay(full) ? full : undefined;
}

/** The same day as one of every year, or of one. */
export function repeat(date: string, yearly: boolean, today: string): string {
  if (yearly) return isYearly(date) ? date : date.slice(5) || '01-01';
  if (!isYearly(date)) return date;
  let year = Number(today.slice(0, 4));
  let next = [year, year + 1, year + 2, year + 3, year + 4]
    .map((wanted) => inYear(date, wanted))
    .find((day) => day !== undefined && day >= today);
  return next ?? `${year}-${date}`;
}

/** In the order in which they come: days of every year by month, then single days; what is over at the end. */
export function inOrder<D extends OwnDay>(days: D[], today: string): D[] {
  let rank = ({ date }: D) => (isYearly(date) ? `1${date}` : date >= today ? `2${date}` : `3${date}`);
  return days.toSorted((a, b) => rank(a).localeCompare(rank(b)));
}

/** What an import adds: days that are not there yet. Own hours stay as they were written. */
export function fresh(own: OwnDay[], found: OwnDay[]): OwnDay[] {
  let known = new Set(own.map(({ date }) => date));
  return found.filter(({ date }) => !known.has(date) && known.add(date));
}

/** Days that are written twice with different hours, which the desk does not take. */
export function twice(days: OwnDay[]): string[] {
  let hours = new Map<string, string>();
  let found: string[] = [];
  for (let day of days) {
    let mine = JSON.stringify(day.hours ?? []);
    if (hours.has(day.date) && hours.get(day.date) !== mine) found.push(day.date);
    hours.set(day.date, mine);
  }
  return found;
}
