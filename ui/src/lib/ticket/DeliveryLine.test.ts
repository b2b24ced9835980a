import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import type { Article, Delivery } from '$lib/api/types';
import DeliveryLine from './DeliveryLine.svelte';

function show(delivery: Delivery, line?: 'away' | 'there') {
  let calls = { oncommand: vi.fn(), onundo: vi.fn(), oncompare: vi.fn(), onback: vi.fn() };
  render(DeliveryLine, { article: { id: 'a1', delivery } as Article, ...calls, line });
  return { ...calls, user: userEvent.setup(), press: (name: string) => screen.getByRole('button', { name }) };
}

it('lets a waiting mail be taken back or sent at once', async () => {
  let { onundo, oncommand, user, press } = show({ state: 'waiting', due_at: Date.now() + 10_000 });
  await user.click(press('Undo'));
  expect(onundo).toHaveBeenCalled();
  await user.click(press('Send now'));
  expect(oncommand).toHaveBeenCalledWith({ type: 'send_now', article_id: 'a1' });
});

it('says that a mail waits for a mailbox', () => {
  show({ state: 'waiting', error: 'no_mailbox' });
  expect(screen.getByText(/no mailbox is connected/)).toBeInTheDocument();
});

it('says of a colleague’s mail neither that it waits here nor that it is one’s own', () => {
  let calls = { oncommand: vi.fn(), onundo: vi.fn(), oncompare: vi.fn(), onback: vi.fn() };
  let theirs = (delivery: Delivery) =>
    render(DeliveryLine, { article: { id: 'a1', delivery } as Article, own: false, ...calls, line: 'away' });
  theirs({ state: 'waiting' });
  expect(screen.queryByText(/Waits for the network/)).toBeNull();
  theirs({ state: 'held', error: 'answered_by_colleague' });
  expect(screen.getByText(/since it was written/)).toBeInTheDocument();
  expect(screen.queryByText(/in your name/)).toBeNull();
});

it('leaves the decision on a perhaps sent mail to the agent', async () => {
  let { oncommand, user, press } = show({ state: 'perhaps_sent' });
  await user.click(press('It arrived'));
  await user.click(press('Send again'));
  expect(oncommand.mock.calls.map(([body]) => body.type)).toEqual(['it_arrived', 'send_again']);
});

it('says why a mail was held and offers to compare, nothing else', async () => {
  let { oncompare, user } = show({ state: 'held', error: 'answered_by_colleague' });
  expect(screen.getByText(/A colleague has answered since/)).toBeInTheDocument();
  let [compare, ...others] = screen.getAllByRole('button');
  expect(compare).toHaveTextContent('Compare');
  expect(others).toEqual([]);
  await user.click(compare!);
  expect(oncompare).toHaveBeenCalled();
});

it('says that a mail waits for the network while it has not reached the server, and lets its delay be ended', async () => {
  let { oncommand, user, press } = show({ state: 'waiting' }, 'away');
  expect(screen.getByText(/Waits for the network/)).toBeInTheDocument();
  await user.click(press('Send now'));
  expect(oncommand).toHaveBeenCalledWith({ type: 'send_now', article_id: 'a1' });
});

it('gives the text of a mail back that was taken back', async () => {
  let { onback, user, press } = show({ state: 'cancelled' });
  await user.click(press('Have the text back'));
  expect(onback).toHaveBeenCalled();
});

it('shows the reason of a failure and ways on', () => {
  let { press } = show({ state: 'failed', error: '550 no such user' });
  expect(screen.getByText(/550 no such user/)).toBeInTheDocument();
  expect(press('Try again')).toBeInTheDocument();
});
