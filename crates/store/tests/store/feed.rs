//! One writer at a time, numbers in the order of commits, readers who see one moment.

use std::{collections::BTreeSet, process::Command, time::Duration};

use docket_domain::CommandId;
use docket_store::{Db, Tx, command, ticket::Class};
use proptest::prelude::*;
use uuid::Uuid;

use crate::desk::{Desk, id, keep, ticket};

/// Spends a feed number and says so in a row that carries it.
async fn write(db: &Db, id: Uuid) {
    let mut tx = db.begin().await.unwrap();
    let seq = tx.next_seq();
    command::insert(&mut tx, CommandId(id), seq, 0, "").await.unwrap();
    tx.commit().await.unwrap();
}

async fn seqs(db: &Db) -> Vec<i64> {
    const SQL: &str = "select seq from command order by seq";
    match db {
        Db::Sqlite { readers, .. } => sqlx::query_scalar(SQL).fetch_all(readers).await.unwrap(),
        Db::Postgres(pool) => sqlx::query_scalar(SQL).fetch_all(pool).await.unwrap(),
    }
}

async fn reopen(place: &str) -> Db {
    if place.starts_with("postgres:") { Db::open_postgres(place).await.unwrap() } else { Db::open_sqlite(place.as_ref()).await.unwrap() }
}

/// One step of a writer.
#[derive(Clone, Debug)]
enum Step {
    Next,
    NextSettings,
    Commit,
    Rollback,
}

/// The model: what is committed, and what is on the way. Numbers only grow, none is lost by a commit, none is spent by a
/// rollback.
async fn follow(db: &Db, steps: &[Step]) {
    let mut committed = (0, 0);
    let mut open: Option<(Tx, (i64, i64))> = None;
    for step in steps {
        let (mut tx, mut wanted) = match open.take() {
            Some(open) => open,
            None => {
                let tx = db.begin().await.unwrap();
                if committed == (0, 0) {
                    committed = (tx.head, tx.settings_head);
                }
                assert_eq!((tx.head, tx.settings_head), committed);
                (tx, committed)
            }
        };
        match step {
            Step::Next => {
                wanted.0 += 1;
                assert_eq!(tx.next_seq(), wanted.0);
            }
            Step::NextSettings => {
                wanted = (wanted.0 + 1, wanted.0 + 1);
                assert_eq!(tx.next_settings_seq(), wanted.1);
            }
            Step::Commit => {
                tx.commit().await.unwrap();
                committed = wanted;
                continue;
            }
            Step::Rollback => continue,
        }
        let seen = db.read().await.unwrap();
        assert_eq!((seen.head, seen.settings_head), committed, "a reader sees only what is committed");
        open = Some((tx, wanted));
    }
}

fn follow_random_steps(desk: &Desk, cases: u32) {
    let step = prop_oneof![4 => Just(Step::Next), 1 => Just(Step::NextSettings), 2 => Just(Step::Commit), 1 => Just(Step::Rollback)];
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let runtime = tokio::runtime::Handle::current();
    proptest!(config, |(steps in prop::collection::vec(step, 1..30))| {
        runtime.block_on(follow(&desk.db, &steps));
    });
}

