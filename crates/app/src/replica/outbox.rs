//! Commands on a replica: guessed at once, kept in order, shown until the server's word has arrived.

use std::collections::HashSet;

use docket_domain::{Actor, ArticleId, Body, CommandId, Delivery, Envelope, Refusal, Ticket, TicketId, conflict, unit::TicketUnit};
use docket_store::{
    article, lease, replica,
    replica::Entry,
    ticket,
    unit::{self, Placing},
};
use uuid::Uuid;

use super::{Connected, Memory, read, row, write};
use crate::{
    app::App,
    error::{Error, Result},
    submit::{Done, Work, class},
};

/// How long what was discarded can be had back (ms).
pub(crate) const DISCARDED_KEPT: i64 = 30 * 24 * 3_600_000;

impl App {
    /// Carries a command out on a replica: guessed at once, and kept for the server.
    pub(crate) async fn give(&self, work: &mut Work, connected: &Connected, id: CommandId, ticket: TicketId, body: Body) -> Result<Done> {
        if let Some(known) = replica::entry(&mut work.tx, id).await? {
            let ticket = work.ticket(TicketId(known.ticket_id)).await?;
            return Ok(Done { ticket, events: 0, repeated: true });
        }
        let known = row(&mut work.tx).await?;
        let memory: Memory = read(&known.document);
        let ticket = match ticket::find(&mut work.tx, ticket).await? {
            Some(named) => work.end_of(named).await?.id,
            None => ticket,
        };
        let seen = work.server_row(ticket).await?.map_or(0, |unit| unit.seq);
        let other = match &body {
            Body::Merge { into, .. } => Some(*into),
            Body::Link { ticket: other, .. } | Body::Unlink { ticket: other, .. } => Some(*other),
            _ => None,
        };
        let mut envelope = Envelope::ticket(id, ticket, Actor::Agent { id: connected.agent }, body);
        envelope.device = Some(connected.device.0);
        envelope.device_time = Some(work.now + known.clock_offset);
        envelope.base_seq = memory.seq.max(seen);
        if let Body::Create { number, .. } = &mut envelope.body
            && number.is_empty()
        {
            // With the lease empty the number follows; until then nothing but the ticket's id stands for it.
            *number = lease::next(&mut work.tx).await?.unwrap_or_default();
        }
        work.keep_server_row(ticket).await?;
        let waits = work.stuck().await?.contains(&ticket.0) && !conflict::only_adds(&envelope.body);
        let done = if waits {
            Done { ticket: work.ticket(ticket).await?, events: 1, repeated: false }
        } else {
            work.guess(&envelope, false).await?
        };
        // That a mail may leave now changes nothing here, but the server is to hear it.
        if done.events == 0 && !matches!(envelope.body, Body::SendNow { .. }) {
            work.settle(ticket).await?;
            return Ok(done);
        }
        let entry = Entry {
            ordinal: 0,
            id: id.0,
            ticket_id: ticket.0,
            other_id: other.map(|other| other.0),
            state: "waiting".into(),
            envelope: write(&envelope)?,
            answer: None,
            seq: None,
            at: work.now,
        };
        replica::give(&mut work.tx, &entry).await?;
        self.0.wake_sync.notify_one();
        Ok(done)
    }
}

impl Work {
    /// Applies a command to the replica as the server probably will. `replayed`: it was given already, and is not turned away
    /// for a lock that somebody has taken since.
    pub(crate) async fn guess(&mut self, envelope: &Envelope, replayed: bool) -> Result<Done> {
        let mut envelope = envelope.clone();
        if let Body::Create { number, .. } = &mut envelope.body
            && number.is_empty()
            && let Some(ticket) = envelope.subjects.first()
        {
            *number = format!("~{}", ticket.1);
        }
        (self.guessing, self.offline) = (true, replayed);
        let done = self.carry_out_own(&envelope).await;
        (self.guessing, self.offline) = (false, false);
        done
    }

    /// Keeps the ticket as the server last sent it, before the first guess changes it.
    pub(crate) async fn keep_server_row(&mut self, id: TicketId) -> Result<()> {
        if replica::confirmed(&mut self.tx, id).await?.is_some() {
            return Ok(());
        }
        let unit = unit::row(&mut self.tx, id).await?;
        let text = unit.as_ref().map(write).transpose()?;
        Ok(replica::keep(&mut self.tx, id, text.as_deref()).await?)
    }

