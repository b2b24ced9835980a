use super::*;
use crate::{
    apply::apply,
    deadline::{self, deadlines, in_force, next, outcomes, withdrawn},
    settings::{LevelAction, Recipient},
};

const MINUTE: i64 = 60_000;

/// Carries out a command at another moment; `device` is when it happened, where that was earlier.
fn at(ticket: &Ticket, actor: &Actor, body: &Body, minute: i64, device: Option<i64>) -> Done {
    let settings = settings();
    let now = NOW + minute * MINUTE;
    let events = decide(ticket, body, &Context { settings: &settings, actor, now, offline: device.is_some() }).unwrap();
    let mut ticket = ticket.clone();
    for body in &events {
        let device_at = device.map(|minute| NOW + minute * MINUTE);
        let event = Event { ordinal: ticket.events + 1, at: now, device_at, device: None, actor: actor.clone(), body: body.clone() };
        apply(&mut ticket, &event);
    }
    Done { ticket, events }
}

/// A new ticket of the service.
fn promised() -> Ticket {
    at(&new_ticket(), &Actor::System, &Body::SetService { service: Some(SERVICE) }, 0, None).ticket
}

fn escalate(measure: Measure, step: When) -> Body {
    Body::Escalate { measure, number: 1, step }
}

fn due_levels(ticket: &Ticket, minute: i64) -> Vec<(Measure, When)> {
    let settings = settings();
    let due = deadlines(ticket, &settings).due_levels(NOW + minute * MINUTE);
    due.into_iter().map(|(measure, _, when)| (measure, when)).collect()
}

#[test]
fn what_is_unknown_cannot_be_set() {
    let set = |body| run(&new_ticket(), &agent(ANA), &body);
    let refused = Refusal::NoSuchService;
    assert_eq!(set(Body::SetService { service: Some(ServiceId::fixed(1, 1)) }).unwrap_err(), refused);
    assert_eq!(set(Body::SetServiceLevel { service_level: Some(ServiceLevelId::fixed(1, 1)) }).unwrap_err(), refused);
    let done = set(Body::SetType { ticket_type: Some(master::TYPE_UNCLASSIFIED) }).unwrap();
    assert_eq!(done.events, [EventBody::TypeSet { from: None, to: Some(master::TYPE_UNCLASSIFIED) }]);
    assert_eq!(done.ticket.ticket_type, Some(master::TYPE_UNCLASSIFIED));
}

/// The one chosen, else the valid one that asks for most, else (of those alike) the first by name, else the queue.
#[test]
fn the_level_in_force() {
    let mut settings = settings();
    let level = |name: &str, applies: serde_json::Value, valid: bool| {
        serde_json::from_value(json!({ "name": name, "valid": valid, "applies": applies })).unwrap()
    };
    let ticket = promised();
    let force = |settings: &Settings, ticket: &Ticket| in_force(ticket, settings).name.to_owned();
    assert_eq!((force(&settings, &ticket), force(&settings, &new_ticket())), ("Gold".into(), "Service desk".into()));
    let both = json!({ "service_ids": [SERVICE], "priority_ids": [master::PRIORITY_NORMAL] });
    settings.service_levels.insert(ServiceLevelId::fixed(98, 2), level("Platinum", both.clone(), false));
    assert_eq!(force(&settings, &ticket), "Gold");
    settings.service_levels.insert(ServiceLevelId::fixed(98, 3), level("Zinc", both.clone(), true));
    settings.service_levels.insert(ServiceLevelId::fixed(98, 4), level("Tin", both, true));
    assert_eq!(force(&settings, &ticket), "Tin");
    settings.service_levels.insert(ServiceLevelId::fixed(98, 5), level("Iron", json!({ "priority_ids": [master::priority(5)] }), true));
    assert_eq!(force(&settings, &ticket), "Tin");
    let chosen = Ticket { service_level: Some(ServiceLevelId::fixed(98, 5)), ..ticket.clone() };
    assert_eq!(force(&settings, &chosen), "Iron");
    let gone = Ticket { service_level: Some(ServiceLevelId::fixed(98, 2)), ..ticket };
    assert_eq!(force(&settings, &gone), "Tin");
}

/// The address goes before the domain, whatever their case.
#[test]
fn a_company_by_its_address() {
    let record = |n, document| Record { kind: Kind::Company, id: id(n), version: 1, document };
    let records = vec![
        record(1, json!({ "name": "Mill", "domains": ["Mill.test"] })),
        record(2, json!({ "name": "Baker", "addresses": ["jo@mill.test"] })),
        record(3, json!({ "name": "Gone", "domains": ["gone.test"], "valid": false })),
    ];
    let settings = Settings::build(1, records).unwrap();
    let of = |address: &str| settings.company_of(address).map(|id| settings.companies[&id].name.clone());
    assert_eq!(of("ann@MILL.test").as_deref(), Some("Mill"));
    assert_eq!(of("Jo@Mill.test").as_deref(), Some("Baker"));
    assert_eq!((of("x@gone.test"), of("x@sub.mill.test"), of("")), (None, None, None));
}

