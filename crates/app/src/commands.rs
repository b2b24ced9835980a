//! What agents do to tickets: commands from clients, made complete and carried out.

use docket_domain::{
    Actor, Address, AddressId, AgentId, ArticleId, Body, Channel, CommandId, Customer, Delivery, Direction, Envelope, NewArticle, Next,
    Outgoing, QueueId, Refusal, Sender, Settings, TicketId,
    access::{self, Right},
    command::SeenUpto,
    master,
    settings::{BlockedSender, Kind, Record},
};
use docket_mail::subject::{self, Purpose};
use docket_store::{
    article::{self, Stored},
    command, customer, job, personal, ticket,
};
use serde_json::{Value, json};

use crate::{
    access::readable,
    app::App,
    auto_reply::message_id,
    clock::new_id,
    error::{Error, Result},
    intake::subject_rules,
    submit::{MailJob, Work},
    view::whole,
    wire::{CommandBody, FileRef, MarkRead, NewTicket, Outcome, SubmitCommand, TicketView, body::Mail},
};

impl App {
    /// Opens a ticket that an agent typed.
    pub async fn new_ticket(&self, me: AgentId, new: NewTicket) -> Result<TicketView> {
        self.need_unlocked().await?;
        let mut work = self.work().await?;
        let settings = work.settings.clone();
        let queue = new.queue_id.unwrap_or_else(|| default_queue(&settings, me));
        let contact = customer::Customer {
            key: new.customer.address.to_lowercase(),
            address: new.customer.address.clone(),
            name: new.customer.name.clone(),
            company: new.customer.company.clone(),
            phone: new.customer.phone.clone(),
            seen_at: work.now,
            ..customer::Customer::default()
        };
        let first = work.first_article(me, &new, queue).await?;
        let closed = new.state_id.is_some_and(|state| settings.state_type(state).is_closed());
        let body = Body::Create {
            number: String::new(),
            title: new.title.clone(),
            queue,
            state: new.state_id.unwrap_or(if new.owner_id.is_some() || new.lock { master::STATE_OPEN } else { master::STATE_NEW }),
            priority: new.priority_id.unwrap_or(master::PRIORITY_NORMAL),
            owner: new.owner_id.or(new.lock.then_some(me)),
            lock: new.lock && !closed,
            customer: Customer { address: new.customer.address.trim().to_owned(), name: new.customer.name.trim().to_owned() },
            pending_until: new.pending_until,
            first,
        };
        let done = match self.connected() {
            Some(connected) => self.give(&mut work, &connected, CommandId(new.id.0), new.id, body).await?,
            None => work.carry_out(&Envelope::ticket(CommandId(new.id.0), new.id, Actor::Agent { id: me }, body)).await?,
        };
        // Name and address are noted with the ticket.
        let more = !contact.company.is_empty() || !contact.phone.is_empty();
        if more && !contact.key.is_empty() {
            customer::note(&mut work.tx, &contact).await?;
        }
        personal::remove(&mut work.tx, me, "draft", &format!("{}/create", new.id), work.now).await?;
        self.finish(work).await?;
        if done.repeated {
            return self.ticket(me, new.id).await;
        }
        // Who may open tickets here but not read them sees this once what they have just typed.
        let mut tx = self.0.db.read().await?;
        whole(&mut tx, &settings, me, done.ticket, self.now()).await
    }

