import { expect, it } from 'vitest';
import type { LevelAction, Recipient } from '$lib/api/types';
import { actionKey, actionOf, isWebhook, keyOf, recipientOf, withAction } from './level-parts';

it('brings every recipient and action back from its key', () => {
  let recipients: Recipient[] = [
    { kind: 'owner' },
    { kind: 'responsible' },
    { kind: 'queue' },
    { kind: 'watchers' },
    { kind: 'group', group_id: 'g1' },
    { kind: 'agent', agent_id: 'a1' },
    { kind: 'address', address: 'boss@x.test' },
  ];
  expect(recipients.map((one) => recipientOf(keyOf(one)))).toEqual(recipients);
  let actions: LevelAction[] = [
    { kind: 'notify' },
    { kind: 'mail' },
    { kind: 'raise_priority' },
    { kind: 'webhook', url: 'https://x.test:8443/a?b=c:d' },
    { kind: 'set_priority', priority_id: 'p5' },
    { kind: 'move', queue_id: 'q1' },
    { kind: 'assign', agent_id: 'a1' },
  ];
  expect(actions.map((one) => actionOf(actionKey(one)))).toEqual(actions);
  expect(recipientOf('nobody')).toBeUndefined();
  expect(actionOf('explode')).toBeUndefined();
});

it('keeps one of what excludes another', () => {
  let before: LevelAction[] = [
    { kind: 'notify' },
    { kind: 'raise_priority' },
    { kind: 'move', queue_id: 'q1' },
  ];
  expect(withAction(before, { kind: 'set_priority', priority_id: 'p5' })).toEqual([
    { kind: 'notify' },
    { kind: 'move', queue_id: 'q1' },
    { kind: 'set_priority', priority_id: 'p5' },
  ]);
  expect(withAction(before, { kind: 'notify' })).toHaveLength(3);
  expect(withAction(before, { kind: 'webhook', url: 'https://x.test' })).toHaveLength(4);
});

it('lets webhooks out encrypted only', () => {
  expect(
    ['https://x.test/a', 'http://localhost:9/a', 'http://127.0.0.1/', 'http://[::1]:8/'].map(isWebhook),
  ).toEqual(Array(4).fill(true));
  expect(
    [
      'http://x.test/a',
      'ftp://x.test',
      'x.test',
      '',
      'javascript:alert(1)',
      'http://localhost@x.test/',
      'https://a:b@x.test/',
    ].map(isWebhook),
  ).toEqual(Array(7).fill(false));
});
