//! The server's side of a pull: what changed since a cursor, as this agent may see it.

use std::collections::{BTreeSet, HashMap};

use docket_domain::{AgentId, Event, EventBody, QueueId, Settings, Ticket, TicketId, access, settings::Record, unit::TicketUnit};
use docket_store::{
    Tx, customer, dump, life, personal, setting, ticket,
    unit::{self, Head, Place, Sight},
};
use uuid::Uuid;

use super::{cursor::Cursor, mutant::Mutant};
use crate::{
    app::App,
    error::{Error, Result},
    wire::{
        NoticeView,
        sync::{CustomerUnit, FirstInput, FirstPage, PersonalUnit, SyncPage, SyncQuery},
    },
};

/// Tickets of a page, when nothing else is said and at most.
const PAGE: i64 = 500;
/// Contacts and personal things of a page.
const SMALL: i64 = 2_000;
/// Notices of a page: who was away for long looks at the lists.
const NOTICES: usize = 20;
const DRAFT: &str = "draft";

impl App {
    /// What changed after a cursor. An empty cursor gives the settings and where the feed stands now.
    ///
    /// # Errors
    /// `new_epoch`: this desk was restored from a backup, or the cursor is ahead of it.
    pub async fn sync_page(&self, me: AgentId, query: SyncQuery) -> Result<SyncPage> {
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let readable = access::readable(&settings, me);
        let epoch = dump::epoch(&mut tx).await?;
        let mut page = SyncPage { now: self.now(), agent_id: Some(me), ..SyncPage::default() };
        if query.after.is_empty() {
            page.settings = settings.records.values().filter(|record| record.kind.for_everyone()).cloned().collect();
            page.seq = tx.head;
            page.cursor = Cursor::new(epoch, tx.head, -1, &settings, &readable).in_life(life::current(&mut tx).await?).text();
            page.more = true;
            return Ok(page);
        }
        let cursor = Cursor::parse(&query.after).ok_or_else(|| Error::invalid("after", "this mark is not one of ours"))?;
        if cursor.epoch != epoch || cursor.seq > tx.head || is_of_another_desk(&mut tx, &cursor).await? {
            return Err(Error::Unavailable { code: "new_epoch", message: "this desk was restored from a backup; sync anew".into() });
        }
        let limit = query.limit.unwrap_or(PAGE).clamp(1, PAGE);
        let mut heads = unit::after(&mut tx, cursor.seq, limit + 1).await?;
        let more = i64::try_from(heads.len()).unwrap_or(0) > limit;
        heads.truncate(usize::try_from(limit).unwrap_or(1));
        let upto = heads.last().filter(|_| more).map_or(tx.head, |head| head.unit.seq);
        let sight = SightThen { settings: &settings, me, cursor: &cursor, whole: query.whole == 1 };
        (page.tickets, page.gone) = sight.sort(&mut tx, heads).await?;
        page.settings = records(&mut tx, &settings, cursor.seq, upto).await?;
        page.customers = contacts(&mut tx, &settings, me, cursor.seq, upto, &page.tickets).await?;
        page.added = readable.iter().copied().filter(|queue| !cursor.could_read(*queue)).collect();
        page.removed = settings.queues.keys().copied().filter(|queue| cursor.could_read(*queue) && !readable.contains(queue)).collect();
        let more_of_mine = personal_page(&mut tx, me, cursor.personal, &mut page).await?;
        rest(&mut tx, &settings, me, &mut page.personal).await?;
        page.personal.extend(drafts_on(&mut tx, me, &page.tickets).await?);
        page.seq = upto;
        page.more = more || more_of_mine.1;
        page.cursor = Cursor::new(epoch, upto, more_of_mine.0, &settings, &readable).in_life(life::current(&mut tx).await?).text();
        drop(tx);
        page.notices = self.notices_between(me, cursor.seq, upto).await;
        Ok(page)
    }

    /// What an agent should hear of the changes between two feed numbers; of many the latest.
    async fn notices_between(&self, me: AgentId, after: i64, upto: i64) -> Vec<NoticeView> {
        let mut notices = Vec::new();
        for notice in self.told_after(after).into_iter().filter(|notice| notice.seq <= Some(upto)) {
            notices.extend(self.told(me, notice).await);
        }
        notices.split_off(notices.len().saturating_sub(NOTICES))
    }

