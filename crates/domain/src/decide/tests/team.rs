//! Who answers, who watches, and what somebody has taken along.

use super::*;

/// Ana has it with her.
fn away() -> Ticket {
    after(new_ticket(), &[(ANA, Body::TakeAlong)])
}

#[test]
fn what_is_taken_along_is_locked_and_says_with_whom() {
    let done = run(&new_ticket(), &agent(ANA), &Body::TakeAlong).unwrap();
    assert_eq!(names(&done.events), ["owner_set", "locked", "taken_along"]);
    let away = done.ticket.away.unwrap();
    assert_eq!((away.agent, away.since), (ANA, NOW));
    assert!(done.ticket.locked && !done.ticket.is_held(), "it stays in the list of new work");
    assert_eq!(run(&done.ticket, &agent(ANA), &Body::TakeAlong).unwrap().events, []);
    assert_eq!(run(&done.ticket, &agent(BEN), &Body::TakeAlong).unwrap_err(), Refusal::LockedByOther);
    assert_eq!(run(&anas(), &agent(BEN), &Body::TakeAlong).unwrap_err(), Refusal::LockedByOther);
    assert_eq!(run(&closed(), &agent(ANA), &Body::TakeAlong).unwrap().events, [], "nobody works on a closed ticket");
}

#[test]
fn what_ends_the_lock_brings_it_back() {
    for (who, body) in [
        (ANA, Body::BringBack),
        (ANA, Body::Unlock),
        (ANA, to_state(master::STATE_CLOSED_SUCCESSFUL)),
        (ANA, Body::Move { queue: master::QUEUE_MISC }),
        (ANA, Body::Junk { block: false }),
        (ANA, Body::SetOwner { agent: None }),
        (ANA, Body::SetOwner { agent: Some(BEN) }),
        (ANA, Body::Merge { into: OTHER_TICKET, number: "1".into() }),
        (BEN, Body::Take { over: true }),
        (BEN, Body::SetOwner { agent: Some(BEN) }),
        (BEN, Body::Move { queue: master::QUEUE_MISC }),
    ] {
        let done = run(&away(), &agent(who), &body).unwrap();
        assert_eq!(done.ticket.away, None, "{body:?}");
        assert_eq!(names(&done.events).iter().filter(|name| *name == "brought_back").count(), 1, "{body:?}");
    }
    let taken = run(&away(), &agent(BEN), &Body::Take { over: true }).unwrap().ticket;
    assert_eq!((taken.owner, taken.locked), (Some(BEN), true));
    assert!(run(&away(), &agent(ANA), &Body::BringBack).unwrap().ticket.locked, "it is still hers");
}

#[test]
fn what_leaves_the_lock_leaves_it_away() {
    for (who, body) in [
        (ANA, note(7, false)),
        (ANA, call(7, Direction::Outbound)),
        (ANA, left(1, ANA, Next::default())),
        (ANA, pending(master::STATE_PENDING_REMINDER)),
        (ANA, Body::Take { over: false }),
        (ANA, Body::Watch),
        (BEN, note(7, false)),
        (BEN, Body::SetPriority { priority: master::priority(5) }),
    ] {
        assert_eq!(run(&away(), &agent(who), &body).unwrap().ticket.away, away().away, "{body:?}");
    }
    assert_eq!(run(&away(), &customer(), &received(7)).unwrap().ticket.away, away().away, "mail of the customer");
    assert_eq!(run(&away(), &agent(BEN), &Body::BringBack).unwrap_err(), Refusal::LockedByOther, "a colleague takes it over instead");
}

#[test]
fn who_watches_is_a_set() {
    let watched = after(new_ticket(), &[(ANA, Body::Watch), (BEN, Body::Watch)]);
    assert_eq!(watched.watchers.iter().copied().collect::<Vec<_>>(), [ANA, BEN]);
    assert_eq!(run(&watched, &agent(ANA), &Body::Watch).unwrap().events, []);
    let less = after(watched, &[(ANA, Body::Unwatch)]);
    assert_eq!(less.watchers.iter().copied().collect::<Vec<_>>(), [BEN]);
    assert_eq!(run(&less, &agent(ANA), &Body::Unwatch).unwrap().events, []);
    assert_eq!(run(&less, &Actor::System, &Body::Watch).unwrap().events, [], "the desk watches nothing");
}

#[test]
fn somebody_answers_for_it() {
    let done = run(&new_ticket(), &agent(ANA), &Body::SetResponsible { agent: Some(BEN) }).unwrap();
    assert_eq!((names(&done.events), done.ticket.responsible, done.ticket.owner), (vec!["responsible_set".into()], Some(BEN), None));
    assert_eq!(run(&done.ticket, &agent(ANA), &Body::SetResponsible { agent: Some(BEN) }).unwrap().events, []);
    assert_eq!(run(&done.ticket, &agent(ANA), &Body::SetResponsible { agent: Some(GONE) }).unwrap_err(), Refusal::NoSuchAgent);
    assert_eq!(run(&done.ticket, &agent(ANA), &Body::SetResponsible { agent: None }).unwrap().ticket.responsible, None);
}
