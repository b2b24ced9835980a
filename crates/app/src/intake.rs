//! Mail comes in: one mail, one transaction, one outcome.

use std::panic::AssertUnwindSafe;

use docket_domain::{
    Actor, Address, ArticleId, Body, CommandId, Customer, Envelope, LinkKind, MailboxId, NewArticle, QueueId, Settings, Ticket, TicketId,
    command::{Bounced, NewAttachment, Received},
    decide::follow_up,
    master,
    settings::{AutoKind, FollowUp},
};
use docket_mail::parse::{Bounce, BounceAction, Incoming, parse};
use docket_store::{article, mailbox, ticket};
use futures::{FutureExt, StreamExt, TryStreamExt, stream, try_join};

use crate::{
    app::{App, Notice},
    clock::new_id,
    error::{Error, Result},
    submit::{Done, Work},
    wire::MailOutcome,
};

mod headers;
mod route;

use route::Route;
pub(crate) use route::{plain_subject, subject_rules};

/// Where a mail came from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Source {
    /// The mailbox, where it was fetched from one.
    pub mailbox: Option<MailboxId>,
    /// Its UIDVALIDITY and UID there; none for a mail that was put aside before.
    pub place: Option<(i64, i64)>,
    /// When it reached the mailbox (ms UTC).
    pub internal_date: Option<i64>,
}

/// A mail, read and its files safely on disk.
struct Ready {
    mail: Incoming,
    raw_key: String,
    hash: String,
    files: Vec<NewAttachment>,
}

impl App {
    /// Takes in one mail from outside any mailbox; it counts as arriving now.
    pub async fn ingest(&self, raw: Vec<u8>) -> Result<MailOutcome> {
        self.take_in(raw, &Source::default()).await
    }

    /// Takes in one mail: a ticket, a follow-up, or quarantine with a reason. An error means that nothing was stored and
    /// the mail is still where it was.
    pub(crate) async fn take_in(&self, raw: Vec<u8>, source: &Source) -> Result<MailOutcome> {
        let limit = self.settings().mail_rules.max_mail_bytes;
        if raw.len() as u64 > limit {
            return self.put_aside(raw, source, &format!("larger than {} MB", limit >> 20), None).await;
        }
        let (mail, raw) = match read(raw).await {
            Ok(read) => read,
            Err((reason, raw)) => return self.put_aside(raw, source, &reason, None).await,
        };
        let ready = self.keep_files(mail, &raw).await?;
        let stored = AssertUnwindSafe(self.store_mail(&ready, source)).catch_unwind().await;
        match stored {
            Ok(Ok(outcome)) => Ok(outcome),
            Ok(Err(error @ (Error::Internal(_) | Error::Disk(_)))) => Err(error),
            Ok(Err(refused)) => self.put_aside(raw, source, &refused.to_string(), Some(&ready.mail)).await,
            Err(_) => self.put_aside(raw, source, "reading this mail failed inside Docket", Some(&ready.mail)).await,
        }
    }

    /// Blobs come before the transaction that names them.
    async fn keep_files(&self, mut mail: Incoming, raw: &[u8]) -> Result<Ready> {
        let now = self.now();
        let hash: String = docket_mail::parse::content_hash(raw).iter().map(|byte| format!("{byte:02x}")).collect();
        let parts = stream::iter(std::mem::take(&mut mail.parts)).map(async |part| {
            let size = i64::try_from(part.bytes.len()).unwrap_or(i64::MAX);
            let sha256 = self.0.blobs.put(part.bytes, now).await?;
            Ok::<_, Error>(NewAttachment {
                id: new_id().into(),
                name: part.name,
                content_type: part.content_type,
                size,
                sha256,
                inline: part.inline,
                content_id: part.content_id,
            })
        });
        // Side by side: most of the time goes into waiting for the disk.
        let (raw_key, files) = try_join!(async { Ok(self.0.blobs.put(raw.to_vec(), now).await?) }, parts.buffered(8).try_collect())?;
        Ok(Ready { mail, raw_key, hash, files })
    }

    async fn store_mail(&self, ready: &Ready, source: &Source) -> Result<MailOutcome> {
        let mut work = self.work().await?;
        if let Some(outcome) = already_here(&mut work, ready, source).await? {
            self.finish(work).await?;
            return Ok(outcome);
        }
        let outcome = work.place(ready, source).await?;
        self.finish(work).await?;
        Ok(outcome)
    }

