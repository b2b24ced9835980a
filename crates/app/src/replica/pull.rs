//! A pull: what the server sends replaces what was guessed, in one transaction with the cursor.

use std::collections::{BTreeSet, HashMap};

use docket_domain::{AgentId, CommandId, TicketId, settings::Record, unit::TicketUnit};
use docket_store::{customer, personal, replica, setting, unit};
use uuid::Uuid;

use super::{
    Fill, Line, Memory,
    line::{get, post},
    read, row, write,
};
use crate::{
    app::{App, Notice},
    error::{Error, Result},
    submit::Work,
    sync::mutant::Mutant,
    team::known_code,
    wire::{
        Changes, NoticeView,
        sync::{CustomerUnit, FirstInput, FirstPage, PersonalUnit, SyncPage},
    },
};

/// What a pull brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pulled {
    /// Tickets that came or went.
    pub tickets: usize,
    /// Is there more right now?
    pub more: bool,
}

impl App {
    /// Asks the server what changed, and takes it in.
    ///
    /// # Errors
    /// `offline`; `new_epoch`, `device_revoked`, `device_lost`, `agent_disabled` have been acted on when they are returned.
    pub async fn pull(&self, line: &impl Line) -> Result<Pulled> {
        let known = row(&mut self.0.db.read().await?).await?;
        let memory: Memory = read(&known.document);
        let whole = !read::<Vec<Fill>>(&known.first_sync).is_empty() || memory.seq < memory.whole_until;
        let path = format!("/api/v1/sync?after={}&whole={}", known.cursor, u8::from(whole));
        let began = self.now();
        match get::<SyncPage>(line, path).await {
            Ok(page) => {
                let offset = page.now - (began + self.now()) / 2;
                self.take_page(&known.cursor, page, offset, line).await
            }
            Err(error) => {
                self.heed(line, &error).await?;
                Err(error)
            }
        }
    }

    async fn take_page(&self, asked: &str, page: SyncPage, offset: i64, line: &impl Line) -> Result<Pulled> {
        if !page.removed.is_empty() || !page.gone.is_empty() {
            self.hand_over_lost(line, &page).await?;
        }
        let mut work = self.work().await?;
        let mut known = row(&mut work.tx).await?;
        // Two pulls at once: the second one's answer is old.
        if known.cursor != asked {
            return Ok(Pulled { tickets: 0, more: true });
        }
        let agent = AgentId(known.agent_id);
        let mut memory: Memory = read(&known.document);
        let settings_changed = work.take_settings(&page.settings).await?;
        let mut touched = work.wipe_queues(&page, agent).await?;
        let tickets = page.tickets.len() + page.gone.len();
        touched.extend(work.take_units(page.tickets).await?);
        let gone: Vec<Uuid> = page.gone.iter().map(|id| id.0).collect();
        unit::forget(&mut work.tx, &gone).await?;
        work.take_contacts(page.customers).await?;
        work.take_personal(page.personal, agent, offset, memory.told).await?;
        for mark in page.read_marks {
            personal::put_mark(&mut work.tx, agent, &mark.into(), memory.told).await?;
        }
        touched.extend(work.reached(page.seq).await?);
        for id in touched {
            work.show_anew(id).await?;
        }
        work.hear(agent, page.notices);
        memory.lost = read::<Memory>(&row(&mut work.tx).await?.document).lost;
        let wiped = !page.removed.is_empty() || !gone.is_empty();
        let mut fills: Vec<Fill> = read(&known.first_sync);
        if known.cursor.is_empty() {
            fills = vec![Fill::default()];
        } else if !page.added.is_empty() {
            fills.push(Fill { queues: Some(page.added), ..Fill::default() });
        }
        memory.seq = page.seq;
        known.first_sync = write(&fills)?;
        known.document = write(&memory)?;
        known.cursor = page.cursor;
        known.contact_at = work.now;
        known.clock_offset = offset;
        replica::save(&mut work.tx, &known).await?;
        // Something changed even if no ticket did: the sync chip says so.
        work.tx.next_seq();
        self.finish(work).await?;
        if settings_changed {
            self.reload().await?;
        }
        if wiped && !page.more {
            // What may not be read here any more must not be found in the file's free pages either.
            self.0.db.rewrite().await?;
            self.unpack().await?;
        }
        Ok(Pulled { tickets, more: page.more })
    }

