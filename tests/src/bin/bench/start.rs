//! From the start of the process to the first list.

use std::time::Instant;

use anyhow::Result;
use docket_tests::{client::Client, program::Program};

use crate::{
    figures::{Figures, percentile},
    fixture::{Desk, LOGIN, PASSWORD},
    memory,
};

const TIMES: usize = 7;

/// An empty folder, and a desk of so many tickets.
pub async fn measure(figures: &mut Figures, tickets: u64) -> Result<()> {
    let mut times = Vec::new();
    for round in 0..TIMES {
        let desk = Desk::empty()?;
        let program = Program::new(&desk.data())?;
        let start = Instant::now();
        let mut server = program.serve(&desk.log())?;
        server.ready().await?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
        if round == 0 {
            memory::settle().await;
            memory::note(figures, "server_empty", server.id())?;
        }
        server.end().await?;
    }
    figures.note("server_empty_start_to_ready_ms", percentile(times, 50));
    let desk = Desk::with(tickets).await?;
    let program = Program::new(&desk.data())?;
    let mut server = program.serve(&desk.log())?;
    let client = Client::sign_in(&server.ready().await?, LOGIN, PASSWORD).await?;
    memory::settle().await;
    memory::note(figures, "server_idle", server.id())?;
    server.end().await?;
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let start = Instant::now();
        let mut server = program.serve(&desk.log())?;
        client.at(&server.ready().await?).fetch("/tickets?view=unassigned&limit=50").await?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
        server.end().await?;
    }
    figures.note("server_start_to_list_ms", percentile(times, 50));
    Ok(())
}
