//! What the desk's timers go by beside the clocks of promises: how long a lock lasts, when somebody is reminded, and since when a
//! customer is silent. Facts are folded from events; deadlines are derived from them and a calendar.

use serde::{Deserialize, Serialize};

use crate::{
    article::{Channel, Direction, Sender},
    calendar::WorkingTime,
    event::{Event, EventBody},
    id::QueueId,
    settings::{Settings, StateType},
    ticket::Ticket,
};

const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;
/// Nobody waits longer for a customer than this many days.
const LONGEST: i64 = 3_650;

/// The facts of a ticket that its timers go by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Timers {
    /// Since when its lock counts (ms UTC); none: it is not locked.
    pub lock_since: Option<i64>,
    /// Who wrote its last article that was not the desk's own.
    pub last_writer: Option<Sender>,
    /// When somebody was last reminded of its pending time.
    pub reminded_at: Option<i64>,
    /// The desk's word after which the customer's silence was told.
    pub silent_since: Option<i64>,
}

/// Why the desk ends a lock by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnlockReason {
    /// Nothing happened for as long as the queue allows.
    Timeout,
    /// Whoever has it is away.
    OwnerAbsent,
    /// Whoever had it works here no longer.
    OwnerGone,
}

/// What somebody is reminded of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reminder {
    /// The time until when it was to rest is over.
    Pending,
    /// The customer has not answered for as long as the queue allows.
    Silence,
}

/// Folds one event into the facts; `locked` is the ticket's lock after it (contract §5: the clock of a lock restarts with every article
/// of an agent, and with one of the customer only where the article before it, the desk's own left aside, was an agent's).
pub(crate) fn fold(timers: &mut Timers, event: &Event, locked: bool) {
    let at = event.device_at.unwrap_or(event.at);
    match &event.body {
        EventBody::ArticleAdded { sender, channel, direction, .. } => {
            let writer = writer(*sender, *channel, *direction);
            let answers = timers.last_writer == Some(Sender::Agent);
            if writer == Sender::Agent || writer == Sender::Customer && answers {
                restart(timers, at);
            }
            if writer != Sender::System {
                timers.last_writer = Some(writer);
            }
        }
        // An article comes into being in OTRS when its mail leaves.
        EventBody::Sent { answers: true, .. } => restart(timers, at),
        // Time on the way does not count, and who gets a locked ticket has the whole time.
        EventBody::BroughtBack { .. } | EventBody::OwnerSet { .. } => restart(timers, at),
        EventBody::Reminded { of: Reminder::Pending, .. } => timers.reminded_at = timers.reminded_at.max(Some(at)),
        EventBody::Reminded { of: Reminder::Silence, since } => timers.silent_since = timers.silent_since.max(Some(*since)),
        _ => {}
    }
    timers.lock_since = if locked { timers.lock_since.or(Some(at)) } else { None };
}

fn restart(timers: &mut Timers, at: i64) {
    timers.lock_since = timers.lock_since.map(|since| since.max(at));
}

/// An inbound call is the customer's word, whoever typed it.
fn writer(sender: Sender, channel: Channel, direction: Option<Direction>) -> Sender {
    let called = channel == Channel::Phone && direction == Some(Direction::Inbound);
    if called && sender == Sender::Agent { Sender::Customer } else { sender }
}

/// When a queue works: by its calendar, or else by the desk's.
pub fn calendar_of(settings: &Settings, queue: QueueId) -> Option<&WorkingTime> {
    settings.queues.get(&queue).map(|queue| settings.working_time(queue.calendar_id))
}

/// When working time is over: all the time where there is no calendar.
fn after(calendar: Option<&WorkingTime>, start: i64, work: i64) -> Option<i64> {
    match calendar {
        Some(calendar) => calendar.due(start, work),
        None => start.checked_add(work),
    }
}

/// When the lock ends by itself; none: never. Only new and open tickets are unlocked, and none that somebody has taken along.
pub fn lock_ends(settings: &Settings, ticket: &Ticket, calendar: Option<&WorkingTime>) -> Option<i64> {
    let minutes = settings.queues.get(&ticket.queue)?.unlock_timeout_minutes;
    let counts = matches!(settings.state_type(ticket.state), StateType::New | StateType::Open);
    let since = ticket.timers.lock_since.filter(|_| minutes > 0 && counts && ticket.is_held())?;
    after(calendar, since, minutes.checked_mul(MINUTE)?)
}

/// Is a reminder of the ticket's pending time due at that moment? The first comes when its agent wanted it, further ones once a day in
/// working time (contract §1, §6).
pub fn reminder_due(settings: &Settings, ticket: &Ticket, calendar: Option<&WorkingTime>, now: i64) -> bool {
    let Some(until) = ticket.pending_until.filter(|until| *until <= now) else { return false };
    settings.state_type(ticket.state) == StateType::PendingReminder
        && match ticket.timers.reminded_at.filter(|at| *at >= until) {
            None => true,
            Some(at) => at + DAY <= now && calendar.is_none_or(|calendar| calendar.is_open(now)),
        }
}

/// The desk's last word that the customer saw and has not answered, on a ticket that is being worked on.
pub fn silent_since(settings: &Settings, ticket: &Ticket) -> Option<i64> {
    let waits = match settings.state_type(ticket.state) {
        StateType::Open | StateType::PendingReminder | StateType::PendingAuto => true,
        StateType::New | StateType::Closed | StateType::Removed | StateType::Merged => false,
    };
    ticket.last_agent_at.filter(|said| waits && ticket.last_customer_at.is_none_or(|answered| answered < *said))
}

/// When the customer's silence is to be told; none: never, or it was. Days are working days, or 24 hours each.
pub fn silence_due(settings: &Settings, ticket: &Ticket, calendar: Option<&WorkingTime>) -> Option<i64> {
    let queue = settings.queues.get(&ticket.queue)?;
    let since = silent_since(settings, ticket).filter(|since| ticket.timers.silent_since.is_none_or(|told| told < *since))?;
    let days = queue.silence_days;
    if !(1..=LONGEST).contains(&days) {
        return None;
    }
    match calendar.filter(|_| queue.silence_working_days) {
        None => Some(since + days * DAY),
        Some(calendar) => working_days(calendar, since, days),
    }
}

/// The same time of day that many days of work later.
fn working_days(calendar: &WorkingTime, since: i64, days: i64) -> Option<i64> {
    let ends = (1..=2 * LONGEST).map(|n| since + n * DAY);
    ends.filter(|end| calendar.works_on_day_of(*end)).nth(usize::try_from(days - 1).ok()?)
}

#[cfg(test)]
mod tests;
