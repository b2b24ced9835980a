//! What a connected desk does not decide itself: its server is asked, and the answer goes back as it came.

use std::{future::Future, pin::Pin, sync::Arc};

use docket_domain::{ArticleId, AttachmentId};
use docket_store::blob;
use serde::Serialize;

use super::{
    Asked, Cut,
    line::{offline, problem},
    luggage::LONG_AGO,
};
use crate::{
    app::App,
    error::{Error, Result},
    wire::connection::ConnectInput,
};

/// What becomes of something that was asked.
pub type Answered<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The server's answer, as it came.
#[derive(Clone, Debug)]
pub struct Relayed {
    /// The HTTP status.
    pub status: u16,
    /// The headers that say what the body is, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Whoever reaches servers: this crate knows no network.
pub trait Remote: Send + Sync {
    /// Asks the server of a connected desk, in the name of its device.
    fn relay<'a>(&'a self, app: &'a App, asked: Asked) -> Answered<'a, Result<Relayed, Cut>>;

    /// Connects a desk, and fetches what it needs to be shown.
    fn connect<'a>(&'a self, app: &'a App, input: ConnectInput) -> Answered<'a, Result<()>>;
}

impl App {
    /// Names who reaches servers.
    pub fn reach_by(&self, remote: Arc<dyn Remote>) {
        drop(self.0.remote.set(remote));
    }

    fn remote(&self) -> Result<&Arc<dyn Remote>> {
        self.0.remote.get().ok_or_else(|| offline("this program reaches no server".into()))
    }

    /// Connects this desk to a server, or signs in again.
    ///
    /// # Errors
    /// `invalid`, `wrong_password`, `slow_down`, `offline`, `untrusted_server`, `no_desk_there`, `connected_elsewhere`, `client_too_old`, `server_refused`.
    pub async fn connect_to(&self, input: ConnectInput) -> Result<()> {
        self.remote()?.connect(self, input).await
    }

    /// Asks the server; its answer may be a refusal.
    ///
    /// # Errors
    /// `offline` when no answer came.
    pub async fn relay(&self, asked: Asked) -> Result<Relayed> {
        self.need_connected()?;
        let writes = asked.method != "GET";
        let answer = self.remote()?.relay(self, asked).await.map_err(|cut| offline(cut.to_string()))?;
        if writes && (200..300).contains(&answer.status) {
            // What it changed comes back with the next pull.
            self.sync_now();
        }
        Ok(answer)
    }

    /// Saves something at the server, where it is decided.
    pub(crate) async fn save_there(&self, method: &'static str, path: &str, body: &(impl Serialize + Sync)) -> Result<()> {
        let body = serde_json::to_vec(body).map_err(anyhow::Error::from)?;
        let answer = self.relay(Asked { method, path: path.to_owned(), content_type: Some("application/json".into()), body }).await?;
        if (200..300).contains(&answer.status) { Ok(()) } else { Err(problem(answer.status, &answer.body)) }
    }

    /// The bytes of an attachment: those that are here, or those of the server, which are kept.
    pub(crate) async fn attachment_bytes(&self, article: ArticleId, id: AttachmentId, sha256: &str) -> Result<Vec<u8>> {
        self.bytes(sha256, format!("/api/v1/articles/{article}/attachments/{id}"), "attachment").await
    }

    /// The bytes of an original mail: those that are here, or those of the server, which are kept.
    pub(crate) async fn raw_bytes(&self, article: ArticleId, sha256: &str) -> Result<Vec<u8>> {
        self.bytes(sha256, format!("/api/v1/articles/{article}/raw"), "original mail").await
    }

    async fn bytes(&self, sha256: &str, path: String, what: &'static str) -> Result<Vec<u8>> {
        if let Some(bytes) = self.0.blobs.get(sha256).await? {
            return Ok(bytes);
        }
        if self.connected().is_none() {
            return Err(Error::NotFound(what));
        }
        let answer = self.relay(Asked { method: "GET", path, content_type: None, body: Vec::new() }).await?;
        if !(200..300).contains(&answer.status) {
            return Err(problem(answer.status, &answer.body));
        }
        // Anything but the bytes that the article names is none of it.
        if blob::key(&answer.body) != sha256 {
            return Err(offline("the server sent another file".into()));
        }
        self.0.blobs.put(answer.body.clone(), LONG_AGO).await?;
        Ok(answer.body)
    }
}
