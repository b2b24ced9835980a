import { api } from '$lib/api/client';
import { problemText } from '$lib/api/problem';
import type { After, MailboxDoc, MailboxInput, MailboxTest, Rec, Security, TakeIn } from '$lib/api/types';
import { guess, portFor } from './guess';

/** The account that a desk reads and sends with, while it is being typed and tried. */
export class MailboxForm {
  name = $state('');
  address = $state('');
  password = $state('');
  imap = $state({ host: '', port: 993, security: 'tls' as Security, user: '', folder: 'INBOX' });
  sends = $state(true);
  smtp = $state({ host: '', port: 465, security: 'tls' as Security, user: '' });
  smtpPassword = $state('');
  takeIn = $state<{ mode: TakeIn['mode']; days: number }>({ mode: 'from_now', days: 30 });
  after = $state<{ mode: After['mode']; folder: string }>({ mode: 'leave', folder: '' });
  queueId = $state<string | null>(null);
  trusted = $state(false);
  pollSeconds = $state(60);
  valid = $state(true);
  result = $state.raw<MailboxTest | undefined>();
  testing = $state(false);
  problem = $state('');
  /** Servers that were typed by hand are not guessed over. */
  #byHand = false;
  #abort: AbortController | undefined;
  #rest: Partial<MailboxDoc> = {};

  constructor(readonly record?: Rec<MailboxDoc>) {
    let document = record?.document;
    if (!document) return;
    this.#byHand = true;
    this.#rest = document;
    let { imap, smtp, take_in, after } = document;
    this.name = document.name;
    this.address = imap.user;
    this.imap = { ...imap, security: imap.security ?? 'tls', folder: imap.folder ?? 'INBOX' };
    this.sends = !!smtp;
    if (smtp) this.smtp = { ...smtp, security: smtp.security ?? 'tls', user: smtp.user ?? '' };
    if (take_in) this.takeIn = { days: 30, ...take_in };
    if (after) this.after = { folder: '', ...after };
    this.queueId = document.queue_id ?? null;
    this.trusted = document.trusted ?? false;
    this.pollSeconds = document.poll_seconds ?? 60;
    this.valid = document.valid ?? true;
  }

  get isGuessed(): boolean {
    return !this.#byHand;
  }
  get complete(): boolean {
    return (
      this.imap.host.trim() !== '' &&
      this.imap.user.trim() !== '' &&
      (!this.sends || this.smtp.host.trim() !== '')
    );
  }
  /** Both servers let us in, as far as they are used. */
  get works(): boolean {
    return !!this.result?.imap.ok && (!this.sends || this.result.smtp?.ok !== false);
  }

  addressTyped() {
    this.changed();
    if (this.#byHand) return;
    let { imap, smtp } = guess(this.address);
    this.imap = imap;
    this.smtp = smtp;
  }

  serverTyped() {
    this.#byHand = true;
    this.changed();
  }

  securityChosen(kind: 'imap' | 'smtp') {
    let server = this[kind];
    server.port = portFor(kind, server.security, server.port);
    this.serverTyped();
  }

  changed() {
    this.result = undefined;
    this.problem = '';
  }

  async test() {
    this.testing = true;
    this.problem = '';
    this.result = undefined;
    this.#abort = new AbortController();
    try {
      let { document, password, smtp_password } = this.input;
      let { imap, smtp, ca_file } = document;
      this.result = await api.testMailbox(
        {
          imap,
          smtp: smtp ?? undefined,
          password,
          smtp_password,
          ca_file: ca_file ?? undefined,
          id: this.record?.id,
        },
        this.#abort.signal,
      );
    } catch (error) {
      if (!this.#abort.signal.aborted) this.problem = problemText(error);
    } finally {
      this.testing = false;
    }
  }

  cancelTest() {
    this.#abort?.abort();
    this.testing = false;
  }

  get input(): MailboxInput {
    let { mode, days } = this.takeIn;
    let document: MailboxDoc = {
      ...this.#rest,
      name: this.name.trim() || this.address.trim() || this.imap.user,
      valid: this.valid,
      imap: { ...$state.snapshot(this.imap), port: Number(this.imap.port) },
      smtp: this.sends ? { ...$state.snapshot(this.smtp), port: Number(this.smtp.port) } : null,
      trusted: this.trusted,
      queue_id: this.queueId || null,
      take_in: mode === 'days' ? { mode, days: Number(days ?? 30) } : { mode },
      after:
        this.after.mode === 'move' ? { mode: 'move', folder: this.after.folder } : { mode: this.after.mode },
      poll_seconds: Number(this.pollSeconds) || 60,
    };
    return {
      document,
      password: this.password || undefined,
      smtp_password: (this.sends && this.smtpPassword) || undefined,
      address: this.address.includes('@') ? this.address.trim() : undefined,
    };
  }
}
