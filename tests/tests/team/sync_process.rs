//! Real processes: `docket` on connected data folders and `docket serve`, with a line between them that breaks.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use docket_tests::{
    breaking::Breaking,
    dice::Dice,
    office::{Office, files_with, json, texts, tickets},
    program::Program,
    team::PASSWORD,
};
use serde_json::{Value, json};

/// How long the random run goes on.
const TIME: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_on_sqlite() {
    random_run(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_on_postgresql() {
    random_run(true).await;
}

/// What a client's commands came to.
#[derive(Default)]
struct Told {
    /// Texts that the command took.
    taken: Vec<String>,
    /// Texts of commands that were killed: they may be there or not.
    perhaps: Vec<String>,
    killed: usize,
    synced: usize,
}

async fn random_run(on_postgres: bool) {
    let seed = Dice::seed();
    println!("seed {seed}, {}", if on_postgres { "PostgreSQL" } else { "SQLite" });
    let mut dice = Dice::new(seed);
    let office = Office::open(on_postgres, dice.part()).await.unwrap();
    let ana = office.connect("one", "ana").await.unwrap();
    let ben = office.connect("two", "ben").await.unwrap();
    for number in 0..3 {
        let title = format!("begun {number}");
        ana.run(&["ticket", "create", "--title", &title, "--text", &title], "").await.unwrap();
    }
    ben.run(&["sync", "now"], "").await.unwrap();
    office.line.set_breaking(true);
    let end = Instant::now() + TIME;
    let (one, two, killed) =
        tokio::join!(work(&ana, "ana", dice.part(), end), work(&ben, "ben", dice.part(), end), restart(&office, dice.part(), end));
    let (one, two, killed) = (one.unwrap(), two.unwrap(), killed.unwrap());
    office.line.set_breaking(false);
    for program in [&ana, &ben, &ana, &ben] {
        settle(program).await.unwrap();
    }
    println!(
        "{} + {} texts, {} + {} clients killed, {} + {} syncs done, server killed {killed} times, {} connections spoilt",
        one.taken.len(),
        two.taken.len(),
        one.killed,
        two.killed,
        one.synced,
        two.synced,
        office.line.broken(),
    );
    let there = tickets(&office.program().unwrap()).await.unwrap();
    let written = texts(&there);
    let count = |text: &String| written.iter().filter(|known| *known == text).count();
    for text in one.taken.iter().chain(&two.taken) {
        assert_eq!(count(text), 1, "seed {seed}: {text}");
    }
    for text in one.perhaps.iter().chain(&two.perhaps) {
        assert!(count(text) <= 1, "seed {seed}: {text}");
    }
    let numbers: BTreeSet<String> = there.iter().map(|ticket| ticket["number"].to_string()).collect();
    assert_eq!(numbers.len(), there.len(), "seed {seed}: a number was given twice");
    for (name, program) in [("ana", &ana), ("ben", &ben)] {
        let here = tickets(program).await.unwrap();
        for (server, client) in there.iter().zip(&here) {
            assert_eq!(server, client, "seed {seed}: {name}'s replica is another");
        }
        assert_eq!(there.len(), here.len(), "seed {seed}: {name}'s replica has another number of tickets");
    }
    assert!(killed > 0 && one.killed + two.killed > 0 && office.line.broken() > 0, "seed {seed}: nothing went wrong");
    assert!(!office.log().contains("ERROR"), "seed {seed}: {}", office.log());
}

/// An agent who writes, opens tickets and syncs, and whose programs are killed in between.
async fn work(program: &Program, name: &str, mut dice: Dice, end: Instant) -> Result<Told> {
    let mut told = Told::default();
    let mut number = 0;
    while Instant::now() < end {
        let time = if dice.chance(25) { dice.pause(5, 400) } else { Duration::from_secs(40) };
        if dice.chance(45) {
            match program.run_for(time, &["sync", "now"]).await? {
                (Some(0), _) => told.synced += 1,
                (Some(75), _) => {}
                (None, _) => told.killed += 1,
                (code, said) => anyhow::bail!("docket sync now ended with {code:?}: {said}"),
            }
            continue;
        }
        number += 1;
        let text = format!("{name} {number}");
        let mut arguments = vec!["ticket"];
        let known = known(program).await?;
        let ticket = dice.one_of(&known).clone();
        match dice.below(10) {
            0..3 => arguments.extend(["create", "--title", &text, "--text", &text]),
            3..8 => arguments.extend(["note", &ticket, "--text", &text]),
            _ => arguments.extend(["set", &ticket, "--priority", *dice.one_of(&["2", "3", "4"])]),
        }
        if dice.chance(60) {
            arguments.push("--offline");
        }
        let writes = arguments.contains(&text.as_str());
        match program.run_for(time, &arguments).await? {
            (Some(0), _) if writes => told.taken.push(text),
            (Some(0), _) => {}
            (None, _) => {
                told.killed += 1;
                told.perhaps.push(text);
            }
            (code, said) => anyhow::bail!("docket {arguments:?} ended with {code:?}: {said}"),
        }
    }
    Ok(told)
}

async fn known(program: &Program) -> Result<Vec<String>> {
    let listed = program.run(&["ticket", "list", "--view", "all", "--limit", "200", "--json"], "").await?;
    let rows = listed.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let ids: Vec<String> = rows.filter_map(|row| Some(row["id"].as_str()?.to_owned())).collect();
    ensure!(!ids.is_empty(), "the first tickets are there: {listed}");
    Ok(ids)
}

/// The server dies now and then, and begins again; gives how often.
async fn restart(office: &Office, mut dice: Dice, end: Instant) -> Result<usize> {
    let mut killed = 0;
    loop {
        let pause = dice.pause(800, 5_000);
        if Instant::now() + pause >= end {
            return Ok(killed);
        }
        // This is when the power fails, not a wait for something.
        tokio::time::sleep(pause).await;
        office.kill().await?;
        killed += 1;
        office.start().await?;
    }
}

/// Syncs until nothing waits; what was overtaken is dropped.
pub(crate) async fn settle(program: &Program) -> Result<()> {
    for _ in 0..10 {
        program.run(&["sync", "now"], "").await?;
        let outbox = program.run(&["sync", "outbox", "--json"], "").await?;
        let bundles = outbox.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let entries: Vec<Value> = bundles.flat_map(|bundle| bundle["entries"].as_array().cloned().unwrap_or_default()).collect();
        let open: Vec<&Value> = entries.iter().filter(|entry| entry["state"] != "discarded").collect();
        if open.is_empty() {
            return Ok(());
        }
        for entry in open {
            if ["refused", "proposed"].contains(&entry["state"].as_str().unwrap_or_default()) {
                ensure!(entry["text"].is_null(), "a text was not taken: {entry}");
                program.run(&["sync", "decide", entry["id"].as_str().unwrap_or_default(), "discard"], "").await?;
            }
        }
    }
    anyhow::bail!("something waits for ever: {}", program.run(&["sync", "outbox", "--json"], "").await?)
}

pub(crate) async fn calm() -> Office {
    Office::open(false, Dice::new(1)).await.unwrap()
}

async fn state(program: &Program) -> Value {
    json(program, &["sync", "status", "--json"]).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connected_folder_works_without_its_server() {
    let office = calm().await;
    let ana = office.connect("one", "ana").await.unwrap();
    let number = ana.run(&["ticket", "create", "--title", "Printer", "--text", "It burns"], "").await.unwrap();
    office.kill().await.unwrap();
    let number = number.lines().next().unwrap().to_owned();
    // Offline: it is taken, and said to wait.
    let said = ana.run(&["ticket", "note", &number, "--text", "called back"], "").await.unwrap();
    assert!(said.contains("This waits for http://127.0.0.1:"), "{said}");
    let own = ana.run(&["ticket", "create", "--title", "Offline", "--text", "no network", "--offline"], "").await.unwrap();
    let own = own.lines().next().unwrap().to_owned();
    assert!(own.len() > 10 && own.bytes().all(|byte| byte.is_ascii_digit()), "the lease gives a final number at once: {own}");
    let (code, said) = ana.try_run(&["sync", "now"], "").await.unwrap();
    assert_eq!(code, Some(75), "{said}");
    assert_eq!(state(&ana).await["waiting"], 2);
    // The outbox outlives every program that opens it.
    assert_eq!(texts(&tickets(&ana).await.unwrap()).len(), 3);
    office.start().await.unwrap();
    ana.run(&["sync", "now"], "").await.unwrap();
    assert_eq!(state(&ana).await["waiting"], 0);
    let there = tickets(&office.program().unwrap()).await.unwrap();
    assert_eq!(there, tickets(&ana).await.unwrap());
    assert!(there.iter().any(|ticket| ticket["number"] == own.as_str()), "{own}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_done_is_said_in_words() {
    let office = calm().await;
    let folder = Program::new(&office.path("other")).unwrap();
    let password = format!("{PASSWORD}\n");
    for (server, login, input, words) in [
        ("http://desk.example.org", "ana", &*password, "must begin with https://"),
        (&*office.line.url(), "ana", "wrong-password\n", "do not belong together"),
        (&*office.line.url(), "ana", "", "standard input"),
    ] {
        let (code, said) = folder.try_run(&["sync", "connect", server, "--login", login], input).await.unwrap();
        assert!(code != Some(0) && said.contains(words), "{server}: {code:?} {said}");
    }
    let (code, said) = folder.try_run(&["sync", "connect", "http://127.0.0.1:9", "--login", "ana"], &password).await.unwrap();
    assert!(code == Some(75) && said.contains("cannot be reached"), "{code:?} {said}");
    let (code, said) = folder.try_run(&["sync", "status"], "").await.unwrap();
    assert!(code == Some(1) && said.contains("not connected"), "{said}");
    let ana = office.connect("one", "ana").await.unwrap();
    for arguments in [&["serve"][..], &["demo", "--tickets", "5"], &["agent", "disable", "ben"], &["mail", "ingest"]] {
        let (code, said) = ana.try_run(arguments, "").await.unwrap();
        assert!(code == Some(1) && said.contains("is connected to http://127.0.0.1:"), "{arguments:?}: {code:?} {said}");
    }
    // A second server is another data folder's.
    let second = Breaking::to(9, Dice::new(1)).await;
    let (code, said) = ana.try_run(&["sync", "connect", &second.url(), "--login", "ana"], &password).await.unwrap();
    assert!(code == Some(1) && said.contains("another server"), "{code:?} {said}");
    // So is a second agent.
    let (code, said) = ana.try_run(&["sync", "connect", &office.line.url(), "--login", "ben"], &password).await.unwrap();
    assert!(code == Some(1) && said.contains("another data folder"), "{code:?} {said}");
}

/// Something that only the text in it could bring into a file.
const SECRET: &str = "Zeppelinpostmeisterei";

/// A desktop of Ben's with a ticket that holds the secret, a note that waits, and the device's id.
pub(crate) async fn desktop_of_ben(office: &Office) -> (Program, String, String) {
    let ana = office.connect("one", "ana").await.unwrap();
    let made = ana.run(&["ticket", "create", "--title", "Post", "--text", SECRET], "").await.unwrap();
    let number = made.lines().next().unwrap().to_owned();
    let ben = office.connect("two", "ben").await.unwrap();
    assert_eq!(texts(&tickets(&ben).await.unwrap()), [SECRET]);
    ben.run(&["ticket", "note", &number, "--text", "Ben was here", "--offline"], "").await.unwrap();
    let device = state(&ben).await["device_id"].as_str().unwrap().to_owned();
    (ben, number, device)
}

/// Syncs, which must end in this state; gives what was said.
pub(crate) async fn over(program: &Program, code: &str) -> String {
    let (exit, said) = program.try_run(&["sync", "now"], "").await.unwrap();
    assert_eq!(exit, Some(1), "{said}");
    let known = state(program).await;
    assert_eq!((known["state"].as_str(), known["code"].as_str()), (Some("over"), Some(code)), "{said}");
    said
}

pub(crate) async fn left(office: &Office, login: &str) -> Value {
    office.sign_in(login).await.unwrap().get("/left-behind").await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_device_hands_over_what_was_written_and_keeps_nothing() {
    let office = calm().await;
    let (ben, _, device) = desktop_of_ben(&office).await;
    let database = office.with_database().await.unwrap();
    revoke(&database, &device, false).await;
    over(&ben, "revoked").await;
    assert_eq!(files_with(&office.path("two"), SECRET.as_bytes()), Vec::<std::path::PathBuf>::new());
    let left = left(&office, "ben").await;
    assert_eq!(left[0]["reason"], "revoked", "{left}");
    assert!(left.to_string().contains("Ben was here"), "{left}");
    assert!(
        !texts(&tickets(&office.program().unwrap()).await.unwrap()).contains(&"Ben was here".to_owned()),
        "nothing of it is carried out"
    );
    let (code, said) = ben.try_run(&["ticket", "create", "--title", "x", "--text", "x"], "").await.unwrap();
    assert!(code == Some(1) && said.contains("connect it again"), "{code:?} {said}");
    // With the password it is a device again.
    let connect = ["sync", "connect", &office.line.url(), "--login", "ben"];
    ben.run(&connect, &format!("{PASSWORD}\n")).await.unwrap();
    ben.run(&["sync", "now"], "").await.unwrap();
    assert_eq!(texts(&tickets(&ben).await.unwrap()), [SECRET]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_device_is_wiped_and_hands_nothing_over() {
    let office = calm().await;
    let (ben, _, device) = desktop_of_ben(&office).await;
    assert!(!files_with(&office.path("two"), SECRET.as_bytes()).is_empty(), "the text is there before");
    let database = office.with_database().await.unwrap();
    revoke(&database, &device, true).await;
    over(&ben, "lost").await;
    for words in [SECRET, "Ben was here"] {
        assert_eq!(files_with(&office.path("two"), words.as_bytes()), Vec::<std::path::PathBuf>::new(), "{words}");
    }
    assert_eq!(left(&office, "ben").await, json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disabled_agents_desktop_hands_over_what_was_written() {
    let office = calm().await;
    let (ben, _, _) = desktop_of_ben(&office).await;
    office.program().unwrap().run(&["agent", "disable", "ben"], "").await.unwrap();
    over(&ben, "disabled").await;
    assert_eq!(files_with(&office.path("two"), SECRET.as_bytes()), Vec::<std::path::PathBuf>::new());
    let left = left(&office, "ana").await;
    assert_eq!((left[0]["reason"].as_str(), left[0]["agent_name"].as_str()), (Some("disabled"), Some("Ben Agent")), "{left}");
    assert!(left.to_string().contains("Ben was here"), "{left}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_agent_may_read_no_longer_goes_and_what_they_wrote_does_not() {
    let office = calm().await;
    let (ben, _, _) = desktop_of_ben(&office).await;
    let ana = office.sign_in("ana").await.unwrap();
    let settings = ana.get("/settings").await.unwrap();
    let agents = settings["records"]["agent"].as_array().unwrap();
    let record = agents.iter().find(|record| record["document"]["login"] == "ben").unwrap();
    let mut document = record["document"].clone();
    document["grants"] = json!({});
    document["roles"] = json!([]);
    document["grants"][docket_domain::master::GROUP_USERS.to_string()] = json!([]);
    let id = record["id"].as_str().unwrap();
    ana.must_put(&format!("/settings/agent/{id}"), &json!({ "version": record["version"], "document": document })).await.unwrap();
    ben.run(&["sync", "now"], "").await.unwrap();
    assert_eq!(tickets(&ben).await.unwrap(), Vec::<Value>::new());
    let left = left(&office, "ben").await;
    assert_eq!(left[0]["reason"], "lost_rights", "{left}");
    assert!(left.to_string().contains("Ben was here"), "{left}");
    let (code, said) = ben.try_run(&["ticket", "list", "--view", "all"], "").await.unwrap();
    assert!(code == Some(0) && said.is_empty(), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_from_an_older_backup_is_noticed_and_the_outbox_kept() {
    let office = calm().await;
    let ana = office.connect("one", "ana").await.unwrap();
    let made = ana.run(&["ticket", "create", "--title", "Old", "--text", "before the backup"], "").await.unwrap();
    let old = made.lines().next().unwrap().to_owned();
    let backup = office.path("docket.backup").display().to_string();
    office.program().unwrap().run(&["backup", &backup], "").await.unwrap();
    ana.run(&["ticket", "create", "--title", "Young", "--text", "after the backup"], "").await.unwrap();
    ana.run(&["ticket", "note", &old, "--text", "sent after the backup"], "").await.unwrap();
    ana.run(&["ticket", "note", &old, "--text", "never sent", "--offline"], "").await.unwrap();
    office.kill().await.unwrap();
    std::fs::rename(office.path("server"), office.path("broken")).unwrap();
    office.program().unwrap().run(&["restore", &backup], "").await.unwrap();
    office.start().await.unwrap();
    // The backup holds the devices, too, or it holds them not: then the password makes this one a device again.
    let (code, said) = ana.try_run(&["sync", "now"], "").await.unwrap();
    if code != Some(0) {
        assert!(said.contains("sign in"), "{said}");
        ana.run(&["sync", "connect", &office.line.url(), "--login", "ana"], &format!("{PASSWORD}\n")).await.unwrap();
        ana.run(&["sync", "now"], "").await.unwrap();
    }
    settle(&ana).await.unwrap();
    let there = tickets(&office.program().unwrap()).await.unwrap();
    assert_eq!(there, tickets(&ana).await.unwrap());
    assert!(texts(&there).contains(&"never sent".to_owned()), "{there:?}");
    // What only the replica had is handed back for somebody to look at.
    let left = left(&office, "ana").await;
    assert!(left.to_string().contains("after the backup"), "{left}");
}

/// Ends a device behind the server's back.
pub(crate) async fn revoke(database: &docket_store::Db, device: &str, lost: bool) {
    let mut tx = database.aside().await.unwrap();
    docket_store::device::revoke(&mut tx, device.parse().unwrap(), 1, lost).await.unwrap();
    tx.commit().await.unwrap();
}
