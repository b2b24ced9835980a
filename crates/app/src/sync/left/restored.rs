//! A ticket that a restored server does not know comes back as it was, as far as the server has what it names.

use docket_domain::{Delivery, master, unit::TicketUnit};
use docket_store::{article, ticket, unit};
use serde_json::Value;

use super::How;
use crate::{
    app::App,
    error::{Error, Result},
};

impl App {
    /// Puts a ticket back with its articles and its history. One that is there already stays as it is.
    pub(super) async fn restore_ticket(&self, unit: Value) -> Result<How> {
        let mut unit: TicketUnit = serde_json::from_value(unit)
            .map_err(|error| Error::Internal(anyhow::Error::from(error).context("reading a ticket that was left behind")))?;
        let id = unit.ticket.id;
        let mut work = self.work().await?;
        if ticket::find(&mut work.tx, id).await?.is_some() {
            return Ok(How { outcome: "known".into(), code: None, ticket: Some(id) });
        }
        let mut known = Vec::new();
        for article in &unit.articles {
            known.push(article::find(&mut work.tx, article.article.id).await?.is_some());
        }
        let mut known = known.into_iter();
        unit.articles.retain(|_| !known.next().unwrap_or(false));
        let settings = work.settings.clone();
        let ticket = &mut unit.ticket;
        if !settings.queues.contains_key(&ticket.queue) {
            ticket.queue = settings.mail_rules.postmaster_queue_id;
        }
        if !settings.states.contains_key(&ticket.state) {
            ticket.state = master::STATE_OPEN;
        }
        if !settings.priorities.contains_key(&ticket.priority) {
            ticket.priority = master::PRIORITY_NORMAL;
        }
        let works = |agent: &docket_domain::AgentId| settings.agents.get(agent).is_some_and(|agent| agent.valid);
        if !ticket.owner.as_ref().is_some_and(works) {
            (ticket.owner, ticket.locked, ticket.away) = (None, false, None);
        }
        ticket.responsible = ticket.responsible.filter(|agent| works(agent));
        ticket.watchers.retain(|agent| works(agent));
        if ticket::by_number(&mut work.tx, &ticket.number).await?.is_some() {
            ticket.number = work.next_number().await?;
        }
        // No job of this server sends them: what had not left is there to be had back.
        for article in &mut unit.articles {
            article.article.delivery = article.article.delivery.map(|delivery| match delivery {
                Delivery::Sent => Delivery::Sent,
                _ => Delivery::Cancelled,
            });
        }
        (unit.seq, unit.whole, unit.trouble) = (0, true, None);
        let seq = work.tx.next_seq();
        let placing = work.placing(&unit);
        unit::put(&mut work.tx, &[placing], seq).await?;
        for stored in unit.articles.iter().map(|unit| &unit.article) {
            if let Some(message_id) = &stored.message_id {
                article::refer(&mut work.tx, message_id, id, Some(stored.id), stored.author.is_some()).await?;
            }
        }
        let customer = unit.ticket.customer.clone();
        work.note_customer(&customer.address, &customer.name).await?;
        self.finish(work).await?;
        Ok(How { outcome: "restored".into(), code: None, ticket: Some(id) })
    }
}
