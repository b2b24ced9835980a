//! Attachments: what stands beside their bytes.

use std::collections::HashMap;

use docket_domain::{ArticleId, AttachmentId, TicketId, article::Attachment};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    db::{Result, Tx},
    key::{storable, storable_option},
};

/// Adds an attachment.
pub async fn attach(tx: &mut Tx, attachment: &Attachment) -> Result<()> {
    const SQL: &str = "
        insert into attachment (id, article_id, ordinal, name, content_type, size, sha256, inline, content_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    on!(tx, conn => sqlx::query(SQL).bind(attachment.id.0).bind(attachment.article.0).bind(attachment.ordinal)
        .bind(storable(&attachment.name)).bind(storable(&attachment.content_type)).bind(attachment.size).bind(&attachment.sha256)
        .bind(attachment.inline).bind(storable_option(attachment.content_id.as_ref()))
        .execute(conn).await.map(drop))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct AttachmentRow {
    id: Uuid,
    article_id: Uuid,
    ordinal: i64,
    name: String,
    content_type: String,
    size: i64,
    sha256: String,
    inline: bool,
    content_id: Option<String>,
}

impl From<AttachmentRow> for Attachment {
    fn from(row: AttachmentRow) -> Self {
        Self {
            id: AttachmentId(row.id),
            article: ArticleId(row.article_id),
            ordinal: row.ordinal,
            name: row.name,
            content_type: row.content_type,
            size: row.size,
            sha256: row.sha256,
            inline: row.inline,
            content_id: row.content_id,
        }
    }
}

/// The attachments of all articles of a ticket, by article and position.
pub async fn attachments(tx: &mut Tx, ticket: TicketId) -> Result<Vec<Attachment>> {
    const SQL: &str = "
        select t.id, t.article_id, t.ordinal, t.name, t.content_type, t.size, t.sha256, t.inline, t.content_id
        from attachment t join article a on a.id = t.article_id where a.ticket_id = $1 order by a.ordinal, t.ordinal";
    let rows: Vec<AttachmentRow> = on!(tx, conn => sqlx::query_as(SQL).bind(ticket.0).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Attachment::from).collect())
}

/// One attachment.
pub async fn attachment(tx: &mut Tx, id: AttachmentId) -> Result<Option<Attachment>> {
    const SQL: &str = "select id, article_id, ordinal, name, content_type, size, sha256, inline, content_id from attachment where id = $1";
    let row: Option<AttachmentRow> = on!(tx, conn => sqlx::query_as(SQL).bind(id.0).fetch_optional(conn).await)?;
    Ok(row.map(Attachment::from))
}

/// The attachments of these articles, by article and position.
pub(crate) async fn of_articles(tx: &mut Tx, articles: &[Uuid]) -> Result<HashMap<Uuid, Vec<Attachment>>> {
    const SQL: &str =
        "select id, article_id, ordinal, name, content_type, size, sha256, inline, content_id from attachment where article_id in (";
    let mut by_article: HashMap<Uuid, Vec<Attachment>> = HashMap::new();
    for articles in articles.chunks(10_000) {
        let rows: Vec<AttachmentRow> = on!(tx, conn => {
            let mut query = QueryBuilder::new(SQL);
            let mut list = query.separated(", ");
            for article in articles {
                list.push_bind(*article);
            }
            query.push(") order by article_id, ordinal");
            query.build_query_as::<AttachmentRow>().fetch_all(conn).await
        })?;
        for row in rows {
            by_article.entry(row.article_id).or_default().push(row.into());
        }
    }
    Ok(by_article)
}
