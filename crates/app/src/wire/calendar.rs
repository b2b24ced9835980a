//! The shapes of working time.

use docket_domain::calendar;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A moment: ms UTC, or a text as RFC 3339 writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "Written")]
#[schema(value_type = Written)]
pub struct Moment(pub i64);

/// A moment as somebody wrote it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Written {
    /// ms UTC
    Millis(i64),
    /// RFC 3339
    Text(String),
}

impl TryFrom<Written> for Moment {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written::Millis(at) if calendar::MOMENTS.contains(&at) => Ok(Self(at)),
            Written::Millis(at) => Err(format!("{at} is not a moment between the years 1900 and 2180")),
            Written::Text(text) => {
                calendar::parse_instant(&text).map(Self).ok_or_else(|| format!("\"{text}\" is not a moment as RFC 3339 writes it"))
            }
        }
    }
}

/// How much working time from when on.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct DueInput {
    /// From when on.
    pub start: Moment,
    /// Minutes of working time.
    pub minutes: u64,
}

/// When it is over.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DueView {
    /// That moment (ms UTC).
    pub due: i64,
    /// The same in the calendar's zone, as RFC 3339 writes it.
    pub local: String,
}

/// Between which moments.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct BetweenInput {
    /// The first.
    pub from: Moment,
    /// The second.
    pub to: Moment,
}

/// How much working time there is.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BetweenView {
    /// Working seconds.
    pub seconds: i64,
}