    /// Carries out a command of an agent.
    pub async fn command(&self, me: AgentId, ticket: TicketId, command: SubmitCommand) -> Result<Outcome> {
        self.need_unlocked().await?;
        let mut work = self.work().await?;
        if let Err(unseen) = work.readable(me, ticket).await {
            // Said again after it took the ticket out of sight, because the answer was lost.
            let known = command::find(&mut work.tx, command.id).await?;
            return known.map(|(seq, _)| Outcome { outcome: "repeated".into(), seq, ticket: None }).ok_or(unseen);
        }
        let kept = draft_kind(&command.body);
        let moves_settings = matches!(command.body, CommandBody::Junk { block_sender: true } | CommandBody::NotJunk);
        let back = match &command.body {
            CommandBody::CancelSend { article_id } | CommandBody::DiscardSend { article_id } => Some(*article_id),
            _ => None,
        };
        let discards = matches!(command.body, CommandBody::DiscardSend { .. });
        let connected = self.connected();
        if let CommandBody::SendNow { article_id } = command.body
            && (connected.is_none() || work.hurry_here(ticket, article_id).await?)
        {
            if connected.is_none() {
                work.send_now(me, ticket, article_id).await?;
            }
            self.finish(work).await?;
            self.sync_now();
            return self.outcome(me, ticket, "applied").await;
        }
        if let (Some(_), Some(article)) = (&connected, back)
            && let Some(mail) = work.take_back_here(ticket, article).await?
        {
            if !discards {
                work.draft_of(me, ticket, &mail).await?;
            }
            self.finish(work).await?;
            return self.outcome(me, ticket, "applied").await;
        }
        let body = work.complete(me, ticket, command.body).await?;
        let done = match &connected {
            Some(connected) => self.give(&mut work, connected, command.id, ticket, body).await?,
            None => work.carry_out(&Envelope::ticket(command.id, ticket, Actor::Agent { id: me }, body)).await?,
        };
        // On a replica the server makes the draft.
        let back = back.filter(|_| connected.is_none() && !discards);
        if done.events > 0 {
            if let Some(kind) = kept {
                personal::remove(&mut work.tx, me, "draft", &format!("{ticket}/{kind}"), work.now).await?;
            }
            if let Some(article) = back {
                work.bring_back(me, done.ticket.id, article).await?;
            }
        }
        self.finish(work).await?;
        if moves_settings {
            self.reload().await?;
        }
        let word = if done.repeated {
            "repeated"
        } else if done.events == 0 {
            "unchanged"
        } else {
            "applied"
        };
        self.outcome(me, done.ticket.id, word).await
    }

    async fn outcome(&self, me: AgentId, id: TicketId, outcome: &str) -> Result<Outcome> {
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let seq = ticket::seq(&mut tx, id).await?.unwrap_or(tx.head);
        let ticket = match readable(&mut tx, &settings, me, id).await {
            Ok(ticket) => Some(whole(&mut tx, &settings, me, ticket, self.now()).await?),
            Err(Error::NotFound(_)) => None,
            Err(error) => return Err(error),
        };
        Ok(Outcome { outcome: outcome.to_owned(), seq, ticket })
    }

    /// Marks articles as read, or as unread, for one agent.
    pub async fn mark_read(&self, me: AgentId, ticket: TicketId, marks: MarkRead) -> Result<()> {
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        readable(&mut tx, &settings, me, ticket).await?;
        drop(tx);
        let mut tx = self.0.db.aside().await?;
        for id in marks.article_ids {
            if article::find(&mut tx, id).await?.is_some_and(|stored| stored.article.ticket == ticket) {
                article::mark_read(&mut tx, me, ticket, id, !marks.unread).await?;
            }
        }
        Ok(tx.commit().await?)
    }
}

/// The draft that a sent text leaves behind.
fn draft_kind(body: &CommandBody) -> Option<&'static str> {
    match body {
        CommandBody::Reply(_) => Some("reply"),
        CommandBody::Forward(_) => Some("forward"),
        CommandBody::Note { .. } => Some("note"),
        CommandBody::PhoneCall { .. } => Some("phone_call"),
        _ => None,
    }
}

/// The desk's first queue, or the first where this agent may open tickets.
pub(crate) fn default_queue(settings: &Settings, me: AgentId) -> QueueId {
    let first = settings.queues.get(&master::QUEUE_FIRST).filter(|queue| queue.valid);
    let usual = first.map_or(settings.mail_rules.postmaster_queue_id, |_| master::QUEUE_FIRST);
    let may = |queue: &QueueId| access::in_queue(settings, me, *queue).has(Right::Create);
    let others = settings.queues.iter().filter(|(id, queue)| queue.valid && **id != master::QUEUE_JUNK && may(id));
    if may(&usual) { usual } else { others.min_by_key(|(_, queue)| &queue.name).map_or(usual, |(id, _)| *id) }
}

