import Ban from '@lucide/svelte/icons/ban';
import Clock from '@lucide/svelte/icons/clock';
import Link from '@lucide/svelte/icons/link';
import Luggage from '@lucide/svelte/icons/luggage';
import Mail from '@lucide/svelte/icons/mail';
import Merge from '@lucide/svelte/icons/merge';
import ShieldX from '@lucide/svelte/icons/shield-x';
import UserCheck from '@lucide/svelte/icons/user-check';
import { api } from '$lib/api/client';
import { problemText } from '$lib/api/problem';
import { Composer } from '$lib/composer/composer.svelte';
import { newId } from '$lib/id';
import { nearWithTime } from '$lib/i18n/format';
import { m } from '$lib/i18n/messages.svelte';
import type { Article, Command, ComposeKind, Draft, DraftBody, Id, Outcome, Ticket } from '$lib/api/types';
import type { Desk } from '$lib/state/desk.svelte';
import type { MenuItem } from '$lib/ui/Menu.svelte';

const READ_AFTER_MS = 900;

/** What an agent does with the open ticket: writing, sending and taking back, reading, junk. */
export class TicketWork {
  composer = $state.raw<Composer | undefined>();
  #arrived: Id | undefined;
  #keptUnread = new Set<Id>();
  #lastSent: { articleId: Id; mode: ComposeKind; body: DraftBody; ticketId: Id } | undefined;

  constructor(private readonly desk: Desk) {}

