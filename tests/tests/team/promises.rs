//! Promises at a running desk: the table of OTRS row by row, what pauses, levels exactly once, and deadlines that follow the settings.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use docket_app::{
    App, Clock, Hold, HostKind, Options, new_id,
    wire::{ClocksView, CommandBody, KeptQuery, ListQuery, SaveRecord, Setup, SubmitCommand, TicketRow},
};
use docket_domain::{
    AgentId, CommandId, Ticket, TicketId, apply,
    calendar::parse_instant,
    clock::{Measure, Standing},
    master,
    settings::Kind,
};
use docket_store::{Db, event, ticket};
use docket_tests::{team::phone_ticket, until};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A desk in Berlin with the working hours of a new one, whose clock shows what it is set to.
struct Stage {
    app: App,
    ana: AgentId,
    hand: Arc<AtomicI64>,
    folder: TempDir,
}

/// `23T09:00` of November 2026 in Berlin.
fn moment(text: &str) -> i64 {
    parse_instant(&format!("2026-11-{text}:00+01:00")).unwrap()
}

fn options(folder: &TempDir) -> Options {
    Options { data: data(folder), database: None, hold: Hold::Holder("a test".into()), host: HostKind::Server, key_file: None }
}

fn data(folder: &TempDir) -> PathBuf {
    folder.path().join("data")
}

impl Stage {
    /// A desk whose clocks behave so and whose first queue promises this.
    async fn start(clocks: Value, promises: Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let hand = Arc::new(AtomicI64::new(moment("23T08:00")));
        let app = App::open_at(options(&folder), Clock::set_by(hand.clone())).await.unwrap();
        let setup = Setup {
            desk_name: "Desk".into(),
            your_name: "Ana".into(),
            your_email: String::new(),
            queue_name: String::new(),
            language: "en".into(),
            time_zone: "Europe/Berlin".into(),
            mailbox: None,
        };
        let ana = app.setup(setup).await.unwrap();
        let stage = Self { app, ana, hand, folder };
        stage.set(Kind::Desk, master::DESK, json!({ "clocks": clocks })).await;
        stage.promise(promises).await;
        stage
    }

    async fn set(&self, kind: Kind, id: uuid::Uuid, fields: Value) {
        let record = self.app.settings().records[&(kind, id)].clone();
        let mut document = record.document;
        for (field, value) in fields.as_object().unwrap() {
            document[field] = value.clone();
        }
        let save = SaveRecord { version: record.version, document };
        self.app.save_record(self.ana, kind, id, save).await.unwrap();
    }

    async fn promise(&self, promises: Value) {
        self.set(Kind::Queue, master::QUEUE_FIRST.0, json!({ "promises": promises })).await;
    }

    fn at(&self, text: &str) {
        self.hand.store(moment(text), Ordering::Relaxed);
    }

    /// A customer calls at that moment.
    async fn open(&self, text: &str) -> TicketId {
        self.at(text);
        let (_, mut new) = phone_ticket("Printer");
        new["queue_id"] = json!(master::QUEUE_FIRST);
        new["direction"] = json!("inbound");
        self.app.new_ticket(self.ana, serde_json::from_value(new).unwrap()).await.unwrap().row.id
    }

    /// Does something at that moment.
    async fn does(&self, text: &str, ticket: TicketId, body: CommandBody) {
        self.at(text);
        let command = SubmitCommand { id: CommandId(new_id()), body };
        self.app.command(self.ana, ticket, command).await.unwrap();
    }

    async fn says(&self, text: &str, ticket: TicketId, what: &str) {
        let body = match what {
            "note" => json!({ "type": "note", "text": "Words." }),
            "visible note" => json!({ "type": "note", "text": "Words.", "visible": true }),
            "call out" => json!({ "type": "phone_call", "text": "Words.", "direction": "outbound" }),
            "call in" => json!({ "type": "phone_call", "text": "Words.", "direction": "inbound" }),
            "pending" => json!({ "type": "set_state", "state_id": master::STATE_PENDING_REMINDER, "pending_until": moment("24T10:00") }),
            "open" => json!({ "type": "set_state", "state_id": master::STATE_OPEN }),
            "closed" => json!({ "type": "set_state", "state_id": master::STATE_CLOSED_SUCCESSFUL }),
            "removed" => json!({ "type": "set_state", "state_id": master::STATE_REMOVED }),
            _ => panic!("{what}"),
        };
        let mut body = body;
        body["article_id"] = json!(new_id());
        self.does(text, ticket, serde_json::from_value(body).unwrap()).await;
    }

