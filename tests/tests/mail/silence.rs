//! Which mail gets no automatic answer (contract §4): through the whole path, and the ticket says why.

use std::time::Duration;

use docket_domain::{Direction, master, settings::Kind};
use docket_tests::{Desk, Mail};
use serde_json::json;

/// One mail for each family of rules, and the code that the ticket shows.
fn silent(own: &str) -> Vec<(Mail, &'static str)> {
    let plain = || Mail::from("petra@x.test");
    vec![
        (plain().header("Auto-Submitted", "auto-generated"), "auto_submitted"),
        (plain().header("X-Auto-Response-Suppress", "All"), "auto_response_suppress"),
        (plain().header("Precedence", "bulk"), "precedence"),
        (plain().header("List-Unsubscribe", "<mailto:off@x.test>"), "mailing_list"),
        (plain().header("Mailing-List", "contact list@x.test"), "mailing_list"),
        (plain().header("X-Loop", "list@x.test"), "loop"),
        (plain().header("X-OTRS-Loop", "yes"), "loop"),
        (plain().subject("Automatic reply: Printer"), "out_of_office"),
        (plain().header("Return-Path", "<>"), "empty_return_path"),
        (plain().header("Content-Type", "multipart/report; report-type=disposition-notification; boundary=x"), "read_receipt"),
        (Mail::from("noreply@x.test"), "daemon_address"),
        (Mail::from("Postmaster@x.test"), "daemon_address"),
        (Mail::from(own), "own_address"),
        (plain().header("Reply-To", own), "own_address"),
        (plain().header("Message-ID", "<1@docket.desk.test>"), "own_message_id"),
        (Mail::from("bot@robots.test"), "address_pattern"),
        (Mail::from("petra@x..test"), "invalid_sender"),
        (plain().without("From"), "no_sender"),
    ]
}

#[tokio::test]
async fn machines_get_no_answer_and_the_ticket_says_so() {
    let desk = Desk::start().await;
    desk.set(Kind::Desk, master::DESK, json!({ "fqdn": "docket.desk.test" })).await;
    desk.set(Kind::MailRules, master::MAIL_RULES, json!({ "no_auto_response_pattern": "@robots\\." })).await;
    let cases = silent(desk.address());
    for (number, (mail, _)) in cases.iter().enumerate() {
        desk.imap().deliver(desk.address(), &desk.addressed(mail.clone().header("X-Case", &number.to_string())).bytes());
    }
    // People are answered, also those who say that they are.
    let people = [Mail::from("carla@x.test"), Mail::from("dora@x.test").header("Precedence", "bulk").header("X-OTRS-Loop", "no")];
    for mail in people {
        desk.imap().deliver(desk.address(), &desk.addressed(mail).bytes());
    }
    desk.taken_in(i64::try_from(cases.len()).unwrap() + 2).await;
    let tickets = desk.tickets().await;
    for (number, (mail, code)) in cases.iter().enumerate() {
        let is_it = |raw: &[u8]| String::from_utf8_lossy(raw).contains(&format!("X-Case: {number}\r\n"));
        let mut found = None;
        for ticket in &tickets {
            if is_it(&desk.app().raw(desk.ana(), ticket.articles[0].id).await.unwrap()) {
                found = Some(ticket);
            }
        }
        let ticket = found.unwrap_or_else(|| panic!("{mail:?} is a ticket"));
        assert_eq!(desk.suppressed(ticket.row.id).await, [*code], "{mail:?}");
        assert!(ticket.articles.iter().all(|article| article.direction != Some(Direction::Outbound)), "{mail:?}");
    }
    desk.sent_to("carla@x.test", 1).await;
    desk.sent_to("dora@x.test", 1).await;
    desk.nothing_waits().await;
    assert_eq!(desk.sent().len(), 2);
}

#[tokio::test]
async fn forty_answers_a_day_and_address() {
    let desk = Desk::start().await;
    let write = async |sender: &str| {
        let outcome = desk.app().ingest(desk.addressed(Mail::from(sender)).bytes()).await.unwrap();
        let ticket = desk.app().ticket_id(desk.ana(), outcome.ticket.as_deref().unwrap()).await.unwrap();
        desk.suppressed(ticket).await
    };
    for _ in 0..40 {
        assert_eq!(write("petra@x.test").await, [""; 0]);
    }
    assert_eq!(write("PETRA@x.test").await, ["daily_limit"]);
    assert_eq!(write("carla@x.test").await, [""; 0], "each address has its own count");
    desk.later(Duration::from_secs(24 * 3600));
    assert_eq!(write("petra@x.test").await, [""; 0], "and each day");
}

#[tokio::test]
async fn mail_that_arrived_long_ago_gets_no_answer() {
    let mut desk = Desk::start().await;
    desk.stop().await;
    desk.imap().deliver(desk.address(), &desk.addressed(Mail::from("petra@x.test").subject("while you slept")).bytes());
    desk.later(Duration::from_secs(25 * 3600));
    desk.start_again().await;
    desk.taken_in(1).await;
    let ticket = desk.tickets().await.remove(0);
    assert_eq!(desk.suppressed(ticket.row.id).await, ["too_old"]);
    assert_eq!(ticket.articles.len(), 1);
}

#[tokio::test]
async fn an_answer_goes_to_reply_to_and_comes_from_the_queues_address() {
    let desk = Desk::start().await;
    desk.receive(Mail::from("petra@x.test").header("Reply-To", "Home <home@x.test>")).await;
    let answer = desk.sent_to("home@x.test", 1).await.remove(0);
    assert_eq!(answer.to, ["home@x.test"]);
}
