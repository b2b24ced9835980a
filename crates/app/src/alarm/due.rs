//! What is due now: found by whoever has the timers, and by a replica that hears nothing from its server.

use std::{collections::BTreeSet, time::Duration};

use docket_domain::{AgentId, Settings, Ticket, TicketId, deadline, notify::Happening, settings::StateType};
use docket_store::{alarm, replica, ticket};

use super::{Alarm, Recipients, Wishes, note, raise, raise_for};
use crate::{app::App, error::Result, levels, submit::Work, team::TIMERS};

/// A replica with contact gives its server so long (ms) to say it first.
const GRACE: i64 = 5_000;
/// How much is looked for at once; more than any desk has due together.
const MOST: i64 = 100_000;
/// Tickets of one transaction.
const GROUP: usize = 200;
/// So often (ms) where the look stands is written down, when nothing was found.
const REMEMBER: i64 = 300_000;

/// Up to where was looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    at: i64,
    seq: i64,
    /// The moment that is written down.
    kept: i64,
}

impl App {
    /// Looks for what is due: sleeps until it is, and a second at most.
    pub(crate) async fn alarm_loop(self) {
        let mut mark = None;
        while !self.stopping() {
            let mut pause = Duration::from_secs(1);
            if self.leads(TIMERS) {
                match self.look_for_due(&mut mark).await {
                    Ok(next) => pause = next,
                    Err(_) if self.stopping() => return,
                    Err(error) => tracing::error!(?error, "looking for what is due failed"),
                }
            } else {
                // Whoever had the timers may have gone further.
                mark = None;
            }
            tokio::time::sleep(pause).await;
        }
    }

    async fn look_for_due(&self, mark: &mut Option<Mark>) -> Result<Duration> {
        let now = self.now();
        let upto = if self.has_contact() { now - GRACE } else { now };
        let mut tx = self.0.db.read().await?;
        let head = tx.head;
        let known = match (*mark, alarm::mark(&mut tx).await?) {
            (Some(known), _) => known,
            (None, Some((at, seq))) => Mark { at, seq, kept: at },
            (None, None) => {
                drop(tx);
                // What was late before there were alarms stays unsaid.
                *mark = Some(self.remember(upto, head).await?);
                return Ok(Duration::ZERO);
            }
        };
        // Found on a clock that was ahead: nothing may be passed over.
        let from = known.at.min(upto);
        let mut due: BTreeSet<_> = alarm::reminders(&mut tx, from, upto, MOST).await?.into_iter().collect();
        let mut moved = Vec::new();
        if head > known.seq {
            due.extend(alarm::overdue_since(&mut tx, known.seq, from, MOST).await?);
            moved = alarm::on_changed(&mut tx, known.seq).await?;
        }
        let again = alarm::again(&mut tx, upto, MOST).await?;
        let next = alarm::next(&mut tx, upto).await?;
        // At a server or a desk of one's own a level itself says that it was reached.
        let levels = if self.connected().is_some() { ticket::levels_due(&mut tx, upto, MOST).await? } else { Vec::new() };
        drop(tx);
        let found = !due.is_empty() || !again.is_empty();
        self.raise_levels(&levels, from, upto).await?;
        self.raise_due(&due.into_iter().map(TicketId).collect::<Vec<_>>()).await?;
        self.raise_again(again).await?;
        let all_looked_at = moved.len() < 500;
        self.withdraw_moot(moved).await?;
        let seq = if all_looked_at { head } else { known.seq };
        *mark = Some(if found || upto - known.kept > REMEMBER { self.remember(upto, seq).await? } else { Mark { at: upto, seq, ..known } });
        Ok(self.until(next.map(|next| next + now - upto)))
    }

    /// A replica whose server answers leaves it to that one.
    fn has_contact(&self) -> bool {
        self.connected().is_some() && self.0.contact.borrow().online
    }

    fn until(&self, next: Option<i64>) -> Duration {
        let longest = if self.0.clock.moves() { 50 } else { 1_000 };
        let wait = next.map_or(longest, |at| (at - self.now()).clamp(1, longest));
        Duration::from_millis(u64::try_from(wait).unwrap_or(1_000))
    }

    async fn remember(&self, at: i64, seq: i64) -> Result<Mark> {
        let mut tx = self.0.db.aside().await?;
        alarm::set_mark(&mut tx, at, seq).await?;
        tx.commit().await?;
        Ok(Mark { at, seq, kept: at })
    }

    async fn raise_due(&self, tickets: &[TicketId]) -> Result<()> {
        for group in tickets.chunks(GROUP) {
            let mut work = self.work().await?;
            for id in group {
                let Some(ticket) = ticket::find(&mut work.tx, *id).await? else { continue };
                let Some(due_at) = reminder(&work.settings, &ticket) else { continue };
                let alarm = Alarm { what: kind(&ticket), ticket: &ticket, due_at, name: None };
                self.raise_here(&mut work, alarm, &Recipients::of_reminder(&ticket)).await?;
            }
            self.finish(work).await?;
        }
        Ok(())
    }

