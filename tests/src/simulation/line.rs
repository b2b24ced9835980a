//! A line that goes to a Router in this process, and has the troubles of a real one.

use std::sync::Mutex;

use axum::Router;
use docket_api::{Host, UiSource};
use docket_app::{
    App,
    replica::{Asked, Cut, Told},
};
use docket_domain::{AgentId, Ticket, access};

use super::units;
use crate::dice::Dice;

/// A line to a server.
pub struct Line {
    app: App,
    router: Router,
    /// The device's token.
    pub token: Option<String>,
    state: Mutex<State>,
}

struct State {
    dice: Dice,
    bad: bool,
    /// Requests that are still on their way somewhere, and may arrive a second time.
    late: Vec<Asked>,
    fault: Option<String>,
}

impl Line {
    /// A line to that server.
    pub fn new(app: &App, dice: Dice) -> Self {
        let state = Mutex::new(State { dice, bad: false, late: Vec::new(), fault: None });
        Self { app: app.clone(), router: router(app), token: None, state }
    }

    /// The server has started anew.
    pub fn serve(&mut self, app: &App) {
        self.app = app.clone();
        self.router = router(app);
    }

    /// Is the line in a bad way from now on?
    pub fn bad(&self, bad: bool) {
        self.state.lock().expect("nobody panics with it").bad = bad;
    }

    /// Something that must never go over a line.
    pub fn fault(&self) -> Option<String> {
        self.state.lock().expect("nobody panics with it").fault.take()
    }

    async fn deliver(&self, asked: &Asked) -> Told {
        let mut request = http::Request::builder().method(asked.method).uri(&asked.path).header("x-docket", "desktop");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(kind) = &asked.content_type {
            request = request.header("content-type", kind);
        }
        let request = request.body(asked.body.clone()).expect("a request of our own");
        let response = docket_api::call(&self.router, request).await;
        let content_type = response.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
        Told { status: response.status().as_u16(), content_type, body: response.into_body() }
    }

    /// No row goes to an agent who may not read it.
    async fn inspect(&self, asked: &Asked, told: &Told) {
        if !asked.path.starts_with("/api/v1/sync") || told.status != 200 {
            return;
        }
        let Some(token) = &self.token else { return };
        let Ok(Some(asking)) = self.app.device_of(token).await else { return };
        let agent: AgentId = asking.agent;
        let settings = self.app.settings();
        for unit in units(told) {
            let Ok(ticket) = serde_json::from_value::<Ticket>(unit["ticket"].clone()) else { continue };
            if !access::may_read(&settings, agent, &ticket) {
                let words = format!("ticket {} went to an agent who may not read it", ticket.number);
                self.state.lock().expect("nobody panics with it").fault = Some(words);
            }
        }
    }
}

fn router(app: &App) -> Router {
    docket_api::router(app.clone(), Host::Server { trusted_proxy: Vec::new(), secure_cookies: false, ui: UiSource::None })
}

impl docket_app::replica::Line for Line {
    async fn ask(&self, asked: Asked) -> Result<Told, Cut> {
        let (throw, late) = {
            let mut state = self.state.lock().expect("nobody panics with it");
            let throw = if state.bad { state.dice.below(6) } else { 9 };
            let late = if state.bad && state.dice.chance(50) { state.late.pop() } else { None };
            (throw, late)
        };
        if let Some(late) = late {
            // What was sent long ago arrives now, a second time; nobody waits for its answer.
            self.deliver(&late).await;
        }
        match throw {
            0 => return Err(Cut::Silent("the line was cut before the question arrived".into())),
            1 => {
                self.deliver(&asked).await;
                return Err(Cut::Silent("the line was cut before the answer came".into()));
            }
            2 => drop(self.deliver(&asked).await),
            3 if asked.method == "POST" => self.state.lock().expect("nobody panics with it").late.push(asked.clone()),
            _ => {}
        }
        let told = self.deliver(&asked).await;
        self.inspect(&asked, &told).await;
        Ok(told)
    }
}
