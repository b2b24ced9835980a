//! Carries a command out: decide → events → apply → one transaction.

use std::{collections::BTreeSet, sync::Arc};

use docket_domain::{
    Actor, Address, AgentId, Article, ArticleId, Body, Channel, Delivery, DeviceId, Direction, Envelope, Event, NewArticle, Next, Outgoing,
    QueueId, Refusal, Sender, Settings, Ticket, TicketId, apply,
    article::Attachment,
    clock::{self, History},
    command::{Received, SeenUpto},
    deadline, decide, number,
    settings::StateType,
};
use docket_mail::subject::{self, Purpose};
use docket_store::{
    Tx, article, command, customer, event,
    job::{self, Change, Job},
    outcome,
    ticket::{self, Class, Index},
};
use serde::{Deserialize, Serialize};

use crate::{
    app::{App, Notice},
    clock::new_id,
    error::{Error, Result},
    intake::subject_rules,
};

/// One writing transaction of a use case, with the settings it sees and what people will hear of once it is done.
pub(crate) struct Work {
    pub tx: Tx,
    pub settings: Arc<Settings>,
    pub now: i64,
    pub notices: Vec<Notice>,
    /// Agents whose alarms came or ended.
    pub rung: BTreeSet<AgentId>,
    /// Was what is carried out given without the network?
    pub offline: bool,
    /// Is it a replica's guess? Then it leaves no trace but its articles and events, which have the feed number 0.
    pub guessing: bool,
    mail_queued: bool,
}

/// What a command did.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub ticket: Ticket,
    pub events: usize,
    pub repeated: bool,
}

/// Who sends a mail, to whom, and what follows.
#[derive(Clone, Copy, Debug, Default)]
struct Way {
    next: Next,
    author: Option<AgentId>,
    forward: bool,
    /// When it was written, where that was not now.
    written: Option<i64>,
    /// It was written for a ticket that was merged into this one.
    merged: bool,
}

/// What a mail job must know beside its article.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct MailJob {
    pub from: docket_domain::AddressId,
    #[serde(default)]
    pub in_reply_to: Option<String>,
    #[serde(default)]
    pub references: Vec<String>,
    #[serde(default)]
    pub author: Option<AgentId>,
    #[serde(default)]
    pub next: Next,
    #[serde(default)]
    pub seen_upto: Option<SeenUpto>,
    /// When it was written (ms UTC).
    #[serde(default)]
    pub written_at: i64,
    /// When the desk took it over to send, where that was later (ms UTC).
    #[serde(default)]
    pub taken_at: i64,
    /// It goes to somebody else than the customer.
    #[serde(default)]
    pub forward: bool,
    /// An agent has seen what happened since, and wants it sent.
    #[serde(default)]
    pub anyway: bool,
    /// It was written for a ticket that was merged into this one.
    #[serde(default)]
    pub merged: bool,
}

impl App {
    /// Begins a writing transaction.
    pub(crate) async fn work(&self) -> Result<Work> {
        let mut tx = self.0.db.begin().await?;
        let settings = self.settings_in(&mut tx).await?;
        Ok(Work {
            tx,
            settings,
            now: self.now(),
            notices: Vec::new(),
            rung: BTreeSet::new(),
            offline: false,
            guessing: false,
            mail_queued: false,
        })
    }

    /// Makes it last and tells whoever waits.
    pub(crate) async fn finish(&self, mut work: Work) -> Result<()> {
        let head = work.tx.head;
        if !work.notices.is_empty() && self.connected().is_none() {
            work.raise_notices().await?;
            work.mail_notices().await?;
        }
        for agent in work.rung.clone() {
            self.tell_rung_in(&mut work.tx, agent).await?;
        }
        for notice in &mut work.notices {
            notice.seq = Some(head);
        }
        for notice in &work.notices {
            work.tx.tell(&self.word_of(notice)).await?;
        }
        work.tx.commit().await?;
        // Before the feed moves on: whoever wakes then finds them.
        for notice in work.notices {
            self.notify_here(Notice { seq: Some(head), ..notice });
        }
        for agent in work.rung {
            self.ring(agent);
        }
        self.moved_to(head);
        if work.mail_queued {
            self.0.wake_send.notify_one();
        }
        Ok(())
    }
}

