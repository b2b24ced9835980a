//! Drafts and personal documents: kept as typed, last write wins.

use docket_domain::{AgentId, QueueId, TicketId, access::may_read};
use docket_store::{personal, ticket};
use serde_json::{Value, json};

use crate::{
    access::readable,
    app::{App, Notice},
    error::{Error, Result},
    reminders,
    view::draft_view,
    wire::{DraftView, SaveDraft},
};

const DRAFT: &str = "draft";
/// The draft of a ticket that is not there yet.
const NEW: &str = "create";
const LONGEST: usize = 4 << 20;

impl App {
    /// All drafts of an agent, the latest first; those on tickets out of sight rest until they may be read again.
    pub async fn drafts(&self, me: AgentId) -> Result<Vec<DraftView>> {
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let mut views = Vec::new();
        for draft in personal::all(&mut tx, me, DRAFT, "").await?.iter().filter_map(draft_view) {
            let ticket = ticket::find(&mut tx, draft.ticket_id).await?;
            if ticket.map_or(draft.kind == NEW, |ticket| may_read(&settings, me, &ticket)) {
                views.push(draft);
            }
        }
        Ok(views)
    }

    /// Keeps a draft.
    pub async fn save_draft(&self, me: AgentId, ticket: TicketId, kind: &str, draft: SaveDraft) -> Result<()> {
        known_kind(kind)?;
        if kind != NEW {
            let mut tx = self.0.db.read().await?;
            let settings = self.settings_in(&mut tx).await?;
            readable(&mut tx, &settings, me, ticket).await?;
        }
        let document = json!({ "body": draft.body, "seen_upto": draft.seen_upto });
        self.keep(me, DRAFT, &format!("{ticket}/{kind}"), &document).await
    }

    /// Takes a draft away.
    pub async fn remove_draft(&self, me: AgentId, ticket: TicketId, kind: &str) -> Result<()> {
        known_kind(kind)?;
        let mut tx = self.0.db.aside().await?;
        personal::remove(&mut tx, me, DRAFT, &format!("{ticket}/{kind}"), self.now()).await?;
        Ok(tx.commit().await?)
    }

    /// A personal document; null when there is none.
    pub async fn personal(&self, me: AgentId, key: &str) -> Result<Value> {
        let mut tx = self.0.db.read().await?;
        let found = personal::find(&mut tx, me, "view", key).await?;
        Ok(found.and_then(|found| serde_json::from_str(&found.document).ok()).unwrap_or(Value::Null))
    }

    /// Keeps a personal document.
    pub async fn save_personal(&self, me: AgentId, key: &str, document: Value) -> Result<()> {
        if key.is_empty() || key.len() > 100 {
            return Err(Error::invalid("key", "a key has 1 to 100 characters"));
        }
        self.keep(me, "view", key, &document).await
    }

    /// May this agent hear of it? Of tickets that they may read, and of what is no ticket's.
    pub async fn may_hear(&self, me: AgentId, notice: &Notice) -> Result<bool> {
        if notice.code == "quarantined" {
            return Ok(self.is_admin(me));
        }
        let Some(id) = notice.ticket else { return Ok(true) };
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        Ok(ticket::find(&mut tx, id).await?.is_some_and(|ticket| may_read(&settings, me, &ticket)))
    }

    /// Does this agent want to hear of it? Mail of customers and notes on tickets they have to do with, mail of customers for the
    /// queues they chose (`my_queues`; none chosen: all), as with what time does; trouble with mail always.
    pub async fn concerns(&self, me: AgentId, notice: &Notice) -> Result<bool> {
        if !self.may_hear(me, notice).await? {
            return Ok(false);
        }
        const OF_TICKETS: [&str; 9] = [
            "new_ticket",
            "follow_up",
            "note",
            "owner_update",
            "responsible_update",
            "queue_move",
            "service_update",
            "escalation",
            "escalation_warning",
        ];
        if !OF_TICKETS.contains(&notice.code) && !reminders::CODES.contains(&notice.code) {
            return Ok(true);
        }
        if notice.by == Some(me) {
            return Ok(false);
        }
        if notice.agents.contains(&me) {
            return Ok(true);
        }
        let Some(queue) = notice.queue else { return Ok(false) };
        let mine = self.personal(me, "my_queues").await?;
        let mine: Vec<QueueId> = serde_json::from_value(mine).unwrap_or_default();
        Ok(mine.is_empty() || mine.contains(&queue))
    }

    async fn keep(&self, me: AgentId, kind: &str, key: &str, document: &Value) -> Result<()> {
        let text = document.to_string();
        if text.len() > LONGEST {
            return Err(Error::TooLarge { limit_mb: (LONGEST >> 20) as u64 });
        }
        let mut tx = self.0.db.aside().await?;
        personal::save(&mut tx, me, kind, key, &text, self.now()).await?;
        Ok(tx.commit().await?)
    }
}

fn known_kind(kind: &str) -> Result<()> {
    if ["reply", "forward", "note", "phone_call", NEW].contains(&kind) {
        Ok(())
    } else {
        Err(Error::invalid("kind", "there is no such draft"))
    }
}
