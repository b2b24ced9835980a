//! The server's side of a push: commands that were given without the network are carried out on what stands here now.
//!
//! Each has a transaction and an answer of its own, and the answer is kept for ever: a repeat gets it again.

use docket_domain::{
    Actor, AgentId, Body, CommandId, DeviceId, Envelope, Event, Next, Refusal, Ticket, TicketId, access,
    conflict::{self, Verdict},
};
use docket_store::{command, event, ticket, unit};
use serde_json::{Value, json};

use super::{mutant::Mutant, vet};
use crate::{
    app::App,
    error::{Error, Result},
    submit::Work,
    wire::sync::{Answer, PushInput, PushView},
};

/// So many commands are taken at once.
const MOST: usize = 1_000;

impl App {
    /// Carries out what a device pushes, in order. What is not answered was not looked at: it may be pushed again.
    pub async fn push(&self, me: AgentId, device: DeviceId, input: PushInput) -> Result<PushView> {
        let mut view = PushView::default();
        for value in input.commands.into_iter().take(MOST) {
            match self.push_one(me, device, value).await {
                Ok(answer) => view.answers.push(answer),
                Err(error) if view.answers.is_empty() => return Err(error),
                Err(error) => {
                    tracing::warn!(%error, "a pushed command must be pushed again");
                    break;
                }
            }
        }
        Ok(view)
    }

    pub(super) async fn push_one(&self, me: AgentId, device: DeviceId, value: Value) -> Result<Answer> {
        let id = value["id"].as_str().and_then(|id| id.parse::<CommandId>().ok());
        let envelope = match serde_json::from_value::<Envelope>(value) {
            Ok(envelope) if conflict::by_agents(&envelope.body) => envelope,
            // Not kept: a newer server may know it.
            _ => return Ok(refused(id, Refusal::UnknownCommand)),
        };
        let mut work = self.work().await?;
        work.offline = true;
        if let Some((agent, seq, outcome, answer)) = command::answered(&mut work.tx, envelope.id).await?
            && !Mutant::NoRepeats.is_on()
        {
            let kept = answer.and_then(|answer| serde_json::from_str::<Answer>(&answer).ok());
            let plain = Answer { id: Some(envelope.id), outcome, seq, ..Answer::default() };
            return Ok(if agent == Some(me.0) { kept.unwrap_or(plain) } else { refused(id, Refusal::NoRight) });
        }
        let moves_settings = matches!(envelope.body, Body::Junk { block: true } | Body::NotJunk);
        let answer = match work.judge(me, device, envelope).await {
            Ok(answer) => answer,
            Err(error) => {
                let Some(answer) = calm(id, &error) else { return Err(error) };
                // What was written before the refusal is undone with its transaction; the answer gets one of its own.
                drop(work);
                work = self.work().await?;
                answer
            }
        };
        if let Some(id) = answer.id {
            let text = serde_json::to_string(&answer).map_err(anyhow::Error::from)?;
            let answered =
                command::Answered { id, agent: me, device, seq: answer.seq, at: work.now, outcome: &answer.outcome, answer: &text };
            if !Mutant::NoRepeats.is_on() {
                command::insert_answer(&mut work.tx, answered).await?;
            }
        }
        self.finish(work).await?;
        if moves_settings {
            self.reload().await?;
        }
        Ok(answer)
    }
}

fn refused(id: Option<CommandId>, refusal: Refusal) -> Answer {
    Answer { id, outcome: "refused".into(), code: Some(refusal.code().into()), message: Some(refusal.to_string()), ..Answer::default() }
}

/// The answer for what will not become right by being tried again; none: it may.
fn calm(id: Option<CommandId>, error: &Error) -> Option<Answer> {
    match error {
        Error::Refused(_) | Error::Invalid(_) | Error::NotFound(_) | Error::Forbidden | Error::TooLarge { .. } | Error::Stale => {
            Some(Answer {
                id,
                outcome: "refused".into(),
                code: Some(error.code().into()),
                message: Some(error.to_string()),
                ..Answer::default()
            })
        }
        Error::SignInRequired
        | Error::WrongPassword
        | Error::SlowDown { .. }
        | Error::Held(_)
        | Error::Unavailable { .. }
        | Error::Disk(_)
        | Error::Internal(_) => None,
    }
}

