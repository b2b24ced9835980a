//! Contract §5: who has a ticket, and when the lock ends.

use super::*;

#[test]
fn taking_locks_and_owns() {
    for body in [Body::Lock, Body::Take { over: false }, Body::Take { over: true }] {
        let done = run(&new_ticket(), &agent(ANA), &body).unwrap();
        assert_eq!(names(&done.events), ["owner_set", "locked"], "{body:?}");
        assert_eq!((done.ticket.owner, done.ticket.locked), (Some(ANA), true));
    }
}

#[test]
fn a_lock_keeps_others_out() {
    for (body, allowed) in [
        // Screens that need the lock.
        (Body::Lock, false),
        (Body::Take { over: false }, false),
        (reply(7), false),
        (Body::Forward { article: article(7), mail: outgoing(), next: Next::default() }, false),
        (call(7, Direction::Inbound), false),
        (call(7, Direction::Outbound), false),
        (to_state(master::STATE_CLOSED_SUCCESSFUL), false),
        (to_state(master::STATE_CLOSED_UNSUCCESSFUL), false),
        (pending(master::STATE_PENDING_REMINDER), false),
        (pending(master::STATE_PENDING_AUTO_CLOSE_PLUS), false),
        (Body::Junk { block: false }, false),
        // Screens that do not.
        (note(7, false), true),
        (Body::SetOwner { agent: Some(BEN) }, true),
        (Body::SetOwner { agent: None }, true),
        (Body::SetTitle { title: "Printer, second floor".into() }, true),
        (Body::SetPriority { priority: master::priority(5) }, true),
        (Body::SetCustomer { customer: Customer::default() }, true),
        (Body::Link { ticket: OTHER_TICKET, number: "2026112110000024".into(), kind: LinkKind::Normal }, true),
        // The choices a refusal offers.
        (Body::Take { over: true }, true),
        (Body::Unlock, true),
    ] {
        let by_ben = run(&anas(), &agent(BEN), &body);
        assert_eq!(by_ben.as_ref().err(), (!allowed).then_some(&Refusal::LockedByOther), "{body:?}");
        run(&anas(), &agent(ANA), &body).expect("the lock's owner may");
    }
}

#[test]
fn what_the_desk_does_by_itself_needs_no_lock() {
    for body in [
        to_state(master::STATE_CLOSED_SUCCESSFUL),
        received(7),
        left(7, ANA, Next::default()),
        Body::AutoReply { kind: AutoKind::AutoReply, article: article(7), mail: outgoing() },
    ] {
        run(&anas(), &Actor::System, &body).unwrap();
    }
}

#[test]
fn taking_over_changes_the_owner_and_keeps_the_lock() {
    let done = run(&anas(), &agent(BEN), &Body::Take { over: true }).unwrap();
    assert_eq!(done.events, [EventBody::OwnerSet { from: Some(ANA), to: Some(BEN) }]);
    assert!(done.ticket.locked);
}

#[test]
fn what_ends_a_lock() {
    for (body, who) in [
        (Body::Unlock, ANA),
        (to_state(master::STATE_CLOSED_SUCCESSFUL), ANA),
        (to_state(master::STATE_REMOVED), ANA),
        (Body::Note { article: article(7), visible: false, next: next(master::STATE_CLOSED_SUCCESSFUL, None) }, BEN),
        (Body::PhoneCall { article: article(7), direction: Direction::Inbound, next: next(master::STATE_CLOSED_SUCCESSFUL, None) }, ANA),
        (left(7, ANA, next(master::STATE_CLOSED_SUCCESSFUL, None)), ANA),
        (Body::Move { queue: master::QUEUE_MISC }, ANA),
        (Body::Move { queue: master::QUEUE_MISC }, BEN),
        (Body::Junk { block: false }, ANA),
        (Body::SetOwner { agent: None }, ANA),
    ] {
        let done = run(&anas(), &agent(who), &body).unwrap();
        assert!(!done.ticket.locked, "{body:?}");
        assert_eq!(names(&done.events).iter().filter(|name| *name == "unlocked").count(), 1, "{body:?}");
    }
}

#[test]
fn unlocking_keeps_the_owner() {
    assert_eq!(run(&anas(), &agent(ANA), &Body::Unlock).unwrap().ticket.owner, Some(ANA));
}

#[test]
fn a_new_owner_has_the_lock() {
    let done = run(&new_ticket(), &agent(ANA), &Body::SetOwner { agent: Some(BEN) }).unwrap();
    assert_eq!((done.ticket.owner, done.ticket.locked), (Some(BEN), true));
    for nobody in [GONE, AgentId::fixed(90, 99)] {
        assert_eq!(run(&new_ticket(), &agent(ANA), &Body::SetOwner { agent: Some(nobody) }).unwrap_err(), Refusal::NoSuchAgent);
    }
}

#[test]
fn a_closed_ticket_gets_an_owner_but_no_lock() {
    for body in [
        Body::Lock,
        Body::Take { over: false },
        Body::SetOwner { agent: Some(BEN) },
        call(7, Direction::Inbound),
        left(7, BEN, Next::default()),
    ] {
        let done = run(&closed(), &agent(BEN), &body).unwrap();
        assert_eq!((done.ticket.owner, done.ticket.locked), (Some(BEN), false), "{body:?}");
    }
}

#[test]
fn a_call_takes_the_ticket() {
    let done = run(&new_ticket(), &agent(ANA), &call(7, Direction::Outbound)).unwrap();
    assert_eq!((done.ticket.owner, done.ticket.locked), (Some(ANA), true));
}

#[test]
fn a_note_does_not_take_the_ticket() {
    let done = run(&new_ticket(), &agent(ANA), &note(7, true)).unwrap();
    assert_eq!((done.ticket.owner, done.ticket.locked), (None, false));
}
