//! Alarms by mail: each at most once, as every mail of the desk's own.

use std::time::Duration;

use docket_domain::{AgentId, Settings, Ticket, TicketId};
use docket_mail::{
    compose::{self, AutoKind},
    smtp::{self, SendFailure},
};
use docket_store::{
    delivery::{self, Delivery},
    ticket,
};

use super::line;
use crate::{app::App, auto_reply::message_id, error::Result, submit::Work, team::TIMERS};

/// How often is looked for mail to send.
const LOOK: Duration = Duration::from_secs(1);
/// Minutes between attempts.
const PAUSES: [i64; 5] = [1, 2, 5, 10, 30];
/// A mail that has not left for so long (ms) tells nothing new.
const PATIENCE: i64 = 24 * 3_600_000;
/// Whoever has been sending for so long (ms) is gone.
const GONE: i64 = 10 * 60_000;

/// What came of one attempt, and why in words.
pub(super) enum Outcome {
    Sent,
    Later(String),
    Failed(String),
    Perhaps(String),
}

/// A mail to an agent that waits.
pub(super) fn letter(agent: AgentId, alarm: &str, ticket: Option<TicketId>, event: &str, now: i64) -> Delivery {
    Delivery { way: "mail".into(), outcome: "waiting".into(), ..line(agent, alarm, ticket, event, "waiting", now) }
}

/// Puts a mail into the transaction; a replica's guess and an agent without an address send none.
pub(super) async fn queue(work: &mut Work, agent: AgentId, alarm: &str, ticket: TicketId, event: &str) -> Result<()> {
    if work.guessing {
        return Ok(());
    }
    let mut one = letter(agent, alarm, Some(ticket), event, work.now);
    let address = work.settings.agents.get(&agent).map(|agent| agent.email.as_str()).unwrap_or_default();
    if address.is_empty() {
        (one.outcome, one.detail) = ("failed".into(), "no_address".into());
    } else if work.settings.own_address(address).is_some() {
        // It would come back as a ticket.
        (one.outcome, one.detail) = ("failed".into(), "own_address".into());
    }
    Ok(delivery::insert(&mut work.tx, &one).await?)
}

