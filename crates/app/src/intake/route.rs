//! Where a mail belongs.

use docket_domain::{Settings, Ticket, TicketId, number::Generator};
use docket_mail::{
    parse::Incoming,
    subject::{self, NumberKind, NumberSyntax, SubjectRules, TagPlace},
};
use docket_store::{article, ticket};

use crate::{error::Result, submit::Work};

/// The ticket a mail goes to.
pub(super) enum Route {
    /// To one that exists.
    Existing(Box<Ticket>),
    /// To a new one. `named`: the subject names a ticket that the sender has no part in.
    New { named: Option<Box<Ticket>> },
}

impl Work {
    /// Contract §3: the number in the subject, then References. But a number alone opens nobody's ticket: its sender must
    /// be known on it, or the mail must refer to one of the ticket's mails.
    pub(super) async fn route(&mut self, mail: &Incoming) -> Result<Route> {
        let by_reference = self.referred(mail).await?;
        let named = self.named(mail).await?;
        if let Some(named) = named {
            let referred_there = by_reference.as_ref().is_some_and(|ticket| ticket.id == named.id);
            // Who has part in what a merged ticket was, or in what it is now.
            let now = self.end_of(named.clone()).await?;
            let referred_there = referred_there || by_reference.as_ref().is_some_and(|ticket| ticket.id == now.id);
            if referred_there
                || self.settings.mail_rules.open_by_number_alone
                || self.knows(&named, mail).await?
                || self.knows(&now, mail).await?
            {
                return Ok(Route::Existing(Box::new(now)));
            }
            return Ok(match by_reference {
                Some(ticket) => Route::Existing(Box::new(ticket)),
                None => Route::New { named: Some(Box::new(now)) },
            });
        }
        Ok(match by_reference {
            Some(ticket) => Route::Existing(Box::new(ticket)),
            None => Route::New { named: None },
        })
    }

    /// The first ticket whose number stands in the subject.
    async fn named(&mut self, mail: &Incoming) -> Result<Option<Ticket>> {
        for number in subject::find_numbers(&mail.subject, &number_syntax(&self.settings)) {
            if let Some(ticket) = ticket::by_number(&mut self.tx, &number).await? {
                return Ok(Some(ticket));
            }
        }
        Ok(None)
    }

    /// The ticket that one of the referenced Message-IDs belongs to; the nearest first, ours before others.
    async fn referred(&mut self, mail: &Incoming) -> Result<Option<Ticket>> {
        let mut ids = mail.in_reply_to.clone();
        ids.extend(mail.references.iter().rev().take(50).cloned());
        let own = mail.message_id.iter().cloned();
        let known = article::references(&mut self.tx, &ids.iter().cloned().chain(own).collect::<Vec<_>>()).await?;
        let place = |id: &str| ids.iter().position(|wanted| wanted == id).unwrap_or(usize::MAX);
        let best = known.iter().min_by_key(|reference| (!reference.ours, reference.article_id.is_none(), place(&reference.message_id)));
        match best {
            Some(reference) => match ticket::find(&mut self.tx, TicketId(reference.ticket_id)).await? {
                Some(ticket) => Ok(Some(self.end_of(ticket).await?)),
                None => Ok(None),
            },
            None => Ok(None),
        }
    }

    /// Has the sender part in this ticket? Its customer, whoever wrote or received one of its mails, and the desk's agents.
    async fn knows(&mut self, ticket: &Ticket, mail: &Incoming) -> Result<bool> {
        let keys = mail.from.iter().chain(&mail.sender).map(docket_mail::Address::key);
        // A From without an address is nobody's.
        let senders: Vec<String> = keys.filter(|key| !key.is_empty()).collect();
        if senders.contains(&ticket.customer.address.to_lowercase()) {
            return Ok(true);
        }
        if self.settings.agents.values().any(|agent| agent.valid && senders.contains(&agent.email.to_lowercase())) {
            return Ok(true);
        }
        let known = article::participants(&mut self.tx, ticket.id).await?;
        Ok(known.iter().any(|address| senders.contains(&address.key()) && self.settings.own_address(&address.address).is_none()))
    }
}

/// How this desk's numbers look in a subject.
fn number_syntax(settings: &Settings) -> NumberSyntax {
    let desk = &settings.desk;
    NumberSyntax {
        hook: desk.ticket_hook.clone(),
        divider: desk.hook_divider.clone(),
        kind: match desk.number_generator {
            Generator::DateChecksum => NumberKind::DateChecksum,
            Generator::Date => NumberKind::Date,
            Generator::AutoIncrement => NumberKind::AutoIncrement,
        },
        system_id: Some(desk.system_id.clone()),
    }
}

/// How this desk tags subjects.
pub(crate) fn subject_rules(settings: &Settings) -> SubjectRules {
    let desk = &settings.desk;
    SubjectRules {
        hook: desk.ticket_hook.clone(),
        divider: desk.hook_divider.clone(),
        place: match desk.subject_format.as_str() {
            "right" => TagPlace::Right,
            "none" => TagPlace::None,
            _ => TagPlace::Left,
        },
        size: desk.subject_size as usize,
    }
}

/// A subject without the tag of any ticket: that of another one must not come back in our answers.
pub(crate) fn plain_subject(settings: &Settings, subject: &str) -> String {
    let rules = subject_rules(settings);
    let mut plain = subject.to_owned();
    for number in subject::find_numbers(subject, &number_syntax(settings)) {
        plain = subject::clean(&rules, &number, &plain);
    }
    plain
}

/// The title of a new ticket: the subject without a number that is not its own, else the first words of the text.
pub(super) fn title(settings: &Settings, mail: &Incoming) -> String {
    let title = plain_subject(settings, &mail.subject);
    if !title.trim().is_empty() {
        return title.chars().take(250).collect();
    }
    let first = mail.text.lines().map(str::trim).find(|line| !line.is_empty());
    match first {
        Some(line) if line.chars().count() > 80 => line.chars().take(80).chain("…".chars()).collect(),
        Some(line) => line.to_owned(),
        None if settings.desk.language == "de" => "Ohne Betreff".into(),
        None => "No subject".into(),
    }
}