    /// The ticket as the server last sent it; none: it has not.
    pub(crate) async fn server_row(&mut self, id: TicketId) -> Result<Option<TicketUnit>> {
        match replica::confirmed(&mut self.tx, id).await? {
            Some(kept) => Ok(kept.and_then(|text| serde_json::from_str(&text).ok())),
            None => Ok(unit::row(&mut self.tx, id).await?.filter(|unit| unit.seq > 0)),
        }
    }

    /// A guess changes where a mail stands; what the server said of it is kept to be put back.
    pub(crate) async fn guess_delivery(&mut self, ticket: &Ticket, id: ArticleId, delivery: Delivery) -> Result<()> {
        let known = unit::article(&mut self.tx, id).await?.ok_or(Refusal::NotSendable)?;
        if !may_become(known.article.delivery, delivery) {
            let refusal = if delivery == Delivery::Cancelled { Refusal::NotWaiting } else { Refusal::NotSendable };
            return Err(refusal.into());
        }
        if let Some(Some(text)) = replica::confirmed(&mut self.tx, ticket.id).await?
            && let Ok(mut unit) = serde_json::from_str::<TicketUnit>(&text)
            && !unit.articles.iter().any(|article| article.article.id == id)
            && article::is_confirmed(&mut self.tx, id).await?
        {
            unit.articles.push(known);
            replica::keep(&mut self.tx, ticket.id, Some(&write(&unit)?)).await?;
        }
        article::guess_delivery(&mut self.tx, id, delivery).await?;
        Ok(ticket::refresh_trouble(&mut self.tx, ticket.id).await?)
    }

