//! Contract §5, unlock timeout: when the clock of a lock restarts and where it ends. Contract §1, §6: reminders.

use serde_json::json;

use super::*;
use crate::{
    calendar::parse_instant,
    event::Actor,
    id::{AgentId, ArticleId, StateId, TicketId},
    master,
    settings::{Kind, Record},
    ticket::Away,
};

const ANA: AgentId = AgentId::fixed(90, 1);
const TICKET: TicketId = TicketId::fixed(95, 1);
const NOON: i64 = 1_795_251_600_000;

fn settings(queue: serde_json::Value) -> Settings {
    let mut records = master::records("en");
    let record = records.iter_mut().find(|record| record.id == master::QUEUE_FIRST.0).unwrap();
    for (field, value) in queue.as_object().unwrap() {
        record.document[field] = value.clone();
    }
    records.push(Record { kind: Kind::Agent, id: ANA.0, version: 1, document: json!({ "login": "ana", "name": "Ana" }) });
    Settings::build(1, records).unwrap()
}

/// OTRS's calendar (contract §6): Monday to Friday from 8 to 21, in Berlin.
fn otrs() -> WorkingTime {
    let days = ["mon", "tue", "wed", "thu", "fri"].map(|day| (day.to_owned(), json!([["08:00", "21:00"]])));
    let week: serde_json::Map<_, _> = days.into_iter().collect();
    WorkingTime::new(&serde_json::from_value(json!({ "time_zone": "Europe/Berlin", "week": week })).unwrap()).unwrap()
}

fn at(text: &str) -> i64 {
    parse_instant(text).unwrap()
}

fn event(at: i64, body: EventBody) -> Event {
    Event { ordinal: 1, at, device_at: None, actor: Actor::System, device: None, body }
}

fn ticket(state: StateId) -> Ticket {
    Ticket { queue: master::QUEUE_FIRST, state, owner: Some(ANA), ..Ticket::blank(TICKET) }
}

fn article(sender: Sender, channel: Channel, direction: Option<Direction>) -> EventBody {
    EventBody::ArticleAdded { article: ArticleId::fixed(1, 1), sender, channel, direction, visible: true, mail_waits: false }
}

fn mail(sender: Sender) -> EventBody {
    article(sender, Channel::Email, None)
}

/// Minutes after the lock until which it counts anew, after these things happened a minute apart.
fn counts_from(bodies: &[EventBody]) -> Option<i64> {
    let mut ticket = ticket(master::STATE_OPEN);
    for (body, minute) in bodies.iter().zip(0..) {
        crate::apply(&mut ticket, &event(NOON + minute * MINUTE, body.clone()));
    }
    ticket.timers.lock_since.map(|since| (since - NOON) / MINUTE)
}

/// Vector E10 of the contract.
#[test]
fn a_lock_of_friday_evening_ends_on_monday() {
    let settings = settings(json!({ "unlock_timeout_minutes": 30 }));
    let mut locked = ticket(master::STATE_OPEN);
    crate::apply(&mut locked, &event(at("2026-11-20T20:45:00+01:00"), EventBody::Locked));
    assert_eq!(lock_ends(&settings, &locked, Some(&otrs())), Some(at("2026-11-23T08:15:00+01:00")));
    assert_eq!(lock_ends(&settings, &locked, None), Some(at("2026-11-20T21:15:00+01:00")), "without a calendar all time counts");
}

#[test]
fn the_clock_of_a_lock_restarts_with_what_agents_write_and_with_the_first_answer_of_the_customer() {
    use Sender::{Agent, Customer, System};
    let called = |direction| article(Agent, Channel::Phone, Some(direction));
    let note = article(Agent, Channel::Internal, None);
    for (after_the_lock, minute) in [
        (vec![], 0),
        (vec![mail(Agent)], 1),
        (vec![note.clone()], 1),
        (vec![called(Direction::Outbound)], 1),
        (vec![mail(System)], 0),
        // The customer's word counts where an agent's came before it …
        (vec![mail(Agent), mail(Customer)], 2),
        (vec![note.clone(), mail(Customer)], 2),
        (vec![mail(Agent), mail(System), mail(Customer)], 3),
        // … and a second one does not.
        (vec![mail(Agent), mail(Customer), mail(Customer)], 2),
        (vec![mail(Agent), mail(Customer), mail(System), mail(Customer)], 2),
        (vec![mail(Customer)], 0),
        (vec![mail(Customer), mail(Agent)], 2),
        (vec![mail(Agent), called(Direction::Inbound)], 2),
        (vec![mail(Agent), called(Direction::Inbound), mail(Customer)], 2),
        // A mail that leaves later was written before, and is an article from then on.
        (vec![mail(Agent), EventBody::Sent { article: ArticleId::fixed(1, 1), answers: true }], 2),
        // What is no article is none.
        (vec![EventBody::Titled { from: "a".into(), to: "b".into() }, EventBody::Watched { agent: ANA }], 0),
        (vec![EventBody::TakenAlong { agent: ANA }, EventBody::BroughtBack { agent: ANA }], 2),
        (vec![EventBody::OwnerSet { from: Some(ANA), to: Some(AgentId::fixed(90, 2)) }], 1),
    ] {
        let all: Vec<_> = [EventBody::Locked].into_iter().chain(after_the_lock).collect();
        assert_eq!(counts_from(&all), Some(minute), "{all:?}");
    }
}

