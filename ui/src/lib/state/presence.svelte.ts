import { api } from '$lib/api/client';
import type { Id, Present } from '$lib/api/types';

const BEAT_MS = 15_000;
/** Whoever has not typed for this long is looking again. */
const WRITES_MS = 30_000;

/** Who else is at the open ticket, and telling the others that I am. */
export class PresenceState {
  others = $state.raw<Present[]>([]);
  #ticket: Id | undefined;
  #writing = false;
  #beat: ReturnType<typeof setTimeout> | undefined;
  #quiet: ReturnType<typeof setTimeout> | undefined;

  /** I am at this ticket while the page is seen; returns how to leave it. */
  enter(ticket: Id): () => void {
    this.#ticket = ticket;
    this.#writing = false;
    this.others = [];
    let seen = () => (document.hidden ? this.#goAway(ticket) : void this.#tell());
    let gone = () => this.#goAway(ticket);
    document.addEventListener('visibilitychange', seen);
    window.addEventListener('pagehide', gone);
    seen();
    return () => {
      document.removeEventListener('visibilitychange', seen);
      window.removeEventListener('pagehide', gone);
      this.#goAway(ticket);
      this.#ticket = undefined;
      this.others = [];
    };
  }

  /** Something was typed. */
  typed() {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#write(false), WRITES_MS);
    this.#write(true);
  }

  /** The box was shut, or its text is on its way. */
  stopped() {
    clearTimeout(this.#quiet);
    this.#write(false);
  }

  /** Somebody came or left there. */
  changed(tickets: Id[]) {
    let ticket = this.#ticket;
    if (!ticket || !tickets.includes(ticket)) return;
    void api
      .present(ticket)
      .then(({ others }) => this.#show(ticket, others))
      .catch(() => undefined);
  }

  #write(writing: boolean) {
    if (this.#writing === writing) return;
    this.#writing = writing;
    void this.#tell();
  }

  async #tell() {
    let ticket = this.#ticket;
    if (!ticket || document.hidden) return;
    clearTimeout(this.#beat);
    this.#beat = setTimeout(() => void this.#tell(), BEAT_MS);
    try {
      let { others } = await api.bePresent(ticket, this.#writing);
      this.#show(ticket, others);
    } catch {
      // Seeing each other is a convenience: the next beat tells again.
    }
  }

  #show(ticket: Id, others: Present[]) {
    if (ticket === this.#ticket) this.others = others;
  }

  #goAway(ticket: Id) {
    clearTimeout(this.#beat);
    clearTimeout(this.#quiet);
    void api.leaveTicket(ticket).catch(() => undefined);
  }
}
