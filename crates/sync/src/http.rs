//! One question over HTTPS, with the device's token.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use docket_app::{
    Called,
    replica::{Asked, Cut, Line, Relayed, Told},
    wire::sync::PROTOCOL,
};
use reqwest::{Client, ClientBuilder, Method, Response, redirect::Policy};
use rustls::{CertificateError, ClientConfig, RootCertStore, crypto::ring, pki_types::CertificateDer, pki_types::pem::PemObject};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a server may be silent, and how long a small question may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long another program may take to answer a call.
const CALL: Duration = Duration::from_secs(15);
/// Bytes a second that a line carries at least: a large file has time in proportion.
const SLOWEST: u64 = 16 * 1024;
/// Where files are fetched, which may be large.
const FILES: &str = "/api/v1/articles/";
/// The headers of an answer that are handed on.
const HANDED_ON: [&str; 2] = ["content-type", "content-disposition"];
/// A certificate of one's own authority, beside those that the system trusts.
const CA_FILE: &str = "DOCKET_CA_FILE";

/// The ways out of this computer: one to servers elsewhere, one to this computer itself, which no proxy knows.
#[derive(Clone, Debug)]
pub struct Roads {
    far: Client,
    here: Client,
}

/// The line to one server.
#[derive(Clone, Debug)]
pub struct HttpLine {
    client: Client,
    server: String,
    token: Option<String>,
}

impl Roads {
    /// Trusts what the system trusts, and the authority in `ca_file` or in the file that `DOCKET_CA_FILE` names.
    ///
    /// # Errors
    /// The file holds no certificate.
    pub fn open(ca_file: Option<PathBuf>) -> Result<Self> {
        let tls = tls(ca_file.or_else(|| std::env::var_os(CA_FILE).filter(|name| !name.is_empty()).map(PathBuf::from)))?;
        let build = |client: ClientBuilder| {
            let client = client.tls_backend_preconfigured(tls.clone()).redirect(Policy::none());
            client.connect_timeout(CONNECT).read_timeout(PATIENCE).user_agent(concat!("Docket/", env!("CARGO_PKG_VERSION"))).build()
        };
        Ok(Self { far: build(Client::builder())?, here: build(Client::builder().no_proxy())? })
    }

    /// The line to `server` (an address as `docket_app::replica::check_address` gives it), with this token.
    pub fn line(&self, server: &str, token: Option<String>) -> HttpLine {
        // Plain HTTP goes to this computer alone.
        let client = if server.starts_with("http://") { &self.here } else { &self.far };
        HttpLine { client: client.clone(), server: server.to_owned(), token }
    }
}

impl Roads {
    /// Posts JSON to an address of somebody else; `id` tells one call from another. Follows no redirect and reads no answer.
    pub(crate) async fn post(&self, url: &str, id: String, body: String) -> Called {
        let client = if url.starts_with("http://") { &self.here } else { &self.far };
        let request = client.post(url).header("content-type", "application/json").header("docket-delivery", id);
        match request.timeout(CALL).body(body).send().await {
            Ok(answer) => Called::Answered(answer.status().as_u16()),
            Err(error) if error.is_connect() || error.is_builder() => Called::Unreached(error.without_url().to_string()),
            Err(error) => Called::Silent(error.without_url().to_string()),
        }
    }
}

fn tls(ca_file: Option<PathBuf>) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::debug!(%error, "a certificate of the system cannot be read");
    }
    roots.add_parsable_certificates(native.certs);
    if let Some(file) = ca_file {
        let read = || format!("{} holds no certificate (PEM)", file.display());
        let own: Vec<CertificateDer<'static>> =
            CertificateDer::pem_file_iter(&file).with_context(read)?.collect::<Result<_, _>>().with_context(read)?;
        anyhow::ensure!(roots.add_parsable_certificates(own).0 > 0, "{}", read());
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

impl HttpLine {
    /// Asks, and waits for the whole answer.
    pub async fn relay(&self, asked: Asked) -> Result<Relayed, Cut> {
        let waits = asked.path.starts_with("/api/v1/backup") || asked.method == "GET";
        let response = self.send(asked, waits).await?;
        let status = response.status().as_u16();
        let header = |name: &&str| Some(((*name).to_owned(), response.headers().get(*name)?.to_str().ok()?.to_owned()));
        let headers = HANDED_ON.iter().filter_map(header).collect();
        let body = response.bytes().await.map_err(cut)?.into();
        Ok(Relayed { status, headers, body })
    }

    async fn send(&self, asked: Asked, download: bool) -> Result<Response, Cut> {
        let method = Method::from_bytes(asked.method.as_bytes()).map_err(|error| Cut::Silent(error.to_string()))?;
        let mut request = self.client.request(method, format!("{}{}", self.server, asked.path));
        request = request.header("x-docket", "desktop").header("x-docket-protocol", PROTOCOL);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(kind) = &asked.content_type {
            request = request.header("content-type", kind);
        }
        if !download {
            // A download goes on for as long as bytes keep coming.
            request = request.timeout(PATIENCE + Duration::from_secs(asked.body.len() as u64 / SLOWEST));
        }
        request.body(asked.body).send().await.map_err(cut)
    }
}

impl Line for HttpLine {
    async fn ask(&self, asked: Asked) -> Result<Told, Cut> {
        let download = asked.method == "GET" && asked.path.starts_with(FILES);
        let response = self.send(asked, download).await?;
        let status = response.status().as_u16();
        let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
        let body = response.bytes().await.map_err(cut)?.into();
        Ok(Told { status, content_type: kind, body })
    }
}

/// What went wrong, down to its last cause and without the address, which may hold what nobody needs to see.
fn cut(error: reqwest::Error) -> Cut {
    let error = error.without_url();
    if let Some(wrong) = certificate(&error) {
        return Cut::Untrusted(format!("the server cannot be trusted: {}", distrust(wrong)));
    }
    let mut words = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        words = cause.to_string();
        source = cause.source();
    }
    Cut::Silent(format!("the server cannot be reached: {words}"))
}

/// What is wrong with the server's certificate, if that is why.
fn certificate(error: &reqwest::Error) -> Option<&CertificateError> {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        // An I/O error is no source of its own.
        let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let tls = cause.downcast_ref::<rustls::Error>().or_else(|| inner?.downcast_ref());
        if let Some(rustls::Error::InvalidCertificate(wrong)) = tls {
            return Some(wrong);
        }
        source = cause.source().or(inner.map(|inner| inner as &dyn std::error::Error));
    }
    None
}

fn distrust(wrong: &CertificateError) -> String {
    match wrong {
        // A stranger may give himself the name of the authority.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => format!(
            "nobody whom this computer trusts has signed its certificate; the file of an authority of your own is named by {CA_FILE}"
        ),
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => "its certificate is not valid today; or this computer's clock is wrong".to_owned(),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate belongs to another name".to_owned()
        }
        other => other.to_string(),
    }
}
