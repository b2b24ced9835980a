//! A server for a team: several processes on one database, TLS, and proxies.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it should be")]

mod team {
    mod feed;
    mod fetching;
    mod proxies;
    mod sending;
    mod servers;
    mod timers;
    mod tls;
}
