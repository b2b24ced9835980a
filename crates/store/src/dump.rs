//! Tables as lines of JSON, for backups: written from one database, read into an empty one, whichever of the two it is.

use futures::TryStreamExt;
use serde_json::{Map, Value};
use sqlx::{ColumnIndex, Database, Decode, QueryBuilder, Row, Type};
use uuid::Uuid;

use crate::{
    db::{Conn, Db, Error, Result, Tx},
    key::storable,
};

mod tables;
pub use tables::{Column, Kind, TABLES, Table};

/// So many rows go into one statement; times the columns of a ticket this stays under SQLite's 32,766 parameters.
const ROWS: usize = 500;

/// A restored desk gives no number that the lost one may have given after the backup.
const NUMBERS_SKIPPED: i64 = 10_000;

/// The table of that name.
pub fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

/// Writes the rows of a table by primary key, each as one JSON object without the line's end. The rows come one by one, so
/// memory stays small however many there are.
pub async fn export(tx: &mut Tx, table: &Table, mut sink: impl FnMut(&str) -> Result<()>) -> Result<()> {
    let columns = table.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
    let sql = sqlx::AssertSqlSafe(format!("select {columns} from {} order by {}", table.name, table.key.join(", ")));
    on!(tx, conn => {
        let mut rows = sqlx::query(sql).persistent(false).fetch(conn);
        while let Some(row) = rows.try_next().await? {
            sink(&line(table, &row)?)?;
        }
    });
    Ok(())
}

/// A row as a line of JSON.
fn line<'r, R>(table: &Table, row: &'r R) -> Result<String>
where
    R: Row,
    usize: ColumnIndex<R>,
    Uuid: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    bool: Decode<'r, R::Database> + Type<R::Database>,
    Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
{
    fn value<'r, R, T>(row: &'r R, index: usize, json: impl FnOnce(T) -> Value) -> Result<Value>
    where
        R: Row,
        usize: ColumnIndex<R>,
        T: Decode<'r, R::Database> + Type<R::Database>,
    {
        Ok(row.try_get::<Option<T>, _>(index)?.map_or(Value::Null, json))
    }
    let mut object = Map::new();
    for (index, column) in table.columns.iter().enumerate() {
        let value = match column.kind {
            Kind::Uuid => value(row, index, |id: Uuid| Value::String(id.to_string()))?,
            Kind::Text => value(row, index, Value::String)?,
            Kind::Bigint => value(row, index, |number: i64| number.into())?,
            Kind::Boolean => value(row, index, Value::Bool)?,
            Kind::Bytes => value(row, index, |bytes: Vec<u8>| Value::String(hex(&bytes)))?,
        };
        object.insert(column.name.to_owned(), value);
    }
    Ok(Value::Object(object).to_string())
}

/// A value on its way into a column.
enum Cell {
    Uuid(Option<Uuid>),
    Text(Option<String>),
    Bigint(Option<i64>),
    Boolean(Option<bool>),
    Bytes(Option<Vec<u8>>),
}

/// Reads rows as [`export`] wrote them into a table that has none of them. A row with a column that the table does not have,
/// or without one that it needs, is [`Error::Backup`].
pub async fn import(tx: &mut Tx, table: &Table, rows: &[Value]) -> Result<()> {
    for rows in rows.chunks(ROWS) {
        let rows = rows.iter().map(|row| cells(table, row)).collect::<Result<Vec<_>>>()?;
        match &mut tx.conn {
            Conn::Sqlite(tx) => insert::<sqlx::Sqlite>(table, rows).build().persistent(false).execute(&mut **tx).await.map(drop)?,
            Conn::Postgres(tx) => insert::<sqlx::Postgres>(table, rows).build().persistent(false).execute(&mut **tx).await.map(drop)?,
        }
    }
    if table.name == "feed" {
        const HEADS: &str = "select head, settings_head from feed where id = 1";
        (tx.head, tx.settings_head) = on!(tx, conn => sqlx::query_as(HEADS).fetch_one(conn).await)?;
    }
    Ok(())
}

fn insert<DB>(table: &Table, rows: Vec<Vec<Cell>>) -> QueryBuilder<DB>
where
    DB: Database,
    for<'q> Option<Uuid>: sqlx::Encode<'q, DB> + Type<DB>,
    for<'q> Option<String>: sqlx::Encode<'q, DB> + Type<DB>,
    for<'q> Option<i64>: sqlx::Encode<'q, DB> + Type<DB>,
    for<'q> Option<bool>: sqlx::Encode<'q, DB> + Type<DB>,
    for<'q> Option<Vec<u8>>: sqlx::Encode<'q, DB> + Type<DB>,
{
    let columns = table.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
    let mut query = QueryBuilder::new(format!("insert into {} ({columns}) ", table.name));
    query.push_values(rows, |mut list, row| {
        for cell in row {
            match cell {
                Cell::Uuid(id) => list.push_bind(id),
                Cell::Text(text) => list.push_bind(text),
                Cell::Bigint(number) => list.push_bind(number),
                Cell::Boolean(yes) => list.push_bind(yes),
                Cell::Bytes(bytes) => list.push_bind(bytes),
            };
        }
    });
    // An empty database has its feed already.
    if table.name == "feed" {
        query.push(" on conflict (id) do update set head = excluded.head, settings_head = excluded.settings_head, epoch = excluded.epoch");
    }
    query
}

