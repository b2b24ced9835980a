//! The two databases behind one pair of types.

use std::{
    collections::HashMap,
    path::Path,
    str::FromStr,
    sync::atomic::{AtomicBool, AtomicI64, Ordering},
    time::Duration,
};

use docket_domain::TicketId;
use sqlx::{
    Connection, PgPool, Postgres, Sqlite, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use thiserror::Error;

use crate::ticket::Placed;

/// Why the database did not do it.
#[derive(Debug, Error)]
pub enum Error {
    /// The database said no, or is not there.
    #[error(transparent)]
    Sql(sqlx::Error),
    /// The tables could not be brought up to date.
    #[error("the database could not be brought up to date: {0}")]
    Migrate(String),
    /// A newer Docket wrote this database.
    #[error("this database was written by a newer Docket; install that version or restore a backup made before it")]
    Newer,
    /// A stored document cannot be read.
    #[error("a stored {what} cannot be read: {error}")]
    Json {
        /// What it is.
        what: &'static str,
        /// What serde says.
        error: serde_json::Error,
    },
    /// The disk is full or the file is not writable.
    #[error("the disk is full or the data folder cannot be written: {0}")]
    Disk(String),
    /// A row of a backup does not fit its table.
    #[error("this backup does not fit: {0}")]
    Backup(String),
    /// A file of the data folder cannot be read or written.
    #[error(transparent)]
    Io(std::io::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if is_disk(&error) { Self::Disk(error.to_string()) } else { Self::Sql(error) }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        match error.kind() {
            StorageFull | QuotaExceeded | FileTooLarge | ReadOnlyFilesystem => Self::Disk(error.to_string()),
            _ => Self::Io(error),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for Error {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError::{Execute, ExecuteMigration, VersionMissing, VersionTooNew};
        match error {
            VersionMissing(_) | VersionTooNew(..) => Self::Newer,
            Execute(error) | ExecuteMigration(error, _) if is_disk(&error) => Self::Disk(error.to_string()),
            other => Self::Migrate(other.to_string()),
        }
    }
}

/// Is it the disk: full, failing, or not to be written?
fn is_disk(error: &sqlx::Error) -> bool {
    /// SQLite's primary result codes READONLY, IOERR, FULL and CANTOPEN; the extended ones carry them in the low byte.
    const SQLITE: [i32; 4] = [8, 10, 13, 14];
    /// PostgreSQL's `disk_full`.
    const POSTGRES: &str = "53100";
    let sqlx::Error::Database(error) = error else { return false };
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
        code.parse::<i32>().is_ok_and(|code| SQLITE.contains(&(code & 0xff)))
    } else {
        code == POSTGRES
    }
}

impl Error {
    /// Did a unique or primary key turn the row away?
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Sql(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}

/// What every function of this crate answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A database: SQLite with one writer and several readers, or PostgreSQL.
#[derive(Clone, Debug)]
pub enum Db {
    /// SQLite.
    Sqlite {
        /// The one connection that writes.
        writer: SqlitePool,
        /// Connections that read.
        readers: SqlitePool,
    },
    /// PostgreSQL.
    Postgres(PgPool),
}

/// A transaction: of the writer ([`Db::begin`]) or a consistent look ([`Db::read`]).
pub struct Tx {
    pub(crate) conn: Conn,
    /// The feed's last number; grows with [`Tx::next_seq`].
    pub head: i64,
    /// The feed number of the last change of settings.
    pub settings_head: i64,
    writes: bool,
    moved: bool,
    /// The tickets that this writer has read or saved: nobody else changes them before it ends.
    pub(crate) tickets: HashMap<TicketId, Option<Placed>>,
}

pub(crate) enum Conn {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// Runs `$body` with `$conn` bound to the connection inside `$tx`, whichever database that is.
macro_rules! on {
    ($tx:expr, $conn:ident => $body:expr) => {
        match &mut $tx.conn {
            $crate::db::Conn::Sqlite(tx) => {
                let $conn = &mut **tx;
                $body
            }
            $crate::db::Conn::Postgres(tx) => {
                let $conn = &mut **tx;
                $body
            }
        }
    };
}

/// A fault to switch on, so that a simulation can show that it would find it.
static OUT_OF_ORDER: AtomicBool = AtomicBool::new(false);
static LEFT_OUT: AtomicI64 = AtomicI64::new(0);

/// From now on, in this process, feed numbers are not in the order of commits. For a simulation that must notice.
pub fn number_out_of_order() {
    OUT_OF_ORDER.store(true, Ordering::Relaxed);
}

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");

impl Db {
    /// Opens the SQLite file, making it when it is missing. Does not migrate.
    pub async fn open_sqlite(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("cache_size", "-16000")
            .pragma("mmap_size", "268435456")
            .statement_cache_capacity(200);
        let writer = sqlite_pool(1).connect_with(options.clone()).await?;
        let readers = sqlite_pool(4).connect_lazy_with(options.pragma("query_only", "on"));
        Ok(Self::Sqlite { writer, readers })
    }

    /// Connects to PostgreSQL. `url` is `postgres://…`; a password may come from PGPASSWORD or a password file.
    pub async fn open_postgres(url: &str) -> Result<Self> {
        let options = sqlx::postgres::PgConnectOptions::from_str(url)?.application_name("docket");
        let pool = PgPoolOptions::new().max_connections(16).acquire_timeout(Duration::from_secs(10)).connect_with(options).await?;
        Ok(Self::Postgres(pool))
    }

    /// Brings the tables up to date; says so when a newer Docket wrote them.
    pub async fn migrate(&self) -> Result<()> {
        match self {
            Self::Sqlite { writer, .. } => MIGRATIONS.run(writer).await?,
            Self::Postgres(pool) => MIGRATIONS.run(pool).await?,
        }
        Ok(())
    }

    /// Has it any tables yet, and are migrations waiting? `(exists, pending)`.
    pub async fn migration_state(&self) -> Result<(bool, bool)> {
        const SQLITE: &str = "select count(*) > 0 from sqlite_master where name = '_sqlx_migrations'";
        const POSTGRES: &str = "select to_regclass('_sqlx_migrations') is not null";
        const SQL: &str = "select version from _sqlx_migrations where success";
        let applied: Vec<i64> = match self {
            Self::Sqlite { writer, .. } if sqlx::query_scalar(SQLITE).fetch_one(writer).await? => {
                sqlx::query_scalar(SQL).fetch_all(writer).await?
            }
            Self::Postgres(pool) if sqlx::query_scalar(POSTGRES).fetch_one(pool).await? => sqlx::query_scalar(SQL).fetch_all(pool).await?,
            Self::Sqlite { .. } | Self::Postgres(_) => Vec::new(),
        };
        Ok((!applied.is_empty(), MIGRATIONS.iter().any(|known| !applied.contains(&known.version))))
    }

    /// Starts the one writing transaction there is at a time; number order is commit order.
    pub async fn begin(&self) -> Result<Tx> {
        const HEADS: &str = "select head, settings_head from feed where id = 1";
        const LOCKED: &str = "select head, settings_head from feed where id = 1 for update";
        let (conn, (head, settings_head)) = match self {
            Self::Sqlite { writer, .. } => {
                let mut tx = writer.begin_with("begin immediate").await?;
                let heads: (i64, i64) = sqlx::query_as(HEADS).fetch_one(&mut *tx).await?;
                (Conn::Sqlite(tx), heads)
            }
            Self::Postgres(pool) => {
                let mut tx = pool.begin().await?;
                let heads: (i64, i64) = sqlx::query_as(LOCKED).fetch_one(&mut *tx).await?;
                (Conn::Postgres(tx), heads)
            }
        };
        Ok(Tx { conn, head, settings_head, writes: true, moved: false, tickets: HashMap::new() })
    }

    /// Starts a consistent look at the database; nothing can be written through it.
    pub async fn read(&self) -> Result<Tx> {
        const HEADS: &str = "select head, settings_head from feed where id = 1";
        let (conn, (head, settings_head)) = match self {
            Self::Sqlite { readers, .. } => {
                let mut tx = readers.begin().await?;
                let heads: (i64, i64) = sqlx::query_as(HEADS).fetch_one(&mut *tx).await?;
                (Conn::Sqlite(tx), heads)
            }
            Self::Postgres(pool) => {
                let mut tx = pool.begin_with("begin isolation level repeatable read read only").await?;
                let heads: (i64, i64) = sqlx::query_as(HEADS).fetch_one(&mut *tx).await?;
                (Conn::Postgres(tx), heads)
            }
        };
        Ok(Tx { conn, head, settings_head, writes: false, moved: false, tickets: HashMap::new() })
    }

    /// Starts a short transaction beside the feed, for what has no place in it: job claims, sessions, presence.
    pub async fn aside(&self) -> Result<Tx> {
        let conn = match self {
            Self::Sqlite { writer, .. } => Conn::Sqlite(writer.begin_with("begin immediate").await?),
            Self::Postgres(pool) => Conn::Postgres(pool.begin().await?),
        };
        Ok(Tx { conn, head: 0, settings_head: 0, writes: true, moved: false, tickets: HashMap::new() })
    }

    /// SQLite's counter of changes by other connections and processes; `None` on PostgreSQL.
    pub async fn data_version(&self) -> Result<Option<i64>> {
        match self {
            Self::Sqlite { writer, .. } => Ok(Some(sqlx::query_scalar("pragma data_version").fetch_one(writer).await?)),
            Self::Postgres(_) => Ok(None),
        }
    }

    /// Checks the file from end to end; the answer is `ok` or what is wrong with it. PostgreSQL looks after its own.
    pub async fn integrity(&self) -> Result<String> {
        match self {
            Self::Sqlite { writer, .. } => Ok(sqlx::query_scalar("pragma integrity_check(5)").fetch_one(writer).await?),
            Self::Postgres(_) => Ok("ok".into()),
        }
    }

    /// Writes a copy of the SQLite file, complete and consistent. Does nothing on PostgreSQL.
    pub async fn copy_to(&self, path: &Path) -> Result<()> {
        if let Self::Sqlite { writer, .. } = self {
            sqlx::query("vacuum into $1").bind(path.to_string_lossy().into_owned()).execute(writer).await?;
        }
        Ok(())
    }

    /// Moves what the WAL holds into the file and lets the planner look at it; for the end of bulk work.
    pub async fn settle(&self) -> Result<()> {
        match self {
            Self::Sqlite { writer, .. } => {
                sqlx::query("analyze").execute(writer).await?;
                sqlx::query("pragma wal_checkpoint(truncate)").fetch_all(writer).await?;
            }
            Self::Postgres(pool) => sqlx::query("analyze").execute(pool).await.map(drop)?,
        }
        Ok(())
    }

    /// Writes the file anew, so that nothing is left in it of what was deleted.
    pub async fn rewrite(&self) -> Result<()> {
        match self {
            Self::Sqlite { writer, .. } => {
                sqlx::query("vacuum").execute(writer).await?;
                sqlx::query("pragma wal_checkpoint(truncate)").fetch_all(writer).await?;
            }
            Self::Postgres(pool) => sqlx::query("vacuum full").execute(pool).await.map(drop)?,
        }
        Ok(())
    }

    /// Is this PostgreSQL?
    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Closes all connections; what was committed is on disk.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Connections are kept for good. One whose transaction SQLite itself has ended, as it does on a full disk, believes to be
/// inside it for ever and is replaced.
fn sqlite_pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .max_lifetime(None)
        .idle_timeout(None)
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(std::future::ready(Ok(!connection.is_in_transaction()))))
}

impl Tx {
    /// The next feed number; it is spent when the transaction commits.
    pub fn next_seq(&mut self) -> i64 {
        self.moved = true;
        if OUT_OF_ORDER.load(Ordering::Relaxed) {
            return self.number_out_of_order();
        }
        self.head += 1;
        self.head
    }

    /// Every other number is handed out after its successor, as a sequence does that hands them out before the commit.
    fn number_out_of_order(&mut self) -> i64 {
        match LEFT_OUT.swap(0, Ordering::Relaxed) {
            0 => {
                self.head += 2;
                LEFT_OUT.store(self.head - 1, Ordering::Relaxed);
                self.head
            }
            number => number,
        }
    }

    /// The next feed number, for a change of settings.
    pub fn next_settings_seq(&mut self) -> i64 {
        self.settings_head = self.next_seq();
        self.settings_head
    }

    /// Remembers how a ticket stands in this transaction.
    pub(crate) fn remember(&mut self, id: TicketId, placed: Option<Placed>) {
        if self.writes {
            self.tickets.insert(id, placed);
        }
    }

    /// Makes it last. Without this, nothing happened.
    pub async fn commit(mut self) -> Result<()> {
        if self.moved && self.writes {
            self.move_feed().await?;
        }
        match self.conn {
            Conn::Sqlite(tx) => tx.commit().await?,
            Conn::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// The next value of a named counter, from 1.
    pub async fn count(&mut self, name: &str) -> Result<i64> {
        self.count_by(name, 1).await
    }

    /// Moves a named counter on by `step` and gives its new value.
    pub async fn count_by(&mut self, name: &str, step: i64) -> Result<i64> {
        const SQL: &str = "
            insert into counter (name, value) values ($1, $2)
            on conflict (name) do update set value = counter.value + $2
            returning value";
        Ok(on!(self, conn => sqlx::query_scalar(SQL).bind(name).bind(step).fetch_one(conn).await)?)
    }
}
