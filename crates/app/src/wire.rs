//! The shapes on the wire: what every host and client sees. Instants are ms UTC, ids are UUIDs.

use docket_domain::{
    Actor, Address, AddressId, AgentId, ArticleId, AttachmentId, Channel, CommandId, Delivery, Direction, PriorityId, QueueId, Sender,
    ServiceId, ServiceLevelId, StateId, TemplateId, TicketId, TicketTypeId,
    access::Right,
    command::SeenUpto,
    settings::{self, ImapSettings, Kind, MailboxSettings, SmtpSettings},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

mod alarm;
pub mod body;
mod calendar;
pub mod connection;
mod promise;
pub mod sync;
mod team;
mod timers;
pub use alarm::{AlarmEnd, AlarmEnded, AlarmLine, AlarmNews, AlarmReport, AlarmTest, AlarmView, Asker, DeadlineView, Glance, PauseInput};
pub use body::CommandBody;
pub use calendar::{
    BetweenInput, BetweenView, CalendarPreview, CalendarPreviewed, CountryView, DueInput, DueView, HolidaysQuery, ImportInput, ImportView,
    Moment, RegionView,
};
pub use promise::{
    AcknowledgedView, ClockView, ClocksView, DueInfo, KeptPromise, KeptQuery, LevelView, NextLevel, RecomputeView, Source, SourceKind,
};
pub use team::{AccessQuery, AccessView, AgentInput, DeviceView, GrantReason, Password, RightView, SignInView, SignedInView};
pub use timers::{AbsenceInput, SnoozeInput, SnoozeView};

/// Who is there and what this desk is.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct SessionView {
    pub signed_in: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write_token: Option<String>,
    /// `desktop` or `server`.
    pub host: String,
    /// `first_start` or `ready`.
    pub stage: String,
    pub desk: DeskView,
    pub version: String,
    /// Where the sealing key lies: `keyring`, `file` or `session`.
    pub secrets: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secrets_note: Option<String>,
    pub setup_link_needed: bool,
    /// The daily backup, for administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<BackupView>,
    /// How a connected desktop stands with its server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<connection::ConnectionView>,
}

/// How the daily backup is doing.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct BackupView {
    /// Empty: no backups are made.
    pub folder: String,
    pub last_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Somebody should choose a folder, or look why it fails.
    pub remind: bool,
}

/// An agent as colleagues see them.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct AgentView {
    pub id: AgentId,
    pub login: String,
    pub name: String,
    pub email: String,
    pub admin: bool,
}

/// The desk in a few words.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct DeskView {
    pub name: String,
    pub time_zone: String,
    pub language: String,
}

/// What someone types to sign in.
#[derive(Clone, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct SignIn {
    pub login: String,
    pub password: String,
}

/// The first administrator, by the one-time link.
#[derive(Clone, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct FirstAdministrator {
    pub token: String,
    pub login: String,
    pub name: String,
    #[serde(default)]
    pub email: String,
    pub password: String,
}

/// The first start of a desk.
#[derive(Clone, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct Setup {
    pub desk_name: String,
    pub your_name: String,
    #[serde(default)]
    pub your_email: String,
    #[serde(default)]
    pub queue_name: String,
    #[serde(default)]
    pub language: String,
    #[serde(default)]
    pub time_zone: String,
    #[serde(default)]
    pub mailbox: Option<MailboxInput>,
}

/// How far a long task is.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct Progress {
    pub running: bool,
    pub done: u64,
    pub total: u64,
}

/// A mailbox with the passwords that are sealed, never stored with it.
#[derive(Clone, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct MailboxInput {
    /// The version it was edited on; 0 for a new one.
    #[serde(default)]
    pub version: i64,
    pub document: MailboxSettings,
    /// Empty: keep the stored one.
    #[serde(default)]
    pub password: String,
    /// Empty: the same as for IMAP.
    #[serde(default)]
    pub smtp_password: String,
    /// The address it serves: a sender address is made for it when there is none.
    #[serde(default)]
    pub address: Option<String>,
}

/// A mailbox to try.
#[derive(Clone, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct MailboxTest {
    pub imap: ImapSettings,
    #[serde(default)]
    pub smtp: Option<SmtpSettings>,
    #[serde(default)]
    pub password: String,
    #[serde(default)]
    pub smtp_password: String,
    #[serde(default)]
    pub ca_file: Option<String>,
    /// The stored mailbox whose password is used when none is given.
    #[serde(default)]
    pub id: Option<Uuid>,
}

