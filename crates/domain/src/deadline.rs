//! What is promised on a ticket, when it is due, and which levels are reached when. Derived from a ticket's facts and the settings;
//! nothing of it belongs to the ticket's history.

use serde::{Deserialize, Serialize};

use crate::{
    clock::{Course, Explained, Fired, Measure, Promise, Rules, Standing, explain},
    event::EventBody,
    id::{CalendarId, ServiceLevelId},
    settings::{Applies, Level, Promised, ServiceLevel, Settings, When},
    ticket::Ticket,
};

/// A level that is reached later than this after its moment is marked as late (ms).
pub const LATE: i64 = 60_000;

/// The earliest deadline of a ticket that still runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// What was promised.
    pub measure: Measure,
    /// The deadline (ms UTC); none while a pause leaves it open.
    pub at: Option<i64>,
    /// When somebody is warned.
    pub warn_at: Option<i64>,
    /// The ticket's state pauses it.
    pub paused: bool,
    /// The service level that promises it; none: the queue.
    pub level: Option<ServiceLevelId>,
}

/// What lists and timers need to know of a ticket's deadlines: stored beside it at every save.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Next {
    /// The earliest deadline.
    pub due: Option<Due>,
    /// When the next level is reached (ms UTC).
    pub level_at: Option<i64>,
}

/// What is promised on a ticket, and by whom.
#[derive(Clone, Copy, Debug)]
pub struct InForce<'a> {
    /// The service level; none: its queue promises.
    pub level: Option<ServiceLevelId>,
    /// What that is called.
    pub name: &'a str,
    /// When is worked.
    pub calendar: Option<CalendarId>,
    /// What is promised.
    pub promises: &'a [Promised],
}

/// A level of a promise on a ticket.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// What was promised.
    pub measure: Measure,
    /// From 1 as the settings have it; 0: the warning or the breach, which need no level of their own.
    pub number: u32,
    /// Its moment of the promise's time.
    pub when: When,
    /// What happens then; none: who has to do with the ticket is told.
    pub level: Option<&'a Level>,
    /// When it is reached (ms UTC); none while a pause leaves it open.
    pub at: Option<i64>,
    /// Since when its clock counts.
    pub since: i64,
}

/// A clock of a ticket.
#[derive(Clone, Debug)]
pub struct Deadline<'a> {
    /// What is promised.
    pub promised: &'a Promised,
    /// Does it still run?
    pub standing: Standing,
    /// Since when it counts.
    pub since: i64,
    /// When it was fulfilled.
    pub stop: Option<i64>,
    /// The deadline; none while a pause leaves it open.
    pub at: Option<i64>,
    /// When somebody is warned.
    pub warn_at: Option<i64>,
    /// All its levels, reached or not, as the settings have them.
    pub steps: Vec<Step<'a>>,
}

/// The deadlines of a ticket.
#[derive(Clone, Debug)]
pub struct Deadlines<'a> {
    /// By whom they are promised.
    pub in_force: InForce<'a>,
    /// One for each promise that has a clock.
    pub clocks: Vec<Deadline<'a>>,
    /// The levels that are not reached yet, whether their moment has come or not; none of a chain that was stopped.
    pub open: Vec<Step<'a>>,
}

/// What is promised on a ticket: by the service level chosen on it, else by the one that asks for most of what the ticket has, else
/// by its queue.
pub fn in_force<'a>(ticket: &Ticket, settings: &'a Settings) -> InForce<'a> {
    let queue = settings.queues.get(&ticket.queue);
    let by_queue = queue.and_then(|queue| queue.calendar_id);
    let chosen = ticket.service_level.and_then(|id| settings.service_levels.get_key_value(&id)).filter(|(_, level)| level.valid);
    match chosen.or_else(|| fitting(ticket, settings)) {
        Some((id, level)) => {
            InForce { level: Some(*id), name: &level.name, calendar: level.calendar_id.or(by_queue), promises: &level.promises }
        }
        None => InForce {
            level: None,
            name: queue.map_or("", |queue| &queue.name),
            calendar: by_queue,
            promises: queue.map_or(&[], |queue| &queue.promises),
        },
    }
}

