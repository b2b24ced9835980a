//! How the line to the server is, told by whoever keeps it, and what wakes them.

use docket_store::replica;

use super::{Memory, read, write};
use crate::{
    app::App,
    error::{Error, Result},
};

impl App {
    /// Returns when there is something to tell the server, or somebody wants to hear from it now.
    pub async fn sync_wanted(&self) {
        self.0.wake_sync.notified().await;
    }

    /// Asks whoever keeps the line to sync now.
    pub fn sync_now(&self) {
        self.0.wake_sync.notify_one();
    }

    /// Returns when the desk is being closed.
    pub async fn stopped(&self) {
        let mut stopping = self.0.stopping.subscribe();
        // A sender that is gone has closed, too.
        drop(stopping.wait_for(|stopping| *stopping).await);
    }

    /// Where this replica stands in the server's feed; none: it keeps nothing of a server.
    pub async fn server_seq(&self) -> Result<Option<i64>> {
        let found = replica::find(&mut self.0.db.read().await?).await?;
        Ok(found.filter(|_| self.connected().is_some()).map(|found| read::<Memory>(&found.document).seq))
    }

    /// How far this replica knows the server's alarms; below 0: not at all.
    pub async fn alarms_known(&self) -> Result<i64> {
        let found = replica::find(&mut self.0.db.read().await?).await?;
        Ok(found.and_then(|found| read::<Memory>(&found.document).alarms).unwrap_or(-1))
    }

    /// Was this device signed out for good, so that only a new connection helps?
    pub async fn is_over(&self) -> Result<bool> {
        let found = replica::find(&mut self.0.db.read().await?).await?;
        Ok(found.is_some_and(|found| read::<Memory>(&found.document).over.is_some()))
    }

    /// Notes whether something is on its way right now.
    pub fn line_busy(&self, busy: bool) {
        self.0.contact.send_if_modified(|contact| std::mem::replace(&mut contact.busy, busy) != busy);
    }

    /// Notes that the server answered as it should.
    pub async fn line_up(&self) -> Result<()> {
        self.note_contact(true, None).await
    }

    /// Notes what went wrong: no answer, or one that says no.
    pub async fn line_trouble(&self, error: &Error) -> Result<()> {
        let code = error.code();
        self.note_contact(code != "offline", Some((code.to_owned(), error.to_string()))).await
    }

    async fn note_contact(&self, online: bool, trouble: Option<(String, String)>) -> Result<()> {
        let now = self.now();
        let (code, words) = trouble.unzip();
        let moved = self.0.contact.send_if_modified(|contact| {
            let before = contact.clone();
            if contact.online != online || contact.since == 0 {
                (contact.online, contact.since) = (online, now);
            }
            (contact.busy, contact.trouble, contact.code) = (false, words, code);
            *contact != before
        });
        if moved {
            // Whoever is not listening at this moment finds that the feed has moved.
            let mut work = self.work().await?;
            if let Some(mut known) = replica::find(&mut work.tx).await? {
                let line = self.0.contact.borrow().clone();
                known.document = write(&Memory { line, ..read(&known.document) })?;
                replica::save(&mut work.tx, &known).await?;
            }
            work.tx.next_seq();
            self.finish(work).await?;
        }
        Ok(())
    }
}
