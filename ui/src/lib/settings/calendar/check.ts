import { m } from '$lib/i18n/messages.svelte';
import { isZone } from '$lib/i18n/zone';
import { dayWords } from './day-words';
import { isDay, twice, type OwnDay } from './days';
import { isFine, problemsOf, type Slot } from './week';

/** What the desk would not take of a calendar, by field; overlapping slots it does take. */
export function checkCalendar(document: Record<string, unknown>): Record<string, string> {
  let problems: Record<string, string> = {};
  let week = Object.values((document.week ?? {}) as Record<string, Slot[]>);
  let days = (document.holidays ?? []) as OwnDay[];
  let broken = (slots: Slot[]) =>
    !isFine(slots) && problemsOf(slots).some((problem) => problem && problem !== 'overlap');
  if (!isZone(String(document.time_zone ?? ''))) problems.time_zone = m.zone_unknown();
  if (week.some(broken)) problems.week = m.slots_broken();
  let [double] = twice(days);
  if (days.some(({ date }) => !isDay(date))) problems.holidays = m.day_unknown();
  else if (days.some(({ hours }) => broken(hours ?? []))) problems.holidays = m.slots_broken();
  else if (double) problems.holidays = m.day_twice({ day: dayWords(double) });
  return problems;
}
