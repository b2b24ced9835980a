//! The Router on a TCP port, plain or by TLS.

use std::{
    future::{Future, IntoFuture},
    io,
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use axum::{
    Extension, Router,
    extract::{ConnectInfo, Request},
    middleware::map_request,
};
use tokio::{net::TcpListener, sync::watch};

use crate::{
    gate::Loopback,
    tls::{Peer, Tls, TlsListener},
};

/// How long requests that are under way may take after the end was asked for.
const GRACE: Duration = Duration::from_secs(5);

/// Turns true when the server is about to end: who waits for news stops waiting.
#[derive(Clone)]
pub(crate) struct Closing(watch::Receiver<bool>);

impl Closing {
    /// Returns when the server is about to end.
    pub(crate) async fn wait(mut self) {
        // The sender is gone only after the server has ended.
        let _ = self.0.wait_for(|closing| *closing).await;
    }
}

/// Serves until `shutdown` is done, then lets requests under way finish for a few seconds.
pub async fn serve(listener: TcpListener, router: Router, shutdown: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
    let (router, closing) = prepare(&listener, router, shutdown)?;
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(closing.clone().wait());
    end(server, closing).await
}

/// [`serve`] by TLS. Follows the certificate's files meanwhile.
pub async fn serve_tls(
    listener: TcpListener,
    router: Router,
    tls: Tls,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (router, closing) = prepare(&listener, router, shutdown)?;
    let router = router.layer(map_request(async |mut request: Request| {
        if let Some(ConnectInfo(Peer(address))) = request.extensions_mut().remove() {
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>(address));
        }
        request
    }));
    let service = router.into_make_service_with_connect_info::<Peer>();
    let tls = Arc::new(tls);
    let listener = TlsListener::start(listener, tls.clone())?;
    let server = axum::serve(listener, service).with_graceful_shutdown(closing.clone().wait());
    tokio::select! {
        ended = end(server, closing) => ended,
        () = tls.follow() => Ok(()),
    }
}

fn prepare(listener: &TcpListener, router: Router, shutdown: impl Future<Output = ()> + Send + 'static) -> io::Result<(Router, Closing)> {
    let (close, closing) = watch::channel(false);
    tokio::spawn(async move {
        shutdown.await;
        close.send_replace(true);
        close.closed().await;
    });
    let closing = Closing(closing);
    let mut router = router.layer(Extension(closing.clone()));
    if listener.local_addr()?.ip().is_loopback() {
        router = router.layer(Extension(Loopback));
    }
    Ok((router, closing))
}

async fn end(server: impl IntoFuture<Output = io::Result<()>>, closing: Closing) -> io::Result<()> {
    let too_long = async {
        closing.wait().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = server.into_future() => ended,
        () = too_long => Ok(()),
    }
}
