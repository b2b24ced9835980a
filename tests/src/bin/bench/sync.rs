//! A connected data folder and its server: the first sync, a delta, a push, and how much the server does for others. Each on SQLite
//! and on PostgreSQL, which in tests does not wait for the disk.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use docket_app::{
    App, Hold, Options, new_id,
    wire::{CommandBody, ListQuery, SubmitCommand},
};
use docket_domain::{AgentId, CommandId, TicketId};
use docket_peers::Postgres;
use docket_tests::{
    client::Client,
    dice::Dice,
    program::{Program, Server},
};
use serde_json::json;

use crate::{
    figures::Figures,
    fixture::{self, Desk, LOGIN, PASSWORD, options},
    memory,
};

const DELTA: usize = 10_000;
const PUSH: usize = 1_000;
const LONG: Duration = Duration::from_secs(5);
/// How often the memory of what runs is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// All of it with a desk of so many tickets.
pub async fn measure(figures: &mut Figures, tickets: u64) -> Result<()> {
    let desk = Desk::with(tickets).await?;
    measure_on(figures, "sqlite", &desk, Program::new(&desk.data())?, options(&desk.data())).await?;
    let (postgres, other) = (Postgres::start(), Desk::empty()?);
    let url = postgres.url();
    let program = Program::new(&other.data())?.with(&["--database", &url]);
    program.run(&["demo", "--tickets", &tickets.to_string(), "--seed", "1", "--language", "en"], "").await?;
    program.run(&["agent", "add", LOGIN, "--name", "Bench", "--admin"], &format!("{PASSWORD}\n")).await?;
    let there = Options { database: Some(docket_app::Database::Postgres(url.clone())), ..options(&other.data()) };
    measure_on(figures, "postgres", &other, program, there).await
}

async fn measure_on(figures: &mut Figures, name: &str, desk: &Desk, program: Program, there: Options) -> Result<()> {
    let mut server = program.serve(&desk.log())?;
    let url = server.ready().await?;
    let replica = desk.data().with_file_name("replica");
    let client = Program::new(&replica)?;
    client.run(&["sync", "connect", &url, "--login", LOGIN], &format!("{PASSWORD}\n")).await?;
    synced(figures, &format!("first_sync_{name}"), &client, &server).await?;
    let app = App::open(Options { hold: Hold::Beside, ..there }).await?;
    let me = fixture::me(&app)?;
    let known = all_tickets(&app, me).await?;
    change(&app, me, &known).await?;
    app.close().await;
    synced(figures, &format!("delta_10000_{name}"), &client, &server).await?;
    write_offline(&replica, &known).await?;
    synced(figures, &format!("push_1000_{name}"), &client, &server).await?;
    let browser = Client::sign_in(&url, LOGIN, PASSWORD).await?;
    for clients in [4, 64] {
        let paths: Vec<String> = known.iter().take(400).map(|id| format!("/tickets/{id}")).collect();
        rate(figures, &format!("ticket_{name}_{clients}_clients"), &browser, clients, paths).await?;
        rate(figures, &format!("list_{name}_{clients}_clients"), &browser, clients, vec!["/tickets?view=open&limit=50".into()]).await?;
    }
    memory::note(figures, &format!("server_{name}_64_clients"), server.id())?;
    server.end().await
}

/// Syncs once: how long it takes, and how much memory client and server have at most.
async fn synced(figures: &mut Figures, name: &str, client: &Program, server: &Server) -> Result<()> {
    let start = Instant::now();
    let mut child = client.begin(&["sync", "now"])?;
    let (mut here, mut there, mut own) = (0.0_f64, 0.0_f64, 0.0_f64);
    let status = loop {
        if let Ok(status) = tokio::time::timeout(LOOK, child.wait()).await {
            break status?;
        }
        // It may end between the look and the question.
        here = here.max(child.id().and_then(|id| memory::mib(id, "Pss:").ok()).unwrap_or(0.0));
        there = there.max(memory::mib(server.id(), "Pss:")?);
        own = own.max(memory::mib(server.id(), "Pss_Anon:")?);
    };
    ensure!(status.success(), "docket sync now ended with {status}");
    figures.note(&format!("{name}_ms"), start.elapsed().as_secs_f64() * 1000.0);
    figures.note(&format!("{name}_client_most_pss_mib"), here);
    figures.note(&format!("{name}_server_most_pss_mib"), there);
    // Without the pages of the database file, which SQLite maps (256 MiB of it at most) and the system may take back.
    figures.note(&format!("{name}_server_most_own_mib"), own);
    Ok(())
}

async fn all_tickets(app: &App, me: AgentId) -> Result<Vec<TicketId>> {
    let (mut all, mut after) = (Vec::new(), None);
    while all.len() < DELTA {
        let page = app.list(me, ListQuery { view: Some("all".into()), limit: Some(200), after, ..ListQuery::default() }).await?;
        all.extend(page.rows.into_iter().map(|row| row.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    ensure!(!all.is_empty(), "the desk has tickets");
    Ok(all)
}

/// Changes so many tickets at the server, or those that there are again and again.
async fn change(app: &App, me: AgentId, known: &[TicketId]) -> Result<()> {
    for (number, ticket) in known.iter().cycle().take(DELTA).enumerate() {
        let body = CommandBody::SetTitle { title: format!("Changed {number}") };
        app.command(me, *ticket, SubmitCommand { id: CommandId(new_id()), body }).await?;
    }
    Ok(())
}

/// Notes on tickets of a replica that nobody has sent yet.
async fn write_offline(replica: &Path, known: &[TicketId]) -> Result<()> {
    let app = App::open(Options { hold: Hold::Beside, ..options(replica) }).await?;
    let me = app.connected().context("it is connected")?.agent;
    for (number, ticket) in known.iter().cycle().take(PUSH).enumerate() {
        let body = json!({ "type": "note", "article_id": new_id(), "text": format!("On the train {number}") });
        app.command(me, *ticket, SubmitCommand { id: CommandId(new_id()), body: serde_json::from_value(body)? }).await?;
    }
    app.close().await;
    Ok(())
}

async fn rate(figures: &mut Figures, name: &str, client: &Client, clients: usize, paths: Vec<String>) -> Result<()> {
    let mut tasks = tokio::task::JoinSet::new();
    for part in 0..clients {
        let (client, paths) = (client.apart()?, paths.clone());
        tasks.spawn(async move {
            let mut dice = Dice::new(part as u64);
            let (start, mut count) = (Instant::now(), 0_u32);
            while start.elapsed() < LONG {
                client.fetch(dice.one_of::<String>(&paths)).await?;
                count += 1;
            }
            Ok::<_, anyhow::Error>(count)
        });
    }
    let mut requests = 0;
    while let Some(count) = tasks.join_next().await {
        requests += count??;
    }
    figures.note(&format!("{name}_per_second"), f64::from(requests) / LONG.as_secs_f64());
    Ok(())
}
