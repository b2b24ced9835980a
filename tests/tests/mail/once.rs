//! Every mail is one article, however often it is met.

use std::time::Duration;

use docket_tests::{Desk, Mail, Plan, address, lay};

async fn articles(desk: &Desk) -> usize {
    desk.articles().await.iter().filter(|(_, article)| article.raw).count()
}

/// Makes the server forget its UIDs: the folder gets a new UIDVALIDITY.
fn forget_uids(desk: &Desk) {
    // Dovecot takes the time in seconds.
    std::thread::sleep(Duration::from_millis(1_100));
    let maildir = desk.imap().maildir(desk.address());
    for entry in std::fs::read_dir(&maildir).expect("a Maildir").flatten() {
        let name = entry.file_name().into_string().expect("plain names");
        if name.starts_with("dovecot-uid") || name.starts_with("dovecot.index") {
            std::fs::remove_file(entry.path()).expect("it is ours");
        }
    }
}

#[tokio::test]
async fn a_reconnected_mailbox_gives_nothing_twice() {
    let mut desk = Desk::start().await;
    desk.mail_from("petra@x.test", "one").await;
    desk.app().fetch_now(desk.mailbox().await.id);
    desk.mail_from("petra@x.test", "two").await;
    desk.stop().await;
    desk.imap().deliver(desk.address(), &desk.addressed(Mail::from("petra@x.test").subject("three")).bytes());
    desk.start_again().await;
    desk.taken_in(3).await;
    desk.mail_from("petra@x.test", "four").await;
    assert_eq!(articles(&desk).await, 4);
    assert_eq!(desk.mailbox().await.taken_in, 4);
}

/// RFC 3501 §2.3.1.1: under a new UIDVALIDITY every UID means another mail.
#[tokio::test]
async fn a_new_uidvalidity_gives_nothing_twice_and_nothing_old() {
    let plan = Plan { user: address(), ..Plan::default() };
    let old = Mail::from("petra@x.test").subject("from before").to(&plan.user);
    lay(&plan.imap, &plan.user, &old.bytes(), Duration::from_secs(30 * 24 * 3600), "S");
    let mut desk = Desk::with(plan).await;
    desk.mail_from("petra@x.test", "one").await;
    desk.mail_from("petra@x.test", "two").await;
    desk.stop().await;
    forget_uids(&desk);
    desk.start_again().await;
    // What was known is met again under other UIDs.
    desk.taken_in(4).await;
    desk.mail_from("petra@x.test", "three").await;
    let titles: Vec<_> = desk.tickets().await.into_iter().map(|ticket| ticket.row.title).collect();
    assert_eq!(titles, ["one", "two", "three"]);
    desk.nothing_waits().await;
    assert_eq!(desk.sent_to("petra@x.test", 3).await.len(), 3, "nobody was answered twice");
}

#[tokio::test]
async fn a_copy_on_another_way_is_the_same_mail() {
    let desk = Desk::start().await;
    let mail = desk.addressed(Mail::from("petra@x.test"));
    let ticket = desk.receive(mail.clone()).await;
    let mut copy =
        b"Return-Path: <petra@x.test>\r\nReceived: from mx2.x.test by mx.desk.test;\r\n Sat, 21 Nov 2026 10:00:01 +0100\r\n".to_vec();
    copy.extend(mail.bytes());
    desk.pass_raw(&copy).await;
    let unix: Vec<u8> = mail.bytes().into_iter().filter(|byte| *byte != b'\r').collect();
    desk.pass_raw(&unix).await;
    assert_eq!((desk.tickets().await.len(), articles(&desk).await), (1, 1));

    // The same Message-ID with other words is another mail: nothing is lost to a careless program.
    let other = desk.receive(mail.text("And another thing.")).await;
    assert_eq!((other, articles(&desk).await), (ticket, 2));
}

#[tokio::test]
async fn one_mail_to_several_addresses_of_ours_is_one_ticket() {
    let desk = Desk::start().await;
    let document = serde_json::json!({
        "name": "Sales", "email": format!("sales-{}", desk.address()), "queue_id": docket_domain::master::QUEUE_MISC, "valid": true,
    });
    let save = docket_app::wire::SaveRecord { version: 0, document };
    desk.app().save_record(desk.ana(), docket_domain::settings::Kind::Address, Desk::new_id(), save).await.unwrap();
    let both = format!("sales-{}, {}", desk.address(), desk.address());
    let mail = Mail::from("petra@x.test").to(&both);
    desk.imap().deliver(desk.address(), &mail.bytes());
    desk.imap().deliver(desk.address(), &mail.bytes());
    desk.taken_in(2).await;
    let tickets = desk.tickets().await;
    assert_eq!(tickets.len(), 1);
    assert_eq!(desk.queue(tickets[0].row.id).await, "Misc", "the first recipient decides (contract §3)");
    // Nobody answers to our own addresses.
    let composer = desk.agent("ana").await.composer(tickets[0].row.id, "reply_all").await;
    assert_eq!((composer.to, composer.cc), (vec!["petra@x.test".to_owned()], vec![]));
}

/// A scanner or a monitor may send without Message-ID, and the same text twice.
#[tokio::test]
async fn two_mails_alike_without_a_message_id_are_two() {
    let mut desk = Desk::start().await;
    let to = desk.address().to_owned();
    let mail = format!("From: monitor@x.test\r\nTo: {to}\r\nSubject: disk full\r\nDate: Sat, 21 Nov 2026 10:00:00 +0100\r\n\r\nfull\r\n");
    desk.imap().deliver(&to, mail.as_bytes());
    desk.imap().deliver(&to, mail.as_bytes());
    desk.taken_in(2).await;
    assert_eq!(articles(&desk).await, 2);
    desk.stop().await;
    forget_uids(&desk);
    desk.start_again().await;
    desk.taken_in(4).await;
    assert_eq!(articles(&desk).await, 2, "under a new UIDVALIDITY they are known by arrival and content");
}
