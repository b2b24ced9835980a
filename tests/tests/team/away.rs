//! Leaving the office: what was taken along, and what is an agent's own, opens without the network, files and all.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use docket_tests::{
    client::Client,
    dice::Dice,
    office::{Office, files_with, json},
    team::PASSWORD,
    until,
};
use http::StatusCode;
use serde_json::{Value, json};

use super::sync_window::Window;

/// A ticket with one file each for these bytes; gives its id and the paths of the files.
pub(crate) async fn ticket(client: &Client, customer: &str, more: Value, files: &[Vec<u8>]) -> (String, Vec<String>) {
    let (id, article) = (docket_app::new_id(), docket_app::new_id());
    let mut attachments = Vec::new();
    for bytes in files {
        let upload = client.bring("/uploads?name=a.bin&type=application/octet-stream", bytes.clone()).await.unwrap();
        attachments.push(json!({ "upload_id": upload["upload_id"] }));
    }
    let mut new = json!({ "id": id, "article_id": article, "title": "Printer", "channel": "phone", "text": "fire",
        "customer": { "address": customer }, "attachments": attachments });
    new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = client.must_post("/tickets", &new).await.unwrap();
    let files = made["articles"][0]["attachments"].as_array().unwrap().iter();
    let paths = files.map(|file| format!("/articles/{article}/attachments/{}", file["id"].as_str().unwrap()));
    (id.to_string(), paths.collect())
}

pub(crate) async fn connected(office: &Office) -> Window {
    let window = Window::open(office).await;
    let connect = json!({ "server": office.line.url(), "login": "ana", "password": PASSWORD, "name": "window" });
    let (status, body) = window.ask("POST", "/connection", Some(connect)).await;
    assert!(status.is_success(), "{}", String::from_utf8_lossy(&body));
    window
}

async fn take_along(window: &Window, ticket: &str) {
    let command = json!({ "id": docket_app::new_id(), "body": { "type": "take_along" } });
    let (status, body) = window.ask("POST", &format!("/tickets/{ticket}/commands"), Some(command)).await;
    assert!(status.is_success(), "{}", String::from_utf8_lossy(&body));
}

