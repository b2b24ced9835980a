//! Every function of the store, one body, on both databases.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it should be")]

/// Runs each body on SQLite and on PostgreSQL.
macro_rules! both {
    ($(async fn $name:ident($desk:ident: Desk) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn body($desk: Desk) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                body(Desk::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                body(Desk::postgres().await).await;
            }
        }
    )+};
}

#[path = "store/alarms.rs"]
mod alarms;
#[path = "store/articles.rs"]
mod articles;
#[path = "store/blobs.rs"]
mod blobs;
#[path = "store/customers.rs"]
mod customers;
#[path = "store/desk.rs"]
mod desk;
#[path = "store/devices.rs"]
mod devices;
#[path = "store/due.rs"]
mod due;
#[path = "store/dumps.rs"]
mod dumps;
#[path = "store/feed.rs"]
mod feed;
#[path = "store/files.rs"]
mod files;
#[path = "store/jobs.rs"]
mod jobs;
#[path = "store/lists.rs"]
mod lists;
#[path = "store/lives.rs"]
mod lives;
#[path = "store/luggage.rs"]
mod luggage;
#[path = "store/mailboxes.rs"]
mod mailboxes;
#[path = "store/many.rs"]
mod many;
#[path = "store/merge.rs"]
mod merge;
#[path = "store/presence.rs"]
mod presence;
#[path = "store/records.rs"]
mod records;
#[path = "store/servers.rs"]
mod servers;
#[path = "store/tickets.rs"]
mod tickets;
