//! Mails a second, from the first byte read to the commit.

use std::time::Instant;

use anyhow::{Result, ensure};
use docket_app::{App, new_id, wire::SaveRecord};
use docket_domain::{master, settings::Kind};
use serde_json::json;

use crate::{
    figures::Figures,
    fixture::{Desk, options},
    mails::mails,
};

const MAILS: usize = 2000;

/// One mail after another into an empty desk that acknowledges them.
pub async fn measure(figures: &mut Figures) -> Result<()> {
    let desk = Desk::empty()?;
    let app = App::open(options(&desk.data())).await?;
    let me = app.add_agent("bench", "Bench", "", true, None).await?;
    let address = json!({ "name": "Support", "email": "support@desk.test", "queue_id": master::QUEUE_FIRST, "valid": true });
    app.save_record(me, Kind::Address, new_id(), SaveRecord { version: 0, document: address }).await?;
    let mails = mails(MAILS, 1);
    let bytes: usize = mails.iter().map(Vec::len).sum();
    let start = Instant::now();
    for mail in mails {
        let outcome = app.ingest(mail).await?;
        ensure!(outcome.outcome == "created" || outcome.outcome == "follow_up", "{outcome:?}");
    }
    let seconds = start.elapsed().as_secs_f64();
    ensure!(app.mails_waiting().await? > 0, "the desk acknowledges nothing");
    app.close().await;
    figures.note("mails_taken_in_per_second", MAILS as f64 / seconds);
    figures.note("mail_size_mean_kib", bytes as f64 / MAILS as f64 / 1024.0);
    Ok(())
}
