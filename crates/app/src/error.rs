//! Why something was not done.

use docket_domain::{Refusal, settings::Invalid};
use thiserror::Error;

/// Why something was not done. Every variant has a stable code and a sentence; only `Internal` is a fault of ours.
#[derive(Debug, Error)]
pub enum Error {
    /// The desk's rules say no; nothing changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A field of the input is wrong.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// It does not exist, or not for whom asks.
    #[error("this {0} does not exist")]
    NotFound(&'static str),
    /// The agent may not.
    #[error("you do not have the right to do this")]
    Forbidden,
    /// Nobody is signed in.
    #[error("please sign in")]
    SignInRequired,
    /// Login and password do not belong together.
    #[error("login and password do not belong together")]
    WrongPassword,
    /// Too many attempts.
    #[error("too many attempts; try again in {seconds} seconds")]
    SlowDown {
        /// How long to wait.
        seconds: u64,
    },
    /// Somebody else saved it meanwhile.
    #[error("somebody changed this meanwhile; look at their version first")]
    Stale,
    /// Too much at once.
    #[error("this is larger than {limit_mb} MB")]
    TooLarge {
        /// The limit.
        limit_mb: u64,
    },
    /// The data folder is in use.
    #[error("{0}")]
    Held(String),
    /// It cannot be done here and now, and the sentence says why.
    #[error("{message}")]
    Unavailable {
        /// Stable code.
        code: &'static str,
        /// What and why.
        message: String,
    },
    /// The disk is full or not writable: nothing was changed.
    #[error("{0}")]
    Disk(String),
    /// A fault of ours, or of the database.
    #[error("something went wrong inside; it was written to the log")]
    Internal(#[source] anyhow::Error),
}

/// What use cases answer.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Invalid(_) => "invalid",
            Self::NotFound(_) => "not_found",
            Self::Forbidden => "forbidden",
            Self::SignInRequired => "sign_in_required",
            Self::WrongPassword => "wrong_password",
            Self::SlowDown { .. } => "slow_down",
            Self::Stale => "stale",
            Self::TooLarge { .. } => "too_large",
            Self::Held(_) => "held_by_other_process",
            Self::Unavailable { code, .. } => code,
            Self::Disk(_) => "disk_full",
            Self::Internal(_) => "internal",
        }
    }

    /// The field that is to blame.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Invalid(invalid) => Some(&invalid.field),
            _ => None,
        }
    }

    /// A wrong field.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(Invalid::new(field, message))
    }
}

impl From<docket_store::Error> for Error {
    fn from(error: docket_store::Error) -> Self {
        match error {
            docket_store::Error::Disk(_) => Self::Disk(error.to_string()),
            docket_store::Error::Newer => Self::Unavailable { code: "newer_database", message: error.to_string() },
            other => Self::Internal(other.into()),
        }
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}
