//! The long poll: what changed since.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use docket_domain::{AgentId, TicketId};
use docket_store::ticket;
use tokio::sync::broadcast;

use crate::{
    access::sight,
    alarm::Waits,
    app::{App, Notice},
    error::Result,
    wire::{Asker, Changes, NoticeView},
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
    /// Answers as soon as the feed has moved past `after`, a mailbox or the connection changed or a notice came, at the latest after
    /// `wait`; of tickets it names those alone that this agent may read. A negative `after` answers at once with where the feed is.
    pub async fn changes(&self, me: AgentId, after: i64, wait: Duration) -> Result<Changes> {
        self.changes_for(&Asker { agent: me, device: String::new(), alarms: None }, after, wait).await
    }

    /// [`App::changes`], and what became of alarms.
    pub async fn changes_for(&self, asker: &Asker, after: i64, wait: Duration) -> Result<Changes> {
        let me = asker.agent;
        let mut rung = self.rung();
        let mut head = self.head();
        let mut notices = self.notices();
        let mut presence = self.0.presence.moved();
        let mut mailboxes = self.0.mailboxes_moved.subscribe();
        let mut contact = self.0.contact.subscribe();
        let mut stopping = self.0.stopping.subscribe();
        let mut changes = Changes::default();
        let mut visited = BTreeSet::new();
        let rings = match asker.alarms {
            Some(known) => self.alarms_waiting(me, known).await?,
            None => false,
        };
        if after >= 0 && !rings && *head.borrow_and_update() <= after {
            let _waiting = Waiting::begin(&self.0.long_polls);
            let there = asker.alarms.map(|_| Waits::begin(self, me, &asker.device));
            if there.is_some() {
                self.tell_device(me, &asker.device, None).await;
            }
            tokio::select! {
                _ = head.changed() => {}
                _ = mailboxes.changed() => changes.mailboxes = true,
                _ = contact.changed() => changes.connection = true,
                _ = stopping.changed() => {}
                ticket = readable(self, me, &mut presence) => drop(visited.insert(ticket)),
                notice = self.heard(me, &mut notices) => changes.notices.push(notice),
                () = rang(me, &mut rung), if asker.alarms.is_some() => {}
                () = tokio::time::sleep(wait) => {}
            }
            if let Some(there) = there {
                there.answered();
            }
        }
        while let Ok(notice) = notices.try_recv() {
            if notice.seq.is_none() {
                changes.notices.extend(self.told(me, notice).await);
            }
        }
        while let Ok(ticket) = presence.try_recv() {
            visited.insert(ticket);
        }
        if !visited.is_empty() {
            changes.presence = self.may_look_at(me, visited).await?;
        }
        if let Some(known) = asker.alarms {
            let news = self.alarm_news(me, &asker.device, known).await?;
            changes.alarms = (news.upto != known).then_some(news);
        }
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let sight = sight(&settings, me);
        changes.seq = tx.head;
        changes.settings = after >= 0 && tx.settings_head > after;
        changes.counts = tx.head > after;
        changes.connection |= self.connected().is_some() && tx.head > after;
        if after >= 0 && tx.head > after {
            let changed = ticket::changed_after(&mut tx, after, MOST, sight.as_ref()).await?;
            changes.tickets = changed.into_iter().map(|(id, _)| id.into()).collect();
            changes.sight = changes.settings || sight.is_some() && ticket::scopes_moved(&mut tx, after).await?;
        }
        // Everybody who waits wakes at once: nobody may hold one connection and ask for a second.
        drop(tx);
        if after >= 0 && changes.seq > after {
            for notice in self.told_after(after).into_iter().filter(|notice| notice.seq <= Some(changes.seq)) {
                changes.notices.extend(self.told(me, notice).await);
            }
        }
        Ok(changes)
    }

    /// The next notice beside the feed that concerns this agent; those of the feed come with it, and so none is missed.
    async fn heard(&self, me: AgentId, notices: &mut broadcast::Receiver<Notice>) -> NoticeView {
        loop {
            match notices.recv().await {
                Ok(notice) if notice.seq.is_some() => {}
                Ok(notice) => {
                    if let Some(notice) = self.told(me, notice).await {
                        return notice;
                    }
                }
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }

    /// A notice as this agent hears it, if it concerns them and they may read its ticket.
    pub(crate) async fn told(&self, me: AgentId, notice: Notice) -> Option<NoticeView> {
        if !self.concerns(me, &notice).await.unwrap_or(false) {
            return None;
        }
        Some(NoticeView { code: notice.code.into(), title: notice.title, text: notice.text, ticket_id: notice.ticket, seq: notice.seq })
    }
}

/// Returns when the alarms of that agent came or ended.
async fn rang(me: AgentId, rung: &mut broadcast::Receiver<AgentId>) {
    loop {
        match rung.recv().await {
            Ok(agent) if agent != me => {}
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// The next ticket where somebody came or left, of those that this agent may read: others wake nobody.
async fn readable(app: &App, me: AgentId, moved: &mut broadcast::Receiver<TicketId>) -> TicketId {
    loop {
        let ticket = match moved.recv().await {
            Ok(ticket) => ticket,
            Err(broadcast::error::RecvError::Lagged(_)) => continue,
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        };
        if app.may_look_at(me, BTreeSet::from([ticket])).await.is_ok_and(|readable| !readable.is_empty()) {
            return ticket;
        }
    }
}
