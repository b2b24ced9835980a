//! The shapes of promises and their clocks.

use docket_domain::{
    QueueId, ServiceLevelId, TicketId,
    clock::{Explained, Measure, Standing},
    settings::{LevelAction, Recipient, When},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What promises something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A service level.
    ServiceLevel,
    /// The ticket's queue.
    Queue,
}

/// By whom something is promised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// What it is.
    pub kind: SourceKind,
    /// What it is called.
    pub name: String,
    /// The service level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_level_id: Option<ServiceLevelId>,
}

/// The earliest deadline of a ticket that still runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DueInfo {
    /// What was promised.
    pub measure: Measure,
    /// The deadline (ms UTC); none while a pause leaves it open.
    pub at: Option<i64>,
    /// When somebody is warned.
    pub warn_at: Option<i64>,
    /// Does it run?
    pub standing: Standing,
    /// It has passed.
    pub late: bool,
    /// By whom it is promised.
    pub source: Source,
}

/// A clock and why it stands as it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClockView {
    /// The clock and its reasons.
    #[serde(flatten)]
    pub explained: Explained,
    /// What the calendar is called.
    pub calendar: String,
    /// By whom it is promised.
    pub source: Source,
}

/// The level that comes next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NextLevel {
    /// Of which promise.
    pub measure: Measure,
    /// Its number in the settings; 0: the warning or the breach itself.
    pub number: u32,
    /// Its moment of the promise's time.
    pub step: When,
    /// When (ms UTC).
    pub at: i64,
    /// Who is told.
    pub to: Vec<Recipient>,
    /// What is done.
    pub actions: Vec<LevelAction>,
}

/// A level that was reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LevelView {
    /// Of which promise.
    pub measure: Measure,
    /// Its number then; 0: the warning or the breach itself.
    pub number: u32,
    /// Its moment of the promise's time.
    pub step: When,
    /// When it was noticed (ms UTC).
    pub at: i64,
    /// That was too late: the desk was asleep or off.
    pub late: bool,
}

/// Who stopped the levels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AcknowledgedView {
    /// Their name.
    pub by: String,
    /// When (ms UTC).
    pub at: i64,
}

/// The clocks of a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClocksView {
    /// One for each promise that has a clock.
    pub clocks: Vec<ClockView>,
    /// The level that comes next.
    pub next_level: Option<NextLevel>,
    /// The levels that were reached.
    pub levels: Vec<LevelView>,
    /// Who stopped the levels last.
    pub acknowledged: Option<AcknowledgedView>,
}

/// Which promises.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct KeptQuery {
    /// What fell due or was done since then (ms UTC).
    #[serde(default)]
    pub from: i64,
    /// And before then; none: until now.
    #[serde(default)]
    pub to: Option<i64>,
}

/// How promises of one queue were kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeptPromise {
    /// The queue that the tickets lie in.
    pub queue_id: QueueId,
    /// What was promised.
    pub measure: Measure,
    /// Done in time.
    pub kept: i64,
    /// Done too late, or late and not done yet.
    pub broken: i64,
    /// Not done yet, and not late.
    pub running: i64,
    /// Working time that was needed, of what was done: half took less.
    pub median_minutes: Option<i64>,
    /// What was promised, where it was the same for all.
    pub promised_minutes: Option<i64>,
}

/// How computing the deadlines of open tickets anew is going.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecomputeView {
    /// Is it going on?
    pub running: bool,
    /// Tickets that were looked at.
    pub done: u64,
    /// Tickets that there were when it began.
    pub total: u64,
    /// Tickets whose deadlines were written anew.
    pub written: u64,
    /// When it ended (ms UTC).
    pub finished_at: Option<i64>,
    /// Tickets that are late now and were not before: the first of them that the agent may read.
    pub now_late: Vec<TicketId>,
    /// Tickets that were late before and are not now.
    pub no_longer_late: Vec<TicketId>,
}
