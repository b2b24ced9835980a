//! Fetching, marking, moving and waiting.

use std::time::{Duration, Instant};

use docket_mail::{
    Security,
    imap::{Mailbox, Since, Woken, connect, desk_keyword, foreign_desks},
    parse::parse,
};
use docket_peers::{Dovecot, DovecotOptions};

use super::super::{imap, mail};

async fn open(server: &Dovecot, user: &str) -> Mailbox {
    connect(&imap(server, user)).await.expect("the server is ours")
}

#[tokio::test]
async fn the_mailbox_is_left_as_found() {
    let server = Dovecot::start();
    for subject in ["one", "two", "three"] {
        server.deliver("u1@a.test", &mail(subject));
    }
    let mut mailbox = open(&server, "u1@a.test").await;
    let overview = mailbox.overview().await.unwrap();
    assert_eq!((overview.total, overview.unread, overview.keywords_allowed), (3, 3, true));
    assert!(overview.oldest.is_some() && overview.uid_validity > 0);
    let uids = mailbox.search(Since::All).await.unwrap();
    assert_eq!(uids.len(), 3);
    assert_eq!(overview.uid_next, uids[2] + 1);
    assert_eq!(mailbox.search(Since::Uid(uids[1])).await.unwrap(), uids[1..]);
    assert!(mailbox.search(Since::Uid(uids[2] + 1)).await.unwrap().is_empty());
    let meta = mailbox.fetch_meta(&uids).await.unwrap();
    assert_eq!(meta[1].message_id.as_deref(), Some("two@x.test"));
    let fetched = mailbox.fetch(uids[0]).await.unwrap().unwrap();
    assert_eq!(parse(&fetched.raw).unwrap().subject, "one");
    assert_eq!(fetched.internal_date, meta[0].internal_date);
    assert!(mailbox.fetch(uids[2] + 100).await.unwrap().is_none());
    assert_eq!(mailbox.search(Since::Unread).await.unwrap(), uids);
    mailbox.logout().await;
    assert_eq!(server.flags("u1@a.test"), vec![Vec::<String>::new(); 3]);
}

