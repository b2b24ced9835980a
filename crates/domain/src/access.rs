//! Who may do what, and why (contract §7; OTRS's `System::Permission`).
//!
//! A queue belongs to a group; an agent has rights in groups, alone or through roles. Owner and responsible of a ticket may work
//! on it wherever it lies, and who watches it may go on reading it.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

use crate::{
    command::{Body, Next},
    id::{AgentId, GroupId, QueueId, RoleId, TicketId},
    refusal::Refusal,
    settings::{Grants, Settings},
    ticket::Ticket,
};

/// Nobody in particular: who reads the data folder itself on this computer. Sees everything and changes nothing; no session,
/// device or record ever has this id.
pub const FOLDER: AgentId = AgentId(uuid::Uuid::nil());

/// OTRS's seven permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Read tickets of the queue.
    Ro,
    /// Move tickets into the queue.
    MoveInto,
    /// Open tickets in the queue.
    Create,
    /// Add notes.
    Note,
    /// Change the owner.
    Owner,
    /// Change the priority.
    Priority,
    /// Everything: it implies all others.
    Rw,
}

impl Right {
    /// All seven, in OTRS's order.
    pub const ALL: [Self; 7] = [Self::Ro, Self::MoveInto, Self::Create, Self::Note, Self::Owner, Self::Priority, Self::Rw];

    /// OTRS's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ro => "ro",
            Self::MoveInto => "move_into",
            Self::Create => "create",
            Self::Note => "note",
            Self::Owner => "owner",
            Self::Priority => "priority",
            Self::Rw => "rw",
        }
    }
}

/// A set of rights.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Rights(u8);

impl Rights {
    /// No right.
    pub const NONE: Self = Self(0);
    /// Every right.
    pub const ALL: Self = Self(0x7f);

    fn bit(right: Right) -> u8 {
        1 << right as u8
    }

    /// Is it among them? `rw` implies all.
    pub fn has(self, right: Right) -> bool {
        self.0 & (Self::bit(right) | Self::bit(Right::Rw)) != 0
    }

    /// Together with one more.
    #[must_use]
    pub fn with(self, right: Right) -> Self {
        Self(self.0 | Self::bit(right))
    }

    /// Together with others.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }
}

impl fmt::Debug for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(Right::ALL.iter().filter(|right| self.0 & Self::bit(**right) != 0).map(|right| right.as_str())).finish()
    }
}

/// Why an agent has a right in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Reason {
    /// The right.
    pub right: Right,
    /// The group that it is given in.
    pub group: GroupId,
    /// The role it comes through; none: given to the agent alone.
    pub role: Option<RoleId>,
}

/// Every reason for a right that this agent has in this queue; an agent or a group that is not valid has none.
pub fn reasons(settings: &Settings, agent: AgentId, queue: QueueId) -> Vec<Reason> {
    let Some(known) = settings.agents.get(&agent).filter(|agent| agent.valid) else { return Vec::new() };
    let Some(group) = settings.queues.get(&queue).map(|queue| queue.group_id) else { return Vec::new() };
    if settings.groups.get(&group).is_some_and(|group| !group.valid) {
        return Vec::new();
    }
    let given = |grants: &Grants, role| {
        let rights = grants.get(&group).cloned().unwrap_or_default();
        rights.into_iter().map(move |right| Reason { right, group, role }).collect::<Vec<_>>()
    };
    let mut reasons = given(&known.grants, None);
    for id in &known.roles {
        if let Some(role) = settings.roles.get(id).filter(|role| role.valid) {
            reasons.extend(given(&role.grants, Some(*id)));
        }
    }
    reasons
}

/// What an agent may do with the tickets of a queue.
pub fn in_queue(settings: &Settings, agent: AgentId, queue: QueueId) -> Rights {
    if agent == FOLDER {
        return Rights::NONE.with(Right::Ro);
    }
    reasons(settings, agent, queue).into_iter().fold(Rights::NONE, |rights, reason| rights.with(reason.right))
}

/// What an agent may do with a ticket: the first of owner, responsible, group and watcher that gives it is enough. OTRS leaves
/// open how much a watcher may; here it is reading.
pub fn on_ticket(settings: &Settings, agent: AgentId, ticket: &Ticket) -> Rights {
    if agent != FOLDER && !settings.agents.get(&agent).is_some_and(|agent| agent.valid) {
        return Rights::NONE;
    }
    if ticket.owner == Some(agent) || ticket.responsible == Some(agent) {
        return Rights::ALL;
    }
    let rights = in_queue(settings, agent, ticket.queue);
    if ticket.watchers.contains(&agent) { rights.with(Right::Ro) } else { rights }
}

