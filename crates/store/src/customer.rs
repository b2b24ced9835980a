//! Whom the desk has heard from.

use crate::db::{Result, Tx};

/// A contact.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Customer {
    /// The address in lower case.
    pub key: String,
    /// The address as written.
    pub address: String,
    /// The name.
    pub name: String,
    /// The company.
    pub company: String,
    /// The phone number.
    pub phone: String,
    /// What agents noted.
    pub note: String,
    /// The last contact (ms UTC).
    pub seen_at: i64,
}

/// Notes a contact; what is known already is only completed, never overwritten by nothing.
pub async fn note(tx: &mut Tx, customer: &Customer) -> Result<()> {
    const SQL: &str = "
        insert into customer (key, address, name, company, phone, note, seen_at) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (key) do update set
            name = case when excluded.name = '' then customer.name else excluded.name end,
            company = case when excluded.company = '' then customer.company else excluded.company end,
            phone = case when excluded.phone = '' then customer.phone else excluded.phone end,
            note = case when excluded.note = '' then customer.note else excluded.note end,
            seen_at = excluded.seen_at";
    on!(tx, conn => sqlx::query(SQL).bind(&customer.key).bind(&customer.address).bind(&customer.name).bind(&customer.company)
        .bind(&customer.phone).bind(&customer.note).bind(customer.seen_at).execute(conn).await.map(drop))?;
    Ok(())
}

/// The contact with this address (lower case).
pub async fn find(tx: &mut Tx, key: &str) -> Result<Option<Customer>> {
    const SQL: &str = "select key, address, name, company, phone, note, seen_at from customer where key = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(key).fetch_optional(conn).await)?)
}

/// Contacts whose address, name or company begins with `text` (lower case), or has a word that does; the latest first.
pub async fn suggest(tx: &mut Tx, text: &str, limit: i64) -> Result<Vec<Customer>> {
    const SQL: &str = "
        select key, address, name, company, phone, note, seen_at from customer
        where key like $1 escape '\\' or lower(name) like $1 escape '\\' or lower(name) like $2 escape '\\' or lower(company) like $1 escape '\\'
        order by seen_at desc limit $3";
    let start = format!("{}%", escaped(text));
    let inside = format!("% {}%", escaped(text));
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(&start).bind(&inside).bind(limit).fetch_all(conn).await)?)
}

/// `text` for a `like … escape '\'`.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
