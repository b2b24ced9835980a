import { expect, it } from 'vitest';
import { becameWords, itemWords, onTicket, reasonWords, withOutcome, type LeftItem } from './left';
import type { Names } from './words';

const names: Names = {
  agent: () => undefined,
  queue: () => undefined,
  state: () => undefined,
  priority: (id) => (id === '4' ? '4 high' : undefined),
};

const item = (more: Partial<LeftItem>): LeftItem => ({ what: 'command', kind: 'note', ...more });

it('names what was left in the words of the desk', () => {
  expect(itemWords(item({ title: 'Printer' }), names)).toBe('Internal note · Printer');
  expect(itemWords(item({ what: 'draft', kind: 'reply', title: 'Re: Printer' }), names)).toBe(
    'Draft · Re: Printer',
  );
  expect(itemWords(item({ what: 'article', number: '2026112110000024' }), names)).toContain('Article on');
  expect(itemWords(item({ what: 'ticket', number: '2026112110000024', title: 'Printer' }), names)).toContain(
    'Printer',
  );
});

it('says what a command would set, and on which ticket', () => {
  let priority = item({ kind: 'set_priority', command: { type: 'set_priority', priority: '4' } });
  expect(itemWords(priority, names)).toBe('Priority 4 high');
  expect(onTicket(priority)).toBeUndefined();
  let there = item({ number: '2026112110000024', ticket_title: 'Printer' });
  expect(onTicket(there)).toContain('Printer');
  let done = withOutcome([there], [item({ outcome: 'noted', ticket_id: 'n' })]);
  expect(done).toMatchObject([{ ticket_title: 'Printer', outcome: 'noted', ticket_id: 'n' }]);
});

it('says what became of it', () => {
  expect(becameWords(item({}))).toBe('');
  expect(becameWords(item({ outcome: 'noted' }))).toBe('kept as a note');
  expect(becameWords(item({ outcome: 'newer' }))).toBe('newer');
  expect(reasonWords('revoked')).toBe('device disconnected');
});
