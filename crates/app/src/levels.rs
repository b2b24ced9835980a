//! Levels of promises: when the moment of one comes, the ticket's history says so and what the level does happens, once.

use std::{collections::BTreeSet, time::Duration};

use docket_domain::{
    Actor, Address, AgentId, Body, CommandId, Envelope, QueueId, Settings, Ticket, TicketId,
    access::{self, Right},
    clock::Measure,
    deadline::{self, Next, Step},
    number,
    settings::{LevelAction, Recipient, When},
};
use docket_store::{
    job::{self, Job},
    personal,
    ticket::{self, DueColumns},
};

use crate::{
    app::{App, Notice},
    auto_reply::message_id,
    clock::new_id,
    error::Result,
    level_jobs::{Call, LEVEL_MAIL, LevelMail, WEBHOOK},
    submit::Work,
    team::TIMERS,
};

/// Tickets that one transaction takes.
const GROUP: i64 = 100;
/// A level is noticed this much later at most, whatever was saved meanwhile (ms).
const LOOK: i64 = 500;

impl App {
    /// Reaches levels when their moment comes; of several servers one does.
    pub(crate) async fn level_loop(self) {
        while !self.stopping() {
            let leads = self.leads(TIMERS) && self.connected().is_none();
            let wait = if leads { self.reach_levels().await } else { Ok(LOOK) };
            let wait = wait.unwrap_or_else(|error| {
                tracing::error!(?error, "looking for levels failed");
                LOOK
            });
            let wait = if self.0.clock.moves() { wait.min(50) } else { wait };
            tokio::time::sleep(Duration::from_millis(u64::try_from(wait).unwrap_or(0))).await;
        }
    }

    /// Reaches the levels whose moment has come; gives how long nothing else is to be done (ms).
    async fn reach_levels(&self) -> Result<i64> {
        let mut tx = self.0.db.read().await?;
        let due = ticket::levels_due(&mut tx, self.now(), GROUP).await?;
        if due.is_empty() {
            let next = ticket::next_level(&mut tx).await?;
            return Ok(next.map_or(LOOK, |at| (at - self.now()).clamp(1, LOOK)));
        }
        drop(tx);
        let mut work = self.work().await?;
        for id in due {
            work.escalate(id).await?;
        }
        self.finish(work).await?;
        Ok(0)
    }

    /// Reaches every level whose moment has come; for who steps through time.
    pub async fn reach_all_levels(&self) -> Result<()> {
        while self.reach_levels().await? == 0 {}
        Ok(())
    }
}

impl Work {
    /// Reaches the levels of a ticket whose moment has come.
    async fn escalate(&mut self, id: TicketId) -> Result<()> {
        let Some(ticket) = ticket::find(&mut self.tx, id).await? else { return Ok(()) };
        let settings = self.settings.clone();
        let deadlines = deadline::deadlines(&ticket, &settings);
        let mut moved = false;
        for (measure, number, when) in deadlines.due_levels(self.now) {
            let step = deadlines.reached(measure, when, self.now).copied();
            let body = Body::Escalate { measure, number, step: when };
            let done = self.carry_out_own(&Envelope::ticket(CommandId(new_id()), id, Actor::System, body)).await?;
            if let Some(step) = step.filter(|_| done.events > 0) {
                moved = true;
                self.tell_of_level(&done.ticket, &step).await?;
            }
        }
        if moved { Ok(()) } else { self.mend_index(&ticket, deadlines.next()).await }
    }

    /// What stood beside the ticket said that a level is due, and none is: settings have changed since.
    async fn mend_index(&mut self, ticket: &Ticket, next: Next) -> Result<()> {
        let Some(seq) = ticket::seq(&mut self.tx, ticket.id).await? else { return Ok(()) };
        let level_at = next.level_at.map(|at| at.max(self.now + 1_000));
        let due = DueColumns::from(Next { level_at, ..next });
        ticket::set_due(&mut self.tx, &[(ticket.id, seq, due)]).await?;
        Ok(())
    }