    /// Quarantine: the bytes are kept, the administrator sees why, the next mail is not delayed.
    pub(crate) async fn put_aside(&self, raw: Vec<u8>, source: &Source, reason: &str, mail: Option<&Incoming>) -> Result<MailOutcome> {
        let size = i64::try_from(raw.len()).unwrap_or(i64::MAX);
        let key = self.0.blobs.put(raw, self.now()).await?;
        let mut work = self.work().await?;
        if note_source(&mut work, source, "quarantined").await? {
            let aside = mailbox::Quarantined {
                id: new_id(),
                at: work.now,
                mailbox_id: source.mailbox.map(|id| id.0),
                reason: reason.to_owned(),
                raw: key,
                size,
                mail_from: mail.and_then(|mail| mail.from.as_ref()).map(|from| from.address.clone()),
                subject: mail.map(|mail| mail.subject.clone()),
                internal_date: source.internal_date,
            };
            mailbox::quarantine(&mut work.tx, &aside).await?;
            work.notices.push(Notice { title: reason.to_owned(), ..Notice::new("quarantined") });
        }
        self.finish(work).await?;
        Ok(outcome("quarantined", None, Some(reason)))
    }
}

/// Parses off the async threads; a panic is a reason for quarantine, not a crash.
async fn read(raw: Vec<u8>) -> std::result::Result<(Incoming, Vec<u8>), (String, Vec<u8>)> {
    let backup = raw.clone();
    let parsed = tokio::task::spawn_blocking(move || {
        let parsed = std::panic::catch_unwind(|| parse(&raw));
        (parsed, raw)
    });
    match parsed.await {
        Ok((Ok(Ok(mail)), raw)) => Ok((mail, raw)),
        Ok((Ok(Err(unreadable)), raw)) => Err((unreadable.reason, raw)),
        Ok((Err(_), raw)) => Err(("reading this mail failed inside Docket".into(), raw)),
        Err(_) => Err(("reading this mail failed inside Docket".into(), backup)),
    }
}

fn outcome(outcome: &str, ticket: Option<String>, reason: Option<&str>) -> MailOutcome {
    MailOutcome { outcome: outcome.to_owned(), ticket, reason: reason.map(str::to_owned) }
}

/// Notes that this UID is done; `false` when it was before.
async fn note_source(work: &mut Work, source: &Source, what: &str) -> Result<bool> {
    match (source.mailbox, source.place) {
        (Some(mailbox), Some((validity, uid))) => Ok(mailbox::note_seen(&mut work.tx, mailbox.0, validity, uid, work.now, what).await?),
        _ => Ok(true),
    }
}

/// A mail is one article, however often it comes: by (mailbox, UIDVALIDITY, UID), and by Message-ID and content.
async fn already_here(work: &mut Work, ready: &Ready, source: &Source) -> Result<Option<MailOutcome>> {
    let known = mailbox::fingerprint(&mut work.tx, &identity(&ready.mail, source), &ready.hash).await?;
    let known = known.filter(|known| ready.mail.message_id.is_some() || !is_another(known, source));
    if !note_source(work, source, if known.is_some() { "duplicate" } else { "taken_in" }).await? {
        return Ok(Some(outcome("ignored", None, Some("already taken in"))));
    }
    let Some(known) = known else { return Ok(None) };
    let number = ticket::find(&mut work.tx, TicketId(known.ticket_id)).await?.map(|ticket| ticket.number);
    Ok(Some(outcome("ignored", number, Some("duplicate"))))
}

/// What names a mail beside its content: its Message-ID, or else when it reached the mailbox.
fn identity(mail: &Incoming, source: &Source) -> String {
    let arrival = || source.internal_date.map(|at| format!("arrived {at}")).unwrap_or_default();
    mail.message_id.clone().unwrap_or_else(arrival)
}

/// Without a Message-ID two mails may be alike to the letter: while UIDs keep their meaning, another UID is another mail.
fn is_another(known: &mailbox::Known, source: &Source) -> bool {
    let here = source.mailbox.zip(source.place).map(|(mailbox, (validity, _))| (mailbox.0, validity));
    here.is_some() && here == known.mailbox_id.zip(known.uid_validity)
}

