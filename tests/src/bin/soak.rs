//! `make soak`: kills the desk a thousand times while mail comes and goes.
//!
//! `soak [--kills N] [--seed N]`

use anyhow::{Result, bail};
use docket_tests::{
    dice::Dice,
    kill::{Until, run},
};

#[tokio::main]
async fn main() -> Result<()> {
    let (mut kills, mut seed) = (1000, Dice::seed());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().unwrap_or_default();
        match argument.as_str() {
            "--kills" => kills = value.parse()?,
            "--seed" => seed = value.parse()?,
            other => bail!("{other}? It is: soak [--kills N] [--seed N]"),
        }
    }
    eprintln!("seed {seed}");
    let report = run(seed, Until::Kills(kills)).await?;
    print!("{report}");
    if !report.faults.is_empty() || report.between * 10 < report.kills {
        bail!("the desk did not stand it; seed {seed}");
    }
    Ok(())
}
