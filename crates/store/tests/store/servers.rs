use docket_store::{
    attempt, job,
    server::{self, MailboxStatus, Server},
};

use crate::desk::{Desk, id};

fn seen(n: u128, at: i64) -> Server {
    Server { id: id(n), name: format!("server {n}"), version: "1".into(), started_at: 5, seen_at: at }
}

both! {
    async fn a_server_is_there_until_it_is_removed(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        server::beat(&mut tx, &seen(1, 10)).await.unwrap();
        server::beat(&mut tx, &Server { name: "https://desk.test".into(), started_at: 7, ..seen(1, 20) }).await.unwrap();
        let wanted = Server { name: "https://desk.test".into(), ..seen(1, 20) };
        assert_eq!(server::all(&mut tx).await.unwrap(), [wanted]);
        assert!(!server::remove(&mut tx, id(1), 20).await.unwrap(), "it was heard of");
        assert!(server::remove(&mut tx, id(1), 21).await.unwrap());
        assert_eq!(server::all(&mut tx).await.unwrap(), []);
    }

    async fn a_lease_changes_hands_when_its_server_is_gone(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        server::beat(&mut tx, &seen(1, 10)).await.unwrap();
        server::beat(&mut tx, &seen(2, 10)).await.unwrap();
        assert!(server::lease(&mut tx, "timers", id(1), 10).await.unwrap());
        assert!(server::lease(&mut tx, "timers", id(1), 10).await.unwrap(), "it stays with whose it is");
        assert!(!server::lease(&mut tx, "timers", id(2), 10).await.unwrap());
        assert!(server::lease(&mut tx, "mailbox", id(2), 10).await.unwrap());
        server::beat(&mut tx, &seen(2, 40)).await.unwrap();
        assert!(server::lease(&mut tx, "timers", id(2), 11).await.unwrap(), "its server has fallen silent");
        assert!(server::remove(&mut tx, id(2), 99).await.unwrap());
        server::beat(&mut tx, &seen(1, 40)).await.unwrap();
        assert!(server::lease(&mut tx, "mailbox", id(1), 10).await.unwrap(), "its server has gone");
    }

    async fn the_databases_clock_goes(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        let now = server::now(&mut tx).await.unwrap();
        assert!(now > 1_700_000_000_000 && now < 9_000_000_000_000, "{now}");
        assert!(server::now(&mut tx).await.unwrap() >= now);
    }

    async fn a_mailbox_has_the_status_it_was_given_last(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        let first = MailboxStatus {
            mailbox_id: id(1), server_id: id(2), status: "failed".into(), code: Some("c".into()), detail: Some("d\0".into()), since: 3,
            foreign_desk: None,
        };
        server::set_mailbox_status(&mut tx, &first).await.unwrap();
        let last = MailboxStatus { server_id: id(3), status: "connected".into(), code: None, detail: None, since: 9, ..first };
        server::set_mailbox_status(&mut tx, &last).await.unwrap();
        assert_eq!(server::mailbox_statuses(&mut tx).await.unwrap(), [last]);
    }

    async fn a_job_that_was_taken_away_is_left_alone(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        job::insert(&mut tx, &crate::jobs::waiting(1, 10)).await.unwrap();
        let mine = job::claim(&mut tx, "one/1", 10, 4).await.unwrap().remove(0);
        assert!(job::keep(&mut tx, &mine).await.unwrap());
        assert_eq!(job::claim(&mut tx, "two/1", 10, 4).await.unwrap(), []);
        // Another server finds the claim stale, and claims the job itself.
        assert!(job::step(&mut tx, mine.id, "claimed", "waiting", job::Change::default(), 20).await.unwrap());
        let theirs = job::claim(&mut tx, "two/2", 20, 4).await.unwrap().remove(0);
        let change = || job::Change { holder: mine.holder.as_deref(), ..job::Change::default() };
        assert!(!job::own_step(&mut tx, &mine, "claimed", "started", change(), 30).await.unwrap());
        assert!(!job::keep(&mut tx, &mine).await.unwrap());
        assert!(job::keep(&mut tx, &theirs).await.unwrap());
    }

    async fn wrong_attempts_are_counted_until_they_are_forgotten(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        assert_eq!(attempt::blocked_until(&mut tx, "login x").await.unwrap(), 0);
        assert_eq!(attempt::count(&mut tx, "login x", 10, 0).await.unwrap(), 1);
        assert_eq!(attempt::count(&mut tx, "login x", 20, 10).await.unwrap(), 2);
        attempt::block(&mut tx, "login x", 99).await.unwrap();
        assert_eq!(attempt::blocked_until(&mut tx, "login x").await.unwrap(), 99);
        assert_eq!(attempt::count(&mut tx, "login x", 90, 21).await.unwrap(), 1, "the others are too long ago");
        attempt::expire(&mut tx, 90).await.unwrap();
        assert_eq!(attempt::count(&mut tx, "login x", 91, 0).await.unwrap(), 2);
        attempt::forget(&mut tx, "login x").await.unwrap();
        assert_eq!(attempt::blocked_until(&mut tx, "login x").await.unwrap(), 0);
    }
}

#[tokio::test]
async fn what_is_committed_is_heard_with_the_new_head() {
    let desk = Desk::postgres().await;
    let mut ears = desk.listen().await.unwrap().unwrap();
    let mut tx = desk.begin().await.unwrap();
    let seq = tx.next_seq();
    tx.tell("and this").await.unwrap();
    desk.tell("first").await.unwrap();
    tx.commit().await.unwrap();
    for word in ["first", "and this", seq.to_string().as_str()] {
        assert_eq!(ears.next().await.unwrap().as_deref(), Some(word));
    }
    let tx = desk.begin().await.unwrap();
    drop(tx);
    desk.tell(&"x".repeat(9_000)).await.unwrap();
    desk.tell("last").await.unwrap();
    assert_eq!(ears.next().await.unwrap().as_deref(), Some("last"), "what was not committed, and what is too long, is not said");
    assert!(Desk::sqlite().await.listen().await.unwrap().is_none());
}

#[tokio::test]
async fn who_claims_at_the_same_moment_gets_other_jobs_and_waits_for_nobody() {
    let desk = Desk::postgres().await;
    let mut tx = desk.begin().await.unwrap();
    for n in 1..=5 {
        job::insert(&mut tx, &crate::jobs::waiting(n, 10)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let (mut one, mut two) = (desk.aside().await.unwrap(), desk.aside().await.unwrap());
    let first = job::claim(&mut one, "one/1", 10, 2).await.unwrap();
    let second = tokio::time::timeout(std::time::Duration::from_secs(20), job::claim(&mut two, "two/1", 10, 4));
    let second = second.await.expect("it waits for nobody").unwrap();
    one.commit().await.unwrap();
    two.commit().await.unwrap();
    let ids: Vec<_> = first.iter().chain(&second).map(|job| job.id.as_u128()).collect();
    assert_eq!(ids, [1, 2, 3, 4, 5]);
}
