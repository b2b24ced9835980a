use docket_domain::{AgentId, ticket::Away};
use docket_store::{
    article, merge, personal,
    ticket::{self, Class, Filter, ListRow, Sort},
};

use crate::desk::{Desk, article, article_id, id, keep, ticket};

both! {
    async fn articles_go_behind_those_that_are_there(desk: Desk) {
        let (one, two, ana) = (ticket(1), ticket(2), AgentId(id(90)));
        let mut tx = desk.begin().await.unwrap();
        for (ticket, preview) in [(&one, "first"), (&two, "second")] {
            let index = ticket::Index { class: Class::Viewable, rank: 3, article: Some((preview.into(), preview == "first")), next: Default::default() };
            ticket::save(&mut tx, ticket, &index, 1, true).await.unwrap();
        }
        for ordinal in 1..=3 {
            let newer = docket_domain::Article { created_at: 50 + ordinal, ..article(&one, ordinal) };
            article::insert(&mut tx, &newer, 1).await.unwrap();
        }
        for ordinal in 1..=2 {
            article::insert(&mut tx, &article(&two, ordinal), 1).await.unwrap();
        }
        article::mark_read(&mut tx, ana, one.id, article_id(&one, 2), true).await.unwrap();
        merge::shown(&mut tx, one.id, two.id).await.unwrap();
        merge::articles(&mut tx, one.id, two.id, 2, 9).await.unwrap();
        let there = article::of_ticket(&mut tx, two.id).await.unwrap();
        let expected = [article_id(&two, 1), article_id(&two, 2), article_id(&one, 1), article_id(&one, 2), article_id(&one, 3)];
        assert_eq!(there.iter().map(|stored| (stored.article.id, stored.article.ordinal)).collect::<Vec<_>>(), expected.into_iter().zip(1..).collect::<Vec<_>>());
        assert_eq!(article::of_ticket(&mut tx, one.id).await.unwrap(), []);
        assert_eq!(article::read_marks(&mut tx, ana, two.id).await.unwrap(), [(article_id(&one, 2).0, true)]);
        let rows = ticket::list(&mut tx, &Filter::default(), Sort::Number, false, None, 10).await.unwrap();
        let shown = |row: &ListRow| (row.preview.clone(), row.has_attachments);
        assert_eq!(rows.iter().map(shown).collect::<Vec<_>>(), [(String::new(), false), ("first".into(), true)]);
    }

    async fn links_move_none_to_itself_and_none_twice(desk: Desk) {
        for n in 1..=4 {
            desk.keep(&ticket(n), Class::Viewable).await;
        }
        let [one, two, three, four] = [1, 2, 3, 4].map(|n| ticket(n).id);
        let mut tx = desk.begin().await.unwrap();
        for (from, to, kind) in [(one, two, "normal"), (one, three, "parent"), (two, three, "normal"), (one, four, "child")] {
            ticket::link(&mut tx, from, to, kind).await.unwrap();
        }
        assert_eq!(merge::links(&mut tx, one, two).await.unwrap(), [three, four]);
        let mut links = Vec::new();
        for ticket in [one, two, three, four] {
            links.push(ticket::linked(&mut tx, ticket, None).await.unwrap().into_iter().map(|(brief, kind)| (brief.id, kind)).collect::<Vec<_>>());
        }
        let link = |n, kind: &str| (id(n), kind.to_owned());
        assert_eq!(links, [vec![], vec![link(4, "child"), link(3, "normal")], vec![link(2, "normal")], vec![link(2, "parent")]]);
    }

    async fn drafts_are_found_by_ticket_whoever_wrote_them(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        let (one, two) = (ticket(1).id, ticket(2).id);
        for (agent, key) in [(90, format!("{one}/reply")), (91, format!("{one}/note")), (91, format!("{two}/note"))] {
            personal::save(&mut tx, AgentId(id(agent)), "draft", &key, "{}", 5).await.unwrap();
        }
        let found = merge::drafts(&mut tx, one).await.unwrap();
        let keys: Vec<_> = found.iter().map(|(agent, draft)| (agent.0, draft.key.clone())).collect();
        assert_eq!(keys, [(id(90), format!("{one}/reply")), (id(91), format!("{one}/note"))]);
    }

    async fn what_is_away_is_locked_yet_among_the_new_work(desk: Desk) {
        let ana = AgentId(id(90));
        let held = docket_domain::Ticket { owner: Some(ana), locked: true, ..ticket(1) };
        let away = docket_domain::Ticket { away: Some(Away { agent: ana, since: 7 }), owner: Some(ana), locked: true, ..ticket(2) };
        let mut tx = desk.begin().await.unwrap();
        for ticket in [&held, &away] {
            keep(&mut tx, ticket, Class::Viewable).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = desk.read().await.unwrap();
        assert_eq!(ticket::find(&mut tx, away.id).await.unwrap(), Some(away.clone()));
        let found = async |tx: &mut docket_store::Tx, filter: Filter| {
            let rows = ticket::list(tx, &filter, Sort::Changed, true, None, 10).await.unwrap();
            assert_eq!(ticket::count(tx, &filter).await.unwrap(), rows.len() as i64, "{filter:?}");
            rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
        };
        let open = Filter { classes: vec![1], ..Filter::default() };
        assert_eq!(found(&mut tx, Filter { locked: Some(false), ..open.clone() }).await, [id(2)]);
        assert_eq!(found(&mut tx, Filter { owner: Some(ana.0), locked_by_owner: true, ..open.clone() }).await, [id(2), id(1)]);
        let counts = ticket::queue_counts(&mut tx, None).await.unwrap();
        assert_eq!(counts.iter().map(|count| (count.locked, count.tickets)).collect::<std::collections::BTreeSet<_>>(), [(false, 1), (true, 1)].into());
        drop(tx);
        desk.keep(&docket_domain::Ticket { away: None, locked: false, ..away }, Class::Viewable).await;
        let counts = ticket::queue_counts(&mut desk.read().await.unwrap(), None).await.unwrap();
        assert_eq!(counts.iter().map(|count| (count.locked, count.tickets)).collect::<std::collections::BTreeSet<_>>(), [(false, 1), (true, 1)].into());
    }

    async fn who_watches_and_who_answers_is_found(desk: Desk) {
        let (ana, ben) = (AgentId(id(90)), AgentId(id(91)));
        let watched = docket_domain::Ticket { watchers: [ana].into(), responsible: Some(ben), ..ticket(1) };
        desk.keep(&watched, Class::Viewable).await;
        desk.keep(&docket_domain::Ticket { watchers: [ana].into(), ..ticket(2) }, Class::Done).await;
        let mut tx = desk.read().await.unwrap();
        let open = Filter { classes: vec![1, 2], ..Filter::default() };
        for (filter, total) in [
            (Filter { watched_by: Some(ana.0), ..open.clone() }, 1),
            (Filter { watched_by: Some(ben.0), ..open.clone() }, 0),
            (Filter { watched_by: Some(ana.0), ..Filter::default() }, 2),
            (Filter { responsible: Some(ben.0), ..open.clone() }, 1),
            (Filter { responsible: Some(ana.0), ..open }, 0),
        ] {
            let rows = ticket::list(&mut tx, &filter, Sort::Changed, true, None, 10).await.unwrap();
            assert_eq!((rows.len(), ticket::count(&mut tx, &filter).await.unwrap()), (total, total as i64), "{filter:?}");
        }
        assert_eq!(ticket::view_counts(&mut tx, ana.0, &[]).await.unwrap().watched, 1);
    }
}
