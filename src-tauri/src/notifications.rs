//! Notifications of the system: new mail while the agent looks elsewhere.
use docket_app::Notice;
use tauri::AppHandle;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{core::Core, window};

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::{DISMISSED, Notifier};
/// The key by which a person who closed a notification without choosing anything is told.
#[cfg(not(target_os = "linux"))]
pub const DISMISSED: &str = "dismissed";

/// Shows what the desk has to say, unless the agent is looking at it, until the desk closes.
pub async fn follow(app: AppHandle, mut notices: Receiver<Notice>) {
    loop {
        match notices.recv().await {
            Ok(notice) => {
                if notice.code != Notice::ALARM && tauri::Manager::state::<Core>(&app).may_show(&notice).await {
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
    match words.trouble(notice.code).or_else(|| words.change(notice.code)) {
        Some(headline) => show(app, headline, &notice.title, ticket),
        None => show(app, &notice.title, &notice.text, ticket),
    }
}

/// What a notification shall be like.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The headline.
    pub title: &'a str,
    /// What stands below: a plain text.
    pub body: &'a str,
    /// What can be chosen: keys and labels; `default` is a click on the whole.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only D-Bus tells what was chosen"))]
    pub actions: &'a [(&'a str, &'a str)],
    /// Whether this computer makes the sound; none: as the system likes.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "a hint of D-Bus"))]
    pub sound: Option<bool>,
    /// It stays until somebody does something about it.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "a hint of D-Bus"))]
    pub stays: bool,
    /// A category of the specification, e.g. `email.arrived`.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "a hint of D-Bus"))]
    pub category: &'static str,
}

/// Shows a notification; a click on it opens the window, on the ticket if one is named. Returns at once.
pub fn show(app: &AppHandle, title: &str, body: &str, ticket: Option<String>) {
    let app = app.clone();
    let (title, body) = (title.to_owned(), body.to_owned());
    tauri::async_runtime::spawn(async move {
        let open = tauri::Manager::state::<crate::words::Words>(&app).open();
        let actions = [("default", open)];
        let wanted = Wanted { title: &title, body: &body, actions: &actions, sound: None, stays: false, category: "email.arrived" };
        let clicked = app.clone();
        let go = move |key: &str| {
            if key == "default" {
                window::go(&clicked, ticket.map(|ticket| format!("#/ticket/{ticket}")).as_deref());
            }
        };
        if let Err(error) = native(&app, &wanted, go).await {
            tracing::warn!("no native notifications here, the window shows them itself: {error}");
        }
    });
}

/// Shows a notification of a program that does not start, before any of it runs.
pub fn show_alone(title: &str, body: &str) {
    #[cfg(target_os = "linux")]
    let shown = {
        let wanted = Wanted { title, body, actions: &[("default", title)], sound: None, stays: false, category: "email.arrived" };
        tauri::async_runtime::block_on(linux::Notifier::default().show(&wanted, |_| {})).map(drop)
    };
    #[cfg(not(target_os = "linux"))]
    let shown = plain(title, body);
    if let Err(error) = shown {
        tracing::debug!("no native notification: {error}");
    }
}

/// Shows a notification, and tells `then` what was chosen where the system says so; gives what it is called there.
#[cfg(target_os = "linux")]
pub async fn native(app: &AppHandle, wanted: &Wanted<'_>, then: impl FnOnce(&str) + Send + 'static) -> zbus::Result<u32> {
    tauri::Manager::state::<linux::Notifier>(app).show(wanted, then).await
}

/// Shows a notification, and tells `then` what was chosen where the system says so; gives what it is called there.
#[cfg(not(target_os = "linux"))]
pub async fn native(_app: &AppHandle, wanted: &Wanted<'_>, _then: impl FnOnce(&str) + Send + 'static) -> notify_rust::error::Result<u32> {
    plain(wanted.title, wanted.body).map(|()| 0)
}

/// Takes a notification away, where the system can.
#[cfg(target_os = "linux")]
pub async fn withdraw(app: &AppHandle, id: u32) {
    tauri::Manager::state::<linux::Notifier>(app).close(id).await;
}

/// Takes a notification away, where the system can.
#[cfg(not(target_os = "linux"))]
pub async fn withdraw(_app: &AppHandle, _id: u32) {}

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
