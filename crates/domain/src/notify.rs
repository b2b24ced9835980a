//! What agents can be told of, by which way, and when they want to be left alone.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Timelike, Utc, Weekday as Day};
use serde::{Deserialize, Serialize};

use crate::{TicketId, calendar::Weekday};

/// What agents are told of: the fifteen notification events of OTRS (contract §1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is named like what happened")]
pub enum Happening {
    NewTicket,
    FollowUpUnlocked,
    FollowUpLocked,
    LockTimeout,
    OwnerUpdate,
    ResponsibleUpdate,
    NewNote,
    QueueMove,
    ReminderLocked,
    ReminderUnlocked,
    Escalation,
    EscalationWarning,
    ServiceUpdate,
    AppointmentReminder,
    DeliveryFailure,
}

impl Happening {
    /// All of them, in the order of OTRS.
    pub const ALL: [Self; 15] = [
        Self::NewTicket,
        Self::FollowUpUnlocked,
        Self::FollowUpLocked,
        Self::LockTimeout,
        Self::OwnerUpdate,
        Self::ResponsibleUpdate,
        Self::NewNote,
        Self::QueueMove,
        Self::ReminderLocked,
        Self::ReminderUnlocked,
        Self::Escalation,
        Self::EscalationWarning,
        Self::ServiceUpdate,
        Self::AppointmentReminder,
        Self::DeliveryFailure,
    ];

    /// The stable name, as stored and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NewTicket => "new_ticket",
            Self::FollowUpUnlocked => "follow_up_unlocked",
            Self::FollowUpLocked => "follow_up_locked",
            Self::LockTimeout => "lock_timeout",
            Self::OwnerUpdate => "owner_update",
            Self::ResponsibleUpdate => "responsible_update",
            Self::NewNote => "new_note",
            Self::QueueMove => "queue_move",
            Self::ReminderLocked => "reminder_locked",
            Self::ReminderUnlocked => "reminder_unlocked",
            Self::Escalation => "escalation",
            Self::EscalationWarning => "escalation_warning",
            Self::ServiceUpdate => "service_update",
            Self::AppointmentReminder => "appointment_reminder",
            Self::DeliveryFailure => "delivery_failure",
        }
    }

    /// The one of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// What an alarm's id begins with: a reminder stays the same one when its ticket is locked meanwhile.
    fn family(self) -> &'static str {
        match self {
            Self::ReminderLocked | Self::ReminderUnlocked => "reminder",
            other => other.as_str(),
        }
    }

    /// The id of the alarm that this is due then on that ticket: the same on every computer that finds it out.
    pub fn alarm_id(self, ticket: TicketId, due_at: i64) -> String {
        format!("{}.{ticket}.{due_at}", self.family())
    }
}

/// By which ways an agent wants to hear of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Ways {
    /// On the screen, by the system itself.
    pub native: bool,
    /// By mail to their own address.
    pub mail: bool,
}

impl Default for Ways {
    fn default() -> Self {
        Self { native: true, mail: false }
    }
}

/// From one reading of the clock until another, `18:00` to `08:00` until the next morning; alike: the whole day round.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
#[expect(missing_docs, reason = "named in the wire contract")]
pub struct Span {
    pub from: String,
    pub to: String,
}

impl Span {
    fn minutes(&self) -> Option<(u32, u32)> {
        Some((minute(&self.from)?, minute(&self.to)?))
    }
}

fn minute(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour <= 24 && minute < 60 && hour * 60 + minute <= 1_440).then_some(hour * 60 + minute)
}

/// When an agent wants to be left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Quiet {
    /// Do they count?
    pub on: bool,
    /// IANA zone in which they are meant; empty: the desk's.
    pub time_zone: String,
    /// The quiet hours that begin on each day.
    pub days: BTreeMap<Weekday, Span>,
    /// A broken promise is told all the same.
    pub breach_overrides: bool,
}

impl Default for Quiet {
    fn default() -> Self {
        Self { on: false, time_zone: String::new(), days: BTreeMap::new(), breach_overrides: true }
    }
}

impl Quiet {
    /// Is it quiet at this moment (ms UTC)? `zone` is meant where the agent named none.
    pub fn covers(&self, now: i64, zone: &str) -> bool {
        let zone: chrono_tz::Tz = self.time_zone.parse().or_else(|_| zone.parse()).unwrap_or(chrono_tz::UTC);
        let local = DateTime::<Utc>::from_timestamp_millis(now).unwrap_or_default().with_timezone(&zone);
        let at = local.hour() * 60 + local.minute();
        let begun = |day: Day| self.days.get(&weekday(day)).and_then(Span::minutes);
        let today = begun(local.weekday()).is_some_and(|(from, to)| from <= at && (to <= from || at < to));
        let last_night = begun(local.weekday().pred()).is_some_and(|(from, to)| to <= from && at < to);
        self.on && (today || last_night)
    }
}

