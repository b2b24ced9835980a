//! Where a mail belongs: follow-ups, strangers, and what a queue does with mail to closed tickets.

use docket_app::wire::CommandBody;
use docket_domain::{TicketId, master, settings::Kind};
use docket_tests::{Desk, Mail};
use serde_json::json;

async fn close(desk: &Desk, ticket: TicketId) {
    desk.agent("ana").await.does(ticket, CommandBody::Close { state_id: master::STATE_CLOSED_SUCCESSFUL }).await;
}

#[tokio::test]
async fn an_answer_comes_back_to_its_ticket_by_its_reference() {
    let desk = Desk::start().await;
    let ticket = desk.mail_from("petra@x.test", "Printer on fire").await;
    let acknowledgement = desk.sent_to("petra@x.test", 1).await.remove(0);
    let answer = Mail::from("petra@x.test").subject("now it is out").in_reply_to(&acknowledgement.message_id());
    assert_eq!(desk.receive(answer).await, ticket);
    // New stays new (contract §3), and a follow-up is not acknowledged in a new desk.
    assert_eq!(desk.state(ticket).await, "new");
    let history = desk.history(ticket).await;
    assert_eq!(history[4..], ["sent", "article_added", "followed_up"], "{history:?}");
    assert_eq!(desk.see(ticket).await.articles.len(), 3);
    // A third person who refers to it belongs there too, whatever the address.
    let other =
        Mail::from("colleague@y.test").subject("what she says").header("References", &format!("<{}>", acknowledgement.message_id()));
    assert_eq!(desk.receive(other).await, ticket);
}

#[tokio::test]
async fn an_answer_comes_back_by_its_number_alone_when_the_sender_is_known() {
    let desk = Desk::start().await;
    let ticket = desk.receive(Mail::from("petra@x.test").header("Cc", "boss@x.test").header("Reply-To", "home@x.test")).await;
    let number = desk.see(ticket).await.row.number;
    for sender in ["petra@x.test", "PETRA@X.test", "boss@x.test", "home@x.test", "ana@agents.test"] {
        for subject in [format!("Re: [Ticket#{number}] Printer"), format!("Ticket#: {number}"), format!("AW: Ticket#{number}")] {
            let again = desk.receive(Mail::from(sender).subject(&subject)).await;
            assert_eq!(again, ticket, "{sender}: {subject}");
        }
    }
}

#[tokio::test]
async fn a_number_alone_opens_nobodys_ticket() {
    let desk = Desk::start().await;
    let ticket = desk.mail_from("petra@x.test", "Payroll").await;
    let number = desk.see(ticket).await.row.number;
    let subject = format!("Re: [Ticket#{number}] Payroll");
    let own = desk.receive(Mail::from("stranger@y.test").subject(&subject)).await;
    assert_ne!(own, ticket);
    let view = desk.see(own).await;
    assert_eq!(view.row.title, "Payroll", "the number of another ticket is no part of the title");
    assert!(view.row.flags.contains(&"suspicious_follow_up".to_owned()), "{:?}", view.row.flags);
    assert!(view.linked.iter().any(|linked| linked.id == ticket), "{:?}", view.linked);
    assert!(desk.history(own).await.contains(&"suspicious_follow_up".to_owned()));
    assert_eq!(desk.see(ticket).await.articles.len(), 2, "mail and acknowledgement, and nothing of the stranger");
    // The stranger's acknowledgement names their own number, never the other one.
    let answer = desk.sent_to("stranger@y.test", 1).await.remove(0);
    assert!(!String::from_utf8_lossy(&answer.raw).contains(&number));

    // A stranger who refers to a mail of ours was shown it by someone.
    let shown = desk.sent_to("petra@x.test", 1).await.remove(0).message_id();
    let referring = Mail::from("stranger@y.test").subject(&subject).in_reply_to(&shown);
    assert_eq!(desk.receive(referring).await, ticket);

    desk.set(Kind::MailRules, master::MAIL_RULES, json!({ "open_by_number_alone": true })).await;
    assert_eq!(desk.receive(Mail::from("other@z.test").subject(&subject)).await, ticket, "as OTRS does");
}