    async fn row(&self, id: TicketId) -> TicketRow {
        let query = ListQuery { view: Some("all".into()), sort: Some("due".into()), ..ListQuery::default() };
        let page = self.app.list(self.ana, query).await.unwrap();
        let listed = page.rows.into_iter().find(|row| row.id == id).unwrap();
        let open = self.app.ticket(self.ana, id).await.unwrap().row;
        assert_eq!(listed.due, open.due, "the list and the ticket say the same");
        listed
    }

    /// Its earliest deadline in Berlin, as `23T17:00`; `paused` and `none` in words.
    async fn due(&self, id: TicketId) -> String {
        let Some(due) = self.row(id).await.due else { return "none".into() };
        assert_eq!(due.source.name, "Service desk");
        let Some(at) = due.at else {
            assert_eq!(due.standing, Standing::Paused);
            return "paused".into();
        };
        let minutes = (at - moment("01T00:00")) / 60_000;
        format!("{:02}T{:02}:{:02}", minutes / 1440 + 1, minutes / 60 % 24, minutes % 60)
    }

    async fn clocks(&self, id: TicketId) -> ClocksView {
        self.app.clocks(self.ana, id).await.unwrap()
    }

    async fn history(&self, id: TicketId) -> Vec<String> {
        self.app.history(self.ana, id).await.unwrap().into_iter().map(|event| event.kind).collect()
    }

    async fn levels(&self, id: TicketId) -> usize {
        self.history(id).await.iter().filter(|kind| *kind == "level_reached").count()
    }

    /// Ends the process, as far as the desk can tell, and starts it again at that moment.
    async fn restart(&mut self, text: &str) {
        self.app.close().await;
        self.at(text);
        let (options, clock) = (options(&self.folder), Clock::set_by(self.hand.clone()));
        self.app = until("the data folder to be free", async || App::open_at(options.clone(), clock.clone()).await.ok()).await;
        self.app.run();
    }

    /// Asserts that folding the history gives the row, clocks and all.
    async fn folds(&self, id: TicketId) {
        let db = Db::open_sqlite(&data(&self.folder).join("docket.db")).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let row = ticket::find(&mut tx, id).await.unwrap().unwrap();
        let mut folded = Ticket::blank(id);
        for event in event::of_ticket(&mut tx, id).await.unwrap() {
            apply(&mut folded, &event);
        }
        drop(tx);
        db.close().await;
        assert!(!row.clocks.is_blank());
        assert_eq!(folded, row);
    }
}

fn otrs(suspend: bool) -> Value {
    json!({ "rules": "otrs", "suspend": suspend })
}

fn desk() -> Value {
    json!({ "rules": "desk", "update": "keep_informed" })
}

fn promise(measure: &str, minutes: u32) -> Value {
    json!([{ "measure": measure, "minutes": minutes, "warn_percent": 80 }])
}

/// Contract §6, E11.
#[tokio::test]
async fn a_pause_moves_the_deadline() {
    for (clocks, while_pending, after) in
        [(otrs(false), "23T17:00", "23T17:00"), (otrs(true), "paused", "24T16:00"), (desk(), "paused", "24T16:00")]
    {
        let stage = Stage::start(clocks.clone(), promise("solution", 480)).await;
        let ticket = stage.open("23T09:00").await;
        assert_eq!(stage.due(ticket).await, "23T17:00");
        stage.says("23T11:00", ticket, "pending").await;
        assert_eq!(stage.due(ticket).await, while_pending, "{clocks}");
        stage.says("24T10:00", ticket, "open").await;
        assert_eq!(stage.due(ticket).await, after, "{clocks}");
        stage.folds(ticket).await;
        let clocks = stage.clocks(ticket).await;
        let told = &clocks.clocks[0];
        let worked: i64 = told.explained.worked.iter().map(|segment| segment.to - segment.from).sum();
        assert_eq!((worked, told.calendar.as_str()), (told.explained.clock.elapsed, "Working hours"));
        stage.app.close().await;
    }
}

/// Contract §6, row *First response*: only a word of an agent that the customer sees stops it; pending states do not pause it.
#[tokio::test]
async fn the_first_response() {
    let stage = Stage::start(otrs(false), promise("first_response", 60)).await;
    let ticket = stage.open("23T09:00").await;
    stage.says("23T09:05", ticket, "note").await;
    stage.says("23T09:06", ticket, "call in").await;
    stage.says("23T09:07", ticket, "pending").await;
    assert_eq!(stage.due(ticket).await, "23T10:00");
    stage.says("23T09:10", ticket, "visible note").await;
    assert_eq!(stage.due(ticket).await, "none");
    let clock = stage.clocks(ticket).await.clocks[0].explained.clock;
    assert_eq!((clock.standing, clock.stop, clock.elapsed), (Standing::Fulfilled, Some(moment("23T09:10")), 10 * 60_000));
    stage.says("23T12:00", ticket, "call in").await;
    assert_eq!(stage.due(ticket).await, "none", "it never starts again");
    let closed = stage.open("23T13:00").await;
    stage.says("23T13:01", closed, "closed").await;
    assert_eq!(stage.due(closed).await, "none", "no timer on a closed ticket");
    stage.app.close().await;
}

