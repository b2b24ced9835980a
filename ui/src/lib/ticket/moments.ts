import { m } from '$lib/i18n/messages.svelte';

const HOUR = 3_600_000;

function at(now: number, days: number, hour: number): number {
  let day = new Date(now);
  day.setDate(day.getDate() + days);
  return day.setHours(hour, 0, 0, 0);
}

/** Moments one often means, from now on. */
export function presets(now: number) {
  let weekday = new Date(now).getDay();
  let toMonday = (8 - weekday) % 7 || 7;
  let all = [
    { key: 'later', label: m.later_today, at: Math.ceil((now + 3 * HOUR) / HOUR) * HOUR },
    { key: 'tomorrow', label: m.tomorrow_morning, at: at(now, 1, 9) },
    { key: 'monday', label: m.on_monday, at: at(now, toMonday, 9) },
    { key: 'week', label: m.in_a_week, at: at(now, 7, 9) },
  ];
  // On a Sunday Monday is tomorrow, and on a Monday it is in a week.
  return all.filter(
    ({ key, at }) => key !== 'monday' || all.every((other) => other.key === key || other.at !== at),
  );
}

/** The form of `<input type="datetime-local">`, in the zone of this computer. */
export function toLocalInput(moment: number): string {
  let date = new Date(moment);
  let two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}
export function fromLocalInput(text: string): number | undefined {
  let moment = new Date(text).getTime();
  return Number.isNaN(moment) ? undefined : moment;
}
