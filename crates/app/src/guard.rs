//! The send guard: what an agent must see before a mail that was written earlier may leave.

use docket_domain::{Actor, Article, ArticleId, Body, CommandId, Delivery, Envelope, EventBody, Sender, Settings};
use docket_store::{Tx, article, event, job, ticket};

use crate::{
    clock::new_id,
    error::{Error, Result},
    submit::{MailJob, Work},
    sync::mutant::Mutant,
};

impl Work {
    /// Holds a mail that has just been taken in, when something happened that its author has not seen.
    pub(crate) async fn hold_at_once(&mut self, id: ArticleId) -> Result<Option<&'static str>> {
        let Some(stored) = article::find(&mut self.tx, id).await? else { return Ok(None) };
        let Some(job) = job::of_article(&mut self.tx, id.0).await? else { return Ok(None) };
        let body: MailJob = serde_json::from_str(&job.body).map_err(anyhow::Error::from)?;
        let settings = self.settings.clone();
        let Some(reason) = reason(&mut self.tx, &settings, &stored.article, &body, self.now).await? else { return Ok(None) };
        let hold = Body::HoldMail { article: id, reason: reason.to_owned(), seen_upto: body.seen_upto };
        self.carry_out_own(&Envelope::ticket(CommandId(new_id()), stored.article.ticket, Actor::System, hold)).await?;
        Ok(Some(reason))
    }
}

/// Why this mail must not leave yet. The base is what was on the agent's screen when the text was last edited.
pub(crate) async fn reason(tx: &mut Tx, settings: &Settings, mail: &Article, job: &MailJob, now: i64) -> Result<Option<&'static str>> {
    if job.merged {
        return Ok(Some("merged"));
    }
    let Some(seen) = job.seen_upto else { return Ok(None) };
    if Mutant::GuardOff.is_on() {
        return Ok(None);
    }
    let ticket = ticket::find(tx, mail.ticket).await?.ok_or(Error::NotFound("ticket"))?;
    if now - job.written_at > i64::from(settings.mail_rules.hold_after_hours) * 3_600_000 {
        return Ok(Some("old_text"));
    }
    let events = event::of_ticket(tx, mail.ticket).await?;
    let news = || events.iter().filter(|event| event.ordinal > seen.event && event.actor.agent() != job.author);
    if news().any(|event| matches!(event.body, EventBody::Absorbed { .. })) {
        return Ok(Some("merged"));
    }
    if ticket.articles > seen.article {
        for stored in article::of_ticket(tx, mail.ticket).await? {
            let other = &stored.article;
            let mine = other.id == mail.id || other.author.is_some() && other.author == job.author;
            if other.ordinal <= seen.article || mine || other.delivery == Some(Delivery::Cancelled) {
                continue;
            }
            match other.sender {
                Sender::Customer => return Ok(Some("new_customer_mail")),
                Sender::Agent if other.visible_to_customer => return Ok(Some("answered_by_colleague")),
                Sender::Agent => return Ok(Some("note_by_colleague")),
                Sender::System => {}
            }
        }
    }
    for event in news().filter(|event| !matches!(event.actor, Actor::System)) {
        match event.body {
            EventBody::Moved { .. } => return Ok(Some("moved")),
            EventBody::CustomerChanged { .. } => return Ok(Some("customer_changed")),
            EventBody::StateChanged { closes: true, .. } => return Ok(Some("closed")),
            _ => {}
        }
    }
    // Whoever answered has locked it, too: what they did says more.
    let others = ticket.locked && ticket.owner.is_some() && ticket.owner != job.author;
    Ok(others.then_some("locked_by_other"))
}
