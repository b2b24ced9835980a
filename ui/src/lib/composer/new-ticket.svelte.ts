import { api } from '$lib/api/client';
import { problemText } from '$lib/api/problem';
import { newId } from '$lib/id';
import { m } from '$lib/i18n/messages.svelte';
import type { Draft, DraftBody, Id, NewTicket, Upload } from '$lib/api/types';
import type { SettingsState } from '$lib/state/settings.svelte';
import { wellFormed } from './addresses';
import type { UploadView } from './composer.svelte';
import { Drafts } from './drafts';

type Channel = 'inbound' | 'outbound' | 'mail';

/** A ticket that an agent types: a call, or a mail that the desk begins. Its draft waits under the ticket's future id. */
export class NewTicketForm {
  id: Id = newId();
  channel = $state<Channel>('inbound');
  address = $state('');
  name = $state('');
  title = $state('');
  text = $state('');
  queueId = $state<Id | null | undefined>();
  stateId = $state<Id | null | undefined>();
  priorityId = $state<Id | null | undefined>();
  fromId = $state<Id | null | undefined>();
  mine = $state(true);
  uploads = $state<UploadView[]>([]);
  sending = $state(false);
  problem = $state<string | undefined>();
  problems = $state<{ customer?: string; title?: string; text?: string; from?: string }>({});
  #drafts: Drafts;
  #gone = false;

  constructor(settings: SettingsState, shownQueue: Id | undefined, draft?: Draft) {
    let queues = settings.queuesWith('create');
    let ours = shownQueue ?? settings.valid('address')[0]?.document.queue_id;
    let own = queues.find(({ id }) => id === ours) ?? queues[0];
    this.queueId = own?.id;
    this.stateId = settings.states.find(({ document }) => document.type === 'open')?.id;
    this.priorityId =
      settings.priorities.find(({ document }) => document.rank === 3)?.id ?? settings.priorities[0]?.id;
    this.fromId = own?.document.address_id ?? settings.valid('address')[0]?.id;
    if (draft) {
      this.id = draft.ticket_id;
      this.#restore(draft.body);
    }
    this.#drafts = new Drafts(
      this.id,
      'create',
      () => (this.#gone ? undefined : this.body),
      () => undefined,
    );
  }

  get channels() {
    return [
      { value: 'inbound' as const, label: m.phone_inbound() },
      { value: 'outbound' as const, label: m.phone_outbound() },
      { value: 'mail' as const, label: m.email() },
    ];
  }

  get body(): DraftBody {
    let { channel, address, name, title, text, queueId, stateId, priorityId, fromId, mine } = this;
    let form = { channel, address, name, queueId, stateId, priorityId, fromId, mine };
    return $state.snapshot({ subject: title, text, attachments: this.#files(), form });
  }

  #restore(body: DraftBody) {
    this.title = body.subject ?? '';
    this.text = body.text ?? '';
    if (body.form) Object.assign(this, body.form);
    this.uploads = (body.attachments ?? []).map((file) => ({
      ...file,
      key: newId(),
      progress: 'done' as const,
    }));
  }

  #files(): Upload[] {
    return this.uploads
      .filter((upload) => upload.progress === 'done')
      .map(({ upload_id, name, type, size }) => ({ upload_id, name, type, size }));
  }

  touched() {
    this.problem = undefined;
    this.problems = {};
    this.#drafts.soon();
  }
  flush() {
    return this.#drafts.now();
  }

  async attach(files: Iterable<File>) {
    for (let file of files) {
      let key = newId();
      this.uploads.push({ key, name: file.name, type: file.type, size: file.size, progress: 'waiting' });
      let change = (to: Partial<UploadView>) => {
        this.uploads = this.uploads.map((upload) => (upload.key === key ? { ...upload, ...to } : upload));
      };
      try {
        let done = await api.upload(
          file.name,
          file.type || 'application/octet-stream',
          await file.arrayBuffer(),
        );
        change({ upload_id: done.upload_id, progress: 'done' });
      } catch (error) {
        change({ progress: 'failed', problem: problemText(error) });
      }
    }
    this.touched();
  }

  detach(key: string) {
    this.uploads = this.uploads.filter((upload) => upload.key !== key);
    this.touched();
  }

  /** Whether it can be created; says beside the fields what is missing. */
  check(): boolean {
    this.problems = {};
    if (this.channel === 'mail' && !wellFormed(this.address))
      this.problems.customer = m.problem_bad_recipient();
    else if (!this.address.trim() && !this.name.trim()) this.problems.customer = m.customer_needed();
    if (!this.title.trim()) this.problems.title = m.problem_empty_title();
    if (!this.text.trim()) this.problems.text = m.problem_empty_text();
    if (this.channel === 'mail' && !this.fromId) this.problems.from = m.no_sender_address();
    return Object.keys(this.problems).length === 0;
  }

  request(me: Id | undefined, delaySeconds: number | undefined): NewTicket {
    let mail = this.channel === 'mail';
    return {
      id: this.id,
      article_id: newId(),
      title: this.title.trim(),
      queue_id: this.queueId ?? null,
      state_id: this.stateId ?? undefined,
      priority_id: this.priorityId ?? undefined,
      owner_id: this.mine ? me : undefined,
      lock: this.mine,
      customer: { address: this.address.trim(), name: this.name.trim() || undefined },
      channel: mail ? 'email' : 'phone',
      direction: mail ? 'outbound' : (this.channel as 'inbound' | 'outbound'),
      text: this.text,
      attachments: this.#files(),
      send: mail
        ? {
            from_address_id: this.fromId ?? null,
            to: [this.address.trim()],
            cc: [],
            bcc: [],
            delay_seconds: delaySeconds,
          }
        : undefined,
    };
  }

  async drop() {
    this.#gone = true;
    await this.#drafts.drop();
  }
}
