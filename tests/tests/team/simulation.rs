//! Random histories of three desktops and a server, from printed seeds.

use std::time::{Duration, Instant};

use docket_tests::{
    dice::Dice,
    simulation::{self, Template},
};

/// How long histories are told, on each of two threads, and how many at least, however busy the machine is.
const TIME: Duration = Duration::from_secs(180);
const LEAST: usize = 150;
const STEPS: usize = 150;
/// Seeds whose histories found a fault once: a merge behind a ticket out of sight, a ticket that went out of sight beside a first sync.
const FOUND: [u64; 2] = [6_058_711_257_423_151_940, 228];

#[test]
fn whatever_happens_all_come_to_agree() {
    let first = Dice::seed();
    let asked = std::env::var("DOCKET_SIMULATE_SECONDS").ok().and_then(|text| text.parse().ok()).map(Duration::from_secs);
    let (time, least) = asked.map_or((TIME, LEAST), |time| (time, 1));
    let workers = (0..2_u64).map(|worker| std::thread::spawn(move || tell(first.wrapping_add(worker), time, least)));
    let told: usize = workers.collect::<Vec<_>>().into_iter().map(|worker| worker.join().expect("a history does not hold")).sum();
    println!("{told} histories of {STEPS} steps from seed {first}");
}

fn tell(first: u64, time: Duration, least: usize) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let template = Template::make().await.expect("a desk to begin with");
        for seed in FOUND {
            simulation::history(&template, seed, STEPS).await.unwrap_or_else(|error| panic!("seed {seed}: {error:?}"));
        }
        let start = Instant::now();
        let (mut seed, mut count) = (first, 0);
        while start.elapsed() < time || count < least {
            let told = simulation::history(&template, seed, STEPS).await;
            let told = told.unwrap_or_else(|error| panic!("seed {seed}: {error:?}"));
            if count < 3 {
                println!("seed {seed}: {told}");
            }
            (seed, count) = (seed.wrapping_add(2), count + 1);
        }
        count
    })
}
