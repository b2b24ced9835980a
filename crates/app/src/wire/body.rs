//! The commands as clients send them; ids of sender, files and states are looked up before the domain sees them.

use docket_domain::{
    AddressId, AgentId, ArticleId, Direction, LinkKind, PriorityId, QueueId, ServiceId, ServiceLevelId, StateId, TicketId, TicketTypeId,
    command::SeenUpto,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::FileRef;

/// What a client asks for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "named in the wire contract")]
pub enum CommandBody {
    Lock,
    Unlock,
    /// Lock it and make me the owner; `over` takes it from a colleague.
    Take {
        #[serde(default)]
        over: bool,
    },
    SetOwner {
        owner_id: Option<AgentId>,
    },
    SetState {
        state_id: StateId,
        #[serde(default)]
        pending_until: Option<i64>,
    },
    Close {
        state_id: StateId,
    },
    SetPriority {
        priority_id: PriorityId,
    },
    Move {
        queue_id: QueueId,
    },
    SetTitle {
        title: String,
    },
    SetCustomer {
        address: String,
        #[serde(default)]
        name: String,
    },
    Note {
        article_id: ArticleId,
        #[serde(default)]
        subject: String,
        text: String,
        #[serde(default)]
        visible: bool,
        #[serde(default)]
        attachments: Vec<FileRef>,
        #[serde(default)]
        state_id: Option<StateId>,
        #[serde(default)]
        pending_until: Option<i64>,
    },
    PhoneCall {
        article_id: ArticleId,
        direction: Direction,
        #[serde(default)]
        subject: String,
        text: String,
        #[serde(default)]
        attachments: Vec<FileRef>,
        #[serde(default)]
        state_id: Option<StateId>,
        #[serde(default)]
        pending_until: Option<i64>,
    },
    Reply(Box<Mail>),
    Forward(Box<Mail>),
    /// Takes a mail back within its delay; its text becomes a draft again.
    CancelSend {
        article_id: ArticleId,
    },
    /// Sends a waiting mail now.
    SendNow {
        article_id: ArticleId,
    },
    /// Sends a failed, held or perhaps sent mail once more.
    SendAgain {
        article_id: ArticleId,
    },
    /// A perhaps sent mail arrived.
    ItArrived {
        article_id: ArticleId,
    },
    /// Gives up a held or failed mail; its text stays on the ticket, and is no draft.
    DiscardSend {
        article_id: ArticleId,
    },
    Junk {
        #[serde(default)]
        block_sender: bool,
    },
    NotJunk,
    /// `kind` is what the other ticket is to this one.
    Link {
        ticket_id: TicketId,
        #[serde(default)]
        kind: LinkKind,
    },
    Unlink {
        ticket_id: TicketId,
    },
    SetResponsible {
        agent_id: Option<AgentId>,
    },
    Watch,
    Unwatch,
    /// Lets this ticket go into another one; it cannot be undone yet.
    Merge {
        into: TicketId,
    },
    /// Locks it for me and says to everybody that I have it with me.
    TakeAlong,
    BringBack,
    SetService {
        service_id: Option<ServiceId>,
    },
    SetType {
        type_id: Option<TicketTypeId>,
    },
    /// None: the service level that fits is in force.
    SetServiceLevel {
        service_level_id: Option<ServiceLevelId>,
    },
    /// Stops the levels of its promises until a clock starts anew.
    Acknowledge,
}

/// A mail as typed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct Mail {
    pub article_id: ArticleId,
    #[serde(default)]
    pub in_reply_to: Option<ArticleId>,
    #[serde(default)]
    pub from_address_id: Option<AddressId>,
    #[serde(default)]
    pub to: Vec<String>,
    #[serde(default)]
    pub cc: Vec<String>,
    #[serde(default)]
    pub bcc: Vec<String>,
    #[serde(default)]
    pub subject: String,
    pub text: String,
    #[serde(default)]
    pub attachments: Vec<FileRef>,
    #[serde(default)]
    pub state_id: Option<StateId>,
    #[serde(default)]
    pub pending_until: Option<i64>,
    #[serde(default)]
    pub delay_seconds: Option<u32>,
    #[serde(default)]
    pub seen_upto: Option<SeenUpto>,
}
