//! Several servers on one database: who is there, who does what, and what they tell each other.
//!
//! Every serving process has an id of its own and, on PostgreSQL, a row whose heartbeat the others look at, by the database's
//! clock. What one server does at a time (timers, each mailbox) is a lease; a server that has fallen silent loses its leases
//! and its claims. On SQLite the lock on the data folder says that there is one server, so nothing of this is written.

use std::{
    collections::{HashMap, HashSet},
    sync::PoisonError,
    time::Duration,
};

use docket_domain::{AgentId, MailboxId, QueueId, TicketId};
use docket_store::{
    Tx, job, secret,
    server::{self, Server},
};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use uuid::Uuid;

use crate::{
    app::{App, Notice},
    clock::new_id,
    error::{Error, Result},
    fetch::MailboxStatus,
};

/// How often a server says that it lives.
const BEAT: Duration = Duration::from_secs(3);
/// A server that has not been heard of for so long (ms) is dead to the others.
const SILENCE: i64 = 30_000;
/// A server that could not say it for so long stops what it does by a lease: the others are about to take over.
const DOUBT: Duration = Duration::from_secs(20);
/// How often a server looks at the database by itself, in case a word was lost.
const LOOK: Duration = Duration::from_secs(1);
/// So many agents of a notice go to the other servers: a word has at most 8,000 bytes.
const AGENTS: usize = 100;
/// So much of a notice goes to the other servers.
const NOTICE: usize = 300;

/// The lease on what time wakes.
pub(crate) const TIMERS: &str = "timers";

/// The lease on a mailbox.
pub(crate) fn mailbox_lease(id: MailboxId) -> String {
    format!("mailbox {id}")
}

/// What a server tells the others. A change of the feed is told by the store, as its new head.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Word {
    Notice {
        code: String,
        title: String,
        text: String,
        ticket: Option<TicketId>,
        queue: Option<QueueId>,
        #[serde(default)]
        agents: Vec<AgentId>,
        #[serde(default)]
        by: Option<AgentId>,
        #[serde(default)]
        seq: Option<i64>,
    },
    /// The alarms of that agent came or ended.
    Rung {
        agent: AgentId,
    },
    /// A device asks the server that says so, or was used at that moment.
    Device {
        agent: AgentId,
        device: String,
        #[serde(default)]
        used_at: Option<i64>,
    },
    Mailboxes,
    Fetch {
        mailbox: MailboxId,
    },
    Left,
}

#[derive(Serialize, Deserialize)]
struct Said {
    from: Uuid,
    #[serde(flatten)]
    word: Word,
}

fn cut(text: &str) -> String {
    text.chars().take(NOTICE).collect()
}

/// The code of a notice that this program knows, too.
pub(crate) fn known_code(code: &str) -> Option<&'static str> {
    const CODES: [&str; 14] = [
        "new_ticket",
        "follow_up",
        "note",
        "owner_update",
        "responsible_update",
        "queue_move",
        "service_update",
        "mail_failed",
        "perhaps_sent",
        "held",
        "mailbox_stopped",
        "quarantined",
        "escalation",
        "escalation_warning",
    ];
    CODES.into_iter().chain(crate::reminders::CODES).find(|known| *known == code)
}

/// Which server claimed a job; the rest of its holder names the claim.
fn claimant(holder: Option<&str>) -> Option<Uuid> {
    holder?.split_once('/')?.0.parse().ok()
}

impl App {
    /// The id of this process.
    pub fn server_id(&self) -> Uuid {
        self.0.server
    }

    /// Can others serve the same database?
    pub(crate) fn has_team(&self) -> bool {
        self.0.db.is_postgres()
    }

    /// Does this server do what the lease names?
    pub(crate) fn leads(&self, lease: &str) -> bool {
        !self.has_team() || self.0.leases.borrow().contains(lease)
    }

    /// A holder for jobs that no other claim has, not even of this server.
    pub(crate) fn new_claim(&self) -> String {
        format!("{}/{}", self.0.server, new_id().simple())
    }