    /// A page of a first sync.
    pub async fn first_page(&self, me: AgentId, input: FirstInput) -> Result<FirstPage> {
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let readable = access::readable(&settings, me);
        let epoch = dump::epoch(&mut tx).await?;
        let same = |cursor: &Cursor| {
            cursor.epoch == epoch && settings.queues.keys().all(|queue| cursor.could_read(*queue) == readable.contains(queue))
        };
        if Cursor::parse(&input.cursor).is_some_and(|cursor| !same(&cursor)) {
            return Ok(FirstPage { next: Some(input.after), pull_first: true, ..FirstPage::default() });
        }
        let wanted: BTreeSet<QueueId> = match &input.queues {
            Some(queues) => queues.iter().copied().filter(|queue| readable.contains(queue)).collect(),
            None => readable,
        };
        let sight = Sight { agent: me.0, queues: wanted.into_iter().map(|queue| queue.0).collect() };
        let limit = input.limit.unwrap_or(PAGE).clamp(1, PAGE);
        let mut page = FirstPage { seq: tx.head, ..FirstPage::default() };
        if input.after.is_empty() {
            page.total = Some(unit::count(&mut tx, &sight).await?);
        }
        let mark = Mark::parse(&input.after).ok_or_else(|| Error::invalid("after", "this mark is not one of ours"))?;
        let next = match mark {
            Mark::Contacts(after) => {
                let contacts = customer::after(&mut tx, &after, SMALL).await?;
                let next = contacts.last().filter(|_| contacts.len() == SMALL as usize).map(|last| Mark::Contacts(last.key.clone()));
                page.customers = contacts.into_iter().map(contact).collect();
                Some(next.unwrap_or(Mark::Tickets { open: false, before: None }))
            }
            Mark::Tickets { open, before } => {
                let heads = unit::first(&mut tx, &sight, open, before, limit).await?;
                let full = i64::try_from(heads.len()).unwrap_or(0) == limit;
                let everything = crate::access::sight(&settings, me).is_none();
                let last = heads.last().map(|head| Place { open, changed_at: head.unit.ticket.changed_at, id: head.unit.ticket.id.0 });
                page.tickets = heads.into_iter().map(|head| TicketUnit { whole: true, ..head.unit }).collect();
                unit::complete(&mut tx, &mut page.tickets, -1).await?;
                page.personal = drafts_on(&mut tx, me, &page.tickets).await?;
                if !everything {
                    page.customers = customers_of(&mut tx, &page.tickets).await?;
                }
                match (full, open) {
                    (true, _) => Some(Mark::Tickets { open, before: last }),
                    (false, true) if everything => Some(Mark::Contacts(String::new())),
                    (false, true) => Some(Mark::Tickets { open: false, before: None }),
                    (false, false) => None,
                }
            }
        };
        page.next = next.map(|mark| mark.text());
        Ok(page)
    }
}

/// Was this cursor given by a desk that went on from an older copy of this one, or that this one is an older copy of? Then what it
/// has seen is not what lies before it here, however far this one has come since.
async fn is_of_another_desk(tx: &mut Tx, cursor: &Cursor) -> Result<bool> {
    let Some(mark) = cursor.life else { return Ok(false) };
    Ok(match life::end(tx, mark).await? {
        None => true,
        Some(end) => end.is_some_and(|end| cursor.seq > end),
    })
}

/// The agent's own things; gives the mark to go on from, and whether there is more.
async fn personal_page(tx: &mut Tx, me: AgentId, after: i64, page: &mut SyncPage) -> Result<(i64, bool)> {
    let documents = personal::after(tx, me, after, SMALL).await?;
    let marks = personal::read_marks_after(tx, me, after, SMALL).await?;
    // What is older than the counting has the number 0 and comes at once.
    if after < 0 {
        page.personal = documents.into_iter().map(|(_, unit)| unit.into()).collect();
        page.read_marks = marks.into_iter().map(|(_, mark)| mark.into()).collect();
        return Ok((0, true));
    }
    let full = |len: usize| len == SMALL as usize;
    let ends = [
        documents.last().filter(|_| full(documents.len())).map(|(seq, _)| *seq),
        marks.last().filter(|_| full(marks.len())).map(|(seq, _)| *seq),
    ];
    let upto = ends.into_iter().flatten().min();
    let all = documents.iter().map(|(seq, _)| *seq).chain(marks.iter().map(|(seq, _)| *seq)).max().unwrap_or(after);
    let mark = upto.unwrap_or(all);
    page.personal = documents.into_iter().filter(|(seq, _)| *seq <= mark).map(|(_, unit)| unit.into()).collect();
    page.read_marks = marks.into_iter().filter(|(seq, _)| *seq <= mark).map(|(_, mark)| mark.into()).collect();
    Ok((mark, upto.is_some()))
}

