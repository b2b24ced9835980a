//! The desk is killed while mail comes and goes (`make soak` does it a thousand times).

use std::time::Duration;

use docket_tests::{
    dice::Dice,
    kill::{Until, run},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_lost_or_sent_twice_by_a_desk_that_is_killed() {
    let seconds = std::env::var("DOCKET_KILL_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(120);
    let seed = Dice::seed();
    eprintln!("DOCKET_SEED={seed}");
    let report = run(seed, Until::Time(Duration::from_secs(seconds))).await.unwrap();
    eprint!("{report}");
    assert!(report.faults.is_empty(), "DOCKET_SEED={seed}\n{report}");
    assert!(report.between * 10 >= report.kills, "too few kills between text and recorded answer\n{report}");
    assert!(report.came > 0 && report.left > 0 && report.confirmed > 0, "nothing happened\n{report}");
}
