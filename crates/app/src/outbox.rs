//! What waits to leave, what needs a decision, and whose.

use docket_domain::{AgentId, Article, ArticleId, Delivery, QueueId, Settings, Ticket, TicketId, access, access::Right};
use docket_store::{
    article::{self, Stored},
    job,
    ticket::{self, Trouble},
};

use crate::{
    app::App,
    error::{Error, Result},
    replica::Asked,
    wire::{AuthorView, OutboxView, written},
};

/// A mail that waits for a decision: who wrote it, and who has the ticket.
#[derive(Clone, Copy)]
pub(crate) struct Mail {
    author: Option<AgentId>,
    queue: QueueId,
    owner: Option<AgentId>,
    responsible: Option<AgentId>,
}

impl From<&Trouble> for Mail {
    fn from(trouble: &Trouble) -> Self {
        Self {
            author: trouble.author_id.map(AgentId),
            queue: QueueId(trouble.queue_id),
            owner: trouble.owner_id.map(AgentId),
            responsible: trouble.responsible_id.map(AgentId),
        }
    }
}

impl Mail {
    fn of(ticket: &Ticket, article: &Article) -> Self {
        Self { author: article.author, queue: ticket.queue, owner: ticket.owner, responsible: ticket.responsible }
    }

    /// May this agent decide: send it again, take it back?
    fn can_be_decided_by(&self, settings: &Settings, agent: AgentId) -> bool {
        let works = settings.agents.get(&agent).is_some_and(|agent| agent.valid);
        let theirs = self.owner == Some(agent) || self.responsible == Some(agent);
        works && (theirs || access::in_queue(settings, agent, self.queue).has(Right::Rw))
    }
}

/// Does it need this agent? Their own mail does; so does one whose author is gone or may no longer touch the ticket, and an
/// automatic one, for everybody who could care for it.
pub(crate) fn concern(settings: &Settings, me: AgentId, mail: &Mail) -> bool {
    let cared_for = mail.author.is_some_and(|author| author != me && mail.can_be_decided_by(settings, author));
    !cared_for && mail.can_be_decided_by(settings, me)
}

impl App {
    /// What waits to leave, and what needs a decision, on the tickets that this agent may read.
    pub async fn outbox(&self, me: AgentId) -> Result<Vec<OutboxView>> {
        if self.connected().is_some() {
            return self.outbox_there(me).await;
        }
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let mut views = Vec::new();
        for state in ["held", "failed", "perhaps", "started", "claimed", "waiting"] {
            for job in job::in_state(&mut tx, state).await? {
                if job.kind == "auto_mail" && state == "failed" {
                    continue;
                }
                let ticket = ticket::find(&mut tx, TicketId(job.ticket_id)).await?;
                let Some(ticket) = ticket.filter(|ticket| access::may_read(&settings, me, ticket)) else { continue };
                let Some(stored) = article::find(&mut tx, ArticleId(job.article_id)).await? else { continue };
                let decide = ["held", "failed", "perhaps"].contains(&state);
                let view = view(&settings, me, ticket, stored, decide);
                let last_error = view.last_error.or(job.error);
                views.push(OutboxView { job_id: job.id, due_at: job.due_at, attempts: job.attempts, last_error, ..view });
            }
        }
        Ok(views)
    }

    /// A connected desk asks its server, which sends; without the network it shows how the mails stood when it last heard of them.
    async fn outbox_there(&self, me: AgentId) -> Result<Vec<OutboxView>> {
        if self.0.contact.borrow().online {
            let asked = Asked { method: "GET", path: "/api/v1/outbox".into(), content_type: None, body: Vec::new() };
            match self.relay(asked).await {
                Ok(answer) if answer.status == 200 => match serde_json::from_slice(&answer.body) {
                    Ok(views) => return Ok(views),
                    Err(error) => tracing::debug!(%error, "the server's outbox cannot be read"),
                },
                Ok(answer) => tracing::debug!(answer.status, "the server does not tell its outbox"),
                Err(Error::Unavailable { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let mut views = Vec::new();
        for stored in article::on_their_way(&mut tx).await? {
            let ticket = ticket::find(&mut tx, stored.article.ticket).await?;
            let Some(ticket) = ticket.filter(|ticket| access::may_read(&settings, me, ticket)) else { continue };
            let decide = matches!(stored.article.delivery, Some(Delivery::Held | Delivery::Failed | Delivery::PerhapsSent));
            views.push(view(&settings, me, ticket, stored, decide));
        }
        Ok(views)
    }
}

/// A mail as its article tells it.
fn view(settings: &Settings, me: AgentId, ticket: Ticket, stored: Stored, decide: bool) -> OutboxView {
    OutboxView {
        job_id: stored.article.id.0,
        needs_you: decide && concern(settings, me, &Mail::of(&ticket, &stored.article)),
        ticket_id: ticket.id,
        number: ticket.number,
        article_id: stored.article.id,
        to: written(&stored.article.to).join(", "),
        subject: stored.article.subject,
        state: stored.article.delivery.unwrap_or(Delivery::Waiting),
        due_at: stored.article.created_at,
        attempts: 0,
        last_error: stored.delivery_error,
        author: stored.article.author.map(|id| AuthorView { id, name: settings.agent_name(id).to_owned() }),
    }
}