#[test]
fn a_level_is_reached_once_and_acts() {
    let ticket = promised();
    let half = escalate(Measure::FirstResponse, When::Percent(50));
    assert_eq!(at(&ticket, &Actor::System, &half, 29, None).events, [], "its moment has not come");
    assert_eq!(due_levels(&ticket, 30), [(Measure::FirstResponse, When::Percent(50)), (Measure::Update, When::Percent(50))]);
    let done = at(&ticket, &Actor::System, &half, 30, None);
    assert_eq!(names(&done.events), ["level_reached"]);
    assert_eq!(at(&done.ticket, &Actor::System, &half, 31, None).events, [], "it was reached before");

    let breach = at(&done.ticket, &Actor::System, &escalate(Measure::FirstResponse, When::Percent(100)), 62, None);
    assert_eq!(names(&breach.events), ["level_reached", "priority_set", "owner_set", "locked"]);
    assert_eq!((breach.ticket.priority, breach.ticket.owner), (master::priority(4), Some(BEN)));
    let EventBody::LevelReached { late, due, .. } = breach.events[0] else { panic!("{:?}", breach.events) };
    assert_eq!((late, due), (true, NOW + 60 * MINUTE), "more than a minute after its moment");
    let moved = at(&breach.ticket, &Actor::System, &escalate(Measure::FirstResponse, When::AfterMinutes(5)), 65, None);
    assert_eq!(moved.ticket.queue, master::QUEUE_MISC);
    assert_eq!(moved.ticket.clocks.fired.len(), 3);
}

/// The chain stands still until a clock starts anew.
#[test]
fn acknowledging_stops_the_chain() {
    let ticket = at(&promised(), &agent(ANA), &Body::Take { over: false }, 1, None).ticket;
    let known = at(&ticket, &agent(ANA), &Body::Acknowledge, 10, None);
    assert_eq!(names(&known.events), ["acknowledged"]);
    assert_eq!(known.ticket.clocks.acknowledged.unwrap().by, Some(ANA));
    assert_eq!((due_levels(&known.ticket, 100), next(&known.ticket, &settings()).level_at), (vec![], None));
    assert!(next(&known.ticket, &settings()).due.is_some(), "the deadline stays");
    assert_eq!(at(&known.ticket, &agent(ANA), &Body::Acknowledge, 11, None).events, []);
    let answered = at(&known.ticket, &agent(ANA), &call(9, Direction::Outbound), 20, None).ticket;
    assert_eq!(due_levels(&answered, 50), [(Measure::Update, When::Percent(50))], "the update clock began anew");
    assert_eq!(at(&new_ticket(), &agent(ANA), &Body::Acknowledge, 1, None).events, [], "nothing is promised there");
}

/// What was done offline before the level arrives after it.
#[test]
fn what_never_was_is_withdrawn() {
    let ticket = promised();
    let reached = at(&ticket, &Actor::System, &escalate(Measure::FirstResponse, When::Percent(50)), 30, None).ticket;
    let later = at(&reached, &agent(ANA), &call(9, Direction::Outbound), 40, None).ticket;
    let gone = |ticket: &Ticket, word: i64| withdrawn(ticket, &settings(), &[NOW + word * MINUTE], NOW + 41 * MINUTE);
    assert_eq!(gone(&later, 40), [], "the answer came after the level");
    let earlier = at(&reached, &agent(ANA), &call(9, Direction::Outbound), 40, Some(20)).ticket;
    assert_eq!(names(&gone(&earlier, 20)), ["level_withdrawn"]);

    let over = at(&ticket, &Actor::System, &escalate(Measure::Solution, When::Percent(50)), 300, None).ticket;
    let closed = at(&over, &agent(ANA), &to_state(master::STATE_CLOSED_SUCCESSFUL), 400, Some(200)).ticket;
    assert_eq!(names(&withdrawn(&closed, &settings(), &[], NOW + 400 * MINUTE)), ["level_withdrawn"]);
    let in_time = at(&over, &agent(ANA), &to_state(master::STATE_CLOSED_SUCCESSFUL), 400, None).ticket;
    assert_eq!(withdrawn(&in_time, &settings(), &[], NOW + 400 * MINUTE), []);
}

