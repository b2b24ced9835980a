//! The documents of the settings records, and what makes each of them valid.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use uuid::Uuid;

use super::{Company, Invalid, Kind, Promised, Service, ServiceLevel, Settings, TicketType, promises};
use crate::{
    absence::Absence,
    access::Right,
    article::Address,
    calendar::Calendar,
    clock::Behaviour,
    id::{AddressId, AgentId, AutoResponseId, CalendarId, GroupId, QueueId, RoleId, SalutationId, SignatureId, StateId, TemplateId},
    master,
    number::Generator,
};

fn users() -> GroupId {
    master::GROUP_USERS
}

pub(super) fn yes() -> bool {
    true
}

/// The desk itself. One record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Desk {
    /// What it is called.
    pub name: String,
    /// IANA zone: numbers, day bounds and reports.
    pub time_zone: String,
    /// `en` or `de`.
    pub language: String,
    /// Has somebody set it up?
    pub ready: bool,
    /// OTRS's SystemID, part of every number.
    pub system_id: String,
    /// How numbers are made.
    pub number_generator: Generator,
    /// What stands before the number in a subject.
    pub ticket_hook: String,
    /// What stands between hook and number.
    pub hook_divider: String,
    /// `left`, `right` or `none`.
    pub subject_format: String,
    /// Longest subject of an answer, in characters.
    pub subject_size: u32,
    /// The domain in our Message-IDs; empty: the sender's.
    pub fqdn: String,
    /// The folder for the daily backups of a desk on one computer; empty: none are made.
    pub backup_folder: String,
    /// Six letters that tell this desk from another at the same mailbox.
    pub short_id: String,
    /// How the clocks of promises behave.
    pub clocks: Behaviour,
    /// When the desk works, where nothing else is said.
    pub calendar_id: Option<CalendarId>,
    /// A ticket whose owner is away is unlocked when a colleague writes a note on it.
    pub unlock_on_away: bool,
    /// Whoever loses the lock of an open ticket is its owner no longer.
    pub owner_reset_on_unlock: bool,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            name: "Docket".into(),
            time_zone: "UTC".into(),
            language: "en".into(),
            ready: false,
            system_id: "10".into(),
            number_generator: Generator::DateChecksum,
            ticket_hook: "Ticket#".into(),
            hook_divider: String::new(),
            subject_format: "left".into(),
            subject_size: 100,
            fqdn: String::new(),
            backup_folder: String::new(),
            short_id: String::new(),
            clocks: Behaviour::default(),
            calendar_id: Some(master::CALENDAR),
            unlock_on_away: true,
            owner_reset_on_unlock: false,
        }
    }
}

/// Someone who works on tickets. Passwords are elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Agent {
    /// What they type to sign in.
    pub login: String,
    /// Their name, as colleagues and customers see it.
    pub name: String,
    /// Their own mail address.
    #[serde(default)]
    pub email: String,
    /// May change settings.
    #[serde(default)]
    pub admin: bool,
    /// Invalid agents stay in the history and do nothing.
    #[serde(default = "yes")]
    pub valid: bool,
    /// Articles before this moment count as read (ms UTC).
    #[serde(default)]
    pub read_before: i64,
    /// The rights in each group that this agent has alone. An agent from before there were groups may do everything in `users`.
    #[serde(default = "everything_in_users")]
    pub grants: Grants,
    /// The roles of this agent.
    #[serde(default)]
    pub roles: BTreeSet<RoleId>,
    /// When they are away, and who stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absence: Option<Absence>,
}

/// Rights by group.
pub type Grants = BTreeMap<GroupId, BTreeSet<Right>>;

/// All rights in the group that every queue of a new desk belongs to.
pub fn everything_in_users() -> Grants {
    Grants::from([(master::GROUP_USERS, BTreeSet::from([Right::Rw]))])
}

/// A group: queues belong to one, agents and roles have rights in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub comment: String,
    /// An invalid group gives no rights.
    #[serde(default = "yes")]
    pub valid: bool,
}

