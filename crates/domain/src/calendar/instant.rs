//! Moments as text: RFC 3339 in, the calendar's own zone out.

use chrono::{DateTime, FixedOffset, SecondsFormat};

use super::WorkingTime;

/// The moments that calendars compute with (ms UTC): the years 1900 to 2179.
pub const MOMENTS: std::ops::Range<i64> = -2_208_988_800_000..6_626_966_400_000;

/// The moment (ms UTC) that an RFC 3339 text names; `None` for anything else, or outside [`MOMENTS`].
pub fn parse(text: &str) -> Option<i64> {
    let at = DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis();
    MOMENTS.contains(&at).then_some(at)
}

/// A moment (ms UTC) as RFC 3339 in the calendar's zone, like `2026-11-23T09:00:00+01:00`; fractions only where there are any.
pub fn show(at: i64, calendar: &WorkingTime) -> String {
    let seconds = i32::try_from(calendar.zone.offset(at) / 1000).unwrap_or(0);
    // Offsets of long ago have seconds, which RFC 3339 cannot say.
    let offset = FixedOffset::east_opt(if seconds % 60 == 0 { seconds } else { 0 });
    let moment = DateTime::from_timestamp_millis(at).zip(offset).map(|(at, offset)| at.with_timezone(&offset));
    moment.map_or_else(String::new, |moment| moment.to_rfc3339_opts(SecondsFormat::AutoSi, false))
}
