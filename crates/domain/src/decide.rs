//! Decides what a command causes, or why it is refused.

use crate::{
    absence, access,
    apply::apply,
    article::{Channel, Direction, Sender},
    command::{Body, NewArticle, Next, Outgoing, Received},
    event::{Actor, Event, EventBody},
    id::{AgentId, ArticleId, PriorityId, QueueId, StateId, TicketId},
    master,
    refusal::Refusal,
    settings::{FollowUp, Settings, StateType},
    ticket::{Contact, Ticket},
    timers::UnlockReason,
};

mod promises;
mod timers;

/// What a decision may know besides the ticket and the command.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The settings at this moment.
    pub settings: &'a Settings,
    /// Who asks.
    pub actor: &'a Actor,
    /// Now (ms UTC).
    pub now: i64,
    /// Was it given without the network? Then what was said or written is taken in whatever happened meanwhile: the send guard
    /// looks at what would leave.
    pub offline: bool,
}

/// Decides what `body` does to `ticket`: the events it causes, or why it is refused. A command that changes nothing
/// causes no events, so sending one twice is harmless.
pub fn decide(ticket: &Ticket, body: &Body, context: &Context) -> Result<Vec<EventBody>, Refusal> {
    if let Actor::Agent { id } = context.actor {
        access::check(context.settings, *id, ticket, body)?;
    }
    let mut draft = Draft { ticket: ticket.clone(), events: Vec::new(), context: *context };
    match body {
        Body::Create { .. } if ticket.exists() => return Err(Refusal::TicketExists),
        Body::Create { .. } => draft.create(body)?,
        Body::Merge { into, .. } if ticket.merged_into == Some(*into) => {}
        _ if ticket.merged_into.is_some() => return Err(Refusal::Merged),
        _ => draft.carry_out(body)?,
    }
    Ok(draft.events)
}

/// What becomes of a mail to this ticket (contract §3; the queue's follow-up option).
pub fn follow_up(ticket: &Ticket, settings: &Settings) -> FollowUp {
    let closed = settings.state_type(ticket.state).is_closed();
    settings.queues.get(&ticket.queue).filter(|_| closed).map_or(FollowUp::Possible, |queue| queue.follow_up)
}

/// A ticket with the events so far applied: later rules of one command see what earlier ones did.
struct Draft<'a> {
    ticket: Ticket,
    events: Vec<EventBody>,
    context: Context<'a>,
}

