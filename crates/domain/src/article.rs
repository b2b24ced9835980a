//! An article: one mail, note or phone call of a ticket.

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, ArticleId, TicketId};

/// Who wrote an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    /// An agent of the desk.
    Agent,
    /// The customer, or anyone else outside.
    Customer,
    /// The desk itself: automatic answers, delivery reports.
    System,
}

impl Sender {
    /// The stable name, as stored and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Customer => "customer",
            Self::System => "system",
        }
    }

    /// The sender of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Agent, Self::Customer, Self::System].into_iter().find(|sender| sender.as_str() == name)
    }
}

/// How an article travelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By mail.
    Email,
    /// On the phone.
    Phone,
    /// Inside the desk: a note.
    Internal,
}

/// Which way a mail or call went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From outside to the desk.
    Inbound,
    /// From the desk to outside.
    Outbound,
}

/// Where an outgoing mail stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Waits for the end of the undo delay, or for a mailbox to send through.
    Waiting,
    /// Its text is leaving at this moment.
    Sending,
    /// The server said "not now"; it will be tried again.
    Retrying,
    /// The server has it.
    Sent,
    /// The line died after the text began to leave: nobody knows, an agent decides.
    PerhapsSent,
    /// The server refused it for good.
    Failed,
    /// Something happened on the ticket since it was written: an agent looks again.
    Held,
    /// Taken back before it left, or given up.
    Cancelled,
}

impl Delivery {
    /// The stable name, as stored and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Retrying => "retrying",
            Self::Sent => "sent",
            Self::PerhapsSent => "perhaps_sent",
            Self::Failed => "failed",
            Self::Held => "held",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A mail address with the name it goes by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Address {
    /// The display name, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `local@domain`.
    pub address: String,
}

impl Address {
    /// An address without a name.
    pub fn bare(address: impl Into<String>) -> Self {
        Self { name: None, address: address.into() }
    }

    /// Reads `Name <local@domain>` or `local@domain`; the rest of the checking is the mail library's.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (name, address) = match (text.rfind('<'), text.strip_suffix('>')) {
            (Some(open), Some(_)) => (text[..open].trim().trim_matches('"').trim(), &text[open + 1..text.len() - 1]),
            _ => ("", text),
        };
        let address = address.trim();
        let (local, domain) = address.rsplit_once('@')?;
        let clean = |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;".contains(c));
        if !clean(local) || !clean(domain) || domain.starts_with('.') || domain.ends_with('.') || domain.contains("..") {
            return None;
        }
        let name = name.replace(|c: char| c.is_control(), " ");
        Some(Self { name: (!name.is_empty()).then_some(name), address: address.to_owned() })
    }

    /// Can a mail go there? The address alone is `local@domain`, and neither part could break a header line.
    pub fn is_mailable(&self) -> bool {
        let plain = Self::parse(&self.address).is_some_and(|parsed| parsed.name.is_none() && parsed.address == self.address);
        plain && !self.name.as_deref().unwrap_or_default().chars().any(char::is_control)
    }

    /// What two spellings of one address have in common: the whole in lower case.
    pub fn key(&self) -> String {
        self.address.to_lowercase()
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.name {
            Some(name) if name.chars().all(|c| c.is_alphanumeric() || " -_'".contains(c)) => write!(f, "{name} <{}>", self.address),
            Some(name) => write!(f, "\"{}\" <{}>", name.replace(['"', '\\'], "'"), self.address),
            None => f.write_str(&self.address),
        }
    }
}

/// An article as it is stored; bodies are plain text and, where the mail had it, sanitised HTML.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// Its id.
    pub id: ArticleId,
    /// The ticket it belongs to.
    pub ticket: TicketId,
    /// 1 for the first article of the ticket.
    pub ordinal: i64,
    /// Who wrote it.
    pub sender: Sender,
    /// How it travelled.
    pub channel: Channel,
    /// Which way, for mails and calls.
    pub direction: Option<Direction>,
    /// May the customer see it?
    pub visible_to_customer: bool,
    /// The agent who wrote it.
    pub author: Option<AgentId>,
    /// The sender as written in the mail, or the agent's name.
    pub from: Option<Address>,
    /// Recipients.
    pub to: Vec<Address>,
    /// Copies.
    pub cc: Vec<Address>,
    /// Blind copies; kept for the desk, never in the mail.
    pub bcc: Vec<Address>,
    /// Where answers shall go.
    pub reply_to: Vec<Address>,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The sanitised HTML, where the mail had some.
    pub html: Option<String>,
    /// The mail's own Message-ID, without the angle brackets.
    pub message_id: Option<String>,
    /// The Message-IDs it answers, nearest first.
    pub references: Vec<String>,
    /// When it was written or received (ms UTC).
    pub created_at: i64,
    /// The blob with the original mail.
    pub raw: Option<String>,
    /// Where an outgoing mail stands.
    pub delivery: Option<Delivery>,
    /// The reason of a failure, or what was unreadable in the mail.
    pub warnings: Vec<String>,
}

/// An attachment of an article; the bytes are a blob.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its id.
    pub id: crate::id::AttachmentId,
    /// The article it belongs to.
    pub article: ArticleId,
    /// Position in the article, from 0.
    pub ordinal: i64,
    /// The file name, cleaned of paths.
    pub name: String,
    /// The media type.
    pub content_type: String,
    /// Bytes.
    pub size: i64,
    /// Hex SHA-256 of the bytes, which is also the blob's key.
    pub sha256: String,
    /// Shown inside the text (`cid:` images)?
    pub inline: bool,
    /// The Content-ID without the angle brackets.
    pub content_id: Option<String>,
}

#[cfg(test)]
mod tests;
