//! One ticket goes into another.

use std::collections::BTreeSet;

use super::*;
use crate::merge::destination;

const THIRD: TicketId = TicketId::fixed(95, 3);

fn into(ticket: TicketId) -> Body {
    Body::Merge { into: ticket, number: "2026112110000024".into() }
}

fn absorb(articles: i64, contact: Contact) -> Body {
    Body::Absorb { ticket: OTHER_TICKET, number: "2026112110000024".into(), articles, watchers: vec![BEN], contact }
}

fn merged() -> Ticket {
    after(anas(), &[(ANA, into(OTHER_TICKET))])
}

#[test]
fn the_source_keeps_its_number_and_history_and_nothing_else() {
    let watched = after(anas(), &[(ANA, Body::TakeAlong), (ANA, Body::Watch), (BEN, Body::Watch)]);
    let done = run(&watched, &agent(ANA), &into(OTHER_TICKET)).unwrap();
    assert_eq!(names(&done.events), ["merged_into", "state_changed", "brought_back", "unlocked", "unwatched", "unwatched"]);
    let ticket = done.ticket;
    assert_eq!((ticket.state, ticket.merged_into, ticket.articles), (master::STATE_MERGED, Some(OTHER_TICKET), 0));
    assert_eq!((ticket.locked, ticket.away, ticket.watchers.len()), (false, None, 0));
    assert_eq!((ticket.number, ticket.closed_at), (watched.number, None));
}

#[test]
fn merging_is_refused_where_it_makes_no_sense() {
    assert_eq!(run(&anas(), &agent(ANA), &into(TICKET)).unwrap_err(), Refusal::MergeIntoItself);
    assert_eq!(run(&anas(), &agent(BEN), &into(OTHER_TICKET)).unwrap_err(), Refusal::LockedByOther);
    assert_eq!(run(&merged(), &agent(ANA), &into(THIRD)).unwrap_err(), Refusal::Merged);
    assert_eq!(run(&merged(), &agent(ANA), &into(OTHER_TICKET)).unwrap().events, [], "saying it twice is harmless");
}

#[test]
fn a_merged_ticket_takes_nothing() {
    for body in [
        note(7, false),
        reply(7),
        received(7),
        call(7, Direction::Inbound),
        Body::Lock,
        Body::Unlock,
        Body::Take { over: true },
        Body::TakeAlong,
        Body::Watch,
        Body::SetOwner { agent: Some(BEN) },
        Body::SetResponsible { agent: Some(BEN) },
        Body::SetTitle { title: "Other".into() },
        Body::SetPriority { priority: master::priority(5) },
        Body::Move { queue: master::QUEUE_MISC },
        Body::Junk { block: false },
        to_state(master::STATE_OPEN),
        absorb(1, Contact::default()),
        Body::Link { ticket: OTHER_TICKET, number: "1".into(), kind: LinkKind::Normal },
    ] {
        assert_eq!(run(&merged(), &agent(ANA), &body).unwrap_err(), Refusal::Merged, "{body:?}");
    }
}

#[test]
fn the_target_has_what_the_articles_say() {
    let contact = |last_customer_at, last_agent_at, first_response_at| Contact { last_customer_at, last_agent_at, first_response_at };
    let target = Ticket { last_customer_at: Some(20), last_agent_at: None, first_response_at: Some(25), ..new_ticket() };
    for (brought, expected) in [
        (contact(None, None, None), contact(Some(20), None, Some(25))),
        (contact(Some(10), Some(12), Some(12)), contact(Some(20), Some(12), Some(12))),
        (contact(Some(30), Some(40), Some(35)), contact(Some(30), Some(40), Some(25))),
    ] {
        let done = run(&target, &agent(ANA), &absorb(3, brought)).unwrap();
        assert_eq!((done.ticket.contact(), done.ticket.articles), (expected, 4), "{brought:?}");
        assert_eq!(names(&done.events), ["absorbed", "watched"]);
        assert_eq!((done.ticket.watchers, done.ticket.state), (BTreeSet::from([BEN]), target.state));
    }
}

#[test]
fn a_merge_goes_to_the_end_of_the_chain_and_never_round() {
    let ticket = |id, merged_into| Ticket { merged_into, ..Ticket::blank(id) };
    let source = ticket(TICKET, None);
    let ends = |chain: &[Ticket]| destination(&source, chain).map(|end| end.map(|end| end.id));
    assert_eq!(ends(&[]), Ok(None));
    assert_eq!(ends(&[ticket(OTHER_TICKET, None)]), Ok(Some(OTHER_TICKET)));
    assert_eq!(ends(&[ticket(OTHER_TICKET, Some(THIRD)), ticket(THIRD, None)]), Ok(Some(THIRD)));
    assert_eq!(ends(&[ticket(TICKET, None)]), Err(Refusal::MergeIntoItself));
    assert_eq!(ends(&[ticket(OTHER_TICKET, Some(TICKET)), ticket(TICKET, None)]), Err(Refusal::MergeCycle));
    assert_eq!(ends(&[ticket(OTHER_TICKET, Some(THIRD)), ticket(THIRD, Some(TICKET)), ticket(TICKET, None)]), Err(Refusal::MergeCycle));
}
