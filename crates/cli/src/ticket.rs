//! `docket ticket`.

use std::{io::Read, path::PathBuf};

use chrono::DateTime;
use docket_app::{
    App, new_id,
    wire::{ComposeQuery, CustomerInput, ListQuery, NewTicket, Outcome, SubmitCommand, TicketView},
};
use docket_domain::{AgentId, ArticleId, Channel, CommandId, TicketId};
use serde_json::{Value, json};

use crate::{
    arguments::{Create, Note, Place, Reply, Set, TicketCommand},
    desk,
    failure::Failure,
    print, shape, sync,
};

/// Reads or changes tickets.
pub async fn ticket(place: &Place, login: Option<&str>, offline: bool, command: TicketCommand) -> Result<(), Failure> {
    let app = place.open().await?;
    let writes = match &command {
        TicketCommand::List { .. } | TicketCommand::Show { .. } | TicketCommand::Raw { .. } => false,
        TicketCommand::Create(_)
        | TicketCommand::Reply(_)
        | TicketCommand::Note(_)
        | TicketCommand::Set(_)
        | TicketCommand::Merge { .. }
        | TicketCommand::Link { .. }
        | TicketCommand::Watch { .. } => true,
    };
    let mut done = run(&app, login, command).await;
    if done.is_ok() && writes && app.connected().is_some() {
        done = sync::bring(&app, offline).await;
    }
    app.close().await;
    done
}

async fn run(app: &App, login: Option<&str>, command: TicketCommand) -> Result<(), Failure> {
    match command {
        TicketCommand::List { view, queue, limit, json } => list(app, desk::viewer(app, login, &view)?, view, queue, limit, json).await,
        TicketCommand::Show { number, history, json } => show(app, desk::reader(app, login)?, &number, history, json).await,
        TicketCommand::Raw { number, article } => raw(app, desk::reader(app, login)?, &number, &article).await,
        TicketCommand::Create(create) => make(app, desk::actor(app, login).await?, create).await,
        TicketCommand::Reply(reply) => answer(app, desk::actor(app, login).await?, reply).await,
        TicketCommand::Note(note) => write_note(app, desk::actor(app, login).await?, note).await,
        TicketCommand::Set(set) => change(app, desk::actor(app, login).await?, set).await,
        TicketCommand::Merge { number, into, json } => merge(app, desk::actor(app, login).await?, &number, &into, json).await,
        TicketCommand::Link { number, other, kind, json } => {
            let me = desk::actor(app, login).await?;
            let other = app.ticket_id(me, &other).await?;
            one(app, me, &number, json!({ "type": "link", "ticket_id": other, "kind": kind }), json).await
        }
        TicketCommand::Watch { number, off, json } => {
            let body = json!({ "type": if off { "unwatch" } else { "watch" } });
            one(app, desk::actor(app, login).await?, &number, body, json).await
        }
    }
}

async fn list(app: &App, me: AgentId, view: String, queue: Option<String>, limit: i64, as_json: bool) -> Result<(), Failure> {
    let queue = queue.map(|name| desk::queue(app, &name)).transpose()?;
    let page = app.list(me, ListQuery { view: Some(view), queue, limit: Some(limit), ..ListQuery::default() }).await?;
    let settings = app.settings();
    if !as_json {
        return print::table(&page.rows.iter().map(|row| shape::cells(&settings, row)).collect::<Vec<_>>());
    }
    page.rows.iter().try_for_each(|row| print::json(&shape::row(&settings, row)))
}

async fn show(app: &App, me: AgentId, number: &str, history: bool, as_json: bool) -> Result<(), Failure> {
    let id = app.ticket_id(me, number).await?;
    let ticket = app.ticket(me, id).await?;
    let settings = app.settings();
    let events = if history { Some(app.history(me, id).await?) } else { None };
    if as_json {
        let mut value = shape::ticket(&settings, &ticket);
        if let Some(events) = events {
            value["history"] = json!(events);
        }
        return print::json(&value);
    }
    shape::print_ticket(&settings, &ticket)?;
    events.map_or(Ok(()), |events| shape::print_history(&settings, &events))
}

