//! What a desk promises and to whom: services, types, companies, service levels, and what happens when a promise is at stake.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Invalid, Settings,
    records::{mail_address, named, yes},
};
use crate::{
    clock::{Measure, Promise},
    id::{AgentId, CalendarId, CompanyId, GroupId, PriorityId, QueueId, ServiceId, TicketTypeId},
};

/// No promise is longer than ten years of minutes.
const LONGEST: u32 = 10 * 366 * 24 * 60;
/// So many levels a promise has at most.
const MOST_LEVELS: usize = 50;

/// Something that the desk looks after for its customers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Service {
    /// Its full name; `::` nests.
    pub name: String,
    /// Can it be chosen?
    #[serde(default = "yes")]
    pub valid: bool,
    /// What it is for.
    #[serde(default)]
    pub comment: String,
}

/// A type of ticket, like incident or request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TicketType {
    /// Its name.
    pub name: String,
    /// Can it be chosen?
    #[serde(default = "yes")]
    pub valid: bool,
    /// What it is for.
    #[serde(default)]
    pub comment: String,
}

/// A company that customers write for. Whose ticket it is follows from the customer's address, or else from its domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Company {
    /// Its name.
    pub name: String,
    /// Is it still a customer?
    #[serde(default = "yes")]
    pub valid: bool,
    /// Who writes from one of these domains writes for it.
    #[serde(default)]
    pub domains: Vec<String>,
    /// These addresses write for it, whatever their domain.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// What is to be known of it.
    #[serde(default)]
    pub comment: String,
}

/// What is promised to some customers, services, priorities or types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ServiceLevel {
    /// Its name.
    pub name: String,
    /// Is it in force?
    #[serde(default = "yes")]
    pub valid: bool,
    /// What it is for.
    #[serde(default)]
    pub comment: String,
    /// When the desk works for it; none: the queue's calendar, or the desk's.
    #[serde(default)]
    pub calendar_id: Option<CalendarId>,
    /// What is promised; of each measure once.
    #[serde(default)]
    pub promises: Vec<Promised>,
    /// The tickets that it is for, where none is chosen on the ticket.
    #[serde(default)]
    pub applies: Applies,
}

/// Which tickets a service level is for: those that are in every list; an empty list takes any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Applies {
    /// Of one of these services.
    pub service_ids: BTreeSet<ServiceId>,
    /// Of a customer of one of these companies.
    pub company_ids: BTreeSet<CompanyId>,
    /// Of one of these priorities.
    pub priority_ids: BTreeSet<PriorityId>,
    /// Of one of these types.
    pub type_ids: BTreeSet<TicketTypeId>,
}

/// A promise, and what happens when it is at stake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Promised {
    /// The promise.
    #[serde(flatten)]
    pub promise: Promise,
    /// What happens when; of each moment once.
    #[serde(default)]
    pub levels: Vec<Level>,
}

/// Something that happens at a moment of a promise's time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Level {
    /// When.
    #[serde(rename = "at")]
    pub when: When,
    /// Who is told.
    #[serde(default)]
    pub to: Vec<Recipient>,
    /// What is done.
    #[serde(default)]
    pub actions: Vec<LevelAction>,
}

/// A moment of a promise's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// After so many hundredths of it; 100 is the breach.
    Percent(u8),
    /// So many minutes of working time after the breach.
    AfterMinutes(u32),
}

impl When {
    /// How much working time (ms) has counted then, of a promise of so much.
    pub fn work(self, promised: i64) -> i64 {
        match self {
            Self::Percent(percent) => promised / 100 * i64::from(percent),
            Self::AfterMinutes(minutes) => promised + i64::from(minutes) * 60_000,
        }
    }

    /// Is the promise broken by then?
    pub fn is_late(self) -> bool {
        match self {
            Self::Percent(percent) => percent >= 100,
            Self::AfterMinutes(_) => true,
        }
    }
}

/// Who is told of a level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Recipient {
    /// Who works on the ticket.
    Owner,
    /// Who answers for it.
    Responsible,
    /// Who looks after its queue.
    Queue,
    /// Who watches it.
    Watchers,
    /// Everybody with a right in a group.
    Group {
        /// Which one.
        group_id: GroupId,
    },
    /// One agent.
    Agent {
        /// Which one.
        agent_id: AgentId,
    },
    /// A mail address.
    Address {
        /// The address.
        address: String,
    },
}

