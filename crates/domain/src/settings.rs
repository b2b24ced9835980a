//! Settings: typed records, kept as JSON documents, at any moment one immutable snapshot.

use std::{collections::BTreeMap, sync::OnceLock};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use thiserror::Error;
use uuid::Uuid;

use crate::{
    calendar::{Calendar, WorkingTime},
    id::{
        AddressId, AgentId, AutoResponseId, CalendarId, CompanyId, GroupId, MailboxId, PriorityId, QueueId, RoleId, SalutationId,
        ServiceId, ServiceLevelId, SignatureId, StateId, TemplateId, TicketTypeId,
    },
};

mod promises;
mod records;
pub use promises::{Applies, Company, Level, LevelAction, Promised, Recipient, Service, ServiceLevel, TicketType, When, may_call};
pub use records::*;

/// The kinds of settings records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is named like the record it holds")]
pub enum Kind {
    Desk,
    Agent,
    State,
    Priority,
    Queue,
    Template,
    Signature,
    Salutation,
    AutoResponse,
    Address,
    Mailbox,
    MailRules,
    BlockedSender,
    Group,
    Role,
    Calendar,
    Service,
    TicketType,
    Company,
    ServiceLevel,
}

impl Kind {
    /// All kinds, in the order in which records may refer to earlier ones.
    pub const ALL: [Self; 20] = [
        Self::Desk,
        Self::Group,
        Self::Role,
        Self::Agent,
        Self::Calendar,
        Self::State,
        Self::Priority,
        Self::Queue,
        Self::Template,
        Self::Signature,
        Self::Salutation,
        Self::AutoResponse,
        Self::Address,
        Self::Mailbox,
        Self::MailRules,
        Self::BlockedSender,
        Self::Service,
        Self::TicketType,
        Self::Company,
        Self::ServiceLevel,
    ];

    /// The stable name, as stored and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::Agent => "agent",
            Self::State => "state",
            Self::Priority => "priority",
            Self::Queue => "queue",
            Self::Template => "template",
            Self::Signature => "signature",
            Self::Salutation => "salutation",
            Self::AutoResponse => "auto_response",
            Self::Address => "address",
            Self::Mailbox => "mailbox",
            Self::MailRules => "mail_rules",
            Self::BlockedSender => "blocked_sender",
            Self::Group => "group",
            Self::Role => "role",
            Self::Calendar => "calendar",
            Self::Service => "service",
            Self::TicketType => "ticket_type",
            Self::Company => "company",
            Self::ServiceLevel => "service_level",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// May every agent read records of this kind, or only administrators?
    pub fn for_everyone(self) -> bool {
        match self {
            Self::Mailbox | Self::MailRules => false,
            Self::Desk
            | Self::Agent
            | Self::State
            | Self::Priority
            | Self::Queue
            | Self::Template
            | Self::Signature
            | Self::Salutation
            | Self::AutoResponse
            | Self::Address
            | Self::BlockedSender
            | Self::Group
            | Self::Role
            | Self::Calendar
            | Self::Service
            | Self::TicketType
            | Self::Company
            | Self::ServiceLevel => true,
        }
    }
}

/// A record as it is stored: the document keeps fields that this program does not know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Record {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: Uuid,
    /// Counts its saves, from 1.
    pub version: i64,
    /// The JSON document.
    pub document: Value,
}

/// A record that cannot be saved, and which field is to blame.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct Invalid {
    /// The field, as in the document.
    pub field: String,
    /// A sentence for the person who typed it.
    pub message: String,
}

impl Invalid {
    /// Blames `field`.
    pub fn new(field: &str, message: impl Into<String>) -> Self {
        Self { field: field.to_owned(), message: message.into() }
    }
}