/// Drafts on tickets that are out of sight rest: they quote what may not be read. They come again with their ticket.
async fn rest(tx: &mut Tx, settings: &Settings, me: AgentId, units: &mut Vec<PersonalUnit>) -> Result<()> {
    let mut shown = Vec::new();
    for unit in std::mem::take(units) {
        let quotes = unit.kind == DRAFT && !unit.document.is_empty();
        let known = match draft_ticket(&unit.key).filter(|_| quotes) {
            Some(id) => ticket::find(tx, id).await?,
            None => None,
        };
        if known.is_none_or(|ticket| access::may_read(settings, me, &ticket)) {
            shown.push(unit);
        }
    }
    *units = shown;
    Ok(())
}

/// The agent's drafts on tickets that come whole, because they may have rested until now.
async fn drafts_on(tx: &mut Tx, me: AgentId, units: &[TicketUnit]) -> Result<Vec<PersonalUnit>> {
    let whole: BTreeSet<TicketId> = units.iter().filter(|unit| unit.whole).map(|unit| unit.ticket.id).collect();
    if whole.is_empty() {
        return Ok(Vec::new());
    }
    let drafts = personal::all(tx, me, DRAFT, "").await?.into_iter();
    let there = drafts.filter(|draft| draft_ticket(&draft.key).is_some_and(|id| whole.contains(&id)));
    let unit = |draft: personal::Personal| PersonalUnit {
        kind: DRAFT.into(),
        key: draft.key,
        document: draft.document,
        changed_at: draft.changed_at,
    };
    Ok(there.map(unit).collect())
}

/// The ticket that a draft is written on.
fn draft_ticket(key: &str) -> Option<TicketId> {
    key.split('/').next()?.parse().ok()
}

/// How an agent sees tickets now, and saw them when the cursor was made.
struct SightThen<'a> {
    settings: &'a Settings,
    me: AgentId,
    cursor: &'a Cursor,
    whole: bool,
}

impl SightThen<'_> {
    /// What may be seen, with what is new about it; and what could be seen then and cannot now. Of others nothing is said.
    async fn sort(&self, tx: &mut Tx, heads: Vec<Head>) -> Result<(Vec<TicketUnit>, Vec<TicketId>)> {
        let (seen, hidden): (Vec<Head>, Vec<Head>) =
            heads.into_iter().partition(|head| access::may_read(self.settings, self.me, &head.unit.ticket));
        let mut units: Vec<TicketUnit> = seen
            .into_iter()
            .map(|head| {
                let moved = head.scope_seq > self.cursor.seq && !Mutant::NoScopeSeq.is_on();
                let whole = self.whole || moved || !self.cursor.could_read(head.unit.ticket.queue);
                TicketUnit { whole, ..head.unit }
            })
            .collect();
        unit::complete(tx, &mut units, self.cursor.seq).await?;
        // Without a change of scope only a queue that was taken away hides it, and that queue is named as a whole.
        let moved: Vec<Head> = hidden.into_iter().filter(|head| head.scope_seq > self.cursor.seq).collect();
        if moved.is_empty() || Mutant::LostTombstone.is_on() {
            return Ok((units, Vec::new()));
        }
        let ids: Vec<Uuid> = moved.iter().map(|head| head.unit.ticket.id.0).collect();
        let since = unit::events_after(tx, &ids, self.cursor.seq).await?;
        Ok((units, self.gone(&moved, &since)))
    }

    /// Of these tickets, which may not be seen now, those that could be seen when the cursor was made. While the pages of a first sync
    /// are given beside the feed, one of them may have brought a ticket that came after the cursor: then those count, too, that could
    /// be seen at any moment since.
    fn gone(&self, moved: &[Head], since: &HashMap<Uuid, Vec<Event>>) -> Vec<TicketId> {
        let readable = |then: &Ticket| {
            let mine = then.owner == Some(self.me) || then.responsible == Some(self.me) || then.watchers.contains(&self.me);
            mine || self.cursor.could_read(then.queue)
        };
        let seen_then = |ticket: &Ticket| {
            let mut then = ticket.clone();
            for event in since.get(&ticket.id.0).into_iter().flatten().rev() {
                let Some(before) = undone(then, &event.body) else { return false };
                if self.whole && readable(&before) {
                    return true;
                }
                then = before;
            }
            readable(&then)
        };
        moved.iter().map(|head| &head.unit.ticket).filter(|ticket| seen_then(ticket)).map(|ticket| ticket.id).collect()
    }
}

