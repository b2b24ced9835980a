//! `docket serve`.

use std::{future::Future, io::ErrorKind, net::SocketAddr};

use docket_api::{Host, Tls, UiSource};
use tokio::net::TcpListener;

use crate::{
    arguments::{Place, Serve},
    failure::Failure,
    print, sync,
};

/// Serves the desk until it is told to end.
pub async fn serve(place: &Place, arguments: Serve) -> Result<(), Failure> {
    // Asked for before anything runs, so that an early signal ends the program in order, too.
    let end = end()?;
    let tls = match (&arguments.tls_cert, &arguments.tls_key) {
        (Some(certificate), Some(key)) => Some(Tls::load(certificate, key).map_err(|fault| Failure::Usage(fault.to_string()))?),
        _ => None,
    };
    let app = place.hold("docket serve").await?;
    sync::refuse_connected(&app, "browsers ask that server; serve another data folder here")?;
    let listener = listen(&arguments.listen).await?;
    let address = listener.local_addr().map_err(anyhow::Error::from)?;
    let url = format!("{}://{address}", if tls.is_some() { "https" } else { "http" });
    app.announce(&url);
    if !address.ip().is_loopback() && arguments.trusted_proxy.is_empty() && tls.is_none() {
        tracing::warn!(
            "browsers on other computers reach this server without encryption; name a certificate with --tls-cert and --tls-key, or put a proxy with TLS before it"
        );
    }
    let host = Host::Server {
        trusted_proxy: arguments.trusted_proxy,
        secure_cookies: tls.is_some(),
        ui: arguments.ui.map_or(UiSource::Embedded, UiSource::Folder),
    };
    let router = docket_api::router(app.clone(), host);
    app.run();
    if let Some(token) = app.setup_link() {
        eprintln!("Nobody can sign in yet. Make the first administrator within 30 minutes:\n{url}/#/first?token={token}");
    }
    print::line(format!("Docket is ready: {url}"))?;
    let served = match tls {
        Some(tls) => docket_api::serve_tls(listener, router, tls, end).await,
        None => docket_api::serve(listener, router, end).await,
    };
    app.close().await;
    tracing::info!("the desk is closed");
    Ok(served.map_err(anyhow::Error::from)?)
}

async fn listen(wanted: &str) -> Result<TcpListener, Failure> {
    let addresses: Vec<SocketAddr> = match tokio::net::lookup_host(wanted).await {
        Ok(addresses) => addresses.collect(),
        Err(_) => return Err(Failure::Usage(format!("{wanted} is no address to listen on; write it as 127.0.0.1:8377"))),
    };
    TcpListener::bind(&*addresses).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => {
            Failure::TryAgain(format!("{wanted} is in use by another program; end that, or choose another port with --listen"))
        }
        ErrorKind::PermissionDenied => Failure::refused(format!("the system does not let this user listen on {wanted}")),
        ErrorKind::AddrNotAvailable => Failure::refused(format!("{wanted} is no address of this computer")),
        _ => Failure::refused(format!("cannot listen on {wanted}: {error}")),
    })
}

/// Done when the program is asked to end.
#[cfg(unix)]
fn end() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Done when the program is asked to end.
#[cfg(not(unix))]
fn end() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::warn!(%error, "Ctrl-C will not end this program in order");
            std::future::pending::<()>().await;
        }
    })
}
