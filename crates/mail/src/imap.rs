//! Fetches mail and leaves the mailbox as found.

mod ask;
mod connect;
mod utf7;
mod wait;

use std::{path::PathBuf, time::Duration};

use async_imap::{
    error::Error,
    imap_proto::{AttributeValue, MailboxDatum, Response},
    types::{Flag, NameAttribute},
};
use chrono::DateTime;
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};

use crate::{
    Secret, Security,
    net::{Patience, Wire, io_failure},
    probe::{ProbeCode, ProbeFailure},
};

/// A mailbox to fetch from.
#[derive(Clone, Debug)]
pub struct ImapAccount {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// User.
    pub user: String,
    /// Password.
    pub password: Secret,
    /// The folder, usually `INBOX`.
    pub folder: String,
    /// A file with further trusted certificates (PEM).
    pub ca_file: Option<PathBuf>,
}

/// Why talking to the mailbox failed; the same codes as a probe.
pub type ImapFailure = ProbeFailure;

/// An open folder.
#[derive(Debug)]
pub struct Mailbox {
    session: Option<Session>,
    patience: Patience,
    peer: String,
    folder: String,
    has: Abilities,
    /// How many mails the folder held when it was last looked at.
    known: u32,
    /// Whether it has told of more since.
    news: bool,
    poll: Duration,
}

type Session = async_imap::Session<Box<dyn Wire>>;

/// What the server can do beyond the minimum.
#[derive(Clone, Copy, Debug, Default)]
struct Abilities {
    idle: bool,
    moves: bool,
    uid_plus: bool,
}

/// What lies in a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// How many mails.
    pub total: u32,
    /// How many of them unread.
    pub unread: u32,
    /// Arrival of the oldest in milliseconds UTC.
    pub oldest: Option<i64>,
    /// While this stays the same, UIDs keep their meaning.
    pub uid_validity: u32,
    /// The UID the next mail will get.
    pub uid_next: u32,
    /// Whether the server lets us mark mails with keywords of our own.
    pub keywords_allowed: bool,
}

/// Which mails to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// From this UID on, it included.
    Uid(u32),
    /// What is not marked as read.
    Unread,
    /// What arrived at this moment or later, in milliseconds UTC.
    Arrived(i64),
    /// Everything.
    All,
}

/// What is known of a mail without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// The UID.
    pub uid: u32,
    /// Arrival in milliseconds UTC.
    pub internal_date: Option<i64>,
    /// Flags and keywords as the server writes them.
    pub flags: Vec<String>,
    /// Size in bytes.
    pub size: u32,
    /// The Message-ID without angle brackets.
    pub message_id: Option<String>,
}

/// A fetched mail.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The UID.
    pub uid: u32,
    /// Arrival in milliseconds UTC.
    pub internal_date: Option<i64>,
    /// Flags and keywords as the server writes them.
    pub flags: Vec<String>,
    /// The mail, byte for byte.
    pub raw: Vec<u8>,
}

/// Why waiting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// There is (probably) something new.
    NewMail,
    /// The time is over.
    Timeout,
}

/// Connects, signs in and opens the folder.
pub async fn connect(account: &ImapAccount) -> Result<Mailbox, ImapFailure> {
    let mut mailbox = connect::open(account).await?;
    mailbox.select().await?;
    Ok(mailbox)
}

impl Mailbox {
    fn session(&mut self) -> Result<&mut Session, ImapFailure> {
        let closed = || ProbeFailure::new(ProbeCode::Other, format!("{}: the connection is closed", self.peer));
        self.session.as_mut().ok_or_else(closed)
    }

    async fn select(&mut self) -> Result<async_imap::types::Mailbox, ImapFailure> {
        let folder = utf7::encode(&self.folder);
        let selected = self.session()?.select(&folder).await;
        let selected = selected.map_err(|e| match refusal(&e) {
            Some(text) => ProbeFailure::new(ProbeCode::FolderMissing, format!("{}: {text}", self.folder)),
            None => failure(e, &self.peer),
        })?;
        self.known = selected.exists;
        self.news = false;
        Ok(selected)
    }

