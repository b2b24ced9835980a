import { api } from '$lib/api/client';
import { Problem, problemText } from '$lib/api/problem';
import { newId } from '$lib/id';
import type {
  Command,
  Compose,
  ComposeKind,
  Draft,
  DraftBody,
  DraftKind,
  Id,
  SeenUpto,
  Upload,
} from '$lib/api/types';
import { Drafts } from './drafts';

export interface UploadView extends Upload {
  key: string;
  progress: 'waiting' | 'done' | 'failed';
  problem?: string;
}
export const MOST_BYTES = 64 * 1024 * 1024;

/** One text being written: reply, note, phone call or forward on one ticket. */
export class Composer {
  to = $state<string[]>([]);
  cc = $state<string[]>([]);
  bcc = $state<string[]>([]);
  subject = $state('');
  text = $state('');
  signature = $state('');
  quote = $state('');
  fromId = $state<Id | undefined>();
  fromChoices = $state.raw<{ id: Id; label: string }[]>([]);
  templates = $state.raw<Compose['templates']>([]);
  templateId = $state<Id | undefined>();
  stateId = $state<Id | undefined>();
  pendingUntil = $state<number | undefined>();
  direction = $state<'inbound' | 'outbound'>('inbound');
  uploads = $state<UploadView[]>([]);
  loading = $state(true);
  sending = $state(false);
  problem = $state<string | undefined>();
  inReplyTo: Id | undefined;
  /** What stood in the box before anyone typed: a draft that equals it is none. */
  #given = '';
  /** What was on the screen when the text was last edited: what arrives later was not answered by it. */
  #seen: SeenUpto;
  #drafts: Drafts;
  #gone = false;

  constructor(
    readonly ticketId: Id,
    readonly mode: ComposeKind,
    private readonly onScreen: () => SeenUpto,
    private readonly article?: Id,
  ) {
    this.#seen = onScreen();
    this.#drafts = new Drafts(
      ticketId,
      this.kind,
      () => (this.#gone ? undefined : this.body),
      () => this.#seen,
    );
  }

  get kind(): DraftKind {
    return this.mode === 'reply_all' ? 'reply' : this.mode;
  }
  get isMail(): boolean {
    return this.kind === 'reply' || this.kind === 'forward';
  }
  get draftSaved(): boolean {
    return this.#drafts.saved;
  }
  get isUntouched(): boolean {
    return this.text === this.#given && this.uploads.every((upload) => upload.attachment_id);
  }

  /** Fills the box: from what was typed before, else from the queue's salutation, template and signature. */
  async load(draft: Draft | undefined) {
    this.loading = true;
    if (draft?.seen_upto) this.#seen = draft.seen_upto;
    let kept = this.#drafts.kept(draft?.updated_at) ?? draft?.body;
    // Whoever types at once types after what comes.
    let typed = '';
    try {
      let given = await api.compose(this.ticketId, this.mode, this.article ?? draft?.body.in_reply_to);
      typed = this.text;
      this.#fill(given);
    } catch (error) {
      this.problem = problemText(error);
      typed = this.text;
      if (!kept) this.text = '';
    } finally {
      if (kept) this.restore(kept);
      if (typed) this.text += typed;
      this.loading = false;
      if (typed) this.touched();
    }
  }

