import { createContext } from 'svelte';
import { problemText } from '$lib/api/problem';
import { m } from '$lib/i18n/messages.svelte';
import type { Changes, Command, Id, Outcome } from '$lib/api/types';
import { CountsState } from './counts.svelte';
import { Keys } from './keys.svelte';
import { ListState } from './list.svelte';
import { Live } from './live.svelte';
import { Preferences } from './preferences.svelte';
import { Router } from './router.svelte';
import { SessionState } from './session.svelte';
import { SettingsState } from './settings.svelte';
import { TicketState } from './ticket.svelte';
import { Toasts } from './toasts.svelte';

/** Everything the screens share; made once in App and reached by context. */
export class Desk {
  session = new SessionState();
  settings = new SettingsState();
  counts = new CountsState();
  live = new Live();
  prefs = new Preferences();
  router = new Router();
  keys = new Keys();
  toasts = new Toasts();
  list = new ListState();
  ticket = new TicketState();
  /** Which menu a key asked to open: 'state', 'owner', 'queue', 'priority', 'close', 'snooze'. */
  menu = $state<string | undefined>();

  /** Starts what a signed-in agent needs. */
  async enter() {
    await Promise.all([this.settings.load(), this.prefs.load(), this.counts.load()]);
    this.keys.enabled = this.prefs.keys;
    this.live.start();
  }

  /** Follows the change notice; returns how to stop. */
  follow(): () => void {
    return this.live.listen((changes) => this.#changed(changes));
  }

  #changed(changes: Changes) {
    if (changes.settings) void this.settings.load().catch(() => undefined);
    if (changes.counts || changes.tickets?.length) void this.counts.load();
    if (changes.tickets?.length) this.list.refresh();
    let open = this.ticket.current?.id;
    if (open && changes.tickets?.some((id) => id === open || id === '*')) void this.ticket.reload();
    for (let notice of changes.notices ?? []) if (notice.text) this.toasts.show(notice.text);
  }

  /** Runs a command, says what was refused, and offers the way back. */
  async run(body: Command, done?: string, id?: Id): Promise<Outcome | undefined> {
    try {
      let outcome = await this.ticket.command(body, id);
      this.list.refresh();
      void this.counts.load();
      if (done && outcome.outcome !== 'unchanged') this.toasts.show(done, { undo: this.#wayBack(outcome) });
      return outcome;
    } catch (error) {
      this.toasts.show(problemText(error), { tone: 'warn' });
      return undefined;
    }
  }

  #wayBack(outcome: Outcome): (() => Promise<void>) | undefined {
    let undo = outcome.undo;
    if (!undo) return undefined;
    let body = 'body' in undo ? undo.body : undo;
    return async () => {
      await this.run(body as Command, undefined, outcome.ticket.id);
      this.toasts.show(m.undone(), { until: Date.now() + 2_500 });
    };
  }
}

export const [useDesk, provideDesk] = createContext<Desk>();