/// Recipients as typed, or which of them is none.
fn recipients(field: &str, typed: &[String]) -> Result<Vec<Address>> {
    let mut list = Vec::new();
    for text in typed.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        let address = Address::parse(text).ok_or_else(|| Error::invalid(field, format!("\"{text}\" is not a mail address")))?;
        if !list.iter().any(|known: &Address| known.key() == address.key()) {
            list.push(address);
        }
    }
    Ok(list)
}

/// The newest mail of the customer, else of ours; one that has not left is nothing to refer to.
fn last_mail(articles: &[Stored]) -> Option<&Stored> {
    let mails = || {
        let known = |stored: &&Stored| stored.article.channel == Channel::Email && stored.article.message_id.is_some();
        articles.iter().rev().filter(known)
    };
    let by_customer = mails().find(|stored| stored.article.sender == Sender::Customer);
    by_customer.or_else(|| mails().find(|stored| matches!(stored.article.delivery, None | Some(Delivery::Sent | Delivery::PerhapsSent))))
}

impl Work {
    /// The domain's command for what a client asks.
    async fn complete(&mut self, me: AgentId, ticket: TicketId, body: CommandBody) -> Result<Body> {
        Ok(match body {
            CommandBody::Lock => Body::Lock,
            CommandBody::Unlock => Body::Unlock,
            CommandBody::Take { over } => Body::Take { over },
            CommandBody::SetOwner { owner_id } => Body::SetOwner { agent: owner_id },
            CommandBody::SetState { state_id, pending_until } => Body::SetState { state: state_id, pending_until },
            CommandBody::Close { state_id } => Body::SetState { state: state_id, pending_until: None },
            CommandBody::SetPriority { priority_id } => Body::SetPriority { priority: priority_id },
            CommandBody::Move { queue_id } => Body::Move { queue: queue_id },
            CommandBody::SetTitle { title } => Body::SetTitle { title },
            CommandBody::SetCustomer { address, name } => self.customer(&address, &name)?,
            CommandBody::Note { article_id, subject, text, visible, attachments, state_id, pending_until } => {
                let article = self.article(me, article_id, subject, text, &attachments).await?;
                Body::Note { article, visible, next: Next { state_id, pending_until } }
            }
            CommandBody::PhoneCall { article_id, direction, subject, text, attachments, state_id, pending_until } => {
                let article = self.article(me, article_id, subject, text, &attachments).await?;
                Body::PhoneCall { article, direction, next: Next { state_id, pending_until } }
            }
            CommandBody::Reply(mail) => {
                let (article, outgoing, next) = self.mail(me, ticket, *mail, Purpose::Reply).await?;
                Body::Reply { article, mail: outgoing, next }
            }
            CommandBody::Forward(mail) => {
                let (article, outgoing, next) = self.mail(me, ticket, *mail, Purpose::Forward).await?;
                Body::Forward { article, mail: outgoing, next }
            }
            CommandBody::CancelSend { article_id } => {
                self.own(ticket, article_id).await?;
                Body::CancelSend { article: article_id, discard: false }
            }
            CommandBody::DiscardSend { article_id } => {
                self.own(ticket, article_id).await?;
                Body::CancelSend { article: article_id, discard: true }
            }
            CommandBody::SendNow { article_id } => {
                self.own(ticket, article_id).await?;
                Body::SendNow { article: article_id }
            }
            CommandBody::SendAgain { article_id } => {
                self.own(ticket, article_id).await?;
                Body::SendAgain { article: article_id }
            }
            CommandBody::ItArrived { article_id } if self.on_replica().await? => {
                self.own(ticket, article_id).await?;
                let author = self.author_of(article_id).await?;
                Body::ConfirmArrival { article: article_id, author, next: Next::default() }
            }
            CommandBody::ItArrived { article_id } => {
                self.own(ticket, article_id).await?;
                let job = job::of_article(&mut self.tx, article_id.0).await?.ok_or(Refusal::NotSendable)?;
                let known: MailJob = serde_json::from_str(&job.body).map_err(anyhow::Error::from)?;
                Body::ConfirmArrival { article: article_id, author: known.author, next: known.next }
            }
            CommandBody::Junk { block_sender } => Body::Junk { block: block_sender },
            CommandBody::NotJunk => Body::NotJunk,
            CommandBody::Link { ticket_id, kind } => {
                let other = self.readable(me, ticket_id).await?;
                let end = self.end_of(other).await?;
                let other = self.readable(me, end.id).await?;
                Body::Link { ticket: other.id, number: other.number, kind }
            }
            CommandBody::Unlink { ticket_id } => Body::Unlink { ticket: ticket_id, number: self.readable(me, ticket_id).await?.number },
            CommandBody::SetResponsible { agent_id } => Body::SetResponsible { agent: agent_id },
            CommandBody::Watch => Body::Watch,
            CommandBody::Unwatch => Body::Unwatch,
            CommandBody::Merge { into } => Body::Merge { into, number: self.readable(me, into).await?.number },
            CommandBody::TakeAlong => Body::TakeAlong,
            CommandBody::BringBack => Body::BringBack,
        })
    }

