//! What holds after any commands in any order.

use std::sync::LazyLock;

use proptest::{prelude::*, sample::select};

use super::*;
use crate::timers::{Reminder, UnlockReason};

static SETTINGS: LazyLock<Settings> = LazyLock::new(settings);

fn any_actor() -> impl Strategy<Value = Actor> {
    select(vec![agent(ANA), agent(BEN), agent(GONE), customer(), Actor::System])
}

fn any_queue() -> impl Strategy<Value = QueueId> {
    select(vec![master::QUEUE_FIRST, master::QUEUE_JUNK, master::QUEUE_MISC, QUEUE_LOCKING, QUEUE_REJECTING, QUEUE_RENEWING, QUEUE_INVALID])
}

fn any_state() -> impl Strategy<Value = StateId> {
    (1..=10u16).prop_map(|n| if n == 10 { STATE_INVALID } else { StateId::fixed(1, n) })
}

fn any_until() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![Just(None), (0..100_000i64).prop_map(|n| Some(NOW + n))]
}

fn any_next() -> impl Strategy<Value = Next> {
    (proptest::option::of(any_state()), any_until()).prop_map(|(state_id, pending_until)| Next { state_id, pending_until })
}

fn any_agent() -> impl Strategy<Value = Option<AgentId>> {
    select(vec![None, Some(ANA), Some(BEN), Some(GONE)])
}

fn any_customer() -> impl Strategy<Value = Customer> {
    "[a-c]{0,1}".prop_map(|name| Customer { address: format!("{name}@example.com"), name })
}

fn any_article() -> impl Strategy<Value = NewArticle> {
    (any::<u64>(), "[a-zäß\n ]{0,4}").prop_map(|(n, text)| NewArticle { text, ..article(n.into()) })
}

fn any_direction() -> impl Strategy<Value = Direction> {
    select(vec![Direction::Inbound, Direction::Outbound])
}

/// A mail that came in, or a report about one of ours.
fn any_received() -> impl Strategy<Value = Body> {
    (any_article(), proptest::option::of((any::<bool>(), any::<bool>()))).prop_map(|(article, bounce)| {
        let of = ArticleId(article.id);
        let bounce = bounce.map(|(known, automatic)| Bounced { of: known.then_some(of), automatic, harmless: false });
        Body::Receive(Box::new(Received { article, bounce, ..Received::default() }))
    })
}

/// Commands that say how something shall be: the second time it is so already.
fn any_setting() -> BoxedStrategy<Body> {
    prop_oneof![
        Just(Body::Lock),
        Just(Body::Unlock),
        any::<bool>().prop_map(|over| Body::Take { over }),
        any_agent().prop_map(|agent| Body::SetOwner { agent }),
        (any_state(), any_until()).prop_map(|(state, pending_until)| Body::SetState { state, pending_until }),
        (1..=6u16).prop_map(|rank| Body::SetPriority { priority: master::priority(rank) }),
        any_queue().prop_map(|queue| Body::Move { queue }),
        "[ab\n ]{0,3}".prop_map(|title| Body::SetTitle { title }),
        any_customer().prop_map(|customer| Body::SetCustomer { customer }),
        Just(Body::Junk { block: false }),
        Just(Body::NotJunk),
        any_agent().prop_map(|agent| Body::SetResponsible { agent }),
        select(vec![Body::Watch, Body::Unwatch, Body::TakeAlong, Body::BringBack]),
        select(vec![None, Some(SERVICE)]).prop_map(|service| Body::SetService { service }),
        select(vec![None, Some(master::TYPE_UNCLASSIFIED)]).prop_map(|ticket_type| Body::SetType { ticket_type }),
        select(vec![None, Some(LEVEL)]).prop_map(|service_level| Body::SetServiceLevel { service_level }),
        Just(Body::Acknowledge),
        any_escalation(),
        select(vec![UnlockReason::Timeout, UnlockReason::OwnerAbsent, UnlockReason::OwnerGone]).prop_map(|reason| Body::EndLock { reason }),
        Just(Body::Remind { of: Reminder::Silence }),
        select(vec![TICKET, OTHER_TICKET]).prop_map(|into| Body::Merge { into, number: "2".into() }),
    ]
    .boxed()
}

/// The level has passed at once where a mail in it came from the past.
fn any_escalation() -> impl Strategy<Value = Body> {
    let steps = select(vec![When::Percent(50), When::Percent(100), When::AfterMinutes(5)]);
    (select(Measure::ALL.to_vec()), steps).prop_map(|(measure, step)| Body::Escalate { measure, number: 1, step })
}

