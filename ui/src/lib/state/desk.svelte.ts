import { createContext } from 'svelte';
import { Problem } from '$lib/api/problem';
import { isDesktop, saveFile } from '$lib/host';
import { m } from '$lib/i18n/messages.svelte';
import type { Alarm, Changes, Command, Id, Notice, Outcome } from '$lib/api/types';
import { AlarmState } from '$lib/alarm/alarms.svelte';
import { eventName } from '$lib/alarm/words';
import { ConnectionState } from '$lib/connection/connection.svelte';
import { CountsState } from './counts.svelte';
import { standIn } from './absence';
import { inverse, type Before } from './inverse';
import { Keys } from './keys.svelte';
import { ListState } from './list.svelte';
import { Live } from './live.svelte';
import { PresenceState } from './presence.svelte';
import { Preferences } from './preferences.svelte';
import { Router } from './router.svelte';
import { SessionState } from './session.svelte';
import { SettingsState } from './settings.svelte';
import { TicketState } from './ticket.svelte';
import { Toasts } from './toasts.svelte';

/** An alarm stays in sight for a minute. */
const ALARM_MS = 60_000;
const CHANGES = ['owner_update', 'responsible_update', 'queue_move', 'lock_timeout', 'service_update'];
const TOLD_BY_SYSTEM = ['new_ticket', 'follow_up', 'note', ...CHANGES];

