//! A server that was put back to an older copy of its files; and what a desktop says of its line before it has asked anybody.

use std::path::Path;

use docket_app::{App, Hold, HostKind, Options};
use docket_sync::Roads;
use docket_tests::{
    dice::Dice,
    forger::Forger,
    office::{Office, json, texts, tickets},
    program::Program,
    team::phone_ticket,
    until,
};
use serde_json::Value;

async fn calm() -> Office {
    Office::open(false, Dice::new(1)).await.unwrap()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() { copy(&entry.path(), &target) } else { assert!(std::fs::copy(entry.path(), target).is_ok()) }
    }
}

async fn open_tickets(office: &Office, count: usize) {
    let ana = office.sign_in("ana").await.unwrap();
    for number in 0..count {
        ana.must_post("/tickets", &phone_ticket(&format!("filler {number}")).1).await.unwrap();
    }
}

/// Where a device stands that has heard everything.
async fn cursor(device: &Forger) -> String {
    let mut cursor = String::new();
    loop {
        let (status, page) = device.get(&format!("/sync?after={cursor}"), "1").await;
        assert_eq!(status, 200, "{page}");
        page["cursor"].as_str().unwrap().clone_into(&mut cursor);
        if page["more"] == false {
            return cursor;
        }
    }
}

/// The copy was made while the server stood still, or while it ran; and the server has come further than before when it is asked again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_from_a_copy_of_its_files_is_noticed_however_far_it_has_come() {
    for while_it_ran in [false, true] {
        let office = calm().await;
        let ana = office.connect("one", "ana").await.unwrap();
        let made = ana.run(&["ticket", "create", "--title", "Old", "--text", "before the copy"], "").await.unwrap();
        let old = made.lines().next().unwrap().to_owned();
        if !while_it_ran {
            office.kill().await.unwrap();
        }
        copy(&office.path("server"), &office.path("copy"));
        if !while_it_ran {
            office.start().await.unwrap();
        }
        ana.run(&["ticket", "create", "--title", "Young", "--text", "after the copy"], "").await.unwrap();
        ana.run(&["ticket", "note", &old, "--text", "sent after the copy"], "").await.unwrap();
        ana.run(&["ticket", "note", &old, "--text", "never sent", "--offline"], "").await.unwrap();
        office.kill().await.unwrap();
        std::fs::rename(office.path("server"), office.path("broken")).unwrap();
        std::fs::rename(office.path("copy"), office.path("server")).unwrap();
        office.start().await.unwrap();
        open_tickets(&office, 20).await;
        for _ in 0..3 {
            ana.run(&["sync", "now"], "").await.unwrap();
        }
        let there = tickets(&office.program().unwrap()).await.unwrap();
        assert_eq!(there, tickets(&ana).await.unwrap(), "copied while it ran: {while_it_ran}");
        assert!(texts(&there).contains(&"never sent".to_owned()) && !texts(&there).contains(&"after the copy".to_owned()));
        let left: Value = office.sign_in("ana").await.unwrap().get("/left-behind").await.unwrap();
        for text in ["after the copy", "sent after the copy"] {
            assert!(left.to_string().contains(text), "{text} is handed back: {left}");
        }
    }
}

/// A start is no other desk; and what was said before there were lives is still understood.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_only_starts_again_is_the_same() {
    let office = calm().await;
    let ben = Forger::connect(&office, "ben").await;
    let first = cursor(&ben).await;
    assert_eq!(first.split('.').count(), 5, "{first}");
    let older = first.rsplit_once('.').unwrap().0.to_owned();
    let mut all = vec![first, older];
    for _ in 0..3 {
        office.kill().await.unwrap();
        office.start().await.unwrap();
        open_tickets(&office, 2).await;
        let ben = ben.at(&office).await;
        for cursor in &all {
            let (status, page) = ben.get(&format!("/sync?after={cursor}"), "1").await;
            assert_eq!(status, 200, "{cursor}: {page}");
        }
        all.push(cursor(&ben).await);
    }
    let ben = ben.at(&office).await;
    for other in [format!("{}.7", all[1]), format!("{}.ffffffffffffffff", all[1])] {
        let (status, page) = ben.get(&format!("/sync?after={other}"), "1").await;
        assert_eq!((status, page["code"].as_str()), (409, Some("new_epoch")), "{other}: {page}");
    }
}

async fn status(program: &Program) -> Value {
    json(program, &["sync", "status", "--json"]).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_has_not_asked_says_what_is_known() {
    let office = calm().await;
    let ana = office.connect("one", "ana").await.unwrap();
    let good = status(&ana).await;
    assert!(good["contact_at"].as_i64() > Some(0), "{good}");
    assert_eq!((&good["state"], &good["since"], &good["code"]), (&"offline".into(), &good["contact_at"], &Value::Null), "no contact since");
    office.kill().await.unwrap();
    assert_eq!(ana.try_run(&["sync", "now"], "").await.unwrap().0, Some(75));
    let bad = status(&ana).await;
    assert_eq!((bad["state"].as_str(), bad["code"].as_str()), (Some("offline"), Some("offline")), "{bad}");
    assert!(bad["trouble"].as_str().unwrap().contains("cannot be reached"), "{bad}");
    assert_eq!(bad["contact_at"], good["contact_at"]);
    office.start().await.unwrap();
    ana.run(&["sync", "now"], "").await.unwrap();
    let again = status(&ana).await;
    assert_eq!((&again["since"], &again["code"]), (&again["contact_at"], &Value::Null), "{again}");
    assert!(again["contact_at"].as_i64() > good["contact_at"].as_i64());
    // Beside a window that keeps the line, it is as the window has it.
    let options =
        Options { data: office.path("one"), database: None, hold: Hold::Holder("a window".into()), host: HostKind::Server, key_file: None };
    let window = App::open(options).await.unwrap();
    let keeping = tokio::spawn(docket_sync::run(window.clone(), Roads::open(None).unwrap()));
    until("the window's line", async || (status(&ana).await["state"] == "up_to_date").then_some(())).await;
    office.kill().await.unwrap();
    let lost = until("the loss of it", async || Some(status(&ana).await).filter(|status| status["state"] == "offline")).await;
    assert!(lost["since"].as_i64() >= lost["contact_at"].as_i64() && lost["code"] == "offline", "{lost}");
    window.close().await;
    keeping.await.unwrap();
    assert_eq!(status(&ana).await["since"], lost["since"], "it is known when the window is gone");
}
