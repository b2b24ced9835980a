//! A fresh database, and the things that lie in it.

use std::{
    ops::Deref,
    path::PathBuf,
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
};

use docket_domain::{Article, ArticleId, Channel, Customer, PriorityId, QueueId, Sender, StateId, Ticket, TicketId};
use docket_peers::Postgres;
use docket_store::{
    Db, Result, Tx,
    blob::Blobs,
    ticket::{self, Class, Index},
};
use sqlx::Connection;
use tempfile::TempDir;
use uuid::Uuid;

/// One cluster for the whole run; its guard ends it with this process.
static CLUSTER: LazyLock<Postgres> = LazyLock::new(Postgres::start);

/// A database with its tables.
pub struct Desk {
    pub db: Db,
    pub blobs: Blobs,
    /// How another process finds it.
    pub place: String,
    folder: TempDir,
}

impl Desk {
    pub async fn sqlite() -> Self {
        let desk = Self::bare_sqlite().await;
        desk.migrate().await.unwrap();
        desk
    }

    pub async fn postgres() -> Self {
        let desk = Self::bare_postgres().await;
        desk.migrate().await.unwrap();
        desk
    }

    /// Without tables.
    pub async fn bare_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.db");
        let db = Db::open_sqlite(&path).await.unwrap();
        Self { db, blobs: Blobs::Folder(folder.path().join("blobs")), place: path.to_str().unwrap().into(), folder }
    }

    /// Without tables. The collation is German as at a real desk, and unlike SQLite's order of bytes.
    pub async fn bare_postgres() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("german_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let address = |name: &str| format!("postgres://postgres@127.0.0.1:{}/{name}", CLUSTER.port());
        let mut admin = sqlx::PgConnection::connect(&address("postgres")).await.unwrap();
        let sql = format!("create database {name} template template0 locale_provider icu icu_locale 'de'");
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut admin).await.unwrap();
        admin.close().await.unwrap();
        let db = Db::open_postgres(&address(&name)).await.unwrap();
        Self { blobs: Blobs::Database(db.clone()), db, place: address(&name), folder: tempfile::tempdir().unwrap() }
    }

    /// A file beside the database.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Keeps a ticket under the next feed number.
    pub async fn keep(&self, ticket: &Ticket, class: Class) {
        let mut tx = self.begin().await.unwrap();
        keep(&mut tx, ticket, class).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Runs a statement as it stands.
    pub async fn execute(&self, sql: &'static str) {
        match &self.db {
            Db::Sqlite { writer, .. } => sqlx::raw_sql(sql).execute(writer).await.map(drop).unwrap(),
            Db::Postgres(pool) => sqlx::raw_sql(sql).execute(pool).await.map(drop).unwrap(),
        }
    }
}

impl Deref for Desk {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

/// Saves a ticket under the next feed number.
pub async fn keep(tx: &mut Tx, ticket: &Ticket, class: Class) -> Result<()> {
    let seq = tx.next_seq();
    ticket::save(tx, ticket, &Index { class, rank: 3, article: None, next: Default::default() }, seq, false).await
}

/// An id.
pub fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// A ticket whose fields follow from its number.
pub fn ticket(n: u16) -> Ticket {
    Ticket {
        number: format!("20261121100{n:05}"),
        title: format!("Printer {n}"),
        queue: QueueId::fixed(1, 1),
        state: StateId::fixed(2, 1),
        priority: PriorityId::fixed(3, 3),
        customer: Customer { address: format!("person{n}@example.org"), name: format!("Person {n}") },
        created_at: i64::from(n),
        changed_at: i64::from(n),
        articles: 1,
        events: 1,
        ..Ticket::blank(TicketId(id(u128::from(n))))
    }
}

/// An article of a ticket: a mail from its customer.
pub fn article(ticket: &Ticket, ordinal: i64) -> Article {
    Article {
        id: article_id(ticket, ordinal),
        ticket: ticket.id,
        ordinal,
        sender: Sender::Customer,
        channel: Channel::Email,
        direction: None,
        visible_to_customer: true,
        author: None,
        from: None,
        to: vec![],
        cc: vec![],
        bcc: vec![],
        reply_to: vec![],
        subject: "Printer".into(),
        text: "It burns.".into(),
        html: None,
        message_id: None,
        references: vec![],
        created_at: ordinal,
        raw: None,
        delivery: None,
        warnings: vec![],
    }
}

/// The id of a ticket's article.
pub fn article_id(ticket: &Ticket, ordinal: i64) -> ArticleId {
    ArticleId(id((ticket.id.0.as_u128() << 32) + u128::try_from(ordinal).unwrap()))
}
