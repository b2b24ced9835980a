//! What a ticket is and may do: types, commands, events and the rules between them.
//!
//! Nothing here reads a clock, rolls dice or touches a disk. [`decide()`] says what a command causes, [`apply()`] folds the
//! result into the ticket; server and desktop run the same two functions. Start reading at [`ticket`].

pub mod absence;
pub mod access;
pub mod apply;
pub mod article;
pub mod calendar;
pub mod clock;
pub mod command;
pub mod conflict;
pub mod deadline;
pub mod decide;
pub mod event;
pub mod holidays;
pub mod id;
pub mod link;
pub mod master;
pub mod merge;
pub mod notify;
pub mod number;
pub mod placeholder;
pub mod refusal;
pub mod settings;
pub mod ticket;
pub mod timers;
pub mod unit;

pub use apply::apply;
pub use article::{Address, Article, Channel, Delivery, Direction, Sender};
pub use command::{Body, Envelope, NewArticle, Next, Outgoing};
pub use decide::{Context, decide};
pub use event::{Actor, Event, EventBody};
pub use id::*;
pub use link::LinkKind;
pub use refusal::Refusal;
pub use settings::Settings;
pub use ticket::{Customer, Ticket};
