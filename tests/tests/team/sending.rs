//! Several servers send: each mail once, whatever becomes of a server.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use docket_tests::{
    Sent,
    client::Client,
    team::{Team, mail_ticket},
    until, within,
};
use serde_json::{Value, json};

const MAILS: usize = 200;
/// Mails that one server hands over at the same time.
const LANES: usize = 4;

fn recipient(number: usize) -> String {
    format!("customer-{number}@customer.test")
}

/// Writes so many mails; both servers are told at the same time.
async fn write(ana: &Client, mails: usize) {
    for number in 0..mails {
        ana.must_post("/tickets", &mail_ticket(&recipient(number))).await.unwrap();
    }
}

/// How often each recipient got a mail.
fn arrived(team: &Team) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for mail in team.smtp.taken().into_iter().map(Sent::from) {
        *counts.entry(mail.to[0].clone()).or_default() += 1;
    }
    counts
}

async fn outbox(ana: &Client) -> Option<Vec<Value>> {
    ana.get("/outbox").await.ok()?.as_array().cloned()
}

/// Every mail left once, but for those that stand as perhaps sent: they left once at most. Gives how many these are.
fn judge(team: &Team, outbox: &[Value], mails: usize) -> usize {
    assert!(outbox.iter().all(|mail| mail["state"] == "perhaps_sent"), "{outbox:?}");
    let perhaps: HashSet<&str> = outbox.iter().filter_map(|mail| mail["to"].as_str()).collect();
    let arrived = arrived(team);
    for number in 0..mails {
        let to = recipient(number);
        let times = arrived.get(&to).copied().unwrap_or(0);
        assert!(times == 1 || times == 0 && perhaps.contains(to.as_str()), "{to} got {times} mails; perhaps sent: {perhaps:?}");
    }
    perhaps.len()
}

async fn scene() -> (Team, [docket_tests::team::Member; 2], Client) {
    let team = Team::with_ana().await.unwrap();
    let (one, two, ana) = team.two().await.unwrap();
    team.connect_mailbox(&ana).await.unwrap();
    (team, [one, two], ana)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_share_the_mails_and_send_each_once() {
    let (team, [one, two], ana) = scene().await;
    team.smtp.control(&json!({ "stall_after_record_ms": 60 }));
    write(&ana, MAILS).await;
    until("all mails to leave", async || outbox(&ana).await?.is_empty().then_some(())).await;
    assert_eq!(judge(&team, &[], MAILS), 0);
    let shares = [one.metric("docket_mails_sent_total").await.unwrap(), two.metric("docket_mails_sent_total").await.unwrap()];
    assert_eq!(usize::try_from(shares[0] + shares[1]).unwrap(), MAILS, "{shares:?}");
    assert!(shares.iter().all(|share| *share > 20), "both take part: {shares:?}");
    one.server.end().await.unwrap();
    two.server.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_while_sending_loses_and_doubles_nothing() {
    let (team, [one, two], ana) = scene().await;
    let there = ana.at(&two.url).apart().unwrap();
    team.smtp.control(&json!({ "stall_after_record_ms": 120 }));
    write(&ana, MAILS / 2).await;
    until("the first server to be sending", async || (one.metric("docket_mails_sent_total").await? > 3).then_some(())).await;
    one.server.kill().await.unwrap();
    for number in MAILS / 2..MAILS {
        there.must_post("/tickets", &mail_ticket(&recipient(number))).await.unwrap();
    }
    // What the dead one had claimed is free once it has been silent for half a minute.
    let rest = within(Duration::from_secs(120), "the other server to be done", async || {
        let outbox = outbox(&there).await?;
        outbox.iter().all(|mail| mail["state"] == "perhaps_sent").then_some(outbox)
    })
    .await;
    let perhaps = judge(&team, &rest, MAILS);
    assert!(perhaps <= LANES, "{perhaps} mails stand as perhaps sent");
    assert_eq!(team.sql("select count(*) from job where state in ('waiting', 'claimed', 'started')").await.unwrap(), "0");
    two.server.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_only_stalled_drops_what_was_taken_from_it() {
    let (team, [one, two], ana) = scene().await;
    let there = ana.at(&two.url).apart().unwrap();
    team.smtp.control(&json!({ "stall_before_record_ms": 1_500 }));
    write(&ana, 40).await;
    until("the first server to be sending", async || (one.metric("docket_mails_sent_total").await? > 0).then_some(())).await;
    one.server.signal("STOP").await.unwrap();
    team.smtp.control(&json!({}));
    let rest = within(Duration::from_secs(120), "the other server to be done", async || {
        let outbox = outbox(&there).await?;
        outbox.iter().all(|mail| mail["state"] == "perhaps_sent").then_some(outbox)
    })
    .await;
    let perhaps = judge(&team, &rest, 40);
    assert!((1..=LANES).contains(&perhaps), "{perhaps} mails stand as perhaps sent: some were leaving when it stopped");
    one.server.signal("CONT").await.unwrap();
    until("it to be back", async || (two.metric("docket_servers").await? == 2).then_some(())).await;
    ana.must_post("/tickets", &mail_ticket("last@customer.test")).await.unwrap();
    until("the last mail", async || arrived(&team).contains_key("last@customer.test").then_some(())).await;
    // It hears now that the mails it had in hand have arrived, and says so.
    until("nothing to be in doubt", async || outbox(&ana).await?.is_empty().then_some(())).await;
    assert_eq!(judge(&team, &[], 40), 0);
    one.server.end().await.unwrap();
    two.server.end().await.unwrap();
}