  #fill(given: Compose) {
    this.to = given.to ?? [];
    this.cc = given.cc ?? [];
    this.bcc = given.bcc ?? [];
    this.subject = given.subject ?? '';
    this.text = this.#given = given.text ?? '';
    this.signature = given.signature ?? '';
    this.quote = given.quote ?? '';
    this.fromChoices = given.from_choices ?? [];
    this.fromId = given.from_address_id ?? this.fromChoices[0]?.id;
    this.templates = given.templates ?? [];
    this.stateId = given.next_state_id ?? undefined;
    this.inReplyTo = given.in_reply_to ?? this.article ?? undefined;
    this.uploads = (given.attachments ?? []).map((file) => ({
      attachment_id: file.id,
      name: file.name,
      type: file.type,
      size: file.size,
      key: newId(),
      progress: 'done' as const,
    }));
  }

  restore(body: DraftBody) {
    this.to = body.to ?? this.to;
    this.cc = body.cc ?? this.cc;
    this.bcc = body.bcc ?? this.bcc;
    this.subject = body.subject ?? this.subject;
    this.text = body.text ?? this.text;
    this.signature = body.signature ?? this.signature;
    this.quote = body.quote ?? this.quote;
    this.fromId = body.from_address_id ?? this.fromId;
    this.templateId = body.template_id ?? undefined;
    this.stateId = body.state_id ?? this.stateId;
    this.pendingUntil = body.pending_until ?? undefined;
    this.inReplyTo = body.in_reply_to ?? this.inReplyTo;
    this.direction = body.direction ?? this.direction;
    if (body.attachments) {
      this.uploads = body.attachments.map((file) => ({ ...file, key: newId(), progress: 'done' as const }));
    }
  }

  get body(): DraftBody {
    return $state.snapshot({
      to: this.to,
      cc: this.cc,
      bcc: this.bcc,
      subject: this.subject,
      text: this.text,
      quote: this.quote,
      signature: this.signature,
      attachments: this.#files(),
      template_id: this.templateId ?? null,
      from_address_id: this.fromId ?? null,
      state_id: this.stateId ?? null,
      pending_until: this.pendingUntil ?? null,
      in_reply_to: this.inReplyTo ?? null,
      reply_all: this.mode === 'reply_all',
      direction: this.direction,
    });
  }

  #files(): Upload[] {
    return this.uploads
      .filter((upload) => upload.progress === 'done')
      .map(({ upload_id, attachment_id, name, type, size }) =>
        attachment_id ? { attachment_id, name, type, size } : { upload_id, name, type, size },
      );
  }

  /** Something was typed. */
  touched() {
    if (this.loading) return;
    this.problem = undefined;
    this.#seen = this.onScreen();
    this.#drafts.soon();
  }
  flush() {
    return this.#drafts.now();
  }
  keepOnLeave() {
    this.#drafts.onLeave();
  }

  async attach(files: Iterable<File>) {
    let started = [...files].map((file) => this.#upload(file));
    await Promise.all(started);
    this.touched();
  }

  async #upload(file: File) {
    let name = file.name || 'image.png';
    let key = newId();
    this.uploads.push({ key, name, type: file.type, size: file.size, progress: 'waiting' });
    let change = (to: Partial<UploadView>) => {
      this.uploads = this.uploads.map((upload) => (upload.key === key ? { ...upload, ...to } : upload));
    };
    try {
      if (file.size > MOST_BYTES) throw new Problem('too_large', '');
      let done = await api.upload(name, file.type || 'application/octet-stream', await file.arrayBuffer());
      change({
        upload_id: done.upload_id,
        name: done.name ?? name,
        type: done.type ?? file.type,
        progress: 'done',
      });
    } catch (error) {
      change({ progress: 'failed', problem: problemText(error) });
    }
  }

  detach(key: string) {
    this.uploads = this.uploads.filter((upload) => upload.key !== key);
    this.touched();
  }

  /** Puts a template in: instead of the text while nobody typed, else where the cursor stands. */
  async useTemplate(id: Id, insert: (text: string) => void) {
    let given = await api.compose(this.ticketId, this.mode, this.inReplyTo, id);
    this.templateId = id;
    if (this.isUntouched) this.text = this.#given = given.text;
    else insert(given.text);
    if (given.signature) this.signature = given.signature;
    this.touched();
  }

  get wholeText(): string {
    return [
      this.text.trimEnd(),
      this.signature.trim() ? this.signature : '',
      this.quote.trim() ? this.quote : '',
    ]
      .filter((part) => part !== '')
      .join('\n\n');
  }

  command(articleId: Id, delaySeconds: number | undefined): Command {
    let attachments = this.#files();
    let state = { state_id: this.stateId ?? null, pending_until: this.pendingUntil ?? null };
    let subject = this.subject;
    switch (this.kind) {
      case 'note':
        return {
          type: 'note',
          article_id: articleId,
          subject,
          text: this.text,
          attachments,
          visible: false,
          ...state,
        };
      case 'phone_call':
        return {
          type: 'phone_call',
          article_id: articleId,
          direction: this.direction,
          subject,
          text: this.text,
          attachments,
          ...state,
        };
      default:
        return {
          type: this.kind === 'forward' ? 'forward' : 'reply',
          article_id: articleId,
          in_reply_to: this.inReplyTo ?? null,
          from_address_id: this.fromId ?? null,
          to: [...this.to],
          cc: [...this.cc],
          bcc: [...this.bcc],
          subject,
          text: this.wholeText,
          attachments,
          delay_seconds: delaySeconds,
          seen_upto: this.#seen,
          ...state,
        };
    }
  }

  /** The text has gone, or is not wanted: its draft goes too. */
  async drop() {
    this.#gone = true;
    await this.#drafts.drop();
  }
}