async fn raw(app: &App, me: AgentId, number: &str, article: &str) -> Result<(), Failure> {
    let id = app.ticket_id(me, number).await?;
    let ticket = app.ticket(me, id).await?;
    let found = ticket.articles.iter().find(|known| known.id.to_string() == article || known.ordinal.to_string() == article);
    let found = found.ok_or_else(|| Failure::refused(format!("ticket {number} has no article {article}")))?;
    print::bytes(&app.raw(me, found.id).await?)
}

async fn make(app: &App, me: AgentId, create: Create) -> Result<(), Failure> {
    let queue_id = create.queue.map(|name| desk::queue(app, &name)).transpose()?;
    let customer = CustomerInput { address: create.customer.unwrap_or_default(), ..CustomerInput::default() };
    let ticket = NewTicket {
        id: TicketId(new_id()),
        article_id: ArticleId(new_id()),
        title: create.title,
        queue_id,
        state_id: None,
        priority_id: None,
        owner_id: None,
        lock: false,
        pending_until: None,
        customer,
        channel: Some(Channel::Internal),
        direction: None,
        text: words(create.text)?,
        attachments: Vec::new(),
        send: None,
    };
    let made = app.new_ticket(me, ticket).await?.row;
    if create.json { print::json(&json!({ "number": made.number, "id": made.id })) } else { print::line(made.number) }
}

async fn answer(app: &App, me: AgentId, reply: Reply) -> Result<(), Failure> {
    let id = app.ticket_id(me, &reply.number).await?;
    let start = app.compose(me, id, ComposeQuery { kind: "reply".into(), article: None, template: None }).await?;
    let text: Vec<String> = [words(reply.text)?, start.signature, start.quote].into_iter().filter(|part| !part.is_empty()).collect();
    let body = json!({
        "type": "reply",
        "article_id": new_id(),
        "in_reply_to": start.in_reply_to,
        "from_address_id": start.from_address_id,
        "to": if reply.to.is_empty() { start.to } else { reply.to },
        "cc": reply.cc,
        "bcc": reply.bcc,
        "subject": reply.subject.unwrap_or(start.subject),
        "text": text.join("\n\n"),
        "attachments": files(app, me, &reply.attach).await?,
        "state_id": reply.state.map(|name| desk::state(app, &name)).transpose()?,
        "pending_until": reply.until.as_deref().map(until).transpose()?,
        "delay_seconds": 0,
        "seen_upto": start.seen_upto,
    });
    let outcome = submit(app, me, id, body).await?;
    tell(app, &outcome, reply.json)?;
    // On a connected data folder the server sends it, and what waits for the server is said anyway.
    if app.connected().is_some() { Ok(()) } else { desk::say_what_waits(app).await }
}

async fn write_note(app: &App, me: AgentId, note: Note) -> Result<(), Failure> {
    let id = app.ticket_id(me, &note.number).await?;
    let body = json!({
        "type": "note", "article_id": new_id(), "subject": note.subject, "text": words(note.text)?, "visible": note.visible,
        "attachments": files(app, me, &note.attach).await?,
    });
    let outcome = submit(app, me, id, body).await?;
    tell(app, &outcome, note.json)
}

async fn change(app: &App, me: AgentId, set: Set) -> Result<(), Failure> {
    let id = app.ticket_id(me, &set.number).await?;
    let as_json = set.json;
    let bodies = changes(app, set)?;
    if bodies.is_empty() {
        return Err(Failure::Usage("nothing to change was named; see docket ticket set --help".into()));
    }
    let mut last = None;
    for body in bodies {
        last = Some(submit(app, me, id, body).await?);
    }
    last.map_or(Ok(()), |outcome| tell(app, &outcome, as_json))
}

