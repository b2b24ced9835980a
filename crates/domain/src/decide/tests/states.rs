//! States: contract §1 for their types, §5 for what they do to lock and owner.

use super::*;

#[test]
fn pending_states_need_a_time_and_others_keep_none() {
    for (state, until, result) in [
        (master::STATE_PENDING_REMINDER, None, Err(Refusal::PendingNeedsTime)),
        (master::STATE_PENDING_AUTO_CLOSE_PLUS, None, Err(Refusal::PendingNeedsTime)),
        (master::STATE_PENDING_AUTO_CLOSE_MINUS, None, Err(Refusal::PendingNeedsTime)),
        (master::STATE_PENDING_REMINDER, Some(LATER), Ok(Some(LATER))),
        (master::STATE_PENDING_AUTO_CLOSE_PLUS, Some(LATER), Ok(Some(LATER))),
        (master::STATE_OPEN, Some(LATER), Ok(None)),
        (master::STATE_CLOSED_SUCCESSFUL, Some(LATER), Ok(None)),
        (STATE_INVALID, None, Err(Refusal::NoSuchState)),
        (StateId::fixed(92, 99), None, Err(Refusal::NoSuchState)),
    ] {
        let done = run(&new_ticket(), &agent(ANA), &Body::SetState { state, pending_until: until });
        assert_eq!(done.map(|done| done.ticket.pending_until), result, "{state}");
    }
}

#[test]
fn leaving_a_pending_state_clears_its_time() {
    let pending = after(anas(), &[(ANA, pending(master::STATE_PENDING_REMINDER))]);
    assert_eq!(pending.pending_until, Some(LATER));
    for (actor, body) in [
        (agent(ANA), to_state(master::STATE_OPEN)),
        (agent(ANA), to_state(master::STATE_CLOSED_SUCCESSFUL)),
        (agent(ANA), Body::Junk { block: false }),
        (agent(ANA), left(7, ANA, next(master::STATE_OPEN, None))),
        (customer(), received(7)),
    ] {
        assert_eq!(run(&pending, &actor, &body).unwrap().ticket.pending_until, None, "{body:?}");
    }
}

#[test]
fn another_time_of_the_same_pending_state_is_a_change() {
    let ticket = after(anas(), &[(ANA, pending(master::STATE_PENDING_REMINDER))]);
    let body = Body::SetState { state: master::STATE_PENDING_REMINDER, pending_until: Some(LATER + 1) };
    assert_eq!(run(&ticket, &agent(ANA), &body).unwrap().ticket.pending_until, Some(LATER + 1));
}

#[test]
fn whoever_closes_or_lets_rest_owns() {
    let closed = run(&new_ticket(), &agent(ANA), &to_state(master::STATE_CLOSED_SUCCESSFUL)).unwrap().ticket;
    assert_eq!((closed.owner, closed.locked, closed.closed_at), (Some(ANA), false, Some(NOW)));
    let resting = run(&new_ticket(), &agent(ANA), &pending(master::STATE_PENDING_REMINDER)).unwrap().ticket;
    assert_eq!((resting.owner, resting.locked, resting.closed_at), (Some(ANA), true, None));
    let open = run(&new_ticket(), &agent(ANA), &to_state(master::STATE_OPEN)).unwrap().ticket;
    assert_eq!((open.owner, open.locked), (None, false));
}

#[test]
fn the_desk_closing_a_pending_ticket_keeps_the_owner() {
    let ticket = after(anas(), &[(ANA, pending(master::STATE_PENDING_AUTO_CLOSE_PLUS))]);
    let done = run(&ticket, &Actor::System, &to_state(master::STATE_CLOSED_SUCCESSFUL)).unwrap().ticket;
    assert_eq!((done.owner, done.locked, done.pending_until), (Some(ANA), false, None));
}

#[test]
fn only_changes_into_closed_states_count_as_closes() {
    for (state, closes) in [
        (master::STATE_CLOSED_SUCCESSFUL, true),
        (master::STATE_CLOSED_UNSUCCESSFUL, true),
        (master::STATE_REMOVED, false),
        (master::STATE_OPEN, false),
    ] {
        let done = run(&new_ticket(), &agent(ANA), &to_state(state)).unwrap();
        assert_eq!(done.ticket.closed_at.is_some(), closes, "{state}");
    }
    let reopened = after(closed(), &[(ANA, to_state(master::STATE_OPEN))]);
    assert_eq!(reopened.closed_at, Some(NOW), "reopening does not undo the fact");
}

#[test]
fn the_next_state_of_a_note_or_call_counts_at_once() {
    let closing = next(master::STATE_CLOSED_SUCCESSFUL, None);
    for body in [
        Body::Note { article: article(7), visible: false, next: closing },
        Body::PhoneCall { article: article(7), direction: Direction::Inbound, next: closing },
    ] {
        assert_eq!(run(&new_ticket(), &agent(ANA), &body).unwrap().ticket.state, master::STATE_CLOSED_SUCCESSFUL);
    }
    let no_time = Body::Note { article: article(7), visible: false, next: next(master::STATE_PENDING_REMINDER, None) };
    assert_eq!(run(&new_ticket(), &agent(ANA), &no_time).unwrap_err(), Refusal::PendingNeedsTime);
}
