//! Public holidays by country and region, from rules that ship with the program (`data/holidays.tsv`).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::settings::Invalid;

mod ics;
mod rule;
pub use ics::{Imported, import};
use rule::Rule;

/// Whose public holidays.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Of {
    /// ISO 3166-1, like `DE`.
    pub country: String,
    /// The part of the country, like `BY`; none: what is kept everywhere in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

/// A public holiday.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
pub struct PublicHoliday {
    /// Its day.
    #[schema(value_type = String)]
    pub date: NaiveDate,
    /// What it is called there.
    pub name: &'static str,
    /// What it is called in English.
    pub english: &'static str,
}

/// A country whose holidays are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Country {
    /// ISO 3166-1, like `DE`.
    pub code: &'static str,
    /// Its regions, by code, with a name for each.
    pub regions: Vec<(&'static str, &'static str)>,
}

struct Line {
    /// Where it is kept: region codes, `-` for the country as a whole; none: everywhere.
    regions: Option<BTreeSet<&'static str>>,
    rule: Rule,
    name: &'static str,
    english: &'static str,
}

#[derive(Default)]
struct Known {
    regions: Vec<(&'static str, &'static str)>,
    lines: Vec<Line>,
}

static KNOWN: LazyLock<BTreeMap<&'static str, Known>> = LazyLock::new(|| read(include_str!("../data/holidays.tsv")));

/// Reads the table. A line that says nothing readable is left out; a test sees to it that there is none.
fn read(table: &'static str) -> BTreeMap<&'static str, Known> {
    let mut known: BTreeMap<&'static str, Known> = BTreeMap::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&'static str> = line.split('\t').collect();
        let [country, regions, rule, years, name, english] = columns[..] else { continue };
        let country = known.entry(country).or_default();
        if regions == "=" {
            country.regions = rule.split('|').filter_map(|region| region.split_once(':')).collect();
        } else if let Some(rule) = Rule::parse(rule, years) {
            let regions = (regions != "*").then(|| regions.split(',').collect());
            country.lines.push(Line { regions, rule, name, english });
        }
    }
    known
}

/// The countries whose holidays are known, by code.
pub fn countries() -> Vec<Country> {
    KNOWN.iter().map(|(code, known)| Country { code, regions: known.regions.clone() }).collect()
}

/// The public holidays of a year, in order; none for a country or region that is not known.
pub fn in_year(of: &Of, year: i32) -> Vec<PublicHoliday> {
    let Some(known) = KNOWN.get(of.country.as_str()).filter(|_| of.check().is_ok()) else { return Vec::new() };
    let region = of.region.as_deref().unwrap_or("-");
    let mut days = Vec::new();
    for line in known.lines.iter().filter(|line| line.regions.as_ref().is_none_or(|regions| regions.contains(region))) {
        // A day instead of New Year's Day may lie in the year before.
        let dates = (year - 1..=year + 1).flat_map(|year| line.rule.dates(year)).filter(|date| date.year() == year);
        days.extend(dates.map(|date| PublicHoliday { date, name: line.name, english: line.english }));
    }
    days.sort_unstable();
    days.dedup_by_key(|holiday| holiday.date);
    days
}

impl Of {
    /// Is it known?
    pub fn check(&self) -> Result<(), Invalid> {
        let known = KNOWN.get(self.country.as_str());
        let known = known.ok_or_else(|| Invalid::new("public_holidays", format!("no holidays are known of \"{}\"", self.country)))?;
        match &self.region {
            Some(region) if !known.regions.iter().any(|(code, _)| code == region) => {
                Err(Invalid::new("public_holidays", format!("\"{}\" has no region \"{region}\"", self.country)))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Western Easter Sunday, by the Gregorian computus in Butcher's form.
fn easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let day = h + l - 7 * m + 114;
    NaiveDate::from_ymd_opt(year, u32::try_from(day / 31).ok()?, u32::try_from(day % 31 + 1).ok()?)
}

/// Orthodox Easter Sunday: the Julian computus in Meeus's form, told in the Gregorian calendar.
fn orthodox_easter(year: i32) -> Option<NaiveDate> {
    let d = (19 * (year % 19) + 15) % 30;
    let e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7;
    let day = d + e + 114;
    let julian = NaiveDate::from_ymd_opt(year, u32::try_from(day / 31).ok()?, u32::try_from(day % 31 + 1).ok()?)?;
    // By how many days the Julian calendar is behind in that year.
    julian.checked_add_days(Days::new(u64::try_from(year / 100 - year / 400 - 2).ok()?))
}

#[cfg(test)]
mod tests;
