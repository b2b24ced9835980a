//! Opening a ticket: defaults of contract §1 and §3.

use super::*;

fn with(change: impl FnOnce(&mut Creation)) -> Result<Done, Refusal> {
    let mut creation = Creation::default();
    change(&mut creation);
    run(&Ticket::blank(TICKET), &agent(ANA), &creation.body())
}

struct Creation {
    title: &'static str,
    queue: QueueId,
    state: StateId,
    priority: PriorityId,
    owner: Option<AgentId>,
    lock: bool,
    pending_until: Option<i64>,
    first: Option<Body>,
}

impl Default for Creation {
    fn default() -> Self {
        Self {
            title: "Printer",
            queue: master::QUEUE_FIRST,
            state: master::STATE_OPEN,
            priority: master::PRIORITY_NORMAL,
            owner: None,
            lock: false,
            pending_until: None,
            first: Some(call(1, Direction::Inbound)),
        }
    }
}

impl Creation {
    fn body(self) -> Body {
        let Self { title, queue, state, priority, owner, lock, pending_until, first } = self;
        let (number, title, customer) = ("2026112110000024".into(), title.into(), Customer::default());
        Body::Create { number, title, queue, state, priority, owner, lock, customer, pending_until, first: first.map(Box::new) }
    }
}

#[test]
fn a_mail_opens_a_new_ticket() {
    let done = run(&Ticket::blank(TICKET), &customer(), &creation()).unwrap();
    assert_eq!(names(&done.events), ["created", "article_added"]);
    assert_eq!((done.ticket.id, done.ticket.state, done.ticket.created_at), (TICKET, master::STATE_NEW, NOW));
    assert_eq!((done.ticket.number.as_str(), done.ticket.title.as_str()), ("2026112110000015", "Printer on fire"));
    assert_eq!((done.ticket.owner, done.ticket.locked, done.ticket.events), (None, false, 2));
}

#[test]
fn what_a_ticket_needs() {
    assert_eq!(with(|c| c.title = " \t ").unwrap_err(), Refusal::EmptyTitle);
    assert_eq!(with(|c| c.queue = QUEUE_INVALID).unwrap_err(), Refusal::NoSuchQueue);
    assert_eq!(with(|c| c.state = STATE_INVALID).unwrap_err(), Refusal::NoSuchState);
    assert_eq!(with(|c| c.priority = PRIORITY_INVALID).unwrap_err(), Refusal::NoSuchPriority);
    assert_eq!(with(|c| c.owner = Some(GONE)).unwrap_err(), Refusal::NoSuchAgent);
    assert_eq!(with(|c| c.state = master::STATE_PENDING_REMINDER).unwrap_err(), Refusal::PendingNeedsTime);
    assert_eq!(run(&new_ticket(), &agent(ANA), &creation()).unwrap_err(), Refusal::TicketExists);
    assert_eq!(with(|c| c.first = Some(creation())).unwrap_err(), Refusal::TicketExists);
}

/// A mail without a subject is still a ticket.
#[test]
fn only_a_mail_may_lack_a_title() {
    with(|c| (c.title, c.first) = ("", Some(received(1)))).unwrap();
}

#[test]
fn the_owner_is_who_was_chosen() {
    for (owner, lock, expected) in [
        (None, false, (None, false)),
        (None, true, (None, false)),
        (Some(ANA), true, (Some(ANA), true)),
        (Some(BEN), true, (Some(BEN), true)),
        (Some(BEN), false, (Some(BEN), false)),
    ] {
        let done = with(|c| (c.owner, c.lock) = (owner, lock)).unwrap().ticket;
        assert_eq!((done.owner, done.locked), expected, "Ana types it, whoever shall have it");
    }
}

#[test]
fn a_mail_may_open_a_colleagues_ticket() {
    with(|c| (c.owner, c.lock, c.first) = (Some(BEN), true, Some(reply(1)))).unwrap();
}

#[test]
fn a_ticket_opened_as_done_was_closed() {
    let done = with(|c| (c.state, c.owner, c.lock) = (master::STATE_CLOSED_SUCCESSFUL, Some(ANA), true)).unwrap().ticket;
    assert_eq!((done.state, done.closed_at, done.locked), (master::STATE_CLOSED_SUCCESSFUL, Some(NOW), false));
}

#[test]
fn a_time_is_kept_for_pending_states_alone() {
    let open = with(|c| c.pending_until = Some(LATER)).unwrap().ticket;
    assert_eq!(open.pending_until, None);
    let pending = with(|c| (c.state, c.pending_until) = (master::STATE_PENDING_REMINDER, Some(LATER))).unwrap().ticket;
    assert_eq!(pending.pending_until, Some(LATER));
}
