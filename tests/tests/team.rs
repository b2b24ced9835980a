//! The team: several agents, servers and desktops.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it should be")]

mod team {
    mod administration;
    mod away;
    mod concurrent;
    mod desktop;
    mod feed;
    mod fetching;
    mod left;
    mod matrix;
    mod merge;
    mod needs_you;
    mod proxies;
    mod sending;
    mod servers;
    mod simulation;
    mod sync_process;
    mod sync_window;
    mod timers;
    mod tls;
    mod together;
}
