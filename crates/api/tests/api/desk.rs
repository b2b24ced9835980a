//! A desk in a temporary folder, and people who ask it.

use docket_api::{Host, LocalActor, UiSource, call, router};
use docket_app::{App, Hold, HostKind, Options};
use http::{HeaderMap, Request, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

pub const PASSWORD: &str = "correct horse battery";

/// A desk and the Router before it.
pub struct Desk {
    pub app: App,
    pub host: Host,
    _folder: TempDir,
}

/// Somebody at a browser or at the window.
pub struct Person<'a> {
    pub desk: &'a Desk,
    pub cookie: String,
    pub token: String,
}

/// An answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Desk {
    /// A desk for browsers, with the administrator Ana and the agent Ben.
    pub async fn server() -> Self {
        let desk =
            Self::open(HostKind::Server, Host::Server { trusted_proxy: vec![], secure_cookies: false, ui: UiSource::Embedded }).await;
        desk.app.add_agent("ana", "Ana", "ana@desk.test", true, Some(PASSWORD.into())).await.unwrap();
        desk.app.add_agent("ben", "Ben", "ben@desk.test", false, Some(PASSWORD.into())).await.unwrap();
        desk
    }

    /// A desk in a window, before its first start.
    pub async fn window(token: &str) -> Self {
        // Where a keyring could ask somebody, a test would wait for ever.
        Self::open(HostKind::Server, Host::Desktop { write_token: token.into() }).await
    }

    async fn open(kind: HostKind, host: Host) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options =
            Options { data: folder.path().join("desk"), database: None, hold: Hold::Holder("test".into()), host: kind, key_file: None };
        Self { app: App::open(options).await.unwrap(), host, _folder: folder }
    }

    pub async fn ask(&self, request: Request<Vec<u8>>) -> Answer {
        call(&router(self.app.clone(), self.host.clone()), request).await.into()
    }

    /// Somebody who has not signed in.
    pub fn stranger(&self) -> Person<'_> {
        Person { desk: self, cookie: String::new(), token: String::new() }
    }

    /// Somebody who has.
    pub async fn agent(&self, login: &str) -> Person<'_> {
        let body = json!({ "login": login, "password": PASSWORD });
        let answer = self.ask(request("POST", "/session").header("x-docket", "sign-in").body(body.to_string().into()).unwrap()).await;
        let view = answer.ok();
        let cookie = answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        Person { desk: self, cookie, token: view["write_token"].as_str().unwrap().to_owned() }
    }

    /// The one at the window.
    pub async fn at_window(&self, request: Request<Vec<u8>>) -> Answer {
        let (mut parts, body) = request.into_parts();
        if let Some(agent) = self.app.window_agent() {
            parts.extensions.insert(LocalActor(agent));
        }
        self.ask(Request::from_parts(parts, body)).await
    }
}

impl Person<'_> {
    pub fn request(&self, method: &str, path: &str) -> http::request::Builder {
        request(method, path).header("cookie", &self.cookie)
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.desk.ask(self.request("GET", path).body(vec![]).unwrap()).await
    }

    pub async fn send(&self, method: &str, path: &str, body: Value) -> Answer {
        self.bring(method, path, body.to_string().into()).await
    }

    pub async fn bring(&self, method: &str, path: &str, bytes: Vec<u8>) -> Answer {
        self.desk.ask(self.request(method, path).header("x-docket", &self.token).body(bytes).unwrap()).await
    }

    /// A ticket with this file on it; gives the address of the file.
    pub async fn file(&self, name: &str, content_type: &str, bytes: &[u8]) -> String {
        let query = url_query(&[("name", name), ("type", content_type)]);
        let upload = self.bring("POST", &format!("/uploads?{query}"), bytes.to_vec()).await.ok();
        let (ticket, article) = (docket_app::new_id(), docket_app::new_id());
        let body = json!({
            "id": ticket, "article_id": article, "title": "File", "channel": "phone", "text": "See there",
            "customer": { "address": "carla@customer.test" }, "attachments": [{ "upload_id": upload["upload_id"] }],
        });
        let ticket = self.send("POST", "/tickets", body).await.ok();
        let file = ticket["articles"][0]["attachments"][0]["id"].as_str().unwrap();
        format!("/articles/{article}/attachments/{file}")
    }
}

impl Answer {
    /// The JSON of a good answer.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, String::from_utf8_lossy(&self.bytes));
        self.json()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&self.bytes)))
    }

    /// Asserts a refusal in the one shape that all have.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.bytes));
        assert_eq!(self.header("content-type"), "application/json");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert!(problem["message"].as_str().is_some_and(|message| message.len() > 5), "{problem}");
        let known = ["code", "message", "field"];
        assert!(problem.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())), "{problem}");
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl From<Response<Vec<u8>>> for Answer {
    fn from(response: Response<Vec<u8>>) -> Self {
        let (parts, bytes) = response.into_parts();
        Self { status: parts.status, headers: parts.headers, bytes }
    }
}

pub fn request(method: &str, path: &str) -> http::request::Builder {
    let path = if path.starts_with("/api") { path.to_owned() } else { format!("/api/v1{path}") };
    Request::builder().method(method).uri(path).header("host", "127.0.0.1:8377").header("content-type", "application/json")
}

fn url_query(pairs: &[(&str, &str)]) -> String {
    let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&")
}