/// What a level does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LevelAction {
    /// Tells the recipients who are agents.
    Notify,
    /// Writes to the recipients.
    Mail,
    /// Calls an address of another program.
    Webhook {
        /// `https`, or `http` on this computer.
        url: String,
    },
    /// Gives the ticket the next higher priority.
    RaisePriority,
    /// Gives it a priority.
    SetPriority {
        /// Which one.
        priority_id: PriorityId,
    },
    /// Moves it.
    Move {
        /// Where to.
        queue_id: QueueId,
    },
    /// Gives it to an agent.
    Assign {
        /// To whom.
        agent_id: AgentId,
    },
}

/// May a level call this address? `https`, or `http` where it does not leave this computer.
pub fn may_call(url: &str) -> bool {
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let fine = !authority.is_empty() && url.len() <= 2_000 && !url.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\');
    let host = match authority.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    // What stands before an @ is a name and not the host.
    let here = !authority.contains('@') && ["localhost", "127.0.0.1", "::1"].contains(&host);
    fine && !host.is_empty() && (scheme == "https" && !authority.contains('@') || scheme == "http" && here)
}

pub(super) fn check_service(settings: &Settings, id: Uuid, service: &Service) -> Result<(), Invalid> {
    named(&service.name)?;
    if service.name.split("::").any(|part| part.trim().is_empty()) {
        return Err(Invalid::new("name", "between two \"::\" stands the name of a service"));
    }
    unique(settings.services.iter().map(|(other, known)| (other.0, &known.name)), id, &service.name, "service")
}

pub(super) fn check_type(settings: &Settings, id: Uuid, kind: &TicketType) -> Result<(), Invalid> {
    named(&kind.name)?;
    unique(settings.ticket_types.iter().map(|(other, known)| (other.0, &known.name)), id, &kind.name, "ticket type")
}

pub(super) fn check_company(settings: &Settings, id: Uuid, company: &Company) -> Result<(), Invalid> {
    named(&company.name)?;
    unique(settings.companies.iter().map(|(other, known)| (other.0, &known.name)), id, &company.name, "company")?;
    let others: Vec<&Company> =
        settings.companies.iter().filter(|(other, known)| other.0 != id && known.valid).map(|(_, known)| known).collect();
    for domain in &company.domains {
        let fine = domain.contains('.') && domain.split('.').all(|part| !part.is_empty()) && domain.chars().all(is_host);
        if !fine {
            return Err(Invalid::new("domains", format!("\"{domain}\" is not a domain like example.com")));
        }
        if let Some(other) = others.iter().find(|other| other.domains.iter().any(|known| known.eq_ignore_ascii_case(domain))) {
            return Err(Invalid::new("domains", format!("{domain} belongs to the company \"{}\" already", other.name)));
        }
    }
    for address in &company.addresses {
        mail_address("addresses", address)?;
        if let Some(other) = others.iter().find(|other| other.addresses.iter().any(|known| known.eq_ignore_ascii_case(address))) {
            return Err(Invalid::new("addresses", format!("{address} belongs to the company \"{}\" already", other.name)));
        }
    }
    Ok(())
}

fn is_host(c: char) -> bool {
    c.is_alphanumeric() || c == '-' || c == '.'
}

pub(super) fn check_service_level(settings: &Settings, id: Uuid, level: &ServiceLevel) -> Result<(), Invalid> {
    named(&level.name)?;
    unique(settings.service_levels.iter().map(|(other, known)| (other.0, &known.name)), id, &level.name, "service level")?;
    check_calendar_id(settings, level.calendar_id)?;
    check_promises(settings, &level.promises)?;
    let Applies { service_ids, company_ids, priority_ids, type_ids } = &level.applies;
    let missing = if service_ids.iter().any(|id| !settings.services.contains_key(id)) {
        "service"
    } else if company_ids.iter().any(|id| !settings.companies.contains_key(id)) {
        "company"
    } else if priority_ids.iter().any(|id| !settings.priorities.contains_key(id)) {
        "priority"
    } else if type_ids.iter().any(|id| !settings.ticket_types.contains_key(id)) {
        "ticket type"
    } else {
        return Ok(());
    };
    Err(Invalid::new("applies", format!("that {missing} does not exist")))
}

