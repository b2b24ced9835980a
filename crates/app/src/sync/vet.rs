//! What a device says is checked before it is carried out: it may name only what its agent uploaded or may read, and nothing in it
//! reaches a mail header or a page unseen.

use docket_domain::{
    Address, AgentId, ArticleId, Body, DeviceId, NewArticle, Outgoing, Refusal, TicketId, access,
    command::{NewAttachment, SeenUpto},
};
use docket_store::{article, blob, job, ticket};

use crate::{
    auto_reply::message_id,
    error::{Error, Result},
    files::{clean_name, clean_type},
    submit::{MailJob, Work},
};

/// Longest undo delay (ms).
const LONGEST_DELAY: i64 = 3_600_000;

/// Checks a body and makes it safe.
pub(crate) async fn vet(work: &mut Work, me: AgentId, device: DeviceId, id: TicketId, body: &mut Body) -> Result<()> {
    match body {
        Body::Create { number, first, .. } => {
            if !number.is_empty() && !work.use_number(number, device, id).await? {
                number.clear();
            }
            if let Some(first) = first {
                Box::pin(vet(work, me, device, id, first)).await?;
                if let Body::Reply { mail, .. } = &mut **first {
                    mail.seen_upto = None;
                }
            }
        }
        Body::Reply { article, mail, .. } | Body::Forward { article, mail, .. } => {
            words(work, me, article).await?;
            envelope(work, mail).await?;
        }
        Body::Note { article, .. } | Body::PhoneCall { article, .. } => words(work, me, article).await?,
        Body::CancelSend { article, .. } | Body::SendNow { article } | Body::SendAgain { article } => own(work, id, *article).await?,
        Body::ConfirmArrival { article, author, next } => {
            own(work, id, *article).await?;
            let job = job::of_article(&mut work.tx, article.0).await?.ok_or(Refusal::NotSendable)?;
            let known: MailJob = serde_json::from_str(&job.body).map_err(anyhow::Error::from)?;
            (*author, *next) = (known.author, known.next);
        }
        Body::Link { ticket: other, number, .. } | Body::Unlink { ticket: other, number } => {
            *number = readable(work, me, *other).await?;
        }
        Body::Merge { into, number } => *number = readable(work, me, *into).await?,
        Body::Lock
        | Body::Unlock
        | Body::Take { .. }
        | Body::SetOwner { .. }
        | Body::SetState { .. }
        | Body::SetPriority { .. }
        | Body::Move { .. }
        | Body::SetTitle { .. }
        | Body::SetCustomer { .. }
        | Body::SetResponsible { .. }
        | Body::Junk { .. }
        | Body::NotJunk
        | Body::Watch
        | Body::Unwatch
        | Body::TakeAlong
        | Body::BringBack
        | Body::SetService { .. }
        | Body::SetType { .. }
        | Body::SetServiceLevel { .. }
        | Body::Acknowledge => {}
        // Turned away before (`conflict::by_agents`).
        Body::Receive(_)
        | Body::AutoReply { .. }
        | Body::SuppressAutoReply { .. }
        | Body::MailLeft { .. }
        | Body::MailFailed { .. }
        | Body::MailUnknown { .. }
        | Body::HoldMail { .. }
        | Body::FlagSuspicious { .. }
        | Body::Absorb { .. }
        | Body::Escalate { .. }
        | Body::EndLock { .. }
        | Body::Remind { .. } => return Err(Refusal::UnknownCommand.into()),
    }
    Ok(())
}

/// The number of another ticket that this agent may read.
async fn readable(work: &mut Work, me: AgentId, other: TicketId) -> Result<String> {
    let found = ticket::find(&mut work.tx, other).await?.filter(|ticket| access::may_read(&work.settings, me, ticket));
    found.map(|ticket| ticket.number).ok_or(Error::NotFound("ticket"))
}

async fn own(work: &mut Work, ticket: TicketId, id: ArticleId) -> Result<()> {
    let stored = article::find(&mut work.tx, id).await?.filter(|stored| stored.article.ticket == ticket);
    stored.map(drop).ok_or(Error::NotFound("article"))
}

/// Agents write plain text: the HTML of a mail is made from it here.
async fn words(work: &mut Work, me: AgentId, article: &mut NewArticle) -> Result<()> {
    if article.id.is_nil() {
        return Err(Error::invalid("article_id", "an article needs an id"));
    }
    article.html = None;
    article.subject = one_line(&article.subject);
    for file in &mut article.attachments {
        attachment(work, me, file).await?;
    }
    Ok(())
}

async fn attachment(work: &mut Work, me: AgentId, file: &mut NewAttachment) -> Result<()> {
    file.name = clean_name(&file.name);
    file.content_type = clean_type(&file.content_type);
    file.inline = false;
    file.content_id = None;
    if let Some(upload) = blob::uploaded(&mut work.tx, me.0, &file.sha256).await? {
        file.size = upload.size;
        return Ok(());
    }
    for (id, size) in blob::attached_to(&mut work.tx, &file.sha256).await? {
        let found = ticket::find(&mut work.tx, TicketId(id)).await?;
        if found.is_some_and(|ticket| access::may_read(&work.settings, me, &ticket)) {
            file.size = size;
            return Ok(());
        }
    }
    Err(Error::NotFound("attachment"))
}

async fn envelope(work: &mut Work, mail: &mut Outgoing) -> Result<()> {
    mail.delay_ms = mail.delay_ms.clamp(0, LONGEST_DELAY);
    for address in mail.to.iter_mut().chain(&mut mail.cc).chain(&mut mail.bcc) {
        clean(address);
    }
    mail.in_reply_to.take_if(|id| !is_message_id(id));
    mail.references.retain(|id| is_message_id(id));
    mail.references.truncate(100);
    // Nothing tells what was on the screen: then everything that is there counts as unseen.
    mail.seen_upto.get_or_insert(SeenUpto::default());
    let known = article::references(&mut work.tx, std::slice::from_ref(&mail.message_id)).await?;
    if !is_message_id(&mail.message_id) || !known.is_empty() {
        let sender = work.settings.addresses.get(&mail.from).map(|address| address.email.clone()).unwrap_or_default();
        mail.message_id = message_id(&work.settings, &sender);
    }
    Ok(())
}

fn clean(address: &mut Address) {
    if let Some(name) = &mut address.name {
        *name = one_line(name);
    }
}

/// RFC 5322 §3.6.4, without its oddities: two parts of visible ASCII around one `@`.
fn is_message_id(id: &str) -> bool {
    let fine = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic() && !b"<>@".contains(&b));
    id.len() <= 500 && id.split_once('@').is_some_and(|(left, right)| fine(left) && fine(right))
}

fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