/// A role: rights that several agents share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub comment: String,
    /// The rights in each group.
    #[serde(default)]
    pub grants: Grants,
    /// An invalid role gives no rights.
    #[serde(default = "yes")]
    pub valid: bool,
}

/// The seven state types of OTRS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "OTRS's names")]
pub enum StateType {
    New,
    Open,
    Closed,
    PendingReminder,
    PendingAuto,
    Removed,
    Merged,
}

impl StateType {
    /// Is the work done, as far as lists and follow-ups are concerned?
    pub fn is_closed(self) -> bool {
        match self {
            Self::Closed | Self::Removed | Self::Merged => true,
            Self::New | Self::Open | Self::PendingReminder | Self::PendingAuto => false,
        }
    }

    /// Does it wait for a moment?
    pub fn is_pending(self) -> bool {
        matches!(self, Self::PendingReminder | Self::PendingAuto)
    }
}

/// A ticket state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct State {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: StateType,
    /// Where a `pending auto` state leads when its time has come.
    #[serde(default)]
    pub next_state_id: Option<StateId>,
    /// Does time in it not count for what was promised? Where nothing is said, pending states pause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pauses: Option<bool>,
    /// Can it be chosen?
    #[serde(default = "yes")]
    pub valid: bool,
}

impl State {
    /// Does time in this state not count for what was promised?
    pub fn pauses_clocks(&self) -> bool {
        self.pauses.unwrap_or(self.kind.is_pending())
    }
}

/// A priority.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Priority {
    /// Its name, like `3 normal`.
    pub name: String,
    /// Higher is more urgent.
    pub rank: i64,
    /// A colour for its mark, as CSS writes it; empty: the theme's.
    #[serde(default)]
    pub color: String,
    /// Can it be chosen?
    #[serde(default = "yes")]
    pub valid: bool,
}

/// What happens to a mail on a closed ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FollowUp {
    /// It reopens the ticket.
    #[default]
    Possible,
    /// It is kept on the ticket, which stays closed; the sender is told.
    Reject,
    /// It becomes a new ticket, linked with the old.
    NewTicket,
}

/// The five kinds of automatic answers of OTRS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AutoKind {
    /// To a new ticket.
    AutoReply,
    /// To a follow-up that is not taken.
    AutoReject,
    /// To a follow-up.
    AutoFollowUp,
    /// To a follow-up that became a new ticket.
    AutoReplyNewTicket,
    /// To a ticket that was removed.
    AutoRemove,
}

impl AutoKind {
    /// The stable name, as stored and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AutoReply => "auto_reply",
            Self::AutoReject => "auto_reject",
            Self::AutoFollowUp => "auto_follow_up",
            Self::AutoReplyNewTicket => "auto_reply_new_ticket",
            Self::AutoRemove => "auto_remove",
        }
    }
}

/// A queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Queue {
    /// Its full name; `::` nests.
    pub name: String,
    /// Can it be chosen?
    #[serde(default = "yes")]
    pub valid: bool,
    /// The group whose members may work in it.
    #[serde(default = "users")]
    pub group_id: GroupId,
    /// The address it sends from.
    #[serde(default)]
    pub address_id: Option<AddressId>,
    /// The signature under its answers.
    #[serde(default)]
    pub signature_id: Option<SignatureId>,
    /// The salutation over its answers.
    #[serde(default)]
    pub salutation_id: Option<SalutationId>,
    /// What happens to mail on a closed ticket.
    #[serde(default)]
    pub follow_up: FollowUp,
    /// A closed ticket that is reopened goes back to its owner, locked.
    #[serde(default)]
    pub follow_up_lock: bool,
    /// Minutes of working time after which a lock ends; 0: never.
    #[serde(default)]
    pub unlock_timeout_minutes: i64,
    /// Days without a word of the customer after which their silence is told; 0: never.
    #[serde(default)]
    pub silence_days: i64,
    /// Count days of work alone, by the queue's calendar.
    #[serde(default = "yes")]
    pub silence_working_days: bool,
    /// The state that a ticket gets when the silence is told; none: it keeps its own.
    #[serde(default)]
    pub silence_state_id: Option<StateId>,
    /// Its automatic answers.
    #[serde(default)]
    pub auto_responses: BTreeMap<AutoKind, AutoResponseId>,
    /// The templates offered in it; none: all.
    #[serde(default)]
    pub template_ids: Vec<TemplateId>,
    /// What is promised in it where no service level is in force.
    #[serde(default)]
    pub promises: Vec<Promised>,
    /// When it is worked in; none: the desk's calendar.
    #[serde(default)]
    pub calendar_id: Option<CalendarId>,
    /// What it is for.
    #[serde(default)]
    pub comment: String,
}