/// What a try of one server gave.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct Tried {
    pub ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What a try of a mailbox gave.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct MailboxTried {
    pub imap: Tried,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp: Option<Tried>,
    pub folders: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overview: Option<MailboxOverview>,
}

/// What lies in a mailbox.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct MailboxOverview {
    pub total: u32,
    pub unread: u32,
    pub oldest: Option<i64>,
    pub foreign_desks: Vec<String>,
    pub keywords_allowed: bool,
}

/// How a mailbox is doing.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct MailboxView {
    pub id: Uuid,
    pub name: String,
    pub address: String,
    /// `connected`, `polling`, `connecting`, `failed`, `stopped` or `off`.
    pub status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    pub since: i64,
    pub last_mail_at: Option<i64>,
    pub taken_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub foreign_desk: Option<String>,
}

/// A settings record.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct RecordView {
    pub id: Uuid,
    pub version: i64,
    #[schema(value_type = Document)]
    pub document: Value,
}

/// What `document` holds, by the kind of its record: `signature` and `salutation` are a `TextBlock`, the others bear their name.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(missing_docs, reason = "for the description alone")]
pub enum Document {
    Desk(settings::Desk),
    Agent(settings::Agent),
    State(settings::State),
    Priority(settings::Priority),
    Queue(settings::Queue),
    Template(settings::Template),
    TextBlock(settings::TextBlock),
    AutoResponse(settings::AutoResponse),
    Address(settings::SystemAddress),
    Mailbox(settings::MailboxSettings),
    MailRules(settings::MailRules),
    BlockedSender(settings::BlockedSender),
    Group(settings::Group),
    Role(settings::Role),
    Calendar(docket_domain::calendar::Calendar),
    Service(settings::Service),
    TicketType(settings::TicketType),
    Company(settings::Company),
    ServiceLevel(settings::ServiceLevel),
}

/// All settings an agent may see, by kind.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct SettingsView {
    pub version: i64,
    #[schema(value_type = Object)]
    pub records: std::collections::BTreeMap<Kind, Vec<RecordView>>,
    /// What the agent who asks may do in each queue where they may do anything; with `rw` all seven.
    pub rights: std::collections::BTreeMap<String, Vec<Right>>,
}

/// A save of a settings record: made on this version (0: a new record).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct SaveRecord {
    pub version: i64,
    #[schema(value_type = Document)]
    pub document: Value,
}

/// One version of a record.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct VersionView {
    pub version: i64,
    pub at: i64,
    pub actor: String,
    #[schema(value_type = Document)]
    pub document: Value,
}

/// A mail in quarantine.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct QuarantineView {
    pub id: Uuid,
    pub at: i64,
    pub mailbox: Option<String>,
    pub reason: String,
    pub size: i64,
    pub from: Option<String>,
    pub subject: Option<String>,
}

/// A mail on its way out.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct OutboxView {
    pub job_id: Uuid,
    pub ticket_id: TicketId,
    pub number: String,
    pub article_id: ArticleId,
    pub to: String,
    pub subject: String,
    pub state: Delivery,
    pub due_at: i64,
    pub attempts: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// Who wrote it; none: it is automatic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<AuthorView>,
    /// A decision of the agent who asks is needed: it is their own mail, or nobody else can care for it.
    pub needs_you: bool,
}

/// Counts for the rail.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct Counts {
    pub seq: i64,
    pub views: ViewCounts,
    pub queues: std::collections::BTreeMap<String, QueueCount>,
    pub outbox: OutboxCount,
    pub quarantine: i64,
}

/// Counts of the views.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct ViewCounts {
    pub mine: i64,
    pub unassigned: i64,
    pub reminders: i64,
    pub locked: i64,
    #[serde(default)]
    pub watched: i64,
    /// Out of the agent's own lists for a while.
    #[serde(default)]
    pub snoozed: i64,
    /// Theirs, and the customer has not answered for as long as the queue allows.
    #[serde(default)]
    pub silent: i64,
    pub all_open: i64,
    /// With a deadline.
    #[serde(default)]
    pub escalating: i64,
    /// Of these, those whose deadline has passed.
    #[serde(default)]
    pub late: i64,
}

