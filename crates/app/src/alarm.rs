//! Alarms: what agents are to hear of at a moment, by which way, once.
//!
//! An alarm is a row of each agent who is to hear of it; its id is made of what is due and when, so that a server and a replica
//! without contact know the same one by the same name. [`raise`] is the one way in.

use std::collections::{BTreeSet, HashMap};

use docket_domain::{
    AgentId, QueueId, Settings, Ticket, TicketId, access,
    notify::{Happening, Notify},
};
use docket_store::{
    Tx, alarm,
    delivery::{self, Delivery},
    personal,
};
use serde_json::Value;

use crate::{app::Notice, clock::new_id, error::Result, submit::Work};

mod devices;
mod due;
mod end;
mod log;
mod mail;
mod show;
pub(crate) use devices::{Uses, WINDOW, Waits};
pub(crate) use end::bare;
pub(crate) use log::KEPT_DAYS;

/// What was found out over so many milliseconds after its moment is late.
pub(crate) const LATE: i64 = 60_000;
/// The personal document that says how its agent wants to be told.
const NOTIFY: &str = "notify";

/// Something that is due on a ticket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alarm<'a> {
    pub what: Happening,
    pub ticket: &'a Ticket,
    /// When (ms UTC).
    pub due_at: i64,
    /// What its id begins with, where that is not the event's own.
    pub name: Option<&'static str>,
}

/// Who is to hear of something.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recipients {
    /// They are, whatever their queues.
    pub agents: BTreeSet<AgentId>,
    /// Whoever chose this queue is …
    pub queue: Option<QueueId>,
    /// … and whoever chose none, and so hears of all.
    pub all: bool,
    /// Who did it, and needs no telling.
    pub by: Option<AgentId>,
}

impl Recipients {
    /// Owner and responsible, and the queue while nobody holds the ticket: contract §1, pending reminders.
    pub fn of_reminder(ticket: &Ticket) -> Self {
        let agents = ticket.owner.iter().chain(&ticket.responsible).copied().collect();
        Self { agents, queue: (!ticket.is_held()).then_some(ticket.queue), all: true, by: None }
    }

    fn of_notice(notice: &Notice) -> Self {
        Self { agents: notice.agents.iter().copied().collect(), queue: notice.queue, all: true, by: notice.by }
    }
}

/// How agents want to be told, and of which queues.
#[derive(Default)]
pub(crate) struct Wishes {
    notify: HashMap<AgentId, Notify>,
    queues: HashMap<AgentId, Vec<QueueId>>,
}

impl Wishes {
    /// The wishes of all agents.
    pub async fn read(tx: &mut Tx) -> Result<Self> {
        let of = |document: &str| serde_json::from_str::<Value>(document).unwrap_or_default();
        let notify = personal::of_key(tx, "view", NOTIFY).await?;
        let queues = personal::of_key(tx, "view", "my_queues").await?;
        Ok(Self {
            notify: notify.into_iter().map(|(agent, text)| (AgentId(agent), read_notify(of(&text)))).collect(),
            queues: queues.into_iter().filter_map(|(agent, text)| Some((AgentId(agent), serde_json::from_str(&text).ok()?))).collect(),
        })
    }

    /// How this agent wants to be told.
    pub fn notify(&self, agent: AgentId) -> Notify {
        self.notify.get(&agent).cloned().unwrap_or_default()
    }

    /// Does anybody want mail?
    fn mails(&self) -> bool {
        self.notify.values().any(|notify| notify.ways.values().any(|ways| ways.mail))
    }

    fn wants(&self, agent: AgentId, to: &Recipients) -> bool {
        let chosen = self.queues.get(&agent).map(Vec::as_slice).unwrap_or_default();
        let of_queue = to.queue.is_some_and(|queue| chosen.contains(&queue) || to.all && chosen.is_empty());
        to.by != Some(agent) && (to.agents.contains(&agent) || of_queue)
    }

    /// Those of the recipients who work here and may read the ticket.
    pub fn hearers(&self, settings: &Settings, ticket: &Ticket, to: &Recipients) -> Vec<AgentId> {
        let agents = settings.agents.iter().filter(|(_, agent)| agent.valid).map(|(id, _)| *id);
        agents.filter(|agent| self.wants(*agent, to) && access::may_read(settings, *agent, ticket)).collect()
    }
}

/// A document that this program does not understand counts as none.
pub(crate) fn read_notify(document: Value) -> Notify {
    serde_json::from_value(document).unwrap_or_default()
}

/// Tells those agents of it by the ways they chose, once; whoever holds an alarm of that id hears nothing again. The rows are
/// part of the transaction, and the devices are told when it is done.
pub(crate) async fn raise(work: &mut Work, alarm: Alarm<'_>, to: &Recipients) -> Result<()> {
    let wishes = Wishes::read(&mut work.tx).await?;
    for agent in wishes.hearers(&work.settings, alarm.ticket, to) {
        raise_for(work, &wishes, agent, alarm, None).await?;
    }
    Ok(())
}

/// [`raise`] for one agent; `as_of`: this computer found it out alone, and heard from its server then.
async fn raise_for(work: &mut Work, wishes: &Wishes, agent: AgentId, alarm: Alarm<'_>, as_of: Option<i64>) -> Result<()> {
    let id = match alarm.name {
        Some(name) => format!("{name}.{}.{}", alarm.ticket.id, alarm.due_at),
        None => alarm.what.alarm_id(alarm.ticket.id, alarm.due_at),
    };
    note(work, wishes, agent, &id, alarm, as_of).await
}

