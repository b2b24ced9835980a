import { api } from '$lib/api/client';
import type { Documents, Id, Kind, Rec, Records } from '$lib/api/types';

/** The settings as one snapshot; they fit in memory. */
export class SettingsState {
  records = $state.raw<Records>({});
  loaded = $state(false);

  async load() {
    let settings = await api.settings();
    this.records = settings.records ?? {};
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
