//! What a server and its connected desktops say to each other. Unknown fields are ignored, new ones have defaults: client and
//! server may be of different versions.

use docket_domain::{AgentId, CommandId, DeviceId, QueueId, TicketId, settings::Record, unit::TicketUnit};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::NoticeView;

/// The version of what is said; a server names the oldest that it still understands.
pub const PROTOCOL: i64 = 1;
/// The oldest version that this program still understands as a server.
pub const OLDEST_PROTOCOL: i64 = 1;

/// A desktop that wants to be connected.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct DeviceInput {
    pub login: String,
    pub password: String,
    /// What the computer is called.
    pub name: String,
    /// Program and version.
    #[serde(default)]
    pub program: String,
    /// The device that it was before, when it signs in again.
    #[serde(default)]
    pub device_id: Option<DeviceId>,
}

/// A device that is connected.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct DeviceWelcome {
    pub device_id: DeviceId,
    /// Shown once; goes into the keyring.
    pub token: String,
    pub agent_id: AgentId,
    pub agent_name: String,
    pub desk_name: String,
    pub version: String,
    pub protocol: i64,
    pub oldest_protocol: i64,
}

/// How to go on.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct SyncQuery {
    /// The cursor of the last answer; empty: from now on.
    pub after: String,
    /// 1: whole tickets, because the first sync is not over.
    pub whole: u8,
    /// At most so many tickets.
    pub limit: Option<i64>,
}

/// What changed after a cursor.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct SyncPage {
    /// Opaque: where the next question begins.
    pub cursor: String,
    /// The feed number that the cursor stands at.
    pub seq: i64,
    /// Is there more right now?
    pub more: bool,
    /// The server's time (ms UTC).
    pub now: i64,
    /// Whose sight this is.
    pub agent_id: Option<AgentId>,
    /// Settings records that changed.
    #[schema(value_type = Vec<Object>)]
    pub settings: Vec<Record>,
    /// Contacts that changed.
    pub customers: Vec<CustomerUnit>,
    /// Tickets that changed.
    #[schema(value_type = Vec<Object>)]
    pub tickets: Vec<TicketUnit>,
    /// Tickets that this agent saw and sees no longer.
    pub gone: Vec<TicketId>,
    /// Queues that are readable now and were not.
    pub added: Vec<QueueId>,
    /// Queues that were readable and are not now: their tickets are to be wiped.
    pub removed: Vec<QueueId>,
    /// Personal documents of the agent that changed.
    pub personal: Vec<PersonalUnit>,
    /// Read marks of the agent that changed.
    pub read_marks: Vec<ReadMark>,
    /// What the agent should hear of these changes.
    pub notices: Vec<NoticeView>,
}

/// A contact in the feed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of a contact")]
pub struct CustomerUnit {
    pub key: String,
    pub address: String,
    pub name: String,
    pub company: String,
    pub phone: String,
    pub note: String,
    pub seen_at: i64,
}

/// A personal document; the last write wins, an empty document takes it away.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct PersonalUnit {
    pub kind: String,
    pub key: String,
    pub document: String,
    pub changed_at: i64,
}

/// A read mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct ReadMark {
    pub article_id: Uuid,
    pub ticket_id: Uuid,
    pub is_read: bool,
}

/// How a first sync goes on.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct FirstInput {
    /// Only these queues (which were added); none: all there is to see.
    pub queues: Option<Vec<QueueId>>,
    /// The mark of the last page; empty: the first.
    pub after: String,
    /// At most so many tickets.
    pub limit: Option<i64>,
    /// The device's cursor: a page is only given while the agent may read what they could when it was made.
    pub cursor: String,
}

/// A page of a first sync: open tickets first, the latest change before the others.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct FirstPage {
    /// Whole tickets.
    #[schema(value_type = Vec<Object>)]
    pub tickets: Vec<TicketUnit>,
    /// Contacts, with the first page.
    pub customers: Vec<CustomerUnit>,
    /// The agent's drafts on these tickets.
    pub personal: Vec<PersonalUnit>,
    /// Where to go on; none: this was all.
    pub next: Option<String>,
    /// How many tickets there are in all, with the first page.
    pub total: Option<i64>,
    /// The feed's number when the page was made: a ticket that changes meanwhile may slip from a page that is still to come to one that
    /// has been, so up to here pulls ask for whole tickets.
    pub seq: i64,
    /// Rights have changed since the cursor was made: nothing is in this page, and the device pulls first.
    pub pull_first: bool,
}

