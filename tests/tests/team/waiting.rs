//! What time does by itself: locks that end, reminders, states that follow, customers who stay silent.

use std::time::Duration;

use docket_app::{
    new_id,
    wire::{CommandBody, ListQuery, NewTicket, SaveRecord, TicketRow},
};
use docket_domain::{AgentId, StateId, TicketId, calendar::WorkingTime, master, settings::Kind};
use docket_tests::{Desk, until};
use serde_json::{Value, json};

pub(crate) const DAY: Duration = Duration::from_hours(24);

/// A ticket of Ana's, taken by phone, in this state.
pub(crate) async fn open(desk: &Desk, state: StateId, pending_until: Option<i64>) -> TicketId {
    let id = TicketId(new_id());
    let new = json!({
        "id": id, "article_id": new_id(), "title": "Printer", "channel": "phone", "text": "It is on fire", "lock": true,
        "queue_id": master::QUEUE_FIRST, "state_id": state, "pending_until": pending_until,
        "customer": { "address": "petra@x.test", "name": "Petra" },
    });
    let new: NewTicket = serde_json::from_value(new).unwrap();
    desk.app().new_ticket(desk.ana(), new).await.unwrap().row.id
}

/// Waits until the desk has looked at everything that was due when this began: the second of two tickets that are about to be closed
/// is closed in another look than the first, and whatever is done in a look is done by the next.
pub(crate) async fn looked(desk: &Desk) {
    for _ in 0..2 {
        let witness = open(desk, master::STATE_PENDING_AUTO_CLOSE_PLUS, Some(desk.app().now() + 1)).await;
        until("a look at the time", async || (desk.state(witness).await == "closed successful").then_some(())).await;
    }
}

/// Moves the desk's clock to that moment.
pub(crate) fn go_to(desk: &Desk, at: i64) {
    let left = at - desk.app().now();
    desk.later(Duration::from_millis(u64::try_from(left).expect("time does not go back")));
}

/// The events of a kind on a ticket.
pub(crate) async fn events(desk: &Desk, ticket: TicketId, kind: &str) -> Vec<Value> {
    let events = desk.app().history(desk.ana(), ticket).await.unwrap();
    events.into_iter().filter(|event| event.kind == kind).map(|event| json!(event.fields)).collect()
}

pub(crate) async fn rows(desk: &Desk, who: AgentId, view: &str) -> Vec<TicketRow> {
    let query = ListQuery { view: Some(view.into()), ..ListQuery::default() };
    desk.app().list(who, query).await.unwrap().rows
}

/// OTRS's calendar: Monday to Friday from 8 to 21, in Berlin.
async fn office_hours(desk: &Desk) {
    let slots = json!([["08:00", "21:00"]]);
    let week = json!({ "mon": slots, "tue": slots, "wed": slots, "thu": slots, "fri": slots });
    let document = json!({ "name": "Office", "time_zone": "Europe/Berlin", "week": week });
    desk.app().save_record(desk.ana(), Kind::Calendar, new_id(), SaveRecord { version: 0, document }).await.unwrap();
}

/// The end of the next such minute of the week in Berlin after that moment.
fn next(after: i64, day: &str, from: &str, to: &str) -> i64 {
    let mut week = json!({});
    week[day] = json!([[from, to]]);
    let calendar = serde_json::from_value(json!({ "time_zone": "Europe/Berlin", "week": week })).unwrap();
    WorkingTime::new(&calendar).unwrap().due(after, 60_000).unwrap()
}

