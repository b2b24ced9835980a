use docket_domain::{
    Ticket,
    clock::{History, Measure, Stay},
    deadline::{Due, Next, Outcome},
};
use docket_store::{
    outcome,
    ticket::{self, Class, DueColumns, Filter, Index, NEVER, Promises, Sort},
};
use uuid::Uuid;

use crate::desk::{Desk, id, ticket};

fn next(at: i64, level_at: Option<i64>) -> Next {
    let due = Due { measure: Measure::Solution, at: Some(at), warn_at: Some(at - 10), paused: false, level: Some(id(77).into()) };
    Next { due: Some(due), level_at }
}

async fn keep(desk: &Desk, ticket: &Ticket, class: Class, next: Next) {
    let mut tx = desk.begin().await.unwrap();
    let seq = tx.next_seq();
    ticket::save(&mut tx, ticket, &Index { class, rank: 3, article: None, next }, seq, true).await.unwrap();
    tx.commit().await.unwrap();
}

async fn listed(desk: &Desk, filter: Filter) -> Vec<Uuid> {
    let mut tx = desk.read().await.unwrap();
    let rows = ticket::list(&mut tx, &filter, Sort::Due, false, None, 50).await.unwrap();
    assert_eq!(ticket::count(&mut tx, &filter).await.unwrap(), rows.len() as i64);
    rows.into_iter().map(|row| row.id).collect()
}

