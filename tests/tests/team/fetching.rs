//! Each mailbox is fetched by one server, and by another when that one is gone.

use std::time::Duration;

use docket_tests::{
    team::{Member, Team, mailbox_of},
    until, within,
};

fn mail(team: &Team, subject: &str) -> String {
    format!("From: petra@x.test\r\nTo: {}\r\nSubject: {subject}\r\nMessage-ID: <{subject}@x.test>\r\n\r\nfire\r\n", team.address)
}

async fn fetched(members: &[&Member]) -> Vec<Option<i64>> {
    let mut all = Vec::new();
    for member in members {
        all.push(member.metric("docket_mailboxes_fetched").await);
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailbox_is_taken_over_when_its_server_is_killed() {
    let team = Team::with_ana().await.unwrap();
    let (one, two, ana) = team.two().await.unwrap();
    team.connect_mailbox(&ana).await.unwrap();
    let there = ana.at(&two.url).apart().unwrap();
    for client in [&ana, &there] {
        until("every server to tell the truth", async || (mailbox_of(client).await?["status"] == "connected").then_some(())).await;
    }
    team.imap.deliver(&team.address, mail(&team, "one").as_bytes());
    until("the ticket", async || (mailbox_of(&there).await?["taken_in"] == 1).then_some(())).await;
    let shares = fetched(&[&one, &two]).await;
    assert!(shares == [Some(1), Some(0)] || shares == [Some(0), Some(1)], "one server fetches: {shares:?}");

    let (killed, left) = if shares[0] == Some(1) { (one, two) } else { (two, one) };
    let ana = ana.at(&left.url).apart().unwrap();
    // Whoever asks any server has the right one look.
    ana.must_post(&format!("/mailboxes/{}/fetch", mailbox_of(&ana).await.unwrap()["id"].as_str().unwrap()), &serde_json::json!({}))
        .await
        .unwrap();
    killed.server.kill().await.unwrap();
    team.imap.deliver(&team.address, mail(&team, "two").as_bytes());
    within(Duration::from_secs(90), "the second ticket", async || (mailbox_of(&ana).await?["taken_in"] == 2).then_some(())).await;
    assert_eq!(fetched(&[&left]).await, [Some(1)]);
    assert_eq!(mailbox_of(&ana).await.unwrap()["status"], "connected");
    let tickets = ana.get("/tickets?view=all").await.unwrap();
    assert_eq!(tickets["rows"].as_array().unwrap().len(), 2, "nothing lost, nothing doubled: {tickets}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_ends_in_order_or_starts_again_hands_over_at_once() {
    let team = Team::with_ana().await.unwrap();
    let (one, two, ana) = team.two().await.unwrap();
    team.connect_mailbox(&ana).await.unwrap();
    let (leaves, stays) = if fetched(&[&one]).await == [Some(1)] { (one, two) } else { (two, one) };
    let ana = ana.at(&stays.url).apart().unwrap();
    leaves.server.end().await.unwrap();
    // A silent server is waited for longer than this.
    within(Duration::from_secs(20), "the other to fetch", async || (fetched(&[&stays]).await == [Some(1)]).then_some(())).await;
    until("the status", async || (mailbox_of(&ana).await?["status"] == "connected").then_some(())).await;
    // Killed and started again on its own folder, it knows that the one before is dead.
    stays.server.kill().await.unwrap();
    let number = if std::fs::read_to_string(team.log(1)).unwrap().contains("the desk is closed") { 2 } else { 1 };
    let again = team.serve(number).await.unwrap();
    within(Duration::from_secs(20), "it to fetch again", async || (fetched(&[&again]).await == [Some(1)]).then_some(())).await;
}
