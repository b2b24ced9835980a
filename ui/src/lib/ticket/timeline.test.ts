import { expect, it } from 'vitest';
import type { Article, Ticket, TicketEvent } from '$lib/api/types';
import { openAtFirst, timeline } from './timeline';

const article = (id: string, at: number, unread = false) => ({ id, created_at: at, unread }) as Article;
const event = (ordinal: number, at: number, type: string, name = 'Mara') =>
  ({ ordinal, at, type, actor: { kind: 'agent', name } }) as TicketEvent;

it('puts articles and events in order and joins what one hand did at once', () => {
  let ticket = {
    articles: [article('a', 1_000), article('b', 500_000)],
    events: [
      event(1, 1_000, 'created'),
      event(2, 1_000, 'article_added'),
      event(3, 100_000, 'locked'),
      event(4, 100_200, 'owner_set'),
      event(5, 100_300, 'state_changed', 'Ben'),
    ],
  } as Ticket;
  let keys = timeline(ticket).map((entry) =>
    'article' in entry ? entry.key : entry.events.map((e) => e.ordinal).join('+'),
  );
  expect(keys).toEqual(['a', '1', '3+4', '5', 'b']);
});

it('keeps a long history folded but for what is new and last', () => {
  let many = Array.from({ length: 50 }, (_, index) => article(`a${index}`, index, index === 10));
  expect([...openAtFirst(many)].sort()).toEqual(['a10', 'a47', 'a48', 'a49']);
  expect(openAtFirst(many.slice(0, 5)).size).toBe(5);
});
