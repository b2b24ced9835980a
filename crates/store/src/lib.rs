//! SQL and nothing else: one text for SQLite and PostgreSQL, one function a question.
//!
//! [`Db::begin`] starts the one writer there is at a time, [`Db::read`] a consistent look; every function takes the [`Tx`]
//! of either. Row types hold what the columns hold; what it means is the domain's.

#[macro_use]
mod db;
pub mod alarm;
pub mod article;
mod attachment_row;
pub mod attempt;
pub mod blob;
pub mod command;
pub mod customer;
pub mod delivery;
pub mod device;
pub mod dump;
pub mod event;
pub mod job;
mod json;
mod key;
pub mod lease;
pub mod left_behind;
pub mod life;
pub mod luggage;
pub mod mailbox;
pub mod merge;
mod news;
pub mod outcome;
pub mod personal;
pub mod presence;
pub mod replica;
pub mod secret;
pub mod server;
pub mod session;
pub mod setting;
pub mod ticket;
pub mod unit;

pub use db::{Db, Error, Result, Tx, number_out_of_order};
pub use news::Listener;
