//! The ticket: the row everything else is about.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    clock::History,
    id::{AgentId, PriorityId, QueueId, ServiceId, ServiceLevelId, StateId, TicketId, TicketTypeId},
    timers::Timers,
};

/// Whose matter a ticket is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Customer {
    /// The mail address (or phone number) that stands for the customer; empty when unknown.
    pub address: String,
    /// The name, where it is known.
    #[serde(default)]
    pub name: String,
}

/// Who has taken a ticket along, to work on it without a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Away {
    /// With whom it is.
    pub agent: AgentId,
    /// Since when (ms UTC).
    pub since: i64,
}

/// When customer and desk spoke, as a ticket's articles say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The customer's last word (ms UTC).
    #[serde(default)]
    pub last_customer_at: Option<i64>,
    /// The desk's last word that the customer could see.
    #[serde(default)]
    pub last_agent_at: Option<i64>,
    /// The desk's first answer.
    #[serde(default)]
    pub first_response_at: Option<i64>,
}

/// What a ticket is at this moment. Folding its events over [`Ticket::blank`] gives the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// The number customers quote; given once, never reused.
    pub number: String,
    /// The subject.
    pub title: String,
    /// The queue it lies in.
    pub queue: QueueId,
    /// Its state.
    pub state: StateId,
    /// Its priority.
    pub priority: PriorityId,
    /// The agent who works on it.
    pub owner: Option<AgentId>,
    /// Locked: taken by its owner, and gone from the colleagues' list of new work.
    pub locked: bool,
    /// Whose matter it is.
    pub customer: Customer,
    /// When it was opened (ms UTC).
    pub created_at: i64,
    /// The last change (ms UTC).
    pub changed_at: i64,
    /// Until when it rests, for pending states.
    pub pending_until: Option<i64>,
    /// How many articles it has; the newest has this ordinal.
    pub articles: i64,
    /// How many events it has; the newest has this ordinal.
    pub events: i64,
    /// The customer's last word.
    pub last_customer_at: Option<i64>,
    /// The desk's last word that the customer could see.
    pub last_agent_at: Option<i64>,
    /// The desk's first answer that the customer could see: a mail counts when it was sent.
    pub first_response_at: Option<i64>,
    /// The last change into a closed state.
    pub closed_at: Option<i64>,
    /// Where it came from when it was marked as junk, for the way back.
    pub junk_from: Option<(QueueId, StateId)>,
    /// A mail named a number of another ticket without belonging there.
    pub suspicious: bool,
    /// The agent who answers for it beside its owner.
    #[serde(default)]
    pub responsible: Option<AgentId>,
    /// Agents who want to hear of it.
    #[serde(default)]
    pub watchers: BTreeSet<AgentId>,
    /// The ticket that it was merged into.
    #[serde(default)]
    pub merged_into: Option<TicketId>,
    /// Who has taken it along; it is locked for them.
    #[serde(default)]
    pub away: Option<Away>,
    /// What it is about.
    #[serde(default)]
    pub service: Option<ServiceId>,
    /// What kind of request it is.
    #[serde(default)]
    pub ticket_type: Option<TicketTypeId>,
    /// The service level that somebody chose; none: the one that fits.
    #[serde(default)]
    pub service_level: Option<ServiceLevelId>,
    /// What its clocks need to know. Blank on a ticket from before there were clocks, until its events are folded.
    #[serde(default)]
    pub clocks: History,
    /// What its timers go by.
    #[serde(default)]
    pub timers: Timers,
}

impl Ticket {
    /// The ticket before its first event.
    pub fn blank(id: TicketId) -> Self {
        Self {
            id,
            number: String::new(),
            title: String::new(),
            queue: QueueId::fixed(0, 0),
            state: StateId::fixed(0, 0),
            priority: PriorityId::fixed(0, 0),
            owner: None,
            locked: false,
            customer: Customer::default(),
            created_at: 0,
            changed_at: 0,
            pending_until: None,
            articles: 0,
            events: 0,
            last_customer_at: None,
            last_agent_at: None,
            first_response_at: None,
            closed_at: None,
            junk_from: None,
            suspicious: false,
            responsible: None,
            watchers: BTreeSet::new(),
            merged_into: None,
            away: None,
            service: None,
            ticket_type: None,
            service_level: None,
            clocks: History::default(),
            timers: Timers::default(),
        }
    }

    /// When customer and desk spoke on it.
    pub fn contact(&self) -> Contact {
        let Self { last_customer_at, last_agent_at, first_response_at, .. } = *self;
        Contact { last_customer_at, last_agent_at, first_response_at }
    }

    /// Locked here: with somebody who is reachable. What was taken along stays in its queue's list of new work.
    pub fn is_held(&self) -> bool {
        self.locked && self.away.is_none()
    }

    /// Has it happened yet?
    pub fn exists(&self) -> bool {
        self.events > 0
    }
}
