//! A connected desktop: a replica of what its agent may see, and the commands that wait for the server.
//!
//! What is shown is what the server last sent, with the pending commands replayed on top. The row as the server sent it is kept
//! beside it only while something is pending; a pull replaces guesses, a push gets them judged.
//! Every step is awaited to its end and atomic, so that any of them may be the last before a crash.

use std::sync::{Arc, PoisonError};

use docket_domain::{AgentId, DeviceId};
use docket_store::{Tx, replica};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    app::App,
    error::{Error, Result},
};

mod alarms;
mod connect;
mod contact;
mod left;
mod line;
mod luggage;
mod outbox;
mod pull;
mod push;
mod remote;
mod state;

pub use connect::{check_address, computer};
pub use line::{Asked, Cut, Line, Told};
pub(crate) use luggage::Packing;
pub(crate) use outbox::DISCARDED_KEPT;
pub use pull::Pulled;
pub use push::Pushed;
pub use remote::{Answered, Relayed, Remote};
pub(crate) use state::Contact;

/// Whose replica this desk is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connected {
    /// The server's address, without a path.
    pub server: String,
    /// This device.
    pub device: DeviceId,
    /// Its agent.
    pub agent: AgentId,
}

/// A first sync that is not over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fill {
    /// Only these queues; none: all there is to see.
    #[serde(default)]
    pub queues: Option<Vec<docket_domain::QueueId>>,
    /// Where it stands.
    #[serde(default)]
    pub after: String,
    /// Tickets so far.
    #[serde(default)]
    pub done: i64,
    /// Tickets in all.
    #[serde(default)]
    pub total: i64,
}

/// What a replica remembers of itself beside its columns.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Memory {
    /// The number of the agent's own things up to which the server has been told.
    pub told: i64,
    /// The version of the server.
    pub server_version: String,
    /// Why it was wiped or waits for a new sign-in: a stable code.
    pub over: Option<String>,
    /// The feed number of the cursor.
    pub seq: i64,
    /// Up to this feed number pulls ask for whole tickets: pages of a first sync were made until then.
    pub whole_until: i64,
    /// Articles that were here and that a restored server does not know: to be handed back when the first sync is over.
    pub lost: Vec<serde_json::Value>,
    /// How far the server's alarms are known; none: not at all.
    pub alarms: Option<i64>,
    /// Days without contact after which it locks.
    pub lock_after_days: i64,
    /// How the line was when whoever kept it last noted that, for processes that have not asked themselves.
    pub line: Contact,
}

impl App {
    /// Whose replica this desk is, if it is one.
    pub fn connected(&self) -> Option<Arc<Connected>> {
        self.0.connected.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_connected(&self, connected: Option<Connected>) {
        *self.0.connected.write().unwrap_or_else(PoisonError::into_inner) = connected.map(Arc::new);
    }

    /// Reads from the database whether this is a replica.
    pub(crate) async fn look_connected(&self) -> Result<()> {
        let found = replica::find(&mut self.0.db.read().await?).await?;
        self.set_connected(found.map(|found| Connected {
            server: found.server,
            device: DeviceId(found.device_id),
            agent: AgentId(found.agent_id),
        }));
        Ok(())
    }

    pub(crate) fn need_connected(&self) -> Result<Arc<Connected>> {
        self.connected().ok_or(Error::Unavailable { code: "not_connected", message: "this desk is not connected to a server".into() })
    }
}

/// The replica's row, which is there while the desk is connected.
pub(crate) async fn row(tx: &mut Tx) -> Result<replica::Replica> {
    let found = replica::find(tx).await?;
    found.ok_or(Error::Unavailable { code: "not_connected", message: "this desk is not connected to a server".into() })
}

pub(crate) fn read<T: DeserializeOwned + Default>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_default()
}

pub(crate) fn write<T: Serialize>(value: &T) -> Result<String> {
    Ok(serde_json::to_string(value).map_err(anyhow::Error::from)?)
}
