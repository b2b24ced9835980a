//! The people of the desk, where they are signed in, and what they may do.

use docket_domain::{AgentId, GroupId, QueueId, RoleId, TicketId, access::Right, settings::Grants};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Whose rights, and where.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct AccessQuery {
    /// None: whoever asks.
    pub agent: Option<AgentId>,
    /// A queue …
    pub queue: Option<QueueId>,
    /// … or a ticket, wherever it lies.
    pub ticket: Option<TicketId>,
}

/// What an agent may do in a queue or on a ticket, and why.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct AccessView {
    pub agent_id: AgentId,
    pub queue_id: QueueId,
    /// The group that the queue belongs to.
    pub group_id: GroupId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket_id: Option<TicketId>,
    /// All seven.
    pub rights: Vec<RightView>,
    /// Why there are not more: `agent_disabled`, `group_invalid`, `role_invalid`, `no_grant`.
    pub obstacles: Vec<String>,
}

/// One of the seven rights.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct RightView {
    pub right: Right,
    pub granted: bool,
    pub reasons: Vec<GrantReason>,
}

/// Where a right comes from.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct GrantReason {
    /// `agent` (given to the agent alone), `role`, `owner`, `responsible` or `watcher`.
    pub kind: String,
    /// The right that was given: this one, or `rw`, which implies it.
    pub by: Right,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_id: Option<RoleId>,
}

/// An agent as an administrator types them.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct AgentInput {
    pub login: String,
    pub name: String,
    pub email: String,
    pub admin: bool,
    #[schema(value_type = Object)]
    pub grants: Grants,
    pub roles: std::collections::BTreeSet<RoleId>,
}

/// A password to set.
#[derive(Clone, Deserialize, ToSchema)]
pub struct Password {
    /// The new one.
    pub password: String,
    /// The one so far, from whoever changes their own.
    #[serde(default)]
    pub old: String,
}

/// How an agent can come in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct SignInView {
    pub agent_id: AgentId,
    /// Is there a password?
    pub password: bool,
    /// When they were last here (ms UTC), by browser or by desktop, as far as it is known.
    pub seen_at: Option<i64>,
    pub sessions: i64,
    pub devices: i64,
}

/// A signed-in browser.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct SignedInView {
    /// Names it, and is no secret.
    pub id: String,
    pub agent_id: AgentId,
    /// The browser, as it calls itself.
    pub label: String,
    pub created_at: i64,
    pub seen_at: i64,
    /// It is the one that asks.
    pub here: bool,
}

/// A connected desktop.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct DeviceView {
    pub id: Uuid,
    pub agent_id: AgentId,
    pub name: String,
    pub program: String,
    pub created_at: i64,
    pub seen_at: i64,
    pub revoked_at: Option<i64>,
    pub lost: bool,
}
