//! Mail leaves: each at most once.
//!
//! A job is claimed, then the server is asked to take sender and recipients; only when it will is the job marked
//! *started*, in a commit of its own, and the text leaves. Whatever dies before that mark is tried again; whatever dies
//! after it is never repeated by itself: an automatic mail is given up, an agent's stands as *perhaps sent*.

use std::{sync::atomic::Ordering, time::Duration};

use docket_domain::{Actor, ArticleId, Body, CommandId, Delivery, Envelope, MailboxId, Settings, TicketId};
use docket_mail::{
    compose::{self, AutoKind},
    parse::Part,
    smtp::{self, SendFailure},
};
use docket_store::{
    article::{self, Stored},
    job::{self, Change, Job},
    ticket,
};

use crate::{
    app::{App, Notice},
    clock::new_id,
    error::{Error, Result},
    levels::is_level_job,
    submit::MailJob,
};

/// Mails that leave at the same time.
pub(crate) const LANES: usize = 4;
/// Minutes between attempts while the server says "not now" or cannot be reached.
const PAUSES: [i64; 6] = [1, 2, 5, 10, 15, 30];
/// An agent's mail is tried for this long, an automatic one for a day less.
const PATIENCE_MS: i64 = 2 * 24 * 3_600_000;

/// How long mail waits for the mailboxes after sleep and at the start.
const FETCH_FIRST: Duration = Duration::from_secs(30);

/// Notices that the computer slept: the wall clock went on, the steady one did not.
struct Wakefulness {
    wall: i64,
    steady: tokio::time::Instant,
    first: bool,
}

impl Wakefulness {
    fn new(now: i64) -> Self {
        Self { wall: now, steady: tokio::time::Instant::now(), first: true }
    }

    /// True at the first question, and after a sleep of more than a minute.
    fn slept(&mut self, now: i64) -> bool {
        let steady = i64::try_from(self.steady.elapsed().as_millis()).unwrap_or(i64::MAX);
        let slept = self.first || now - self.wall - steady > 60_000;
        *self = Self { wall: now, steady: tokio::time::Instant::now(), first: false };
        slept
    }
}

/// What came of one attempt.
pub(crate) enum Attempt {
    Left,
    Failed(String),
    Later(String),
    Unknown(String),
    Held(&'static str),
    GivenUp,
    /// This server was taken for dead, and another has the job now.
    Taken,
}

impl App {
    pub(crate) async fn send_loop(self) {
        let mut awake = Wakefulness::new(self.now());
        while !self.stopping() {
            if awake.slept(self.now()) {
                self.fetch_first().await;
            }
            // No more is claimed than can leave at once: the rest is for other servers.
            let Ok(lane) = self.0.lanes.clone().acquire_owned().await else { return };
            let mut free = vec![lane];
            free.extend(std::iter::from_fn(|| self.0.lanes.clone().try_acquire_owned().ok()));
            let jobs = match self.claim(free.len()).await {
                Ok(jobs) => jobs,
                Err(error) => {
                    tracing::error!(?error, "claiming mail to send failed");
                    Vec::new()
                }
            };
            let idle = jobs.is_empty();
            for (job, lane) in jobs.into_iter().zip(free) {
                let app = self.clone();
                tokio::spawn(async move {
                    app.send_one(job).await;
                    drop(lane);
                });
            }
            if idle {
                let wait = self.until_next_job().await;
                tokio::select! {
                    () = self.0.wake_send.notified() => {}
                    () = tokio::time::sleep(wait) => {}
                }
            }
        }
    }

