//! How two tickets belong together.

use serde::{Deserialize, Serialize};

/// What the other ticket is to this one (contract §1: Normal, ParentChild).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// They have to do with each other.
    #[default]
    Normal,
    /// The other one is its parent.
    Parent,
    /// The other one is its child.
    Child,
}

impl LinkKind {
    /// Its stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Parent => "parent",
            Self::Child => "child",
        }
    }

    /// Is it the one that goes without saying?
    pub fn is_normal(&self) -> bool {
        *self == Self::Normal
    }
}
