import { afterEach, expect, it } from 'vitest';
import type { Escalation } from '$lib/api/types';
import { levelWords, type Names } from './level-words';
import { language } from './messages.svelte';

const NAMES: Names = {
  group: (id) => ({ g1: 'On call' })[id] ?? '',
  agent: (id) => ({ a1: 'Mara Lindt' })[id] ?? '',
  queue: (id) => ({ q1: 'Second line' })[id] ?? '',
  priority: (id) => ({ p5: 'very high' })[id] ?? '',
};
const level = (part: Partial<Escalation>): Escalation => ({
  at: { percent: 80 },
  to: [],
  actions: [],
  ...part,
});
afterEach(() => language.set('en'));

it('says a level as one sentence', () => {
  let notify = { kind: 'notify' } as const;
  expect(levelWords(level({ to: [{ kind: 'owner' }, { kind: 'queue' }], actions: [notify] }), NAMES)).toBe(
    'At 80 % tell the owner and the queue',
  );
  let after = level({
    at: { after_minutes: 30 },
    to: [{ kind: 'group', group_id: 'g1' }],
    actions: [{ kind: 'mail' }, { kind: 'raise_priority' }],
  });
  expect(levelWords(after, NAMES)).toBe(
    '30 min after the breach tell group On call by mail and raise the priority',
  );
  let breach = level({
    at: { percent: 100 },
    to: [
      { kind: 'agent', agent_id: 'a1' },
      { kind: 'address', address: 'boss@x.test' },
      { kind: 'watchers' },
    ],
    actions: [
      notify,
      { kind: 'mail' },
      { kind: 'move', queue_id: 'q1' },
      { kind: 'webhook', url: 'https://hooks.x.test/a?t=1' },
    ],
  });
  expect(levelWords(breach, NAMES)).toBe(
    'At the breach tell Mara Lindt, boss@x.test and the watchers here and by mail, move it to Second line and call hooks.x.test',
  );
});

it('says it in German too', () => {
  language.set('de');
  expect(levelWords(level({ to: [{ kind: 'owner' }], actions: [{ kind: 'notify' }] }), NAMES)).toBe(
    'Bei 80 % Besitzer benachrichtigen',
  );
});

it('says that a level which tells nobody does nothing, and what is gone', () => {
  expect(levelWords(level({ to: [{ kind: 'owner' }] }), NAMES)).toBe('At 80 % nothing happens yet');
  expect(levelWords(level({ actions: [{ kind: 'notify' }] }), NAMES)).toBe('At 80 % nothing happens yet');
  expect(levelWords(level({ actions: [{ kind: 'assign', agent_id: 'gone' }] }), NAMES)).toBe(
    'At 80 % assign it to (gone)',
  );
});
