//! What devices left behind, decided with one click: carried out as its author's with the rules of any push, kept as text where that
//! cannot be, or discarded. Ids are made from what was left, so doing it twice does it once.

use docket_domain::{AgentId, Body, DeviceId, Envelope, TicketId, access};
use docket_store::{
    left_behind::{self, LeftBehind},
    ticket,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    app::App,
    error::{Error, Result},
    wire::sync::{LeftItem, LeftOutcome, LeftView},
};

mod keep;
mod restored;

/// Something that was left behind, and who decides about it.
struct Accepting {
    left: LeftBehind,
    /// Who decides: texts that cannot be carried out become theirs.
    me: AgentId,
    author: AgentId,
    /// May the author still do what they wrote?
    works: bool,
}

impl Accepting {
    /// An id that is the same whenever this is accepted again.
    fn id(&self, what: &str, index: usize) -> Uuid {
        let hash = Sha256::digest(format!("{}/{what}/{index}", self.left.id));
        Uuid::from_slice(&hash[..16]).unwrap_or_default()
    }
}

impl App {
    /// What devices left behind: an administrator sees what agents who are not active any more left and what a restored server did
    /// not know; everybody sees their own.
    pub async fn left_behind(&self, me: AgentId) -> Result<Vec<LeftView>> {
        let mut tx = self.0.db.read().await?;
        let all = left_behind::all(&mut tx).await?;
        let settings = self.settings();
        let mut views = Vec::new();
        for left in all.into_iter().filter(|left| self.may_decide(me, left)) {
            let document: Value = serde_json::from_str(&left.document).unwrap_or_default();
            let mut items = items(&document);
            for item in &mut items {
                let Some(id) = item.ticket_id else { continue };
                let known = ticket::find(&mut tx, id).await?.filter(|ticket| access::may_read(&settings, me, ticket));
                (item.number, item.ticket_title) = known.map(|ticket| (ticket.number, ticket.title)).unzip();
            }
            views.push(LeftView {
                id: left.id,
                agent_id: AgentId(left.agent_id),
                agent_name: settings.agent_name(AgentId(left.agent_id)).to_owned(),
                at: left.at,
                reason: left.reason,
                items,
                document,
                done_at: left.done_at,
            });
        }
        Ok(views)
    }

    fn may_decide(&self, me: AgentId, left: &LeftBehind) -> bool {
        left.agent_id == me.0 || self.is_admin(me) && (!self.works(AgentId(left.agent_id)) || left.reason == "restored")
    }

    fn works(&self, agent: AgentId) -> bool {
        self.settings().agents.get(&agent).is_some_and(|agent| agent.valid)
    }

    /// Decides about something that was left behind: `accept`, `discard`, or `back` to decide anew. What was decided already stays so
    /// until then; what was accepted twice was done once.
    pub async fn decide_left(&self, me: AgentId, id: Uuid, how: &str) -> Result<LeftOutcome> {
        self.reload().await?;
        let found = left_behind::find(&mut self.0.db.read().await?, id).await?;
        let left = found.filter(|left| self.may_decide(me, left)).ok_or(Error::NotFound("left behind"))?;
        if how == "back" {
            let mut tx = self.0.db.aside().await?;
            left_behind::undone(&mut tx, id).await?;
            tx.commit().await?;
            return Ok(LeftOutcome::default());
        }
        if left.done_at.is_some() {
            return Ok(LeftOutcome { items: Vec::new(), repeated: true });
        }
        let outcome = match how {
            "accept" => {
                let author = AgentId(left.agent_id);
                let accepting = Accepting { me, author, works: self.works(author), left };
                LeftOutcome { items: self.accept(&accepting).await?, repeated: false }
            }
            "discard" => LeftOutcome::default(),
            _ => return Err(Error::invalid("how", "accept, discard or back")),
        };
        let mut tx = self.0.db.aside().await?;
        left_behind::done(&mut tx, id, me, self.now()).await?;
        tx.commit().await?;
        Ok(outcome)
    }

    async fn accept(&self, accepting: &Accepting) -> Result<Vec<LeftItem>> {
        let document: Value = serde_json::from_str(&accepting.left.document).unwrap_or_default();
        let list = |key: &str| document[key].as_array().cloned().unwrap_or_default();
        let mut done = Vec::new();
        for unit in list("tickets") {
            let item = ticket_item(&unit);
            done.push(outcome(item, self.restore_ticket(unit).await?));
        }
        for (index, command) in list("commands").into_iter().enumerate() {
            let item = command_item(&command);
            done.push(outcome(item, self.accept_command(accepting, index, command).await?));
        }
        for (index, draft) in list("drafts").into_iter().enumerate() {
            let item = draft_item(&draft);
            done.push(outcome(item, self.accept_draft(accepting, index, &draft).await?));
        }
        for article in list("articles") {
            let item = article_item(&article);
            done.push(outcome(item, self.accept_article(accepting, &article).await?));
        }
        Ok(done)
    }

