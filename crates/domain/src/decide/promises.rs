//! What is promised on a ticket, and what happens when it is at stake.

use super::Draft;
use crate::{
    clock::Measure,
    deadline::{self, Deadlines, LATE},
    event::EventBody,
    id::{PriorityId, ServiceId, ServiceLevelId, TicketTypeId},
    refusal::Refusal,
    settings::{LevelAction, When},
};

impl Draft<'_> {
    pub(super) fn set_service(&mut self, to: Option<ServiceId>) -> Result<(), Refusal> {
        let known = to.is_none_or(|id| self.context.settings.services.get(&id).is_some_and(|service| service.valid));
        let from = self.ticket.service;
        self.set(known, from != to, EventBody::ServiceSet { from, to })
    }

    pub(super) fn set_type(&mut self, to: Option<TicketTypeId>) -> Result<(), Refusal> {
        let known = to.is_none_or(|id| self.context.settings.ticket_types.get(&id).is_some_and(|kind| kind.valid));
        let from = self.ticket.ticket_type;
        self.set(known, from != to, EventBody::TypeSet { from, to })
    }

    pub(super) fn set_service_level(&mut self, to: Option<ServiceLevelId>) -> Result<(), Refusal> {
        let known = to.is_none_or(|id| self.context.settings.service_levels.get(&id).is_some_and(|level| level.valid));
        let from = self.ticket.service_level;
        self.set(known, from != to, EventBody::ServiceLevelSet { from, to })
    }

    fn set(&mut self, known: bool, moves: bool, event: EventBody) -> Result<(), Refusal> {
        if !known {
            return Err(Refusal::NoSuchService);
        }
        if moves {
            self.push(event);
        }
        Ok(())
    }

    fn deadlines(&self) -> Deadlines<'_> {
        deadline::deadlines(&self.ticket, self.context.settings)
    }

    /// Where no level is to come there is nothing to stop.
    pub(super) fn acknowledge(&mut self) {
        if self.deadlines().has_chain() {
            self.push(EventBody::Acknowledged);
        }
    }

    /// A level whose moment has not come, that was reached before, or whose chain was stopped, is none.
    pub(super) fn escalate(&mut self, measure: Measure, when: When) {
        let settings = self.context.settings;
        let deadlines = deadline::deadlines(&self.ticket, settings);
        let now = self.context.now;
        let level = deadlines.in_force.level;
        let Some(step) = deadlines.reached(measure, when, now) else { return };
        let due = step.at.unwrap_or(now);
        let (number, since, actions) = (step.number, step.since, step.level.map_or(&[][..], |level| &level.actions));
        self.push(EventBody::LevelReached { measure, number, step: when, level, since, due, late: now - due > LATE });
        if when == When::Percent(100) {
            self.deadline_passed();
        }
        for action in actions {
            self.act(action);
        }
    }

    /// What a level names that is not valid any more is left out: the rest is done.
    fn act(&mut self, action: &LevelAction) {
        match action {
            LevelAction::RaisePriority => {
                if let Some(higher) = self.higher_priority() {
                    let _ = self.set_priority(higher);
                }
            }
            LevelAction::SetPriority { priority_id } => drop(self.set_priority(*priority_id)),
            LevelAction::Move { queue_id } => drop(self.move_to(*queue_id)),
            LevelAction::Assign { agent_id } => drop(self.set_owner(Some(*agent_id))),
            LevelAction::Notify | LevelAction::Mail | LevelAction::Webhook { .. } => {}
        }
    }

    fn higher_priority(&self) -> Option<PriorityId> {
        let priorities = &self.context.settings.priorities;
        let rank = priorities.get(&self.ticket.priority)?.rank;
        let higher = priorities.iter().filter(|(_, priority)| priority.valid && priority.rank > rank);
        higher.min_by_key(|(_, priority)| priority.rank).map(|(id, _)| *id)
    }
}
