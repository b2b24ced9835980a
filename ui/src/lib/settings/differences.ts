import { m } from '$lib/i18n/messages.svelte';

type Fields = Record<string, unknown>;
const LONGEST = 40;

function short(value: unknown): string {
  let text = typeof value === 'string' ? value : JSON.stringify(value ?? '');
  text = text.replace(/\s+/g, ' ');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text || '–';
}

/** What one version changed against the one before, a line a field; the first version says that it is the first. */
export function differences(after: unknown, before: unknown): string[] {
  if (!before) return [m.version_first()];
  let [now, then] = [after as Fields, before as Fields];
  return Object.keys({ ...then, ...now })
    .filter((key) => JSON.stringify(now[key]) !== JSON.stringify(then[key]))
    .map((key) => `${key.replaceAll('_', ' ')}: ${short(now[key])}`);
}