#[test]
fn what_was_kept_is_told_once() {
    let ticket = promised();
    let answered = at(&ticket, &agent(ANA), &call(9, Direction::Outbound), 20, None).ticket;
    let made = outcomes(&ticket, &answered, &settings());
    let told = |made: &[deadline::Outcome]| made.iter().map(|made| (made.measure, made.elapsed / MINUTE, made.stop)).collect::<Vec<_>>();
    let stop = Some(NOW + 20 * MINUTE);
    assert_eq!(told(&made), [(Measure::FirstResponse, 20, stop), (Measure::Update, 20, stop)]);
    let again = at(&answered, &agent(ANA), &note(10, false), 25, None).ticket;
    assert_eq!(outcomes(&answered, &again, &settings()), []);
    let closed = at(&again, &agent(ANA), &to_state(master::STATE_CLOSED_SUCCESSFUL), 90, None).ticket;
    assert_eq!(told(&outcomes(&again, &closed, &settings())), [(Measure::Solution, 90, Some(NOW + 90 * MINUTE))]);
    let open = at(&closed, &customer(), &received(11), 100, None).ticket;
    assert_eq!(told(&outcomes(&closed, &open, &settings())), [(Measure::Solution, 0, None)]);
}

/// Without levels of its own a promise tells of its warning and of its breach.
#[test]
fn a_promise_warns_by_itself() {
    let mut settings = settings();
    let promise = json!([{ "measure": "solution", "minutes": 100, "warn_percent": 80 }]);
    settings.queues.get_mut(&master::QUEUE_FIRST).unwrap().promises = serde_json::from_value(promise).unwrap();
    settings.queues.get_mut(&master::QUEUE_FIRST).unwrap().calendar_id = Some(ALWAYS);
    let ticket = new_ticket();
    let found = deadlines(&ticket, &settings);
    let steps: Vec<_> = found.open.iter().map(|step| (step.number, step.when, step.at)).collect();
    let at = |minute: i64| Some(NOW + minute * MINUTE);
    assert_eq!(steps, [(0, When::Percent(80), at(80)), (0, When::Percent(100), at(100))]);
    let next = found.next();
    assert_eq!((next.due.unwrap().at, next.due.unwrap().warn_at, next.level_at), (at(100), at(80), at(80)));
}

fn saved(document: serde_json::Value) -> Result<serde_json::Value, String> {
    settings().check(Kind::ServiceLevel, id(5), &document, None).map_err(|invalid| invalid.message)
}

#[test]
fn promises_that_cannot_be_meant_are_refused_in_words() {
    let with = |promise: serde_json::Value| saved(json!({ "name": "Silver", "promises": [promise] }));
    let level = |level: serde_json::Value| with(json!({ "measure": "update", "minutes": 60, "levels": [level] })).unwrap_err();
    assert_eq!(saved(json!({ "name": "gold" })).unwrap_err(), "there is a service level \"gold\" already");
    assert!(with(json!({ "measure": "update", "minutes": 60, "warn_percent": 101 })).unwrap_err().contains("1 to 100 percent"));
    let twice = json!([{ "measure": "update", "minutes": 60 }, { "measure": "update", "minutes": 30 }]);
    assert!(saved(json!({ "name": "Silver", "promises": twice })).unwrap_err().contains("once each"));
    let tell = json!([{ "kind": "notify" }]);
    assert!(level(json!({ "at": { "percent": 0 }, "actions": tell })).contains("1 to 100 percent"));
    assert!(level(json!({ "at": { "percent": 50 }, "actions": tell })).contains("somebody to tell"));
    assert!(level(json!({ "at": { "percent": 50 } })).contains("does something"));
    let call = |url: &str| level(json!({ "at": { "percent": 50 }, "actions": [{ "kind": "webhook", "url": url }] }));
    for url in [
        "http://example.com/",
        "https://",
        "ftp://localhost/",
        "http://localhost@example.com/",
        "https://user@example.com/",
        "http://localhost:80@evil.test/",
    ] {
        assert!(call(url).contains("cannot be called"), "{url}");
    }
    let gone = json!([{ "kind": "group", "group_id": id(9) }]);
    assert!(level(json!({ "at": { "percent": 50 }, "to": gone, "actions": tell })).contains("that group does not exist"));
    let fine = json!({ "measure": "update", "minutes": 60, "levels": [{ "at": { "after_minutes": 5 },
        "to": [{ "kind": "queue" }, { "kind": "address", "address": "lead@desk.test" }],
        "actions": [{ "kind": "mail" }, { "kind": "webhook", "url": "http://127.0.0.1:9/x" }, { "kind": "webhook", "url": "https://hook.test/a?b=1" }] }] });
    let stored = with(fine).unwrap();
    let read: crate::settings::ServiceLevel = serde_json::from_value(stored).unwrap();
    assert_eq!(read.promises[0].levels[0].to[0], Recipient::Queue);
    assert_eq!(read.promises[0].levels[0].actions[0], LevelAction::Mail);
}