fn any_absorb() -> BoxedStrategy<Body> {
    let time = || proptest::option::of(NOW - 9..NOW + 9);
    let contact = (time(), time(), time()).prop_map(|(last_customer_at, last_agent_at, first_response_at)| Contact {
        last_customer_at,
        last_agent_at,
        first_response_at,
    });
    (0..4i64, contact)
        .prop_map(|(articles, contact)| Body::Absorb { ticket: OTHER_TICKET, number: "2".into(), articles, watchers: vec![BEN], contact })
        .boxed()
}

fn any_adding() -> BoxedStrategy<Body> {
    let mail = || any::<u64>().prop_map(|n| ArticleId(id(n.into())));
    prop_oneof![
        any_received(),
        any_absorb(),
        (any_article(), any_next()).prop_map(|(article, next)| Body::Reply { article, mail: outgoing(), next }),
        (any_article(), any_next()).prop_map(|(article, next)| Body::Forward { article, mail: outgoing(), next }),
        any_article().prop_map(|article| Body::AutoReply { kind: AutoKind::AutoFollowUp, article, mail: outgoing() }),
        Just(Body::SuppressAutoReply { kind: AutoKind::AutoReply, reason: "loop".into() }),
        (any_article(), any::<bool>(), any_next()).prop_map(|(article, visible, next)| Body::Note { article, visible, next }),
        (any_article(), any_direction(), any_next()).prop_map(|(article, direction, next)| Body::PhoneCall { article, direction, next }),
        (mail(), any_agent(), any_next(), any::<bool>()).prop_map(|(article, author, next, forward)| Body::MailLeft {
            article,
            author,
            next,
            forward
        }),
        (mail(), any_agent(), any_next()).prop_map(|(article, author, next)| Body::ConfirmArrival { article, author, next }),
        mail().prop_map(|article| Body::MailFailed { article, reason: "550".into() }),
        mail().prop_map(|article| Body::MailUnknown { article }),
        mail().prop_map(|article| Body::HoldMail { article, reason: "new mail".into(), seen_upto: None }),
        mail().prop_map(|article| Body::CancelSend { article, discard: false }),
        mail().prop_map(|article| Body::SendAgain { article }),
        Just(Body::FlagSuspicious { number: "1".into(), ticket: OTHER_TICKET }),
        select(vec![TICKET, OTHER_TICKET]).prop_map(|ticket| Body::Link { ticket, number: "1".into(), kind: LinkKind::Normal }),
        select(vec![TICKET, OTHER_TICKET]).prop_map(|ticket| Body::Unlink { ticket, number: "1".into() }),
    ]
    .boxed()
}

fn any_body() -> BoxedStrategy<Body> {
    prop_oneof![any_setting(), any_adding()].boxed()
}

fn any_creation() -> impl Strategy<Value = Body> {
    (any_queue(), any_state(), any_agent(), any::<bool>(), any_until(), proptest::option::of(any_body())).prop_map(
        |(queue, state, owner, lock, pending_until, first)| Body::Create {
            number: "1".into(),
            title: "Printer".into(),
            queue,
            state,
            priority: master::PRIORITY_NORMAL,
            owner,
            lock,
            customer: Customer::default(),
            pending_until,
            first: first.map(Box::new),
        },
    )
}

/// A ticket and all that happened to it.
struct Story {
    ticket: Ticket,
    history: Vec<Event>,
}

impl Story {
    fn new() -> Self {
        Self { ticket: Ticket::blank(TICKET), history: Vec::new() }
    }

    /// Carries out a command; `device_at` is when it happened on an offline device.
    fn tell(&mut self, actor: &Actor, body: &Body, device_at: Option<i64>) -> Result<usize, Refusal> {
        let now = NOW + self.ticket.events;
        let events = decide(&self.ticket, body, &Context { settings: &SETTINGS, actor, now, offline: false })?;
        let caused = events.len();
        for body in events {
            let event = Event { ordinal: self.ticket.events + 1, at: now, device_at, actor: actor.clone(), device: None, body };
            apply(&mut self.ticket, &event);
            self.history.push(event);
        }
        Ok(caused)
    }

    fn told(creation: &Body, commands: &[(Actor, Body)]) -> Self {
        let mut story = Self::new();
        if story.tell(&agent(ANA), creation, None).is_err() {
            story.tell(&customer(), &super::creation(), None).unwrap();
        }
        for (actor, body) in commands {
            let _refused = story.tell(actor, body, None);
        }
        story
    }
}

fn keeps_the_rules(ticket: &Ticket) -> Result<(), TestCaseError> {
    let kind = SETTINGS.state_type(ticket.state);
    prop_assert!(!(kind.is_closed() && ticket.locked), "closed, yet locked: {ticket:?}");
    prop_assert!(ticket.owner.is_some() || !ticket.locked, "locked by nobody: {ticket:?}");
    let away = ticket.away.is_none_or(|away| ticket.locked && ticket.owner == Some(away.agent));
    prop_assert!(away, "with somebody else than its owner: {ticket:?}");
    prop_assert!(ticket.merged_into.is_none() || ticket.articles == 0 && kind == StateType::Merged, "merged, yet alive: {ticket:?}");
    prop_assert_eq!(ticket.pending_until.is_some(), kind.is_pending(), "{:?}", ticket);
    prop_assert_eq!(ticket.timers.lock_since.is_some(), ticket.locked, "{:?}", ticket);
    prop_assert!(kind != StateType::Closed || ticket.closed_at.is_some(), "closed at no time: {ticket:?}");
    Ok(())
}