both! {
    async fn numbers_grow_with_commits_alone(desk: Desk) {
        tokio::task::block_in_place(|| follow_random_steps(&desk, 40));
    }

    async fn writers_at_once_get_numbers_of_their_own(desk: Desk) {
        let tasks: Vec<_> = (0..8_u128).map(|writer| {
            let db = desk.db.clone();
            tokio::spawn(async move {
                for n in 0..15 {
                    write(&db, id(writer * 1000 + n)).await;
                }
            })
        }).collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(seqs(&desk).await, (1..=120).collect::<Vec<i64>>());
        assert_eq!(desk.read().await.unwrap().head, 120);
    }

    async fn processes_at_once_get_numbers_of_their_own(desk: Desk) {
        let writer = |name: u32| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "feed::a_writer_of_another_process", "--nocapture"])
                .env("DOCKET_STORE_PLACE", &desk.place)
                .env("DOCKET_STORE_WRITER", name.to_string())
                .stdout(std::process::Stdio::null())
                .spawn()
                .unwrap()
        };
        let writers = [1, 2, 3].map(writer);
        for n in 0..20 {
            write(&desk, id(n)).await;
        }
        for mut writer in writers {
            assert!(tokio::task::block_in_place(|| writer.wait().unwrap()).success());
        }
        assert_eq!(seqs(&desk).await, (1..=80).collect::<Vec<i64>>());
    }

    async fn a_second_writer_waits(desk: Desk) {
        let other = reopen(&desk.place).await;
        let mut first = desk.begin().await.unwrap();
        let second = tokio::spawn(async move {
            let tx = other.begin().await.unwrap();
            tx.head
        });
        for _ in 0..3 {
            // It has every chance to go on, and does not.
            tokio::time::timeout(Duration::from_millis(50), std::future::pending::<()>()).await.unwrap_err();
            assert!(!second.is_finished());
        }
        first.next_seq();
        first.commit().await.unwrap();
        assert_eq!(second.await.unwrap(), 1, "it sees what the first one did");
    }

    async fn a_reader_sees_one_moment(desk: Desk) {
        desk.keep(&ticket(1), Class::Viewable).await;
        let mut reader = desk.read().await.unwrap();
        desk.keep(&ticket(2), Class::Viewable).await;
        desk.keep(&docket_domain::Ticket { title: "changed".into(), ..ticket(1) }, Class::Viewable).await;
        assert_eq!(reader.head, 1);
        assert_eq!(docket_store::ticket::find(&mut reader, ticket(1).id).await.unwrap(), Some(ticket(1)));
        assert_eq!(docket_store::ticket::find(&mut reader, ticket(2).id).await.unwrap(), None);
        assert_eq!(docket_store::ticket::changed_after(&mut reader, 0, 10, None).await.unwrap().len(), 1);
        drop(reader);
        assert_eq!(desk.read().await.unwrap().head, 3);
    }

    async fn a_reader_cannot_write(desk: Desk) {
        let mut reader = desk.read().await.unwrap();
        assert!(keep(&mut reader, &ticket(1), Class::Viewable).await.is_err());
        drop(reader);
        desk.keep(&ticket(1), Class::Viewable).await;
    }

    async fn what_is_beside_the_feed_leaves_it_alone(desk: Desk) {
        let mut tx = desk.aside().await.unwrap();
        tx.count("beside").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(desk.begin().await.unwrap().head, 0);
    }

    async fn a_writer_that_is_given_up_holds_nobody(desk: Desk) {
        for wait in 0..60_u64 {
            let db = desk.db.clone();
            let task = tokio::spawn(async move {
                for n in 0.. {
                    let mut tx = db.begin().await.unwrap();
                    keep(&mut tx, &ticket(n), Class::Viewable).await.unwrap();
                    tx.commit().await.unwrap();
                }
            });
            tokio::time::timeout(Duration::from_micros(wait * 150), std::future::pending::<()>()).await.unwrap_err();
            task.abort();
            assert!(task.await.unwrap_err().is_cancelled());
            let tx = tokio::time::timeout(Duration::from_secs(10), desk.begin()).await.expect("nobody holds the writer").unwrap();
            drop(tx);
        }
        let mut tx = desk.read().await.unwrap();
        let head = tx.head;
        let changed = docket_store::ticket::changed_after(&mut tx, 0, i64::MAX, None).await.unwrap();
        assert!(changed.last().is_some_and(|(_, seq)| *seq == head), "each commit is whole");
    }

    async fn only_sqlite_counts_the_changes_of_others(desk: Desk) {
        let before = desk.data_version().await.unwrap();
        assert_eq!(before.is_none(), desk.is_postgres());
        desk.keep(&ticket(1), Class::Viewable).await;
        assert_eq!(desk.data_version().await.unwrap(), before, "the own changes do not count");
        let other = reopen(&desk.place).await;
        write(&other, id(1)).await;
        other.close().await;
        assert_eq!(desk.data_version().await.unwrap() != before, !desk.is_postgres());
    }
}

/// Does nothing by itself: [`processes_at_once_get_numbers_of_their_own`] starts it.
#[tokio::test]
async fn a_writer_of_another_process() {
    let Ok(place) = std::env::var("DOCKET_STORE_PLACE") else { return };
    let writer: u128 = std::env::var("DOCKET_STORE_WRITER").unwrap().parse().unwrap();
    let db = reopen(&place).await;
    let mut mine = BTreeSet::new();
    for n in 0..20 {
        let id = id(writer * 1000 + n);
        write(&db, id).await;
        mine.insert(id);
    }
    assert_eq!(mine.len(), 20);
    db.close().await;
}
