//! What servers tell each other over PostgreSQL: LISTEN and NOTIFY. It only wakes; the tables are the truth.

use sqlx::postgres::PgListener;

use crate::db::{Conn, Db, Result, Tx};

/// The one channel; channels belong to a database, and a database to a desk.
const CHANNEL: &str = "docket";
/// PostgreSQL takes payloads below 8,000 bytes.
const LONGEST: usize = 7_900;

/// Hears what other servers say, and itself.
#[derive(Debug)]
pub struct Listener(PgListener);

impl Listener {
    /// The next word; none: the line was broken and something may have been missed.
    pub async fn next(&mut self) -> Result<Option<String>> {
        Ok(self.0.try_recv().await?.map(|word| word.payload().to_owned()))
    }

    /// What has arrived already, without waiting.
    pub fn at_hand(&mut self) -> Option<String> {
        self.0.next_buffered().map(|word| word.payload().to_owned())
    }
}

impl Db {
    /// Begins to listen, on a connection of its own; none on SQLite, where there is nobody to hear.
    pub async fn listen(&self) -> Result<Option<Listener>> {
        let Self::Postgres(pool) = self else { return Ok(None) };
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(Some(Listener(listener)))
    }

    /// Tells every server something now. Does nothing on SQLite.
    pub async fn tell(&self, word: &str) -> Result<()> {
        if !self.is_postgres() {
            return Ok(());
        }
        let mut tx = self.aside().await?;
        tx.tell(word).await?;
        tx.commit().await
    }
}

impl Tx {
    /// Tells every server something as soon as this is committed; what is too long for the line is not said.
    pub async fn tell(&mut self, word: &str) -> Result<()> {
        const SQL: &str = "select pg_notify($1, $2)";
        if let Conn::Postgres(tx) = &mut self.conn
            && word.len() <= LONGEST
        {
            sqlx::query(SQL).bind(CHANNEL).bind(word).execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// Moves the feed's numbers on, and on PostgreSQL says so with the same statement: the word is the new head.
    pub(crate) async fn move_feed(&mut self) -> Result<()> {
        const SQLITE: &str = "update feed set head = $1, settings_head = $2 where id = 1";
        const POSTGRES: &str = "
            with moved as (update feed set head = $1, settings_head = $2 where id = 1 returning head)
            select pg_notify($3, cast(head as text)) from moved";
        match &mut self.conn {
            Conn::Sqlite(tx) => sqlx::query(SQLITE).bind(self.head).bind(self.settings_head).execute(&mut **tx).await.map(drop)?,
            Conn::Postgres(tx) => {
                sqlx::query(POSTGRES).bind(self.head).bind(self.settings_head).bind(CHANNEL).execute(&mut **tx).await.map(drop)?;
            }
        }
        Ok(())
    }
}
