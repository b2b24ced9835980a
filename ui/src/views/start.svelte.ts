import { api } from '$lib/api/client';
import { Problem, problemText } from '$lib/api/problem';
import { language, m } from '$lib/i18n/messages.svelte';
import { ConnectForm } from '$lib/connection/connect-form.svelte';
import { MailboxForm } from '$lib/mailbox/mailbox-form.svelte';
import type { Desk } from '$lib/state/desk.svelte';

const ASK_MS = 250;

/** The first start: which door, what was typed, and how far it is. */
export class Start {
  step = $state<'doors' | 'connect' | 'desk' | 'mailbox' | 'demo'>('doors');
  form = $state({ deskName: '', yourName: '', yourEmail: '', queueName: m.first_queue_name() });
  mailbox = new MailboxForm();
  connect: ConnectForm;
  problems = $state<Record<string, string>>({});
  problem = $state('');
  busy = $state(false);
  progress = $state({ done: 0, total: 0 });

  constructor(private readonly desk: Desk) {
    this.connect = new ConnectForm(desk);
    let agent = desk.session.agent;
    if (agent) Object.assign(this.form, { yourName: agent.name, yourEmail: agent.email });
    void this.#resume();
  }

  /** A demo that is being filled already (the page was loaded anew) goes on showing its progress. */
  async #resume() {
    let progress = await api.setupProgress().catch(() => undefined);
    if (!progress?.running) return;
    this.step = 'demo';
    await this.#follow();
  }

  async demo() {
    this.step = 'demo';
    this.problem = '';
    try {
      await api.startDemo();
      await this.#follow();
    } catch (error) {
      this.problem = problemText(error);
      this.step = 'doors';
    }
  }

  async #follow() {
    for (;;) {
      let progress = await api.setupProgress();
      this.progress = progress;
      if (!progress.running) break;
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    }
    await this.desk.session.load();
    this.#greet();
  }

  connected() {
    this.desk.router.go({ page: 'list', view: 'unassigned' }, true);
    this.desk.toasts.show(m.team_welcome());
  }

  toMailbox() {
    this.problems = {};
    let { yourName, yourEmail } = this.form;
    if (!yourName.trim()) this.problems.your_name = m.name_needed();
    if (!/^\S+@\S+$/.test(yourEmail.trim())) this.problems.your_email = m.email_needed();
    if (Object.keys(this.problems).length) return;
    if (!this.mailbox.address) {
      this.mailbox.address = yourEmail.trim();
      this.mailbox.addressTyped();
    }
    this.step = 'mailbox';
  }

  async finish(withMailbox: boolean) {
    this.busy = true;
    this.problem = '';
    let { deskName, yourName, yourEmail, queueName } = this.form;
    try {
      let session = await api.setup({
        desk_name: deskName.trim() || m.desk_of({ name: yourName.trim() }),
        your_name: yourName.trim(),
        your_email: yourEmail.trim(),
        queue_name: queueName.trim() || m.first_queue_name(),
        language: language.current,
        time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC',
        mailbox: withMailbox ? this.mailbox.input : undefined,
      });
      this.desk.session.adopt(session);
      this.#greet();
    } catch (error) {
      this.#place(error);
    } finally {
      this.busy = false;
    }
  }

  #place(error: unknown) {
    let field = error instanceof Problem ? error.field : undefined;
    if (field && ['your_name', 'your_email', 'desk_name', 'queue_name'].includes(field)) {
      this.problems = { [field]: problemText(error) };
      this.step = 'desk';
    } else this.problem = problemText(error);
  }

  #greet() {
    this.desk.router.go({ page: 'list', view: 'unassigned' }, true);
    this.desk.toasts.show(m.welcome_toast());
  }
}