    fn customer(&self, address: &str, name: &str) -> Result<Body> {
        let address = address.trim();
        if Address::parse(address).is_none_or(|parsed| parsed.name.is_some()) && !address.is_empty() {
            return Err(Error::invalid("address", format!("\"{address}\" is not a mail address")));
        }
        Ok(Body::SetCustomer { customer: Customer { address: address.to_owned(), name: name.trim().to_owned() } })
    }

    async fn article(&mut self, me: AgentId, id: ArticleId, subject: String, text: String, files: &[FileRef]) -> Result<NewArticle> {
        let attachments = self.files(me, files).await?;
        Ok(NewArticle { id: id.0, subject, text, html: None, attachments })
    }

    /// An article of this ticket or of what it was merged into, and no other.
    async fn own(&mut self, ticket: TicketId, id: ArticleId) -> Result<()> {
        let ticket = self.ticket(ticket).await?;
        let ticket = self.end_of(ticket).await?.id;
        let stored = article::find(&mut self.tx, id).await?.filter(|stored| stored.article.ticket == ticket);
        stored.map(drop).ok_or(Error::NotFound("article"))
    }

    async fn mail(&mut self, me: AgentId, id: TicketId, mail: Mail, purpose: Purpose) -> Result<(NewArticle, Outgoing, Next)> {
        let ticket = self.ticket(id).await?;
        let ticket = self.end_of(ticket).await?;
        let from = self.sender(mail.from_address_id, ticket.queue)?;
        let (to, cc, bcc) = (recipients("to", &mail.to)?, recipients("cc", &mail.cc)?, recipients("bcc", &mail.bcc)?);
        let rules = subject_rules(&self.settings);
        let typed = if mail.subject.trim().is_empty() { ticket.title.clone() } else { mail.subject.replace(['\r', '\n'], " ") };
        let subject = subject::build(&rules, &ticket.number, &typed, purpose);
        let (in_reply_to, references) = self.thread(&ticket, mail.in_reply_to, purpose).await?;
        let sender = self.settings.addresses.get(&from).map(|address| address.email.clone()).unwrap_or_default();
        let delay = mail.delay_seconds.unwrap_or(self.settings.mail_rules.undo_seconds).min(3600);
        let seen = match self.on_replica().await? {
            true => self.seen_by_server(id).await?.unwrap_or_default(),
            false => SeenUpto { article: ticket.articles, event: ticket.events },
        };
        let outgoing = Outgoing {
            from,
            to,
            cc,
            bcc,
            message_id: message_id(&self.settings, &sender),
            in_reply_to,
            references,
            delay_ms: i64::from(delay) * 1000,
            // A client that does not say what was on its screen has seen what is there now.
            seen_upto: mail.seen_upto.or(Some(seen)),
        };
        let article = self.article(me, mail.article_id, subject, mail.text, &mail.attachments).await?;
        Ok((article, outgoing, Next { state_id: mail.state_id, pending_until: mail.pending_until }))
    }