/// Commands to carry out.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct PushInput {
    /// Envelopes, read one by one: one that the server does not know spoils no other.
    #[schema(value_type = Vec<Object>)]
    pub commands: Vec<Value>,
}

/// What became of pushed commands, in their order.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct PushView {
    pub answers: Vec<Answer>,
}

/// What became of one command.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Answer {
    /// The command.
    pub id: Option<CommandId>,
    /// `applied`, `proposed`, `held` or `refused`.
    pub outcome: String,
    /// Why not: a stable code.
    pub code: Option<String>,
    /// Why not, in words.
    pub message: Option<String>,
    /// The feed number that a pull must reach to show it.
    pub seq: i64,
    /// The ticket that it went to, where that is another one.
    pub ticket_id: Option<TicketId>,
    /// Who was quicker.
    pub by: Option<String>,
    /// When (ms UTC).
    pub at: Option<i64>,
    /// What stands there now, as the command would set it.
    pub theirs: Option<Value>,
}

/// How many numbers a device wants.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct LeaseInput {
    pub count: i64,
}

/// Ticket numbers that belong to the device for ever.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct LeaseView {
    pub numbers: Vec<String>,
}

/// Personal things that changed on a device.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct PersonalInput {
    pub personal: Vec<PersonalUnit>,
    pub read_marks: Vec<ReadMark>,
}

/// What a device hands over before it is wiped, or after the server was restored.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct LeftInput {
    /// The caller's id for it: sent twice, it is kept once.
    pub id: Uuid,
    /// `lost_rights`, `disabled`, `revoked` or `restored`.
    pub reason: String,
    /// Drafts, commands, tickets.
    #[schema(value_type = Object)]
    pub document: Value,
}

/// Something that a device left behind.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct LeftView {
    pub id: Uuid,
    pub agent_id: AgentId,
    pub agent_name: String,
    pub at: i64,
    pub reason: String,
    /// What it is made of.
    pub items: Vec<LeftItem>,
    #[schema(value_type = Object)]
    pub document: Value,
    pub done_at: Option<i64>,
}

/// A part of something that was left behind, and what became of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct LeftItem {
    /// `command`, `draft`, `article` or `ticket`.
    pub what: String,
    /// The command's type, the kind of draft, or the article's channel.
    pub kind: String,
    /// The ticket's number, where it is told.
    pub number: Option<String>,
    /// A title or subject.
    pub title: Option<String>,
    /// The text that it brings.
    pub text: Option<String>,
    /// The command's body, for the words of a screen.
    #[schema(value_type = Option<Object>)]
    pub command: Option<serde_json::Value>,
    /// The ticket that it is about, or that it stands on now.
    pub ticket_id: Option<TicketId>,
    /// That ticket's title, where whoever asks may read it; its number is told then, too.
    pub ticket_title: Option<String>,
    /// What became of it: as a pushed command's, or `noted`, `draft`, `restored`, `known`, `empty`.
    pub outcome: Option<String>,
    /// Why not: a stable code.
    pub code: Option<String>,
}

/// What to do with something that was left behind.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DecideLeft {
    /// `accept`, `discard`, or `back` to decide anew.
    pub how: String,
}

/// What became of something that was left behind.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct LeftOutcome {
    /// Its parts.
    pub items: Vec<LeftItem>,
    /// It was decided before: nothing was done now.
    pub repeated: bool,
}

impl From<docket_store::personal::Kept> for PersonalUnit {
    fn from(kept: docket_store::personal::Kept) -> Self {
        Self { kind: kept.kind, key: kept.key, document: kept.document, changed_at: kept.changed_at }
    }
}

impl From<PersonalUnit> for docket_store::personal::Kept {
    fn from(unit: PersonalUnit) -> Self {
        Self { kind: unit.kind, key: unit.key, document: unit.document, changed_at: unit.changed_at }
    }
}

impl From<docket_store::personal::Mark> for ReadMark {
    fn from(mark: docket_store::personal::Mark) -> Self {
        Self { article_id: mark.article_id, ticket_id: mark.ticket_id, is_read: mark.is_read }
    }
}

impl From<ReadMark> for docket_store::personal::Mark {
    fn from(mark: ReadMark) -> Self {
        Self { article_id: mark.article_id, ticket_id: mark.ticket_id, is_read: mark.is_read }
    }
}
