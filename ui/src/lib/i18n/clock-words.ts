import { absolute, stretch } from './format';
import { atWords, measureWords } from './level-words';
import { m } from './messages.svelte';
import type { LevelAt, Measure, Standing } from '$lib/api/types';

interface Reading {
  standing: Standing;
  due?: number | null;
  breached: boolean;
  warn_at?: number | null;
}

/** As calm as its time allows: late, soon, or time enough. What waits or is done is calm, unless it was late. */
export function toneOf(clock: Reading, now: number): 'calm' | 'soon' | 'late' {
  if (clock.standing === 'fulfilled') return clock.breached ? 'late' : 'calm';
  if (clock.breached || (clock.standing === 'running' && clock.due != null && clock.due < now)) return 'late';
  let warned = clock.warn_at != null && clock.warn_at <= now;
  let near = clock.due != null && clock.due - now < 3_600_000;
  return clock.standing === 'running' && (warned || near) ? 'soon' : 'calm';
}

/** How a promise stands, in two or three words. */
export function standingWords(clock: Reading, now: number): string {
  if (clock.standing === 'fulfilled') return clock.breached ? m.clock_done_late() : m.clock_done();
  if (clock.standing === 'paused') return clock.breached ? m.clock_paused_late() : m.clock_paused();
  if (clock.due == null) return m.clock_never();
  let left = clock.due - now;
  return left < 0 ? m.clock_late({ time: stretch(-left) }) : stretch(left);
}

/** "Solution: at 80 %", "First response: 30 min after the breach (told late)". */
export function atLevelWords(level: {
  measure: Measure;
  step?: LevelAt;
  number?: number;
  late?: boolean;
}): string {
  let names = { measure: measureWords(level.measure), when: stepWords(level) };
  return level.late ? m.level_fired_late(names) : m.level_fired(names);
}

/** What the promise itself does at its warning and at its breach. */
export const ownWords = ({ measure, step }: { measure: Measure; step?: LevelAt }) =>
  step && 'percent' in step && step.percent < 100
    ? m.next_warning({ measure: measureWords(measure) })
    : m.next_breach({ measure: measureWords(measure) });

/** Its moment; where only its number is known, that. */
export const stepWords = ({ step, number }: { step?: LevelAt; number?: number }): string =>
  step ? atWords(step) : m.level_number({ number: number ?? 0 });

/** What a pill says when one rests on it: which promise, by whom, until when. */
export function dueWords(due: {
  measure: Measure;
  at?: number | null;
  standing: Standing;
  source?: { name: string };
}) {
  let what = measureWords(due.measure);
  let parts = due.source?.name ? [what, due.source.name.replaceAll('::', ' › ')] : [what];
  if (due.standing === 'paused') parts.push(m.clock_paused());
  if (due.at != null) parts.push(m.due_at({ time: absolute(due.at) }));
  return parts.join(', ');
}
