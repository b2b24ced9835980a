//! What a composer starts with: recipients, subject, template, signature and the quoted history.

use chrono::{DateTime, Utc};
use docket_domain::{
    Address, AgentId, Article, Channel, Sender, Settings, Ticket, TicketId,
    command::SeenUpto,
    placeholder::{self, Values},
    settings::TemplateKind,
};
use docket_mail::{
    compose::quote,
    subject::{self, Purpose},
};
use docket_store::{Tx, article, article::Stored};

use crate::{
    access::readable,
    app::App,
    error::{Error, Result},
    intake::{plain_subject, subject_rules},
    view::attachment_view,
    wire::{AddressChoice, ComposeQuery, ComposeView, PlaceholderView, PreviewInput, TemplateChoice, written},
};

/// Longest quote that is offered, in characters; the whole mail stays on the ticket.
const LONGEST_QUOTE: usize = 40_000;

impl App {
    /// What a composer of that kind starts with on this ticket.
    pub async fn compose(&self, me: AgentId, id: TicketId, query: ComposeQuery) -> Result<ComposeView> {
        let kind = template_kind(&query.kind)?;
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let ticket = readable(&mut tx, &settings, me, id).await?;
        let articles = article::of_ticket(&mut tx, id).await?;
        let answered = answered(&articles, &query)?;
        let mut view = start(&settings, &ticket, kind);
        let last = articles.iter().rev().find(|stored| stored.article.sender == Sender::Customer).map(|stored| &stored.article);
        let values = values(&settings, me, &ticket, last);
        fill(&mut view, &settings, &ticket, kind, &query, &values);
        if matches!(kind, TemplateKind::Answer | TemplateKind::Forward) {
            address(&mut view, &settings, &ticket, answered, &query);
            if let Some(answered) = answered {
                quoted(&mut tx, &mut view, &settings, answered, kind, id).await?;
            }
        }
        Ok(view)
    }

    /// A text with its placeholders filled in, from a ticket or from an example.
    pub async fn preview(&self, me: AgentId, input: PreviewInput) -> Result<String> {
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let ticket = match input.ticket_id {
            Some(id) => Some(readable(&mut tx, &settings, me, id).await?),
            None => None,
        };
        let Some(ticket) = ticket else { return Ok(placeholder::fill(&input.text, &example(&settings, me))) };
        let articles = article::of_ticket(&mut tx, ticket.id).await?;
        let last = articles.iter().rev().find(|stored| stored.article.sender == Sender::Customer).map(|stored| &stored.article);
        Ok(placeholder::fill(&input.text, &values(&settings, me, &ticket, last)))
    }

    /// The placeholders that editors offer, each with what it gives in an example.
    pub fn placeholders(&self, me: AgentId) -> Vec<PlaceholderView> {
        let settings = self.settings();
        let values = example(&settings, me);
        placeholder::TOKENS
            .iter()
            .map(|token| PlaceholderView { token: (*token).to_owned(), example: placeholder::fill(token, &values) })
            .collect()
    }
}

fn template_kind(kind: &str) -> Result<TemplateKind> {
    Ok(match kind {
        "reply" | "reply_all" => TemplateKind::Answer,
        "forward" => TemplateKind::Forward,
        "note" => TemplateKind::Note,
        "phone_call" => TemplateKind::PhoneCall,
        _ => return Err(Error::invalid("kind", "reply, reply_all, forward, note or phone_call")),
    })
}

/// The article that was named, else the newest that a customer can see.
fn answered<'a>(articles: &'a [Stored], query: &ComposeQuery) -> Result<Option<&'a Article>> {
    match query.article {
        Some(id) => {
            articles.iter().find(|stored| stored.article.id == id).map(|stored| Some(&stored.article)).ok_or(Error::NotFound("article"))
        }
        None => {
            let mail = |stored: &&Stored| stored.article.visible_to_customer && stored.article.sender != Sender::System;
            let customers = articles.iter().rev().filter(mail).find(|stored| stored.article.sender == Sender::Customer);
            Ok(customers.or_else(|| articles.iter().rev().find(mail)).map(|stored| &stored.article))
        }
    }
}

