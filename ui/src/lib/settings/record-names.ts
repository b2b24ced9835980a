import { inWords } from '$lib/i18n/master-names';
import type { Names } from '$lib/i18n/level-words';
import type { Kind } from '$lib/api/types';
import type { SettingsState } from '$lib/state/settings.svelte';

/** What a record is called on screen. */
export function recordName(settings: SettingsState, kind: Kind, id: string | null | undefined): string {
  let name = (settings.find(kind, id)?.document as { name?: string } | undefined)?.name ?? '';
  return inWords(name).replaceAll('::', ' › ');
}

/** The names that sentences about levels need. */
export const namesOf = (settings: SettingsState): Names => ({
  group: (id) => recordName(settings, 'group', id),
  agent: (id) => recordName(settings, 'agent', id),
  queue: (id) => recordName(settings, 'queue', id),
  priority: (id) => recordName(settings, 'priority', id),
});

/** What can be chosen of a kind; what is out of use stays where it was chosen already. */
export function choices(settings: SettingsState, kind: Kind, chosen: readonly string[] = []) {
  return settings
    .all(kind)
    .filter(({ id, document }) => (document as { valid?: boolean }).valid !== false || chosen.includes(id))
    .map(({ id }) => ({ value: id, label: recordName(settings, kind, id) }))
    .toSorted((a, b) => a.label.localeCompare(b.label));
}
