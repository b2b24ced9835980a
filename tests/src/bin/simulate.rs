//! `make simulate`: random histories in this process, from printed seeds.
//!
//! `simulate [--seeds N] [--first S] [--mutant M]`: three desktops and a server, N histories from seed S. With a mutant the fault
//! of that number is switched on, and the run must find it.
//! `simulate --desk [--seed N] [--steps N] [--seconds N]`: one desk.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use docket_app::sync::mutant::Mutant;
use docket_tests::{
    dice::Dice,
    one_desk,
    simulation::{self, Template},
};

const STEPS: usize = 150;

fn main() -> Result<()> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|argument| argument == "--desk") {
        arguments.remove(0);
        return tokio::runtime::Runtime::new()?.block_on(desk(arguments));
    }
    let (mut seeds, mut first, mut mutant) = (300_u64, Dice::seed(), None);
    for pair in arguments.chunks(2) {
        let value = pair.get(1).map(String::as_str).unwrap_or_default();
        match pair[0].as_str() {
            "--seeds" => seeds = value.parse()?,
            "--first" => first = value.parse()?,
            "--mutant" => mutant = Some(value.parse::<u8>()?),
            other => bail!("{other}? It is: simulate [--seeds N] [--first S] [--mutant M]"),
        }
    }
    let known = mutant.map(|number| Mutant::ALL.into_iter().find(|mutant| *mutant as u8 == number));
    let mutant = match known {
        Some(None) => bail!("there are the mutants 1 to {}", Mutant::ALL.len()),
        Some(found) => found,
        None => None,
    };
    if let Some(mutant) = mutant {
        mutant.switch_on();
    }
    let start = Instant::now();
    let workers: Vec<_> =
        (0..seeds.min(2)).map(|worker| std::thread::spawn(move || tell(first + worker, seeds.div_ceil(2), mutant))).collect();
    let mut found = None;
    for worker in workers {
        let fault = worker.join().unwrap_or_else(|_| bail!("a worker ended badly"))?;
        found = [found, fault].into_iter().flatten().min();
    }
    let seconds = start.elapsed().as_secs();
    match (mutant, found) {
        (None, _) => println!("{seeds} histories of {STEPS} steps from seed {first} in {seconds} s, no fault"),
        (Some(mutant), Some(after)) => println!("{mutant:?} was found after {after} histories of each of two workers, in {seconds} s"),
        (Some(mutant), None) => bail!("{mutant:?} was not found in {seeds} histories from seed {first}"),
    }
    Ok(())
}

/// Tells histories; gives after how many a mutant was found.
fn tell(first: u64, seeds: u64, mutant: Option<Mutant>) -> Result<Option<u64>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let template = Template::make().await?;
        for count in 0..seeds {
            let seed = first.wrapping_add(count * 2);
            match simulation::history(&template, seed, STEPS).await {
                Ok(told) if mutant.is_none() && (count < 2 || count % 500 == 0) => println!("seed {seed}: {told}"),
                Ok(_) => {}
                Err(error) if mutant.is_some() => {
                    println!("seed {seed}: {error:#}");
                    return Ok(Some(count + 1));
                }
                Err(error) => return Err(error.context(format!("simulate --seeds 1 --first {seed}"))),
            }
        }
        Ok(None)
    })
}

async fn desk(arguments: Vec<String>) -> Result<()> {
    let (mut seed, mut steps, mut time) = (Dice::seed(), 400, Duration::from_secs(600));
    let mut once = false;
    for pair in arguments.chunks(2) {
        let value = pair.get(1).map(String::as_str).unwrap_or_default();
        match pair[0].as_str() {
            "--seed" => (seed, once) = (value.parse()?, true),
            "--steps" => steps = value.parse()?,
            "--seconds" => time = Duration::from_secs(value.parse()?),
            other => bail!("{other}? It is: simulate --desk [--seed N] [--steps N] [--seconds N]"),
        }
    }
    let start = Instant::now();
    let mut seeds = Dice::new(seed);
    for round in 1.. {
        let told = one_desk::history(seed, steps).await.with_context(|| format!("simulate --desk --seed {seed} --steps {steps}"))?;
        println!("seed {seed}: {told}");
        if once || start.elapsed() >= time {
            println!("{round} histories, no fault");
            return Ok(());
        }
        seed = seeds.throw();
    }
    Ok(())
}