/// What a template is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "named like the screens they serve")]
pub enum TemplateKind {
    Answer,
    Forward,
    Note,
    PhoneCall,
    Create,
}

/// A text to start from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub kind: TemplateKind,
    /// The text, with placeholders.
    pub text: String,
    /// A subject, where it brings one.
    #[serde(default)]
    pub subject: Option<String>,
    /// Can it be chosen?
    #[serde(default = "yes")]
    pub valid: bool,
}

/// A signature or salutation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TextBlock {
    /// Its name.
    pub name: String,
    /// The text, with placeholders.
    pub text: String,
    /// Can it be chosen?
    #[serde(default = "yes")]
    pub valid: bool,
}

/// An automatic answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AutoResponse {
    /// Its name.
    pub name: String,
    /// When it is given.
    pub kind: AutoKind,
    /// The subject, with placeholders.
    pub subject: String,
    /// The text, with placeholders.
    pub text: String,
    /// The address it comes from; none: the queue's.
    #[serde(default)]
    pub address_id: Option<AddressId>,
    /// Is it given?
    #[serde(default = "yes")]
    pub valid: bool,
}

/// An address of the desk: what it sends from, and where mail to it goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SystemAddress {
    /// The name that customers see.
    pub name: String,
    /// The address.
    pub email: String,
    /// The queue that mail to it goes to.
    pub queue_id: QueueId,
    /// In use?
    #[serde(default = "yes")]
    pub valid: bool,
}

/// How a connection is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// TLS from the first byte.
    #[default]
    Tls,
    /// TLS after a greeting in the clear.
    Starttls,
    /// Nothing: for loopback and tests.
    Plain,
}

/// Where mail is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ImapSettings {
    /// Host name.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Protection.
    #[serde(default)]
    pub security: Security,
    /// User name.
    pub user: String,
    /// Folder.
    #[serde(default = "inbox")]
    pub folder: String,
}

fn inbox() -> String {
    "INBOX".into()
}

/// Where mail is handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SmtpSettings {
    /// Host name.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Protection.
    #[serde(default)]
    pub security: Security,
    /// User name; empty: no sign-in.
    #[serde(default)]
    pub user: String,
}

/// Which mails of a mailbox become tickets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum TakeIn {
    /// What arrives from now on.
    #[default]
    FromNow,
    /// What is unread, and what arrives.
    Unread,
    /// What came in the last days, and what arrives.
    Days {
        /// How many.
        days: u32,
    },
    /// Everything.
    All,
}

/// What happens to a mail in its mailbox once it is safely taken in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum After {
    /// Nothing.
    #[default]
    Leave,
    /// It is marked as read.
    MarkRead,
    /// It is moved.
    Move {
        /// Where to.
        folder: String,
    },
    /// It is deleted.
    Delete,
}