fn fitting<'a>(ticket: &Ticket, settings: &'a Settings) -> Option<(&'a ServiceLevelId, &'a ServiceLevel)> {
    let levels = settings.service_levels.iter().filter(|(_, level)| level.valid);
    let company = settings.company_of(&ticket.customer.address);
    let fits = levels.filter_map(|(id, level)| {
        let Applies { service_ids, company_ids, priority_ids, type_ids } = &level.applies;
        let asked = [
            (!service_ids.is_empty()).then(|| ticket.service.is_some_and(|id| service_ids.contains(&id))),
            (!company_ids.is_empty()).then(|| company.is_some_and(|id| company_ids.contains(&id))),
            (!priority_ids.is_empty()).then(|| priority_ids.contains(&ticket.priority)),
            (!type_ids.is_empty()).then(|| ticket.ticket_type.is_some_and(|id| type_ids.contains(&id))),
        ];
        let asked: Vec<bool> = asked.into_iter().flatten().collect();
        asked.iter().all(|fits| *fits).then_some((asked.len(), id, level))
    });
    let best = fits.min_by(|(one, _, a), (other, _, b)| other.cmp(one).then_with(|| a.name.cmp(&b.name)));
    best.map(|(_, id, level)| (id, level))
}

/// The rules that the clocks of a ticket run by.
pub fn rules<'a>(settings: &'a Settings, in_force: &InForce) -> Rules<'a> {
    Rules { behaviour: settings.desk.clocks, states: &settings.states, calendar: settings.working_time(in_force.calendar) }
}

/// The deadlines of a ticket.
pub fn deadlines<'a>(ticket: &Ticket, settings: &'a Settings) -> Deadlines<'a> {
    let in_force = in_force(ticket, settings);
    if in_force.promises.is_empty() {
        return Deadlines { in_force, clocks: Vec::new(), open: Vec::new() };
    }
    let rules = rules(settings, &in_force);
    let clocks: Vec<_> = in_force.promises.iter().filter_map(|promised| deadline(ticket, promised, &rules)).collect();
    let running = clocks.iter().filter(|clock| clock.stop.is_none());
    let open = running.flat_map(|clock| &clock.steps).filter(|step| is_open(ticket, in_force.level, step)).copied().collect();
    Deadlines { in_force, clocks, open }
}

fn deadline<'a>(ticket: &Ticket, promised: &'a Promised, rules: &Rules) -> Option<Deadline<'a>> {
    let Promise { measure, minutes, warn_percent } = promised.promise;
    let course = Course::of(&ticket.clocks, measure, rules).filter(|_| minutes > 0)?;
    let whole = i64::from(minutes) * 60_000;
    let since = course.start();
    let step = |number, when: When, level| Step { measure, number, when, level, at: course.at(when.work(whole)), since };
    let own = |when: When| !promised.levels.iter().any(|level| level.when == when);
    let warning = warn_percent.map(When::Percent).filter(|when| own(*when));
    let breach = Some(When::Percent(100)).filter(|when| own(*when) && warning != Some(*when));
    let by_itself = warning.into_iter().chain(breach).map(|when| step(0, when, None));
    let steps = promised.levels.iter().zip(1..).map(|(level, number)| step(number, level.when, Some(level))).chain(by_itself).collect();
    Some(Deadline {
        promised,
        standing: course.standing(),
        since,
        stop: course.stop(),
        at: course.at(whole),
        warn_at: warn_percent.and_then(|percent| course.at(When::Percent(percent).work(whole))),
        steps,
    })
}

/// Not reached yet, and nobody has stopped the chain since its clock began.
fn is_open(ticket: &Ticket, level: Option<ServiceLevelId>, step: &Step) -> bool {
    let same = |fired: &Fired| (fired.measure, fired.step, fired.level, fired.since) == (step.measure, step.when, level, step.since);
    let stopped = ticket.clocks.acknowledged.is_some_and(|acknowledged| acknowledged.at >= step.since);
    !stopped && !ticket.clocks.fired.iter().any(same)
}

impl<'a> Deadlines<'a> {
    /// The earliest deadline that still runs, and the next level.
    pub fn next(&self) -> Next {
        let running = self.clocks.iter().filter(|clock| clock.standing != Standing::Fulfilled);
        let due = running.map(|clock| {
            let Deadline { promised, standing, at, warn_at, .. } = clock;
            let (measure, paused) = (promised.promise.measure, *standing == Standing::Paused);
            Due { measure, at: *at, warn_at: *warn_at, paused, level: self.in_force.level }
        });
        Next {
            due: due.min_by_key(|due| (due.at.unwrap_or(i64::MAX), due.measure)),
            level_at: self.open.iter().filter_map(|step| step.at).min(),
        }
    }

    /// Is there a chain of levels that could be stopped?
    pub fn has_chain(&self) -> bool {
        !self.open.is_empty()
    }

