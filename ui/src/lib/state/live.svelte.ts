import { api } from '$lib/api/client';
import { Problem } from '$lib/api/problem';
import type { Changes } from '$lib/api/types';

type Listener = (changes: Changes) => void;
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000];

/** The change notice: one long poll, in both hosts. Says too whether the desk can be reached. */
export class Live {
  lost = $state(false);
  signedOut = $state(false);
  #seq = -1;
  #alarms = -1;
  #listeners = new Set<Listener>();
  #abort: AbortController | undefined;
  #wake: (() => void) | undefined;
  #failures = 0;

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start() {
    if (this.#abort) return;
    this.#abort = new AbortController();
    void this.#run(this.#abort.signal);
  }

  stop() {
    this.#abort?.abort();
    this.#abort = undefined;
  }

  /** Tries at once instead of waiting for the next attempt. */
  retry() {
    this.#wake?.();
  }

  async #run(signal: AbortSignal) {
    while (!signal.aborted) {
      try {
        let changes = await api.changes(this.#seq, this.#alarms, signal);
        let wasLost = this.lost;
        let first = this.#seq < 0;
        this.lost = false;
        this.#failures = 0;
        let restarted = changes.seq < this.#seq;
        this.#seq = changes.seq;
        this.#alarms = changes.alarms?.upto ?? this.#alarms;
        if (!first || wasLost || changes.alarms)
          this.#tell(wasLost || restarted ? everything(changes) : changes);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Problem && error.status === 401) {
          this.signedOut = true;
          return;
        }
        this.lost = true;
        await this.#pause();
      }
    }
  }

  #tell(changes: Changes) {
    let nothing =
      !changes.tickets?.length &&
      !changes.settings &&
      !changes.counts &&
      !changes.mailboxes &&
      !changes.sight &&
      !changes.presence?.length &&
      !changes.connection &&
      !changes.alarms &&
      !changes.notices?.length;
    if (nothing) return;
    for (let listener of this.#listeners) listener(changes);
  }

  #pause(): Promise<void> {
    let wait = RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)]!;
    return new Promise((resolve) => {
      let timer = setTimeout(resolve, wait);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** After a break anything may have changed: `*` stands for all tickets. */
function everything(changes: Changes): Changes {
  return { ...changes, tickets: ['*'], settings: true, counts: true, mailboxes: true, connection: true };
}
