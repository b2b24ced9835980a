//! Articles and Message-IDs.

use docket_domain::{Address, AgentId, Article, ArticleId, Channel, Delivery, Direction, Sender, TicketId};
use serde::de::DeserializeOwned;
use sqlx::QueryBuilder;
use uuid::Uuid;

pub use crate::attachment_row::{attach, attachment, attachments};
use crate::{
    db::{Conn, Result, Tx},
    json,
    key::{indexed, storable, storable_option},
};

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    ticket_id: Uuid,
    ordinal: i64,
    sender: String,
    channel: String,
    direction: Option<String>,
    visible: bool,
    author_id: Option<Uuid>,
    mail_from: Option<String>,
    mail_to: String,
    mail_cc: String,
    mail_bcc: String,
    mail_reply_to: String,
    subject: String,
    body: String,
    html: Option<String>,
    message_id: Option<String>,
    mail_references: String,
    created_at: i64,
    raw: Option<String>,
    delivery: Option<String>,
    sent_at: Option<i64>,
    delivery_error: Option<String>,
    warnings: String,
}

/// An article with what happened to it on its way out.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The article.
    pub article: Article,
    /// When the server took it (ms UTC).
    pub sent_at: Option<i64>,
    /// Why it did not.
    pub delivery_error: Option<String>,
}

/// A unit variant by its stable name.
fn variant<T: DeserializeOwned>(what: &'static str, name: &str) -> Result<T> {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).map_err(|error| crate::Error::Json { what, error })
}

impl TryFrom<Row> for Stored {
    type Error = crate::Error;

    fn try_from(row: Row) -> Result<Self> {
        let article = Article {
            id: ArticleId(row.id),
            ticket: TicketId(row.ticket_id),
            ordinal: row.ordinal,
            sender: variant::<Sender>("sender", &row.sender)?,
            channel: variant::<Channel>("channel", &row.channel)?,
            direction: row.direction.map(|name| variant::<Direction>("direction", &name)).transpose()?,
            visible_to_customer: row.visible,
            author: row.author_id.map(AgentId),
            from: row.mail_from.map(|text| json::read::<Address>("address", &text)).transpose()?,
            to: json::read("addresses", &row.mail_to)?,
            cc: json::read("addresses", &row.mail_cc)?,
            bcc: json::read("addresses", &row.mail_bcc)?,
            reply_to: json::read("addresses", &row.mail_reply_to)?,
            subject: row.subject,
            text: row.body,
            html: row.html,
            message_id: row.message_id,
            references: json::read("references", &row.mail_references)?,
            created_at: row.created_at,
            raw: row.raw,
            delivery: row.delivery.map(|name| variant::<Delivery>("delivery", &name)).transpose()?,
            warnings: json::read("warnings", &row.warnings)?,
        };
        Ok(Self { article, sent_at: row.sent_at, delivery_error: row.delivery_error })
    }
}

const COLUMNS: &str = "select id, ticket_id, ordinal, sender, channel, direction, visible, author_id, mail_from, mail_to, mail_cc, mail_bcc,
    mail_reply_to, subject, body, html, message_id, mail_references, created_at, raw, delivery, sent_at, delivery_error, warnings from article";

/// What of an article is written as another type than it has.
pub(crate) struct Written {
    pub sender: String,
    pub channel: String,
    pub direction: Option<String>,
    pub from: Option<String>,
    pub to: String,
    pub cc: String,
    pub bcc: String,
    pub reply_to: String,
    pub references: String,
    pub warnings: String,
}

pub(crate) fn written(article: &Article) -> Result<Written> {
    let name = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    Ok(Written {
        sender: name(serde_json::json!(article.sender)),
        channel: name(serde_json::json!(article.channel)),
        direction: article.direction.map(|direction| name(serde_json::json!(direction))),
        from: article.from.as_ref().map(|from| json::write("address", from)).transpose()?,
        to: json::write("addresses", &article.to)?,
        cc: json::write("addresses", &article.cc)?,
        bcc: json::write("addresses", &article.bcc)?,
        reply_to: json::write("addresses", &article.reply_to)?,
        references: json::write("references", &article.references)?,
        warnings: json::write("warnings", &article.warnings)?,
    })
}

/// Adds an article.
pub async fn insert(tx: &mut Tx, article: &Article, seq: i64) -> Result<()> {
    const SQL: &str = "
        insert into article (id, ticket_id, ordinal, sender, channel, direction, visible, author_id, mail_from, mail_to, mail_cc, mail_bcc,
            mail_reply_to, subject, body, html, message_id, mail_references, created_at, raw, delivery, sent_at, delivery_error, warnings, seq)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, null, null, $22, $23)";
    let Written { sender, channel, direction, from, to, cc, bcc, reply_to, references, warnings } = written(article)?;
    on!(tx, conn => sqlx::query(SQL)
        .bind(article.id.0).bind(article.ticket.0).bind(article.ordinal).bind(&sender).bind(&channel).bind(&direction)
        .bind(article.visible_to_customer).bind(article.author.map(|author| author.0)).bind(&from).bind(&to).bind(&cc).bind(&bcc)
        .bind(&reply_to).bind(storable(&article.subject)).bind(storable(&article.text)).bind(storable_option(article.html.as_ref()))
        .bind(storable_option(article.message_id.as_ref())).bind(&references)
        .bind(article.created_at).bind(&article.raw).bind(article.delivery.map(Delivery::as_str)).bind(&warnings).bind(seq)
        .execute(conn).await.map(drop))?;
    Ok(())
}

