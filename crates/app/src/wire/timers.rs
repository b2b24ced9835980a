//! Snoozed tickets and absent agents.

use docket_domain::{AgentId, absence::Absence};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long a ticket shall be out of the agent's own lists.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct SnoozeInput {
    /// Until when (ms UTC), or until the customer writes; none: until the customer writes.
    pub until: Option<i64>,
}

/// A ticket that the agent has snoozed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SnoozeView {
    /// Since when (ms UTC).
    pub since: i64,
    /// Until when; none: until the customer writes.
    pub until: Option<i64>,
    /// Why it is back: `time` or `reply`; none: it is still away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<String>,
}

/// From when until when an agent is away.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub struct AbsenceInput {
    /// The first moment (ms UTC).
    pub from: i64,
    /// The first moment after it (ms UTC).
    pub until: i64,
    /// Who stands in; none: the queue.
    #[serde(default)]
    pub deputy_id: Option<AgentId>,
}

impl From<AbsenceInput> for Absence {
    fn from(AbsenceInput { from, until, deputy_id }: AbsenceInput) -> Self {
        Self { from, until, deputy_id }
    }
}
