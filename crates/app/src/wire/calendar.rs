//! The shapes of working time.

use docket_domain::calendar::{self, Holiday, Segment};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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

/// A calendar as it is being written, and a question to it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct CalendarPreview {
    /// The calendar; it need not be saved.
    pub calendar: calendar::Calendar,
    /// From when on.
    pub start: Moment,
    /// Minutes of working time.
    pub minutes: u64,
}

/// What that calendar answers.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CalendarPreviewed {
    /// When the time is over (ms UTC).
    pub due: i64,
    /// The same in the calendar's zone, as RFC 3339 writes it.
    pub local: String,
    /// The working time that counts until then; of many stretches the first hundred.
    pub worked: Vec<Segment>,
}

/// A country whose public holidays are known.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CountryView {
    /// ISO 3166-1, like `DE`.
    pub code: &'static str,
    /// Its regions.
    pub regions: Vec<RegionView>,
}

/// A part of a country that keeps days of its own.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RegionView {
    /// Within its country, like `BY`.
    pub code: &'static str,
    /// What it is called there.
    pub name: &'static str,
}

/// Whose public holidays, and of which year.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HolidaysQuery {
    /// ISO 3166-1, like `DE`.
    pub country: String,
    /// The part of the country; none: what is kept everywhere in it.
    #[serde(default)]
    pub region: Option<String>,
    /// 1900 to 2179.
    pub year: i32,
}

/// The text of an iCalendar file.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ImportInput {
    /// As it stands in the `.ics` file.
    pub text: String,
}

/// The days that an iCalendar file names.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ImportView {
    /// Closed days, in order.
    pub holidays: Vec<Holiday>,
    /// Titles of entries that are no whole days, for a person to look at.
    pub left_out: Vec<String>,
}
