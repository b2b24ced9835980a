//! A client that is not ours: curl, over TLS and HTTP/2 too.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

/// How to reach a server.
#[derive(Clone, Debug, Default)]
pub struct Curl {
    arguments: Vec<String>,
}

/// What it answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status; 0 when there was no answer.
    pub status: u16,
    /// `1.1` or `2`.
    pub version: String,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// What curl complained about.
    pub complaint: String,
}

impl Curl {
    /// Trusts this authority alone.
    pub fn trusting(authority: &Path) -> Self {
        Self::default().with(&["--cacert", &authority.display().to_string()])
    }

    /// With these arguments, too.
    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self
    }

    /// Asks once.
    pub async fn ask(&self, url: &str, arguments: &[&str]) -> Answer {
        let folder = TempDir::new().expect("a temporary folder");
        let (head, body): (PathBuf, PathBuf) = (folder.path().join("head"), folder.path().join("body"));
        let mut command = Command::new("curl");
        command.args(["-s", "-S", "--max-time", "60", "--noproxy", "*", "-w", "%{http_code} %{http_version}", "-D"]).arg(&head);
        command.arg("-o").arg(&body).args(&self.arguments).args(arguments).arg(url).kill_on_drop(true);
        let output = command.output().await.expect("curl is installed");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let (status, version) = said.split_once(' ').unwrap_or_default();
        let head = std::fs::read_to_string(head).unwrap_or_default();
        // Before the answer there may be a `100 Continue`.
        let last = head.trim_end().rsplit("\r\n\r\n").next().unwrap_or_default();
        let headers = last.lines().filter_map(|line| line.split_once(": "));
        Answer {
            status: status.parse().unwrap_or(0),
            version: version.to_owned(),
            headers: headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect(),
            body: std::fs::read(body).unwrap_or_default(),
            complaint: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Signs in; gives the client with the session, and the answer.
    pub async fn sign_in(&self, url: &str, login: &str, password: &str) -> (Self, Answer) {
        let body = serde_json::json!({ "login": login, "password": password }).to_string();
        let answer = self
            .ask(&format!("{url}/api/v1/session"), &["-H", "x-docket: sign-in", "-H", "content-type: application/json", "-d", &body])
            .await;
        let cookie = answer.header("set-cookie").unwrap_or_default().split(';').next().unwrap_or_default().to_owned();
        let token = answer.json()["write_token"].as_str().unwrap_or_default().to_owned();
        let signed_in = self.clone().with(&["-H", &format!("cookie: {cookie}"), "-H", &format!("x-docket: {token}")]);
        (signed_in, answer)
    }
}

impl Answer {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}
