//! Lists against an oracle: the same filter, order and page taken in plain Rust.

use docket_domain::{AgentId, Customer, QueueId, Ticket};
use docket_store::{
    Tx, customer, job,
    ticket::{self, Class, Filter, Index, ListRow, Sight, Sort},
};
use uuid::Uuid;

use crate::desk::{Desk, id, ticket};

const SORTS: [Sort; 7] = [Sort::Changed, Sort::Created, Sort::Number, Sort::Priority, Sort::Customer, Sort::Title, Sort::Pending];
const CLASSES: [Class; 3] = [Class::Done, Class::Viewable, Class::Auto];
/// In the order in which they shall stand: marks and case do not count, equal ones go by id.
const TITLES: [&str; 8] = ["100 %", "apfel", "Äpfel", "APFELSAFT", "Öl", "Zug", "zugabe", "Ωmega"];

/// Tickets with many equal keys, as (ticket, class, rank).
fn many() -> Vec<(Ticket, Class, i64)> {
    (1..=90_u16)
        .map(|n| {
            let mix = usize::from(n) * 7919;
            let name = if n % 4 == 0 { String::new() } else { TITLES[(mix + 3) % TITLES.len()].into() };
            let ticket = Ticket {
                title: TITLES[mix % TITLES.len()].into(),
                queue: QueueId(id(mix as u128 % 3)),
                owner: (n % 3 == 0).then_some(AgentId(id(u128::from(n) % 2))),
                locked: n % 5 == 0,
                pending_until: (n % 6 == 0).then_some(i64::from(n) % 4),
                responsible: (n % 7 == 0).then_some(AgentId(id(u128::from(n) % 2))),
                watchers: (n % 11 == 0).then_some(AgentId(id(u128::from(n) % 2))).into_iter().collect(),
                customer: Customer { address: format!("{}@example.org", ["B", "a", "Ä"][mix % 3]), name },
                created_at: i64::from(n) % 7,
                changed_at: i64::from(n) % 3,
                // The ids run against the numbers.
                id: docket_domain::TicketId(id(1000 - u128::from(n))),
                ..ticket(n)
            };
            (ticket, CLASSES[mix % 5 % 3], mix as i64 % 4)
        })
        .collect()
}

fn place(text: &str) -> usize {
    TITLES.iter().position(|title| *title == text).unwrap()
}

/// What a ticket is sorted by, then its id.
fn order((ticket, _, rank): &(Ticket, Class, i64), sort: Sort) -> (String, Uuid) {
    // apfel and Äpfel are the same to a person who looks for them.
    let word = |text: &str| format!("{:03}", if text == "Äpfel" { place("apfel") } else { place(text) });
    let number = |number: i64| format!("{number:020}");
    let key = match sort {
        Sort::Changed => number(ticket.changed_at),
        Sort::Created => number(ticket.created_at),
        Sort::Number => ticket.number.clone(),
        Sort::Priority => number(*rank),
        Sort::Title => word(&ticket.title),
        Sort::Customer if !ticket.customer.name.is_empty() => word(&ticket.customer.name),
        // An address stands where its text would: all begin with a or b, before "apfel" or after it.
        Sort::Customer if ticket.customer.address.starts_with('B') => "003b".into(),
        Sort::Customer => "000a".into(),
        Sort::Pending => number(ticket.pending_until.unwrap_or(i64::MAX)),
        Sort::Due => number(ticket.pending_until.unwrap_or(i64::MAX)),
    };
    (key, ticket.id.0)
}

fn matches(filter: &Filter, (ticket, class, _): &(Ticket, Class, i64)) -> bool {
    (filter.classes.is_empty() || filter.classes.contains(&(*class as i64)))
        && (filter.queues.is_empty() || filter.queues.contains(&ticket.queue.0))
        && filter.owner.is_none_or(|owner| ticket.owner == Some(AgentId(owner)))
        && filter.locked.is_none_or(|locked| ticket.locked == locked)
        && (filter.states.is_empty() || filter.states.contains(&ticket.state.0))
        && (!filter.pending || ticket.pending_until.is_some())
        && filter.not_queue != Some(ticket.queue.0)
        && filter.sight.as_ref().is_none_or(|sight| sees(sight, ticket))
}

fn sees(sight: &Sight, ticket: &Ticket) -> bool {
    let agent = sight.agent.map(AgentId);
    let theirs = agent.is_some() && (ticket.owner == agent || ticket.responsible == agent);
    theirs || agent.is_some_and(|agent| ticket.watchers.contains(&agent)) || sight.queues.contains(&ticket.queue.0)
}

