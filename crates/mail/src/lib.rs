//! Mail in and out: MIME parsing and composing, IMAP, SMTP, and the rules that mail itself brings along.
//!
//! Nothing here knows tickets. What comes in is read as far as it can be read; what goes out is built so that
//! no text of a stranger can become a header.

pub mod address;
pub mod auto;
pub mod compose;
pub mod imap;
pub mod parse;
pub mod probe;
pub mod sanitise;
pub mod secret;
pub mod smtp;
pub mod subject;

mod bounce;
mod charset;
mod content;
mod hash;
mod header;
mod html_text;
mod mime;
mod net;
mod style;
mod tnef;
mod tokens;

pub use address::Address;
pub use net::Security;
pub use secret::Secret;
