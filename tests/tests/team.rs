//! The team: several agents, servers and desktops.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it should be")]

mod team {
    mod absence;
    mod administration;
    mod alarms;
    mod alarms_once;
    mod away;
    mod clocks;
    mod concurrent;
    mod desktop;
    mod feed;
    mod fetching;
    mod forged;
    mod full_disk;
    mod left;
    mod level_jobs;
    mod matrix;
    mod matrix_sync;
    mod merge;
    mod merge_killed;
    mod needs_you;
    mod promises;
    mod proxies;
    mod restored;
    mod sending;
    mod servers;
    mod simulation;
    mod snooze;
    mod sync_process;
    mod sync_tls;
    mod sync_window;
    mod timers;
    mod tls;
    mod together;
    mod versions;
    mod waiting;
}
