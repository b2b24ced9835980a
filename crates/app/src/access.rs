//! What an agent may read and do, asked by every use case; and why, for whoever wonders.

use docket_domain::{
    AgentId, ArticleId, QueueId, Settings, Ticket, TicketId,
    access::{self, FOLDER, Right, may_read},
};
use docket_store::{
    Tx,
    article::{self, Stored},
    ticket::{self, Sight},
};

use crate::{
    app::App,
    error::{Error, Result},
    submit::Work,
    wire::{AccessQuery, AccessView, GrantReason, RightView},
};

/// What lists, counts and searches of this agent are narrowed to; none: they may read every queue there is.
pub(crate) fn sight(settings: &Settings, me: AgentId) -> Option<Sight> {
    if me == FOLDER {
        return None;
    }
    if !settings.agents.get(&me).is_some_and(|agent| agent.valid) {
        return Some(Sight::default());
    }
    let queues: Vec<_> = access::readable(settings, me).into_iter().map(|queue| queue.0).collect();
    (queues.len() < settings.queues.len()).then_some(Sight { agent: Some(me.0), queues })
}

/// A ticket that this agent may read; any other does not exist for them.
pub(crate) async fn readable(tx: &mut Tx, settings: &Settings, me: AgentId, id: TicketId) -> Result<Ticket> {
    let found = ticket::find(tx, id).await?.filter(|ticket| may_read(settings, me, ticket));
    found.ok_or(Error::NotFound("ticket"))
}

/// An article of a ticket that this agent may read.
pub(crate) async fn readable_article(tx: &mut Tx, settings: &Settings, me: AgentId, id: ArticleId) -> Result<Stored> {
    let stored = article::find(tx, id).await?.ok_or(Error::NotFound("article"))?;
    readable(tx, settings, me, stored.article.ticket).await.map_err(|error| match error {
        Error::NotFound(_) => Error::NotFound("article"),
        other => other,
    })?;
    Ok(stored)
}

impl Work {
    /// A ticket that this agent may read, inside the transaction.
    pub(crate) async fn readable(&mut self, me: AgentId, id: TicketId) -> Result<Ticket> {
        readable(&mut self.tx, &self.settings, me, id).await
    }
}

impl App {
    /// What an agent may do in a queue or on a ticket, and why. Everybody may ask about themselves, administrators about all.
    pub async fn access(&self, me: AgentId, query: AccessQuery) -> Result<AccessView> {
        let agent = query.agent.unwrap_or(me);
        if agent != me && me != FOLDER {
            self.need_admin(me)?;
        }
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        if !settings.agents.contains_key(&agent) {
            return Err(Error::NotFound("agent"));
        }
        let ticket = match query.ticket {
            Some(id) => Some(readable(&mut tx, &settings, me, id).await?),
            None => None,
        };
        let queue = ticket.as_ref().map(|ticket| ticket.queue).or(query.queue);
        let queue = queue.ok_or_else(|| Error::invalid("queue", "name a queue or a ticket"))?;
        explain(&settings, agent, queue, ticket.as_ref())
    }
}

fn explain(settings: &Settings, agent: AgentId, queue: QueueId, ticket: Option<&Ticket>) -> Result<AccessView> {
    let group = settings.queues.get(&queue).map(|queue| queue.group_id).ok_or(Error::NotFound("queue"))?;
    let known = settings.agents.get(&agent);
    let enabled = known.is_some_and(|agent| agent.valid);
    let may = match ticket {
        Some(ticket) => access::on_ticket(settings, agent, ticket),
        None => access::in_queue(settings, agent, queue),
    };
    let given = access::reasons(settings, agent, queue);
    let mut personal = Vec::new();
    if let Some(ticket) = ticket.filter(|_| enabled) {
        let owns = (ticket.owner == Some(agent), Right::Rw, "owner");
        let answers = (ticket.responsible == Some(agent), Right::Rw, "responsible");
        let watches = (ticket.watchers.contains(&agent), Right::Ro, "watcher");
        personal.extend([owns, answers, watches].into_iter().filter(|(is_it, ..)| *is_it).map(|(_, right, kind)| (right, kind)));
    }
    let rights = Right::ALL.into_iter().map(|right| {
        let gives = |given: Right| given == right || given == Right::Rw;
        let mut reasons: Vec<GrantReason> = personal
            .iter()
            .filter(|(given, _)| gives(*given))
            .map(|(given, kind)| GrantReason { kind: (*kind).to_owned(), by: *given, group_id: None, role_id: None })
            .collect();
        reasons.extend(given.iter().filter(|reason| gives(reason.right)).map(|reason| GrantReason {
            kind: if reason.role.is_some() { "role" } else { "agent" }.to_owned(),
            by: reason.right,
            group_id: Some(reason.group),
            role_id: reason.role,
        }));
        RightView { right, granted: may.has(right), reasons }
    });
    let mut obstacles = Vec::new();
    if !enabled {
        obstacles.push("agent_disabled".to_owned());
    }
    if settings.groups.get(&group).is_some_and(|group| !group.valid) {
        obstacles.push("group_invalid".to_owned());
    }
    let role_off = |id| settings.roles.get(id).is_some_and(|role| !role.valid && role.grants.contains_key(&group));
    if known.is_some_and(|agent| agent.roles.iter().any(role_off)) {
        obstacles.push("role_invalid".to_owned());
    }
    if obstacles.is_empty() && given.is_empty() {
        obstacles.push("no_grant".to_owned());
    }
    Ok(AccessView {
        agent_id: agent,
        queue_id: queue,
        group_id: group,
        ticket_id: ticket.map(|ticket| ticket.id),
        rights: rights.collect(),
        obstacles,
    })
}
