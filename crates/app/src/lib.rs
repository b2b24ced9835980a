//! Use cases: everything the desk does, for whoever hosts it.
//!
//! [`App`] is the whole desk. A change is a command that `domain` decides, carried out by `submit` in one transaction;
//! mail comes in through `intake` and leaves through `send`. [`wire`] holds the shapes that hosts hand out.

mod absence;
mod access;
mod agents;
mod alarm;
mod app;
mod auto_reply;
mod backup;
mod calendars;
mod changes;
mod clock;
mod commands;
mod compose;
mod daily;
pub mod demo;
mod demo_fill;
mod devices;
mod drafts;
mod error;
mod fetch;
mod files;
mod folder;
mod groups;
mod guard;
mod intake;
mod level_jobs;
mod levels;
mod lists;
mod mailboxes;
mod merge;
mod outbox;
mod presence;
mod promises;
mod recompute;
mod reminders;
pub mod replica;
mod secrets;
mod send;
mod sessions;
mod settings;
mod setup;
mod snooze;
mod submit;
pub mod sync;
mod team;
mod timers;
mod view;
pub mod wire;

pub use app::{App, Database, Hold, HostKind, Notice, Options};
pub use backup::restore;
pub use clock::{Clock, new_id, token};
pub use devices::session_name;
pub use docket_domain::{AgentId, CommandId, TicketId};

pub use error::{Error, Result};
pub use files::File;
pub use level_jobs::{Called, Caller};
pub use sessions::SignedIn;
