import { expect, it } from 'vitest';
import { becameWords, itemWords, reasonWords, type LeftItem } from './left';

const item = (more: Partial<LeftItem>): LeftItem => ({ what: 'command', kind: 'note', ...more });

it('names what was left in the words of the desk', () => {
  expect(itemWords(item({ title: 'Printer' }))).toBe('Internal note · Printer');
  expect(itemWords(item({ what: 'draft', kind: 'reply', title: 'Re: Printer' }))).toBe('Draft · Re: Printer');
  expect(itemWords(item({ what: 'article', number: '2026112110000024' }))).toContain('Article on');
  expect(itemWords(item({ what: 'ticket', number: '2026112110000024', title: 'Printer' }))).toContain(
    'Printer',
  );
});

it('says what became of it', () => {
  expect(becameWords(item({}))).toBe('');
  expect(becameWords(item({ outcome: 'noted' }))).toBe('kept as a note');
  expect(becameWords(item({ outcome: 'newer' }))).toBe('newer');
  expect(reasonWords('revoked')).toBe('device disconnected');
});
