//! The SMTP server says no, not now, nothing, or half of it.

use std::{sync::Arc, time::Duration};

use docket_app::wire::CommandBody;
use docket_domain::{ArticleId, TicketId, master};
use docket_peers::{Smtp, SmtpOptions, free_port};
use docket_tests::{Desk, Plan, until};
use serde_json::json;

/// A desk with an SMTP server of its own, and a ticket whose acknowledgement has left.
async fn start() -> (Desk, TicketId) {
    let desk = Desk::with(Plan { smtp: Arc::new(Smtp::start(SmtpOptions::default())), ..Plan::default() }).await;
    let ticket = desk.mail_from("petra@x.test", "Printer on fire").await;
    desk.sent_to("petra@x.test", 1).await;
    desk.nothing_waits().await;
    (desk, ticket)
}

/// An answer that closes the ticket when it leaves.
async fn closing(desk: &Desk, ticket: TicketId) -> ArticleId {
    let ana = desk.agent("ana").await;
    let mut letter = ana.writes(ticket, "reply", "Done.").await;
    letter.state_id = Some(master::STATE_CLOSED_SUCCESSFUL);
    let article = letter.article_id;
    ana.does(ticket, CommandBody::Reply(Box::new(letter))).await;
    article
}

#[tokio::test]
async fn when_one_recipient_is_refused_nobody_gets_the_mail() {
    let (desk, ticket) = start().await;
    let ana = desk.agent("ana").await;
    desk.smtp().control(&json!({ "refuse": { "gone@x.test": "550 no such user" } }));
    let mut letter = ana.writes(ticket, "reply", "Hello.").await;
    letter.cc = vec!["gone@x.test".into()];
    ana.does(ticket, CommandBody::Reply(Box::new(letter.clone()))).await;
    let failed = desk.delivery_is(ticket, letter.article_id, "failed").await;
    let error = failed.delivery.unwrap().error.unwrap();
    assert!(error.contains("gone@x.test") && error.contains("no such user"), "{error}");
    assert_eq!(desk.sent().len(), 1, "the acknowledgement");
    assert_eq!(desk.state(ticket).await, "new", "what the mail carried has not happened");
    assert!(desk.see(ticket).await.row.flags.contains(&"failed".to_owned()));

    // The agent takes the address out and sends again.
    ana.does(ticket, CommandBody::DiscardSend { article_id: letter.article_id }).await;
    (letter.article_id, letter.cc) = (Desk::new_id().into(), vec![]);
    ana.does(ticket, CommandBody::Reply(Box::new(letter.clone()))).await;
    desk.delivery_is(ticket, letter.article_id, "sent").await;
}

#[tokio::test]
async fn a_text_that_is_refused_for_good_has_failed() {
    let (desk, ticket) = start().await;
    desk.smtp().control(&json!({ "reject": "554 looks like spam" }));
    let article = closing(&desk, ticket).await;
    let failed = desk.delivery_is(ticket, article, "failed").await;
    assert!(failed.delivery.unwrap().error.unwrap().contains("looks like spam"));
    assert_eq!(desk.state(ticket).await, "new");
    desk.smtp().control(&json!({}));
    desk.agent("ana").await.does(ticket, CommandBody::SendAgain { article_id: article }).await;
    desk.delivery_is(ticket, article, "sent").await;
    assert_eq!(desk.state(ticket).await, "closed successful");
}

#[tokio::test]
async fn not_now_is_tried_again() {
    let (desk, ticket) = start().await;
    for no in [
        json!({ "refuse": { "petra@x.test": "451 greylisted" } }),
        json!({ "reject": "452 disk full" }),
        json!({ "reject_sender": "421 busy" }),
    ] {
        desk.smtp().control(&no);
        let before = desk.sent().len();
        let article = desk.agent("ana").await.reply(ticket, "Hello.").await;
        let waits = desk.delivery_is(ticket, article, "retrying").await.delivery.unwrap();
        assert!(waits.due_at.unwrap() > desk.app().now() && waits.error.is_some(), "{waits:?}");
        desk.later(Duration::from_secs(61));
        let again = until("the second try", async || {
            let delivery = desk.article(ticket, article).await.delivery?;
            (delivery.due_at > waits.due_at).then_some(delivery)
        })
        .await;
        assert_eq!(again.state.as_str(), "retrying");
        desk.smtp().control(&json!({}));
        desk.later(Duration::from_secs(121));
        desk.delivery_is(ticket, article, "sent").await;
        assert_eq!(desk.sent().len(), before + 1, "{no}");
    }
}

