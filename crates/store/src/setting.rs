//! Settings records and their history.

use docket_domain::settings::{Kind, Record};
use uuid::Uuid;

use crate::{
    db::{Result, Tx},
    json,
};

#[derive(sqlx::FromRow)]
struct Row {
    kind: String,
    id: Uuid,
    version: i64,
    document: String,
}

/// All records. Kinds that this program does not know are left out: a newer one wrote them.
pub async fn all(tx: &mut Tx) -> Result<Vec<Record>> {
    const SQL: &str = "select kind, id, version, document from setting order by kind, id";
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?;
    rows.into_iter()
        .filter_map(|row| Some((Kind::parse(&row.kind)?, row)))
        .map(|(kind, row)| Ok(Record { kind, id: row.id, version: row.version, document: json::read("setting", &row.document)? }))
        .collect()
}

/// Writes a record and the line of its history. `record.version` is the new version.
pub async fn save(tx: &mut Tx, record: &Record, at: i64, actor: &str) -> Result<()> {
    const SQL: &str = "
        insert into setting (kind, id, version, seq, document) values ($1, $2, $3, $4, $5)
        on conflict (kind, id) do update set version = excluded.version, seq = excluded.seq, document = excluded.document";
    const HISTORY: &str = "
        insert into setting_history (kind, id, version, at, actor, document) values ($1, $2, $3, $4, $5, $6)
        on conflict (kind, id, version) do nothing";
    let seq = tx.next_settings_seq();
    let document = json::write("setting", &record.document)?;
    on!(tx, conn => sqlx::query(SQL).bind(record.kind.as_str()).bind(record.id).bind(record.version).bind(seq).bind(&document).execute(conn).await.map(drop))?;
    on!(tx, conn => sqlx::query(HISTORY).bind(record.kind.as_str()).bind(record.id).bind(record.version).bind(at).bind(actor).bind(&document).execute(conn).await.map(drop))?;
    Ok(())
}

/// Which records changed after one feed number and up to another.
pub async fn between(tx: &mut Tx, after: i64, upto: i64) -> Result<Vec<(Kind, Uuid)>> {
    const SQL: &str = "select kind, id from setting where seq > $1 and seq <= $2 order by seq";
    let rows: Vec<(String, Uuid)> = on!(tx, conn => sqlx::query_as(SQL).bind(after).bind(upto).fetch_all(conn).await)?;
    Ok(rows.into_iter().filter_map(|(kind, id)| Some((Kind::parse(&kind)?, id))).collect())
}

/// One saved version of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// The version.
    pub version: i64,
    /// When (ms UTC).
    pub at: i64,
    /// Who, by name.
    pub actor: String,
    /// The document.
    pub document: serde_json::Value,
}

/// The versions of a record, newest first.
pub async fn history(tx: &mut Tx, kind: Kind, id: Uuid) -> Result<Vec<Version>> {
    const SQL: &str =
        "select version, at, actor, document from setting_history where kind = $1 and id = $2 order by version desc limit 100";
    let rows: Vec<(i64, i64, String, String)> = on!(tx, conn => sqlx::query_as(SQL).bind(kind.as_str()).bind(id).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(version, at, actor, document)| Ok(Version { version, at, actor, document: json::read("setting", &document)? }))
        .collect()
}