/// May this agent read the ticket? As in OTRS that is `ro`, which only `rw` implies.
pub fn may_read(settings: &Settings, agent: AgentId, ticket: &Ticket) -> bool {
    on_ticket(settings, agent, ticket).has(Right::Ro)
}

/// The queues whose tickets this agent may read, valid or not.
pub fn readable(settings: &Settings, agent: AgentId) -> BTreeSet<QueueId> {
    settings.queues.keys().copied().filter(|queue| in_queue(settings, agent, *queue).has(Right::Ro)).collect()
}

/// What a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// On the ticket, or in the queue where it opens one.
    pub here: Right,
    /// In the queue that it moves the ticket into.
    pub into: Option<QueueId>,
    /// On another ticket that it touches.
    pub other: Option<(TicketId, Right)>,
}

/// The rights that a command of an agent needs. OTRS's screens ask for further keys (close, pending, compose, phone, customer,
/// forward, responsible), which fall under `rw`.
pub fn needs(body: &Body) -> Needs {
    let needs = |here| Needs { here, into: None, other: None };
    match body {
        Body::Create { .. } => needs(Right::Create),
        Body::Note { next: Next { state_id: None, .. }, .. } => needs(Right::Note),
        Body::SetOwner { .. } => needs(Right::Owner),
        Body::SetPriority { .. } => needs(Right::Priority),
        Body::Watch | Body::Unwatch => needs(Right::Ro),
        Body::Move { queue } => Needs { into: Some(*queue), ..needs(Right::Rw) },
        Body::Link { ticket, .. } | Body::Unlink { ticket, .. } => Needs { other: Some((*ticket, Right::Ro)), ..needs(Right::Rw) },
        Body::Merge { into, .. } => Needs { other: Some((*into, Right::Rw)), ..needs(Right::Rw) },
        Body::Note { .. }
        | Body::Receive(_)
        | Body::Reply { .. }
        | Body::Forward { .. }
        | Body::AutoReply { .. }
        | Body::SuppressAutoReply { .. }
        | Body::PhoneCall { .. }
        | Body::MailLeft { .. }
        | Body::MailFailed { .. }
        | Body::MailUnknown { .. }
        | Body::HoldMail { .. }
        | Body::CancelSend { .. }
        | Body::SendNow { .. }
        | Body::SendAgain { .. }
        | Body::ConfirmArrival { .. }
        | Body::Lock
        | Body::Unlock
        | Body::Take { .. }
        | Body::SetState { .. }
        | Body::SetTitle { .. }
        | Body::SetCustomer { .. }
        | Body::SetResponsible { .. }
        | Body::Junk { .. }
        | Body::NotJunk
        | Body::FlagSuspicious { .. }
        | Body::Absorb { .. }
        | Body::TakeAlong
        | Body::BringBack
        | Body::SetService { .. }
        | Body::SetType { .. }
        | Body::SetServiceLevel { .. }
        | Body::Acknowledge
        | Body::Escalate { .. }
        | Body::EndLock { .. }
        | Body::Remind { .. } => needs(Right::Rw),
    }
}

/// Refuses a command that the agent has no right to; another ticket that it names is the caller's to look at.
///
/// # Errors
/// [`Refusal::NoRight`].
pub fn check(settings: &Settings, agent: AgentId, ticket: &Ticket, body: &Body) -> Result<(), Refusal> {
    let needs = needs(body);
    let here = match body {
        Body::Create { queue, .. } => in_queue(settings, agent, *queue),
        _ => on_ticket(settings, agent, ticket),
    };
    let into = needs.into.is_none_or(|queue| in_queue(settings, agent, queue).has(Right::MoveInto));
    // A queue that does not exist is another refusal.
    let moves = into || needs.into.is_some_and(|queue| !settings.queues.contains_key(&queue));
    let known = !matches!(body, Body::Create { queue, .. } if !settings.queues.contains_key(queue));
    if (here.has(needs.here) || !known) && moves { Ok(()) } else { Err(Refusal::NoRight) }
}
