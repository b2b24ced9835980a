//! Ending the program: asked first when mail still waits, and never in the middle of a write.
use std::time::Duration;

use tauri::{AppHandle, Manager};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind};

use crate::core::Core;
use crate::words::Words;

/// How long closing may take; what is recorded by then is safe anyway.
const PATIENCE: Duration = Duration::from_secs(10);

/// Ends the program, after a question if mail has not left yet.
pub fn ask(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        match app.state::<Core>().unsent().await {
            0 => end(&app).await,
            unsent => confirm(&app, unsent),
        }
    });
}

fn confirm(app: &AppHandle, unsent: usize) {
    let words = app.state::<Words>();
    let buttons = MessageDialogButtons::OkCancelCustom(words.quit().to_owned(), words.stay().to_owned());
    let asked = app.clone();
    app.dialog().message(words.unsent(unsent)).title("Docket").kind(MessageDialogKind::Warning).buttons(buttons).show(move |quit| {
        if quit {
            tauri::async_runtime::spawn(async move { end(&asked).await });
        }
    });
}

async fn end(app: &AppHandle) {
    if tokio::time::timeout(PATIENCE, app.state::<Core>().close()).await.is_err() {
        tracing::warn!("the desk took too long to close and is left to recover at the next start");
    }
    app.exit(0);
}

/// Ends the program without a question when the system tells it to.
pub fn on_signals(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        told_to_end().await;
        tracing::info!("told to end");
        end(&app).await;
    });
}

#[cfg(unix)]
async fn told_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let (terminate, interrupt) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    let (Ok(mut terminate), Ok(mut interrupt)) = (terminate, interrupt) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

#[cfg(not(unix))]
async fn told_to_end() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
