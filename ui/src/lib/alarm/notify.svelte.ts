import { api } from '$lib/api/client';

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];
export interface Ways {
  native: boolean;
  mail: boolean;
}
export interface Span {
  from: string;
  to: string;
}
export interface Quiet {
  on: boolean;
  time_zone: string;
  days: Partial<Record<Day, Span>>;
  breach_overrides: boolean;
}
interface Document {
  ways: Record<string, Ways>;
  quiet: Quiet;
  paused_until: number | null;
}

const KEY = 'notify';
const USUAL: Ways = { native: true, mail: false };
const NO_QUIET: Quiet = { on: false, time_zone: '', days: {}, breach_overrides: true };

/** How the agent wants to be told: one personal document, the last write wins. */
export class NotifyWishes {
  ways = $state.raw<Document['ways']>({});
  quiet = $state.raw<Quiet>(NO_QUIET);
  pausedUntil = $state<number | null>(null);
  loaded = $state(false);
  #rest: Record<string, unknown> = {};

  async load() {
    let { document } = await api.personal(KEY);
    let kept = (document && typeof document === 'object' ? document : {}) as Partial<Document>;
    this.#rest = { ...kept };
    this.ways = kept.ways ?? {};
    this.quiet = { ...NO_QUIET, ...kept.quiet };
    this.pausedUntil = kept.paused_until ?? null;
    this.loaded = true;
  }

  of(event: string): Ways {
    return { ...USUAL, ...this.ways[event] };
  }

  async setWay(event: string, way: keyof Ways, on: boolean) {
    this.ways = { ...this.ways, [event]: { ...this.of(event), [way]: on } };
    await this.#save();
  }

  async setQuiet(change: Partial<Quiet>) {
    let time_zone = this.quiet.time_zone || Intl.DateTimeFormat().resolvedOptions().timeZone;
    this.quiet = { ...this.quiet, time_zone, ...change };
    await this.#save();
  }

  async setDay(day: Day, span: Span | undefined) {
    let days = { ...this.quiet.days };
    if (span) days[day] = span;
    else delete days[day];
    await this.setQuiet({ days });
  }

  async pause(until: number | null) {
    await api.pauseAlarms(until);
    this.pausedUntil = until;
  }

  /** Fields that this page does not know survive. */
  async #save() {
    let { ways, quiet, pausedUntil } = this;
    await api.savePersonal(KEY, { ...this.#rest, ways, quiet, paused_until: pausedUntil });
  }
}
