import type { CalendarDoc, Rec } from '$lib/api/types';
import type { SettingsState } from '$lib/state/settings.svelte';

/** The calendar that a promise is reckoned by: its own, else the desk's. */
export function calendarOf(
  settings: SettingsState,
  own: string | null | undefined,
): Rec<CalendarDoc> | undefined {
  return (
    settings.find('calendar', own) ??
    settings.find('calendar', settings.desk?.document.calendar_id) ??
    settings.all('calendar')[0]
  );
}
