//! Waiting for new mail.

use std::time::Duration;

use async_imap::{
    extensions::idle::IdleResponse,
    imap_proto::{MailboxDatum, Response},
    types::UnsolicitedResponse,
};
use tokio::time::{Instant, timeout_at};

use super::{ImapFailure, Mailbox, Woken, connect::command_patience, failure};

/// Servers may hang up on an IDLE of 29 minutes.
const ROUND: Duration = Duration::from_secs(25 * 60);
/// What the line may be silent beyond the round itself.
const GRACE: Duration = Duration::from_secs(60);

pub(super) async fn wait(mailbox: &mut Mailbox, time: Duration) -> Result<Woken, ImapFailure> {
    let end = Instant::now() + time;
    loop {
        mailbox.noop().await?;
        if heard(mailbox) {
            return Ok(Woken::NewMail);
        }
        if Instant::now() >= end {
            return Ok(Woken::Timeout);
        }
        let step = if mailbox.has.idle { ROUND } else { mailbox.poll };
        let until = end.min(Instant::now() + step);
        if mailbox.has.idle {
            if idle(mailbox, until).await? {
                return Ok(Woken::NewMail);
            }
        } else {
            tokio::time::sleep_until(until).await;
        }
    }
}

/// Whether the server has told of more mails since the folder was last looked at.
fn heard(mailbox: &mut Mailbox) -> bool {
    let mut more = std::mem::take(&mut mailbox.news);
    let Some(session) = &mailbox.session else { return more };
    let told: Vec<UnsolicitedResponse> = std::iter::from_fn(|| session.unsolicited_responses.try_recv().ok()).collect();
    for response in told {
        more |= match response {
            UnsolicitedResponse::Exists(count) => exists(mailbox, count),
            UnsolicitedResponse::Expunge(_) => expunged(mailbox),
            _ => false,
        };
    }
    more
}

fn exists(mailbox: &mut Mailbox, count: u32) -> bool {
    let more = count > mailbox.known;
    mailbox.known = count;
    more
}

fn expunged(mailbox: &mut Mailbox) -> bool {
    mailbox.known = mailbox.known.saturating_sub(1);
    false
}

/// One round of IDLE; says whether something new has come.
async fn idle(mailbox: &mut Mailbox, until: Instant) -> Result<bool, ImapFailure> {
    let peer = mailbox.peer.clone();
    let lost = |e| failure(e, &peer);
    mailbox.session()?;
    let Some(session) = mailbox.session.take() else { return Ok(false) };
    let mut handle = session.idle();
    handle.init().await.map_err(lost)?;
    mailbox.patience.set(ROUND + GRACE);
    let mut more = false;
    while !more {
        let (next, _stop) = handle.wait_with_timeout(ROUND + GRACE);
        match timeout_at(until, next).await {
            Err(_) => break,
            Ok(answer) => match answer.map_err(lost)? {
                IdleResponse::NewData(data) => more = told(mailbox, data.parsed()),
                IdleResponse::Timeout => break,
                IdleResponse::ManualInterrupt => {
                    return Err(failure(async_imap::error::Error::ConnectionLost, &peer));
                }
            },
        }
    }
    command_patience(mailbox);
    mailbox.session = Some(handle.done().await.map_err(lost)?);
    let heard = heard(mailbox);
    Ok(more || heard)
}

fn told(mailbox: &mut Mailbox, response: &Response<'_>) -> bool {
    match response {
        Response::MailboxData(MailboxDatum::Exists(count)) => exists(mailbox, *count),
        Response::Expunge(_) => expunged(mailbox),
        _ => false,
    }
}
