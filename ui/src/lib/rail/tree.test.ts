import { expect, it } from 'vitest';
import type { QueueDoc, Rec } from '$lib/api/types';
import { queueTree } from './tree';

const queue = (name: string) => ({ id: name, version: 1, document: { name } as QueueDoc }) as Rec<QueueDoc>;

it('nests queues by their names and fills the gaps', () => {
  let tree = queueTree([
    queue('Service desk::Hardware'),
    queue('Billing'),
    queue('Field::North::Harbour'),
    queue('Service desk'),
  ]);
  expect(tree.map(({ id, name, depth }) => [name, depth, id !== undefined])).toEqual([
    ['Billing', 0, true],
    ['Field', 0, false],
    ['North', 1, false],
    ['Harbour', 2, true],
    ['Service desk', 0, true],
    ['Hardware', 1, true],
  ]);
});
