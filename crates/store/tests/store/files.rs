//! Migrations, copies, and a disk that is full.

use docket_store::{Db, Error, ticket::Class};

use crate::desk::{Desk, article, keep, ticket};

/// The rows of the table of migrations, and its tables.
async fn looks(db: &Db) -> (Vec<i64>, i64) {
    const VERSIONS: &str = "select version from _sqlx_migrations order by version";
    match db {
        Db::Sqlite { writer, .. } => (
            sqlx::query_scalar(VERSIONS).fetch_all(writer).await.unwrap(),
            sqlx::query_scalar("select count(*) from sqlite_master").fetch_one(writer).await.unwrap(),
        ),
        Db::Postgres(pool) => (
            sqlx::query_scalar(VERSIONS).fetch_all(pool).await.unwrap(),
            sqlx::query_scalar("select count(*) from pg_class").fetch_one(pool).await.unwrap(),
        ),
    }
}

async fn bring_up_to_date(desk: Desk) {
    assert_eq!(desk.migration_state().await.unwrap(), (false, true));
    desk.migrate().await.unwrap();
    assert_eq!(desk.migration_state().await.unwrap(), (true, false));
    desk.keep(&ticket(1), Class::Viewable).await;
    let before = looks(&desk).await;
    desk.migrate().await.unwrap();
    assert_eq!(looks(&desk).await, before, "twice is once");
    assert_eq!(desk.read().await.unwrap().head, 1);
}

#[tokio::test]
async fn an_empty_sqlite_is_brought_up_to_date() {
    bring_up_to_date(Desk::bare_sqlite().await).await;
}

#[tokio::test]
async fn an_empty_postgres_is_brought_up_to_date() {
    bring_up_to_date(Desk::bare_postgres().await).await;
}

both! {
    async fn a_newer_database_is_left_alone(desk: Desk) {
        desk.keep(&ticket(1), Class::Viewable).await;
        desk.execute("create table from_the_future (id bigint primary key)").await;
        desk.execute(
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
             select 99990101000000, 'later', success, checksum, 1 from _sqlx_migrations limit 1",
        ).await;
        let before = looks(&desk).await;
        let refused = desk.migrate().await.unwrap_err();
        assert!(matches!(refused, Error::Newer), "{refused:?}");
        assert_eq!(refused.to_string(), "this database was written by a newer Docket; install that version or restore a backup made before it");
        assert_eq!(looks(&desk).await, before);
        assert_eq!(docket_store::ticket::find(&mut desk.read().await.unwrap(), ticket(1).id).await.unwrap(), Some(ticket(1)));
    }

    async fn migrations_at_once_are_one(desk: Desk) {
        desk.execute("select 1").await;
        let (one, other) = tokio::join!(desk.migrate(), desk.migrate());
        one.unwrap();
        other.unwrap();
    }

    async fn it_is_whole_and_settled(desk: Desk) {
        desk.keep(&ticket(1), Class::Viewable).await;
        desk.settle().await.unwrap();
        assert_eq!(desk.integrity().await.unwrap(), "ok");
        desk.close().await;
        assert!(desk.begin().await.is_err());
    }
}

#[tokio::test]
async fn a_copy_is_complete() {
    let desk = Desk::sqlite().await;
    desk.keep(&ticket(1), Class::Viewable).await;
    let path = desk.file("copy's \"name\".db");
    desk.copy_to(&path).await.unwrap();
    let copy = Db::open_sqlite(&path).await.unwrap();
    assert_eq!(docket_store::ticket::find(&mut copy.read().await.unwrap(), ticket(1).id).await.unwrap(), Some(ticket(1)));
    assert!(desk.copy_to(&path).await.is_err(), "a copy overwrites nothing");
}

#[tokio::test]
async fn a_full_disk_is_told_and_loses_nothing() {
    let desk = Desk::sqlite().await;
    let Db::Sqlite { writer, .. } = &desk.db else { unreachable!() };
    desk.keep(&ticket(1), Class::Viewable).await;
    let pages: i64 = sqlx::query_scalar("pragma page_count").fetch_one(writer).await.unwrap();
    let limit = |pages: i64| sqlx::AssertSqlSafe(format!("pragma max_page_count = {pages}"));
    let full = async || {
        let mut tx = desk.begin().await?;
        keep(&mut tx, &ticket(2), Class::Viewable).await?;
        let big = docket_domain::Article { text: "x".repeat(1 << 20), ..article(&ticket(2), 1) };
        docket_store::article::insert(&mut tx, &big, 2).await?;
        tx.commit().await
    };
    for _ in 0..3 {
        // The limit is the connection's own, and a new one takes its place.
        sqlx::query(limit(pages + 10)).fetch_one(writer).await.unwrap();
        let refused = full().await.unwrap_err();
        assert!(matches!(refused, Error::Disk(_)), "{refused:?}");
        assert!(refused.to_string().starts_with("the disk is full or the data folder cannot be written"), "{refused}");
    }
    full().await.unwrap();
    let mut tx = desk.read().await.unwrap();
    assert_eq!(docket_store::ticket::changed_after(&mut tx, 0, 9, None).await.unwrap().len(), 2);
    assert_eq!(desk.integrity().await.unwrap(), "ok");
}

#[tokio::test]
async fn a_folder_that_is_missing_is_the_disk() {
    let desk = Desk::sqlite().await;
    let refused = Db::open_sqlite(&desk.file("missing/desk.db")).await.unwrap_err();
    assert!(matches!(refused, Error::Disk(_)), "{refused:?}");
}

#[tokio::test]
async fn a_postgres_whose_disk_is_full_is_the_disk() {
    let desk = Desk::postgres().await;
    let Db::Postgres(pool) = &desk.db else { unreachable!() };
    let sql = "do $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$";
    let error = Error::from(sqlx::query(sql).execute(pool).await.unwrap_err());
    assert!(matches!(error, Error::Disk(_)), "{error:?}");
    let other = Error::from(sqlx::query("select 1 / 0").execute(pool).await.unwrap_err());
    assert!(matches!(other, Error::Sql(_)) && !other.is_duplicate(), "{other:?}");
}

#[tokio::test]
async fn copies_and_checks_are_sqlites_own() {
    let desk = Desk::postgres().await;
    desk.copy_to(&desk.file("nothing.db")).await.unwrap();
    assert!(!desk.file("nothing.db").exists());
    assert_eq!(desk.integrity().await.unwrap(), "ok");
}
