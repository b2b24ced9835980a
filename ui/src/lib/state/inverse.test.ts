import { expect, it } from 'vitest';
import { inverse, type Before } from './inverse';

const before: Before = {
  state_id: 'new',
  priority_id: 'p3',
  queue_id: 'raw',
  owner_id: null,
  locked: false,
  title: 'Old',
  customer: { address: 'a@b.example', name: 'A' },
};

it('puts back what a command changed', () => {
  expect(inverse({ type: 'take' }, before)).toEqual([
    { type: 'set_owner', owner_id: null },
    { type: 'unlock' },
  ]);
  expect(inverse({ type: 'set_state', state_id: 'closed' }, before)).toEqual([
    { type: 'set_state', state_id: 'new', pending_until: null },
  ]);
  expect(inverse({ type: 'move', queue_id: 'q' }, before)).toEqual([{ type: 'move', queue_id: 'raw' }]);
  expect(inverse({ type: 'junk', block_sender: true }, before)).toEqual([{ type: 'not_junk' }]);
  expect(inverse({ type: 'set_customer', address: 'x@y.example' }, before)).toEqual([
    { type: 'set_customer', address: 'a@b.example', name: 'A' },
  ]);
});

it('has no way back for what was written', () => {
  expect(inverse({ type: 'note', article_id: 'x', text: 'x', attachments: [] }, before)).toEqual([]);
});
