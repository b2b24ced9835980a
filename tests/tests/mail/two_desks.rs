//! One mailbox, one desk.

use docket_tests::{Desk, Mail, Plan, until};
use serde_json::json;

fn short_id(desk: &Desk) -> String {
    desk.app().settings().desk.short_id.clone()
}

/// Waits until the desk has marked that many mails.
async fn marked(desk: &Desk, count: usize) {
    let mark = format!("$docket-{}", short_id(desk));
    until("the marks", async || {
        let flags = desk.imap().flags(desk.address());
        (flags.iter().filter(|flags| flags.contains(&mark)).count() >= count).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_desk_that_comes_second_stops_and_says_who_was_there() {
    let mut first = Desk::start().await;
    first.mail_from("petra@x.test", "one").await;
    marked(&first, 1).await;
    let second = Desk::open(Plan { user: first.address().to_owned(), ..Plan::default() }).await;
    let stopped = second.mailbox_is("stopped").await;
    assert_eq!((stopped.foreign_desk, stopped.code.as_deref()), (Some(short_id(&first)), Some("foreign_desk")));
    first.mail_from("petra@x.test", "two").await;
    assert_eq!(first.mailbox().await.status, "connected", "the desk that was there goes on");
    assert_eq!(second.tickets().await.len(), 0);

    // A stopped account answers nobody: what an agent writes waits and says why.
    let id = docket_domain::TicketId(Desk::new_id());
    let new = json!({
        "id": id, "article_id": Desk::new_id(), "title": "Hello", "customer": { "address": "carla@x.test" },
        "channel": "email", "text": "Hello", "send": { "delay_seconds": 0 },
    });
    let ticket = second.app().new_ticket(second.ana(), serde_json::from_value(new).unwrap()).await.unwrap();
    until("the reason", async || {
        let delivery = second.article(id, ticket.articles[0].id).await.delivery?;
        (delivery.error.as_deref() == Some("mailbox_stopped")).then_some(())
    })
    .await;

    // An administrator who took over from the first desk says so, and the second goes on.
    second.set_mailbox(json!({ "former_desks": [short_id(&first)] }), "").await;
    second.mailbox_is("connected").await;
    first.stop().await;
    second.later(std::time::Duration::from_secs(60));
    second.delivery_is(id, ticket.articles[0].id, "sent").await;
}

#[tokio::test]
async fn two_desks_that_start_together_notice_at_the_first_mail() {
    let one = Desk::start().await;
    let two = Desk::with(Plan { user: one.address().to_owned(), ..Plan::default() }).await;
    one.imap().deliver(one.address(), &one.addressed(Mail::from("petra@x.test").subject("one")).bytes());
    until("a mark", async || one.imap().flags(one.address()).first()?.first().cloned()).await;
    one.imap().deliver(one.address(), &one.addressed(Mail::from("petra@x.test").subject("two")).bytes());
    let (stopped, other) = until("one of them to stop", async || {
        let (a, b) = (one.mailbox().await, two.mailbox().await);
        [(a, &two), (b, &one)].into_iter().find(|(mailbox, _)| mailbox.status == "stopped")
    })
    .await;
    assert_eq!(stopped.foreign_desk, Some(short_id(other)));
    one.nothing_waits().await;
    two.nothing_waits().await;
    let taken = one.tickets().await.into_iter().chain(two.tickets().await).filter(|ticket| ticket.row.title == "one").count();
    let answers = one.sent().into_iter().filter(|mail| mail.header("Subject").is_some_and(|text| text.contains("one"))).count();
    assert!(taken <= 1 && answers <= 1, "the mail became {taken} tickets and got {answers} answers");
}