/// A mailbox: where mail comes from and leaves. Its passwords are sealed elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MailboxSettings {
    /// What it is called.
    pub name: String,
    /// In use?
    #[serde(default = "yes")]
    pub valid: bool,
    /// Where mail is read.
    pub imap: ImapSettings,
    /// Where mail is handed over; none: another mailbox sends.
    #[serde(default)]
    pub smtp: Option<SmtpSettings>,
    /// Are X-OTRS headers of its mail obeyed?
    #[serde(default)]
    pub trusted: bool,
    /// The queue for its mail; none: chosen by recipient.
    #[serde(default)]
    pub queue_id: Option<QueueId>,
    /// What becomes a ticket.
    #[serde(default)]
    pub take_in: TakeIn,
    /// What happens to a mail afterwards.
    #[serde(default)]
    pub after: After,
    /// Since when it is connected (ms UTC): older mail gets no automatic answer.
    #[serde(default)]
    pub connected_at: i64,
    /// Seconds between two looks where the server cannot push.
    #[serde(default = "sixty")]
    pub poll_seconds: u32,
    /// Other desks whose marks in this mailbox are from the past: this desk has taken over from them.
    #[serde(default)]
    pub former_desks: Vec<String>,
    /// A file with further certificate authorities (PEM), for servers of one's own.
    #[serde(default)]
    pub ca_file: Option<String>,
}

fn sixty() -> u32 {
    60
}

/// How mail is treated. One record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct MailRules {
    /// Seconds a mail of an agent waits before it leaves.
    pub undo_seconds: u32,
    /// Automatic answers to one address a day.
    pub auto_per_day: u32,
    /// Mail older than this gets no automatic answer.
    pub auto_max_age_hours: u32,
    /// OTRS's way: a number in the subject opens the ticket for anybody.
    pub open_by_number_alone: bool,
    /// Where mail goes that no address claims.
    pub postmaster_queue_id: QueueId,
    /// Larger mails are quarantined.
    pub max_mail_bytes: u64,
    /// Further addresses (a regular expression) that never get automatic answers.
    pub no_auto_response_pattern: String,
    /// A text older than this is looked at again before it leaves.
    pub hold_after_hours: u32,
}

impl Default for MailRules {
    fn default() -> Self {
        Self {
            undo_seconds: 10,
            auto_per_day: 40,
            auto_max_age_hours: 24,
            open_by_number_alone: false,
            postmaster_queue_id: master::QUEUE_RAW,
            max_mail_bytes: 64 << 20,
            no_auto_response_pattern: String::new(),
            hold_after_hours: 24,
        }
    }
}

/// An address whose mail goes to the junk queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BlockedSender {
    /// The address.
    pub address: String,
    /// Since when (ms UTC).
    pub since: i64,
    /// Still blocked?
    #[serde(default = "yes")]
    pub valid: bool,
}

/// Reads a document as its kind and checks it against the others; the result is its full form.
pub(super) fn check(settings: &Settings, kind: Kind, id: Uuid, document: &Value) -> Result<Value, Invalid> {
    match kind {
        Kind::Desk => full(document, |desk: &Desk| check_desk(settings, desk)),
        Kind::Agent => full(document, |agent: &Agent| check_agent(settings, id, agent)),
        Kind::State => full(document, |state: &State| check_state(settings, id, state)),
        Kind::Calendar => full(document, |calendar: &Calendar| check_calendar(settings, id, calendar)),
        Kind::Priority => full(document, |priority: &Priority| named(&priority.name)),
        Kind::Queue => full(document, |queue: &Queue| check_queue(settings, id, queue)),
        Kind::Template => full(document, |template: &Template| named(&template.name)),
        Kind::Signature | Kind::Salutation => full(document, |block: &TextBlock| named(&block.name)),
        Kind::AutoResponse => full(document, |response: &AutoResponse| named(&response.name)),
        Kind::Address => full(document, |address: &SystemAddress| check_address(settings, id, address)),
        Kind::Mailbox => full(document, check_mailbox),
        Kind::MailRules => full(document, |rules: &MailRules| check_mail_rules(settings, rules)),
        Kind::Group => full(document, |group: &Group| check_group(settings, id, group)),
        Kind::Role => full(document, |role: &Role| check_role(settings, id, role)),
        Kind::BlockedSender => full(document, |blocked: &BlockedSender| mail_address("address", &blocked.address)),
        Kind::Service => full(document, |service: &Service| promises::check_service(settings, id, service)),
        Kind::TicketType => full(document, |kind: &TicketType| promises::check_type(settings, id, kind)),
        Kind::Company => full(document, |company: &Company| promises::check_company(settings, id, company)),
        Kind::ServiceLevel => full(document, |level: &ServiceLevel| promises::check_service_level(settings, id, level)),
    }
}

