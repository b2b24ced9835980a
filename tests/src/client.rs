//! An agent's client: the HTTP API as a browser uses it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    cookie: String,
    token: String,
}

/// Lines of one's own to servers.
pub fn http() -> Result<reqwest::Client> {
    // Somebody else may have named it already.
    drop(rustls::crypto::ring::default_provider().install_default());
    Ok(reqwest::Client::builder().timeout(Duration::from_secs(40)).build()?)
}

impl Client {
    /// Signs in.
    pub async fn sign_in(url: &str, login: &str, password: &str) -> Result<Self> {
        let http = http()?;
        let body = json!({ "login": login, "password": password });
        let answer = http.post(format!("{url}/api/v1/session")).header("x-docket", "sign-in").json(&body).send().await?;
        let cookie = answer.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok()).unwrap_or_default().to_owned();
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let session: Value = answer.error_for_status()?.json().await?;
        let token = session["write_token"].as_str().context("a session has a write token")?.to_owned();
        Ok(Self { http, url: url.to_owned(), cookie, token })
    }

    /// The same session at another address of the same desk.
    pub fn at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    /// The same session from another computer: over lines of its own.
    pub fn apart(&self) -> Result<Self> {
        Ok(Self { http: http()?, ..self.clone() })
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}/api/v1{path}", self.url)).header("cookie", &self.cookie).header("x-docket", &self.token)
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Result<Value> {
        let answer = self.request(Method::GET, path).send().await?;
        let status = answer.status();
        let body = answer.text().await?;
        ensure!(status.is_success(), "GET {path}: {status} {body}");
        Ok(serde_json::from_str(&body)?)
    }

    /// Reads compressed, as browsers do, without looking at it; gives the number of bytes.
    pub async fn fetch(&self, path: &str) -> Result<usize> {
        let request = self.request(Method::GET, path).header("accept-encoding", "gzip");
        Ok(request.send().await?.error_for_status()?.bytes().await?.len())
    }

    /// Writes; an error is a broken line, anything else an answer.
    pub async fn post(&self, path: &str, body: &Value) -> Result<(StatusCode, Value)> {
        let answer = self.request(Method::POST, path).json(body).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    /// Changes something, and it must be taken.
    pub async fn must_put(&self, path: &str, body: &Value) -> Result<Value> {
        let answer = self.request(Method::PUT, path).json(body).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "PUT {path}: {status} {text}");
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    /// Brings the bytes of a file.
    pub async fn bring(&self, path: &str, bytes: Vec<u8>) -> Result<Value> {
        let request = self.request(Method::POST, path).header("content-type", "application/octet-stream").body(bytes);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    /// Writes, and it must be taken.
    pub async fn must_post(&self, path: &str, body: &Value) -> Result<Value> {
        let (status, answer) = self.post(path, body).await?;
        ensure!(status.is_success(), "POST {path}: {status} {answer}");
        Ok(answer)
    }
}
