//! Of one deadline an agent hears once: three desktops at a real server, and a fourth that is cut off.

use std::path::PathBuf;

use docket_api::{Host, LocalActor, call, router};
use docket_app::{
    App, Clock, Hold, HostKind, Options,
    wire::{AlarmEnd, AlarmView, connection::ConnectInput},
};
use docket_domain::{AgentId, TicketId, master};
use docket_sync::Roads;
use docket_tests::{
    cable::Cable,
    client::Client,
    dice::Dice,
    office::Office,
    team::{PASSWORD, Team, phone_ticket},
    until,
};
use http::Request;
use serde_json::{Value, json};

const TOKEN: &str = "of-this-start";

/// A connected desktop without its window.
struct Desktop {
    app: App,
    me: AgentId,
}

impl Desktop {
    async fn connect(data: PathBuf, name: &str, server: String) -> Self {
        let key_file = Some(data.join("key"));
        let options = Options { data, database: None, hold: Hold::Holder("test".into()), host: HostKind::Desktop, key_file };
        let (app, roads) = (App::open(options).await.unwrap(), Roads::open(None).unwrap());
        docket_sync::reach(&app, &roads);
        app.run();
        tokio::spawn(docket_sync::run(app.clone(), roads));
        let input = ConnectInput { server, login: "ben".into(), password: PASSWORD.into(), name: name.into() };
        app.connect_to(input).await.unwrap();
        let me = app.window_agent().unwrap();
        Self { app, me }
    }