    fn sender(&self, wanted: Option<AddressId>, queue: QueueId) -> Result<AddressId> {
        let chosen = wanted.or_else(|| self.settings.sender_of(queue).map(|(id, _)| id));
        chosen.ok_or_else(|| Error::Unavailable {
            code: "no_sender_address",
            message: "this desk has no address to send from yet; connect a mailbox or add a sender address in the settings".into(),
        })
    }

    /// In-Reply-To and References (RFC 5322 §3.6.4): the article that is answered, and what it answered, oldest first.
    async fn thread(
        &mut self,
        ticket: &docket_domain::Ticket,
        answered: Option<ArticleId>,
        purpose: Purpose,
    ) -> Result<(Option<String>, Vec<String>)> {
        let articles = article::of_ticket(&mut self.tx, ticket.id).await?;
        let answered = match answered {
            Some(id) => articles.iter().find(|stored| stored.article.id == id),
            None => last_mail(&articles),
        };
        let Some(stored) = answered else { return Ok((None, Vec::new())) };
        let mut references: Vec<String> = stored.article.references.clone();
        if stored.article.sender == Sender::Customer {
            references.reverse();
        }
        references.extend(stored.article.message_id.clone());
        references.dedup();
        let in_reply_to = match purpose {
            Purpose::Reply => stored.article.message_id.clone(),
            _ => None,
        };
        Ok((in_reply_to, references))
    }

    async fn first_article(&mut self, me: AgentId, new: &NewTicket, queue: QueueId) -> Result<Option<Box<Body>>> {
        let channel = new.channel.unwrap_or(Channel::Phone);
        if new.text.trim().is_empty() && new.attachments.is_empty() {
            return Err(Refusal::EmptyText.into());
        }
        let mut article = self.article(me, new.article_id, new.title.clone(), new.text.clone(), &new.attachments).await?;
        let body = match channel {
            Channel::Phone => Body::PhoneCall { article, direction: new.direction.unwrap_or(Direction::Inbound), next: Next::default() },
            Channel::Internal => Body::Note { article, visible: false, next: Next::default() },
            Channel::Email => {
                let send = new.send.as_ref().ok_or(Refusal::NoRecipient)?;
                let from = self.sender(send.from_address_id, queue)?;
                let sender = self.settings.addresses.get(&from).map(|address| address.email.clone()).unwrap_or_default();
                let delay = send.delay_seconds.unwrap_or(self.settings.mail_rules.undo_seconds).min(3600);
                let mut to = recipients("to", &send.to)?;
                if to.is_empty() {
                    to = recipients("customer", std::slice::from_ref(&new.customer.address))?;
                }
                article.subject.clone_from(&new.title);
                let mail = Outgoing {
                    from,
                    to,
                    cc: recipients("cc", &send.cc)?,
                    bcc: recipients("bcc", &send.bcc)?,
                    message_id: message_id(&self.settings, &sender),
                    in_reply_to: None,
                    references: Vec::new(),
                    delay_ms: i64::from(delay) * 1000,
                    seen_upto: None,
                };
                Body::Reply { article, mail, next: Next::default() }
            }
        };
        Ok(Some(Box::new(body)))
    }

    /// Ends the delay of a waiting mail.
    pub(crate) async fn send_now(&mut self, me: AgentId, ticket: TicketId, id: ArticleId) -> Result<()> {
        let known = self.readable(me, ticket).await?;
        if !access::on_ticket(&self.settings, me, &known).has(Right::Rw) {
            return Err(Refusal::NoRight.into());
        }
        self.own(ticket, id).await?;
        let job = job::of_article(&mut self.tx, id.0).await?.ok_or(Refusal::NotWaiting)?;
        let change = job::Change { due_at: Some(self.now), error: job.error.as_deref(), ..job::Change::default() };
        if !job::step(&mut self.tx, job.id, "waiting", "waiting", change, self.now).await? {
            return Err(Refusal::NotWaiting.into());
        }
        self.mail_is_due();
        Ok(())
    }

