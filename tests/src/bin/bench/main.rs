//! `make bench`: measures the desk and prints one JSON object; people read the table on stderr.
//!
//! `bench [--save] [--only PART]... [--tickets N]`
//!
//! `--save` writes the figures to `bench/last.json`, which later runs compare themselves with. `--tickets N` measures on
//! desks of N tickets instead of 50,000, 100,000 and 200,000, for a quick look; such figures cannot be saved.

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};

mod budget;
mod desktop;
mod figures;
mod fixture;
mod intake;
mod mails;
mod memory;
mod postgres;
mod promises;
mod router;
mod served;
mod sizes;
mod start;
mod sync;

use figures::Figures;

/// What is measured, in this order.
const PARTS: [&str; 10] = ["size", "start", "intake", "served", "router", "postgres", "sync", "recompute", "sweep", "desktop"];

struct Arguments {
    save: bool,
    parts: Vec<String>,
    tickets: Option<u64>,
}

fn arguments() -> Result<Arguments> {
    let mut parsed = Arguments { save: false, parts: Vec::new(), tickets: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--save" => parsed.save = true,
            "--only" => parsed.parts.push(value()?),
            "--tickets" => parsed.tickets = Some(value()?.parse()?),
            other => bail!("{other}? It is: bench [--save] [--only PART]... [--tickets N]"),
        }
    }
    let unknown = parsed.parts.iter().find(|part| !PARTS.contains(&part.as_str()));
    ensure!(unknown.is_none(), "there is no part {unknown:?}; there are {PARTS:?}");
    ensure!(!parsed.save || parsed.tickets.is_none(), "only figures of the full size are saved");
    if parsed.parts.is_empty() {
        parsed.parts = PARTS.map(str::to_owned).to_vec();
    }
    Ok(parsed)
}

fn last() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../bench/last.json"))
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = arguments()?;
    let (small, large) = (arguments.tickets.unwrap_or(50_000), arguments.tickets.unwrap_or(100_000));
    let mut figures = Figures::default();
    for part in &arguments.parts {
        eprintln!("── {part}");
        let measured = match part.as_str() {
            "size" => sizes::measure(&mut figures),
            "start" => start::measure(&mut figures, large).await,
            "intake" => intake::measure(&mut figures).await,
            "served" => served::measure(&mut figures, small).await,
            "router" => router::measure(&mut figures, large).await,
            "postgres" => postgres::measure(&mut figures).await,
            "sync" => sync::measure(&mut figures, arguments.tickets.unwrap_or(200_000)).await,
            "recompute" => promises::recompute(&mut figures, arguments.tickets.unwrap_or(100_000)).await,
            "sweep" => promises::sweep(&mut figures, arguments.tickets.unwrap_or(1_000_000)).await,
            _ => desktop::measure(&mut figures, small).await,
        };
        measured.with_context(|| format!("measuring {part}"))?;
    }
    let before = std::fs::read_to_string(last()).ok().and_then(|text| Figures::read(&text).ok());
    eprint!("{}", figures.table(before.as_ref()));
    let json = figures.json();
    if arguments.save {
        let mut kept = before.unwrap_or_default();
        kept.take(&figures);
        std::fs::create_dir_all(last().parent().context("it lies in a folder")?)?;
        std::fs::write(last(), kept.json() + "\n")?;
    }
    println!("{json}");
    Ok(())
}
