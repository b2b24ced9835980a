//! Notifications by D-Bus (<https://specifications.freedesktop.org/notification/latest/>).
//!
//! One connection shows them and hears the clicks: some servers tell only the connection that showed one, and a signal that
//! comes between two listeners would be lost.
use std::collections::HashMap;
use std::sync::Arc;

use futures::StreamExt;
use tokio::sync::{Mutex, OnceCell};
use zbus::zvariant::Value;

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
trait Server {
    #[expect(clippy::too_many_arguments, reason = "the specification's call")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;
    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: String) -> zbus::Result<()>;
    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
}

/// What stands on the screen: the notification's id at the server, and what a click on it does.
type Shown = Arc<Mutex<HashMap<u32, Box<dyn FnOnce() + Send>>>>;

/// The notification server of this session.
#[derive(Default)]
pub struct Notifier {
    server: OnceCell<ServerProxy<'static>>,
    shown: Shown,
}

impl Notifier {
    /// Shows a notification; a click on it, or on its one button `open`, does `then`.
    ///
    /// # Errors
    /// There is no session bus, or nothing on it shows notifications.
    pub async fn show(&self, title: &str, body: &str, open: &str, then: impl FnOnce() + Send + 'static) -> zbus::Result<()> {
        let server = self.server.get_or_try_init(|| connect(self.shown.clone())).await?;
        let reads_markup = server.get_capabilities().await?.iter().any(|one| one == "body-markup");
        let body = if reads_markup { super::escape(body) } else { body.to_owned() };
        let hints = HashMap::from([("desktop-entry", Value::from("Docket")), ("category", Value::from("email.arrived"))]);
        // Held across the call: the click may come before its answer.
        let mut shown = self.shown.lock().await;
        let id = server.notify("Docket", 0, "docket-desktop", title, &body, &["default", open], hints, -1).await?;
        shown.insert(id, Box::new(then));
        Ok(())
    }
}

async fn connect(shown: Shown) -> zbus::Result<ServerProxy<'static>> {
    let server = ServerProxy::new(&zbus::Connection::session().await?).await?;
    let mut clicked = server.receive_action_invoked().await?;
    let mut closed = server.receive_notification_closed().await?;
    tokio::spawn(async move {
        loop {
            // A click closes the notification: it is looked at first.
            tokio::select! {
                biased;
                Some(signal) = clicked.next() => if let Ok(click) = signal.args()
                    && click.action_key == "default"
                    && let Some(then) = shown.lock().await.remove(&click.id)
                {
                    then();
                },
                Some(signal) = closed.next() => if let Ok(over) = signal.args() {
                    shown.lock().await.remove(&over.id);
                },
                else => return,
            }
        }
    });
    Ok(server)
}
