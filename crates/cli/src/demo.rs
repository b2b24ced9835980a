//! `docket demo`.

use std::cell::Cell;

use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    arguments::{Demo, Place},
    failure::Failure,
    sync,
};

/// Fills the data folder; needs it for itself.
pub async fn demo(place: &Place, demo: Demo) -> Result<(), Failure> {
    let app = place.hold("docket demo").await?;
    sync::refuse_connected(&app, "a made-up desk needs a data folder of its own")?;
    let language = demo.language.unwrap_or_else(|| app.settings().desk.language.clone());
    let bar = bar("tickets", demo.tickets);
    let filled = app.fill(demo.tickets, demo.seed, &language, |done, _| bar.set_position(done)).await;
    bar.finish();
    app.close().await;
    Ok(filled?)
}

/// A bar that shows how much is done and how long the rest will take; nothing where stderr is no terminal.
pub fn bar(what: &str, total: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {human_pos}/{human_len} {msg} ({per_sec}, {eta} left)");
    let bar = ProgressBar::new(total).with_message(what.to_owned());
    style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style))
}

/// What hears how far a task is, whose size is known only as it goes.
pub fn follow(bar: &ProgressBar) -> impl Fn(u64, u64) {
    let known = Cell::new(bar.length().unwrap_or(0));
    move |done, total| {
        if known.replace(total) != total {
            bar.set_length(total);
        }
        bar.set_position(done);
    }
}