/** What a colleague changed about a ticket, with its title. */
function changeWords(code: string, title: string): string | undefined {
  return CHANGES.includes(code) ? `${eventName(code)}: ${title}` : undefined;
}

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
  presence = new PresenceState();
  connection = new ConnectionState();
  alarms = new AlarmState({
    onalarm: (alarm) => this.#alarm(alarm),
    onmany: (count) => this.#alarms(count),
    open: () => (this.router.route.page === 'list' ? this.ticket.current?.id : undefined),
  });
  /** The held mail that is being compared with what came since. */
  compared = $state<Id | undefined>();
  /** Which menu a key asked to open: 'state', 'owner', 'queue', 'priority', 'close', 'snooze'. */
  menu = $state<string | undefined>();

  /** Saves a file of the desk; says so when it could not be. */
  async save(url: string, name: string) {
    await saveFile(url, name).catch((error: unknown) => {
      let away = this.connection.current && error instanceof Problem && error.code === 'offline';
      if (away) this.toasts.show(m.attachment_away(), { tone: 'warn' });
      else this.toasts.problem(error);
    });
  }

  /** Opens a ticket with a held mail of it beside what came since. */
  compare(number: string, article: Id) {
    this.compared = article;
    this.router.openTicket(number);
  }

  /** Starts what a signed-in agent needs. */
  async enter() {
    await Promise.all([this.settings.load(), this.prefs.load(), this.counts.load()]);
    this.keys.enabled = this.prefs.keys;
    if (this.session.current?.host === 'desktop') await this.connection.load();
    this.live.start();
  }

  /** Follows the change notice; returns how to stop. */
  follow(): () => void {
    let stop = [this.live.listen((changes) => this.#changed(changes)), this.alarms.watch()];
    return () => stop.forEach((end) => end());
  }

  #changed(changes: Changes) {
    if (changes.settings) void this.settings.load().catch(() => undefined);
    if (changes.connection) void this.#connectionChanged();
    if (changes.counts || changes.tickets?.length) void this.counts.load();
    if (changes.sight || changes.tickets?.length) this.list.refresh();
    let open = this.ticket.current?.id;
    let touched = changes.sight || changes.tickets?.some((id) => id === open || id === '*');
    if (open && touched) void this.ticket.reload();
    this.presence.changed(changes.presence ?? []);
    for (let notice of changes.notices ?? []) this.#notice(notice);
    if (changes.alarms) this.alarms.take(changes.alarms);
  }

  /** A device that is signed out loses its tickets, and gets them anew when it is signed in again. */
  async #connectionChanged() {
    let before = this.connection.current?.state;
    await this.connection.load();
    let after = this.connection.current?.state;
    if (before !== after && (before === 'over' || after === 'over')) await this.anew();
  }

  /** Shows everything as it is now. */
  async anew() {
    this.list.refresh();
    void this.counts.load();
    void this.settings.load().catch(() => undefined);
    await Promise.all([this.connection.load(), this.ticket.reload()]);
  }

  /** Asks anew for what stands beside the feed: lists, counts and the open ticket. */
  async lookAgain() {
    this.list.refresh();
    void this.counts.load();
    await this.ticket.reload();
  }

  #alarm({ event, title, ticket_id, number }: Alarm) {
    let action = ticket_id
      ? { label: m.key_open(), run: () => this.router.openTicket(number || ticket_id) }
      : undefined;
    let words = [eventName(event), title].filter(Boolean).join(': ');
    this.toasts.show(words, { action, tone: 'warn', until: Date.now() + ALARM_MS });
  }

  #alarms(count: number) {
    let action = { label: m.key_open(), run: () => this.router.go({ page: 'alarms' }) };
    this.toasts.show(m.alarms_many({ count }), { action, tone: 'warn', until: Date.now() + ALARM_MS });
  }

  /** In the desktop window the system itself tells of new mail. */
  #notice({ code, title, text, ticket_id }: Notice) {
    if (isDesktop() && TOLD_BY_SYSTEM.includes(code)) return;
    let action = ticket_id
      ? { label: m.key_open(), run: () => this.router.openTicket(ticket_id) }
      : undefined;
    let words = NOTICES[code]?.({ title, text }) ?? changeWords(code, text);
    this.toasts.show(words ?? [title, text].filter(Boolean).join(': '), { action });
  }

  /** Runs a command, says what was refused, and offers the way back. */
  async run(
    body: Command,
    done?: string,
    id: Id | undefined = this.ticket.current?.id,
  ): Promise<Outcome | undefined> {
    let before = this.#before(id);
    try {
      let outcome = await this.ticket.command(body, id);
      this.list.refresh();
      void this.counts.load();
      if (done && outcome.outcome === 'applied') {
        this.toasts.show(done, { undo: before && this.#wayBack(inverse(body, before), outcome.ticket?.id) });
      }
      // What was done took the ticket out of sight.
      if (!outcome.ticket && this.ticket.is(id)) await this.ticket.reload();
      return outcome;
    } catch (error) {
      this.#refused(error, body, done, id);
      return undefined;
    }
  }

  #before(id: Id | undefined): Before | undefined {
    if (this.ticket.current?.id === id) return this.ticket.current;
    return this.list.rows.find((row) => row.id === id);
  }

  #wayBack(bodies: Command[], id: Id | undefined): (() => Promise<void>) | undefined {
    if (!bodies.length || !id) return undefined;
    return async () => {
      for (let body of bodies) await this.run(body, undefined, id);
      this.toasts.show(m.undone(), { until: Date.now() + 2_500 });
    };
  }

  /** What was meant for somebody who is away can go to who stands in. */
  #deputy(error: unknown, body: Command, done: string | undefined, id: Id | undefined) {
    if (!(error instanceof Problem) || error.code !== 'agent_absent') return undefined;
    let meant =
      body.type === 'set_owner' ? body.owner_id : body.type === 'set_responsible' ? body.agent_id : null;
    let deputy = standIn(this.settings.all('agent'), meant ?? undefined, Date.now());
    if (!deputy) return undefined;
    let instead: Command =
      body.type === 'set_owner'
        ? { type: 'set_owner', owner_id: deputy }
        : { type: 'set_responsible', agent_id: deputy };
    let label = m.give_to_deputy({ name: this.settings.agent(deputy)?.name ?? m.someone() });
    return { label, run: () => void this.run(instead, done, id) };
  }

  /** A ticket that a colleague holds can still be taken over, in the open. */
  #refused(error: unknown, body: Command, done: string | undefined, id: Id | undefined) {
    let held =
      error instanceof Problem &&
      error.code === 'locked_by_other' &&
      (body.type === 'take' || body.type === 'take_along');
    let action = held
      ? { label: m.take_over(), run: () => void this.run({ type: 'take', over: true }, done, id) }
      : this.#deputy(error, body, done, id);
    this.toasts.problem(error, { action });
  }
}

/** What the desk says of itself; of new mail the sender and the subject say enough. */
const NOTICES: Record<string, (about: { title: string; text: string }) => string> = {
  note: ({ title, text }) => m.notice_note({ name: title, title: text }),
  lock_timeout: ({ title }) => m.notice_lock_timeout({ title }),
  owner_absent: ({ title, text }) => m.notice_owner_absent({ title, name: text }),
  reminder: ({ title }) => m.notice_reminder({ title }),
  silence: ({ title }) => m.notice_silence({ title }),
  snooze_over: ({ title }) => m.notice_snooze_over({ title }),
};

export const [useDesk, provideDesk] = createContext<Desk>();
