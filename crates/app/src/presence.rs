//! Who is at a ticket right now. Kept in memory; on PostgreSQL in a table too, through which several servers share it.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Mutex,
    time::Duration,
};

use docket_domain::{AgentId, TicketId, access};
use docket_store::{
    presence::{self, Present},
    ticket,
};
use tokio::sync::broadcast;

use crate::{
    app::App,
    error::{Error, Result},
    wire::PresentView,
};

/// Whoever was not heard of for this long (ms) has left.
const STALE: i64 = 40_000;
/// How often other servers are looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How often (ms) the table is cleared.
const SWEEP: i64 = 600_000;

/// Somebody at a ticket: writing or not, and when they were last heard of.
type Seen = HashMap<(TicketId, AgentId), (bool, i64)>;

/// Who is where, and word of it when that changes.
pub(crate) struct Presences {
    seen: Mutex<Seen>,
    moved: broadcast::Sender<TicketId>,
}

impl Default for Presences {
    fn default() -> Self {
        Self { seen: Mutex::default(), moved: broadcast::Sender::new(256) }
    }
}

impl Presences {
    /// Tickets where it changes, from now on.
    pub fn moved(&self) -> broadcast::Receiver<TicketId> {
        self.moved.subscribe()
    }

    /// Changes who is where and tells of every ticket where that made a difference.
    fn change(&self, now: i64, change: impl FnOnce(&mut Seen)) {
        let mut seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let before = shown(&seen);
        change(&mut seen);
        seen.retain(|_, (_, at)| *at > now - STALE);
        let tickets: BTreeSet<TicketId> = before.symmetric_difference(&shown(&seen)).map(|present| present.ticket).collect();
        drop(seen);
        for ticket in tickets {
            drop(self.moved.send(ticket));
        }
    }

    fn at(&self, ticket: TicketId) -> Vec<Present> {
        let seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        shown(&seen).into_iter().filter(|present| present.ticket == ticket).collect()
    }

    fn is_empty(&self) -> bool {
        self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner).is_empty()
    }
}

fn shown(seen: &Seen) -> BTreeSet<Present> {
    seen.iter().map(|(&(ticket, agent), &(writing, _))| Present { ticket, agent, writing }).collect()
}

impl App {
    /// I am at this ticket; answers who else is.
    pub async fn be_present(&self, me: AgentId, id: TicketId, writing: bool) -> Result<Vec<PresentView>> {
        self.may_look(me, id).await?;
        let (now, present) = (self.now(), Present { ticket: id, agent: me, writing });
        if self.0.db.is_postgres() {
            let mut tx = self.0.db.aside().await?;
            presence::note(&mut tx, present, now).await?;
            tx.commit().await?;
        }
        self.0.presence.change(now, |seen| {
            seen.insert((id, me), (writing, now));
        });
        Ok(self.others_at(me, id))
    }

    /// I have left it.
    pub async fn leave_ticket(&self, me: AgentId, id: TicketId) -> Result<()> {
        if self.0.db.is_postgres() {
            let mut tx = self.0.db.aside().await?;
            presence::leave(&mut tx, id, me).await?;
            tx.commit().await?;
        }
        self.0.presence.change(self.now(), |seen| {
            seen.remove(&(id, me));
        });
        Ok(())
    }

    /// Who else is at this ticket.
    pub async fn present(&self, me: AgentId, id: TicketId) -> Result<Vec<PresentView>> {
        self.may_look(me, id).await?;
        Ok(self.others_at(me, id))
    }

    pub(crate) async fn presence_loop(self) {
        let mut next_sweep = self.now() + SWEEP;
        while !self.stopping() {
            tokio::time::sleep(LOOK).await;
            if let Err(error) = self.look_who_is_there().await
                && !self.stopping()
            {
                tracing::debug!(%error, "looking who is at which ticket failed");
            }
            if self.0.db.is_postgres() && self.now() >= next_sweep {
                next_sweep = self.now() + SWEEP;
                drop(self.forget_who_was_there().await);
            }
        }
    }

    /// Sees who came and left on other servers, and who was not heard of any more.
    async fn look_who_is_there(&self) -> Result<()> {
        let now = self.now();
        if !self.0.db.is_postgres() {
            if !self.0.presence.is_empty() {
                self.0.presence.change(now, |_| {});
            }
            return Ok(());
        }
        let there = presence::since(&mut self.0.db.read().await?, now - STALE).await?;
        self.0.presence.change(now, |seen| {
            // Who came here while we looked is not there yet.
            seen.retain(|_, (_, at)| *at > now);
            for present in there {
                seen.entry((present.ticket, present.agent)).or_insert((present.writing, now));
            }
        });
        Ok(())
    }

    /// Clears away who has long left.
    async fn forget_who_was_there(&self) -> Result<()> {
        let mut tx = self.0.db.aside().await?;
        presence::forget(&mut tx, self.now() - STALE).await?;
        Ok(tx.commit().await?)
    }

    /// Those of these tickets that this agent may read.
    pub(crate) async fn may_look_at(&self, me: AgentId, tickets: BTreeSet<TicketId>) -> Result<Vec<TicketId>> {
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let mut readable = Vec::new();
        for id in tickets {
            if ticket::find(&mut tx, id).await?.is_some_and(|ticket| access::may_read(&settings, me, &ticket)) {
                readable.push(id);
            }
        }
        Ok(readable)
    }

    async fn may_look(&self, me: AgentId, id: TicketId) -> Result<()> {
        let readable = self.may_look_at(me, BTreeSet::from([id])).await?;
        readable.first().map(drop).ok_or(Error::NotFound("ticket"))
    }

    fn others_at(&self, me: AgentId, id: TicketId) -> Vec<PresentView> {
        let settings = self.settings();
        let others = self.0.presence.at(id).into_iter().filter(|present| present.agent != me);
        others
            .map(|Present { agent, writing, .. }| PresentView { agent_id: agent, name: settings.agent_name(agent).to_owned(), writing })
            .collect()
    }
}
