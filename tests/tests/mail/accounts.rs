//! Mailboxes that do not let us in, cannot push or keep no keywords.

use std::sync::Arc;

use docket_app::wire::MailboxTest;
use docket_peers::{Dovecot, DovecotOptions, free_port};
use docket_tests::{Desk, Mail, Plan, until};
use serde_json::json;

#[tokio::test]
async fn a_wrong_password_is_named_and_a_right_one_mends_it() {
    let desk = Desk::open(Plan { password: "wrong".into(), ..Plan::default() }).await;
    let failed = desk.mailbox_is("failed").await;
    assert_eq!(failed.code.as_deref(), Some("wrong_password"));
    assert!(failed.detail.is_some_and(|detail| !detail.contains("wrong\"")), "the password is nobody's business");
    desk.imap().deliver(desk.address(), &desk.addressed(Mail::from("petra@x.test")).bytes());
    desk.set_mailbox(json!({}), "secret").await;
    let mended = desk.mailbox_is("connected").await;
    assert_eq!((mended.code, mended.foreign_desk), (None, None));
    desk.taken_in(1).await;
    assert_eq!(desk.tickets().await.len(), 1, "what came meanwhile is from now on, too");
}

#[tokio::test]
async fn a_server_that_is_away_is_named() {
    let port = free_port();
    let mailbox = json!({ "imap": { "host": "127.0.0.1", "port": port, "security": "plain", "user": "desk@desk.test" } });
    let desk = Desk::open(Plan { mailbox, ..Plan::default() }).await;
    let failed = desk.mailbox_is("failed").await;
    assert_eq!(failed.code.as_deref(), Some("refused"));
}

#[tokio::test]
async fn a_server_without_idle_is_asked_again_and_again() {
    let imap = Arc::new(Dovecot::start_with(DovecotOptions { no_idle: true, ..DovecotOptions::default() }));
    let desk = Desk::with(Plan { imap, mailbox: json!({ "poll_seconds": 5 }), ..Plan::default() }).await;
    assert_eq!(desk.mailbox().await.status, "polling");
    desk.mail_from("petra@x.test", "one").await;
    desk.imap().deliver(desk.address(), &desk.addressed(Mail::from("petra@x.test").subject("now")).bytes());
    desk.app().fetch_now(desk.mailbox().await.id);
    docket_tests::within(std::time::Duration::from_secs(3), "the mail that was asked for", async || {
        (desk.tickets().await.len() == 2).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_server_without_keywords_serves_as_well() {
    let imap = Arc::new(Dovecot::start_with(DovecotOptions { no_keywords: true, ..DovecotOptions::default() }));
    let desk = Desk::with(Plan { imap, ..Plan::default() }).await;
    desk.mail_from("petra@x.test", "one").await;
    desk.mail_from("petra@x.test", "two").await;
    assert_eq!(desk.tickets().await.len(), 2);
}

#[tokio::test]
async fn a_mailbox_is_described_before_it_is_connected() {
    let desk = Desk::start().await;
    desk.mail_from("petra@x.test", "one").await;
    let other = Desk::open(Plan { password: "wrong".into(), ..Plan::default() }).await;
    let imap = desk.app().settings().mailboxes.values().next().unwrap().imap.clone();
    let smtp = desk.app().settings().mailboxes.values().next().unwrap().smtp.clone();
    let ask = |password: &str, folder: &str| MailboxTest {
        imap: docket_domain::settings::ImapSettings { folder: folder.into(), ..imap.clone() },
        smtp: smtp.clone(),
        password: password.into(),
        smtp_password: String::new(),
        ca_file: None,
        id: None,
    };
    let seen = until("the first desk's mark", async || {
        let seen = other.app().test_mailbox(ask("secret", "INBOX")).await.unwrap();
        seen.overview.as_ref().is_some_and(|overview| !overview.foreign_desks.is_empty()).then_some(seen)
    })
    .await;
    let overview = seen.overview.unwrap();
    assert_eq!((overview.total, overview.unread, overview.keywords_allowed), (1, 1, true));
    assert_eq!(overview.foreign_desks, [desk.app().settings().desk.short_id.clone()]);
    assert!(seen.imap.ok && seen.smtp.unwrap().ok && seen.folders.contains(&"INBOX".to_owned()));
    let code = async |password, folder| other.app().test_mailbox(ask(password, folder)).await.unwrap().imap.code;
    assert_eq!(code("wrong", "INBOX").await.as_deref(), Some("wrong_password"));
    assert_eq!(code("secret", "Nowhere").await.as_deref(), Some("folder_missing"));
}
