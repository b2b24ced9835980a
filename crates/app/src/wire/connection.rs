//! What a connected desktop tells its own page about the connection and the outbox.

use docket_domain::{AgentId, CommandId, DeviceId, TicketId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::sync::Answer;

/// How the connection stands.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct ConnectionView {
    pub server: String,
    pub agent_id: AgentId,
    pub device_id: DeviceId,
    /// `up_to_date`, `first_sync`, `sending`, `offline`, `trouble` (the server answers, and says no: see
    /// `code`), `signed_out`, `locked` or `over`.
    pub state: String,
    /// Since when it is online or offline (ms UTC).
    pub since: i64,
    /// The last contact (ms UTC).
    pub contact_at: i64,
    /// Commands that wait for the server.
    pub waiting: i64,
    /// Commands that the server has and that the next pull will show.
    pub sent: i64,
    /// What waits for a decision of the agent.
    pub needs_you: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_sync: Option<FirstSyncView>,
    /// What is fetched to be read without the network; none: nothing was taken along, and every file is here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub luggage: Option<LuggageView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// Why it is `over` or in trouble: a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// How far the first sync is, in tickets.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct FirstSyncView {
    pub done: i64,
    pub total: i64,
}

/// What is fetched to be read without the network: the files of one's own open tickets and of those taken along, and of what else
/// their customers wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LuggageView {
    /// Tickets that were taken along.
    pub tickets: i64,
    /// So many of them are here with everything.
    pub ready: i64,
    /// Files that belong to it.
    pub files: i64,
    /// So many of them are here.
    pub files_here: i64,
    /// Bytes that are not.
    pub bytes_left: i64,
    /// Files that the server does not have any more.
    pub lost: i64,
    /// Why fetching them stopped: a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// What was given to one ticket and is not done.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct BundleView {
    pub ticket_id: TicketId,
    pub number: String,
    pub title: String,
    pub entries: Vec<EntryView>,
}

/// A command in the outbox.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct EntryView {
    pub id: CommandId,
    /// `waiting`, `sent`, `applied`, `refused`, `proposed` or `discarded`.
    pub state: String,
    pub at: i64,
    /// The command's body.
    #[schema(value_type = Object)]
    pub command: Value,
    /// The text that it brings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
}

/// What to do with a command that waits for a decision.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DecideEntry {
    /// `discard`, `mine`, `note`, `edit` or `back`.
    pub how: String,
}

/// A server to connect to.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct ConnectInput {
    /// Its address: https, or http to this computer.
    pub server: String,
    pub login: String,
    pub password: String,
    /// What this computer is called.
    #[serde(default)]
    pub name: String,
}
