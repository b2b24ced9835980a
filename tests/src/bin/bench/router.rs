//! The Router in this process, without a network, as the window uses it.

use std::time::Instant;

use anyhow::{Result, ensure};
use axum::Router;
use docket_api::{Host, LocalActor, call, router};
use docket_domain::AgentId;
use docket_tests::dice::Dice;

use crate::{
    figures::Figures,
    fixture::{self, Desk},
};

const TIMES: usize = 200;
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
}

/// Lists and tickets on a desk of so many tickets.
pub async fn measure(figures: &mut Figures, tickets: u64) -> Result<()> {
    let desk = Desk::with(tickets).await?;
    let app = desk.open().await?;
    let me = fixture::me(&app)?;
    let (queue, tickets) = (fixture::busiest_queue(&app, me).await?, fixture::some_tickets(&app, me).await?);
    let window = Window { router: router(app.clone(), Host::Desktop { write_token: String::new() }), me };
    figures.times("queue_list_router", window.times(|| format!("/api/v1/tickets?view=open&queue={queue}&limit=50")).await?);
    let mut worst = ("", "", 0.0);
    for view in VIEWS {
        for sort in SORTS {
            let times = window.times(|| format!("/api/v1/tickets?view={view}&sort={sort}&limit=50")).await?;
            let slow = crate::figures::percentile(times, 95);
            if slow > worst.2 {
                worst = (view, sort, slow);
            }
        }
    }
    eprintln!("the slowest list is {} by {}", worst.0, worst.1);
    figures.note("slowest_list_router_p95_ms", worst.2);
    let mut dice = Dice::new(1);
    figures.times("ticket_router", window.times(|| format!("/api/v1/tickets/{}", dice.one_of(&tickets))).await?);
    app.close().await;
    Ok(())
}
