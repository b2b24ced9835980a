//! Alarms by mail: to whom asked for it, once, and never into a mailbox of the desk's own.

use std::{sync::Arc, time::Duration};

use docket_app::{
    new_id,
    wire::{ProfileInput, SubmitCommand},
};
use docket_domain::{CommandId, TicketId, master};
use docket_peers::{Smtp, SmtpOptions};
use docket_tests::{Desk, Plan, until};
use serde_json::{Value, json};

const HOUR: i64 = 3_600_000;

async fn command(desk: &Desk, ticket: TicketId, body: Value) {
    let command = SubmitCommand { id: CommandId(new_id()), body: serde_json::from_value(body).expect("a command") };
    desk.app().command(desk.ana(), ticket, command).await.expect("it is allowed");
}

/// A ticket of Ana's that she wants to look at again in an hour.
async fn reminder(desk: &Desk, subject: &str) -> TicketId {
    let ticket = desk.mail_from("petra@x.test", subject).await;
    command(desk, ticket, json!({ "type": "take" })).await;
    let until = desk.app().now() + HOUR;
    command(desk, ticket, json!({ "type": "set_state", "state_id": master::STATE_PENDING_REMINDER, "pending_until": until })).await;
    ticket
}

async fn by_mail(desk: &Desk, event: &str) {
    desk.app()
        .save_personal(desk.ana(), "notify", json!({ "ways": { event: { "native": true, "mail": true } } }))
        .await
        .expect("it is kept");
}

async fn outcome(desk: &Desk, ticket: TicketId, outcome: &str) -> String {
    until(&format!("the log to say {outcome}"), async || {
        let log = desk.app().deliveries(desk.ana(), desk.ana()).await.expect("a log");
        log.into_iter().find(|line| line.ticket_id == Some(ticket) && line.way == "mail" && line.outcome == outcome).map(|line| line.detail)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reminder_goes_by_mail_once_to_whom_asked_for_it() {
    let mut desk = Desk::start().await;
    by_mail(&desk, "reminder_locked").await;
    let ticket = reminder(&desk, "Printer on fire").await;
    desk.later(Duration::from_secs(3_600));
    let [mail] = desk.sent_to("ana@agents.test", 1).await.try_into().unwrap();
    assert_eq!(mail.header("Auto-Submitted").as_deref(), Some("auto-generated"));
    assert!(mail.from.is_empty(), "an answer of a machine must come back to nobody: {}", mail.from);
    let number = desk.see(ticket).await.row.number;
    assert!(mail.header("Subject").unwrap().contains(&number));
    assert_eq!(outcome(&desk, ticket, "sent").await, "");
    desk.stop().await;
    desk.start_again().await;
    // Another mail of the desk's own shows that the first would have left by now.
    let test = desk.app().test_alarm(desk.ana()).await.unwrap();
    assert_eq!((test.mail_to.as_str(), test.mail_error), ("ana@agents.test", None));
    assert_eq!(desk.sent_to("ana@agents.test", 2).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_of_a_customer_is_told_by_mail_and_nobody_is_told_of_what_they_did_themselves() {
    let desk = Desk::start().await;
    by_mail(&desk, "new_ticket").await;
    let ticket = desk.mail_from("petra@x.test", "Printer on fire").await;
    let [mail] = desk.sent_to("ana@agents.test", 1).await.try_into().unwrap();
    assert!(mail.header("Subject").unwrap().contains("Printer on fire"));
    by_mail(&desk, "new_note").await;
    command(&desk, ticket, json!({ "type": "take" })).await;
    let note = |id| json!({ "type": "note", "article_id": id, "text": "Have a look" });
    command(&desk, ticket, note(new_id())).await;
    let ben = desk.agent("ben").await.id;
    let theirs = SubmitCommand { id: CommandId(new_id()), body: serde_json::from_value(note(new_id())).unwrap() };
    desk.app().command(ben, ticket, theirs).await.unwrap();
    assert_eq!(desk.sent_to("ana@agents.test", 2).await.len(), 2, "of Ben's note alone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_of_the_desk_itself_gets_none_and_a_server_that_says_no_is_quoted() {
    let smtp = Arc::new(Smtp::start(SmtpOptions::default()));
    let desk = Desk::with(Plan { smtp, ..Plan::default() }).await;
    by_mail(&desk, "reminder_locked").await;
    let own = ProfileInput { name: "Ana".into(), email: desk.address().to_uppercase() };
    desk.app().save_profile(desk.ana(), own).await.unwrap();
    let ticket = reminder(&desk, "Printer on fire").await;
    desk.later(Duration::from_secs(3_600));
    assert_eq!(outcome(&desk, ticket, "failed").await, "own_address");
    desk.smtp().control(&json!({ "refuse": { "ana@agents.test": "550 no such user" } }));
    let other = ProfileInput { name: "Ana".into(), email: "ana@agents.test".into() };
    desk.app().save_profile(desk.ana(), other).await.unwrap();
    let said = desk.app().test_alarm(desk.ana()).await.unwrap().mail_error;
    assert!(said.as_ref().is_some_and(|said| said.contains("no such user")), "{said:?}");
    let silent = ProfileInput { name: "Ana".into(), email: String::new() };
    desk.app().save_profile(desk.ana(), silent).await.unwrap();
    let test = desk.app().test_alarm(desk.ana()).await.unwrap();
    assert_eq!((test.mail_to.as_str(), test.mail_error), ("", None));
}
