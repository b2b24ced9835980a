/** The shapes of the connection: what the description names, with the words that a text in it can be. */
import type { components } from '$lib/api/schema';
import type { Id, Millis } from '$lib/api/types';

type Schemas = components['schemas'];

export interface ConnectionView extends Omit<Schemas['ConnectionView'], 'state'> {
  state: 'up_to_date' | 'first_sync' | 'sending' | 'offline' | 'trouble' | 'signed_out' | 'locked' | 'over';
}
export type LuggageView = Schemas['LuggageView'];
export type ConnectInput = Schemas['ConnectInput'];

/** What was given to one ticket and is not done, in its order. */
export interface BundleView extends Omit<Schemas['BundleView'], 'entries'> {
  entries: EntryView[];
}
export interface EntryView extends Omit<Schemas['EntryView'], 'state' | 'command' | 'answer'> {
  state: 'waiting' | 'sent' | 'applied' | 'refused' | 'proposed' | 'discarded';
  command: CommandDoc;
  answer?: Answer | null;
}

/** What became of a command on the server. */
export interface Answer extends Omit<Schemas['Answer'], 'theirs'> {
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
  service?: Id | null;
  ticket_type?: Id | null;
  service_level?: Id | null;
}

export type Decision = 'discard' | 'mine' | 'note' | 'edit' | 'back';

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
