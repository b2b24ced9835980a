//! Working time: how much of it lies between two moments, and when some of it is over.
//!
//! Local time is one line of wall clock readings, on which working time before a reading is known in closed form: whole
//! weeks, the days of this one, and a correction for every day that is not like its weekday. A zone maps pieces of UTC
//! onto that line; where clocks are put forward a part of it is left out, where they are put back one is passed twice.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::{
    Calendar, Day, Slot, Weekday, no_zone,
    zone::{self, Zone},
};
use crate::{holidays, master, settings::Invalid};

const DAY: i64 = 86_400_000;
const MINUTE: i64 = 60_000;
/// No deadline is looked for further ahead (twenty years).
pub(super) const HORIZON: i64 = 7_305 * DAY;
/// Days of every year are written out for these.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;
/// 1970-01-01 was a Thursday.
const EPOCH_WEEKDAY: i64 = 3;

/// Working time from `from` until `to` (ms UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Segment {
    /// Its first moment.
    pub from: i64,
    /// The first moment after it.
    pub to: i64,
}

/// A calendar made ready to compute with. Moments are ms UTC, working time is in ms.
#[derive(Clone, Debug)]
pub struct WorkingTime {
    pub(super) zone: Zone,
    week: [Slots; 7],
    /// Working time of the week before each of its days.
    before: [i64; 7],
    per_week: i64,
    /// Days that are not like their weekday, by day.
    exceptions: Vec<Exception>,
    /// The distinct slots of those days.
    kinds: Vec<Slots>,
}

/// Slots of a day, apart from each other and in order: ms since its midnight.
type Slots = Vec<(i64, i64)>;

#[derive(Clone, Copy, Debug)]
struct Exception {
    day: i64,
    kind: usize,
    /// How much more working time all days up to this one have than their weekdays would.
    correction: i64,
}

impl WorkingTime {
    /// Reads a calendar; the error says what is wrong with it.
    pub fn new(calendar: &Calendar) -> Result<Self, Invalid> {
        calendar.check()?;
        let zone = zone::find(&calendar.time_zone).ok_or_else(|| no_zone(&calendar.time_zone))?;
        use Weekday::*;
        let week = [Mon, Tue, Wed, Thu, Fri, Sat, Sun].map(|day| slots(calendar.week.get(&day).map_or(&[], Vec::as_slice)));
        let mut before = [0; 7];
        for day in 1..7 {
            before[day] = before[day - 1] + length(&week[day - 1]);
        }
        let per_week = week.iter().map(length).sum();
        let mut this = Self { zone, week, before, per_week, exceptions: Vec::new(), kinds: Vec::new() };
        this.except(special_days(calendar));
        Ok(this)
    }

    /// The working time of a new desk in that zone, for where there is no calendar; an unknown zone counts as UTC.
    pub fn standard(time_zone: &str) -> Self {
        let in_zone = |zone: &str| {
            let calendar: Calendar = serde_json::from_value(master::calendar("", zone)).ok()?;
            Self::new(&calendar).ok()
        };
        in_zone(time_zone).or_else(|| in_zone("UTC")).expect("the calendar of a new desk can be read")
    }

    fn except(&mut self, days: BTreeMap<i64, &[Slot]>) {
        let mut correction = 0;
        for (day, hours) in days {
            let hours = slots(hours);
            correction += length(&hours) - length(&self.week[weekday(day)]);
            let kind = self.kinds.iter().position(|known| *known == hours).unwrap_or_else(|| {
                self.kinds.push(hours);
                self.kinds.len() - 1
            });
            self.exceptions.push(Exception { day, kind, correction });
        }
    }

    /// When `work` ms of working time after `start` are over; the end of a slot counts. `None`: not within twenty years.
    pub fn due(&self, start: i64, work: i64) -> Option<i64> {
        if work <= 0 {
            return Some(start);
        }
        let mut left = work;
        for piece in self.zone.pieces(start, start.saturating_add(HORIZON)) {
            let (from, to) = (piece.start + piece.offset, piece.end + piece.offset);
            let here = self.until(from);
            let most = self.until(to) - here;
            if most >= left {
                return Some(self.reading(from, to, here + left) - piece.offset);
            }
            left -= most;
        }
        None
    }

    /// Working time between two moments; none where the second is not after the first.
    pub fn between(&self, from: i64, to: i64) -> i64 {
        let pieces = self.zone.pieces(from, to);
        pieces.map(|piece| self.until(piece.end + piece.offset) - self.until(piece.start + piece.offset)).sum()
    }

    /// Is it working time at that moment?
    pub fn is_open(&self, at: i64) -> bool {
        self.between(at, at + 1) > 0
    }

