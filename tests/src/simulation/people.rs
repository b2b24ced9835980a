//! What people do: agents at desktops and in browsers, customers who write, and an administrator.

use anyhow::{Context, Result};
use docket_app::{
    App,
    wire::{NewTicket, SaveRecord, SubmitCommand, TicketView},
};
use docket_domain::{AgentId, ArticleId, CommandId, TicketId, master, settings::Kind};
use serde_json::{Value, json};

use super::{Accepted, Field, GROUP_VIP, QUEUE_VIP, World};
use crate::dice::Dice;

impl World {
    /// A mail comes: new, or about a ticket that is there.
    pub(super) async fn mail(&mut self) -> Result<()> {
        let number = self.mails;
        self.mails += 1;
        let known = self.tickets(&self.server, self.agents[0]).await?;
        let subject = match known.get(self.dice.below(known.len() + 2)) {
            Some((_, number)) => format!("Re: [Ticket#{number}] Printer"),
            None => "Printer".into(),
        };
        let raw = format!(
            "From: Customer <customer-{}@customer.test>\r\nTo: support@desk.test\r\nSubject: {subject}\r\nMessage-ID: \
             <mail-{number}@customer.test>\r\n\r\nIt is on fire.\r\n",
            self.dice.below(2)
        );
        self.server.ingest(raw.into_bytes()).await?;
        self.tell("mails");
        Ok(())
    }

    /// Somebody does something, at a desktop or in a browser.
    pub(super) async fn act(&mut self, which: Option<usize>) -> Result<()> {
        let (app, agent) = match which {
            Some(which) => (self.desktops[which].app.clone(), self.desktops[which].agent),
            None => (self.server.clone(), *self.dice.clone().one_of(&self.agents)),
        };
        self.dice.throw();
        if self.dice.chance(18) {
            return self.open_ticket(&app, agent, which).await;
        }
        let known = self.tickets(&app, agent).await?;
        if known.is_empty() {
            return Ok(());
        }
        let ticket = self.dice.one_of(&known).0;
        let other = self.dice.one_of(&known).0;
        let view = app.ticket(agent, ticket).await?;
        let (body, text) = self.body(&app, &view, other)?;
        let id = CommandId(self.dice.id());
        let article = body["article_id"].as_str().and_then(|id| id.parse().ok());
        let mails = ["reply", "forward"].contains(&body["type"].as_str().unwrap_or_default());
        let command = SubmitCommand { id, body: serde_json::from_value(body.clone()).context(body.to_string())? };
        let field = which.zip(field(&body));
        let at = if mails || field.is_some() { self.seen(&app, agent, ticket).await? } else { 0 };
        let seen = mails.then_some(at);
        let done = app.command(agent, ticket, command).await;
        self.trace(|| {
            format!("{which:?} {ticket} {body} -> {:?}", done.as_ref().map(|done| done.outcome.clone()).map_err(|error| error.to_string()))
        });
        match done {
            Ok(_) => {
                self.tell(if which.is_some() { "commands" } else { "in browsers" });
                if let Some((desktop, (event, value))) = field {
                    self.fields.push(Field { command: id, ticket, desktop, event, value, seen: at });
                }
                if let (Some(article), Some(text)) = (article, text) {
                    self.accepted.push(Accepted { ticket, article, text, desktop: which, seen });
                }
                Ok(())
            }
            Err(docket_app::Error::Internal(error)) => Err(error.context(body.to_string())),
            Err(_) => {
                self.tell("turned away");
                Ok(())
            }
        }
    }

    /// The newest event on the screen, by the server's count.
    async fn seen(&self, app: &App, agent: AgentId, ticket: TicketId) -> Result<i64> {
        let query = docket_app::wire::ComposeQuery { kind: "note".into(), article: None, template: None };
        Ok(app.compose(agent, ticket, query).await?.seen_upto.event)
    }

    async fn open_ticket(&mut self, app: &App, agent: AgentId, which: Option<usize>) -> Result<()> {
        let (id, article) = (TicketId(self.dice.id()), ArticleId(self.dice.id()));
        let text = format!("words {}", self.dice.throw());
        let queue = *self.dice.one_of(&[master::QUEUE_FIRST, master::QUEUE_MISC, QUEUE_VIP]);
        let new = json!({
            "id": id, "article_id": article, "title": "Printer", "channel": *self.dice.one_of(&["phone", "internal"]), "text": text,
            "queue_id": queue, "lock": self.dice.chance(30),
            "customer": { "address": format!("customer-{}@customer.test", self.dice.below(2)), "name": "Customer" },
        });
        let new: NewTicket = serde_json::from_value(new)?;
        match app.new_ticket(agent, new).await {
            Ok(_) => {
                self.tell("tickets opened");
                self.accepted.push(Accepted { ticket: id, article, text, desktop: which, seen: None });
                Ok(())
            }
            Err(docket_app::Error::Internal(error)) => Err(error),
            Err(_) => Ok(()),
        }
    }

