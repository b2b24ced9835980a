//! What becomes a ticket when a mailbox is connected, and what the desk does to the mailbox.

use std::time::Duration;

use docket_domain::settings::TakeIn;
use docket_tests::{Desk, Mail, Plan, address, lay, until};
use serde_json::{Value, json};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A mailbox with a past: read a month ago, unread a week ago, unread two days ago.
fn with_past(take_in: &Value) -> Plan {
    let plan = Plan { mailbox: json!({ "take_in": take_in }), user: address(), ..Plan::default() };
    for (subject, days, flags) in [("month", 30, "S"), ("week", 7, ""), ("yesterday", 2, "")] {
        let mail = Mail::from("petra@x.test").subject(subject).to(&plan.user);
        lay(&plan.imap, &plan.user, &mail.bytes(), DAY * days, flags);
    }
    plan
}

async fn titles(desk: &Desk) -> Vec<String> {
    desk.tickets().await.into_iter().map(|ticket| ticket.row.title).collect()
}

#[tokio::test]
async fn the_choice_says_what_becomes_a_ticket() {
    for (take_in, expected) in [
        (json!({ "mode": "from_now" }), vec!["new"]),
        (json!({ "mode": "unread" }), vec!["week", "yesterday", "new"]),
        (json!({ "mode": "days", "days": 3 }), vec!["yesterday", "new"]),
        (json!({ "mode": "all" }), vec!["month", "week", "yesterday", "new"]),
    ] {
        serde_json::from_value::<TakeIn>(take_in.clone()).expect("a choice");
        let desk = Desk::with(with_past(&take_in)).await;
        desk.receive(Mail::from("petra@x.test").subject("new")).await;
        assert_eq!(titles(&desk).await, expected, "{take_in}");
        for ticket in desk.tickets().await {
            let reasons = desk.suppressed(ticket.row.id).await;
            let silent = ticket.row.title != "new";
            assert_eq!(reasons, if silent { vec!["before_connected"] } else { vec![] }, "{}", ticket.row.title);
        }
        desk.nothing_waits().await;
        assert_eq!(desk.sent().len(), 1, "{take_in}: only the mail that arrived after connecting is answered");
    }
}

#[tokio::test]
async fn the_mailbox_is_left_as_found_but_for_the_desks_mark() {
    let desk = Desk::with(with_past(&json!({ "mode": "unread" }))).await;
    desk.receive(Mail::from("petra@x.test").subject("new")).await;
    let mark = format!("$docket-{}", desk.app().settings().desk.short_id);
    let flags = until("every mark", async || {
        let flags = desk.imap().flags(desk.address());
        (flags.iter().filter(|flags| flags.contains(&mark)).count() == 3).then_some(flags)
    })
    .await;
    assert_eq!(flags.len(), 4, "nothing was moved or deleted");
    let seen: Vec<_> = flags.iter().filter(|flags| flags.contains(&"S".to_owned())).collect();
    assert_eq!(seen, [&["S"]], "what was read is read, what was taken in is not");
}

#[tokio::test]
async fn mail_is_marked_moved_or_deleted_when_the_account_says_so() {
    let started = async |after: Value| {
        let desk = Desk::with(Plan { mailbox: json!({ "after": after }), ..Plan::default() }).await;
        desk.mail_from("petra@x.test", "one").await;
        desk
    };
    let desk = started(json!({ "mode": "mark_read" })).await;
    until("the mail to be read", async || {
        let flags = desk.imap().flags(desk.address());
        (flags.len() == 1 && flags[0].contains(&"S".to_owned())).then_some(())
    })
    .await;

    let desk = started(json!({ "mode": "move", "folder": "Done" })).await;
    until("the mail to be moved", async || (desk.imap().count(desk.address()) == 0).then_some(())).await;
    let moved = desk.imap().maildir(desk.address()).join(".Done");
    let count = |part: &str| std::fs::read_dir(moved.join(part)).map(Iterator::count).unwrap_or_default();
    assert_eq!(count("cur") + count("new"), 1);
    desk.mail_from("petra@x.test", "two").await;

    let desk = started(json!({ "mode": "delete" })).await;
    until("the mail to be gone", async || (desk.imap().count(desk.address()) == 0).then_some(())).await;
    desk.mail_from("petra@x.test", "two").await;
    assert_eq!(titles(&desk).await, ["one", "two"]);
}
