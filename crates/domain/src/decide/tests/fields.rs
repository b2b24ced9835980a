//! Single fields: what changes nothing causes nothing, what does not exist is refused.

use super::*;

#[test]
fn fields_that_change() {
    let ticket = new_ticket();
    let other = Customer { address: "jo@example.net".into(), name: "Jo".into() };
    for (body, event) in [
        (
            Body::SetPriority { priority: master::priority(5) },
            EventBody::PrioritySet { from: master::PRIORITY_NORMAL, to: master::priority(5) },
        ),
        (Body::Move { queue: master::QUEUE_MISC }, EventBody::Moved { from: master::QUEUE_FIRST, to: master::QUEUE_MISC }),
        (
            Body::SetTitle { title: "  Two\r\nlines\tand blanks ".into() },
            EventBody::Titled { from: "Printer on fire".into(), to: "Two lines and blanks".into() },
        ),
        (Body::SetCustomer { customer: other.clone() }, EventBody::CustomerChanged { from: ticket.customer.clone(), to: other }),
        (
            Body::Link { ticket: OTHER_TICKET, number: "1".into(), kind: LinkKind::Parent },
            EventBody::Linked { ticket: OTHER_TICKET, number: "1".into(), kind: LinkKind::Parent },
        ),
        (Body::Unlink { ticket: OTHER_TICKET, number: "1".into() }, EventBody::Unlinked { ticket: OTHER_TICKET, number: "1".into() }),
    ] {
        assert_eq!(run(&ticket, &agent(ANA), &body).unwrap().events, [event]);
    }
}

#[test]
fn commands_that_change_nothing() {
    let ticket = anas();
    for body in [
        Body::Lock,
        Body::Take { over: false },
        Body::Take { over: true },
        Body::SetOwner { agent: Some(ANA) },
        to_state(ticket.state),
        Body::SetPriority { priority: ticket.priority },
        Body::Move { queue: ticket.queue },
        Body::SetTitle { title: format!(" {} ", ticket.title) },
        Body::SetCustomer { customer: ticket.customer.clone() },
        Body::NotJunk,
    ] {
        assert_eq!(run(&ticket, &agent(ANA), &body).unwrap().events, [], "{body:?}");
    }
    assert_eq!(run(&new_ticket(), &agent(ANA), &Body::Unlock).unwrap().events, []);
    assert_eq!(run(&closed(), &agent(BEN), &to_state(master::STATE_CLOSED_SUCCESSFUL)).unwrap().events, [], "it is closed already");
}

#[test]
fn what_does_not_exist() {
    for (body, refusal) in [
        (Body::Move { queue: QUEUE_INVALID }, Refusal::NoSuchQueue),
        (Body::Move { queue: QueueId::fixed(91, 99) }, Refusal::NoSuchQueue),
        (Body::SetPriority { priority: PRIORITY_INVALID }, Refusal::NoSuchPriority),
        (Body::SetTitle { title: "\n".into() }, Refusal::EmptyTitle),
        (Body::Link { ticket: TICKET, number: "1".into(), kind: LinkKind::Normal }, Refusal::LinkToItself),
        (Body::Unlink { ticket: TICKET, number: "1".into() }, Refusal::LinkToItself),
    ] {
        assert_eq!(run(&new_ticket(), &agent(ANA), &body).unwrap_err(), refusal);
    }
}

#[test]
fn a_suspicious_mail_leaves_a_flag() {
    let body = Body::FlagSuspicious { number: "2026112110000024".into(), ticket: OTHER_TICKET };
    let done = run(&new_ticket(), &Actor::System, &body).unwrap();
    assert!(done.ticket.suspicious);
    assert_eq!(names(&done.events), ["suspicious_follow_up"]);
}
