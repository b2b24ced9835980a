//! The desk behind the window: opened once, asked through the Router.
use std::future::Future;
use std::path::Path;
use std::pin::Pin;

use docket_api::{Host, LocalActor};
use docket_app::{AgentId, App, Hold, HostKind, Notice, Options};
use docket_sync::Roads;
use http::{Request, Response};
use tokio::sync::broadcast;

/// The Router, as something to ask: only the API crate knows what it is made of.
type Ask = dyn Fn(Request<Vec<u8>>) -> Pin<Box<dyn Future<Output = Response<Vec<u8>>> + Send>> + Send + Sync;

/// The open desk; there is one a program.
pub struct Core {
    app: App,
    ask: Box<Ask>,
    token: String,
    roads: Roads,
}

impl Core {
    /// Opens the desk in `folder`; refuses in words when another program holds it.
    pub async fn open(folder: &Path) -> anyhow::Result<Self> {
        let token = token()?;
        let options = Options {
            data: folder.to_owned(),
            database: None,
            hold: Hold::Holder("docket-desktop".to_owned()),
            host: HostKind::Desktop,
            key_file: None,
        };
        let roads = Roads::open(None)?;
        let app = App::open(options).await?;
        docket_sync::reach(&app, &roads);
        docket_sync::call_for(&app);
        let router = docket_api::router(app.clone(), Host::Desktop { write_token: token.clone() });
        let ask: Box<Ask> = Box::new(move |request| {
            let router = router.clone();
            Box::pin(async move { docket_api::call(&router, request).await })
        });
        Ok(Self { app, ask, token, roads })
    }

    /// What the page must send along with every write.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Asks the Router, as the one person who sits at this computer.
    pub async fn call(&self, mut request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        if let Some(me) = self.app.window_agent() {
            request.extensions_mut().insert(LocalActor(me));
        }
        (self.ask)(request).await
    }

    /// Starts fetching, sending and the timers, and keeps the line to the team's server if there is one. Needs a running runtime.
    pub fn run(&self) {
        self.app.run();
        tokio::spawn(docket_sync::run(self.app.clone(), self.roads.clone()));
    }

    /// What is worth a notification, from now on.
    pub fn notices(&self) -> broadcast::Receiver<Notice> {
        self.app.notices()
    }

    /// Does the agent at this computer want to hear of it, and now?
    pub async fn may_show(&self, notice: &Notice) -> bool {
        match self.app.window_agent() {
            Some(me) => self.app.concerns(me, notice).await.unwrap_or(true) && self.app.may_show(me, notice).await.unwrap_or(true),
            None => true,
        }
    }

    /// The desk and who sits at this computer; none before somebody does.
    pub fn here(&self) -> Option<(&App, AgentId)> {
        self.app.window_agent().map(|me| (&self.app, me))
    }

    /// The desk.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// How many mails have not left yet; none if that cannot be known, for a question that cannot be answered helps nobody.
    pub async fn unsent(&self) -> usize {
        let waiting = self.app.mails_waiting().await.inspect_err(|error| tracing::warn!("cannot count the outbox: {error}"));
        waiting.map_or(0, |count| usize::try_from(count).unwrap_or(0))
    }

    /// Ends what runs and lets go of the folder.
    pub async fn close(&self) {
        self.app.close().await;
    }
}

/// A value that only this start of the program and its page know.
fn token() -> anyhow::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("The system gives no random numbers: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