/// What decides who sees a ticket, as it was before this happened; none: it was not there yet.
fn undone(mut then: Ticket, body: &EventBody) -> Option<Ticket> {
    match body {
        EventBody::Created { .. } => return None,
        EventBody::Moved { from, .. } => then.queue = *from,
        EventBody::OwnerSet { from, .. } => then.owner = *from,
        EventBody::ResponsibleSet { from, .. } => then.responsible = *from,
        EventBody::Watched { agent } => drop(then.watchers.remove(agent)),
        EventBody::Unwatched { agent } => drop(then.watchers.insert(*agent)),
        _ => {}
    }
    Some(then)
}

async fn records(tx: &mut Tx, settings: &Settings, after: i64, upto: i64) -> Result<Vec<Record>> {
    if tx.settings_head <= after {
        return Ok(Vec::new());
    }
    let keys = setting::between(tx, after, upto).await?;
    let records = keys.into_iter().filter(|(kind, _)| kind.for_everyone()).filter_map(|key| settings.records.get(&key).cloned());
    Ok(records.collect())
}

/// The contacts that changed, and those of the tickets of a page: whoever does not read everything learns of a contact with the first
/// ticket of theirs that they may read.
async fn contacts(tx: &mut Tx, settings: &Settings, me: AgentId, after: i64, upto: i64, units: &[TicketUnit]) -> Result<Vec<CustomerUnit>> {
    let changed = customer::between(tx, after, upto).await?;
    let Some(sight) = crate::access::sight(settings, me) else { return Ok(changed.into_iter().map(contact).collect()) };
    let mut known = customers_of(tx, units).await?;
    for customer in changed {
        let (_, _, tickets) = ticket::of_customer(tx, &customer.key, 1, Some(&sight)).await?;
        if tickets > 0 && !known.iter().any(|there| there.key == customer.key) {
            known.push(contact(customer));
        }
    }
    Ok(known)
}

/// The contacts of these tickets.
async fn customers_of(tx: &mut Tx, units: &[TicketUnit]) -> Result<Vec<CustomerUnit>> {
    let keys = units.iter().map(|unit| unit.ticket.customer.address.to_lowercase());
    let keys: BTreeSet<String> = keys.filter(|key| !key.is_empty()).collect();
    Ok(customer::of_keys(tx, keys.into_iter().collect()).await?.into_iter().map(contact).collect())
}

fn contact(known: customer::Customer) -> CustomerUnit {
    let customer::Customer { key, address, name, company, phone, note, seen_at } = known;
    CustomerUnit { key, address, name, company, phone, note, seen_at }
}

/// Where a first sync stands: open tickets, then contacts, then closed tickets.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Mark {
    Tickets { open: bool, before: Option<Place> },
    Contacts(String),
}

impl Mark {
    fn text(&self) -> String {
        match self {
            Self::Contacts(key) => format!("k.{key}"),
            Self::Tickets { open, before } => {
                let phase = if *open { 'o' } else { 'c' };
                before.map_or_else(|| format!("{phase}."), |place| format!("{phase}.{}.{}", place.changed_at, place.id))
            }
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (phase, rest) = text.split_once('.').unwrap_or(("o", ""));
        let open = match phase {
            "k" => return Some(Self::Contacts(rest.to_owned())),
            "o" => true,
            "c" => false,
            _ => return None,
        };
        if rest.is_empty() {
            return Some(Self::Tickets { open, before: None });
        }
        let (changed_at, id) = rest.split_once('.')?;
        let place = Place { open, changed_at: changed_at.parse().ok()?, id: id.parse().ok()? };
        Some(Self::Tickets { open, before: Some(place) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_as_they_were_written() {
        let place = Some(Place { open: true, changed_at: 5, id: Uuid::from_u128(9) });
        for mark in [
            Mark::Tickets { open: true, before: None },
            Mark::Tickets { open: true, before: place },
            Mark::Tickets { open: false, before: place.map(|place| Place { open: false, ..place }) },
            Mark::Contacts(String::new()),
            Mark::Contacts("a.b@example.org".into()),
        ] {
            assert_eq!(Mark::parse(&mark.text()), Some(mark));
        }
        assert_eq!(Mark::parse(""), Some(Mark::Tickets { open: true, before: None }));
        assert_eq!(Mark::parse("x.1.2"), None);
    }
}
