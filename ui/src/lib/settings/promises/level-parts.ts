import type { LevelAction, Recipient } from '$lib/api/types';

/** A recipient as one text, to choose by; and back. */
export function keyOf(recipient: Recipient): string {
  switch (recipient.kind) {
    case 'group':
      return `group:${recipient.group_id}`;
    case 'agent':
      return `agent:${recipient.agent_id}`;
    case 'address':
      return `address:${recipient.address}`;
    default:
      return recipient.kind;
  }
}

export function recipientOf(key: string): Recipient | undefined {
  let [kind, rest] = split(key);
  if (kind === 'group') return { kind, group_id: rest };
  if (kind === 'agent') return { kind, agent_id: rest };
  if (kind === 'address') return { kind, address: rest };
  if (kind === 'owner' || kind === 'responsible' || kind === 'queue' || kind === 'watchers') return { kind };
  return undefined;
}

export function actionKey(action: LevelAction): string {
  switch (action.kind) {
    case 'webhook':
      return `webhook:${action.url}`;
    case 'set_priority':
      return `set_priority:${action.priority_id}`;
    case 'move':
      return `move:${action.queue_id}`;
    case 'assign':
      return `assign:${action.agent_id}`;
    default:
      return action.kind;
  }
}

export function actionOf(key: string): LevelAction | undefined {
  let [kind, rest] = split(key);
  if (kind === 'webhook') return { kind, url: rest };
  if (kind === 'set_priority') return { kind, priority_id: rest };
  if (kind === 'move') return { kind, queue_id: rest };
  if (kind === 'assign') return { kind, agent_id: rest };
  if (kind === 'notify' || kind === 'mail' || kind === 'raise_priority') return { kind };
  return undefined;
}

function split(key: string): [string, string] {
  let at = key.indexOf(':');
  return at < 0 ? [key, ''] : [key.slice(0, at), key.slice(at + 1)];
}

const EXCLUSIVE: Record<string, string> = {
  raise_priority: 'priority',
  set_priority: 'priority',
  move: 'move',
  assign: 'assign',
};

/** With one action more; of those that exclude each other the new one stays. */
export function withAction(actions: LevelAction[], more: LevelAction): LevelAction[] {
  let group = EXCLUSIVE[more.kind];
  let others = actions.filter(
    (action) => actionKey(action) !== actionKey(more) && (!group || EXCLUSIVE[action.kind] !== group),
  );
  return [...others, more];
}

/** Only encrypted ways out of this computer; to itself plain ones are as good. */
export function isWebhook(url: string): boolean {
  let parsed = URL.parse(url);
  if (!parsed || parsed.username || parsed.password || /\s/.test(url)) return false;
  return (
    parsed.protocol === 'https:' ||
    (parsed.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(parsed.hostname))
  );
}
