//! Says in a word what is wrong with an account.

use serde::{Deserialize, Serialize};

use crate::{
    compose::Envelope,
    imap::{ImapAccount, Overview},
    smtp::{SendFailure, SmtpAccount},
};

/// What is wrong with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProbeCode {
    /// The host name leads nowhere.
    NameNotFound,
    /// Nothing listens there.
    Refused,
    /// No answer in time.
    Timeout,
    /// The certificate is not trusted or is for another name.
    Certificate,
    /// User or password is wrong.
    WrongPassword,
    /// The folder does not exist.
    FolderMissing,
    /// The server has a mail, but does not hand it out.
    Withheld,
    /// The server wants encryption first.
    TlsRequired,
    /// Something answers, but not an IMAP server in this mode.
    NotImap,
    /// Something answers, but not an SMTP server in this mode.
    NotSmtp,
    /// Anything else; the detail says it.
    Other,
}

impl ProbeCode {
    /// The stable snake_case code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NameNotFound => "name_not_found",
            Self::Refused => "refused",
            Self::Timeout => "timeout",
            Self::Certificate => "certificate",
            Self::WrongPassword => "wrong_password",
            Self::FolderMissing => "folder_missing",
            Self::Withheld => "withheld",
            Self::TlsRequired => "tls_required",
            Self::NotImap => "not_imap",
            Self::NotSmtp => "not_smtp",
            Self::Other => "other",
        }
    }
}

/// What is wrong, with the words of the system or the server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{detail}")]
pub struct ProbeFailure {
    /// The kind of failure.
    pub code: ProbeCode,
    /// Details for the person who looks into it; never a password.
    pub detail: String,
}

impl ProbeFailure {
    /// Makes a failure.
    pub fn new(code: ProbeCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

/// Connects, signs in and looks into the folder; changes nothing.
pub async fn probe_imap(account: &ImapAccount) -> Result<Overview, ProbeFailure> {
    let mut mailbox = crate::imap::connect(account).await?;
    let overview = mailbox.overview().await?;
    mailbox.logout().await;
    Ok(overview)
}

/// Connects, signs in and names a sender as far as the server's "go on"; sends nothing.
pub async fn probe_smtp(account: &SmtpAccount) -> Result<(), ProbeFailure> {
    let mut session = match crate::smtp::connect(account).await {
        Ok(session) => session,
        Err(failure) => return Err(as_probe(failure)),
    };
    let nobody = Envelope { from: String::new(), to: Vec::new() };
    let asked = session.prepare(&nobody).await;
    session.quit().await;
    match asked {
        Err(SendFailure::Refused { code: 530, text, .. }) => {
            let tls = text.to_ascii_lowercase().contains("tls");
            let code = if tls { ProbeCode::TlsRequired } else { ProbeCode::WrongPassword };
            Err(ProbeFailure::new(code, text))
        }
        _ => Ok(()),
    }
}

fn as_probe(failure: SendFailure) -> ProbeFailure {
    match failure {
        SendFailure::NotSent(failure) => failure,
        SendFailure::Refused { code, text, .. } => ProbeFailure::new(ProbeCode::Other, format!("{code} {text}")),
        SendFailure::Unknown(text) => ProbeFailure::new(ProbeCode::Other, text),
    }
}