    /// A desk that slept or was off looks into its mailboxes before it sends: the customer may have written meanwhile.
    async fn fetch_first(&self) {
        if self.connected().is_some() {
            return;
        }
        let mailboxes: Vec<MailboxId> = self.settings().mailboxes.iter().filter(|(_, mailbox)| mailbox.valid).map(|(id, _)| *id).collect();
        let asked = self.now();
        drop(self.0.wake_fetch.send(None));
        let patience = tokio::time::Instant::now() + FETCH_FIRST;
        while tokio::time::Instant::now() < patience && !self.stopping() {
            let looked = {
                let statuses = self.0.statuses.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                mailboxes.iter().all(|id| {
                    statuses.get(id).is_some_and(|status| {
                        status.looked_at >= asked || ["failed", "stopped"].contains(&status.status) ||
                        // Another server waits for its mail all the time.
                        status.server != self.0.server && ["connected", "polling"].contains(&status.status)
                    })
                })
            };
            if looked {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Sends every mail that is due, one after the other; gives how many were tried. For who steps through time.
    pub async fn send_due(&self) -> Result<usize> {
        let mut tried = 0;
        loop {
            let jobs = self.claim(LANES).await?;
            if jobs.is_empty() {
                return Ok(tried);
            }
            for job in jobs {
                self.send_one(job).await;
                tried += 1;
            }
        }
    }

    async fn claim(&self, limit: usize) -> Result<Vec<Job>> {
        // Most looks find nothing, and need not write. Nothing leaves from a replica: the server sends.
        let now = self.now();
        let next = job::next_due(&mut self.0.db.read().await?).await?;
        if self.stopping() || self.connected().is_some() || next.is_none_or(|due| due > now) {
            return Ok(Vec::new());
        }
        let mut tx = self.0.db.aside().await?;
        let jobs = job::claim(&mut tx, &self.new_claim(), now, i64::try_from(limit).unwrap_or(1)).await?;
        tx.commit().await?;
        Ok(jobs)
    }

    async fn until_next_job(&self) -> Duration {
        if self.0.clock.moves() {
            return Duration::from_millis(50);
        }
        let next = async { job::next_due(&mut self.0.db.read().await?).await }.await.ok().flatten();
        let wait = next.map_or(5_000, |at| (at - self.now()).clamp(20, 5_000));
        Duration::from_millis(u64::try_from(wait).unwrap_or(1_000))
    }

    async fn send_one(&self, job: Job) {
        if is_level_job(&job.kind) {
            return self.do_level_job(&job).await;
        }
        let attempt = match self.attempt(&job).await {
            Ok(attempt) => attempt,
            Err(error) => Attempt::Later(error.to_string()),
        };
        if let Err(error) = self.record(&job, attempt).await {
            // The job stays claimed or started; whoever finds it after this server's end decides, as after a crash.
            tracing::error!(?error, "recording what became of a mail failed");
        }
    }

    async fn attempt(&self, job: &Job) -> Result<Attempt> {
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let stored = article::find(&mut tx, ArticleId(job.article_id)).await?.ok_or(Error::NotFound("article"))?;
        let body: MailJob = serde_json::from_str(&job.body).map_err(anyhow::Error::from)?;
        let automatic = job.kind == "auto_mail";
        if automatic && self.now() - body.written_at > i64::from(settings.mail_rules.auto_max_age_hours) * 3_600_000 {
            return Ok(Attempt::GivenUp);
        }
        if !automatic
            && !body.anyway
            && let Some(reason) = crate::guard::reason(&mut tx, &settings, &stored.article, &body, self.now()).await?
        {
            return Ok(Attempt::Held(reason));
        }
        let files: Vec<_> = article::attachments(&mut tx, stored.article.ticket)
            .await?
            .into_iter()
            .filter(|file| file.article == stored.article.id)
            .collect();
        drop(tx);
        let sender = stored.article.from.as_ref().map(|from| from.address.as_str()).unwrap_or_default();
        let Some((mailbox, account)) = self.smtp_for(&settings, sender).await? else {
            return Ok(Attempt::Later("no_mailbox".into()));
        };
        if self.is_stopped(mailbox) {
            return Ok(Attempt::Later("mailbox_stopped".into()));
        }
        let mut parts = Vec::with_capacity(files.len());
        for file in files {
            let bytes = self.0.blobs.get(&file.sha256).await?.ok_or(Error::NotFound("attachment"))?;
            parts.push(Part { name: file.name, content_type: file.content_type, content_id: file.content_id, inline: file.inline, bytes });
        }
        let mail = outgoing(&stored, &body, parts, automatic, self.now());
        let envelope = compose::envelope(&mail);
        let bytes = match tokio::task::spawn_blocking(move || compose::render(&mail)).await.map_err(anyhow::Error::from)? {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Attempt::Failed(error.to_string())),
        };
        self.hand_over(job, &account, &envelope, &bytes).await
    }

    pub(crate) async fn hand_over(
        &self,
        job: &Job,
        account: &smtp::SmtpAccount,
        envelope: &compose::Envelope,
        bytes: &[u8],
    ) -> Result<Attempt> {
        let mut session = match smtp::connect(account).await {
            Ok(session) => session,
            Err(failure) => return Ok(sort(failure, false)),
        };
        match session.prepare(envelope).await {
            Ok(prepared) if prepared.refused.is_empty() => {}
            Ok(prepared) => {
                session.quit().await;
                let words: Vec<String> =
                    prepared.refused.iter().map(|refused| format!("{}: {} {}", refused.address, refused.code, refused.text)).collect();
                let words = words.join("; ");
                let permanent = prepared.refused.iter().any(|refused| refused.permanent);
                return Ok(if permanent { Attempt::Failed(words) } else { Attempt::Later(words) });
            }
            Err(failure) => return Ok(sort(failure, true)),
        }
        let mine = if is_level_job(&job.kind) { self.mark_level_started(job).await? } else { self.mark_started(job).await? };
        if !mine {
            session.quit().await;
            return Ok(Attempt::Taken);
        }
        match session.send(bytes).await {
            Ok(_) => {
                tokio::spawn(session.quit());
                self.0.mails_left.fetch_add(1, Ordering::Relaxed);
                Ok(Attempt::Left)
            }
            Err(failure) => Ok(sort(failure, true)),
        }
    }

    /// In a commit of its own, before the text leaves.
    async fn mark_started(&self, job: &Job) -> Result<bool> {
        let mut work = self.work().await?;
        let change = Change { holder: job.holder.as_deref(), ..Change::default() };
        if !job::own_step(&mut work.tx, job, "claimed", "started", change, work.now).await? {
            return Ok(false);
        }
        let seq = work.tx.next_seq();
        article::set_delivery(&mut work.tx, ArticleId(job.article_id), Delivery::Sending, None, None, seq).await?;
        ticket::touch(&mut work.tx, TicketId(job.ticket_id), seq).await?;
        self.finish(work).await?;
        Ok(true)
    }

    async fn record(&self, job: &Job, attempt: Attempt) -> Result<()> {
        let article = ArticleId(job.article_id);
        let body: MailJob = serde_json::from_str(&job.body).map_err(anyhow::Error::from)?;
        let automatic = job.kind == "auto_mail";
        let command = match attempt {
            Attempt::Left => Body::MailLeft { article, author: body.author, next: body.next, forward: body.forward },
            Attempt::Failed(reason) => Body::MailFailed { article, reason },
            Attempt::Held(reason) => Body::HoldMail { article, reason: reason.to_owned(), seen_upto: body.seen_upto },
            Attempt::GivenUp => Body::MailFailed { article, reason: "too_old".into() },
            Attempt::Unknown(reason) if automatic => Body::MailFailed { article, reason: format!("given_up: {reason}") },
            Attempt::Unknown(_) => Body::MailUnknown { article },
            Attempt::Later(reason) => return self.later(job, &body, &reason).await,
            Attempt::Taken => return Ok(()),
        };
        let ticket = TicketId(job.ticket_id);
        let mut work = self.work().await?;
        let command = if job.holder.is_none() || job::keep(&mut work.tx, job).await? {
            command
        } else if let Body::MailLeft { article, author, next, .. } = command
            && job::of_article(&mut work.tx, article.0).await?.is_some_and(|now| now.id == job.id && now.state == "perhaps")
        {
            // This server was taken for dead while the mail was leaving. It knows now what the others could not.
            Body::ConfirmArrival { article, author, next }
        } else {
            return Ok(());
        };
        let code = match command {
            Body::MailFailed { .. } if !automatic => Some("mail_failed"),
            Body::MailUnknown { .. } => Some("perhaps_sent"),
            Body::HoldMail { .. } => Some("held"),
            _ => None,
        };
        let done = work.carry_out_own(&Envelope::ticket(CommandId(new_id()), ticket, Actor::System, command)).await?;
        let (there, queue, title) = (Some(done.ticket.id), Some(done.ticket.queue), done.ticket.title);
        work.notices.extend(code.map(|code| Notice { title, ticket: there, queue, ..Notice::new(code) }));
        self.finish(work).await
    }

    async fn later(&self, job: &Job, body: &MailJob, reason: &str) -> Result<()> {
        let now = self.now();
        if now - body.written_at.max(body.taken_at) > PATIENCE_MS {
            return Box::pin(self.record(job, Attempt::Failed(reason.to_owned()))).await;
        }
        let waits_for_mailbox = reason == "no_mailbox" || reason == "mailbox_stopped";
        let step = usize::try_from(job.attempts).unwrap_or(0).min(PAUSES.len() - 1);
        let pause = if waits_for_mailbox { 15_000 } else { PAUSES[step] * 60_000 };
        let mut work = self.work().await?;
        let change = Change { due_at: Some(now + pause), attempts: Some(job.attempts + 1), error: Some(reason), holder: None };
        let claimed = job::own_step(&mut work.tx, job, "claimed", "waiting", change.clone(), now).await?;
        // A job that had started shows "sending" until it is told otherwise.
        let started = !claimed && job::own_step(&mut work.tx, job, "started", "waiting", change, now).await?;
        if started || claimed && job.error.as_deref() != Some(reason) {
            let delivery = if waits_for_mailbox { Delivery::Waiting } else { Delivery::Retrying };
            let seq = work.tx.next_seq();
            article::set_delivery(&mut work.tx, ArticleId(job.article_id), delivery, None, Some(reason), seq).await?;
            // Its ticket may have been merged into another one while the mail was leaving.
            let there = job::of_article(&mut work.tx, job.article_id).await?.map_or(job.ticket_id, |job| job.ticket_id);
            ticket::touch(&mut work.tx, TicketId(there), seq).await?;
        }
        self.finish(work).await
    }

    /// The server that sends for an address: that of the mailbox whose user it is, else of its queue, else any.
    pub(crate) async fn smtp_for(&self, settings: &Settings, sender: &str) -> Result<Option<(MailboxId, smtp::SmtpAccount)>> {
        let queue = settings.own_address(sender).map(|(_, own)| own.queue_id);
        let mut mailboxes: Vec<_> = settings.mailboxes.iter().filter(|(_, mailbox)| mailbox.valid && mailbox.smtp.is_some()).collect();
        mailboxes.sort_by_key(|(_, mailbox)| (!mailbox.imap.user.eq_ignore_ascii_case(sender), mailbox.queue_id != queue));
        let Some((id, mailbox)) = mailboxes.first() else { return Ok(None) };
        Ok(self.smtp_account(**id, mailbox).await?.map(|account| (**id, account)))
    }

    /// What became of a job whose server is dead.
    pub(crate) async fn recover_job(&self, job: Job) -> Result<()> {
        if job.state == "started" && is_level_job(&job.kind) {
            return self.level_job_over(&job, Attempt::Unknown("the computer stopped while it was leaving".into())).await;
        }
        if job.state == "started" {
            return self.record(&job, Attempt::Unknown("the computer stopped while the mail was leaving".into())).await;
        }
        let mut tx = self.0.db.aside().await?;
        let change = Change { error: job.error.as_deref(), ..Change::default() };
        job::own_step(&mut tx, &job, "claimed", "waiting", change, self.now()).await?;
        tx.commit().await?;
        self.0.wake_send.notify_one();
        Ok(())
    }

    /// After a restore: what waited when the backup was made may have left since.
    pub(crate) async fn doubt_waiting_mail(&self) -> Result<()> {
        loop {
            let mut tx = self.0.db.read().await?;
            let mut jobs = Vec::new();
            for state in ["waiting", "claimed", "started"] {
                jobs.extend(job::in_state(&mut tx, state).await?);
            }
            drop(tx);
            if jobs.is_empty() {
                return Ok(());
            }
            for job in jobs {
                if is_level_job(&job.kind) {
                    self.level_job_over(&job, Attempt::Unknown("the desk was restored from a backup".into())).await?;
                    continue;
                }
                self.record(&job, Attempt::Unknown("the desk was restored from a backup".into())).await?;
            }
        }
    }

    /// How many mails wait to leave.
    pub async fn mails_waiting(&self) -> Result<i64> {
        let mut tx = self.0.db.read().await?;
        let counts = job::counts(&mut tx).await?;
        Ok(counts.iter().filter(|(state, _)| ["waiting", "claimed", "started"].contains(&state.as_str())).map(|(_, count)| count).sum())
    }
}

fn sort(failure: SendFailure, reached: bool) -> Attempt {
    let words = failure.to_string();
    match failure {
        // Before the server has heard of this mail, a refusal is about the account and may be mended.
        SendFailure::Refused { permanent: true, .. } if reached => Attempt::Failed(words),
        SendFailure::Refused { .. } | SendFailure::NotSent(..) => Attempt::Later(words),
        SendFailure::Unknown(..) => Attempt::Unknown(words),
    }
}

fn outgoing(stored: &Stored, job: &MailJob, attachments: Vec<Part>, automatic: bool, now: i64) -> compose::Outgoing {
    let article = &stored.article;
    let convert = |address: &docket_domain::Address| docket_mail::Address { name: address.name.clone(), address: address.address.clone() };
    let list = |addresses: &[docket_domain::Address]| addresses.iter().map(convert).collect::<Vec<_>>();
    let html = article.html.clone().unwrap_or_else(|| compose::text_to_html(&article.text));
    compose::Outgoing {
        message_id: article.message_id.clone().unwrap_or_default(),
        from: article.from.as_ref().map_or_else(|| docket_mail::Address::new(""), convert),
        to: list(&article.to),
        cc: list(&article.cc),
        bcc: list(&article.bcc),
        reply_to: None,
        subject: article.subject.clone(),
        text: article.text.clone(),
        html: Some(html),
        in_reply_to: job.in_reply_to.clone(),
        references: job.references.clone(),
        attachments,
        date: now,
        auto: automatic.then_some(AutoKind::AutoReplied),
        headers: Vec::new(),
    }
}
