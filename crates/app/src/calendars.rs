//! Working time, asked of a calendar of the desk.

use docket_domain::{
    CalendarId,
    calendar::{Calendar, WorkingTime, show_instant},
    holidays::{self, PublicHoliday},
    settings::Invalid,
};

use crate::{
    app::App,
    error::{Error, Result},
    wire::{
        BetweenInput, BetweenView, CalendarPreview, CalendarPreviewed, CountryView, DueInput, DueView, HolidaysQuery, ImportInput,
        ImportView, RegionView,
    },
};

/// Stretches of working time that a preview shows at most.
const STRETCHES: usize = 100;

impl App {
    /// When that much working time is over.
    pub fn calendar_due(&self, id: CalendarId, input: &DueInput) -> Result<DueView> {
        let calendar = self.working_time(id)?;
        let due = due(&calendar, input.start.0, input.minutes)?;
        Ok(DueView { due, local: show_instant(due, &calendar) })
    }

    /// How much working time lies between two moments.
    pub fn calendar_between(&self, id: CalendarId, input: &BetweenInput) -> Result<BetweenView> {
        let calendar = self.working_time(id)?;
        let (from, to) = (input.from.0, input.to.0);
        Ok(BetweenView { seconds: calendar.between(from, to) / 1000 })
    }

    /// What a calendar that is being written would answer.
    pub fn calendar_preview(&self, input: CalendarPreview) -> Result<CalendarPreviewed> {
        input.calendar.check()?;
        let calendar = WorkingTime::new(&once_each(input.calendar))?;
        let start = input.start.0;
        let due = due(&calendar, start, input.minutes)?;
        let mut worked = calendar.segments(start, due);
        worked.truncate(STRETCHES);
        Ok(CalendarPreviewed { due, local: show_instant(due, &calendar), worked })
    }

    /// The countries whose public holidays are known.
    pub fn countries(&self) -> Vec<CountryView> {
        let region = |(code, name)| RegionView { code, name };
        holidays::countries()
            .into_iter()
            .map(|country| CountryView { code: country.code, regions: country.regions.into_iter().map(region).collect() })
            .collect()
    }

    /// The public holidays of a country, or a part of it, in one year.
    pub fn holidays(&self, query: HolidaysQuery) -> Result<Vec<PublicHoliday>> {
        if !(1900..2180).contains(&query.year) {
            return Err(Invalid::new("year", format!("{} is not a year between 1900 and 2179", query.year)).into());
        }
        let of = holidays::Of { country: query.country, region: query.region.filter(|region| !region.is_empty()) };
        of.check()?;
        Ok(holidays::in_year(&of, query.year))
    }

    /// The days that an iCalendar file names. Saves nothing.
    pub fn import_holidays(&self, input: &ImportInput) -> Result<ImportView> {
        let holidays::Imported { holidays, left_out } = holidays::import(&input.text)?;
        Ok(ImportView { holidays, left_out })
    }

    fn working_time(&self, id: CalendarId) -> Result<WorkingTime> {
        let settings = self.settings();
        let calendar = settings.calendars.get(&id).ok_or_else(|| Error::NotFound("this calendar does not exist"))?;
        Ok(WorkingTime::new(calendar)?)
    }
}

fn due(calendar: &WorkingTime, start: i64, minutes: u64) -> Result<i64> {
    let work = minutes.checked_mul(60_000).and_then(|work| i64::try_from(work).ok()).unwrap_or(i64::MAX);
    calendar.due(start, work).ok_or_else(|| Error::Unavailable {
        code: "calendar_never_open",
        message: "this calendar does not open for so long within twenty years".into(),
    })
}

/// The same calendar, naming each day and each country once: each costs its share for every year.
fn once_each(mut calendar: Calendar) -> Calendar {
    calendar.holidays.sort_by_key(|holiday| holiday.date);
    calendar.holidays.dedup_by_key(|holiday| holiday.date);
    calendar.public_holidays.sort_unstable();
    calendar.public_holidays.dedup();
    calendar
}
