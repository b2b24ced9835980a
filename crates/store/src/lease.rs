//! Ticket numbers that devices were given.

use docket_domain::{DeviceId, TicketId};

use crate::db::{Result, Tx};

/// Gives a number to a device.
pub async fn insert(tx: &mut Tx, number: &str, device: DeviceId, at: i64) -> Result<()> {
    const SQL: &str = "insert into number_lease (number, device_id, at, ticket_id) values ($1, $2, $3, null)";
    on!(tx, conn => sqlx::query(SQL).bind(number).bind(device.0).bind(at).execute(conn).await.map(drop))?;
    Ok(())
}

/// How many numbers a device has not used.
pub async fn unused(tx: &mut Tx, device: DeviceId) -> Result<i64> {
    const SQL: &str = "select count(*) from number_lease where device_id = $1 and ticket_id is null";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(device.0).fetch_one(conn).await)?)
}

/// Uses a number of that device for a ticket; false when it has no such number, or has used it for another.
pub async fn take(tx: &mut Tx, number: &str, device: DeviceId, ticket: TicketId) -> Result<bool> {
    const SQL: &str = "
        update number_lease set ticket_id = $3 where number = $1 and device_id = $2 and (ticket_id is null or ticket_id = $3)";
    let rows =
        on!(tx, conn => sqlx::query(SQL).bind(number).bind(device.0).bind(ticket.0).execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Keeps a number that the server gave to this replica.
pub async fn keep(tx: &mut Tx, number: &str, at: i64) -> Result<()> {
    const SQL: &str = "insert into leased_number (number, at) values ($1, $2) on conflict (number) do nothing";
    on!(tx, conn => sqlx::query(SQL).bind(number).bind(at).execute(conn).await.map(drop))?;
    Ok(())
}

/// How many numbers this replica may still give.
pub async fn kept(tx: &mut Tx) -> Result<i64> {
    const SQL: &str = "select count(*) from leased_number";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).fetch_one(conn).await)?)
}

/// Takes the smallest number that this replica may give; none: it has none left.
pub async fn next(tx: &mut Tx) -> Result<Option<String>> {
    const SQL: &str = "delete from leased_number where number = (select min(number) from leased_number) returning number";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).fetch_optional(conn).await)?)
}

/// Forgets the numbers of this replica: a restored server does not know them.
pub async fn drop_kept(tx: &mut Tx) -> Result<()> {
    const SQL: &str = "delete from leased_number";
    on!(tx, conn => sqlx::query(SQL).execute(conn).await.map(drop))?;
    Ok(())
}
