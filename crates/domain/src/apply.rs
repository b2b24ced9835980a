//! Folds events into a ticket.

use crate::{
    article::{Channel, Direction, Sender},
    event::{Event, EventBody},
    ticket::{Away, Ticket},
    timers,
};

/// Folds one event into the ticket. Total: whatever has happened can be applied.
pub fn apply(ticket: &mut Ticket, event: &Event) {
    let at = event.device_at.unwrap_or(event.at);
    match &event.body {
        EventBody::Created { number, title, queue, state, priority, owner, locked, customer, pending_until } => {
            ticket.number.clone_from(number);
            ticket.title.clone_from(title);
            (ticket.queue, ticket.state, ticket.priority) = (*queue, *state, *priority);
            (ticket.owner, ticket.locked) = (*owner, *locked);
            ticket.customer.clone_from(customer);
            ticket.pending_until = *pending_until;
            ticket.created_at = at;
        }
        EventBody::ArticleAdded { sender, channel, direction, visible, mail_waits, .. } => {
            ticket.articles += 1;
            contact(ticket, *sender, *channel, *direction, *visible && !*mail_waits, at);
        }
        EventBody::Titled { to, .. } => ticket.title.clone_from(to),
        EventBody::Moved { to, .. } => ticket.queue = *to,
        EventBody::StateChanged { to, pending_until, closes, .. } => {
            (ticket.state, ticket.pending_until) = (*to, *pending_until);
            if *closes {
                ticket.closed_at = ticket.closed_at.max(Some(at));
            }
        }
        EventBody::PrioritySet { to, .. } => ticket.priority = *to,
        EventBody::OwnerSet { to, .. } => ticket.owner = *to,
        EventBody::Locked => ticket.locked = true,
        EventBody::Unlocked { .. } => (ticket.locked, ticket.away) = (false, None),
        EventBody::CustomerChanged { to, .. } => ticket.customer.clone_from(to),
        EventBody::Sent { answers: true, .. } => answered(ticket, at),
        EventBody::SuspiciousFollowUp { .. } => ticket.suspicious = true,
        EventBody::Junked { from_queue, from_state } => ticket.junk_from = Some((*from_queue, *from_state)),
        EventBody::Unjunked => ticket.junk_from = None,
        EventBody::ResponsibleSet { to, .. } => ticket.responsible = *to,
        EventBody::Watched { agent } => drop(ticket.watchers.insert(*agent)),
        EventBody::Unwatched { agent } => drop(ticket.watchers.remove(agent)),
        EventBody::MergedInto { ticket: into, .. } => {
            ticket.merged_into = Some(*into);
            ticket.articles = 0;
        }
        EventBody::Absorbed { articles, contact, .. } => {
            ticket.articles += articles;
            ticket.last_customer_at = ticket.last_customer_at.max(contact.last_customer_at);
            ticket.last_agent_at = ticket.last_agent_at.max(contact.last_agent_at);
            ticket.first_response_at = [ticket.first_response_at, contact.first_response_at].into_iter().flatten().min();
        }
        // Only what is locked is away: lists count on it.
        EventBody::TakenAlong { agent } => (ticket.locked, ticket.away) = (true, Some(Away { agent: *agent, since: at })),
        EventBody::BroughtBack { .. } => ticket.away = None,
        EventBody::ServiceSet { to, .. } => ticket.service = *to,
        EventBody::TypeSet { to, .. } => ticket.ticket_type = *to,
        EventBody::ServiceLevelSet { to, .. } => ticket.service_level = *to,
        EventBody::Acknowledged | EventBody::LevelReached { .. } | EventBody::LevelWithdrawn { .. } => {}
        EventBody::FollowedUp { .. }
        | EventBody::Sent { answers: false, .. }
        | EventBody::SendCancelled { .. }
        | EventBody::SendFailed { .. }
        | EventBody::PerhapsSent { .. }
        | EventBody::SendHeld { .. }
        | EventBody::SendRepeated { .. }
        | EventBody::ArrivalConfirmed { .. }
        | EventBody::AutoReplied { .. }
        | EventBody::AutoReplySuppressed { .. }
        | EventBody::Bounced { .. }
        | EventBody::FollowUpRejected { .. }
        | EventBody::Linked { .. }
        | EventBody::Unlinked { .. }
        | EventBody::Reminded { .. } => {}
    }
    ticket.clocks.apply(event);
    timers::fold(&mut ticket.timers, event, ticket.locked);
    ticket.events = event.ordinal;
    ticket.changed_at = ticket.changed_at.max(event.at);
}

/// Keeps the facts about who spoke last. An inbound call is the customer's word, whoever typed it.
fn contact(ticket: &mut Ticket, sender: Sender, channel: Channel, direction: Option<Direction>, visible: bool, at: i64) {
    let inbound_call = channel == Channel::Phone && direction == Some(Direction::Inbound);
    match sender {
        Sender::Customer => ticket.last_customer_at = ticket.last_customer_at.max(Some(at)),
        Sender::Agent if inbound_call => ticket.last_customer_at = ticket.last_customer_at.max(Some(at)),
        Sender::Agent if visible => answered(ticket, at),
        Sender::Agent | Sender::System => {}
    }
}

/// What was written offline counts when it happened, so an earlier answer may arrive after a later one.
fn answered(ticket: &mut Ticket, at: i64) {
    ticket.last_agent_at = ticket.last_agent_at.max(Some(at));
    ticket.first_response_at = Some(ticket.first_response_at.map_or(at, |first| first.min(at)));
}

#[cfg(test)]
mod tests;
