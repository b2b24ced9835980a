//! Merging: one ticket goes into another, in one transaction; and the way from a merged ticket to where it is now.

use docket_domain::{
    Actor, AgentId, Body, Envelope, Next, Refusal, Settings, Ticket, TicketId,
    access::{self, Right},
    decide::{Context, decide},
    merge::destination,
};
use docket_store::{
    Tx,
    job::{self, Change},
    merge, personal, ticket,
};
use serde_json::{Value, json};

use crate::{
    app::App,
    error::{Error, Result},
    submit::{Done, MailJob, Work},
    wire::{MergePreview, MergeWarning},
};

/// A ticket and, in order, what it was merged into, as far as this desk has it: on a replica it may have gone where its agent does
/// not see it.
async fn chain(tx: &mut Tx, named: Ticket) -> Result<Vec<Ticket>> {
    let mut chain = vec![named];
    while let Some(next) = chain.last().and_then(|last| last.merged_into) {
        // A cycle is refused when it would begin; should one be there all the same, it ends here.
        if chain.iter().any(|known| known.id == next) {
            break;
        }
        match ticket::find(tx, next).await? {
            Some(next) => chain.push(next),
            None => break,
        }
    }
    Ok(chain)
}

/// Where a ticket is now: itself, or the end of its merges.
async fn end(tx: &mut Tx, ticket: Ticket) -> Result<Ticket> {
    let mut chain = chain(tx, ticket.clone()).await?;
    Ok(chain.pop().unwrap_or(ticket))
}

/// Where a merged ticket has gone, for an agent: along the tickets that this one may read. What lies behind the first that is out
/// of sight is not told, neither here nor on a replica, which does not have it.
pub(crate) async fn seen_end(tx: &mut Tx, settings: &Settings, me: AgentId, ticket: &Ticket) -> Result<Option<Ticket>> {
    if ticket.merged_into.is_none() {
        return Ok(None);
    }
    let chain = chain(tx, ticket.clone()).await?;
    Ok(chain.into_iter().skip(1).take_while(|next| access::may_read(settings, me, next)).last())
}

/// What is meant for a merged ticket but goes to where it is now: what only adds, what leaves the house, and what becomes of mails
/// that moved with their articles. A state that was to follow was meant for the ticket as it was, so it is left out.
fn forwarded(body: &Body) -> Option<Body> {
    let next = Next::default();
    match body.clone() {
        Body::Note { article, visible, .. } => Some(Body::Note { article, visible, next }),
        Body::PhoneCall { article, direction, .. } => Some(Body::PhoneCall { article, direction, next }),
        Body::Reply { article, mail, .. } => Some(Body::Reply { article, mail, next }),
        Body::Forward { article, mail, .. } => Some(Body::Forward { article, mail, next }),
        Body::MailLeft { article, author, forward, .. } => Some(Body::MailLeft { article, author, next, forward }),
        Body::ConfirmArrival { article, author, .. } => Some(Body::ConfirmArrival { article, author, next }),
        same @ (Body::Receive(_)
        | Body::AutoReply { .. }
        | Body::SuppressAutoReply { .. }
        | Body::MailFailed { .. }
        | Body::MailUnknown { .. }
        | Body::HoldMail { .. }
        | Body::CancelSend { .. }
        | Body::SendNow { .. }
        | Body::SendAgain { .. }
        | Body::FlagSuspicious { .. }
        | Body::Link { .. }
        | Body::Unlink { .. }
        | Body::Watch
        | Body::Unwatch) => Some(same),
        Body::Create { .. }
        | Body::Lock
        | Body::Unlock
        | Body::Take { .. }
        | Body::SetOwner { .. }
        | Body::SetState { .. }
        | Body::SetPriority { .. }
        | Body::Move { .. }
        | Body::SetTitle { .. }
        | Body::SetCustomer { .. }
        | Body::Junk { .. }
        | Body::NotJunk
        | Body::SetResponsible { .. }
        | Body::Merge { .. }
        | Body::Absorb { .. }
        | Body::TakeAlong
        | Body::BringBack
        | Body::SetService { .. }
        | Body::SetType { .. }
        | Body::SetServiceLevel { .. }
        | Body::Acknowledge
        | Body::Escalate { .. }
        | Body::EndLock { .. }
        | Body::Remind { .. } => None,
    }
}

