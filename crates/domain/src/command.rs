//! What someone asks for. The JSON of these types is a file format: variants and fields are only ever added.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    article::{Address, Direction},
    clock::Measure,
    event::Actor,
    id::{
        AddressId, AgentId, ArticleId, AttachmentId, CommandId, PriorityId, QueueId, ServiceId, ServiceLevelId, StateId, TicketId,
        TicketTypeId,
    },
    link::LinkKind,
    settings::{AutoKind, When},
    ticket::{Contact, Customer},
    timers::{Reminder, UnlockReason},
};

/// A command on its way. It carries everything that varies: ids, time and actor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// The command's own id; the same id is carried out once.
    pub id: CommandId,
    /// What it is about; the first is the ticket it goes to.
    pub subjects: Vec<(Subject, Uuid)>,
    /// Who asks.
    pub actor: Actor,
    /// The device it was made on.
    #[serde(default)]
    pub device: Option<Uuid>,
    /// When it was made there (ms UTC), where that is another moment than its arrival.
    #[serde(default)]
    pub device_time: Option<i64>,
    /// The feed position of the replica it was made on.
    #[serde(default)]
    pub base_seq: i64,
    /// What is asked for.
    pub body: Body,
}

impl Envelope {
    /// A command to one ticket, made here and now.
    pub fn ticket(id: CommandId, ticket: TicketId, actor: Actor, body: Body) -> Self {
        Self { id, subjects: vec![(Subject::Ticket, ticket.0)], actor, device: None, device_time: None, base_seq: 0, body }
    }

    /// The ticket it goes to.
    pub fn ticket_id(&self) -> Option<TicketId> {
        self.subjects.iter().find(|(kind, _)| *kind == Subject::Ticket).map(|(_, id)| TicketId(*id))
    }
}

/// What a command can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of the design")]
pub enum Subject {
    Ticket,
    Faq,
    Customer,
    Personal,
}

/// An article that a command brings along.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewArticle {
    /// Its id; the nil UUID is never valid.
    pub id: Uuid,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// Sanitised HTML.
    pub html: Option<String>,
    /// Attachments; their bytes are blobs already.
    pub attachments: Vec<NewAttachment>,
}

impl NewArticle {
    /// The id as such.
    pub fn article_id(&self) -> ArticleId {
        ArticleId(self.id)
    }
}

/// An attachment that a command brings along.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields of `article::Attachment`")]
pub struct NewAttachment {
    pub id: AttachmentId,
    pub name: String,
    pub content_type: String,
    pub size: i64,
    pub sha256: String,
    #[serde(default)]
    pub inline: bool,
    #[serde(default)]
    pub content_id: Option<String>,
}

/// The mail around an article that leaves the house.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outgoing {
    /// The address it comes from.
    pub from: AddressId,
    /// Recipients.
    pub to: Vec<Address>,
    /// Copies.
    #[serde(default)]
    pub cc: Vec<Address>,
    /// Blind copies.
    #[serde(default)]
    pub bcc: Vec<Address>,
    /// Its own Message-ID, made before the first attempt.
    pub message_id: String,
    /// The Message-ID it answers.
    #[serde(default)]
    pub in_reply_to: Option<String>,
    /// The thread, oldest first.
    #[serde(default)]
    pub references: Vec<String>,
    /// How long it can be taken back (ms).
    #[serde(default)]
    pub delay_ms: i64,
    /// The newest article and event on the agent's screen when the text was last edited.
    #[serde(default)]
    pub seen_upto: Option<SeenUpto>,
}

/// How much of a ticket an agent had seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SeenUpto {
    /// The ordinal of the newest article.
    pub article: i64,
    /// The ordinal of the newest event.
    pub event: i64,
}

/// What shall follow: for a reply when it leaves, for a note or call at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Next {
    /// The next state.
    #[serde(default)]
    pub state_id: Option<StateId>,
    /// Until when, for pending states (ms UTC).
    #[serde(default)]
    pub pending_until: Option<i64>,
}

/// A mail that came in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Received {
    /// The article.
    pub article: NewArticle,
    /// Who wrote it.
    pub from: Option<Address>,
    /// Recipients.
    pub to: Vec<Address>,
    /// Copies.
    pub cc: Vec<Address>,
    /// Where answers shall go.
    pub reply_to: Vec<Address>,
    /// Its Message-ID.
    pub message_id: Option<String>,
    /// The Message-IDs it answers, nearest first.
    pub references: Vec<String>,
    /// The blob with the original.
    pub raw: Option<String>,
    /// What could not be read.
    pub warnings: Vec<String>,
    /// A delivery report, and the article it speaks of.
    pub bounce: Option<Bounced>,
}