/// Contract §6, row *Update*: since the last word of the desk, or the customer's oldest after it; none in pending and closed states.
#[tokio::test]
async fn the_update() {
    let stage = Stage::start(otrs(false), promise("update", 60)).await;
    let ticket = stage.open("23T09:00").await;
    assert_eq!(stage.due(ticket).await, "23T10:00");
    for (when, what, due) in [
        ("23T09:30", "call out", "23T10:30"),
        ("23T09:40", "note", "23T10:30"),
        ("23T10:00", "call in", "23T11:00"),
        ("23T10:10", "call in", "23T11:00"),
        ("23T10:20", "pending", "none"),
        ("23T10:30", "open", "23T11:00"),
        ("23T10:40", "removed", "none"),
    ] {
        stage.says(when, ticket, what).await;
        assert_eq!(stage.due(ticket).await, due, "{when} {what}");
    }
    stage.folds(ticket).await;
    stage.app.close().await;
}

/// Contract §6, row *Solution*: a close stops it for ever in OTRS; here a reopened ticket's clock runs on without the time between.
#[tokio::test]
async fn the_solution() {
    for (clocks, due) in [(otrs(false), "none"), (desk(), "23T18:00")] {
        let stage = Stage::start(clocks.clone(), promise("solution", 480)).await;
        let ticket = stage.open("23T09:00").await;
        stage.says("23T11:00", ticket, "closed").await;
        assert_eq!(stage.due(ticket).await, "none");
        stage.says("23T12:00", ticket, "open").await;
        assert_eq!(stage.due(ticket).await, due, "{clocks}");
        stage.app.close().await;
    }
}

/// Each level once, whether the desk is up when its moment comes, down, or started again afterwards.
#[tokio::test]
async fn levels_are_reached_once() {
    let raise = json!([{ "kind": "raise_priority" }]);
    let levels = json!([{ "at": { "percent": 50 }, "actions": raise }, { "at": { "after_minutes": 30 }, "actions": raise }]);
    let mut stage = Stage::start(desk(), json!([{ "measure": "solution", "minutes": 120, "levels": levels }])).await;
    let ticket = stage.open("23T09:00").await;
    let next = stage.clocks(ticket).await.next_level.unwrap();
    assert_eq!((next.at, next.number, next.measure), (moment("23T10:00"), 1, Measure::Solution));
    stage.app.reach_all_levels().await.unwrap();
    assert_eq!(stage.levels(ticket).await, 0);

    stage.restart("23T09:59").await;
    assert_eq!(stage.levels(ticket).await, 0);
    stage.at("23T10:00");
    until("the first level", async || (stage.levels(ticket).await == 1).then_some(())).await;
    stage.restart("23T10:00").await;
    stage.app.reach_all_levels().await.unwrap();
    assert_eq!(stage.levels(ticket).await, 1);

    // Off for the breach and the level after it.
    stage.restart("23T14:00").await;
    until("the levels that came meanwhile", async || (stage.levels(ticket).await == 3).then_some(())).await;
    stage.restart("23T15:00").await;
    stage.app.reach_all_levels().await.unwrap();
    let view = stage.clocks(ticket).await;
    let reached: Vec<_> = view.levels.iter().map(|level| (level.number, level.late)).collect();
    assert_eq!(reached, [(1, false), (0, true), (2, true)]);
    assert_eq!(view.next_level, None);
    assert_eq!(stage.row(ticket).await.priority_id, master::priority(5), "raised twice from 3");
    stage.folds(ticket).await;
    stage.app.close().await;
}

#[tokio::test]
async fn acknowledging_is_seen_by_all() {
    let stage = Stage::start(desk(), promise("solution", 120)).await;
    let ticket = stage.open("23T09:00").await;
    stage.does("23T09:30", ticket, CommandBody::Acknowledge).await;
    let view = stage.clocks(ticket).await;
    let known = view.acknowledged.unwrap();
    assert_eq!((known.by.as_str(), known.at, view.next_level), ("Ana", moment("23T09:30"), None));
    stage.at("23T15:00");
    stage.app.reach_all_levels().await.unwrap();
    assert_eq!(stage.levels(ticket).await, 0);
    assert!(stage.row(ticket).await.due.unwrap().late, "it is late all the same");
    stage.app.close().await;
}

