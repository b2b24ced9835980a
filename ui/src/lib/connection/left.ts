import { client, told } from '$lib/api/client';
import { m } from '$lib/i18n/messages.svelte';
import { numberWords } from '$lib/i18n/ticket-number';
import type { Id, Millis } from '$lib/api/types';
import type { CommandDoc } from './types';
import { commandWords, type Names } from './words';

/** Something that a desktop handed over before it was wiped. */
export interface LeftView {
  id: Id;
  agent_id: Id;
  agent_name: string;
  at: Millis;
  reason: string;
  items: LeftItem[];
  done_at?: Millis | null;
}

/** A part of it, and what became of it. */
export interface LeftItem {
  what: 'command' | 'draft' | 'article' | 'ticket';
  kind: string;
  number?: string | null;
  title?: string | null;
  text?: string | null;
  command?: CommandDoc | null;
  ticket_id?: Id | null;
  ticket_title?: string | null;
  outcome?: string | null;
  code?: string | null;
}

export const leftCalls = {
  all: () => told<LeftView[]>(client.GET('/api/v1/left-behind')),
  decide: (id: Id, how: 'accept' | 'discard' | 'back') =>
    told<{ items: LeftItem[]; repeated: boolean }>(
      client.POST('/api/v1/left-behind/{id}', { params: { path: { id } }, body: { how } }),
    ),
};

const REASONS: Record<string, () => string> = {
  lost_rights: m.left_reason_lost_rights,
  disabled: m.left_reason_disabled,
  revoked: m.left_reason_revoked,
  restored: m.left_reason_restored,
};
export const reasonWords = (reason: string) => REASONS[reason]?.() ?? reason;

const BECAME: Record<string, () => string> = {
  applied: m.left_became_applied,
  held: m.left_became_held,
  proposed: m.left_became_proposed,
  refused: m.left_became_refused,
  noted: m.left_became_noted,
  draft: m.left_became_draft,
  restored: m.left_became_restored,
  known: m.left_became_known,
  empty: m.left_became_empty,
};
export const becameWords = (item: LeftItem) =>
  item.outcome ? (BECAME[item.outcome]?.() ?? item.outcome) : '';

/** What a part is, with its title where it has one. */
export function itemWords(item: LeftItem, names: Names): string {
  let number = numberWords(item.number ?? '');
  let what = {
    command: () => commandWords(item.command ?? { type: item.kind, title: item.title ?? '' }, names),
    draft: m.left_draft,
    article: () => m.left_article({ number }),
    ticket: () => m.left_ticket({ number }),
  }[item.what]();
  let told = item.what === 'command' && ['create', 'set_title'].includes(item.kind);
  return item.title && !told ? `${what} · ${item.title}` : what;
}

/** The ticket that a part is about, where it is known. */
export const onTicket = ({ what, number, ticket_title }: LeftItem) =>
  what !== 'ticket' && ticket_title ? `${numberWords(number ?? '')} ${ticket_title}` : undefined;

/** The parts, and what became of each. */
export const withOutcome = (items: LeftItem[], became: LeftItem[] = []) =>
  items.map((item, index) => {
    let { outcome, code, ticket_id } = became[index] ?? {};
    return { ...item, outcome, code, ticket_id: ticket_id ?? item.ticket_id };
  });
