//! The desk answers by itself, or says on the ticket why it does not (contract §4).

use docket_domain::{
    Actor, Body, CommandId, Envelope, NewArticle, Outgoing, Settings, Ticket, number,
    placeholder::{self, Values},
    settings::AutoKind,
};
use docket_mail::{
    auto::{Pattern, SuppressionRules, suppression},
    compose,
    parse::Incoming,
    subject::{self, Purpose},
};
use docket_store::{article, job};

use crate::{
    clock::new_id,
    error::Result,
    intake::{Source, convert, plain_subject, subject_rules},
    submit::Work,
};

const HOUR: i64 = 3_600_000;

impl Work {
    /// Queues the automatic answer that the ticket's queue gives to this mail, unless a rule forbids it.
    pub(crate) async fn auto_answer(&mut self, kind: AutoKind, ticket: &Ticket, mail: &Incoming, source: &Source) -> Result<()> {
        let settings = self.settings.clone();
        let Some(response) = settings.auto_response(ticket.queue, kind) else { return Ok(()) };
        let Some(to) = mail.answer_to() else { return self.silent(kind, ticket, "no_sender").await };
        let to = convert(to);
        let sender = response.address_id.and_then(|id| settings.addresses.get(&id).map(|address| (id, address)));
        let Some((from, address)) = sender.or_else(|| settings.sender_of(ticket.queue)) else {
            return self.silent(kind, ticket, "no_sender_address").await;
        };
        if let Some(reason) = self.forbidden(mail, &to, source).await? {
            return self.silent(kind, ticket, &reason).await;
        }
        let id = message_id(&settings, &address.email);
        let (subject, text) = fill(&settings, ticket, mail, &response.subject, &response.text);
        let outgoing = Outgoing {
            from,
            to: vec![to],
            cc: Vec::new(),
            bcc: Vec::new(),
            message_id: id,
            in_reply_to: mail.message_id.clone(),
            references: mail.references.iter().chain(&mail.message_id).cloned().collect(),
            delay_ms: 0,
            seen_upto: None,
        };
        let article = NewArticle { id: new_id(), subject, text, html: None, attachments: Vec::new() };
        let body = Body::AutoReply { kind, article, mail: outgoing };
        self.carry_out_own(&Envelope::ticket(CommandId(new_id()), ticket.id, Actor::System, body)).await?;
        Ok(())
    }

    /// Says on the ticket why it was not answered.
    async fn silent(&mut self, kind: AutoKind, ticket: &Ticket, reason: &str) -> Result<()> {
        let body = Body::SuppressAutoReply { kind, reason: reason.to_owned() };
        self.carry_out_own(&Envelope::ticket(CommandId(new_id()), ticket.id, Actor::System, body)).await?;
        Ok(())
    }

    async fn forbidden(&mut self, mail: &Incoming, to: &docket_domain::Address, source: &Source) -> Result<Option<String>> {
        let rules = &self.settings.mail_rules;
        if let Some(found) = suppression(mail, &suppression_rules(&self.settings)) {
            return Ok(Some(found.code.to_owned()));
        }
        let connected = source.mailbox.and_then(|id| self.settings.mailboxes.get(&id)).map(|mailbox| mailbox.connected_at);
        if let (Some(connected), Some(arrived)) = (connected, source.internal_date) {
            // INTERNALDATE has whole seconds (RFC 3501 §2.3.3): a mail of the same second counts as after.
            if arrived + 999 < connected {
                return Ok(Some("before_connected".into()));
            }
        }
        if source.internal_date.is_some_and(|arrived| arrived < self.now - i64::from(rules.auto_max_age_hours) * HOUR) {
            return Ok(Some("too_old".into()));
        }
        let known = article::references(&mut self.tx, &mail.message_id.iter().cloned().collect::<Vec<_>>()).await?;
        if known.iter().any(|reference| reference.ours) {
            return Ok(Some("own_mail".into()));
        }
        let day = number::day(self.now, &self.settings.desk.time_zone);
        let limit = i64::from(self.settings.mail_rules.auto_per_day);
        let over = job::count_auto(&mut self.tx, &to.key(), &day).await? > limit;
        Ok(over.then(|| "daily_limit".into()))
    }
}

fn suppression_rules(settings: &Settings) -> SuppressionRules {
    let pattern = settings.mail_rules.no_auto_response_pattern.trim();
    SuppressionRules {
        own_addresses: settings.addresses.values().map(|address| address.email.clone()).collect(),
        own_message_id_domains: Some(settings.desk.fqdn.clone()).filter(|fqdn| !fqdn.is_empty()).into_iter().collect(),
        extra_pattern: Some(pattern).filter(|pattern| !pattern.is_empty()).and_then(|pattern| Pattern::new(pattern).ok()),
    }
}

/// A Message-ID of ours: made before the first attempt, and told from others by the desk's short id.
pub(crate) fn message_id(settings: &Settings, sender: &str) -> String {
    let domain = match settings.desk.fqdn.as_str() {
        "" => sender.rsplit_once('@').map_or("localhost", |(_, domain)| domain),
        fqdn => fqdn,
    };
    compose::message_id(&format!("{}.docket-{}", new_id().simple(), settings.desk.short_id), domain)
}

fn fill(settings: &Settings, ticket: &Ticket, mail: &Incoming, subject: &str, text: &str) -> (String, String) {
    let rules = subject_rules(settings);
    let plain = subject::clean(&rules, &ticket.number, &plain_subject(settings, &mail.subject));
    let values = Values {
        ticket_number: &ticket.number,
        ticket_title: &ticket.title,
        ticket_state: settings.states.get(&ticket.state).map_or("", |state| &state.name),
        ticket_priority: settings.priorities.get(&ticket.priority).map_or("", |priority| &priority.name),
        queue_name: settings.queues.get(&ticket.queue).map_or("", |queue| &queue.name),
        owner_name: "",
        customer_name: mail.from.as_ref().and_then(|from| from.name.as_deref()).unwrap_or_default(),
        customer_address: mail.from.as_ref().map_or("", |from| &from.address),
        customer_subject: &plain,
        customer_body: &mail.text,
        agent_name: &settings.desk.name,
        agent_email: "",
        desk_name: &settings.desk.name,
    };
    let subject = placeholder::fill(subject, &values).replace(['\r', '\n'], " ");
    (subject::build(&rules, &ticket.number, &subject, Purpose::New), placeholder::fill(text, &values))
}
