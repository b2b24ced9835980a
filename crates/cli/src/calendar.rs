//! `docket calendar`: working time, asked without a ticket.

use std::path::Path;

use docket_domain::calendar::{Calendar, WorkingTime, parse_instant, show_instant};
use serde_json::json;

use crate::{
    arguments::{CalendarCommand, Place, Which},
    desk,
    failure::Failure,
    print,
};

/// Answers a question to a calendar.
pub async fn calendar(place: &Place, command: CalendarCommand) -> Result<(), Failure> {
    match command {
        CalendarCommand::Due { which, start, minutes, seconds, json } => {
            let start = moment("--start", &start)?;
            let calendar = which.read(place).await?;
            due(&calendar, start, seconds.or(minutes.map(|minutes| minutes.saturating_mul(60))).unwrap_or(0), json)
        }
        CalendarCommand::Between { which, from, to, json } => {
            let (from, to) = (moment("--from", &from)?, moment("--to", &to)?);
            between(&which.read(place).await?, from, to, json)
        }
    }
}

fn due(calendar: &WorkingTime, start: i64, seconds: u64, as_json: bool) -> Result<(), Failure> {
    let work = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000);
    let due = calendar
        .due(start, work)
        .ok_or_else(|| Failure::refused("calendar_never_open: this calendar does not open for so long within twenty years"))?;
    let due = show_instant(due, calendar);
    if as_json { print::json(&json!({ "due": due, "start": show_instant(start, calendar), "seconds": seconds })) } else { print::line(due) }
}

fn between(calendar: &WorkingTime, from: i64, to: i64, as_json: bool) -> Result<(), Failure> {
    let seconds = calendar.between(from, to) / 1000;
    if !as_json {
        return print::line(seconds.to_string());
    }
    let segments = calendar.segments(from, to);
    let segments: Vec<_> = segments.iter().map(|s| [show_instant(s.from, calendar), show_instant(s.to, calendar)]).collect();
    print::json(&json!({ "seconds": seconds, "segments": segments }))
}

fn moment(argument: &str, text: &str) -> Result<i64, Failure> {
    let wrong = || Failure::Usage(format!("{argument}: \"{text}\" is not a moment as RFC 3339 writes it, like 2026-11-20T18:00:00+01:00"));
    parse_instant(text).ok_or_else(wrong)
}

impl Which {
    async fn read(&self, place: &Place) -> Result<WorkingTime, Failure> {
        let calendar = match &self.calendar {
            Some(file) => from_file(file)?,
            None => self.of_desk(place).await?,
        };
        WorkingTime::new(&calendar).map_err(|invalid| Failure::refused(format!("{}: {invalid}", invalid.field)))
    }

    async fn of_desk(&self, place: &Place) -> Result<Calendar, Failure> {
        let app = place.open().await?;
        let found = desk::calendar(&app, self.name.as_deref().unwrap_or_default());
        app.close().await;
        found
    }
}

fn from_file(file: &Path) -> Result<Calendar, Failure> {
    let stdin = file.as_os_str() == "-";
    let text = if stdin { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(file) };
    let name = if stdin { "the calendar on standard input".into() } else { file.display().to_string() };
    let text = text.map_err(|error| Failure::refused(format!("{name} cannot be read: {error}")))?;
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| Failure::refused(format!("{name} is no calendar: {error}")))
}
