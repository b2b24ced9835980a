//! The long poll: what changed since.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use docket_store::ticket;

use crate::{
    app::App,
    error::Result,
    wire::{Changes, NoticeView},
};

/// One who waits, counted while waiting.
struct Waiting<'a>(&'a AtomicU64);

impl<'a> Waiting<'a> {
    fn begin(count: &'a AtomicU64) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// More changes than this are answered as "look at everything anew".
const MOST: i64 = 200;

impl App {
    /// Answers as soon as the feed has moved past `after`, a mailbox or the connection changed or a notice came, at the latest after `wait`.
    /// A negative `after` answers at once with where the feed is.
    pub async fn changes(&self, after: i64, wait: Duration) -> Result<Changes> {
        let mut head = self.head();
        let mut notices = self.notices();
        let mut mailboxes = self.0.mailboxes_moved.subscribe();
        let mut contact = self.0.contact.subscribe();
        let mut stopping = self.0.stopping.subscribe();
        let mut changes = Changes::default();
        if after >= 0 && *head.borrow_and_update() <= after {
            let _waiting = Waiting::begin(&self.0.long_polls);
            tokio::select! {
                _ = head.changed() => {}
                _ = mailboxes.changed() => changes.mailboxes = true,
                _ = contact.changed() => changes.connection = true,
                _ = stopping.changed() => {}
                notice = notices.recv() => if let Ok(notice) = notice {
                    changes.notices.push(NoticeView { code: notice.code.into(), title: notice.title, text: notice.text, ticket_id: notice.ticket });
                },
                () = tokio::time::sleep(wait) => {}
            }
        }
        while let Ok(notice) = notices.try_recv() {
            changes.notices.push(NoticeView { code: notice.code.into(), title: notice.title, text: notice.text, ticket_id: notice.ticket });
        }
        let mut tx = self.0.db.read().await?;
        changes.seq = tx.head;
        changes.settings = after >= 0 && tx.settings_head > after;
        changes.counts = tx.head > after;
        changes.connection |= self.connected().is_some() && tx.head > after;
        if after >= 0 && tx.head > after {
            changes.tickets = ticket::changed_after(&mut tx, after, MOST).await?.into_iter().map(|(id, _)| id.into()).collect();
        }
        Ok(changes)
    }
}
