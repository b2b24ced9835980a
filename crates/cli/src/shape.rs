//! A ticket in the shape that scripts count on, and as people read it.

use docket_app::wire::{ArticleView, EventView, TicketRow, TicketView};
use docket_domain::Settings;
use serde_json::{Value, json};

use crate::{
    failure::Failure,
    print::{self, moment, plain},
};

/// The names behind a row's ids.
struct Names {
    state: String,
    priority: String,
    queue: String,
    owner: Option<String>,
}

fn names(settings: &Settings, row: &TicketRow) -> Names {
    let owner = row.owner_id.and_then(|id| settings.agents.get(&id));
    Names {
        state: settings.states.get(&row.state_id).map(|state| state.name.clone()).unwrap_or_default(),
        priority: settings.priorities.get(&row.priority_id).map(|priority| priority.name.clone()).unwrap_or_default(),
        queue: settings.queues.get(&row.queue_id).map(|queue| queue.name.clone()).unwrap_or_default(),
        owner: owner.map(|agent| agent.login.clone()),
    }
}

/// A row of a list.
pub fn row(settings: &Settings, row: &TicketRow) -> Value {
    let Names { state, priority, queue, owner } = names(settings, row);
    json!({
        "number": row.number, "title": row.title, "state": state, "priority": priority, "queue": queue, "owner": owner,
        "lock": lock(row.locked), "customer": row.from, "created": row.created_at, "changed": row.changed_at, "id": row.id,
    })
}

/// A row of a list, for people.
pub fn cells(settings: &Settings, row: &TicketRow) -> Vec<String> {
    let Names { state, queue, owner, .. } = names(settings, row);
    vec![row.number.clone(), state, queue, owner.unwrap_or_else(|| "-".into()), plain(&row.from), plain(&row.title)]
}

/// A ticket with its articles.
pub fn ticket(settings: &Settings, ticket: &TicketView) -> Value {
    let Names { state, priority, queue, owner } = names(settings, &ticket.row);
    json!({
        "number": ticket.row.number, "title": ticket.row.title, "state": state, "priority": priority, "queue": queue, "owner": owner,
        "lock": lock(ticket.row.locked), "customer": ticket.customer.address, "created": ticket.row.created_at, "id": ticket.row.id,
        "merged_into": ticket.merged_into.as_ref().map(|into| &into.number),
        "articles": ticket.articles.iter().map(article).collect::<Vec<_>>(),
    })
}

fn article(article: &ArticleView) -> Value {
    let attachments: Vec<_> = article
        .attachments
        .iter()
        .map(|file| json!({ "name": file.name, "type": file.content_type, "size": file.size, "sha256": file.sha256 }))
        .collect();
    json!({
        "id": article.id, "sender": article.sender, "channel": article.channel, "visible_to_customer": article.visible_to_customer,
        "from": article.from, "to": article.to, "cc": article.cc, "reply_to": article.reply_to, "subject": article.subject,
        "text": article.text, "html": article.html, "attachments": attachments, "raw": article.raw, "created": article.created_at,
        "delivery": article.delivery.as_ref().map(|delivery| delivery.state),
    })
}

fn lock(locked: bool) -> &'static str {
    if locked { "lock" } else { "unlock" }
}

/// A ticket, for people.
pub fn print_ticket(settings: &Settings, ticket: &TicketView) -> Result<(), Failure> {
    let Names { state, priority, queue, owner } = names(settings, &ticket.row);
    let zone = &settings.desk.time_zone;
    print::line(format!("{}  {}", ticket.row.number, plain(&ticket.row.title)))?;
    let owner = owner.unwrap_or_else(|| "nobody".into());
    print::line(format!("{state}, {priority}, in {queue}, owner {owner}, {}", if ticket.row.locked { "locked" } else { "unlocked" }))?;
    print::line(format!("customer {}, created {}", plain(&ticket.customer.address), moment(ticket.row.created_at, zone)))?;
    if let Some(into) = &ticket.merged_into {
        print::line(format!("merged into {}  {}", into.number, plain(&into.title)))?;
    }
    for article in &ticket.articles {
        print_article(article, zone)?;
    }
    Ok(())
}

fn print_article(article: &ArticleView, zone: &str) -> Result<(), Failure> {
    print::line(format!("\n#{}  {}  {}", article.ordinal, moment(article.created_at, zone), plain(&article.from)))?;
    for (name, people) in [("to", &article.to), ("cc", &article.cc)] {
        if !people.is_empty() {
            print::line(format!("{name} {}", plain(&people.join(", "))))?;
        }
    }
    print::line(format!("{}\n\n{}", plain(&article.subject), plain(article.text.trim_end())))?;
    for file in &article.attachments {
        print::line(format!("+ {} ({}, {} bytes)", plain(&file.name), plain(&file.content_type), file.size))?;
    }
    Ok(())
}

/// Every change, with actor and time.
pub fn print_history(settings: &Settings, events: &[EventView]) -> Result<(), Failure> {
    print::line("")?;
    let rows: Vec<_> = events.iter().map(|event| history_cells(settings, event)).collect();
    print::table(&rows)
}

fn history_cells(settings: &Settings, event: &EventView) -> Vec<String> {
    // Ids say nothing to people, and where there are any the names stand beside them.
    let shown = event.fields.iter().filter(|(_, value)| !value.is_null() && !is_id(value));
    let fields: Vec<String> = shown.map(|(name, value)| format!("{name}={}", text(value))).collect();
    let at = moment(event.at, &settings.desk.time_zone);
    vec![at, plain(&event.actor.name), event.kind.clone(), plain(&fields.join(" "))]
}

fn is_id(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.parse::<uuid::Uuid>().is_ok())
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| format!("\"{}\"", text.replace('\n', " ")))
}
