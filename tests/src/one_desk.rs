//! Random histories on one desk in this process, from printed seeds.
//!
//! Mails come, agents do whatever comes to their mind, commands arrive twice. After each history every ticket must be what
//! its events say, the counts of the rail must be what a walk through the lists finds, and a command that was repeated must
//! have changed nothing.

use anyhow::{Context, Result, ensure};
use docket_app::{
    App, Hold, HostKind, Options, new_id,
    wire::{CommandBody, ListQuery, NewTicket, SaveRecord, SubmitCommand},
};
use docket_domain::{AgentId, CommandId, TicketId, master, settings::Kind};
use serde_json::{Value, json};

use crate::dice::Dice;

/// One desk and who works on it.
struct Desk {
    app: App,
    agents: Vec<AgentId>,
    tickets: Vec<TicketId>,
    mails: usize,
    refused: usize,
}

/// One history from its seed; says what happened in it.
///
/// # Errors
/// The first thing that did not hold.
pub async fn history(seed: u64, steps: usize) -> Result<String> {
    let mut dice = Dice::new(seed);
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("desk");
    let options = Options { data, database: None, hold: Hold::Holder("simulate".into()), host: HostKind::Server, key_file: None };
    let mut desk = Desk::open(options).await?;
    for step in 0..steps {
        desk.step(&mut dice).await.with_context(|| format!("step {step}"))?;
        if step % 100 == 99 || step + 1 == steps {
            desk.verify().await.with_context(|| format!("after step {step}"))?;
        }
    }
    let told = format!("{steps} steps, {} tickets, {} mails, {} refusals", desk.tickets.len(), desk.mails, desk.refused);
    desk.app.close().await;
    Ok(told)
}

impl Desk {
    async fn open(options: Options) -> Result<Self> {
        let app = App::open(options).await?;
        let mut agents = Vec::new();
        for name in ["ana", "ben", "cem"] {
            agents.push(app.add_agent(name, name, &format!("{name}@desk.test"), name == "ana", None).await?);
        }
        let address = json!({ "name": "Support", "email": "support@desk.test", "queue_id": master::QUEUE_FIRST, "valid": true });
        app.save_record(agents[0], Kind::Address, new_id(), SaveRecord { version: 0, document: address }).await?;
        Ok(Self { app, agents, tickets: Vec::new(), mails: 0, refused: 0 })
    }

    async fn step(&mut self, dice: &mut Dice) -> Result<()> {
        match dice.below(100) {
            0..15 => self.mail(dice).await,
            15..25 => self.open_ticket(dice).await,
            _ if self.tickets.is_empty() => Ok(()),
            _ => self.command(dice).await,
        }
    }

    /// A mail comes: new, an answer to an earlier one, one with a number it has no part in, or one that came before.
    async fn mail(&mut self, dice: &mut Dice) -> Result<()> {
        let number = if dice.chance(10) && self.mails > 0 { dice.below(self.mails) } else { self.mails };
        self.mails = self.mails.max(number + 1);
        let thread = match dice.below(self.mails) {
            earlier if dice.chance(40) && earlier < number => format!("References: <mail-{earlier}@customer.test>\r\n"),
            _ => String::new(),
        };
        let named = if dice.chance(10) { "[Ticket#2026010110000018] " } else { "" };
        let customer = dice.below(20);
        let raw = format!(
            "From: Customer <customer-{customer}@customer.test>\r\nTo: support@desk.test\r\nSubject: {named}Printer\r\nMessage-ID: \
             <mail-{number}@customer.test>\r\n{thread}\r\nIt is on fire.\r\n"
        );
        let outcome = self.app.ingest(raw.into_bytes()).await?;
        ensure!(outcome.outcome != "quarantined", "{outcome:?}");
        if let Some(ticket) = outcome.ticket {
            let id = self.app.ticket_id(docket_domain::access::FOLDER, &ticket).await?;
            if !self.tickets.contains(&id) {
                self.tickets.push(id);
            }
        }
        Ok(())
    }

    async fn open_ticket(&mut self, dice: &mut Dice) -> Result<()> {
        let (id, agent) = (dice.id(), *dice.one_of(&self.agents));
        let channel = *dice.one_of(&["phone", "internal", "email"]);
        let new = json!({
            "id": id, "article_id": dice.id(), "title": "Printer", "channel": channel, "text": "It is on fire.", "lock": dice.chance(30),
            "customer": { "address": format!("customer-{}@customer.test", dice.below(20)), "name": "Customer" }, "send": {},
        });
        let new: NewTicket = serde_json::from_value(new)?;
        self.app.new_ticket(agent, new).await?;
        self.tickets.push(id.into());
        Ok(())
    }

