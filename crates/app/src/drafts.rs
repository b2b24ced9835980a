//! Drafts and personal documents: kept as typed, last write wins.

use docket_domain::{AgentId, QueueId, TicketId};
use docket_store::personal;
use serde_json::{Value, json};

use crate::{
    app::{App, Notice},
    error::{Error, Result},
    view::draft_view,
    wire::{DraftView, SaveDraft},
};

const DRAFT: &str = "draft";
const LONGEST: usize = 4 << 20;

impl App {
    /// All drafts of an agent, the latest first.
    pub async fn drafts(&self, me: AgentId) -> Result<Vec<DraftView>> {
        let mut tx = self.0.db.read().await?;
        let drafts = personal::all(&mut tx, me, DRAFT, "").await?;
        Ok(drafts.iter().filter_map(draft_view).collect())
    }

    /// Keeps a draft.
    pub async fn save_draft(&self, me: AgentId, ticket: TicketId, kind: &str, draft: SaveDraft) -> Result<()> {
        known_kind(kind)?;
        let document = json!({ "body": draft.body, "seen_upto": draft.seen_upto });
        self.keep(me, DRAFT, &format!("{ticket}/{kind}"), &document).await
    }

    /// Takes a draft away.
    pub async fn remove_draft(&self, me: AgentId, ticket: TicketId, kind: &str) -> Result<()> {
        known_kind(kind)?;
        let mut tx = self.0.db.aside().await?;
        personal::remove(&mut tx, me, DRAFT, &format!("{ticket}/{kind}")).await?;
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

    /// Does this agent want to hear of it? Mail of customers and notes on tickets they have to do with, mail of customers for the
    /// queues they chose (`my_queues`; none chosen: all), trouble with mail always.
    pub async fn concerns(&self, me: AgentId, notice: &Notice) -> Result<bool> {
        if !["new_ticket", "follow_up", "note"].contains(&notice.code) {
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
    if ["reply", "forward", "note", "phone_call", "create"].contains(&kind) {
        Ok(())
    } else {
        Err(Error::invalid("kind", "there is no such draft"))
    }
}
