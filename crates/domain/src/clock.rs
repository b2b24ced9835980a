//! What a desk promises, and how a ticket stands to it: first response, update and solution.
//!
//! A clock is a value: [`History`] keeps what happened, [`run`] says how a [`Promise`] stands at a moment, [`explain`] also
//! which stretches of working time that is made of. Nothing here is stored but the history's facts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    calendar::{Segment, WorkingTime},
    id::StateId,
    settings::{State, StateType},
};

mod history;
mod plan;
pub use history::{Acknowledged, Fired, History, Stay, word_of_desk};
use plan::{Plan, plan};

const MINUTE: i64 = 60_000;

/// What is promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The customer hears from an agent for the first time.
    FirstResponse,
    /// The customer hears from an agent again.
    Update,
    /// The ticket is closed.
    Solution,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::FirstResponse, Self::Update, Self::Solution];

    /// The stable name, as stored and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstResponse => "first_response",
            Self::Update => "update",
            Self::Solution => "solution",
        }
    }

    /// The measure of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.as_str() == name)
    }
}

/// A promise of so much working time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Promise {
    /// What is promised.
    pub measure: Measure,
    /// Within how many minutes of working time; 0: nothing is promised.
    pub minutes: u32,
    /// After how many hundredths of that time somebody is warned.
    #[serde(default)]
    pub warn_percent: Option<u8>,
}

/// Since when the update clock runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UpdateMode {
    /// Keep the customer informed: since their oldest unanswered word or else since the desk's last one.
    #[default]
    KeepInformed,
    /// Answer the customer: only since their oldest unanswered word; while they have none, it does not run.
    Answer,
}

/// How clocks behave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "rules", rename_all = "snake_case")]
pub enum Behaviour {
    /// States that pause pause every clock; a reopened ticket's clocks run on, without the time in which it was closed.
    Desk {
        /// Since when the update clock runs.
        #[serde(default)]
        update: UpdateMode,
    },
    /// As in OTRS: the update clock ends in pending states and the others run on there; a ticket that was closed once is solved.
    Otrs {
        /// EscalationSuspend: time in states that pause does not count.
        #[serde(default)]
        suspend: bool,
    },
}

impl Default for Behaviour {
    fn default() -> Self {
        Self::Desk { update: UpdateMode::default() }
    }
}

/// Does a clock still run?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It runs, or will when the desk opens.
    Running,
    /// The ticket's state pauses it.
    Paused,
    /// What was promised was done.
    Fulfilled,
}

/// How a promise stands. Moments are ms UTC, durations ms of working time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Clock {
    /// What was promised.
    pub measure: Measure,
    /// Does it still run?
    pub standing: Standing,
    /// Since when it counts.
    pub start: i64,
    /// When it was fulfilled.
    pub stop: Option<i64>,
    /// How much working time has counted.
    pub elapsed: i64,
    /// How much was promised.
    pub promised: i64,
    /// The deadline; none while a pause leaves it open, or where the calendar never opens for so long.
    pub due: Option<i64>,
    /// When somebody is warned; none likewise.
    pub warn_at: Option<i64>,
    /// The deadline has passed, or had when the promise was fulfilled.
    pub breached: bool,
}

/// Time that does not count, since the ticket was in a state that pauses or was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Pause {
    /// Its first moment (ms UTC).
    pub from: i64,
    /// The first moment after it; none: it lasts.
    pub to: Option<i64>,
    /// The state.
    pub state: StateId,
}

/// A clock and why it stands as it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Explained {
    /// How it stands.
    pub clock: Clock,
    /// The working time that counted; the lengths add up to `elapsed`.
    pub worked: Vec<Segment>,
    /// What did not count.
    pub pauses: Vec<Pause>,
}

/// Everything that clocks are read by.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// How they behave.
    pub behaviour: Behaviour,
    /// The states, their types, and whether they pause; one that is not there counts as open.
    pub states: &'a BTreeMap<StateId, State>,
    /// When the desk works.
    pub calendar: &'a WorkingTime,
}

impl Rules<'_> {
    fn state_type(&self, id: StateId) -> StateType {
        self.states.get(&id).map_or(StateType::Open, |state| state.kind)
    }

    fn pauses(&self, id: StateId) -> bool {
        self.states.get(&id).is_some_and(State::pauses_clocks)
    }
}