  get #ticket(): Ticket | undefined {
    return this.desk.ticket.current;
  }

  /** A ticket came on screen: the box shows its draft, or nothing. */
  arrive() {
    let ticket = this.#ticket;
    if (!ticket || this.#arrived === ticket.id) return;
    this.#arrived = ticket.id;
    void this.composer?.flush();
    this.composer = undefined;
    this.#keptUnread.clear();
    // What came back is looked at now; the list stays as it is until something else moves it.
    if (ticket.snooze?.over) void api.wake(ticket.id).catch(() => undefined);
    let draft = (ticket.drafts ?? [])
      .filter(({ kind }) => kind !== 'create')
      .sort((a, b) => b.updated_at - a.updated_at)[0];
    if (draft) void this.compose(draft.body.reply_all ? 'reply_all' : (draft.kind as ComposeKind));
  }

  /** Why a text of this kind may not be written here. */
  lacks(mode: ComposeKind): string | undefined {
    return this.#ticket && this.desk.settings.lacks(this.#ticket, mode === 'note' ? 'note' : 'rw');
  }

  async compose(mode: ComposeKind, article?: Id, draft?: Draft) {
    let ticket = this.#ticket;
    if (!ticket || this.lacks(mode)) return;
    void this.composer?.flush();
    let composer = new Composer(ticket.id, mode, () => this.desk.ticket.seenUpto, article);
    this.composer = composer;
    await composer.load(draft ?? ticket.drafts?.find(({ kind }) => kind === composer.kind));
  }

  shut() {
    let composer = this.composer;
    this.composer = undefined;
    void composer?.flush().then(() => this.desk.ticket.reload());
  }

  async discard() {
    let composer = this.composer;
    if (!composer) return;
    let { body, mode, ticketId } = composer;
    this.composer = undefined;
    await composer.drop();
    void this.desk.ticket.reload();
    this.desk.toasts.show(m.draft_discarded(), { undo: () => this.#bringBack(ticketId, mode, body) });
  }

  /** Opens the box again with a text that was in it before. */
  async #bringBack(ticketId: Id, mode: ComposeKind, body: DraftBody) {
    if (this.#ticket?.id !== ticketId) {
      await api.saveDraft(ticketId, mode === 'reply_all' ? 'reply' : mode, body);
      this.desk.router.openTicket(ticketId);
      return;
    }
    let kind = mode === 'reply_all' ? ('reply' as const) : mode;
    await this.compose(mode, undefined, { ticket_id: ticketId, kind, updated_at: Date.now(), body });
    this.composer?.touched();
  }

  async send() {
    let composer = this.composer;
    if (!composer || composer.sending || composer.loading) return;
    if (composer.uploads.some((upload) => upload.progress === 'waiting')) {
      composer.problem = m.uploads_still_running();
      return;
    }
    composer.sending = true;
    composer.problem = undefined;
    let articleId = newId();
    let kept = { articleId, mode: composer.mode, body: composer.body, ticketId: composer.ticketId };
    try {
      let outcome = await this.desk.ticket.command(composer.command(articleId, undefined), composer.ticketId);
      await composer.drop();
      this.#lastSent = kept;
      if (this.composer === composer) this.composer = undefined;
      this.#sent(outcome, articleId, composer.isMail);
      void this.desk.ticket.reload();
    } catch (error) {
      composer.problem = problemText(error);
    } finally {
      composer.sending = false;
    }
  }

  #sent(outcome: Outcome, articleId: Id, isMail: boolean) {
    let delivery = outcome.ticket?.articles.find((article) => article.id === articleId)?.delivery;
    this.desk.list.refresh();
    void this.desk.counts.load();
    if (delivery?.state === 'held') return void this.desk.toasts.show(m.reply_held(), { tone: 'warn' });
    if (!isMail) return void this.desk.toasts.show(m.saved());
    let until = delivery?.due_at ?? Date.now();
    if (delivery?.state !== 'waiting' || until <= Date.now())
      return void this.desk.toasts.show(m.mail_leaves());
    this.desk.toasts.show(m.mail_leaves_soon(), {
      until,
      counts: true,
      undo: () => this.takeBack(articleId, outcome.ticket?.id),
    });
  }

  /** Takes a waiting mail back; its text comes into the box again. */
  async takeBack(articleId: Id, ticketId: Id | undefined = this.#ticket?.id) {
    if (!ticketId) return;
    let article = this.#ticket?.articles.find(({ id }) => id === articleId);
    try {
      let outcome = await this.desk.ticket.command({ type: 'cancel_send', article_id: articleId }, ticketId);
      this.desk.list.refresh();
      let remembered = this.#lastSent?.articleId === articleId ? this.#lastSent : undefined;
      let draft = outcome.ticket?.drafts?.find(({ kind }) => kind === 'reply' || kind === 'forward');
      if (remembered) await this.#bringBack(ticketId, remembered.mode, remembered.body);
      else if (draft) await this.compose(draft.kind as ComposeKind, undefined, draft);
      else if (article)
        await this.#bringBack(ticketId, 'reply', {
          text: article.text,
          to: article.to,
          cc: article.cc,
          signature: '',
          quote: '',
        });
      this.desk.toasts.show(m.taken_back(), { until: Date.now() + 3_000 });
    } catch (error) {
      this.desk.toasts.problem(error);
    }
  }

  /** A held mail stays unsent; its text is kept for colleagues. */
  async keepAsNote(mail: Article) {
    await this.#putAway(mail, m.kept_as_note(), {
      type: 'note',
      article_id: newId(),
      text: mail.text,
      attachments: mail.attachments.map(({ id, name, type }) => ({ attachment_id: id, name, type })),
    });
  }

  /** A held mail is not sent; its text stays on the ticket and can be had back. */
  async discardHeld(mail: Article) {
    await this.#putAway(mail, m.reply_discarded());
  }

  /** Gives a mail up: its text stays on the ticket, and a text that was begun meanwhile stays as it is. */
  async #putAway(mail: Article, done: string, first?: Command) {
    let ticket = this.#ticket;
    if (!ticket) return;
    try {
      if (first) await this.desk.ticket.command(first, ticket.id);
      await this.desk.ticket.command({ type: 'discard_send', article_id: mail.id }, ticket.id);
      this.desk.list.refresh();
      void this.desk.counts.load();
      await this.desk.ticket.reload();
      this.desk.toasts.show(done, first ? {} : { undo: () => this.haveBack(mail) });
    } catch (error) {
      this.desk.toasts.problem(error);
    }
  }

  /** Brings the text of a mail that was taken back into the box again. */
  async haveBack(mail: Article) {
    let ticket = this.#ticket;
    if (!ticket) return;
    let { text, to, cc, subject, attachments } = mail;
    await this.#bringBack(ticket.id, 'reply', {
      text,
      to,
      cc,
      subject,
      signature: '',
      quote: '',
      attachments: attachments.map(({ id, name, type, size }) => ({ attachment_id: id, name, type, size })),
    });
  }

  /** Marks what is new as read once it was on screen for a moment; returns how to stop. */
  readSoon(ticket: Ticket): () => void {
    let timer = setTimeout(() => {
      let ids = ticket.articles
        .filter(({ id, unread }) => unread && !this.#keptUnread.has(id))
        .map(({ id }) => id);
      if (ids.length) void this.#mark(ticket.id, ids, false);
    }, READ_AFTER_MS);
    return () => clearTimeout(timer);
  }

  async #mark(ticketId: Id, ids: Id[], unread: boolean) {
    try {
      await api.markRead(ticketId, ids, unread);
      this.desk.list.refresh();
      void this.desk.counts.load();
      if (unread) await this.desk.ticket.reload();
    } catch {
      // Read marks are a convenience: the next opening tries again.
    }
  }

  async markUnread(article?: Article) {
    let ticket = this.#ticket;
    let chosen =
      article ?? ticket?.articles.findLast(({ sender }) => sender === 'customer') ?? ticket?.articles.at(-1);
    if (!ticket || !chosen) return;
    this.#keptUnread.add(chosen.id);
    await this.#mark(ticket.id, [chosen.id], true);
    this.desk.toasts.show(m.marked_unread(), { until: Date.now() + 2_500 });
  }

  /** Puts the ticket out of the agent's own lists, until a moment or until the customer writes. */
  async snooze(until: number | null) {
    let ticket = this.#ticket;
    if (!ticket) return;
    let before = ticket.snooze;
    try {
      await api.snooze(ticket.id, until);
      let again = before && !before.over && (before.until ?? Infinity) > Date.now() ? before : undefined;
      let back = () => (again ? api.snooze(ticket.id, again.until ?? null) : api.wake(ticket.id));
      let time = until ? nearWithTime(until, Date.now()) : '';
      this.desk.toasts.show(until ? m.done_snoozed({ time }) : m.done_snoozed_reply(), {
        undo: async () => {
          await back();
          await this.desk.lookAgain();
        },
      });
      await this.desk.lookAgain();
    } catch (error) {
      this.desk.toasts.problem(error);
    }
  }

  /** Puts a snoozed ticket back into the agent's own lists. */
  async wake() {
    let id = this.#ticket?.id;
    if (!id) return;
    try {
      await api.wake(id);
      await this.desk.lookAgain();
    } catch (error) {
      this.desk.toasts.problem(error);
    }
  }

  junk(block_sender: boolean) {
    if (this.#ticket?.junk) void this.desk.run({ type: 'not_junk' }, m.done_not_junk());
    else
      void this.desk.run(
        { type: 'junk', block_sender },
        block_sender ? m.done_junk_blocked() : m.done_junk(),
      );
  }

  moreMenu(
    ticket: Ticket,
    ways: { link: () => void; merge: () => void; snooze: () => void; takeAlong: () => void },
  ): MenuItem[] {
    let withMe = ticket.away?.agent_id === this.desk.session.agent?.id;
    let isJunk = ticket.junk;
    let address = ticket.customer.address;
    let disabled = !!this.desk.settings.lacks(ticket, 'rw');
    let items: MenuItem[] = [
      { label: m.snooze(), icon: Clock, hint: 'z', run: ways.snooze },
      { label: m.mark_unread(), icon: Mail, hint: 'u', run: () => void this.markUnread() },
      {
        label: withMe ? m.bring_back() : m.take_along(),
        icon: Luggage,
        disabled,
        run: ways.takeAlong,
      },
      {
        label: m.set_responsible(),
        icon: UserCheck,
        disabled,
        run: () => (this.desk.menu = 'responsible'),
      },
      { label: m.link_ticket(), icon: Link, apart: true, disabled, run: ways.link },
      { label: m.merge(), icon: Merge, disabled, run: ways.merge },
      {
        label: isJunk ? m.not_junk() : m.junk(),
        icon: ShieldX,
        hint: '#',
        apart: true,
        disabled,
        run: () => this.junk(false),
      },
    ];
    if (!isJunk && address)
      items.push({ label: m.junk_and_block({ address }), icon: Ban, disabled, run: () => this.junk(true) });
    return items;
  }
}