/// All settings at one moment. Cheap to read, never changed; a save makes a new one.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The `settings_head` of the feed that this snapshot was read at.
    pub head: i64,
    /// Every record as stored, for screens, exports and merging saves.
    pub records: BTreeMap<(Kind, Uuid), Record>,
    /// The desk itself.
    pub desk: Desk,
    /// How mail is treated.
    pub mail_rules: MailRules,
    /// Groups.
    pub groups: BTreeMap<GroupId, Group>,
    /// Roles.
    pub roles: BTreeMap<RoleId, Role>,
    /// Agents.
    pub agents: BTreeMap<AgentId, Agent>,
    /// States.
    pub states: BTreeMap<StateId, State>,
    /// Calendars.
    pub calendars: BTreeMap<CalendarId, Calendar>,
    /// Priorities.
    pub priorities: BTreeMap<PriorityId, Priority>,
    /// Queues.
    pub queues: BTreeMap<QueueId, Queue>,
    /// Templates.
    pub templates: BTreeMap<TemplateId, Template>,
    /// Signatures.
    pub signatures: BTreeMap<SignatureId, TextBlock>,
    /// Salutations.
    pub salutations: BTreeMap<SalutationId, TextBlock>,
    /// Automatic answers.
    pub auto_responses: BTreeMap<AutoResponseId, AutoResponse>,
    /// Sender addresses.
    pub addresses: BTreeMap<AddressId, SystemAddress>,
    /// Mailboxes.
    pub mailboxes: BTreeMap<MailboxId, MailboxSettings>,
    /// Addresses whose mail goes to the junk queue.
    pub blocked: BTreeMap<String, BlockedSender>,
    /// Services.
    pub services: BTreeMap<ServiceId, Service>,
    /// Types of tickets.
    pub ticket_types: BTreeMap<TicketTypeId, TicketType>,
    /// Companies.
    pub companies: BTreeMap<CompanyId, Company>,
    /// Service levels.
    pub service_levels: BTreeMap<ServiceLevelId, ServiceLevel>,
    /// Which company an address (lower case), or a domain behind an `@`, belongs to.
    written_for: BTreeMap<String, CompanyId>,
    /// The calendars made ready to compute with, each when it is first asked for.
    ready: BTreeMap<CalendarId, OnceLock<WorkingTime>>,
    /// The calendar of a new desk, for where there is none.
    fallback: OnceLock<WorkingTime>,
}

impl Settings {
    /// Builds the snapshot from stored records. Errors name the record that cannot be read.
    pub fn build(head: i64, records: Vec<Record>) -> Result<Self, Invalid> {
        let mut settings = Self { head, ..Self::default() };
        for record in records {
            settings.take(&record)?;
            settings.records.insert((record.kind, record.id), record);
        }
        Ok(settings)
    }

    fn take(&mut self, record: &Record) -> Result<(), Invalid> {
        let id = record.id;
        match record.kind {
            Kind::Desk => self.desk = read(record)?,
            Kind::MailRules => self.mail_rules = read(record)?,
            Kind::Group => drop(self.groups.insert(GroupId(id), read(record)?)),
            Kind::Role => drop(self.roles.insert(RoleId(id), read(record)?)),
            Kind::Agent => drop(self.agents.insert(AgentId(id), read(record)?)),
            Kind::State => drop(self.states.insert(StateId(id), read(record)?)),
            Kind::Calendar => {
                self.ready.insert(CalendarId(id), OnceLock::new());
                self.calendars.insert(CalendarId(id), read(record)?);
            }
            Kind::Service => drop(self.services.insert(ServiceId(id), read(record)?)),
            Kind::TicketType => drop(self.ticket_types.insert(TicketTypeId(id), read(record)?)),
            Kind::Company => self.take_company(CompanyId(id), read(record)?),
            Kind::ServiceLevel => drop(self.service_levels.insert(ServiceLevelId(id), read(record)?)),
            Kind::Priority => drop(self.priorities.insert(PriorityId(id), read(record)?)),
            Kind::Queue => drop(self.queues.insert(QueueId(id), read(record)?)),
            Kind::Template => drop(self.templates.insert(TemplateId(id), read(record)?)),
            Kind::Signature => drop(self.signatures.insert(SignatureId(id), read(record)?)),
            Kind::Salutation => drop(self.salutations.insert(SalutationId(id), read(record)?)),
            Kind::AutoResponse => drop(self.auto_responses.insert(AutoResponseId(id), read(record)?)),
            Kind::Address => drop(self.addresses.insert(AddressId(id), read(record)?)),
            Kind::Mailbox => drop(self.mailboxes.insert(MailboxId(id), read(record)?)),
            Kind::BlockedSender => {
                let blocked: BlockedSender = read(record)?;
                if blocked.valid {
                    self.blocked.insert(blocked.address.to_lowercase(), blocked);
                }
            }
        }
        Ok(())
    }

    fn take_company(&mut self, id: CompanyId, company: Company) {
        if company.valid {
            let addresses = company.addresses.iter().map(|address| address.to_lowercase());
            let domains = company.domains.iter().map(|domain| format!("@{}", domain.to_lowercase()));
            self.written_for.extend(addresses.chain(domains).map(|key| (key, id)));
        }
        self.companies.insert(id, company);
    }

