//! Sending, and knowing what became of it.

use std::time::Duration;

use docket_mail::{
    Address, Secret, Security,
    compose::{AutoKind, Envelope, Outgoing, envelope, render},
    parse::parse,
    probe::ProbeCode,
    smtp::{SendFailure, connect},
};
use docket_peers::{Dovecot, Smtp, SmtpOptions, SmtpTls};
use serde_json::json;

use super::super::{imap, smtp};

fn to(recipients: &[&str]) -> Envelope {
    Envelope { from: "desk@desk.test".into(), to: recipients.iter().map(|to| (*to).to_owned()).collect() }
}

fn outgoing() -> Outgoing {
    Outgoing {
        message_id: "m1@desk.test".into(),
        from: Address::named("Desk", "desk@desk.test"),
        to: vec![Address::named("Jörg", "u1@a.test")],
        cc: vec![],
        bcc: vec![Address::new("hidden@a.test")],
        reply_to: None,
        subject: "Re: [Ticket#2026112110000015] Grüße".into(),
        text: ".\n..\nGrüße\n".into(),
        html: None,
        in_reply_to: None,
        references: vec![],
        attachments: vec![],
        date: 1_795_258_800_000,
        auto: None,
        headers: vec![],
    }
}

#[tokio::test]
async fn what_leaves_arrives_byte_for_byte() {
    let server = Smtp::start(SmtpOptions::default());
    let mut session = connect(&smtp(&server)).await.unwrap();
    let mail = outgoing();
    let bytes = render(&mail).unwrap();
    let prepared = session.prepare(&envelope(&mail)).await.unwrap();
    assert_eq!(prepared.accepted, ["u1@a.test", "hidden@a.test"]);
    assert!(server.taken().is_empty());
    assert_eq!(session.send(&bytes).await.unwrap().code, 250);
    let tricky = b"Subject: x\n\n.\n..\r\n.a\n\nend".to_vec();
    session.prepare(&to(&["u2@a.test"])).await.unwrap();
    session.send(&tricky).await.unwrap();
    session.quit().await;
    let taken = server.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!((taken[0].from.as_str(), taken[0].to.len()), ("desk@desk.test", 2));
    assert_eq!(taken[0].raw, bytes);
    assert_eq!(parse(&taken[0].raw).unwrap().text, ".\n..\nGrüße");
    assert_eq!(taken[1].raw, b"Subject: x\r\n\r\n.\r\n..\r\n.a\r\n\r\nend\r\n");
}

#[tokio::test]
async fn automatic_mail_has_an_empty_sender() {
    let server = Smtp::start(SmtpOptions::default());
    let mut session = connect(&smtp(&server)).await.unwrap();
    let mail = Outgoing { auto: Some(AutoKind::AutoReplied), ..outgoing() };
    session.prepare(&envelope(&mail)).await.unwrap();
    session.send(&render(&mail).unwrap()).await.unwrap();
    assert_eq!(server.taken()[0].from, "");
}

#[tokio::test]
async fn eight_bit_text_is_announced() {
    let server = Smtp::start(SmtpOptions::default());
    let mut session = connect(&smtp(&server)).await.unwrap();
    session.prepare(&to(&["u1@a.test"])).await.unwrap();
    session.send("Subject: x\r\n\r\nGrüße\r\n".as_bytes()).await.unwrap();
    assert_eq!(server.taken()[0].raw, "Subject: x\r\n\r\nGrüße\r\n".as_bytes());
}

#[tokio::test]
async fn a_refused_recipient_stops_the_mail() {
    let server = Smtp::start(SmtpOptions::default());
    server.control(&json!({"refuse": {"gone@a.test": "550 no such user", "full@a.test": "452 mailbox full"}}));
    let mut session = connect(&smtp(&server)).await.unwrap();
    let prepared = session.prepare(&to(&["u1@a.test", "gone@a.test", "full@a.test", "not an address"])).await.unwrap();
    assert_eq!(prepared.accepted, ["u1@a.test"]);
    let refused: Vec<_> = prepared.refused.iter().map(|r| (r.address.as_str(), r.permanent, r.code)).collect();
    assert_eq!(refused, [("gone@a.test", true, 550), ("full@a.test", false, 452), ("not an address", true, 553)]);
    assert_eq!(prepared.refused[0].text, "no such user");
    assert!(matches!(session.send(b"x\r\n").await, Err(SendFailure::NotSent(_))));
    assert!(server.taken().is_empty());
    session.send_to_accepted(b"Subject: x\r\n\r\ny\r\n").await.unwrap();
    assert_eq!(server.taken()[0].to, ["u1@a.test"]);

    let all = session.prepare(&to(&["gone@a.test"])).await.unwrap_err();
    assert!(matches!(&all, SendFailure::Refused { permanent: true, code: 550, text } if text == "no such user"), "{all}");
    let later = session.prepare(&to(&["full@a.test", "gone@a.test"])).await.unwrap_err();
    assert!(matches!(later, SendFailure::Refused { permanent: false, .. }));
    session.prepare(&to(&["u1@a.test"])).await.unwrap();
    session.send(b"Subject: still usable\r\n\r\ny\r\n").await.unwrap();
    assert_eq!(server.taken().len(), 2);
}