impl Work {
    /// Carries out one command; the same id is carried out once.
    pub async fn carry_out(&mut self, envelope: &Envelope) -> Result<Done> {
        let id = envelope.ticket_id().ok_or(Error::NotFound("ticket"))?;
        if command::find(&mut self.tx, envelope.id).await?.is_some() {
            let ticket = self.ticket(id).await?;
            let (ticket, _) = self.meant(ticket, &envelope.body).await?;
            return Ok(Done { ticket, events: 0, repeated: true });
        }
        let done = self.carry_out_own(envelope).await?;
        if done.events > 0 {
            let seq = self.tx.head;
            command::insert(&mut self.tx, envelope.id, seq, self.now, "applied").await?;
        }
        Ok(done)
    }

    /// Carries out a command that the desk itself has just made: nobody can say it again. What is meant for a merged ticket goes to
    /// where it is now, and the answer says which one that is.
    pub async fn carry_out_own(&mut self, envelope: &Envelope) -> Result<Done> {
        // A replica guesses no more than that the ticket goes elsewhere: what moves with it comes with the next pull.
        if let Body::Merge { into, .. } = envelope.body
            && !self.guessing
        {
            return Box::pin(self.merge(envelope, into)).await;
        }
        let id = envelope.ticket_id().ok_or(Error::NotFound("ticket"))?;
        match ticket::find(&mut self.tx, id).await? {
            Some(ticket) => {
                let (ticket, body) = self.meant(ticket, &envelope.body).await?;
                self.record(ticket, false, body.as_ref().unwrap_or(&envelope.body), envelope).await
            }
            None if matches!(envelope.body, Body::Create { .. }) => {
                let body = self.with_number(&envelope.body).await?;
                self.record(Ticket::blank(id), true, &body, envelope).await
            }
            None => Err(Error::NotFound("ticket")),
        }
    }

    /// What a command does to one ticket: its row, its history, and what stands beside them.
    pub(crate) async fn record(&mut self, mut ticket: Ticket, is_new: bool, body: &Body, envelope: &Envelope) -> Result<Done> {
        let id = ticket.id;
        if ticket.exists() && ticket.clocks.is_blank() {
            ticket.clocks = History::of(&event::of_ticket(&mut self.tx, id).await?);
        }
        let context = docket_domain::Context { settings: &self.settings, actor: &envelope.actor, now: self.now, offline: self.offline };
        let bodies = decide(&ticket, body, &context)?;
        if bodies.is_empty() {
            return Ok(Done { ticket, events: 0, repeated: false });
        }
        let seq = self.tx.next_seq();
        let scope = Scope::of(&ticket);
        let before = ticket.clone();
        let count = bodies.len();
        let mut events = Vec::with_capacity(count);
        for body in bodies {
            let event = Event {
                ordinal: ticket.events + 1,
                at: self.now,
                device_at: envelope.device_time,
                actor: envelope.actor.clone(),
                device: envelope.device.map(DeviceId),
                body,
            };
            apply(&mut ticket, &event);
            events.push(event);
        }
        self.withdraw(&mut ticket, &mut events);
        self.note_outcomes(&before, &ticket).await?;
        let count = events.len();
        let mark = if self.guessing { 0 } else { seq };
        event::insert(&mut self.tx, id, &events, mark).await?;
        let index = Index { article: body.article().map(shown), ..index(&self.settings, &ticket) };
        let moved = is_new || scope != Scope::of(&ticket) || matches!(body, Body::Absorb { .. });
        ticket::save(&mut self.tx, &ticket, &index, seq, moved).await?;
        self.effects(&ticket, body, envelope, mark).await?;
        self.tell_of_timers(&ticket, &events);
        if !is_new {
            let author = match body {
                Body::MailLeft { author, .. } | Body::ConfirmArrival { author, .. } => *author,
                _ => None,
            };
            self.tell_of_change(&ticket, (before.owner, before.responsible, before.queue), envelope.actor.agent().or(author));
        }
        Ok(Done { ticket, events: count, repeated: false })
    }

