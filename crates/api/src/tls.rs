//! TLS by certificate files, renewed on disk without a restart.

use std::{
    fmt, fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use rustls::{
    Error, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc},
    time::{sleep, timeout},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(60);
/// How long a client may take to agree on keys.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Clients that agree on keys at the same time; more wait their turn.
const HANDSHAKES: usize = 1_000;

/// A certificate with its key, as long as the files hold them.
#[derive(Debug)]
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    config: RwLock<Arc<ServerConfig>>,
    /// The files' times when they were looked at last, whatever came of it.
    seen: RwLock<Times>,
}

type Times = [Option<SystemTime>; 2];

/// Why certificate and key cannot be used, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFault(String);

impl fmt::Display for TlsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TlsFault {}

impl Tls {
    /// Reads a chain of certificates (the server's own first) and its key, both PEM.
    ///
    /// # Errors
    /// A sentence that names the file and what is wrong with it.
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, TlsFault> {
        let seen = times(certificate, key);
        let config = read(certificate, key)?;
        if others_may_read(key) {
            tracing::warn!("everybody on this computer can read {}; let only Docket's own user (chmod 600)", key.display());
        }
        let (certificate, key) = (certificate.to_owned(), key.to_owned());
        Ok(Self { certificate, key, config: RwLock::new(Arc::new(config)), seen: RwLock::new(seen) })
    }

    fn config(&self) -> Arc<ServerConfig> {
        self.config.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes up what the files hold now; what cannot be used is logged, and the old certificate stays.
    fn renew(&self) {
        *self.seen.write().unwrap_or_else(PoisonError::into_inner) = times(&self.certificate, &self.key);
        match read(&self.certificate, &self.key) {
            Ok(config) => {
                *self.config.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(config);
                tracing::info!("the TLS certificate was read again");
            }
            Err(fault) => tracing::error!("the old TLS certificate stays in use: {fault}"),
        }
    }

    fn renew_if_changed(&self) {
        let changed = *self.seen.read().unwrap_or_else(PoisonError::into_inner) != times(&self.certificate, &self.key);
        if changed {
            self.renew();
        }
    }

    /// Follows the files: looks every minute, and at once when the process gets SIGHUP. Never returns.
    pub(crate) async fn follow(&self) {
        let mut asked = asked();
        loop {
            tokio::select! {
                () = sleep(LOOK) => self.renew_if_changed(),
                () = asked.wait() => self.renew(),
            }
        }
    }
}

fn times(certificate: &Path, key: &Path) -> Times {
    [certificate, key].map(|path| fs::metadata(path).and_then(|meta| meta.modified()).ok())
}

fn read(certificate: &Path, key: &Path) -> Result<ServerConfig, TlsFault> {
    let text = |path: &Path| {
        fs::read(path).map_err(|error| {
            let why = match error.kind() {
                std::io::ErrorKind::NotFound => "it does not exist".to_owned(),
                std::io::ErrorKind::PermissionDenied => "this user may not read it".to_owned(),
                _ => error.to_string(),
            };
            TlsFault(format!("{} cannot be used: {why}", path.display()))
        })
    };
    let (chain, secret) = (text(certificate)?, text(key)?);
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&chain).collect();
    let chain = chain.ok().filter(|chain| !chain.is_empty());
    let chain = chain.ok_or_else(|| TlsFault(format!("{} holds no certificate in PEM", certificate.display())))?;
    if secret.windows(9).any(|word| word == b"ENCRYPTED") {
        let key = key.display();
        return Err(TlsFault(format!(
            "{key} is encrypted; Docket needs the key without a passphrase, in a file that only its user can read"
        )));
    }
    let secret = PrivateKeyDer::from_pem_slice(&secret);
    let secret = secret.map_err(|_| TlsFault(format!("{} holds no private key in PEM", key.display())))?;
    let provider = Arc::new(ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, secret));
    let mut config = config.map_err(|error| {
        let (certificate, key) = (certificate.display(), key.display());
        match error {
            Error::InconsistentKeys(_) => TlsFault(format!("the key in {key} is not that of the certificate in {certificate}")),
            Error::InvalidCertificate(error) => TlsFault(format!("{certificate} holds a certificate that cannot be used: {error}")),
            error => TlsFault(format!("{certificate} and {key} cannot be used: {error}")),
        }
    })?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

#[cfg(unix)]
fn others_may_read(key: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(key).is_ok_and(|meta| meta.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn others_may_read(_: &Path) -> bool {
    false
}

/// The wish to read the files again.
#[cfg(unix)]
struct Asked(Option<tokio::signal::unix::Signal>);
#[cfg(not(unix))]
struct Asked;

#[cfg(unix)]
fn asked() -> Asked {
    use tokio::signal::unix::{SignalKind, signal};
    Asked(signal(SignalKind::hangup()).inspect_err(|error| tracing::warn!(%error, "SIGHUP will not renew the certificate")).ok())
}

#[cfg(not(unix))]
fn asked() -> Asked {
    Asked
}

impl Asked {
    #[cfg(unix)]
    async fn wait(&mut self) {
        match &mut self.0 {
            Some(signal) => drop(signal.recv().await),
            None => std::future::pending().await,
        }
    }

    #[cfg(not(unix))]
    async fn wait(&mut self) {
        std::future::pending().await
    }
}

/// A listener whose connections have agreed on keys already: each does so in a task of its own, so nobody waits for a slow one.
pub(crate) struct TlsListener {
    address: SocketAddr,
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
}

impl TlsListener {
    /// Begins to accept.
    pub(crate) fn start(listener: TcpListener, tls: Arc<Tls>) -> std::io::Result<Self> {
        let address = listener.local_addr()?;
        let (pass_on, ready) = mpsc::channel(64);
        tokio::spawn(accept(listener, tls, pass_on));
        Ok(Self { address, ready })
    }
}

/// Accepts until nobody takes the connections any more.
async fn accept(mut listener: TcpListener, tls: Arc<Tls>, pass_on: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>) {
    let places = Arc::new(Semaphore::new(HANDSHAKES));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let (stream, address) = tokio::select! {
            // axum's own: it waits a little when the system has no more files.
            accepted = Listener::accept(&mut listener) => accepted,
            () = pass_on.closed() => return,
        };
        let (acceptor, pass_on) = (TlsAcceptor::from(tls.config()), pass_on.clone());
        tokio::spawn(async move {
            let _place = place;
            match timeout(HANDSHAKE, acceptor.accept(stream)).await {
                Ok(Ok(stream)) => drop(pass_on.send((stream, address)).await),
                Ok(Err(error)) => tracing::debug!(%error, "a client did not agree on keys"),
                Err(_) => tracing::debug!("a client took too long to agree on keys"),
            }
        });
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// The address of a client that came by TLS.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub SocketAddr);

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        Self(*stream.remote_addr())
    }
}
