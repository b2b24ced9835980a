//! What the desk does by itself when time passes, and what an absence does (contract §3, §5).

use super::*;
use crate::timers::{Reminder, UnlockReason};

/// The settings with Ana away, Ben for her, and other fields of the desk's record.
fn with_ana_away(desk: serde_json::Value) -> Settings {
    let mut settings = settings();
    let absence = json!({ "from": NOW - 1, "until": LATER, "deputy_id": BEN });
    settings.agents.get_mut(&ANA).unwrap().absence = Some(serde_json::from_value(absence).unwrap());
    settings.desk = serde_json::from_value(desk).unwrap();
    settings
}

/// Carries a command out in other settings; gives the names of its events, and the ticket.
fn run_in(settings: &Settings, ticket: &Ticket, actor: &Actor, body: &Body) -> Result<(Vec<String>, Ticket), Refusal> {
    let events = decide(ticket, body, &Context { settings, actor, now: NOW, offline: false })?;
    let mut after = ticket.clone();
    for body in &events {
        let event = Event { ordinal: after.events + 1, at: NOW, device_at: None, device: None, actor: actor.clone(), body: body.clone() };
        apply(&mut after, &event);
    }
    Ok((names(&events), after))
}

fn end(reason: UnlockReason) -> Body {
    Body::EndLock { reason }
}

#[test]
fn a_timeout_unlocks_and_the_owner_stays() {
    let done = run(&anas(), &Actor::System, &end(UnlockReason::Timeout)).unwrap();
    assert_eq!(done.events, [EventBody::Unlocked { reason: Some(UnlockReason::Timeout) }]);
    assert_eq!((done.ticket.owner, done.ticket.locked), (Some(ANA), false));
    assert_eq!(run(&done.ticket, &Actor::System, &end(UnlockReason::Timeout)).unwrap().events, []);
}

#[test]
fn who_has_it_with_them_keeps_it() {
    let along = after(anas(), &[(ANA, Body::TakeAlong)]);
    assert_eq!(run(&along, &Actor::System, &end(UnlockReason::Timeout)).unwrap().events, []);
}

#[test]
fn a_desk_may_take_the_owner_with_the_lock() {
    let mut settings = settings();
    settings.desk.owner_reset_on_unlock = true;
    for body in [end(UnlockReason::Timeout), Body::Unlock, Body::Move { queue: master::QUEUE_MISC }] {
        let (names, ticket) = run_in(&settings, &anas(), &Actor::System, &body).unwrap();
        assert_eq!((&names[names.len() - 2..], ticket.owner), (["unlocked".to_owned(), "owner_set".to_owned()].as_slice(), None));
    }
    let (_, closed) = run_in(&settings, &anas(), &Actor::System, &to_state(master::STATE_CLOSED_SUCCESSFUL)).unwrap();
    assert_eq!(closed.owner, Some(ANA), "who closed it goes on being its owner");
}

#[test]
fn nothing_is_given_to_who_is_away() {
    let settings = with_ana_away(json!({}));
    let to = |agent| Body::SetOwner { agent: Some(agent) };
    for body in [to(ANA), Body::SetResponsible { agent: Some(ANA) }] {
        assert_eq!(run_in(&settings, &new_ticket(), &agent(BEN), &body).unwrap_err(), Refusal::AgentAbsent, "{body:?}");
    }
    let opened = Body::Create {
        number: "1".into(),
        title: "Printer".into(),
        queue: master::QUEUE_FIRST,
        state: master::STATE_NEW,
        priority: master::PRIORITY_NORMAL,
        owner: Some(ANA),
        lock: true,
        customer: Customer::default(),
        pending_until: None,
        first: None,
    };
    assert_eq!(run_in(&settings, &Ticket::blank(TICKET), &agent(BEN), &opened).unwrap_err(), Refusal::AgentAbsent);
    // What they take themselves they have; what is theirs already stays.
    assert_eq!(run_in(&settings, &new_ticket(), &agent(ANA), &to(ANA)).unwrap().1.owner, Some(ANA));
    assert_eq!(run_in(&settings, &new_ticket(), &agent(ANA), &Body::Lock).unwrap().1.owner, Some(ANA));
    assert_eq!(run_in(&settings, &anas(), &agent(BEN), &to(ANA)).unwrap().0, [""; 0]);
    // The desk gives it to who stands in.
    assert_eq!(run_in(&settings, &new_ticket(), &Actor::System, &to(ANA)).unwrap().1.owner, Some(BEN));
}

