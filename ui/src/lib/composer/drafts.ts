import { api } from '$lib/api/client';
import type { DraftBody, DraftKind, Id, SeenUpto } from '$lib/api/types';

const PAUSE_MS = 400;
const RETRY_MS = 3_000;

/** Keeps what is typed: on the server after a short pause, on this device until the server has it. */
export class Drafts {
  saved = true;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> | undefined;

  constructor(
    private readonly ticket: Id,
    private readonly kind: DraftKind,
    private readonly body: () => DraftBody | undefined,
    private readonly seen: () => SeenUpto | undefined,
  ) {}

  get #key() {
    return `docket.draft.${this.ticket}.${this.kind}`;
  }

  /**
   * What this device still holds because the server never confirmed it, if it is newer than what the server has (ms UTC):
   * a program that was killed may find a copy here that it had long thrown away.
   */
  kept(serverHasSince = 0): DraftBody | undefined {
    try {
      let text = localStorage.getItem(this.#key);
      let copy = text ? (JSON.parse(text) as { at: number; body: DraftBody }) : undefined;
      return copy && copy.at > serverHasSince ? copy.body : undefined;
    } catch {
      return undefined;
    }
  }

  #keep(body: DraftBody) {
    try {
      localStorage.setItem(this.#key, JSON.stringify({ at: Date.now(), body }));
    } catch {
      // A full or forbidden store: the server's copy has to do.
    }
  }

  soon(wait = PAUSE_MS) {
    this.saved = false;
    let body = this.body();
    if (body) this.#keep(body);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.now(), wait);
  }

  async now() {
    clearTimeout(this.#timer);
    await this.#writing;
    let body = this.body();
    if (this.saved || !body) return;
    this.saved = true;
    this.#writing = this.#write(body);
    await this.#writing;
  }

  async #write(body: DraftBody) {
    try {
      await api.saveDraft(this.ticket, this.kind, body, this.seen());
      if (this.saved) localStorage.removeItem(this.#key);
    } catch {
      if (this.body()) this.soon(RETRY_MS);
    }
  }

  /** The page goes away: one last write that outlives it; this device keeps its copy as well. */
  onLeave() {
    let body = this.body();
    if (this.saved || !body) return;
    void api.saveDraft(this.ticket, this.kind, body, this.seen(), true).catch(() => undefined);
  }

  async drop() {
    clearTimeout(this.#timer);
    this.saved = true;
    await this.#writing;
    localStorage.removeItem(this.#key);
    await api.dropDraft(this.ticket, this.kind).catch(() => undefined);
  }
}
