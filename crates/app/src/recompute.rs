//! Deadlines of open tickets, computed anew when what they follow from has changed.
//!
//! They are computed outside the writer and written in small groups, each only where nothing else has changed the ticket since. A desk
//! that ended half-way begins anew when it starts: what stands there already is not written again.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use docket_domain::{AgentId, Settings, Ticket, clock::History, deadline, settings::Kind};
use docket_store::{
    ticket::{self, DueColumns, Stored},
    unit,
};
use uuid::Uuid;

use crate::{app::App, error::Result, team::TIMERS, wire::RecomputeView};

/// Tickets that are looked at together, and written in one transaction at most.
const GROUP: i64 = 500;
/// Between two groups, so that whoever else writes has their turn.
const PAUSE: Duration = Duration::from_millis(5);
/// Tickets that are named as late now, or no longer.
const NAMED: usize = 1_000;

/// How it is going.
#[derive(Default)]
pub(crate) struct Recompute(Mutex<RecomputeView>);

impl Recompute {
    fn change(&self, change: impl FnOnce(&mut RecomputeView)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn view(&self) -> RecomputeView {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl App {
    /// Computes deadlines anew at the start, and whenever settings have changed that they follow from.
    pub(crate) async fn recompute_loop(self) {
        let mut head = self.head();
        let (mut done, mut seen) = (None, -1);
        while !self.stopping() {
            let settings = self.settings();
            if self.leads(TIMERS) && settings.head != seen {
                let wanted = followed(&settings);
                let nothing = done.is_none() && self.promises_nothing(&settings).await.unwrap_or(false);
                if nothing || done.as_ref() == Some(&wanted) {
                    (done, seen) = (Some(wanted), settings.head);
                } else {
                    match self.recompute().await {
                        Ok(()) => (done, seen) = (Some(wanted), settings.head),
                        Err(error) => tracing::error!(?error, "computing deadlines anew failed"),
                    }
                }
            } else if !self.leads(TIMERS) {
                // Whoever leads next begins anew.
                (done, seen) = (None, -1);
            }
            tokio::select! {
                _ = head.changed() => {}
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
            }
        }
    }

    /// Is nothing promised at this desk, and was nothing before? Then a start has nothing to look for.
    async fn promises_nothing(&self, settings: &Settings) -> Result<bool> {
        let by_queues = settings.queues.values().any(|queue| !queue.promises.is_empty());
        if by_queues || settings.service_levels.values().any(|level| !level.promises.is_empty()) {
            return Ok(false);
        }
        let mut tx = self.0.db.read().await?;
        Ok(!ticket::any_due(&mut tx).await? && ticket::unfolded(&mut tx, Uuid::nil(), 1).await?.is_empty())
    }

    /// Folds the events of tickets from before there were clocks, and computes the deadlines of all open tickets anew.
    ///
    /// # Errors
    /// Those of the database; what was written before stays.
    pub async fn recompute(&self) -> Result<()> {
        self.fold_old().await?;
        let total = ticket::open_count(&mut self.0.db.read().await?).await?;
        let begun = RecomputeView { running: true, total: u64::try_from(total).unwrap_or(0), ..RecomputeView::default() };
        self.0.recompute.change(|view| *view = begun);
        let result = self.recompute_open().await;
        let now = self.now();
        self.0.recompute.change(|view| (view.running, view.finished_at) = (false, Some(now)));
        if self.0.recompute.view().written > 0 {
            // Nothing of a ticket changed, but what lists show of it did.
            let mut tx = self.0.db.begin().await?;
            let head = tx.next_seq();
            tx.commit().await?;
            self.moved_to(head);
        }
        result
    }

    async fn recompute_open(&self) -> Result<()> {
        let mut after = (i64::MIN, Uuid::nil());
        loop {
            if self.stopping() {
                return Ok(());
            }
            let mut tx = self.0.db.read().await?;
            let settings = self.settings_in(&mut tx).await?;
            let page = ticket::open_after(&mut tx, after, GROUP).await?;
            drop(tx);
            let Some(last) = page.last() else { return Ok(()) };
            after = (last.ticket.created_at, last.ticket.id.0);
            self.recompute_page(&settings, page).await?;
        }
    }

    async fn recompute_page(&self, settings: &Arc<Settings>, page: Vec<Stored>) -> Result<()> {
        let (count, now) = (page.len() as u64, self.now());
        let fresh = page.into_iter().filter_map(|stored| changed(settings, stored));
        let fresh: Vec<(Stored, DueColumns)> = fresh.collect();
        let rows: Vec<_> = fresh.iter().map(|(stored, due)| (stored.ticket.id, stored.seq, due.clone())).collect();
        let mut written = 0;
        if !rows.is_empty() {
            let mut tx = self.0.db.aside().await?;
            written = ticket::set_due(&mut tx, &rows).await?;
            tx.commit().await?;
        }
        self.0.recompute.change(|view| {
            view.done += count;
            view.written += written;
            for (stored, due) in &fresh {
                let is_late = |due: &DueColumns| due.due_at.is_some_and(|at| at < now);
                let list = match (is_late(&stored.due), is_late(due)) {
                    (false, true) => &mut view.now_late,
                    (true, false) => &mut view.no_longer_late,
                    _ => continue,
                };
                if list.len() < NAMED {
                    list.push(stored.ticket.id);
                }
            }
        });
        tokio::time::sleep(PAUSE).await;
        Ok(())
    }

    /// Tickets from before there were clocks get what their events say, once.
    async fn fold_old(&self) -> Result<()> {
        let mut after = Uuid::nil();
        loop {
            let mut tx = self.0.db.read().await?;
            let settings = self.settings_in(&mut tx).await?;
            let ids = ticket::unfolded(&mut tx, after, GROUP).await?;
            let Some(last) = ids.last() else { return Ok(()) };
            after = last.0;
            let plain: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
            let events = unit::events_after(&mut tx, &plain, -1).await?;
            let mut folded = Vec::new();
            for id in ids {
                let (Some(mut ticket), Some(events)) = (ticket::find(&mut tx, id).await?, events.get(&id.0)) else { continue };
                ticket.clocks = History::of(events);
                folded.push((DueColumns::from(deadline::next(&ticket, &settings)), ticket));
            }
            drop(tx);
            let mut tx = self.0.db.aside().await?;
            for (due, ticket) in &folded {
                ticket::set_clocks(&mut tx, ticket, due).await?;
            }
            tx.commit().await?;
            tokio::time::sleep(PAUSE).await;
            if self.stopping() {
                return Ok(());
            }
        }
    }

    /// How computing deadlines anew is going, or how the last time ended: of tickets that this agent may read.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn recomputing(&self, me: AgentId) -> Result<RecomputeView> {
        let mut view = self.0.recompute.view();
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        for list in [&mut view.now_late, &mut view.no_longer_late] {
            let mut readable = Vec::new();
            for id in list.drain(..) {
                let found: Option<Ticket> = ticket::find(&mut tx, id).await?;
                if found.is_some_and(|ticket| docket_domain::access::may_read(&settings, me, &ticket)) {
                    readable.push(id);
                }
            }
            *list = readable;
        }
        Ok(view)
    }
}

/// The deadlines of a ticket, where others stand beside it.
fn changed(settings: &Settings, stored: Stored) -> Option<(Stored, DueColumns)> {
    let due = DueColumns::from(deadline::next(&stored.ticket, settings));
    (due != stored.due).then_some((stored, due))
}

/// The versions of what deadlines follow from.
fn followed(settings: &Settings) -> Vec<(Kind, Uuid, i64)> {
    let kinds = [Kind::Desk, Kind::Queue, Kind::State, Kind::Priority, Kind::Calendar, Kind::Company, Kind::ServiceLevel];
    let records = settings.records.values().filter(|record| kinds.contains(&record.kind));
    records.map(|record| (record.kind, record.id, record.version)).collect()
}
