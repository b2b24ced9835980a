//! Deadlines of many open tickets: computed anew when settings change, and swept for levels whose moment has come.

use std::{
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use docket_app::{
    App, Clock,
    wire::{NewTicket, SaveRecord, Setup},
};
use docket_domain::{AgentId, deadline, master, settings::Kind};
use docket_store::{Db, dump::TABLES, ticket};
use docket_tests::team::phone_ticket;
use serde_json::json;
use uuid::Uuid;

use crate::{
    figures::Figures,
    fixture::{Desk, options},
};

/// A Monday at nine in Berlin.
const MONDAY: i64 = 1_795_420_800_000;
const MINUTE: i64 = 60_000;

/// A desk of tickets that differ in their number and the minute in which they were opened alone.
struct Stage {
    desk: Desk,
    app: App,
    ana: AgentId,
    hand: Arc<AtomicI64>,
}

impl Stage {
    async fn start(tickets: u64, open: u64) -> Result<Self> {
        let desk = Desk::empty()?;
        let hand = Arc::new(AtomicI64::new(MONDAY));
        let app = App::open_at(options(&desk.data()), Clock::set_by(hand.clone())).await?;
        let setup = Setup {
            desk_name: "Desk".into(),
            your_name: "Ana".into(),
            your_email: String::new(),
            queue_name: String::new(),
            language: "en".into(),
            time_zone: "Europe/Berlin".into(),
            mailbox: None,
        };
        let ana = app.setup(setup).await?;
        let stage = Self { desk, app, ana, hand };
        stage.promise(480).await?;
        let (_, mut new) = phone_ticket("Printer");
        new["queue_id"] = json!(master::QUEUE_FIRST);
        let new: NewTicket = serde_json::from_value(new)?;
        stage.app.new_ticket(ana, new).await?;
        stage.fill(tickets, open)?;
        let db = stage.db().await?;
        let mut tx = db.begin().await?;
        ticket::recount(&mut tx).await?;
        tx.commit().await?;
        db.settle().await?;
        db.close().await;
        Ok(stage)
    }

    /// Writes the one ticket again and again, behind the desk's back.
    fn fill(&self, tickets: u64, open: u64) -> Result<()> {
        let columns: Vec<&str> =
            TABLES.iter().filter(|table| table.name == "ticket").flat_map(|table| table.columns).map(|c| c.name).collect();
        let closed = format!("n.n > {open}");
        let value = |column: &&str| match *column {
            "id" => "randomblob(16)".to_owned(),
            "number" => "cast(9000000000 + n.n as text)".to_owned(),
            "created_at" | "changed_at" => format!("t.{column} + n.n % 10000 * {MINUTE}"),
            "class" => format!("case when {closed} then 0 else 1 end"),
            "due_at" | "due_measure" | "due_warn_at" | "level_at" => format!("case when {closed} then null else t.{column} end"),
            other => format!("t.{other}"),
        };
        let values: Vec<String> = columns.iter().map(value).collect();
        let sql = format!(
            "with recursive n(n) as (select 1 union all select n + 1 from n where n < {tickets}) insert into ticket ({}) select {} from n, (select * from ticket limit 1) t",
            columns.join(", "),
            values.join(", ")
        );
        let program = "import sqlite3, sys; base = sqlite3.connect(sys.argv[1], timeout=60); base.execute(sys.argv[2]); base.commit()";
        let done = Command::new("/usr/bin/python3").args(["-c", program]).arg(self.desk.data().join("docket.db")).arg(sql).status()?;
        ensure!(done.success(), "the tickets could not be written");
        Ok(())
    }

    async fn db(&self) -> Result<Db> {
        Ok(Db::open_sqlite(&self.desk.data().join("docket.db")).await?)
    }

    async fn promise(&self, minutes: u32) -> Result<()> {
        let record = self.app.settings().records[&(Kind::Queue, master::QUEUE_FIRST.0)].clone();
        let mut document = record.document;
        let levels = json!([{ "at": { "percent": 50 }, "to": [{ "kind": "queue" }], "actions": [{ "kind": "notify" }] }]);
        let promise = |measure: &str, minutes: u32| json!({ "measure": measure, "minutes": minutes, "levels": levels });
        document["promises"] =
            json!([promise("first_response", minutes / 4), promise("update", minutes / 2), promise("solution", minutes)]);
        let save = SaveRecord { version: record.version, document };
        self.app.save_record(self.ana, Kind::Queue, master::QUEUE_FIRST.0, save).await?;
        Ok(())
    }
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

/// All open tickets after a change of what is promised.
pub async fn recompute(figures: &mut Figures, open: u64) -> Result<()> {
    let stage = Stage::start(open, open).await?;
    let db = stage.db().await?;
    let (mut after, settings) = ((i64::MIN, Uuid::nil()), stage.app.settings());
    let (mut computed, mut found) = (Duration::ZERO, 0);
    loop {
        let page = ticket::open_after(&mut db.read().await?, after, 500).await?;
        let Some(last) = page.last() else { break };
        after = (last.ticket.created_at, last.ticket.id.0);
        let start = Instant::now();
        found += page.iter().filter(|stored| deadline::next(&stored.ticket, &settings).due.is_some()).count();
        computed += start.elapsed();
    }
    ensure!(found as u64 >= open, "{found} of {open} tickets have a deadline");
    figures.note("recompute_computed_ms", computed.as_secs_f64() * 1000.0);
    db.close().await;

    stage.promise(960).await?;
    let over = Arc::new(AtomicBool::new(false));
    let (app, ana, stop) = (stage.app.clone(), stage.ana, over.clone());
    // Somebody else writes all the while.
    let others = tokio::spawn(async move {
        let mut longest = 0.0_f64;
        while !stop.load(Ordering::Relaxed) {
            let start = Instant::now();
            app.save_personal(ana, "bench", json!({})).await?;
            longest = longest.max(ms(start));
            tokio::time::sleep(Duration::from_millis(7)).await;
        }
        anyhow::Ok(longest)
    });
    let start = Instant::now();
    stage.app.recompute().await?;
    figures.note("recompute_done_ms", ms(start));
    over.store(true, Ordering::Relaxed);
    figures.note("recompute_other_write_longest_ms", others.await??);
    let written = stage.app.recomputing(stage.ana).await?.written;
    ensure!(written >= open, "{written} of {open} were written");
    let start = Instant::now();
    stage.app.recompute().await?;
    figures.note("recompute_unchanged_ms", ms(start));
    ensure!(stage.app.recomputing(stage.ana).await?.written == 0, "what stands there was written again");
    stage.app.close().await;
    Ok(())
}

/// Levels whose moment has come, among many tickets of which a tenth is open.
pub async fn sweep(figures: &mut Figures, tickets: u64) -> Result<()> {
    let stage = Stage::start(tickets, tickets / 10).await?;
    stage.app.recompute().await?;
    let mut times = Vec::new();
    for _ in 0..200 {
        let start = Instant::now();
        stage.app.reach_all_levels().await?;
        times.push(ms(start));
    }
    figures.times("level_sweep_idle", times);
    // The first level of a first response is reached an hour after its ticket was opened.
    let due = MONDAY + 60 * MINUTE;
    stage.hand.store(due + MINUTE, Ordering::Relaxed);
    let start = Instant::now();
    stage.app.reach_all_levels().await?;
    let took = ms(start);
    let reached = ticket::levels_due(&mut stage.db().await?.read().await?, due + MINUTE, 1).await?;
    ensure!(reached.is_empty(), "levels were left out");
    figures.note("levels_reached_ms", took);
    stage.app.close().await;
    Ok(())
}