    /// What a level does beside the ticket: who is told, written to or called.
    async fn tell_of_level(&mut self, ticket: &Ticket, step: &Step<'_>) -> Result<()> {
        self.notices.extend(told_by(&self.settings, ticket, step));
        let Some(level) = step.level else { return Ok(()) };
        let told = told(&self.settings, ticket, &level.to);
        for action in &level.actions {
            match action {
                LevelAction::Mail => self.write_to(ticket, step.measure, step.when, &told).await?,
                LevelAction::Webhook { url } => self.call(ticket, step.measure, step.when, url).await?,
                // Screens were told above, and the ticket's own changes came with the command.
                LevelAction::Notify
                | LevelAction::RaisePriority
                | LevelAction::SetPriority { .. }
                | LevelAction::Move { .. }
                | LevelAction::Assign { .. } => {}
            }
        }
        Ok(())
    }

    /// One mail for each, so that a wrong address keeps nobody else from theirs. Nobody gets more of them a day than automatic answers,
    /// and the desk does not write to itself.
    async fn write_to(&mut self, ticket: &Ticket, measure: Measure, when: When, told: &Told) -> Result<()> {
        let settings = self.settings.clone();
        let Some((from, sender)) = settings.sender_of(ticket.queue) else { return Ok(()) };
        let day = number::day(self.now, &settings.desk.time_zone);
        let (subject, text) = words(&settings, ticket, measure, when);
        for to in self.addresses(told, ticket).await? {
            let over = job::count_auto(&mut self.tx, &to.to_lowercase(), &day).await? > i64::from(settings.mail_rules.auto_per_day);
            if over || settings.own_address(&to).is_some() {
                continue;
            }
            let message_id = message_id(&settings, &sender.email);
            let mail = LevelMail { from, to, subject: subject.clone(), text: text.clone(), message_id, written_at: self.now };
            self.leave(ticket, LEVEL_MAIL, &serde_json::to_string(&mail).map_err(anyhow::Error::from)?).await?;
        }
        Ok(())
    }

    /// The mail addresses of who is told: of agents who may read the ticket, and of the others. A queue's are those of the agents who
    /// chose it, or no queue at all.
    async fn addresses(&mut self, told: &Told, ticket: &Ticket) -> Result<BTreeSet<String>> {
        let settings = self.settings.clone();
        let mut agents = told.agents.clone();
        if let Some(queue) = told.queue {
            for id in settings.agents.keys().filter(|id| access::in_queue(&settings, **id, queue).has(Right::Ro)) {
                let chosen = personal::find(&mut self.tx, *id, "view", "my_queues").await?;
                let chosen: Vec<QueueId> = chosen.and_then(|found| serde_json::from_str(&found.document).ok()).unwrap_or_default();
                if chosen.is_empty() || chosen.contains(&queue) {
                    agents.insert(*id);
                }
            }
        }
        let reads = agents.into_iter().filter(|id| access::may_read(&settings, *id, ticket));
        let mails = reads.filter_map(|id| settings.agents.get(&id)).map(|agent| agent.email.clone());
        Ok(mails.chain(told.others.iter().cloned()).filter(|address| Address::parse(address).is_some()).collect())
    }

    async fn call(&mut self, ticket: &Ticket, measure: Measure, when: When, url: &str) -> Result<()> {
        let body = serde_json::json!({
            "event": if when.is_late() { "escalation" } else { "escalation_warning" },
            "measure": measure, "at": when, "now": self.now,
            "ticket": { "id": ticket.id, "number": ticket.number, "title": ticket.title, "queue_id": ticket.queue,
                "queue": self.settings.queues.get(&ticket.queue).map(|queue| &queue.name),
                "priority": self.settings.priorities.get(&ticket.priority).map(|priority| &priority.name),
                "state": self.settings.states.get(&ticket.state).map(|state| &state.name),
                "owner": ticket.owner.map(|owner| self.settings.agent_name(owner).to_owned()) },
        });
        let call = Call { url: url.to_owned(), body, asked_at: self.now };
        self.leave(ticket, WEBHOOK, &serde_json::to_string(&call).map_err(anyhow::Error::from)?).await
    }

    async fn leave(&mut self, ticket: &Ticket, kind: &str, body: &str) -> Result<()> {
        let id = new_id();
        let job = Job {
            id,
            kind: kind.into(),
            ticket_id: ticket.id.0,
            // It is no article's.
            article_id: id,
            state: "waiting".into(),
            due_at: self.now,
            attempts: 0,
            body: body.to_owned(),
            error: None,
            holder: None,
            changed_at: self.now,
        };
        job::insert(&mut self.tx, &job).await?;
        self.mail_is_due();
        Ok(())
    }
}

