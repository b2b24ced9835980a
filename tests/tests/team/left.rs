//! What devices left behind is decided with one click, once, and no text of it is lost.

use docket_tests::{
    client::Client,
    office::{Office, texts, tickets},
    program::Program,
    team::PASSWORD,
};
use http::StatusCode;
use serde_json::{Value, json};

use super::sync_process::{calm, desktop_of_ben, left, over, revoke, settle};

async fn decide(client: &Client, left: &Value, how: &str) -> (StatusCode, Value) {
    let path = format!("/left-behind/{}", left["id"].as_str().unwrap());
    client.post(&path, &json!({ "how": how })).await.unwrap()
}

/// Lets it be decided anew, as after a crash between what was done and the note that it was.
async fn back(client: &Client, left: &Value) {
    let (status, _) = decide(client, left, "back").await;
    assert_eq!(status, StatusCode::OK);
}

/// The articles of the desk with these words.
async fn with(office: &Office, words: &str) -> Vec<Value> {
    let all = tickets(&office.program().unwrap()).await.unwrap();
    let articles = all.into_iter().flat_map(|ticket| ticket["articles"].as_array().cloned().unwrap_or_default());
    articles.filter(|article| article["text"].as_str().is_some_and(|text| text.contains(words))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_disabled_agent_wrote_becomes_a_note_of_whoever_accepts_it() {
    let office = calm().await;
    let (ben, number, _) = desktop_of_ben(&office).await;
    ben.run(&["ticket", "create", "--title", "Call", "--text", "A caller waits", "--offline"], "").await.unwrap();
    ben.run(&["ticket", "set", &number, "--priority", "5", "--offline"], "").await.unwrap();
    office.program().unwrap().run(&["agent", "disable", "ben"], "").await.unwrap();
    over(&ben, "disabled").await;
    let ana = office.sign_in("ana").await.unwrap();
    let handed = left(&office, "ana").await[0].clone();
    let shown: Vec<_> = handed["items"].as_array().unwrap().iter().map(|item| (item["kind"].as_str(), item["text"].as_str())).collect();
    assert_eq!(shown, [(Some("note"), Some("Ben was here")), (Some("create"), Some("A caller waits")), (Some("set_priority"), None)]);
    for again in [false, true] {
        let (status, done) = decide(&ana, &handed, "accept").await;
        assert_eq!((status, &done["repeated"]), (StatusCode::OK, &json!(false)), "{done}");
        let outcomes: Vec<_> = done["items"].as_array().unwrap().iter().map(|item| item["outcome"].as_str().unwrap()).collect();
        assert_eq!(outcomes, ["noted", "noted", "refused"], "again: {again}");
        let note = with(&office, "Ben was here").await;
        assert_eq!(note.len(), 1, "again: {again}");
        assert_eq!((&note[0]["from"], &note[0]["visible_to_customer"]), (&json!("Ana Agent"), &json!(false)));
        assert!(note[0]["text"].as_str().unwrap().contains("Ben Agent"), "whose it was is said: {}", note[0]);
        assert_eq!(with(&office, "A caller waits").await.len(), 1, "again: {again}");
        let (_, done) = decide(&ana, &handed, "accept").await;
        assert_eq!(done, json!({ "items": [], "repeated": true }));
        back(&ana, &handed).await;
    }
    assert_eq!(decide(&ana, &handed, "whatever").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_revoked_device_left_its_agent_carries_out_and_nobody_else() {
    let office = calm().await;
    let (ben, _, device) = desktop_of_ben(&office).await;
    revoke(&office.with_database().await.unwrap(), &device, false).await;
    over(&ben, "revoked").await;
    let handed = left(&office, "ben").await[0].clone();
    let (ana, ben) = (office.sign_in("ana").await.unwrap(), office.sign_in("ben").await.unwrap());
    assert_eq!(decide(&ana, &handed, "accept").await.0, StatusCode::NOT_FOUND, "its author is there to decide");
    for again in [false, true] {
        let (status, done) = decide(&ben, &handed, "accept").await;
        assert_eq!((status, &done["items"][0]["outcome"]), (StatusCode::OK, &json!("applied")), "again: {again}: {done}");
        let note = with(&office, "Ben was here").await;
        assert_eq!((note.len(), &note[0]["text"], &note[0]["from"]), (1, &json!("Ben was here"), &json!("Ben Agent")), "again: {again}");
        back(&ben, &handed).await;
    }
}

/// Ben writes a note with two files and no network; one of the files goes before it is handed over.
async fn note_with_files(office: &Office, ben: &Program, number: &str) -> Vec<u8> {
    let bytes = b"a plan of the second floor".to_vec();
    for (name, content) in [("plan.txt", &bytes[..]), ("lost.txt", b"gone with its disk")] {
        std::fs::write(office.path(name), content).unwrap();
    }
    let [plan, lost] = ["plan.txt", "lost.txt"].map(|name| office.path(name).display().to_string());
    ben.run(&["ticket", "note", number, "--text", "See the plan", "--attach", &plan, "--attach", &lost, "--offline"], "").await.unwrap();
    let key = docket_store::blob::key(b"gone with its disk");
    std::fs::remove_file(office.path("two").join("blobs").join(&key[..2]).join(&key)).unwrap();
    bytes
}

fn files(article: &Value) -> Vec<(&str, &str)> {
    let all = article["attachments"].as_array().unwrap();
    all.iter().map(|file| (file["name"].as_str().unwrap(), file["sha256"].as_str().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_come_along_and_what_did_not_is_named() {
    let office = calm().await;
    let (ben, number, _) = desktop_of_ben(&office).await;
    let bytes = note_with_files(&office, &ben, &number).await;
    office.program().unwrap().run(&["agent", "disable", "ben"], "").await.unwrap();
    over(&ben, "disabled").await;
    let ana = office.sign_in("ana").await.unwrap();
    let handed = left(&office, "ana").await[0].clone();
    assert_eq!(handed["items"][1]["ticket_title"], "Post", "{handed}");
    decide(&ana, &handed, "accept").await;
    let note = &with(&office, "See the plan").await[0];
    let key = docket_store::blob::key(&bytes);
    assert_eq!(files(note), [("plan.txt", key.as_str())]);
    assert_eq!(std::fs::read(office.path("server").join("blobs").join(&key[..2]).join(&key)).unwrap(), bytes);
    assert!(note["text"].as_str().unwrap().contains("did not come along: lost.txt"), "{note}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_come_along_with_a_command_that_its_author_carries_out() {
    let office = calm().await;
    let (ben, number, device) = desktop_of_ben(&office).await;
    let plan = office.path("plan.txt");
    std::fs::write(&plan, b"a plan").unwrap();
    let plan = plan.display().to_string();
    ben.run(&["ticket", "note", &number, "--text", "See the plan", "--attach", &plan, "--offline"], "").await.unwrap();
    revoke(&office.with_database().await.unwrap(), &device, false).await;
    over(&ben, "revoked").await;
    let handed = left(&office, "ben").await[0].clone();
    let ben = office.sign_in("ben").await.unwrap();
    let (_, done) = decide(&ben, &handed, "accept").await;
    assert_eq!(done["items"][1]["outcome"], "applied", "{done}");
    let note = &with(&office, "See the plan").await[0];
    assert_eq!(files(note), [("plan.txt", docket_store::blob::key(b"a plan").as_str())]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_discarded_is_carried_out_by_nobody_but_can_be_had_back() {
    let office = calm().await;
    let (ben, _, device) = desktop_of_ben(&office).await;
    revoke(&office.with_database().await.unwrap(), &device, false).await;
    over(&ben, "revoked").await;
    let handed = left(&office, "ben").await[0].clone();
    let ben = office.sign_in("ben").await.unwrap();
    assert_eq!(decide(&ben, &handed, "discard").await.0, StatusCode::OK);
    assert_eq!(decide(&ben, &handed, "accept").await.1["repeated"], true, "decided is decided");
    assert_eq!(with(&office, "Ben was here").await, Vec::<Value>::new());
    assert!(left(&office, "ben").await[0]["done_at"].is_i64());
    back(&ben, &handed).await;
    assert!(left(&office, "ben").await[0]["done_at"].is_null());
    assert_eq!(decide(&ben, &handed, "accept").await.1["items"][0]["outcome"], "applied");
    assert_eq!(with(&office, "Ben was here").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_restored_server_did_not_know_comes_back_as_it_was() {
    let office = calm().await;
    let ana = office.connect("one", "ana").await.unwrap();
    let made = ana.run(&["ticket", "create", "--title", "Old", "--text", "before the backup"], "").await.unwrap();
    let old = made.lines().next().unwrap().to_owned();
    let backup = office.path("docket.backup").display().to_string();
    office.program().unwrap().run(&["backup", &backup], "").await.unwrap();
    let made =
        ana.run(&["ticket", "create", "--title", "Young", "--text", "after the backup", "--customer", "c@x.test"], "").await.unwrap();
    let young = made.lines().next().unwrap().to_owned();
    ana.run(&["ticket", "note", &old, "--text", "sent after the backup"], "").await.unwrap();
    let before = tickets(&ana).await.unwrap().into_iter().find(|ticket| ticket["number"] == young.as_str()).unwrap();
    office.kill().await.unwrap();
    std::fs::rename(office.path("server"), office.path("broken")).unwrap();
    office.program().unwrap().run(&["restore", &backup], "").await.unwrap();
    office.start().await.unwrap();
    ana.run(&["sync", "connect", &office.line.url(), "--login", "ana"], &format!("{PASSWORD}\n")).await.unwrap();
    ana.run(&["sync", "now"], "").await.unwrap();
    settle(&ana).await.unwrap();
    let client = office.sign_in("ana").await.unwrap();
    for again in [false, true] {
        for handed in left(&office, "ana").await.as_array().unwrap() {
            assert_eq!(handed["reason"], "restored");
            let (status, done) = decide(&client, handed, "accept").await;
            assert_eq!(status, StatusCode::OK, "{done}");
            back(&client, handed).await;
        }
        let there = tickets(&office.program().unwrap()).await.unwrap();
        let back = there.iter().find(|ticket| ticket["id"] == before["id"]);
        assert_eq!(back, Some(&before), "again: {again}");
        let count = |words: &str| texts(&there).iter().filter(|text| text.contains(words)).count();
        assert_eq!((count("sent after the backup"), there.len()), (1, 2), "again: {again}");
    }
    ana.run(&["sync", "now"], "").await.unwrap();
    assert_eq!(tickets(&ana).await.unwrap(), tickets(&office.program().unwrap()).await.unwrap());
}
