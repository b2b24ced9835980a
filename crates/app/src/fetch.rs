//! Mail is fetched: every mailbox in a task of its own, so a slow one delays nobody.

use std::{collections::HashSet, time::Duration};

use docket_domain::{
    MailboxId,
    settings::{After, MailboxSettings, TakeIn},
};
use docket_mail::{
    imap::{self, ImapFailure, Mailbox, Since, Woken},
    probe::ProbeCode,
};
use docket_store::{
    mailbox::{self, State},
    server,
};
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::{
    app::{App, Notice},
    error::{Error, Result},
    intake::Source,
    team::mailbox_lease,
};

const LONGEST_IDLE: Duration = Duration::from_secs(25 * 60);
const RETRIES: [u64; 5] = [2, 5, 15, 60, 300];
/// So long another desk gets to take its mark back.
const DEFERENCE: Duration = Duration::from_secs(2);
/// So often one mail may fail before it is put aside.
const PATIENCE: usize = 3;

/// How a mailbox is doing.
#[derive(Clone, Debug)]
pub(crate) struct MailboxStatus {
    /// Who fetches it.
    pub server: Uuid,
    pub status: &'static str,
    pub code: Option<String>,
    pub detail: Option<String>,
    pub since: i64,
    pub foreign_desk: Option<String>,
    /// When everything in it had been taken in, the last time (ms UTC).
    pub looked_at: i64,
}

impl MailboxStatus {
    /// Does it say the same to people?
    pub fn looks_like(&self, other: &Self) -> bool {
        (self.server, self.status, &self.code, &self.detail, &self.foreign_desk)
            == (other.server, other.status, &other.code, &other.detail, &other.foreign_desk)
    }

    /// As it is written for other servers.
    pub fn row(&self, id: MailboxId) -> server::MailboxStatus {
        server::MailboxStatus {
            mailbox_id: id.0,
            server_id: self.server,
            status: self.status.into(),
            code: self.code.clone(),
            detail: self.detail.clone(),
            since: self.since,
            foreign_desk: self.foreign_desk.clone(),
        }
    }

    /// As another server has written it; where that is dead, somebody is about to connect.
    pub fn of_row(row: server::MailboxStatus, living: &HashSet<Uuid>) -> Self {
        const KNOWN: [&str; 4] = ["connected", "polling", "failed", "stopped"];
        let known = KNOWN.into_iter().find(|known| *known == row.status).filter(|_| living.contains(&row.server_id));
        Self {
            server: row.server_id,
            status: known.unwrap_or("connecting"),
            code: row.code,
            detail: row.detail,
            since: row.since,
            foreign_desk: row.foreign_desk,
            looked_at: 0,
        }
    }
}

/// Why a mailbox is left alone for now.
enum Trouble {
    Imap(ImapFailure),
    Foreign(String),
    Ours(Error),
}

