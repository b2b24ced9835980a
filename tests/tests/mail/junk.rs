//! Junk, blocked senders, and headers that only trusted mailboxes may set.

use docket_app::wire::CommandBody;
use docket_domain::master;
use docket_tests::{Desk, Mail, Plan};
use serde_json::json;

#[tokio::test]
async fn a_blocked_sender_goes_to_junk_and_hears_nothing() {
    let desk = Desk::start().await;
    let ana = desk.agent("ana").await;
    let spam = desk.mail_from("Rich <rich@spam.test>", "You won").await;
    desk.sent_to("rich@spam.test", 1).await;
    let shown = ana.does(spam, CommandBody::Junk { block_sender: true }).await;
    assert!(shown.junk);
    assert_eq!(desk.queue(spam).await, "Junk");
    assert!(desk.see(spam).await.customer.blocked);

    let next = desk.receive(Mail::from("RICH@spam.test").subject("You won again")).await;
    assert_eq!((desk.queue(next).await.as_str(), desk.see(next).await.row.locked), ("Junk", false));
    assert_eq!(desk.state(next).await, "closed unsuccessful");
    assert_eq!(desk.see(next).await.articles.len(), 1, "no answer, not even one that waits");
    assert_eq!(desk.app().counts(ana.id).await.unwrap().views.unassigned, 0);

    // One that answers our acknowledgement wakes nobody either.
    let number = desk.see(spam).await.row.number;
    desk.receive(Mail::from("rich@spam.test").subject(&format!("Re: [Ticket#{number}] You won"))).await;
    assert_eq!(desk.app().counts(ana.id).await.unwrap().views.unassigned, 0, "junk stays closed");
    desk.nothing_waits().await;
    assert_eq!(desk.sent().len(), 1);

    ana.does(next, CommandBody::NotJunk).await;
    assert_eq!(desk.queue(next).await, "Service desk", "where it would have gone");
    let friend = desk.receive(Mail::from("rich@spam.test").subject("Sorry")).await;
    assert_eq!(desk.queue(friend).await, "Service desk", "the block is lifted");
}

fn commanding() -> Mail {
    Mail::from("monitor@x.test").header("X-OTRS-Queue", "Misc").header("X-OTRS-Priority", "5 very high").header("X-OTRS-State", "open")
}

#[tokio::test]
async fn x_otrs_headers_are_obeyed_from_a_trusted_mailbox() {
    let desk = Desk::with(Plan { mailbox: json!({ "trusted": true }), ..Plan::default() }).await;
    let ticket = desk.receive(commanding()).await;
    let view = desk.see(ticket).await;
    assert_eq!((desk.queue(ticket).await.as_str(), view.row.priority_id), ("Misc", master::priority(5)));
    assert_eq!(desk.state(ticket).await, "open");
    desk.pass(commanding().header("X-OTRS-Ignore", "yes").subject("ignore me").header("Message-ID", "<ignored@x.test>")).await;
    assert_eq!(desk.tickets().await.len(), 1);
}

#[tokio::test]
async fn x_otrs_headers_mean_nothing_from_any_other() {
    let desk = Desk::start().await;
    let ticket = desk.receive(commanding().header("X-OTRS-Ignore", "yes")).await;
    let view = desk.see(ticket).await;
    assert_eq!((desk.queue(ticket).await.as_str(), view.row.priority_id), ("Service desk", master::PRIORITY_NORMAL));
    assert_eq!(desk.state(ticket).await, "new");
}
