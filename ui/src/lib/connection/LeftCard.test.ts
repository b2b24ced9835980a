import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import type { LeftView } from './left';
import LeftCard from './LeftCard.svelte';
import type { Names } from './words';

const names: Names = {
  agent: () => undefined,
  queue: () => undefined,
  state: () => undefined,
  priority: (id) => (id === '4' ? '4 high' : undefined),
};

const left: LeftView = {
  id: 'l1',
  agent_id: 'b',
  agent_name: 'Ben Agent',
  at: Date.now(),
  reason: 'disabled',
  items: [{ what: 'command', kind: 'note', text: 'Ben was here' }],
};

function show(more: Partial<LeftView> = {}, items = left.items) {
  let calls = { onaccept: vi.fn(), ondiscard: vi.fn(), onopen: vi.fn() };
  render(LeftCard, { left: { ...left, ...more }, items, names, busy: false, ...calls });
  return { ...calls, user: userEvent.setup() };
}

it('shows whose it was, why it is here and what it says, and asks what to do', async () => {
  let { onaccept, ondiscard, user } = show();
  for (let words of ['Ben Agent', 'agent disabled', 'Ben was here'])
    expect(screen.getByText(words)).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Accept' }));
  await user.click(screen.getByRole('button', { name: 'Discard' }));
  expect([onaccept.mock.calls.length, ondiscard.mock.calls.length]).toEqual([1, 1]);
});

it('says what became of each part, leads there, and asks nothing any more', async () => {
  let items = [{ ...left.items[0]!, outcome: 'noted', ticket_id: 't1' }];
  let { onopen, user } = show({ done_at: Date.now() }, items);
  expect(screen.getByText('kept as a note')).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Accept' })).toBeNull();
  await user.click(screen.getByRole('button', { name: 'Internal note' }));
  expect(onopen).toHaveBeenCalledWith('t1');
});
