import { atWords, measureWords } from '$lib/i18n/level-words';
import { m } from '$lib/i18n/messages.svelte';
import type { Escalation, Promised } from '$lib/api/types';

/** What the desk would not take of promises, by field. */
export function checkPromises(document: Record<string, unknown>): Record<string, string> {
  for (let { measure, levels } of (document.promises ?? []) as Promised[]) {
    let words = problemOf(levels ?? []);
    if (words) return { promises: `${measureWords(measure)}: ${words}` };
  }
  return {};
}

function problemOf(levels: Escalation[]): string | undefined {
  let moments = new Set<string>();
  for (let { at, to, actions } of levels) {
    let when = atWords(at);
    if (moments.has(when)) return m.level_twice({ when });
    moments.add(when);
    let tells = actions.some(({ kind }) => kind === 'notify' || kind === 'mail');
    if (!actions.length) return m.level_idle({ when });
    if (tells && !to.length) return m.level_unheard({ when });
  }
  return undefined;
}
