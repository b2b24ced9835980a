//! When to ask: at once when there is something to tell, when the server has something new, and again after a while without a line.

use std::time::Duration;

use docket_app::{
    App, Error, Result,
    replica::{Asked, Line},
};
use tokio::time::{sleep, timeout};

use crate::http::{HttpLine, Roads};

/// Pauses after one failure, two, three …
const PAUSES: [u64; 5] = [1, 2, 5, 10, 30];
/// Changes that come together are looked at together.
const GATHER: Duration = Duration::from_millis(200);
/// The longest wait for news; the server answers before.
const NEWS: Duration = Duration::from_secs(30);
/// Rounds in a row that a server may spoil by being another than it was.
const ANEW: usize = 5;

/// Keeps a desk in sync for as long as it is open; one that is not connected is waited for.
pub async fn run(app: App, roads: Roads) {
    tokio::select! {
        () = keep(&app, &roads) => {}
        () = carry(&app, &roads) => {}
        () = tell_use(&app, &roads) => {}
        () = app.stopped() => {}
    }
}

async fn keep(app: &App, roads: &Roads) {
    let mut failures = 0;
    loop {
        match round(app, roads).await {
            Ok(Some(line)) => {
                failures = 0;
                tokio::select! {
                    () = app.sync_wanted() => {}
                    () = news(app, &line) => {}
                }
            }
            Ok(None) => app.sync_wanted().await,
            Err(error) => {
                tracing::debug!(%error, "no sync");
                let pause = PAUSES[failures.min(PAUSES.len() - 1)];
                failures += 1;
                tokio::select! {
                    () = app.sync_wanted() => {}
                    () = sleep(Duration::from_secs(pause)) => {}
                }
            }
        }
    }
}

/// Fetches files to be read later, beside everything else: a large one delays no command.
async fn carry(app: &App, roads: &Roads) {
    let mut failures = 0;
    loop {
        let head = app.feed_head();
        match pack(app, roads).await {
            Ok(()) => {
                failures = 0;
                app.feed_past(head).await;
                // Pages of a first sync come one after the other.
                sleep(GATHER).await;
            }
            Err(error) => {
                tracing::debug!(%error, "no files");
                sleep(Duration::from_secs(PAUSES[failures.min(PAUSES.len() - 1)])).await;
                failures += 1;
            }
        }
    }
}

/// Tells the server when this device is used: the one used last makes the sounds. Nothing is lost when it does not hear of it.
async fn tell_use(app: &App, roads: &Roads) {
    loop {
        app.use_to_tell().await;
        if let Some(connected) = app.connected()
            && let Ok(Some(token)) = app.device_token().await
            && let Err(error) = app.push_use(&roads.line(&connected.server, Some(token))).await
        {
            tracing::debug!(%error, "the server was not told that this device is used");
        }
    }
}

/// Fetches the files of one's own tickets and of those taken along; those that have come stay when it fails.
///
/// # Errors
/// `offline`, `disk_full`, or what the server says.
pub async fn pack(app: &App, roads: &Roads) -> Result<()> {
    let Some(connected) = app.connected() else { return Ok(()) };
    match app.device_token().await? {
        Some(token) if !app.is_over().await? => app.pack(&roads.line(&connected.server, Some(token))).await,
        _ => Ok(()),
    }
}

/// Syncs a connected desk once, to the end of its first sync.
///
/// # Errors
/// `not_connected`, `offline`, or what the server says.
pub async fn sync_once(app: &App, roads: &Roads) -> Result<()> {
    match round(app, roads).await? {
        Some(_) => Ok(()),
        None if app.is_over().await? => {
            Err(Error::Unavailable { code: "device_revoked", message: "this device was signed out of the desk; connect it again".into() })
        }
        None => Err(Error::Unavailable { code: "not_connected", message: "this desk is not connected to a server".into() }),
    }
}

/// All that there is to say now; none: there is no server to say it to.
async fn round(app: &App, roads: &Roads) -> Result<Option<HttpLine>> {
    let Some(connected) = app.connected() else { return Ok(None) };
    if app.is_over().await? {
        return Ok(None);
    }
    let said = match app.device_token().await {
        Ok(Some(token)) => {
            let line = roads.line(&connected.server, Some(token));
            talk(app, &line).await.map(|()| line)
        }
        Ok(None) => Err(Error::SignInRequired),
        Err(error) => Err(error),
    };
    match said {
        Ok(line) => {
            app.line_up().await?;
            Ok(Some(line))
        }
        Err(error) => {
            app.line_trouble(&error).await?;
            Err(error)
        }
    }
}

async fn talk(app: &App, line: &impl Line) -> Result<()> {
    for _ in 0..ANEW {
        match everything(app, line).await {
            // It has been acted on: what comes now begins anew.
            Err(error) if error.code() == "new_epoch" => {}
            said => return said,
        }
    }
    everything(app, line).await
}

/// Between the pages of a first sync everything else goes on, so that the list is live.
async fn everything(app: &App, line: &impl Line) -> Result<()> {
    exchange(app, line).await?;
    let mut more = app.first_step(line).await?;
    while more {
        exchange(app, line).await?;
        more = app.first_step(line).await?;
    }
    Ok(())
}

async fn exchange(app: &App, line: &impl Line) -> Result<()> {
    pull(app, line).await?;
    // The server is there: what follows may take long, and is not done offline.
    app.line_up().await?;
    if push(app, line).await? > 0 {
        // What it came to.
        pull(app, line).await?;
    }
    while app.push_personal(line).await? {}
    while app.push_alarms(line).await? {}
    app.lease(line).await
}

async fn pull(app: &App, line: &impl Line) -> Result<()> {
    while app.pull(line).await?.more {}
    Ok(())
}

async fn push(app: &App, line: &impl Line) -> Result<usize> {
    let mut answered = 0;
    loop {
        app.line_busy(true);
        let pushed = app.push_outbox(line).await;
        app.line_busy(false);
        let pushed = pushed?;
        answered += pushed.answered;
        if !pushed.more || pushed.answered == 0 {
            return Ok(answered);
        }
    }
}

/// Waits until the server has something new, or does not say so for long.
async fn news(app: &App, line: &impl Line) {
    let Ok(Some(seq)) = app.server_seq().await else { return sleep(NEWS).await };
    let Ok(alarms) = app.alarms_known().await else { return sleep(NEWS).await };
    let path = format!("/api/v1/changes?after={seq}&alarms={alarms}");
    let asked = Asked { method: "GET", path, content_type: None, body: Vec::new() };
    match timeout(NEWS, line.ask(asked)).await {
        Ok(Ok(told)) if told.status == 200 => {
            app.take_news(&told.body).await;
        }
        // The next round says what is wrong; a server that is not ours must not be asked without a pause.
        Ok(_) => sleep(Duration::from_secs(1)).await,
        Err(_) => {}
    }
}
