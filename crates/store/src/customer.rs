//! Whom the desk has heard from.

use crate::{
    db::{Conn, Result, Tx},
    key::{self, escaped, indexed, storable},
    ticket::{
        Sight,
        sight::{among, ask, outside, seen},
    },
};

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
        insert into customer (key, address, name, company, phone, note, seen_at, search_key, seq)
        values ($1, $2, $3, $4, $5, $6, $7, $8, coalesce($9, 0))
        on conflict (key) do update set name = excluded.name, company = excluded.company, phone = excluded.phone,
            note = excluded.note, seen_at = excluded.seen_at, search_key = excluded.search_key, seq = coalesce($9, customer.seq)";
    let found = find(tx, &customer.key).await?;
    let before = found.clone();
    let known = found.unwrap_or_else(|| Customer { address: customer.address.clone(), ..Customer::default() });
    let better = |new: &str, old: String| if new.is_empty() { old } else { storable(new).into_owned() };
    let (name, company) = (better(&customer.name, known.name), better(&customer.company, known.company));
    let (phone, note) = (better(&customer.phone, known.phone), better(&customer.note, known.note));
    let search = search_key(&known.address, &name, &company);
    let same = before.is_some_and(|known| (&known.name, &known.company, &known.phone, &known.note) == (&name, &company, &phone, &note));
    let seq = if same { None } else { Some(tx.next_seq()) };
    on!(tx, conn => sqlx::query(SQL).bind(indexed(&customer.key)).bind(storable(&known.address)).bind(&name).bind(&company)
        .bind(&phone).bind(&note).bind(customer.seen_at.max(known.seen_at)).bind(&search).bind(seq).execute(conn).await.map(drop))?;
    Ok(())
}

/// Every place where typing may begin stands behind a space.
fn search_key(address: &str, name: &str, company: &str) -> String {
    let parts = address.replace(|c: char| !c.is_alphanumeric(), " ");
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    format!(" {}", key::search(&[address, domain, &parts, name, company]).replace('\n', " "))
}

/// The contact with this address (lower case).
pub async fn find(tx: &mut Tx, key: &str) -> Result<Option<Customer>> {
    const SQL: &str = "select key, address, name, company, phone, note, seen_at from customer where key = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(indexed(key)).fetch_optional(conn).await)?)
}

/// The contacts that changed after one feed number and up to another.
pub async fn between(tx: &mut Tx, after: i64, upto: i64) -> Result<Vec<Customer>> {
    const SQL: &str = "select key, address, name, company, phone, note, seen_at from customer where seq > $1 and seq <= $2 order by seq";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(after).bind(upto).fetch_all(conn).await)?)
}

/// Contacts by key, after that one.
pub async fn after(tx: &mut Tx, key: &str, limit: i64) -> Result<Vec<Customer>> {
    const SQL: &str = "select key, address, name, company, phone, note, seen_at from customer where key > $1 order by key limit $2";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(key).bind(limit).fetch_all(conn).await)?)
}

/// The contacts with these addresses (lower case).
pub async fn of_keys(tx: &mut Tx, keys: Vec<String>) -> Result<Vec<Customer>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    Ok(on!(tx, conn => {
        let mut query = sqlx::QueryBuilder::new("select key, address, name, company, phone, note, seen_at from customer where key in (");
        let mut list = query.separated(", ");
        for key in &keys {
            list.push_bind(indexed(key).into_owned());
        }
        query.push(")");
        query.build_query_as().fetch_all(conn).await
    })?)
}

/// Keeps a contact as the server knows it.
pub async fn put(tx: &mut Tx, customer: &Customer) -> Result<()> {
    const SQL: &str = "
        insert into customer (key, address, name, company, phone, note, seen_at, search_key, seq) values ($1, $2, $3, $4, $5, $6, $7, $8, 0)
        on conflict (key) do update set address = excluded.address, name = excluded.name, company = excluded.company,
            phone = excluded.phone, note = excluded.note, seen_at = excluded.seen_at, search_key = excluded.search_key";
    let search = search_key(&customer.address, &customer.name, &customer.company);
    on!(tx, conn => sqlx::query(SQL).bind(indexed(&customer.key)).bind(storable(&customer.address)).bind(storable(&customer.name))
        .bind(storable(&customer.company)).bind(storable(&customer.phone)).bind(storable(&customer.note)).bind(customer.seen_at)
        .bind(&search).execute(conn).await.map(drop))?;
    Ok(())
}

/// Contacts whose address, name or company has a word that begins with `text`, whatever its case; the latest first. Who may
/// not read everything knows those alone whose tickets they may read.
pub async fn suggest(tx: &mut Tx, text: &str, limit: i64, sight: Option<&Sight>) -> Result<Vec<Customer>> {
    const SQL: &str = "
        select key, address, name, company, phone, note, seen_at from customer where key in (
            select key from customer where search_key like ";
    let pattern = format!("% {}%", escaped(&key::fold(text)));
    Ok(ask!(tx, SQL, query => {
        query.push_bind(&pattern).push(" escape '\\'");
        if sight.is_some() {
            query.push(" and exists (select 1 from ticket where customer_key = customer.key");
            seen!(query, sight);
            query.push(")");
        }
        query.push(" order by seen_at desc, key desc limit ").push_bind(limit).push(") order by seen_at desc, key desc");
    }, fetch_all))
}
