import { expect, it } from 'vitest';
import type { Article, Ticket, TicketEvent } from '$lib/api/types';
import { happenedSince, heldWords, offlineAt, writtenOffline } from './since';

const at = (minute: number) => new Date(2026, 10, 20, 14, minute).getTime();
const ANA = { id: 'a', name: 'Ana' };
const JONAS = { id: 'j', name: 'Jonas Berg' };

function article(ordinal: number, more: Partial<Article>): Article {
  return {
    id: `art-${ordinal}`,
    ordinal,
    sender: 'agent',
    channel: 'email',
    visible_to_customer: true,
    created_at: at(ordinal),
    from: '',
    ...more,
  } as Article;
}
const event = (ordinal: number, more: object): TicketEvent =>
  ({
    ordinal,
    at: at(ordinal),
    actor: { kind: 'agent', name: JONAS.name },
    type: 'moved',
    ...more,
  }) as TicketEvent;

it('shows all of a ticket to which a mail came by a merge, and the merge', () => {
  let error = 'merged';
  let mail = article(4, {
    author: ANA,
    delivery: { state: 'held', error, seen_upto: { article: 9, event: 9 } },
  });
  let there = {
    articles: [article(1, { sender: 'customer', from: 'Petra Vogt <p@x.example>' }), mail],
    events: [event(1, {}), event(2, { type: 'absorbed', actor: { kind: 'agent', name: ANA.name } })],
  } as Ticket;
  let types = happenedSince(there, mail).map((one) => ('event' in one ? one.event.type : one.article.id));
  expect(types).toEqual(['art-1', 'moved', 'absorbed']);
  // A merge that came while the mail waited is one of the things that came since.
  let later = article(4, {
    author: ANA,
    delivery: { state: 'held', error, seen_upto: { article: 1, event: 1 } },
  });
  expect(
    happenedSince({ ...there, events: [event(1, {}), event(2, { type: 'absorbed' })] } as Ticket, later),
  ).toMatchObject([{ event: { type: 'absorbed' } }]);
});

const held = article(5, {
  author: ANA,
  delivery: { state: 'held', error: 'answered_by_colleague', seen_upto: { article: 2, event: 3 } },
});
const ticket = {
  articles: [
    article(1, { sender: 'customer', from: 'Petra Vogt <p@x.example>' }),
    article(2, { author: JONAS }),
    article(3, { author: JONAS, text: 'I moved it to channel 44.' }),
    article(4, { author: ANA, channel: 'internal', visible_to_customer: false }),
    held,
    article(6, { author: JONAS, delivery: { state: 'cancelled' } }),
    article(7, { sender: 'system' }),
  ],
  events: [
    event(3, {}),
    event(4, { type: 'article_added', article: 'art-3' }),
    event(5, { type: 'titled', at: at(4) }),
    event(6, { actor: { kind: 'agent', name: 'Ana' } }),
    event(8, { type: 'state_changed' }),
    event(9, { actor: { kind: 'system', name: 'Desk' }, type: 'send_held' }),
  ],
} as unknown as Ticket;

const seen = (since: ReturnType<typeof happenedSince>) =>
  since.map((one) => ('article' in one ? one.article.id : `event ${one.event.ordinal}`));

it('shows what others did after what the author had seen, and nothing else', () => {
  expect(seen(happenedSince(ticket, held))).toEqual(['art-3', 'event 5', 'event 8']);
});

it('shows what came after the mail where nobody knows what was seen', () => {
  let old = { ...held, delivery: { state: 'held' as const } };
  expect(seen(happenedSince(ticket, old))).toEqual(['event 8']);
});

it('names who answered, and when', () => {
  expect(heldWords(held, happenedSince(ticket, held))).toBe('At 14:03 Jonas Berg answered the customer.');
  expect(heldWords(held)).toBe('A colleague has answered since.');
});

it('tells apart what was done without network, by more than a minute', () => {
  expect(offlineAt({ at: at(10), device_at: at(2) })).toBe(at(2));
  expect(offlineAt({ at: at(10), device_at: at(10) - 30_000 })).toBeUndefined();
  let events = [event(9, { type: 'article_added', article: 'art-5', device_at: at(1) })];
  expect(writtenOffline({ ...ticket, events }).get('art-5')).toBe(at(1));
});
