//! What an agent is to hear of, and what became of it.

use docket_domain::{AgentId, TicketId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// An alarm as one device sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct AlarmView {
    /// The same on every computer that finds it out.
    pub id: String,
    /// None: a test.
    pub ticket_id: Option<TicketId>,
    #[serde(default)]
    pub number: String,
    #[serde(default)]
    pub title: String,
    /// One of the events of the matrix, or `test`.
    pub event: String,
    /// When it was due (ms UTC).
    pub due_at: i64,
    /// When the desk found that out (ms UTC).
    pub raised_at: i64,
    /// It was found out, or is being shown, over a minute too late.
    pub late: bool,
    /// This device makes the sound.
    pub sound: bool,
    /// Found out by this computer alone; then it last heard from its server at that moment (ms UTC).
    #[serde(default)]
    pub as_of: Option<i64>,
    /// Put off until (ms UTC).
    #[serde(default)]
    pub again_at: Option<i64>,
    /// `seen`, `taken`, `snoozed` or `moot`: it is to be taken away. None: it stands.
    #[serde(default)]
    pub ended: Option<String>,
}

/// What became of an agent's alarms.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct AlarmNews {
    /// Where the next question begins.
    pub upto: i64,
    /// Alarms that came or ended.
    pub alarms: Vec<AlarmView>,
}

/// An alarm ends on every device.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct AlarmEnd {
    /// This alarm …
    pub id: Option<String>,
    /// … or all that stand about this ticket; neither: all that stand.
    pub ticket_id: Option<TicketId>,
    /// `seen`, `taken` or `snoozed`.
    pub how: String,
    /// When it comes again (ms UTC), where it is snoozed.
    pub again_at: Option<i64>,
}

/// How an alarm ended on a device.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct AlarmEnded {
    pub alarm: AlarmView,
    pub at: i64,
}

/// What a device tells its server of alarms.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct AlarmReport {
    pub ended: Vec<AlarmEnded>,
    pub deliveries: Vec<AlarmLine>,
}

/// One attempt to tell somebody.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct AlarmLine {
    pub id: Uuid,
    pub at: i64,
    pub alarm_id: String,
    #[serde(default)]
    pub ticket_id: Option<TicketId>,
    #[serde(default)]
    pub number: String,
    pub event: String,
    /// `native` or `mail`.
    pub way: String,
    /// The device that showed it.
    pub device: String,
    /// `told`, `off`, `quiet`, `paused`, `shown` or `failed`; of mails `waiting`, `sending`, `sent`, `perhaps` or `failed`.
    pub outcome: String,
    /// Why it failed, in words.
    pub detail: String,
}

/// What came of a test.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AlarmTest {
    /// The alarm that the agent's devices now show.
    pub alarm_id: String,
    /// Who a mail went to; empty: the agent has no address.
    pub mail_to: String,
    /// Why no mail left, in words; none: it did.
    pub mail_error: Option<String>,
}

/// What an icon beside the clock shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Glance {
    /// Open tickets of mine.
    pub mine: i64,
    /// Those of them that are late.
    pub late: i64,
    /// The next deadlines of mine, at most three.
    pub next: Vec<DeadlineView>,
    /// Nothing is shown until then (ms UTC).
    pub paused_until: Option<i64>,
}

/// A deadline of one of my tickets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct DeadlineView {
    pub ticket_id: TicketId,
    pub number: String,
    pub title: String,
    pub due_at: i64,
}

/// Nothing shall be shown until then.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct PauseInput {
    /// None: from now on everything is shown again.
    pub until: Option<i64>,
}

/// Who asks what changed: which agent, on which of their devices, and how far they know.
#[derive(Clone, Debug)]
pub struct Asker {
    /// The agent.
    pub agent: AgentId,
    /// What names the device among theirs.
    pub device: String,
    /// The `upto` of the last answer about alarms; below 0: what stands. None: they want to hear of none.
    pub alarms: Option<i64>,
}