    /// For reports; a replica's are its server's.
    async fn note_outcomes(&mut self, before: &Ticket, after: &Ticket) -> Result<()> {
        if self.guessing {
            return Ok(());
        }
        for made in deadline::outcomes(before, after, &self.settings) {
            outcome::put(&mut self.tx, after.id, after.queue, &made).await?;
        }
        Ok(())
    }

    /// What has just arrived may say that a level was never reached.
    fn withdraw(&self, ticket: &mut Ticket, events: &mut Vec<Event>) {
        if ticket.clocks.fired.is_empty() {
            return;
        }
        let words: Vec<i64> = events.iter().filter_map(clock::word_of_desk).collect();
        for body in deadline::withdrawn(ticket, &self.settings, &words, self.now) {
            let event = Event { ordinal: ticket.events + 1, at: self.now, device_at: None, actor: Actor::System, device: None, body };
            apply(ticket, &event);
            events.push(event);
        }
    }

    /// A number that no ticket has.
    pub(crate) async fn next_number(&mut self) -> Result<String> {
        let desk = &self.settings.desk;
        let day = number::day(self.now, &desk.time_zone);
        let count = self.tx.count(&number::counter(desk.number_generator, &day)).await?;
        Ok(number::format(desk.number_generator, &desk.system_id, &day, count))
    }

    /// A ticket gets its number in the transaction that opens it, so it is given once.
    async fn with_number(&mut self, body: &Body) -> Result<Body> {
        let mut body = body.clone();
        if let Body::Create { number, first, .. } = &mut body
            && number.is_empty()
        {
            *number = self.next_number().await?;
            if let Some(Body::Reply { article, .. }) = first.as_deref_mut() {
                article.subject = subject::build(&subject_rules(&self.settings), number, &article.subject, Purpose::New);
            }
        }
        Ok(body)
    }

