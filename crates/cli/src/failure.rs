//! Why a command ended early, in one sentence and an exit code.

use std::{fmt, process::ExitCode};

/// Why a command ended early.
#[derive(Debug)]
pub enum Failure {
    /// Refused, or not found: exit code 1.
    Refused(String),
    /// Typed wrongly: exit code 2.
    Usage(String),
    /// May work another time: exit code 75.
    TryAgain(String),
}

impl Failure {
    /// The exit code that scripts go by.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Refused(_) => 1,
            Self::Usage(_) => 2,
            Self::TryAgain(_) => 75,
        })
    }

    /// Refused, in these words.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::Refused(message.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Refused(message) | Self::Usage(message) | Self::TryAgain(message)) = self;
        write!(f, "docket: {message}")
    }
}

impl From<docket_app::Error> for Failure {
    fn from(error: docket_app::Error) -> Self {
        use docket_app::Error as E;
        match &error {
            E::Held(_)
            | E::Disk(_)
            | E::SlowDown { .. }
            | E::Unavailable { code: "database_unreachable" | "offline" | "server_disk_full" | "slow_down", .. } => {
                Self::TryAgain(error.to_string())
            }
            E::Internal(source) => Self::Refused(format!("{source:#}")),
            E::Invalid(invalid) => Self::Refused(format!("{}: {error}", invalid.field)),
            _ => Self::Refused(error.to_string()),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Refused(format!("{error:#}"))
    }
}