/// How a clock runs, whatever is promised.
#[derive(Clone, Debug)]
pub struct Course<'a> {
    plan: Plan,
    counted: Vec<(i64, i64)>,
    calendar: &'a WorkingTime,
}

impl<'a> Course<'a> {
    /// The course of a measure's clock; `None` where there is no such clock.
    pub fn of(history: &History, measure: Measure, rules: &Rules<'a>) -> Option<Self> {
        let plan = plan(history, measure, rules)?;
        Some(Self { counted: plan.counted(), plan, calendar: rules.calendar })
    }

    /// Since when it counts (ms UTC).
    pub fn start(&self) -> i64 {
        self.plan.start
    }

    /// When it was fulfilled.
    pub fn stop(&self) -> Option<i64> {
        self.plan.stop
    }

    /// Does it still run?
    pub fn standing(&self) -> Standing {
        match self.plan.stop {
            Some(_) => Standing::Fulfilled,
            None if self.plan.paused() => Standing::Paused,
            None => Standing::Running,
        }
    }

    /// When so much working time (ms) has counted; none while a pause leaves it open.
    pub fn at(&self, work: i64) -> Option<i64> {
        reached(&self.counted, self.calendar, work)
    }

    /// How much working time had counted at that moment (ms).
    pub fn elapsed(&self, at: i64) -> i64 {
        self.counted.iter().map(|(from, to)| self.calendar.between(*from, at.min(*to))).sum()
    }

    /// How much working time was left out until that moment (ms).
    pub fn waited(&self, at: i64) -> i64 {
        let ends = |pause: &Pause| pause.to.map_or(at, |to| to.min(at));
        self.plan.pauses.iter().map(|pause| self.calendar.between(pause.from.max(self.plan.start), ends(pause))).sum()
    }
}

/// How a promise stands `now` (ms UTC); `None` where there is no such clock, as on a closed ticket that nobody answered.
pub fn run(history: &History, promise: Promise, rules: &Rules, now: i64) -> Option<Clock> {
    plan(history, promise.measure, rules).filter(|_| promise.minutes > 0).map(|plan| read(&plan, promise, rules.calendar, now))
}

/// The same as [`run`], with its reasons.
pub fn explain(history: &History, promise: Promise, rules: &Rules, now: i64) -> Option<Explained> {
    let plan = plan(history, promise.measure, rules).filter(|_| promise.minutes > 0)?;
    let clock = read(&plan, promise, rules.calendar, now);
    let end = plan.stop.unwrap_or(now);
    let counted = plan.counted().into_iter().map(|(from, to)| (from, to.min(end))).filter(|(from, to)| from < to);
    let worked = counted.flat_map(|(from, to)| rules.calendar.segments(from, to)).collect();
    Some(Explained { clock, worked, pauses: plan.pauses.into_iter().filter(|pause| pause.from < end).collect() })
}

fn read(plan: &Plan, promise: Promise, calendar: &WorkingTime, now: i64) -> Clock {
    let end = plan.stop.unwrap_or(now);
    let counted = plan.counted();
    let elapsed = counted.iter().map(|(from, to)| calendar.between(*from, end.min(*to))).sum();
    let promised = i64::from(promise.minutes) * MINUTE;
    let due = reached(&counted, calendar, promised);
    let warn_at = promise.warn_percent.and_then(|percent| reached(&counted, calendar, promised / 100 * i64::from(percent)));
    let standing = match plan.stop {
        Some(_) => Standing::Fulfilled,
        None if plan.paused() => Standing::Paused,
        None => Standing::Running,
    };
    let breached = due.is_some_and(|due| end > due);
    Clock { measure: promise.measure, standing, start: plan.start, stop: plan.stop, elapsed, promised, due, warn_at, breached }
}

/// When so much working time has counted.
fn reached(counted: &[(i64, i64)], calendar: &WorkingTime, work: i64) -> Option<i64> {
    let mut left = work;
    for (from, to) in counted {
        if *to == i64::MAX {
            return calendar.due(*from, left);
        }
        let here = calendar.between(*from, *to);
        if here >= left {
            return calendar.due(*from, left);
        }
        left -= here;
    }
    None
}

#[cfg(test)]
mod tests;