    /// What a command does beside the ticket's row and history: articles, jobs, links.
    async fn effects(&mut self, ticket: &Ticket, body: &Body, envelope: &Envelope, seq: i64) -> Result<()> {
        match body {
            Body::Create { first, customer, .. } => {
                self.note_customer(&customer.address, &customer.name).await?;
                if let Some(first) = first {
                    Box::pin(self.effects(ticket, first, envelope, seq)).await?;
                }
            }
            Body::Receive(received) => self.received(ticket, received, seq).await?,
            Body::Reply { article, mail, next } | Body::Forward { article, mail, next } => {
                let author = envelope.actor.agent();
                let forward = matches!(body, Body::Forward { .. });
                let merged = envelope.ticket_id() != Some(ticket.id);
                let way = Way { next: *next, author, forward, written: envelope.device_time, merged };
                self.outgoing(ticket, article, mail, way, seq).await?;
            }
            Body::AutoReply { article, mail, .. } => self.outgoing(ticket, article, mail, Way::default(), seq).await?,
            Body::Note { article, visible, .. } => {
                self.spoken(ticket, article, Channel::Internal, None, *visible, envelope, seq).await?;
                self.tell_of_note(ticket, &envelope.actor);
            }
            Body::PhoneCall { article, direction, .. } => {
                self.spoken(ticket, article, Channel::Phone, Some(*direction), true, envelope, seq).await?;
            }
            Body::MailLeft { article, .. } => self.delivered(ticket, *article, "started", "done", Delivery::Sent, None, seq).await?,
            Body::MailFailed { article, reason } => self.over(ticket, *article, "failed", Delivery::Failed, reason, seq).await?,
            Body::MailUnknown { article } => self.over(ticket, *article, "perhaps", Delivery::PerhapsSent, "", seq).await?,
            Body::HoldMail { article, reason, .. } => self.over(ticket, *article, "held", Delivery::Held, reason, seq).await?,
            Body::CancelSend { article, .. } => self.cancel(ticket, *article, seq).await?,
            Body::SendAgain { article } => self.again(ticket, *article, seq).await?,
            Body::ConfirmArrival { article, .. } => self.delivered(ticket, *article, "perhaps", "done", Delivery::Sent, None, seq).await?,
            Body::SetCustomer { customer } => self.note_customer(&customer.address, &customer.name).await?,
            Body::Link { ticket: other, kind, .. } => {
                ticket::link(&mut self.tx, ticket.id, *other, kind.as_str()).await?;
                self.other_end(*other).await?;
            }
            Body::FlagSuspicious { ticket: other, .. } => {
                ticket::link_once(&mut self.tx, ticket.id, *other, "suspicious").await?;
                self.other_end(*other).await?;
            }
            Body::Unlink { ticket: other, .. } => {
                ticket::unlink(&mut self.tx, ticket.id, *other).await?;
                self.other_end(*other).await?;
            }
            // A replica's settings are the server's.
            Body::Junk { block: true } if !self.guessing => {
                if let Some(by) = envelope.actor.agent() {
                    self.block(by, &ticket.customer.address).await?;
                }
            }
            Body::NotJunk if !self.guessing => {
                if let Some(by) = envelope.actor.agent() {
                    self.unblock(by, &ticket.customer.address).await?;
                }
            }
            Body::SuppressAutoReply { .. }
            | Body::SendNow { .. }
            | Body::Lock
            | Body::Unlock
            | Body::Take { .. }
            | Body::SetOwner { .. }
            | Body::SetState { .. }
            | Body::SetPriority { .. }
            | Body::Move { .. }
            | Body::SetTitle { .. }
            | Body::Junk { .. }
            | Body::NotJunk
            | Body::SetResponsible { .. }
            | Body::Watch
            | Body::Unwatch
            | Body::Merge { .. }
            | Body::Absorb { .. }
            | Body::TakeAlong
            | Body::BringBack
            | Body::SetService { .. }
            | Body::SetType { .. }
            | Body::SetServiceLevel { .. }
            | Body::Acknowledge
            // Whoever reaches a level knows what it does beside the ticket.
            | Body::Escalate { .. }
            | Body::EndLock { .. }
            | Body::Remind { .. } => {}
        }
        Ok(())
    }

    /// Contract §1: a new note is told to owner, responsible and watchers.
    fn tell_of_note(&mut self, ticket: &Ticket, actor: &Actor) {
        let Some(by) = actor.agent() else { return };
        let title = self.settings.agent_name(by).to_owned();
        self.notices.push(Notice { title, text: ticket.title.clone(), queue: None, by: Some(by), ..Notice::of("note", ticket) });
    }

    /// Contract §1: whoever owns the ticket or answers for it now is told, and the queue that it came to.
    fn tell_of_change(
        &mut self,
        ticket: &Ticket,
        (owner, responsible, queue): (Option<AgentId>, Option<AgentId>, QueueId),
        by: Option<AgentId>,
    ) {
        let title = by.map_or(&*self.settings.desk.name, |by| self.settings.agent_name(by)).to_owned();
        let notice = Notice { title, text: ticket.title.clone(), ticket: Some(ticket.id), by, ..Notice::new("") };
        for (code, before, now) in [("owner_update", owner, ticket.owner), ("responsible_update", responsible, ticket.responsible)] {
            if let Some(now) = now.filter(|now| before != Some(*now) && by != Some(*now)) {
                self.notices.push(Notice { code, agents: vec![now], ..notice.clone() });
            }
        }
        if queue != ticket.queue {
            self.notices.push(Notice { code: "queue_move", queue: Some(ticket.queue), ..notice });
        }
    }

