//! What a level sends outside: mails to people of the desk and calls of other programs.

use std::time::Duration;

use docket_domain::{TicketId, master, settings::Kind};
use docket_tests::{Desk, until};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
};

const HOUR: Duration = Duration::from_secs(3_600);

/// A ticket whose first response is promised around the clock within an hour; at the breach this happens.
async fn promised(desk: &Desk, level: Value) -> TicketId {
    let always = json!([["00:00", "24:00"]]);
    let week: serde_json::Map<_, _> =
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(|day| (day.to_owned(), always.clone())).into_iter().collect();
    desk.set(Kind::Calendar, master::CALENDAR.0, json!({ "week": week, "holidays": [] })).await;
    let ticket = desk.mail_from("petra@customer.test", "Printer").await;
    let queue = desk.see(ticket).await.row.queue_id;
    let promises = json!([{ "measure": "first_response", "minutes": 60, "levels": [level] }]);
    desk.set(Kind::Queue, queue.0, json!({ "promises": promises })).await;
    until("the deadline", async || desk.see(ticket).await.row.due).await;
    ticket
}

#[tokio::test]
async fn a_level_writes_once_to_each() {
    let mut desk = Desk::start().await;
    let to = json!([{ "kind": "address", "address": "lead@lead.test" }, { "kind": "agent", "agent_id": desk.ana() },
        { "kind": "address", "address": desk.address() }]);
    let ticket =
        promised(&desk, json!({ "at": { "percent": 100 }, "to": to, "actions": [{ "kind": "mail" }, { "kind": "notify" }] })).await;
    desk.later(HOUR);
    let mails = desk.sent_to("lead@lead.test", 1).await;
    assert_eq!(mails[0].header("Auto-Submitted").as_deref(), Some("auto-generated"));
    let number = desk.see(ticket).await.row.number;
    assert!(mails[0].header("Subject").is_some_and(|subject| subject.contains(&number) && !subject.contains("Ticket#")));
    desk.sent_to("ana@agents.test", 1).await;
    let told = async || desk.app().standing_alarms(desk.ana(), "").await.unwrap().into_iter().find(|alarm| alarm.event == "escalation");
    assert_eq!(until("the alarm", told).await.ticket_id, Some(ticket));
    desk.nothing_waits().await;
    desk.stop().await;
    desk.start_again().await;
    desk.later(HOUR);
    desk.nothing_waits().await;
    assert_eq!(desk.sent_to("lead@lead.test", 1).await.len(), 1, "once");
    let to_itself = desk.sent().into_iter().filter(|sent| sent.to.iter().any(|to| to == desk.address())).count();
    assert_eq!(to_itself, 0, "the desk does not write to itself");
    assert_eq!(desk.see(ticket).await.articles.len(), 2, "the customer's mail and its acknowledgement");
    desk.folds(ticket).await;
}

/// Answers every call with the next status, and hands on what it was sent.
async fn program(statuses: [u16; 2]) -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://127.0.0.1:{}/late", listener.local_addr().unwrap().port());
    let (tell, told) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        for status in statuses {
            let (mut line, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            let mut part = [0; 4096];
            while !whole(&request) {
                let read = line.read(&mut part).await.unwrap();
                request.extend_from_slice(&part[..read]);
            }
            line.write_all(format!("HTTP/1.1 {status} Said\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").as_bytes()).await.unwrap();
            tell.send(String::from_utf8(request).unwrap()).unwrap();
        }
    });
    (url, told)
}

/// Has it all come that `content-length` promises?
fn whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).and_then(|length| length.parse().ok());
    length.is_some_and(|length: usize| body.len() >= length)
}

#[tokio::test]
async fn a_level_calls_until_it_is_heard() {
    let desk = Desk::start().await;
    docket_sync::call_for(desk.app());
    let (url, mut told) = program([503, 204]).await;
    let ticket = promised(&desk, json!({ "at": { "percent": 100 }, "actions": [{ "kind": "webhook", "url": url }] })).await;
    desk.later(HOUR);
    let first = told.recv().await.unwrap();
    assert!(first.starts_with("POST /late HTTP/1.1"), "{first}");
    let body: Value = serde_json::from_str(first.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!((&body["event"], &body["measure"], &body["ticket"]["id"]), (&json!("escalation"), &json!("first_response"), &json!(ticket)));
    desk.later(Duration::from_secs(61));
    let second = told.recv().await.unwrap();
    let id = |request: &str| request.lines().find(|line| line.starts_with("docket-delivery: ")).unwrap().to_owned();
    assert_eq!(id(&first), id(&second), "the same call again");
    desk.nothing_waits().await;
}
