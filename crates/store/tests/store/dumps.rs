//! The list of tables against the real ones, and a backup's way from one database to the other and back.

use std::collections::BTreeMap;

use docket_store::{
    Db, Error, Tx,
    dump::{self, Column, Kind, TABLES, Table},
};
use serde_json::{Map, Value, json};

use crate::desk::{Desk, id};

/// table, column, type, nullable, place in the primary key from 1.
type Real = (String, String, String, bool, i64);

const SQLITE: &str = "
    select t.name, c.name, lower(c.type), c.\"notnull\" = 0 and c.pk = 0, c.pk from sqlite_master t, pragma_table_info(t.name) c
    where t.type = 'table' and t.name not like 'sqlite%' and t.name <> '_sqlx_migrations'";
const POSTGRES: &str = "
    select t.relname::text, c.attname::text, format_type(c.atttypid, null), not c.attnotnull,
        coalesce(array_position(i.indkey::int2[], c.attnum), -1)::bigint + 1
    from pg_class t join pg_attribute c on c.attrelid = t.oid left join pg_index i on i.indrelid = t.oid and i.indisprimary
    where t.relkind = 'r' and t.relnamespace = 'public'::regnamespace and c.attnum > 0 and t.relname <> '_sqlx_migrations'";

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Uuid => "uuid",
        Kind::Text => "text",
        Kind::Bigint => "bigint",
        Kind::Boolean => "boolean",
        Kind::Bytes => "bytea",
    }
}

fn listed(table: &Table, column: &Column) -> Real {
    let place = table.key.iter().position(|key| *key == column.name).map_or(0, |place| i64::try_from(place).unwrap() + 1);
    (table.name.into(), column.name.into(), name(column.kind).into(), column.nullable, place)
}

/// A row in which every value follows from its place; every other one has nothing where it may.
fn row(table: &Table, n: usize) -> Value {
    let value = |(place, column): (usize, &Column)| match column.kind {
        _ if column.nullable && n % 2 == 1 => Value::Null,
        Kind::Bigint if table.name == "feed" => (place + 1).into(),
        Kind::Uuid => id((n * 100 + place) as u128).to_string().into(),
        Kind::Text => format!("{}-{n} „Ü\" 🖨\n\\{place}", column.name).into(),
        Kind::Bigint => (i64::MAX - (n * 100 + place) as i64).into(),
        Kind::Boolean => n.is_multiple_of(3).into(),
        Kind::Bytes => format!("00ff{n:08x}").into(),
    };
    let columns = table.columns.iter().enumerate();
    Value::Object(columns.map(|(place, column)| (column.name.to_owned(), value((place, column)))).collect::<Map<_, _>>())
}

/// All rows of all tables, by table.
async fn contents(tx: &mut Tx) -> BTreeMap<&'static str, Vec<String>> {
    let mut all = BTreeMap::new();
    for table in TABLES {
        let mut lines = Vec::new();
        dump::export(tx, table, |line| {
            assert!(!line.contains('\n'));
            lines.push(line.to_owned());
            Ok(())
        })
        .await
        .unwrap();
        // The databases order texts differently.
        lines.sort();
        all.insert(table.name, lines);
    }
    all
}

