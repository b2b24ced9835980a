//! What is due is told at its moment, once, to whom it concerns, and not when they want to be left alone.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use docket_app::{
    App, Clock, Error, Hold, HostKind, Options, new_id,
    wire::{AlarmEnd, AlarmView, CommandBody, NewTicket, SubmitCommand},
};
use docket_domain::{AgentId, CommandId, TicketId, master};
use docket_tests::{team::phone_ticket, until};
use serde_json::{Value, json};
use tempfile::TempDir;

const START: i64 = 1_795_251_600_000; // 2026-11-21T09:00:00Z, a Saturday
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// A desk in a window, on a clock that is moved by hand.
struct Alone {
    folder: TempDir,
    hand: Arc<AtomicI64>,
    app: App,
    ana: AgentId,
}

impl Alone {
    async fn open() -> Self {
        let folder = tempfile::Builder::new().prefix("docket-alarms-").tempdir().unwrap();
        let hand = Arc::new(AtomicI64::new(START));
        let app = open(&folder, &hand).await;
        let ana = app.add_agent("ana", "Ana", "", true, None).await.unwrap();
        Self { folder, hand, app, ana }
    }

    /// The program ends and starts again.
    async fn again(&mut self) {
        self.app.close().await;
        self.app = open(&self.folder, &self.hand).await;
    }

    fn at(&self, ms: i64) {
        self.hand.store(START + ms, Ordering::Relaxed);
    }

    async fn command(&self, ticket: TicketId, body: Value) {
        let body: CommandBody = serde_json::from_value(body).unwrap();
        self.app.command(self.ana, ticket, SubmitCommand { id: CommandId(new_id()), body }).await.unwrap();
    }

    /// A ticket that Ana has, to be looked at again so many milliseconds after the start.
    async fn reminder(&self, title: &str, ms: i64) -> TicketId {
        let (id, new) = phone_ticket(title);
        let new: NewTicket = serde_json::from_value(new).unwrap();
        self.app.new_ticket(self.ana, new).await.unwrap();
        self.command(id.into(), json!({ "type": "take" })).await;
        self.command(id.into(), json!({ "type": "set_state", "state_id": master::STATE_PENDING_REMINDER, "pending_until": START + ms }))
            .await;
        id.into()
    }

    async fn to_show(&self) -> Vec<AlarmView> {
        self.app.alarms_to_show(self.ana).await.unwrap()
    }

    async fn shows(&self, count: usize) -> Vec<AlarmView> {
        let alarms = until("the alarms", async || Some(self.to_show().await).filter(|alarms| alarms.len() == count)).await;
        self.app.note_shown(self.ana, &alarms, None).await.unwrap();
        alarms
    }

    /// Looks at another reminder, to know that what was due before it has been looked for.
    async fn looked(&self, ms: i64) {
        let probe = self.reminder("probe", ms).await;
        self.at(ms);
        until("the probe to be found", async || {
            let standing = self.app.standing_alarms(self.ana, "window").await.unwrap();
            standing.iter().any(|alarm| alarm.ticket_id == Some(probe)).then_some(())
        })
        .await;
        self.app.end_alarms(self.ana, AlarmEnd { ticket_id: Some(probe), how: "seen".into(), ..AlarmEnd::default() }).await.unwrap();
    }

    async fn wishes(&self, document: Value) {
        self.app.save_personal(self.ana, "notify", document).await.unwrap();
    }
}

