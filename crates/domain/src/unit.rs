//! What a feed is made of: a ticket with everything on it, as a server hands it to a connected desktop.

use serde::{Deserialize, Serialize};

use crate::{
    article::{Article, Attachment},
    event::Event,
    id::TicketId,
    ticket::Ticket,
};

/// A ticket in the feed. Unknown fields of a newer server are ignored, missing ones of an older are empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TicketUnit {
    /// The feed number of its last change: a unit never overwrites one with a higher number.
    pub seq: i64,
    /// Are all articles and events here, or only those of the last changes?
    pub whole: bool,
    /// The row.
    pub ticket: Ticket,
    /// The first words of its newest article, for lists.
    #[serde(default)]
    pub preview: String,
    /// Has it attachments?
    #[serde(default)]
    pub has_attachments: bool,
    /// The worst trouble of its mails.
    #[serde(default)]
    pub trouble: Option<String>,
    /// Its articles, oldest first.
    #[serde(default)]
    pub articles: Vec<ArticleUnit>,
    /// Its history, oldest first.
    #[serde(default)]
    pub events: Vec<Event>,
    /// The tickets it is linked with, all of them, and how.
    #[serde(default)]
    pub links: Vec<(TicketId, String)>,
}

/// An article in the feed. The bytes of its attachments are fetched when somebody wants them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArticleUnit {
    /// The article.
    pub article: Article,
    /// When the mail server took it (ms UTC).
    #[serde(default)]
    pub sent_at: Option<i64>,
    /// Why it did not.
    #[serde(default)]
    pub delivery_error: Option<String>,
    /// Its attachments.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
}