async fn fill(db: &Db, contents: &BTreeMap<&'static str, Vec<String>>) {
    assert!(dump::is_empty(db).await.unwrap());
    let mut tx = db.begin().await.unwrap();
    for table in TABLES {
        let rows: Vec<Value> = contents[table.name].iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        dump::import(&mut tx, table, &rows).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert!(!dump::is_empty(db).await.unwrap());
}

both! {
    async fn the_list_of_tables_is_complete(desk: Desk) {
        let mut real: Vec<Real> = match &desk.db {
            Db::Sqlite { readers, .. } => sqlx::query_as(SQLITE).fetch_all(readers).await.unwrap(),
            Db::Postgres(pool) => sqlx::query_as(POSTGRES).fetch_all(pool).await.unwrap(),
        };
        let mut wanted: Vec<Real> = TABLES.iter().flat_map(|table| table.columns.iter().map(|column| listed(table, column))).collect();
        real.sort();
        wanted.sort();
        for (real, wanted) in real.iter().zip(&wanted) {
            assert_eq!(real, wanted);
        }
        assert_eq!(real.len(), wanted.len());
    }

    async fn only_an_untouched_database_is_empty(desk: Desk) {
        assert!(dump::is_empty(&desk).await.unwrap());
        let mut tx = desk.begin().await.unwrap();
        tx.next_seq();
        tx.commit().await.unwrap();
        assert!(!dump::is_empty(&desk).await.unwrap(), "its feed has moved");
    }

    async fn a_sink_that_fails_stops_the_export(desk: Desk) {
        let table = dump::table("counter").unwrap();
        let mut tx = desk.begin().await.unwrap();
        let rows: Vec<Value> = (0..2_000).map(|n| row(table, n)).collect();
        dump::import(&mut tx, table, &rows).await.unwrap();
        let mut lines = 0;
        let stopped = dump::export(&mut tx, table, |_| {
            lines += 1;
            if lines == 5 { Err(Error::Disk("full".into())) } else { Ok(()) }
        }).await;
        assert!(matches!(stopped, Err(Error::Disk(_))));
        assert_eq!(lines, 5);
        assert_eq!(tx.count("after").await.unwrap(), 1, "the transaction goes on");
    }

    async fn a_row_that_does_not_fit_is_refused(desk: Desk) {
        let table = dump::table("counter").unwrap();
        for (bad, why) in [
            (json!([]), "a row of counter: not an object"),
            (json!({"name": "a"}), "a row of counter: value is missing"),
            (json!({"name": "a", "value": null}), "a row of counter: value is missing"),
            (json!({"name": "a", "value": "1"}), "a row of counter: value is not of its type"),
            (json!({"name": "a", "value": 1, "later": 2}), "a row of counter: later is unknown; a newer Docket may have written it"),
        ] {
            let mut tx = desk.begin().await.unwrap();
            let refused = dump::import(&mut tx, table, &[bad]).await.unwrap_err();
            assert_eq!(refused.to_string(), format!("this backup does not fit: {why}"));
        }
        let odd = json!({"kind": "k", "id": id(1), "sealed": "abc"});
        let mut tx = desk.begin().await.unwrap();
        assert!(matches!(dump::import(&mut tx, dump::table("secret").unwrap(), &[odd]).await, Err(Error::Backup(_))));
        dump::import(&mut tx, table, &[]).await.unwrap();
        assert_eq!(dump::table("nothing"), None);
    }

    async fn a_restored_desk_skips_numbers(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        tx.count_by("numbers", 7).await.unwrap();
        assert_eq!(dump::epoch(&mut tx).await.unwrap(), 1);
        dump::begin_epoch(&mut tx).await.unwrap();
        assert_eq!(dump::epoch(&mut tx).await.unwrap(), 2);
        assert_eq!(tx.count("numbers").await.unwrap(), 10_008);
    }

    async fn a_restored_feed_goes_on(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        dump::import(&mut tx, dump::table("feed").unwrap(), &[json!({"id": 1, "head": 500, "settings_head": 400, "epoch": 3})]).await.unwrap();
        assert_eq!((tx.head, tx.settings_head), (500, 400));
        assert_eq!(tx.next_seq(), 501);
        tx.commit().await.unwrap();
        let tx = desk.read().await.unwrap();
        assert_eq!((tx.head, tx.settings_head), (501, 400));
    }
}

#[tokio::test]
async fn a_backup_goes_from_one_database_to_the_other_and_back() {
    let (first, second, third) = (Desk::sqlite().await, Desk::postgres().await, Desk::sqlite().await);
    let rows = |table: &Table| match table.name {
        "feed" => 1,
        "ticket" | "article" => 1_201,
        _ => 6,
    };
    let lines = |table: &Table| {
        let mut lines: Vec<_> = (0..rows(table)).map(|n| row(table, n).to_string()).collect();
        lines.sort();
        lines
    };
    let wanted: BTreeMap<_, _> = TABLES.iter().map(|table| (table.name, lines(table))).collect();
    let mut from = wanted.clone();
    for desk in [&first, &second, &third] {
        fill(desk, &from).await;
        from = contents(&mut desk.read().await.unwrap()).await;
        for table in TABLES {
            assert_eq!(from[table.name], wanted[table.name], "{}", table.name);
        }
    }
}

#[test]
fn keys_and_sessions_stay() {
    let stay: Vec<&str> = TABLES.iter().filter(|table| !table.backup).map(|table| table.name).collect();
    let rest = ["replica", "outbox", "confirmed", "alarm_shown", "alarm_mark"];
    let more = ["presence", "leased_number", "server", "life", "lease", "mailbox_status", "attempt"];
    assert_eq!(stay, [&["secret", "session", "blob", "blob_chunk"][..], &rest[..], &more[..]].concat());
}
