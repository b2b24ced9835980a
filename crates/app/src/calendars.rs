//! Working time, asked of a calendar of the desk.

use docket_domain::{
    CalendarId,
    calendar::{WorkingTime, show_instant},
};

use crate::{
    app::App,
    error::{Error, Result},
    wire::{BetweenInput, BetweenView, DueInput, DueView},
};

impl App {
    /// When that much working time is over.
    pub fn calendar_due(&self, id: CalendarId, input: &DueInput) -> Result<DueView> {
        let calendar = self.working_time(id)?;
        let work = input.minutes.checked_mul(60_000).and_then(|work| i64::try_from(work).ok()).unwrap_or(i64::MAX);
        let due = calendar.due(input.start.0, work).ok_or_else(|| Error::Unavailable {
            code: "calendar_never_open",
            message: "this calendar does not open for so long within twenty years".into(),
        })?;
        Ok(DueView { due, local: show_instant(due, &calendar) })
    }

    /// How much working time lies between two moments.
    pub fn calendar_between(&self, id: CalendarId, input: &BetweenInput) -> Result<BetweenView> {
        let calendar = self.working_time(id)?;
        let (from, to) = (input.from.0, input.to.0);
        Ok(BetweenView { seconds: calendar.between(from, to) / 1000 })
    }

    fn working_time(&self, id: CalendarId) -> Result<WorkingTime> {
        let settings = self.settings();
        let calendar = settings.calendars.get(&id).ok_or_else(|| Error::NotFound("this calendar does not exist"))?;
        Ok(WorkingTime::new(calendar)?)
    }
}
