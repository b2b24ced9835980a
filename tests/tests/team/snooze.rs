//! Snoozed tickets: out of one agent's own lists, and back on top when their time has come or the customer has written.

use docket_app::{
    Error,
    wire::{CommandBody, SnoozeInput},
};
use docket_domain::TicketId;
use docket_tests::{Desk, Mail, dice::Dice, office::Office, until};
use http::StatusCode;
use serde_json::{Value, json};

use super::{
    away::{connected, ticket},
    waiting::{DAY, rows},
};

async fn mine(desk: &Desk) -> Vec<TicketId> {
    rows(desk, desk.ana(), "mine").await.into_iter().map(|row| row.id).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snoozed_ticket_comes_back_on_top_with_the_time_or_with_an_answer() {
    let desk = Desk::start().await;
    let (ana, ben) = (desk.agent("ana").await, desk.agent("ben").await);
    let mut tickets = Vec::new();
    for title in ["one", "two", "three"] {
        let ticket = desk.mail_from("petra@x.test", title).await;
        ana.does(ticket, CommandBody::Take { over: false }).await;
        tickets.push(ticket);
    }
    let [one, two, three] = tickets[..] else { unreachable!() };
    assert_eq!(mine(&desk).await, [three, two, one]);
    let tomorrow = desk.app().now() + i64::try_from(DAY.as_millis()).unwrap();
    desk.app().snooze(ana.id, one, SnoozeInput { until: Some(tomorrow) }).await.unwrap();
    desk.app().snooze(ana.id, two, SnoozeInput { until: None }).await.unwrap();
    assert_eq!(mine(&desk).await, [three]);
    let views = desk.app().counts(ana.id).await.unwrap().views;
    assert_eq!((views.mine, views.locked, views.snoozed), (1, 1, 2));
    assert_eq!(rows(&desk, ana.id, "snoozed").await.len(), 2);
    let seen_by_ben = rows(&desk, ben.id, "open").await;
    assert!(seen_by_ben.len() == 3 && seen_by_ben.iter().all(|row| row.snooze.is_none()), "others see nothing of it");
    assert_eq!(rows(&desk, ana.id, "open").await.len(), 3, "the team's lists stay as they are");

    desk.later(DAY);
    let told = async |agent| desk.app().standing_alarms(agent, "").await.unwrap();
    let alarm = until("the snooze to be over", async || told(ana.id).await.pop()).await;
    assert_eq!((alarm.ticket_id, alarm.id.split('.').next()), (Some(one), Some("snooze_over")));
    assert!(told(ben.id).await.is_empty());
    assert_eq!(mine(&desk).await, [one, three], "on top");
    let over = |rows: Vec<docket_app::wire::TicketRow>| rows[0].snooze.clone().and_then(|snooze| snooze.over);
    assert_eq!(over(rows(&desk, ana.id, "mine").await).as_deref(), Some("time"));

    let first = &ana.see(two).await.articles[0];
    let thread = format!("<{}>", first.message_id.clone().unwrap());
    desk.receive(Mail::from("petra@x.test").subject("Re: two").header("In-Reply-To", &thread)).await;
    assert_eq!(mine(&desk).await, [two, one, three]);
    assert_eq!(over(rows(&desk, ana.id, "mine").await).as_deref(), Some("reply"));
    // Whoever has looked at it has it where it belongs; saying it anew puts it away again.
    desk.app().wake(ana.id, one).await.unwrap();
    assert_eq!(mine(&desk).await, [two, three, one]);
    desk.app().snooze(ana.id, two, SnoozeInput { until: None }).await.unwrap();
    assert_eq!(mine(&desk).await, [three, one]);
    desk.app().wake(ana.id, two).await.unwrap();
    assert_eq!(mine(&desk).await, [two, three, one]);
    let gone = desk.app().snooze(ana.id, two, SnoozeInput { until: Some(desk.app().now()) }).await;
    assert!(matches!(gone, Err(Error::Invalid(_))));
}

fn ids(page: &Value) -> Vec<&str> {
    page["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect()
}

/// Ana snoozes without the network, the customer writes, the ticket is awake everywhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snooze_without_the_network_reaches_every_device_and_ends_with_an_answer() {
    let office = Office::open(false, Dice::new(1)).await.unwrap();
    let ana = office.sign_in("ana").await.unwrap();
    let me = ana.get("/session").await.unwrap()["agent"]["id"].clone();
    let (id, _) = ticket(&ana, "carla@x.test", json!({ "owner_id": me, "lock": true }), &[]).await;
    let number = ana.get(&format!("/tickets/{id}")).await.unwrap()["number"].as_str().unwrap().to_owned();
    let window = connected(&office).await;
    until("the ticket", async || window.ask("GET", &format!("/tickets/{id}"), None).await.0.is_success().then_some(())).await;
    office.kill().await.unwrap();
    let (status, _) = window.ask("PUT", &format!("/tickets/{id}/snooze"), Some(json!({ "until": null }))).await;
    assert_eq!(status, StatusCode::OK);
    assert!(!ids(&window.get("/tickets?view=mine").await).contains(&id.as_str()));
    office.start().await.unwrap();
    let ana = office.sign_in("ana").await.unwrap();
    window.ask("POST", "/connection/sync", None).await;
    until("the server to know", async || {
        let page = ana.get("/tickets?view=mine").await.ok()?;
        (!ids(&page).contains(&id.as_str())).then_some(())
    })
    .await;
    let mail =
        format!("From: carla@x.test\r\nSubject: Re: [Ticket#{number}] Printer\r\nMessage-ID: <again@x.test>\r\n\r\nStill on fire\r\n");
    ana.bring("/mail", mail.into_bytes()).await.unwrap();
    assert_eq!(ids(&ana.get("/tickets?view=mine").await.unwrap())[0], id);
    until("the window to have it on top", async || {
        (ids(&window.get("/tickets?view=mine").await).first() == Some(&id.as_str())).then_some(())
    })
    .await;
    window.app.close().await;
}