    /// A mail that was taken back is a draft again, as it was; a draft that was begun meanwhile stands below it.
    pub(crate) async fn bring_back(&mut self, me: AgentId, ticket: TicketId, id: ArticleId) -> Result<()> {
        let Some(stored) = article::find(&mut self.tx, id).await? else { return Ok(()) };
        let job = job::of_article(&mut self.tx, id.0).await?.ok_or(Refusal::NotWaiting)?;
        let job: MailJob = serde_json::from_str(&job.body).map_err(anyhow::Error::from)?;
        let key = format!("{ticket}/{}", if job.forward { "forward" } else { "reply" });
        let begun = personal::find(&mut self.tx, me, "draft", &key).await?;
        let begun = begun.and_then(|draft| serde_json::from_str::<Value>(&draft.document).ok());
        let begun = begun.and_then(|draft| draft["body"]["text"].as_str().map(str::to_owned)).filter(|text| !text.trim().is_empty());
        let known = article::references(&mut self.tx, &job.in_reply_to.iter().cloned().collect::<Vec<_>>()).await?;
        let mut answered = None;
        for id in known.iter().filter_map(|known| known.article_id) {
            let here = article::find(&mut self.tx, ArticleId(id)).await?.is_some_and(|stored| stored.article.ticket == ticket);
            answered = answered.or(here.then_some(id));
        }
        let files = article::attachments(&mut self.tx, ticket).await?;
        let files: Vec<_> = files
            .iter()
            .filter(|file| file.article == id)
            .map(|file| json!({ "attachment_id": file.id, "name": file.name, "type": file.content_type, "size": file.size }))
            .collect();
        let article = stored.article;
        let from = article.from.as_ref().and_then(|from| self.settings.own_address(&from.address)).map(|(id, _)| id);
        let text = begun.map_or_else(|| article.text.clone(), |begun| format!("{}\n\n{begun}", article.text));
        let body = json!({
            "in_reply_to": answered,
            "to": crate::wire::written(&article.to), "cc": crate::wire::written(&article.cc), "bcc": crate::wire::written(&article.bcc),
            "subject": article.subject, "text": text, "quote": "", "signature": "", "attachments": files, "from_address_id": from,
        });
        let document = json!({ "body": body, "seen_upto": null }).to_string();
        Ok(personal::save(&mut self.tx, me, "draft", &key, &document, self.now).await?)
    }

    /// Takes the block of an address back.
    pub(crate) async fn unblock(&mut self, me: AgentId, address: &str) -> Result<()> {
        let is_it = |record: &&Record| {
            record.kind == Kind::BlockedSender && record.document["address"].as_str().is_some_and(|a| a.eq_ignore_ascii_case(address))
        };
        let Some(record) = self.settings.records.values().find(is_it).cloned() else { return Ok(()) };
        let mut document = record.document.clone();
        document["valid"] = json!(false);
        let actor = self.settings.agent_name(me).to_owned();
        self.save_record(Kind::BlockedSender, record.id, record.version, &document, &actor).await?;
        Ok(())
    }

    pub(crate) async fn block(&mut self, me: AgentId, address: &str) -> Result<()> {
        if address.is_empty() || self.settings.blocked.contains_key(&address.to_lowercase()) {
            return Ok(());
        }
        let is_it = |record: &&Record| {
            record.kind == Kind::BlockedSender && record.document["address"].as_str().is_some_and(|a| a.eq_ignore_ascii_case(address))
        };
        let known = self.settings.records.values().find(is_it).map(|record| (record.id, record.version));
        let (id, version) = known.unwrap_or_else(|| (new_id(), 0));
        let document = serde_json::to_value(BlockedSender { address: address.to_owned(), since: self.now, valid: true })
            .map_err(anyhow::Error::from)?;
        let actor = self.settings.agent_name(me).to_owned();
        self.save_record(Kind::BlockedSender, id, version, &document, &actor).await?;
        Ok(())
    }
}
