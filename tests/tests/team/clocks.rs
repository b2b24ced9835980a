//! Clocks that are wrong, and desktops that were away for months: servers and desktops each on a clock of its own.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use docket_app::{
    App, Clock, Hold, HostKind, Options, new_id,
    wire::{ListQuery, SaveDraft, SaveRecord, connection::ConnectInput},
};
use docket_domain::{AgentId, CommandId, TicketId, master, settings::Kind};
use docket_tests::{dice::Dice, simulation::Line, until};
use serde_json::{Value, json};
use tempfile::TempDir;

const START: i64 = 1_795_251_600_000; // 2026-11-21T09:00:00Z
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const PASSWORD: &str = "correct horse battery";

/// A server and Ben's desktop, on a clock each.
struct Twin {
    server: App,
    right: Arc<AtomicI64>,
    desktop: App,
    wrong: Arc<AtomicI64>,
    line: Line,
    ana: AgentId,
    ben: AgentId,
    folder: TempDir,
}

async fn open(data: &Path, host: HostKind, hand: &Arc<AtomicI64>) -> App {
    let hold = Hold::Holder("a test".into());
    let options = Options { key_file: Some(data.join("key")), data: data.to_owned(), database: None, hold, host };
    App::open_at(options, Clock::set_by(hand.clone())).await.unwrap()
}

impl Twin {
    /// The desktop's clock is off by so much.
    async fn with(off: i64) -> Self {
        let folder = tempfile::Builder::new().prefix("docket-clocks-").tempdir().unwrap();
        let (right, wrong) = (Arc::new(AtomicI64::new(START)), Arc::new(AtomicI64::new(START + off)));
        let server = open(&folder.path().join("server"), HostKind::Server, &right).await;
        let ana = server.add_agent("ana", "Ana", "ana@desk.test", true, Some(PASSWORD.into())).await.unwrap();
        let ben = server.add_agent("ben", "Ben", "ben@desk.test", false, Some(PASSWORD.into())).await.unwrap();
        let desktop = open(&folder.path().join("desktop"), HostKind::Desktop, &wrong).await;
        let line = Line::new(&server, Dice::new(1));
        let mut twin = Self { server, right, desktop, wrong, line, ana, ben, folder };
        twin.sign_in().await;
        twin.sync().await;
        twin
    }

    async fn sign_in(&mut self) {
        let input = ConnectInput { server: String::new(), login: "ben".into(), password: PASSWORD.into(), name: "laptop".into() };
        self.desktop.connect(&self.line, "https://desk.test", input).await.unwrap();
        self.line.token = self.desktop.device_token().await.unwrap();
        self.desktop.line_up().await.unwrap();
    }

    /// Everything that there is to say.
    async fn sync(&self) {
        let (app, line) = (&self.desktop, &self.line);
        while app.pull(line).await.unwrap().more {}
        while app.first_step(line).await.unwrap() {}
        while app.push_outbox(line).await.unwrap().more {}
        while app.push_personal(line).await.unwrap() {}
        app.lease(line).await.unwrap();
        while app.pull(line).await.unwrap().more {}
    }

    /// Time goes by, for both.
    fn wait(&self, time: i64) {
        self.right.fetch_add(time, Ordering::Relaxed);
        self.wrong.fetch_add(time, Ordering::Relaxed);
    }

    async fn opens(&self, app: &App, agent: AgentId, text: &str) -> TicketId {
        let id = TicketId(new_id());
        let new = json!({ "id": id, "article_id": new_id(), "title": text, "channel": "phone", "text": text, "send": {} });
        app.new_ticket(agent, serde_json::from_value(new).unwrap()).await.unwrap();
        id
    }

    async fn does(&self, app: &App, agent: AgentId, ticket: TicketId, body: Value) {
        let command = serde_json::from_value(json!({ "id": CommandId(new_id()), "body": body })).unwrap();
        app.command(agent, ticket, command).await.unwrap();
    }

    async fn notes(&self, app: &App, agent: AgentId, ticket: TicketId, text: &str) {
        self.does(app, agent, ticket, json!({ "type": "note", "article_id": new_id(), "text": text })).await;
    }

    async fn see(&self, app: &App, ticket: TicketId) -> Value {
        json!(app.ticket(self.ben, ticket).await.unwrap())
    }

