//! Lists against an oracle: the same filter, order and page taken in plain Rust.

use docket_domain::{AgentId, Customer, QueueId, Ticket};
use docket_store::{
    Tx,
    ticket::{self, Class, Filter, Index, ListRow, Sort},
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
            ticket::save(&mut tx, ticket, &Index { class: *class, rank: *rank, article: None }, seq, true).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = desk.read().await.unwrap();
        for filter in filters() {
            let mut wanted: Vec<_> = many.iter().filter(|ticket| matches(&filter, ticket)).collect();
            assert_eq!(ticket::count(&mut tx, &filter).await.unwrap(), wanted.len() as i64, "{filter:?}");
            for sort in SORTS {
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