    /// What lies in the folder; cheap even for very large ones: of the oldest only the first thousand are asked
    /// for their arrival.
    pub async fn overview(&mut self) -> Result<Overview, ImapFailure> {
        let selected = self.select().await?;
        let unread = self.uids("UNSEEN").await?.len();
        let oldest = if selected.exists == 0 { None } else { self.oldest(selected.exists.min(1_000)).await? };
        Ok(Overview {
            total: selected.exists,
            unread: u32::try_from(unread).unwrap_or(u32::MAX),
            oldest,
            uid_validity: selected.uid_validity.unwrap_or_default(),
            uid_next: selected.uid_next.unwrap_or_default(),
            keywords_allowed: selected.permanent_flags.contains(&Flag::MayCreate),
        })
    }

    async fn oldest(&mut self, first: u32) -> Result<Option<i64>, ImapFailure> {
        let mut oldest = None;
        let note = |answer: &Response<'_>| {
            let date = attributes(answer).iter().find_map(internal_date);
            oldest = [oldest, date].into_iter().flatten().min();
        };
        self.ask(&format!("FETCH 1:{first} (INTERNALDATE)"), note).await?;
        Ok(oldest)
    }

    /// The UIDs of such mails, ascending.
    pub async fn search(&mut self, since: Since) -> Result<Vec<u32>, ImapFailure> {
        match since {
            Since::All => self.uids("ALL").await,
            Since::Unread => self.uids("UNSEEN").await,
            Since::Uid(first) => {
                let mut found = self.uids(&format!("UID {first}:*")).await?;
                found.retain(|uid| *uid >= first);
                Ok(found)
            }
            Since::Arrived(moment) => self.arrived(moment).await,
        }
    }

    /// The server searches by its own day, so a day more is asked for and each arrival looked at.
    async fn arrived(&mut self, moment: i64) -> Result<Vec<u32>, ImapFailure> {
        let day = chrono::DateTime::from_timestamp_millis(moment.saturating_sub(36 * 3_600_000)).unwrap_or_default();
        let found = self.uids(&format!("SINCE {}", day.format("%-d-%b-%Y"))).await?;
        let meta = self.fetch_meta(&found).await?;
        let late = |meta: &Meta| meta.internal_date.is_none_or(|date| date >= moment);
        Ok(meta.iter().filter(|meta| late(meta)).map(|meta| meta.uid).collect())
    }

    async fn uids(&mut self, query: &str) -> Result<Vec<u32>, ImapFailure> {
        let mut found = Vec::new();
        let note = |answer: &Response<'_>| {
            if let Response::MailboxData(MailboxDatum::Search(uids)) = answer {
                found.extend_from_slice(uids);
            }
        };
        self.ask(&format!("UID SEARCH {query}"), note).await?;
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// What is known of these mails, by ascending UID; those that are gone are left out. Of one that the server has but does not
    /// hand out only the UID is known: asking for it by [`Mailbox::fetch`] says so.
    pub async fn fetch_meta(&mut self, uids: &[u32]) -> Result<Vec<Meta>, ImapFailure> {
        const ITEMS: &str = "(UID INTERNALDATE FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])";
        let mut found: Vec<Meta> = Vec::with_capacity(uids.len());
        for group in uids.chunks(500) {
            let note = |answer: &Response<'_>| found.extend(meta(attributes(answer)).filter(|meta| group.contains(&meta.uid)));
            let asked = self.ask(&format!("UID FETCH {} {ITEMS}", set(group)), note).await;
            let missing: Vec<u32> = group.iter().copied().filter(|uid| found.iter().all(|meta| meta.uid != *uid)).collect();
            if self.are_gone(&missing, asked).await.is_ok() {
                continue;
            }
            // One bad mail may have ended the answer for those after it: each is asked for alone.
            for uid in self.uids(&format!("UID {}", set(&missing))).await? {
                let mut alone = None;
                let note = |answer: &Response<'_>| alone = alone.take().or_else(|| meta(attributes(answer)).filter(|meta| meta.uid == uid));
                if let Err(error) = self.ask(&format!("UID FETCH {uid} {ITEMS}"), note).await {
                    self.noop().await?;
                    tracing::info!(uid, %error, "the server withholds a mail");
                }
                found.push(alone.unwrap_or(Meta { uid, internal_date: None, flags: Vec::new(), size: 0, message_id: None }));
            }
        }
        found.sort_by_key(|meta| meta.uid);
        found.dedup_by_key(|meta| meta.uid);
        Ok(found)
    }

    /// One mail, unread state untouched; `None` when it is gone. A mail that the server has but does not hand out is an error.
    pub async fn fetch(&mut self, uid: u32) -> Result<Option<Fetched>, ImapFailure> {
        let mut found: Option<Fetched> = None;
        let note = |answer: &Response<'_>| found = found.take().or_else(|| fetched(attributes(answer)).filter(|mail| mail.uid == uid));
        let asked = self.ask(&format!("UID FETCH {uid} (UID INTERNALDATE FLAGS BODY.PEEK[])"), note).await;
        if found.is_none() {
            self.are_gone(&[uid], asked).await?;
        }
        Ok(found)
    }

    /// Makes sure that mails of which nothing came are really there no more. A server may refuse a FETCH for mails that
    /// another client expunged (RFC 2180 §4.1), but also for reasons of its own.
    async fn are_gone(&mut self, missing: &[u32], asked: Result<(), ImapFailure>) -> Result<(), ImapFailure> {
        if missing.is_empty() {
            return Ok(());
        }
        let still = self.uids(&format!("UID {}", set(missing))).await?;
        let Some(uid) = still.first() else { return Ok(()) };
        let why = asked.err().map_or_else(|| format!("{}: nothing came", self.peer), |failure| failure.detail);
        Err(ProbeFailure::new(ProbeCode::Withheld, format!("UID {uid}: {why}")))
    }

    /// Adds a keyword to a mail, and gives the flags that the server then has on it, those of other clients too.
    pub async fn mark(&mut self, mail: u32, keyword: &str) -> Result<Vec<String>, ImapFailure> {
        check(keyword)?;
        let mut found = Vec::new();
        let note = |answer: &Response<'_>| {
            if attributes(answer).iter().find_map(uid) == Some(mail) {
                found = attributes(answer).iter().find_map(flags).unwrap_or_default();
            }
        };
        self.ask(&format!("UID STORE {mail} +FLAGS ({keyword})"), note).await?;
        Ok(found)
    }

    /// Takes a keyword from a mail.
    pub async fn unmark(&mut self, uid: u32, keyword: &str) -> Result<(), ImapFailure> {
        check(keyword)?;
        self.run(&format!("UID STORE {uid} -FLAGS.SILENT ({keyword})")).await
    }

    /// Adds a keyword to many mails with few commands.
    pub async fn mark_all(&mut self, uids: &[u32], keyword: &str) -> Result<(), ImapFailure> {
        check(keyword)?;
        self.store(uids, keyword).await
    }

    /// Marks a mail as read.
    pub async fn mark_seen(&mut self, uid: u32) -> Result<(), ImapFailure> {
        self.store(&[uid], "\\Seen").await
    }

    async fn store(&mut self, uids: &[u32], flag: &str) -> Result<(), ImapFailure> {
        for group in uids.chunks(500) {
            self.run(&format!("UID STORE {} +FLAGS.SILENT ({flag})", set(group))).await?;
        }
        Ok(())
    }

    async fn run(&mut self, command: &str) -> Result<(), ImapFailure> {
        let peer = self.peer.clone();
        self.session()?.run_command_and_check_ok(command).await.map_err(|e| failure(e, &peer))
    }

    /// Moves a mail to another folder, which is made when it does not exist.
    pub async fn move_to(&mut self, uid: u32, folder: &str) -> Result<(), ImapFailure> {
        let target = quoted(&utf7::encode(folder))?;
        let verb = if self.has.moves { "MOVE" } else { "COPY" };
        if !self.folders().await?.iter().any(|known| known == folder) {
            self.run(&format!("CREATE {target}")).await?;
        }
        self.run(&format!("UID {verb} {uid} {target}")).await?;
        if self.has.moves { Ok(()) } else { self.delete(uid).await }
    }

    /// Deletes a mail. Where the server cannot expunge a single mail it stays, marked as deleted.
    pub async fn delete(&mut self, uid: u32) -> Result<(), ImapFailure> {
        self.store(&[uid], "\\Deleted").await?;
        if self.has.uid_plus { self.run(&format!("UID EXPUNGE {uid}")).await } else { Ok(()) }
    }

    /// The names of all folders that can be opened.
    pub async fn folders(&mut self) -> Result<Vec<String>, ImapFailure> {
        let peer = self.peer.clone();
        let lost = |e| failure(e, &peer);
        let mut names = Vec::new();
        let mut listed = self.session()?.list(Some(""), Some("*")).await.map_err(lost)?;
        while let Some(name) = listed.try_next().await.map_err(lost)? {
            if !name.attributes().contains(&NameAttribute::NoSelect) {
                names.push(utf7::decode(name.name()));
            }
        }
        names.sort();
        Ok(names)
    }

    /// How often to ask a server that has no IDLE; 30 seconds unless told.
    pub fn set_poll(&mut self, every: Duration) {
        self.poll = every;
    }

    /// Whether the server tells of new mail by itself.
    pub fn has_idle(&self) -> bool {
        self.has.idle
    }

    /// Whether the server still answers.
    pub async fn noop(&mut self) -> Result<(), ImapFailure> {
        let peer = self.peer.clone();
        self.session()?.noop().await.map_err(|e| failure(e, &peer))
    }

    /// Waits for new mail, by IDLE where the server has it. Dropping the future closes the connection.
    pub async fn wait(&mut self, timeout: Duration) -> Result<Woken, ImapFailure> {
        wait::wait(self, timeout).await
    }

    /// Signs out; errors do not matter any more.
    pub async fn logout(mut self) {
        self.patience.set(Duration::from_secs(5));
        if let Some(session) = &mut self.session {
            let _ = session.logout().await;
        }
    }
}