pub(super) fn check_calendar_id(settings: &Settings, id: Option<CalendarId>) -> Result<(), Invalid> {
    match id {
        Some(id) if !settings.calendars.contains_key(&id) => Err(Invalid::new("calendar_id", "that calendar does not exist")),
        Some(_) | None => Ok(()),
    }
}

pub(super) fn check_promises(settings: &Settings, promises: &[Promised]) -> Result<(), Invalid> {
    let mut measures: BTreeSet<Measure> = BTreeSet::new();
    for promised in promises {
        let Promise { measure, minutes, warn_percent } = promised.promise;
        if !measures.insert(measure) {
            return Err(Invalid::new("promises", "first response, update and solution are promised once each"));
        }
        if minutes > LONGEST {
            return Err(Invalid::new("promises", "nothing is promised for later than in ten years"));
        }
        if warn_percent.is_some_and(|percent| !(1..=100).contains(&percent)) {
            return Err(Invalid::new("promises", "a warning comes after 1 to 100 percent of the time"));
        }
        check_levels(settings, &promised.levels)?;
    }
    Ok(())
}

fn check_levels(settings: &Settings, levels: &[Level]) -> Result<(), Invalid> {
    let wrong = |message: &str| Err(Invalid::new("promises", message));
    if levels.len() > MOST_LEVELS {
        return wrong("a promise has 50 levels at most");
    }
    let mut moments = BTreeSet::new();
    for level in levels {
        match level.when {
            When::Percent(1..=100) => {}
            When::Percent(_) => return wrong("a level comes after 1 to 100 percent of the time, or minutes after the breach"),
            When::AfterMinutes(1..=LONGEST) => {}
            When::AfterMinutes(_) => return wrong("a level comes at least a minute after the breach, and within ten years"),
        }
        if !moments.insert(level.when) {
            return wrong("two levels of a promise do not come at the same moment");
        }
        if level.actions.is_empty() {
            return wrong("a level does something: tell, mail, call, move, assign or change the priority");
        }
        let tells = level.actions.iter().any(|action| matches!(action, LevelAction::Notify | LevelAction::Mail));
        if tells && level.to.is_empty() {
            return wrong("a level that tells or writes needs somebody to tell");
        }
        level.to.iter().try_for_each(|to| check_recipient(settings, to))?;
        level.actions.iter().try_for_each(|action| check_action(settings, action))?;
    }
    Ok(())
}

fn check_recipient(settings: &Settings, to: &Recipient) -> Result<(), Invalid> {
    let missing = match to {
        Recipient::Owner | Recipient::Responsible | Recipient::Queue | Recipient::Watchers => return Ok(()),
        Recipient::Group { group_id } if settings.groups.contains_key(group_id) => return Ok(()),
        Recipient::Agent { agent_id } if settings.agents.contains_key(agent_id) => return Ok(()),
        Recipient::Address { address } => return mail_address("promises", address),
        Recipient::Group { .. } => "group",
        Recipient::Agent { .. } => "agent",
    };
    Err(Invalid::new("promises", format!("that {missing} does not exist")))
}

fn check_action(settings: &Settings, action: &LevelAction) -> Result<(), Invalid> {
    let missing = match action {
        LevelAction::Notify | LevelAction::Mail | LevelAction::RaisePriority => return Ok(()),
        LevelAction::Webhook { url } if may_call(url) => return Ok(()),
        LevelAction::Webhook { url } => {
            return Err(Invalid::new("promises", format!("\"{url}\" cannot be called: it must be https, or http on this computer")));
        }
        LevelAction::SetPriority { priority_id } if settings.priorities.contains_key(priority_id) => return Ok(()),
        LevelAction::Move { queue_id } if settings.queues.contains_key(queue_id) => return Ok(()),
        LevelAction::Assign { agent_id } if settings.agents.contains_key(agent_id) => return Ok(()),
        LevelAction::SetPriority { .. } => "priority",
        LevelAction::Move { .. } => "queue",
        LevelAction::Assign { .. } => "agent",
    };
    Err(Invalid::new("promises", format!("that {missing} does not exist")))
}

fn unique<'a>(known: impl Iterator<Item = (Uuid, &'a String)>, id: Uuid, name: &str, what: &str) -> Result<(), Invalid> {
    for (other, taken) in known {
        if other != id && taken.to_lowercase() == name.to_lowercase() {
            return Err(Invalid::new("name", format!("there is a {what} \"{name}\" already")));
        }
    }
    Ok(())
}
