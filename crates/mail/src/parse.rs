//! Reads a raw mail as far as it can be read.

use crate::Address;
pub use crate::bounce::{Bounce, BounceAction};
pub use crate::hash::content_hash;

/// A mail as taken in: everything decoded, the HTML sanitised.
#[derive(Clone, Debug, Default)]
pub struct Incoming {
    /// The Message-ID without angle brackets.
    pub message_id: Option<String>,
    /// Ids of In-Reply-To, without angle brackets.
    pub in_reply_to: Vec<String>,
    /// Ids of References, oldest first, without angle brackets.
    pub references: Vec<String>,
    /// The first From address.
    pub from: Option<Address>,
    /// The Sender header.
    pub sender: Option<Address>,
    /// Where answers should go, if the mail says so.
    pub reply_to: Vec<Address>,
    /// The To addresses.
    pub to: Vec<Address>,
    /// The Cc addresses.
    pub cc: Vec<Address>,
    /// Lower-case addresses in the order in which a queue is chosen: Resent-To, Envelope-To, To, Cc,
    /// Delivered-To, X-Original-To; each once.
    pub recipients: Vec<String>,
    /// The decoded subject on one line; empty if there was none.
    pub subject: String,
    /// The Date header in milliseconds UTC.
    pub date: Option<i64>,
    /// The body as text: from the text part, else made from the HTML.
    pub text: String,
    /// The body as sanitised HTML.
    pub html: Option<String>,
    /// Attachments and inline parts in the order of the mail.
    pub parts: Vec<Part>,
    /// Headers that speak of automatic mail; see [`crate::auto::suppression`].
    pub auto: Vec<AutoSign>,
    /// Set when this is a delivery report.
    pub bounce: Option<Bounce>,
    /// `Some("")` for the null return path `<>`, `None` when there was no Return-Path header.
    pub return_path: Option<String>,
    /// All headers in order: lower-case name and decoded value on one line.
    pub headers: Vec<(String, String)>,
    /// What had to be guessed or left out: stable snake_case codes.
    pub warnings: Vec<String>,
}

impl Incoming {
    /// The first value of a header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Whom an answer goes to: Reply-To first, then From, then Sender.
    pub fn answer_to(&self) -> Option<&Address> {
        self.reply_to.iter().chain(&self.from).chain(&self.sender).find(|address| !address.address.is_empty())
    }
}

/// An attachment or inline part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// A file name without path; made up from the type when the mail gives none.
    pub name: String,
    /// Lower-case `type/subtype`.
    pub content_type: String,
    /// The Content-ID without angle brackets, for `cid:` images.
    pub content_id: Option<String>,
    /// Whether the part is shown inside the body.
    pub inline: bool,
    /// The decoded content.
    pub bytes: Vec<u8>,
}

/// A header that speaks of automatic mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutoSign {
    /// The header's lower-case name.
    pub header: String,
    /// Its value on one line.
    pub value: String,
}

/// There was nothing to read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unreadable mail: {reason}")]
pub struct Unreadable {
    /// A stable code: `empty`, `no_header`.
    pub reason: String,
}

/// Reads a raw mail. Never panics; limits on nesting, parts and sizes turn into warnings.
pub fn parse(raw: &[u8]) -> Result<Incoming, Unreadable> {
    crate::content::read(raw)
}