    /// A link shows on both tickets, so both go into the feed.
    async fn other_end(&mut self, other: TicketId) -> Result<()> {
        let seq = self.tx.next_seq();
        Ok(ticket::touch(&mut self.tx, other, seq).await?)
    }

    async fn received(&mut self, ticket: &Ticket, mail: &Received, seq: i64) -> Result<()> {
        let is_report = mail.bounce.is_some();
        let article = Article {
            id: mail.article.article_id(),
            ticket: ticket.id,
            ordinal: ticket.articles,
            sender: if is_report { Sender::System } else { Sender::Customer },
            channel: Channel::Email,
            direction: Some(Direction::Inbound),
            visible_to_customer: !is_report,
            author: None,
            from: mail.from.clone(),
            to: mail.to.clone(),
            cc: mail.cc.clone(),
            bcc: Vec::new(),
            reply_to: mail.reply_to.clone(),
            subject: mail.article.subject.clone(),
            text: mail.article.text.clone(),
            html: mail.article.html.clone(),
            message_id: mail.message_id.clone(),
            references: mail.references.clone(),
            created_at: self.now,
            raw: mail.raw.clone(),
            delivery: None,
            warnings: mail.warnings.clone(),
        };
        self.add(&article, &mail.article, seq).await?;
        if let Some(id) = &article.message_id {
            article::refer(&mut self.tx, id, ticket.id, Some(article.id), false).await?;
        }
        if !is_report {
            for id in article.references.iter().take(50) {
                article::refer(&mut self.tx, id, ticket.id, None, false).await?;
            }
        }
        Ok(())
    }