impl Work {
    /// Where a ticket is now.
    pub(crate) async fn end_of(&mut self, ticket: Ticket) -> Result<Ticket> {
        end(&mut self.tx, ticket).await
    }

    /// The ticket and the command that are meant: those that were named, or what goes on to the end of a merged ticket's chain.
    pub(crate) async fn meant(&mut self, ticket: Ticket, body: &Body) -> Result<(Ticket, Option<Body>)> {
        match ticket.merged_into.and_then(|_| forwarded(body)) {
            Some(body) => Ok((self.end_of(ticket).await?, Some(body))),
            None => Ok((ticket, None)),
        }
    }

    /// Lets one ticket go into another: row, history, articles, mails, links, watchers and drafts, or nothing of it.
    pub(crate) async fn merge(&mut self, envelope: &Envelope, into: TicketId) -> Result<Done> {
        let source = self.ticket(envelope.ticket_id().ok_or(Error::NotFound("ticket"))?).await?;
        let (target, body) = planned(&mut self.tx, &self.settings, &envelope.actor, &source, into).await?;
        let done = self.record(source.clone(), false, &body, envelope).await?;
        if done.events == 0 {
            return Ok(done);
        }
        let (number, articles, watchers) = (source.number.clone(), source.articles, source.watchers.iter().copied().collect());
        let absorb = Body::Absorb { ticket: source.id, number, articles, watchers, contact: source.contact() };
        let from = target.articles;
        let before = target.events;
        self.record(target.clone(), false, &absorb, envelope).await?;
        let (one, other, seq) = (source.id, target.id, self.tx.head);
        for job in merge::unsent(&mut self.tx, one).await? {
            self.hold_when_due(job).await?;
        }
        merge::shown(&mut self.tx, one, other).await?;
        merge::articles(&mut self.tx, one, other, from, seq).await?;
        ticket::refresh_trouble(&mut self.tx, other).await?;
        for linked in merge::links(&mut self.tx, one, other).await? {
            let seq = self.tx.next_seq();
            ticket::touch(&mut self.tx, linked, seq).await?;
        }
        for (agent, draft) in merge::drafts(&mut self.tx, one).await? {
            self.move_draft(agent, &draft, other, before).await?;
        }
        Ok(done)
    }

    /// A mail that was written for a ticket that went elsewhere waits for its author to look again, and changes no state any more.
    /// One that is about to leave stays here, too: whoever has claimed it cannot start it.
    async fn hold_when_due(&mut self, job: job::Job) -> Result<()> {
        let mut body: MailJob = serde_json::from_str(&job.body).map_err(anyhow::Error::from)?;
        (body.merged, body.anyway, body.next) = (true, false, Next::default());
        job::set_body(&mut self.tx, job.id, &serde_json::to_string(&body).map_err(anyhow::Error::from)?).await?;
        if job.state == "claimed" {
            let change = Change { error: job.error.as_deref(), ..Change::default() };
            job::step(&mut self.tx, job.id, "claimed", "waiting", change, self.now).await?;
            self.mail_is_due();
        }
        Ok(())
    }

    /// A draft goes on under the other ticket, below one that stands there already. Its author has seen nothing there yet.
    async fn move_draft(&mut self, agent: AgentId, draft: &personal::Personal, to: TicketId, seen_events: i64) -> Result<()> {
        let Some((_, kind)) = draft.key.split_once('/') else { return Ok(()) };
        let Ok(mut moved) = serde_json::from_str::<Value>(&draft.document) else { return Ok(()) };
        let key = format!("{to}/{kind}");
        let there = personal::find(&mut self.tx, agent, "draft", &key).await?;
        let there = there.and_then(|there| serde_json::from_str::<Value>(&there.document).ok());
        if let Some(there) = there {
            moved = joined(there, &moved);
        }
        moved["seen_upto"] = json!({ "article": 0, "event": seen_events });
        personal::save(&mut self.tx, agent, "draft", &key, &moved.to_string(), self.now).await?;
        Ok(personal::remove(&mut self.tx, agent, "draft", &draft.key, self.now).await?)
    }
}

