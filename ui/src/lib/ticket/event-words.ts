import { nearWithTime } from '$lib/i18n/format';
import { stepWords } from '$lib/i18n/clock-words';
import { measureWords } from '$lib/i18n/level-words';
import { inWords } from '$lib/i18n/master-names';
import { m } from '$lib/i18n/messages.svelte';
import type { TicketEvent } from '$lib/api/types';

type Words = (event: TicketEvent, names: { from: string; to: string; actor: string }) => string;

const pending = (event: TicketEvent) =>
  event.pending_until ? nearWithTime(event.pending_until, Date.now()) : '';
/** Another ticket, by its number where the agent may know it. */
const other = (event: TicketEvent) => (event.number ? `#${event.number}` : m.another_ticket());
const AUTO: Record<string, () => string> = {
  auto_reply: m.auto_reply,
  auto_reject: m.auto_reject,
  auto_follow_up: m.auto_follow_up,
  auto_reply_new_ticket: m.auto_reply_new_ticket,
  auto_remove: m.auto_remove,
};
const autoName = (event: TicketEvent) => AUTO[event.kind ?? '']?.() ?? m.auto_reply();
const REASONS: Record<string, () => string> = {
  too_old: m.suppressed_too_old,
  before_connected: m.suppressed_before,
  own_mail: m.suppressed_own,
  daily_limit: m.suppressed_limit,
  no_sender: m.suppressed_no_sender,
  invalid_sender: m.suppressed_no_sender,
  no_sender_address: m.problem_no_sender_address,
  bounce: m.suppressed_bounce,
  report: m.suppressed_bounce,
  read_receipt: m.suppressed_bounce,
  address_pattern: m.suppressed_pattern,
  own_address: m.suppressed_own,
  own_message_id: m.suppressed_own,
  loop: m.suppressed_loop,
  junk: m.suppressed_junk,
};
/** The reason may name the header behind a colon; what is not listed are the many signs of a program. */
const reason = (event: TicketEvent) =>
  (REASONS[(event.reason ?? '').split(':')[0]!.trim()] ?? m.suppressed_automatic)();

const path = (name: string) => name.replaceAll('::', ' › ');
/** Which level of which promise. */
const level = (event: TicketEvent) => ({
  measure: measureWords(event.measure ?? 'solution'),
  when: stepWords({ step: event.step, number: Number(event.number ?? 0) }),
});

/** Why the desk ended a lock by itself. */
const UNLOCKED: Record<string, () => string> = {
  timeout: m.event_unlocked_timeout,
  owner_absent: m.event_unlocked_absent,
  owner_gone: m.event_unlocked_gone,
};
/** Whoever merges two tickets brings the watchers of one to the other. */
const isOwn = (event: TicketEvent) => event.agent_name === event.actor?.name;

/** One sentence for each kind of event; articles speak for themselves and have none here. */
const WORDS: Record<string, Words> = {
  created: (_, { actor }) => m.event_created({ actor }),
  titled: (_, { to, actor }) => m.event_titled({ to, actor }),
  moved: (_, { to, actor }) => m.event_moved({ to, actor }),
  state_changed: (event, { to, actor }) =>
    event.pending_until
      ? m.event_state_until({ to: inWords(to), actor, time: pending(event) })
      : m.event_state({ to: inWords(to), actor }),
  priority_set: (_, { to, actor }) => m.event_priority({ to: inWords(to), actor }),
  owner_set: (event, { to, actor }) => {
    if (!to) return m.event_owner_none({ actor });
    return to === event.actor?.name ? m.event_took({ actor }) : m.event_owner({ to, actor });
  },
  locked: (_, { actor }) => m.event_locked({ actor }),
  unlocked: (event, { actor }) => UNLOCKED[event.reason ?? '']?.() ?? m.event_unlocked({ actor }),
  reminded: (event) => (event.of === 'silence' ? m.event_silence() : m.event_reminded()),
  customer_changed: (_, { to, actor }) => m.event_customer({ to, actor }),
  send_cancelled: (_, { actor }) => m.event_send_cancelled({ actor }),
  sent: () => m.event_sent(),
  send_failed: () => m.event_send_failed(),
  perhaps_sent: () => m.event_perhaps_sent(),
  send_held: () => m.event_send_held(),
  send_repeated: (_, { actor }) => m.event_send_repeated({ actor }),
  arrival_confirmed: (_, { actor }) => m.event_arrived({ actor }),
  auto_replied: (event) => m.event_auto_replied({ kind: autoName(event) }),
  auto_reply_suppressed: (event) => m.event_auto_suppressed({ reason: reason(event) }),
  bounced: () => m.event_bounced(),
  suspicious_follow_up: (event) => m.event_suspicious({ number: other(event) }),
  follow_up_rejected: () => m.event_follow_up_rejected(),
  merged_into: (event, { actor }) => m.event_merged_into({ number: other(event), actor }),
  absorbed: (event, { actor }) => m.event_absorbed({ number: other(event), actor }),
  watched: (event, { actor }) =>
    isOwn(event) ? m.event_watched({ actor }) : m.event_watcher({ name: event.agent_name ?? '' }),
  unwatched: (event, { actor }) =>
    isOwn(event) ? m.event_unwatched({ actor }) : m.event_watcher_none({ name: event.agent_name ?? '' }),
  taken_along: (_, { actor }) => m.event_taken_along({ actor }),
  brought_back: (event) => m.event_brought_back({ name: event.agent_name ?? '' }),
  responsible_set: (_, { to, actor }) =>
    to ? m.event_responsible({ to, actor }) : m.event_responsible_none({ actor }),
  linked: (event, { actor }) => m.event_linked({ number: other(event), actor }),
  unlinked: (event, { actor }) => m.event_unlinked({ number: other(event), actor }),
  service_set: (_, { to, actor }) =>
    to ? m.event_service({ to: path(to), actor }) : m.event_service_none({ actor }),
  type_set: (_, { to, actor }) => (to ? m.event_type({ to, actor }) : m.event_type_none({ actor })),
  service_level_set: (_, { to, actor }) =>
    to ? m.event_service_level({ to, actor }) : m.event_service_level_none({ actor }),
  level_reached: (event) => (event.late ? m.event_level_late(level(event)) : m.event_level(level(event))),
  level_withdrawn: (event) => m.event_level_withdrawn(level(event)),
  acknowledged: (_, { actor }) => m.event_acknowledged({ actor }),
  junked: (_, { actor }) => m.event_junked({ actor }),
  unjunked: (_, { actor }) => m.event_unjunked({ actor }),
};

/** Events that only repeat what the article beside them shows. */
const SILENT = new Set(['article_added', 'sent', 'followed_up']);

function nameOf(value: unknown, named: string | undefined): string {
  if (named) return named;
  if (typeof value === 'string') return value;
  if (value && typeof value === 'object') {
    let { name, address } = value as { name?: string; address?: string };
    return name || address || '';
  }
  return '';
}

export function isSilent(event: TicketEvent): boolean {
  return SILENT.has(event.type);
}

/** One sentence; without its actor where the one before named them already. */
export function eventWords(event: TicketEvent, named = true): string {
  let known = event.actor?.kind === 'system' ? m.the_desk() : event.actor?.name || m.someone();
  let actor = named ? known : '';
  let names = { from: nameOf(event.from, event.from_name), to: nameOf(event.to, event.to_name), actor };
  let words = WORDS[event.type];
  return (words ? words(event, names) : m.event_other({ actor })).trim();
}
