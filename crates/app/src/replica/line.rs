//! The line to the server: one question, one answer. The desktop's goes over HTTP; a simulation's goes to a Router in its process.

use std::future::Future;

use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;

use crate::error::{Error, Result};

/// A question.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `GET`, `POST` …
    pub method: &'static str,
    /// The path under the server's address, with its query.
    pub path: String,
    /// The media type of the body; none: it has no body.
    pub content_type: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Told {
    /// The HTTP status.
    pub status: u16,
    /// The media type of the body.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

/// No answer came: the question may have arrived or not.
#[derive(Clone, Debug, Error)]
pub enum Cut {
    /// Nobody answered, or the line broke: why, in words.
    #[error("{0}")]
    Silent(String),
    /// Somebody answered with a certificate that this computer does not trust: why, in words.
    #[error("{0}")]
    Untrusted(String),
}

/// Whoever carries questions to the server, with the device's token.
pub trait Line: Send + Sync {
    /// Asks, and waits for the answer.
    fn ask(&self, asked: Asked) -> impl Future<Output = std::result::Result<Told, Cut>> + Send;
}

/// Asks for JSON.
pub(crate) async fn get<T: DeserializeOwned>(line: &impl Line, path: String) -> Result<T> {
    told(line.ask(Asked { method: "GET", path, content_type: None, body: Vec::new() }).await)
}

/// Sends JSON and gets JSON back.
pub(crate) async fn post<T: DeserializeOwned>(line: &impl Line, path: &str, body: &(impl Serialize + Sync)) -> Result<T> {
    told(line.ask(posted(path, body)?).await)
}

/// Sends JSON and gets nothing back.
pub(crate) async fn tell(line: &impl Line, path: &str, body: &(impl Serialize + Sync)) -> Result<()> {
    whole(line.ask(posted(path, body)?).await).map(drop)
}

/// A part of a query (WHATWG URL §5.2).
pub(crate) fn urlencoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A question with a JSON body.
pub(crate) fn posted(path: &str, body: &impl Serialize) -> Result<Asked> {
    let body = serde_json::to_vec(body).map_err(anyhow::Error::from)?;
    Ok(Asked { method: "POST", path: path.to_owned(), content_type: Some("application/json".into()), body })
}

fn told<T: DeserializeOwned>(answer: std::result::Result<Told, Cut>) -> Result<T> {
    let told = whole(answer)?;
    serde_json::from_slice(&told.body).map_err(|error| match serde_json::from_slice::<serde::de::IgnoredAny>(&told.body) {
        Ok(_) => Error::Unavailable {
            code: "client_too_old",
            message: format!(
                "the server says what this Docket does not understand ({error}); install a newer one, and nothing that waits is lost"
            ),
        },
        // A proxy's page, or a body that was cut.
        Err(_) => offline(format!("the server's answer cannot be read: {error}")),
    })
}

/// An answer that is none of ours (a proxy's page, a cut body) counts as no contact; a refusal of the server keeps its code.
pub(crate) fn whole(answer: std::result::Result<Told, Cut>) -> Result<Told> {
    let told = answer.map_err(|cut| offline(cut.to_string()))?;
    if (200..300).contains(&told.status) {
        return Ok(told);
    }
    Err(problem(told.status, &told.body))
}

/// What an answer says that is no good one.
pub(crate) fn problem(status: u16, body: &[u8]) -> Error {
    let problem: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let (code, message) = (problem["code"].as_str(), problem["message"].as_str().unwrap_or_default());
    match code {
        Some(code) => refusal(code, message),
        None => offline(format!("the server answered with status {status}")),
    }
}

/// No contact.
pub(crate) fn offline(message: String) -> Error {
    Error::Unavailable { code: "offline", message }
}

/// The codes that a desktop goes by; any other is an error of the moment.
fn refusal(code: &str, message: &str) -> Error {
    const KNOWN: [&str; 9] = [
        "client_too_old",
        "new_epoch",
        "device_revoked",
        "device_lost",
        "agent_disabled",
        "database_unreachable",
        "newer_database",
        "not_found",
        "forbidden",
    ];
    match KNOWN.iter().find(|known| **known == code) {
        Some(known) => Error::Unavailable { code: known, message: message.to_owned() },
        None if code == "sign_in_required" => Error::SignInRequired,
        None if code == "wrong_password" => Error::WrongPassword,
        // Not the disk here.
        None if code == "disk_full" => Error::Unavailable {
            code: "server_disk_full",
            message: "the server's disk is full; what waits here goes out when there is room".into(),
        },
        None if code == "slow_down" => Error::Unavailable { code: "slow_down", message: message.to_owned() },
        None => Error::Unavailable { code: "server_refused", message: message.to_owned() },
    }
}
