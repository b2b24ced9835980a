//! A mail arrives and is a ticket.

use std::time::{Duration, Instant};

use docket_domain::settings::Kind;
use docket_domain::{Direction, Sender, master, number};
use docket_tests::{Desk, Mail, until, within};
use serde_json::json;

/// Contract §2: the check digit of OTRS's DateChecksum.
fn check_digit(digits: &str) -> char {
    let sum: u32 =
        digits.chars().filter_map(|c| c.to_digit(10)).zip([1, 2].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
    match 10 - sum % 10 {
        10 => '1',
        digit => char::from_digit(digit, 10).expect("a digit"),
    }
}

#[test]
fn the_check_digit_meets_the_golden_vectors() {
    for number in ["2026112110000015", "2026112110000024", "2026112110000426", "2009031410000013", "2015071510001233", "2026010110999996"] {
        assert_eq!(check_digit(&number[..15]), number.chars().last().unwrap(), "{number}");
    }
}

/// More than there are connections to the database.
const MANY: usize = 24;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_is_told_at_once_to_however_many_wait_for_it() {
    let desk = Desk::start().await;
    let ana = desk.agent("ana").await;
    desk.nothing_waits().await;
    let head = desk.app().counts(ana.id).await.unwrap().seq;
    let arrives = async {
        let waiting = async || desk.app().metrics().await.unwrap().contains(&("docket_long_polls".to_owned(), MANY as i64)).then_some(());
        until("all to wait", waiting).await;
        desk.receive(Mail::from("petra@x.test").subject("Printer on fire")).await;
        Instant::now()
    };
    let all = async {
        let mut left = tokio::task::JoinSet::new();
        for _ in 0..MANY {
            let (app, me) = (desk.app().clone(), ana.id);
            left.spawn(async move { app.changes(me, head, Duration::from_secs(120)).await });
        }
        left.join_all().await
    };
    let (arrived, told) = tokio::join!(arrives, all);
    assert!(arrived.elapsed() < Duration::from_secs(5), "{:?}", arrived.elapsed());
    assert!(told.iter().all(Result::is_ok), "{told:?}");
}

#[tokio::test]
async fn a_mail_is_a_ticket_within_two_seconds() {
    let desk = Desk::start().await;
    let picture: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let mail = Mail::from("Petra Vogt <petra@x.test>")
        .subject("=?utf-8?Q?Drucker_br=C3=A4nnt?=")
        .text("Hilfe!\n\nEr brennt – löschen?\n")
        .attach("photo.jpg", "image/jpeg", &picture)
        .attach("empty.txt", "text/plain", b"");
    let raw = desk.addressed(mail).bytes();
    desk.imap().deliver(desk.address(), &raw);
    let ticket = within(Duration::from_secs(2), "the ticket", async || desk.tickets().await.pop()).await;

    assert_eq!(ticket.row.title, "Drucker brännt");
    assert_eq!((ticket.customer.address.as_str(), ticket.customer.name.as_str()), ("petra@x.test", "Petra Vogt"));
    assert_eq!(desk.state(ticket.row.id).await, "new");
    assert_eq!(desk.queue(ticket.row.id).await, "Service desk");
    assert_eq!((ticket.row.owner_id, ticket.row.locked, ticket.row.priority_id), (None, false, master::PRIORITY_NORMAL));
    let day = number::day(desk.app().now(), "Europe/Berlin");
    assert_eq!(ticket.row.number[..15], format!("{day}1000001"));
    assert_eq!(ticket.row.number.chars().last().unwrap(), check_digit(&ticket.row.number[..15]));

    let article = &ticket.articles[0];
    assert_eq!((article.sender, article.direction, article.visible_to_customer), (Sender::Customer, Some(Direction::Inbound), true));
    assert_eq!(article.text.replace("\r\n", "\n").trim_end(), "Hilfe!\n\nEr brennt – löschen?");
    assert_eq!(article.from, "Petra Vogt <petra@x.test>");
    assert_eq!(article.to, [desk.address()]);
    let files: Vec<_> = article.attachments.iter().map(|file| (file.name.as_str(), file.content_type.as_str(), file.size)).collect();
    assert_eq!(files, [("photo.jpg", "image/jpeg", 100_000), ("empty.txt", "text/plain", 0)]);
    let photo = desk.app().attachment(desk.ana(), article.id, article.attachments[0].id).await.unwrap();
    assert!(photo.bytes == picture, "the attachment is what was attached");
    assert!(desk.app().raw(desk.ana(), article.id).await.unwrap() == raw, "the original is kept byte for byte");

    let history = desk.history(ticket.row.id).await;
    assert_eq!(history[..4], ["created", "article_added", "article_added", "auto_replied"]);
    let events = desk.app().history(desk.ana(), ticket.row.id).await.unwrap();
    assert_eq!((events[0].actor.kind.as_str(), events[0].actor.name.as_str()), ("customer", "Petra Vogt"));
    assert_eq!(events[0].fields["number"], json!(ticket.row.number));
    assert!(ticket.row.unread == 1, "Ana has not read it");
}

#[tokio::test]
async fn the_sender_gets_the_number() {
    let desk = Desk::start().await;
    let mail = Mail::from("Petra Vogt <petra@x.test>").subject("Re: Printer on fire").header("References", "<far@x.test> <near@x.test>");
    let ticket = desk.receive(mail.clone()).await;
    let number = desk.see(ticket).await.row.number;
    let answer = desk.sent_to("petra@x.test", 1).await.remove(0);

    assert_eq!(answer.from, "", "the envelope's sender is empty (RFC 3834 §3.3)");
    assert_eq!(answer.to, ["petra@x.test"]);
    let subject = answer.header("Subject").unwrap();
    assert!(subject.contains(&format!("[Ticket#{number}]")) && subject.ends_with("Printer on fire"), "{subject}");
    assert_eq!(answer.header("Auto-Submitted").as_deref(), Some("auto-replied"));
    assert_eq!(answer.ids("In-Reply-To"), [mail.message_id()]);
    assert_eq!(answer.ids("References"), ["far@x.test".to_owned(), "near@x.test".to_owned(), mail.message_id()]);
    assert!(answer.header("Precedence").is_some(), "OTRS's own loop protection looks for it");
    let read = answer.read();
    assert_eq!(read["defects"], json!([]));
    let text = read["text"].as_str().unwrap();
    assert!(text.contains(&number) && text.contains("Petra Vogt"), "{text}");
    assert!(!text.contains("{{") && !text.contains("<OTRS"), "every placeholder is filled: {text}");

    let sent = desk.see(ticket).await.articles.remove(1);
    desk.delivery_is(ticket, sent.id, "sent").await;
    assert_eq!((sent.sender, sent.message_id.unwrap()), (Sender::System, answer.message_id()));
}

#[tokio::test]
async fn the_other_generators_number_tickets_too() {
    let desk = Desk::start().await;
    let day = number::day(desk.app().now(), "Europe/Berlin");
    desk.set(Kind::Desk, master::DESK, json!({ "number_generator": "date" })).await;
    let one = desk.mail_from("petra@x.test", "one").await;
    let two = desk.mail_from("petra@x.test", "two").await;
    assert_eq!(desk.see(one).await.row.number, format!("{day}101"));
    assert_eq!(desk.see(two).await.row.number, format!("{day}102"));
    desk.set(Kind::Desk, master::DESK, json!({ "number_generator": "auto_increment" })).await;
    let three = desk.mail_from("petra@x.test", "three").await;
    assert_eq!(desk.see(three).await.row.number, "1000001");

    // A number of either kind is found in a subject again.
    let again = desk.receive(Mail::from("petra@x.test").subject("Re: [Ticket#1000001] three")).await;
    assert_eq!(again, three);
    desk.set(Kind::Desk, master::DESK, json!({ "number_generator": "date" })).await;
    let again = desk.receive(Mail::from("petra@x.test").subject(&format!("AW: [Ticket#{day}102] two"))).await;
    assert_eq!(again, two);
}

#[tokio::test]
async fn the_queue_is_that_of_the_address_else_the_postmasters() {
    let desk = Desk::start().await;
    let ours = desk.mail_from("petra@x.test", "to us").await;
    assert_eq!(desk.queue(ours).await, "Service desk");
    let other = desk.receive(Mail::from("petra@x.test").to("list@elsewhere.test")).await;
    assert_eq!(desk.queue(other).await, "Raw");
    let copied = desk.receive(Mail::from("petra@x.test").to("boss@x.test").header("Cc", &desk.address().to_uppercase())).await;
    assert_eq!(desk.queue(copied).await, "Service desk");
}