#[tokio::test]
async fn a_server_that_is_down_gets_the_mail_when_it_is_up() {
    let desk = Desk::start().await;
    let port = free_port();
    desk.set_mailbox(json!({ "smtp": { "host": "127.0.0.1", "port": port, "security": "plain" } }), "").await;
    let ticket = desk.mail_from("petra@x.test", "Printer on fire").await;
    let article = desk.agent("ana").await.reply(ticket, "Hello.").await;
    desk.delivery_is(ticket, article, "retrying").await;
    let server = Smtp::start_on(SmtpOptions::default(), port);
    desk.later(Duration::from_secs(61));
    desk.delivery_is(ticket, article, "sent").await;
    desk.nothing_waits().await;
    assert_eq!(server.taken().len(), 2, "the acknowledgement waited too");
    let outbox = desk.app().outbox(desk.ana()).await.unwrap();
    assert!(outbox.is_empty(), "{outbox:?}");
}

#[tokio::test]
async fn a_mail_that_cannot_leave_is_looked_at_after_a_day_and_fails_after_two() {
    let desk = Desk::start().await;
    let ticket = desk.mail_from("petra@x.test", "Printer on fire").await;
    desk.sent_to("petra@x.test", 1).await;
    desk.set_mailbox(json!({ "smtp": { "host": "127.0.0.1", "port": free_port(), "security": "plain" } }), "").await;
    let ana = desk.agent("ana").await;
    let article = ana.reply(ticket, "Hello.").await;
    desk.delivery_is(ticket, article, "retrying").await;
    desk.later(Duration::from_secs(25 * 3600));
    desk.delivery_is(ticket, article, "held").await;
    ana.does(ticket, CommandBody::SendAgain { article_id: article }).await;
    desk.delivery_is(ticket, article, "retrying").await;
    desk.later(Duration::from_secs(24 * 3600));
    desk.delivery_is(ticket, article, "failed").await;
}

/// The line dies after the text left and before the answer: nobody knows (DESIGN §4.5).
#[tokio::test]
async fn a_line_that_dies_after_the_text_leaves_a_question() {
    let (desk, ticket) = start().await;
    let ana = desk.agent("ana").await;
    desk.smtp().control(&json!({ "drop": "before_record" }));
    let article = closing(&desk, ticket).await;
    let perhaps = desk.delivery_is(ticket, article, "perhaps_sent").await;
    assert_eq!(desk.state(ticket).await, "new");
    assert!(desk.see(ticket).await.row.flags.contains(&"perhaps_sent".to_owned()));
    assert_eq!(desk.smtp().texts(), 2, "acknowledgement and answer");

    // It is not repeated by itself, however long it waits; not after a new start either.
    desk.smtp().control(&json!({}));
    desk.later(Duration::from_secs(72 * 3600));
    let other = desk.mail_from("carla@x.test", "Other").await;
    ana.answers(other, "This one leaves after it.").await;
    assert_eq!(desk.article(ticket, article).await.delivery.unwrap().state.as_str(), "perhaps_sent");
    assert!(desk.app().outbox(desk.ana()).await.unwrap().iter().any(|mail| mail.article_id == article));

    ana.does(ticket, CommandBody::SendAgain { article_id: article }).await;
    desk.delivery_is(ticket, article, "sent").await;
    let sent = desk.sent_to("petra@x.test", 2).await.remove(1);
    assert_eq!(Some(sent.message_id()), perhaps.message_id, "a second copy can be told by its Message-ID");
    assert_eq!(desk.state(ticket).await, "closed successful");
}

#[tokio::test]
async fn what_arrived_after_all_needs_no_second_copy() {
    let (desk, ticket) = start().await;
    let ana = desk.agent("ana").await;
    desk.smtp().control(&json!({ "drop": "after_record" }));
    let article = closing(&desk, ticket).await;
    desk.delivery_is(ticket, article, "perhaps_sent").await;
    desk.smtp().control(&json!({}));
    ana.does(ticket, CommandBody::ItArrived { article_id: article }).await;
    assert_eq!(desk.article(ticket, article).await.delivery.unwrap().state.as_str(), "sent");
    let view = desk.see(ticket).await;
    assert_eq!((desk.state(ticket).await.as_str(), view.row.owner_id), ("closed successful", Some(ana.id)));
    assert!(view.row.flags.is_empty(), "{:?}", view.row.flags);
    desk.nothing_waits().await;
    assert_eq!(desk.sent_to("petra@x.test", 2).await.len(), 2);
    let twice = ana.try_to(ticket, CommandBody::SendAgain { article_id: article }).await.unwrap_err();
    assert_eq!(twice.code(), "not_sendable");
}

#[tokio::test]
async fn an_automatic_mail_is_given_up_instead() {
    let (desk, _) = start().await;
    desk.smtp().control(&json!({ "drop": "before_record" }));
    let ticket = desk.mail_from("carla@x.test", "Other").await;
    let answer = desk.see(ticket).await.articles.remove(1).id;
    let failed = desk.delivery_is(ticket, answer, "failed").await;
    assert!(failed.delivery.unwrap().error.unwrap().starts_with("given_up"));
    assert!(desk.app().outbox(desk.ana()).await.unwrap().is_empty(), "nobody is bothered with it");
    assert_eq!(desk.app().counts(desk.ana()).await.unwrap().outbox.needs_you, 0);
}
