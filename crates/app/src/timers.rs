//! What time wakes: pending states that end, and changes by other processes.

use std::time::Duration;

use docket_domain::{Actor, Body, CommandId, Envelope, TicketId};
use docket_store::{alarm, attempt, blob, delivery, personal, replica, session, ticket};

use crate::{app::App, clock::new_id, error::Result, team::TIMERS};

const DAY: i64 = 24 * 3_600_000;
/// How an alarm ended is known for so long, for devices that come back late.
const ALARMS_KEPT: i64 = 60 * DAY;
const SESSION_LONGEST: i64 = 16 * 3_600_000;
const SESSION_IDLE: i64 = 8 * 3_600_000;

impl App {
    pub(crate) async fn timer_loop(self) {
        let mut next_sweep = 0;
        while !self.stopping() {
            // Of several servers one does this.
            if !self.leads(TIMERS) {
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
            if let Err(error) = self.end_pending().await {
                tracing::error!(?error, "looking for pending tickets failed");
            }
            if self.now() >= next_sweep {
                next_sweep = self.now() + DAY / 24;
                if let Err(error) = self.sweep().await {
                    tracing::error!(?error, "clearing up failed");
                }
                self.back_up_daily().await;
            }
            let pause = if self.0.clock.moves() { 50 } else { 1_000 };
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
    }

    /// `pending auto close±` tickets whose time has come go to the state that follows (contract §1, StateAfterPending).
    async fn end_pending(&self) -> Result<()> {
        // On a replica the server does this.
        if self.connected().is_some() {
            return Ok(());
        }
        let due = ticket::pending_due(&mut self.0.db.read().await?, self.now(), 500).await?;
        if due.is_empty() {
            return Ok(());
        }
        let mut work = self.work().await?;
        for id in due {
            let id = TicketId(id);
            let Some(ticket) = ticket::find(&mut work.tx, id).await? else { continue };
            if ticket.pending_until.is_none_or(|until| until > work.now) {
                continue;
            }
            let Some(state) = work.settings.states.get(&ticket.state).and_then(|state| state.next_state_id) else { continue };
            let body = Body::SetState { state, pending_until: None };
            work.carry_out_own(&Envelope::ticket(CommandId(new_id()), id, Actor::System, body)).await?;
        }
        self.finish(work).await
    }

    async fn sweep(&self) -> Result<()> {
        let mut tx = self.0.db.aside().await?;
        replica::clear_discarded(&mut tx, self.now() - crate::replica::DISCARDED_KEPT).await?;
        session::expire(&mut tx, self.now() - SESSION_LONGEST, self.now() - SESSION_IDLE).await?;
        attempt::expire(&mut tx, self.now() - DAY).await?;
        alarm::expire(&mut tx, self.now() - ALARMS_KEPT).await?;
        delivery::expire(&mut tx, self.now() - crate::alarm::KEPT_DAYS * DAY).await?;
        let drafts = personal::of_kind(&mut tx, "draft").await?.concat();
        let uploads = blob::uploads_before(&mut tx, self.now() - DAY).await?;
        for id in uploads.into_iter().filter(|id| !drafts.contains(&id.to_string())) {
            blob::forget_upload(&mut tx, id).await?;
        }
        tx.commit().await?;
        let used = self.files_in_use().await?;
        let swept = self.0.blobs.sweep(self.now() - DAY, used).await?;
        if swept > 0 {
            tracing::info!(swept, "took away files that nothing names");
        }
        Ok(())
    }

    /// Sees what other processes wrote to the same SQLite file.
    pub(crate) async fn watch_others(self) {
        let mut known = None;
        while !self.stopping() {
            match self.0.db.data_version().await {
                Ok(version) => {
                    if version.is_none() || known != version {
                        drop(self.reload().await);
                        if known.is_some() {
                            self.0.wake_send.notify_one();
                        }
                        known = version;
                    }
                }
                Err(_) if self.stopping() => return,
                Err(error) => tracing::debug!(%error, "looking at the database failed"),
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
}
