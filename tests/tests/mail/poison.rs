//! Bad mail: taken in as far as it can be read, or put aside with a reason; the next good mail is not delayed.

use docket_app::wire::TicketView;
use docket_domain::{master, settings::Kind};
use docket_tests::{Desk, Mail, Plan, until};
use serde_json::json;

fn head(subject: &str, rest: &str) -> Vec<u8> {
    format!("From: Petra <petra@x.test>\r\nMessage-ID: <{subject}@x.test>\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n{rest}")
        .into_bytes()
}

fn nested(depth: usize) -> Vec<u8> {
    let mut rest = String::new();
    for level in 0..depth {
        rest.push_str(&format!("Content-Type: multipart/mixed; boundary=\"b{level}\"\r\n\r\n--b{level}\r\n"));
    }
    rest.push_str("Content-Type: text/plain\r\n\r\ndeep down\r\n");
    for level in (0..depth).rev() {
        rest.push_str(&format!("--b{level}--\r\n"));
    }
    head("nested", &rest)
}

fn many_parts(count: usize) -> Vec<u8> {
    let mut rest = "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nmany\r\n".to_owned();
    for number in 0..count {
        rest.push_str(&format!("--b\r\nContent-Type: application/pdf; name=\"f{number}.pdf\"\r\n\r\nfile {number}\r\n"));
    }
    rest.push_str("--b--\r\n");
    head("parts", &rest)
}

/// A name for each, and the mail. Without NUL and lone line ends: a server on the way changes these (RFC 3501 §9).
fn bad() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("charset", [head("charset", "Content-Type: text/plain; charset=klingon\r\n\r\nqapla"), b"\xff\r\n".to_vec()].concat()),
        ("base64", head("base64", "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!SGVsbG8=***\r\n")),
        ("boundary", head("boundary", "Content-Type: multipart/mixed; boundary=\"never\"\r\n\r\nwhere is it?\r\n")),
        ("no boundary", head("noboundary", "Content-Type: multipart/mixed\r\n\r\nwhere is it?\r\n")),
        ("headers of one line", b"From: petra@x.test\r\nSubject: cut".to_vec()),
        ("bad utf-8", b"From: P\xe9tra <petra@x.test>\r\nSubject: \xff\xfe\r\n\r\n\xc3\x28\r\n".to_vec()),
        ("no header at all", b"just a text\r\nwithout anything else\r\n".to_vec()),
        ("no From, Date, Message-ID or Subject", b"To: desk@desk.test\r\n\r\nhello\r\n".to_vec()),
        ("binary", (1..=255).filter(|byte| !b"\r\n".contains(byte)).cycle().take(20_000).collect()),
        ("nested", nested(50)),
        ("parts", many_parts(1_000)),
        ("long line", head("long", &format!("X-Long: {}\r\n\r\nlong\r\n", "x".repeat(300_000)))),
        (
            "many addresses",
            head("many", &format!("Cc: {}\r\n\r\nmany\r\n", (0..5_000).map(|n| format!("p{n}@x.test, ")).collect::<String>())),
        ),
        ("html", head("html", "Content-Type: text/html\r\n\r\n<script>alert(1)</script><img src=x onerror=alert(1)><p>hello<style>")),
    ]
}

/// Where the bytes of a mail went: onto a ticket, or aside.
async fn found(desk: &Desk, tickets: &[TicketView], raw: &[u8]) -> bool {
    for ticket in tickets {
        for article in ticket.articles.iter().filter(|article| article.raw) {
            if desk.app().raw(desk.ana(), article.id).await.expect("the administrator may") == raw {
                return true;
            }
        }
    }
    for aside in desk.app().quarantine(desk.ana()).await.expect("the administrator may") {
        assert!(!aside.reason.is_empty());
        if desk.app().quarantine_raw(desk.ana(), aside.id).await.expect("the administrator may") == raw {
            return true;
        }
    }
    false
}

#[tokio::test]
async fn no_bad_mail_is_lost_or_stops_the_next() {
    let desk = Desk::start().await;
    let mails = bad();
    for (_, raw) in &mails {
        desk.imap().deliver(desk.address(), raw);
    }
    desk.imap().deliver(desk.address(), &desk.addressed(Mail::from("carla@x.test").subject("good")).bytes());
    desk.taken_in(i64::try_from(mails.len()).unwrap() + 1).await;
    let tickets = desk.tickets().await;
    assert!(tickets.iter().any(|ticket| ticket.row.title == "good"));
    for (name, raw) in &mails {
        assert!(found(&desk, &tickets, raw).await, "{name} is kept, byte for byte");
    }
    let titled = |title: &str| tickets.iter().find(|ticket| ticket.row.title == title).unwrap_or_else(|| panic!("{title} is a ticket"));
    assert_eq!(titled("parts").articles[0].attachments.len(), 1_000);
    assert!(titled("html").articles[0].html.as_deref().is_some_and(|html| html.contains("hello") && !html.contains("alert")));
    assert!(titled("charset").articles[0].text.contains("qapla"));
    for title in ["nested", "boundary", "noboundary", "base64"] {
        let article = &titled(title).articles[0];
        assert!(article.raw && !article.warnings.is_empty(), "{title} says what could not be read: {article:?}");
    }
}

