//! What a connected desktop must do as well as a page at the server: the mails that wait, junk, notices, haste.

use docket_tests::{client::Client, dice::Dice, office::Office, until};
use serde_json::{Value, json};

use super::{
    away::{connected, ticket},
    sync_window::Window,
};

const CUSTOMER: &str = "carla@x.test";

/// An office that can send, a ticket of its customer, and Ana's window with it.
async fn begun() -> (Office, Client, Window, String) {
    let office = Office::open(false, Dice::new(1)).await.unwrap();
    let ana = office.sign_in("ana").await.unwrap();
    let document = json!({ "name": "Support", "email": "support@desk.test", "queue_id": docket_domain::master::QUEUE_FIRST });
    ana.must_put(&format!("/settings/address/{}", docket_app::new_id()), &json!({ "version": 0, "document": document })).await.unwrap();
    let (id, _) = ticket(&ana, CUSTOMER, json!({}), &[]).await;
    let window = connected(&office).await;
    let path = format!("/tickets/{id}");
    until("the ticket", async || window.ask("GET", &path, None).await.0.is_success().then_some(())).await;
    until("the first sync", async || (window.state().await == "up_to_date").then_some(())).await;
    (office, ana, window, path)
}

async fn does(window: &Window, path: &str, body: Value) {
    let command = json!({ "id": docket_app::new_id(), "body": body });
    let (status, answer) = window.ask("POST", &format!("{path}/commands"), Some(command)).await;
    assert!(status.is_success(), "{body}: {}", String::from_utf8_lossy(&answer));
}

async fn note(client: &Client, path: &str, text: &str) {
    let body = json!({ "type": "note", "article_id": docket_app::new_id(), "text": text });
    client.must_post(&format!("{path}/commands"), &json!({ "id": docket_app::new_id(), "body": body })).await.unwrap();
}

fn reply(delay: u32) -> (Value, String) {
    let article = docket_app::new_id().to_string();
    let body = json!({ "type": "reply", "article_id": article, "to": [CUSTOMER], "text": "Have you tried water?", "delay_seconds": delay });
    (body, article)
}

async fn offline(office: &Office, window: &Window) {
    office.kill().await.unwrap();
    until("the window to notice", async || (window.state().await == "offline").then_some(())).await;
}

async fn online(office: &Office, window: &Window) {
    office.start().await.unwrap();
    assert_eq!(window.ask("POST", "/connection/sync", None).await.0, 204);
    until("the outbox to empty", async || (window.get("/connection/outbox").await == json!([])).then_some(())).await;
    until("the window to be back", async || (window.state().await == "up_to_date").then_some(())).await;
}

