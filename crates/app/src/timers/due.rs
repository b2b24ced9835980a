//! What is due: pending states that end, reminders, locks that time out, customers who stay silent.
//!
//! What may be due is found without holding anything up; what is done is decided anew inside the transaction that does it, so that a
//! second server, a second look or a command in between changes nothing twice.

use docket_domain::{
    Actor, Body, CommandId, Envelope, Ticket, TicketId, apply,
    settings::StateType,
    timers::{self, Reminder, UnlockReason},
};
use docket_store::{
    event,
    ticket::{self, waits as due},
};

use crate::{app::App, clock::new_id, error::Result, submit::Work};

const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;
/// Tickets of one transaction.
const GROUP: i64 = 100;
/// OTRS's `PendingDiffTime`: how long a ticket rests where nobody said so.
pub(crate) const PENDING_DEFAULT: i64 = DAY;

/// Carries out what the desk does by itself. A ticket that cannot be changed so is skipped, and stops no other.
async fn by_itself(work: &mut Work, id: TicketId, body: Body) -> Result<bool> {
    use crate::error::Error;
    match work.carry_out_own(&Envelope::ticket(CommandId(new_id()), id, Actor::System, body)).await {
        Ok(done) => Ok(done.events > 0),
        Err(Error::Refused(refusal)) => {
            tracing::warn!(ticket = %id, code = refusal.code(), "what was due cannot be done");
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

impl App {
    /// `pending auto` tickets whose time has come go to the state that follows (contract §1, StateAfterPending).
    pub(super) async fn end_pending(&self) -> Result<()> {
        let mut after = None;
        loop {
            let due = due::pending_auto(&mut self.0.db.read().await?, self.now(), after, GROUP).await?;
            let Some((at, last)) = due.last().copied() else { return Ok(()) };
            after = Some((at, last.0));
            let mut work = self.work().await?;
            for (_, id) in due {
                let Some(ticket) = ticket::find(&mut work.tx, id).await? else { continue };
                let is_due = work.settings.state_type(ticket.state) == StateType::PendingAuto && ticket.pending_until <= Some(work.now);
                let next = work.settings.states.get(&ticket.state).and_then(|state| state.next_state_id);
                if let Some(state) = next.filter(|_| is_due) {
                    by_itself(&mut work, id, Body::SetState { state, pending_until: None }).await?;
                }
            }
            self.finish(work).await?;
        }
    }

    /// Whoever wanted to be reminded of a ticket is.
    pub(super) async fn remind(&self) -> Result<()> {
        let mut after = None;
        loop {
            let mut tx = self.0.db.read().await?;
            let (now, settings) = (self.now(), self.settings_in(&mut tx).await?);
            let found = due::reminders(&mut tx, now, now - DAY, after, GROUP).await?;
            let Some((at, last)) = found.last().copied() else { return Ok(()) };
            after = Some((at, last.0));
            let mut wanted = Vec::new();
            for (_, id) in found {
                let ticket = ticket::find(&mut tx, id).await?;
                wanted.extend(
                    ticket.filter(|t| timers::reminder_due(&settings, t, timers::calendar_of(&settings, t.queue), now)).map(|t| t.id),
                );
            }
            drop(tx);
            let body = |_: &Ticket| Body::Remind { of: Reminder::Pending };
            self.carry_out_due(wanted, body, |work, ticket| {
                timers::reminder_due(&work.settings, ticket, timers::calendar_of(&work.settings, ticket.queue), work.now)
            })
            .await?;
        }
    }

    /// Locks that have lasted for as long as their queue allows end (contract §5).
    pub(super) async fn end_locks(&self) -> Result<()> {
        let settings = self.settings();
        for (queue, record) in settings.queues.iter().filter(|(_, queue)| queue.unlock_timeout_minutes > 0) {
            let states = settings.states_of(&[StateType::New, StateType::Open]);
            let mut after = None;
            loop {
                // Working time is never longer than the time on the clock.
                let before = self.now() - record.unlock_timeout_minutes * MINUTE;
                let mut tx = self.0.db.read().await?;
                let found = due::locked(&mut tx, *queue, &states, before, after, GROUP).await?;
                let Some((at, last)) = found.last().copied() else { break };
                after = Some((at, last.0));
                let mut over = Vec::new();
                for (_, id) in &found {
                    let ends = ticket::find(&mut tx, *id)
                        .await?
                        .and_then(|t| timers::lock_ends(&settings, &t, timers::calendar_of(&settings, t.queue)));
                    if ends.is_none_or(|ends| ends > self.now()) {
                        // Whatever was locked later ends later.
                        break;
                    }
                    over.push(*id);
                }
                drop(tx);
                let all = over.len() == found.len();
                let body = |_: &Ticket| Body::EndLock { reason: UnlockReason::Timeout };
                self.carry_out_due(over, body, |work, ticket| {
                    timers::lock_ends(&work.settings, ticket, timers::calendar_of(&work.settings, ticket.queue))
                        .is_some_and(|ends| ends <= work.now)
                })
                .await?;
                if !all {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Customers who have not answered for as long as their queue allows: somebody is told, once for each silence.
    pub(super) async fn tell_silence(&self) -> Result<()> {
        let settings = self.settings();
        for (queue, record) in settings.queues.iter().filter(|(_, queue)| queue.silence_days > 0) {
            let mut after = None;
            loop {
                let before = self.now() - record.silence_days * DAY;
                let mut tx = self.0.db.read().await?;
                let found = due::silent(&mut tx, *queue, before, after, GROUP).await?;
                let Some((at, last)) = found.last().copied() else { break };
                after = Some((at, last.0));
                let mut silent = Vec::new();
                for (_, id) in found {
                    let ticket = ticket::find(&mut tx, id).await?;
                    let due = ticket.and_then(|t| timers::silence_due(&settings, &t, timers::calendar_of(&settings, t.queue)));
                    silent.extend(due.filter(|due| *due <= self.now()).map(|_| id));
                }
                drop(tx);
                let body = |_: &Ticket| Body::Remind { of: Reminder::Silence };
                self.carry_out_due(silent, body, |work, ticket| {
                    timers::silence_due(&work.settings, ticket, timers::calendar_of(&work.settings, ticket.queue))
                        .is_some_and(|due| due <= work.now)
                })
                .await?;
            }
        }
        Ok(())
    }

    /// Does what is due on these tickets, in one transaction, where it still is.
    async fn carry_out_due(
        &self,
        ids: Vec<TicketId>,
        body: impl Fn(&Ticket) -> Body,
        mut still_due: impl FnMut(&Work, &Ticket) -> bool,
    ) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let mut work = self.work().await?;
        for id in ids {
            let Some(ticket) = ticket::find(&mut work.tx, id).await?.filter(|ticket| still_due(&work, ticket)) else { continue };
            let body = body(&ticket);
            let silence = body == Body::Remind { of: Reminder::Silence };
            if by_itself(&mut work, id, body).await? && silence {
                work.after_silence(&ticket).await?;
            }
        }
        self.finish(work).await
    }

    /// The facts of open tickets from before they were kept are folded from their history.
    pub(super) async fn fold_old_facts(&self) -> Result<()> {
        let mut after = None;
        loop {
            let mut work = self.work().await?;
            let old = due::without_facts(&mut work.tx, after, GROUP).await?;
            let Some(last) = old.last().map(|ticket| ticket.id) else { return Ok(()) };
            after = Some(last);
            for ticket in old {
                let mut folded = Ticket::blank(ticket.id);
                for event in event::of_ticket(&mut work.tx, ticket.id).await? {
                    apply(&mut folded, &event);
                }
                if folded.timers != ticket.timers {
                    due::set_facts(&mut work.tx, ticket.id, &folded.timers).await?;
                }
            }
            self.finish(work).await?;
        }
    }
}

impl Work {
    /// The state that a queue gives to a ticket whose customer stays silent.
    async fn after_silence(&mut self, ticket: &Ticket) -> Result<()> {
        let state = self.settings.queues.get(&ticket.queue).and_then(|queue| queue.silence_state_id);
        let Some(state) = state.filter(|state| *state != ticket.state) else { return Ok(()) };
        let pending_until = self.settings.state_type(state).is_pending().then_some(self.now + PENDING_DEFAULT);
        by_itself(self, ticket.id, Body::SetState { state, pending_until }).await?;
        Ok(())
    }
}