    fn body(&mut self, app: &App, view: &TicketView, other: TicketId) -> Result<(Value, Option<String>)> {
        let settings = app.settings();
        let dice = &mut self.dice;
        let priorities: Vec<_> = settings.priorities.keys().copied().collect();
        let queues = [master::QUEUE_FIRST, master::QUEUE_MISC, QUEUE_VIP];
        let states =
            [master::STATE_OPEN, master::STATE_CLOSED_SUCCESSFUL, master::STATE_CLOSED_UNSUCCESSFUL, master::STATE_PENDING_REMINDER];
        let mine = view.articles.iter().filter(|article| article.delivery.is_some()).map(|article| article.id).collect::<Vec<_>>();
        let until = app.now() + 3_600_000;
        let state = *dice.one_of(&states);
        let pending = (state == master::STATE_PENDING_REMINDER).then_some(until);
        let next = if dice.chance(20) { json!([state, pending]) } else { json!([null, null]) };
        let (own, text) = (dice.id(), format!("words {}", dice.throw()));
        let agent = if dice.chance(80) { Some(*dice.one_of(&self.agents)) } else { None };
        Ok(match dice.below(32) {
            0 => (json!({ "type": "lock" }), None),
            1 => (json!({ "type": "unlock" }), None),
            2 => (json!({ "type": "take", "over": dice.chance(50) }), None),
            3 => (json!({ "type": "set_owner", "owner_id": agent }), None),
            4 | 5 => (json!({ "type": "set_state", "state_id": state, "pending_until": pending }), None),
            6 | 7 => (json!({ "type": "set_priority", "priority_id": dice.one_of(&priorities) }), None),
            8 | 9 => (json!({ "type": "move", "queue_id": dice.one_of(&queues) }), None),
            10 | 11 => (json!({ "type": "set_title", "title": format!("Printer {}", dice.below(5)) }), None),
            12 => (json!({ "type": "set_customer", "address": format!("customer-{}@customer.test", dice.below(3)), "name": "C" }), None),
            13..16 => (
                json!({ "type": "note", "article_id": own, "text": text, "visible": dice.chance(30), "state_id": next[0], "pending_until": next[1] }),
                Some(text),
            ),
            16 => (json!({ "type": "phone_call", "article_id": own, "direction": "inbound", "text": text }), Some(text)),
            17..22 => (
                json!({
                    "type": "reply", "article_id": own, "to": ["carla@customer.test"], "text": text, "state_id": next[0],
                    "pending_until": next[1], "delay_seconds": 0,
                }),
                Some(text),
            ),
            22 => match mine.get(dice.below(mine.len())) {
                Some(article) => (json!({ "type": *dice.one_of(&["cancel_send", "send_again"]), "article_id": article }), None),
                None => (json!({ "type": "lock" }), None),
            },
            23 => (json!({ "type": "link", "ticket_id": other }), None),
            24 => (json!({ "type": "unlink", "ticket_id": other }), None),
            25 => (json!({ "type": "junk" }), None),
            26 => (json!({ "type": *dice.one_of(&["watch", "unwatch"]) }), None),
            27 => (json!({ "type": "set_responsible", "agent_id": agent }), None),
            28 => (json!({ "type": *dice.one_of(&["take_along", "bring_back"]) }), None),
            29 => (json!({ "type": "merge", "into": other }), None),
            _ => (json!({ "type": "not_junk" }), None),
        })
    }

    /// The agent looks at what was refused or stayed a proposal.
    pub(super) async fn decide(&mut self, which: usize) -> Result<()> {
        let app = self.desktops[which].app.clone();
        for bundle in app.outbox_entries().await? {
            for entry in bundle.entries.iter().filter(|entry| ["refused", "proposed"].contains(&entry.state.as_str())) {
                self.told_truly(entry).await?;
                let how = *self.dice.one_of(&["discard", "mine", "note"]);
                // Whoever sees both and takes their own means to overwrite.
                self.fields.retain(|field| field.command != entry.id);
                match app.decide_entry(entry.id, how).await {
                    Ok(()) => self.tell("decided"),
                    Err(docket_app::Error::Invalid(_)) => app.decide_entry(entry.id, "discard").await?,
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(())
    }

    /// An administrator gives and takes rights.
    pub(super) async fn rights(&mut self) -> Result<()> {
        let admin = self.agents[0];
        let agent = *self.dice.one_of(&self.agents[1..]);
        let settings = self.server.settings();
        let record = settings.records.get(&(Kind::Agent, agent.0)).context("the agent is there")?.clone();
        let mut document = record.document.clone();
        let rights = |dice: &mut Dice| match dice.below(4) {
            0 => json!([]),
            1 => json!(["ro", "note"]),
            _ => json!(["rw"]),
        };
        document["grants"] = json!({});
        document["grants"][master::GROUP_USERS.to_string()] = if self.dice.chance(70) { json!(["rw"]) } else { rights(&mut self.dice) };
        document["grants"][GROUP_VIP.to_string()] = rights(&mut self.dice);
        self.trace(|| format!("{agent} may: {}", document["grants"]));
        self.server.save_record(admin, Kind::Agent, agent.0, SaveRecord { version: record.version, document }).await?;
        self.tell("rights");
        Ok(())
    }
}

/// The event that a command makes and the value in it, when it sets a field and nothing else.
fn field(body: &Value) -> Option<(&'static str, Value)> {
    match body["type"].as_str()? {
        "set_title" => Some(("titled", body["title"].clone())),
        "set_priority" => Some(("priority_set", body["priority_id"].clone())),
        "set_customer" => Some(("customer_changed", body["address"].clone())),
        "move" => Some(("moved", body["queue_id"].clone())),
        _ => None,
    }
}