/// Counts of a queue.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct QueueCount {
    pub open: i64,
    pub unassigned: i64,
}

/// What waits and what needs a decision.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct OutboxCount {
    pub waiting: i64,
    pub needs_you: i64,
}

/// Which tickets, in which order.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct ListQuery {
    /// `mine`, `unassigned`, `reminders`, `locked`, `watched`, `snoozed`, `silent`, `open`, `closed`, `junk`, `escalating`, `late`,
    /// `promises` or `all`.
    pub view: Option<String>,
    pub queue: Option<QueueId>,
    /// `changed`, `created`, `number`, `priority`, `customer`, `title`, `state` or `due`.
    pub sort: Option<String>,
    /// `asc` or `desc`.
    pub order: Option<String>,
    pub limit: Option<i64>,
    pub after: Option<String>,
    pub q: Option<String>,
    /// Of `promises`: what fell due or was done since then (ms UTC).
    pub from: Option<i64>,
    /// Of `promises`: and before then.
    pub to: Option<i64>,
    /// Of `promises`: of this measure.
    pub measure: Option<docket_domain::clock::Measure>,
    /// Of `promises`: `kept`, `broken` or `running`.
    pub outcome: Option<String>,
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct TicketPage {
    pub rows: Vec<TicketRow>,
    pub total: i64,
    pub next: Option<String>,
    pub seq: i64,
}

/// A row of a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct TicketRow {
    pub id: TicketId,
    pub number: String,
    pub title: String,
    pub from: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    pub queue_id: QueueId,
    pub state_id: StateId,
    pub priority_id: PriorityId,
    pub owner_id: Option<AgentId>,
    pub locked: bool,
    pub unread: i64,
    pub created_at: i64,
    pub changed_at: i64,
    pub last_contact_at: i64,
    /// The earliest deadline that still runs.
    #[serde(default)]
    pub due: Option<DueInfo>,
    pub due_at: Option<i64>,
    pub pending_until: Option<i64>,
    pub attachments: bool,
    pub flags: Vec<String>,
    /// Who has taken it along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub away: Option<AwayView>,
    /// The agent who asks has snoozed it, or it came back and was not looked at since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snooze: Option<SnoozeView>,
    pub seq: i64,
    pub preview: String,
}

/// With whom a ticket is, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct AwayView {
    pub agent_id: AgentId,
    pub since: i64,
}

/// What a merge would do.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct MergePreview {
    /// The ticket that stays: the one that was named, or what that was merged into.
    pub target: BriefView,
    pub target_queue_id: QueueId,
    pub target_customer: String,
    /// How many articles would move.
    pub articles: i64,
    pub warnings: Vec<MergeWarning>,
}

/// What is to be thought of before two tickets become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MergeWarning {
    /// They are of different customers, and an answer goes to the target's.
    CustomersDiffer,
    /// Colleagues who can read this ticket cannot read the target.
    FewerSeeTarget,
    /// Colleagues who cannot read this ticket will read its articles there.
    MoreSeeTarget,
    /// The target is closed, and stays so.
    TargetClosed,
    /// The target itself was merged; it goes to where that is now.
    TargetMerged,
    /// A mail has not left; it is held until its author has looked again.
    MailWaits,
}

/// A ticket with everything on it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct TicketView {
    #[serde(flatten)]
    pub row: TicketRow,
    pub customer: CustomerView,
    pub articles: Vec<ArticleView>,
    pub events: Vec<EventView>,
    pub linked: Vec<LinkedView>,
    pub drafts: Vec<DraftView>,
    pub junk: bool,
    /// What the agent who asks may do with it; with `rw` all seven.
    pub rights: Vec<Right>,
    #[serde(default)]
    pub responsible_id: Option<AgentId>,
    #[serde(default)]
    pub watchers: Vec<AgentId>,
    /// It was merged into another ticket.
    #[serde(default)]
    pub merged: bool,
    /// Where it is now, for whom may read that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<BriefView>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_id: Option<ServiceId>,
    /// What kind of request it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type_id: Option<TicketTypeId>,
    /// The service level that somebody chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_level_id: Option<ServiceLevelId>,
}

