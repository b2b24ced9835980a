//! Texts that nothing else can be made of: a note of whoever decides, on the ticket that they were for, or on a new one.

use docket_domain::{
    Actor, AgentId, Body, CommandId, Customer, Envelope, NewArticle, Next, Settings, TicketId, command::NewAttachment, master,
};
use docket_store::{
    blob::{self, Upload},
    command, personal, ticket,
};
use serde_json::Value;
use uuid::Uuid;

use super::{Accepting, How};
use crate::{
    access::readable,
    app::App,
    clock::new_id,
    commands::default_queue,
    error::{Error, Result},
    files::clean_name,
    submit::Work,
};

/// A text, and where it was to go.
pub(super) struct Text {
    /// The id of what is made of it.
    pub id: Uuid,
    /// The ticket that it was for; none: a new one.
    pub ticket: Option<TicketId>,
    pub title: String,
    pub text: String,
    /// The files that came with it.
    pub files: Vec<Named>,
    /// When it was written.
    pub at: Option<i64>,
}

/// A file that was left behind with a text.
pub(super) struct Named {
    pub name: String,
    /// How it is known: by its bytes or as an upload; none: it stayed on the device.
    pub by: Option<By>,
}

/// How a file is known.
pub(super) enum By {
    Bytes(String),
    Upload(Uuid),
}

/// The files that an article or a draft names.
pub(super) fn named(files: &Value) -> Vec<Named> {
    let one = |file: &Value| {
        let upload = file["upload_id"].as_str().and_then(|id| id.parse().ok()).map(By::Upload);
        let by = upload.or_else(|| file["sha256"].as_str().map(|key| By::Bytes(key.to_owned())));
        Some(Named { name: file["name"].as_str()?.to_owned(), by })
    };
    files.as_array().into_iter().flatten().filter_map(one).collect()
}

impl App {
    /// Keeps a text as a note; gives the ticket that it stands on. Nothing is kept of what has no text.
    pub(super) async fn keep_text(&self, accepting: &Accepting, text: Text) -> Result<Option<TicketId>> {
        if text.text.trim().is_empty() {
            return Ok(None);
        }
        let mut work = self.work().await?;
        if command::find(&mut work.tx, CommandId(text.id)).await?.is_some() {
            return Ok(text.ticket.or(Some(TicketId(text.id))));
        }
        let (attachments, missing) = work.brought(accepting.author, &text.files).await?;
        let words = headed(&work.settings, accepting.author, &text, &missing);
        let article = NewArticle { id: text.id, subject: text.title.clone(), text: words, html: None, attachments };
        let note = Body::Note { article, visible: false, next: Next::default() };
        let done = match text.ticket {
            Some(ticket) => work.note_on(accepting.me, ticket, text.id, text.at, note.clone()).await,
            None => Err(Error::NotFound("ticket")),
        };
        let ticket = match done {
            Ok(ticket) => ticket,
            // It is gone, or whoever decides may not write there: then it stands on a ticket of its own.
            Err(Error::Refused(_) | Error::NotFound(_)) => {
                drop(work);
                work = self.work().await?;
                work.ticket_of_its_own(accepting.me, &text, note).await?
            }
            Err(error) => return Err(error),
        };
        self.finish(work).await?;
        Ok(Some(ticket))
    }

    /// Gives an agent a draft back; false where it cannot be theirs, or another one was begun.
    pub(super) async fn draft_back(&self, author: AgentId, draft: &Value) -> Result<bool> {
        let Some(key) = draft["key"].as_str() else { return Ok(false) };
        let mut work = self.work().await?;
        let (settings, is_new) = (work.settings.clone(), key.ends_with("/create"));
        let id = key.split('/').next().and_then(|id| id.parse::<TicketId>().ok());
        let there = match id {
            Some(id) if !is_new => readable(&mut work.tx, &settings, author, id).await.is_ok(),
            Some(id) => ticket::find(&mut work.tx, id).await?.is_none(),
            None => false,
        };
        let known = personal::find(&mut work.tx, author, "draft", key).await?.map(|known| known.document).unwrap_or_default();
        let known: Value = serde_json::from_str(&known).unwrap_or_default();
        let begun = known["body"]["text"].as_str().is_some_and(|text| !text.trim().is_empty());
        let same = known["body"]["text"] == draft["document"]["body"]["text"];
        if !there || begun && !same {
            return Ok(false);
        }
        if !begun {
            personal::save(&mut work.tx, author, "draft", key, &draft["document"].to_string(), work.now).await?;
        }
        self.finish(work).await?;
        Ok(true)
    }

