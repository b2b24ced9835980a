use super::*;
use crate::{
    event::Actor,
    id::{ArticleId, StateId, TicketId},
    master,
};

const HOUR: i64 = 3_600_000;

fn at(ticket: &mut Ticket, hour: i64, device_hour: Option<i64>, body: EventBody) {
    let event = Event {
        ordinal: ticket.events + 1,
        at: hour * HOUR,
        device_at: device_hour.map(|hour| hour * HOUR),
        actor: Actor::System,
        device: None,
        body,
    };
    apply(ticket, &event);
}

fn call(direction: Direction) -> EventBody {
    EventBody::ArticleAdded {
        article: ArticleId::fixed(1, 1),
        sender: Sender::Agent,
        channel: Channel::Phone,
        direction: Some(direction),
        visible: true,
        mail_waits: false,
    }
}

/// DESIGN §5: what happened in the world counts when it happened, whenever the desk hears of it.
#[test]
fn a_call_made_offline_counts_when_it_was_made() {
    let mut ticket = Ticket::blank(TicketId::fixed(1, 1));
    at(&mut ticket, 11, None, EventBody::Sent { article: ArticleId::fixed(1, 2), answers: true });
    at(&mut ticket, 12, Some(10), call(Direction::Outbound));
    assert_eq!((ticket.first_response_at, ticket.last_agent_at), (Some(10 * HOUR), Some(11 * HOUR)));
    assert_eq!(ticket.changed_at, 12 * HOUR);

    at(&mut ticket, 13, None, call(Direction::Inbound));
    at(&mut ticket, 14, Some(9), call(Direction::Inbound));
    assert_eq!(ticket.last_customer_at, Some(13 * HOUR));
}

#[test]
fn the_last_close_is_the_latest_one() {
    let close = |to: StateId| EventBody::StateChanged { from: master::STATE_OPEN, to, pending_until: None, closes: true };
    let mut ticket = Ticket::blank(TicketId::fixed(1, 1));
    at(&mut ticket, 11, None, close(master::STATE_CLOSED_SUCCESSFUL));
    at(&mut ticket, 12, Some(10), close(master::STATE_CLOSED_UNSUCCESSFUL));
    assert_eq!(ticket.closed_at, Some(11 * HOUR));
    assert_eq!(ticket.state, master::STATE_CLOSED_UNSUCCESSFUL, "the state is what was recorded last");
}

#[test]
fn a_mail_answers_when_it_was_sent() {
    let mut ticket = Ticket::blank(TicketId::fixed(1, 1));
    let mail = ArticleId::fixed(1, 2);
    let waits = EventBody::ArticleAdded {
        article: mail,
        sender: Sender::Agent,
        channel: Channel::Email,
        direction: Some(Direction::Outbound),
        visible: true,
        mail_waits: true,
    };
    at(&mut ticket, 9, None, waits);
    assert_eq!((ticket.articles, ticket.first_response_at), (1, None));
    at(&mut ticket, 10, None, EventBody::Sent { article: mail, answers: true });
    assert_eq!(ticket.first_response_at, Some(10 * HOUR));
}
