//! The desk behind the window: opened once, asked through the Router.
use std::path::Path;

use http::{Request, Response};
use tokio::sync::broadcast;

/// Something worth a notification.
#[derive(Clone, Debug)]
pub struct Notice {
    /// First line.
    pub title: String,
    /// The rest.
    pub body: String,
    /// The ticket it is about.
    pub ticket_id: Option<String>,
}

/// The open desk; there is one a program.
pub struct Core {
    token: String,
    notices: broadcast::Sender<Notice>,
}

impl Core {
    /// Opens the desk in `folder`; refuses in words when another program holds it.
    pub async fn open(_folder: &Path) -> anyhow::Result<Self> {
        Ok(Self { token: token()?, notices: broadcast::channel(64).0 })
    }

    /// What the page must send along with every write.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Asks the Router, as the one person who sits at this computer.
    pub async fn call(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        Response::new(request.into_body())
    }

    /// Starts fetching, sending and the timers.
    pub fn run_background(&self) {}

    /// What is worth a notification, from now on.
    pub fn notices(&self) -> broadcast::Receiver<Notice> {
        self.notices.subscribe()
    }

    /// How many mails have not left yet.
    pub async fn unsent(&self) -> usize {
        0
    }

    /// Ends what runs and lets go of the folder.
    pub async fn close(&self) {}
}

/// A value that only this start of the program and its page know.
fn token() -> anyhow::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("The system gives no random numbers: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
