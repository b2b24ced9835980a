//! Two desks that write to each other stop after two mails.

use std::sync::Arc;

use docket_domain::TicketId;
use docket_peers::{Smtp, SmtpOptions};
use docket_tests::{Desk, Plan, address, dovecot, until};
use serde_json::json;

/// Two desks whose mail reaches each other's mailbox.
async fn neighbours() -> (Desk, Desk) {
    let imap = dovecot();
    let (one, two) = (address(), address());
    let deliver = [&one, &two].map(|user| (user.clone(), imap.maildir(user))).into();
    let smtp = Arc::new(Smtp::start(SmtpOptions { deliver, owner: Some(imap.owner()), ..SmtpOptions::default() }));
    let plan = |user: String| Plan { user, smtp: smtp.clone(), ..Plan::default() };
    (Desk::with(plan(one)).await, Desk::with(plan(two)).await)
}

#[tokio::test]
async fn two_desks_stop_after_two_mails() {
    let (one, two) = neighbours().await;
    let ana = one.agent("ana").await;
    let id = TicketId(Desk::new_id());
    let new = json!({
        "id": id, "article_id": Desk::new_id(), "title": "Where is our delivery?", "customer": { "address": two.address() },
        "channel": "email", "text": "We are waiting.", "send": { "delay_seconds": 0 },
    });
    one.app().new_ticket(ana.id, serde_json::from_value(new).unwrap()).await.unwrap();
    until("the acknowledgement to come back", async || (one.see(id).await.articles.len() >= 2).then_some(())).await;
    assert_eq!(one.tickets().await.len(), 1, "it came to the ticket it answers");
    one.nothing_waits().await;
    two.nothing_waits().await;
    assert_eq!(one.smtp().taken().len(), 2, "the mail and its acknowledgement");
    assert_eq!(two.tickets().await.len(), 1);

    // A person's answer goes through, and wakes the loop no more than the first mail did.
    let theirs = two.tickets().await.remove(0).row.id;
    two.agent("ana").await.answers(theirs, "Tomorrow.").await;
    until("the answer to come back", async || (one.see(id).await.articles.len() >= 3).then_some(())).await;
    one.nothing_waits().await;
    two.nothing_waits().await;
    assert_eq!(one.smtp().taken().len(), 3);
}

/// Even when every follow-up is to be acknowledged.
#[tokio::test]
async fn acknowledged_follow_ups_do_not_turn_in_circles() {
    let (one, two) = neighbours().await;
    for desk in [&one, &two] {
        let responses =
            json!({ "auto_reply": docket_domain::master::auto_response(1), "auto_follow_up": docket_domain::master::auto_response(3) });
        desk.set(docket_domain::settings::Kind::Queue, docket_domain::master::QUEUE_FIRST.0, json!({ "auto_responses": responses })).await;
    }
    let ana = one.agent("ana").await;
    let id = TicketId(Desk::new_id());
    let new = json!({
        "id": id, "article_id": Desk::new_id(), "title": "Ping", "customer": { "address": two.address() },
        "channel": "email", "text": "Ping.", "send": { "delay_seconds": 0 },
    });
    one.app().new_ticket(ana.id, serde_json::from_value(new).unwrap()).await.unwrap();
    until("the acknowledgement to come back", async || (one.see(id).await.articles.len() >= 2).then_some(())).await;
    assert_eq!(one.suppressed(id).await.len(), 1, "{:?}", one.suppressed(id).await);
    one.nothing_waits().await;
    two.nothing_waits().await;
    assert_eq!(one.smtp().taken().len(), 2);
}