fn stands(ticket: &Value, article: &str) -> Value {
    let articles = ticket["articles"].as_array().unwrap();
    articles.iter().find(|known| known["id"] == article).map(|known| known["delivery"]["state"].clone()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn held_mails_are_seen_and_decided_without_the_network_and_leave_no_draft() {
    let (office, _, window, path) = begun().await;
    let mut mails = Vec::new();
    for way in ["discard_send", "cancel_send"] {
        // The mail is written on what was there before the note.
        let seen = window.get(&path).await;
        let seen = json!({ "article": seen["articles"].as_array().unwrap().len(), "event": seen["events"].as_array().unwrap().len() });
        let ben = office.sign_in("ben").await.unwrap();
        note(&ben, &path, way).await;
        let (mut body, article) = reply(0);
        body["seen_upto"] = seen;
        does(&window, &path, body).await;
        until("the hold", async || (stands(&window.get(&path).await, &article) == "held").then_some(())).await;
        mails.push((way, article));
        if way == "discard_send" {
            offline(&office, &window).await;
            let rows = window.get("/outbox").await;
            assert_eq!(
                (rows.as_array().unwrap().len(), &rows[0]["state"], &rows[0]["needs_you"]),
                (1, &json!("held"), &json!(true)),
                "{rows}"
            );
            assert_eq!((&rows[0]["last_error"], &rows[0]["to"]), (&json!("note_by_colleague"), &json!(CUSTOMER)), "{rows}");
        }
        let (way, article) = mails.last().unwrap();
        does(&window, &path, json!({ "type": way, "article_id": article })).await;
        if *way == "discard_send" {
            assert_eq!(window.get("/outbox").await, json!([]), "it is decided");
            online(&office, &window).await;
        }
        let ana = office.sign_in("ana").await.unwrap();
        until("the server to know", async || (stands(&ana.get(&path).await.ok()?, article) == "cancelled").then_some(())).await;
        let drafts = ana.get(&path).await.unwrap()["drafts"].as_array().unwrap().len();
        assert_eq!(drafts, usize::from(*way == "cancel_send"), "{way}");
    }
    window.app.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_blocked_without_the_network_is_blocked_at_the_server() {
    let (office, _, window, path) = begun().await;
    offline(&office, &window).await;
    does(&window, &path, json!({ "type": "junk", "block_sender": true })).await;
    online(&office, &window).await;
    let ana = office.sign_in("ana").await.unwrap();
    let blocked = |settings: &Value| {
        let records = settings["records"]["blocked_sender"].as_array().cloned().unwrap_or_default();
        records.iter().any(|record| record["document"]["address"] == CUSTOMER && record["document"]["valid"] == true)
    };
    assert!(blocked(&ana.get("/settings").await.unwrap()));
    until("the block here", async || blocked(&window.get("/settings").await).then_some(())).await;
    // And back.
    does(&window, &path, json!({ "type": "not_junk" })).await;
    until("the block to end", async || (!blocked(&ana.get("/settings").await.ok()?)).then_some(())).await;
    window.app.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_can_be_hurried_without_the_network() {
    let (office, ana, window, path) = begun().await;
    // One waits at the server, one here.
    let (body, there) = reply(3_600);
    does(&window, &path, body).await;
    until("the mail at the server", async || (stands(&ana.get(&path).await.ok()?, &there) == "waiting").then_some(())).await;
    let late = ana.get("/outbox").await.unwrap()[0]["due_at"].as_i64().unwrap();
    until("the answer to be here", async || (window.get("/connection/outbox").await == json!([])).then_some(())).await;
    offline(&office, &window).await;
    let (body, here) = reply(3_600);
    does(&window, &path, body).await;
    does(&window, &path, json!({ "type": "send_now", "article_id": here })).await;
    let entries = window.get("/connection/outbox").await[0]["entries"].clone();
    assert_eq!((entries.as_array().unwrap().len(), &entries[0]["command"]["mail"]["delay_ms"]), (1, &json!(0)), "{entries}");
    does(&window, &path, json!({ "type": "send_now", "article_id": there })).await;
    let entries = window.get("/connection/outbox").await[0]["entries"].clone();
    assert_eq!(entries[1]["command"], json!({ "type": "send_now", "article": there }), "{entries}");
    online(&office, &window).await;
    let ana = office.sign_in("ana").await.unwrap();
    let rows = ana.get("/outbox").await.unwrap();
    for row in rows.as_array().unwrap() {
        assert!(row["due_at"].as_i64().unwrap() < late - 1_800_000, "{row}");
    }
    assert_eq!(rows.as_array().unwrap().len(), 2);
    window.app.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_server_tells_an_agent_is_told_in_the_window_once() {
    let (office, ana, window, path) = begun().await;
    let me = ana.get("/session").await.unwrap()["agent"]["id"].clone();
    let body = json!({ "type": "set_owner", "owner_id": me });
    ana.must_post(&format!("{path}/commands"), &json!({ "id": docket_app::new_id(), "body": body })).await.unwrap();
    until("the owner here", async || (window.get(&path).await["owner_id"] == me).then_some(())).await;
    let mut notices = window.app.notices();
    let mut heard = Vec::new();
    let ben = office.sign_in("ben").await.unwrap();
    note(&ben, &path, "while the line is there").await;
    until("the notice", async || {
        heard.extend(std::iter::from_fn(|| notices.try_recv().ok()));
        (!heard.is_empty()).then_some(())
    })
    .await;
    // The page gets it with what changed, and may already see it.
    assert!(window.get(&path).await.to_string().contains("while the line is there"));
    let seq = window.get("/changes?after=-1").await["seq"].as_i64().unwrap();
    note(&ben, &path, "a second one").await;
    let told = until("the page to be told", async || {
        let changes = window.get(&format!("/changes?after={seq}")).await;
        changes["notices"].as_array()?.first().cloned()
    });
    let told = told.await;
    assert_eq!((&told["code"], &told["title"]), (&json!("note"), &json!("Ben Agent")), "{told}");
    // Once each, also after everything has been asked for anew.
    assert_eq!(window.ask("POST", "/connection/sync", None).await.0, 204);
    note(&ben, &path, "a third one").await;
    until("all three", async || {
        heard.extend(std::iter::from_fn(|| notices.try_recv().ok()));
        (heard.len() >= 3).then_some(())
    })
    .await;
    assert_eq!(heard.iter().map(|notice| notice.code).collect::<Vec<_>>(), ["note", "note", "note"]);
    // One's own note is no news.
    does(&window, &path, json!({ "type": "note", "article_id": docket_app::new_id(), "text": "mine" })).await;
    until("the note there", async || ana.get(&path).await.ok()?.to_string().contains("mine").then_some(())).await;
    let own: Vec<_> = std::iter::from_fn(|| notices.try_recv().ok()).filter(|notice| notice.by.is_none()).collect();
    assert_eq!(own, []);
    window.app.close().await;
}