    /// What a replica finds out of promises alone: its server carries out what belongs to a level, and knows its alarm by the same name.
    async fn raise_levels(&self, tickets: &[TicketId], from: i64, upto: i64) -> Result<()> {
        for group in tickets.chunks(GROUP) {
            let mut work = self.work().await?;
            let settings = work.settings.clone();
            for id in group {
                let Some(ticket) = ticket::find(&mut work.tx, *id).await? else { continue };
                for step in deadline::deadlines(&ticket, &settings).open {
                    let Some(due_at) = step.at.filter(|at| *at > from && *at <= upto) else { continue };
                    let Some(notice) = levels::told_by(&settings, &ticket, &step) else { continue };
                    let what = if step.when.is_late() { Happening::Escalation } else { Happening::EscalationWarning };
                    let alarm = Alarm { what, ticket: &ticket, due_at, name: None };
                    self.raise_here(&mut work, alarm, &Recipients::of_notice(&notice)).await?;
                }
            }
            self.finish(work).await?;
        }
        Ok(())
    }

    /// At a server or a desk of one's own for everybody, on a replica for its agent alone.
    async fn raise_here(&self, work: &mut Work, alarm: Alarm<'_>, to: &Recipients) -> Result<()> {
        let Some(connected) = self.connected() else { return raise(work, alarm, to).await };
        let wishes = Wishes::read(&mut work.tx).await?;
        if wishes.hearers(&work.settings, alarm.ticket, to).contains(&connected.agent) {
            let contact = replica::find(&mut work.tx).await?.map_or(0, |known| known.contact_at);
            raise_for(work, &wishes, connected.agent, alarm, Some(contact)).await?;
        }
        Ok(())
    }

    /// What was put off comes again, unless it is over.
    async fn raise_again(&self, alarms: Vec<alarm::Alarm>) -> Result<()> {
        for group in alarms.chunks(GROUP) {
            let mut work = self.work().await?;
            let wishes = Wishes::read(&mut work.tx).await?;
            let contact = match self.connected() {
                Some(_) => replica::find(&mut work.tx).await?.map(|known| known.contact_at),
                None => None,
            };
            for alarm in group {
                let agent = AgentId(alarm.agent_id);
                alarm::came_again(&mut work.tx, agent, &alarm.id).await?;
                let Some((ticket, what)) = work.still_due(&wishes, alarm).await? else { continue };
                let id = format!("{}~{}", base(&alarm.id), alarm.again_at.unwrap_or_default());
                note(&mut work, &wishes, agent, &id, Alarm { what, ticket: &ticket, due_at: alarm.due_at, name: None }, contact).await?;
            }
            self.finish(work).await?;
        }
        Ok(())
    }

    /// What is not true any more is taken back from every screen.
    async fn withdraw_moot(&self, alarms: Vec<alarm::Alarm>) -> Result<()> {
        if alarms.is_empty() {
            return Ok(());
        }
        let mut work = self.work().await?;
        let wishes = Wishes::read(&mut work.tx).await?;
        for alarm in alarms {
            if work.still_due(&wishes, &alarm).await?.is_none() && alarm.ticket_id.is_some() {
                let end = alarm::End { how: "moot", at: work.now, again_at: None, told: true };
                alarm::end(&mut work.tx, AgentId(alarm.agent_id), &alarm.id, end).await?;
                work.rung.insert(AgentId(alarm.agent_id));
            }
        }
        self.finish(work).await
    }
}

impl Work {
    /// The ticket of an alarm that is still true, for an agent who is still to hear of it.
    async fn still_due(&mut self, wishes: &Wishes, alarm: &alarm::Alarm) -> Result<Option<(Ticket, Happening)>> {
        let (Some(id), Some(what)) = (alarm.ticket_id, Happening::parse(&alarm.event)) else { return Ok(None) };
        let Some(ticket) = ticket::find(&mut self.tx, TicketId(id)).await? else { return Ok(None) };
        let holds = match what {
            Happening::ReminderLocked | Happening::ReminderUnlocked if alarm.id.starts_with("reminder.") => {
                let to = Recipients::of_reminder(&ticket);
                let hears = wishes.hearers(&self.settings, &ticket, &to).contains(&AgentId(alarm.agent_id));
                reminder(&self.settings, &ticket) == Some(alarm.due_at) && hears
            }
            // The answer came, or the deadline is another one now.
            Happening::Escalation | Happening::EscalationWarning => {
                let deadlines = deadline::deadlines(&ticket, &self.settings);
                let mut running = deadlines.clocks.iter().filter(|clock| clock.stop.is_none());
                running.any(|clock| clock.steps.iter().any(|step| step.at == Some(alarm.due_at)))
            }
            _ => self.settings.states.get(&ticket.state).is_some_and(|state| crate::submit::class(state.kind) != ticket::Class::Done),
        };
        Ok(holds.then_some((ticket, what)))
    }
}

/// An alarm that comes again is named after the first time.
fn base(id: &str) -> &str {
    id.split('~').next().unwrap_or(id)
}

/// A reminder of a ticket that somebody holds, or of one that is free.
pub(super) fn kind(ticket: &Ticket) -> Happening {
    if ticket.is_held() { Happening::ReminderLocked } else { Happening::ReminderUnlocked }
}

/// When the ticket wants to be looked at again, if it does.
fn reminder(settings: &Settings, ticket: &Ticket) -> Option<i64> {
    let state = settings.states.get(&ticket.state)?;
    (state.kind == StateType::PendingReminder).then_some(ticket.pending_until)?
}
