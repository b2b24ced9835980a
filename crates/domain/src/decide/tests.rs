//! A desk to decide on: OTRS's master data, two agents who work, one who left, and a queue of each kind.

use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::{
    article::Address,
    clock::Measure,
    command::{Bounced, NewAttachment, SeenUpto},
    event::Event,
    id::{AddressId, AttachmentId, CalendarId, ServiceId, ServiceLevelId, TicketId},
    link::LinkKind,
    settings::{AutoKind, Kind, Record, When},
    ticket::Customer,
};

mod articles;
mod create;
mod fields;
mod junk;
mod lock;
mod mail;
mod merge;
mod promises;
mod properties;
mod states;
mod team;
mod timers;

const NOW: i64 = 1_795_251_600_000; // 2026-11-21T09:00:00Z
const LATER: i64 = NOW + 86_400_000;

const ANA: AgentId = AgentId::fixed(90, 1);
const BEN: AgentId = AgentId::fixed(90, 2);
const GONE: AgentId = AgentId::fixed(90, 3);

/// Takes a reopened ticket back to its owner, locked.
const QUEUE_LOCKING: QueueId = QueueId::fixed(91, 1);
/// Takes no mail on closed tickets.
const QUEUE_REJECTING: QueueId = QueueId::fixed(91, 2);
/// Makes a new ticket of mail on closed ones.
const QUEUE_RENEWING: QueueId = QueueId::fixed(91, 3);
const QUEUE_INVALID: QueueId = QueueId::fixed(91, 4);
const STATE_INVALID: StateId = StateId::fixed(92, 1);
const PRIORITY_INVALID: PriorityId = PriorityId::fixed(93, 1);
const SENDER: AddressId = AddressId::fixed(94, 1);
const SENDER_INVALID: AddressId = AddressId::fixed(94, 2);

const SERVICE: ServiceId = ServiceId::fixed(96, 1);
/// Around the clock.
const ALWAYS: CalendarId = CalendarId::fixed(97, 1);
/// Promises all three, for tickets of the service.
const LEVEL: ServiceLevelId = ServiceLevelId::fixed(98, 1);

const TICKET: TicketId = TicketId::fixed(95, 1);
const OTHER_TICKET: TicketId = TicketId::fixed(95, 2);

fn settings() -> Settings {
    let record = |kind, id, document| Record { kind, id, version: 1, document };
    let mut records = master::records("en");
    for (id, login, valid) in [(ANA, "ana", true), (BEN, "ben", true), (GONE, "gone", false)] {
        records.push(record(Kind::Agent, id.0, json!({ "login": login, "name": login, "valid": valid })));
    }
    for (id, document) in [
        (QUEUE_LOCKING, json!({ "name": "Locking", "follow_up_lock": true })),
        (QUEUE_REJECTING, json!({ "name": "Rejecting", "follow_up": "reject" })),
        (QUEUE_RENEWING, json!({ "name": "Renewing", "follow_up": "new_ticket" })),
        (QUEUE_INVALID, json!({ "name": "Closed down", "valid": false })),
    ] {
        records.push(record(Kind::Queue, id.0, document));
    }
    records.push(record(Kind::State, STATE_INVALID.0, json!({ "name": "parked", "type": "open", "valid": false })));
    records.push(record(Kind::Priority, PRIORITY_INVALID.0, json!({ "name": "6 at once", "rank": 6, "valid": false })));
    for (id, email, valid) in [(SENDER, "desk@example.org", true), (SENDER_INVALID, "old@example.org", false)] {
        let document = json!({ "name": "Desk", "email": email, "queue_id": master::QUEUE_FIRST, "valid": valid });
        records.push(record(Kind::Address, id.0, document));
    }
    let always = json!([["00:00", "24:00"]]);
    let week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(|day| (day.to_owned(), always.clone()));
    let week: serde_json::Map<_, _> = week.into_iter().collect();
    records.push(record(Kind::Calendar, ALWAYS.0, json!({ "name": "Always", "time_zone": "UTC", "week": week })));
    records.push(record(Kind::Service, SERVICE.0, json!({ "name": "Printing" })));
    let levels = json!([
        { "at": { "percent": 50 }, "to": [{ "kind": "owner" }], "actions": [{ "kind": "notify" }] },
        { "at": { "percent": 100 }, "actions": [{ "kind": "raise_priority" }, { "kind": "assign", "agent_id": BEN }] },
        { "at": { "after_minutes": 5 }, "actions": [{ "kind": "move", "queue_id": master::QUEUE_MISC }] },
    ]);
    let promise = |measure: &str, minutes: u32| json!({ "measure": measure, "minutes": minutes, "levels": levels });
    let promises = json!([promise("first_response", 60), promise("update", 60), promise("solution", 600)]);
    let applies = json!({ "service_ids": [SERVICE] });
    let level = json!({ "name": "Gold", "calendar_id": ALWAYS, "promises": promises, "applies": applies });
    records.push(record(Kind::ServiceLevel, LEVEL.0, level));
    Settings::build(1, records).unwrap()
}