fn commands() -> impl Strategy<Value = Vec<(Actor, Body)>> {
    proptest::collection::vec((any_actor(), any_body()), 0..25)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_step_keeps_the_rules(creation in any_creation(), commands in commands()) {
        let mut story = Story::told(&creation, &[]);
        keeps_the_rules(&story.ticket)?;
        for (actor, body) in commands {
            let before = story.ticket.clone();
            match story.tell(&actor, &body, None) {
                Ok(0) | Err(_) => prop_assert_eq!(&before, &story.ticket),
                Ok(caused) => prop_assert_eq!(before.events + caused as i64, story.ticket.events),
            }
            keeps_the_rules(&story.ticket)?;
        }
    }

    #[test]
    fn folding_the_history_gives_the_row(creation in any_creation(), commands in commands()) {
        let story = Story::told(&creation, &commands);
        let mut folded = Ticket::blank(TICKET);
        for event in &story.history {
            let written = serde_json::to_string(event).unwrap();
            let read: Event = serde_json::from_str(&written).unwrap();
            prop_assert_eq!(&read, event);
            apply(&mut folded, &read);
        }
        prop_assert_eq!(&folded, &story.ticket);
        let articles = story.history.iter().fold(0, |sum, event| match event.body {
            EventBody::ArticleAdded { .. } => sum + 1,
            EventBody::Absorbed { articles, .. } => sum + articles,
            EventBody::MergedInto { .. } => 0,
            _ => sum,
        });
        prop_assert_eq!(articles, folded.articles);
        prop_assert!(story.history.iter().zip(1..).all(|(event, n)| event.ordinal == n));
    }

    /// Whatever order and whatever times: applying never fails, and times of the world never run backwards.
    #[test]
    fn applying_is_total(creation in any_creation(), commands in commands(), order in any::<u64>(), times in proptest::collection::vec(any::<i64>(), 8)) {
        let mut history = Story::told(&creation, &commands).history;
        let len = history.len();
        for i in 0..len {
            history.swap(i, (order.rotate_left(i as u32) % len as u64) as usize);
        }
        let mut ticket = Ticket::blank(TICKET);
        for (event, time) in history.iter_mut().zip(times.iter().cycle()) {
            event.device_at = Some(*time);
            let before = ticket.clone();
            apply(&mut ticket, event);
            prop_assert!(ticket.last_customer_at >= before.last_customer_at && ticket.last_agent_at >= before.last_agent_at);
            prop_assert!(before.first_response_at.is_none_or(|first| ticket.first_response_at <= Some(first)));
            prop_assert!(ticket.closed_at >= before.closed_at);
        }
    }

    #[test]
    fn saying_it_twice_is_saying_it_once(creation in any_creation(), commands in commands(), actor in any_actor(), body in any_setting()) {
        let mut story = Story::told(&creation, &commands);
        if story.tell(&actor, &body, None).is_ok() {
            prop_assert_eq!(story.tell(&actor, &body, None), Ok(0));
        }
    }

    #[test]
    fn nobody_answers_over_a_colleagues_lock(creation in any_creation(), commands in commands(), next in any_next()) {
        let mut story = Story::told(&creation, &commands);
        let owner = story.ticket.owner.filter(|_| story.ticket.locked && story.ticket.articles > 0);
        let colleague = if owner == Some(ANA) { BEN } else { ANA };
        for body in [
            Body::Reply { article: article(7), mail: outgoing(), next },
            Body::Forward { article: article(7), mail: outgoing(), next },
            Body::PhoneCall { article: article(7), direction: Direction::Outbound, next },
            to_state(master::STATE_CLOSED_SUCCESSFUL),
            Body::Junk { block: false },
            Body::Lock,
        ] {
            if owner.is_some() {
                prop_assert_eq!(story.tell(&agent(colleague), &body, None), Err(Refusal::LockedByOther));
            }
        }
    }

    #[test]
    fn commands_survive_their_file_format(body in prop_oneof![any_body(), any_creation()]) {
        let envelope = crate::Envelope::ticket(crate::CommandId(id(1)), TICKET, agent(ANA), body);
        let written = serde_json::to_string(&envelope).unwrap();
        prop_assert_eq!(serde_json::from_str::<crate::Envelope>(&written).unwrap(), envelope);
    }
}
