import { clock } from '$lib/i18n/format';
import { m } from '$lib/i18n/messages.svelte';
import { isSilent } from '$lib/ticket/event-words';
import { personOf } from '$lib/ticket/names';
import type { Article, Ticket, TicketEvent } from '$lib/api/types';

export type Happened = { at: number } & ({ article: Article } | { event: TicketEvent });

/** Who wrote an article, as people call them. */
export const whoWrote = (article: Article) => article.author?.name ?? personOf(article.from);

/** What the author of a held mail has not seen: articles and events of others after `seen_upto`, oldest first. */
export function happenedSince(ticket: Ticket, mail: Article): Happened[] {
  let seen = mail.delivery?.seen_upto;
  let me = mail.author?.name;
  // Where no merge came since, the mail itself was for a ticket that had gone into this one: of this one nothing was seen.
  let isMerge = (event: TicketEvent) => event.type === 'absorbed';
  let elsewhere =
    mail.delivery?.error === 'merged' &&
    !ticket.events.some((event) => isMerge(event) && seen && event.ordinal > seen.event);
  if (elsewhere) seen = { article: 0, event: 0 };
  // Whoever does not know what was seen shows what came after the mail.
  let newArticle = (article: Article) =>
    seen ? article.ordinal > seen.article : article.ordinal > mail.ordinal;
  let newEvent = (event: TicketEvent) => (seen ? event.ordinal > seen.event : event.at > mail.created_at);
  let articles = ticket.articles.filter(
    (article) =>
      newArticle(article) &&
      article.id !== mail.id &&
      article.sender !== 'system' &&
      article.delivery?.state !== 'cancelled' &&
      !(mail.author && article.author?.id === mail.author.id),
  );
  let events = ticket.events.filter(
    (event) =>
      newEvent(event) &&
      !isSilent(event) &&
      ((elsewhere && isMerge(event)) || (event.actor.kind !== 'system' && event.actor.name !== me)),
  );
  return [
    ...articles.map((article) => ({ at: article.created_at, article })),
    ...events.map((event) => ({ at: event.at, event })),
  ].sort((a, b) => a.at - b.at);
}

const HELD: Record<string, () => string> = {
  new_customer_mail: m.held_new_customer_mail,
  answered_by_colleague: m.held_answered,
  note_by_colleague: m.held_note,
  moved: m.held_moved,
  customer_changed: m.held_customer,
  closed: m.held_closed,
  merged: m.held_merged,
  locked_by_other: m.held_locked,
  old_text: m.held_old,
};

type Who = (who: { name: string; time: string }) => string;
const OF_ARTICLE: Record<string, { words: Who; is: (article: Article) => boolean }> = {
  new_customer_mail: { words: m.since_customer, is: (article) => article.sender === 'customer' },
  answered_by_colleague: {
    words: m.since_answered,
    is: (article) => article.sender === 'agent' && article.visible_to_customer,
  },
  note_by_colleague: {
    words: m.since_note,
    is: (article) => article.sender === 'agent' && !article.visible_to_customer,
  },
};

/** Why a mail was held, by its stable code; whatever is no such code stands for itself. */
export const heldReason = (code: string | null | undefined) => HELD[code ?? '']?.() ?? code ?? '';

/** Why a mail was held, with name and time where the history tells them. */
export function heldWords(mail: Article, since: Happened[] = []): string {
  let code = mail.delivery?.error ?? '';
  let known = OF_ARTICLE[code];
  let found = since.find((one) => 'article' in one && known?.is(one.article));
  if (known && found && 'article' in found)
    return known.words({ name: whoWrote(found.article), time: clock(found.article.created_at) });
  return HELD[code]?.() ?? '';
}

/** When something was done on a device without network, where that is told apart (more than a minute). */
export const offlineAt = (event: { at: number; device_at?: number | null } | undefined) =>
  event?.device_at && Math.abs(event.at - event.device_at) > 60_000 ? event.device_at : undefined;

/** The articles that were written on a device without network, and when. */
export function writtenOffline(ticket: Ticket): Map<string, number> {
  let found = new Map<string, number>();
  for (let event of ticket.events) {
    let at = offlineAt(event);
    let { article } = event as { article?: unknown };
    if (at && event.type === 'article_added' && typeof article === 'string') found.set(article, at);
  }
  return found;
}