/// Two drafts as one: the texts below each other, the files of both.
fn joined(mut there: Value, moved: &Value) -> Value {
    let text = |draft: &Value| draft["body"]["text"].as_str().unwrap_or_default().trim().to_owned();
    let texts: Vec<String> = [text(&there), text(moved)].into_iter().filter(|text| !text.is_empty()).collect();
    let files = |draft: &Value| draft["body"]["attachments"].as_array().cloned().unwrap_or_default();
    let all: Vec<Value> = files(&there).into_iter().chain(files(moved)).collect();
    if !there["body"].is_object() {
        there["body"] = moved["body"].clone();
    }
    if there["body"].is_object() {
        there["body"]["text"] = json!(texts.join("\n\n"));
        there["body"]["attachments"] = json!(all);
    }
    there
}

/// The ticket that a merge ends in, and the command that says so; or why it is refused.
async fn planned(tx: &mut Tx, settings: &Settings, actor: &Actor, source: &Ticket, into: TicketId) -> Result<(Ticket, Body)> {
    let named = ticket::find(tx, into).await?.ok_or(Error::NotFound("ticket"))?;
    let chain = chain(tx, named).await?;
    let reads = |ticket: &Ticket| actor.agent().is_none_or(|agent| access::may_read(settings, agent, ticket));
    if !chain.iter().any(reads) {
        return Err(Error::NotFound("ticket"));
    }
    let target = destination(source, &chain)?.ok_or(Error::NotFound("ticket"))?.clone();
    if actor.agent().is_some_and(|agent| !access::on_ticket(settings, agent, &target).has(Right::Rw)) {
        return Err(Refusal::NoRight.into());
    }
    let body = Body::Merge { into: target.id, number: target.number.clone() };
    Ok((target, body))
}

impl App {
    /// What a merge would do, and what to think of first; a refusal when it would be refused.
    pub async fn merge_preview(&self, me: AgentId, id: TicketId, into: &str) -> Result<MergePreview> {
        let into = self.ticket_id(me, into).await?;
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let source = ticket::find(&mut tx, id).await?.filter(|source| access::may_read(&settings, me, source));
        let source = source.ok_or(Error::NotFound("ticket"))?;
        let actor = Actor::Agent { id: me };
        let (target, body) = planned(&mut tx, &settings, &actor, &source, into).await?;
        decide(&source, &body, &Context { settings: &settings, actor: &actor, now: self.now(), offline: false })?;
        let waiting = merge::unsent(&mut tx, id).await?.iter().any(|job| job.kind == "mail");
        let mut warnings = warnings(&settings, &source, &target);
        warnings.extend(waiting.then_some(MergeWarning::MailWaits));
        warnings.extend((target.id != into).then_some(MergeWarning::TargetMerged));
        Ok(MergePreview {
            target: crate::view::brief(&target),
            target_queue_id: target.queue,
            target_customer: if target.customer.name.is_empty() { target.customer.address } else { target.customer.name },
            articles: source.articles,
            warnings,
        })
    }
}

/// What is to be thought of before two tickets become one.
fn warnings(settings: &Settings, source: &Ticket, target: &Ticket) -> Vec<MergeWarning> {
    let key = |ticket: &Ticket| ticket.customer.address.to_lowercase();
    let valid = settings.agents.iter().filter(|(_, agent)| agent.valid).map(|(id, _)| *id);
    let sees: Vec<(bool, bool)> = valid
        .map(|agent| {
            let watches = source.watchers.contains(&agent);
            (access::may_read(settings, agent, source), watches || access::may_read(settings, agent, target))
        })
        .collect();
    let found = [
        (key(source) != key(target), MergeWarning::CustomersDiffer),
        (sees.contains(&(true, false)), MergeWarning::FewerSeeTarget),
        (sees.contains(&(false, true)), MergeWarning::MoreSeeTarget),
        (settings.state_type(target.state).is_closed(), MergeWarning::TargetClosed),
    ];
    found.into_iter().filter(|(is, _)| *is).map(|(_, warning)| warning).collect()
}