/// An article.
pub async fn find(tx: &mut Tx, id: ArticleId) -> Result<Option<Stored>> {
    let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} where id = $1"));
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(sql).bind(id.0).fetch_optional(conn).await)?;
    row.map(Stored::try_from).transpose()
}

/// The articles of a ticket, oldest first.
pub async fn of_ticket(tx: &mut Tx, ticket: TicketId) -> Result<Vec<Stored>> {
    let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} where ticket_id = $1 order by ordinal"));
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(sql).bind(ticket.0).fetch_all(conn).await)?;
    rows.into_iter().map(Stored::try_from).collect()
}

/// The articles of these tickets with a feed number above `floor`, by ticket, oldest first.
pub(crate) async fn of_tickets(tx: &mut Tx, tickets: &[Uuid], floor: i64) -> Result<Vec<Stored>> {
    let start = format!("{COLUMNS} where ticket_id in (");
    let rows: Vec<Row> = on!(tx, conn => {
        let mut query = QueryBuilder::new(&start);
        let mut list = query.separated(", ");
        for ticket in tickets {
            list.push_bind(*ticket);
        }
        query.push(") and seq > ").push_bind(floor).push(" order by ticket_id, ordinal");
        query.build_query_as::<Row>().fetch_all(conn).await
    })?;
    rows.into_iter().map(Stored::try_from).collect()
}

/// The mails that wait for a decision, then those that have not left; on a replica those that its server has.
pub async fn on_their_way(tx: &mut Tx) -> Result<Vec<Stored>> {
    // Each is the condition of an index.
    const STUCK: &str = "delivery in ('failed', 'held', 'perhaps_sent')";
    const LEAVING: &str = "delivery in ('waiting', 'sending', 'retrying')";
    let mut found = Vec::new();
    for stands in [STUCK, LEAVING] {
        let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} where {stands} and seq > 0 order by created_at, id"));
        let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(sql).fetch_all(conn).await)?;
        found.extend(rows.into_iter().map(Stored::try_from).collect::<Result<Vec<_>>>()?);
    }
    Ok(found)
}

/// Notes where an outgoing mail stands; gives the article a feed number so that it is sent anew.
pub async fn set_delivery(
    tx: &mut Tx,
    id: ArticleId,
    delivery: Delivery,
    sent_at: Option<i64>,
    error: Option<&str>,
    seq: i64,
) -> Result<()> {
    const SQL: &str = "update article set delivery = $2, sent_at = coalesce($3, sent_at), delivery_error = $4, seq = $5 where id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(id.0).bind(delivery.as_str()).bind(sent_at).bind(error.map(storable)).bind(seq).execute(conn).await.map(drop))?;
    Ok(())
}

/// Has the server sent this article (else it is a replica's guess)?
pub async fn is_confirmed(tx: &mut Tx, id: ArticleId) -> Result<bool> {
    const SQL: &str = "select seq from article where id = $1";
    let seq: Option<i64> = on!(tx, conn => sqlx::query_scalar(SQL).bind(id.0).fetch_optional(conn).await)?;
    Ok(seq.is_some_and(|seq| seq > 0))
}

/// Shows where a mail will probably stand.
pub async fn guess_delivery(tx: &mut Tx, id: ArticleId, delivery: Delivery) -> Result<()> {
    const SQL: &str = "update article set delivery = $2, delivery_error = null where id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(id.0).bind(delivery.as_str()).execute(conn).await.map(drop))?;
    Ok(())
}

/// Notes that a Message-ID belongs to a ticket. `ours`: the desk made it itself.
pub async fn refer(tx: &mut Tx, message_id: &str, ticket: TicketId, article: Option<ArticleId>, ours: bool) -> Result<()> {
    const SQL: &str = "
        insert into message_ref (message_id, ticket_id, article_id, ours) values ($1, $2, $3, $4)
        on conflict (message_id, ticket_id) do update set
            article_id = coalesce(message_ref.article_id, excluded.article_id), ours = message_ref.ours or excluded.ours";
    on!(tx, conn => sqlx::query(SQL).bind(indexed(message_id)).bind(ticket.0).bind(article.map(|article| article.0)).bind(ours).execute(conn).await.map(drop))?;
    Ok(())
}

