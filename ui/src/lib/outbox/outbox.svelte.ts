import { api } from '$lib/api/client';
import { problemText } from '$lib/api/problem';
import type { Command, OutboxRow, QuarantineRow } from '$lib/api/types';
import type { Desk } from '$lib/state/desk.svelte';

/** What waits to leave, what did not, and what could not be read. */
export class OutboxState {
  rows = $state.raw<OutboxRow[]>([]);
  quarantine = $state.raw<QuarantineRow[]>([]);
  loaded = $state(false);
  problem = $state('');

  constructor(private readonly desk: Desk) {}

  async load() {
    try {
      [this.rows, this.quarantine] = await Promise.all([api.outbox(), api.quarantine().catch(() => [])]);
      this.problem = '';
    } catch (error) {
      if (!this.loaded) this.problem = problemText(error);
    }
    this.loaded = true;
  }

  async act(row: OutboxRow, body: Command, done?: string) {
    await this.desk.run(body, done, row.ticket_id);
    await this.load();
  }

  async retry(row: QuarantineRow) {
    await api.retryQuarantine(row.id).catch((error) => this.desk.toasts.problem(error));
    await this.load();
  }
  async drop(row: QuarantineRow) {
    await api.dropQuarantine(row.id).catch((error) => this.desk.toasts.problem(error));
    await this.load();
    void this.desk.counts.load();
  }
}
