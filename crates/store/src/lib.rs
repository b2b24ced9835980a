//! SQL and nothing else: one text for SQLite and PostgreSQL, one function a question.
//!
//! [`Db::begin`] starts the one writer there is at a time, [`Db::read`] a consistent look; every function takes the [`Tx`]
//! of either. Row types hold what the columns hold; what it means is the domain's.

#[macro_use]
mod db;
pub mod article;
pub mod blob;
pub mod command;
pub mod customer;
pub mod dump;
pub mod event;
pub mod job;
mod json;
mod key;
pub mod mailbox;
pub mod merge;
pub mod personal;
pub mod presence;
pub mod secret;
pub mod session;
pub mod setting;
pub mod ticket;

pub use db::{Db, Error, Result, Tx};