/// Says which ticket it is now, which may be another one than was named.
async fn merge(app: &App, me: AgentId, number: &str, into: &str, as_json: bool) -> Result<(), Failure> {
    let (id, into) = (app.ticket_id(me, number).await?, app.ticket_id(me, into).await?);
    let done = submit(app, me, id, json!({ "type": "merge", "into": into })).await?;
    let stays = done.ticket.as_ref().and_then(|ticket| ticket.merged_into.as_ref()).map_or(into, |stays| stays.id);
    tell(app, &Outcome { ticket: Some(app.ticket(me, stays).await?), ..done }, as_json)
}

/// Carries out one command and tells what came of it.
async fn one(app: &App, me: AgentId, number: &str, body: Value, as_json: bool) -> Result<(), Failure> {
    let id = app.ticket_id(me, number).await?;
    let outcome = submit(app, me, id, body).await?;
    tell(app, &outcome, as_json)
}

/// The commands, with every name looked up before the first is sent.
fn changes(app: &App, set: Set) -> Result<Vec<Value>, Failure> {
    let mut bodies = Vec::new();
    if let Some(title) = set.title {
        bodies.push(json!({ "type": "set_title", "title": title }));
    }
    if let Some(address) = set.customer {
        bodies.push(json!({ "type": "set_customer", "address": address }));
    }
    if let Some(queue) = set.queue {
        bodies.push(json!({ "type": "move", "queue_id": desk::queue(app, &queue)? }));
    }
    if let Some(priority) = set.priority {
        bodies.push(json!({ "type": "set_priority", "priority_id": desk::priority(app, &priority)? }));
    }
    if let Some(owner) = set.owner {
        let owner = if owner == "none" { None } else { Some(desk::agent(app, &owner)?) };
        bodies.push(json!({ "type": "set_owner", "owner_id": owner }));
    }
    if set.lock || set.unlock {
        bodies.push(json!({ "type": if set.lock { "lock" } else { "unlock" } }));
    }
    if let Some(state) = set.state {
        let until = set.until.as_deref().map(until).transpose()?;
        bodies.push(json!({ "type": "set_state", "state_id": desk::state(app, &state)?, "pending_until": until }));
    }
    Ok(bodies)
}

async fn submit(app: &App, me: AgentId, ticket: TicketId, body: Value) -> Result<Outcome, Failure> {
    let body = serde_json::from_value(body).map_err(anyhow::Error::from)?;
    Ok(app.command(me, ticket, SubmitCommand { id: CommandId(new_id()), body }).await?)
}

fn tell(app: &App, Outcome { outcome, ticket, .. }: &Outcome, as_json: bool) -> Result<(), Failure> {
    if as_json {
        let ticket = ticket.as_ref().map(|ticket| shape::ticket(&app.settings(), ticket));
        return print::json(&json!({ "outcome": outcome, "ticket": ticket }));
    }
    match ticket {
        Some(TicketView { row, .. }) => print::line(format!("{} {outcome}", row.number)),
        None => print::line(format!("{outcome}; you may not read this ticket any more")),
    }
}

/// Text as typed, or standard input for `-`.
fn words(text: String) -> Result<String, Failure> {
    if text != "-" {
        return Ok(text);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| Failure::Usage(format!("standard input is no text: {error}")))?;
    Ok(text)
}

fn until(text: &str) -> Result<i64, Failure> {
    let time = DateTime::parse_from_rfc3339(text);
    time.map(|time| time.timestamp_millis()).map_err(|_| Failure::Usage(format!("{text} is no time like 2026-11-23T09:00:00+01:00")))
}

async fn files(app: &App, me: AgentId, files: &[PathBuf]) -> Result<Vec<Value>, Failure> {
    let mut uploads = Vec::new();
    for file in files {
        let bytes = std::fs::read(file).map_err(|error| Failure::refused(format!("{} cannot be read: {error}", file.display())))?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let upload = app.upload(me, &name, "application/octet-stream", bytes).await?;
        uploads.push(json!({ "upload_id": upload.upload_id, "name": upload.name, "type": upload.content_type }));
    }
    Ok(uploads)
}
