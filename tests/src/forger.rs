//! A device that is none of our programs, and says what it likes.

use serde_json::{Value, json};

use crate::{office::Office, team::PASSWORD};

/// A connected device with its token.
#[derive(Clone)]
pub struct Forger {
    http: reqwest::Client,
    url: String,
    token: String,
    /// The device's id.
    pub device: String,
}

impl Forger {
    /// A device of that agent.
    pub async fn connect(office: &Office, login: &str) -> Self {
        let (http, url) = (crate::client::http().expect("a client"), office.url().await);
        let body = json!({ "login": login, "password": PASSWORD, "name": "forger" });
        let answer = http.post(format!("{url}/api/v1/devices")).header("x-docket", "1").json(&body).send().await.expect("an answer");
        let welcome: Value = answer.error_for_status().expect("the password is right").json().await.expect("a welcome");
        let word = |name: &str| welcome[name].as_str().expect("a welcome names device and token").to_owned();
        Self { token: word("token"), device: word("device_id"), http, url }
    }

    /// The same device at a server that was started again.
    pub async fn at(&self, office: &Office) -> Self {
        Self { url: office.url().await, ..self.clone() }
    }

    /// Asks with the token, in that version of the protocol; gives status and JSON.
    pub async fn get(&self, path: &str, protocol: &str) -> (u16, Value) {
        let request = self.http.get(format!("{}/api/v1{path}", self.url)).bearer_auth(&self.token).header("x-docket-protocol", protocol);
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// Posts with the token; gives status and JSON.
    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self.http.post(format!("{}/api/v1{path}", self.url)).bearer_auth(&self.token).json(body);
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// Brings a file.
    pub async fn upload(&self, bytes: Vec<u8>) {
        let request = self.http.post(format!("{}/api/v1/uploads?name=file&type=text/plain", self.url)).bearer_auth(&self.token);
        let answer = request.header("content-type", "application/octet-stream").body(bytes).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap_or_default());
    }

    /// Pushes whole envelopes; gives the answers.
    pub async fn push_all(&self, commands: &[Value]) -> Vec<Value> {
        let (status, view) = self.post("/sync/push", &json!({ "commands": commands })).await;
        assert_eq!(status, 200, "{view}");
        view["answers"].as_array().cloned().unwrap_or_default()
    }

    /// Pushes one body to a ticket, as if the device had seen everything; gives the answer.
    pub async fn push(&self, ticket: &str, body: Value) -> Value {
        self.push_all(&[envelope(ticket, body)]).await.swap_remove(0)
    }
}

/// A command of a device, in the name of the desk itself.
pub fn envelope(ticket: &str, body: Value) -> Value {
    json!({
        "id": docket_app::new_id(), "subjects": [["ticket", ticket]], "actor": { "kind": "system" }, "base_seq": 1_000_000, "body": body,
    })
}

/// A note as a device says it.
pub fn note(text: &str, change: impl FnOnce(&mut Value)) -> Value {
    let article = json!({ "id": docket_app::new_id(), "subject": "s", "text": text, "html": null, "attachments": [] });
    let mut body = json!({ "type": "note", "article": article, "visible": false, "next": {} });
    change(&mut body);
    body
}

/// A file of an article as a device says it.
pub fn file(sha256: &str) -> Value {
    json!({ "id": docket_app::new_id(), "name": "x", "content_type": "text/plain", "size": 1, "sha256": sha256, "inline": false })
}
