//! The long poll: what changed since.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use docket_domain::AgentId;
use docket_store::ticket;

use crate::{
    access::sight,
    app::{App, Notice},
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
    /// Answers as soon as the feed has moved past `after`, a mailbox changed or a notice came, at the latest after `wait`; of
    /// tickets it names those alone that this agent may read. A negative `after` answers at once with where the feed is.
    pub async fn changes(&self, me: AgentId, after: i64, wait: Duration) -> Result<Changes> {
        let mut head = self.head();
        let mut notices = self.notices();
        let mut mailboxes = self.0.mailboxes_moved.subscribe();
        let mut stopping = self.0.stopping.subscribe();
        let mut changes = Changes::default();
        let mut heard = Vec::new();
        if after >= 0 && *head.borrow_and_update() <= after {
            let _waiting = Waiting::begin(&self.0.long_polls);
            tokio::select! {
                _ = head.changed() => {}
                _ = mailboxes.changed() => changes.mailboxes = true,
                _ = stopping.changed() => {}
                notice = notices.recv() => heard.extend(notice),
                () = tokio::time::sleep(wait) => {}
            }
        }
        while let Ok(notice) = notices.try_recv() {
            heard.push(notice);
        }
        for notice in heard {
            if self.may_hear(me, &notice).await? {
                let Notice { code, title, text, ticket, .. } = notice;
                changes.notices.push(NoticeView { code: code.into(), title, text, ticket_id: ticket });
            }
        }
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let sight = sight(&settings, me);
        changes.seq = tx.head;
        changes.settings = after >= 0 && tx.settings_head > after;
        changes.counts = tx.head > after;
        if after >= 0 && tx.head > after {
            let changed = ticket::changed_after(&mut tx, after, MOST, sight.as_ref()).await?;
            changes.tickets = changed.into_iter().map(|(id, _)| id.into()).collect();
            changes.sight = changes.settings || sight.is_some() && ticket::scopes_moved(&mut tx, after).await?;
        }
        Ok(changes)
    }
}