/// A Message-ID that is known.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Reference {
    /// The id.
    pub message_id: String,
    /// Where it belongs.
    pub ticket_id: Uuid,
    /// The article that carries it; none: one was only referred to.
    pub article_id: Option<Uuid>,
    /// Did the desk make it?
    pub ours: bool,
}

/// Which of these Message-IDs are known, and where they belong.
pub async fn references(tx: &mut Tx, message_ids: &[String]) -> Result<Vec<Reference>> {
    if message_ids.is_empty() {
        return Ok(Vec::new());
    }
    macro_rules! run {
        ($db:ty, $conn:expr) => {{
            let mut query =
                QueryBuilder::<$db>::new("select message_id, ticket_id, article_id, ours from message_ref where message_id in (");
            let mut list = query.separated(", ");
            for id in message_ids {
                list.push_bind(indexed(id));
            }
            query.push(")");
            query.build_query_as::<Reference>().fetch_all($conn).await?
        }};
    }
    let mut known = match &mut tx.conn {
        Conn::Sqlite(tx) => run!(sqlx::Sqlite, &mut **tx),
        Conn::Postgres(tx) => run!(sqlx::Postgres, &mut **tx),
    };
    for reference in &mut known {
        if let Some(asked) = message_ids.iter().find(|id| indexed(id) == reference.message_id) {
            reference.message_id.clone_from(asked);
        }
    }
    Ok(known)
}

/// Every address that stands in the mails of a ticket (JSON lists as stored): who is known on it.
pub async fn participants(tx: &mut Tx, ticket: TicketId) -> Result<Vec<Address>> {
    const SQL: &str = "
        select coalesce(mail_from, 'null'), mail_to, mail_cc, mail_reply_to from article
        where ticket_id = $1 and channel = 'email' order by ordinal";
    let rows: Vec<(String, String, String, String)> = on!(tx, conn => sqlx::query_as(SQL).bind(ticket.0).fetch_all(conn).await)?;
    let mut all = Vec::new();
    for (from, to, cc, reply_to) in rows {
        all.extend(json::read::<Option<Address>>("address", &from)?);
        for list in [to, cc, reply_to] {
            all.extend(json::read::<Vec<Address>>("addresses", &list)?);
        }
    }
    Ok(all)
}

/// How many articles of each of these tickets the agent has not read: everything newer than `read_before` that is not
/// marked, and what was marked unread.
pub async fn unread(tx: &mut Tx, agent: AgentId, read_before: i64, tickets: &[Uuid]) -> Result<Vec<(Uuid, i64)>> {
    if tickets.is_empty() {
        return Ok(Vec::new());
    }
    macro_rules! run {
        ($db:ty, $conn:expr) => {{
            let mut query = QueryBuilder::<$db>::new("select a.ticket_id, cast(count(*) as bigint) from article a left join read_mark r on r.article_id = a.id and r.agent_id = ");
            query.push_bind(agent.0);
            query.push(" where (r.is_read is null and a.created_at >= ").push_bind(read_before);
            query.push(" and (a.author_id is null or a.author_id <> ").push_bind(agent.0).push(") and a.sender <> 'system' or r.is_read = ").push_bind(false);
            query.push(") and a.ticket_id in (");
            let mut list = query.separated(", ");
            for ticket in tickets {
                list.push_bind(*ticket);
            }
            query.push(") group by a.ticket_id");
            query.build_query_as::<(Uuid, i64)>().fetch_all($conn).await?
        }};
    }
    Ok(match &mut tx.conn {
        Conn::Sqlite(tx) => run!(sqlx::Sqlite, &mut **tx),
        Conn::Postgres(tx) => run!(sqlx::Postgres, &mut **tx),
    })
}

/// The read marks that an agent set on the articles of a ticket.
pub async fn read_marks(tx: &mut Tx, agent: AgentId, ticket: TicketId) -> Result<Vec<(Uuid, bool)>> {
    const SQL: &str = "
        select r.article_id, r.is_read from article a join read_mark r on r.article_id = a.id and r.agent_id = $2
        where a.ticket_id = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(ticket.0).bind(agent.0).fetch_all(conn).await)?)
}

/// Marks an article as read or unread by an agent.
pub async fn mark_read(tx: &mut Tx, agent: AgentId, ticket: TicketId, article: ArticleId, is_read: bool) -> Result<()> {
    const SQL: &str = "
        insert into read_mark (agent_id, article_id, ticket_id, is_read, seq) values ($1, $2, $3, $4, $5)
        on conflict (agent_id, article_id) do update set is_read = excluded.is_read, seq = excluded.seq";
    let seq = crate::personal::number(tx, agent).await?;
    on!(tx, conn => sqlx::query(SQL).bind(agent.0).bind(article.0).bind(ticket.0).bind(is_read).bind(seq).execute(conn).await.map(drop))?;
    Ok(())
}
