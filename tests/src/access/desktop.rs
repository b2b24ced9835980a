//! Connected desktops of the matrix's agents, and the doors by which an agent asks: the server's, or that of their own replica.

use std::sync::Arc;

use axum::Router;
use docket_api::{Host, LocalActor, call, router};
use docket_app::{
    App, Hold, HostKind, Options, new_id,
    replica::{Answered, Asked, Cut, Line as _, Relayed, Remote},
    wire::{
        connection::ConnectInput,
        sync::{Answer, PushView},
    },
};
use docket_domain::{Actor, AgentId, Body, CommandId, Envelope, TicketId};
use docket_store::Db;
use http::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{PASSWORD, Stage, request};
use crate::{dice::Dice, simulation::Line};

const SERVER: &str = "https://desk.test";
const TOKEN: &str = "window";

/// A connected desktop of an agent of the matrix.
pub struct Desktop {
    /// The desk in it.
    pub app: App,
    line: Arc<Line>,
    router: Router,
    agent: AgentId,
    folder: TempDir,
}

/// What the window asks the server goes by the desktop's own line.
struct ByLine(Arc<Line>);

impl Remote for ByLine {
    fn relay<'a>(&'a self, _: &'a App, asked: Asked) -> Answered<'a, Result<Relayed, Cut>> {
        Box::pin(async move {
            let told = self.0.ask(asked).await?;
            Ok(Relayed { status: told.status, headers: vec![("content-type".into(), told.content_type)], body: told.body })
        })
    }

    fn connect<'a>(&'a self, _: &'a App, _: ConnectInput) -> Answered<'a, docket_app::Result<()>> {
        Box::pin(async { unreachable!("it is connected already") })
    }
}

impl Stage {
    /// A desktop of the agent of a column, connected and not synced.
    ///
    /// # Errors
    /// Whatever the server says to login and password.
    pub async fn desktop(&self, column: &str) -> docket_app::Result<Desktop> {
        let folder = tempfile::Builder::new().prefix("docket-access-").tempdir().expect("a temporary folder");
        let data = folder.path().join("desktop");
        let options = Options {
            key_file: Some(data.join("key")),
            data,
            database: None,
            hold: Hold::Holder("a test".into()),
            host: HostKind::Desktop,
        };
        let app = App::open(options).await?;
        let mut line = Line::new(&self.app, Dice::new(1));
        let login = column.replace('+', ".");
        let input = ConnectInput { server: String::new(), login, password: PASSWORD.into(), name: column.into() };
        app.connect(&line, SERVER, input).await?;
        line.token = app.device_token().await?;
        let line = Arc::new(line);
        app.reach_by(Arc::new(ByLine(line.clone())));
        let router = router(app.clone(), Host::Desktop { write_token: TOKEN.into() });
        Ok(Desktop { app, line, router, agent: self.person(column).id, folder })
    }
}

impl Desktop {
    /// Everything that the server has to say, and everything that there is to say to it.
    ///
    /// # Errors
    /// What the server says.
    pub async fn sync(&self) -> docket_app::Result<()> {
        let line = &*self.line;
        while self.app.pull(line).await?.more {}
        while self.app.first_step(line).await? {}
        while self.app.push_outbox(line).await?.more {}
        while self.app.pull(line).await?.more {}
        Ok(())
    }

    /// What the server says to one command of this device, whatever the desktop itself thinks of it.
    pub async fn push(&self, ticket: TicketId, base_seq: i64, body: Body) -> (StatusCode, Answer) {
        let mut envelope = Envelope::ticket(CommandId(new_id()), ticket, Actor::System, body);
        envelope.base_seq = base_seq;
        let told = self.post("/api/v1/sync/push", &json!({ "commands": [envelope] })).await;
        let view: PushView = serde_json::from_value(told.1).unwrap_or_default();
        (told.0, view.answers.into_iter().next().unwrap_or_default())
    }

    /// Asks the server as this device.
    pub async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let body = Some(("application/json".to_owned(), body.to_string().into_bytes()));
        self.tell("POST", path, body).await
    }

    /// Asks the server as this device.
    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.tell("GET", path, None).await
    }

    async fn tell(&self, method: &'static str, path: &str, body: Option<(String, Vec<u8>)>) -> (StatusCode, Value) {
        let (content_type, body) = body.map_or((None, Vec::new()), |(kind, body)| (Some(kind), body));
        let told = self.line.ask(Asked { method, path: path.to_owned(), content_type, body }).await.expect("the line is whole");
        let status = StatusCode::from_u16(told.status).expect("a status of HTTP");
        (status, serde_json::from_slice(&told.body).unwrap_or_default())
    }

    /// Asks the replica, as its window does.
    pub async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let mut request = request(method, path)
            .header("x-docket", TOKEN)
            .body(body.map(|body| body.to_string().into_bytes()).unwrap_or_default())
            .expect("a request");
        request.extensions_mut().insert(LocalActor(self.agent));
        let response = call(&self.router, request).await;
        (response.status(), serde_json::from_slice(response.body()).unwrap_or_default())
    }

    /// The replica's database, behind its back.
    pub async fn db(&self) -> Db {
        Db::open_sqlite(&self.folder.path().join("desktop").join("docket.db")).await.expect("the replica's database")
    }
}

/// Where an agent asks.
#[derive(Clone, Copy)]
pub enum Door<'a> {
    /// At a browser.
    Browser,
    /// At a desktop of their own.
    Replica(&'a Desktop),
}

impl<'a> Door<'a> {
    /// Asks there; gives the status and the JSON, or null.
    pub async fn ask(self, stage: &Stage, who: &str, method: &str, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        match self {
            Self::Browser => stage.ask(who, method, path, body).await,
            Self::Replica(desktop) => desktop.ask(method, path, body).await,
        }
    }

    /// Lets a replica hear what has happened at the server.
    pub async fn hear(self) {
        if let Self::Replica(desktop) = self {
            desktop.sync().await.expect("the server answers");
        }
    }

    /// What is asked there.
    pub fn app(self, stage: &'a Stage) -> &'a App {
        match self {
            Self::Browser => &stage.app,
            Self::Replica(desktop) => &desktop.app,
        }
    }
}
