import { api } from '$lib/api/client';
import { m } from '$lib/i18n/messages.svelte';
import { nameOf } from '$lib/i18n/rights';
import type { Documents, Id, Kind, Rec, Records, Right } from '$lib/api/types';

/** The settings as one snapshot; they fit in memory. */
export class SettingsState {
  records = $state.raw<Records>({});
  rights = $state.raw<Record<Id, Right[]>>({});
  loaded = $state(false);

  async load() {
    let settings = await api.settings();
    this.records = settings.records ?? {};
    this.rights = settings.rights ?? {};
    this.loaded = true;
  }

  all<K extends Kind>(kind: K): Rec<Documents[K]>[] {
    return (this.records[kind] ?? []) as Rec<Documents[K]>[];
  }

  valid<K extends Exclude<Kind, 'desk' | 'mail_rules' | 'blocked_sender'>>(kind: K): Rec<Documents[K]>[] {
    return this.all(kind).filter((record) => (record.document as { valid?: boolean }).valid !== false);
  }

  find<K extends Kind>(kind: K, id: Id | null | undefined): Rec<Documents[K]> | undefined {
    return id ? this.all(kind).find((record) => record.id === id) : undefined;
  }

  /** May the agent who is here do this in that queue? */
  may(right: Right, queue: Id): boolean {
    return this.rights[queue]?.includes(right) ?? false;
  }

  /** Why the agent who is here may not do this to a ticket; nothing where they may. */
  lacks(ticket: { rights: Right[]; queue_id: Id }, right: Right): string | undefined {
    if (ticket.rights.includes(right)) return undefined;
    let queue = this.find('queue', ticket.queue_id)?.document.name.replaceAll('::', ' › ') ?? '';
    return m.right_lacking({ right: nameOf(right), queue });
  }

  /** The queues where the agent who is here may do this. */
  queuesWith(right: Right) {
    return this.queues.filter(({ id }) => this.may(right, id));
  }

  agent(id: Id | null | undefined) {
    return this.find('agent', id)?.document;
  }

  get desk() {
    return this.all('desk')[0];
  }

  get mailRules() {
    return this.all('mail_rules')[0];
  }

  #queues = $derived(this.valid('queue').toSorted((a, b) => a.document.name.localeCompare(b.document.name)));
  #states = $derived(this.valid('state'));
  #priorities = $derived(this.valid('priority').toSorted((a, b) => a.document.rank - b.document.rank));

  get queues() {
    return this.#queues;
  }
  /** The states an agent may choose; merged and removed come about otherwise. */
  get states() {
    return this.#states.filter(({ document }) => document.type !== 'merged' && document.type !== 'removed');
  }
  get priorities() {
    return this.#priorities;
  }
}
