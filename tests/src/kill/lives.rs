//! The lives of the desk: how each begins and where it ends.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use docket_app::Clock;
use serde_json::json;
use tokio::{sync::watch, time::sleep};

use super::{Scene, Until, log};
use crate::{dice::Dice, program::Server};

/// Longer than any test: while the server stalls like this, it does not answer.
const STALL_MS: u64 = 600_000;
/// A kill that waits for a mail to leave gives up after this.
const PATIENCE: Duration = Duration::from_secs(60);

/// One start of the desk, and when it ended (ms UTC).
#[derive(Clone, Copy, Debug)]
pub(super) struct Life {
    pub to: i64,
    /// Was it killed while the SMTP server had a text and kept its answer back?
    pub stalled: bool,
}

/// How a life is to end.
enum End {
    /// This long after the process began, ready or not.
    After(Duration),
    /// When the SMTP server has a text and stalls: before or after it keeps the mail.
    InTheMiddle { stall: &'static str, and: Duration },
}

fn throw(dice: &mut Dice, ready_takes: Duration) -> End {
    match dice.below(100) {
        0..40 => {
            let stall = *dice.one_of(&["stall_before_record_ms", "stall_after_record_ms"]);
            End::InTheMiddle { stall, and: dice.pause(0, 30) }
        }
        40..55 => End::After(ready_takes.mul_f64(f64::from(u16::try_from(dice.below(1000)).unwrap_or(0)) / 1000.0)),
        _ => End::After(ready_takes + dice.pause(0, 900)),
    }
}

/// Lets the desk live and kills it, again and again; tells `address` where it answers meanwhile.
pub(super) async fn live(scene: &Scene, dice: &mut Dice, address: &watch::Sender<Option<String>>, until: Until) -> Result<Vec<Life>> {
    let begin = Instant::now();
    let mut ready_takes = Duration::from_millis(200);
    let mut lives = Vec::new();
    loop {
        let enough = match until {
            Until::Time(time) => begin.elapsed() >= time,
            Until::Kills(kills) => lives.len() >= kills,
        };
        if enough {
            return Ok(lives);
        }
        let end = throw(dice, ready_takes);
        let life = one(scene, &end, address, &mut ready_takes).await;
        address.send_replace(None);
        lives.push(life.with_context(|| format!("in life {}", lives.len() + 1))?);
        if lives.len() % 100 == 0 {
            eprintln!("killed {} times in {} s", lives.len(), begin.elapsed().as_secs());
        }
    }
}

async fn one(scene: &Scene, end: &End, address: &watch::Sender<Option<String>>, ready_takes: &mut Duration) -> Result<Life> {
    let (begin, stalled) = (Instant::now(), matches!(end, End::InTheMiddle { .. }));
    let control = match end {
        End::InTheMiddle { stall, .. } => json!({ *stall: STALL_MS }),
        End::After(_) => json!({}),
    };
    scene.smtp.control(&control);
    let known = texts(scene);
    let mut server = scene.program.serve(&scene.log())?;
    match end {
        End::After(limit) => {
            let limit = begin + *limit;
            let said = tokio::time::timeout_at(limit.into(), server.ready()).await;
            if let Ok(url) = said {
                *ready_takes = begin.elapsed();
                address.send_replace(Some(url?));
                tokio::time::sleep_until(limit.into()).await;
            }
        }
        End::InTheMiddle { and, .. } => {
            address.send_replace(Some(server.ready().await?));
            *ready_takes = begin.elapsed();
            text_arrives(scene, known, &server).await?;
            sleep(*and).await;
        }
    }
    server.kill().await?;
    Ok(Life { to: Clock::system().now(), stalled })
}

/// Waits until one more text has arrived at the SMTP server, which will not answer it.
async fn text_arrives(scene: &Scene, known: u64, server: &Server) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while texts(scene) <= known {
        ensure!(Instant::now() < end, "no mail left the desk (process {}) within {PATIENCE:?}", server.id());
        sleep(Duration::from_millis(3)).await;
    }
    Ok(())
}

/// How long the server's note of texts is.
fn texts(scene: &Scene) -> u64 {
    std::fs::metadata(log::note(&scene.smtp.record(), "text")).map_or(0, |note| note.len())
}
