//! What agents do at a desk.

use docket_app::{
    Result, new_id,
    wire::{CommandBody, ComposeQuery, ComposeView, FileRef, Outcome, SubmitCommand, TicketView, body::Mail},
};
use docket_domain::{AgentId, ArticleId, CommandId, TicketId};

use crate::Desk;

/// An agent at a desk.
#[derive(Clone, Copy)]
pub struct Agent<'a> {
    pub(crate) desk: &'a Desk,
    /// Who it is.
    pub id: AgentId,
}

impl Agent<'_> {
    /// The ticket as this agent sees it.
    pub async fn see(&self, ticket: TicketId) -> TicketView {
        self.desk.app().ticket(self.id, ticket).await.expect("the ticket is there")
    }

    /// Does something to a ticket, or is refused.
    pub async fn try_to(&self, ticket: TicketId, body: CommandBody) -> Result<Outcome> {
        self.desk.app().command(self.id, ticket, SubmitCommand { id: CommandId(new_id()), body }).await
    }

    /// Does something to a ticket.
    pub async fn does(&self, ticket: TicketId, body: CommandBody) -> TicketView {
        self.try_to(ticket, body).await.expect("nothing is against it").ticket.expect("the ticket is still in sight")
    }

    /// What the composer starts with.
    pub async fn composer(&self, ticket: TicketId, kind: &str) -> ComposeView {
        let query = ComposeQuery { kind: kind.into(), article: None, template: None };
        self.desk.app().compose(self.id, ticket, query).await.expect("the composer opens")
    }

    /// A mail as the composer makes it of these words: text, signature, quote. It leaves at once.
    pub async fn writes(&self, ticket: TicketId, kind: &str, words: &str) -> Mail {
        let view = self.composer(ticket, kind).await;
        let blocks = [&view.text, words, &view.signature, &view.quote];
        let blocks: Vec<&str> = blocks.into_iter().filter(|block| !block.is_empty()).collect();
        let attachments = view.attachments.iter().map(|file| FileRef { attachment_id: Some(file.id), ..FileRef::default() });
        Mail {
            article_id: ArticleId(new_id()),
            in_reply_to: view.in_reply_to,
            from_address_id: view.from_address_id,
            to: view.to,
            cc: view.cc,
            bcc: view.bcc,
            subject: view.subject,
            text: blocks.join("\n\n"),
            attachments: attachments.collect(),
            state_id: None,
            pending_until: None,
            delay_seconds: Some(0),
            seen_upto: Some(view.seen_upto),
        }
    }

    /// Answers the customer with these words; gives the answer's article.
    pub async fn reply(&self, ticket: TicketId, words: &str) -> ArticleId {
        let mail = self.writes(ticket, "reply", words).await;
        let article = mail.article_id;
        self.does(ticket, CommandBody::Reply(Box::new(mail))).await;
        article
    }

    /// Answers and waits until the SMTP server has it.
    pub async fn answers(&self, ticket: TicketId, words: &str) -> ArticleId {
        let article = self.reply(ticket, words).await;
        self.desk.delivery_is(ticket, article, "sent").await;
        article
    }

    /// Keeps a file to send along.
    pub async fn upload(&self, name: &str, content_type: &str, bytes: &[u8]) -> FileRef {
        let upload = self.desk.app().upload(self.id, name, content_type, bytes.to_vec()).await.expect("the file is taken");
        FileRef { upload_id: Some(upload.upload_id), ..FileRef::default() }
    }
}
