//! What every request passes: where it comes from, who sends it, and whether it may write.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use docket_app::{
    sync::{Asking, Standing},
    wire::sync::OLDEST_PROTOCOL,
};
use docket_domain::AgentId;
use http::{
    Extensions, HeaderMap, Method, Version,
    header::{AUTHORIZATION, COOKIE, HOST, HeaderName, ORIGIN},
    request::Parts,
    uri::Authority,
};

use crate::{Host, LocalActor, problem::Problem, router::Context};

/// The cookie that a signed-in browser carries.
pub(crate) const COOKIE_NAME: &str = "docket_session";
const WRITE_TOKEN: &str = "x-docket";
/// The version of what a connected desktop says, which may be older than what this server still understands.
const PROTOCOL: &str = "x-docket-protocol";
/// Origins of the window's own page; Windows has no schemes of one's own.
const WINDOW: [&str; 2] = ["desk://localhost", "http://desk.localhost"];
/// The writes of somebody who is not signed in yet.
const SIGN_IN: [&str; 3] = ["/api/v1/session", "/api/v1/session/link", "/api/v1/devices"];
/// What alone a device may still do which was revoked or whose agent was disabled: hand over what was written, and its files.
const LEAVE: [&str; 2] = ["/api/v1/sync/left", "/api/v1/sync/left/files"];

/// Who sends a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Caller {
    /// The agent, if known.
    pub agent: Option<AgentId>,
    /// The connected desktop that asks, by its token.
    pub device: Option<Asking>,
    /// The value of the session's cookie.
    pub cookie: Option<String>,
    /// What a browser must send along with its writes.
    pub write_token: Option<String>,
    /// The address of the client, as far as it can be known.
    pub address: String,
    /// Whether the browser came by TLS.
    pub secure: bool,
}

impl Caller {
    /// What names the device that asks among those of its agent.
    pub fn device_name(&self) -> String {
        match (&self.device, &self.cookie) {
            (Some(asking), _) => asking.device.to_string(),
            (None, Some(cookie)) => docket_app::session_name(cookie),
            (None, None) => "window".into(),
        }
    }
}

/// Set on requests that arrive at a listener which only this computer can reach.
#[derive(Clone, Copy)]
pub(crate) struct Loopback;

/// Refuses what may not come in and notes who sends the rest.
pub(crate) async fn gate(State(context): State<Context>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match admit(&context, &parts).await {
        Ok(caller) => {
            parts.extensions.insert(caller);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) => problem.into_response(),
    }
}

async fn admit(context: &Context, request: &Parts) -> Result<Caller, Problem> {
    let headers = &request.headers;
    let asked = host(request);
    check_host(&context.host, asked, &request.extensions)?;
    check_origin(&context.host, asked, headers, &request.extensions)?;
    let caller = caller(context, request).await?;
    if caller.device.is_some() {
        // A token is sent on purpose, by no page and no link.
        return Ok(caller);
    }
    let reads = matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS);
    if reads {
        return Ok(caller);
    }
    if matches!(&header(headers, "sec-fetch-site"), Some(site) if !matches!(*site, "same-origin" | "none")) {
        return Err(foreign());
    }
    let sent = header(headers, WRITE_TOKEN);
    let signs_in = request.method == Method::POST && SIGN_IN.contains(&request.uri.path());
    match (&*context.host, &caller.write_token) {
        (Host::Desktop { write_token }, _) if sent.is_some_and(|sent| same(sent, write_token)) => Ok(caller),
        // Another site cannot send a header of this name without asking first; what it says does not matter here.
        (Host::Server { .. }, _) if signs_in && sent.is_some() => Ok(caller),
        (Host::Server { .. }, Some(token)) if sent.is_some_and(|sent| same(sent, token)) => Ok(caller),
        (Host::Server { .. }, None) if !signs_in => Err(docket_app::Error::SignInRequired.into()),
        _ => Err(Problem::forbidden("this page is out of date or not the desk's own; load it again")),
    }
}

/// The name that the client asked for, with its port; HTTP/2 has it in the request's own line (RFC 9113 §8.3.1).
fn host(request: &Parts) -> Option<&str> {
    match request.version {
        Version::HTTP_2 => request.uri.authority().map(Authority::as_str).or_else(|| header(&request.headers, HOST.as_str())),
        _ => header(&request.headers, HOST.as_str()),
    }
}

/// A page of another site could point its own name at this computer; then the name gives it away.
fn check_host(host: &Host, asked: Option<&str>, extensions: &Extensions) -> Result<(), Problem> {
    let Host::Server { trusted_proxy, .. } = host else { return Ok(()) };
    if extensions.get::<Loopback>().is_none() || !trusted_proxy.is_empty() {
        return Ok(());
    }
    match asked {
        Some(name) if !is_loopback(name) => Err(Problem::forbidden(
            "this server answers on this computer only, under 127.0.0.1 or localhost; name a proxy before it with --trusted-proxy",
        )),
        _ => Ok(()),
    }
}

fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host().trim_matches(['[', ']']);
    name == "localhost" || name.ends_with(".localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn check_origin(host: &Host, asked: Option<&str>, headers: &HeaderMap, extensions: &Extensions) -> Result<(), Problem> {
    if !headers.contains_key(ORIGIN) {
        return Ok(());
    }
    let origin = header(headers, ORIGIN.as_str()).ok_or_else(foreign)?;
    let own = match host {
        Host::Desktop { .. } => WINDOW.contains(&origin),
        Host::Server { trusted_proxy, .. } => {
            let forwarded = by_proxy(trusted_proxy, extensions).then(|| header(headers, "x-forwarded-host")).flatten();
            let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
            authority.is_some() && (authority == asked || authority == forwarded)
        }
    };
    if own { Ok(()) } else { Err(foreign()) }
}

fn foreign() -> Problem {
    Problem::forbidden("only the desk's own page may ask")
}

async fn caller(context: &Context, request: &Parts) -> Result<Caller, Problem> {
    let (headers, extensions) = (&request.headers, &request.extensions);
    let Host::Server { trusted_proxy, secure_cookies, .. } = &*context.host else {
        let agent = extensions.get::<LocalActor>().map(|actor| actor.0);
        return Ok(Caller { agent, ..Caller::default() });
    };
    let proxied = by_proxy(trusted_proxy, extensions);
    let mut caller = Caller {
        address: client(trusted_proxy, headers, extensions).map(|address| address.to_string()).unwrap_or_default(),
        secure: *secure_cookies || (proxied && header(headers, "x-forwarded-proto") == Some("https")),
        ..Caller::default()
    };
    if header(headers, PROTOCOL).and_then(|said| said.parse::<i64>().ok()).is_some_and(|said| said < OLDEST_PROTOCOL) {
        return Err(Problem::too_old());
    }
    if let Some(token) = header(headers, AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Bearer ")) {
        let asking = context.app.device_of(token).await?.ok_or(docket_app::Error::SignInRequired)?;
        caller.agent = (asking.standing == Standing::Good).then_some(asking.agent);
        caller.device = Some(asking);
        let leaves = LEAVE.contains(&request.uri.path()) && asking.standing != Standing::Lost;
        return if caller.agent.is_some() || leaves { Ok(caller) } else { Err(Problem::device(asking.standing)) };
    }
    if let Some(cookie) = session_cookie(headers)
        && let Some(session) = context.app.session_of(cookie).await?
    {
        caller.agent = Some(session.agent);
        caller.write_token = Some(session.write_token);
        caller.cookie = Some(cookie.to_owned());
    }
    Ok(caller)
}

fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical())
}

fn by_proxy(trusted: &[IpAddr], extensions: &Extensions) -> bool {
    peer(extensions).is_some_and(|peer| trusted.contains(&peer))
}

/// The client behind the trusted proxies: the last address in the chain that is none of them.
fn client(trusted: &[IpAddr], headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
    let peer = peer(extensions)?;
    if !trusted.contains(&peer) {
        return Some(peer);
    }
    let chain = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let mut hops: Vec<&str> = chain.flat_map(|value| value.split(',')).map(str::trim).collect();
    while let Some(hop) = hops.pop() {
        match hop.parse::<IpAddr>() {
            Ok(address) if trusted.contains(&address) => {}
            Ok(address) => return Some(address),
            Err(_) => break,
        }
    }
    Some(peer)
}

fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|value| value.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == COOKIE_NAME).then_some(value)
    })
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(HeaderName::from_bytes(name.as_bytes()).ok()?)?.to_str().ok()
}

/// Compares in a time that does not tell how much was right.
fn same(sent: &str, wanted: &str) -> bool {
    sent.len() == wanted.len() && sent.bytes().zip(wanted.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn behind(peer: &str, forwarded: &str) -> Option<String> {
        let trusted = ["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(format!("{peer}:4711").parse::<SocketAddr>().unwrap()));
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        client(&trusted, &headers, &extensions).map(|address| address.to_string())
    }

    #[test]
    fn only_a_trusted_proxy_says_who_the_client_is() {
        for (peer, forwarded, client) in [
            ("192.0.2.7", "203.0.113.9", "192.0.2.7"),
            ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
            ("10.0.0.1", "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
            ("10.0.0.1", "203.0.113.9, nonsense", "10.0.0.1"),
            ("10.0.0.1", "", "10.0.0.1"),
        ] {
            assert_eq!(behind(peer, forwarded).as_deref(), Some(client), "{peer} {forwarded}");
        }
    }

    #[test]
    fn loopback_names_are_told_from_others() {
        for name in ["127.0.0.1:8377", "localhost", "LOCALHOST:1".to_lowercase().as_str(), "[::1]:8377", "desk.localhost"] {
            assert!(is_loopback(name), "{name}");
        }
        for name in ["desk.example.org", "127.0.0.1.example.org", "localhost.example.org", "", "192.0.2.1:8377"] {
            assert!(!is_loopback(name), "{name}");
        }
    }
}
