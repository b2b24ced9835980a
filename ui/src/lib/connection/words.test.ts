import { expect, it } from 'vitest';
import type { EntryView } from './types';
import { commandWords, standsOn, standsWords, waysOf, whyWords, type Names } from './words';

const names: Names = {
  agent: (id) => ({ j: 'Jonas Berg' })[id ?? ''],
  queue: (id) => ({ q: 'Hardware' })[id ?? ''],
  state: (id) => ({ o: 'open', c: 'closed successful' })[id ?? ''],
  priority: (id) => ({ 4: '4 high' })[id ?? ''],
  service: (id) => ({ p: 'Printing' })[id ?? ''],
};
const entry = (more: Partial<EntryView>): EntryView => ({
  id: 'e',
  state: 'refused',
  at: 0,
  command: { type: 'set_title', title: 'Mine' },
  ...more,
});

it('says commands in the words of the desk', () => {
  expect(commandWords({ type: 'set_priority', priority: '4' }, names)).toBe('Priority 4 high');
  expect(commandWords({ type: 'move', queue: 'q' }, names)).toBe('Queue Hardware');
  expect(commandWords({ type: 'note', next: { state_id: 'c' } }, names)).toBe(
    'Internal note, then closed successful',
  );
  expect(commandWords({ type: 'reply', mail: { to: [{ name: 'Petra', address: 'p@x' }] } }, names)).toBe(
    'Reply to Petra',
  );
  expect(commandWords({ type: 'set_owner', agent: null }, names)).toBe('Nobody owns it');
  expect(commandWords({ type: 'set_service', service: 'p' }, names)).toBe('Service Printing');
  expect(standsWords({ service: null }, { type: 'set_service', service: 'p' }, names)).toBe('No service');
});

it('leaves a command of a newer program readable', () => {
  expect(commandWords({ type: 'split_ticket' }, names)).toBe('A change');
});

it('says what stands there instead, from the answer or from the ticket', () => {
  let take = { type: 'take' };
  expect(standsWords({ agent: 'j', locked: true }, take, names)).toBe('Owner Jonas Berg, locked');
  expect(standsWords({ agent: 'j' }, { type: 'set_responsible' }, names)).toBe('Responsible Jonas Berg');
  let ticket = { title: 'T', queue_id: 'q', state_id: 'o', priority_id: '4', owner_id: 'j', locked: false };
  expect(standsWords(standsOn({ type: 'set_state' }, ticket)!, { type: 'set_state' }, names)).toBe(
    'State open',
  );
  expect(standsOn({ type: 'merge' }, ticket)).toBeUndefined();
});

it('says who was quicker, and when', () => {
  let answer = {
    outcome: 'refused',
    code: 'changed_meanwhile',
    by: 'Jonas Berg',
    at: new Date(2026, 10, 20, 14, 20).getTime(),
  };
  expect(whyWords(entry({ answer }))).toBe('Jonas Berg changed this at 14:20, before yours arrived.');
  expect(whyWords(entry({ answer: { outcome: 'refused', code: 'changed_meanwhile' } }))).toMatch(/^Somebody/);
});

it('lets a code that it does not know speak for itself', () => {
  let answer = { outcome: 'refused', code: 'from_the_future', message: 'the moon is full' };
  expect(whyWords(entry({ answer }))).toContain('the moon is full');
});

it('offers the ways out that fit', () => {
  let code = (code: string, theirs?: object) => ({ outcome: 'refused', code, theirs });
  expect(waysOf(entry({ answer: code('changed_meanwhile', { title: 'T' }) }))).toEqual(['mine', 'theirs']);
  expect(waysOf(entry({ command: { type: 'take' }, answer: code('locked_by_other') }))).toEqual([
    'over',
    'theirs',
  ]);
  let reply = entry({ command: { type: 'reply' }, text: 'Hello', answer: code('no_right') });
  expect(waysOf(reply)).toEqual(['edit', 'note', 'again', 'discard']);
  expect(waysOf(entry({ command: { type: 'merge' }, answer: code('merge_cycle') }))).toEqual([
    'again',
    'discard',
  ]);
});

it('asks only about the state when the text of a note was taken', () => {
  let note = entry({
    state: 'proposed',
    command: { type: 'note', next: { state_id: 'c' } },
    text: 'Done',
    answer: { outcome: 'proposed', code: 'customer_wrote', theirs: { state: 'o' } },
  });
  expect(waysOf(note)).toEqual(['mine', 'theirs']);
  expect(whyWords(note)).toContain('Your text is on the ticket');
});