    /// What its page tells: the agent does something here.
    async fn is_used(&self) {
        let request = Request::post("/api/v1/alarms/use").header("x-docket", TOKEN).header("content-type", "application/json");
        let mut request = request.body(Vec::new()).unwrap();
        request.extensions_mut().insert(LocalActor(self.me));
        let answer = call(&router(self.app.clone(), Host::Desktop { write_token: TOKEN.into() }), request).await;
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    /// The one alarm that it is to show.
    async fn to_show(&self) -> Option<AlarmView> {
        let mut alarms = self.app.alarms_to_show(self.me).await.unwrap();
        assert!(alarms.len() < 2, "{alarms:?}");
        alarms.pop()
    }

    async fn shows(&self) -> AlarmView {
        let alarm = until("the alarm", async || self.to_show().await).await;
        self.app.note_shown(self.me, std::slice::from_ref(&alarm), None).await.unwrap();
        assert_eq!(self.to_show().await, None, "it is shown once");
        alarm
    }

    async fn standing(&self) -> usize {
        self.app.standing_alarms(self.me, "window").await.unwrap().len()
    }

    async fn knows(&self, ticket: TicketId, pending_until: i64) {
        until("the ticket to be here as it is", async || {
            self.app.ticket(self.me, ticket).await.ok().filter(|ticket| ticket.row.pending_until == Some(pending_until)).map(drop)
        })
        .await;
    }

    async fn end(&self, how: &str, again_at: Option<i64>) {
        self.app.end_alarms(self.me, AlarmEnd { how: how.into(), again_at, ..AlarmEnd::default() }).await.unwrap();
    }
}

/// A ticket of Ben's that he wants to look at again in so many milliseconds.
async fn reminder(ben: &Client, title: &str, ms: i64) -> (TicketId, i64) {
    let (id, new) = phone_ticket(title);
    ben.must_post("/tickets", &new).await.unwrap();
    let due = Clock::system().now() + ms;
    for body in
        [json!({ "type": "take" }), json!({ "type": "set_state", "state_id": master::STATE_PENDING_REMINDER, "pending_until": due })]
    {
        ben.must_post(&format!("/tickets/{id}/commands"), &json!({ "id": docket_app::new_id(), "body": body })).await.unwrap();
    }
    (TicketId(id), due)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_desktops_show_it_one_sounds_and_a_fourth_without_contact_alarms_by_itself() {
    let office = Office::open(false, Dice::new(1)).await.unwrap();
    let ben = office.sign_in("ben").await.unwrap();
    let port = office.url().await.rsplit(':').next().unwrap().parse().unwrap();
    let mut cable = Cable::to(port).await.unwrap();
    let mut desktops = Vec::new();
    for name in ["one", "two", "three"] {
        desktops.push(Desktop::connect(office.path(name), name, office.line.url()).await);
    }
    let fourth = Desktop::connect(office.path("four"), "four", cable.url()).await;
    let (ticket, due) = reminder(&ben, "Printer on fire", 6_000).await;
    for desktop in desktops.iter().chain([&fourth]) {
        desktop.knows(ticket, due).await;
    }
    fourth.is_used().await;
    desktops[1].is_used().await;
    cable.pull_out().await;

    let mut shown = Vec::new();
    for desktop in &desktops {
        shown.push(desktop.shows().await);
    }
    let alone = fourth.shows().await;
    let sounds: Vec<bool> = shown.iter().map(|alarm| alarm.sound).collect();
    assert_eq!(sounds, [false, true, false], "the one used last of those that are there");
    assert!(shown.iter().all(|alarm| alarm.id == alone.id && alarm.due_at == due && alarm.as_of.is_none() && !alarm.late), "{shown:?}");
    assert!(alone.sound && alone.as_of.is_some_and(|at| at < due) && alone.title == "Printer on fire", "{alone:?}");

    // One click, and it is gone from all; from the fourth, too, when it is back.
    desktops[0].end("seen", None).await;
    for desktop in &desktops {
        until("it to be gone", async || (desktop.standing().await == 0).then_some(())).await;
    }
    assert_eq!(fourth.standing().await, 1, "nobody has told it yet");
    cable.plug_in().await.unwrap();
    fourth.app.sync_now();
    until("it to be gone from the fourth", async || (fourth.standing().await == 0).then_some(())).await;
    assert_eq!(fourth.to_show().await, None, "under the same name it is not shown again");

    // What each of them did stands in the log at the server.
    until("the log to know all four", async || {
        let log = ben.get("/alarms/log").await.ok()?;
        let devices: Vec<_> = log.as_array()?.iter().filter(|one| one["outcome"] == "shown").map(|one| one["alarm_id"].clone()).collect();
        (devices.len() == 4 && devices.iter().all(|id| *id == alone.id)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_put_off_without_contact_comes_again_everywhere_and_is_not_told_twice() {
    let office = Office::open(false, Dice::new(2)).await.unwrap();
    let ben = office.sign_in("ben").await.unwrap();
    let port = office.url().await.rsplit(':').next().unwrap().parse().unwrap();
    let mut cable = Cable::to(port).await.unwrap();
    let desktop = Desktop::connect(office.path("one"), "one", office.line.url()).await;
    let away = Desktop::connect(office.path("away"), "away", cable.url()).await;
    let (ticket, due) = reminder(&ben, "Printer on fire", 4_000).await;
    desktop.knows(ticket, due).await;
    away.knows(ticket, due).await;
    cable.pull_out().await;
    let first = desktop.shows().await;
    assert_eq!(away.shows().await.id, first.id);
    let again_at = Clock::system().now() + 5_000;
    away.end("snoozed", Some(again_at)).await;
    assert_eq!(away.standing().await, 0);
    cable.plug_in().await.unwrap();
    away.app.sync_now();
    until("the other one to hear of it", async || (desktop.standing().await == 0).then_some(())).await;
    let (one, two) = (desktop.shows().await, away.shows().await);
    assert_eq!((&one.id, one.due_at), (&two.id, due));
    assert_ne!(one.id, first.id);
    assert!(Clock::system().now() >= again_at);
    assert!(one.sound != two.sound, "one of them sounds");
    // Taken away from the ticket itself, it is gone: there is nothing to be reminded of.
    let body = json!({ "type": "set_state", "state_id": master::STATE_OPEN });
    ben.must_post(&format!("/tickets/{ticket}/commands"), &json!({ "id": docket_app::new_id(), "body": body })).await.unwrap();
    for desktop in [&desktop, &away] {
        until("it to be withdrawn", async || (desktop.standing().await == 0).then_some(())).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_dead_at_the_moment_tells_it_late_and_once() {
    let office = Office::open(false, Dice::new(3)).await.unwrap();
    let ben = office.sign_in("ben").await.unwrap();
    let (_, due) = reminder(&ben, "Printer on fire", 1_500).await;
    office.kill().await.unwrap();
    until("the moment to pass", async || (Clock::system().now() > due).then_some(())).await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        office.start().await.unwrap();
        let ben = office.sign_in("ben").await.unwrap();
        let alarms = until("the alarm", async || {
            let alarms = ben.get("/alarms").await.ok()?;
            (!alarms.as_array()?.is_empty()).then_some(alarms)
        })
        .await;
        assert_eq!(alarms.as_array().unwrap().len(), 1, "{alarms}");
        assert!(alarms[0]["raised_at"].as_i64() > Some(due));
        ids.push((alarms[0]["id"].clone(), alarms[0]["raised_at"].clone()));
        office.kill().await.unwrap();
    }
    assert_eq!(ids[0], ids[1], "the same one, found out once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alarm_comes_and_goes_at_every_server() {
    let team = Team::with_ana().await.unwrap();
    let (_one, two, ana) = team.two().await.unwrap();
    let there = ana.at(&two.url).apart().unwrap();
    let (ticket, due) = reminder(&ana, "Printer on fire", 3_000).await;
    let mut upto = there.get("/changes?after=-1&alarms=-1").await.unwrap()["alarms"]["upto"].as_i64().unwrap();
    // Each question waits until there is something to tell.
    let mut next = async || {
        until("news of alarms", async || {
            let seq = there.get("/changes?after=-1").await.ok()?["seq"].as_i64()?;
            let news = there.get(&format!("/changes?after={seq}&alarms={upto}")).await.ok()?["alarms"].clone();
            upto = news["upto"].as_i64()?;
            news["alarms"].as_array()?.first().cloned()
        })
        .await
    };
    let told = next().await;
    assert_eq!((&told["ticket_id"], &told["due_at"], &told["sound"]), (&json!(ticket), &json!(due), &json!(true)), "{told}");
    assert!(Clock::system().now() - due < 5_000, "told by the other server, and not by the end of the question");
    ana.must_post("/alarms/end", &json!({ "ticket_id": ticket, "how": "seen" })).await.unwrap();
    let over = next().await;
    assert_eq!((&over["id"], &over["ended"]), (&told["id"], &json!("seen")), "{over}");
    // Also a device that never asked before may have found it out alone, and hears that it is over.
    let first = there.get("/changes?after=-1&alarms=-1").await.unwrap()["alarms"]["alarms"].clone();
    assert_eq!((&first[0]["id"], &first[0]["ended"]), (&told["id"], &json!("seen")), "{first}");
}

/// The customer calls, and the first queue promises them an answer within a minute, at any time; a tenth of it later somebody is warned.
async fn promised(office: &Office, ben: &Client) -> TicketId {
    let ana = office.sign_in("ana").await.unwrap();
    let always: Value =
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(|day| (day.to_owned(), json!([["00:00", "24:00"]]))).into_iter().collect();
    let calendar = docket_app::new_id();
    let document = json!({ "name": "Always", "time_zone": "UTC", "week": always, "valid": true });
    ana.must_put(&format!("/settings/calendar/{calendar}"), &json!({ "version": 0, "document": document })).await.unwrap();
    let settings = ana.get("/settings").await.unwrap();
    let queues = settings["records"]["queue"].as_array().unwrap();
    let queue = queues.iter().find(|queue| queue["id"] == json!(master::QUEUE_FIRST)).unwrap();
    let mut document = queue["document"].clone();
    document["calendar_id"] = json!(calendar);
    document["promises"] = json!([{ "measure": "first_response", "minutes": 1, "warn_percent": 10 }]);
    let path = format!("/settings/queue/{}", master::QUEUE_FIRST);
    ana.must_put(&path, &json!({ "version": queue["version"], "document": document })).await.unwrap();
    let (id, mut new) = phone_ticket("Printer on fire");
    (new["direction"], new["queue_id"]) = (json!("inbound"), json!(master::QUEUE_FIRST));
    ben.must_post("/tickets", &new).await.unwrap();
    ben.must_post(&format!("/tickets/{id}/commands"), &json!({ "id": docket_app::new_id(), "body": { "type": "take" } })).await.unwrap();
    TicketId(id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promise_alarms_under_one_name_without_contact_too_and_goes_with_the_answer() {
    let office = Office::open(false, Dice::new(3)).await.unwrap();
    let ben = office.sign_in("ben").await.unwrap();
    let port = office.url().await.rsplit(':').next().unwrap().parse().unwrap();
    let mut cable = Cable::to(port).await.unwrap();
    let desktop = Desktop::connect(office.path("one"), "one", office.line.url()).await;
    let away = Desktop::connect(office.path("away"), "away", cable.url()).await;
    let ticket = promised(&office, &ben).await;
    let due = until("the promise to be here", async || {
        let here = away.app.ticket(away.me, ticket).await.ok()?.row;
        here.due?.warn_at.filter(|_| here.locked)
    })
    .await;
    cable.pull_out().await;
    let (told, alone) = (desktop.shows().await, away.shows().await);
    assert_eq!((told.event.as_str(), told.due_at, told.late, told.as_of), ("escalation_warning", due, false, None));
    assert_eq!((&alone.id, alone.due_at), (&told.id, due), "the same by the same name");
    assert!(alone.as_of.is_some_and(|at| at < due), "{alone:?}");
    let glance = desktop.app.glance(desktop.me).await.unwrap();
    assert_eq!((glance.mine, glance.late, glance.next.len()), (1, 0, 1), "the deadline itself is still to come: {glance:?}");
    assert_eq!(glance.next[0].due_at, due + 54_000);

    let answer = json!({ "type": "phone_call", "article_id": docket_app::new_id(), "text": "On our way.", "direction": "outbound" });
    ben.must_post(&format!("/tickets/{ticket}/commands"), &json!({ "id": docket_app::new_id(), "body": answer })).await.unwrap();
    until("it to be gone", async || (desktop.standing().await == 0).then_some(())).await;
    assert_eq!(away.standing().await, 1, "nobody has told it yet");
    cable.plug_in().await.unwrap();
    away.app.sync_now();
    until("it to be gone there, too", async || (away.standing().await == 0).then_some(())).await;
}
