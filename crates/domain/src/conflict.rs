//! What becomes of a command that was given without the network, when others were at the ticket meanwhile (DESIGN §5).
//!
//! Only the events of others count, and only those after what its author had seen. Whatever text a command brings is kept.

use crate::{
    command::{Body, Next},
    event::{Actor, Event, EventBody},
    id::StateId,
    refusal::Refusal,
    settings::{Settings, StateType},
    ticket::Ticket,
};

/// What to do with a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Carry it out.
    Apply,
    /// Carry out what it adds, without the state that should follow: that stays a proposal.
    ApplyWithoutNext(Refusal),
    /// Leave what stands there, and keep the command as a proposal.
    Propose(Refusal),
    /// Refuse it, with choices.
    Refuse(Refusal),
}

/// Decides what becomes of `body`; `since` are the events after what its author had seen, other than those of the author's own
/// device. The rules of `decide` come on top: a lock that a colleague holds refuses whatever this says.
pub fn verdict(settings: &Settings, ticket: &Ticket, body: &Body, since: &[Event]) -> Verdict {
    // What a merged ticket takes goes on to where it is now; the rest `decide` refuses as merged.
    if ticket.merged_into.is_some() && !matches!(body, Body::Note { .. } | Body::PhoneCall { .. }) {
        return Verdict::Apply;
    }
    let touched = |what: fn(&EventBody) -> bool| since.iter().any(|event| what(&event.body));
    let sets = |touched: bool, same: bool| if touched && !same { Verdict::Propose(Refusal::ChangedMeanwhile) } else { Verdict::Apply };
    let takes = |touched: bool, same: bool| if touched && !same { Verdict::Refuse(Refusal::ChangedMeanwhile) } else { Verdict::Apply };
    match body {
        Body::SetTitle { title } => sets(touched(|e| matches!(e, EventBody::Titled { .. })), *title == ticket.title),
        Body::SetPriority { priority } => sets(touched(|e| matches!(e, EventBody::PrioritySet { .. })), *priority == ticket.priority),
        Body::SetCustomer { customer } => sets(touched(|e| matches!(e, EventBody::CustomerChanged { .. })), *customer == ticket.customer),
        Body::SetResponsible { agent } => sets(touched(|e| matches!(e, EventBody::ResponsibleSet { .. })), *agent == ticket.responsible),
        Body::SetService { service } => sets(touched(|e| matches!(e, EventBody::ServiceSet { .. })), *service == ticket.service),
        Body::SetType { ticket_type } => sets(touched(|e| matches!(e, EventBody::TypeSet { .. })), *ticket_type == ticket.ticket_type),
        Body::SetServiceLevel { service_level } => {
            sets(touched(|e| matches!(e, EventBody::ServiceLevelSet { .. })), *service_level == ticket.service_level)
        }
        Body::SetOwner { agent } => takes(touched(owner), *agent == ticket.owner),
        Body::Move { queue } => takes(touched(|e| matches!(e, EventBody::Moved { .. })), *queue == ticket.queue),
        Body::SetState { state, .. } => match state_verdict(settings, ticket, *state, since) {
            Some(refusal) => Verdict::Refuse(refusal),
            None => Verdict::Apply,
        },
        Body::Note { next, .. } | Body::PhoneCall { next, .. } => match follows(settings, ticket, *next, since) {
            Some(refusal) => Verdict::ApplyWithoutNext(refusal),
            None => Verdict::Apply,
        },
        Body::Take { over: true } => takes(touched(owner) || touched(locks), false),
        // A lock that somebody else has taken since is not mine to undo.
        Body::Unlock => takes(ticket.locked && (touched(owner) || touched(locks)), false),
        Body::Junk { .. } | Body::NotJunk => {
            let moved = touched(|e| matches!(e, EventBody::Moved { .. } | EventBody::StateChanged { .. }));
            takes(moved || touched(wrote), false)
        }
        // What adds something is always taken; what leaves the house meets the send guard; the rest has its precondition in
        // `decide`, in the job of the mail, or in the merge.
        Body::Create { .. }
        | Body::Receive(_)
        | Body::Reply { .. }
        | Body::Forward { .. }
        | Body::AutoReply { .. }
        | Body::SuppressAutoReply { .. }
        | Body::MailLeft { .. }
        | Body::MailFailed { .. }
        | Body::MailUnknown { .. }
        | Body::HoldMail { .. }
        | Body::CancelSend { .. }
        | Body::SendNow { .. }
        | Body::SendAgain { .. }
        | Body::ConfirmArrival { .. }
        | Body::Lock
        | Body::Take { over: false }
        | Body::FlagSuspicious { .. }
        | Body::Link { .. }
        | Body::Unlink { .. }
        | Body::Watch
        | Body::Unwatch
        | Body::Merge { .. }
        | Body::Absorb { .. }
        | Body::TakeAlong
        | Body::BringBack
        | Body::Acknowledge
        | Body::Escalate { .. }
        | Body::EndLock { .. }
        | Body::Remind { .. } => Verdict::Apply,
    }
}