#[tokio::test]
async fn deadlines_follow_the_settings() {
    let stage = Stage::start(desk(), promise("solution", 480)).await;
    let (one, two) = (stage.open("23T09:00").await, stage.open("23T10:00").await);
    stage.says("23T10:30", two, "closed").await;
    stage.at("23T12:00");
    stage.promise(promise("solution", 120)).await;
    stage.app.recompute().await.unwrap();
    assert_eq!(stage.due(one).await, "23T11:00");
    let told = stage.app.recomputing(stage.ana).await.unwrap();
    assert_eq!((told.running, told.done, told.written, told.now_late), (false, 1, 1, vec![one]));
    stage.app.recompute().await.unwrap();
    assert_eq!(stage.app.recomputing(stage.ana).await.unwrap().written, 0, "what stands there is not written again");

    stage.set(Kind::Calendar, master::CALENDAR.0, json!({ "week": { "mon": [["13:00", "21:00"]] } })).await;
    stage.app.recompute().await.unwrap();
    assert_eq!(stage.due(one).await, "23T15:00");
    assert_eq!(stage.app.recomputing(stage.ana).await.unwrap().no_longer_late, [one]);

    // By itself.
    stage.app.run();
    stage.promise(promise("solution", 180)).await;
    let listed = async || {
        let query = ListQuery { view: Some("all".into()), ..ListQuery::default() };
        let rows = stage.app.list(stage.ana, query).await.unwrap().rows;
        rows.into_iter().find(|row| row.id == one).and_then(|row| row.due?.at)
    };
    until("the new promise to count", async || listed().await.filter(|at| *at == moment("23T16:00"))).await;
    assert_eq!(stage.due(one).await, "23T16:00");
    stage.app.close().await;
}

/// Tickets from before there were clocks.
#[tokio::test]
async fn an_old_desk_gets_its_clocks() {
    let mut stage = Stage::start(desk(), promise("solution", 480)).await;
    let (one, two) = (stage.open("23T09:00").await, stage.open("23T10:00").await);
    stage.says("23T10:30", one, "pending").await;
    let forget = "update ticket set clocks = '', due_at = null, due_measure = null, level_at = null";
    let file = data(&stage.folder).join("docket.db");
    let program = "import sqlite3, sys; base = sqlite3.connect(sys.argv[1], timeout=10); base.execute(sys.argv[2]); base.commit()";
    assert!(std::process::Command::new("/usr/bin/python3").args(["-c", program]).arg(file).arg(forget).status().unwrap().success());
    // One that is changed before its turn comes, and one that is not.
    stage.says("24T10:00", one, "open").await;
    assert_eq!(stage.due(one).await, "24T16:30");
    stage.restart("24T10:00").await;
    let done = async || stage.app.recomputing(stage.ana).await.unwrap();
    until("the other one's deadline", async || Some(done().await).filter(|told| told.finished_at.is_some() && !told.running)).await;
    assert_eq!(stage.due(two).await, "23T18:00");
    stage.folds(one).await;
    stage.folds(two).await;
    stage.app.close().await;
}

#[tokio::test]
async fn what_is_late_stands_first_and_reports_add_up() {
    let stage = Stage::start(desk(), promise("first_response", 60)).await;
    let (late, soon, kept) = (stage.open("23T09:00").await, stage.open("23T10:00").await, stage.open("23T10:01").await);
    stage.says("23T10:11", kept, "call out").await;
    stage.at("23T10:30");
    let list = async |view: &str, outcome: Option<&str>| {
        let query = ListQuery { view: Some(view.into()), outcome: outcome.map(str::to_owned), ..ListQuery::default() };
        let page = stage.app.list(stage.ana, query).await.unwrap();
        assert_eq!(page.total, page.rows.len() as i64);
        page.rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(list("escalating", None).await, [late, soon]);
    assert_eq!(list("late", None).await, [late]);
    let views = stage.app.counts(stage.ana).await.unwrap().views;
    assert_eq!((views.escalating, views.late), (2, 1));
    let told = stage.app.kept_promises(stage.ana, KeptQuery::default()).await.unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].kept, told[0].broken, told[0].running), (1, 1, 1));
    assert_eq!((told[0].median_minutes, told[0].promised_minutes), (Some(10), Some(60)));
    assert_eq!(list("promises", Some("kept")).await, [kept]);
    assert_eq!(list("promises", Some("broken")).await, [late]);
    assert_eq!(list("promises", Some("running")).await, [soon]);
    stage.app.close().await;
}
