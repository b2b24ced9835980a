//! Who spoke last, and whose word counts as an answer (contract §6: an agent's article that the customer sees).

use super::*;
use crate::command::SeenUpto;

const SEEN: SeenUpto = SeenUpto { article: 2, event: 5 };

#[test]
fn which_articles_answer_the_customer() {
    for (body, answers, customer_spoke) in [
        (note(7, false), false, false),
        (note(7, true), true, false),
        (call(7, Direction::Outbound), true, false),
        (call(7, Direction::Inbound), false, true),
        (reply(7), false, false),
        (left(7, ANA, Next::default()), true, false),
    ] {
        let mut ticket = new_ticket();
        ticket.last_customer_at = Some(1);
        let done = run(&ticket, &agent(ANA), &body).unwrap().ticket;
        let answered = answers.then_some(NOW);
        assert_eq!((done.first_response_at, done.last_agent_at), (answered, answered), "{body:?}");
        assert_eq!(done.last_customer_at == Some(NOW), customer_spoke, "{body:?}");
    }
}

#[test]
fn the_customers_mail_is_their_last_word() {
    let ticket = new_ticket();
    assert_eq!((ticket.last_customer_at, ticket.first_response_at, ticket.articles), (Some(NOW), None, 1));
}

#[test]
fn every_article_has_its_sender_channel_and_direction() {
    use {Channel::*, Direction::*};
    for (actor, body, expected) in [
        (agent(ANA), note(7, false), (Sender::Agent, Internal, None, false, false)),
        (agent(ANA), note(7, true), (Sender::Agent, Internal, None, true, false)),
        (agent(ANA), call(7, Inbound), (Sender::Agent, Phone, Some(Inbound), true, false)),
        (agent(ANA), reply(7), (Sender::Agent, Email, Some(Outbound), true, true)),
        (customer(), received(7), (Sender::Customer, Email, Some(Inbound), true, false)),
        (
            Actor::System,
            Body::AutoReply { kind: AutoKind::AutoReply, article: article(7), mail: outgoing() },
            (Sender::System, Email, Some(Outbound), true, true),
        ),
    ] {
        let done = run(&new_ticket(), &actor, &body).unwrap();
        let EventBody::ArticleAdded { article, sender, channel, direction, visible, mail_waits } = &done.events[0] else {
            panic!("{:?}", done.events);
        };
        assert_eq!((*sender, *channel, *direction, *visible, *mail_waits), expected, "{body:?}");
        assert_eq!(*article, ArticleId(id(7)));
        assert_eq!(done.ticket.articles, 2);
    }
}

#[test]
fn notes_and_calls_need_a_text() {
    let empty = || NewArticle { id: id(7), text: "\t\n ".into(), ..NewArticle::default() };
    for body in [
        Body::Note { article: empty(), visible: false, next: Next::default() },
        Body::PhoneCall { article: empty(), direction: Direction::Inbound, next: Next::default() },
    ] {
        assert_eq!(run(&new_ticket(), &agent(ANA), &body).unwrap_err(), Refusal::EmptyText);
    }
}

/// What became of a mail is written down and changes nothing else.
#[test]
fn the_fate_of_a_mail() {
    let mail = ArticleId(id(7));
    let reason = || "550 no such user".to_owned();
    for (body, event) in [
        (Body::MailFailed { article: mail, reason: reason() }, EventBody::SendFailed { article: mail, reason: reason() }),
        (Body::MailUnknown { article: mail }, EventBody::PerhapsSent { article: mail }),
        (
            Body::HoldMail { article: mail, reason: reason(), seen_upto: Some(SEEN) },
            EventBody::SendHeld { article: mail, reason: reason(), seen_upto: Some(SEEN) },
        ),
        (Body::CancelSend { article: mail, discard: false }, EventBody::SendCancelled { article: mail }),
        (Body::SendAgain { article: mail }, EventBody::SendRepeated { article: mail }),
        (
            Body::SuppressAutoReply { kind: AutoKind::AutoReply, reason: reason() },
            EventBody::AutoReplySuppressed { kind: AutoKind::AutoReply, reason: reason() },
        ),
    ] {
        let before = new_ticket();
        let done = run(&before, &Actor::System, &body).unwrap();
        assert_eq!(done.events, [event]);
        assert_eq!(Ticket { events: before.events, changed_at: before.changed_at, ..done.ticket }, before);
    }
}