/// Copies that were answered before the desk had answered: the reference graph joins them, ids it never saw included.
#[tokio::test]
async fn mails_of_one_thread_are_one_ticket_whatever_comes_first() {
    let desk = Desk::start().await;
    let first = Mail::from("petra@x.test").subject("Kick-off");
    let ticket = desk.receive(first.clone()).await;
    let copied = Mail::from("boss@x.test").subject("Re: Kick-off").in_reply_to(&first.message_id());
    assert_eq!(desk.receive(copied).await, ticket);

    let unseen = "never-sent-to-us@x.test";
    let one = desk.receive(Mail::from("boss@x.test").subject("Re: Offer").in_reply_to(unseen)).await;
    assert_ne!(one, ticket);
    assert_eq!(desk.receive(Mail::from("petra@x.test").subject("Re: Offer").in_reply_to(unseen)).await, one);
    let late = Mail::from("carl@x.test").subject("Offer").header("Message-ID", &format!("<{unseen}>"));
    assert_eq!(desk.receive(late).await, one);
}

#[tokio::test]
async fn a_follow_up_reopens() {
    let desk = Desk::start().await;
    let ana = desk.agent("ana").await;
    let ticket = desk.mail_from("petra@x.test", "Printer on fire").await;
    ana.does(ticket, CommandBody::Take { over: false }).await;
    close(&desk, ticket).await;
    assert_eq!(desk.state(ticket).await, "closed successful");
    let number = desk.see(ticket).await.row.number;
    let again = || Mail::from("petra@x.test").subject(&format!("Re: [Ticket#{number}] still"));
    desk.receive(again()).await;
    let view = desk.see(ticket).await;
    assert_eq!(desk.state(ticket).await, "open");
    assert_eq!((view.row.owner_id, view.row.locked), (Some(ana.id), false), "the queue does not lock follow-ups");

    desk.set(Kind::Queue, master::QUEUE_FIRST.0, json!({ "follow_up_lock": true })).await;
    close(&desk, ticket).await;
    desk.receive(again()).await;
    assert!(desk.see(ticket).await.row.locked, "now it does");

    // A pending state ends, and its time with it.
    let until = desk.app().now() + 3_600_000;
    ana.does(ticket, CommandBody::SetState { state_id: master::STATE_PENDING_REMINDER, pending_until: Some(until) }).await;
    desk.receive(again()).await;
    assert_eq!((desk.state(ticket).await.as_str(), desk.see(ticket).await.row.pending_until), ("open", None));
}

#[tokio::test]
async fn a_queue_may_refuse_follow_ups() {
    let desk = Desk::start().await;
    desk.set(Kind::Queue, master::QUEUE_FIRST.0, json!({ "follow_up": "reject" })).await;
    let ticket = desk.mail_from("petra@x.test", "Printer on fire").await;
    let number = desk.see(ticket).await.row.number;
    desk.receive(Mail::from("petra@x.test").subject(&format!("Re: [Ticket#{number}]"))).await;
    close(&desk, ticket).await;
    assert_eq!(desk.receive(Mail::from("petra@x.test").subject(&format!("Re: [Ticket#{number}] more"))).await, ticket);
    assert_eq!(desk.state(ticket).await, "closed successful");
    assert!(desk.history(ticket).await.contains(&"follow_up_rejected".to_owned()));
    let rejection = desk.sent_to("petra@x.test", 2).await.remove(1);
    let text = rejection.read()["text"].to_string();
    assert!(text.contains("takes no further messages"), "{text}");
    assert_eq!((rejection.from.as_str(), rejection.header("Auto-Submitted").as_deref()), ("", Some("auto-replied")));
}

#[tokio::test]
async fn a_queue_may_open_a_new_ticket_for_follow_ups() {
    let desk = Desk::start().await;
    desk.set(Kind::Queue, master::QUEUE_FIRST.0, json!({ "follow_up": "new_ticket" })).await;
    let ticket = desk.mail_from("petra@x.test", "Printer on fire").await;
    let number = desk.see(ticket).await.row.number;
    close(&desk, ticket).await;
    let new = desk.receive(Mail::from("petra@x.test").subject(&format!("Re: [Ticket#{number}] Printer on fire"))).await;
    assert_ne!(new, ticket);
    let view = desk.see(new).await;
    assert!(!view.row.title.contains(&number), "{}", view.row.title);
    assert!(view.linked.iter().any(|linked| linked.id == ticket) && desk.see(ticket).await.linked.iter().any(|linked| linked.id == new));
    assert!(view.row.flags.is_empty(), "{:?}", view.row.flags);
    assert_eq!(desk.state(ticket).await, "closed successful");
    let answer = desk.sent_to("petra@x.test", 2).await.remove(1);
    let subject = answer.header("Subject").unwrap();
    assert!(subject.contains(&view.row.number) && !subject.contains(&number), "{subject}");
}
