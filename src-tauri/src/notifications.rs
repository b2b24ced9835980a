//! Notifications of the system: new mail while the agent looks elsewhere.
use docket_app::Notice;
use tauri::AppHandle;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{core::Core, window};

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::Notifier;

/// Shows what the desk has to say, unless the agent is looking at it, until the desk closes.
pub async fn follow(app: AppHandle, mut notices: Receiver<Notice>) {
    loop {
        match notices.recv().await {
            Ok(notice) => {
                if tauri::Manager::state::<Core>(&app).concerns(&notice).await {
                    announce(&app, &notice);
                }
            }
            Err(RecvError::Lagged(missed)) => tracing::info!(missed, "notices came faster than they could be shown"),
            Err(RecvError::Closed) => return,
        }
    }
}

fn announce(app: &AppHandle, notice: &Notice) {
    let ticket = notice.ticket.map(|ticket| ticket.to_string());
    if ticket.as_deref().is_some_and(|ticket| window::is_looking_at(app, ticket)) {
        return;
    }
    let words = tauri::Manager::state::<crate::words::Words>(app);
    match words.trouble(notice.code) {
        Some(headline) => show(app, headline, &notice.title, ticket),
        None => show(app, &notice.title, &notice.text, ticket),
    }
}

/// Shows a notification; a click on it opens the window, on the ticket if one is named. Returns at once.
pub fn show(app: &AppHandle, title: &str, body: &str, ticket: Option<String>) {
    let app = app.clone();
    let (title, body) = (title.to_owned(), body.to_owned());
    tauri::async_runtime::spawn(async move {
        if let Err(error) = native(&app, &title, &body, ticket).await {
            tracing::warn!("no native notifications here, the window shows them itself: {error}");
        }
    });
}

/// Shows a notification of a program that does not start, before any of it runs.
pub fn show_alone(title: &str, body: &str) {
    #[cfg(target_os = "linux")]
    let shown = tauri::async_runtime::block_on(linux::Notifier::default().show(title, body, title, || {}));
    #[cfg(not(target_os = "linux"))]
    let shown = plain(title, body);
    if let Err(error) = shown {
        tracing::debug!("no native notification: {error}");
    }
}

#[cfg(target_os = "linux")]
async fn native(app: &AppHandle, title: &str, body: &str, ticket: Option<String>) -> zbus::Result<()> {
    let open = tauri::Manager::state::<crate::words::Words>(app).open();
    let clicked = app.clone();
    let go = move || window::go(&clicked, ticket.map(|ticket| format!("#/ticket/{ticket}")).as_deref());
    tauri::Manager::state::<linux::Notifier>(app).show(title, body, open, go).await
}

#[cfg(not(target_os = "linux"))]
async fn native(_app: &AppHandle, title: &str, body: &str, _ticket: Option<String>) -> notify_rust::error::Result<()> {
    plain(title, body)
}

#[cfg(not(target_os = "linux"))]
fn plain(title: &str, body: &str) -> notify_rust::error::Result<()> {
    notify_rust::Notification::new().appname("Docket").summary(title).body(body).show().map(drop)
}

/// Subjects are written by strangers: where the server reads markup, theirs is shown and not obeyed.
#[cfg(any(target_os = "linux", test))]
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    #[test]
    fn markup_of_strangers_is_text() {
        assert_eq!(super::escape("<b>R&D</b>"), "&lt;b&gt;R&amp;D&lt;/b&gt;");
    }
}