/// Vector E10 of the contract, on a desk.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_of_friday_evening_ends_on_monday_morning() {
    let desk = Desk::start().await;
    office_hours(&desk).await;
    desk.set(Kind::Queue, master::QUEUE_FIRST.0, json!({ "unlock_timeout_minutes": 30 })).await;
    let ana = desk.agent("ana").await;
    let friday = next(desk.app().now(), "fri", "20:44", "20:45");
    let monday = next(friday, "mon", "08:14", "08:15");
    go_to(&desk, friday);
    let ticket = desk.mail_from("petra@x.test", "Printer on fire").await;
    let along = desk.mail_from("petra@x.test", "With me").await;
    let mut heard = desk.app().notices();
    ana.does(ticket, CommandBody::Take { over: false }).await;
    ana.does(along, CommandBody::TakeAlong).await;
    let since = desk.app().now() - friday;
    go_to(&desk, monday - 60_000);
    looked(&desk).await;
    assert!(ana.see(ticket).await.row.locked, "14 minutes on Friday, 14 on Monday");
    go_to(&desk, monday + since);
    until("the lock to end", async || (!ana.see(ticket).await.row.locked).then_some(())).await;
    assert_eq!(ana.see(ticket).await.row.owner_id, Some(desk.ana()), "the owner stays");
    assert_eq!(events(&desk, ticket, "unlocked").await, [json!({ "reason": "timeout" })]);
    let notice = until("Ana to be told", async || heard.try_recv().ok().filter(|notice| notice.code == "lock_timeout")).await;
    assert_eq!((notice.ticket, notice.agents, notice.queue), (Some(ticket), vec![desk.ana()], None));
    looked(&desk).await;
    assert!(ana.see(along).await.row.locked, "what was taken along stays with Ana");
    desk.folds(ticket).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_due_while_the_desk_slept_is_done_once() {
    let mut desk = Desk::start().await;
    let soon = desk.app().now() + 3_600_000;
    let reminder = open(&desk, master::STATE_PENDING_REMINDER, Some(soon)).await;
    let (plus, minus) = (
        open(&desk, master::STATE_PENDING_AUTO_CLOSE_PLUS, Some(soon)).await,
        open(&desk, master::STATE_PENDING_AUTO_CLOSE_MINUS, Some(soon)).await,
    );
    looked(&desk).await;
    assert!(events(&desk, reminder, "reminded").await.is_empty());
    desk.stop().await;
    // Three days asleep are one reminder.
    desk.later(3 * DAY);
    desk.start_again().await;
    until("the reminder", async || (!events(&desk, reminder, "reminded").await.is_empty()).then_some(())).await;
    looked(&desk).await;
    desk.stop().await;
    desk.start_again().await;
    looked(&desk).await;
    assert_eq!(events(&desk, reminder, "reminded").await, [json!({ "of": "pending", "since": soon })]);
    for (ticket, state) in [(plus, "closed successful"), (minus, "closed unsuccessful")] {
        assert_eq!(desk.state(ticket).await, state);
        assert_eq!(events(&desk, ticket, "state_changed").await.len(), 1, "to what follows");
    }
    desk.later(DAY);
    until("the next day's reminder", async || (events(&desk, reminder, "reminded").await.len() == 2).then_some(())).await;
    looked(&desk).await;
    assert_eq!(events(&desk, reminder, "reminded").await.len(), 2, "once a day");
    desk.folds(reminder).await;
}

/// A state that leads nowhere keeps its tickets, and holds up no other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_that_cannot_go_on_stops_no_other() {
    let desk = Desk::start().await;
    let earlier = open(&desk, master::STATE_PENDING_AUTO_CLOSE_MINUS, Some(desk.app().now() + 60_000)).await;
    let later = open(&desk, master::STATE_PENDING_AUTO_CLOSE_PLUS, Some(desk.app().now() + 120_000)).await;
    desk.set(Kind::State, master::STATE_CLOSED_UNSUCCESSFUL.0, json!({ "valid": false })).await;
    desk.later(Duration::from_secs(180));
    until("the other to be closed", async || (desk.state(later).await == "closed successful").then_some(())).await;
    assert_eq!(desk.state(earlier).await, "pending auto close-");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customers_silence_is_told_once_and_may_change_the_state() {
    let desk = Desk::start().await;
    let queue = json!({ "silence_days": 3, "silence_working_days": false, "silence_state_id": master::STATE_PENDING_REMINDER });
    desk.set(Kind::Queue, master::QUEUE_FIRST.0, queue).await;
    let ana = desk.agent("ana").await;
    let (waits, answered) = (desk.mail_from("petra@x.test", "Printer").await, desk.mail_from("otto@x.test", "Scanner").await);
    for ticket in [waits, answered] {
        ana.answers(ticket, "Have you tried water?").await;
    }
    desk.later(2 * DAY);
    let reply = desk.sent_to("otto@x.test", 1).await.pop().unwrap();
    let thread = reply.header("Message-ID").unwrap();
    desk.receive(docket_tests::Mail::from("otto@x.test").subject("Re: Scanner").header("In-Reply-To", &thread)).await;
    looked(&desk).await;
    assert!(events(&desk, waits, "reminded").await.is_empty(), "two days");
    desk.later(DAY);
    until("the silence to be told", async || (!events(&desk, waits, "reminded").await.is_empty()).then_some(())).await;
    assert_eq!(desk.state(waits).await, "pending reminder");
    assert_eq!(rows(&desk, desk.ana(), "silent").await.iter().map(|row| row.id).collect::<Vec<_>>(), [waits]);
    assert_eq!(desk.app().counts(desk.ana()).await.unwrap().views.silent, 1);
    assert!(ana.see(waits).await.row.flags.contains(&"silent".to_owned()));
    looked(&desk).await;
    assert_eq!(events(&desk, waits, "reminded").await.len(), 1);
    assert!(events(&desk, answered, "reminded").await.is_empty(), "Otto has answered");
    desk.folds(waits).await;
}
