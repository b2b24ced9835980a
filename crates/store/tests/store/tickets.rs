use docket_domain::{AgentId, Customer, PriorityId, QueueId, Sender, StateId, TicketId, ticket::Away, timers::Timers};
use docket_store::{
    Db,
    ticket::{self, Class, Filter, Index, QueueCount, ViewCounts, waits as due},
};

use crate::desk::{Desk, article, id, keep, ticket};

fn full() -> docket_domain::Ticket {
    docket_domain::Ticket {
        owner: Some(AgentId(id(7))),
        locked: true,
        pending_until: Some(90),
        last_customer_at: Some(91),
        last_agent_at: Some(92),
        first_response_at: Some(93),
        closed_at: Some(94),
        timers: Timers { lock_since: Some(95), last_writer: Some(Sender::Customer), reminded_at: Some(96), silent_since: Some(97) },
        junk_from: Some((QueueId(id(8)), StateId(id(9)))),
        suspicious: true,
        service: Some(docket_domain::ServiceId(id(10))),
        ticket_type: Some(docket_domain::TicketTypeId(id(11))),
        service_level: Some(docket_domain::ServiceLevelId(id(12))),
        clocks: docket_domain::clock::History {
            created_at: 95,
            stays: vec![docket_domain::clock::Stay { since: 95, state: StateId(id(9)) }],
            waiting: vec![96, 97],
            ..Default::default()
        },
        title: "Ünïcode – „Gänsefüßchen“ 🖨 \\ % _ ' \"".into(),
        created_at: i64::MAX,
        changed_at: -1,
        ..ticket(1)
    }
}

/// Where [`full`] was before it was full.
fn bare() -> docket_domain::Ticket {
    docket_domain::Ticket { customer: Customer::default(), ..docket_domain::Ticket::blank(ticket(1).id) }
}

async fn counted(desk: &Db, filter: &Filter) -> i64 {
    ticket::count(&mut desk.read().await.unwrap(), filter).await.unwrap()
}