    async fn outgoing(
        &mut self,
        ticket: &Ticket,
        new: &NewArticle,
        mail: &Outgoing,
        Way { next, author, forward, written, merged }: Way,
        seq: i64,
    ) -> Result<()> {
        let sender = self.settings.addresses.get(&mail.from).ok_or(Refusal::NoSuchSender)?;
        let article = Article {
            id: new.article_id(),
            ticket: ticket.id,
            ordinal: ticket.articles,
            sender: if author.is_some() { Sender::Agent } else { Sender::System },
            channel: Channel::Email,
            direction: Some(Direction::Outbound),
            visible_to_customer: true,
            author,
            from: Some(Address { name: Some(sender.name.clone()).filter(|name| !name.is_empty()), address: sender.email.clone() }),
            to: mail.to.clone(),
            cc: mail.cc.clone(),
            bcc: mail.bcc.clone(),
            reply_to: Vec::new(),
            subject: new.subject.clone(),
            text: new.text.clone(),
            html: new.html.clone(),
            message_id: Some(mail.message_id.clone()),
            references: mail.references.clone(),
            created_at: self.now,
            raw: None,
            delivery: Some(Delivery::Waiting),
            warnings: Vec::new(),
        };
        self.add(&article, new, seq).await?;
        if self.guessing {
            return Ok(());
        }
        article::refer(&mut self.tx, &mail.message_id, ticket.id, Some(article.id), true).await?;
        let body = MailJob {
            from: mail.from,
            in_reply_to: mail.in_reply_to.clone(),
            references: mail.references.clone(),
            author,
            next,
            seen_upto: mail.seen_upto,
            written_at: written.unwrap_or(self.now),
            taken_at: self.now,
            forward,
            anyway: false,
            merged,
        };
        let job = Job {
            id: new_id(),
            kind: if author.is_some() { "mail" } else { "auto_mail" }.into(),
            ticket_id: ticket.id.0,
            article_id: article.id.0,
            state: "waiting".into(),
            // The delay began when it was written.
            due_at: (written.unwrap_or(self.now) + mail.delay_ms).clamp(self.now, self.now + mail.delay_ms.max(0)),
            attempts: 0,
            body: serde_json::to_string(&body).map_err(anyhow::Error::from)?,
            error: None,
            holder: None,
            changed_at: self.now,
        };
        job::insert(&mut self.tx, &job).await?;
        self.mail_queued = true;
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "what a note and a call differ in")]
    async fn spoken(
        &mut self,
        ticket: &Ticket,
        new: &NewArticle,
        channel: Channel,
        direction: Option<Direction>,
        visible: bool,
        envelope: &Envelope,
        seq: i64,
    ) -> Result<()> {
        let author = envelope.actor.agent();
        let name = author.map(|id| self.settings.agent_name(id).to_owned());
        let article = Article {
            id: new.article_id(),
            ticket: ticket.id,
            ordinal: ticket.articles,
            sender: Sender::Agent,
            channel,
            direction,
            visible_to_customer: visible,
            author,
            from: name.map(|name| Address { name: Some(name), address: String::new() }),
            to: Vec::new(),
            cc: Vec::new(),
            bcc: Vec::new(),
            reply_to: Vec::new(),
            subject: new.subject.clone(),
            text: new.text.clone(),
            html: None,
            message_id: None,
            references: Vec::new(),
            // What was said or noted counts when it happened.
            created_at: envelope.device_time.unwrap_or(self.now),
            raw: None,
            delivery: None,
            warnings: Vec::new(),
        };
        self.add(&article, new, seq).await
    }

    async fn add(&mut self, article: &Article, new: &NewArticle, seq: i64) -> Result<()> {
        article::insert(&mut self.tx, article, seq).await.map_err(|error| match error.is_duplicate() {
            true => Error::Refused(Refusal::ArticleExists),
            false => error.into(),
        })?;
        for (ordinal, file) in (0..).zip(&new.attachments) {
            let attachment = Attachment {
                id: file.id,
                article: article.id,
                ordinal,
                name: file.name.clone(),
                content_type: file.content_type.clone(),
                size: file.size,
                sha256: file.sha256.clone(),
                inline: file.inline,
                content_id: file.content_id.clone(),
            };
            article::attach(&mut self.tx, &attachment).await.map_err(|error| match error.is_duplicate() {
                true => Error::Refused(Refusal::ArticleExists),
                false => error.into(),
            })?;
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "a step of a job and what its article shows")]
    async fn delivered(
        &mut self,
        ticket: &Ticket,
        id: ArticleId,
        from: &str,
        to: &str,
        delivery: Delivery,
        error: Option<&str>,
        seq: i64,
    ) -> Result<()> {
        if self.guessing {
            return self.guess_delivery(ticket, id, delivery).await;
        }
        let job = job::of_article(&mut self.tx, id.0).await?.ok_or(Refusal::NotSendable)?;
        let change = Change { error, ..Change::default() };
        if !job::step(&mut self.tx, job.id, from, to, change, self.now).await? {
            return Err(Refusal::NotSendable.into());
        }
        let sent_at = (delivery == Delivery::Sent).then_some(self.now);
        article::set_delivery(&mut self.tx, id, delivery, sent_at, error, seq).await?;
        Ok(ticket::refresh_trouble(&mut self.tx, ticket.id).await?)
    }

    /// Ends a job that was claimed or started, but not well.
    async fn over(&mut self, ticket: &Ticket, id: ArticleId, to: &str, delivery: Delivery, reason: &str, seq: i64) -> Result<()> {
        let job = job::of_article(&mut self.tx, id.0).await?.ok_or(Refusal::NotSendable)?;
        let reason = Some(reason).filter(|reason| !reason.is_empty());
        self.delivered(ticket, id, &job.state.clone(), to, delivery, reason, seq).await
    }

    async fn cancel(&mut self, ticket: &Ticket, id: ArticleId, seq: i64) -> Result<()> {
        if self.guessing {
            return self.guess_delivery(ticket, id, Delivery::Cancelled).await;
        }
        let job = job::of_article(&mut self.tx, id.0).await?.ok_or(Refusal::NotWaiting)?;
        if !["waiting", "failed", "held"].contains(&job.state.as_str()) {
            return Err(Refusal::NotWaiting.into());
        }
        self.delivered(ticket, id, &job.state, "cancelled", Delivery::Cancelled, None, seq).await
    }

    async fn again(&mut self, ticket: &Ticket, id: ArticleId, seq: i64) -> Result<()> {
        if self.guessing {
            return self.guess_delivery(ticket, id, Delivery::Waiting).await;
        }
        let job = job::of_article(&mut self.tx, id.0).await?.ok_or(Refusal::NotSendable)?;
        if !["perhaps", "failed", "held"].contains(&job.state.as_str()) || job.kind != "mail" {
            return Err(Refusal::NotSendable.into());
        }
        let change = Change { due_at: Some(self.now), attempts: Some(0), ..Change::default() };
        job::step(&mut self.tx, job.id, &job.state, "waiting", change, self.now).await?;
        let mut body: MailJob = serde_json::from_str(&job.body).map_err(anyhow::Error::from)?;
        body.anyway = true;
        job::set_body(&mut self.tx, job.id, &serde_json::to_string(&body).map_err(anyhow::Error::from)?).await?;
        article::set_delivery(&mut self.tx, id, Delivery::Waiting, None, None, seq).await?;
        self.mail_queued = true;
        Ok(ticket::refresh_trouble(&mut self.tx, ticket.id).await?)
    }

    pub(crate) async fn note_customer(&mut self, address: &str, name: &str) -> Result<()> {
        if address.is_empty() {
            return Ok(());
        }
        let contact = customer::Customer {
            key: address.to_lowercase(),
            address: address.to_owned(),
            name: name.to_owned(),
            seen_at: self.now,
            ..customer::Customer::default()
        };
        Ok(customer::note(&mut self.tx, &contact).await?)
    }

    /// Loads a ticket inside the transaction.
    pub async fn ticket(&mut self, id: TicketId) -> Result<Ticket> {
        ticket::find(&mut self.tx, id).await?.ok_or(Error::NotFound("ticket"))
    }

    pub(crate) fn mail_is_due(&mut self) {
        self.mail_queued = true;
    }
}

