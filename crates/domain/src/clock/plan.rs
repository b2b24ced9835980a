//! From what happened to what counts: since when a clock runs, what paused it, what stopped it (contract §6).

use super::{Behaviour, History, Measure, Pause, Rules, Stay, UpdateMode};
use crate::settings::StateType;

/// A clock before it meets a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub start: i64,
    pub stop: Option<i64>,
    /// In order, apart from each other; what began after the stop is not there.
    pub pauses: Vec<Pause>,
}

impl Plan {
    /// Is the last pause still on?
    pub fn paused(&self) -> bool {
        self.pauses.last().is_some_and(|pause| pause.to.is_none())
    }

    /// The time that counts, in order; `i64::MAX` where it has no end.
    pub fn counted(&self) -> Vec<(i64, i64)> {
        let mut counted = Vec::with_capacity(self.pauses.len() + 1);
        let mut from = self.start;
        for pause in &self.pauses {
            if pause.from > from {
                counted.push((from, pause.from));
            }
            // What was promised may have been done in the pause: then that was its end.
            from = from.max([pause.to, self.stop].into_iter().flatten().min().unwrap_or(i64::MAX));
        }
        if from < i64::MAX {
            counted.push((from, i64::MAX));
        }
        counted
    }
}

/// The clock of a measure, or `None` where it does not run.
pub(super) fn plan(history: &History, measure: Measure, rules: &Rules) -> Option<Plan> {
    let now = rules.state_type(history.stays.last()?.state);
    if matches!(now, StateType::Merged) {
        return None;
    }
    let stop = match measure {
        Measure::FirstResponse => history.first_response_at,
        Measure::Update => None,
        Measure::Solution => solved(history, rules),
    };
    if stop.is_none() && now.is_closed() {
        return None;
    }
    let start = match (measure, rules.behaviour) {
        (Measure::FirstResponse | Measure::Solution, _) => history.created_at,
        (Measure::Update, Behaviour::Otrs { .. }) if now.is_pending() => return None,
        (Measure::Update, Behaviour::Desk { update: UpdateMode::Answer }) => *history.waiting.first()?,
        (Measure::Update, Behaviour::Otrs { .. } | Behaviour::Desk { update: UpdateMode::KeepInformed }) => {
            let spoken = history.waiting.first().copied().or(history.last_agent_at);
            spoken.or(history.newest_article_at)?
        }
    };
    let pauses = pauses(history, rules, stop).collect();
    Some(Plan { start, stop, pauses })
}

/// When the ticket was solved. In OTRS the last close counts for ever, here only one that still holds.
fn solved(history: &History, rules: &Rules) -> Option<i64> {
    let is_closed = |stay: &&Stay| rules.state_type(stay.state) == StateType::Closed;
    match rules.behaviour {
        Behaviour::Otrs { .. } => history.stays.iter().rev().find(is_closed).map(|stay| stay.since),
        Behaviour::Desk { .. } => history.stays.iter().rev().take_while(is_closed).last().map(|stay| stay.since),
    }
}

/// The stays that do not count, as far as they began before the clock stopped.
fn pauses(history: &History, rules: &Rules, stop: Option<i64>) -> impl Iterator<Item = Pause> {
    let stays = &history.stays;
    let ends = stays.iter().skip(1).map(|next| Some(next.since)).chain([None]);
    stays.iter().zip(ends).filter_map(move |(stay, to)| {
        let pauses = match rules.behaviour {
            Behaviour::Otrs { suspend } => suspend && rules.pauses(stay.state),
            Behaviour::Desk { .. } => rules.pauses(stay.state) || rules.state_type(stay.state).is_closed(),
        };
        let before_stop = stop.is_none_or(|stop| stay.since < stop);
        (pauses && before_stop && to != Some(stay.since)).then_some(Pause { from: stay.since, to, state: stay.state })
    })
}
