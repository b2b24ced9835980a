//! TCP and TLS for both protocols.

use serde::{Deserialize, Serialize};

/// How a connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// No encryption; only for servers on this computer or a trusted network.
    Plain,
    /// Begins in the clear and must upgrade.
    StartTls,
    /// TLS from the first byte.
    Tls,
}