/// A keyword is an atom (RFC 3501 §9, flag-keyword).
fn check(keyword: &str) -> Result<(), ImapFailure> {
    let bad = |c: char| !c.is_ascii_graphic() || "(){%*\"\\]".contains(c);
    if keyword.is_empty() || keyword.contains(bad) {
        return Err(ProbeFailure::new(ProbeCode::Other, format!("{keyword:?} is no keyword")));
    }
    Ok(())
}

/// The attributes of a FETCH answer; none of any other.
fn attributes<'a>(answer: &'a Response<'a>) -> &'a [AttributeValue<'a>] {
    if let Response::Fetch(_, attributes) = answer { attributes } else { &[] }
}

fn uid(attribute: &AttributeValue<'_>) -> Option<u32> {
    if let AttributeValue::Uid(uid) = attribute { Some(*uid) } else { None }
}

/// Milliseconds UTC (RFC 3501 §9, date-time; the day may be padded with a space).
fn internal_date(attribute: &AttributeValue<'_>) -> Option<i64> {
    let AttributeValue::InternalDate(text) = attribute else { return None };
    DateTime::parse_from_str(text.trim_start(), "%d-%b-%Y %H:%M:%S %z").ok().map(|date| date.timestamp_millis())
}

fn flags(attribute: &AttributeValue<'_>) -> Option<Vec<String>> {
    if let AttributeValue::Flags(flags) = attribute { Some(flags.iter().map(ToString::to_string).collect()) } else { None }
}