/// What a delivery report is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounced {
    /// The mail of ours that did not arrive.
    pub of: Option<ArticleId>,
    /// Was that mail an automatic one?
    pub automatic: bool,
    /// It is still being tried, or it arrived: nothing failed.
    #[serde(default)]
    pub harmless: bool,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Body {
    /// Opens a ticket; `first` is its first article.
    Create {
        number: String,
        title: String,
        queue: QueueId,
        state: StateId,
        priority: PriorityId,
        owner: Option<AgentId>,
        lock: bool,
        customer: Customer,
        pending_until: Option<i64>,
        first: Option<Box<Body>>,
    },
    /// A mail came in.
    Receive(Box<Received>),
    /// An agent answers by mail; `next` takes effect when it leaves.
    Reply { article: NewArticle, mail: Outgoing, next: Next },
    /// An agent passes something on by mail.
    Forward { article: NewArticle, mail: Outgoing, next: Next },
    /// The desk answers by itself.
    AutoReply { kind: AutoKind, article: NewArticle, mail: Outgoing },
    /// The desk would answer, but must not.
    SuppressAutoReply { kind: AutoKind, reason: String },
    /// A note.
    Note { article: NewArticle, visible: bool, next: Next },
    /// A phone call.
    PhoneCall { article: NewArticle, direction: Direction, next: Next },
    /// The mail left, and the server has it. `forward`: to somebody else, so it is no answer to the customer.
    MailLeft {
        article: ArticleId,
        author: Option<AgentId>,
        next: Next,
        #[serde(default)]
        forward: bool,
    },
    /// The mail failed for good.
    MailFailed { article: ArticleId, reason: String },
    /// Nobody knows whether the mail arrived.
    MailUnknown { article: ArticleId },
    /// The mail was held back; `seen_upto` is what its author had seen.
    HoldMail {
        article: ArticleId,
        reason: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen_upto: Option<SeenUpto>,
    },
    /// Take a mail back before it leaves. `discard`: its text is not to be a draft again.
    CancelSend {
        article: ArticleId,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        discard: bool,
    },
    /// Let a mail leave before its delay is over. It stands in no history: what does is that it left.
    SendNow { article: ArticleId },
    /// Send a mail once more.
    SendAgain { article: ArticleId },
    /// It arrived: no need to send it again.
    ConfirmArrival { article: ArticleId, author: Option<AgentId>, next: Next },
    /// Lock for me.
    Lock,
    /// Unlock.
    Unlock,
    /// Lock for me and make me the owner; `over` takes it from a colleague.
    Take {
        #[serde(default)]
        over: bool,
    },
    /// Give it to someone, or to nobody.
    SetOwner { agent: Option<AgentId> },
    /// Another state.
    SetState { state: StateId, pending_until: Option<i64> },
    /// Another priority.
    SetPriority { priority: PriorityId },
    /// Another queue.
    Move { queue: QueueId },
    /// Another title.
    SetTitle { title: String },
    /// Another customer.
    SetCustomer { customer: Customer },
    /// It is junk: to the junk queue, closed without a word.
    Junk {
        /// What else its sender writes is junk, too.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        block: bool,
    },
    /// It is not junk: back to where it was.
    NotJunk,
    /// A mail named this ticket without belonging to it.
    FlagSuspicious { number: String, ticket: TicketId },
    /// Two tickets belong together.
    Link {
        ticket: TicketId,
        number: String,
        #[serde(default)]
        kind: LinkKind,
    },
    /// They do not any more.
    Unlink { ticket: TicketId, number: String },
    /// Another agent answers for it, or nobody.
    SetResponsible { agent: Option<AgentId> },
    /// I want to hear of it.
    Watch,
    /// I do not want to hear of it any more.
    Unwatch,
    /// This ticket goes into another one: articles, links and watchers move there. `into` is where the merge ends.
    Merge { into: TicketId, number: String },
    /// The other half of a merge, on the ticket that stays; `watchers` and `contact` are those of the one that goes.
    Absorb {
        ticket: TicketId,
        number: String,
        articles: i64,
        #[serde(default)]
        watchers: Vec<AgentId>,
        #[serde(default)]
        contact: Contact,
    },
    /// I take it along, to work on it without a network: it is locked for me.
    TakeAlong,
    /// I have brought it back.
    BringBack,
    /// Another service, or none.
    SetService { service: Option<ServiceId> },
    /// Another type, or none.
    SetType { ticket_type: Option<TicketTypeId> },
    /// Another service level, or the one that fits.
    SetServiceLevel { service_level: Option<ServiceLevelId> },
    /// I know that its promises are at stake: tell nobody any more.
    Acknowledge,
    /// The moment of a level has come.
    Escalate { measure: Measure, number: u32, step: When },
    /// The desk ends the lock by itself.
    EndLock { reason: UnlockReason },
    /// The desk reminds those who have to do with it.
    Remind { of: Reminder },
}

impl Body {
    /// The article that it brings along.
    pub fn article(&self) -> Option<&NewArticle> {
        match self {
            Self::Create { first, .. } => first.as_deref().and_then(Self::article),
            Self::Receive(received) => Some(&received.article),
            Self::Reply { article, .. }
            | Self::Forward { article, .. }
            | Self::AutoReply { article, .. }
            | Self::Note { article, .. }
            | Self::PhoneCall { article, .. } => Some(article),
            _ => None,
        }
    }
}
