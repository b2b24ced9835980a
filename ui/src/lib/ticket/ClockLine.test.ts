import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import type { ExplainedClock } from '$lib/api/types';
import ClockLine from './ClockLine.svelte';

const at = (text: string) => Date.parse(text);
const HOUR = 3_600_000;

/** Friday 16:30 to 18:00 counted, then it waited for the customer until Monday at nine. */
const PAUSED: ExplainedClock = {
  clock: {
    measure: 'solution',
    standing: 'paused',
    start: at('2026-11-20T15:30:00Z'),
    elapsed: 2.5 * HOUR,
    promised: 8 * HOUR,
    due: null,
    warn_at: null,
    breached: false,
  },
  worked: [
    { from: at('2026-11-20T15:30:00Z'), to: at('2026-11-20T17:00:00Z') },
    { from: at('2026-11-23T08:00:00Z'), to: at('2026-11-23T09:00:00Z') },
  ],
  pauses: [
    { from: at('2026-11-20T17:00:00Z'), to: at('2026-11-23T08:00:00Z'), state: 'waiting' },
    { from: at('2026-11-23T09:00:00Z'), to: null, state: 'waiting' },
  ],
  calendar: 'Office',
  source: { kind: 'service_level', name: 'Gold' },
};
const show = (explained: ExplainedClock) =>
  render(ClockLine, { explained, zone: 'Europe/Berlin', stateName: () => 'waiting for customer' });

it('explains itself: what counted by day, what did not, and the sum', async () => {
  show(PAUSED);
  expect(screen.getByText('paused')).toBeInTheDocument();
  expect(screen.getByRole('meter', { name: 'Solution: time used' })).toHaveAttribute('aria-valuenow', '31');
  await userEvent.click(screen.getByText('Solution'));
  let rows = within(screen.getByRole('table'))
    .getAllByRole('row')
    .map((row) => [...row.children].map((cell) => cell.textContent).join(' '));
  expect(rows.map((text) => text.replace(/\s+/g, ' ').trim())).toEqual([
    'Fri, 20 Nov 16:30–18:00 1 h 30 min',
    'Mon, 23 Nov 09:00–10:00 1 h',
    'Together 2 h 30 min',
  ]);
  let pauses = screen.getAllByRole('listitem').map((item) => item.textContent.replace(/\s+/g, ' ').trim());
  expect(pauses).toEqual([
    'waiting for customer: Fri, 20 Nov 18:00 – Mon, 23 Nov 09:00',
    'waiting for customer: Mon, 23 Nov 10:00 – now',
  ]);
});

it('is full when it is late, and says by how much', () => {
  let due = Date.now() - 12 * 60_000 - 5_000;
  let clock = { ...PAUSED.clock, standing: 'running' as const, elapsed: 9 * HOUR, due, breached: true };
  show({ ...PAUSED, clock });
  expect(screen.getByText('12 min late')).toHaveClass('late');
  expect(screen.getByRole('meter')).toHaveAttribute('aria-valuenow', '100');
});