    /// The server and the desktop have the same tickets, in all that people see of them.
    async fn agree(&self) {
        let all = async |app: &App| {
            let query = ListQuery { view: Some("all".into()), limit: Some(200), ..ListQuery::default() };
            let page = app.list(self.ben, query).await.unwrap();
            assert_eq!(page.next, None);
            let mut all = Vec::new();
            for row in page.rows {
                let ticket = self.see(app, row.id).await;
                let articles: Vec<Value> = ticket["articles"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|article| {
                        json!([article["id"], article["ordinal"], article["text"], article["created_at"], article["attachments"]])
                    })
                    .collect();
                let shown = ["number", "title", "state_id", "priority_id", "queue_id", "owner_id", "locked", "created_at", "pending_until"];
                all.push(json!([shown.map(|field| &ticket[field]), articles]));
            }
            all.sort_by_key(ToString::to_string);
            all
        };
        let (there, here) = (all(&self.server).await, all(&self.desktop).await);
        assert_eq!(there.len(), here.len());
        for (one, other) in there.iter().zip(&here) {
            assert_eq!(one, other);
        }
        assert_eq!(json!(self.desktop.outbox_entries().await.unwrap()), json!([]));
    }
}

fn texts(ticket: &Value) -> Vec<&str> {
    ticket["articles"].as_array().unwrap().iter().map(|article| article["text"].as_str().unwrap()).collect()
}

fn at(ticket: &Value, text: &str) -> i64 {
    let articles = ticket["articles"].as_array().unwrap();
    articles.iter().find(|article| article["text"] == text).unwrap()["created_at"].as_i64().unwrap()
}

/// What happened without a network counts when it happened, by the server's clock; and in the order in which it arrived.
async fn hours_wrong(off: i64) {
    let twin = Twin::with(off).await;
    let (ana, ben) = (twin.ana, twin.ben);
    let ticket = twin.opens(&twin.server, ana, "Printer").await;
    twin.wait(10 * MINUTE);
    twin.sync().await;
    // Without a network now.
    twin.wait(30 * MINUTE);
    let called = START + 40 * MINUTE;
    let own = twin.opens(&twin.desktop, ben, "Called").await;
    let number = twin.see(&twin.desktop, own).await["number"].as_str().unwrap().to_owned();
    assert!(number.starts_with("20261121"), "a leased number has the day of its lease: {number}");
    twin.wait(10 * MINUTE);
    twin.notes(&twin.desktop, ben, ticket, "Ben's").await;
    twin.wait(10 * MINUTE);
    twin.notes(&twin.server, ana, ticket, "Ana's").await;
    let until = START + 3 * HOUR;
    twin.does(&twin.desktop, ben, own, json!({ "type": "set_state", "state_id": master::STATE_PENDING_REMINDER, "pending_until": until }))
        .await;
    twin.wait(HOUR);
    twin.sync().await;
    let (here, there) = (twin.see(&twin.desktop, ticket).await, twin.see(&twin.server, ticket).await);
    assert_eq!(texts(&there), ["Printer", "Ana's", "Ben's"], "as they arrived");
    assert_eq!(texts(&here), texts(&there));
    assert_eq!(at(&there, "Ben's"), START + 50 * MINUTE, "when it was written");
    let there = twin.see(&twin.server, own).await;
    assert_eq!((&there["number"], &there["created_at"]), (&json!(number), &json!(called)));
    assert_eq!((at(&there, "Called"), &there["pending_until"]), (called, &json!(until)), "a time that was chosen is not moved");
    twin.agree().await;
    // What comes later comes as a delta, whatever the desktop's clock says.
    twin.notes(&twin.server, ana, own, "Later").await;
    assert_eq!(twin.desktop.pull(&twin.line).await.unwrap().tickets, 1);
    twin.agree().await;
    assert_eq!(twin.desktop.connection().await.unwrap().unwrap().state, "up_to_date");
}

#[tokio::test]
async fn a_clock_that_is_hours_ahead_changes_nothing() {
    hours_wrong(7 * HOUR).await;
}

#[tokio::test]
async fn a_clock_that_is_hours_behind_changes_nothing() {
    hours_wrong(-7 * HOUR).await;
}

/// The clock jumps while there is no network, so that nobody can know by how much: what was done lies between the last event that
/// the desktop had seen and the arrival.
#[tokio::test]
async fn a_clock_that_jumps_without_a_network_is_kept_within_what_can_be() {
    for jump in [-400 * DAY, -5 * HOUR, 5 * HOUR, 20 * DAY] {
        let twin = Twin::with(0).await;
        let ticket = twin.opens(&twin.server, twin.ana, "Printer").await;
        twin.wait(10 * MINUTE);
        twin.notes(&twin.server, twin.ana, ticket, "Seen").await;
        twin.sync().await;
        let seen = START + 10 * MINUTE;
        twin.wait(MINUTE);
        twin.wrong.fetch_add(jump, Ordering::Relaxed);
        twin.notes(&twin.desktop, twin.ben, ticket, "Jumped").await;
        twin.wait(HOUR);
        let arrival = twin.right.load(Ordering::Relaxed);
        twin.sync().await;
        let there = twin.see(&twin.server, ticket).await;
        assert_eq!(at(&there, "Jumped"), if jump < 0 { seen } else { arrival }, "{jump}");
        assert_eq!(texts(&there), ["Printer", "Seen", "Jumped"]);
        twin.agree().await;
        // The next contact has told the desktop how wrong its clock is.
        twin.notes(&twin.desktop, twin.ben, ticket, "Right again").await;
        let written = twin.right.load(Ordering::Relaxed);
        twin.wait(HOUR);
        twin.sync().await;
        assert_eq!(at(&twin.see(&twin.server, ticket).await, "Right again"), written, "{jump}");
    }
}