#[tokio::test]
async fn fifty_megabytes_are_taken_in_and_the_next_mail_too() {
    let desk = Desk::start().await;
    let file: Vec<u8> = (0..=250).cycle().take(36 << 20).collect();
    let mail = desk.addressed(Mail::from("petra@x.test").subject("large").attach("video.mp4", "video/mp4", &file));
    desk.imap().deliver(desk.address(), &mail.bytes());
    desk.imap().deliver(desk.address(), &desk.addressed(Mail::from("carla@x.test").subject("good")).bytes());
    desk.taken_in(2).await;
    let tickets = desk.tickets().await;
    assert_eq!(tickets.iter().map(|ticket| ticket.row.title.as_str()).collect::<Vec<_>>(), ["large", "good"]);
    let article = &tickets[0].articles[0];
    let kept = desk.app().attachment(desk.ana(), article.id, article.attachments[0].id).await.unwrap();
    assert!(kept.bytes == file, "the file is what was attached");
}

#[tokio::test]
async fn a_mail_that_is_too_large_is_put_aside_and_can_be_tried_again() {
    let desk = Desk::start().await;
    desk.set(Kind::MailRules, master::MAIL_RULES, json!({ "max_mail_bytes": 1 << 20 })).await;
    let mail = desk.addressed(Mail::from("petra@x.test").subject("large").attach("photo.jpg", "image/jpeg", &vec![7; 1 << 20]));
    desk.pass(mail.clone()).await;
    desk.mail_from("carla@x.test", "good").await;
    let aside = desk.app().quarantine(desk.ana()).await.unwrap().remove(0);
    assert!(aside.reason.contains("1 MB"), "{}", aside.reason);
    assert_eq!((desk.tickets().await.len(), aside.mailbox.as_deref()), (1, Some("Mailbox")));
    assert!(desk.app().quarantine_raw(desk.ana(), aside.id).await.unwrap() == mail.bytes());
    assert_eq!(desk.app().counts(desk.ana()).await.unwrap().quarantine, 1);
    let ben = desk.agent("ben").await;
    assert_eq!(desk.app().quarantine(ben.id).await.unwrap_err().code(), "forbidden");

    desk.set(Kind::MailRules, master::MAIL_RULES, json!({ "max_mail_bytes": 64 << 20 })).await;
    desk.later(std::time::Duration::from_secs(25 * 3600));
    let outcome = desk.app().quarantine_retry(desk.ana(), aside.id).await.unwrap();
    assert_eq!(outcome.outcome, "created");
    let ticket = desk.app().ticket_id(desk.ana(), outcome.ticket.as_deref().unwrap()).await.unwrap();
    assert_eq!(desk.suppressed(ticket).await, ["too_old"], "nobody waits for an answer from the day before");
    assert_eq!((desk.tickets().await.len(), desk.app().quarantine(desk.ana()).await.unwrap().len()), (2, 0));
}

#[tokio::test]
async fn a_mail_from_quarantine_is_still_one_of_its_mailbox() {
    let desk = Desk::with(Plan { mailbox: json!({ "queue_id": master::QUEUE_MISC }), ..Plan::default() }).await;
    desk.set(Kind::MailRules, master::MAIL_RULES, json!({ "max_mail_bytes": 1 << 20 })).await;
    let large = desk.addressed(Mail::from("petra@x.test").subject("large").attach("photo.jpg", "image/jpeg", &vec![7; 1 << 20]));
    desk.deliver_from_the_past(large, std::time::Duration::from_secs(3600));
    let aside = until("the quarantine", async || desk.app().quarantine(desk.ana()).await.unwrap().pop()).await;
    desk.set(Kind::MailRules, master::MAIL_RULES, json!({ "max_mail_bytes": 64 << 20 })).await;
    let outcome = desk.app().quarantine_retry(desk.ana(), aside.id).await.unwrap();
    let ticket = desk.app().ticket_id(desk.ana(), outcome.ticket.as_deref().unwrap()).await.unwrap();
    assert_eq!(desk.suppressed(ticket).await, ["before_connected"]);
    assert_eq!(desk.queue(ticket).await, "Misc");
}

/// A mail that the database itself refuses, for a reason that nobody thought of.
#[tokio::test]
async fn what_cannot_be_stored_is_put_aside_after_some_tries() {
    let desk = Desk::start().await;
    let rule = "create trigger cursed before insert on article when new.subject = 'cursed' begin select raise(abort, 'cursed'); end";
    desk.sql(rule);
    let cursed = desk.addressed(Mail::from("petra@x.test").subject("cursed")).bytes();
    desk.imap().deliver(desk.address(), &cursed);
    desk.imap().deliver(desk.address(), &desk.addressed(Mail::from("carla@x.test").subject("good")).bytes());
    let failed = desk.mailbox_is("failed").await;
    assert_eq!(failed.code.as_deref(), Some("internal"));
    assert_eq!(desk.tickets().await.len(), 0, "nothing is skipped at once: it may be the database's bad moment");
    until("the good mail", async || {
        desk.app().fetch_now(failed.id);
        (desk.tickets().await.len() == 1).then_some(())
    })
    .await;
    let aside = desk.app().quarantine(desk.ana()).await.unwrap().remove(0);
    assert!(desk.app().quarantine_raw(desk.ana(), aside.id).await.unwrap() == cursed);
    desk.sql("drop trigger cursed");
    assert_eq!(desk.app().quarantine_retry(desk.ana(), aside.id).await.unwrap().outcome, "created");
}