/// The customer of a ticket.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct CustomerView {
    pub address: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    pub open_tickets: i64,
    pub total_tickets: i64,
    pub blocked: bool,
    pub recent: Vec<BriefView>,
}

/// A ticket in a few words.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct BriefView {
    pub id: TicketId,
    pub number: String,
    pub title: String,
    pub state_id: StateId,
    pub changed_at: i64,
}

/// A linked ticket.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct LinkedView {
    pub id: TicketId,
    pub number: String,
    pub title: String,
    pub state_id: StateId,
    pub kind: String,
}

/// An article.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct ArticleView {
    pub id: ArticleId,
    pub ordinal: i64,
    pub sender: Sender,
    pub channel: Channel,
    pub visible_to_customer: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<AuthorView>,
    pub from: String,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub bcc: Vec<String>,
    pub reply_to: Vec<String>,
    pub subject: String,
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    pub created_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<i64>,
    pub unread: bool,
    pub attachments: Vec<AttachmentView>,
    pub raw: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<DeliveryView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    pub warnings: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
}

/// Who wrote an article.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct AuthorView {
    pub id: AgentId,
    pub name: String,
}

/// An attachment.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct AttachmentView {
    pub id: AttachmentId,
    pub name: String,
    #[serde(rename = "type")]
    pub content_type: String,
    pub size: i64,
    pub sha256: String,
    pub inline: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_id: Option<String>,
    pub url: String,
}

/// Where an outgoing mail stands.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct DeliveryView {
    pub state: Delivery,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<i64>,
    /// Of a held mail: what its author had seen. What came after it is to be looked at first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_upto: Option<SeenUpto>,
}

/// An entry of the history. `fields` hold what changed, with names beside ids (`from`, `from_name`, …).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct EventView {
    pub ordinal: i64,
    pub at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_at: Option<i64>,
    pub actor: ActorView,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub fields: Map<String, Value>,
}

/// Who did it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct ActorView {
    /// `agent`, `customer` or `system`.
    pub kind: String,
    pub name: String,
}

/// A draft, as typed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct DraftView {
    pub ticket_id: TicketId,
    pub kind: String,
    pub updated_at: i64,
    pub body: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_upto: Option<SeenUpto>,
}

/// A draft to keep.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct SaveDraft {
    pub body: Value,
    #[serde(default)]
    pub seen_upto: Option<SeenUpto>,
}

/// A file that a command brings along: an upload of one's own, or an attachment that is there already.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct FileRef {
    pub upload_id: Option<Uuid>,
    pub attachment_id: Option<AttachmentId>,
    pub name: Option<String>,
    #[serde(rename = "type")]
    pub content_type: Option<String>,
}

/// An upload.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct UploadView {
    pub upload_id: Uuid,
    pub name: String,
    #[serde(rename = "type")]
    pub content_type: String,
    pub size: i64,
}

/// A new ticket, typed by an agent.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct NewTicket {
    pub id: TicketId,
    pub article_id: ArticleId,
    pub title: String,
    #[serde(default)]
    pub queue_id: Option<QueueId>,
    #[serde(default)]
    pub state_id: Option<StateId>,
    #[serde(default)]
    pub priority_id: Option<PriorityId>,
    #[serde(default)]
    pub owner_id: Option<AgentId>,
    #[serde(default)]
    pub lock: bool,
    #[serde(default)]
    pub pending_until: Option<i64>,
    #[serde(default)]
    pub customer: CustomerInput,
    /// `phone`, `internal` or `email`.
    #[serde(default)]
    pub channel: Option<Channel>,
    #[serde(default)]
    pub direction: Option<Direction>,
    #[serde(default)]
    pub text: String,
    #[serde(default)]
    pub attachments: Vec<FileRef>,
    /// For `email`: the mail that opens the ticket.
    #[serde(default)]
    pub send: Option<NewMail>,
}

/// A customer as typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct CustomerInput {
    pub address: String,
    pub name: String,
    pub company: String,
    pub phone: String,
}

/// The mail that opens a ticket from the desk's side.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct NewMail {
    #[serde(default)]
    pub from_address_id: Option<AddressId>,
    #[serde(default)]
    pub to: Vec<String>,
    #[serde(default)]
    pub cc: Vec<String>,
    #[serde(default)]
    pub bcc: Vec<String>,
    #[serde(default)]
    pub delay_seconds: Option<u32>,
}