/// A reminder that a desktop with a wrong clock has set ends once, by the server's clock.
#[tokio::test]
async fn a_time_that_was_chosen_comes_by_the_servers_clock() {
    for off in [-7 * HOUR, 7 * HOUR] {
        let twin = Twin::with(off).await;
        let ticket = twin.opens(&twin.desktop, twin.ben, "Printer").await;
        let body = json!({ "type": "set_state", "state_id": master::STATE_PENDING_AUTO_CLOSE_PLUS, "pending_until": START + 2 * HOUR });
        twin.does(&twin.desktop, twin.ben, ticket, body).await;
        twin.server.run();
        twin.desktop.run();
        twin.sync().await;
        let closed = json!(master::STATE_CLOSED_SUCCESSFUL);
        let states = async |app: &App| {
            let history = app.history(twin.ben, ticket).await.unwrap();
            history.iter().filter(|event| event.kind == "state_changed").count()
        };
        let before = states(&twin.server).await;
        twin.right.store(START + 2 * HOUR - 1, Ordering::Relaxed);
        twin.notes(&twin.server, twin.ana, ticket, "Not yet").await;
        assert_ne!(twin.see(&twin.server, ticket).await["state_id"], closed, "{off}");
        twin.right.store(START + 2 * HOUR, Ordering::Relaxed);
        until("the ticket to be closed", async || (twin.see(&twin.server, ticket).await["state_id"] == closed).then_some(())).await;
        assert_ne!(twin.see(&twin.desktop, ticket).await["state_id"], closed, "a desktop guesses at no timer");
        twin.sync().await;
        assert_eq!((states(&twin.server).await, states(&twin.desktop).await), (before + 1, before + 1), "{off}: once");
        twin.agree().await;
        twin.server.close().await;
        twin.desktop.close().await;
    }
}

/// The draft that was written last stands, whichever clock says when that was.
#[tokio::test]
async fn the_last_draft_wins_whatever_the_clocks_say() {
    for off in [-7 * HOUR, 7 * HOUR] {
        let twin = Twin::with(off).await;
        let ticket = twin.opens(&twin.server, twin.ana, "Printer").await;
        twin.sync().await;
        let writes = async |app: &App, text: &str| {
            let draft = SaveDraft { body: json!({ "text": text }), seen_upto: None };
            app.save_draft(twin.ben, ticket, "note", draft).await.unwrap();
        };
        let reads = async |app: &App| json!(app.drafts(twin.ben).await.unwrap())[0]["body"]["text"].clone();
        for (first, second) in [(&twin.server, &twin.desktop), (&twin.desktop, &twin.server)] {
            writes(first, "first").await;
            twin.wait(MINUTE);
            twin.sync().await;
            twin.wait(MINUTE);
            writes(second, "second").await;
            twin.wait(MINUTE);
            twin.sync().await;
            assert_eq!((reads(&twin.server).await, reads(&twin.desktop).await), (json!("second"), json!("second")), "{off}");
            // Both at once, without a network: the later one.
            writes(first, "third").await;
            twin.wait(MINUTE);
            writes(second, "fourth").await;
            twin.wait(MINUTE);
            twin.sync().await;
            assert_eq!((reads(&twin.server).await, reads(&twin.desktop).await), (json!("fourth"), json!("fourth")), "{off}");
        }
    }
}

fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { 1 }).sum()
}

