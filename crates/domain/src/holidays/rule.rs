//! When a holiday is: a day, a distance from Easter, a weekday from a day on; moved or doubled on some weekdays.

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};

use super::{easter, orthodox_easter};

/// A rule, like `12-25 sat:+2 sun:+2` or `mon>=05-01`, and the years in which it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    base: Base,
    shifts: Vec<Shift>,
    from: i32,
    to: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base {
    /// `12-25`
    Fixed(u32, u32),
    /// `2022-09-19`
    Once(NaiveDate),
    /// `easter-2`
    Easter(i64),
    /// `orthodox+1`
    Orthodox(i64),
    /// `mon>=05-01`: the first such weekday from that day on.
    OnOrAfter(Weekday, u32, u32),
}

/// What happens on a weekday: `sun>-1` moves the holiday, `sun:+1` makes that day free too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shift {
    weekday: Weekday,
    days: i64,
    moves: bool,
}

impl Rule {
    /// Reads a rule and its years, like `2019..` or `..2017`.
    pub fn parse(text: &str, years: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let base = base(words.next()?)?;
        let shifts = words.map(shift).collect::<Option<_>>()?;
        let (from, to) = years.split_once("..")?;
        let bound = |text: &str, open: i32| if text.is_empty() { Some(open) } else { text.parse().ok() };
        Some(Self { base, shifts, from: bound(from, i32::MIN)?, to: bound(to, i32::MAX)? })
    }

    /// Its days for a year; at the turn of a year a moved one may lie in the next.
    pub fn dates(&self, year: i32) -> impl Iterator<Item = NaiveDate> {
        let date = if (self.from..=self.to).contains(&year) { self.base.date(year) } else { None };
        let shift = date.and_then(|date| self.shifts.iter().find(|shift| shift.weekday == date.weekday()));
        let other = date.zip(shift).and_then(|(date, shift)| date.checked_add_signed(TimeDelta::days(shift.days)));
        date.filter(|_| !shift.is_some_and(|shift| shift.moves)).into_iter().chain(other)
    }
}

impl Base {
    fn date(self, year: i32) -> Option<NaiveDate> {
        match self {
            Self::Fixed(month, day) => NaiveDate::from_ymd_opt(year, month, day),
            Self::Once(date) => (date.year() == year).then_some(date),
            Self::Easter(days) => easter(year)?.checked_add_signed(TimeDelta::days(days)),
            Self::Orthodox(days) => orthodox_easter(year)?.checked_add_signed(TimeDelta::days(days)),
            Self::OnOrAfter(weekday, month, day) => {
                let first = NaiveDate::from_ymd_opt(year, month, day)?;
                first.checked_add_signed(TimeDelta::days(weekday.days_since(first.weekday()).into()))
            }
        }
    }
}

fn base(text: &str) -> Option<Base> {
    if let Some(days) = text.strip_prefix("easter") {
        return days.parse().ok().map(Base::Easter);
    }
    if let Some(days) = text.strip_prefix("orthodox") {
        return days.parse().ok().map(Base::Orthodox);
    }
    if let Some((weekday, day)) = text.split_once(">=") {
        let (month, day) = month_day(day)?;
        return Some(Base::OnOrAfter(weekday.parse().ok()?, month, day));
    }
    match text.len() {
        5 => month_day(text).map(|(month, day)| Base::Fixed(month, day)),
        _ => text.parse().ok().map(Base::Once),
    }
}

fn month_day(text: &str) -> Option<(u32, u32)> {
    let (month, day) = text.split_once('-')?;
    month.parse().ok().zip(day.parse().ok())
}

fn shift(text: &str) -> Option<Shift> {
    let (weekday, days, moves) = match text.split_once('>') {
        Some((weekday, days)) => (weekday, days, true),
        None => text.split_once(':').map(|(weekday, days)| (weekday, days, false))?,
    };
    Some(Shift { weekday: weekday.parse().ok()?, days: days.parse().ok()?, moves })
}
