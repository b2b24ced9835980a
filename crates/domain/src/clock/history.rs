//! What clocks need to know of a ticket's past. It is folded from events, one by one.

use serde::{Deserialize, Serialize};

use super::Measure;
use crate::{
    article::{Channel, Direction, Sender},
    event::{Event, EventBody},
    id::{AgentId, ServiceLevelId, StateId},
    settings::When,
};

/// Since when a ticket is in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// Its first moment (ms UTC).
    pub since: i64,
    /// The state.
    pub state: StateId,
}

/// A level that was reached, and not withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fired {
    /// What was promised.
    pub measure: Measure,
    /// Its number then; 0: the warning or the breach itself.
    pub number: u32,
    /// Its moment of the promise's time.
    pub step: When,
    /// The service level that promised it; none: the queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<ServiceLevelId>,
    /// Since when its clock counted.
    pub since: i64,
    /// Its moment.
    pub due: i64,
    /// When it was noticed.
    pub at: i64,
    /// That was too late: the desk was asleep or off.
    #[serde(default)]
    pub late: bool,
}

/// Somebody has seen that a promise is at stake, and nobody needs telling any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// Who; none: the desk.
    pub by: Option<AgentId>,
    /// When.
    pub at: i64,
}

/// The facts of a ticket's clocks. Moments are ms UTC; what happened on a device counts when it happened there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// When it was opened.
    pub created_at: i64,
    /// The states it was in, in the order in which they were set.
    pub stays: Vec<Stay>,
    /// The desk's first word that the customer could see.
    pub first_response_at: Option<i64>,
    /// The desk's last such word.
    pub last_agent_at: Option<i64>,
    /// The customer's words since then, oldest first.
    pub waiting: Vec<i64>,
    /// The newest article of any kind.
    pub newest_article_at: Option<i64>,
    /// The levels that were reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fired: Vec<Fired>,
    /// The last time that somebody stopped the levels: those of clocks that began later go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledged>,
}

impl History {
    /// Has nothing been folded into it? So is the history of a ticket from before there were clocks.
    pub fn is_blank(&self) -> bool {
        self.stays.is_empty()
    }

    /// Folds a ticket's events.
    pub fn of(events: &[Event]) -> Self {
        let mut history = Self::default();
        events.iter().for_each(|event| history.apply(event));
        history
    }

    /// Folds one event. Total, as [`crate::apply()`] is.
    pub fn apply(&mut self, event: &Event) {
        let at = event.device_at.unwrap_or(event.at);
        match &event.body {
            EventBody::Created { state, .. } => {
                self.created_at = at;
                self.stays = vec![Stay { since: at, state: *state }];
            }
            EventBody::StateChanged { to, .. } => {
                // What the ticket's row says is the last state set; one set offline cannot begin before that of the desk.
                let since = self.stays.last().map_or(at, |last| last.since.max(at));
                self.stays.push(Stay { since, state: *to });
            }
            EventBody::ArticleAdded { sender, channel, direction, visible, mail_waits, .. } => {
                self.newest_article_at = self.newest_article_at.max(Some(at));
                match (sender, *channel == Channel::Phone && *direction == Some(Direction::Inbound)) {
                    (Sender::Customer, _) if *visible => self.customer(at),
                    // An inbound call is the customer's word, whoever typed it.
                    (Sender::Agent, true) => self.customer(at),
                    (Sender::Agent, false) if *visible && !*mail_waits => self.agent(at),
                    (Sender::Customer | Sender::Agent | Sender::System, _) => {}
                }
            }
            EventBody::Sent { answers: true, .. } => self.agent(at),
            EventBody::Absorbed { contact, .. } => {
                contact.first_response_at.into_iter().for_each(|at| self.agent(at));
                contact.last_agent_at.into_iter().for_each(|at| self.agent(at));
                contact.last_customer_at.into_iter().for_each(|at| self.customer(at));
            }
            EventBody::LevelReached { measure, number, step, level, since, due, late } => {
                let fired = Fired {
                    measure: *measure,
                    number: *number,
                    step: *step,
                    level: *level,
                    since: *since,
                    due: *due,
                    at: event.at,
                    late: *late,
                };
                self.fired.push(fired);
            }
            EventBody::LevelWithdrawn { measure, step, level, since, .. } => {
                self.fired.retain(|fired| (fired.measure, fired.step, fired.level, fired.since) != (*measure, *step, *level, *since));
            }
            EventBody::Acknowledged => {
                let again = self.acknowledged.is_some_and(|known| known.at > at);
                if !again {
                    self.acknowledged = Some(Acknowledged { by: event.actor.agent(), at });
                }
            }
            EventBody::Sent { answers: false, .. }
            | EventBody::ServiceSet { .. }
            | EventBody::TypeSet { .. }
            | EventBody::ServiceLevelSet { .. }
            | EventBody::FollowedUp { .. }
            | EventBody::Titled { .. }
            | EventBody::Moved { .. }
            | EventBody::PrioritySet { .. }
            | EventBody::OwnerSet { .. }
            | EventBody::Locked
            | EventBody::Unlocked { .. }
            | EventBody::CustomerChanged { .. }
            | EventBody::SendCancelled { .. }
            | EventBody::SendFailed { .. }
            | EventBody::PerhapsSent { .. }
            | EventBody::SendHeld { .. }
            | EventBody::SendRepeated { .. }
            | EventBody::ArrivalConfirmed { .. }
            | EventBody::AutoReplied { .. }
            | EventBody::AutoReplySuppressed { .. }
            | EventBody::Bounced { .. }
            | EventBody::SuspiciousFollowUp { .. }
            | EventBody::FollowUpRejected { .. }
            | EventBody::Linked { .. }
            | EventBody::Unlinked { .. }
            | EventBody::Junked { .. }
            | EventBody::Unjunked
            | EventBody::ResponsibleSet { .. }
            | EventBody::Watched { .. }
            | EventBody::Unwatched { .. }
            | EventBody::MergedInto { .. }
            | EventBody::TakenAlong { .. }
            | EventBody::BroughtBack { .. }
            | EventBody::Reminded { .. } => {}
        }
    }

    fn agent(&mut self, at: i64) {
        self.first_response_at = Some(self.first_response_at.map_or(at, |first| first.min(at)));
        self.last_agent_at = self.last_agent_at.max(Some(at));
        self.waiting.retain(|word| Some(*word) > self.last_agent_at);
    }

    fn customer(&mut self, at: i64) {
        if Some(at) > self.last_agent_at {
            let place = self.waiting.partition_point(|word| *word <= at);
            self.waiting.insert(place, at);
        }
    }
}

/// When the customer heard from the desk by this event, if they did (ms UTC).
pub fn word_of_desk(event: &Event) -> Option<i64> {
    let at = event.device_at.unwrap_or(event.at);
    match &event.body {
        EventBody::ArticleAdded { sender: Sender::Agent, channel, direction, visible: true, mail_waits: false, .. } => {
            let inbound_call = *channel == Channel::Phone && *direction == Some(Direction::Inbound);
            (!inbound_call).then_some(at)
        }
        EventBody::Sent { answers: true, .. } => Some(at),
        _ => None,
    }
}
