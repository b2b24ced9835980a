import { clock, nearWithTime } from '$lib/i18n/format';
import { inWords } from '$lib/i18n/master-names';
import { m } from '$lib/i18n/messages.svelte';
import { codeText } from '$lib/api/problem';
import type { Id } from '$lib/api/types';
import type { SettingsState } from '$lib/state/settings.svelte';
import type { Answer, CommandDoc, EntryView, Stands } from './types';

/** What stands behind an id; the settings know it. */
export interface Names {
  agent: (id: Id | null | undefined) => string | undefined;
  queue: (id: Id | null | undefined) => string | undefined;
  state: (id: Id | null | undefined) => string | undefined;
  priority: (id: Id | null | undefined) => string | undefined;
  service?: (id: Id | null | undefined) => string | undefined;
  ticketType?: (id: Id | null | undefined) => string | undefined;
  serviceLevel?: (id: Id | null | undefined) => string | undefined;
}

/** The names that a desk's settings know. */
export const namesOf = (settings: SettingsState): Names => ({
  agent: (id) => settings.agent(id)?.name,
  queue: (id) => settings.find('queue', id)?.document.name.replaceAll('::', ' › '),
  state: (id) => settings.find('state', id)?.document.name,
  priority: (id) => settings.find('priority', id)?.document.name,
  service: (id) => settings.find('service', id)?.document.name.replaceAll('::', ' › '),
  ticketType: (id) => settings.find('ticket_type', id)?.document.name,
  serviceLevel: (id) => settings.find('service_level', id)?.document.name,
});

const UNKNOWN = '…';
const until = (at: number) => nearWithTime(at, Date.now());

function stateWords(id: Id | null | undefined, pending: number | null | undefined, names: Names): string {
  let state = inWords(names.state(id)) || UNKNOWN;
  return pending ? m.cmd_state_until({ state, time: until(pending) }) : m.cmd_state({ state });
}
const queueWords = (id: Id | undefined, names: Names) => m.cmd_queue({ queue: names.queue(id) ?? UNKNOWN });
const priorityWords = (id: Id | undefined, names: Names) =>
  m.cmd_priority({ priority: inWords(names.priority(id)) || UNKNOWN });
const serviceWords = (id: Id | null | undefined, names: Names) =>
  id ? m.cmd_service({ name: names.service?.(id) ?? UNKNOWN }) : m.cmd_service_none();
const typeWords = (id: Id | null | undefined, names: Names) =>
  id ? m.cmd_type({ name: names.ticketType?.(id) ?? UNKNOWN }) : m.cmd_type_none();
const levelWords = (id: Id | null | undefined, names: Names) =>
  id ? m.cmd_service_level({ name: names.serviceLevel?.(id) ?? UNKNOWN }) : m.cmd_service_level_none();
const customerWords = (customer: CommandDoc['customer']) =>
  m.cmd_customer({ name: customer?.name || customer?.address || UNKNOWN });

/** A text, and the state that should follow it. */
function withNext(what: string, command: CommandDoc, names: Names): string {
  let { state_id, pending_until } = command.next ?? {};
  if (!state_id) return what;
  let state = inWords(names.state(state_id)) || UNKNOWN;
  return m.cmd_then({ what, state: pending_until ? `${state} (${until(pending_until)})` : state });
}

const recipients = (command: CommandDoc) =>
  (command.mail?.to ?? []).map(({ name, address }) => name || address).join(', ') || UNKNOWN;

const WORDS: Record<string, (command: CommandDoc, names: Names) => string> = {
  create: (command) => m.cmd_create({ title: command.title ?? '' }),
  reply: (command, names) => withNext(m.cmd_reply({ to: recipients(command) }), command, names),
  forward: (command, names) => withNext(m.cmd_forward({ to: recipients(command) }), command, names),
  note: (command, names) => withNext(m.cmd_note(), command, names),
  phone_call: (command, names) => withNext(m.cmd_phone(), command, names),
  set_title: (command) => m.cmd_title({ title: command.title ?? '' }),
  set_state: (command, names) => stateWords(command.state, command.pending_until, names),
  set_priority: (command, names) => priorityWords(command.priority, names),
  move: (command, names) => queueWords(command.queue, names),
  set_owner: (command, names) =>
    command.agent ? m.cmd_owner({ name: names.agent(command.agent) ?? UNKNOWN }) : m.cmd_owner_none(),
  set_responsible: (command, names) => responsible(command.agent, names),
  set_customer: (command) => customerWords(command.customer),
  set_service: (command, names) => serviceWords(command.service, names),
  set_type: (command, names) => typeWords(command.ticket_type, names),
  set_service_level: (command, names) => levelWords(command.service_level, names),
  acknowledge: () => m.cmd_acknowledge(),
  lock: () => m.cmd_lock(),
  unlock: () => m.cmd_unlock(),
  take: (command) => (command.over ? m.take_over() : m.cmd_take()),
  junk: () => m.cmd_junk(),
  not_junk: () => m.cmd_not_junk(),
  link: (command) => m.cmd_link({ number: command.number ?? '' }),
  unlink: (command) => m.cmd_unlink({ number: command.number ?? '' }),
  merge: (command) => m.cmd_merge({ number: command.number ?? '' }),
  watch: () => m.cmd_watch(),
  unwatch: () => m.cmd_unwatch(),
  take_along: () => m.cmd_take_along(),
  bring_back: () => m.cmd_bring_back(),
  cancel_send: () => m.cmd_cancel_send(),
  send_now: () => m.cmd_send_now(),
  send_again: () => m.cmd_send_again(),
  confirm_arrival: () => m.cmd_arrived(),
};