    /// Carries a command out as any push does; its text is kept where that is refused.
    async fn accept_command(&self, accepting: &Accepting, index: usize, command: Value) -> Result<How> {
        let envelope = serde_json::from_value::<Envelope>(command.clone()).ok();
        let mut refused = "no_right".to_owned();
        // Nobody writes to customers in the name of somebody who is not there any more.
        if accepting.works {
            let answer = self.push_one(accepting.author, DeviceId(accepting.left.device_id), command.clone()).await?;
            if answer.outcome != "refused" {
                return Ok(How { outcome: answer.outcome, code: answer.code, ticket: answer.ticket_id.or_else(|| ticket_of(&command)) });
            }
            refused = answer.code.unwrap_or(refused);
        }
        let body = command["body"].clone();
        let is_new = matches!(envelope.as_ref().map(|envelope| &envelope.body), Some(Body::Create { .. }));
        let (article, title) =
            if is_new { (&body["first"]["article"], &body["title"]) } else { (&body["article"], &body["article"]["subject"]) };
        let text = keep::Text {
            id: accepting.id("command", index),
            ticket: ticket_of(&command).filter(|_| !is_new),
            title: title.as_str().unwrap_or_default().to_owned(),
            text: article["text"].as_str().unwrap_or_default().to_owned(),
            files: keep::named(&article["attachments"]),
            at: envelope.and_then(|envelope| envelope.device_time),
        };
        Ok(match self.keep_text(accepting, text).await? {
            Some(ticket) => How { outcome: "noted".into(), code: Some(refused), ticket: Some(ticket) },
            None => How { outcome: "refused".into(), code: Some(refused), ticket: ticket_of(&command) },
        })
    }

    /// A draft is its author's again; where they may not have it, or have begun another, its text is kept.
    async fn accept_draft(&self, accepting: &Accepting, index: usize, draft: &Value) -> Result<How> {
        if accepting.works && self.draft_back(accepting.author, draft).await? {
            return Ok(How { outcome: "draft".into(), code: None, ticket: draft_ticket(draft) });
        }
        let body = &draft["document"]["body"];
        let text = keep::Text {
            id: accepting.id("draft", index),
            ticket: draft_ticket(draft),
            title: body["subject"].as_str().or_else(|| body["title"].as_str()).unwrap_or_default().to_owned(),
            text: body["text"].as_str().unwrap_or_default().to_owned(),
            files: keep::named(&body["attachments"]),
            at: draft["at"].as_i64(),
        };
        let kept = self.keep_text(accepting, text).await?;
        Ok(How { outcome: if kept.is_some() { "noted" } else { "empty" }.into(), code: None, ticket: kept })
    }
}

/// What became of a part.
struct How {
    outcome: String,
    code: Option<String>,
    ticket: Option<TicketId>,
}

fn outcome(item: LeftItem, how: How) -> LeftItem {
    LeftItem { outcome: Some(how.outcome), code: how.code, ticket_id: how.ticket.or(item.ticket_id), ..item }
}

fn ticket_of(command: &Value) -> Option<TicketId> {
    serde_json::from_value::<Envelope>(command.clone()).ok()?.ticket_id()
}

fn draft_ticket(draft: &Value) -> Option<TicketId> {
    draft["key"].as_str()?.split('/').next()?.parse().ok()
}

/// What a document is made of, for a screen.
fn items(document: &Value) -> Vec<LeftItem> {
    let list = |key: &str| document[key].as_array().into_iter().flatten();
    let tickets = list("tickets").map(ticket_item);
    let commands = list("commands").map(command_item);
    tickets.chain(commands).chain(list("drafts").map(draft_item)).chain(list("articles").map(article_item)).collect()
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

fn command_item(envelope: &Value) -> LeftItem {
    let body = &envelope["body"];
    let words = text(&body["article"]["text"]).or_else(|| text(&body["first"]["article"]["text"]));
    let title = text(&body["title"]).or_else(|| text(&body["article"]["subject"]));
    let kind = body["type"].as_str().unwrap_or_default().to_owned();
    let command = Some(body.clone());
    LeftItem { what: "command".into(), kind, title, text: words, ticket_id: ticket_of(envelope), command, ..LeftItem::default() }
}

fn draft_item(draft: &Value) -> LeftItem {
    let body = &draft["document"]["body"];
    let kind = draft["key"].as_str().and_then(|key| key.split('/').nth(1)).unwrap_or_default().to_owned();
    LeftItem {
        what: "draft".into(),
        kind,
        title: text(&body["subject"]).or_else(|| text(&body["title"])),
        text: text(&body["text"]),
        ticket_id: draft_ticket(draft),
        ..LeftItem::default()
    }
}

fn article_item(handed: &Value) -> LeftItem {
    let article = &handed["article"]["article"];
    LeftItem {
        what: "article".into(),
        kind: article["channel"].as_str().unwrap_or_default().to_owned(),
        number: text(&handed["number"]),
        title: text(&article["subject"]),
        text: text(&article["text"]),
        ..LeftItem::default()
    }
}

fn ticket_item(unit: &Value) -> LeftItem {
    let ticket = &unit["ticket"];
    let texts: Vec<String> =
        unit["articles"].as_array().into_iter().flatten().filter_map(|article| text(&article["article"]["text"])).collect();
    LeftItem {
        what: "ticket".into(),
        number: text(&ticket["number"]),
        title: text(&ticket["title"]),
        text: Some(texts.join("\n\n")).filter(|text| !text.is_empty()),
        ..LeftItem::default()
    }
}