    /// Fetches the next page of the first sync that is not over; false: all are.
    pub async fn first_step(&self, line: &impl Line) -> Result<bool> {
        let known = row(&mut self.0.db.read().await?).await?;
        let fills: Vec<Fill> = read(&known.first_sync);
        let Some(fill) = fills.first() else { return Ok(false) };
        let input = FirstInput { queues: fill.queues.clone(), after: fill.after.clone(), limit: None, cursor: known.cursor };
        let page: FirstPage = post(line, "/api/v1/sync/first", &input).await?;
        if page.pull_first {
            return Ok(true);
        }
        let mut work = self.work().await?;
        let mut known = row(&mut work.tx).await?;
        let mut fills: Vec<Fill> = read(&known.first_sync);
        // Begun anew meanwhile: this answer is old.
        if fills.first().is_none_or(|now| (&now.queues, &now.after) != (&input.queues, &input.after)) {
            return Ok(true);
        }
        if let Some(fill) = fills.first_mut() {
            fill.done += i64::try_from(page.tickets.len()).unwrap_or(0);
            fill.total = page.total.unwrap_or(fill.total).max(fill.done);
            fill.after = page.next.clone().unwrap_or_default();
        }
        let touched = work.take_units(page.tickets).await?;
        for id in touched {
            work.show_anew(id).await?;
        }
        work.take_contacts(page.customers).await?;
        let told = read::<Memory>(&known.document).told;
        work.take_personal(page.personal, AgentId(known.agent_id), known.clock_offset, told).await?;
        if page.next.is_none() {
            fills.remove(0);
        }
        known.first_sync = write(&fills)?;
        known.contact_at = work.now;
        let mut memory: Memory = read(&row(&mut work.tx).await?.document);
        memory.whole_until = memory.whole_until.max(page.seq);
        known.document = write(&memory)?;
        replica::save(&mut work.tx, &known).await?;
        work.tx.next_seq();
        self.finish(work).await?;
        if fills.is_empty() {
            self.hand_over_unknown(line).await?;
        }
        Ok(!fills.is_empty())
    }
}

impl Work {
    async fn take_settings(&mut self, records: &[Record]) -> Result<bool> {
        let mut changed = false;
        for record in records {
            if self.settings.records.get(&(record.kind, record.id)) != Some(record) {
                setting::save(&mut self.tx, record, self.now, "").await?;
                changed = true;
            }
        }
        if changed {
            let all = setting::all(&mut self.tx).await?;
            self.settings = std::sync::Arc::new(docket_domain::Settings::build(self.tx.settings_head, all)?);
        }
        Ok(changed)
    }

    /// Puts units that are not older than what is here; gives the tickets of which something is pending.
    pub(crate) async fn take_units(&mut self, mut units: Vec<TicketUnit>) -> Result<BTreeSet<TicketId>> {
        let ids: Vec<Uuid> = units.iter().map(|unit| unit.ticket.id.0).collect();
        let pending: BTreeSet<Uuid> = replica::pending_tickets(&mut self.tx).await?.into_iter().filter(|id| ids.contains(id)).collect();
        for id in &pending {
            self.unguess(TicketId(*id)).await?;
        }
        let known: HashMap<Uuid, i64> = replica::unit_seqs(&mut self.tx, &ids).await?.into_iter().collect();
        units.retain(|unit| known.get(&unit.ticket.id.0).is_none_or(|seq| *seq < unit.seq));
        self.note_lost(&units, &known).await?;
        let seq = self.tx.next_seq();
        let placings: Vec<_> = units.iter().map(|unit| self.placing(unit)).collect();
        unit::put(&mut self.tx, &placings, seq).await?;
        for unit in &units {
            if pending.contains(&unit.ticket.id.0) {
                let bare = TicketUnit { articles: Vec::new(), events: Vec::new(), ..unit.clone() };
                replica::keep(&mut self.tx, unit.ticket.id, Some(&write(&bare)?)).await?;
            }
        }
        Ok(pending.into_iter().map(TicketId).collect())
    }

    /// What stands on tickets here that the server has not confirmed since it was restored, and that it does not send, is kept to be
    /// handed back: the server's word replaces it now.
    async fn note_lost(&mut self, units: &[TicketUnit], known: &HashMap<Uuid, i64>) -> Result<()> {
        let mut lost = Vec::new();
        for unit in units.iter().filter(|unit| unit.whole && known.get(&unit.ticket.id.0) == Some(&0)) {
            let mut here = [TicketUnit { articles: Vec::new(), events: Vec::new(), ..unit.clone() }];
            unit::complete(&mut self.tx, &mut here, -1).await?;
            let sent: BTreeSet<_> = unit.articles.iter().map(|article| article.article.id).collect();
            for article in here.into_iter().flat_map(|here| here.articles).filter(|article| !sent.contains(&article.article.id)) {
                lost.push(serde_json::json!({ "number": unit.ticket.number, "article": article }));
            }
        }
        if lost.is_empty() {
            return Ok(());
        }
        let mut row = row(&mut self.tx).await?;
        let mut memory: Memory = read(&row.document);
        memory.lost.extend(lost);
        row.document = write(&memory)?;
        Ok(replica::save(&mut self.tx, &row).await?)
    }

