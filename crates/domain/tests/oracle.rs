//! Working time against an oracle that goes through the calendar minute by minute, with another library for the zones.
#![expect(clippy::unwrap_used, reason = "what goes wrong in a test shall end it")]

use std::{collections::BTreeMap, time::Instant};

use chrono::{DateTime, Datelike, Days, NaiveDate, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use docket_domain::calendar::WorkingTime;
use serde_json::{Value, json};

/// At least so many spans are compared, and more while there is time.
const LEAST: u32 = 10_000;
const SECONDS: u64 = 8;

/// DST both ways by an hour, half an hour and two, at midnight, the other way round; changes of the zone itself; Samoa's day.
const ZONES: [Tz; 22] = [
    Tz::UTC,
    Tz::Europe__Berlin,
    Tz::Europe__London,
    Tz::Europe__Dublin,
    Tz::Europe__Volgograd,
    Tz::Europe__Istanbul,
    Tz::America__New_York,
    Tz::America__St_Johns,
    Tz::America__Sao_Paulo,
    Tz::America__Caracas,
    Tz::America__Havana,
    Tz::Africa__Casablanca,
    Tz::Africa__Cairo,
    Tz::Asia__Tehran,
    Tz::Asia__Kathmandu,
    Tz::Asia__Pyongyang,
    Tz::Asia__Beirut,
    Tz::Australia__Lord_Howe,
    Tz::Pacific__Chatham,
    Tz::Pacific__Apia,
    Tz::Pacific__Kwajalein,
    Tz::Antarctica__Troll,
];

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

type Slots = Vec<(i64, i64)>;

/// A random calendar, as the oracle reads it.
struct Written {
    zone: Tz,
    week: [Slots; 7],
    yearly: BTreeMap<(u32, u32), Slots>,
    once: BTreeMap<NaiveDate, Slots>,
}

/// Small random numbers from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn throw(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }

    fn slots(&mut self) -> Slots {
        let many = [0, 1, 1, 2, 2, 3][self.throw(6) as usize];
        let grid = [1, 5, 15, 60][self.throw(4) as usize];
        // Many begin at night, when clocks are changed.
        let within = [240, 1440][self.throw(2) as usize];
        let slots = (0..many).map(|_| {
            let from = self.throw(within / grid) * grid;
            let length = self.throw((1440 - from) / grid) * grid + grid;
            (from as i64, (from + length).min(1440) as i64)
        });
        slots.collect()
    }

    fn calendar(&mut self, start: NaiveDate) -> Written {
        let kind = self.throw(12);
        let week = std::array::from_fn(|_| match kind {
            0 => vec![(0, 1440)],
            1 => vec![],
            _ => self.slots(),
        });
        let mut calendar = Written { zone: ZONES[0], week, yearly: BTreeMap::new(), once: BTreeMap::new() };
        for _ in 0..self.throw(4) {
            let date = start.checked_add_days(Days::new(self.throw(20))).unwrap();
            let slots = if self.throw(2) == 0 { vec![] } else { self.slots() };
            match self.throw(2) {
                0 => drop(calendar.yearly.insert((date.month(), date.day()), slots)),
                _ => drop(calendar.once.insert(date, slots)),
            }
        }
        calendar
    }

    /// A minute, half of the time near one at which the zone's clocks were changed.
    fn start(&mut self, zone: Tz) -> i64 {
        let year = match (zone, self.throw(4)) {
            (Tz::Pacific__Apia, 0..=1) => 2011,
            (Tz::Pacific__Kwajalein, 0..=1) => 1993,
            // The two libraries know different laws of Morocco for the years to come.
            (Tz::Africa__Casablanca, _) => 2008 + self.throw(17) as i32,
            _ => 1975 + self.throw(75) as i32,
        };
        let first = Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).unwrap().timestamp() / 60;
        let changes: Vec<i64> = (0..366).map(|day| first + day * 1440).filter(|at| offset(zone, *at) != offset(zone, at + 1440)).collect();
        match changes.get(self.throw(changes.len().max(1) as u64 * 2) as usize) {
            Some(day) => day - 2880 + self.throw(2 * 2880) as i64,
            None => first + self.throw(366 * 1440) as i64,
        }
    }
}

/// Minutes between UTC and local time.
fn offset(zone: Tz, minute: i64) -> i64 {
    let at = DateTime::from_timestamp(minute * 60, 0).unwrap().naive_utc();
    i64::from(zone.offset_from_utc_datetime(&at).fix().local_minus_utc()) / 60
}