/// The part of a stored document that this program knows, or `None` where it cannot read it.
pub(super) fn known(kind: Kind, document: &Value) -> Option<Value> {
    fn again<T: DeserializeOwned + Serialize>(document: &Value) -> Option<Value> {
        serde_json::to_value(T::deserialize(document).ok()?).ok()
    }
    match kind {
        Kind::Desk => again::<Desk>(document),
        Kind::Agent => again::<Agent>(document),
        Kind::State => again::<State>(document),
        Kind::Calendar => again::<Calendar>(document),
        Kind::Priority => again::<Priority>(document),
        Kind::Queue => again::<Queue>(document),
        Kind::Template => again::<Template>(document),
        Kind::Signature | Kind::Salutation => again::<TextBlock>(document),
        Kind::AutoResponse => again::<AutoResponse>(document),
        Kind::Address => again::<SystemAddress>(document),
        Kind::Mailbox => again::<MailboxSettings>(document),
        Kind::MailRules => again::<MailRules>(document),
        Kind::Group => again::<Group>(document),
        Kind::Role => again::<Role>(document),
        Kind::BlockedSender => again::<BlockedSender>(document),
        Kind::Service => again::<Service>(document),
        Kind::TicketType => again::<TicketType>(document),
        Kind::Company => again::<Company>(document),
        Kind::ServiceLevel => again::<ServiceLevel>(document),
    }
}

fn full<T: DeserializeOwned + Serialize>(document: &Value, check: impl FnOnce(&T) -> Result<(), Invalid>) -> Result<Value, Invalid> {
    let typed = T::deserialize(document).map_err(|error| Invalid::new(&blamed(&error.to_string()), error.to_string()))?;
    check(&typed)?;
    serde_json::to_value(&typed).map_err(|error| Invalid::new("document", error.to_string()))
}

/// The field that serde's message names in backticks.
fn blamed(message: &str) -> String {
    message.split('`').nth(1).unwrap_or("document").to_owned()
}

pub(super) fn named(name: &str) -> Result<(), Invalid> {
    match name.trim() {
        "" => Err(Invalid::new("name", "a name is needed")),
        name if name.chars().count() > 200 => Err(Invalid::new("name", "this name is longer than 200 characters")),
        name if name.chars().any(char::is_control) => Err(Invalid::new("name", "a name is one line of text")),
        _ => Ok(()),
    }
}

pub(super) fn mail_address(field: &str, text: &str) -> Result<(), Invalid> {
    match Address::parse(text) {
        Some(address) if address.name.is_none() => Ok(()),
        _ => Err(Invalid::new(field, format!("\"{text}\" is not a mail address"))),
    }
}

fn check_desk(settings: &Settings, desk: &Desk) -> Result<(), Invalid> {
    named(&desk.name)?;
    if desk.time_zone.parse::<chrono_tz::Tz>().is_err() {
        return Err(Invalid::new("time_zone", format!("\"{}\" is not a time zone", desk.time_zone)));
    }
    if desk.system_id.is_empty() || desk.system_id.len() > 8 || !desk.system_id.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Invalid::new("system_id", "the system id is one to eight digits"));
    }
    if desk.ticket_hook.trim().is_empty() || desk.ticket_hook.chars().any(char::is_control) {
        return Err(Invalid::new("ticket_hook", "the ticket hook stands before every number and cannot be empty"));
    }
    if !["left", "right", "none"].contains(&desk.subject_format.as_str()) {
        return Err(Invalid::new("subject_format", "the number stands left, right or not at all (none)"));
    }
    if !(20..=250).contains(&desk.subject_size) {
        return Err(Invalid::new("subject_size", "a subject is cut somewhere between 20 and 250 characters"));
    }
    // A desk from before there were calendars gets the one of a new desk.
    promises::check_calendar_id(settings, desk.calendar_id.filter(|id| *id != master::CALENDAR))
}

