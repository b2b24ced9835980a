use docket_store::job::{self, Change, Job};

use crate::desk::{Desk, id};

pub fn waiting(n: u128, due_at: i64) -> Job {
    Job {
        id: id(n),
        kind: "mail".into(),
        ticket_id: id(100),
        article_id: id(200 + n),
        state: "waiting".into(),
        due_at,
        attempts: 0,
        body: "{}".into(),
        error: None,
        holder: None,
        changed_at: 1,
    }
}

both! {
    async fn jobs_come_due_in_order(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        assert_eq!(job::next_due(&mut tx).await.unwrap(), None);
        for (n, due) in [(1, 30), (2, 10), (3, 20), (4, 99), (5, 10)] {
            job::insert(&mut tx, &waiting(n, due)).await.unwrap();
        }
        job::insert(&mut tx, &Job { state: "held".into(), error: Some("e".into()), holder: Some("h".into()), ..waiting(6, 1) }).await.unwrap();
        assert_eq!(job::next_due(&mut tx).await.unwrap(), Some(10));
        assert_eq!(job::in_state(&mut tx, "held").await.unwrap()[0].error.as_deref(), Some("e"));
        let mut counts = job::counts(&mut tx).await.unwrap();
        counts.sort();
        assert_eq!(counts, [("held".into(), 1), ("waiting".into(), 5)]);
        let due: Vec<_> = job::claim(&mut tx, "me", 30, 3).await.unwrap().into_iter().map(|job| job.id.as_u128()).collect();
        assert_eq!(due, [2, 5, 3]);
        assert_eq!(job::next_due(&mut tx).await.unwrap(), Some(30));
    }

    async fn a_job_can_get_another_body(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        job::insert(&mut tx, &waiting(1, 30)).await.unwrap();
        job::set_body(&mut tx, uuid::Uuid::from_u128(1), "other").await.unwrap();
        assert_eq!(job::claim(&mut tx, "me", 30, 1).await.unwrap()[0].body, "other");
    }

    async fn a_step_is_taken_once(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        job::insert(&mut tx, &waiting(1, 10)).await.unwrap();
        assert_eq!(job::of_article(&mut tx, id(201)).await.unwrap(), Some(waiting(1, 10)));
        assert_eq!(job::of_article(&mut tx, id(999)).await.unwrap(), None);
        let claim = Change { holder: Some("me"), ..Change::default() };
        assert!(job::step(&mut tx, id(1), "waiting", "claimed", claim.clone(), 2).await.unwrap());
        assert!(!job::step(&mut tx, id(1), "waiting", "claimed", claim, 3).await.unwrap());
        let claimed = Job { state: "claimed".into(), holder: Some("me".into()), changed_at: 2, ..waiting(1, 10) };
        assert_eq!(job::of_article(&mut tx, id(201)).await.unwrap(), Some(claimed));
        let retry = Change { due_at: Some(50), attempts: Some(1), error: Some("451"), holder: None };
        assert!(job::step(&mut tx, id(1), "claimed", "waiting", retry, 4).await.unwrap());
        let wanted = Job { attempts: 1, error: Some("451".into()), changed_at: 4, ..waiting(1, 50) };
        assert_eq!(job::of_article(&mut tx, id(201)).await.unwrap(), Some(wanted));
    }

    async fn two_claims_at_once_have_one_winner(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        job::insert(&mut tx, &waiting(1, 10)).await.unwrap();
        tx.commit().await.unwrap();
        let tasks: Vec<_> = (0..8).map(|_| {
            let db = desk.db.clone();
            tokio::spawn(async move {
                let mut tx = db.aside().await.unwrap();
                let won = job::step(&mut tx, id(1), "waiting", "claimed", Change::default(), 2).await.unwrap();
                tx.commit().await.unwrap();
                won
            })
        }).collect();
        let mut winners = 0;
        for task in tasks {
            winners += u32::from(task.await.unwrap());
        }
        assert_eq!(winners, 1);
    }

    async fn automatic_mails_are_counted_by_day(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        for wanted in 1..=3 {
            assert_eq!(job::count_auto(&mut tx, "a@example.org", "2026-11-21").await.unwrap(), wanted);
        }
        assert_eq!(job::count_auto(&mut tx, "a@example.org", "2026-11-22").await.unwrap(), 1);
        assert_eq!(job::count_auto(&mut tx, "a@example.org", "2026-11-21").await.unwrap(), 4);
    }
}