    pub(crate) fn placing<'a>(&self, unit: &'a TicketUnit) -> Placing<'a> {
        let class = class(self.settings.state_type(unit.ticket.state)) as i64;
        let rank = self.settings.priorities.get(&unit.ticket.priority).map_or(0, |priority| priority.rank);
        Placing { unit, class, rank, next: docket_domain::deadline::next(&unit.ticket, &self.settings) }
    }

    /// Takes back what was guessed about a ticket: what stays is what the server last sent, or nothing.
    pub(crate) async fn unguess(&mut self, id: TicketId) -> Result<()> {
        match replica::confirmed(&mut self.tx, id).await? {
            None => {}
            Some(None) => {
                unit::forget(&mut self.tx, &[id.0]).await?;
                replica::keep(&mut self.tx, id, None).await?;
            }
            Some(Some(text)) => {
                let unit: TicketUnit = serde_json::from_str(&text).map_err(anyhow::Error::from)?;
                unit::guesses_gone(&mut self.tx, &[id.0]).await?;
                let seq = self.tx.next_seq();
                let placing = self.placing(&unit);
                unit::restore(&mut self.tx, placing, seq).await?;
            }
        }
        Ok(())
    }

    /// Replays what is pending on a ticket that stands as the server last sent it, and lets go of that when nothing is.
    pub(crate) async fn replay(&mut self, id: TicketId) -> Result<()> {
        let stuck = self.stuck().await?.contains(&id.0);
        for entry in replica::of_ticket(&mut self.tx, id).await? {
            if entry.ticket_id != id.0 || !["waiting", "sent", "applied"].contains(&entry.state.as_str()) {
                continue;
            }
            let Ok(envelope) = serde_json::from_str::<Envelope>(&entry.envelope) else { continue };
            if stuck && entry.state != "applied" && !conflict::only_adds(&envelope.body) {
                continue;
            }
            // What was given to a ticket that went into another one shows there when the server has said so.
            let merged = ticket::find(&mut self.tx, id).await?.is_some_and(|ticket| ticket.merged_into.is_some());
            if merged || self.is_known(&envelope).await? {
                continue;
            }
            match self.guess(&envelope, true).await {
                // What cannot be guessed any more shows when the server has judged it.
                Ok(_) | Err(Error::Refused(_) | Error::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        self.settle(id).await
    }

    /// Is what a command brings here already, because the server has it and only its answer is missing? And can what it does to a
    /// mail be guessed at all?
    async fn is_known(&mut self, envelope: &Envelope) -> Result<bool> {
        if let Some(article) = envelope.body.article()
            && article::find(&mut self.tx, article.article_id()).await?.is_some()
        {
            return Ok(true);
        }
        let (id, to) = match &envelope.body {
            Body::CancelSend { article, .. } => (*article, Delivery::Cancelled),
            Body::SendAgain { article } => (*article, Delivery::Waiting),
            Body::ConfirmArrival { article, .. } => (*article, Delivery::Sent),
            _ => return Ok(false),
        };
        let stands = article::find(&mut self.tx, id).await?.and_then(|stored| stored.article.delivery);
        Ok(!may_become(stands, to))
    }

    /// Lets go of what the server last sent when nothing of the ticket is pending.
    pub(crate) async fn settle(&mut self, id: TicketId) -> Result<()> {
        let entries = replica::of_ticket(&mut self.tx, id).await?;
        let pending = entries.iter().any(|entry| entry.ticket_id == id.0 && ["waiting", "sent", "applied"].contains(&entry.state.as_str()));
        if !pending {
            replica::settled(&mut self.tx, id).await?;
        }
        Ok(())
    }

    /// Shows a ticket anew: as the server last sent it, with what is pending on top.
    pub(crate) async fn show_anew(&mut self, id: TicketId) -> Result<()> {
        self.unguess(id).await?;
        self.replay(id).await
    }

    /// The tickets with a command that was refused, or a mail of this agent that is held: what changes or sends waits until the
    /// agent has decided.
    pub(crate) async fn stuck(&mut self) -> Result<HashSet<Uuid>> {
        let agent = row(&mut self.tx).await?.agent_id;
        let held = replica::troubled(&mut self.tx, agent).await?.into_iter().filter(|(_, _, delivery)| delivery == "held");
        let mut stuck: HashSet<Uuid> = held.map(|(_, ticket, _)| ticket).collect();
        stuck
            .extend(replica::outbox(&mut self.tx).await?.into_iter().filter(|entry| entry.state == "refused").map(|entry| entry.ticket_id));
        Ok(stuck)
    }

    /// Lets a mail that has not left this computer go without its delay. False: it is not in the outbox any more.
    pub(crate) async fn hurry_here(&mut self, ticket: TicketId, article: ArticleId) -> Result<bool> {
        for entry in replica::of_ticket(&mut self.tx, ticket).await? {
            let Ok(mut envelope) = serde_json::from_str::<Envelope>(&entry.envelope) else { continue };
            let is_it = envelope.body.article().is_some_and(|it| it.article_id() == article);
            if is_it && entry.state == "waiting" && without_delay(&mut envelope.body) {
                replica::again(&mut self.tx, CommandId(entry.id), envelope.id, &write(&envelope)?, entry.at).await?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes back a mail that has not left this computer; gives what it was. None: it is not in the outbox any more.
    pub(crate) async fn take_back_here(&mut self, ticket: TicketId, article: ArticleId) -> Result<Option<Body>> {
        for entry in replica::of_ticket(&mut self.tx, ticket).await? {
            let Ok(envelope) = serde_json::from_str::<Envelope>(&entry.envelope) else { continue };
            let is_it =
                matches!(&envelope.body, Body::Reply { article: it, .. } | Body::Forward { article: it, .. } if it.article_id() == article);
            if is_it && ["waiting", "refused"].contains(&entry.state.as_str()) {
                replica::step(&mut self.tx, CommandId(entry.id), "discarded", None, None).await?;
                self.show_anew(ticket).await?;
                return Ok(Some(envelope.body));
            }
        }
        Ok(None)
    }
}

fn without_delay(body: &mut Body) -> bool {
    match body {
        Body::Reply { mail, .. } | Body::Forward { mail, .. } => {
            mail.delay_ms = 0;
            true
        }
        Body::Create { first: Some(first), .. } => without_delay(first),
        _ => false,
    }
}

/// Can a mail that stands so be taken back, sent again, or be told to have arrived?
fn may_become(stands: Option<Delivery>, to: Delivery) -> bool {
    match to {
        Delivery::Cancelled => matches!(stands, Some(Delivery::Waiting | Delivery::Retrying | Delivery::Failed | Delivery::Held)),
        Delivery::Waiting => matches!(stands, Some(Delivery::Failed | Delivery::Held | Delivery::PerhapsSent)),
        _ => matches!(stands, Some(Delivery::PerhapsSent)),
    }
}