#[tokio::test]
async fn an_empty_folder_is_no_error() {
    let server = Dovecot::start();
    server.maildir("u1@a.test");
    let mut mailbox = open(&server, "u1@a.test").await;
    let overview = mailbox.overview().await.unwrap();
    assert_eq!((overview.total, overview.unread, overview.oldest), (0, 0, None));
    assert!(mailbox.search(Since::Uid(1)).await.unwrap().is_empty());
    assert!(mailbox.fetch_meta(&[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn arrivals_are_judged_to_the_millisecond() {
    let server = Dovecot::start();
    server.deliver("u1@a.test", &mail("one"));
    let mut mailbox = open(&server, "u1@a.test").await;
    let uids = mailbox.search(Since::All).await.unwrap();
    let arrived = mailbox.fetch_meta(&uids).await.unwrap()[0].internal_date.unwrap();
    assert_eq!(mailbox.search(Since::Arrived(arrived)).await.unwrap(), uids);
    assert!(mailbox.search(Since::Arrived(arrived + 1)).await.unwrap().is_empty());
    assert_eq!(mailbox.search(Since::Arrived(0)).await.unwrap(), uids);
}

#[tokio::test]
async fn another_desk_is_met_by_its_keyword() {
    let server = Dovecot::start();
    for subject in ["one", "two", "three"] {
        server.deliver("u1@a.test", &mail(subject));
    }
    let mut mailbox = open(&server, "u1@a.test").await;
    mailbox.mark(1, &desk_keyword("aa11")).await.unwrap();
    let mut other = open(&server, "u1@a.test").await;
    let flags = other.fetch_meta(&[1]).await.unwrap().remove(0).flags;
    assert_eq!(foreign_desks(&flags, "bb22"), ["aa11"]);
    assert!(foreign_desks(&flags, "aa11").is_empty());
    assert!(mailbox.mark(1, "two words").await.is_err());
    mailbox.mark_all(&[2, 3], "$done").await.unwrap();
    assert_eq!(server.flags("u1@a.test"), [["$docket-aa11"], ["$done"], ["$done"]]);
}

#[tokio::test]
async fn a_server_without_keywords_says_so() {
    let server = Dovecot::start_with(DovecotOptions { no_keywords: true, ..DovecotOptions::default() });
    server.deliver("u1@a.test", &mail("one"));
    let mut mailbox = open(&server, "u1@a.test").await;
    assert!(!mailbox.overview().await.unwrap().keywords_allowed);
    assert!(mailbox.fetch(1).await.unwrap().is_some());
}

#[tokio::test]
async fn mails_are_read_moved_and_deleted_when_wanted() {
    for no_move in [false, true] {
        let server = Dovecot::start_with(DovecotOptions { no_move, ..DovecotOptions::default() });
        for subject in ["one", "two", "three"] {
            server.deliver("u1@a.test", &mail(subject));
        }
        let mut mailbox = open(&server, "u1@a.test").await;
        mailbox.mark_seen(1).await.unwrap();
        assert_eq!(mailbox.search(Since::Unread).await.unwrap(), [2, 3]);
        mailbox.move_to(2, "Erledigt & älter").await.unwrap();
        mailbox.delete(3).await.unwrap();
        assert_eq!(mailbox.search(Since::All).await.unwrap(), [1]);
        assert_eq!(mailbox.folders().await.unwrap(), ["Erledigt & älter", "INBOX"]);
        mailbox.logout().await;
        assert_eq!(server.flags("u1@a.test"), [["S"]]);
        let mut account = imap(&server, "u1@a.test");
        account.folder = "Erledigt & älter".into();
        let mut moved = connect(&account).await.unwrap();
        let uids = moved.search(Since::All).await.unwrap();
        assert_eq!(parse(&moved.fetch(uids[0]).await.unwrap().unwrap().raw).unwrap().subject, "two");
    }
}

#[tokio::test]
async fn idle_tells_of_new_mail_at_once() {
    let server = Dovecot::start();
    server.deliver("u1@a.test", &mail("one"));
    let mut mailbox = open(&server, "u1@a.test").await;
    assert!(mailbox.has_idle());
    assert_eq!(mailbox.wait(Duration::from_millis(100)).await.unwrap(), Woken::Timeout);
    let begun = Instant::now();
    let (woken, ()) = tokio::join!(mailbox.wait(Duration::from_secs(20)), async {
        server.deliver("u1@a.test", &mail("two"));
    });
    assert_eq!(woken.unwrap(), Woken::NewMail);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!(mailbox.search(Since::All).await.unwrap(), [1, 2]);
    assert_eq!(mailbox.wait(Duration::from_millis(100)).await.unwrap(), Woken::Timeout);
}

#[tokio::test]
async fn mail_between_looking_and_waiting_is_not_missed() {
    let server = Dovecot::start();
    server.maildir("u1@a.test");
    let mut mailbox = open(&server, "u1@a.test").await;
    assert!(mailbox.search(Since::All).await.unwrap().is_empty());
    server.deliver("u1@a.test", &mail("one"));
    assert_eq!(mailbox.wait(Duration::from_secs(20)).await.unwrap(), Woken::NewMail);
}

/// The count stays the same, but it is another mail.
#[tokio::test]
async fn mail_that_comes_as_another_goes_is_not_missed() {
    let server = Dovecot::start();
    for subject in ["one", "two"] {
        server.deliver("u1@a.test", &mail(subject));
    }
    let mut mailbox = open(&server, "u1@a.test").await;
    mailbox.overview().await.unwrap();
    let mut other = open(&server, "u1@a.test").await;
    other.delete(1).await.unwrap();
    // The server says so at the end of a command.
    mailbox.search(Since::All).await.unwrap();
    assert_eq!(mailbox.search(Since::All).await.unwrap(), [2]);
    server.deliver("u1@a.test", &mail("three"));
    assert_eq!(mailbox.wait(Duration::from_secs(5)).await.unwrap(), Woken::NewMail);
}

#[tokio::test]
async fn without_idle_the_server_is_asked() {
    let server = Dovecot::start_with(DovecotOptions { no_idle: true, ..DovecotOptions::default() });
    server.maildir("u1@a.test");
    let mut mailbox = open(&server, "u1@a.test").await;
    assert!(!mailbox.has_idle());
    mailbox.set_poll(Duration::from_millis(50));
    assert_eq!(mailbox.wait(Duration::from_millis(100)).await.unwrap(), Woken::Timeout);
    let (woken, ()) = tokio::join!(mailbox.wait(Duration::from_secs(20)), async {
        server.deliver("u1@a.test", &mail("one"));
    });
    assert_eq!(woken.unwrap(), Woken::NewMail);
}

#[tokio::test]
async fn a_server_that_dies_ends_the_waiting() {
    let server = Dovecot::start();
    server.maildir("u1@a.test");
    let mut mailbox = open(&server, "u1@a.test").await;
    let waiting = tokio::spawn(async move {
        let ended = mailbox.wait(Duration::from_secs(60)).await;
        (ended.is_err(), mailbox.search(Since::All).await.is_err())
    });
    tokio::task::yield_now().await;
    tokio::task::spawn_blocking(move || drop(server)).await.unwrap();
    assert_eq!(waiting.await.unwrap(), (true, true));
}

#[tokio::test]
async fn fifty_megabytes_arrive_byte_for_byte() {
    let server = Dovecot::start();
    let line = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/\r\n";
    let mut raw = b"From: ana@x.test\r\nSubject: big\r\nContent-Transfer-Encoding: base64\r\n\
        Content-Type: application/octet-stream; name=big.bin\r\n\r\n"
        .to_vec();
    raw.extend(line.repeat(50 * 1024 * 1024 / line.len()).bytes());
    server.deliver("u1@a.test", &raw);
    let mut mailbox = open(&server, "u1@a.test").await;
    let fetched = mailbox.fetch(1).await.unwrap().unwrap();
    assert!(fetched.raw == raw, "{} of {} bytes", fetched.raw.len(), raw.len());
    let read = parse(&raw).unwrap();
    assert_eq!((read.parts.len(), read.parts[0].name.as_str()), (1, "big.bin"));
    assert!(read.parts[0].bytes.len() > 35 * 1024 * 1024);
}

#[tokio::test]
async fn encrypted_both_ways() {
    let server = Dovecot::start();
    server.deliver("u1@a.test", &mail("one"));
    let mut account = imap(&server, "u1@a.test");
    account.ca_file = Some(server.certificate().authority.clone());
    for (host, security, port) in [
        ("localhost", Security::Tls, server.tls_port()),
        ("127.0.0.1", Security::Tls, server.tls_port()),
        ("localhost", Security::StartTls, server.port()),
    ] {
        account.host = host.into();
        account.security = security;
        account.port = port;
        let mut mailbox = connect(&account).await.unwrap();
        assert_eq!(mailbox.overview().await.unwrap().total, 1);
        assert_eq!(mailbox.wait(Duration::from_millis(50)).await.unwrap(), Woken::Timeout);
    }
}
