//! Sends mail in two steps, so that the caller can record the moment before the text leaves.

mod connect;
mod lines;

use std::{fmt, io, path::PathBuf, time::Duration};

use lettre::{
    Address,
    transport::smtp::{
        Error,
        client::AsyncSmtpConnection,
        commands::{Data, Mail, Rcpt, Rset},
        extension::{Extension, MailBodyParameter, MailParameter},
        response::Response,
    },
};

use crate::{
    Secret, Security,
    compose::Envelope,
    net::{Patience, io_failure},
    probe::{ProbeCode, ProbeFailure},
};

/// How long to wait for the answer to a goodbye.
const GOODBYE: Duration = Duration::from_secs(5);

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
pub struct Session {
    line: AsyncSmtpConnection,
    patience: Patience,
    timeouts: Timeouts,
    peer: String,
    state: State,
}

/// How far the mail at hand has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No sender named yet.
    Idle,
    /// Every recipient taken.
    Ready,
    /// Some recipients refused.
    Partial,
    /// The line is of no use any more.
    Broken,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("peer", &self.peer).field("state", &self.state).finish_non_exhaustive()
    }
}

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

/// Connects, greets, encrypts and signs in. Every failure here is a `NotSent`.
pub async fn connect(account: &SmtpAccount) -> Result<Session, SendFailure> {
    connect::open(account).await.map_err(SendFailure::NotSent)
}

impl Session {
    /// Names sender and recipients. Nothing of the text has left after this. When the server refuses the sender or
    /// every recipient that is a `Refused`; when it refuses some, the caller decides between
    /// [`Session::send_to_accepted`] and [`Session::reset`].
    pub async fn prepare(&mut self, envelope: &Envelope) -> Result<Prepared, SendFailure> {
        self.patience.set(self.timeouts.command);
        if self.state != State::Idle {
            self.reset().await?;
        }
        let sender = match envelope.from.as_str() {
            "" => None,
            from => Some(from.parse::<Address>().map_err(|_| self.not_sent(format!("{from} is no address")))?),
        };
        let parameters = self.parameters(envelope)?;
        self.step(Mail::new(sender, parameters)).await?;
        let mut prepared = Prepared::default();
        for to in &envelope.to {
            match self.recipient(to).await? {
                None => prepared.accepted.push(to.clone()),
                Some(refused) => prepared.refused.push(refused),
            }
        }
        self.judge(prepared).await
    }

    fn parameters(&self, envelope: &Envelope) -> Result<Vec<MailParameter>, SendFailure> {
        let mut parameters = Vec::new();
        if self.line.server_info().supports_feature(Extension::EightBitMime) {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let ascii = envelope.from.is_ascii() && envelope.to.iter().all(|to| to.is_ascii());
        if !ascii {
            if !self.line.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(self.not_sent("the server takes no addresses beyond ASCII".to_owned()));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        Ok(parameters)
    }

    async fn recipient(&mut self, to: &str) -> Result<Option<RefusedRecipient>, SendFailure> {
        let refused = |permanent, code, text: String| RefusedRecipient { address: to.to_owned(), permanent, code, text };
        let Ok(address) = to.parse::<Address>() else {
            return Ok(Some(refused(true, 553, "not a mail address".to_owned())));
        };
        match self.step(Rcpt::new(address, vec![])).await {
            Ok(_) => Ok(None),
            Err(SendFailure::Refused { permanent, code, text }) if code != 421 => Ok(Some(refused(permanent, code, text))),
            Err(failure) => Err(failure),
        }
    }

    async fn judge(&mut self, prepared: Prepared) -> Result<Prepared, SendFailure> {
        if !prepared.accepted.is_empty() {
            self.state = if prepared.refused.is_empty() { State::Ready } else { State::Partial };
            return Ok(prepared);
        }
        self.reset().await?;
        let permanent = prepared.refused.iter().all(|refused| refused.permanent);
        match prepared.refused.into_iter().next() {
            Some(first) => Err(SendFailure::Refused { permanent, code: first.code, text: first.text }),
            None => Err(self.not_sent("no recipient".to_owned())),
        }
    }

    /// Sends the text; refuses to when some recipients were not taken.
    pub async fn send(&mut self, mail: &[u8]) -> Result<Accepted, SendFailure> {
        match self.state {
            State::Ready => self.text(mail).await,
            State::Partial => Err(self.not_sent("some recipients were refused".to_owned())),
            State::Idle | State::Broken => Err(self.not_sent("no recipients were named".to_owned())),
        }
    }

    /// Sends the text to those recipients that the server takes.
    pub async fn send_to_accepted(&mut self, mail: &[u8]) -> Result<Accepted, SendFailure> {
        match self.state {
            State::Ready | State::Partial => self.text(mail).await,
            State::Idle | State::Broken => Err(self.not_sent("no recipients were named".to_owned())),
        }
    }

    async fn text(&mut self, mail: &[u8]) -> Result<Accepted, SendFailure> {
        if !mail.is_ascii() && !self.line.server_info().supports_feature(Extension::EightBitMime) {
            return Err(self.not_sent("the server takes no 8-bit text".to_owned()));
        }
        let lines = lines::crlf(mail);
        self.step(Data).await?;
        self.state = State::Broken;
        self.patience.set(self.timeouts.after_data);
        match self.line.message(&lines).await {
            Ok(response) => {
                self.state = State::Idle;
                Ok(Accepted { code: code(&response), text: one_line(&response) })
            }
            Err(error) => match refusal(&error) {
                Some(refused) => {
                    self.state = State::Idle;
                    Err(refused)
                }
                None => Err(SendFailure::Unknown(described(&error))),
            },
        }
    }

    /// Gives up what was prepared, so that the session can be used for another mail.
    pub async fn reset(&mut self) -> Result<(), SendFailure> {
        self.step(Rset).await?;
        self.state = State::Idle;
        Ok(())
    }

    /// Says goodbye; errors do not matter any more.
    pub async fn quit(mut self) {
        self.patience.set(GOODBYE);
        let _ = self.line.quit().await;
    }

    /// One command before any text has left.
    async fn step<C: fmt::Display>(&mut self, command: C) -> Result<Response, SendFailure> {
        let error = match self.line.command(command).await {
            Ok(response) => return Ok(response),
            Err(error) => error,
        };
        Err(refusal(&error).unwrap_or_else(|| {
            self.state = State::Broken;
            SendFailure::NotSent(failure(&error, &self.peer))
        }))
    }

    fn not_sent(&self, detail: String) -> SendFailure {
        SendFailure::NotSent(ProbeFailure::new(ProbeCode::Other, detail))
    }
}

/// The failure as a refusal, when the server answered with a code.
fn refusal(error: &Error) -> Option<SendFailure> {
    let code = u16::from(error.status()?);
    Some(SendFailure::Refused { permanent: error.is_permanent(), code, text: described(error) })
}

fn code(response: &Response) -> u16 {
    u16::from(response.code())
}

fn one_line(response: &Response) -> String {
    response.message().collect::<Vec<_>>().join(" ")
}

/// The words of the server or the system.
fn described(error: &Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

/// What an error of the line means.
fn failure(error: &Error, peer: &str) -> ProbeFailure {
    let io = std::error::Error::source(error).and_then(|source| source.downcast_ref::<io::Error>());
    match io {
        Some(io) => io_failure(io, peer, ProbeCode::Other),
        None if error.is_timeout() => ProbeFailure::new(ProbeCode::Timeout, format!("{peer}: {}", described(error))),
        None => ProbeFailure::new(ProbeCode::Other, format!("{peer}: {}", described(error))),
    }
}