/// Who is told of something on a ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    pub agents: BTreeSet<AgentId>,
    /// Whoever looks after this queue.
    pub queue: Option<QueueId>,
    /// Others, by mail alone.
    pub others: BTreeSet<String>,
}

/// Who these recipients are on a ticket.
pub(crate) fn told(settings: &Settings, ticket: &Ticket, to: &[Recipient]) -> Told {
    let mut told = Told::default();
    for recipient in to {
        match recipient {
            Recipient::Owner => told.agents.extend(ticket.owner),
            Recipient::Responsible => told.agents.extend(ticket.responsible),
            Recipient::Watchers => told.agents.extend(&ticket.watchers),
            Recipient::Queue => told.queue = Some(ticket.queue),
            Recipient::Group { group_id } => {
                let of_group = settings.agents.iter().filter(|(_, agent)| {
                    let by_role = agent.roles.iter().filter_map(|role| settings.roles.get(role)).filter(|role| role.valid);
                    agent.grants.contains_key(group_id) || by_role.into_iter().any(|role| role.grants.contains_key(group_id))
                });
                told.agents.extend(of_group.map(|(id, _)| *id));
            }
            Recipient::Agent { agent_id } => told.agents.extend([*agent_id]),
            Recipient::Address { address } => drop(told.others.insert(address.clone())),
        }
    }
    told.agents.retain(|id| settings.agents.get(id).is_some_and(|agent| agent.valid));
    told
}

/// What a level tells on screens; none: it tells nobody there.
pub(crate) fn told_by(settings: &Settings, ticket: &Ticket, step: &Step) -> Option<Notice> {
    let code = if step.when.is_late() { "escalation" } else { "escalation_warning" };
    let notice = match step.level {
        None => notice(code, ticket, None),
        Some(level) if level.actions.contains(&LevelAction::Notify) => notice(code, ticket, Some(&told(settings, ticket, &level.to))),
        Some(_) => return None,
    };
    Some(Notice { due_at: step.at, ..notice })
}

/// A notice about a ticket's promise: for these, or else for those who have to do with it.
pub(crate) fn notice(code: &'static str, ticket: &Ticket, told: Option<&Told>) -> Notice {
    let base = Notice { title: ticket.number.clone(), text: ticket.title.clone(), ..Notice::of(code, ticket) };
    match told {
        Some(told) => Notice { queue: told.queue, agents: told.agents.iter().copied().collect(), ..base },
        None => base,
    }
}

/// What a mail about a promise says.
fn words(settings: &Settings, ticket: &Ticket, measure: Measure, when: When) -> (String, String) {
    let german = settings.desk.language == "de";
    let what = match (measure, german) {
        (Measure::FirstResponse, false) => "first response",
        (Measure::Update, false) => "update",
        (Measure::Solution, false) => "solution",
        (Measure::FirstResponse, true) => "Erste Antwort",
        (Measure::Update, true) => "Aktualisierung",
        (Measure::Solution, true) => "Lösung",
    };
    let how = match (when.is_late(), german) {
        (true, false) => "overdue",
        (false, false) => "due soon",
        (true, true) => "überfällig",
        (false, true) => "bald fällig",
    };
    let queue = settings.queues.get(&ticket.queue).map_or("", |queue| &queue.name);
    let owner = ticket.owner.map_or("", |owner| settings.agent_name(owner));
    let due = deadline::next(ticket, settings).due.and_then(|due| due.at).map(|at| show(settings, at)).unwrap_or_default();
    let (queue_word, owner_word, due_word) = if german { ("Queue", "Besitzer", "Fällig") } else { ("Queue", "Owner", "Due") };
    // No number in the form that opens a ticket: an answer to this mail is none to the customer.
    let subject = format!("Ticket {}: {what} {how}: {}", ticket.number, ticket.title);
    let text = format!(
        "{}\n{}\n\n{what}: {how}\n{due_word}: {due}\n{queue_word}: {queue}\n{owner_word}: {owner}\n\n{}",
        ticket.number, ticket.title, settings.desk.name
    );
    (subject.replace(['\r', '\n'], " "), text)
}

fn show(settings: &Settings, at: i64) -> String {
    docket_domain::calendar::show_instant(at, settings.working_time(None))
}

/// Is it a job that a level left? It belongs to no article.
pub(crate) fn is_level_job(kind: &str) -> bool {
    kind == LEVEL_MAIL || kind == WEBHOOK
}
