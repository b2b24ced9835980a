/** The shapes of the connection, named after those of the server's description; that takes their place once it lists them. */
import type { Id, Millis } from '$lib/api/types';

export interface ConnectionView {
  server: string;
  agent_id: Id;
  device_id: Id;
  state: 'up_to_date' | 'first_sync' | 'sending' | 'offline' | 'trouble' | 'signed_out' | 'locked' | 'over';
  /** Since when it is online or offline. */
  since: Millis;
  contact_at: Millis;
  /** Commands that wait for the server. */
  waiting: number;
  /** Commands that the server has and that the next pull will show. */
  sent: number;
  needs_you: number;
  first_sync?: FirstSyncView | null;
  trouble?: string | null;
  code?: string | null;
}

export interface FirstSyncView {
  done: number;
  total: number;
}

export interface ConnectInput {
  server: string;
  login: string;
  password: string;
  name?: string;
}

/** What was given to one ticket and is not done, in its order. */
export interface BundleView {
  ticket_id: Id;
  number: string;
  title: string;
  entries: EntryView[];
}

export type EntryStateName = 'waiting' | 'sent' | 'applied' | 'refused' | 'proposed' | 'discarded';

export interface EntryView {
  id: Id;
  state: EntryStateName;
  at: Millis;
  command: CommandDoc;
  text?: string | null;
  answer?: Answer | null;
}

/** What became of a command on the server. */
export interface Answer {
  outcome: string;
  code?: string | null;
  message?: string | null;
  ticket_id?: Id | null;
  by?: string | null;
  at?: Millis | null;
  /** What stands there now, as the command would set it. */
  theirs?: Stands | null;
}

/** A value of a ticket, as a command names it. */
export interface Stands {
  title?: string;
  priority?: Id;
  queue?: Id;
  state?: Id;
  pending_until?: Millis | null;
  agent?: Id | null;
  locked?: boolean;
  customer?: { name?: string; address?: string };
}

export type DecideEntry = { how: 'discard' | 'mine' | 'note' | 'edit' | 'back' };

/** A command as the desk keeps it: a file format, so whatever it says beside this is left alone. */
export interface CommandDoc extends Stands {
  type: string;
  number?: string;
  over?: boolean;
  article?: { text?: string; subject?: string } | Id;
  mail?: { to?: { name?: string | null; address: string }[] };
  next?: { state_id?: Id | null; pending_until?: Millis | null };
  first?: CommandDoc | null;
}
