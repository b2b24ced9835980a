//! Why a command was not carried out.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A refusal is calm: nothing changed, the text is kept, and the code names the way out. Codes are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Someone else has locked the ticket.
    #[error("a colleague has locked this ticket")]
    LockedByOther,
    /// The named queue does not exist or is invalid.
    #[error("that queue does not exist any more")]
    NoSuchQueue,
    /// The named state does not exist or is invalid.
    #[error("that state does not exist any more")]
    NoSuchState,
    /// The named priority does not exist or is invalid.
    #[error("that priority does not exist any more")]
    NoSuchPriority,
    /// The named service, type or service level does not exist or is invalid.
    #[error("that service, type or service level does not exist any more")]
    NoSuchService,
    /// The named agent does not exist or is invalid.
    #[error("that agent does not exist or is no longer active")]
    NoSuchAgent,
    /// The sender address does not belong to the desk.
    #[error("that sender address does not belong to this desk")]
    NoSuchSender,
    /// A mail needs at least one recipient.
    #[error("a mail needs at least one recipient")]
    NoRecipient,
    /// A recipient is no mail address.
    #[error("one of the recipients is not a mail address")]
    BadRecipient,
    /// A text is needed.
    #[error("there is no text yet")]
    EmptyText,
    /// A title is needed.
    #[error("a ticket needs a subject")]
    EmptyTitle,
    /// Pending states need the moment until when.
    #[error("a pending state needs the time until when")]
    PendingNeedsTime,
    /// The ticket was merged into another one; write there.
    #[error("this ticket was merged into another one")]
    Merged,
    /// The mail has left already, or never waited.
    #[error("this mail does not wait any more")]
    NotWaiting,
    /// The article is no mail that could be sent again.
    #[error("this mail cannot be sent again")]
    NotSendable,
    /// A ticket cannot be linked to itself.
    #[error("a ticket cannot be linked to itself")]
    LinkToItself,
    /// The article id is taken by another article.
    #[error("this article exists already")]
    ArticleExists,
    /// The ticket exists already.
    #[error("this ticket exists already")]
    TicketExists,
    /// The agent lacks the right that this needs.
    #[error("you do not have the right to do this here")]
    NoRight,
    /// A ticket cannot be merged into itself.
    #[error("a ticket cannot be merged into itself")]
    MergeIntoItself,
    /// The ticket that it should be merged into is merged into this one.
    #[error("that ticket was merged into this one")]
    MergeCycle,
    /// The field was changed by somebody else since the text was written.
    #[error("somebody changed this meanwhile")]
    ChangedMeanwhile,
    /// The customer wrote since, and the ticket would rest or be closed unread.
    #[error("the customer wrote meanwhile")]
    CustomerWrote,
    /// The agent is away, and nothing is given to them meanwhile.
    #[error("this agent is away; give it to who stands in for them")]
    AgentAbsent,
    /// The command is not known here, or not one that agents give.
    #[error("this program does not know what to do with this")]
    UnknownCommand,
}

impl Refusal {
    /// The stable code, as it stands on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::LockedByOther => "locked_by_other",
            Self::NoSuchQueue => "no_such_queue",
            Self::NoSuchState => "no_such_state",
            Self::NoSuchPriority => "no_such_priority",
            Self::NoSuchAgent => "no_such_agent",
            Self::NoSuchService => "no_such_service",
            Self::NoSuchSender => "no_such_sender",
            Self::NoRecipient => "no_recipient",
            Self::BadRecipient => "bad_recipient",
            Self::EmptyText => "empty_text",
            Self::EmptyTitle => "empty_title",
            Self::PendingNeedsTime => "pending_needs_time",
            Self::Merged => "merged",
            Self::NotWaiting => "not_waiting",
            Self::NotSendable => "not_sendable",
            Self::LinkToItself => "link_to_itself",
            Self::ArticleExists => "article_exists",
            Self::TicketExists => "ticket_exists",
            Self::NoRight => "no_right",
            Self::MergeIntoItself => "merge_into_itself",
            Self::MergeCycle => "merge_cycle",
            Self::ChangedMeanwhile => "changed_meanwhile",
            Self::CustomerWrote => "customer_wrote",
            Self::AgentAbsent => "agent_absent",
            Self::UnknownCommand => "unknown_command",
        }
    }
}
