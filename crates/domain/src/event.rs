//! What happened to a ticket. Events hold ids and field values, never bodies, so a person can be erased from them.

use serde::{Deserialize, Serialize};

use crate::{
    article::{Channel, Direction, Sender},
    clock::Measure,
    command::SeenUpto,
    id::{AgentId, ArticleId, DeviceId, PriorityId, QueueId, ServiceId, ServiceLevelId, StateId, TicketId, TicketTypeId},
    link::LinkKind,
    settings::{AutoKind, When},
    ticket::{Contact, Customer},
    timers::{Reminder, UnlockReason},
};

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// An agent.
    Agent {
        /// Which one.
        id: AgentId,
    },
    /// The customer, by mail.
    Customer {
        /// Name or address as written in the mail.
        name: String,
    },
    /// The desk itself.
    System,
}

impl Actor {
    /// The agent behind it, if it was one.
    pub fn agent(&self) -> Option<AgentId> {
        match self {
            Self::Agent { id } => Some(*id),
            Self::Customer { .. } | Self::System => None,
        }
    }
}

/// One entry of a ticket's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// 1 for the first event of the ticket.
    pub ordinal: i64,
    /// When the desk recorded it (ms UTC).
    pub at: i64,
    /// When it happened on the device, where that differs.
    pub device_at: Option<i64>,
    /// Who did it.
    pub actor: Actor,
    /// The connected desktop it was done on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// What happened.
    #[serde(flatten)]
    pub body: EventBody,
}

/// What happened. Variants and fields are only ever added: this JSON is a file format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are: before and after, or which article")]
pub enum EventBody {
    /// The ticket was opened.
    Created {
        number: String,
        title: String,
        queue: QueueId,
        state: StateId,
        priority: PriorityId,
        owner: Option<AgentId>,
        locked: bool,
        customer: Customer,
        pending_until: Option<i64>,
    },
    /// An article was added. `mail_waits`: it is a mail that has not left yet, so it is no answer so far.
    ArticleAdded { article: ArticleId, sender: Sender, channel: Channel, direction: Option<Direction>, visible: bool, mail_waits: bool },
    /// The customer wrote again.
    FollowedUp { article: ArticleId },
    /// The title changed.
    Titled { from: String, to: String },
    /// The ticket went to another queue.
    Moved { from: QueueId, to: QueueId },
    /// The state changed.
    StateChanged { from: StateId, to: StateId, pending_until: Option<i64>, closes: bool },
    /// The priority changed.
    PrioritySet { from: PriorityId, to: PriorityId },
    /// The owner changed.
    OwnerSet { from: Option<AgentId>, to: Option<AgentId> },
    /// The ticket was locked.
    Locked,
    /// The ticket was unlocked; `reason`: by the desk itself.
    Unlocked {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<UnlockReason>,
    },
    /// The ticket belongs to another customer.
    CustomerChanged { from: Customer, to: Customer },
    /// A mail of an agent was taken back before it left.
    SendCancelled { article: ArticleId },
    /// A mail left, and the server has it. `answers`: an agent's word that the customer sees.
    Sent { article: ArticleId, answers: bool },
    /// The server refused a mail for good.
    SendFailed { article: ArticleId, reason: String },
    /// Nobody knows whether a mail arrived.
    PerhapsSent { article: ArticleId },
    /// The mail was held back: something happened since it was written.
    SendHeld {
        article: ArticleId,
        reason: String,
        /// What its author had seen: what came after it is to be looked at first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen_upto: Option<SeenUpto>,
    },
    /// An agent wants it sent once more.
    SendRepeated { article: ArticleId },
    /// An agent says that it arrived.
    ArrivalConfirmed { article: ArticleId },
    /// The desk answered by itself.
    AutoReplied { article: ArticleId, kind: AutoKind },
    /// The desk would have answered by itself, but must not.
    AutoReplySuppressed { kind: AutoKind, reason: String },
    /// A mail could not be delivered; `of` is the article it speaks of.
    Bounced { article: ArticleId, of: Option<ArticleId> },
    /// A mail named the number of this other ticket without belonging there.
    SuspiciousFollowUp { number: String, ticket: TicketId },
    /// A follow-up came that the queue does not take.
    FollowUpRejected { article: ArticleId },
    /// Two tickets belong together.
    Linked {
        ticket: TicketId,
        number: String,
        #[serde(default, skip_serializing_if = "LinkKind::is_normal")]
        kind: LinkKind,
    },
    /// They do not any more.
    Unlinked { ticket: TicketId, number: String },
    /// Marked as junk.
    Junked { from_queue: QueueId, from_state: StateId },
    /// Not junk after all.
    Unjunked,
    /// Another agent answers for it.
    ResponsibleSet { from: Option<AgentId>, to: Option<AgentId> },
    /// An agent wants to hear of it.
    Watched { agent: AgentId },
    /// An agent does not want to hear of it any more.
    Unwatched { agent: AgentId },
    /// It was merged into this other ticket, which has its articles now.
    MergedInto { ticket: TicketId, number: String },
    /// Another ticket was merged into it and brought this many articles, which say when customer and desk spoke.
    Absorbed {
        ticket: TicketId,
        number: String,
        articles: i64,
        #[serde(default)]
        contact: Contact,
    },
    /// An agent took it along, to work on it without a network.
    TakenAlong { agent: AgentId },
    /// It is back, or somebody else took it over.
    BroughtBack { agent: AgentId },
    /// It is about another service.
    ServiceSet { from: Option<ServiceId>, to: Option<ServiceId> },
    /// It is another kind of request.
    TypeSet { from: Option<TicketTypeId>, to: Option<TicketTypeId> },
    /// Somebody chose another service level, or that the fitting one is in force.
    ServiceLevelSet { from: Option<ServiceLevelId>, to: Option<ServiceLevelId> },
    /// Somebody has seen that its promises are at stake: no further level is reached until a clock starts anew.
    Acknowledged,
    /// A level of a promise was reached: `number` as the settings had it (0: the warning or the breach itself), `step` its moment of
    /// the promise's time, `level` the service level (none: the queue), `since` when the clock had started and `due` when the level was.
    LevelReached {
        measure: Measure,
        number: u32,
        step: When,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        level: Option<ServiceLevelId>,
        since: i64,
        due: i64,
        late: bool,
    },
    /// A level had not been reached after all: what was done offline before has arrived.
    LevelWithdrawn {
        measure: Measure,
        number: u32,
        step: When,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        level: Option<ServiceLevelId>,
        since: i64,
    },
    /// Somebody was reminded of it; `since`: the time until when it was to rest, or the word that the customer has not answered.
    Reminded { of: Reminder, since: i64 },
}