impl Work {
    /// Carries out a command as far as what happened meanwhile allows.
    async fn judge(&mut self, me: AgentId, device: DeviceId, mut envelope: Envelope) -> Result<Answer> {
        let id = envelope.ticket_id().ok_or(Error::NotFound("ticket"))?;
        let creates = matches!(envelope.body, Body::Create { .. });
        let known = ticket::find(&mut self.tx, id).await?;
        match &known {
            Some(ticket) if !access::may_read(&self.settings, me, ticket) => return Err(Refusal::NoRight.into()),
            None if !creates => return Err(Error::NotFound("ticket")),
            _ => {}
        }
        // Who has no right gets no proposal either. What goes on from a merged ticket is checked where it arrives.
        if let Some(ticket) = known.as_ref().filter(|ticket| ticket.merged_into.is_none()) {
            access::check(&self.settings, me, ticket, &envelope.body)?;
        }
        envelope.actor = Actor::Agent { id: me };
        envelope.device = Some(device.0);
        vet::vet(self, me, device, id, &mut envelope.body).await?;
        let since = self.since(id, envelope.base_seq, device).await?;
        envelope.device_time = Some(self.clamp(id, &envelope, known.as_ref()).await?);
        let ticket = known.unwrap_or_else(|| Ticket::blank(id));
        let verdict = match conflict::verdict(&self.settings, &ticket, &envelope.body, &since) {
            _ if Mutant::LastWriteWins.is_on() => Verdict::Apply,
            verdict => verdict,
        };
        let answer = Answer { id: Some(envelope.id), seq: self.tx.head, ..Answer::default() };
        let other = |outcome: &str, refusal: Refusal, work: &Self| {
            let quicker = since.iter().rev().find(|event| event.actor != Actor::System);
            Answer {
                outcome: outcome.into(),
                code: Some(refusal.code().into()),
                message: Some(refusal.to_string()),
                by: quicker.map(|event| crate::wire::actor(&work.settings, &event.actor).name),
                at: quicker.map(|event| event.at),
                theirs: theirs(&envelope.body, &ticket),
                ..answer.clone()
            }
        };
        match verdict {
            Verdict::Propose(refusal) => return Ok(other("proposed", refusal, self)),
            Verdict::Refuse(refusal) => return Ok(other("refused", refusal, self)),
            Verdict::Apply | Verdict::ApplyWithoutNext(_) => {}
        }
        let mut answer = match verdict {
            Verdict::ApplyWithoutNext(refusal) => other("proposed", refusal, self),
            _ => Answer { outcome: "applied".into(), ..answer.clone() },
        };
        if let Verdict::ApplyWithoutNext(_) = verdict {
            match &mut envelope.body {
                Body::Note { next, .. } | Body::PhoneCall { next, .. } => *next = Next::default(),
                _ => {}
            }
        }
        let done = self.carry_out_own(&envelope).await?;
        match envelope.body {
            Body::CancelSend { article, discard: false } => self.bring_back(me, done.ticket.id, article).await?,
            Body::SendNow { article } => match self.send_now(me, done.ticket.id, article).await {
                // It left already, or it is held: nothing is left to be hurried.
                Ok(()) | Err(Error::Refused(Refusal::NotWaiting)) => {}
                Err(error) => return Err(error),
            },
            _ => {}
        }
        if let Some(reason) = self.held(&envelope.body).await? {
            answer.outcome = "held".into();
            answer.code = Some(reason.to_owned());
        }
        answer.ticket_id = Some(done.ticket.id).filter(|went| *went != id);
        answer.seq = self.tx.head;
        Ok(answer)
    }

    /// What others did to a ticket after what the device had seen.
    async fn since(&mut self, id: TicketId, base: i64, device: DeviceId) -> Result<Vec<Event>> {
        let mut events = unit::events_after(&mut self.tx, &[id.0], base).await?.remove(&id.0).unwrap_or_default();
        events.retain(|event| event.device != Some(device));
        Ok(events)
    }

    /// When it happened on the device, but not before the last event that the device had seen and not after now.
    async fn clamp(&mut self, id: TicketId, envelope: &Envelope, known: Option<&Ticket>) -> Result<i64> {
        let told = envelope.device_time.unwrap_or(self.now);
        let Some(known) = known else { return Ok(told.clamp(self.now - 366 * 24 * 3_600_000, self.now)) };
        let seen = event::last_before(&mut self.tx, id, envelope.base_seq).await?.unwrap_or(known.created_at);
        Ok(told.clamp(seen.min(self.now), self.now))
    }

    /// A mail that must be looked at first is held at once, not only when its delay is over.
    async fn held(&mut self, body: &Body) -> Result<Option<&'static str>> {
        let (Body::Reply { article, .. } | Body::Forward { article, .. }) = body else { return Ok(None) };
        self.hold_at_once(article.article_id()).await
    }
}

/// What stands where the command would have set something else.
fn theirs(body: &Body, ticket: &Ticket) -> Option<Value> {
    Some(match body {
        Body::SetTitle { .. } => json!({ "title": ticket.title }),
        Body::SetPriority { .. } => json!({ "priority": ticket.priority }),
        Body::SetCustomer { .. } => json!({ "customer": ticket.customer }),
        Body::SetResponsible { .. } => json!({ "agent": ticket.responsible }),
        Body::SetService { .. } => json!({ "service": ticket.service }),
        Body::SetType { .. } => json!({ "ticket_type": ticket.ticket_type }),
        Body::SetServiceLevel { .. } => json!({ "service_level": ticket.service_level }),
        Body::SetOwner { .. } | Body::Take { .. } | Body::Unlock => json!({ "agent": ticket.owner, "locked": ticket.locked }),
        Body::Move { .. } => json!({ "queue": ticket.queue }),
        Body::SetState { .. } | Body::Note { .. } | Body::PhoneCall { .. } => {
            json!({ "state": ticket.state, "pending_until": ticket.pending_until })
        }
        _ => return None,
    })
}
