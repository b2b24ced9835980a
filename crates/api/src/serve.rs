//! The Router on a TCP port.

use std::{future::Future, net::SocketAddr, time::Duration};

use axum::{Extension, Router};
use tokio::{net::TcpListener, sync::watch};

use crate::gate::Loopback;

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
pub async fn serve(listener: TcpListener, router: Router, shutdown: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
    let (close, closing) = watch::channel(false);
    let mut router = router.layer(Extension(Closing(closing.clone())));
    if listener.local_addr()?.ip().is_loopback() {
        router = router.layer(Extension(Loopback));
    }
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        shutdown.await;
        close.send_replace(true);
    });
    let too_long = async {
        Closing(closing).wait().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = server => ended,
        () = too_long => Ok(()),
    }
}
