import { m } from '$lib/i18n/messages.svelte';

/** The events of the matrix, in the order of OTRS. */
export const EVENTS = [
  'new_ticket',
  'follow_up_unlocked',
  'follow_up_locked',
  'lock_timeout',
  'owner_update',
  'responsible_update',
  'new_note',
  'queue_move',
  'reminder_locked',
  'reminder_unlocked',
  'escalation',
  'escalation_warning',
  'service_update',
  'appointment_reminder',
  'delivery_failure',
] as const;
export type AlarmEvent = (typeof EVENTS)[number];

const NAMES: Record<AlarmEvent | 'test', () => string> = {
  new_ticket: m.event_new_ticket,
  follow_up_unlocked: m.event_follow_up_unlocked,
  follow_up_locked: m.event_follow_up_locked,
  lock_timeout: m.event_lock_timeout,
  owner_update: m.event_owner_update,
  responsible_update: m.event_responsible_update,
  new_note: m.event_new_note,
  queue_move: m.event_queue_move,
  reminder_locked: m.event_reminder_locked,
  reminder_unlocked: m.event_reminder_unlocked,
  escalation: m.event_escalation,
  escalation_warning: m.event_escalation_warning,
  service_update: m.event_service_update,
  appointment_reminder: m.event_appointment_reminder,
  delivery_failure: m.event_delivery_failure,
  test: m.event_test,
};

/** What an event is called; one of a newer server goes by its name there. */
export const eventName = (event: string) => NAMES[event as AlarmEvent]?.() ?? event;

const OUTCOMES: Record<string, () => string> = {
  told: m.delivery_told,
  off: m.delivery_off,
  quiet: m.delivery_quiet,
  paused: m.delivery_paused,
  shown: m.delivery_shown,
  waiting: m.delivery_waiting,
  sending: m.delivery_sending,
  testing: m.delivery_sending,
  sent: m.delivery_sent,
  perhaps: m.delivery_perhaps,
  failed: m.delivery_failed,
};
const REASONS: Record<string, () => string> = {
  no_address: m.delivery_no_address,
  own_address: m.delivery_own_address,
  no_mailbox: m.delivery_no_mailbox,
};

export const outcomeName = (outcome: string) => OUTCOMES[outcome]?.() ?? outcome;

/** Why it failed: in our words where we know, else in those of the mail server or the computer. */
export const reasonWords = (detail: string) => REASONS[detail]?.() ?? detail;