/// What decides who may see a ticket, and where its articles are.
#[derive(PartialEq)]
struct Scope(QueueId, Option<AgentId>, Option<AgentId>, BTreeSet<AgentId>, Option<TicketId>);

impl Scope {
    fn of(ticket: &Ticket) -> Self {
        Self(ticket.queue, ticket.owner, ticket.responsible, ticket.watchers.clone(), ticket.merged_into)
    }
}

/// The index columns of a ticket.
pub(crate) fn index(settings: &Settings, ticket: &Ticket) -> Index {
    let rank = settings.priorities.get(&ticket.priority).map_or(0, |priority| priority.rank);
    Index { class: class(settings.state_type(ticket.state)), rank, article: None, next: deadline::next(ticket, settings) }
}

/// In which lists tickets of a state type appear.
pub(crate) fn class(kind: StateType) -> Class {
    match kind {
        StateType::New | StateType::Open | StateType::PendingReminder => Class::Viewable,
        StateType::PendingAuto => Class::Auto,
        StateType::Closed | StateType::Removed | StateType::Merged => Class::Done,
    }
}

/// What lists show of an article: its first words, and whether it brings files.
fn shown(article: &NewArticle) -> (String, bool) {
    (preview(&article.text), article.attachments.iter().any(|file| !file.inline))
}

/// The first words of a text, without quotes, for lists.
pub(crate) fn preview(text: &str) -> String {
    let words = text.lines().filter(|line| !line.trim_start().starts_with('>')).flat_map(str::split_whitespace);
    let mut out = String::new();
    for word in words {
        if out.chars().count() + word.chars().count() > 140 {
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().filter(|c| !c.is_control()));
    }
    out
}