    /// Whoever held the data folder before is dead: its claims and leases are free at once.
    pub(crate) async fn bury(&self, former: Option<Uuid>) -> Result<()> {
        if let Some(former) = former.filter(|_| self.has_team()) {
            let mut tx = self.0.db.aside().await?;
            server::remove(&mut tx, former, i64::MAX).await?;
            tx.commit().await?;
        }
        self.recover_jobs().await
    }

    /// Refuses to serve beside others without the key that opens what they have sealed.
    pub(crate) async fn check_key(&self) -> Result<()> {
        if !self.has_team() || self.living().await?.is_empty() {
            return Ok(());
        }
        let sealed = secret::first(&mut self.0.db.read().await?).await?;
        if sealed.is_some_and(|sealed| !self.0.secrets.opens(&sealed)) {
            return Err(Error::Unavailable {
                code: "key_file",
                message: "another server of this desk has sealed the mailbox passwords with another key; start every server with the same \
                          --key-file"
                    .into(),
            });
        }
        Ok(())
    }

    /// The servers that live, by the database's clock.
    pub(crate) async fn living(&self) -> Result<HashSet<Uuid>> {
        let mut tx = self.0.db.aside().await?;
        let since = server::now(&mut tx).await? - SILENCE;
        Ok(server::all(&mut tx).await?.into_iter().filter(|server| server.seen_at >= since).map(|server| server.id).collect())
    }

    /// Says that this server lives, renews its leases, and clears up behind those that do not.
    pub(crate) async fn team_loop(self) {
        let mut stopping = self.0.stopping.subscribe();
        let (mut started_at, mut heard) = (None, Instant::now());
        while !self.stopping() {
            match self.beat(&mut started_at).await {
                Ok(()) => {
                    heard = Instant::now();
                    if let Err(error) = self.clear_up().await {
                        tracing::error!(?error, "clearing up behind another server failed");
                    }
                }
                Err(error) => {
                    tracing::warn!(?error, "this server could not say that it lives");
                    if heard.elapsed() > DOUBT {
                        self.0.leases.send_replace(HashSet::new());
                    }
                }
            }
            tokio::select! {
                _ = stopping.changed() => {}
                () = self.0.wake_team.notified() => {}
                () = tokio::time::sleep(BEAT) => {}
            }
        }
    }

    async fn beat(&self, started_at: &mut Option<i64>) -> Result<()> {
        let mut tx = self.0.db.aside().await?;
        let now = server::now(&mut tx).await?;
        let name = self.0.address.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let started_at = *started_at.get_or_insert(now);
        let own = Server { id: self.0.server, name, version: env!("CARGO_PKG_VERSION").into(), started_at, seen_at: now };
        server::beat(&mut tx, &own).await?;
        let settings = self.settings();
        let mailboxes = settings.mailboxes.iter().filter(|(_, mailbox)| mailbox.valid).map(|(id, _)| mailbox_lease(*id));
        let mut leases = HashSet::new();
        for name in mailboxes.chain([TIMERS.to_owned()]) {
            if server::lease(&mut tx, &name, self.0.server, now - SILENCE).await? {
                leases.insert(name);
            }
        }
        tx.commit().await?;
        self.0.leases.send_if_modified(|known| {
            let changed = *known != leases;
            *known = leases;
            changed
        });
        self.read_statuses().await
    }

    async fn clear_up(&self) -> Result<()> {
        let mut tx = self.0.db.aside().await?;
        let before = server::now(&mut tx).await? - SILENCE;
        let silent: Vec<Server> = server::all(&mut tx).await?.into_iter().filter(|server| server.seen_at < before).collect();
        for server in &silent {
            if server::remove(&mut tx, server.id, before).await? {
                tracing::warn!(server = %server.id, name = server.name, "a server has fallen silent; the others take over");
            }
        }
        tx.commit().await?;
        if !silent.is_empty() {
            self.0.wake_team.notify_one();
        }
        self.recover_jobs().await
    }

