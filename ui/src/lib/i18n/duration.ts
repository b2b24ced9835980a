import { m } from './messages.svelte';

const UNITS: [RegExp, 'd' | 'h' | 'min'][] = [
  [/^(d|t|days?|tage?n?)$/, 'd'],
  [/^(h|std|stunden?|hours?|hrs?)$/, 'h'],
  [/^(m|min|mins|minutes?|minuten?)$/, 'min'],
];
/** Four years of nothing but work: more is a slip of the finger. */
const MOST = 4 * 366 * 24 * 60;

/**
 * Minutes of working time as people type them: `90`, `4 h`, `1:30`, `1 d 2 h`, `1,5 Std`. A day is as long as the calendar's.
 * Nothing for what cannot be read.
 */
export function parseMinutes(text: string, dayMinutes: number): number | undefined {
  let typed = text.trim().toLowerCase().replaceAll('.', ',');
  if (!typed) return undefined;
  let clock = /^(\d+):([0-5]\d)$/.exec(typed);
  if (clock) return sensible(Number(clock[1]) * 60 + Number(clock[2]));
  let parts = [...typed.matchAll(/(\d+(?:,\d+)?)\s*([a-zäöü]*),?\s*/g)];
  if (parts.map(([whole]) => whole).join('') !== typed) return undefined;
  let minutes = 0;
  for (let [, amount, unit] of parts) {
    let known = unit
      ? UNITS.find(([words]) => words.test(unit))?.[1]
      : parts.length === 1
        ? 'min'
        : undefined;
    if (!known) return undefined;
    let long = { d: dayMinutes, h: 60, min: 1 }[known];
    minutes += Number(amount!.replace(',', '.')) * long;
  }
  return sensible(Math.round(minutes));
}

const sensible = (minutes: number) => (minutes >= 0 && minutes <= MOST ? minutes : undefined);

/** Minutes in hours and minutes: a day of working time is of different length in every calendar. */
export function minutesWords(minutes: number): string {
  let [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (!hours) return m.unit_minutes({ n: rest });
  return rest ? `${m.unit_hours({ n: hours })} ${m.unit_minutes({ n: rest })}` : m.unit_hours({ n: hours });
}
