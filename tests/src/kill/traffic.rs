//! Customers who write and agents who answer, whatever happens to the desk meanwhile.

use std::{path::PathBuf, sync::Arc};

use anyhow::Result;
use docket_peers::Dovecot;
use serde_json::{Value, json};
use tokio::{sync::watch, time::sleep};
use uuid::Uuid;

use super::{SUPPORT, log};
use crate::{client::Client, dice::Dice};

/// A mail that was put into the mailbox.
#[derive(Clone, Debug)]
pub(super) struct Posted {
    pub message_id: String,
    /// It opens a ticket.
    pub opens: bool,
}

/// A note or a reply that an agent wrote.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub ticket: String,
    pub article: Uuid,
    /// Stands in its text and nowhere else.
    pub mark: String,
    pub reply: bool,
    /// The API said that it is done.
    pub confirmed: bool,
    /// What the API said where it was not done.
    pub refused: Option<String>,
}

/// Customers write, answer what they get, and now and then a mail reaches the mailbox twice.
pub(super) async fn customers(
    dovecot: Arc<Dovecot>,
    record: PathBuf,
    mut dice: Dice,
    mut over: watch::Receiver<bool>,
) -> Result<Vec<Posted>> {
    let mut posted = Vec::new();
    while !*over.borrow_and_update() {
        let number = posted.len() + 1;
        let message_id = format!("{}@customer.test", dice.id());
        let answered = if dice.chance(25) { received(&record, &mut dice) } else { None };
        let opens = answered.is_none();
        let mail = mail(number, &message_id, answered, &mut dice);
        dovecot.deliver(SUPPORT, mail.as_bytes());
        if dice.chance(4) {
            dovecot.deliver(SUPPORT, mail.as_bytes());
        }
        posted.push(Posted { message_id, opens });
        tokio::select! {
            () = sleep(dice.pause(60, 400)) => {}
            _ = over.changed() => {}
        }
    }
    Ok(posted)
}

/// A mail that some customer got from the desk: its Message-ID, to whom it went.
fn received(record: &PathBuf, dice: &mut Dice) -> Option<(String, String)> {
    let text = std::fs::read_to_string(record).ok()?;
    let lines: Vec<&str> = text.lines().collect();
    let recent = &lines[lines.len().saturating_sub(50)..];
    let line: Value = serde_json::from_str(recent.get(dice.below(recent.len()))?).ok()?;
    let id = log::message_id(line["raw"].as_str()?.as_bytes());
    Some((id, line["to"][0].as_str()?.to_owned()))
}

fn mail(number: usize, message_id: &str, answers: Option<(String, String)>, dice: &mut Dice) -> String {
    let (from, thread) = match answers {
        Some((id, from)) => (from, format!("In-Reply-To: <{id}>\r\nReferences: <{id}>\r\n")),
        None => (format!("customer-{number}@customer.test"), String::new()),
    };
    let text = "The printer on the second floor is on fire again.\r\n".repeat(1 + dice.below(40));
    let head = format!(
        "From: Customer <{from}>\r\nTo: {SUPPORT}\r\nSubject: Printer {number}\r\nMessage-ID: <{message_id}>\r\n{thread}Date: Mon, 5 Jan \
         2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
    );
    if dice.chance(70) {
        return format!("{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}");
    }
    let file = format!("{}\r\n", "QUJD".repeat(18)).repeat(20 + dice.below(400));
    format!(
        "{head}Content-Type: multipart/mixed; boundary=cut\r\n\r\n--cut\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--cut\r\nContent-Type: \
         application/octet-stream\r\nContent-Disposition: attachment; filename=log-{number}.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n\
         {file}--cut--\r\n"
    )
}

/// An agent takes tickets as they come and answers or notes something.
pub(super) async fn agent(
    agent: Client,
    mut address: watch::Receiver<Option<String>>,
    mut dice: Dice,
    mut over: watch::Receiver<bool>,
) -> Result<Vec<Written>> {
    let mut written = Vec::new();
    loop {
        let Some(url) = desk_answers(&mut address, &mut over).await else { return Ok(written) };
        let agent = agent.at(&url);
        if let Ok(Some(ticket)) = some_ticket(&agent, &mut dice).await {
            let (body, mut write) = write(&ticket, &mut dice);
            submit(agent, &mut write, &body, &mut address, &mut over, &mut dice).await;
            written.push(write);
        }
        tokio::select! {
            () = sleep(dice.pause(40, 300)) => {}
            _ = over.changed() => {}
        }
    }
}

/// Where the desk answers, as soon as it does; none: it is over.
async fn desk_answers(address: &mut watch::Receiver<Option<String>>, over: &mut watch::Receiver<bool>) -> Option<String> {
    if *over.borrow() {
        return None;
    }
    tokio::select! {
        url = address.wait_for(Option::is_some) => url.ok().and_then(|url| url.clone()),
        _ = over.changed() => None,
    }
}

async fn some_ticket(agent: &Client, dice: &mut Dice) -> Result<Option<String>> {
    let page = agent.get("/tickets?view=all&sort=created&limit=30").await?;
    let rows = page["rows"].as_array().map(Vec::as_slice).unwrap_or_default();
    let row = rows.get(dice.below(rows.len()));
    Ok(row.and_then(|row| row["id"].as_str()).map(str::to_owned))
}

fn write(ticket: &str, dice: &mut Dice) -> (Value, Written) {
    let (article, mark, reply) = (dice.id(), format!("mark-{}", dice.id().simple()), dice.chance(60));
    let text = format!("Have you tried water? {mark}");
    let body = if reply {
        // Has seen all that is to come: what the send guard holds is another test's business.
        let seen = json!({ "article": i64::MAX, "event": i64::MAX });
        json!({ "type": "reply", "article_id": article, "to": ["carla@customer.test"], "text": text, "delay_seconds": 0, "seen_upto": seen })
    } else {
        json!({ "type": "note", "article_id": article, "text": text })
    };
    let written = Written { ticket: ticket.to_owned(), article, mark, reply, confirmed: false, refused: None };
    (json!({ "id": dice.id(), "body": body }), written)
}

/// Sends a command; when the line breaks, now and then tries the same command once more, as a page does.
async fn submit(
    mut agent: Client,
    write: &mut Written,
    body: &Value,
    address: &mut watch::Receiver<Option<String>>,
    over: &mut watch::Receiver<bool>,
    dice: &mut Dice,
) {
    let path = format!("/tickets/{}/commands", write.ticket);
    loop {
        match agent.post(&path, body).await {
            Ok((status, _)) if status.is_success() => {
                write.confirmed = true;
                return;
            }
            Ok((status, answer)) => {
                write.refused = Some(format!("{status} {answer}"));
                return;
            }
            Err(_) if dice.chance(60) => {}
            Err(_) => return,
        }
        let before = address.borrow().clone();
        tokio::select! {
            changed = address.wait_for(|url| url.is_some() && *url != before) => match changed {
                Ok(url) => agent = agent.at(url.as_deref().unwrap_or_default()),
                Err(_) => return,
            },
            _ = over.changed() => return,
        }
    }
}
