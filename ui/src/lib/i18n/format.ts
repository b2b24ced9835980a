import { language, m } from './messages.svelte';

const MINUTE = 60_000;
const DAY = 86_400_000;
let made = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  let locale = language.current === 'de' ? 'de-DE' : 'en-GB';
  let key = locale + JSON.stringify(options);
  let known = made.get(key);
  if (!known) made.set(key, (known = new Intl.DateTimeFormat(locale, options)));
  return known;
}

const dayStart = (at: number) => new Date(at).setHours(0, 0, 0, 0);

export const clock = (at: number) => format({ hour: '2-digit', minute: '2-digit' }).format(at);

/** Date, time and zone, for the tooltip. */
export const absolute = (at: number) =>
  format({
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(at);

/** As short as the list allows: 14:06, Fri, 3 Nov, 3 Nov 2025. */
export function near(at: number, now: number): string {
  let days = Math.round((dayStart(now) - dayStart(at)) / DAY);
  if (days === 0) return clock(at);
  if (days === -1) return m.time_tomorrow({ time: clock(at) });
  if (days < 7 && days > -7) return format({ weekday: 'short' }).format(at);
  let sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return format({ day: 'numeric', month: 'short', year: sameYear ? undefined : 'numeric' }).format(at);
}

/** With day and time: Today 13:36, Yesterday 09:12, Mon 10:30, 3 Nov 10:30. */
export function nearWithTime(at: number, now: number): string {
  let days = Math.round((dayStart(now) - dayStart(at)) / DAY);
  if (days === 0) return m.time_today({ time: clock(at) });
  if (days === 1) return m.time_yesterday({ time: clock(at) });
  if (days === -1) return m.time_tomorrow({ time: clock(at) });
  return `${near(at, now)} ${clock(at)}`;
}

/** A stretch of time in its two largest units: 24 min, 3 h 10 min, 1 d 4 h. */
export function stretch(ms: number): string {
  let minutes = Math.max(0, Math.floor(ms / MINUTE));
  let days = Math.floor(minutes / 1440);
  let hours = Math.floor((minutes % 1440) / 60);
  let rest = minutes % 60;
  if (days > 0)
    return hours ? `${m.unit_days({ n: days })} ${m.unit_hours({ n: hours })}` : m.unit_days({ n: days });
  if (hours > 0)
    return rest ? `${m.unit_hours({ n: hours })} ${m.unit_minutes({ n: rest })}` : m.unit_hours({ n: hours });
  return m.unit_minutes({ n: rest });
}

export function number(value: number): string {
  return value.toLocaleString(language.current === 'de' ? 'de-DE' : 'en-GB');
}

export function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  let units = ['kB', 'MB', 'GB'];
  let value = size;
  let unit = -1;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  let digits = value < 10 ? 1 : 0;
  let text = value.toLocaleString(language.current === 'de' ? 'de-DE' : 'en-GB', {
    maximumFractionDigits: digits,
  });
  return `${text} ${units[unit]}`;
}

export const year = (at: number) => format({ year: 'numeric' }).format(at);
export const day = (at: number) => format({ day: 'numeric', month: 'short', year: 'numeric' }).format(at);

const MONDAY = Date.UTC(2024, 0, 1);
/** 0: Monday. */
export const weekdayName = (index: number, weekday: 'long' | 'short' = 'long') =>
  format({ weekday, timeZone: 'UTC' }).format(MONDAY + index * DAY);
/** 1: January. */
export const monthName = (month: number) =>
  format({ month: 'long', timeZone: 'UTC' }).format(Date.UTC(2024, month - 1, 1));

const midnight = (date: string) => Date.parse(`${date}T00:00:00Z`);
/** Put together here: engines differ in the comma. */
const withWeekday = (at: number, timeZone: string, year?: 'numeric') =>
  `${format({ weekday: 'short', timeZone }).format(at)}, ${format({ day: 'numeric', month: 'short', year, timeZone }).format(at)}`;
/** A day by its date, like `2026-11-30`: Mon, 30 Nov 2026. */
export const dateWords = (date: string, withYear = true) =>
  withWeekday(midnight(date), 'UTC', withYear ? 'numeric' : undefined);
/** A day of every year: 24 December. */
export const yearlyWords = (month: number, day: number) =>
  format({ day: 'numeric', month: 'long', timeZone: 'UTC' }).format(Date.UTC(2024, month - 1, day));
/** The day it is here, like `2026-11-30`. */
export function toDay(at: number): string {
  let date = new Date(at);
  let two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The time of day where the clocks show that zone's time. */
export const clockIn = (timeZone: string, at: number) =>
  format({ hour: '2-digit', minute: '2-digit', timeZone }).format(at);
/** Fri, 20 Nov – as that zone's calendars show it. */
export const dayIn = (timeZone: string, at: number) => withWeekday(at, timeZone);
export const momentIn = (timeZone: string, at: number) => `${dayIn(timeZone, at)} ${clockIn(timeZone, at)}`;

/** What a country is called, by its ISO 3166-1 code. */
export function countryName(code: string): string {
  let names = new Intl.DisplayNames([language.current], { type: 'region', fallback: 'code' });
  return /^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : code;
}
