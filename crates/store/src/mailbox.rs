//! What was taken in from which mailbox, and what could not be.

use uuid::Uuid;

use crate::{
    db::{Result, Tx},
    key::{indexed, storable, storable_option},
};

/// How far a mailbox is taken in.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct State {
    /// The mailbox.
    pub mailbox_id: Uuid,
    /// The folder.
    pub folder: String,
    /// The UIDVALIDITY under which the UIDs below are meant (RFC 3501 §2.3.1.1).
    pub uid_validity: i64,
    /// The first UID that is taken in, for "from now on".
    pub start_uid: i64,
    /// All UIDs up to this one are done.
    pub done_uid: i64,
    /// When the mailbox was connected (ms UTC).
    pub connected_at: i64,
    /// Mails taken in so far.
    pub taken_in: i64,
    /// When the last one came (ms UTC).
    pub last_mail_at: Option<i64>,
    /// Another desk that was met here.
    pub foreign_desk: Option<String>,
}

/// How far a folder is taken in under this UIDVALIDITY.
pub async fn state(tx: &mut Tx, mailbox: Uuid, folder: &str, uid_validity: i64) -> Result<Option<State>> {
    const SQL: &str = "
        select mailbox_id, folder, uid_validity, start_uid, done_uid, connected_at, taken_in, last_mail_at, foreign_desk
        from mailbox_state where mailbox_id = $1 and folder = $2 and uid_validity = $3";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(mailbox).bind(folder).bind(uid_validity).fetch_optional(conn).await)?)
}

/// All states of all mailboxes.
pub async fn states(tx: &mut Tx) -> Result<Vec<State>> {
    const SQL: &str = "
        select mailbox_id, folder, uid_validity, start_uid, done_uid, connected_at, taken_in, last_mail_at, foreign_desk
        from mailbox_state order by mailbox_id, connected_at";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?)
}

/// Keeps how far a folder is taken in.
pub async fn save_state(tx: &mut Tx, state: &State) -> Result<()> {
    const SQL: &str = "
        insert into mailbox_state (mailbox_id, folder, uid_validity, start_uid, done_uid, connected_at, taken_in, last_mail_at, foreign_desk)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (mailbox_id, folder, uid_validity) do update set
            start_uid = excluded.start_uid, done_uid = excluded.done_uid, connected_at = excluded.connected_at,
            taken_in = excluded.taken_in, last_mail_at = excluded.last_mail_at, foreign_desk = excluded.foreign_desk";
    on!(tx, conn => sqlx::query(SQL).bind(state.mailbox_id).bind(&state.folder).bind(state.uid_validity).bind(state.start_uid)
        .bind(state.done_uid).bind(state.connected_at).bind(state.taken_in).bind(state.last_mail_at).bind(&state.foreign_desk)
        .execute(conn).await.map(drop))?;
    Ok(())
}

/// Notes that a mail was taken in, in the transaction that took it in. `false`: it was already.
pub async fn note_seen(tx: &mut Tx, mailbox: Uuid, uid_validity: i64, uid: i64, at: i64, outcome: &str) -> Result<bool> {
    const SQL: &str = "
        insert into mail_seen (mailbox_id, uid_validity, uid, at, outcome) values ($1, $2, $3, $4, $5)
        on conflict (mailbox_id, uid_validity, uid) do nothing";
    const COUNT: &str = "update mailbox_state set taken_in = taken_in + 1, last_mail_at = $3 where mailbox_id = $1 and uid_validity = $2";
    let rows = on!(tx, conn => sqlx::query(SQL).bind(mailbox).bind(uid_validity).bind(uid).bind(at).bind(outcome)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    if rows == 1 {
        on!(tx, conn => sqlx::query(COUNT).bind(mailbox).bind(uid_validity).bind(at).execute(conn).await.map(drop))?;
    }
    Ok(rows == 1)
}

/// The UIDs from `from` on that were taken in.
pub async fn seen_from(tx: &mut Tx, mailbox: Uuid, uid_validity: i64, from: i64) -> Result<Vec<i64>> {
    const SQL: &str = "select uid from mail_seen where mailbox_id = $1 and uid_validity = $2 and uid >= $3 order by uid";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(mailbox).bind(uid_validity).bind(from).fetch_all(conn).await)?)
}

/// A mail that came before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Known {
    /// The ticket that it is on.
    pub ticket_id: Uuid,
    /// Its article.
    pub article_id: Uuid,
    /// The mailbox that it was first met in, and its UIDVALIDITY then.
    pub mailbox_id: Option<Uuid>,
    /// See `mailbox_id`.
    pub uid_validity: Option<i64>,
}

/// Where a mail with this Message-ID and content went when it came the first time.
pub async fn fingerprint(tx: &mut Tx, message_id: &str, content_hash: &str) -> Result<Option<Known>> {
    const SQL: &str =
        "select ticket_id, article_id, mailbox_id, uid_validity from mail_fingerprint where message_id = $1 and content_hash = $2";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(indexed(message_id)).bind(content_hash).fetch_optional(conn).await)?)
}

/// Keeps where a mail went.
pub async fn note_fingerprint(tx: &mut Tx, message_id: &str, content_hash: &str, mail: &Known) -> Result<()> {
    const SQL: &str = "
        insert into mail_fingerprint (message_id, content_hash, ticket_id, article_id, mailbox_id, uid_validity)
        values ($1, $2, $3, $4, $5, $6) on conflict (message_id, content_hash) do nothing";
    on!(tx, conn => sqlx::query(SQL).bind(indexed(message_id)).bind(content_hash).bind(mail.ticket_id).bind(mail.article_id)
        .bind(mail.mailbox_id).bind(mail.uid_validity).execute(conn).await.map(drop))?;
    Ok(())
}

/// A mail that could not be taken in; its bytes are a blob.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct Quarantined {
    pub id: Uuid,
    pub at: i64,
    pub mailbox_id: Option<Uuid>,
    pub reason: String,
    pub raw: String,
    pub size: i64,
    pub mail_from: Option<String>,
    pub subject: Option<String>,
    pub internal_date: Option<i64>,
}

/// Puts a mail into quarantine.
pub async fn quarantine(tx: &mut Tx, mail: &Quarantined) -> Result<()> {
    const SQL: &str = "
        insert into quarantine (id, at, mailbox_id, reason, raw, size, mail_from, subject, internal_date)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    on!(tx, conn => sqlx::query(SQL).bind(mail.id).bind(mail.at).bind(mail.mailbox_id).bind(storable(&mail.reason)).bind(&mail.raw)
        .bind(mail.size).bind(storable_option(mail.mail_from.as_ref())).bind(storable_option(mail.subject.as_ref())).bind(mail.internal_date).execute(conn).await.map(drop))?;
    Ok(())
}

/// The mails in quarantine, newest first.
pub async fn quarantined(tx: &mut Tx) -> Result<Vec<Quarantined>> {
    const SQL: &str = "
        select id, at, mailbox_id, reason, raw, size, mail_from, subject, internal_date from quarantine order by at desc, id desc limit 500";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?)
}

/// Lets a mail out of quarantine.
pub async fn release(tx: &mut Tx, id: Uuid) -> Result<bool> {
    const SQL: &str = "delete from quarantine where id = $1";
    let rows = on!(tx, conn => sqlx::query(SQL).bind(id).execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