fn start(settings: &Settings, ticket: &Ticket, kind: TemplateKind) -> ComposeView {
    let choices = settings.addresses.iter().filter(|(_, address)| address.valid);
    let queue = settings.queues.get(&ticket.queue);
    let offered = |id| queue.is_none_or(|queue| queue.template_ids.is_empty() || queue.template_ids.contains(id));
    ComposeView {
        from_address_id: settings.sender_of(ticket.queue).map(|(id, _)| id),
        from_choices: choices.map(|(id, address)| AddressChoice { id: *id, label: label(&address.name, &address.email) }).collect(),
        to: Vec::new(),
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: String::new(),
        text: String::new(),
        signature: String::new(),
        quote: String::new(),
        attachments: Vec::new(),
        in_reply_to: None,
        next_state_id: None,
        templates: settings
            .templates
            .iter()
            .filter(|(id, template)| template.valid && template.kind == kind && offered(id))
            .map(|(id, template)| TemplateChoice { id: *id, name: template.name.clone(), text: template.text.clone() })
            .collect(),
        seen_upto: SeenUpto { article: ticket.articles, event: ticket.events },
    }
}

fn label(name: &str, email: &str) -> String {
    Address { name: Some(name.to_owned()).filter(|name| !name.is_empty()), address: email.to_owned() }.to_string()
}

fn fill(view: &mut ComposeView, settings: &Settings, ticket: &Ticket, kind: TemplateKind, query: &ComposeQuery, values: &Values) {
    let queue = settings.queues.get(&ticket.queue);
    let template = query.template.and_then(|id| settings.templates.get(&id));
    for choice in &mut view.templates {
        choice.text = placeholder::fill(&choice.text, values);
    }
    let text = template.map(|template| placeholder::fill(&template.text, values)).unwrap_or_default();
    if matches!(kind, TemplateKind::Answer) {
        let salutation =
            queue.and_then(|queue| queue.salutation_id).and_then(|id| settings.salutations.get(&id)).filter(|block| block.valid);
        let salutation = salutation.map(|block| placeholder::fill(&block.text, values)).unwrap_or_default();
        view.text = if salutation.is_empty() { text } else { format!("{salutation}\n\n{text}") };
    } else {
        view.text = text;
    }
    if matches!(kind, TemplateKind::Answer | TemplateKind::Forward) {
        let signature = queue.and_then(|queue| queue.signature_id).and_then(|id| settings.signatures.get(&id)).filter(|block| block.valid);
        view.signature = signature.map(|block| placeholder::fill(&block.text, values)).unwrap_or_default();
    }
    let rules = subject_rules(settings);
    let wanted = template.and_then(|template| template.subject.clone()).filter(|subject| !subject.is_empty());
    let plain = wanted.map_or_else(|| values.customer_subject.to_owned(), |subject| placeholder::fill(&subject, values));
    let plain = if plain.is_empty() { ticket.title.clone() } else { plain_subject(settings, &plain) };
    view.subject = match kind {
        TemplateKind::Answer => subject::build(&rules, &ticket.number, &plain, Purpose::Reply),
        TemplateKind::Forward => subject::build(&rules, &ticket.number, &plain, Purpose::Forward),
        TemplateKind::Note | TemplateKind::PhoneCall | TemplateKind::Create => ticket.title.clone(),
    };
}

/// Recipients: Reply-To before From; with "all" everybody else on the mail, but never our own addresses.
fn address(view: &mut ComposeView, settings: &Settings, ticket: &Ticket, answered: Option<&Article>, query: &ComposeQuery) {
    view.in_reply_to = answered.map(|article| article.id);
    if query.kind == "forward" {
        return;
    }
    let own = |address: &Address| settings.own_address(&address.address).is_some();
    let mut to: Vec<Address> = Vec::new();
    let mut cc: Vec<Address> = Vec::new();
    if let Some(article) = answered.filter(|article| article.channel == Channel::Email) {
        match article.sender {
            Sender::Customer if !article.reply_to.is_empty() => to.extend(article.reply_to.iter().cloned()),
            Sender::Customer => to.extend(article.from.clone().filter(|from| !from.address.is_empty())),
            Sender::Agent | Sender::System => to.extend(article.to.iter().cloned()),
        }
        if query.kind == "reply_all" {
            let known: Vec<String> = to.iter().map(Address::key).collect();
            let others = article.to.iter().chain(&article.cc).filter(|address| !known.contains(&address.key()));
            cc.extend(others.cloned());
        }
    }
    to.retain(|address| !own(address));
    cc.retain(|address| !own(address));
    if to.is_empty() && Address::parse(&ticket.customer.address).is_some() {
        let name = Some(ticket.customer.name.clone()).filter(|name| !name.is_empty());
        to.push(Address { name, address: ticket.customer.address.clone() });
        cc.retain(|address| address.key() != ticket.customer.address.to_lowercase());
    }
    (view.to, view.cc) = (written(&to), written(&cc));
}