both! {
    async fn lists_go_by_the_deadline(desk: Desk) {
        keep(&desk, &ticket(1), Class::Viewable, next(300, None)).await;
        keep(&desk, &ticket(2), Class::Viewable, next(100, Some(90))).await;
        keep(&desk, &ticket(3), Class::Viewable, Next::default()).await;
        keep(&desk, &Ticket { pending_until: Some(200), ..ticket(4) }, Class::Viewable, Next::default()).await;
        let of = |numbers: &[u16]| numbers.iter().map(|n| ticket(*n).id.0).collect::<Vec<_>>();
        assert_eq!(listed(&desk, Filter::default()).await, of(&[2, 4, 1, 3]));
        assert_eq!(listed(&desk, Filter { due_before: Some(NEVER), ..Filter::default() }).await, of(&[2, 1]));
        assert_eq!(listed(&desk, Filter { due_before: Some(101), ..Filter::default() }).await, of(&[2]));
        let mut tx = desk.read().await.unwrap();
        let rows = ticket::list(&mut tx, &Filter::default(), Sort::Due, false, None, 1).await.unwrap();
        assert_eq!(rows[0].due.due(), next(100, None).due);
        let mark = rows[0].key(Sort::Due);
        let rest = ticket::list(&mut tx, &Filter::default(), Sort::Due, false, Some((&mark, rows[0].id)), 50).await.unwrap();
        assert_eq!(rest.into_iter().map(|row| row.id).collect::<Vec<_>>(), of(&[4, 1, 3]));
        assert_eq!(ticket::next_level(&mut tx).await.unwrap(), Some(90));
        assert_eq!(ticket::levels_due(&mut tx, 89, 9).await.unwrap(), []);
        assert_eq!(ticket::levels_due(&mut tx, 90, 9).await.unwrap(), [ticket(2).id]);
    }

    async fn deadlines_are_written_where_nothing_happened_since(desk: Desk) {
        for n in 1..=3u16 {
            keep(&desk, &Ticket { created_at: n.into(), ..ticket(n) }, Class::Viewable, Next::default()).await;
        }
        keep(&desk, &ticket(4), Class::Done, Next::default()).await;
        let mut tx = desk.read().await.unwrap();
        assert_eq!(ticket::open_count(&mut tx).await.unwrap(), 3);
        let first = ticket::open_after(&mut tx, (i64::MIN, Uuid::nil()), 2).await.unwrap();
        let last = &first[1];
        let rest = ticket::open_after(&mut tx, (last.ticket.created_at, last.ticket.id.0), 2).await.unwrap();
        drop(tx);
        let all: Vec<_> = first.into_iter().chain(rest).collect();
        assert_eq!(all.iter().map(|stored| stored.ticket.id).collect::<Vec<_>>(), [1, 2, 3].map(|n| ticket(n).id));
        keep(&desk, &Ticket { created_at: 2, ..ticket(2) }, Class::Viewable, next(5, Some(4))).await;
        let due = DueColumns::from(next(900, Some(800)));
        let rows: Vec<_> = all.iter().map(|stored| (stored.ticket.id, stored.seq, due.clone())).collect();
        let mut tx = desk.aside().await.unwrap();
        assert_eq!(ticket::set_due(&mut tx, &rows).await.unwrap(), 2);
        tx.commit().await.unwrap();
        let mut tx = desk.read().await.unwrap();
        let now = ticket::open_after(&mut tx, (i64::MIN, Uuid::nil()), 9).await.unwrap();
        assert_eq!(now.iter().map(|stored| stored.due.due_at).collect::<Vec<_>>(), [Some(900), Some(5), Some(900)]);
    }

    async fn old_tickets_get_their_clocks_once(desk: Desk) {
        keep(&desk, &Ticket { events: 1, ..ticket(1) }, Class::Viewable, Next::default()).await;
        let stays = vec![Stay { since: 5, state: ticket(1).state }];
        let known = Ticket { events: 1, clocks: History { created_at: 5, stays, ..History::default() }, ..ticket(2) };
        keep(&desk, &known, Class::Viewable, Next::default()).await;
        let mut tx = desk.aside().await.unwrap();
        assert_eq!(ticket::unfolded(&mut tx, Uuid::nil(), 9).await.unwrap(), [ticket(1).id]);
        let older = Ticket { events: 2, clocks: known.clocks.clone(), ..ticket(1) };
        ticket::set_clocks(&mut tx, &older, &DueColumns::default()).await.unwrap();
        assert_eq!(ticket::unfolded(&mut tx, Uuid::nil(), 9).await.unwrap(), [ticket(1).id], "something had happened on it since");
        let folded = Ticket { events: 1, ..older };
        ticket::set_clocks(&mut tx, &folded, &DueColumns::from(next(7, None))).await.unwrap();
        assert_eq!(ticket::unfolded(&mut tx, Uuid::nil(), 9).await.unwrap(), []);
        assert_eq!(ticket::find(&mut tx, folded.id).await.unwrap().unwrap().clocks, folded.clocks);
        tx.commit().await.unwrap();
    }

    async fn reports_know_how_promises_were_kept(desk: Desk) {
        keep(&desk, &ticket(1), Class::Done, Next::default()).await;
        keep(&desk, &ticket(2), Class::Viewable, next(500, None)).await;
        let queue = ticket(1).queue;
        let made = |stop, elapsed| Outcome { measure: Measure::FirstResponse, since: 1, stop, promised: 60, elapsed, waited: 3 };
        let mut tx = desk.begin().await.unwrap();
        outcome::put(&mut tx, ticket(1).id, queue, &made(Some(100), 70)).await.unwrap();
        outcome::put(&mut tx, ticket(1).id, queue, &made(Some(90), 50)).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = desk.read().await.unwrap();
        assert_eq!(outcome::between(&mut tx, 91, 200, &[queue.0]).await.unwrap(), []);
        let kept = outcome::between(&mut tx, 90, 91, &[queue.0]).await.unwrap();
        assert_eq!(kept.iter().map(|row| (row.promised, row.elapsed)).collect::<Vec<_>>(), [(60, 50)]);
        let open = outcome::open(&mut tx, 0, 501, &[queue.0]).await.unwrap();
        assert_eq!(open.iter().map(|row| (row.late, row.running)).collect::<Vec<_>>(), [(1, 0)]);
        drop(tx);
        let wanted = |kept, broken, running| Promises { from: 0, to: 200, now: 400, queue: None, measure: None, kept, broken, running };
        let by = |kept, broken, running| Filter { promises: Some(wanted(kept, broken, running)), ..Filter::default() };
        assert_eq!(listed(&desk, by(true, false, false)).await, [ticket(1).id.0]);
        assert_eq!(listed(&desk, by(false, true, false)).await, [] as [Uuid; 0]);
        assert_eq!(listed(&desk, by(false, false, true)).await, [ticket(2).id.0]);
        let mut tx = desk.begin().await.unwrap();
        outcome::put(&mut tx, ticket(1).id, queue, &made(None, 0)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(listed(&desk, by(true, true, false)).await, [] as [Uuid; 0]);
    }
}

#[test]
fn a_paused_deadline_is_one_without_a_moment() {
    let due = Due { measure: Measure::Update, at: None, warn_at: None, paused: true, level: None };
    assert_eq!(DueColumns::from(Next { due: Some(due), level_at: None }).due(), Some(due));
    assert_eq!(DueColumns::default().due(), None);
}