fn follows(settings: &Settings, ticket: &Ticket, next: Next, since: &[Event]) -> Option<Refusal> {
    let refusal = next.state_id.and_then(|state| state_verdict(settings, ticket, state, since));
    // The text goes on to where the ticket went; its state does not.
    refusal.or((ticket.merged_into.is_some() && next.state_id.is_some()).then_some(Refusal::Merged))
}

/// Somebody else changed the state; or the customer wrote, and the ticket would rest.
fn state_verdict(settings: &Settings, ticket: &Ticket, to: StateId, since: &[Event]) -> Option<Refusal> {
    let kind = settings.state_type(to);
    let rests = kind.is_closed() || kind.is_pending();
    let changed = since.iter().any(|event| matches!(event.body, EventBody::StateChanged { .. }));
    if rests && since.iter().any(|event| wrote(&event.body)) {
        return Some(Refusal::CustomerWrote);
    }
    // A new ticket that the desk itself has opened by an answer is no change that anybody made.
    let by_hand = since.iter().any(|event| {
        let answered = matches!(event.body, EventBody::StateChanged { from, .. } if settings.state_type(from) == StateType::New);
        matches!(event.body, EventBody::StateChanged { .. }) && !(answered && matches!(event.actor, Actor::System))
    });
    (changed && by_hand && ticket.state != to).then_some(Refusal::ChangedMeanwhile)
}

/// The customer wrote.
fn wrote(body: &EventBody) -> bool {
    matches!(body, EventBody::FollowedUp { .. })
}

fn owner(body: &EventBody) -> bool {
    matches!(body, EventBody::OwnerSet { .. })
}

fn locks(body: &EventBody) -> bool {
    matches!(body, EventBody::Locked | EventBody::Unlocked { .. })
}

/// May a command go on while another one of its ticket waits for a decision of its author? What only adds something may.
pub fn only_adds(body: &Body) -> bool {
    match body {
        Body::Note { next, .. } | Body::PhoneCall { next, .. } => next.state_id.is_none(),
        Body::Link { .. } | Body::Unlink { .. } | Body::Watch | Body::Unwatch => true,
        // What decides about a held mail must reach the server.
        Body::CancelSend { .. } | Body::SendNow { .. } | Body::SendAgain { .. } | Body::ConfirmArrival { .. } => true,
        Body::Create { .. }
        | Body::Receive(_)
        | Body::Reply { .. }
        | Body::Forward { .. }
        | Body::AutoReply { .. }
        | Body::SuppressAutoReply { .. }
        | Body::MailLeft { .. }
        | Body::MailFailed { .. }
        | Body::MailUnknown { .. }
        | Body::HoldMail { .. }
        | Body::Lock
        | Body::Unlock
        | Body::Take { .. }
        | Body::SetOwner { .. }
        | Body::SetState { .. }
        | Body::SetPriority { .. }
        | Body::Move { .. }
        | Body::SetTitle { .. }
        | Body::SetCustomer { .. }
        | Body::SetResponsible { .. }
        | Body::Junk { .. }
        | Body::NotJunk
        | Body::FlagSuspicious { .. }
        | Body::Merge { .. }
        | Body::Absorb { .. }
        | Body::TakeAlong
        | Body::BringBack
        | Body::SetService { .. }
        | Body::SetType { .. }
        | Body::SetServiceLevel { .. }
        | Body::Acknowledge
        | Body::Escalate { .. }
        | Body::EndLock { .. }
        | Body::Remind { .. } => false,
    }
}

/// Is it something that agents do? The rest the desk does by itself, and no device may ask for it.
pub fn by_agents(body: &Body) -> bool {
    match body {
        Body::Receive(_)
        | Body::AutoReply { .. }
        | Body::SuppressAutoReply { .. }
        | Body::MailLeft { .. }
        | Body::MailFailed { .. }
        | Body::MailUnknown { .. }
        | Body::HoldMail { .. }
        | Body::FlagSuspicious { .. }
        | Body::Absorb { .. }
        | Body::Escalate { .. }
        | Body::EndLock { .. }
        | Body::Remind { .. } => false,
        Body::Create { first, .. } => {
            first.as_deref().is_none_or(|first| matches!(first, Body::Note { .. } | Body::PhoneCall { .. } | Body::Reply { .. }))
        }
        Body::Reply { .. }
        | Body::Forward { .. }
        | Body::Note { .. }
        | Body::PhoneCall { .. }
        | Body::CancelSend { .. }
        | Body::SendNow { .. }
        | Body::SendAgain { .. }
        | Body::ConfirmArrival { .. }
        | Body::Lock
        | Body::Unlock
        | Body::Take { .. }
        | Body::SetOwner { .. }
        | Body::SetState { .. }
        | Body::SetPriority { .. }
        | Body::Move { .. }
        | Body::SetTitle { .. }
        | Body::SetCustomer { .. }
        | Body::SetResponsible { .. }
        | Body::Junk { .. }
        | Body::NotJunk
        | Body::Link { .. }
        | Body::Unlink { .. }
        | Body::Watch
        | Body::Unwatch
        | Body::Merge { .. }
        | Body::TakeAlong
        | Body::BringBack
        | Body::SetService { .. }
        | Body::SetType { .. }
        | Body::SetServiceLevel { .. }
        | Body::Acknowledge => true,
    }
}