impl Work {
    /// Finds where the mail belongs and puts it there.
    async fn place(&mut self, ready: &Ready, source: &Source) -> Result<MailOutcome> {
        let trusted = headers::trusted(&self.settings, source, &ready.mail);
        if trusted.ignore {
            return Ok(outcome("ignored", None, Some("X-OTRS-Ignore")));
        }
        if let Some(bounce) = &ready.mail.bounce
            && let Some(outcome) = self.take_report(ready, source, bounce).await?
        {
            return Ok(outcome);
        }
        let sender = ready.mail.from.as_ref().map(docket_mail::Address::key).unwrap_or_default();
        if self.settings.blocked.contains_key(&sender) {
            // Not even onto a ticket that it knows: nothing of a blocked sender wakes anybody.
            let done = self.open_as_junk(ready, source, &trusted).await?;
            return Ok(outcome("created", Some(done.ticket.number), Some("blocked sender")));
        }
        match self.route(&ready.mail).await? {
            Route::Existing(ticket) => match follow_up(&ticket, &self.settings) {
                FollowUp::NewTicket => {
                    let done = self.open(ready, source, &trusted).await?;
                    self.link(&done.ticket, &ticket).await?;
                    self.auto_answer(AutoKind::AutoReplyNewTicket, &done.ticket, &ready.mail, source).await?;
                    Ok(outcome("new_from_follow_up", Some(done.ticket.number), None))
                }
                wanted => {
                    let done = self.add_to(&ticket, ready, source, None).await?;
                    let reject = wanted == FollowUp::Reject;
                    let kind = if reject { AutoKind::AutoReject } else { AutoKind::AutoFollowUp };
                    self.auto_answer(kind, &done.ticket, &ready.mail, source).await?;
                    self.announce("follow_up", &done.ticket, ready);
                    Ok(outcome(if reject { "rejected" } else { "follow_up" }, Some(done.ticket.number), None))
                }
            },
            Route::New { named } => {
                let done = self.open(ready, source, &trusted).await?;
                let mut reason = None;
                if let Some(named) = named {
                    self.flag(&done.ticket, &named).await?;
                    reason = Some("the subject names a ticket that this sender has no part in");
                }
                self.auto_answer(AutoKind::AutoReply, &done.ticket, &ready.mail, source).await?;
                self.announce("new_ticket", &done.ticket, ready);
                Ok(outcome("created", Some(done.ticket.number), reason))
            }
        }
    }

    /// A delivery report goes onto the ticket of the mail it speaks of, and is never answered.
    async fn take_report(&mut self, ready: &Ready, source: &Source, report: &Bounce) -> Result<Option<MailOutcome>> {
        let known = article::references(&mut self.tx, &report.original_ids).await?;
        let Some(found) = known.into_iter().find(|reference| reference.ours && reference.article_id.is_some()) else { return Ok(None) };
        let Some(of) = found.article_id.map(ArticleId) else { return Ok(None) };
        let ticket = self.ticket(TicketId(found.ticket_id)).await?;
        let ticket = self.end_of(ticket).await?;
        let automatic = article::find(&mut self.tx, of).await?.is_some_and(|stored| stored.article.author.is_none());
        let harmless = report.action != BounceAction::Failed;
        let done = self.add_to(&ticket, ready, source, Some(Bounced { of: Some(of), automatic, harmless })).await?;
        if !harmless {
            self.announce("mail_failed", &done.ticket, ready);
        }
        Ok(Some(outcome("follow_up", Some(done.ticket.number), Some("delivery report"))))
    }

    async fn open(&mut self, ready: &Ready, source: &Source, trusted: &headers::Trusted) -> Result<Done> {
        let queue = trusted.queue.unwrap_or_else(|| destination(&self.settings, source, &ready.mail));
        let from = ready.mail.from.as_ref();
        let customer = Customer {
            address: from.map(|from| from.address.clone()).unwrap_or_default(),
            name: from.and_then(|from| from.name.clone()).unwrap_or_default(),
        };
        let state = trusted.state.unwrap_or(master::STATE_NEW);
        let first = Body::Receive(Box::new(self.received_mail(ready, None)));
        let body = Body::Create {
            number: String::new(),
            title: route::title(&self.settings, &ready.mail),
            queue,
            state,
            priority: trusted.priority.unwrap_or(master::PRIORITY_NORMAL),
            owner: None,
            lock: false,
            customer,
            pending_until: None,
            first: Some(Box::new(first)),
        };
        let envelope = Envelope::ticket(CommandId(new_id()), TicketId(new_id()), writer(&ready.mail), body);
        let done = self.carry_out_own(&envelope).await?;
        self.fingerprint(ready, source, &done, &envelope).await?;
        Ok(done)
    }

    /// From where it would have gone, so that "not junk" brings it there.
    async fn open_as_junk(&mut self, ready: &Ready, source: &Source, trusted: &headers::Trusted) -> Result<Done> {
        let done = self.open(ready, source, trusted).await?;
        self.carry_out_own(&Envelope::ticket(CommandId(new_id()), done.ticket.id, Actor::System, Body::Junk { block: false })).await
    }

