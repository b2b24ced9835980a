//! What a connected desktop needs beside rows to be read without the network: the attachments of some tickets.

use uuid::Uuid;

use crate::db::{Result, Tx};

/// An attachment, and the ticket that it stands on.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns that it is made of")]
pub struct Piece {
    pub ticket_id: Uuid,
    pub article_id: Uuid,
    pub id: Uuid,
    pub sha256: String,
    pub size: i64,
}

/// A ticket that somebody took along, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Taken {
    /// The ticket.
    pub id: Uuid,
    /// The key of its customer; empty: it has none.
    pub customer_key: String,
}

/// The tickets that an agent took along.
pub async fn taken(tx: &mut Tx, agent: Uuid) -> Result<Vec<Taken>> {
    const SQL: &str = "select id, customer_key from ticket where away_id = $1 order by away_since, id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(agent).fetch_all(conn).await)?)
}

/// The attachments of the tickets that an agent took along and of their own open ones; what was taken along comes first.
pub async fn own(tx: &mut Tx, agent: Uuid) -> Result<Vec<Piece>> {
    const SQL: &str = "
        select a.ticket_id, t.article_id, t.id, t.sha256, t.size
        from (select id, changed_at, 0 as place from ticket where away_id = $1
            union all select id, changed_at, 1 from ticket where owner_id = $1 and class > 0 and (away_id is null or away_id <> $1)) k
        join article a on a.ticket_id = k.id join attachment t on t.article_id = a.id
        order by k.place, k.changed_at desc, k.id, a.ordinal desc, t.ordinal";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(agent).fetch_all(conn).await)?)
}

/// The attachments of at most `tickets` tickets of a customer, the latest changed first, that are no larger than `largest` bytes.
pub async fn of_customer(tx: &mut Tx, key: &str, tickets: i64, largest: i64) -> Result<Vec<Piece>> {
    const SQL: &str = "
        select a.ticket_id, t.article_id, t.id, t.sha256, t.size
        from (select id, changed_at from ticket where customer_key = $1 order by changed_at desc, id desc limit $2) k
        join article a on a.ticket_id = k.id join attachment t on t.article_id = a.id
        where t.size <= $3 order by k.changed_at desc, k.id, a.ordinal desc, t.ordinal";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(key).bind(tickets).bind(largest).fetch_all(conn).await)?)
}
