//! Junk with one key, and the way back.

use super::*;

fn place(ticket: &Ticket) -> (QueueId, StateId) {
    (ticket.queue, ticket.state)
}

#[test]
fn junk_is_moved_and_closed() {
    for before in [new_ticket(), anas(), closed()] {
        let done = run(&before, &agent(ANA), &Body::Junk { block: false }).unwrap().ticket;
        assert_eq!(place(&done), (master::QUEUE_JUNK, master::STATE_CLOSED_UNSUCCESSFUL));
        assert!(!done.locked);
    }
}

#[test]
fn junk_goes_back_to_where_it_was() {
    for (before, back) in [
        (new_ticket(), (master::QUEUE_FIRST, master::STATE_NEW)),
        (anas(), (master::QUEUE_FIRST, master::STATE_OPEN)),
        (closed(), (master::QUEUE_FIRST, master::STATE_CLOSED_SUCCESSFUL)),
        (after(anas(), &[(ANA, pending(master::STATE_PENDING_REMINDER))]), (master::QUEUE_FIRST, master::STATE_OPEN)),
    ] {
        let done = after(before, &[(ANA, Body::Junk { block: false }), (ANA, Body::NotJunk)]);
        assert_eq!(place(&done), back);
        assert_eq!(done.junk_from, None);
    }
}

#[test]
fn junk_twice_is_junk_once() {
    let junk = after(new_ticket(), &[(ANA, Body::Junk { block: false })]);
    assert_eq!(run(&junk, &agent(ANA), &Body::Junk { block: false }).unwrap().events, []);
    let back = after(junk, &[(ANA, Body::NotJunk)]);
    assert_eq!(run(&back, &agent(ANA), &Body::NotJunk).unwrap().events, []);
}

#[test]
fn junk_that_came_back_can_be_junk_again() {
    let junk = after(new_ticket(), &[(ANA, Body::Junk { block: false })]);
    let written_again = run(&junk, &customer(), &received(7)).unwrap().ticket;
    assert_eq!(written_again.state, master::STATE_OPEN);
    let moved_out = after(junk, &[(ANA, Body::Move { queue: master::QUEUE_MISC }), (ANA, to_state(master::STATE_OPEN))]);
    for (ticket, back) in [(written_again, master::QUEUE_FIRST), (moved_out, master::QUEUE_MISC)] {
        let junk = run(&ticket, &agent(ANA), &Body::Junk { block: false }).unwrap().ticket;
        assert_eq!(place(&junk), (master::QUEUE_JUNK, master::STATE_CLOSED_UNSUCCESSFUL));
        assert_eq!(after(junk, &[(ANA, Body::NotJunk)]).queue, back);
    }
}