/// Months without a network: the device is locked, keeps what was written with its files, and gives all of it when its agent is back.
#[tokio::test]
async fn months_without_a_network_lose_nothing() {
    let mut twin = Twin::with(3 * HOUR).await;
    let (ana, ben) = (twin.ana, twin.ben);
    let ticket = twin.opens(&twin.server, ana, "Printer").await;
    twin.sync().await;
    // A note with a file was refused, and waits for a decision; another file belongs to nothing.
    let upload = twin.desktop.upload(ben, "photo.jpg", "image/jpeg", b"A photo".to_vec()).await.unwrap();
    let with_file = json!({
        "type": "note", "article_id": new_id(), "text": "With a photo", "attachments": [{ "upload_id": upload.upload_id }],
    });
    twin.does(&twin.desktop, ben, ticket, with_file).await;
    rights(&twin, json!(["ro"])).await;
    while twin.desktop.push_outbox(&twin.line).await.unwrap().more {}
    rights(&twin, json!(["rw"])).await;
    twin.sync().await;
    twin.desktop.upload(ben, "nothing.txt", "text/plain", b"Of no ticket".to_vec()).await.unwrap();
    let own = twin.opens(&twin.desktop, ben, "Called").await;
    let number = twin.see(&twin.desktop, own).await["number"].as_str().unwrap().to_owned();
    for text in ["one", "two", "three"] {
        twin.notes(&twin.desktop, ben, own, text).await;
    }
    assert_eq!(files(&twin.folder.path().join("desktop").join("blobs")), 2);
    for day in 0..95 {
        twin.wait(DAY);
        if day % 5 == 0 {
            twin.notes(&twin.server, ana, ticket, &format!("day {day}")).await;
            twin.opens(&twin.server, ana, &format!("ticket {day}")).await;
        }
    }
    let view = twin.desktop.connection().await.unwrap().unwrap();
    assert_eq!((view.waiting, view.needs_you), (4, 1), "{view:?}");
    // Started anew after months; what nothing names is cleared away.
    twin.desktop.close().await;
    twin.desktop = open(&twin.folder.path().join("desktop"), HostKind::Desktop, &twin.wrong).await;
    twin.desktop.run();
    let blobs = twin.folder.path().join("desktop").join("blobs");
    until("the files to be cleared up", async || (files(&blobs) < 2).then_some(())).await;
    assert_eq!(files(&blobs), 1, "the file of what waits is kept");
    let view = twin.desktop.connection().await.unwrap().unwrap();
    assert_eq!((view.state.as_str(), view.waiting), ("locked", 4), "{view:?}");
    let new =
        serde_json::from_value(json!({ "id": new_id(), "article_id": new_id(), "title": "x", "channel": "phone", "text": "x" })).unwrap();
    assert_eq!(twin.desktop.new_ticket(ben, new).await.unwrap_err().code(), "device_locked");
    twin.sign_in().await;
    twin.sync().await;
    let refused = json!(twin.desktop.outbox_entries().await.unwrap())[0]["entries"][0].clone();
    assert_eq!((&refused["state"], &refused["text"]), (&json!("refused"), &json!("With a photo")));
    twin.desktop.decide_entry(refused["id"].as_str().unwrap().parse().unwrap(), "mine").await.unwrap();
    twin.sync().await;
    let there = twin.see(&twin.server, own).await;
    assert_eq!((&there["number"], texts(&there)), (&json!(number), vec!["Called", "one", "two", "three"]));
    assert_eq!(there["created_at"], START, "when it was called in");
    let there = twin.see(&twin.server, ticket).await;
    assert_eq!((texts(&there).len(), *texts(&there).last().unwrap()), (21, "With a photo"));
    assert_eq!(there["articles"][20]["attachments"][0]["name"], "photo.jpg");
    twin.agree().await;
    let numbers: BTreeSet<String> = json!(
        twin.server.list(ana, ListQuery { view: Some("all".into()), limit: Some(200), ..ListQuery::default() }).await.unwrap()
    )["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["number"].to_string())
        .collect();
    assert_eq!(numbers.len(), 21, "a number is given once");
    assert_eq!(twin.desktop.connection().await.unwrap().unwrap().needs_you, 0);
    twin.desktop.close().await;
}

/// Gives Ben these rights.
async fn rights(twin: &Twin, rights: Value) {
    let record = twin.server.settings().records[&(Kind::Agent, twin.ben.0)].clone();
    let mut document = record.document;
    document["grants"][master::GROUP_USERS.to_string()] = rights;
    let save = SaveRecord { version: record.version, document };
    twin.server.save_record(twin.ana, Kind::Agent, twin.ben.0, save).await.unwrap();
}

/// A clock that was set forward by mistake locks a device; signing in again is all that it costs.
#[tokio::test]
async fn a_clock_set_months_ahead_costs_a_sign_in_and_nothing_else() {
    let mut twin = Twin::with(0).await;
    let ticket = twin.opens(&twin.server, twin.ana, "Printer").await;
    twin.sync().await;
    twin.notes(&twin.desktop, twin.ben, ticket, "Before").await;
    twin.desktop.close().await;
    twin.wrong.fetch_add(60 * DAY, Ordering::Relaxed);
    twin.desktop = open(&twin.folder.path().join("desktop"), HostKind::Desktop, &twin.wrong).await;
    assert_eq!(twin.desktop.connection().await.unwrap().unwrap().state, "locked");
    twin.sign_in().await;
    twin.sync().await;
    assert_eq!(texts(&twin.see(&twin.server, ticket).await), ["Printer", "Before"]);
    twin.agree().await;
}