impl Draft<'_> {
    fn push(&mut self, body: EventBody) {
        let ordinal = self.ticket.events + 1;
        let event = Event { ordinal, at: self.context.now, device_at: None, actor: Actor::System, device: None, body };
        apply(&mut self.ticket, &event);
        self.events.push(event.body);
    }

    fn me(&self) -> Option<AgentId> {
        self.context.actor.agent()
    }

    fn state_type(&self) -> StateType {
        self.context.settings.state_type(self.ticket.state)
    }

    fn create(&mut self, body: &Body) -> Result<(), Refusal> {
        let Body::Create { number, title, queue, state, priority, owner, lock, customer, pending_until, first } = body else {
            return Ok(());
        };
        let title = one_line(title);
        if title.is_empty() && !matches!(first.as_deref(), Some(Body::Receive(_))) {
            return Err(Refusal::EmptyTitle);
        }
        self.valid_queue(*queue)?;
        self.valid_state(*state, *pending_until)?;
        self.valid_priority(*priority)?;
        owner.map_or(Ok(()), |owner| self.may_get_it(owner))?;
        let kind = self.context.settings.state_type(*state);
        self.push(EventBody::Created {
            number: number.clone(),
            title,
            queue: *queue,
            state: if kind.is_closed() { master::STATE_NEW } else { *state },
            priority: *priority,
            owner: *owner,
            locked: *lock && owner.is_some() && !kind.is_closed(),
            customer: customer.clone(),
            pending_until: pending_until.filter(|_| kind.is_pending()),
        });
        // A ticket opened as done has a close in its history like any other.
        self.change_state(*state, *pending_until);
        first.as_deref().map_or(Ok(()), |first| self.carry_out(first))
    }

    fn carry_out(&mut self, body: &Body) -> Result<(), Refusal> {
        match body {
            Body::Create { .. } => return Err(Refusal::TicketExists),
            Body::Receive(received) => self.receive(received),
            Body::Reply { article, mail, next } | Body::Forward { article, mail, next } => self.send(article, mail, *next)?,
            Body::AutoReply { kind, article, .. } => {
                self.article(article.article_id(), Sender::System, Channel::Email, Some(Direction::Outbound), true, true);
                self.push(EventBody::AutoReplied { article: article.article_id(), kind: *kind });
            }
            Body::SuppressAutoReply { kind, reason } => {
                self.push(EventBody::AutoReplySuppressed { kind: *kind, reason: reason.clone() });
            }
            Body::Note { article, visible, next } => {
                with_text(article)?;
                self.article(article.article_id(), Sender::Agent, Channel::Internal, None, *visible, false);
                self.follow(*next)?;
                self.noted();
            }
            Body::PhoneCall { article, direction, next } => self.phone_call(article, *direction, *next)?,
            Body::MailLeft { article, author, next, forward } => self.mail_left(*article, *author, *next, *forward),
            Body::MailFailed { article, reason } => self.push(EventBody::SendFailed { article: *article, reason: reason.clone() }),
            Body::MailUnknown { article } => self.push(EventBody::PerhapsSent { article: *article }),
            Body::HoldMail { article, reason, seen_upto } => {
                self.push(EventBody::SendHeld { article: *article, reason: reason.clone(), seen_upto: *seen_upto });
            }
            Body::CancelSend { article, .. } => self.push(EventBody::SendCancelled { article: *article }),
            // Whoever has the mail looks whether it still waits.
            Body::SendNow { .. } => {}
            Body::SendAgain { article } => self.push(EventBody::SendRepeated { article: *article }),
            Body::ConfirmArrival { article, author, next } => {
                self.push(EventBody::ArrivalConfirmed { article: *article });
                self.mail_left(*article, *author, *next, false);
            }
            Body::Lock => self.lock_for_me(false)?,
            Body::Unlock => self.unlock(),
            Body::Take { over } => self.lock_for_me(*over)?,
            Body::SetOwner { agent } => self.set_owner(*agent)?,
            Body::SetState { state, pending_until } => self.set_state(*state, *pending_until)?,
            Body::SetPriority { priority } => self.set_priority(*priority)?,
            Body::Move { queue } => self.move_to(*queue)?,
            Body::SetTitle { title } => self.set_title(title)?,
            Body::SetCustomer { customer } if *customer == self.ticket.customer => {}
            Body::SetCustomer { customer } => {
                self.push(EventBody::CustomerChanged { from: self.ticket.customer.clone(), to: customer.clone() });
            }
            Body::Junk { .. } => self.junk()?,
            Body::NotJunk => self.not_junk()?,
            Body::FlagSuspicious { number, ticket } => {
                self.push(EventBody::SuspiciousFollowUp { number: number.clone(), ticket: *ticket });
            }
            Body::SetResponsible { agent } => self.set_responsible(*agent)?,
            Body::Watch => self.watch(),
            Body::Unwatch => self.unwatch(),
            Body::Merge { into, number } => self.merge(*into, number)?,
            Body::Absorb { ticket, number, articles, watchers, contact } => self.absorb(*ticket, number, *articles, watchers, *contact),
            Body::SetService { service } => self.set_service(*service)?,
            Body::SetType { ticket_type } => self.set_type(*ticket_type)?,
            Body::SetServiceLevel { service_level } => self.set_service_level(*service_level)?,
            Body::Acknowledge => self.acknowledge(),
            Body::Escalate { measure, step, .. } => self.escalate(*measure, *step),
            Body::TakeAlong => self.take_along()?,
            Body::BringBack => self.give_back()?,
            Body::EndLock { reason } => self.end_lock(*reason),
            Body::Remind { of } => self.remind(*of),
            Body::Link { ticket, .. } | Body::Unlink { ticket, .. } if *ticket == self.ticket.id => return Err(Refusal::LinkToItself),
            Body::Link { ticket, number, kind } => self.push(EventBody::Linked { ticket: *ticket, number: number.clone(), kind: *kind }),
            Body::Unlink { ticket, number } => self.push(EventBody::Unlinked { ticket: *ticket, number: number.clone() }),
        }
        Ok(())
    }

    /// Contract §3: `new` stays new, anything else becomes open; an owner who is away or invalid loses the lock; a ticket that was closed
    /// goes back to its owner where the queue says so.
    fn receive(&mut self, received: &Received) {
        let id = received.article.article_id();
        let first = self.ticket.articles == 0;
        let was = self.state_type();
        let sender = if received.bounce.is_some() { Sender::System } else { Sender::Customer };
        self.article(id, sender, Channel::Email, Some(Direction::Inbound), sender == Sender::Customer, false);
        if let Some(bounce) = &received.bounce {
            if bounce.harmless {
                return;
            }
            self.push(EventBody::Bounced { article: id, of: bounce.of });
            if bounce.automatic || bounce.of.is_none() {
                return;
            }
        } else if !first {
            self.push(EventBody::FollowedUp { article: id });
        }
        if first {
            return;
        }
        if follow_up(&self.ticket, self.context.settings) == FollowUp::Reject && received.bounce.is_none() {
            self.push(EventBody::FollowUpRejected { article: id });
            return;
        }
        let owner_works = self.ticket.owner.and_then(|owner| self.context.settings.agents.get(&owner)).is_some_and(|agent| agent.valid);
        let lock_again = self.context.settings.queues.get(&self.ticket.queue).is_some_and(|queue| queue.follow_up_lock);
        if was != StateType::New && was != StateType::Merged {
            self.change_state(master::STATE_OPEN, None);
        }
        if !owner_works {
            self.unlock_because(Some(UnlockReason::OwnerGone));
        } else if absence::owner_is_away(self.context.settings, &self.ticket, self.context.now) {
            self.unlock_because(Some(UnlockReason::OwnerAbsent));
        } else if was == StateType::Closed && lock_again {
            self.lock();
        }
    }

    /// A call on a ticket takes it, as every screen does that needs the lock (contract §5); the call that opens a ticket
    /// leaves owner and lock as they were chosen.
    fn phone_call(&mut self, article: &NewArticle, direction: Direction, next: Next) -> Result<(), Refusal> {
        with_text(article)?;
        let first = self.ticket.articles == 0;
        let locked_by_other = self.not_locked_by_other();
        if !first && !self.context.offline {
            locked_by_other?;
        }
        self.article(article.article_id(), Sender::Agent, Channel::Phone, Some(direction), true, false);
        self.follow(next)?;
        if first || locked_by_other.is_err() { Ok(()) } else { self.lock_for_me(false) }
    }

    fn send(&mut self, article: &NewArticle, mail: &Outgoing, next: Next) -> Result<(), Refusal> {
        with_text(article)?;
        if self.ticket.articles > 0 && !self.context.offline {
            self.not_locked_by_other()?;
        }
        if !self.context.settings.addresses.get(&mail.from).is_some_and(|address| address.valid) {
            return Err(Refusal::NoSuchSender);
        }
        if mail.to.is_empty() && mail.cc.is_empty() && mail.bcc.is_empty() {
            return Err(Refusal::NoRecipient);
        }
        if mail.to.iter().chain(&mail.cc).chain(&mail.bcc).any(|recipient| !recipient.is_mailable()) {
            return Err(Refusal::BadRecipient);
        }
        next.state_id.map_or(Ok(()), |state| self.valid_state(state, next.pending_until))?;
        self.article(article.article_id(), Sender::Agent, Channel::Email, Some(Direction::Outbound), true, true);
        Ok(())
    }

    /// A reply's owner, lock and next state take effect now that it is out (DESIGN: at its leaving or not at all).
    fn mail_left(&mut self, article: ArticleId, author: Option<AgentId>, next: Next, forward: bool) {
        self.push(EventBody::Sent { article, answers: author.is_some() && !forward });
        let Some(author) = author else { return };
        // Who went away since they wrote it does not get the ticket.
        let works = absence::of(self.context.settings, author, self.context.now).is_none();
        if !self.ticket.locked && works {
            self.owned_by(Some(author));
        }
        let state = next.state_id.filter(|state| self.valid_state(*state, next.pending_until).is_ok());
        match state {
            Some(state) => self.change_state(state, next.pending_until),
            None if self.state_type() == StateType::New => self.change_state(master::STATE_OPEN, None),
            None => {}
        }
        if works {
            self.lock();
        }
    }

    fn article(
        &mut self,
        article: ArticleId,
        sender: Sender,
        channel: Channel,
        direction: Option<Direction>,
        visible: bool,
        mail_waits: bool,
    ) {
        self.push(EventBody::ArticleAdded { article, sender, channel, direction, visible, mail_waits });
    }

    fn follow(&mut self, next: Next) -> Result<(), Refusal> {
        let Some(state) = next.state_id else { return Ok(()) };
        self.valid_state(state, next.pending_until)?;
        self.change_state(state, next.pending_until);
        Ok(())
    }

    fn lock_for_me(&mut self, over: bool) -> Result<(), Refusal> {
        let Some(me) = self.me() else { return Ok(()) };
        if !over {
            self.not_locked_by_other()?;
        }
        self.owned_by(Some(me));
        self.lock();
        Ok(())
    }

    /// Whoever takes over a ticket that a colleague has taken along has it here.
    fn owned_by(&mut self, to: Option<AgentId>) {
        if self.ticket.owner != to {
            self.push(EventBody::OwnerSet { from: self.ticket.owner, to });
        }
        if self.ticket.away.is_some_and(|away| Some(away.agent) != to) {
            self.bring_back();
        }
    }

    /// Nobody works on a closed ticket: it has an owner, but never a lock.
    fn lock(&mut self) {
        if !self.ticket.locked && !self.state_type().is_closed() {
            self.push(EventBody::Locked);
        }
    }

    fn set_owner(&mut self, agent: Option<AgentId>) -> Result<(), Refusal> {
        let agent = self.who_gets_it(agent);
        if self.ticket.owner != agent || !self.ticket.locked {
            agent.map_or(Ok(()), |agent| self.may_get_it(agent))?;
        }
        self.owned_by(agent);
        match agent {
            Some(_) => self.lock(),
            None => self.unlock(),
        }
        Ok(())
    }

    /// Needs the lock, and whoever closes a ticket or lets it rest makes it theirs (contract §5).
    fn set_state(&mut self, state: StateId, pending_until: Option<i64>) -> Result<(), Refusal> {
        self.valid_state(state, pending_until)?;
        let before = self.events.len();
        let locked_by_other = self.not_locked_by_other();
        self.change_state(state, pending_until);
        if self.events.len() == before {
            return Ok(());
        }
        locked_by_other?;
        let kind = self.state_type();
        if kind.is_closed() || kind.is_pending() { self.lock_for_me(false) } else { Ok(()) }
    }

    /// Closing unlocks (contract §5); only pending states keep a time.
    fn change_state(&mut self, to: StateId, pending_until: Option<i64>) {
        let kind = self.context.settings.state_type(to);
        let pending_until = pending_until.filter(|_| kind.is_pending());
        if self.ticket.state == to && self.ticket.pending_until == pending_until {
            return;
        }
        let closes = kind == StateType::Closed && self.ticket.state != to;
        self.push(EventBody::StateChanged { from: self.ticket.state, to, pending_until, closes });
        if kind.is_closed() {
            self.unlock();
        }
    }

    fn set_priority(&mut self, to: PriorityId) -> Result<(), Refusal> {
        self.valid_priority(to)?;
        if self.ticket.priority != to {
            self.push(EventBody::PrioritySet { from: self.ticket.priority, to });
        }
        Ok(())
    }

    /// Moving unlocks (contract §5, `ForceUnlockOnMove`).
    fn move_to(&mut self, to: QueueId) -> Result<(), Refusal> {
        self.valid_queue(to)?;
        if self.ticket.queue != to {
            self.push(EventBody::Moved { from: self.ticket.queue, to });
            self.unlock();
        }
        Ok(())
    }

    fn set_title(&mut self, title: &str) -> Result<(), Refusal> {
        let to = one_line(title);
        if to.is_empty() {
            return Err(Refusal::EmptyTitle);
        }
        if to != self.ticket.title {
            self.push(EventBody::Titled { from: self.ticket.title.clone(), to });
        }
        Ok(())
    }

    /// Closes, so it needs the lock. A ticket that came back since it was marked (moved by hand, reopened by a mail) goes
    /// there again.
    fn junk(&mut self) -> Result<(), Refusal> {
        self.not_locked_by_other()?;
        if self.ticket.junk_from.is_none() || self.ticket.queue != master::QUEUE_JUNK {
            self.push(EventBody::Junked { from_queue: self.ticket.queue, from_state: self.ticket.state });
        }
        self.move_to(master::QUEUE_JUNK)?;
        self.change_state(master::STATE_CLOSED_UNSUCCESSFUL, None);
        Ok(())
    }

    fn not_junk(&mut self) -> Result<(), Refusal> {
        if let Some((queue, state)) = self.ticket.junk_from {
            self.push(EventBody::Unjunked);
            let queue = if self.valid_queue(queue).is_ok() { queue } else { self.context.settings.mail_rules.postmaster_queue_id };
            self.move_to(queue)?;
            let state = if self.context.settings.state_type(state).is_pending() { master::STATE_OPEN } else { state };
            self.change_state(state, None);
        }
        Ok(())
    }

    fn set_responsible(&mut self, to: Option<AgentId>) -> Result<(), Refusal> {
        let to = self.who_gets_it(to);
        if self.ticket.responsible != to {
            to.map_or(Ok(()), |agent| self.may_get_it(agent))?;
            self.push(EventBody::ResponsibleSet { from: self.ticket.responsible, to });
        }
        Ok(())
    }

    fn watch(&mut self) {
        if let Some(agent) = self.me().filter(|me| !self.ticket.watchers.contains(me)) {
            self.push(EventBody::Watched { agent });
        }
    }

    fn unwatch(&mut self) {
        if let Some(agent) = self.me().filter(|me| self.ticket.watchers.contains(me)) {
            self.push(EventBody::Unwatched { agent });
        }
    }

    /// Merging unlocks (contract §5); the state says that it is elsewhere now.
    fn merge(&mut self, into: TicketId, number: &str) -> Result<(), Refusal> {
        if into == self.ticket.id {
            return Err(Refusal::MergeIntoItself);
        }
        self.not_locked_by_other()?;
        self.push(EventBody::MergedInto { ticket: into, number: number.to_owned() });
        self.change_state(master::STATE_MERGED, None);
        self.unlock();
        for agent in self.ticket.watchers.clone() {
            self.push(EventBody::Unwatched { agent });
        }
        Ok(())
    }

    fn absorb(&mut self, ticket: TicketId, number: &str, articles: i64, watchers: &[AgentId], contact: Contact) {
        self.push(EventBody::Absorbed { ticket, number: number.to_owned(), articles, contact });
        for agent in watchers {
            if !self.ticket.watchers.contains(agent) {
                self.push(EventBody::Watched { agent: *agent });
            }
        }
    }

    /// It is locked for who takes it along, and says so to everybody. Nobody works on a closed ticket, so to read it on the way
    /// nothing has to change.
    fn take_along(&mut self) -> Result<(), Refusal> {
        let Some(agent) = self.me().filter(|_| !self.state_type().is_closed()) else { return Ok(()) };
        self.lock_for_me(false)?;
        if self.ticket.away.is_none_or(|away| away.agent != agent) {
            self.push(EventBody::TakenAlong { agent });
        }
        Ok(())
    }

    /// For who has taken it along; a colleague takes it over instead.
    fn give_back(&mut self) -> Result<(), Refusal> {
        self.not_locked_by_other()?;
        self.bring_back();
        Ok(())
    }

    fn bring_back(&mut self) {
        if let Some(away) = self.ticket.away {
            self.push(EventBody::BroughtBack { agent: away.agent });
        }
    }

    fn not_locked_by_other(&self) -> Result<(), Refusal> {
        match (self.ticket.locked, self.ticket.owner, self.me()) {
            (true, Some(owner), Some(me)) if owner != me => Err(Refusal::LockedByOther),
            _ => Ok(()),
        }
    }

    fn valid_queue(&self, id: QueueId) -> Result<(), Refusal> {
        let queue = self.context.settings.queues.get(&id).filter(|queue| queue.valid);
        queue.map(drop).ok_or(Refusal::NoSuchQueue)
    }

    fn valid_state(&self, id: StateId, pending_until: Option<i64>) -> Result<(), Refusal> {
        let state = self.context.settings.states.get(&id).filter(|state| state.valid).ok_or(Refusal::NoSuchState)?;
        match pending_until {
            None if state.kind.is_pending() => Err(Refusal::PendingNeedsTime),
            _ => Ok(()),
        }
    }

    fn valid_priority(&self, id: PriorityId) -> Result<(), Refusal> {
        let priority = self.context.settings.priorities.get(&id).filter(|priority| priority.valid);
        priority.map(drop).ok_or(Refusal::NoSuchPriority)
    }

    fn valid_agent(&self, id: AgentId) -> Result<(), Refusal> {
        let agent = self.context.settings.agents.get(&id).filter(|agent| agent.valid);
        agent.map(drop).ok_or(Refusal::NoSuchAgent)
    }
}

fn with_text(article: &NewArticle) -> Result<(), Refusal> {
    if article.text.trim().is_empty() && article.attachments.is_empty() { Err(Refusal::EmptyText) } else { Ok(()) }
}

/// A title is one line: control characters and runs of blanks become one blank.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
