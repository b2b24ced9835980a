//! When a desk has work: three years of hours, busy on weekdays in office hours, quiet otherwise, growing slowly.

use chrono::{DateTime, Datelike, Timelike, Utc, Weekday};
use chrono_tz::Tz;

use super::rng::Rng;

const HOUR: i64 = 3_600_000;
const HOURS: usize = 3 * 365 * 24;
/// How many mails come in each hour of a weekday, roughly.
const WEEKDAY: [u64; 24] = [1, 1, 1, 1, 1, 2, 7, 25, 62, 95, 100, 90, 58, 75, 92, 85, 62, 38, 18, 11, 9, 7, 4, 2];
const WEEKEND: [u64; 24] = [0, 0, 0, 0, 0, 0, 0, 1, 3, 5, 6, 6, 5, 5, 5, 5, 5, 5, 6, 6, 5, 4, 2, 1];

/// Which hours of the last three years had how much work.
#[derive(Clone, Debug)]
pub(super) struct Calendar {
    start: i64,
    /// The work up to the end of each hour.
    upto: Vec<u64>,
    office: Vec<bool>,
}

impl Calendar {
    pub fn new(now: i64, zone: Tz) -> Self {
        let start = now - HOURS as i64 * HOUR;
        let (mut upto, mut office, mut total) = (Vec::with_capacity(HOURS), Vec::with_capacity(HOURS), 0);
        for i in 0..HOURS {
            let middle =
                DateTime::<Utc>::from_timestamp_millis(start + i as i64 * HOUR + HOUR / 2).unwrap_or_default().with_timezone(&zone);
            let free = matches!(middle.weekday(), Weekday::Sat | Weekday::Sun)
                || matches!((middle.month(), middle.day()), (1, 1) | (5, 1) | (12, 24..=26 | 31));
            let hour = middle.hour() as usize;
            let growth = 2_000_000 + 1_000_000 * i as u64 / HOURS as u64;
            total += growth * if free { WEEKEND[hour] } else { WEEKDAY[hour] };
            upto.push(total);
            office.push(!free && (8..17).contains(&hour));
        }
        Self { start, upto, office }
    }

    /// The moment at `position` of all the work, 0 to `u64::MAX`; later positions are later moments.
    pub fn moment(&self, position: u64) -> i64 {
        let total = self.upto.last().copied().unwrap_or(1);
        let work = ((u128::from(position) * u128::from(total)) >> 64) as u64;
        let i = self.upto.partition_point(|upto| *upto <= work).min(HOURS - 1);
        let before = i.checked_sub(1).map_or(0, |i| self.upto[i]);
        let share = (work - before) as i64 * HOUR / (self.upto[i] - before).max(1) as i64;
        self.start + i as i64 * HOUR + share
    }

    /// `at`, or a moment in the first office hour after it.
    pub fn office(&self, at: i64, dice: &mut Rng) -> i64 {
        let i = usize::try_from((at - self.start) / HOUR).unwrap_or(0);
        match self.office.iter().skip(i).position(|office| *office) {
            None | Some(0) => at,
            Some(hours) => self.start + (i + hours) as i64 * HOUR + dice.below(HOUR as u64) as i64,
        }
    }
}