impl From<ImapFailure> for Trouble {
    fn from(failure: ImapFailure) -> Self {
        Self::Imap(failure)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

/// Waits until somebody wants this mailbox, or all of them, looked into now.
async fn asked(wake: &mut broadcast::Receiver<Option<MailboxId>>, id: MailboxId) {
    loop {
        match wake.recv().await {
            Ok(Some(other)) if other != id => {}
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

impl App {
    /// Keeps one task for each valid mailbox that is this server's to fetch, and starts it anew when its record changes.
    pub(crate) async fn fetch_loop(self) {
        let mut tasks: std::collections::HashMap<MailboxId, (MailboxSettings, tokio::task::JoinHandle<()>)> = Default::default();
        let mut head = self.head();
        let mut stopping = self.0.stopping.subscribe();
        let mut leases = self.0.leases.subscribe();
        while !self.stopping() {
            let settings = self.settings();
            tasks.retain(|id, (known, task)| {
                let ours = settings.mailboxes.get(id).filter(|now| now.valid && self.leads(&mailbox_lease(*id)));
                let keep = ours.is_some_and(|now| now == known) && self.connected().is_none();
                if !keep {
                    task.abort();
                }
                if ours.is_none() {
                    self.forget_status(*id);
                }
                keep
            });
            // On a replica the server fetches.
            let fetches = self.connected().is_none();
            for (id, mailbox) in settings.mailboxes.iter().filter(|(_, mailbox)| mailbox.valid && fetches) {
                if !tasks.contains_key(id) && self.leads(&mailbox_lease(*id)) {
                    let task = tokio::spawn(self.clone().keep_fetching(*id, mailbox.clone()));
                    tasks.insert(*id, (mailbox.clone(), task));
                }
            }
            let known = settings.head;
            loop {
                tokio::select! {
                    _ = stopping.changed() => {}
                    _ = leases.changed() => break,
                    _ = tokio::time::timeout(Duration::from_secs(5), head.changed()) => {}
                }
                if self.stopping() {
                    break;
                }
                drop(self.reload().await);
                if self.settings().head != known {
                    // A mailbox may be new, and nobody's yet.
                    self.0.wake_team.notify_one();
                    break;
                }
            }
        }
        for (_, task) in tasks.into_values() {
            task.abort();
        }
    }

    async fn keep_fetching(self, id: MailboxId, settings: MailboxSettings) {
        let mut failures = 0;
        while !self.stopping() {
            let mut wake = self.0.wake_fetch.subscribe();
            self.set_status(id, "connecting", None, None);
            let trouble = match self.fetch_and_wait(id, &settings, &mut failures).await {
                Ok(()) => continue,
                Err(trouble) => trouble,
            };
            let (code, detail) = match trouble {
                Trouble::Foreign(desk) => {
                    self.stop_for(id, &settings, &desk).await;
                    return;
                }
                Trouble::Imap(failure) => (crate::mailboxes::code_of(&failure).to_owned(), failure.to_string()),
                Trouble::Ours(error) => (error.code().to_owned(), error.to_string()),
            };
            tracing::warn!(mailbox = %id, code, "fetching failed");
            self.set_status(id, "failed", Some(code), Some(detail));
            let wait = Duration::from_secs(RETRIES[failures.min(RETRIES.len() - 1)]);
            failures += 1;
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = asked(&mut wake, id) => {}
            }
        }
    }

    /// One connection: takes in what is there, then waits for more, until the line breaks.
    async fn fetch_and_wait(&self, id: MailboxId, settings: &MailboxSettings, failures: &mut usize) -> std::result::Result<(), Trouble> {
        let account = self.imap_account(id, settings).await?;
        let mut mailbox = imap::connect(&account).await?;
        let mut wake = self.0.wake_fetch.subscribe();
        loop {
            let withheld = self.take_new(id, settings, &mut mailbox, *failures).await?;
            *failures = 0;
            let status = if mailbox.has_idle() { "connected" } else { "polling" };
            let poll = Duration::from_secs(u64::from(settings.poll_seconds.max(5)));
            let wait = if mailbox.has_idle() && withheld.is_none() { LONGEST_IDLE } else { poll };
            let (code, detail) = withheld.map(|failure| (crate::mailboxes::code_of(&failure).to_owned(), failure.to_string())).unzip();
            self.set_status(id, status, code, detail);
            self.note_looked(id);
            tokio::select! {
                woken = mailbox.wait(wait) => match woken? {
                    Woken::NewMail | Woken::Timeout => {}
                },
                // The line is in the middle of a command: a fresh one is the clean way out.
                () = asked(&mut wake, id) => return Ok(()),
            }
        }
    }

    /// Takes in every mail that is due, oldest first, each in a transaction of its own. A mail that the server has but does
    /// not hand out delays no other: it is asked for again at every look; the last such refusal is the answer.
    async fn take_new(
        &self,
        id: MailboxId,
        settings: &MailboxSettings,
        mailbox: &mut Mailbox,
        failures: usize,
    ) -> std::result::Result<Option<ImapFailure>, Trouble> {
        let state = self.folder_state(id, settings, mailbox).await?;
        self.meet_others(settings, mailbox, &state).await?;
        let seen = {
            let mut tx = self.0.db.read().await.map_err(Error::from)?;
            mailbox::seen_from(&mut tx, id.0, state.uid_validity, state.done_uid + 1).await.map_err(Error::from)?
        };
        let from = u32::try_from(state.done_uid.max(state.start_uid - 1) + 1).unwrap_or(1);
        let mut uids = mailbox.search(Since::Uid(from)).await?;
        if state.done_uid == 0 {
            uids.extend(self.wanted_before(settings, mailbox, from).await?);
        }
        uids.sort_unstable();
        uids.dedup();
        let mut done = uids.last().map_or(0, |uid| i64::from(*uid));
        let mut withheld = None;
        let (known, new): (Vec<u32>, Vec<u32>) = uids.into_iter().partition(|uid| seen.binary_search(&i64::from(*uid)).is_ok());
        // The desk may have stopped between taking these in and what comes after that.
        for uid in known {
            self.leave(settings, mailbox, uid).await?;
        }
        for group in new.chunks(200) {
            for meta in self.fetch_own(settings, mailbox, group).await? {
                match self.take_one(id, settings, mailbox, &state, &meta, failures).await {
                    Err(Trouble::Imap(failure)) if failure.code == ProbeCode::Withheld => {
                        // Mails from before the account was connected are looked for only while nothing counts as done.
                        done = done.min(if i64::from(meta.uid) < state.start_uid { 0 } else { i64::from(meta.uid) - 1 });
                        withheld = Some(failure);
                    }
                    other => other?,
                }
            }
        }
        self.note_done(&state, done).await?;
        Ok(withheld)
    }

    /// Looks at the newest mails that were taken in: a desk that came later has marked them too.
    async fn meet_others(&self, settings: &MailboxSettings, mailbox: &mut Mailbox, state: &State) -> std::result::Result<(), Trouble> {
        let newest = state.done_uid.max(state.start_uid - 1);
        let from = u32::try_from((newest - 20).max(1)).unwrap_or(1);
        let mut recent = mailbox.search(Since::Uid(from)).await?;
        recent.truncate(200);
        self.fetch_own(settings, mailbox, &recent).await.map(drop)
    }

    /// What is known of these mails, unless another desk has marked one of them, and does not take its mark back.
    async fn fetch_own(
        &self,
        settings: &MailboxSettings,
        mailbox: &mut Mailbox,
        uids: &[u32],
    ) -> std::result::Result<Vec<imap::Meta>, Trouble> {
        let foreign = |meta: &[imap::Meta]| meta.iter().find_map(|meta| self.foreign(settings, &meta.flags));
        let mut meta = mailbox.fetch_meta(uids).await?;
        if foreign(&meta).is_some() {
            tokio::time::sleep(DEFERENCE).await;
            meta = mailbox.fetch_meta(uids).await?;
        }
        foreign(&meta).map_or(Ok(meta), |desk| Err(Trouble::Foreign(desk)))
    }

    /// Another desk that has marked a mail with these flags, and did not hand the mailbox over.
    fn foreign(&self, settings: &MailboxSettings, flags: &[String]) -> Option<String> {
        let desks = imap::foreign_desks(flags, &self.settings().desk.short_id);
        desks.into_iter().find(|desk| !settings.former_desks.contains(desk))
    }

    /// What the account's choice adds to mail that arrives from now on.
    async fn wanted_before(&self, settings: &MailboxSettings, mailbox: &mut Mailbox, from: u32) -> std::result::Result<Vec<u32>, Trouble> {
        let since = match settings.take_in {
            // What came between connecting the account and the first look belongs to "from now on". INTERNALDATE has
            // whole seconds (RFC 3501 §2.3.3): the second of connecting counts.
            TakeIn::FromNow => Since::Arrived(settings.connected_at - settings.connected_at.rem_euclid(1_000)),
            TakeIn::Unread => Since::Unread,
            TakeIn::Days { days } => Since::Arrived(self.now() - i64::from(days) * 24 * 3_600_000),
            TakeIn::All => Since::All,
        };
        let mut uids = mailbox.search(since).await?;
        uids.retain(|uid| *uid < from);
        Ok(uids)
    }

    async fn take_one(
        &self,
        id: MailboxId,
        settings: &MailboxSettings,
        mailbox: &mut Mailbox,
        state: &State,
        meta: &imap::Meta,
        failures: usize,
    ) -> std::result::Result<(), Trouble> {
        let uid = meta.uid;
        let Some(mail) = mailbox.fetch(uid).await? else { return Ok(()) };
        let source = Source {
            mailbox: Some(id),
            place: Some((state.uid_validity, i64::from(uid))),
            internal_date: mail.internal_date.or(meta.internal_date),
        };
        self.claim_mail(settings, mailbox, uid).await?;
        match self.take_in(mail.raw, &source).await {
            // What fails again and again for no reason of the disk's must not keep the next mail out.
            Err(Error::Internal(error)) if failures >= PATIENCE => {
                tracing::error!(?error, "a mail cannot be stored");
                let Some(mail) = mailbox.fetch(uid).await? else { return Ok(()) };
                self.put_aside(mail.raw, &source, "storing this mail failed inside Docket", None).await?;
            }
            other => drop(other?),
        }
        self.leave(settings, mailbox, uid).await
    }

    /// Marks a mail as this desk's before anything is made of it: of two desks that meet it at the same moment, the second sees
    /// the first one's mark and takes its own back. Where both see both, the one with the smaller name goes on.
    async fn claim_mail(&self, settings: &MailboxSettings, mailbox: &mut Mailbox, uid: u32) -> std::result::Result<(), Trouble> {
        let own = self.settings().desk.short_id.clone();
        let keyword = imap::desk_keyword(&own);
        for again in [true, false] {
            let flags = match mailbox.mark(uid, &keyword).await {
                Ok(flags) => flags,
                Err(error) => {
                    // A server without keywords refuses; one that is gone has to be asked again.
                    mailbox.noop().await?;
                    tracing::info!(uid, %error, "the mailbox takes no mark");
                    return Ok(());
                }
            };
            let Some(desk) = self.foreign(settings, &flags) else { return Ok(()) };
            mailbox.unmark(uid, &keyword).await?;
            if !again || own > desk {
                return Err(Trouble::Foreign(desk));
            }
            tokio::time::sleep(DEFERENCE).await;
        }
        Ok(())
    }

    /// Only after the commit is a mail moved or changed, and only as far as the account says.
    async fn leave(&self, settings: &MailboxSettings, mailbox: &mut Mailbox, uid: u32) -> std::result::Result<(), Trouble> {
        match &settings.after {
            After::Leave => {}
            After::MarkRead => mailbox.mark_seen(uid).await?,
            After::Move { folder } => mailbox.move_to(uid, folder).await?,
            After::Delete => mailbox.delete(uid).await?,
        }
        Ok(())
    }

    async fn folder_state(&self, id: MailboxId, settings: &MailboxSettings, mailbox: &mut Mailbox) -> std::result::Result<State, Trouble> {
        let overview = mailbox.overview().await?;
        let validity = i64::from(overview.uid_validity);
        let mut tx = self.0.db.begin().await.map_err(Error::from)?;
        let folder = &settings.imap.folder;
        if let Some(state) = mailbox::state(&mut tx, id.0, folder, validity).await.map_err(Error::from)? {
            return Ok(state);
        }
        // Under a new UIDVALIDITY the folder is looked at as at first; what was taken in is known by its content.
        let state = State {
            mailbox_id: id.0,
            folder: folder.clone(),
            uid_validity: validity,
            start_uid: i64::from(overview.uid_next),
            done_uid: 0,
            connected_at: self.now(),
            taken_in: 0,
            last_mail_at: None,
            foreign_desk: None,
        };
        mailbox::save_state(&mut tx, &state).await.map_err(Error::from)?;
        tx.commit().await.map_err(Error::from)?;
        Ok(state)
    }

    async fn note_done(&self, state: &State, uid: i64) -> Result<()> {
        if uid <= state.done_uid {
            return Ok(());
        }
        let mut tx = self.0.db.begin().await?;
        if let Some(mut now) = mailbox::state(&mut tx, state.mailbox_id, &state.folder, state.uid_validity).await? {
            now.done_uid = now.done_uid.max(uid);
            mailbox::save_state(&mut tx, &now).await?;
        }
        Ok(tx.commit().await?)
    }

    /// One mailbox, one desk: this account neither fetches nor answers any more, and says who else does.
    async fn stop_for(&self, id: MailboxId, settings: &MailboxSettings, desk: &str) {
        tracing::warn!(mailbox = %id, desk, "another desk serves this mailbox");
        self.set_status(id, "stopped", Some("foreign_desk".into()), Some(desk.to_owned()));
        if let Some(status) = self.0.statuses.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_mut(&id) {
            status.foreign_desk = Some(desk.to_owned());
        }
        self.0.mailboxes_moved.send_modify(|count| *count += 1);
        self.notify(Notice { title: settings.name.clone(), text: desk.to_owned(), ..Notice::new("mailbox_stopped") }).await;
    }

    pub(crate) fn set_status(&self, id: MailboxId, status: &'static str, code: Option<String>, detail: Option<String>) {
        let now = self.now();
        let mut statuses = self.0.statuses.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let known = statuses.get(&id).filter(|known| known.server == self.0.server);
        if known.is_some_and(|known| known.status == status && known.code == code) {
            return;
        }
        // While it is tried again, the reason of the last failure stays on show.
        if status == "connecting" && known.is_some_and(|known| known.status == "failed") {
            return;
        }
        let looked_at = known.map_or(0, |known| known.looked_at);
        statuses.insert(id, MailboxStatus { server: self.0.server, status, code, detail, since: now, foreign_desk: None, looked_at });
        drop(statuses);
        self.0.mailboxes_moved.send_modify(|count| *count += 1);
    }

    /// This server does not fetch it any more.
    fn forget_status(&self, id: MailboxId) {
        self.0.statuses.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(&id);
        self.0.mailboxes_moved.send_modify(|count| *count += 1);
    }

    fn note_looked(&self, id: MailboxId) {
        let now = self.now();
        let mut statuses = self.0.statuses.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(status) = statuses.get_mut(&id) {
            status.looked_at = now;
        }
    }

    /// Has this mailbox met another desk? Then nothing is sent through it either.
    pub(crate) fn is_stopped(&self, id: MailboxId) -> bool {
        let statuses = self.0.statuses.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        statuses.get(&id).is_some_and(|status| status.status == "stopped")
    }
}