#[test]
fn a_mail_that_leaves_while_its_author_is_away_brings_them_no_ticket() {
    let (names, ticket) = run_in(&with_ana_away(json!({})), &new_ticket(), &Actor::System, &left(7, ANA, Next::default())).unwrap();
    assert_eq!((names, ticket.owner, ticket.locked), (vec!["sent".to_owned(), "state_changed".to_owned()], None, false));
}

#[test]
fn a_follow_up_unlocks_what_is_with_who_is_away() {
    let settings = with_ana_away(json!({}));
    let (_, ticket) = run_in(&settings, &anas(), &customer(), &received(7)).unwrap();
    assert_eq!((ticket.owner, ticket.locked), (Some(ANA), false));
    let events = decide(&anas(), &received(7), &Context { settings: &settings, actor: &customer(), now: NOW, offline: false }).unwrap();
    assert!(events.contains(&EventBody::Unlocked { reason: Some(UnlockReason::OwnerAbsent) }), "{events:?}");
    // Back on their desk: as ever.
    let context = Context { settings: &settings, actor: &customer(), now: LATER, offline: false };
    assert!(!names(&decide(&anas(), &received(7), &context).unwrap()).contains(&"unlocked".to_owned()));
    // It would go back to its owner, locked: not while they are away.
    let mut closed = closed();
    closed.queue = QUEUE_LOCKING;
    assert!(!run_in(&settings, &closed, &customer(), &received(7)).unwrap().1.locked);
}

#[test]
fn a_colleagues_note_unlocks_what_is_with_who_is_away() {
    for (desk, who, locked) in [(json!({}), BEN, false), (json!({}), ANA, true), (json!({ "unlock_on_away": false }), BEN, true)] {
        let (_, ticket) = run_in(&with_ana_away(desk.clone()), &anas(), &agent(who), &note(7, false)).unwrap();
        assert_eq!(ticket.locked, locked, "{desk} {who:?}");
    }
    assert!(run(&anas(), &agent(BEN), &note(7, false)).unwrap().ticket.locked, "Ana is there");
}

#[test]
fn a_reminder_is_told_when_its_time_has_come() {
    let until = |at| after(anas(), &[(ANA, Body::SetState { state: master::STATE_PENDING_REMINDER, pending_until: Some(at) })]);
    let remind = Body::Remind { of: Reminder::Pending };
    assert_eq!(run(&until(NOW), &Actor::System, &remind).unwrap().events, [EventBody::Reminded { of: Reminder::Pending, since: NOW }]);
    assert_eq!(run(&until(NOW + 1), &Actor::System, &remind).unwrap().events, []);
    assert_eq!(run(&anas(), &Actor::System, &remind).unwrap().events, []);
    let (names, ticket) = run_in(&with_ana_away(json!({})), &until(NOW), &Actor::System, &remind).unwrap();
    assert_eq!(
        (names, ticket.locked),
        (vec!["reminded".to_owned(), "unlocked".to_owned()], false),
        "its deadline passed while Ana is away"
    );
}

#[test]
fn a_silence_is_told_once() {
    let remind = Body::Remind { of: Reminder::Silence };
    let answered = run(&anas(), &Actor::System, &left(7, ANA, Next::default())).unwrap().ticket;
    let waits = Ticket { last_customer_at: Some(NOW - 1), ..answered };
    let told = run(&waits, &Actor::System, &remind).unwrap();
    assert_eq!(told.events, [EventBody::Reminded { of: Reminder::Silence, since: NOW }]);
    assert_eq!(run(&told.ticket, &Actor::System, &remind).unwrap().events, []);
    assert_eq!(run(&run(&waits, &customer(), &received(8)).unwrap().ticket, &Actor::System, &remind).unwrap().events, []);
}
