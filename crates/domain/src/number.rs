//! Ticket numbers, as OTRS makes them (`Ticket::NumberGenerator`).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How numbers are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Generator {
    /// `YYYYMMDD` + SystemID + counter of the day (5 digits) + check digit: OTRS's default.
    #[default]
    DateChecksum,
    /// `YYYYMMDD` + SystemID + counter of the day.
    Date,
    /// SystemID + counter (at least 5 digits).
    AutoIncrement,
}

/// The day as numbers begin with it, `YYYYMMDD`, in the desk's zone. `now` is ms UTC; an unknown zone counts as UTC.
pub fn day(now: i64, time_zone: &str) -> String {
    let zone: chrono_tz::Tz = time_zone.parse().unwrap_or(chrono_tz::UTC);
    DateTime::<Utc>::from_timestamp_millis(now).unwrap_or_default().with_timezone(&zone).format("%Y%m%d").to_string()
}

/// The counter that a number of this day takes the next value of.
pub fn counter(generator: Generator, day: &str) -> String {
    match generator {
        Generator::DateChecksum | Generator::Date => format!("day {day}"),
        Generator::AutoIncrement => "all".to_owned(),
    }
}

/// The number of the `count`-th ticket (from 1) of `day`.
pub fn format(generator: Generator, system_id: &str, day: &str, count: i64) -> String {
    match generator {
        Generator::DateChecksum => {
            let number = format!("{day}{system_id}{count:05}");
            let digit = check_digit(&number);
            number + &digit.to_string()
        }
        Generator::Date => format!("{day}{system_id}{count}"),
        Generator::AutoIncrement => format!("{system_id}{count:05}"),
    }
}

/// Σ digitᵢ × (1, 2, 1, 2 …) mod 10, taken from 10; 10 becomes 1.
fn check_digit(number: &str) -> u32 {
    let sum: u32 = number.chars().filter_map(|c| c.to_digit(10)).zip([1, 2].into_iter().cycle()).map(|(d, f)| d * f).sum();
    match 10 - sum % 10 {
        10 => 1,
        digit => digit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with the algorithm of OTOBO 11, SystemID 10.
    #[test]
    fn golden_vectors_of_date_checksum() {
        for (day, count, number) in [
            ("20261121", 1, "2026112110000015"),
            ("20261121", 2, "2026112110000024"),
            ("20261121", 42, "2026112110000426"),
            ("20090314", 1, "2009031410000013"),
            ("20150715", 123, "2015071510001233"),
            ("20260101", 99_999, "2026010110999996"),
        ] {
            assert_eq!(format(Generator::DateChecksum, "10", day, count), number);
        }
    }

    #[test]
    fn the_other_generators() {
        assert_eq!(format(Generator::Date, "10", "20261121", 7), "20261121107");
        assert_eq!(format(Generator::AutoIncrement, "10", "20261121", 7), "1000007");
        assert_eq!(format(Generator::AutoIncrement, "10", "20261121", 123_456), "10123456");
    }

    #[test]
    fn the_day_is_the_desks() {
        let late_evening_utc = 1_795_303_800_000; // 2026-11-21T23:30:00Z
        assert_eq!(day(late_evening_utc, "UTC"), "20261121");
        assert_eq!(day(late_evening_utc, "Europe/Berlin"), "20261122");
        assert_eq!(day(late_evening_utc, "America/New_York"), "20261121");
    }
}
