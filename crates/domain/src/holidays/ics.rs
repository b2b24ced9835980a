//! Holidays from an iCalendar file (`.ics`), as authorities and other calendars hand them out.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate};
use icalendar::parser::{Component, Property, read_calendar, unfold};
use serde::Serialize;

use crate::{
    calendar::{Day, Holiday},
    settings::Invalid,
};

/// More days than this are no holidays.
const MOST: usize = 5_000;
/// A single entry of more days than this is no holiday.
const LONGEST: u64 = 366;

/// What an iCalendar file brought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Closed days, in order.
    pub holidays: Vec<Holiday>,
    /// Titles of entries that are no whole days or repeat in a way that no holiday does, for a person to look at.
    pub left_out: Vec<String>,
}

/// Reads the whole days of an iCalendar file; what repeats every year is a day of every year.
pub fn import(text: &str) -> Result<Imported, Invalid> {
    let unfolded = unfold(text.trim_start_matches('\u{feff}'));
    let calendar = read_calendar(&unfolded).map_err(|_| Invalid::new("file", "this is not an iCalendar file"))?;
    let mut imported = Imported::default();
    let mut seen = BTreeSet::new();
    for event in calendar.components.iter().filter(|component| component.name == "VEVENT") {
        let title = value(event, "SUMMARY").map(unescape).unwrap_or_default();
        if value(event, "STATUS").is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED")) {
            continue;
        }
        match days(event) {
            Some(days) => {
                let new = days.into_iter().filter(|day| seen.insert(*day));
                imported.holidays.extend(new.map(|date| Holiday { date, name: title.clone(), hours: Vec::new() }));
            }
            None => imported.left_out.push(title),
        }
        if imported.holidays.len() > MOST {
            return Err(Invalid::new("file", format!("these are more than {MOST} days")));
        }
    }
    imported.holidays.sort_by_key(|holiday| holiday.date);
    Ok(imported)
}

/// The days of an event, or `None` where they cannot be told.
fn days(event: &Component) -> Option<Vec<Day>> {
    let first = date(property(event, "DTSTART")?)?;
    let count = match (property(event, "DTEND"), value(event, "DURATION")) {
        (Some(end), _) => u64::try_from((date(end)? - first).num_days()).ok()?.max(1),
        (None, Some(duration)) => whole_days(duration)?,
        (None, None) => 1,
    };
    let dates = || (0..count).map_while(|more| first.checked_add_days(Days::new(more)));
    if count > LONGEST || property(event, "RDATE").is_some() || property(event, "EXDATE").is_some() {
        return None;
    }
    match value(event, "RRULE") {
        None => Some(dates().map(Day::Once).collect()),
        Some(rule) if is_every_year(rule, first) => {
            Some(dates().map(|date| Day::Yearly { month: date.month(), day: date.day() }).collect())
        }
        Some(_) => None,
    }
}

/// Every year without end on the same date, however that is spelt.
fn is_every_year(rule: &str, first: NaiveDate) -> bool {
    let mut yearly = false;
    rule.split(';').all(|part| match part.split_once('=') {
        Some(("FREQ", "YEARLY")) => {
            yearly = true;
            true
        }
        Some(("INTERVAL", interval)) => interval == "1",
        Some(("BYMONTH", month)) => month.parse() == Ok(first.month()),
        Some(("BYMONTHDAY", day)) => day.parse() == Ok(first.day()),
        Some(("WKST", _)) => true,
        Some(_) | None => false,
    }) && yearly
}

/// `P1D` or `P2W`.
fn whole_days(duration: &str) -> Option<u64> {
    let number = duration.strip_prefix('P')?;
    let days: u64 = number.strip_suffix('D').and_then(|n| n.parse().ok()).or_else(|| {
        let weeks: u64 = number.strip_suffix('W')?.parse().ok()?;
        weeks.checked_mul(7)
    })?;
    Some(days.max(1))
}

/// The date of a property that names a whole day: `20261225`.
fn date(property: &Property) -> Option<NaiveDate> {
    let text = property.val.as_str();
    (text.len() == 8).then(|| NaiveDate::parse_from_str(text, "%Y%m%d").ok()).flatten()
}

fn property<'a>(event: &'a Component, name: &str) -> Option<&'a Property<'a>> {
    event.properties.iter().find(|property| property.name == name)
}

fn value<'a>(event: &'a Component, name: &str) -> Option<&'a str> {
    property(event, name).map(|property| property.val.as_str())
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push(' '),
                Some(other) => out.push(other),
                None => {}
            },
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.trim().to_owned()
}
