//! Notifications by D-Bus (<https://specifications.freedesktop.org/notification/latest/>).
//!
//! One connection shows them and hears the clicks: some servers tell only the connection that showed one, and a signal that
//! comes between two listeners would be lost.
use std::collections::HashMap;
use std::sync::Arc;

use futures::StreamExt;
use tokio::sync::{Mutex, OnceCell};
use zbus::zvariant::Value;

use super::Wanted;

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
    fn close_notification(&self, id: u32) -> zbus::Result<()>;
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;
    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: String) -> zbus::Result<()>;
    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
}

/// What stands on the screen: the notification's id at the server, and what is done about it.
type Shown = Arc<Mutex<HashMap<u32, Box<dyn FnOnce(&str) + Send>>>>;

/// The key by which a person who closed a notification without choosing anything is told.
pub const DISMISSED: &str = "dismissed";
/// The specification's reason for that.
const BY_PERSON: u32 = 2;

/// The notification server of this session.
#[derive(Default)]
pub struct Notifier {
    server: OnceCell<ServerProxy<'static>>,
    shown: Shown,
}

impl Notifier {
    /// Shows a notification; what the person chooses of it, by the action's key or [`DISMISSED`], is told to `then`. Gives its id
    /// at the server.
    ///
    /// # Errors
    /// There is no session bus, or nothing on it shows notifications.
    pub async fn show(&self, wanted: &Wanted<'_>, then: impl FnOnce(&str) + Send + 'static) -> zbus::Result<u32> {
        let server = self.server.get_or_try_init(|| connect(self.shown.clone())).await?;
        let reads_markup = server.get_capabilities().await?.iter().any(|one| one == "body-markup");
        let body = if reads_markup { super::escape(wanted.body) } else { wanted.body.to_owned() };
        let actions: Vec<&str> = wanted.actions.iter().flat_map(|(key, label)| [*key, *label]).collect();
        // Held across the call: the click may come before its answer.
        let mut shown = self.shown.lock().await;
        let patience = if wanted.stays { 0 } else { -1 };
        let id = server.notify("Docket", 0, "docket-desktop", wanted.title, &body, &actions, hints(wanted), patience).await?;
        shown.insert(id, Box::new(then));
        Ok(id)
    }

    /// Takes a notification away; one that is not there any more is no trouble.
    pub async fn close(&self, id: u32) {
        self.shown.lock().await.remove(&id);
        if let Some(server) = self.server.get()
            && let Err(error) = server.close_notification(id).await
        {
            tracing::debug!("a notification was gone already: {error}");
        }
    }
}

fn hints(wanted: &Wanted<'_>) -> HashMap<&'static str, Value<'static>> {
    let mut hints = HashMap::from([("desktop-entry", Value::from("Docket")), ("category", Value::from(wanted.category))]);
    match wanted.sound {
        Some(true) => drop(hints.insert("sound-name", Value::from("message-new-instant"))),
        Some(false) => drop(hints.insert("suppress-sound", Value::from(true))),
        None => {}
    }
    hints
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
                    && let Some(then) = shown.lock().await.remove(&click.id)
                {
                    then(&click.action_key);
                },
                Some(signal) = closed.next() => if let Ok(over) = signal.args()
                    && let Some(then) = shown.lock().await.remove(&over.id)
                    && over.reason == BY_PERSON
                {
                    then(DISMISSED);
                },
                else => return,
            }
        }
    });
    Ok(server)
}
