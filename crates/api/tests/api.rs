//! The API as hosts and clients meet it: a real desk behind the Router, asked by named people.
#![expect(clippy::unwrap_used, reason = "what goes wrong in a test shall end it")]

#[path = "api/calendars.rs"]
mod calendars;
#[path = "api/description.rs"]
mod description;
#[path = "api/desk.rs"]
mod desk;
#[path = "api/doors.rs"]
mod doors;
#[path = "api/files.rs"]
mod files;
#[path = "api/problems.rs"]
mod problems;
#[path = "api/served.rs"]
mod served;
#[path = "api/window.rs"]
mod window;