async fn luggage(window: &Window) -> Value {
    window.get("/connection").await["luggage"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_along_opens_without_the_network() {
    let office = Office::open(false, Dice::new(1)).await.unwrap();
    let ana = office.sign_in("ana").await.unwrap();
    let me = ana.get("/session").await.unwrap()["agent"]["id"].clone();
    let bytes = |name: &str| vec![format!("the file of {name}").into_bytes()];
    let (taken, of_taken) = ticket(&ana, "carla@x.test", json!({}), &bytes("taken")).await;
    let (_, of_earlier) = ticket(&ana, "Carla@X.test", json!({}), &bytes("earlier")).await;
    let (_, of_other) = ticket(&ana, "dora@x.test", json!({}), &bytes("other")).await;
    let (own, of_own) = ticket(&ana, "emil@x.test", json!({ "owner_id": me }), &bytes("own")).await;
    let window = connected(&office).await;
    until("the tickets", async || window.ask("GET", &format!("/tickets/{own}"), None).await.0.is_success().then_some(())).await;
    // The files of own tickets come by themselves, those of others do not.
    let here = |name: &str| !files_with(&office.path("window").join("blobs"), format!("the file of {name}").as_bytes()).is_empty();
    until("the file of the own ticket", async || here("own").then_some(())).await;
    until("nothing to be left", async || luggage(&window).await.is_null().then_some(())).await;
    assert!(!here("taken") && !here("earlier") && !here("other"), "nobody asked for these");

    take_along(&window, &taken).await;
    let ready = until("everything to be here", async || {
        let luggage = luggage(&window).await;
        (luggage["ready"] == 1).then_some(luggage)
    });
    let ready = ready.await;
    assert_eq!((&ready["tickets"], &ready["files"], &ready["files_here"]), (&json!(1), &json!(3), &json!(3)), "{ready}");
    assert_eq!((&ready["bytes_left"], &ready["lost"], &ready["problem"]), (&json!(0), &json!(0), &Value::Null), "{ready}");
    // The ticket is away at the server, too, before the line goes.
    let there = format!("/tickets/{taken}");
    until("the server to know", async || (!ana.get(&there).await.ok()?["away"].is_null()).then_some(())).await;

    office.kill().await.unwrap();
    until("the window to notice", async || (window.state().await == "offline").then_some(())).await;
    for (path, name) in [(&of_taken[0], "taken"), (&of_earlier[0], "earlier"), (&of_own[0], "own")] {
        let (status, body) = window.ask("GET", path, None).await;
        assert_eq!((status, &*String::from_utf8_lossy(&body)), (StatusCode::OK, &*format!("the file of {name}")), "{name}");
    }
    assert_eq!(window.ask("GET", &of_other[0], None).await.0, StatusCode::SERVICE_UNAVAILABLE);
    window.app.close().await;
}

/// The whole files of a blob folder.
fn files_in(blobs: &Path) -> BTreeSet<PathBuf> {
    let entries = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries(blobs).flat_map(|part| entries(&part.path()));
    files.filter(|file| !file.file_name().to_string_lossy().starts_with('.')).map(|file| file.path()).collect()
}

/// How many questions a server has answered well since it began.
async fn answered(office: &Office) -> usize {
    let page = docket_tests::client::http().unwrap().get(format!("{}/metrics", office.url().await)).send().await.unwrap();
    let text = page.text().await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("docket_requests_total{status=\"2xx\"} "));
    line.unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_came_before_a_cut_are_not_fetched_again() {
    let office = Office::open(false, Dice::new(1)).await.unwrap();
    let ana = office.sign_in("ana").await.unwrap();
    let me = ana.get("/session").await.unwrap()["agent"]["id"].clone();
    let one = office.connect("one", "ana").await.unwrap();
    let byte = |n: u8, at: u32| (at.wrapping_mul(2_654_435_761) >> 24) as u8 ^ n;
    let files: Vec<Vec<u8>> = (0..60).map(|n| (0..500_000).map(|at| byte(n, at)).collect()).collect();
    let (id, _) = ticket(&ana, "carla@x.test", json!({ "owner_id": me }), &files).await;
    let blobs = office.path("one").join("blobs");
    let mut syncing = one.begin(&["sync", "now"]).unwrap();
    until("some files", async || (files_in(&blobs).len() >= 25).then_some(())).await;
    office.kill().await.unwrap();
    assert_eq!(syncing.wait().await.unwrap().code(), Some(75));
    let before = files_in(&blobs);
    let missing = files.len() - before.len();
    assert!(missing > 0, "the cut came too late");
    let luggage = json(&one, &["sync", "status", "--json"]).await.unwrap()["luggage"].clone();
    assert_eq!((&luggage["files"], &luggage["files_here"]), (&json!(files.len()), &json!(before.len())), "{luggage}");
    office.start().await.unwrap();
    one.run(&["sync", "now"], "").await.unwrap();
    // Beside the files: a look at what changed, commands, numbers, personal things.
    let asked = answered(&office).await;
    assert!((missing..=missing + 12).contains(&asked), "{missing} files were missing and {asked} questions asked");
    let all = files_in(&blobs);
    assert!(all.len() == files.len() && all.is_superset(&before), "{} files are here", all.len());
    office.kill().await.unwrap();
    let shown = json(&one, &["ticket", "show", &id, "--json"]).await.unwrap();
    for file in shown["articles"][0]["attachments"].as_array().unwrap() {
        let key = file["sha256"].as_str().unwrap();
        let bytes = std::fs::read(blobs.join(&key[..2]).join(key)).unwrap();
        assert_eq!(docket_store::blob::key(&bytes), key);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_cannot_be_kept_or_had_is_said_and_stops_no_other() {
    let office = Office::open(false, Dice::new(1)).await.unwrap();
    let ana = office.sign_in("ana").await.unwrap();
    let files: Vec<Vec<u8>> = ["no room", "not at the server", "fine"].map(|name| name.as_bytes().to_vec()).into();
    let (id, _) = ticket(&ana, "carla@x.test", json!({}), &files).await;
    let path = |folder: &str, bytes: &[u8]| {
        let key = docket_store::blob::key(bytes);
        office.path(folder).join("blobs").join(&key[..2]).join(key)
    };
    std::fs::remove_file(path("server", b"not at the server")).unwrap();
    // Where the first should go, nothing can be written.
    std::fs::create_dir_all(path("window", b"no room").join("in the way")).unwrap();
    let window = connected(&office).await;
    until("the ticket", async || window.ask("GET", &format!("/tickets/{id}"), None).await.0.is_success().then_some(())).await;
    take_along(&window, &id).await;
    until("the sentence", async || (luggage(&window).await["problem"] == "disk_full").then_some(())).await;
    assert_eq!(luggage(&window).await["ready"], 0);
    std::fs::remove_dir_all(path("window", b"no room")).unwrap();
    let view = until("the rest", async || {
        let luggage = luggage(&window).await;
        (luggage["ready"] == 1).then_some(luggage)
    });
    let view = view.await;
    assert_eq!((&view["files_here"], &view["lost"], &view["problem"]), (&json!(2), &json!(1), &Value::Null), "{view}");
    window.app.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_go_with_the_tickets_that_may_not_be_read_any_more() {
    let office = Office::open(false, Dice::new(1)).await.unwrap();
    let ana = office.sign_in("ana").await.unwrap();
    let settings = ana.get("/settings").await.unwrap();
    let agents = settings["records"]["agent"].as_array().unwrap();
    let record = agents.iter().find(|record| record["document"]["login"] == "ben").unwrap();
    let words = b"Zeppelinpostmeisterei".to_vec();
    let (id, _) = ticket(&ana, "carla@x.test", json!({ "owner_id": record["id"] }), std::slice::from_ref(&words)).await;
    let ben = office.connect("two", "ben").await.unwrap();
    let kept = || files_with(&office.path("two").join("blobs"), &words).len();
    assert_eq!(kept(), 1);
    // Somebody else has it now, in a queue that Ben may not read.
    let unowned = json!({ "id": docket_app::new_id(), "body": { "type": "set_owner", "owner_id": null } });
    ana.must_post(&format!("/tickets/{id}/commands"), &unowned).await.unwrap();
    let mut document = record["document"].clone();
    (document["grants"], document["roles"]) = (json!({}), json!([]));
    document["grants"][docket_domain::master::GROUP_USERS.to_string()] = json!([]);
    let path = format!("/settings/agent/{}", record["id"].as_str().unwrap());
    ana.must_put(&path, &json!({ "version": record["version"], "document": document })).await.unwrap();
    ben.run(&["sync", "now"], "").await.unwrap();
    assert_eq!(kept(), 0);
}
