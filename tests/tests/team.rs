//! A server for a team: several processes on one database, TLS, and proxies.

mod team {
    mod feed;
    mod fetching;
    mod proxies;
    mod sending;
    mod servers;
    mod tls;
}