async fn open(folder: &TempDir, hand: &Arc<AtomicI64>) -> App {
    let data = folder.path().join("desk");
    let hold = Hold::Holder("a test".into());
    let options = Options { key_file: Some(data.join("key")), data, database: None, hold, host: HostKind::Desktop };
    // The last tasks of the one before let go of the folder within a second or so.
    let app = until("the data folder to be free", async || match App::open_at(options.clone(), Clock::set_by(hand.clone())).await {
        Ok(app) => Some(app),
        Err(Error::Held(_)) => None,
        Err(error) => panic!("the desk does not start again: {error:?}"),
    })
    .await;
    app.run();
    app
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alarm_is_told_at_its_moment_and_not_before_and_once() {
    let mut desk = Alone::open().await;
    let ticket = desk.reminder("Printer on fire", HOUR).await;
    desk.looked(HOUR - 1).await;
    assert_eq!(desk.to_show().await, []);
    desk.at(HOUR);
    let [alarm] = desk.shows(1).await.try_into().unwrap();
    assert_eq!((alarm.ticket_id, alarm.due_at, alarm.late, alarm.sound), (Some(ticket), START + HOUR, false, true));
    assert_eq!((alarm.event.as_str(), alarm.title.as_str()), ("reminder_locked", "Printer on fire"));
    // Neither another look nor another start tells it again; ended, it is gone.
    desk.again().await;
    desk.looked(2 * HOUR).await;
    assert_eq!(desk.to_show().await, []);
    assert_eq!(desk.app.standing_alarms(desk.ana, "window").await.unwrap().len(), 1);
    desk.app.end_alarms(desk.ana, AlarmEnd { id: Some(alarm.id), how: "seen".into(), ..AlarmEnd::default() }).await.unwrap();
    assert_eq!(desk.app.standing_alarms(desk.ana, "window").await.unwrap(), []);
    desk.app.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_due_while_the_program_was_off_is_told_late_and_none_is_lost() {
    let mut desk = Alone::open().await;
    for n in 0..40 {
        desk.reminder(&format!("Printer {n}"), HOUR + n).await;
    }
    desk.app.close().await;
    desk.at(3 * HOUR);
    desk.again().await;
    let alarms = until("all of them", async || Some(desk.to_show().await).filter(|alarms| alarms.len() == 40)).await;
    assert!(alarms.iter().all(|alarm| alarm.late), "{alarms:?}");
    // Killed before it noted what it has shown: all come again, under the same names.
    desk.again().await;
    assert_eq!(
        desk.shows(40).await.iter().map(|alarm| &alarm.id).collect::<Vec<_>>(),
        alarms.iter().map(|alarm| &alarm.id).collect::<Vec<_>>()
    );
    desk.again().await;
    desk.looked(4 * HOUR).await;
    assert_eq!(desk.to_show().await, []);
    desk.app.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_put_off_comes_again_and_what_is_over_does_not() {
    let desk = Alone::open().await;
    let (one, two) = (desk.reminder("Printer", HOUR).await, desk.reminder("Scanner", HOUR).await);
    desk.at(HOUR);
    desk.shows(2).await;
    let snoozed = |ticket| AlarmEnd {
        ticket_id: Some(ticket),
        how: "snoozed".into(),
        again_at: Some(START + HOUR + 15 * MINUTE),
        ..AlarmEnd::default()
    };
    for ticket in [one, two] {
        desk.app.end_alarms(desk.ana, snoozed(ticket)).await.unwrap();
    }
    assert!(desk.app.end_alarms(desk.ana, AlarmEnd { again_at: Some(START), ..snoozed(one) }).await.is_err(), "that has passed");
    desk.command(two, json!({ "type": "close", "state_id": master::STATE_CLOSED_SUCCESSFUL })).await;
    desk.looked(HOUR + 15 * MINUTE - 1).await;
    assert_eq!(desk.to_show().await, []);
    desk.at(HOUR + 15 * MINUTE);
    let [again] = desk.shows(1).await.try_into().unwrap();
    assert_eq!((again.ticket_id, again.due_at), (Some(one), START + HOUR));
    // A ticket that needs no looking at any more takes its alarm back.
    desk.command(one, json!({ "type": "close", "state_id": master::STATE_CLOSED_SUCCESSFUL })).await;
    until("it to be withdrawn", async || desk.app.standing_alarms(desk.ana, "window").await.unwrap().is_empty().then_some(())).await;
    desk.app.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_disturbed_in_quiet_hours_or_while_paused_and_hears_it_afterwards() {
    let desk = Alone::open().await;
    let days: Value = json!({ "sat": { "from": "10:00", "to": "11:00" } });
    desk.wishes(json!({ "quiet": { "on": true, "time_zone": "UTC", "days": days } })).await;
    desk.reminder("Printer", HOUR).await;
    desk.looked(HOUR + MINUTE).await;
    assert_eq!(desk.to_show().await, []);
    desk.at(2 * HOUR);
    desk.shows(1).await;
    desk.app.pause(desk.ana, Some(START + 4 * HOUR)).await.unwrap();
    let kept = desk.app.personal(desk.ana, "notify").await.unwrap();
    assert_eq!(kept["quiet"]["days"], days, "a pause leaves the rest as it is");
    desk.reminder("Scanner", 3 * HOUR).await;
    desk.looked(3 * HOUR + MINUTE).await;
    assert_eq!(desk.to_show().await, []);
    assert_eq!(desk.app.glance(desk.ana).await.unwrap().paused_until, Some(START + 4 * HOUR));
    desk.app.pause(desk.ana, None).await.unwrap();
    desk.shows(1).await;
    desk.wishes(json!({ "ways": { "reminder_locked": { "native": false } } })).await;
    let off = desk.reminder("Fax", 5 * HOUR).await;
    desk.at(5 * HOUR);
    let line = until("the log to say why not", async || {
        let log = desk.app.deliveries(desk.ana, desk.ana).await.unwrap();
        log.into_iter().find(|line| line.ticket_id == Some(off))
    })
    .await;
    assert_eq!((line.outcome.as_str(), desk.to_show().await), ("off", Vec::new()));
    desk.app.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_icon_counts_mine_and_the_late_ones_and_names_the_next_three() {
    let desk = Alone::open().await;
    for (title, hours) in [("late", 1), ("fourth", 6), ("first", 3), ("third", 5), ("second", 4)] {
        desk.reminder(title, hours * HOUR).await;
    }
    desk.at(2 * HOUR);
    let glance = desk.app.glance(desk.ana).await.unwrap();
    assert_eq!((glance.mine, glance.late), (5, 1));
    assert_eq!(glance.next.iter().map(|one| one.title.as_str()).collect::<Vec<_>>(), ["first", "second", "third"]);
    desk.app.close().await;
}