fn check_agent(settings: &Settings, id: Uuid, agent: &Agent) -> Result<(), Invalid> {
    named(&agent.name)?;
    if agent.login.trim().is_empty() || agent.login.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Invalid::new("login", "a login is one word"));
    }
    if settings.agents.iter().any(|(other, a)| other.0 != id && a.login.to_lowercase() == agent.login.to_lowercase()) {
        return Err(Invalid::new("login", format!("\"{}\" is taken", agent.login)));
    }
    if !agent.email.is_empty() {
        mail_address("email", &agent.email)?;
    }
    if agent.roles.iter().any(|role| !settings.roles.contains_key(role)) {
        return Err(Invalid::new("roles", "that role does not exist"));
    }
    agent.absence.map_or(Ok(()), |absence| absence.check(settings, AgentId(id)))?;
    check_grants(settings, &agent.grants)
}

fn check_grants(settings: &Settings, grants: &Grants) -> Result<(), Invalid> {
    let known = |group| settings.groups.contains_key(group) || *group == master::GROUP_USERS;
    if grants.keys().all(known) { Ok(()) } else { Err(Invalid::new("grants", "that group does not exist")) }
}

fn check_group(settings: &Settings, id: Uuid, group: &Group) -> Result<(), Invalid> {
    named(&group.name)?;
    if settings.groups.iter().any(|(other, g)| other.0 != id && g.name.to_lowercase() == group.name.to_lowercase()) {
        return Err(Invalid::new("name", format!("there is a group \"{}\" already", group.name)));
    }
    if !group.valid && settings.queues.values().any(|queue| queue.valid && queue.group_id.0 == id) {
        return Err(Invalid::new("valid", "queues belong to this group; give them another one first"));
    }
    Ok(())
}

fn check_role(settings: &Settings, id: Uuid, role: &Role) -> Result<(), Invalid> {
    named(&role.name)?;
    if settings.roles.iter().any(|(other, r)| other.0 != id && r.name.to_lowercase() == role.name.to_lowercase()) {
        return Err(Invalid::new("name", format!("there is a role \"{}\" already", role.name)));
    }
    check_grants(settings, &role.grants)
}

fn check_state(settings: &Settings, id: Uuid, state: &State) -> Result<(), Invalid> {
    named(&state.name)?;
    if settings.states.iter().any(|(other, s)| other.0 != id && s.name == state.name) {
        return Err(Invalid::new("name", format!("there is a state \"{}\" already", state.name)));
    }
    match settings.states.get(&StateId(id)) {
        Some(old) if old.kind != state.kind => Err(Invalid::new("type", "the type of a state in use cannot change")),
        _ => Ok(()),
    }
}

fn check_calendar(settings: &Settings, id: Uuid, calendar: &Calendar) -> Result<(), Invalid> {
    named(&calendar.name)?;
    if settings.calendars.iter().any(|(other, c)| other.0 != id && c.name.to_lowercase() == calendar.name.to_lowercase()) {
        return Err(Invalid::new("name", format!("there is a calendar \"{}\" already", calendar.name)));
    }
    calendar.check()
}

