//! Who hears of what time did to a ticket (contract §1, the notification events; §3 and §5, absence).

use docket_domain::{
    AgentId, Event, EventBody, Ticket, absence,
    timers::{Reminder, UnlockReason},
};

use crate::{app::Notice, submit::Work};

/// The codes of these notices.
pub(crate) const CODES: [&str; 5] = ["lock_timeout", "owner_absent", "reminder", "silence", "snooze_over"];

impl Work {
    /// Tells of what the desk did to a ticket by itself; `ticket` is as it stands after these events.
    pub(crate) fn tell_of_timers(&mut self, ticket: &Ticket, events: &[Event]) {
        if self.guessing {
            return;
        }
        // Who writes is told by that; who stands in hears of it in any case.
        let wrote = events.iter().any(|event| matches!(event.body, EventBody::FollowedUp { .. }));
        let owner = owner_before(ticket, events);
        for event in events {
            match event.body {
                EventBody::Unlocked { reason: Some(UnlockReason::Timeout) } => {
                    self.tell_them("lock_timeout", ticket, owner.into_iter().collect(), false)
                }
                EventBody::Unlocked { reason: Some(UnlockReason::OwnerAbsent) } => {
                    let deputy = owner.and_then(|owner| absence::stand_in(&self.settings, owner, self.now));
                    self.tell_them("owner_absent", ticket, deputy.into_iter().collect(), !wrote);
                }
                EventBody::Reminded { of, .. } => {
                    let code = if of == Reminder::Pending { "reminder" } else { "silence" };
                    let of_theirs = owner.into_iter().chain(ticket.responsible).map(|agent| self.who_hears(agent)).collect();
                    self.tell_them(code, ticket, of_theirs, !ticket.locked);
                }
                _ => {}
            }
        }
    }

    fn who_hears(&self, agent: AgentId) -> AgentId {
        absence::stand_in(&self.settings, agent, self.now).unwrap_or(agent)
    }

    fn tell_them(&mut self, code: &'static str, ticket: &Ticket, agents: Vec<AgentId>, queue: bool) {
        let who = ticket.owner.map(|owner| self.settings.agent_name(owner).to_owned()).unwrap_or_default();
        let queue = queue.then_some(ticket.queue);
        let notice = Notice { title: ticket.title.clone(), text: who, ticket: Some(ticket.id), queue, agents, ..Notice::new(code) };
        self.notices.push(notice);
    }
}

/// Who had the ticket before these events.
fn owner_before(ticket: &Ticket, events: &[Event]) -> Option<AgentId> {
    let changed = events.iter().find_map(|event| match event.body {
        EventBody::OwnerSet { from, .. } => Some(from),
        _ => None,
    });
    changed.unwrap_or(ticket.owner)
}