/// Somebody who reads one queue, and somebody who reads none and is disabled.
fn sights() -> Vec<Option<Sight>> {
    let sight = |agent, queues: &[u128]| Some(Sight { agent, queues: queues.iter().map(|queue| id(*queue)).collect() });
    vec![None, sight(Some(id(1)), &[1]), sight(Some(id(0)), &[]), sight(Some(id(1)), &[0, 2]), sight(None, &[2]), sight(None, &[])]
}

fn filters() -> Vec<Filter> {
    let open = Filter { classes: vec![1], ..Filter::default() };
    vec![
        Filter::default(),
        open.clone(),
        Filter { classes: vec![0], ..Filter::default() },
        Filter { classes: vec![1, 2], ..Filter::default() },
        Filter { classes: vec![2, 0], ..Filter::default() },
        Filter { classes: vec![0, 1, 2], ..Filter::default() },
        Filter { locked: Some(false), not_queue: Some(id(2)), ..open.clone() },
        Filter { queues: vec![id(1)], locked: Some(true), ..open.clone() },
        Filter { queues: vec![id(0), id(2)], ..Filter::default() },
        Filter { owner: Some(id(1)), pending: true, ..open.clone() },
        Filter { states: vec![ticket(1).state.0], ..open },
        Filter { states: vec![id(1), id(2)], ..Filter::default() },
    ]
}

/// A mail of that ticket that waits to leave.
fn mail(ticket_id: Uuid) -> job::Job {
    job::Job {
        id: ticket_id,
        kind: "mail".into(),
        ticket_id,
        article_id: ticket_id,
        state: "waiting".into(),
        due_at: 1,
        attempts: 0,
        body: "{}".into(),
        error: None,
        holder: None,
        changed_at: 1,
    }
}

fn filters_of_everybody() -> Vec<Filter> {
    let seen = |sight: Option<Sight>| filters().into_iter().map(move |filter| Filter { sight: sight.clone(), ..filter });
    sights().into_iter().flat_map(seen).collect()
}

async fn pages(tx: &mut Tx, filter: &Filter, sort: Sort, descending: bool, size: i64) -> Vec<ListRow> {
    let mut all: Vec<ListRow> = Vec::new();
    loop {
        let cursor = all.last().map(|row| (row.key(sort), row.id));
        let after = cursor.as_ref().map(|(key, id)| (key.as_str(), *id));
        let page = ticket::list(tx, filter, sort, descending, after, size).await.unwrap();
        let last = page.len() < usize::try_from(size).unwrap();
        all.extend(page);
        if last {
            return all;
        }
    }
}

