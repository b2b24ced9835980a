//! `docket serve` over TCP, as browsers use it: lists, tickets, commands.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use docket_app::new_id;
use docket_domain::TicketId;
use docket_tests::{
    client::Client,
    dice::Dice,
    program::{Program, Server},
};
use serde_json::{Value, json};

use crate::{
    figures::Figures,
    fixture::{self, Desk, LOGIN, PASSWORD},
    memory,
};

const TIMES: usize = 400;
const CLIENTS: usize = 4;
const LONG: Duration = Duration::from_secs(5);

/// What is looked at.
struct Aims {
    queue: String,
    tickets: Vec<TicketId>,
    long: TicketId,
}

/// Lists, tickets and commands on a desk of so many tickets.
pub async fn measure(figures: &mut Figures, tickets: u64) -> Result<()> {
    let desk = Desk::with(tickets).await?;
    let aims = aims(&desk).await?;
    let mut server = Program::new(&desk.data())?.serve(&desk.log())?;
    let client = Client::sign_in(&server.ready().await?, LOGIN, PASSWORD).await?;
    reads(figures, &client, &aims).await?;
    idle_and_working(figures, &server, &client, &aims).await?;
    writes(figures, &client, &aims).await?;
    server.end().await
}

async fn aims(desk: &Desk) -> Result<Aims> {
    let app = desk.open().await?;
    let me = fixture::me(&app)?;
    let aims = Aims {
        queue: fixture::busiest_queue(&app, me).await?,
        tickets: fixture::some_tickets(&app, me).await?,
        long: fixture::long_ticket(&app).await?,
    };
    app.close().await;
    Ok(aims)
}

/// How long each of `TIMES` requests takes (ms), after a few that warm up.
async fn times(client: &Client, mut path: impl FnMut() -> String) -> Result<Vec<f64>> {
    let mut times = Vec::with_capacity(TIMES);
    for round in 0..TIMES + 20 {
        let path = path();
        let start = Instant::now();
        let bytes = client.fetch(&path).await?;
        let took = start.elapsed();
        ensure!(bytes > 100, "GET {path} gives next to nothing");
        if round >= 20 {
            times.push(took.as_secs_f64() * 1000.0);
        }
    }
    Ok(times)
}

async fn reads(figures: &mut Figures, client: &Client, aims: &Aims) -> Result<()> {
    let mut dice = Dice::new(1);
    figures.times("queue_list_tcp", times(client, || format!("/tickets?view=open&queue={}&limit=50", aims.queue)).await?);
    figures.times("unassigned_list_tcp", times(client, || "/tickets?view=unassigned&limit=50".into()).await?);
    figures.times("closed_list_tcp", times(client, || "/tickets?view=closed&limit=50".into()).await?);
    figures.times("counts_tcp", times(client, || "/counts".into()).await?);
    figures.times("ticket_tcp", times(client, || format!("/tickets/{}", dice.one_of(&aims.tickets))).await?);
    figures.times("ticket_200_articles_tcp", times(client, || format!("/tickets/{}", aims.long)).await?);
    Ok(())
}

/// Four clients at once look at tickets as fast as they are answered.
async fn idle_and_working(figures: &mut Figures, server: &Server, client: &Client, aims: &Aims) -> Result<()> {
    let mut tasks = tokio::task::JoinSet::new();
    for part in 0..CLIENTS {
        let (client, tickets) = (client.apart()?, aims.tickets.clone());
        tasks.spawn(async move {
            let mut dice = Dice::new(part as u64);
            let (start, mut count) = (Instant::now(), 0_u32);
            while start.elapsed() < LONG {
                client.fetch(&format!("/tickets/{}", dice.one_of(&tickets))).await?;
                count += 1;
            }
            Ok::<_, anyhow::Error>(count)
        });
    }
    let mut requests = 0;
    while let Some(count) = tasks.join_next().await {
        requests += count??;
    }
    figures.note("ticket_tcp_4_clients_per_second", f64::from(requests) / LONG.as_secs_f64());
    memory::note(figures, "server_working", server.id())
}

async fn writes(figures: &mut Figures, client: &Client, aims: &Aims) -> Result<()> {
    let mut dice = Dice::new(2);
    let mut times = Vec::new();
    for _ in 0..TIMES / 2 {
        let body = json!({ "id": new_id(), "body": { "type": "note", "article_id": new_id(), "text": "Called back, nobody there." } });
        let path = format!("/tickets/{}/commands", dice.one_of(&aims.tickets));
        let start = Instant::now();
        client.must_post(&path, &body).await?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    figures.times("command_durable_tcp", times);
    figures.note("tickets_created_per_second", created(client, &aims.queue).await?);
    Ok(())
}

async fn created(client: &Client, queue: &str) -> Result<f64> {
    let mut tasks = tokio::task::JoinSet::new();
    for part in 0..CLIENTS {
        let (client, queue) = (client.apart()?, queue.to_owned());
        tasks.spawn(async move {
            let (start, mut count) = (Instant::now(), 0_u32);
            while start.elapsed() < LONG {
                client.must_post("/tickets", &ticket(&queue, part, count)).await?;
                count += 1;
            }
            Ok::<_, anyhow::Error>(count)
        });
    }
    let mut tickets = 0;
    while let Some(count) = tasks.join_next().await {
        tickets += count??;
    }
    Ok(f64::from(tickets) / LONG.as_secs_f64())
}

fn ticket(queue: &str, part: usize, count: u32) -> Value {
    json!({
        "id": new_id(), "article_id": new_id(), "title": format!("Printer {part}-{count}"), "queue_id": queue, "channel": "phone",
        "customer": { "address": format!("caller-{part}-{}@customer.test", count % 50), "name": "Carla Customer" },
        "text": "She says that the printer on the second floor is on fire again, and that nobody came.",
    })
}
