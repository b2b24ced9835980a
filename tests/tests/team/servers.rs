//! Several servers on one database are one desk.

use std::time::{Duration, Instant};

use docket_tests::{
    client::Client,
    team::{PASSWORD, Team, phone_ticket},
    until,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_at_one_server_wakes_a_long_poll_at_the_other() {
    let team = Team::with_ana().await.unwrap();
    let (_one, two, ana) = team.two().await.unwrap();
    let there = ana.at(&two.url).apart().unwrap();
    let mut waited = Duration::ZERO;
    for round in 0..10 {
        let seq = there.get("/changes?after=-1").await.unwrap()["seq"].as_i64().unwrap();
        let poll = tokio::spawn({
            let there = there.clone();
            async move { there.get(&format!("/changes?after={seq}")).await }
        });
        // The poll has to wait already: what it answers at once says nothing.
        until("the poll to wait", async || (two.metric("docket_long_polls").await? == 1).then_some(())).await;
        let (id, new) = phone_ticket(&format!("round {round}"));
        ana.must_post("/tickets", &new).await.unwrap();
        let begin = Instant::now();
        let changes = poll.await.unwrap().unwrap();
        waited += begin.elapsed();
        assert_eq!(changes["tickets"][0], id.to_string(), "{changes}");
    }
    // Looking each second would take 5 s.
    assert!(waited < Duration::from_millis(2_500), "10 changes took {waited:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_reaches_agents_at_every_server() {
    let team = Team::with_ana().await.unwrap();
    let (_one, two, ana) = team.two().await.unwrap();
    team.connect_mailbox(&ana).await.unwrap();
    let there = ana.at(&two.url).apart().unwrap();
    let seq = there.get("/changes?after=-1").await.unwrap()["seq"].as_i64().unwrap();
    team.imap.deliver(&team.address, format!("From: petra@x.test\r\nTo: {}\r\nSubject: Printer\r\n\r\nfire\r\n", team.address).as_bytes());
    let (mut after, mut heard) = (seq, Vec::new());
    until("the notice", async || {
        let changes = there.get(&format!("/changes?after={after}")).await.ok()?;
        after = changes["seq"].as_i64()?;
        heard.extend(changes["notices"].as_array()?.iter().map(|notice| notice["code"].as_str().unwrap_or_default().to_owned()));
        heard.contains(&"new_ticket".to_owned()).then_some(())
    })
    .await;
    assert_eq!(heard.iter().filter(|code| *code == "new_ticket").count(), 1, "{heard:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_start_together_on_an_empty_database_make_one_desk() {
    let team = Team::new();
    let (one, two, three) = tokio::join!(team.serve(1), team.serve(2), team.serve(3));
    let (one, two, three) = (one.unwrap(), two.unwrap(), three.unwrap());
    assert_eq!(team.sql("select count(*) from setting where kind = 'desk'").await.unwrap(), "1");
    until("all to see all", async || {
        let all = [one.metric("docket_servers").await?, two.metric("docket_servers").await?, three.metric("docket_servers").await?];
        (all == [3, 3, 3]).then_some(())
    })
    .await;
    three.server.end().await.unwrap();
    assert_eq!(team.sql("select count(*) from server").await.unwrap(), "2", "who leaves says so");
    drop((one, two));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_find_each_other_again_when_their_lines_broke() {
    let team = Team::with_ana().await.unwrap();
    let (_one, two, ana) = team.two().await.unwrap();
    let there = ana.at(&two.url).apart().unwrap();
    let ears = "from pg_stat_activity where query like 'LISTEN%'";
    until("both to listen", async || (team.sql(&format!("select count(*) {ears}")).await.ok()? == "2").then_some(())).await;
    team.sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'docket'").await.unwrap();
    until("both to listen again", async || (team.sql(&format!("select count(*) {ears}")).await.ok()? == "2").then_some(())).await;
    let seq = there.get("/changes?after=-1").await.unwrap()["seq"].as_i64().unwrap();
    let (id, new) = phone_ticket("after the break");
    ana.must_post("/tickets", &new).await.unwrap();
    let changes = there.get(&format!("/changes?after={seq}")).await.unwrap();
    assert_eq!(changes["tickets"][0], id.to_string(), "{changes}");
    let all = [two.metric("docket_servers").await, Some(2)];
    assert_eq!(all[0], all[1], "nobody is taken for dead");
}

#[tokio::test]
async fn an_older_program_refuses_a_newer_database() {
    let team = Team::with_ana().await.unwrap();
    team.sql("insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (29991231000000, 'later', true, '', 0)")
        .await
        .unwrap();
    let (code, said) = team.program(1).unwrap().try_run(&["serve", "--listen", "127.0.0.1:0"], "").await.unwrap();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("written by a newer Docket") && !said.contains("Docket is ready"), "{said}");
}

#[tokio::test]
async fn a_server_with_another_key_does_not_join() {
    let team = Team::with_ana().await.unwrap();
    let one = team.serve(1).await.unwrap();
    let ana = Client::sign_in(&one.url, "ana", PASSWORD).await.unwrap();
    team.connect_mailbox(&ana).await.unwrap();
    let (code, said) = team.bare_program(2).unwrap().try_run(&["serve", "--listen", "127.0.0.1:0"], "").await.unwrap();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("--key-file"), "{said}");
    one.server.end().await.unwrap();
    // Alone it may: the key may be lost, and the passwords are typed again.
    let mut alone = team.bare_program(2).unwrap().serve(&team.log(2)).unwrap();
    alone.ready().await.unwrap();
    alone.end().await.unwrap();
}

#[tokio::test]
async fn wrong_passwords_are_counted_together_and_outlive_a_restart() {
    let team = Team::with_ana().await.unwrap();
    let (one, two, _) = team.two().await.unwrap();
    for server in [&one, &two, &one, &two, &one] {
        let wrong = Client::sign_in(&server.url, "ana", "not-this-one").await.unwrap_err();
        assert!(wrong.to_string().contains("401"), "{wrong}");
    }
    for server in [&one, &two] {
        let slowed = Client::sign_in(&server.url, "ana", PASSWORD).await.unwrap_err();
        assert!(slowed.to_string().contains("429"), "{slowed}");
    }
    // Long enough for a restart.
    team.sql("update attempt set blocked_until = blocked_until + 600000").await.unwrap();
    one.server.end().await.unwrap();
    let one = team.serve(1).await.unwrap();
    let slowed = Client::sign_in(&one.url, "ana", PASSWORD).await.unwrap_err();
    assert!(slowed.to_string().contains("429"), "{slowed}");
    team.sql("update attempt set blocked_until = 1").await.unwrap();
    Client::sign_in(&one.url, "ana", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn the_link_for_the_first_administrator_works_once_in_the_whole_team() {
    let team = Team::new();
    let (one, two) = (team.serve(1).await.unwrap(), team.serve(2).await.unwrap());
    let token = |number| {
        let log = std::fs::read_to_string(team.log(number)).unwrap();
        log.split("token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
    };
    let first = async |url: &str, login: &str, token: String| {
        let body = serde_json::json!({ "token": token, "login": login, "name": login, "email": "a@b.test", "password": PASSWORD });
        docket_tests::client::http()
            .unwrap()
            .post(format!("{url}/api/v1/session/link"))
            .header("x-docket", "x")
            .json(&body)
            .send()
            .await
            .unwrap()
            .status()
    };
    assert_eq!(first(&one.url, "ana", token(1)).await, 200);
    assert_ne!(first(&two.url, "eve", token(2)).await, 200);
    assert!(Client::sign_in(&two.url, "eve", PASSWORD).await.is_err());
}