impl Written {
    fn on(&self, day: i64) -> &Slots {
        let date = NaiveDate::from_num_days_from_ce_opt(i32::try_from(day).unwrap() + 719_163).unwrap();
        let special = self.once.get(&date).or_else(|| self.yearly.get(&(date.month(), date.day())));
        special.unwrap_or(&self.week[date.weekday().num_days_from_monday() as usize])
    }

    /// Goes through the minutes from `start` on and tells `see` each: whether it is working time. Ends when that says so.
    fn walk(&self, start: i64, mut see: impl FnMut(i64, bool) -> bool) {
        let mut today = (i64::MIN, &self.week[0]);
        for minute in start.. {
            let local = minute + offset(self.zone, minute);
            let (day, time) = (local.div_euclid(1440), local.rem_euclid(1440));
            if today.0 != day {
                today = (day, self.on(day));
            }
            if see(minute, today.1.iter().any(|(from, until)| (*from..*until).contains(&time))) {
                return;
            }
        }
    }

    fn document(&self) -> Value {
        let time = |minutes: i64| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let slots = |slots: &Slots| slots.iter().map(|(from, until)| json!([time(*from), time(*until)])).collect::<Vec<_>>();
        let week: serde_json::Map<_, _> = WEEKDAYS.iter().zip(&self.week).map(|(day, on)| ((*day).into(), slots(on).into())).collect();
        let yearly = self.yearly.iter().map(|((m, d), on)| json!({ "date": format!("{m:02}-{d:02}"), "hours": slots(on) }));
        let once = self.once.iter().map(|(date, on)| json!({ "date": date.to_string(), "hours": slots(on) }));
        json!({ "time_zone": self.zone.name(), "week": week, "holidays": yearly.chain(once).collect::<Vec<_>>() })
    }
}

#[test]
fn working_time_minute_by_minute() {
    let seed = std::env::var("DOCKET_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_123);
    let mut dice = Dice(seed);
    let (begun, mut count, mut changes, mut never) = (Instant::now(), 0, 0, 0);
    while count < LEAST || begun.elapsed().as_secs() < SECONDS {
        let zone = ZONES[dice.throw(ZONES.len() as u64) as usize];
        let start = dice.start(zone);
        let mut written = dice.calendar(DateTime::from_timestamp(start * 60, 0).unwrap().date_naive());
        written.zone = zone;
        let length = [60, 1440, 1440, 4320, 10_080, 30_240][dice.throw(6) as usize];
        let span = 1 + dice.throw(length) as i64;
        let (open, ends) = (&mut 0, &mut Vec::new());
        written.walk(start, |minute, works| {
            if works {
                *open += 1;
                ends.push(minute + 1);
            }
            minute + 1 >= start + span
        });
        let document = written.document();
        let calendar = WorkingTime::new(&serde_json::from_value(document.clone()).unwrap()).unwrap();
        let told =
            || format!("seed {seed}, span {count}: {} for {span} min with {document}", DateTime::from_timestamp(start * 60, 0).unwrap());
        let (from, to) = (start * 60_000, (start + span) * 60_000);
        assert_eq!(calendar.between(from, to), *open * 60_000, "between, {}", told());
        let segments = calendar.segments(from, to);
        assert_eq!(segments.iter().map(|s| s.to - s.from).sum::<i64>(), *open * 60_000, "segments, {}", told());
        assert!(segments.windows(2).all(|pair| pair[0].to < pair[1].from), "segments apart, {}", told());
        if let Some(last) = (*open as u64).checked_sub(1) {
            let wanted = dice.throw(last + 1) as usize;
            let due = calendar.due(from, (wanted as i64 + 1) * 60_000);
            assert_eq!(due, Some(ends[wanted] * 60_000), "due after {} min, {}", wanted + 1, told());
        }
        // One minute more than there was lies behind the span, or nowhere.
        let later = calendar.due(from, (*open + 1) * 60_000);
        assert!(later.is_none_or(|due| due > to), "due later, {}", told());
        never += u32::from(later.is_none());
        changes += u32::from(offset(zone, start) != offset(zone, start + span));
        count += 1;
    }
    println!("{count} spans from seed {seed} in {:?}: {changes} over a change of clocks, {never} that never open", begun.elapsed());
    assert!(changes > count / 20 && never > count / 50, "the dice must meet what is difficult: {changes}, {never}");
}