both! {
    async fn a_ticket_comes_back_as_it_was_saved(desk: Desk) {
        for wanted in [bare(), full(), bare()] {
            desk.keep(&wanted, Class::Viewable).await;
            let mut tx = desk.read().await.unwrap();
            assert_eq!(ticket::find(&mut tx, wanted.id).await.unwrap(), Some(wanted.clone()));
            assert_eq!(ticket::by_number(&mut tx, &wanted.number).await.unwrap(), Some(wanted));
        }
        let mut tx = desk.read().await.unwrap();
        assert_eq!(ticket::find(&mut tx, TicketId(id(99))).await.unwrap(), None);
        assert_eq!(ticket::by_number(&mut tx, "99").await.unwrap(), None);
    }

    async fn a_number_is_given_once(desk: Desk) {
        desk.keep(&ticket(1), Class::Viewable).await;
        let mut tx = desk.begin().await.unwrap();
        let second = docket_domain::Ticket { number: ticket(1).number, ..ticket(2) };
        let refused = keep(&mut tx, &second, Class::Viewable).await.unwrap_err();
        assert!(refused.is_duplicate(), "{refused}");
        drop(tx);
        assert_eq!(counted(&desk, &Filter::default()).await, 1);
    }

    async fn the_feed_names_what_changed(desk: Desk) {
        for n in [1, 2, 3, 1] {
            desk.keep(&ticket(n), Class::Viewable).await;
        }
        let mut tx = desk.read().await.unwrap();
        assert_eq!((tx.head, tx.settings_head), (4, 0));
        assert_eq!(ticket::seq(&mut tx, ticket(1).id).await.unwrap(), Some(4));
        assert_eq!(ticket::seq(&mut tx, TicketId(id(99))).await.unwrap(), None);
        let changed = ticket::changed_after(&mut tx, 1, 10, None).await.unwrap();
        assert_eq!(changed, [(id(2), 2), (id(3), 3), (id(1), 4)]);
        assert_eq!(ticket::changed_after(&mut tx, 1, 2, None).await.unwrap(), [(id(2), 2), (id(3), 3)]);
        assert_eq!(ticket::changed_after(&mut tx, 4, 2, None).await.unwrap(), []);
    }

    async fn who_may_see_it_moves_only_when_it_does(desk: Desk) {
        for scope_moved in [true, false] {
            let mut tx = desk.begin().await.unwrap();
            let seq = tx.next_seq();
            ticket::save(&mut tx, &ticket(1), &Index { class: Class::Viewable, rank: 1, article: None, next: Default::default() }, seq, scope_moved).await.unwrap();
            tx.commit().await.unwrap();
        }
        let mut tx = desk.read().await.unwrap();
        assert_eq!(ticket::seq(&mut tx, ticket(1).id).await.unwrap(), Some(2));
        let scope: i64 = match &desk.db {
            Db::Sqlite { readers, .. } => sqlx::query_scalar("select scope_seq from ticket").fetch_one(readers).await.unwrap(),
            Db::Postgres(pool) => sqlx::query_scalar("select scope_seq from ticket").fetch_one(pool).await.unwrap(),
        };
        assert_eq!(scope, 1);
    }

    async fn preview_attachments_and_trouble_stand_in_the_list(desk: Desk) {
        let one = ticket(1);
        let mut tx = desk.begin().await.unwrap();
        for (text, files) in [("first", true), ("second", false)] {
            let index = Index { class: Class::Viewable, rank: 1, article: Some((text.into(), files)), next: Default::default() };
            ticket::save(&mut tx, &one, &index, 1, true).await.unwrap();
        }
        for (ordinal, delivery) in (1..).zip(["sent", "perhaps_sent", "held"]) {
            let article = docket_domain::Article { delivery: serde_json::from_value(delivery.into()).unwrap(), ..article(&one, ordinal) };
            docket_store::article::insert(&mut tx, &article, 1).await.unwrap();
        }
        ticket::refresh_trouble(&mut tx, one.id).await.unwrap();
        keep(&mut tx, &one, Class::Viewable).await.unwrap();
        let rows = ticket::list(&mut tx, &Filter::default(), ticket::Sort::Changed, true, None, 10).await.unwrap();
        assert_eq!((rows[0].preview.as_str(), rows[0].has_attachments, rows[0].trouble.as_deref()), ("second", true, Some("held")));
        for ordinal in [2, 3] {
            let id = crate::desk::article_id(&one, ordinal);
            docket_store::article::set_delivery(&mut tx, id, docket_domain::Delivery::Sent, Some(5), None, 2).await.unwrap();
        }
        ticket::refresh_trouble(&mut tx, one.id).await.unwrap();
        let rows = ticket::list(&mut tx, &Filter::default(), ticket::Sort::Changed, true, None, 10).await.unwrap();
        assert_eq!(rows[0].trouble, None);
    }

    async fn records_that_change_move_their_tickets(desk: Desk) {
        for n in 1..=3 {
            let state = if n == 3 { StateId(id(50)) } else { ticket(n).state };
            desk.keep(&docket_domain::Ticket { state, ..ticket(n) }, Class::Viewable).await;
        }
        let mut tx = desk.begin().await.unwrap();
        ticket::reindex_state(&mut tx, ticket(1).state, Class::Done).await.unwrap();
        ticket::reindex_priority(&mut tx, ticket(1).priority, 5).await.unwrap();
        ticket::reindex_priority(&mut tx, PriorityId(id(77)), 9).await.unwrap();
        tx.commit().await.unwrap();
        for (class, tickets) in [(0, 2), (1, 1)] {
            assert_eq!(counted(&desk, &Filter { classes: vec![class], ..Filter::default() }).await, tickets);
        }
        let mut tx = desk.read().await.unwrap();
        let rows = ticket::list(&mut tx, &Filter::default(), ticket::Sort::Priority, true, None, 10).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.rank).collect::<Vec<_>>(), [5, 5, 5]);
    }

    async fn a_customer_has_a_history(desk: Desk) {
        for n in 1..=4 {
            let address = if n == 4 { "someone@example.org" } else { "Ann.Ößler@Example.org" };
            let customer = Customer { address: address.into(), name: String::new() };
            let class = [Class::Done, Class::Viewable, Class::Auto][usize::from(n) % 3];
            desk.keep(&docket_domain::Ticket { customer, ..ticket(n) }, class).await;
        }
        let mut tx = desk.read().await.unwrap();
        let (latest, open, total) = ticket::of_customer(&mut tx, "ann.ößler@example.org", 2, None).await.unwrap();
        assert_eq!(latest.iter().map(|brief| brief.id).collect::<Vec<_>>(), [id(3), id(2)]);
        assert_eq!((open, total), (2, 3));
        assert_eq!((latest[0].number.clone(), latest[0].title.clone()), (ticket(3).number, ticket(3).title));
        assert_eq!((latest[0].state_id, latest[0].changed_at), (ticket(3).state.0, 3));
        let (none, open, total) = ticket::of_customer(&mut tx, "nobody@example.org", 2, None).await.unwrap();
        assert_eq!((none.len(), open, total), (0, 0, 0));
    }

    async fn links_go_both_ways(desk: Desk) {
        for n in 1..=3 {
            desk.keep(&ticket(n), Class::Viewable).await;
        }
        let [one, two, three] = [1, 2, 3].map(|n| ticket(n).id);
        let mut tx = desk.begin().await.unwrap();
        ticket::link(&mut tx, one, two, "normal").await.unwrap();
        ticket::link_once(&mut tx, two, one, "other").await.unwrap();
        ticket::link(&mut tx, one, three, "normal").await.unwrap();
        let linked = ticket::linked(&mut tx, one, None).await.unwrap();
        assert_eq!(linked.iter().map(|(brief, kind)| (brief.id, kind.as_str())).collect::<Vec<_>>(), [(id(3), "normal"), (id(2), "normal")]);
        assert_eq!(ticket::linked(&mut tx, two, None).await.unwrap()[0].0.id, id(1));
        ticket::link(&mut tx, two, one, "parent").await.unwrap();
        assert_eq!(ticket::linked(&mut tx, one, None).await.unwrap()[1].1, "child", "a link is of one kind");
        ticket::unlink(&mut tx, two, one).await.unwrap();
        assert_eq!(ticket::linked(&mut tx, two, None).await.unwrap().len(), 0);
        assert_eq!(ticket::linked(&mut tx, one, None).await.unwrap().len(), 1);
    }

    async fn search_knows_letters_beyond_ascii(desk: Desk) {
        let titles = ["Überstunden im März", "100% CPU_last\\weg", "ÜBERWEISUNG fehlt", "Straße gesperrt"];
        for (n, title) in (1..).zip(titles) {
            let class = if n == 3 { Class::Done } else { Class::Viewable };
            let customer = Customer { address: format!("p{n}@example.org"), name: "Zoë Łukasiewicz".into() };
            desk.keep(&docket_domain::Ticket { title: title.into(), customer, ..ticket(n) }, class).await;
        }
        for (text, found) in [
            ("über", vec![1, 3]),
            ("ÜBER", vec![1, 3]),
            ("uber", vec![1, 3]),
            ("u\u{308}ber", vec![1, 3]),
            ("STRASSE", vec![4]),
            ("100%", vec![2]),
            ("cpu_l", vec![2]),
            ("cpu.l", vec![]),
            ("t\\w", vec![2]),
            ("10000002", vec![2]),
            ("2026112110000003", vec![3]),
            ("P4@EXAMPLE", vec![4]),
            ("łukas", vec![4, 2, 1, 3]),
            ("%", vec![2]),
            ("nothing", vec![]),
        ] {
            let mut tx = desk.read().await.unwrap();
            let hits = ticket::search(&mut tx, text, 10, None).await.unwrap();
            assert_eq!(hits.iter().map(|hit| hit.id.as_u128()).collect::<Vec<_>>(), found, "{text}");
        }
        let mut tx = desk.read().await.unwrap();
        assert_eq!(ticket::search(&mut tx, "", 2, None).await.unwrap().len(), 2);
    }

    async fn what_waits_for_a_moment_comes_due(desk: Desk) {
        for (n, class, until) in [(1, Class::Auto, Some(30)), (2, Class::Auto, Some(10)), (3, Class::Viewable, Some(5)), (4, Class::Auto, None), (5, Class::Auto, Some(31))] {
            desk.keep(&docket_domain::Ticket { pending_until: until, ..ticket(n) }, class).await;
        }
        let mut tx = desk.read().await.unwrap();
        let ids = |found: Vec<(i64, TicketId)>| found.into_iter().map(|(_, ticket)| ticket.0).collect::<Vec<_>>();
        assert_eq!(ids(due::pending_auto(&mut tx, 30, None, 10).await.unwrap()), [id(2), id(1)]);
        assert_eq!(ids(due::pending_auto(&mut tx, 30, None, 1).await.unwrap()), [id(2)]);
        assert_eq!(ids(due::pending_auto(&mut tx, 30, Some((10, id(2))), 10).await.unwrap()), [id(1)]);
        assert_eq!(ids(due::reminders(&mut tx, 5, 0, None, 10).await.unwrap()), [id(3)]);
        assert_eq!(ids(due::reminders(&mut tx, 4, 0, None, 10).await.unwrap()), Vec::<uuid::Uuid>::new());
    }

    async fn a_reminder_comes_due_again_where_it_was_long_ago(desk: Desk) {
        for (n, until, reminded_at) in [(1, 10, None), (2, 10, Some(9)), (3, 10, Some(10)), (4, 10, Some(20)), (5, 11, Some(30))] {
            let timers = Timers { reminded_at, ..Timers::default() };
            desk.keep(&docket_domain::Ticket { pending_until: Some(until), timers, ..ticket(n) }, Class::Viewable).await;
        }
        let mut tx = desk.read().await.unwrap();
        let found = due::reminders(&mut tx, 40, 20, None, 10).await.unwrap();
        assert_eq!(found.into_iter().map(|(_, ticket)| ticket.0).collect::<Vec<_>>(), [id(1), id(2), id(3), id(4)]);
    }

    async fn locks_and_silence_are_found_queue_by_queue(desk: Desk) {
        let (queue, state) = (ticket(1).queue, ticket(1).state);
        let locked = |n, since| docket_domain::Ticket {
            locked: true,
            owner: Some(AgentId(id(7))),
            timers: Timers { lock_since: Some(since), ..Timers::default() },
            ..ticket(n)
        };
        let along = docket_domain::Ticket { away: Some(Away { agent: AgentId(id(7)), since: 1 }), ..locked(3, 5) };
        let elsewhere = docket_domain::Ticket { queue: QueueId(id(80)), ..locked(4, 5) };
        let resting = docket_domain::Ticket { state: StateId(id(81)), ..locked(5, 5) };
        for ticket in [locked(1, 20), locked(2, 10), along, elsewhere, resting, locked(6, 31), ticket(7)] {
            desk.keep(&ticket, Class::Viewable).await;
        }
        let mut tx = desk.read().await.unwrap();
        let found = due::locked(&mut tx, queue, &[state], 30, None, 10).await.unwrap();
        assert_eq!(found, [(10, TicketId(id(2))), (20, TicketId(id(1)))]);
        assert_eq!(due::locked(&mut tx, queue, &[state], 30, Some((10, id(2))), 10).await.unwrap(), [(20, TicketId(id(1)))]);
        assert_eq!(due::locked(&mut tx, queue, &[], 30, None, 10).await.unwrap(), []);
        drop(tx);
        for (n, said, answered, told) in
            [(11, 10, None, None), (12, 12, Some(11), None), (13, 10, Some(10), None), (14, 10, None, Some(10)), (15, 20, None, Some(10)), (16, 31, None, None)]
        {
            let timers = Timers { silent_since: told, ..Timers::default() };
            let silent = docket_domain::Ticket { last_agent_at: Some(said), last_customer_at: answered, timers, ..ticket(n) };
            desk.keep(&silent, Class::Viewable).await;
        }
        let mut tx = desk.read().await.unwrap();
        let found = due::silent(&mut tx, queue, 30, None, 10).await.unwrap();
        assert_eq!(found.into_iter().map(|(_, ticket)| ticket.0).collect::<Vec<_>>(), [id(11), id(12), id(15)]);
        let words = due::last_words(&mut tx, &[id(12), id(11), id(99)]).await.unwrap();
        assert_eq!(words.len(), 2);
        assert!(words.contains(&(id(12), Some(11))) && words.contains(&(id(11), None)));
    }

    async fn facts_of_older_tickets_are_brought_up_to_date(desk: Desk) {
        let wrote = Timers { last_writer: Some(Sender::Agent), ..Timers::default() };
        for (n, articles, timers, class) in [(1, 2, Timers::default(), Class::Viewable), (2, 2, wrote, Class::Viewable), (3, 0, Timers::default(), Class::Viewable), (4, 2, Timers::default(), Class::Done), (5, 2, Timers::default(), Class::Auto)] {
            desk.keep(&docket_domain::Ticket { articles, timers, ..ticket(n) }, class).await;
        }
        let mut tx = desk.begin().await.unwrap();
        let old = due::without_facts(&mut tx, None, 10).await.unwrap();
        assert_eq!(old.iter().map(|ticket| ticket.id.0).collect::<Vec<_>>(), [id(1), id(5)]);
        assert_eq!(due::without_facts(&mut tx, Some(TicketId(id(1))), 10).await.unwrap().len(), 1);
        due::set_facts(&mut tx, TicketId(id(1)), &wrote).await.unwrap();
        assert_eq!(ticket::find(&mut tx, TicketId(id(1))).await.unwrap().unwrap().timers, wrote);
        assert_eq!(due::without_facts(&mut tx, None, 10).await.unwrap().len(), 1);
    }

    async fn counts_follow_every_save(desk: Desk) {
        let (agent, queue) = (AgentId(id(70)), QueueId(id(80)));
        let mut one = ticket(1);
        desk.keep(&one, Class::Viewable).await;
        desk.keep(&ticket(2), Class::Viewable).await;
        desk.keep(&ticket(3), Class::Auto).await;
        (one.owner, one.locked, one.queue, one.pending_until) = (Some(agent), true, queue, Some(9));
        desk.keep(&one, Class::Viewable).await;
        let mut tx = desk.read().await.unwrap();
        let mut queues = ticket::queue_counts(&mut tx, None).await.unwrap();
        queues.sort_by_key(|count| count.locked);
        let wanted = [(ticket(2).queue.0, false), (queue.0, true)].map(|(queue_id, locked)| QueueCount { queue_id, locked, tickets: 1 });
        assert_eq!(queues, wanted);
        let views = ticket::view_counts(&mut tx, agent.0, &[]).await.unwrap();
        assert_eq!(views, ViewCounts { mine: 1, locked: 1, reminders: 1, watched: 0, silent: 0 });
        assert_eq!(ticket::view_counts(&mut tx, agent.0, &[id(1)]).await.unwrap(), ViewCounts::default(), "snoozed");
        let without = Filter { owner: Some(agent.0), without: vec![id(1)], ..Filter::default() };
        assert_eq!(ticket::count(&mut tx, &without).await.unwrap(), 0);
        assert_eq!(ticket::view_counts(&mut tx, id(1), &[]).await.unwrap(), ViewCounts::default());
        drop(tx);
        desk.keep(&one, Class::Done).await;
        let mut tx = desk.begin().await.unwrap();
        assert_eq!(ticket::view_counts(&mut tx, agent.0, &[]).await.unwrap(), ViewCounts::default());
        assert_eq!(ticket::queue_counts(&mut tx, None).await.unwrap(), [QueueCount { queue_id: ticket(2).queue.0, locked: false, tickets: 1 }]);
        let closed = Filter { classes: vec![0], queues: vec![queue.0], ..Filter::default() };
        assert_eq!(ticket::count(&mut tx, &closed).await.unwrap(), 1);
        ticket::recount(&mut tx).await.unwrap();
        assert_eq!(ticket::count(&mut tx, &closed).await.unwrap(), 1);
        assert_eq!(ticket::count(&mut tx, &Filter::default()).await.unwrap(), 3);
    }
}
