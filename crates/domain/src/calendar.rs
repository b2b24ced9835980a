//! When a desk works: slots of the week in a time zone, and the days on which it is otherwise.
//!
//! A [`Calendar`] is what people write; [`WorkingTime`] is the same made ready to compute with.

use std::{collections::BTreeMap, fmt, str::FromStr};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{holidays, settings::Invalid};

mod instant;
mod working_time;
mod zone;
pub use instant::{MOMENTS, parse as parse_instant, show as show_instant};
pub use working_time::{Segment, WorkingTime};

/// A calendar as it is written down: in a settings record, or in a file for `docket calendar`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Calendar {
    /// What it is called.
    #[serde(default)]
    pub name: String,
    /// IANA zone in which its slots are meant.
    pub time_zone: String,
    /// The slots of each day; a day that is not named is closed.
    #[serde(default)]
    pub week: BTreeMap<Weekday, Vec<Slot>>,
    /// Days that are not like their weekday. A day with its year goes before one of every year.
    #[serde(default)]
    pub holidays: Vec<Holiday>,
    /// Public holidays that close it; an own day of the same date goes before them.
    #[serde(default)]
    pub public_holidays: Vec<holidays::Of>,
    /// Can it be chosen?
    #[serde(default = "yes")]
    pub valid: bool,
}

fn yes() -> bool {
    true
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the days of the week")]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// Working time from the first moment until the second, like `["08:00", "12:00"]`; it may end at `24:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(value_type = [String; 2])]
pub struct Slot(pub TimeOfDay, pub TimeOfDay);

/// Minutes since midnight, written `HH:MM`, up to `24:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// That many minutes after midnight; `None` beyond 24:00.
    pub fn from_minutes(minutes: u16) -> Option<Self> {
        (minutes <= 24 * 60).then_some(Self(minutes))
    }

    /// Minutes since midnight.
    pub fn minutes(self) -> u16 {
        self.0
    }
}

impl FromStr for TimeOfDay {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let two = |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u16>().ok()).flatten();
        let parts = text.split_once(':').and_then(|(hour, minute)| two(hour).zip(two(minute)));
        let minutes = parts.filter(|(_, minute)| *minute < 60).map(|(hour, minute)| hour * 60 + minute);
        minutes.and_then(Self::from_minutes).ok_or_else(|| format!("\"{text}\" is not a time between 00:00 and 24:00"))
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// A day that is not like its weekday.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Holiday {
    /// Which day: `12-25` is one of every year, `2026-11-23` that one alone.
    #[schema(value_type = String)]
    pub date: Day,
    /// What it is called.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The slots of that day instead of its weekday's; none: closed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<Slot>,
}

/// A day of every year, or of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Day {
    /// That month and day of every year that has it.
    Yearly {
        /// 1 to 12.
        month: u32,
        /// 1 to 31.
        day: u32,
    },
    /// That day alone.
    Once(NaiveDate),
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A leap year, so that the 29th of February may be named.
        let parse = |full: &str| (full.len() == 10).then(|| NaiveDate::parse_from_str(full, "%Y-%m-%d").ok()).flatten();
        let yearly = |date: NaiveDate| {
            use chrono::Datelike;
            Self::Yearly { month: date.month(), day: date.day() }
        };
        let found = if text.len() == 5 { parse(&format!("2024-{text}")).map(yearly) } else { parse(text).map(Self::Once) };
        found.ok_or_else(|| format!("\"{text}\" is not a day like 12-25 or 2026-11-23"))
    }
}

impl TryFrom<String> for Day {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Yearly { month, day } => write!(f, "{month:02}-{day:02}"),
            Self::Once(date) => write!(f, "{date}"),
        }
    }
}

impl Calendar {
    /// Says what is wrong with it, or nothing: a calendar without slots is allowed, and never opens.
    pub fn check(&self) -> Result<(), Invalid> {
        if !zone::exists(&self.time_zone) {
            return Err(no_zone(&self.time_zone));
        }
        self.week.values().try_for_each(|slots| check_slots("week", slots))?;
        let mut days = BTreeMap::new();
        for holiday in &self.holidays {
            check_slots("holidays", &holiday.hours)?;
            match days.insert(holiday.date, &holiday.hours) {
                Some(other) if *other != holiday.hours => {
                    return Err(Invalid::new("holidays", format!("{} is there twice, with different hours", holiday.date)));
                }
                Some(_) | None => {}
            }
        }
        self.public_holidays.iter().try_for_each(|of| of.check())
    }
}

fn no_zone(name: &str) -> Invalid {
    Invalid::new("time_zone", format!("\"{name}\" is not a time zone"))
}

fn check_slots(field: &str, slots: &[Slot]) -> Result<(), Invalid> {
    match slots.iter().find(|Slot(from, until)| from >= until) {
        Some(Slot(from, until)) => {
            Err(Invalid::new(field, format!("a slot ends after it begins, not {from} to {until}; over midnight it is two slots")))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