fn weekday(day: Day) -> Weekday {
    match day {
        Day::Mon => Weekday::Mon,
        Day::Tue => Weekday::Tue,
        Day::Wed => Weekday::Wed,
        Day::Thu => Weekday::Thu,
        Day::Fri => Weekday::Fri,
        Day::Sat => Weekday::Sat,
        Day::Sun => Weekday::Sun,
    }
}

/// Why nothing is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the reason")]
pub enum Silence {
    Off,
    Paused,
    Quiet,
}

impl Silence {
    /// The stable name, as the delivery log has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Paused => "paused",
            Self::Quiet => "quiet",
        }
    }
}

/// How one agent wants to be told: the personal document `notify`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Notify {
    /// By what happened; what is not named goes the usual way.
    pub ways: BTreeMap<String, Ways>,
    /// Quiet hours.
    pub quiet: Quiet,
    /// Nothing is shown until then (ms UTC).
    pub paused_until: Option<i64>,
}

impl Notify {
    /// The ways of what happened.
    pub fn ways(&self, what: Happening) -> Ways {
        self.ways.get(what.as_str()).copied().unwrap_or_default()
    }

    /// Why nothing may be shown at this moment; none: it may. What is off stays off, the rest is shown afterwards.
    pub fn silence(&self, what: Option<Happening>, now: i64, zone: &str) -> Option<Silence> {
        if what.is_some_and(|what| !self.ways(what).native) {
            return Some(Silence::Off);
        }
        if self.paused_until.is_some_and(|until| now < until) {
            return Some(Silence::Paused);
        }
        let overrides = self.quiet.breach_overrides && what == Some(Happening::Escalation);
        (!overrides && self.quiet.covers(now, zone)).then_some(Silence::Quiet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::parse_instant;

    fn at(text: &str) -> i64 {
        parse_instant(text).expect("a moment")
    }

    fn evenings() -> Notify {
        let span = |from: &str, to: &str| Span { from: from.into(), to: to.into() };
        let days = BTreeMap::from([
            (Weekday::Mon, span("18:00", "08:00")),
            (Weekday::Fri, span("12:00", "13:00")),
            (Weekday::Sat, span("00:00", "00:00")),
        ]);
        Notify { quiet: Quiet { on: true, time_zone: "Europe/Berlin".into(), days, ..Quiet::default() }, ..Notify::default() }
    }

    #[test]
    fn quiet_hours_end_the_next_morning_in_the_agents_zone() {
        let quiet = evenings().quiet;
        // Berlin is one hour ahead of UTC here; 2026-11-23 is a Monday.
        for (moment, is_quiet) in [
            ("2026-11-23T16:59:00Z", false),
            ("2026-11-23T17:00:00Z", true),
            ("2026-11-23T23:30:00Z", true),
            ("2026-11-24T06:59:00Z", true),
            ("2026-11-24T07:00:00Z", false),
            ("2026-11-24T18:00:00Z", false),
            ("2026-11-27T11:00:00Z", true),
            ("2026-11-27T12:00:00Z", false),
            ("2026-11-28T08:00:00Z", true),
            ("2026-11-28T22:59:00Z", true),
            ("2026-11-28T23:00:00Z", false),
        ] {
            assert_eq!(quiet.covers(at(moment), "UTC"), is_quiet, "{moment}");
        }
        assert!(!Quiet { on: false, ..quiet }.covers(at("2026-11-23T17:00:00Z"), "UTC"));
    }

    #[test]
    fn a_breach_overrides_quiet_hours_but_no_pause_and_no_switch() {
        let night = at("2026-11-23T20:00:00Z");
        let mut notify = evenings();
        let silence = |notify: &Notify, what| notify.silence(Some(what), night, "UTC");
        assert_eq!(silence(&notify, Happening::ReminderLocked), Some(Silence::Quiet));
        assert_eq!(silence(&notify, Happening::Escalation), None);
        assert_eq!(silence(&notify, Happening::EscalationWarning), Some(Silence::Quiet));
        notify.quiet.breach_overrides = false;
        assert_eq!(silence(&notify, Happening::Escalation), Some(Silence::Quiet));
        notify.quiet.breach_overrides = true;
        notify.paused_until = Some(night + 1);
        assert_eq!(silence(&notify, Happening::Escalation), Some(Silence::Paused));
        notify.paused_until = Some(night);
        assert_eq!(silence(&notify, Happening::Escalation), None);
        notify.ways.insert("escalation".into(), Ways { native: false, mail: true });
        assert_eq!(silence(&notify, Happening::Escalation), Some(Silence::Off));
    }

    #[test]
    fn a_reminder_is_the_same_one_when_its_ticket_is_locked() {
        let ticket = TicketId(uuid::Uuid::from_u128(7));
        assert_eq!(Happening::ReminderLocked.alarm_id(ticket, 5), Happening::ReminderUnlocked.alarm_id(ticket, 5));
        assert_ne!(Happening::Escalation.alarm_id(ticket, 5), Happening::EscalationWarning.alarm_id(ticket, 5));
        for one in Happening::ALL {
            assert_eq!(Happening::parse(one.as_str()), Some(one));
        }
    }
}
