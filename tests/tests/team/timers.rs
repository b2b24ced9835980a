//! What time wakes is done by one server, and by another when that one is gone.

use docket_app::Clock;
use docket_domain::master;
use docket_tests::{
    client::Client,
    team::{Team, phone_ticket},
    until,
};
use serde_json::json;

/// Opens a ticket that is to be closed in a moment, and waits for that; gives its history.
async fn closes_by_itself(ana: &Client, title: &str) -> serde_json::Value {
    let (id, new) = phone_ticket(title);
    ana.must_post("/tickets", &new).await.unwrap();
    let body =
        json!({ "type": "set_state", "state_id": master::STATE_PENDING_AUTO_CLOSE_PLUS, "pending_until": Clock::system().now() + 1_000 });
    ana.must_post(&format!("/tickets/{id}/commands"), &json!({ "id": docket_app::new_id(), "body": body })).await.unwrap();
    let closed = json!(master::STATE_CLOSED_SUCCESSFUL);
    until("the ticket to be closed", async || {
        let ticket = ana.get(&format!("/tickets/{id}")).await.ok()?;
        (ticket["state_id"] == closed).then_some(())
    })
    .await;
    ana.get(&format!("/tickets/{id}/history")).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pending_ticket_is_closed_once_by_whoever_has_the_timers() {
    let team = Team::with_ana().await.unwrap();
    let (one, two, ana) = team.two().await.unwrap();
    let there = ana.at(&two.url).apart().unwrap();
    let timers = "select count(*) from lease where name = 'timers'";
    until("a server to take the timers", async || (team.sql(timers).await.ok()? == "1").then_some(())).await;
    let history = closes_by_itself(&there, "while both run").await;
    let states = history["events"].as_array().unwrap().iter().filter(|event| event["type"] == "state_changed").count();
    assert_eq!(states, 2, "to pending, and to closed: {history}");
    one.server.end().await.unwrap();
    closes_by_itself(&there, "after the first has gone").await;
    two.server.end().await.unwrap();
}
