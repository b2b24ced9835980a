import { api } from '$lib/api/client';
import { Problem, problemText } from '$lib/api/problem';
import { newId } from '$lib/id';
import type { Command, Id, Outcome, SeenUpto, Ticket } from '$lib/api/types';

/** The open ticket. */
export class TicketState {
  current = $state.raw<Ticket | undefined>();
  problem = $state<string | undefined>();
  busy = $state(false);
  #wanted: string | undefined;
  /** Its number may follow only later; its id stays. */
  #id: Id | undefined;
  #abort: AbortController | undefined;

  /** Opens by number or id; the old ticket stays on screen until the new one is here. */
  async open(key: string | undefined) {
    if (key === this.#wanted) return;
    this.#wanted = key;
    this.#id = undefined;
    this.#abort?.abort();
    this.problem = undefined;
    if (!key) {
      this.current = undefined;
      return;
    }
    await this.#load(key);
  }

  async reload() {
    if (this.#wanted) await this.#load(this.#id ?? this.#wanted);
  }

  async #load(key: string) {
    this.#abort?.abort();
    let abort = (this.#abort = new AbortController());
    try {
      let ticket = await api.ticket(key, abort.signal);
      if (!abort.signal.aborted) {
        this.current = ticket;
        this.#id = ticket.id;
      }
      this.problem = undefined;
    } catch (error) {
      if (abort.signal.aborted) return;
      let gone = error instanceof Problem && error.status === 404;
      if (gone || !this.is(key)) {
        this.current = undefined;
        this.problem = problemText(error);
      }
    }
  }

  is(id: Id | undefined): boolean {
    return id !== undefined && (this.current?.id === id || this.current?.number === id);
  }

  /** Takes over a ticket that a command answered with, when it is the one on screen. */
  adopt(ticket: Ticket | undefined) {
    if (ticket && this.is(ticket.id)) this.current = ticket;
  }

  async command(body: Command, id: Id | undefined = this.current?.id): Promise<Outcome> {
    if (!id) throw new Problem('not_found', '');
    this.busy = true;
    try {
      let outcome = await api.command(id, newId(), body);
      this.adopt(outcome.ticket);
      return outcome;
    } finally {
      this.busy = false;
    }
  }

  get seenUpto(): SeenUpto {
    return {
      article: this.current?.articles.at(-1)?.ordinal ?? 0,
      event: this.current?.events.at(-1)?.ordinal ?? 0,
    };
  }
}
