import { number } from '$lib/i18n/format';
import { m } from '$lib/i18n/messages.svelte';
import type { ConnectionView, LuggageView } from './types';

/** Everything that was taken along is here. */
export const isReady = ({ tickets, ready }: LuggageView) => tickets > 0 && ready >= tickets;

export function luggageTitle(luggage: LuggageView): string {
  return isReady(luggage)
    ? m.luggage_ready_title()
    : m.luggage_title({ ready: number(luggage.ready), tickets: number(luggage.tickets) });
}

/** What is still on its way, or why it is not. */
export function luggageWords(luggage: LuggageView, state: ConnectionView['state']): string {
  let files = { done: number(luggage.files_here), total: number(luggage.files) };
  let words = isReady(luggage)
    ? m.luggage_ready_words()
    : luggage.problem === 'disk_full'
      ? m.luggage_disk_full(files)
      : ['offline', 'signed_out', 'locked', 'over'].includes(state)
        ? m.luggage_paused(files)
        : luggage.problem
          ? m.luggage_problem(files)
          : m.luggage_words(files);
  return luggage.lost ? `${words} ${m.luggage_lost({ count: luggage.lost })}` : words;
}
