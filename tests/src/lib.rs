//! Desks with named actors for end-to-end tests: real mail servers, a real database, no stand-ins.
//!
//! ```no_run
//! # async fn story() {
//! use docket_tests::Desk;
//! let desk = Desk::start().await;
//! let ticket = desk.mail_from("petra@x.test", "Printer on fire").await;
//! desk.agent("ana").await.reply(ticket, "Have you tried water?").await;
//! assert_eq!(desk.sent_to("petra@x.test", 2).await[1].header("Auto-Submitted"), None);
//! # }
//! ```

pub mod access;
pub mod altering;
pub mod breaking;
pub mod cable;
pub mod client;
pub mod curl;
pub mod dice;
pub mod forger;
pub mod kill;
pub mod line;
pub mod office;
pub mod one_desk;
pub mod program;
pub mod simulation;
pub mod team;

mod agent;
mod desk;
mod mail;
mod sent;
mod wait;

pub use agent::Agent;
pub use desk::{Desk, Plan, address, lay};
pub use mail::Mail;
pub use sent::{Sent, dovecot, post};
pub use wait::{until, within};
