import type { Article, Ticket, TicketEvent } from '$lib/api/types';
import { isSilent } from './event-words';

export type Entry = { key: string; at: number } & ({ article: Article } | { events: TicketEvent[] });

const GATHER_MS = 60_000;
const OPEN_AT_THE_END = 3;

/** Articles and events in the order they happened; events of one moment and one hand become one line. */
export function timeline(ticket: Ticket, everything = false): Entry[] {
  let entries: Entry[] = ticket.articles.map((article) => ({
    key: article.id,
    at: article.created_at,
    article,
  }));
  for (let event of ticket.events) {
    if (!everything && isSilent(event)) continue;
    entries.push({ key: `event-${event.ordinal}`, at: event.at, events: [event] });
  }
  let order = (entry: Entry) => ('article' in entry ? 0 : 1);
  entries.sort((a, b) => a.at - b.at || order(a) - order(b));
  let joined: Entry[] = [];
  for (let entry of entries) {
    let last = joined.at(-1);
    if (last && 'events' in last && 'events' in entry && belongs(last.events.at(-1)!, entry.events[0]!)) {
      last.events.push(...entry.events);
    } else joined.push(entry);
  }
  return joined;
}

function belongs(one: TicketEvent, next: TicketEvent): boolean {
  return (
    next.at - one.at < GATHER_MS &&
    one.actor?.kind === next.actor?.kind &&
    one.actor?.name === next.actor?.name
  );
}

/** Which articles stand open at first: what is new and the last few; a long history stays folded. */
export function openAtFirst(articles: Article[]): Set<string> {
  let open = new Set(articles.slice(-OPEN_AT_THE_END).map((article) => article.id));
  for (let article of articles)
    if (article.unread || article.delivery?.state === 'waiting') open.add(article.id);
  if (articles.length <= OPEN_AT_THE_END + 3) for (let article of articles) open.add(article.id);
  return open;
}
