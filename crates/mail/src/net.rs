//! TCP and TLS for both protocols, with patience that ends.

mod patient;

use std::{fmt, io, path::Path, sync::Arc, time::Duration};

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

pub(crate) use patient::{Patience, Patient};

use crate::probe::{ProbeCode, ProbeFailure};

/// How a connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// No encryption; only for servers on this computer or a trusted network.
    Plain,
    /// Begins in the clear and must upgrade.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// A byte stream, encrypted or not.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Send + Sync + Unpin + fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin + fmt::Debug> Wire for T {}

/// Where to connect, and whom to trust.
pub(crate) struct Target<'a> {
    pub host: &'a str,
    pub port: u16,
    pub ca_file: Option<&'a Path>,
    pub connect: Duration,
    /// What it means when the other side speaks no TLS.
    pub stranger: ProbeCode,
}

impl Target<'_> {
    /// Resolves the name and connects to the first address that answers.
    pub async fn tcp(&self) -> Result<TcpStream, ProbeFailure> {
        let late = || ProbeFailure::new(ProbeCode::Timeout, format!("{}:{} does not answer", self.host, self.port));
        timeout(self.connect, self.tcp_patiently()).await.unwrap_or_else(|_| Err(late()))
    }

    async fn tcp_patiently(&self) -> Result<TcpStream, ProbeFailure> {
        let host = self.host.trim().trim_matches(['[', ']']);
        let unknown = |why: String| ProbeFailure::new(ProbeCode::NameNotFound, format!("{host}: {why}"));
        if host.is_empty() {
            return Err(unknown("no host name".to_owned()));
        }
        let found = tokio::net::lookup_host((host, self.port)).await.map_err(|e| unknown(e.to_string()))?;
        let mut failure = unknown("no address".to_owned());
        for address in found {
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Err(e) => failure = io_failure(&e, &address.to_string(), ProbeCode::Other),
            }
        }
        Err(failure)
    }

    /// Encrypts a stream and checks the certificate.
    pub async fn tls<S: Wire + 'static>(&self, stream: S) -> Result<Box<dyn Wire>, ProbeFailure> {
        let host = self.host.trim().trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(host.clone()).map_err(|e| ProbeFailure::new(ProbeCode::NameNotFound, format!("{host}: {e}")))?;
        let connector = TlsConnector::from(Arc::new(self.config()?));
        match timeout(self.connect, connector.connect(name, stream)).await {
            Err(_) => Err(ProbeFailure::new(ProbeCode::Timeout, format!("{host}: no TLS handshake"))),
            Ok(Err(e)) => Err(tls_failure(&e, &host, self.stranger)),
            Ok(Ok(stream)) => Ok(Box::new(stream)),
        }
    }

    fn config(&self) -> Result<ClientConfig, ProbeFailure> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let other = |e: String| ProbeFailure::new(ProbeCode::Other, e);
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| other(e.to_string()))?
            .with_root_certificates(self.roots()?)
            .with_no_client_auth();
        Ok(config)
    }

    fn roots(&self) -> Result<RootCertStore, ProbeFailure> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(file) = self.ca_file {
            let unreadable = |e: String| ProbeFailure::new(ProbeCode::Other, format!("{}: {e}", file.display()));
            let found = CertificateDer::pem_file_iter(file).map_err(|e| unreadable(e.to_string()))?;
            for certificate in found {
                let certificate = certificate.map_err(|e| unreadable(e.to_string()))?;
                roots.add(certificate).map_err(|e| unreadable(e.to_string()))?;
            }
        }
        Ok(roots)
    }
}

/// What an I/O error means to the person who typed the account.
pub(crate) fn io_failure(error: &io::Error, peer: &str, stranger: ProbeCode) -> ProbeFailure {
    let code = match error.kind() {
        io::ErrorKind::ConnectionRefused => ProbeCode::Refused,
        io::ErrorKind::TimedOut => ProbeCode::Timeout,
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => stranger,
        _ => ProbeCode::Other,
    };
    ProbeFailure::new(code, format!("{peer}: {error}"))
}

fn tls_failure(error: &io::Error, host: &str, stranger: ProbeCode) -> ProbeFailure {
    let code = match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented) => ProbeCode::Certificate,
        Some(_) => stranger,
        None => io_failure(error, host, stranger).code,
    };
    ProbeFailure::new(code, format!("{host}: {error}"))
}