impl App {
    /// Sends alarms by mail, where the timers are.
    pub(crate) async fn alarm_mail_loop(self) {
        let mut doubted_at = 0;
        while !self.stopping() {
            if self.leads(TIMERS)
                && self.connected().is_none()
                && let Err(error) = self.mail_alarms(&mut doubted_at).await
                && !self.stopping()
            {
                tracing::error!(?error, "sending alarms by mail failed");
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn mail_alarms(&self, doubted_at: &mut i64) -> Result<()> {
        let now = self.now();
        if now - *doubted_at > GONE {
            *doubted_at = now;
            let mut tx = self.0.db.aside().await?;
            delivery::doubt(&mut tx, now - GONE).await?;
            tx.commit().await?;
        }
        let due = delivery::due(&mut self.0.db.read().await?, now, 20).await?;
        for one in due {
            let (to, words, at) = match self.mail_one(&one, "waiting").await? {
                Outcome::Sent => continue,
                Outcome::Perhaps(words) => ("perhaps", words, now),
                Outcome::Later(words) if now - one.at < PATIENCE => {
                    let step = usize::try_from(one.attempts).unwrap_or(0).min(PAUSES.len() - 1);
                    ("waiting", words, now + PAUSES[step] * 60_000)
                }
                Outcome::Later(words) | Outcome::Failed(words) => ("failed", words, now),
            };
            let mut tx = self.0.db.aside().await?;
            for from in ["waiting", "sending"] {
                delivery::step(&mut tx, one.id, from, to, &words, at).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// One attempt. It is marked as leaving in a commit of its own before the text goes, and so never sent twice.
    pub(super) async fn mail_one(&self, one: &Delivery, from: &str) -> Result<Outcome> {
        let settings = self.settings();
        let about = match one.ticket_id {
            Some(id) => ticket::find(&mut self.0.db.read().await?, TicketId(id)).await?,
            None => None,
        };
        let Some(agent) = settings.agents.get(&AgentId(one.agent_id)).filter(|agent| agent.valid && !agent.email.is_empty()) else {
            return Ok(Outcome::Failed("no_address".into()));
        };
        let sender = about.as_ref().and_then(|ticket| settings.sender_of(ticket.queue).map(|(_, own)| own));
        let Some(sender) = sender.or_else(|| settings.addresses.values().find(|own| own.valid)) else {
            return Ok(Outcome::Later("no_mailbox".into()));
        };
        let mut mailboxes: Vec<_> = settings.mailboxes.iter().filter(|(_, mailbox)| mailbox.valid && mailbox.smtp.is_some()).collect();
        mailboxes.sort_by_key(|(_, mailbox)| {
            (!mailbox.imap.user.eq_ignore_ascii_case(&sender.email), mailbox.queue_id != Some(sender.queue_id))
        });
        let Some((id, mailbox)) = mailboxes.first() else { return Ok(Outcome::Later("no_mailbox".into())) };
        let Some(account) = self.smtp_account(**id, mailbox).await? else { return Ok(Outcome::Later("no_mailbox".into())) };
        let (subject, text) = words(&settings, one, about.as_ref());
        let mail = compose::Outgoing {
            message_id: message_id(&settings, &sender.email),
            from: docket_mail::Address { name: Some(settings.desk.name.clone()), address: sender.email.clone() },
            to: vec![docket_mail::Address::new(&agent.email)],
            cc: Vec::new(),
            bcc: Vec::new(),
            reply_to: None,
            subject,
            text,
            html: None,
            in_reply_to: None,
            references: Vec::new(),
            attachments: Vec::new(),
            date: self.now(),
            auto: Some(AutoKind::AutoGenerated),
            headers: Vec::new(),
        };
        self.hand_over_alarm(one, from, &account, mail).await
    }

    async fn hand_over_alarm(&self, one: &Delivery, from: &str, account: &smtp::SmtpAccount, mail: compose::Outgoing) -> Result<Outcome> {
        let envelope = compose::envelope(&mail);
        let bytes = match compose::render(&mail) {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Outcome::Failed(error.to_string())),
        };
        let mut session = match smtp::connect(account).await {
            Ok(session) => session,
            Err(failure) => return Ok(Outcome::Later(failure.to_string())),
        };
        match session.prepare(&envelope).await {
            Ok(prepared) if prepared.refused.is_empty() => {}
            Ok(prepared) => {
                session.quit().await;
                let words =
                    prepared.refused.iter().map(|refused| format!("{} {}", refused.code, refused.text)).collect::<Vec<_>>().join("; ");
                let permanent = prepared.refused.iter().any(|refused| refused.permanent);
                return Ok(if permanent { Outcome::Failed(words) } else { Outcome::Later(words) });
            }
            Err(failure) => return Ok(Outcome::Later(failure.to_string())),
        }
        let mut tx = self.0.db.aside().await?;
        let ours = delivery::step(&mut tx, one.id, from, "sending", "", self.now()).await?;
        tx.commit().await?;
        if !ours {
            session.quit().await;
            return Ok(Outcome::Sent);
        }
        let (to, outcome) = match session.send(&bytes).await {
            Ok(_) => {
                tokio::spawn(session.quit());
                ("sent", Outcome::Sent)
            }
            Err(SendFailure::Unknown(words)) => ("perhaps", Outcome::Perhaps(words.to_string())),
            Err(failure) => return Ok(Outcome::Later(failure.to_string())),
        };
        let mut tx = self.0.db.aside().await?;
        delivery::step(&mut tx, one.id, "sending", to, "", self.now()).await?;
        tx.commit().await?;
        Ok(outcome)
    }
}

/// Subject and text in the desk's language.
fn words(settings: &Settings, one: &Delivery, about: Option<&Ticket>) -> (String, String) {
    let german = settings.desk.language.starts_with("de");
    let name = headline(&one.event, german);
    let Some(ticket) = about else {
        let text = if german { "So kommen Benachrichtigungen bei Ihnen an." } else { "This is how notifications reach you." };
        return (format!("{}: {name}", settings.desk.name), format!("{text}\n"));
    };
    // The customer's words may hold anything, but no second line.
    let title: String = ticket.title.chars().map(|c| if c.is_control() { ' ' } else { c }).take(150).collect();
    let subject = format!("[{}] {name}: {title}", ticket.number);
    (subject, format!("{name}\n\n{} {}\ndocket://ticket/{}\n", ticket.number, title, ticket.number))
}

fn headline(event: &str, german: bool) -> &'static str {
    let (english, deutsch) = match event {
        "new_ticket" => ("New ticket", "Neues Ticket"),
        "follow_up_unlocked" | "follow_up_locked" => ("The customer has written again", "Der Kunde hat wieder geschrieben"),
        "lock_timeout" => ("Unlocked because time ran out", "Entsperrt, weil die Zeit abgelaufen ist"),
        "owner_update" => ("You own this ticket now", "Sie sind jetzt Besitzer dieses Tickets"),
        "responsible_update" => ("You are responsible for this ticket now", "Sie sind jetzt für dieses Ticket verantwortlich"),
        "new_note" => ("A colleague wrote a note", "Eine Notiz von einem Kollegen"),
        "queue_move" => ("Moved into your queue", "In Ihre Queue verschoben"),
        "reminder_locked" | "reminder_unlocked" => ("Reminder", "Erinnerung"),
        "escalation" => ("A promise is broken", "Ein Versprechen ist gebrochen"),
        "escalation_warning" => ("A promise is about to be broken", "Ein Versprechen läuft bald ab"),
        "service_update" => ("The service was changed", "Der Service wurde geändert"),
        "delivery_failure" => ("A mail could not be delivered", "Eine Mail konnte nicht zugestellt werden"),
        "test" => ("A test", "Ein Test"),
        _ => ("Notification", "Benachrichtigung"),
    };
    if german { deutsch } else { english }
}
