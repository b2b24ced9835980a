import { Problem, problemText } from '$lib/api/problem';
import { clock, near, number } from '$lib/i18n/format';
import { m } from '$lib/i18n/messages.svelte';
import { current, type Batch } from './batch';
import type { ConnectionView } from './types';

export interface Chip {
  line: string;
  tone: 'calm' | 'busy' | 'off';
}

const sameDay = (a: number, b: number) => new Date(a).toDateString() === new Date(b).toDateString();
/** 14:02 today, else the day. */
export const since = (at: number, now: number) => (sameDay(at, now) ? clock(at) : near(at, now));

/** The truth about the connection in a few words. */
export function chipOf(view: ConnectionView, batch: Batch, now: number): Chip {
  switch (view.state) {
    case 'over':
      return { line: m.sync_over(), tone: 'off' };
    case 'locked':
      return { line: m.sync_locked(), tone: 'off' };
    case 'signed_out':
      return { line: m.sync_signed_out(), tone: 'off' };
    case 'offline':
      return { line: m.sync_offline_since({ time: since(view.since, now) }), tone: 'off' };
    case 'trouble':
      return { line: m.sync_trouble(), tone: 'off' };
    case 'sending':
      return { line: m.sync_sending_of({ n: current(batch), total: batch.total }), tone: 'busy' };
    case 'first_sync': {
      let { done, total } = view.first_sync ?? { done: 0, total: 0 };
      let line = total ? m.sync_getting({ done: number(done), total: number(total) }) : m.first_sync_label();
      return { line, tone: 'busy' };
    }
    case 'up_to_date':
      return { line: m.sync_up_to_date(), tone: 'calm' };
  }
}

const OVER: Record<string, () => string> = {
  lost: m.sync_words_over_lost,
  disabled: m.sync_words_over_disabled,
  device_lost: m.sync_words_over_lost,
  agent_disabled: m.sync_words_over_disabled,
};

/** One sentence on what it means and what to do. */
export function chipWords(view: ConnectionView): string {
  switch (view.state) {
    case 'over':
      return (OVER[view.code ?? ''] ?? m.sync_words_over)();
    case 'locked':
      return m.sync_words_locked();
    case 'signed_out':
      return m.sync_words_signed_out();
    case 'offline':
      return view.first_sync ? m.first_sync_paused() : m.sync_words_offline();
    case 'trouble':
      return m.sync_words_trouble({
        why: problemText(new Problem(view.code ?? 'internal', view.trouble ?? '')),
      });
    case 'sending':
      return m.sync_words_sending();
    case 'first_sync':
      return m.sync_words_first();
    case 'up_to_date':
      return m.sync_words_up_to_date();
  }
}
