//! A mail is not gone because its answer is: the line breaks, or the server refuses for a while.

use docket_peers::Dovecot;
use docket_tests::{
    Desk, Mail, Plan, address,
    line::{Fate, Line},
    until,
};
use serde_json::json;

const HANDING_OUT: &str = "BODY.PEEK[])";

/// A desk that reaches its mailbox over this line.
async fn behind(line: &Line, user: String, imap: std::sync::Arc<Dovecot>) -> Desk {
    let over = json!({ "imap": { "host": "127.0.0.1", "port": line.port(), "security": "plain", "user": user }, "poll_seconds": 5 });
    Desk::with(Plan { imap, user, mailbox: over, ..Plan::default() }).await
}

#[tokio::test]
async fn a_mail_whose_line_broke_is_fetched_again() {
    let imap = docket_tests::dovecot();
    let line = Line::to(imap.port(), HANDING_OUT, |met| if met == 1 { Fate::Cut } else { Fate::Pass }).await;
    let desk = behind(&line, address(), imap).await;
    for subject in ["one", "two", "three"] {
        desk.mail_from("petra@x.test", subject).await;
    }
    assert!(line.met() >= 4, "the second was asked for twice");
    assert_eq!(desk.tickets().await.len(), 3);
}

#[tokio::test]
async fn a_mail_that_the_server_withholds_is_named_asked_for_again_and_delays_no_other() {
    let imap = docket_tests::dovecot();
    let refused = |met| if met == 0 { Fate::Refuse("[SERVERBUG] Internal error occurred.") } else { Fate::Pass };
    let line = Line::to(imap.port(), HANDING_OUT, refused).await;
    let desk = behind(&line, address(), imap).await;
    let first = desk.addressed(Mail::from("petra@x.test").subject("withheld"));
    desk.imap().deliver(desk.address(), &first.bytes());
    let told = until("the server's words", async || Some(desk.mailbox().await).filter(|mailbox| mailbox.code.is_some())).await;
    assert_eq!((told.status.as_str(), told.code.as_deref()), ("connected", Some("withheld")));
    assert!(told.detail.is_some_and(|words| words.contains("Internal error")), "in the server's words");
    desk.mail_from("petra@x.test", "the next").await;
    until("both", async || (desk.tickets().await.len() == 2).then_some(())).await;
    until("the trouble to be over", async || desk.mailbox().await.code.is_none().then_some(())).await;
}

/// A server that cannot read a mail refuses what stands in its header, too.
#[tokio::test]
async fn a_mail_that_is_withheld_altogether_delays_no_other() {
    let imap = docket_tests::dovecot();
    let line = Line::to(imap.port(), "UID FETCH 1 (", |_| Fate::Refuse("[SERVERBUG] Internal error occurred.")).await;
    let desk = behind(&line, address(), imap).await;
    desk.imap().deliver(desk.address(), &desk.addressed(Mail::from("petra@x.test").subject("withheld")).bytes());
    until("the server's words", async || Some(desk.mailbox().await).filter(|mailbox| mailbox.code.as_deref() == Some("withheld"))).await;
    desk.mail_from("petra@x.test", "the next").await;
    let mailbox = desk.mailbox().await;
    assert_eq!((mailbox.status.as_str(), mailbox.code.as_deref()), ("connected", Some("withheld")));
    assert_eq!(desk.tickets().await.len(), 1);
}

#[tokio::test]
async fn a_search_that_fails_is_no_empty_mailbox() {
    let imap = docket_tests::dovecot();
    let line = Line::to(imap.port(), "UID SEARCH", |met| if met == 5 { Fate::Refuse("[UNAVAILABLE] Try later") } else { Fate::Pass }).await;
    let desk = behind(&line, address(), imap).await;
    for subject in ["one", "two", "three", "four"] {
        desk.mail_from("petra@x.test", subject).await;
    }
    assert_eq!(desk.tickets().await.len(), 4);
}