    /// Is there work on the day that this moment is on, in the calendar's own zone?
    pub fn works_on_day_of(&self, at: i64) -> bool {
        let piece = self.zone.pieces(at, at + 1).next();
        piece.is_some_and(|piece| !self.slots_of((at + piece.offset).div_euclid(DAY)).is_empty())
    }

    /// The stretches of working time between two moments, in order; their lengths add up to [`Self::between`].
    pub fn segments(&self, from: i64, to: i64) -> Vec<Segment> {
        let mut segments: Vec<Segment> = Vec::new();
        for piece in self.zone.pieces(from, to) {
            let (start, end) = (piece.start + piece.offset, piece.end + piece.offset);
            for day in start.div_euclid(DAY)..=(end - 1).div_euclid(DAY) {
                for (open, close) in self.slots_of(day) {
                    let open = (day * DAY + open).max(start) - piece.offset;
                    let close = (day * DAY + close).min(end) - piece.offset;
                    match segments.last_mut() {
                        _ if open >= close => {}
                        Some(last) if last.to == open => last.to = close,
                        Some(_) | None => segments.push(Segment { from: open, to: close }),
                    }
                }
            }
        }
        segments
    }

    /// Working time on the line of wall clock readings before `reading`.
    fn until(&self, reading: i64) -> i64 {
        let (day, time) = (reading.div_euclid(DAY), reading.rem_euclid(DAY));
        let today = self.slots_of(day).iter().map(|(open, close)| (time.min(*close) - open).max(0)).sum::<i64>();
        self.before_day(day) + today
    }

    fn before_day(&self, day: i64) -> i64 {
        let plain = (day + EPOCH_WEEKDAY).div_euclid(7) * self.per_week + self.before[weekday(day)];
        let earlier = self.exceptions.partition_point(|exception| exception.day < day);
        plain + earlier.checked_sub(1).map_or(0, |last| self.exceptions[last].correction)
    }

    fn slots_of(&self, day: i64) -> &Slots {
        match self.exceptions.binary_search_by_key(&day, |exception| exception.day) {
            Ok(found) => &self.kinds[self.exceptions[found].kind],
            Err(_) => &self.week[weekday(day)],
        }
    }

    /// The first wall clock reading between `from` and `to` before which there is `work`; it is known to be there.
    fn reading(&self, from: i64, to: i64, work: i64) -> i64 {
        let (mut low, mut high) = (from.div_euclid(DAY), to.div_euclid(DAY));
        while low < high {
            let middle = low + (high - low) / 2;
            if self.before_day(middle + 1) >= work { high = middle } else { low = middle + 1 }
        }
        let mut left = work - self.before_day(low);
        for (open, close) in self.slots_of(low) {
            if left <= close - open {
                return low * DAY + open + left;
            }
            left -= close - open;
        }
        to
    }
}

/// Every day that is not like its weekday, and its slots.
fn special_days(calendar: &Calendar) -> BTreeMap<i64, &[Slot]> {
    let mut days: BTreeMap<i64, &[Slot]> = BTreeMap::new();
    for of in &calendar.public_holidays {
        days.extend(YEARS.flat_map(|year| holidays::in_year(of, year)).map(|holiday| (number(holiday.date), [].as_slice())));
    }
    for holiday in &calendar.holidays {
        if let Day::Yearly { month, day } = holiday.date {
            let dates = YEARS.filter_map(|year| NaiveDate::from_ymd_opt(year, month, day));
            days.extend(dates.map(|date| (number(date), holiday.hours.as_slice())));
        }
    }
    for holiday in &calendar.holidays {
        if let Day::Once(date) = holiday.date {
            days.insert(number(date), &holiday.hours);
        }
    }
    days
}

/// Days since 1970-01-01.
fn number(date: NaiveDate) -> i64 {
    i64::from(date.num_days_from_ce()) - 719_163
}

/// 0 for Monday.
fn weekday(day: i64) -> usize {
    (day + EPOCH_WEEKDAY).rem_euclid(7) as usize
}

/// Slots in order, those that touch or overlap as one.
fn slots(written: &[Slot]) -> Slots {
    let ms = |time: super::TimeOfDay| i64::from(time.minutes()) * MINUTE;
    let mut sorted: Slots = written.iter().map(|Slot(from, until)| (ms(*from), ms(*until))).collect();
    sorted.sort_unstable();
    let mut joined: Slots = Vec::with_capacity(sorted.len());
    for (open, close) in sorted {
        match joined.last_mut() {
            Some(last) if open <= last.1 => last.1 = last.1.max(close),
            Some(_) | None => joined.push((open, close)),
        }
    }
    joined
}

fn length(slots: &Slots) -> i64 {
    slots.iter().map(|(open, close)| close - open).sum()
}
