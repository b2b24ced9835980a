import type { Command, Id, LinkKind } from '$lib/api/types';

/** What must be known of a ticket before a command to be able to take it back; rows of a list know it too. */
export interface Before {
  state_id: Id;
  priority_id: Id;
  queue_id: Id;
  owner_id?: Id | null;
  locked: boolean;
  away?: { agent_id: Id } | null;
  responsible_id?: Id | null;
  linked?: { id: Id; kind: string }[];
  service_id?: Id | null;
  type_id?: Id | null;
  service_level_id?: Id | null;
  title: string;
  pending_until?: number | null;
  customer?: { address: string; name?: string };
}

/** The commands that put things back as they were, in the order to send them; none where nothing can. */
export function inverse(body: Command, before: Before): Command[] {
  let state: Command = {
    type: 'set_state',
    state_id: before.state_id,
    pending_until: before.pending_until ?? null,
  };
  let owner: Command = { type: 'set_owner', owner_id: before.owner_id ?? null };
  let lock: Command = { type: before.locked ? 'lock' : 'unlock' };
  switch (body.type) {
    case 'set_state':
    case 'close':
      return [state];
    case 'set_priority':
      return [{ type: 'set_priority', priority_id: before.priority_id }];
    case 'move':
      return [{ type: 'move', queue_id: before.queue_id }];
    case 'set_title':
      return [{ type: 'set_title', title: before.title }];
    case 'set_customer':
      return before.customer ? [{ type: 'set_customer', ...before.customer }] : [];
    case 'lock':
    case 'unlock':
      return [lock];
    case 'take':
    case 'set_owner':
      return [owner, lock];
    case 'link':
      return [{ type: 'unlink', ticket_id: body.ticket_id }];
    case 'unlink': {
      let kind = before.linked?.find(({ id }) => id === body.ticket_id)?.kind;
      let known: LinkKind = kind === 'parent' || kind === 'child' ? kind : 'normal';
      return [{ type: 'link', ticket_id: body.ticket_id, kind: known }];
    }
    case 'watch':
      return [{ type: 'unwatch' }];
    case 'unwatch':
      return [{ type: 'watch' }];
    case 'set_responsible':
      return [{ type: 'set_responsible', agent_id: before.responsible_id ?? null }];
    case 'set_service':
      return [{ type: 'set_service', service_id: before.service_id ?? null }];
    case 'set_type':
      return [{ type: 'set_type', type_id: before.type_id ?? null }];
    case 'set_service_level':
      return [{ type: 'set_service_level', service_level_id: before.service_level_id ?? null }];
    case 'take_along':
      return [owner, lock];
    case 'bring_back':
      return [{ type: 'take_along' }];
    case 'junk':
      return [{ type: 'not_junk' }];
    case 'not_junk':
      return [{ type: 'junk', block_sender: false }];
    default:
      return [];
  }
}
