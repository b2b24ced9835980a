//! Many tickets: every list finds its index, and what it costs. `DOCKET_STORE_TICKETS=100000` measures in earnest.

use std::{future::Future, time::Instant};

use docket_domain::{AgentId, Customer, QueueId, StateId, Ticket, TicketId};
use docket_store::{
    Db, Tx, customer, dump,
    ticket::{self, Class, Filter, Index, Sight, Sort},
};
use serde_json::{Value, json};

use crate::desk::{Desk, id};

const WORDS: [&str; 12] =
    ["Drucker", "brennt", "Passwort", "vergessen", "invoice", "missing", "Überweisung", "VPN", "slow", "laptop", "Straße", "update"];

fn size() -> u64 {
    std::env::var("DOCKET_STORE_TICKETS").ok().and_then(|size| size.parse().ok()).unwrap_or(2_000)
}

/// Numbers that look random and are the same every time.
fn dice(n: u64, sides: u64) -> u64 {
    (n.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33) % sides
}

/// The `n`th of `size` tickets: 6 % are open, more of the young ones; 20 queues, 30 agents.
fn ticket(n: u64, size: u64) -> (Ticket, Class, i64) {
    let open = dice(n, 100) < if n > size * 9 / 10 { 42 } else { 2 };
    let class = if open { Class::Viewable } else { Class::Done };
    let words: Vec<&str> = (0..6).map(|word| WORDS[dice(n * 6 + word, 12) as usize]).collect();
    let person = dice(n * 3, 50_000);
    let at = 1_700_000_000_000 + n as i64 * 60_000;
    let ticket = Ticket {
        number: format!("2026{n:012}"),
        title: format!("{} RZX{n}", words.join(" ")),
        queue: QueueId(id(u128::from(dice(n * 5, 20).min(dice(n * 7, 20))))),
        state: StateId(id(u128::from(open))),
        owner: (dice(n, 5) > 0).then_some(AgentId(id(u128::from(dice(n * 11, 30))))),
        locked: open && dice(n, 5) > 1,
        pending_until: (open && dice(n * 13, 10) == 0).then_some(at),
        customer: Customer { address: format!("person{person}@example.org"), name: format!("Person Müller-{person}") },
        created_at: at,
        changed_at: at + dice(n * 17, 100_000_000) as i64,
        closed_at: (!open).then_some(at),
        articles: 3,
        events: 5,
        ..Ticket::blank(TicketId(id((u128::from(n) << 64) + u128::from(dice(n, 1 << 30)))))
    };
    (ticket, class, 1 + (dice(n * 19, 10) as i64 + 4) / 3)
}