fn body<'a>(attribute: &'a AttributeValue<'_>) -> Option<&'a [u8]> {
    if let AttributeValue::BodySection { data, .. } = attribute { data.as_deref() } else { None }
}

fn meta(attributes: &[AttributeValue<'_>]) -> Option<Meta> {
    let size = |attribute: &AttributeValue<'_>| if let AttributeValue::Rfc822Size(size) = attribute { Some(*size) } else { None };
    let header = attributes.iter().find_map(body).map(|header| crate::header::split(header).0);
    Some(Meta {
        uid: attributes.iter().find_map(uid)?,
        internal_date: attributes.iter().find_map(internal_date),
        // What another client changes meanwhile comes as an answer of flags alone.
        size: attributes.iter().find_map(size)?,
        flags: attributes.iter().find_map(flags).unwrap_or_default(),
        message_id: header.and_then(|header| header.ids("message-id").into_iter().next()),
    })
}

fn fetched(attributes: &[AttributeValue<'_>]) -> Option<Fetched> {
    Some(Fetched {
        uid: attributes.iter().find_map(uid)?,
        internal_date: attributes.iter().find_map(internal_date),
        flags: attributes.iter().find_map(flags).unwrap_or_default(),
        raw: attributes.iter().find_map(body)?.to_vec(),
    })
}

/// Ascending UIDs as a sequence set: `1:3,7`.
fn set(uids: &[u32]) -> String {
    let mut out = String::new();
    let mut rest = uids;
    while let Some((&first, tail)) = rest.split_first() {
        let run = tail.iter().zip(first.saturating_add(1)..).take_while(|(uid, next)| *uid == next).count();
        let last = if run == 0 { first } else { tail[run - 1] };
        if !out.is_empty() {
            out.push(',');
        }
        out.push_str(&if last == first { first.to_string() } else { format!("{first}:{last}") });
        rest = &tail[run..];
    }
    out
}

fn quoted(text: &str) -> Result<String, ImapFailure> {
    if text.is_empty() || text.contains(|c: char| c.is_control()) {
        return Err(ProbeFailure::new(ProbeCode::FolderMissing, format!("{text:?} is no folder name")));
    }
    Ok(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// The server's words when it refused; also where they hold letters that the parser does not take.
fn refusal(error: &Error) -> Option<String> {
    match error {
        Error::No(text) => Some(words(text)),
        Error::Io(e) => {
            let text = e.to_string();
            let (_, answer) = text.split_once("during parsing of \"")?;
            let (_, said) = answer.split_once(" NO ")?;
            Some(said.split("\\r").next().unwrap_or_default().to_owned())
        }
        _ => None,
    }
}

/// The server's own words inside what the library says of a refusal.
fn words(text: &str) -> String {
    let said = text.split_once("info: Some(\"").and_then(|(_, rest)| rest.rsplit_once("\")"));
    said.map_or(text, |(said, _)| said).to_owned()
}

/// What an error of the protocol means.
fn failure(error: Error, peer: &str) -> ImapFailure {
    match error {
        Error::Io(e) => io_failure(&e, peer, ProbeCode::Other),
        Error::No(text) | Error::Bad(text) => ProbeFailure::new(ProbeCode::Other, format!("{peer}: {}", words(&text))),
        other => ProbeFailure::new(ProbeCode::Other, format!("{peer}: {other}")),
    }
}

/// The keyword by which this desk marks what it took in.
pub fn desk_keyword(desk: &str) -> String {
    format!("$docket-{desk}")
}

/// The desks other than `own` that have marked a mail with these flags.
pub fn foreign_desks(flags: &[String], own: &str) -> Vec<String> {
    flags
        .iter()
        .filter_map(|flag| flag.strip_prefix("$docket-"))
        .filter(|desk| !desk.eq_ignore_ascii_case(own))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_short() {
        assert_eq!(set(&[1, 2, 3, 7, 9, 10]), "1:3,7,9:10");
        assert_eq!(set(&[5]), "5");
        assert_eq!(set(&[]), "");
    }

    #[test]
    fn other_desks_are_noticed() {
        let flags = ["\\Seen".to_owned(), desk_keyword("A1"), "$docket-b2".to_owned(), "$Junk".to_owned()];
        assert_eq!(foreign_desks(&flags, "a1"), ["b2"]);
        assert!(foreign_desks(&flags[..1], "a1").is_empty());
    }
}
