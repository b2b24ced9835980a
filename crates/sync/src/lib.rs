//! The line of a connected desktop to its server: over HTTP, and when to ask.
//!
//! What is said stands in `docket_app::replica`; here it is carried, again and again, for as long as the desk is open.

mod http;
mod keep;
mod remote;
mod webhook;

pub use http::{HttpLine, Roads};
pub use keep::{pack, run, sync_once};
pub use remote::reach;
pub use webhook::call_for;