#[tokio::test]
async fn a_refused_sender_or_text_is_certainly_not_sent() {
    let server = Smtp::start(SmtpOptions::default());
    let mut session = connect(&smtp(&server)).await.unwrap();
    server.control(&json!({"reject_sender": "553 not from here"}));
    let failed = session.prepare(&to(&["u1@a.test"])).await.unwrap_err();
    assert!(matches!(failed, SendFailure::Refused { permanent: true, code: 553, .. }));
    for (answer, wanted) in [("554 spam", true), ("451 later", false)] {
        server.control(&json!({"reject": answer}));
        session.prepare(&to(&["u1@a.test"])).await.unwrap();
        let failed = session.send(b"Subject: x\r\n\r\ny\r\n").await.unwrap_err();
        assert!(matches!(failed, SendFailure::Refused { permanent, .. } if permanent == wanted));
    }
    assert!(server.taken().is_empty());
    server.control(&json!({}));
    session.prepare(&to(&["u1@a.test"])).await.unwrap();
    session.send(b"Subject: x\r\n\r\ny\r\n").await.unwrap();
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_unknown() {
    for drop in ["before_record", "after_record"] {
        let server = Smtp::start(SmtpOptions::default());
        server.control(&json!({"drop": drop}));
        let mut session = connect(&smtp(&server)).await.unwrap();
        session.prepare(&to(&["u1@a.test"])).await.unwrap();
        let failed = session.send(b"Subject: x\r\n\r\ny\r\n").await.unwrap_err();
        assert!(matches!(failed, SendFailure::Unknown(_)), "{failed}");
        assert!(matches!(session.send(b"again").await, Err(SendFailure::NotSent(_))));
        assert_eq!(server.taken().len(), usize::from(drop == "after_record"));
        assert_eq!(server.texts(), 1);
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_unknown() {
    let server = Smtp::start(SmtpOptions::default());
    server.control(&json!({"stall_after_record_ms": 60_000}));
    let mut account = smtp(&server);
    account.timeouts.after_data = Duration::from_millis(300);
    let mut session = connect(&account).await.unwrap();
    session.prepare(&to(&["u1@a.test"])).await.unwrap();
    let failed = session.send(b"Subject: x\r\n\r\ny\r\n").await.unwrap_err();
    assert!(matches!(failed, SendFailure::Unknown(_)), "{failed}");
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test]
async fn a_line_lost_before_the_text_is_not_sent() {
    let server = Smtp::start(SmtpOptions::default());
    let mut session = connect(&smtp(&server)).await.unwrap();
    session.prepare(&to(&["u1@a.test"])).await.unwrap();
    tokio::task::spawn_blocking(move || drop(server)).await.unwrap();
    let failed = session.send(b"Subject: x\r\n\r\ny\r\n").await.unwrap_err();
    assert!(matches!(failed, SendFailure::NotSent(_)), "{failed}");
}

#[tokio::test]
async fn signed_in_over_every_kind_of_line() {
    for (tls, security) in [(SmtpTls::None, Security::Plain), (SmtpTls::StartTls, Security::StartTls), (SmtpTls::Tls, Security::Tls)] {
        let login = Some(("ana".to_owned(), "pässword".to_owned()));
        let server = Smtp::start(SmtpOptions { login, require_login: true, tls, ..SmtpOptions::default() });
        let mut account = smtp(&server);
        account.security = security;
        account.login = Some(("ana".into(), Secret::new("pässword")));
        let mut session = connect(&account).await.unwrap();
        session.prepare(&to(&["u1@a.test"])).await.unwrap();
        session.send(b"Subject: x\r\n\r\ny\r\n").await.unwrap();
        assert_eq!(server.taken().len(), 1);
        account.login = Some(("ana".into(), Secret::new("wrong")));
        let failed = connect(&account).await.unwrap_err();
        assert!(matches!(&failed, SendFailure::NotSent(f) if f.code == ProbeCode::WrongPassword), "{failed}");
        assert!(!failed.to_string().contains("wrong\""));
    }
}

#[tokio::test]
async fn from_one_server_to_the_other() {
    let dovecot = Dovecot::start();
    let deliver = [("u1@a.test".to_owned(), dovecot.maildir("u1@a.test"))].into();
    let server = Smtp::start(SmtpOptions { deliver, owner: Some(dovecot.owner()), ..SmtpOptions::default() });
    let mail = outgoing();
    let mut session = connect(&smtp(&server)).await.unwrap();
    session.prepare(&envelope(&mail)).await.unwrap();
    session.send(&render(&mail).unwrap()).await.unwrap();
    let mut mailbox = docket_mail::imap::connect(&imap(&dovecot, "u1@a.test")).await.unwrap();
    let fetched = mailbox.fetch(1).await.unwrap().unwrap();
    let read = parse(&fetched.raw).unwrap();
    assert_eq!((read.subject, read.to), (mail.subject, mail.to));
    assert_eq!(read.return_path.as_deref(), Some("desk@desk.test"));
    assert_eq!(read.recipients, ["u1@a.test"]);
}

#[tokio::test]
async fn twenty_megabytes_leave_whole() {
    let server = Smtp::start(SmtpOptions::default());
    let mut raw = b"Subject: big\r\n\r\n".to_vec();
    raw.extend(b".123456789012345678901234567890\r\n".repeat(20 * 1024 * 1024 / 33));
    let mut session = connect(&smtp(&server)).await.unwrap();
    session.prepare(&to(&["u1@a.test"])).await.unwrap();
    session.send(&raw).await.unwrap();
    assert!(server.taken()[0].raw == raw);
}