    /// An article that a restored server did not know: its text stands on its ticket again.
    pub(super) async fn accept_article(&self, accepting: &Accepting, handed: &Value) -> Result<How> {
        let unit: docket_domain::unit::ArticleUnit = match serde_json::from_value(handed["article"].clone()) {
            Ok(unit) => unit,
            Err(error) => return Err(Error::Internal(anyhow::Error::from(error).context("reading an article that was left behind"))),
        };
        let article = unit.article;
        // Several devices may have had it: by its own id it comes once.
        if docket_store::article::find(&mut self.0.db.read().await?, article.id).await?.is_some() {
            return Ok(How { outcome: "known".into(), code: None, ticket: Some(article.ticket) });
        }
        let from = article.from.map(|from| crate::wire::written(&[from]).join(", ")).unwrap_or_default();
        let text = Text {
            id: article.id.0,
            ticket: Some(article.ticket),
            title: article.subject,
            text: if from.is_empty() || article.text.trim().is_empty() { article.text } else { format!("{from}:\n\n{}", article.text) },
            files: unit.attachments.into_iter().map(|file| Named { name: file.name, by: None }).collect(),
            at: Some(article.created_at),
        };
        let kept = self.keep_text(accepting, text).await?;
        Ok(How { outcome: if kept.is_some() { "noted" } else { "empty" }.into(), code: None, ticket: kept })
    }
}

impl Work {
    /// The files that the author's device brought along, and the names of the others. A key alone proves nothing: only what the author
    /// uploaded counts.
    async fn brought(&mut self, author: AgentId, files: &[Named]) -> Result<(Vec<NewAttachment>, Vec<String>)> {
        let (mut brought, mut missing) = (Vec::new(), Vec::new());
        for file in files {
            let upload = match &file.by {
                Some(By::Bytes(key)) => blob::uploaded(&mut self.tx, author.0, key).await?,
                Some(By::Upload(id)) => blob::upload(&mut self.tx, *id, author.0).await?,
                None => None,
            };
            let name = clean_name(&file.name);
            match upload {
                Some(Upload { content_type, size, sha256, .. }) => {
                    brought.push(NewAttachment { id: new_id().into(), name, content_type, size, sha256, inline: false, content_id: None });
                }
                None => missing.push(name),
            }
        }
        Ok((brought, missing))
    }

    async fn note_on(&mut self, me: AgentId, ticket: TicketId, id: Uuid, at: Option<i64>, note: Body) -> Result<TicketId> {
        self.readable(me, ticket).await?;
        let mut envelope = Envelope::ticket(CommandId(id), ticket, Actor::Agent { id: me }, note);
        envelope.device_time = at.map(|at| at.min(self.now));
        Ok(self.carry_out(&envelope).await?.ticket.id)
    }

    async fn ticket_of_its_own(&mut self, me: AgentId, text: &Text, note: Body) -> Result<TicketId> {
        let first_words = text.text.split_whitespace().take(8).collect::<Vec<_>>().join(" ");
        let body = Body::Create {
            number: String::new(),
            title: if text.title.trim().is_empty() { first_words } else { text.title.clone() },
            queue: default_queue(&self.settings, me),
            state: master::STATE_NEW,
            priority: master::PRIORITY_NORMAL,
            owner: None,
            lock: false,
            customer: Customer::default(),
            pending_until: None,
            first: Some(Box::new(note)),
        };
        let id = TicketId(text.id);
        Ok(self.carry_out(&Envelope::ticket(CommandId(text.id), id, Actor::Agent { id: me }, body)).await?.ticket.id)
    }
}

/// The text, whose it was, and the files that are missing.
fn headed(settings: &Settings, author: AgentId, text: &Text, missing: &[String]) -> String {
    let (name, german) = (settings.agent_name(author), settings.desk.language == "de");
    let head = if german { format!("Vom Gerät von {name} übernommen:") } else { format!("Taken over from a device of {name}:") };
    let files = match (missing.is_empty(), german) {
        (true, _) => String::new(),
        (false, true) => format!("\n\nDateien, die nicht mitkamen: {}", missing.join(", ")),
        (false, false) => format!("\n\nFiles that did not come along: {}", missing.join(", ")),
    };
    format!("{head}\n\n{}{files}", text.text)
}
