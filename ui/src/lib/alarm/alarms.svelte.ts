import { api } from '$lib/api/client';
import { isDesktop } from '$lib/host';
import type { Alarm, AlarmNews, Id } from '$lib/api/types';
import { beep } from './beep';

const USED_MS = 10_000;
/** So many at once are told one by one. */
const FEW = 3;

interface Told {
  /** A new alarm stands, and nothing but this page can show it. */
  onalarm: (alarm: Alarm) => void;
  /** Many came at once, as after sleep: one word for all. */
  onmany: (count: number) => void;
  /** The ticket that the agent looks at. */
  open: () => Id | undefined;
}

/** What the agent is to hear of, and the word to the other devices when something has been done about it. */
export class AlarmState {
  standing = $state.raw<Alarm[]>([]);
  #known = new Set<string>();
  #usedAt = 0;
  #told: Told;

  constructor(told: Told) {
    this.#told = told;
  }

  /** Takes in what came and what ended. */
  take(news: AlarmNews) {
    let fresh: Alarm[] = [];
    for (let alarm of news.alarms ?? []) {
      let others = this.standing.filter(({ id }) => id !== alarm.id);
      if (alarm.ended) {
        this.standing = others;
        continue;
      }
      this.standing = [...others, alarm].sort((a, b) => a.due_at - b.due_at);
      if (this.#known.has(alarm.id)) continue;
      this.#known.add(alarm.id);
      // In the window the system itself tells.
      if (!isDesktop()) fresh.push(alarm);
    }
    if (fresh.some(({ sound }) => sound)) beep();
    if (fresh.length > FEW) this.#told.onmany(fresh.length);
    else fresh.forEach(this.#told.onalarm);
  }

  /** Everything about this ticket was seen. */
  see(ticket: Id | undefined) {
    if (!ticket || !this.standing.some(({ ticket_id }) => ticket_id === ticket)) return;
    this.standing = this.standing.filter(({ ticket_id }) => ticket_id !== ticket);
    void api.endAlarms({ ticket_id: ticket, how: 'seen' }).catch(() => undefined);
  }

  async end(alarm: Alarm | undefined, how: 'seen' | 'taken' | 'snoozed', again_at?: number) {
    await api.endAlarms({ id: alarm?.id, how, again_at });
    this.standing = alarm ? this.standing.filter(({ id }) => id !== alarm.id) : [];
  }

  /** Follows what the agent does here: the device used last makes the sounds. Returns how to stop. */
  watch(): () => void {
    let used = () => {
      this.see(this.#told.open());
      if (Date.now() - this.#usedAt < USED_MS) return;
      this.#usedAt = Date.now();
      void api.useDevice().catch(() => undefined);
    };
    window.addEventListener('pointerdown', used);
    window.addEventListener('keydown', used);
    return () => {
      window.removeEventListener('pointerdown', used);
      window.removeEventListener('keydown', used);
    };
  }
}