/// Saves the tickets, and half as many contacts.
async fn fill(desk: &Desk) {
    let size = size();
    for start in (0..size).step_by(500) {
        let mut tx = desk.begin().await.unwrap();
        for n in start..size.min(start + 500) {
            let (ticket, class, rank) = ticket(n, size);
            let seq = tx.next_seq();
            ticket::save(&mut tx, &ticket, &Index { class, rank, article: None, next: Default::default() }, seq, true).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    let table = dump::table("customer").unwrap();
    let mut tx = desk.begin().await.unwrap();
    let rows: Vec<Value> = (0..size / 2).map(contact).collect();
    dump::import(&mut tx, table, &rows).await.unwrap();
    tx.commit().await.unwrap();
}

fn contact(n: u64) -> Value {
    let (address, name) = (format!("person{n}@example.org"), format!("Person Müller-{n}"));
    json!({"key": address, "address": address, "name": name, "company": "Firma GmbH", "phone": "", "note": "", "seen_at": n,
        "search_key": format!(" {address} example.org person{n} example org person muller-{n} firma gmbh")})
}

/// Runs it a few times and prints the best and the worst time in milliseconds.
async fn time<T, F: Future<Output = T>>(what: &str, run: impl Fn() -> F) -> T {
    let mut times = Vec::new();
    let mut last = None;
    for _ in 0..7 {
        let start = Instant::now();
        last = Some(run().await);
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    println!("{:9.2} {:9.2} ms  {what}", times[0], times[6]);
    last.unwrap()
}

/// An agent who may read these queues; they own a 30th of all tickets, wherever those lie.
fn sight(queues: impl IntoIterator<Item = u128>) -> Option<Sight> {
    Some(Sight { agent: Some(id(3)), queues: queues.into_iter().map(id).collect() })
}

fn views() -> Vec<(&'static str, Filter)> {
    let mut all = plain_views();
    for (name, sight) in [("most", sight(0..18)), ("few", sight([18])), ("no queue", sight([]))] {
        let narrow =
            |(view, filter): (&'static str, Filter)| (&*format!("{view}, seeing {name}").leak(), Filter { sight: sight.clone(), ..filter });
        all.extend(plain_views().into_iter().map(narrow));
    }
    all
}

fn plain_views() -> Vec<(&'static str, Filter)> {
    let open = Filter { classes: vec![1], ..Filter::default() };
    vec![
        ("open", open.clone()),
        ("open and auto", Filter { classes: vec![1, 2], ..Filter::default() }),
        ("unassigned", Filter { locked: Some(false), not_queue: Some(id(19)), ..open.clone() }),
        ("queue", Filter { queues: vec![id(2)], ..open.clone() }),
        ("queue, free", Filter { queues: vec![id(2)], locked: Some(false), ..open.clone() }),
        ("mine", Filter { owner: Some(id(3)), classes: vec![1, 2], ..Filter::default() }),
        ("reminders", Filter { owner: Some(id(3)), pending: true, ..open }),
        ("closed", Filter { classes: vec![0], ..Filter::default() }),
        ("closed of a queue", Filter { classes: vec![0], queues: vec![id(2)], ..Filter::default() }),
        ("all", Filter::default()),
        ("all of a queue", Filter { queues: vec![id(18)], ..Filter::default() }),
    ]
}

const SORTS: [Sort; 7] = [Sort::Changed, Sort::Created, Sort::Number, Sort::Priority, Sort::Customer, Sort::Title, Sort::Pending];

async fn plan(db: &Db, filter: &Filter, sort: Sort, descending: bool) -> String {
    ticket::plan(&mut db.read().await.unwrap(), filter, sort, descending).await.unwrap().join(" | ")
}

/// SQLite walks an index in the order wanted; only a queue's or an owner's few tickets are sorted.
async fn every_list_finds_an_index(desk: &Desk) {
    for (name, filter) in views() {
        let few = (!filter.queues.is_empty() || filter.owner.is_some()) && !filter.classes.is_empty() && !filter.classes.contains(&0);
        for sort in SORTS {
            for descending in [false, true] {
                let plan = plan(desk, &filter, sort, descending).await;
                let sorts = plan.contains("TEMP B-TREE");
                let good = desk.is_postgres() || plan.contains("USING INDEX") && (!sorts || few && sort != Sort::Changed);
                assert!(good, "{name} by {sort:?}: {plan}");
            }
        }
    }
}

async fn page(tx: &mut Tx, filter: &Filter, sort: Sort, descending: bool) -> usize {
    let rows = ticket::list(tx, filter, sort, descending, None, 50).await.unwrap();
    let total = ticket::count(tx, filter).await.unwrap();
    assert_eq!(rows.len(), usize::try_from(total.min(50)).unwrap());
    rows.len()
}

async fn measure(desk: &Desk, when: &str) {
    println!("--- {} {when}", if desk.is_postgres() { "PostgreSQL" } else { "SQLite" });
    for (name, filter) in views() {
        for sort in SORTS {
            for descending in [false, true] {
                let what = format!(
                    "{name} by {sort:?} {}: {}",
                    if descending { "down" } else { "up" },
                    plan(desk, &filter, sort, descending).await
                );
                time(&what, async || page(&mut desk.read().await.unwrap(), &filter, sort, descending).await).await;
            }
        }
    }
    time("queue counts", async || ticket::queue_counts(&mut desk.read().await.unwrap(), None).await.unwrap().len()).await;
    time("view counts", async || ticket::view_counts(&mut desk.read().await.unwrap(), id(3), &[]).await.unwrap()).await;
    for text in ["drucker", "rzx77", "person müller-77", "nothing at all", "überweisung vpn"] {
        time(&format!("search {text}"), async || ticket::search(&mut desk.read().await.unwrap(), text, 20, None).await.unwrap().len())
            .await;
    }
    for text in ["person", "müller-77", "nobody", "p"] {
        time(&format!("suggest {text}"), async || customer::suggest(&mut desk.read().await.unwrap(), text, 10, None).await.unwrap().len())
            .await;
    }
    let key = "person77@example.org";
    time("a customer's tickets", async || ticket::of_customer(&mut desk.read().await.unwrap(), key, 5, None).await.unwrap().2).await;
}

both! {
    async fn lists_of_many_tickets_are_quick(desk: Desk) {
        let start = Instant::now();
        fill(&desk).await;
        println!("{} tickets saved in {:.1} s", size(), start.elapsed().as_secs_f64());
        if size() > 10_000 {
            measure(&desk, "before analyze").await;
            desk.settle().await.unwrap();
            measure(&desk, "after analyze").await;
        }
        every_list_finds_an_index(&desk).await;
        let mut tx = desk.begin().await.unwrap();
        let mut kept = Vec::new();
        for (_, filter) in views() {
            kept.push(ticket::count(&mut tx, &filter).await.unwrap());
        }
        ticket::recount(&mut tx).await.unwrap();
        for ((_, filter), kept) in views().into_iter().zip(kept) {
            assert_eq!(ticket::count(&mut tx, &filter).await.unwrap(), kept, "{filter:?}");
        }
    }
}
