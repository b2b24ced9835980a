//! What is promised on a ticket, and how promises were kept, as hosts hand it out.

use std::collections::{BTreeMap, BTreeSet};

use docket_domain::{
    AgentId, QueueId, Settings, Ticket, TicketId,
    access::readable,
    clock::{Measure, Standing},
    deadline::{self, Due, InForce},
};
use docket_store::outcome;
use uuid::Uuid;

use crate::{
    app::App,
    error::Result,
    wire::{AcknowledgedView, ClockView, ClocksView, DueInfo, KeptPromise, KeptQuery, LevelView, NextLevel, Source, SourceKind},
};

const MINUTE: i64 = 60_000;

/// A deadline as lists show it.
pub(crate) fn promised(settings: &Settings, due: Due, queue: QueueId, now: i64) -> DueInfo {
    let level = due.level.and_then(|id| settings.service_levels.get(&id));
    let queue = settings.queues.get(&queue).map_or("", |queue| &queue.name);
    DueInfo {
        measure: due.measure,
        at: due.at,
        warn_at: due.warn_at,
        standing: if due.paused { Standing::Paused } else { Standing::Running },
        late: due.at.is_some_and(|at| at < now),
        source: Source {
            kind: if due.level.is_some() { SourceKind::ServiceLevel } else { SourceKind::Queue },
            name: level.map_or(queue, |level| &level.name).to_owned(),
            service_level_id: due.level,
        },
    }
}

impl App {
    /// The clocks of a ticket, with their reasons.
    ///
    /// # Errors
    /// `not_found` where the agent may not read it.
    pub async fn clocks(&self, me: AgentId, id: TicketId) -> Result<ClocksView> {
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let ticket = crate::access::readable(&mut tx, &settings, me, id).await?;
        Ok(clocks(&settings, &ticket, self.now()))
    }

    /// How the promises of the queues that this agent may read were kept.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn kept_promises(&self, me: AgentId, query: KeptQuery) -> Result<Vec<KeptPromise>> {
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let queues: Vec<Uuid> = readable(&settings, me).into_iter().map(|queue| queue.0).collect();
        let now = self.now();
        let mut by: BTreeMap<(Uuid, Measure), Lengths> = BTreeMap::new();
        for row in outcome::between(&mut tx, query.from, query.to.unwrap_or(i64::MAX), &queues).await? {
            let Some(measure) = Measure::parse(&row.measure) else { continue };
            let lengths = by.entry((row.queue_id, measure)).or_default();
            *(if row.elapsed <= row.promised { &mut lengths.kept } else { &mut lengths.broken }) += 1;
            lengths.elapsed.push(row.elapsed);
            lengths.promised.insert(row.promised);
        }
        for row in outcome::open(&mut tx, query.from, now, &queues).await? {
            let Some(measure) = Measure::parse(&row.measure) else { continue };
            let lengths = by.entry((row.queue_id, measure)).or_default();
            lengths.broken += row.late;
            lengths.running += row.running;
        }
        Ok(by.into_iter().map(|((queue, measure), lengths)| lengths.told(QueueId(queue), measure)).collect())
    }
}

/// What is known of one queue's promises of one measure.
#[derive(Default)]
struct Lengths {
    kept: i64,
    broken: i64,
    running: i64,
    elapsed: Vec<i64>,
    promised: BTreeSet<i64>,
}

impl Lengths {
    fn told(mut self, queue_id: QueueId, measure: Measure) -> KeptPromise {
        self.elapsed.sort_unstable();
        let median = self.elapsed.get(self.elapsed.len().saturating_sub(1) / 2);
        let promised = self.promised.first().filter(|_| self.promised.len() == 1);
        KeptPromise {
            queue_id,
            measure,
            kept: self.kept,
            broken: self.broken,
            running: self.running,
            median_minutes: median.map(|length| length / MINUTE),
            promised_minutes: promised.map(|length| length / MINUTE),
        }
    }
}

fn clocks(settings: &Settings, ticket: &Ticket, now: i64) -> ClocksView {
    let deadlines = deadline::deadlines(ticket, settings);
    let in_force = deadlines.in_force;
    let (source, calendar) = (source(&in_force), calendar(settings, &in_force));
    let view = |explained| ClockView { explained, calendar: calendar.clone(), source: source.clone() };
    let next = deadlines.open.iter().filter_map(|step| step.at.map(|at| (at, step))).min_by_key(|(at, _)| *at);
    ClocksView {
        clocks: deadline::explained(ticket, settings, now).into_iter().map(|(_, explained)| view(explained)).collect(),
        next_level: next.map(|(at, step)| NextLevel {
            measure: step.measure,
            number: step.number,
            step: step.when,
            at,
            to: step.level.map(|level| level.to.clone()).unwrap_or_default(),
            actions: step.level.map(|level| level.actions.clone()).unwrap_or_default(),
        }),
        levels: ticket
            .clocks
            .fired
            .iter()
            .map(|fired| LevelView { measure: fired.measure, number: fired.number, step: fired.step, at: fired.at, late: fired.late })
            .collect(),
        acknowledged: ticket.clocks.acknowledged.map(|acknowledged| AcknowledgedView {
            by: acknowledged.by.map_or_else(String::new, |by| settings.agent_name(by).to_owned()),
            at: acknowledged.at,
        }),
    }
}

fn source(in_force: &InForce) -> Source {
    let kind = if in_force.level.is_some() { SourceKind::ServiceLevel } else { SourceKind::Queue };
    Source { kind, name: in_force.name.to_owned(), service_level_id: in_force.level }
}

/// What the calendar is called that the clocks go by.
fn calendar(settings: &Settings, in_force: &InForce) -> String {
    let mut wanted = [in_force.calendar, settings.desk.calendar_id].into_iter().flatten();
    let named = wanted.find_map(|id| settings.calendars.get(&id));
    named.map_or_else(String::new, |calendar| calendar.name.clone())
}
