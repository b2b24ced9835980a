import { problemText } from '$lib/api/problem';
import { api } from '$lib/api/client';
import { newId } from '$lib/id';
import { m } from '$lib/i18n/messages.svelte';
import { inverse } from '$lib/state/inverse';
import type { Command } from '$lib/api/types';
import type { Desk } from '$lib/state/desk.svelte';

/** One command for every selected ticket; the way back takes all of them back. */
export async function runOnAll(desk: Desk, body: Command, progress: (done: number) => void) {
  let ids = [...desk.list.selected];
  let undo: { id: string; body: Command }[] = [];
  let refused: unknown;
  let failed = 0;
  for (let [index, id] of ids.entries()) {
    try {
      let before = desk.list.rows.find((row) => row.id === id);
      let outcome = await api.command(id, newId(), body);
      desk.ticket.adopt(outcome.ticket);
      if (before && outcome.outcome === 'applied')
        undo.push(...inverse(body, before).map((back) => ({ id, body: back })));
    } catch (error) {
      refused = error;
      failed += 1;
    }
    progress(index + 1);
  }
  desk.list.clearSelection();
  desk.list.refresh();
  void desk.counts.load();
  if (failed)
    desk.toasts.show(m.bulk_some_refused({ count: failed, why: problemText(refused) }), { tone: 'warn' });
  if (failed === ids.length) return;
  desk.toasts.show(m.bulk_done({ count: ids.length - failed }), {
    undo: undo.length
      ? async () => {
          for (let { id, body: back } of undo) await api.command(id, newId(), back).catch(() => undefined);
          desk.list.refresh();
        }
      : undefined,
  });
}
