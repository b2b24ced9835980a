//! Notifications of the system: new mail while the agent looks elsewhere.
use docket_app::Notice;
use notify_rust::Notification;
use tauri::AppHandle;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{core::Core, window};

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
    // A thread, because waiting for the click takes as long as the notification stands.
    std::thread::spawn(move || {
        if let Err(error) = show_and_wait(&app, &title, &body, ticket) {
            tracing::warn!("no native notifications here, the window shows them itself: {error}");
        }
    });
}

/// Shows a notification of a program that does not start and so cannot wait for a click.
pub fn show_alone(title: &str, body: &str) {
    if let Err(error) = notification(title, body).show() {
        tracing::debug!("no native notification: {error}");
    }
}

#[cfg(target_os = "linux")]
fn show_and_wait(app: &AppHandle, title: &str, body: &str, ticket: Option<String>) -> notify_rust::error::Result<()> {
    let open = tauri::Manager::state::<crate::words::Words>(app).open();
    let handle = notification(title, body).action("default", open).show()?;
    handle.wait_for_action(|action| {
        if action == "default" {
            let hash = ticket.map(|ticket| format!("#/ticket/{ticket}"));
            window::go(app, hash.as_deref());
        }
    });
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn show_and_wait(_app: &AppHandle, title: &str, body: &str, _ticket: Option<String>) -> notify_rust::error::Result<()> {
    notification(title, body).show().map(drop)
}

fn notification(title: &str, body: &str) -> Notification {
    let mut notification = Notification::new();
    notification.appname("Docket").summary(title).body(&in_markup(body));
    #[cfg(target_os = "linux")]
    notification
        .icon("docket-desktop")
        .hint(notify_rust::Hint::DesktopEntry("Docket".into()))
        .hint(notify_rust::Hint::Category("email.arrived".into()));
    notification
}

/// Subjects are written by strangers: where the server reads markup, theirs is shown and not obeyed.
#[cfg(target_os = "linux")]
fn in_markup(text: &str) -> String {
    let read = notify_rust::get_capabilities().is_ok_and(|can| can.iter().any(|one| one == "body-markup"));
    if read { escape(text) } else { text.to_owned() }
}

#[cfg(not(target_os = "linux"))]
fn in_markup(text: &str) -> String {
    text.to_owned()
}

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