/// The values of a row in the order of the columns.
fn cells(table: &Table, row: &Value) -> Result<Vec<Cell>> {
    let wrong = |what: String| Error::Backup(format!("a row of {}: {what}", table.name));
    let object = row.as_object().ok_or_else(|| wrong("not an object".into()))?;
    if let Some(unknown) = object.keys().find(|name| !table.columns.iter().any(|column| column.name == name.as_str())) {
        return Err(wrong(format!("{unknown} is unknown; a newer Docket may have written it")));
    }
    let cell = |column: &Column| {
        let since = added(table.name, column.name);
        let value = object.get(column.name).filter(|value| !value.is_null()).or(since.as_ref());
        if value.is_none() && !column.nullable {
            return Err(wrong(format!("{} is missing", column.name)));
        }
        read(column.kind, value).ok_or_else(|| wrong(format!("{} is not of its type", column.name)))
    };
    table.columns.iter().map(cell).collect()
}

/// What stands in a column that backups of an earlier version do not have.
fn added(table: &str, column: &str) -> Option<Value> {
    match (table, column) {
        ("ticket", "watchers") => Some("[]".into()),
        ("ticket", "clocks") => Some("".into()),
        ("ticket", "due_paused") => Some(false.into()),
        ("ticket", "unit_seq") | ("customer" | "personal" | "read_mark", "seq") => Some(0.into()),
        _ => None,
    }
}

/// The value as its column holds it; `None`: it is of another type.
fn read(kind: Kind, value: Option<&Value>) -> Option<Cell> {
    let Some(value) = value else {
        return Some(match kind {
            Kind::Uuid => Cell::Uuid(None),
            Kind::Text => Cell::Text(None),
            Kind::Bigint => Cell::Bigint(None),
            Kind::Boolean => Cell::Boolean(None),
            Kind::Bytes => Cell::Bytes(None),
        });
    };
    Some(match kind {
        Kind::Uuid => Cell::Uuid(Some(value.as_str()?.parse().ok()?)),
        Kind::Text => Cell::Text(Some(storable(value.as_str()?).into_owned())),
        Kind::Bigint => Cell::Bigint(Some(value.as_i64()?)),
        Kind::Boolean => Cell::Boolean(Some(value.as_bool()?)),
        Kind::Bytes => Cell::Bytes(Some(unhex(value.as_str()?)?)),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect())?
}

/// Is the database as its migrations left it? Only into such a one a backup is read.
pub async fn is_empty(db: &Db) -> Result<bool> {
    let mut tx = db.read().await?;
    for table in TABLES.iter().filter(|table| table.name != "feed") {
        let sql = sqlx::AssertSqlSafe(format!("select 1 from {} limit 1", table.name));
        let row = on!(tx, conn => sqlx::query(sql).persistent(false).fetch_optional(conn).await.map(|row| row.is_some()))?;
        if row {
            return Ok(false);
        }
    }
    Ok(tx.head == 0)
}

/// Begins a new epoch of the desk, once after a restore: its counters move on by 10,000, and devices of an older epoch learn
/// that what they know may be newer.
pub async fn begin_epoch(tx: &mut Tx) -> Result<()> {
    const EPOCH: &str = "update feed set epoch = epoch + 1 where id = 1";
    const COUNTERS: &str = "update counter set value = value + $1";
    on!(tx, conn => sqlx::query(EPOCH).execute(conn).await.map(drop))?;
    on!(tx, conn => sqlx::query(COUNTERS).bind(NUMBERS_SKIPPED).execute(conn).await.map(drop))?;
    Ok(())
}

/// The epoch of the desk, from 1.
pub async fn epoch(tx: &mut Tx) -> Result<i64> {
    const SQL: &str = "select epoch from feed where id = 1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).fetch_one(conn).await)?)
}

/// The feed's heads as they stand in its row; for after a restore, which writes that row.
pub async fn heads(tx: &mut Tx) -> Result<(i64, i64)> {
    const SQL: &str = "select head, settings_head from feed where id = 1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_one(conn).await)?)
}
