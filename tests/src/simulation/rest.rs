//! Everybody comes to rest: what is still under way arrives, and each agent decides what waits for them.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use docket_app::wire::SubmitCommand;
use docket_domain::{AgentId, CommandId, TicketId, unit::TicketUnit};
use serde_json::json;

use super::World;

impl World {
    /// Everybody is online and nobody does anything more.
    pub(super) async fn quiet(&mut self) -> Result<()> {
        for _ in 0..20 {
            let mut moved = false;
            for which in 0..self.desktops.len() {
                self.desktops[which].line.bad(false);
                for _ in 0..200 {
                    let (app, line) = (&self.desktops[which].app, &self.desktops[which].line);
                    let pulled = app.pull(line).await?;
                    let filled = app.first_step(line).await?;
                    let pushed = app.push_outbox(line).await?;
                    let told = app.push_personal(line).await?;
                    self.trace(|| format!("quiet {which} {pulled:?} {filled} {pushed:?} {told}"));
                    if which == 1 {
                        self.look(which).await?;
                    }
                    moved |= pulled.tickets > 0 || pushed.answered > 0 || told;
                    if !pulled.more && !filled && !pushed.more && pushed.answered == 0 && pulled.tickets == 0 && !told {
                        break;
                    }
                }
                let app = self.desktops[which].app.clone();
                for bundle in app.outbox_entries().await? {
                    for entry in bundle.entries {
                        match entry.state.as_str() {
                            "refused" | "proposed" => {
                                self.told_truly(&entry).await?;
                                self.fields.retain(|field| field.command != entry.id);
                                app.decide_entry(entry.id, "discard").await?;
                                moved = true;
                            }
                            "discarded" => {}
                            // A mail that is held stands in the way of what changes or sends: its author looks at it.
                            _ => moved |= self.release(which, bundle.ticket_id).await?,
                        }
                    }
                }
            }
            moved |= self.server.send_due().await? > 0;
            if !moved {
                return Ok(());
            }
        }
        bail!("the desks do not come to rest")
    }

    /// Gives up the held mails of a ticket.
    async fn release(&mut self, which: usize, ticket: TicketId) -> Result<bool> {
        let (app, agent) = (self.desktops[which].app.clone(), self.desktops[which].agent);
        let Ok(view) = app.ticket(agent, ticket).await else { return Ok(false) };
        let mut any = false;
        for article in view.articles {
            let held = article.delivery.is_some_and(|delivery| delivery.state == docket_domain::Delivery::Held);
            if held && article.author.is_some_and(|author| author.id == agent) {
                let body = serde_json::from_value(json!({ "type": "discard_send", "article_id": article.id }))?;
                any |= app.command(agent, ticket, SubmitCommand { id: CommandId(self.dice.id()), body }).await.is_ok();
            }
        }
        Ok(any)
    }

    /// What a first sync gives an agent.
    pub(super) async fn units(&self, agent: AgentId) -> Result<Vec<TicketUnit>> {
        let mut input = docket_app::wire::sync::FirstInput::default();
        let mut all = Vec::new();
        loop {
            let page = self.server.first_page(agent, input).await?;
            all.extend(page.tickets);
            match page.next {
                Some(after) => input = docket_app::wire::sync::FirstInput { after, ..Default::default() },
                None => return Ok(all),
            }
        }
    }

    pub(super) async fn fed(&self, agent: AgentId) -> Result<BTreeSet<TicketId>> {
        Ok(self.units(agent).await?.into_iter().map(|unit| unit.ticket.id).collect())
    }

    /// What the server says may be seen by an agent.
    pub(super) async fn visible(&self, agent: AgentId) -> Result<BTreeSet<TicketId>> {
        Ok(self.tickets(&self.server, agent).await?.into_iter().map(|(id, _)| id).collect())
    }
}
