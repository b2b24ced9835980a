import { api } from '$lib/api/client';
import type { Counts } from '$lib/api/types';

const NONE: Counts = {
  seq: 0,
  views: { mine: 0, unassigned: 0, reminders: 0, locked: 0, watched: 0, all_open: 0 },
  queues: {},
  outbox: { waiting: 0, needs_you: 0 },
  quarantine: 0,
};

/** The live numbers of the rail. */
export class CountsState {
  current = $state.raw<Counts>(NONE);
  #running = false;
  #again = false;

  /** One question at a time; those that come meanwhile share the next. */
  async load() {
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    try {
      this.current = await api.counts();
    } catch {
      // The banner tells when the desk is away; the old numbers stay.
    }
    this.#running = false;
    if (this.#again) {
      this.#again = false;
      await this.load();
    }
  }
}
