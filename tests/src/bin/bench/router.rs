//! The Router in this process, without a network, as the window uses it.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use axum::Router;
use docket_api::{Host, LocalActor, call, router};
use docket_app::{
    App, new_id,
    wire::{CommandBody, ListQuery, SaveRecord, SubmitCommand},
};
use docket_domain::{AgentId, CommandId, GroupId, master, settings::Kind};
use docket_tests::dice::Dice;
use serde_json::json;

use crate::{
    figures::Figures,
    fixture::{self, Desk},
};

const TIMES: usize = 200;
/// Tickets that an agent of few queues owns elsewhere.
const OWNED: usize = 3_000;
const SORTS: [&str; 7] = ["changed", "created", "number", "priority", "customer", "title", "due"];
const VIEWS: [&str; 5] = ["open", "unassigned", "mine", "closed", "all"];

struct Window {
    router: Router,
    me: AgentId,
}

fn request(path: &str, me: AgentId) -> Result<http::Request<Vec<u8>>> {
    Ok(http::Request::get(path).extension(LocalActor(me)).body(Vec::new())?)
}

impl Window {
    async fn times(&self, mut path: impl FnMut() -> String) -> Result<Vec<f64>> {
        let mut times = Vec::with_capacity(TIMES);
        for round in 0..TIMES + 10 {
            let request = request(&path(), self.me)?;
            let start = Instant::now();
            let answer = call(&self.router, request).await;
            let took = start.elapsed();
            ensure!(answer.status().is_success(), "{}", String::from_utf8_lossy(answer.body()));
            if round >= 10 {
                times.push(took.as_secs_f64() * 1000.0);
            }
        }
        Ok(times)
    }

    /// The 95th percentile (ms) of the slowest list, of all views in all orders.
    async fn slowest(&self) -> Result<f64> {
        let mut worst = ("", "", 0.0);
        for view in VIEWS {
            for sort in SORTS {
                let times = self.times(|| format!("/api/v1/tickets?view={view}&sort={sort}&limit=50")).await?;
                let slow = crate::figures::percentile(times, 95);
                if slow > worst.2 {
                    worst = (view, sort, slow);
                }
            }
        }
        eprintln!("the slowest list is {} by {}", worst.0, worst.1);
        Ok(worst.2)
    }
}

/// Lists and tickets on a desk of so many tickets.
pub async fn measure(figures: &mut Figures, tickets: u64) -> Result<()> {
    let desk = Desk::with(tickets).await?;
    let app = desk.open().await?;
    let me = fixture::me(&app)?;
    let (queue, tickets) = (fixture::busiest_queue(&app, me).await?, fixture::some_tickets(&app, me).await?);
    let window = Window { router: router(app.clone(), Host::Desktop { write_token: String::new() }), me };
    figures.times("queue_list_router", window.times(|| format!("/api/v1/tickets?view=open&queue={queue}&limit=50")).await?);
    figures.note("slowest_list_router_p95_ms", window.slowest().await?);
    let mut dice = Dice::new(1);
    figures.times("ticket_router", window.times(|| format!("/api/v1/tickets/{}", dice.one_of(&tickets))).await?);
    let window = Window { me: agent_of_few_queues(&app, me).await?, ..window };
    figures.note("slowest_list_of_few_queues_router_p95_ms", window.slowest().await?);
    figures.times("counts_of_few_queues_router", window.times(|| "/api/v1/counts".into()).await?);
    app.close().await;
    Ok(())
}

/// An agent who may read one queue and owns many tickets of others: lists have to bring both together.
async fn agent_of_few_queues(app: &App, me: AgentId) -> Result<AgentId> {
    let few = app.add_agent("few", "Few", "", false, None).await?;
    let mut owned = 0;
    let mut after = None;
    while owned < OWNED {
        let page = app.list(me, ListQuery { view: Some("open".into()), limit: Some(200), after, ..ListQuery::default() }).await?;
        for row in page.rows {
            let body = CommandBody::SetOwner { owner_id: Some(few) };
            app.command(me, row.id, SubmitCommand { id: CommandId(new_id()), body }).await?;
            owned += 1;
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let group = GroupId(new_id());
    app.save_record(me, Kind::Group, group.0, SaveRecord { version: 0, document: json!({ "name": "few" }) }).await?;
    for (kind, id, field, value) in [
        (Kind::Queue, master::QUEUE_MISC.0, "group_id", json!(group)),
        (Kind::Agent, few.0, "grants", json!({ group.to_string(): ["rw"] })),
    ] {
        let settings = app.settings();
        let record = settings.records.get(&(kind, id)).context("it is in the settings")?;
        let mut document = record.document.clone();
        document[field] = value;
        app.save_record(me, kind, id, SaveRecord { version: record.version, document }).await?;
    }
    Ok(few)
}