function responsible(agent: Id | null | undefined, names: Names): string {
  return agent ? m.cmd_responsible({ name: names.agent(agent) ?? UNKNOWN }) : m.cmd_responsible_none();
}

/** A command in the words of the desk. */
export function commandWords(command: CommandDoc, names: Names): string {
  return (WORDS[command.type] ?? m.cmd_other)(command, names);
}

/** What stands where a command would have set something else; nothing where it would have set nothing. */
export function standsWords(stands: Stands, command: CommandDoc, names: Names): string | undefined {
  if (stands.title !== undefined) return m.cmd_title({ title: stands.title });
  if (stands.priority !== undefined) return priorityWords(stands.priority, names);
  if (stands.queue !== undefined) return queueWords(stands.queue, names);
  if (stands.customer !== undefined) return customerWords(stands.customer);
  if (stands.state !== undefined) return stateWords(stands.state, stands.pending_until, names);
  if (stands.service !== undefined) return serviceWords(stands.service, names);
  if (stands.ticket_type !== undefined) return typeWords(stands.ticket_type, names);
  if (stands.service_level !== undefined) return levelWords(stands.service_level, names);
  if (stands.agent === undefined) return undefined;
  if (command.type === 'set_responsible') return responsible(stands.agent, names);
  if (!stands.agent) return m.cmd_owner_none();
  let name = names.agent(stands.agent) ?? UNKNOWN;
  return stands.locked ? m.cmd_owner_locked({ name }) : m.cmd_owner({ name });
}

/** The field of a ticket that a command is about: what stands there is told also where the server did not say it. */
export function standsOn(
  command: CommandDoc,
  ticket: {
    title: string;
    queue_id: Id;
    state_id: Id;
    priority_id: Id;
    owner_id?: Id | null;
    locked: boolean;
  },
): Stands | undefined {
  switch (command.type) {
    case 'set_title':
      return { title: ticket.title };
    case 'set_priority':
      return { priority: ticket.priority_id };
    case 'move':
      return { queue: ticket.queue_id };
    case 'set_state':
      return { state: ticket.state_id };
    case 'set_owner':
    case 'take':
    case 'lock':
    case 'unlock':
      return { agent: ticket.owner_id ?? null, locked: ticket.locked };
    default:
      return undefined;
  }
}

const named = (answer: Answer, words: (who: { name: string; time: string }) => string) =>
  answer.by && answer.at ? words({ name: answer.by, time: clock(answer.at) }) : undefined;

/** Why a command was not simply carried out, where that is another sentence than at the moment of giving it. */
const WHY: Record<string, (answer: Answer) => string> = {
  changed_meanwhile: (answer) => named(answer, m.why_changed) ?? m.why_changed_someone(),
  customer_wrote: (answer) =>
    answer.at ? m.why_customer_wrote({ time: clock(answer.at) }) : m.why_customer_wrote_someone(),
  locked_by_other: () => m.why_locked(),
  no_right: () => m.why_no_right(),
  forbidden: () => m.why_no_right(),
  not_found: () => m.why_not_found(),
  merged: () => m.why_merged(),
  merge_cycle: () => m.why_merge_cycle(),
  unknown_command: () => m.why_unknown(),
};

export function whyWords(entry: EntryView): string {
  let answer = entry.answer;
  if (!answer) return m.why_changed_someone();
  let code = answer.code ?? '';
  let said = answer.message ?? '';
  let why =
    WHY[code]?.(answer) ?? codeText(code, said) ?? m.why_other({ reason: said || m.problem_internal() });
  return addsOnly(entry) ? `${why} ${m.conflict_text_is_there()}` : why;
}

/** The text was taken, only the state that should follow it was not. */
export const addsOnly = (entry: EntryView) =>
  entry.state === 'proposed' && (entry.command.type === 'note' || entry.command.type === 'phone_call');

export type Way = 'mine' | 'over' | 'theirs' | 'note' | 'edit' | 'again' | 'discard';

/** The ways out of a conflict; the first is the one to take without further thought. */
export function waysOf(entry: EntryView): Way[] {
  if (addsOnly(entry)) return ['mine', 'theirs'];
  let mail = entry.command.type === 'reply' || entry.command.type === 'forward';
  if (mail) return ['edit', 'note', 'again', 'discard'];
  if (entry.text)
    return entry.command.type === 'create' ? ['again', 'discard'] : ['edit', 'note', 'again', 'discard'];
  let locked = entry.answer?.code === 'locked_by_other';
  if (locked) return taking(entry) ? ['over', 'theirs'] : ['again', 'theirs'];
  return entry.answer?.theirs ? ['mine', 'theirs'] : ['again', 'discard'];
}

/** Somebody else was quicker to take the ticket; it can be taken over in the open. */
const taking = (entry: EntryView) => entry.command.type === 'take' || entry.command.type === 'lock';