async fn note(work: &mut Work, wishes: &Wishes, agent: AgentId, id: &str, due: Alarm<'_>, as_of: Option<i64>) -> Result<()> {
    let notify = wishes.notify(agent);
    let ways = notify.ways(due.what);
    let row = row(agent, id, Some(due.ticket.id), due.what.as_str(), due.due_at, work.now);
    // What is switched off is noted too, as over: it is not found out a second time.
    let ended = (!ways.native).then(|| "off".to_owned());
    let sound = if as_of.is_some() { WINDOW.to_owned() } else { String::new() };
    let row = alarm::Alarm { as_of, sound, ended_at: ended.as_ref().map(|_| work.now), ended, ..row };
    if !alarm::raise(&mut work.tx, &row).await? {
        return Ok(());
    }
    work.rung.insert(agent);
    let zone = &work.settings.desk.time_zone;
    let outcome = notify.silence(Some(due.what), work.now, zone).map_or("told", |silence| silence.as_str());
    let known = as_of.is_none();
    let one = Delivery { told: known, ..line(agent, id, Some(due.ticket.id), due.what.as_str(), outcome, work.now) };
    delivery::insert(&mut work.tx, &one).await?;
    if ways.mail && known {
        mail::queue(work, agent, id, due.ticket.id, due.what.as_str()).await?;
    }
    Ok(())
}

/// An alarm that stands, known to the server.
fn row(agent: AgentId, id: &str, ticket: Option<TicketId>, event: &str, due_at: i64, now: i64) -> alarm::Alarm {
    alarm::Alarm {
        agent_id: agent.0,
        id: id.to_owned(),
        ticket_id: ticket.map(|ticket| ticket.0),
        event: event.to_owned(),
        due_at,
        raised_at: now,
        as_of: None,
        sound: String::new(),
        again_at: None,
        ended: None,
        ended_at: None,
        told: true,
        seq: 0,
    }
}

/// A line of the delivery log.
fn line(agent: AgentId, alarm: &str, ticket: Option<TicketId>, event: &str, outcome: &str, now: i64) -> Delivery {
    Delivery {
        id: new_id(),
        at: now,
        agent_id: agent.0,
        alarm_id: alarm.to_owned(),
        ticket_id: ticket.map(|ticket| ticket.0),
        event: event.to_owned(),
        way: "native".into(),
        device: String::new(),
        outcome: outcome.to_owned(),
        detail: String::new(),
        due_at: now,
        attempts: 0,
        told: true,
    }
}

/// Which of the events a notice tells of; none: trouble that concerns the desk.
pub(crate) fn happening(code: &str, held: bool) -> Option<Happening> {
    Some(match code {
        "new_ticket" => Happening::NewTicket,
        "follow_up" if held => Happening::FollowUpLocked,
        "follow_up" => Happening::FollowUpUnlocked,
        "note" => Happening::NewNote,
        "lock_timeout" => Happening::LockTimeout,
        "owner_update" => Happening::OwnerUpdate,
        "responsible_update" => Happening::ResponsibleUpdate,
        "queue_move" => Happening::QueueMove,
        "service_update" => Happening::ServiceUpdate,
        "mail_failed" => Happening::DeliveryFailure,
        _ => return None,
    })
}

impl Work {
    /// Notices about a moment become alarms of those whom they name.
    pub(crate) async fn raise_notices(&mut self) -> Result<()> {
        let (moments, words): (Vec<_>, Vec<_>) = std::mem::take(&mut self.notices).into_iter().partition(Notice::is_alarm);
        self.notices = words;
        for notice in moments {
            let Some(id) = notice.ticket else { continue };
            let Some(ticket) = docket_store::ticket::find(&mut self.tx, id).await? else { continue };
            let what = Happening::parse(notice.code).unwrap_or_else(|| due::kind(&ticket));
            let due_at = if notice.code == "reminder" { ticket.pending_until } else { notice.due_at };
            // What has waited long enough is no reminder that somebody set.
            let name = ["silence", "snooze_over"].into_iter().find(|name| *name == notice.code);
            let alarm = Alarm { what, ticket: &ticket, due_at: due_at.unwrap_or(self.now), name };
            raise(self, alarm, &Recipients::of_notice(&notice)).await?;
        }
        Ok(())
    }

    /// Whoever wants mail about what the notices of this transaction tell of gets one.
    pub(crate) async fn mail_notices(&mut self) -> Result<()> {
        let wishes = Wishes::read(&mut self.tx).await?;
        if !wishes.mails() {
            return Ok(());
        }
        for notice in self.notices.clone() {
            let Some(id) = notice.ticket else { continue };
            let Some(ticket) = docket_store::ticket::find(&mut self.tx, id).await? else { continue };
            let Some(what) = happening(notice.code, ticket.is_held()) else { continue };
            for agent in wishes.hearers(&self.settings, &ticket, &Recipients::of_notice(&notice)) {
                if wishes.notify(agent).ways(what).mail {
                    mail::queue(self, agent, &format!("{}.{id}.{}", what.as_str(), self.now), id, what.as_str()).await?;
                }
            }
        }
        Ok(())
    }
}