both! {
    async fn pages_hold_each_ticket_once_and_in_order(desk: Desk) {
        let many = many();
        let mut tx = desk.begin().await.unwrap();
        for (ticket, class, rank) in &many {
            let seq = tx.next_seq();
            ticket::save(&mut tx, ticket, &Index { class: *class, rank: *rank, article: None, next: Default::default() }, seq, true).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = desk.read().await.unwrap();
        for filter in filters_of_everybody() {
            let mut wanted: Vec<_> = many.iter().filter(|ticket| matches(&filter, ticket)).collect();
            assert_eq!(ticket::count(&mut tx, &filter).await.unwrap(), wanted.len() as i64, "{filter:?}");
            let sorts = if filter.sight.is_some() { &SORTS[..2] } else { &SORTS[..] };
            for sort in sorts.iter().copied() {
                wanted.sort_by_key(|ticket| order(ticket, sort));
                for descending in [false, true] {
                    let found = pages(&mut tx, &filter, sort, descending, 7).await;
                    let ids: Vec<Uuid> = wanted.iter().map(|(ticket, ..)| ticket.id.0).collect();
                    let mut found: Vec<Uuid> = found.iter().map(|row| row.id).collect();
                    if descending {
                        found.reverse();
                    }
                    assert_eq!(found, ids, "{filter:?} {sort:?} {descending}");
                }
            }
        }
    }

    async fn counts_searches_and_histories_tell_no_more_than_lists(desk: Desk) {
        let many = many();
        let mut tx = desk.begin().await.unwrap();
        for (ticket, class, rank) in &many {
            let seq = tx.next_seq();
            ticket::save(&mut tx, ticket, &Index { class: *class, rank: *rank, article: None, next: Default::default() }, seq, true).await.unwrap();
            customer::note(&mut tx, &customer::Customer { key: ticket.customer.address.to_lowercase(), address: ticket.customer.address.clone(), ..Default::default() }).await.unwrap();
        }
        let hub = many[0].0.id;
        for (ticket, ..) in &many[1..] {
            ticket::link(&mut tx, hub, ticket.id, "normal").await.unwrap();
        }
        for (ticket, ..) in &many {
            job::insert(&mut tx, &mail(ticket.id.0)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = desk.read().await.unwrap();
        let head = tx.head;
        assert!(ticket::scopes_moved(&mut tx, 0).await.unwrap() && !ticket::scopes_moved(&mut tx, head).await.unwrap());
        assert_eq!(ticket::troubles(&mut tx).await.unwrap(), [], "no mail is in trouble");
        for sight in sights() {
            let seen: Vec<_> = many.iter().filter(|(ticket, ..)| sight.as_ref().is_none_or(|sight| sees(sight, ticket))).collect();
            let ids = |list: Vec<Uuid>| list.into_iter().collect::<std::collections::BTreeSet<_>>();
            let wanted = ids(seen.iter().map(|(ticket, ..)| ticket.id.0).collect());
            let sight = sight.as_ref();
            let changed = ticket::changed_after(&mut tx, 0, 1000, sight).await.unwrap();
            assert_eq!(ids(changed.into_iter().map(|(id, _)| id).collect()), wanted, "{sight:?}");
            assert_eq!(ticket::mails_waiting(&mut tx, sight).await.unwrap(), wanted.len() as i64, "{sight:?}");
            let found = ticket::search(&mut tx, "example", 1000, sight).await.unwrap();
            assert_eq!(ids(found.into_iter().map(|brief| brief.id).collect()), wanted, "{sight:?}");
            let linked = ticket::linked(&mut tx, hub, sight).await.unwrap();
            let others = wanted.iter().copied().filter(|id| *id != hub.0).collect();
            assert_eq!(ids(linked.into_iter().map(|(brief, _)| brief.id).collect()), others, "{sight:?}");
            for queue in 0..3 {
                for locked in [false, true] {
                    let rows = ticket::queue_counts(&mut tx, sight).await.unwrap();
                    let count: i64 = rows.iter().filter(|row| row.queue_id == id(queue) && row.locked == locked).map(|row| row.tickets).sum();
                    let here = |(ticket, class, _): &&&(Ticket, Class, i64)| ticket.queue.0 == id(queue) && ticket.locked == locked && *class == Class::Viewable;
                    assert_eq!(count, seen.iter().filter(here).count() as i64, "{sight:?} queue {queue}, locked: {locked}");
                }
            }
            for key in ["b@example.org", "a@example.org", "ä@example.org"] {
                let theirs: Vec<_> = seen.iter().filter(|(ticket, ..)| ticket.customer.address.to_lowercase() == key).collect();
                let open = theirs.iter().filter(|(_, class, _)| *class != Class::Done).count() as i64;
                let (latest, open_count, total) = ticket::of_customer(&mut tx, key, 1000, sight).await.unwrap();
                assert_eq!((latest.len(), open_count, total), (theirs.len(), open, theirs.len() as i64), "{sight:?} {key}");
                let known = customer::suggest(&mut tx, key, 10, sight).await.unwrap();
                assert_eq!(known.iter().any(|known| known.key == key), !theirs.is_empty(), "{sight:?} {key}");
            }
        }
    }

    async fn a_row_has_what_its_ticket_has(desk: Desk) {
        let wanted = Ticket { owner: Some(AgentId(id(5))), pending_until: Some(6), last_customer_at: Some(7), last_agent_at: Some(8), suspicious: true, ..ticket(1) };
        desk.keep(&wanted, Class::Viewable).await;
        let mut tx = desk.read().await.unwrap();
        let row = ticket::list(&mut tx, &Filter::default(), Sort::Number, false, None, 1).await.unwrap().remove(0);
        assert_eq!((row.id, &row.number, &row.title, row.queue_id), (wanted.id.0, &wanted.number, &wanted.title, wanted.queue.0));
        assert_eq!((row.state_id, row.priority_id, row.owner_id, row.locked), (wanted.state.0, wanted.priority.0, Some(id(5)), false));
        assert_eq!((&row.customer_address, &row.customer_name), (&wanted.customer.address, &wanted.customer.name));
        assert_eq!((row.created_at, row.changed_at, row.pending_until), (1, 1, Some(6)));
        assert_eq!((row.last_customer_at, row.last_agent_at, row.suspicious), (Some(7), Some(8), true));
        assert_eq!((row.seq, row.rank, row.customer_key.as_str(), row.has_attachments, row.trouble), (1, 3, "person1@example.org", false, None));
    }
}

#[test]
fn numbers_and_texts_are_told_apart() {
    let texts: Vec<Sort> = SORTS.into_iter().filter(|sort| sort.is_text()).collect();
    assert_eq!(texts, [Sort::Number, Sort::Customer, Sort::Title]);
}