async fn quoted(
    tx: &mut Tx,
    view: &mut ComposeView,
    settings: &Settings,
    article: &Article,
    kind: TemplateKind,
    ticket: TicketId,
) -> Result<()> {
    let german = settings.desk.language == "de";
    let zone: chrono_tz::Tz = settings.desk.time_zone.parse().unwrap_or(chrono_tz::UTC);
    let at = DateTime::<Utc>::from_timestamp_millis(article.created_at).unwrap_or_default().with_timezone(&zone);
    let from = article.from.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut text = article.text.trim_end().to_owned();
    if text.chars().count() > LONGEST_QUOTE {
        text = text.chars().take(LONGEST_QUOTE).chain("\n[…]".chars()).collect();
    }
    if kind == TemplateKind::Answer {
        let line = if german {
            format!("Am {} schrieb {from}:", at.format("%d.%m.%Y um %H:%M"))
        } else {
            format!("On {} {from} wrote:", at.format("%Y-%m-%d at %H:%M"))
        };
        view.quote = format!("{line}\n{}", quote(&text));
        return Ok(());
    }
    let (head, when) = if german {
        ("Weitergeleitete Nachricht", at.format("%d.%m.%Y %H:%M"))
    } else {
        ("Forwarded message", at.format("%Y-%m-%d %H:%M"))
    };
    let names = if german { ["Von", "Datum", "An", "Betreff"] } else { ["From", "Date", "To", "Subject"] };
    let to = written(&article.to).join(", ");
    view.quote = format!(
        "---- {head} ----\n{}: {from}\n{}: {when}\n{}: {to}\n{}: {}\n\n{text}",
        names[0], names[1], names[2], names[3], article.subject
    );
    let files = article::attachments(tx, ticket).await?;
    view.attachments = files.iter().filter(|file| file.article == article.id && !file.inline).map(attachment_view).collect();
    Ok(())
}

fn values<'a>(settings: &'a Settings, me: AgentId, ticket: &'a Ticket, last: Option<&'a Article>) -> Values<'a> {
    let agent = settings.agents.get(&me);
    Values {
        ticket_number: &ticket.number,
        ticket_title: &ticket.title,
        ticket_state: settings.states.get(&ticket.state).map_or("", |state| &state.name),
        ticket_priority: settings.priorities.get(&ticket.priority).map_or("", |priority| &priority.name),
        queue_name: settings.queues.get(&ticket.queue).map_or("", |queue| &queue.name),
        owner_name: ticket.owner.map_or("", |owner| settings.agent_name(owner)),
        customer_name: &ticket.customer.name,
        customer_address: &ticket.customer.address,
        customer_subject: last.map_or(&ticket.title, |article| &article.subject),
        customer_body: last.map_or("", |article| &article.text),
        agent_name: agent.map_or("", |agent| &agent.name),
        agent_email: agent.map_or("", |agent| &agent.email),
        desk_name: &settings.desk.name,
    }
}

fn example(settings: &Settings, me: AgentId) -> Values<'_> {
    let german = settings.desk.language == "de";
    let agent = settings.agents.get(&me);
    Values {
        ticket_number: "2026112110000015",
        ticket_title: if german { "Drucker im 3. Stock" } else { "Printer on the 3rd floor" },
        ticket_state: "open",
        ticket_priority: "3 normal",
        queue_name: settings.queues.values().last().map_or("", |queue| &queue.name),
        owner_name: agent.map_or("", |agent| &agent.name),
        customer_name: "Petra Vogt",
        customer_address: "petra.vogt@example.org",
        customer_subject: if german { "Drucker im 3. Stock" } else { "Printer on the 3rd floor" },
        customer_body: if german {
            "Guten Morgen,\nder Drucker druckt nur noch leere Seiten."
        } else {
            "Good morning,\nthe printer only prints empty pages."
        },
        agent_name: agent.map_or("", |agent| &agent.name),
        agent_email: agent.map_or("", |agent| &agent.email),
        desk_name: &settings.desk.name,
    }
}