    /// The company that somebody with this address writes for: by the address, or else by its domain.
    pub fn company_of(&self, address: &str) -> Option<CompanyId> {
        if self.written_for.is_empty() {
            return None;
        }
        let address = address.to_lowercase();
        let domain = address.rfind('@').map(|at| &address[at..]);
        self.written_for.get(&address).or_else(|| self.written_for.get(domain?)).copied()
    }

    /// When is worked by that calendar, or by the desk's where it names none that can be read.
    pub fn working_time(&self, calendar: Option<CalendarId>) -> &WorkingTime {
        let wanted = [calendar, self.desk.calendar_id].into_iter().flatten();
        let mut known = wanted.filter_map(|id| self.ready.get(&id).zip(self.calendars.get(&id)));
        let chosen = known.find_map(|(ready, calendar)| match ready.get() {
            Some(ready) => Some(ready),
            None => WorkingTime::new(calendar).ok().map(|working| ready.get_or_init(|| working)),
        });
        chosen.unwrap_or_else(|| self.fallback.get_or_init(|| WorkingTime::standard(&self.desk.time_zone)))
    }

    /// Checks a document before it is saved and gives it back as it shall be stored: fields of the `old` document that
    /// this program does not know survive.
    pub fn check(&self, kind: Kind, id: Uuid, document: &Value, old: Option<&Value>) -> Result<Value, Invalid> {
        let mut stored = records::check(self, kind, id, document)?;
        let typed = stored.clone();
        add_unknown(&mut stored, document, &typed);
        if let Some(old) = old {
            // An old document that cannot be read any more has no fields we know to be unknown but those at its top.
            let known = records::known(kind, old).unwrap_or(typed);
            add_unknown(&mut stored, old, &known);
        }
        Ok(stored)
    }

    /// The type of a state; an unknown state counts as open, so that nothing gets lost from the lists.
    pub fn state_type(&self, id: StateId) -> StateType {
        self.states.get(&id).map_or(StateType::Open, |state| state.kind)
    }

    /// The ids of all states of these types.
    pub fn states_of(&self, types: &[StateType]) -> Vec<StateId> {
        self.states.iter().filter(|(_, state)| types.contains(&state.kind)).map(|(id, _)| *id).collect()
    }

    /// The own address that belongs to `address`, whatever its case.
    pub fn own_address(&self, address: &str) -> Option<(AddressId, &SystemAddress)> {
        self.addresses.iter().find(|(_, own)| own.valid && own.email.eq_ignore_ascii_case(address)).map(|(id, own)| (*id, own))
    }

    /// The address a queue sends from: its own, else the first one there is.
    pub fn sender_of(&self, queue: QueueId) -> Option<(AddressId, &SystemAddress)> {
        let wanted = self.queues.get(&queue).and_then(|queue| queue.address_id);
        wanted
            .and_then(|id| self.addresses.get(&id).map(|address| (id, address)))
            .filter(|(_, address)| address.valid)
            .or_else(|| self.addresses.iter().find(|(_, a)| a.valid && a.queue_id == queue).map(|(id, a)| (*id, a)))
            .or_else(|| self.addresses.iter().find(|(_, a)| a.valid).map(|(id, a)| (*id, a)))
    }

    /// The display name of an agent.
    pub fn agent_name(&self, id: AgentId) -> &str {
        self.agents.get(&id).map_or("", |agent| &agent.name)
    }

    /// The automatic answer of that kind that a queue gives, if it gives one.
    pub fn auto_response(&self, queue: QueueId, kind: AutoKind) -> Option<&AutoResponse> {
        let id = self.queues.get(&queue)?.auto_responses.get(&kind)?;
        self.auto_responses.get(id).filter(|response| response.valid)
    }
}

/// Adds to `stored` what `document` has beyond its `known` form, at every depth where both are objects. A map whose
/// keys are all known loses what was taken out of it.
fn add_unknown(stored: &mut Value, document: &Value, known: &Value) {
    let (Value::Object(stored), Value::Object(document), Value::Object(known)) = (stored, document, known) else { return };
    for (key, value) in document {
        match known.get(key) {
            Some(known) => {
                if let Some(stored) = stored.get_mut(key) {
                    add_unknown(stored, value, known);
                }
            }
            None => drop(stored.entry(key).or_insert_with(|| value.clone())),
        }
    }
}

fn read<T: DeserializeOwned>(record: &Record) -> Result<T, Invalid> {
    T::deserialize(&record.document)
        .map_err(|error| Invalid::new("document", format!("the {} record {} cannot be read: {error}", record.kind.as_str(), record.id)))
}

#[cfg(test)]
mod tests;
