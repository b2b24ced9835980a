import { api } from '$lib/api/client';
import type { MailboxStatus } from '$lib/api/types';

/** How the mailboxes are doing. */
export class Mailboxes {
  list = $state.raw<MailboxStatus[]>([]);
  loaded = $state(false);

  async load() {
    this.list = await api.mailboxes().catch(() => this.list);
    this.loaded = true;
  }

  async fetch(id: string) {
    await api.fetchMailbox(id).catch(() => undefined);
    await this.load();
  }
}