#[test]
fn nothing_counts_without_a_lock() {
    let unlocked = EventBody::Unlocked { reason: None };
    assert_eq!(counts_from(&[mail(Sender::Agent)]), None);
    assert_eq!(counts_from(&[EventBody::Locked, unlocked.clone()]), None);
    assert_eq!(counts_from(&[EventBody::Locked, unlocked, mail(Sender::Agent), EventBody::Locked]), Some(3));
}

#[test]
fn only_new_and_open_tickets_that_are_here_are_unlocked() {
    let settings = settings(json!({ "unlock_timeout_minutes": 30 }));
    for (state, ends) in [
        (master::STATE_NEW, true),
        (master::STATE_OPEN, true),
        (master::STATE_PENDING_REMINDER, false),
        (master::STATE_PENDING_AUTO_CLOSE_PLUS, false),
        (master::STATE_CLOSED_SUCCESSFUL, false),
    ] {
        let mut locked = ticket(state);
        crate::apply(&mut locked, &event(NOON, EventBody::Locked));
        assert_eq!(lock_ends(&settings, &locked, None).is_some(), ends, "{state:?}");
        locked.away = Some(Away { agent: ANA, since: NOON });
        assert_eq!(lock_ends(&settings, &locked, None), None, "taken along: {state:?}");
    }
    let never = self::settings(json!({ "unlock_timeout_minutes": 0 }));
    let mut locked = ticket(master::STATE_OPEN);
    crate::apply(&mut locked, &event(NOON, EventBody::Locked));
    assert_eq!(lock_ends(&never, &locked, None), None);
}

#[test]
fn a_reminder_comes_when_it_was_wanted_and_then_once_a_working_day() {
    let settings = settings(json!({}));
    let saturday = at("2026-11-21T10:00:00+01:00");
    let mut resting = Ticket { pending_until: Some(saturday), ..ticket(master::STATE_PENDING_REMINDER) };
    let due = |ticket: &Ticket, now| reminder_due(&settings, ticket, Some(&otrs()), now);
    assert!(!due(&resting, saturday - 1));
    assert!(due(&resting, saturday), "its agent wanted it on a Saturday");
    crate::apply(&mut resting, &event(saturday, EventBody::Reminded { of: Reminder::Pending, since: saturday }));
    assert!(!due(&resting, saturday) && !due(&resting, saturday + DAY - 1));
    assert!(!due(&resting, saturday + DAY), "Sunday");
    assert!(!due(&resting, at("2026-11-23T07:59:59+01:00")));
    assert!(due(&resting, at("2026-11-23T08:00:00+01:00")));
    let anew = Ticket { pending_until: Some(saturday + 1), ..resting.clone() };
    assert!(due(&anew, saturday + 1), "another time, another reminder");
    let auto = Ticket { state: master::STATE_PENDING_AUTO_CLOSE_PLUS, ..resting };
    assert!(!due(&auto, saturday + 9 * DAY));
}

#[test]
fn a_silence_is_due_after_days_of_work_or_of_24_hours() {
    let thursday = at("2026-11-19T16:30:00+01:00");
    let said = |state, last_customer_at| Ticket { last_agent_at: Some(thursday), last_customer_at, ..ticket(state) };
    let working = settings(json!({ "silence_days": 3 }));
    let plain = settings(json!({ "silence_days": 3, "silence_working_days": false }));
    let waits = said(master::STATE_OPEN, Some(thursday - 1));
    assert_eq!(silence_due(&plain, &waits, Some(&otrs())), Some(thursday + 3 * DAY));
    assert_eq!(silence_due(&working, &waits, Some(&otrs())), Some(at("2026-11-24T16:30:00+01:00")), "Friday, Monday, Tuesday");
    assert_eq!(silence_due(&working, &waits, None), Some(thursday + 3 * DAY));
    assert_eq!(silence_due(&settings(json!({})), &waits, None), None);
    for (state, last_customer_at, waits) in [
        (master::STATE_OPEN, None, true),
        (master::STATE_PENDING_REMINDER, None, true),
        (master::STATE_PENDING_AUTO_CLOSE_PLUS, None, true),
        (master::STATE_NEW, None, false),
        (master::STATE_CLOSED_SUCCESSFUL, None, false),
        (master::STATE_OPEN, Some(thursday), false),
        (master::STATE_OPEN, Some(thursday + 1), false),
    ] {
        assert_eq!(silence_due(&plain, &said(state, last_customer_at), None).is_some(), waits, "{state:?} {last_customer_at:?}");
    }
    let mut told = waits;
    crate::apply(&mut told, &event(thursday + 3 * DAY, EventBody::Reminded { of: Reminder::Silence, since: thursday }));
    assert_eq!(silence_due(&plain, &told, None), None, "once for each silence");
    let again = Ticket { last_agent_at: Some(thursday + 4 * DAY), ..told };
    assert_eq!(silence_due(&plain, &again, None), Some(thursday + 7 * DAY));
}
