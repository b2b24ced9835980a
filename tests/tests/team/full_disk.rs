//! A disk that is full, at the server or at the desktop: said in words, nothing lost, nothing doubled, and on it goes when there is room.
//!
//! The system's limit on the size of files stands for the disk: a running process can be given less and more of it, and no write gets
//! beyond it.

use docket_tests::{
    client::Client,
    dice::Dice,
    office::{Office, json, texts, tickets},
    program::{Program, Server},
    team::phone_ticket,
};
use serde_json::{Value, json};

/// A process that is not ended by its first write too many, but told.
const TOLD: [&str; 4] = ["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"];

/// Lets a process write files up to that size from now on.
async fn room(server: &Server, size: &str) {
    let limit = format!("--fsize={size}:unlimited");
    let pid = server.id().to_string();
    let done = tokio::process::Command::new("prlimit").args(["--pid", &pid, &limit]).status().await.unwrap();
    assert!(done.success());
}

/// The office, with a server whose room can be taken away.
async fn office() -> (Office, Server) {
    let office = Office::open(false, Dice::new(1)).await.unwrap();
    office.kill().await.unwrap();
    let mut server = office.program().unwrap().by(&TOLD).serve(&office.path("log")).unwrap();
    let url = server.ready().await.unwrap();
    office.line.lead_to(url.rsplit(':').next().unwrap().parse().unwrap());
    (office, server)
}

async fn status(program: &Program) -> Value {
    json(program, &["sync", "status", "--json"]).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_room_takes_nothing_and_loses_nothing() {
    let (office, server) = office().await;
    let ana = office.connect("one", "ana").await.unwrap();
    let made = ana.run(&["ticket", "create", "--title", "Post", "--text", "first"], "").await.unwrap();
    let number = made.lines().next().unwrap().to_owned();
    room(&server, "1").await;
    for text in ["one", "two", "three"] {
        let said = ana.run(&["ticket", "note", &number, "--text", text], "").await.unwrap();
        assert!(said.contains("This waits for http://127.0.0.1:") && said.contains("the server's disk is full"), "{said}");
    }
    ana.run(&["ticket", "create", "--title", "More", "--text", "another"], "").await.unwrap();
    for _ in 0..3 {
        let (code, said) = ana.try_run(&["sync", "now"], "").await.unwrap();
        assert!(code == Some(75) && said.contains("the server's disk is full"), "{code:?} {said}");
    }
    let known = status(&ana).await;
    assert_eq!((known["code"].as_str(), known["waiting"].as_i64()), (Some("server_disk_full"), Some(4)), "{known}");
    assert_eq!(texts(&tickets(&ana).await.unwrap()).len(), 5, "all is shown here");
    room(&server, "unlimited").await;
    ana.run(&["sync", "now"], "").await.unwrap();
    let there = tickets(&office.program().unwrap()).await.unwrap();
    assert_eq!(texts(&there), ["first", "one", "two", "three", "another"]);
    assert_eq!((there, status(&ana).await["waiting"].as_i64()), (tickets(&ana).await.unwrap(), Some(0)));
    server.end().await.unwrap();
    assert_eq!(office.program().unwrap().run(&["check"], "").await.unwrap(), "Everything is fine.\n");
}

/// The room ends somewhere within a push: what was answered was taken, the rest is taken later, and each once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn room_that_ends_within_a_push_doubles_nothing() {
    let (office, server) = office().await;
    let ana = office.connect("one", "ana").await.unwrap();
    let made = ana.run(&["ticket", "create", "--title", "Post", "--text", "first"], "").await.unwrap();
    let number = made.lines().next().unwrap().to_owned();
    let mut expected = vec!["first".to_owned()];
    for round in 0..3 {
        for note in 0..8 {
            let text = format!("{round} {note} {}", "words ".repeat(700));
            ana.run(&["ticket", "note", &number, "--text", &text, "--offline"], "").await.unwrap();
            expected.push(text.trim_end().to_owned());
        }
        let log = std::fs::metadata(office.path("server").join("docket.db-wal")).map_or(0, |wal| wal.len());
        room(&server, &(log + 60_000 + 40_000 * round).to_string()).await;
        let (code, said) = ana.try_run(&["sync", "now"], "").await.unwrap();
        assert!(code == Some(0) || code == Some(75) && said.contains("the server's disk is full"), "{code:?} {said}");
        room(&server, "unlimited").await;
    }
    ana.run(&["sync", "now"], "").await.unwrap();
    let there = tickets(&office.program().unwrap()).await.unwrap();
    let written: Vec<String> = texts(&there).iter().map(|text| text.trim_end().to_owned()).collect();
    assert_eq!(written, expected);
    assert_eq!(there, tickets(&ana).await.unwrap());
    server.end().await.unwrap();
}

async fn many(ana: &Client, count: usize) {
    for number in 0..count {
        let (_, mut new) = phone_ticket(&format!("Ticket {number}"));
        new["text"] = json!(format!("{number} {}", "words ".repeat(500)));
        ana.must_post("/tickets", &new).await.unwrap();
    }
}

/// The desktop's disk is full when it writes a command down, and when it takes in what the server says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desktop_without_room_takes_nothing_and_goes_on_later() {
    let office = Office::open(false, Dice::new(1)).await.unwrap();
    let ana = office.connect("one", "ana").await.unwrap();
    let made = ana.run(&["ticket", "create", "--title", "Post", "--text", "first"], "").await.unwrap();
    let number = made.lines().next().unwrap().to_owned();
    ana.run(&["ticket", "note", &number, "--text", "waits", "--offline"], "").await.unwrap();
    let browser = office.sign_in("ana").await.unwrap();
    many(&browser, 40).await;
    let cramped = |size: u64| {
        let script = format!("trap '' XFSZ; exec prlimit --fsize={size} -- \"$@\"");
        ana.clone().by(&["sh", "-c", &script, "sh"])
    };
    for size in [1, 50_000, 120_000] {
        let (code, said) = cramped(size).try_run(&["sync", "now"], "").await.unwrap();
        assert!(code == Some(75) && said.contains("the disk is full or the data folder cannot be written"), "{size}: {code:?} {said}");
    }
    let (code, said) = cramped(1).try_run(&["ticket", "note", &number, "--text", "never taken", "--offline"], "").await.unwrap();
    assert!(code == Some(75) && said.contains("the disk is full or the data folder cannot be written"), "{code:?} {said}");
    let here = tickets(&ana).await.unwrap();
    assert!(!texts(&here).contains(&"never taken".to_owned()), "what was not taken is not there");
    assert!(texts(&here).contains(&"waits".to_owned()));
    ana.run(&["sync", "now"], "").await.unwrap();
    let there = tickets(&office.program().unwrap()).await.unwrap();
    assert_eq!((there.len(), texts(&there).iter().filter(|text| *text == "waits").count()), (41, 1));
    assert_eq!(there, tickets(&ana).await.unwrap());
    assert_eq!(status(&ana).await["waiting"], 0);
}