fn check_queue(settings: &Settings, id: Uuid, queue: &Queue) -> Result<(), Invalid> {
    named(&queue.name)?;
    if queue.name.split("::").any(|part| part.trim().is_empty()) {
        return Err(Invalid::new("name", "between two \"::\" stands the name of a queue"));
    }
    if settings.queues.iter().any(|(other, q)| other.0 != id && q.name.to_lowercase() == queue.name.to_lowercase()) {
        return Err(Invalid::new("name", format!("there is a queue \"{}\" already", queue.name)));
    }
    match settings.groups.get(&queue.group_id) {
        None if queue.group_id != master::GROUP_USERS => return Err(Invalid::new("group_id", "that group does not exist")),
        Some(group) if queue.valid && !group.valid => {
            return Err(Invalid::new("group_id", "that group is not valid, so nobody could read this queue"));
        }
        Some(_) | None => {}
    }
    if queue.address_id.is_some_and(|address| !settings.addresses.contains_key(&address)) {
        return Err(Invalid::new("address_id", "that sender address does not exist"));
    }
    check_timers(settings, queue)?;
    for (kind, response) in &queue.auto_responses {
        match settings.auto_responses.get(response) {
            Some(response) if response.kind == *kind => {}
            Some(_) => return Err(Invalid::new("auto_responses", "that automatic answer is of another kind")),
            None => return Err(Invalid::new("auto_responses", "that automatic answer does not exist")),
        }
    }
    promises::check_calendar_id(settings, queue.calendar_id)?;
    promises::check_promises(settings, &queue.promises)?;
    if !queue.valid && id == master::QUEUE_JUNK.0 {
        return Err(Invalid::new("valid", "the junk queue is needed"));
    }
    if !queue.valid && settings.mail_rules.postmaster_queue_id.0 == id {
        return Err(Invalid::new("valid", "mail that no address claims goes to this queue; choose another one in the mail rules first"));
    }
    Ok(())
}

fn check_timers(settings: &Settings, queue: &Queue) -> Result<(), Invalid> {
    if !(0..=525_600).contains(&queue.unlock_timeout_minutes) {
        return Err(Invalid::new("unlock_timeout_minutes", "a lock lasts between 0 minutes (for ever) and a year"));
    }
    if !(0..=3_650).contains(&queue.silence_days) {
        return Err(Invalid::new("silence_days", "a customer is waited for between 0 days (for ever) and ten years"));
    }
    match queue.silence_state_id.map(|state| settings.states.get(&state)) {
        Some(None) => Err(Invalid::new("silence_state_id", "that state does not exist")),
        Some(Some(state)) if matches!(state.kind, StateType::New | StateType::Removed | StateType::Merged) => {
            Err(Invalid::new("silence_state_id", "a ticket that waits is neither new, removed nor merged"))
        }
        Some(Some(_)) | None => Ok(()),
    }
}

fn check_address(settings: &Settings, id: Uuid, address: &SystemAddress) -> Result<(), Invalid> {
    mail_address("email", &address.email)?;
    if settings.addresses.iter().any(|(other, a)| other.0 != id && a.email.eq_ignore_ascii_case(&address.email)) {
        return Err(Invalid::new("email", format!("\"{}\" is an address of the desk already", address.email)));
    }
    if !settings.queues.contains_key(&address.queue_id) {
        return Err(Invalid::new("queue_id", "that queue does not exist"));
    }
    Ok(())
}

fn check_mailbox(mailbox: &MailboxSettings) -> Result<(), Invalid> {
    named(&mailbox.name)?;
    for (field, host) in [("imap.host", Some(&mailbox.imap.host)), ("smtp.host", mailbox.smtp.as_ref().map(|smtp| &smtp.host))] {
        if host.is_some_and(|host| host.trim().is_empty() || host.chars().any(|c| c.is_whitespace() || c.is_control())) {
            return Err(Invalid::new(field, "a host name is one word"));
        }
    }
    match &mailbox.after {
        After::Move { folder } if folder.trim().is_empty() => Err(Invalid::new("after", "name the folder to move mail to")),
        _ => Ok(()),
    }
}

fn check_mail_rules(settings: &Settings, rules: &MailRules) -> Result<(), Invalid> {
    if !settings.queues.get(&rules.postmaster_queue_id).is_some_and(|queue| queue.valid) {
        return Err(Invalid::new("postmaster_queue_id", "that queue does not exist"));
    }
    if rules.undo_seconds > 3600 {
        return Err(Invalid::new("undo_seconds", "a mail waits an hour at most"));
    }
    Ok(())
}