    /// Claims of servers that live no more: what was claimed waits again, what had started may have left (DESIGN §4.5).
    pub(crate) async fn recover_jobs(&self) -> Result<()> {
        let mut tx = self.0.db.aside().await?;
        let mut jobs = job::in_state(&mut tx, "claimed").await?;
        jobs.extend(job::in_state(&mut tx, "started").await?);
        drop(tx);
        if jobs.is_empty() {
            return Ok(());
        }
        // Asked after the jobs: whoever has claimed one was there before.
        let living = self.living().await?;
        for job in jobs.into_iter().filter(|job| claimant(job.holder.as_deref()).is_none_or(|server| !living.contains(&server))) {
            self.recover_job(job).await?;
        }
        Ok(())
    }

    /// Leaves the team: others take over at once.
    pub(crate) async fn leave_team(&self) -> Result<()> {
        let mut tx = self.0.db.aside().await?;
        server::remove(&mut tx, self.0.server, i64::MAX).await?;
        tx.tell(&self.said(Word::Left)).await?;
        Ok(tx.commit().await?)
    }

    /// Hears what the others say.
    pub(crate) async fn listen_loop(self) {
        while !self.stopping() {
            if let Err(error) = self.listen().await
                && !self.stopping()
            {
                tracing::warn!(?error, "listening to the database failed");
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn listen(&self) -> Result<()> {
        let Some(mut ears) = self.0.db.listen().await? else { return Ok(()) };
        loop {
            // Something may have been missed before, or when the line broke.
            let word = ears.next().await?;
            match word.as_deref().map(|word| (word.parse::<i64>(), word)) {
                None => self.0.heard.notify_one(),
                Some((Ok(head), _)) if head <= *self.head().borrow() => {}
                Some((Ok(_), _)) => self.0.heard.notify_one(),
                Some((Err(_), word)) => {
                    // A newer program may say what this one does not understand.
                    if let Ok(said) = serde_json::from_str::<Said>(word)
                        && said.from != self.0.server
                    {
                        self.hear(said.word).await;
                    }
                }
            }
        }
    }

    async fn hear(&self, word: Word) {
        match word {
            Word::Notice { code, title, text, ticket, queue, agents, by, seq } => {
                if let Some(code) = known_code(&code) {
                    self.notify_here(Notice { title, text, ticket, queue, agents, by, seq, ..Notice::new(code) });
                }
            }
            Word::Rung { agent } => self.ring(agent),
            Word::Device { agent, device, used_at } => match used_at {
                Some(at) => self.0.uses.used(agent, &device, at),
                None => self.0.uses.asks_elsewhere(agent, &device, self.now()),
            },
            Word::Mailboxes => drop(self.read_statuses().await),
            Word::Fetch { mailbox } => drop(self.0.wake_fetch.send(Some(mailbox))),
            Word::Left => self.0.wake_team.notify_one(),
        }
    }

    fn said(&self, word: Word) -> String {
        serde_json::json!(Said { from: self.0.server, word }).to_string()
    }

    /// A notice as a word for the other servers.
    pub(crate) fn word_of(&self, notice: &Notice) -> String {
        let Notice { code, title, text, ticket, queue, agents, by, seq, due_at: _ } = notice;
        let agents = agents.iter().copied().take(AGENTS).collect();
        let (code, title, text) = ((*code).to_owned(), cut(title), cut(text));
        self.said(Word::Notice { code, title, text, ticket: *ticket, queue: *queue, agents, by: *by, seq: *seq })
    }

    /// Tells the other servers, with the transaction that changes them, that an agent's alarms came or ended.
    pub(crate) async fn tell_rung_in(&self, tx: &mut Tx, agent: AgentId) -> Result<()> {
        Ok(tx.tell(&self.said(Word::Rung { agent })).await?)
    }

    /// Tells the other servers that a device asks here, or was used.
    pub(crate) async fn tell_device(&self, agent: AgentId, device: &str, used_at: Option<i64>) {
        if self.has_team() {
            self.tell(Word::Device { agent, device: cut(device), used_at }).await;
        }
    }

    async fn tell(&self, word: Word) {
        if let Err(error) = self.0.db.tell(&self.said(word)).await {
            tracing::warn!(?error, "the other servers could not be told");
        }
    }

    /// Asks whoever fetches a mailbox to look into it now.
    pub(crate) fn ask_others_to_fetch(&self, mailbox: MailboxId) {
        if self.has_team() {
            let app = self.clone();
            tokio::spawn(async move { app.tell(Word::Fetch { mailbox }).await });
        }
    }

    /// Follows what other servers commit: when they say so, and each second.
    pub(crate) async fn follow_team(self) {
        while !self.stopping() {
            let known = *self.head().borrow();
            match self.reload().await {
                Ok(()) if *self.head().borrow() > known => {
                    self.0.wake_send.notify_one();
                    self.end_setup_link().await;
                }
                Ok(()) => {}
                Err(error) => tracing::debug!(%error, "looking at the database failed"),
            }
            tokio::select! {
                () = self.0.heard.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Lets the other servers know how this server's mailboxes are doing.
    pub(crate) async fn publish_statuses(self) {
        let mut moved = self.0.mailboxes_moved.subscribe();
        let mut written = HashMap::new();
        while !self.stopping() {
            match self.write_statuses(&mut written).await {
                Ok(false) => {}
                Ok(true) => self.tell(Word::Mailboxes).await,
                Err(error) => tracing::warn!(?error, "the state of the mailboxes could not be written"),
            }
            let _ = tokio::time::timeout(BEAT, moved.changed()).await;
        }
    }

    async fn write_statuses(&self, written: &mut HashMap<MailboxId, MailboxStatus>) -> Result<bool> {
        let mut now = self.0.statuses.lock().unwrap_or_else(PoisonError::into_inner).clone();
        now.retain(|_, status| status.server == self.0.server);
        written.retain(|id, _| now.contains_key(id));
        now.retain(|id, status| written.get(id).is_none_or(|known| !known.looks_like(status)));
        if now.is_empty() {
            return Ok(false);
        }
        let mut tx = self.0.db.aside().await?;
        for (id, status) in &now {
            server::set_mailbox_status(&mut tx, &status.row(*id)).await?;
        }
        tx.commit().await?;
        written.extend(now);
        Ok(true)
    }

    /// Reads how the mailboxes of the other servers are doing. Those of a dead one are about to be connected by another.
    async fn read_statuses(&self) -> Result<()> {
        let living = self.living().await?;
        let rows = server::mailbox_statuses(&mut self.0.db.read().await?).await?;
        let mut changed = false;
        let mut statuses = self.0.statuses.lock().unwrap_or_else(PoisonError::into_inner);
        for row in rows {
            let id = MailboxId(row.mailbox_id);
            if row.server_id == self.0.server || self.leads(&mailbox_lease(id)) {
                continue;
            }
            let status = MailboxStatus::of_row(row, &living);
            changed |= statuses.get(&id).is_none_or(|known| !known.looks_like(&status));
            statuses.insert(id, status);
        }
        drop(statuses);
        if changed {
            self.0.mailboxes_moved.send_modify(|count| *count += 1);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_names_its_server() {
        let server = new_id();
        assert_eq!(claimant(Some(&format!("{server}/{}", new_id().simple()))), Some(server));
        for older in [None, Some("/data/desk#holder"), Some("nonsense")] {
            assert_eq!(claimant(older), None, "{older:?}");
        }
    }

    #[test]
    fn a_notice_fits_on_the_line() {
        let notice = Word::Notice {
            code: "held".into(),
            title: cut(&"🖨".repeat(9_000)),
            text: cut(&"\u{1}".repeat(9_000)),
            ticket: None,
            queue: None,
            agents: vec![AgentId(new_id()); AGENTS],
            by: None,
            seq: None,
        };
        let text = serde_json::to_string(&Said { from: new_id(), word: notice }).unwrap();
        assert!(text.len() < 7_900, "{}", text.len());
        let heard: Said = serde_json::from_str(&text).unwrap();
        assert!(matches!(heard.word, Word::Notice { title, .. } if title.chars().count() == NOTICE));
    }
}