    /// An agent does something; now and then the command arrives a second time.
    async fn command(&mut self, dice: &mut Dice) -> Result<()> {
        let (ticket, agent) = (*dice.one_of(&self.tickets), *dice.one_of(&self.agents));
        let body = self.body(ticket, agent, dice).await?;
        let id = CommandId(dice.id());
        let command = |body: &Value| {
            Ok::<_, anyhow::Error>(SubmitCommand {
                id,
                body: serde_json::from_value::<CommandBody>(body.clone()).context(body.to_string())?,
            })
        };
        match self.app.command(agent, ticket, command(&body)?).await {
            Ok(outcome) => {
                if dice.chance(20) && outcome.outcome == "applied" {
                    let again = self.app.command(agent, ticket, command(&body)?).await;
                    let seq = self.app.ticket(agent, ticket).await?.row.seq;
                    ensure!(seq == outcome.seq, "{body} arrived twice and changed the ticket twice: {again:?}");
                }
            }
            Err(docket_app::Error::Internal(error)) => return Err(error.context(body.to_string())),
            Err(_) => self.refused += 1,
        }
        Ok(())
    }

    async fn body(&self, ticket: TicketId, agent: AgentId, dice: &mut Dice) -> Result<Value> {
        let settings = self.app.settings();
        let states: Vec<_> = settings.states.keys().copied().collect();
        let queues: Vec<_> = settings.queues.keys().copied().collect();
        let priorities: Vec<_> = settings.priorities.keys().copied().collect();
        let view = self.app.ticket(agent, ticket).await?;
        let article = view.articles.get(dice.below(view.articles.len())).map(|article| article.id);
        let until = self.app.now() + i64::try_from(dice.below(1_000_000))? - 10_000;
        let (other, own) = (*dice.one_of(&self.tickets), dice.id());
        Ok(match dice.below(22) {
            0 => json!({ "type": "lock" }),
            1 => json!({ "type": "unlock" }),
            2 => json!({ "type": "take", "over": dice.chance(50) }),
            3 => json!({ "type": "set_owner", "owner_id": if dice.chance(70) { Some(dice.one_of(&self.agents)) } else { None } }),
            4 | 5 => {
                json!({ "type": "set_state", "state_id": dice.one_of(&states), "pending_until": if dice.chance(60) { Some(until) } else { None } })
            }
            6 => json!({ "type": "set_priority", "priority_id": dice.one_of(&priorities) }),
            7 => json!({ "type": "move", "queue_id": dice.one_of(&queues) }),
            8 => json!({ "type": "set_title", "title": format!("Printer {}", dice.below(5)) }),
            9 => json!({ "type": "set_customer", "address": format!("customer-{}@customer.test", dice.below(20)), "name": "Customer" }),
            10 | 11 => json!({ "type": "note", "article_id": own, "text": "Called back.", "visible": dice.chance(30) }),
            12 => {
                json!({ "type": "phone_call", "article_id": own, "direction": *dice.one_of(&["inbound", "outbound"]), "text": "She called." })
            }
            13..16 => {
                json!({ "type": "reply", "article_id": own, "to": ["carla@customer.test"], "text": "Water?", "state_id": dice.one_of(&states) })
            }
            16 => json!({ "type": "cancel_send", "article_id": article }),
            17 => json!({ "type": "send_now", "article_id": article }),
            18 => json!({ "type": "junk", "block_sender": dice.chance(10) }),
            19 => json!({ "type": "not_junk" }),
            20 => json!({ "type": "link", "ticket_id": other }),
            _ => json!({ "type": "unlink", "ticket_id": other }),
        })
    }

    /// Every ticket is what its history says, and the counts are what a walk through the lists finds.
    async fn verify(&self) -> Result<()> {
        let faults = self.app.check().await?;
        ensure!(faults.is_empty(), "{faults:?}");
        for agent in &self.agents {
            let views = self.app.counts(*agent).await?.views;
            let known = [
                ("mine", views.mine),
                ("unassigned", views.unassigned),
                ("reminders", views.reminders),
                ("locked", views.locked),
                ("open", views.all_open),
            ];
            for (view, count) in known {
                // Waiting for an end by itself is mine, but in no queue's list.
                let (walked, total) = self.walk(*agent, view).await?;
                ensure!(walked == total, "the list {view} says {total} and has {walked}");
                ensure!(walked == count, "the rail says {count} in {view}, the list has {walked}");
            }
        }
        for view in ["closed", "junk"] {
            let (walked, total) = self.walk(self.agents[0], view).await?;
            ensure!(walked == total, "the list {view} says {total} and has {walked}");
        }
        let (all, _) = self.walk(self.agents[0], "all").await?;
        ensure!(all == i64::try_from(self.tickets.len())?, "{all} tickets of {}", self.tickets.len());
        Ok(())
    }

    /// How many rows a list has, page by page, and how many it says.
    async fn walk(&self, agent: AgentId, view: &str) -> Result<(i64, i64)> {
        let (mut after, mut rows) = (None, std::collections::BTreeSet::new());
        loop {
            let query = ListQuery { view: Some(view.into()), limit: Some(7), after, ..ListQuery::default() };
            let page = self.app.list(agent, query).await?;
            let count = rows.len() + page.rows.len();
            rows.extend(page.rows.into_iter().map(|row| row.id));
            ensure!(rows.len() == count, "the list {view} shows a ticket twice");
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok((i64::try_from(rows.len())?, page.total)),
            }
        }
    }
}