    async fn add_to(&mut self, ticket: &Ticket, ready: &Ready, source: &Source, bounce: Option<Bounced>) -> Result<Done> {
        let actor = if bounce.is_some() { Actor::System } else { writer(&ready.mail) };
        let body = Body::Receive(Box::new(self.received_mail(ready, bounce)));
        let envelope = Envelope::ticket(CommandId(new_id()), ticket.id, actor, body);
        let done = self.carry_out_own(&envelope).await?;
        self.fingerprint(ready, source, &done, &envelope).await?;
        Ok(done)
    }

    fn received_mail(&self, ready: &Ready, bounce: Option<Bounced>) -> Received {
        let mail = &ready.mail;
        let mut references: Vec<String> = mail.in_reply_to.clone();
        references.extend(mail.references.iter().rev().filter(|id| !mail.in_reply_to.contains(id)).cloned());
        let article = NewArticle {
            id: new_id(),
            subject: mail.subject.clone(),
            text: mail.text.clone(),
            html: mail.html.clone(),
            attachments: ready.files.clone(),
        };
        Received {
            article,
            from: mail.from.as_ref().map(convert),
            to: mail.to.iter().map(convert).collect(),
            cc: mail.cc.iter().map(convert).collect(),
            reply_to: mail.reply_to.iter().map(convert).collect(),
            message_id: mail.message_id.clone(),
            references,
            raw: Some(ready.raw_key.clone()),
            warnings: mail.warnings.clone(),
            bounce,
        }
    }

    async fn fingerprint(&mut self, ready: &Ready, source: &Source, done: &Done, envelope: &Envelope) -> Result<()> {
        let article = match &envelope.body {
            Body::Receive(received) => received.article.id,
            Body::Create { first, .. } => match first.as_deref() {
                Some(Body::Receive(received)) => received.article.id,
                _ => return Ok(()),
            },
            _ => return Ok(()),
        };
        let known = mailbox::Known {
            ticket_id: done.ticket.id.0,
            article_id: article,
            mailbox_id: source.mailbox.map(|mailbox| mailbox.0),
            uid_validity: source.place.map(|(validity, _)| validity),
        };
        Ok(mailbox::note_fingerprint(&mut self.tx, &identity(&ready.mail, source), &ready.hash, &known).await?)
    }

    async fn link(&mut self, ticket: &Ticket, other: &Ticket) -> Result<()> {
        let pairs = [(ticket, other), (other, ticket)];
        for (one, two) in pairs {
            let body = Body::Link { ticket: two.id, number: two.number.clone(), kind: LinkKind::Normal };
            self.carry_out_own(&Envelope::ticket(CommandId(new_id()), one.id, Actor::System, body)).await?;
        }
        Ok(())
    }

    async fn flag(&mut self, ticket: &Ticket, named: &Ticket) -> Result<()> {
        let body = Body::FlagSuspicious { number: named.number.clone(), ticket: named.id };
        self.carry_out_own(&Envelope::ticket(CommandId(new_id()), ticket.id, Actor::System, body)).await?;
        Ok(())
    }

    fn announce(&mut self, code: &'static str, ticket: &Ticket, ready: &Ready) {
        let from = ready.mail.from.as_ref();
        let who = from.map_or("", |from| from.name.as_deref().unwrap_or(&from.address));
        self.notices.push(Notice { title: who.to_owned(), text: ticket.title.clone(), ..Notice::of(code, ticket) });
    }
}

/// The mail's author, as the history names them.
fn writer(mail: &Incoming) -> Actor {
    let name = mail.from.as_ref().map(|from| from.name.clone().unwrap_or_else(|| from.address.clone()));
    Actor::Customer { name: name.unwrap_or_default() }
}

/// The domain's address for the mail crate's.
pub(crate) fn convert(address: &docket_mail::Address) -> Address {
    Address { name: address.name.clone(), address: address.address.clone() }
}

/// Contract §3, DestQueue: the mailbox's queue, else the first own address among the recipients, else the postmaster's.
fn destination(settings: &Settings, source: &Source, mail: &Incoming) -> QueueId {
    let of_mailbox = source.mailbox.and_then(|id| settings.mailboxes.get(&id)).and_then(|mailbox| mailbox.queue_id);
    let by_address = || mail.recipients.iter().find_map(|address| settings.own_address(address)).map(|(_, own)| own.queue_id);
    of_mailbox
        .or_else(by_address)
        .filter(|queue| settings.queues.get(queue).is_some_and(|queue| queue.valid))
        .unwrap_or(settings.mail_rules.postmaster_queue_id)
}
