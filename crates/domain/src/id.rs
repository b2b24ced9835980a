//! Identifiers. All are UUIDs made by the caller (version 7 where something new is made); order never depends on them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// An id that is the same on every desk, for master data.
            pub const fn fixed(group: u16, n: u16) -> Self {
                Self(fixed(group, n))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )*};
}

id! {
    /// A ticket.
    TicketId;
    /// An article of a ticket: a mail, a note, a phone call.
    ArticleId;
    /// An attachment of an article.
    AttachmentId;
    /// A command; sending the same one twice is harmless.
    CommandId;
    /// An agent.
    AgentId;
    /// A queue.
    QueueId;
    /// A ticket state.
    StateId;
    /// A priority.
    PriorityId;
    /// A template for answers, notes and calls.
    TemplateId;
    /// A signature.
    SignatureId;
    /// A salutation.
    SalutationId;
    /// An automatic answer.
    AutoResponseId;
    /// A sender address of the desk.
    AddressId;
    /// A mailbox that the desk fetches.
    MailboxId;
    /// A group: queues belong to one, agents and roles have rights in it.
    GroupId;
    /// A role: rights in groups that several agents share.
    RoleId;
    /// A calendar: when a desk works.
    CalendarId;
    /// A device: a desktop that is connected to a server.
    DeviceId;
    /// A service: what the desk looks after.
    ServiceId;
    /// A type of ticket.
    TicketTypeId;
    /// A company that customers write for.
    CompanyId;
    /// A service level: what is promised.
    ServiceLevelId;
}

/// A UUID of version 8 (RFC 9562 §5.8) that names one piece of master data on every desk.
const fn fixed(group: u16, n: u16) -> Uuid {
    Uuid::from_u128(0xd0c4e700_0000_8000_8000_000000000000 | ((group as u128) << 16) | n as u128)
}