    /// The level of that measure and moment, if it is reached now and was not before.
    pub fn reached(&self, measure: Measure, when: When, now: i64) -> Option<&Step<'a>> {
        self.open.iter().find(|step| (step.measure, step.when) == (measure, when) && step.at.is_some_and(|at| at <= now))
    }

    /// The levels whose moment has come, earliest first.
    pub fn due_levels(&self, now: i64) -> Vec<(Measure, u32, When)> {
        let mut due: Vec<_> = self.open.iter().filter_map(|step| step.at.filter(|at| *at <= now).map(|at| (at, step))).collect();
        due.sort_by_key(|(at, step)| (*at, step.when, step.number));
        due.into_iter().map(|(_, step)| (step.measure, step.number, step.when)).collect()
    }
}

/// What lists and timers need to know of a ticket's deadlines.
pub fn next(ticket: &Ticket, settings: &Settings) -> Next {
    if ticket.merged_into.is_some() { Next::default() } else { deadlines(ticket, settings).next() }
}

/// The clocks of a ticket with their reasons, and by which promise each.
pub fn explained<'a>(ticket: &Ticket, settings: &'a Settings, now: i64) -> Vec<(&'a Promised, Explained)> {
    let in_force = in_force(ticket, settings);
    let rules = rules(settings, &in_force);
    let explain = |promised: &'a Promised| Some((promised, explain(&ticket.clocks, promised.promise, &rules, now)?));
    in_force.promises.iter().filter_map(explain).collect()
}

/// The levels that were reached but, as is known now, never were: what had been done offline before their moment has arrived.
/// `words` are the moments of the desk's words that have just arrived.
pub fn withdrawn(ticket: &Ticket, settings: &Settings, words: &[i64], now: i64) -> Vec<EventBody> {
    if ticket.clocks.fired.is_empty() {
        return Vec::new();
    }
    let deadlines = deadlines(ticket, settings);
    let gone = ticket.clocks.fired.iter().filter(|fired| {
        if words.iter().any(|word| fired.measure != Measure::Solution && (fired.since..fired.due).contains(word)) {
            return true;
        }
        if fired.level != deadlines.in_force.level {
            return false;
        }
        let clock = deadlines.clocks.iter().find(|clock| (clock.promised.promise.measure, clock.since) == (fired.measure, fired.since));
        let Some(clock) = clock else { return false };
        let Some(step) = clock.steps.iter().find(|step| step.when == fired.step) else { return false };
        step.at.is_none_or(|at| at > now) || step.at.zip(clock.stop).is_some_and(|(at, stop)| stop < at)
    });
    let withdraw = |fired: &Fired| {
        let Fired { measure, number, step, level, since, .. } = *fired;
        EventBody::LevelWithdrawn { measure, number, step, level, since }
    };
    gone.map(withdraw).collect()
}

/// A promise that was kept or broken, or not fulfilled after all. Lengths are working time (ms).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What was promised.
    pub measure: Measure,
    /// Since when it counted (ms UTC).
    pub since: i64,
    /// When it was fulfilled; none: it is open again.
    pub stop: Option<i64>,
    /// How much was promised.
    pub promised: i64,
    /// How much was needed.
    pub elapsed: i64,
    /// How much did not count.
    pub waited: i64,
}

/// The promises that a change fulfilled, or opened again. An update is fulfilled by every word of the desk.
pub fn outcomes(before: &Ticket, after: &Ticket, settings: &Settings) -> Vec<Outcome> {
    let in_force = in_force(after, settings);
    let rules = rules(settings, &in_force);
    let mut outcomes = Vec::new();
    for promise in in_force.promises.iter().map(|promised| promised.promise).filter(|promise| promise.minutes > 0) {
        let measure = promise.measure;
        let promised = i64::from(promise.minutes) * 60_000;
        let course = |ticket: &Ticket| Course::of(&ticket.clocks, measure, &rules);
        let (was, is) = (course(before), course(after));
        let made = |course: &Course, stop: i64| Outcome {
            measure,
            since: course.start(),
            stop: Some(stop),
            promised,
            elapsed: course.elapsed(stop),
            waited: course.waited(stop),
        };
        if measure == Measure::Update {
            let word = after.clocks.last_agent_at.filter(|word| before.clocks.last_agent_at < Some(*word));
            outcomes.extend(was.as_ref().zip(word).filter(|(was, word)| was.start() < *word).map(|(was, word)| made(was, word)));
            continue;
        }
        let (stopped, stop) = (was.as_ref().and_then(Course::stop), is.as_ref().and_then(Course::stop));
        match (is.as_ref(), stop) {
            (Some(is), Some(stop)) if stopped != Some(stop) => outcomes.push(made(is, stop)),
            (Some(_) | None, Some(_)) => {}
            (_, None) => {
                let open = |was: &Course| Outcome { stop: None, ..made(was, was.start()) };
                outcomes.extend(was.as_ref().filter(|_| stopped.is_some()).map(open));
            }
        }
    }
    outcomes
}
