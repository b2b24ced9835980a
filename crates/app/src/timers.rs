//! What time wakes: pending states that end, and changes by other processes.

use std::time::Duration;

use docket_store::{alarm, attempt, blob, delivery, left_behind, personal, replica, session};

use crate::{app::App, error::Result, snooze::Told, team::TIMERS};

mod due;

const MINUTE: i64 = 60_000;

const DAY: i64 = 24 * 3_600_000;
/// How an alarm ended is known for so long, for devices that come back late.
const ALARMS_KEPT: i64 = 60 * DAY;
const SESSION_LONGEST: i64 = 16 * 3_600_000;
const SESSION_IDLE: i64 = 8 * 3_600_000;

/// What one look at the time leaves for the next.
#[derive(Default)]
struct Looks {
    /// Silence is counted in days: nobody looks at it each second.
    silence_at: i64,
    snoozes: Told,
    facts_folded: bool,
}

impl App {
    pub(crate) async fn timer_loop(self) {
        let (mut next_sweep, mut looks) = (0, Looks::default());
        while !self.stopping() {
            // Of several servers one does this.
            if !self.leads(TIMERS) {
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
            if !looks.facts_folded && self.connected().is_none() {
                match self.fold_old_facts().await {
                    Ok(()) => looks.facts_folded = true,
                    Err(error) => tracing::error!(?error, "bringing older tickets up to date failed"),
                }
            }
            if let Err(error) = self.end_what_is_due(&mut looks).await {
                tracing::error!(?error, "looking for what is due failed");
            }
            if let Err(error) = self.wake_snoozed(&mut looks.snoozes).await {
                tracing::error!(?error, "looking for snoozed tickets failed");
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

    /// What the server does for all: on a replica it comes with the next pull.
    async fn end_what_is_due(&self, looks: &mut Looks) -> Result<()> {
        if self.connected().is_some() {
            return Ok(());
        }
        self.end_pending().await?;
        self.remind().await?;
        self.end_locks().await?;
        if self.now() >= looks.silence_at {
            looks.silence_at = self.now() + MINUTE;
            self.tell_silence().await?;
        }
        Ok(())
    }

    async fn sweep(&self) -> Result<()> {
        let mut tx = self.0.db.aside().await?;
        replica::clear_discarded(&mut tx, self.now() - crate::replica::DISCARDED_KEPT).await?;
        session::expire(&mut tx, self.now() - SESSION_LONGEST, self.now() - SESSION_IDLE).await?;
        attempt::expire(&mut tx, self.now() - DAY).await?;
        alarm::expire(&mut tx, self.now() - ALARMS_KEPT).await?;
        delivery::expire(&mut tx, self.now() - crate::alarm::KEPT_DAYS * DAY).await?;
        // What waits for somebody: drafts name uploads by their id, commands that a device left behind by the bytes.
        let waits = personal::of_kind(&mut tx, "draft").await?.concat() + &left_behind::waiting(&mut tx).await?.concat();
        for upload in blob::uploads_before(&mut tx, self.now() - DAY).await? {
            if !waits.contains(&upload.id.to_string()) && !waits.contains(&upload.sha256) {
                blob::forget_upload(&mut tx, upload.id).await?;
            }
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
