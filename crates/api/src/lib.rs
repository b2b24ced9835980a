//! The desk over HTTP: one Router for the server and for the window, its description, and its refusals.
//!
//! A handler extracts, calls `docket_app` once and shapes the answer. No SQL and no rules live here.

use std::{net::IpAddr, path::PathBuf};

use docket_domain::AgentId;

mod access;
mod agents;
mod alarm;
mod article;
mod backup;
mod calendar;
mod compose;
mod connection;
mod download;
mod extract;
mod gate;
mod headers;
mod list;
mod mailbox;
mod metrics;
mod openapi;
mod page;
mod problem;
mod promise;
mod relay;
mod router;
mod serve;
mod session;
mod settings;
mod setup;
mod sync;
mod system;
mod team;
mod ticket;
mod tls;

pub use docket_app::App;
pub use openapi::openapi;
pub use problem::{Code, Problem};
pub use router::{call, router};
pub use serve::{serve, serve_tls};
pub use tls::{Tls, TlsFault};

/// Who carries the Router.
#[derive(Clone, Debug)]
pub enum Host {
    /// The window: one person, known by [`LocalActor`].
    Desktop {
        /// What the page must send in `x-docket` with every write.
        write_token: String,
    },
    /// A server for browsers, with sign-in.
    Server {
        /// The proxies whose `X-Forwarded-*` headers are believed.
        trusted_proxy: Vec<IpAddr>,
        /// Whether browsers reach the server by TLS only, so that cookies may say so.
        secure_cookies: bool,
        /// Where the page comes from.
        ui: UiSource,
    },
}

/// Where the page comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum UiSource {
    /// The page that the program was built with.
    #[default]
    Embedded,
    /// A folder with a built page, read at every request.
    Folder(PathBuf),
    /// No page: the API alone.
    None,
}

/// The agent who sits at the window: the window's adapter puts it into the request's extensions. No header names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalActor(pub AgentId);
