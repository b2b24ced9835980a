//! Snoozed tickets: out of one agent's own lists until a moment, or until the customer writes. Others see nothing of it.
//!
//! It is a personal document: it works without the network, the last write wins, and whether it is over follows from the ticket and the
//! time, on every device alike.

use std::collections::HashSet;

use docket_domain::{AgentId, TicketId};
use docket_store::{
    Tx,
    personal::{self, Kept},
    ticket::{self, waits as due},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    access::readable,
    app::{App, Notice},
    error::{Error, Result},
    wire::{SnoozeInput, SnoozeView},
};

pub(crate) const SNOOZE: &str = "snooze";

/// Snoozes that this process has told the end of.
pub(crate) type Told = HashSet<(AgentId, String, i64)>;

/// What is kept of a snooze.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Snooze {
    /// Since when (ms UTC).
    since: i64,
    /// Until when; none: until the customer writes.
    until: Option<i64>,
    /// The customer's last word that whoever snoozed it had seen.
    heard: Option<i64>,
    /// Was it told that it is over?
    #[serde(default)]
    told: bool,
}

impl Snooze {
    /// As it stands now, on a ticket with that last word of its customer.
    fn view(&self, last_word: Option<i64>, now: i64) -> SnoozeView {
        let over = if last_word > self.heard {
            Some("reply")
        } else if self.until.is_some_and(|until| until <= now) {
            Some("time")
        } else {
            None
        };
        SnoozeView { since: self.since, until: self.until, over: over.map(str::to_owned) }
    }
}

fn read(document: &str) -> Option<Snooze> {
    serde_json::from_str(document).ok()
}

/// The snoozed tickets of one agent.
#[derive(Debug, Default)]
pub(crate) struct Snoozes(Vec<(Uuid, SnoozeView)>);

impl Snoozes {
    /// Those of an agent as they stand now.
    pub async fn of(tx: &mut Tx, me: AgentId, now: i64) -> Result<Self> {
        let kept = personal::all(tx, me, SNOOZE, "").await?;
        let kept: Vec<_> = kept.iter().filter_map(|kept| Some((kept.key.parse::<Uuid>().ok()?, read(&kept.document)?))).collect();
        let ids: Vec<Uuid> = kept.iter().map(|(id, _)| *id).collect();
        let words = due::last_words(tx, &ids).await?;
        let view = |(id, snooze): (Uuid, Snooze)| {
            let (_, word) = words.iter().find(|(known, _)| *known == id)?;
            Some((id, snooze.view(*word, now)))
        };
        Ok(Self(kept.into_iter().filter_map(view).collect()))
    }

    /// That of a ticket, if there is one.
    pub fn get(&self, id: Uuid) -> Option<&SnoozeView> {
        self.0.iter().find(|(known, _)| *known == id).map(|(_, view)| view)
    }

    /// What is out of sight.
    pub fn asleep(&self) -> Vec<Uuid> {
        self.0.iter().filter(|(_, view)| view.over.is_none()).map(|(id, _)| *id).collect()
    }

    /// What came back and was not looked at since.
    pub fn back(&self) -> Vec<Uuid> {
        self.0.iter().filter(|(_, view)| view.over.is_some()).map(|(id, _)| *id).collect()
    }
}

impl App {
    /// Takes a ticket out of the agent's own lists, until a moment or until the customer writes; saying it again says it anew.
    pub async fn snooze(&self, me: AgentId, ticket: TicketId, input: SnoozeInput) -> Result<SnoozeView> {
        let now = self.now();
        if input.until.is_some_and(|until| until <= now) {
            return Err(Error::invalid("until", "that moment is over"));
        }
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let heard = readable(&mut tx, &settings, me, ticket).await?.last_customer_at;
        drop(tx);
        let snooze = Snooze { since: now, until: input.until, heard, told: false };
        let document = serde_json::to_string(&snooze).map_err(anyhow::Error::from)?;
        let mut tx = self.0.db.aside().await?;
        personal::save(&mut tx, me, SNOOZE, &ticket.to_string(), &document, now).await?;
        tx.commit().await?;
        Ok(snooze.view(heard, now))
    }

    /// Puts a snoozed ticket back, or takes the mark from one that came back.
    pub async fn wake(&self, me: AgentId, ticket: TicketId) -> Result<()> {
        let mut tx = self.0.db.aside().await?;
        personal::remove(&mut tx, me, SNOOZE, &ticket.to_string(), self.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Tells of tickets that come back because their time has come; a customer's mail tells of itself. A replica does so where it
    /// has no contact, for what it cannot hear from its server.
    pub(crate) async fn wake_snoozed(&self, told: &mut Told) -> Result<()> {
        let on_replica = self.connected();
        if on_replica.is_some() && self.0.contact.borrow().online {
            return Ok(());
        }
        let now = self.now();
        let all = personal::with_agents(&mut self.0.db.read().await?, SNOOZE).await?;
        let due = all.into_iter().filter_map(|(agent, kept)| {
            let snooze = read(&kept.document).filter(|snooze| !snooze.told && snooze.until.is_some_and(|until| until <= now))?;
            let news = told.insert((agent, kept.key.clone(), snooze.since));
            news.then_some((agent, kept, snooze))
        });
        let due: Vec<_> = due.collect();
        if due.is_empty() {
            return Ok(());
        }
        let mut work = self.work().await?;
        for (agent, kept, snooze) in due {
            let Some(ticket) = (match kept.key.parse() {
                Ok(id) => ticket::find(&mut work.tx, id).await?,
                Err(_) => None,
            }) else {
                continue;
            };
            // The document as it was, but for the mark: a later one of the agent's goes before it.
            if on_replica.is_none() {
                let document = serde_json::to_string(&Snooze { told: true, ..snooze.clone() }).map_err(anyhow::Error::from)?;
                personal::take(&mut work.tx, agent, &Kept { document, ..kept }).await?;
            }
            if snooze.view(ticket.last_customer_at, now).over.as_deref() == Some("time") {
                // Into the feed, so that lists are asked for anew.
                let seq = work.tx.next_seq();
                ticket::touch(&mut work.tx, ticket.id, seq).await?;
                let notice = Notice { title: ticket.title, ticket: Some(ticket.id), agents: vec![agent], ..Notice::new("snooze_over") };
                work.notices.push(notice);
            }
        }
        self.finish(work).await
    }
}
