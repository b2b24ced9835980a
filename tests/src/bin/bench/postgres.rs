//! The same on PostgreSQL, on a smaller desk. The test server does not wait for the disk, so commits are flattered.

use std::time::Instant;

use anyhow::{Context, Result};
use docket_app::{
    App, Database, Options, new_id,
    wire::{CommandBody, ListQuery, SubmitCommand},
};
use docket_domain::{CommandId, settings::Kind};
use docket_peers::Postgres;
use docket_tests::dice::Dice;

use crate::{
    figures::Figures,
    fixture::{self, Desk, options},
};

const TICKETS: u64 = 10_000;
const TIMES: usize = 200;

fn ms(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}

/// A list, a ticket, a command.
pub async fn measure(figures: &mut Figures) -> Result<()> {
    let server = Postgres::start();
    let desk = Desk::empty()?;
    let app = App::open(Options { database: Some(Database::Postgres(server.url())), ..options(&desk.data()) }).await?;
    app.fill(TICKETS, 1, "en", |_, _| ()).await?;
    let me = app.add_agent(fixture::LOGIN, "Bench", "", true, None).await?;
    let queue = fixture::busiest_queue(&app, me).await?;
    let queue = app.settings().records.keys().find(|(kind, id)| *kind == Kind::Queue && id.to_string() == queue).map(|(_, id)| *id);
    let queue = queue.context("the queue has a record")?;
    let tickets = fixture::some_tickets(&app, me).await?;
    let (mut lists, mut shown, mut commands) = (Vec::new(), Vec::new(), Vec::new());
    let mut dice = Dice::new(1);
    for _ in 0..TIMES {
        let query = ListQuery { view: Some("open".into()), queue: Some(queue.into()), limit: Some(50), ..ListQuery::default() };
        let start = Instant::now();
        app.list(me, query).await?;
        lists.push(ms(start));
        let ticket = *dice.one_of(&tickets);
        let start = Instant::now();
        app.ticket(me, ticket).await?;
        shown.push(ms(start));
        let body = CommandBody::SetTitle { title: format!("Printer {}", new_id()) };
        let start = Instant::now();
        app.command(me, ticket, SubmitCommand { id: CommandId(new_id()), body }).await?;
        commands.push(ms(start));
    }
    app.close().await;
    figures.times("queue_list_postgres", lists);
    figures.times("ticket_postgres", shown);
    figures.times("command_durable_postgres", commands);
    Ok(())
}
