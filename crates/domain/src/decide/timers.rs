//! What time does to a ticket by itself, and what an absence does (contract §3, §5).

use super::Draft;
use crate::{
    absence,
    event::EventBody,
    id::AgentId,
    refusal::Refusal,
    settings::StateType,
    timers::{Reminder, UnlockReason, silent_since},
};

impl Draft<'_> {
    pub(super) fn unlock(&mut self) {
        self.unlock_because(None);
    }

    /// Unlocks; `reason`: the desk does so by itself. The owner stays, unless the desk wants it otherwise; of a closed ticket always.
    pub(super) fn unlock_because(&mut self, reason: Option<UnlockReason>) {
        if !self.ticket.locked {
            return;
        }
        self.bring_back();
        self.push(EventBody::Unlocked { reason });
        if self.context.settings.desk.owner_reset_on_unlock && !self.state_type().is_closed() {
            self.owned_by(None);
        }
    }

    /// When the lock ends is for the caller to know, who has the calendars. What was taken along stays with who has it.
    pub(super) fn end_lock(&mut self, reason: UnlockReason) {
        let holds = match reason {
            UnlockReason::Timeout => !self.ticket.is_held(),
            UnlockReason::OwnerAbsent => !self.owner_is_away(),
            UnlockReason::OwnerGone => self.ticket.owner.is_some_and(|owner| self.valid_agent(owner).is_ok()),
        };
        if !holds {
            self.unlock_because(Some(reason));
        }
    }

    /// Whoever is away when a reminder comes has it no longer: their deputy and the queue are told.
    pub(super) fn remind(&mut self, of: Reminder) {
        let since = match of {
            Reminder::Pending if self.state_type() == StateType::PendingReminder => self.ticket.pending_until,
            Reminder::Pending => None,
            Reminder::Silence => silent_since(self.context.settings, &self.ticket),
        };
        let told = |since: &i64| of == Reminder::Silence && self.ticket.timers.silent_since >= Some(*since);
        let Some(since) = since.filter(|since| *since <= self.context.now && !told(since)) else { return };
        self.push(EventBody::Reminded { of, since });
        self.deadline_passed();
    }

    /// Whoever is away when a deadline passes has the ticket no longer.
    pub(super) fn deadline_passed(&mut self) {
        if self.owner_is_away() {
            self.unlock_because(Some(UnlockReason::OwnerAbsent));
        }
    }

    /// Contract §5, `UnlockOnAway`: a colleague's note on the ticket of somebody who is away.
    pub(super) fn noted(&mut self) {
        let by_colleague = self.me().is_some_and(|me| self.ticket.owner != Some(me));
        if by_colleague && self.context.settings.desk.unlock_on_away && self.owner_is_away() {
            self.unlock_because(Some(UnlockReason::OwnerAbsent));
        }
    }

    /// The desk itself gives what is meant for somebody who is away to who stands in for them.
    pub(super) fn who_gets_it(&self, agent: Option<AgentId>) -> Option<AgentId> {
        let by_desk = self.me().is_none();
        let stands_in = |agent: AgentId| absence::stand_in(self.context.settings, agent, self.context.now);
        agent.map(|agent| stands_in(agent).filter(|_| by_desk).unwrap_or(agent))
    }

    /// Nothing is given to who is away; what they take themselves they have.
    pub(super) fn may_get_it(&self, agent: AgentId) -> Result<(), Refusal> {
        self.valid_agent(agent)?;
        let away = absence::of(self.context.settings, agent, self.context.now).is_some();
        if away && self.me() != Some(agent) { Err(Refusal::AgentAbsent) } else { Ok(()) }
    }

    fn owner_is_away(&self) -> bool {
        absence::owner_is_away(self.context.settings, &self.ticket, self.context.now)
    }
}