/// A command to a ticket.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct SubmitCommand {
    pub id: CommandId,
    pub body: CommandBody,
}

/// What came of a command.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct Outcome {
    /// `applied`, `unchanged` or `repeated`.
    pub outcome: String,
    pub seq: i64,
    /// The ticket as it now stands; none: the command took it out of the agent's sight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketView>,
}

/// Articles to mark as read, or as unread.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct MarkRead {
    pub article_ids: Vec<ArticleId>,
    #[serde(default)]
    pub unread: bool,
}

/// What a composer asks for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct ComposeQuery {
    /// `reply`, `reply_all`, `forward`, `note` or `phone_call`.
    pub kind: String,
    #[serde(default)]
    pub article: Option<ArticleId>,
    #[serde(default)]
    pub template: Option<TemplateId>,
}

/// What a composer starts with.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct ComposeView {
    pub from_address_id: Option<AddressId>,
    pub from_choices: Vec<AddressChoice>,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub bcc: Vec<String>,
    pub subject: String,
    pub text: String,
    pub signature: String,
    pub quote: String,
    pub attachments: Vec<AttachmentView>,
    pub in_reply_to: Option<ArticleId>,
    pub next_state_id: Option<StateId>,
    pub templates: Vec<TemplateChoice>,
    pub seen_upto: SeenUpto,
}

/// A sender address to choose.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct AddressChoice {
    pub id: AddressId,
    pub label: String,
}

/// A template to choose.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct TemplateChoice {
    pub id: TemplateId,
    pub name: String,
    pub text: String,
}

/// What changed since.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct Changes {
    pub seq: i64,
    pub tickets: Vec<TicketId>,
    pub settings: bool,
    pub counts: bool,
    pub mailboxes: bool,
    /// The connection of a connected desktop, or what waits for its server, may be another than it was.
    #[serde(default)]
    pub connection: bool,
    pub notices: Vec<NoticeView>,
    /// Tickets may have left the agent's sight: lists and the open ticket are to be asked for anew.
    #[serde(default)]
    pub sight: bool,
    /// Tickets where somebody came, left, or began or ended writing.
    #[serde(default)]
    pub presence: Vec<TicketId>,
    /// What became of alarms, for whoever said how far they know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarms: Option<AlarmNews>,
}

/// Somebody else who is at a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct PresentView {
    pub agent_id: AgentId,
    pub name: String,
    pub writing: bool,
}

/// I am here.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct PresenceInput {
    #[serde(default)]
    pub writing: bool,
}

/// Something that an agent should hear of now.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct NoticeView {
    /// `new_ticket`, `follow_up`, `mail_failed`, `perhaps_sent`, `mailbox_stopped` …
    pub code: String,
    pub title: String,
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket_id: Option<TicketId>,
    /// The feed number of the change that it tells of; none: it stands beside the feed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
}

/// What became of a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct MailOutcome {
    /// `created`, `follow_up`, `new_from_follow_up`, `rejected`, `ignored` or `quarantined`.
    pub outcome: String,
    pub ticket: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A hit of the search.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct Hit {
    pub kind: String,
    pub number: String,
    pub title: String,
    pub id: TicketId,
    pub score: f64,
}

/// A text with placeholders to fill in.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct PreviewInput {
    pub text: String,
    #[serde(default)]
    pub ticket_id: Option<TicketId>,
}

/// A placeholder that an editor offers.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct PlaceholderView {
    pub token: String,
    pub example: String,
}

/// Name, address and language of the agent who asks.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct ProfileInput {
    pub name: String,
    #[serde(default)]
    pub email: String,
}

/// The address as one string.
pub(crate) fn written(addresses: &[Address]) -> Vec<String> {
    addresses.iter().map(ToString::to_string).collect()
}

/// An actor by kind and name.
pub(crate) fn actor(settings: &docket_domain::Settings, actor: &Actor) -> ActorView {
    match actor {
        Actor::Agent { id } => ActorView { kind: "agent".into(), name: settings.agent_name(*id).to_owned() },
        Actor::Customer { name } => ActorView { kind: "customer".into(), name: name.clone() },
        Actor::System => ActorView { kind: "system".into(), name: settings.desk.name.clone() },
    }
}