fn agent(id: AgentId) -> Actor {
    Actor::Agent { id }
}

fn customer() -> Actor {
    Actor::Customer { name: "petra@example.com".into() }
}

/// What a command caused, and the ticket after it.
#[derive(Debug)]
struct Done {
    ticket: Ticket,
    events: Vec<EventBody>,
}

/// Carries out one command as the desk does it: decide, then apply each event.
fn run(ticket: &Ticket, actor: &Actor, body: &Body) -> Result<Done, Refusal> {
    let settings = settings();
    let events = decide(ticket, body, &Context { settings: &settings, actor, now: NOW, offline: false })?;
    let mut ticket = ticket.clone();
    for body in &events {
        let event = Event { ordinal: ticket.events + 1, at: NOW, device_at: None, device: None, actor: actor.clone(), body: body.clone() };
        apply(&mut ticket, &event);
    }
    Ok(Done { ticket, events })
}

/// Carries out commands that are not refused.
fn after(ticket: Ticket, commands: &[(AgentId, Body)]) -> Ticket {
    commands.iter().fold(ticket, |ticket, (who, body)| run(&ticket, &agent(*who), body).unwrap().ticket)
}

fn creation() -> Body {
    Body::Create {
        number: "2026112110000015".into(),
        title: "Printer on fire".into(),
        queue: master::QUEUE_FIRST,
        state: master::STATE_NEW,
        priority: master::PRIORITY_NORMAL,
        owner: None,
        lock: false,
        customer: Customer { address: "petra@example.com".into(), name: "Petra Vogt".into() },
        pending_until: None,
        first: Some(Box::new(received(1))),
    }
}

/// A new ticket by mail: unlocked, nobody's, one article.
fn new_ticket() -> Ticket {
    run(&Ticket::blank(TICKET), &customer(), &creation()).unwrap().ticket
}

/// Ana has it: locked, hers, open.
fn anas() -> Ticket {
    after(new_ticket(), &[(ANA, Body::Take { over: false }), (ANA, to_state(master::STATE_OPEN))])
}

/// Ana closed it.
fn closed() -> Ticket {
    after(anas(), &[(ANA, to_state(master::STATE_CLOSED_SUCCESSFUL))])
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x1000 + n)
}

fn article(n: u128) -> NewArticle {
    NewArticle { id: id(n), subject: "Printer".into(), text: "It burns.".into(), ..NewArticle::default() }
}

fn received(n: u128) -> Body {
    Body::Receive(Box::new(Received { article: article(n), from: Some(Address::bare("petra@example.com")), ..Received::default() }))
}

fn outgoing() -> Outgoing {
    Outgoing {
        from: SENDER,
        to: vec![Address::bare("petra@example.com")],
        cc: vec![],
        bcc: vec![],
        message_id: "1@example.org".into(),
        in_reply_to: None,
        references: vec![],
        delay_ms: 10_000,
        seen_upto: Some(SeenUpto { article: 1, event: 2 }),
    }
}

fn reply(n: u128) -> Body {
    Body::Reply { article: article(n), mail: outgoing(), next: Next::default() }
}

fn call(n: u128, direction: Direction) -> Body {
    Body::PhoneCall { article: article(n), direction, next: Next::default() }
}

fn note(n: u128, visible: bool) -> Body {
    Body::Note { article: article(n), visible, next: Next::default() }
}

fn next(state: StateId, pending_until: Option<i64>) -> Next {
    Next { state_id: Some(state), pending_until }
}

fn to_state(state: StateId) -> Body {
    Body::SetState { state, pending_until: None }
}

fn pending(state: StateId) -> Body {
    Body::SetState { state, pending_until: Some(LATER) }
}

/// The mail of article `n` by `author` has left.
fn left(n: u128, author: AgentId, next: Next) -> Body {
    Body::MailLeft { article: ArticleId(id(n)), author: Some(author), next, forward: false }
}

/// The names of the events, as they stand in the history.
fn names(events: &[EventBody]) -> Vec<String> {
    events.iter().map(|event| serde_json::to_value(event).unwrap()["type"].as_str().unwrap().to_owned()).collect()
}