    /// What the server told its agent is told here, as soon as the change it is about can be seen.
    fn hear(&mut self, agent: AgentId, notices: Vec<NoticeView>) {
        self.notices.extend(notices.into_iter().filter_map(|told| heard(agent, told)));
    }

    async fn take_contacts(&mut self, contacts: Vec<CustomerUnit>) -> Result<()> {
        for contact in contacts {
            let CustomerUnit { key, address, name, company, phone, note, seen_at } = contact;
            customer::put(&mut self.tx, &customer::Customer { key, address, name, company, phone, note, seen_at }).await?;
        }
        Ok(())
    }

    /// Puts the agent's own things; when they were written is told by this computer's clock here.
    async fn take_personal(&mut self, documents: Vec<PersonalUnit>, agent: AgentId, offset: i64, told: i64) -> Result<()> {
        for document in documents {
            let here = PersonalUnit { changed_at: document.changed_at - offset, ..document };
            personal::put(&mut self.tx, agent, &here.into(), told).await?;
        }
        Ok(())
    }

    /// Wipes the tickets of queues that are not readable any more, but for those that the agent sees for another reason.
    async fn wipe_queues(&mut self, page: &SyncPage, agent: AgentId) -> Result<BTreeSet<TicketId>> {
        let queues: Vec<Uuid> = page.removed.iter().map(|queue| queue.0).collect();
        let pending: BTreeSet<TicketId> = replica::pending_tickets(&mut self.tx).await?.into_iter().map(TicketId).collect();
        // A guess may have moved a ticket, or made it mine: what the server said counts.
        if !queues.is_empty() {
            for id in &pending {
                self.unguess(*id).await?;
            }
        }
        let lost = unit::in_queues(&mut self.tx, &queues, agent.0).await?;
        unit::forget(&mut self.tx, &lost).await?;
        Ok(if queues.is_empty() { BTreeSet::new() } else { pending.into_iter().filter(|id| !lost.contains(&id.0)).collect() })
    }

    /// Takes commands away whose outcome the pull has reached; gives their tickets.
    async fn reached(&mut self, seq: i64) -> Result<BTreeSet<TicketId>> {
        let mut tickets = BTreeSet::new();
        for entry in replica::outbox(&mut self.tx).await? {
            if entry.state == "applied" && entry.seq.is_some_and(|outcome| outcome <= seq) {
                replica::remove(&mut self.tx, CommandId(entry.id)).await?;
                tickets.insert(TicketId(entry.ticket_id));
            }
        }
        Ok(tickets)
    }

    /// The mutant's way: a command leaves when its answer comes.
    pub(crate) async fn dropped_at_answer(&mut self, id: CommandId) -> Result<bool> {
        if Mutant::DroppedAtAnswer.is_on() {
            replica::remove(&mut self.tx, id).await?;
        }
        Ok(Mutant::DroppedAtAnswer.is_on())
    }
}

/// A notice for this agent alone; none: this program does not know what it is about.
fn heard(agent: AgentId, told: NoticeView) -> Option<Notice> {
    let code = known_code(&told.code)?;
    Some(Notice { title: told.title, text: told.text, ticket: told.ticket_id, agents: vec![agent], ..Notice::new(code) })
}

impl App {
    /// Tells the agent what the server's news say beside its feed; what belongs to a change comes with the change.
    pub async fn take_news(&self, news: &[u8]) {
        let (Some(connected), Ok(news)) = (self.connected(), serde_json::from_slice::<Changes>(news)) else { return };
        for told in news.notices.into_iter().filter(|told| told.seq.is_none()) {
            if let Some(notice) = heard(connected.agent, told) {
                self.notify(notice).await;
            }
        }
        if let Some(told) = news.alarms
            && let Err(error) = self.take_alarms(connected.agent, told).await
        {
            tracing::warn!(?error, "the server's alarms could not be taken in");
        }
    }

    /// Acts on what the server says about this device or itself.
    pub(crate) async fn heed(&self, line: &impl Line, error: &Error) -> Result<()> {
        match error.code() {
            "new_epoch" => self.start_over(line).await,
            "device_revoked" => self.leave_desk(line, "revoked", true).await,
            "agent_disabled" => self.leave_desk(line, "disabled", true).await,
            "device_lost" => self.leave_desk(line, "lost", false).await,
            _ => Ok(()),
        }
    }
}
