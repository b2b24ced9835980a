//! What the sync chip tells.

use docket_domain::{AgentId, Body, CommandId, Envelope, TicketId};
use docket_store::{article, replica, ticket};
use serde::{Deserialize, Serialize};

use super::{Fill, Memory, left::envelope, read, row};
use crate::{
    app::App,
    clock::new_id,
    error::{Error, Result},
    submit::Work,
    wire::connection::{BundleView, ConnectionView, EntryView, FirstSyncView},
};

/// How the line to the server is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Contact {
    /// Is there one right now?
    pub online: bool,
    /// Since when it is as it is (ms UTC).
    pub since: i64,
    /// Is something on its way right now?
    #[serde(skip)]
    pub busy: bool,
    /// What went wrong last, in words.
    pub trouble: Option<String>,
    /// Its stable code.
    pub code: Option<String>,
    /// Counts files that came to be read later.
    pub packed: u64,
}

impl Contact {
    /// Wakes whoever shows how the connection stands.
    pub(crate) fn stir(&mut self) {
        self.packed = self.packed.wrapping_add(1);
    }
}

impl Contact {
    /// What there is to say before anybody has been asked. A window that keeps the line has noted how it is; where nobody keeps it,
    /// there was no contact since the last one.
    fn before_asking(self, contact_at: i64, kept_elsewhere: bool) -> Self {
        match (kept_elsewhere, self.online || self.since == 0) {
            (true, _) | (false, false) => self,
            (false, true) => Self { online: false, since: contact_at, ..self },
        }
    }
}

const DAY: i64 = 24 * 3_600_000;
/// Days without contact after which a device locks, when the server has not said otherwise.
const LOCK_AFTER_DAYS: i64 = 30;

impl App {
    /// How the connection stands; none: this desk is not connected.
    pub async fn connection(&self) -> Result<Option<ConnectionView>> {
        let Some(view) = self.standing().await? else { return Ok(None) };
        Ok(Some(ConnectionView { luggage: self.luggage().await?, ..view }))
    }

    /// How the connection stands, without what is fetched for later.
    async fn standing(&self) -> Result<Option<ConnectionView>> {
        let Some(connected) = self.connected() else { return Ok(None) };
        let mut tx = self.0.db.read().await?;
        let known = row(&mut tx).await?;
        let memory: Memory = read(&known.document);
        let fills: Vec<Fill> = read(&known.first_sync);
        let entries = replica::outbox(&mut tx).await?;
        let count = |states: &[&str]| entries.iter().filter(|entry| states.contains(&entry.state.as_str())).count() as i64;
        let held = replica::troubled(&mut tx, connected.agent.0).await?;
        let asked = self.0.contact.borrow().clone();
        let contact = if asked.since > 0 { asked } else { memory.line.clone().before_asking(known.contact_at, !self.holds()) };
        let lock_after = if memory.lock_after_days > 0 { memory.lock_after_days } else { LOCK_AFTER_DAYS };
        let locked = self.now() - known.contact_at > lock_after * DAY && known.contact_at > 0;
        let first = fills.iter().fold((0, 0), |(done, total), fill| (done + fill.done, total + fill.total));
        let needs_you = count(&["refused", "proposed"]) + held.len() as i64;
        let sending = count(&["waiting", "sent"]);
        let state = match (&memory.over, locked, contact.online) {
            (Some(_), _, _) => "over",
            (None, true, false) => "locked",
            (None, _, false) => "offline",
            (None, _, true) if contact.code.as_deref() == Some("sign_in_required") => "signed_out",
            (None, _, true) if contact.code.is_some() => "trouble",
            (None, _, true) if sending > 0 && contact.busy => "sending",
            (None, _, true) if !fills.is_empty() => "first_sync",
            (None, _, true) => "up_to_date",
        };
        Ok(Some(ConnectionView {
            server: connected.server.clone(),
            agent_id: connected.agent,
            device_id: connected.device,
            state: state.into(),
            since: contact.since,
            contact_at: known.contact_at,
            waiting: sending,
            sent: count(&["applied"]),
            needs_you,
            first_sync: (!fills.is_empty()).then_some(FirstSyncView { done: first.0, total: first.1.max(first.0) }),
            luggage: None,
            trouble: contact.trouble,
            code: memory.over.or(contact.code),
        }))
    }

    /// What waits for the server, and what waits for the agent: refused and proposed commands with what stands behind them.
    pub async fn outbox_entries(&self) -> Result<Vec<BundleView>> {
        self.need_connected()?;
        let mut tx = self.0.db.read().await?;
        let mut bundles: Vec<BundleView> = Vec::new();
        for entry in replica::outbox(&mut tx).await? {
            let Some(known) = envelope(&entry) else { continue };
            let answer: Option<crate::wire::sync::Answer> = entry.answer.as_deref().map(read);
            let view = EntryView {
                id: CommandId(entry.id),
                state: entry.state.clone(),
                at: entry.at,
                command: serde_json::to_value(&known.body).map_err(anyhow::Error::from)?,
                text: known.body.article().map(|article| article.text.clone()).filter(|text| !text.is_empty()),
                answer,
            };
            let id = TicketId(entry.ticket_id);
            match bundles.iter_mut().find(|bundle| bundle.ticket_id == id) {
                Some(bundle) => bundle.entries.push(view),
                None => {
                    let ticket = ticket::find(&mut tx, id).await?;
                    let title = match &known.body {
                        Body::Create { title, .. } => title.clone(),
                        _ => String::new(),
                    };
                    bundles.push(BundleView {
                        ticket_id: id,
                        number: ticket.as_ref().map(|ticket| ticket.number.clone()).unwrap_or_default(),
                        title: ticket.map_or(title, |ticket| ticket.title),
                        entries: vec![view],
                    });
                }
            }
        }
        Ok(bundles)
    }

    /// Decides about a command that was refused or stayed a proposal: `discard` (keep theirs), `mine` (give it anew, on what is
    /// known by now), `note` (keep its text as a note), `edit` (its text is a draft again), `back` (a discarded one waits again).
    pub async fn decide_entry(&self, id: CommandId, how: &str) -> Result<()> {
        let connected = self.need_connected()?;
        let mut work = self.work().await?;
        let entry = replica::entry(&mut work.tx, id).await?.ok_or(Error::NotFound("command"))?;
        let decided = ["refused", "proposed", "discarded"].contains(&entry.state.as_str());
        let untouched = entry.state == "waiting";
        if !(decided || untouched && ["discard", "edit"].contains(&how)) {
            return Err(Error::Unavailable { code: "on_its_way", message: "this is on its way to the server already".into() });
        }
        let known = envelope(&entry).ok_or(Error::NotFound("command"))?;
        let ticket = TicketId(entry.ticket_id);
        match how {
            "discard" => replica::step(&mut work.tx, id, "discarded", None, None).await?,
            "mine" | "back" => {
                let body = if entry.state == "proposed" { rest(known.body) } else { known.body };
                work.give_again(id, Envelope { body, ..known }).await?;
            }
            "note" => {
                let article = known.body.article().filter(|article| !article.text.trim().is_empty()).cloned();
                let mut article = article.ok_or_else(|| Error::invalid("how", "this has no text to keep"))?;
                article.id = new_id();
                let body = Body::Note { article, visible: false, next: docket_domain::Next::default() };
                work.give_again(id, Envelope { body, ..known }).await?;
            }
            "edit" => {
                work.draft_of(connected.agent, ticket, &known.body).await?;
                replica::step(&mut work.tx, id, "discarded", None, None).await?;
            }
            _ => return Err(Error::invalid("how", "discard, mine, note, edit or back")),
        }
        work.show_anew(ticket).await?;
        work.tx.next_seq();
        self.finish(work).await?;
        self.0.wake_sync.notify_one();
        Ok(())
    }
}

impl App {
    /// A device without contact for too long does nothing before its agent has signed in again; its outbox stays.
    pub(crate) async fn need_unlocked(&self) -> Result<()> {
        match self.standing().await? {
            Some(view) if view.state == "locked" => Err(Error::Unavailable {
                code: "device_locked",
                message: "this computer had no contact with the server for too long; sign in again".into(),
            }),
            Some(view) if view.state == "over" => Err(Error::Unavailable {
                code: "device_revoked",
                message: "this device was signed out of the desk; connect it again".into(),
            }),
            _ => Ok(()),
        }
    }
}

/// What stayed a proposal of a command: of a note or a call the text was taken, so the state that should follow is left.
fn rest(body: Body) -> Body {
    match body {
        Body::Note { next, article, visible } => match next.state_id {
            Some(state) => Body::SetState { state, pending_until: next.pending_until },
            None => Body::Note { next, article, visible },
        },
        Body::PhoneCall { next, article, direction } => match next.state_id {
            Some(state) => Body::SetState { state, pending_until: next.pending_until },
            None => Body::PhoneCall { next, article, direction },
        },
        other => other,
    }
}

impl Work {
    /// Gives a command anew in its old place: a new id, and what is known by now counts as seen.
    async fn give_again(&mut self, old: CommandId, mut envelope: Envelope) -> Result<()> {
        let known = row(&mut self.tx).await?;
        let memory: Memory = read(&known.document);
        envelope.id = CommandId(new_id());
        envelope.base_seq = memory.seq;
        envelope.device_time = Some(self.now + known.clock_offset);
        if let Some(ticket) = envelope.ticket_id()
            && let Some(row) = self.server_row(ticket).await?
        {
            envelope.base_seq = envelope.base_seq.max(row.seq);
            if let Body::Reply { mail, .. } | Body::Forward { mail, .. } = &mut envelope.body {
                let seen = docket_domain::command::SeenUpto { article: row.ticket.articles, event: row.ticket.events };
                mail.seen_upto = Some(seen);
            }
        }
        let text = super::write(&envelope)?;
        replica::again(&mut self.tx, old, envelope.id, &text, self.now).await?;
        if let Some(ticket) = envelope.ticket_id() {
            self.keep_server_row(ticket).await?;
        }
        Ok(())
    }

    /// What is on an agent's screen counts only as far as the server has sent it: guesses are nobody's news.
    pub(crate) async fn seen_by_server(&mut self, ticket: TicketId) -> Result<Option<docket_domain::command::SeenUpto>> {
        let row = self.server_row(ticket).await?;
        Ok(row.map(|unit| docket_domain::command::SeenUpto { article: unit.ticket.articles, event: unit.ticket.events }))
    }

    /// Is this desk a replica?
    pub(crate) async fn on_replica(&mut self) -> Result<bool> {
        Ok(replica::find(&mut self.tx).await?.is_some())
    }

    /// Who wrote an article that is here.
    pub(crate) async fn author_of(&mut self, id: docket_domain::ArticleId) -> Result<Option<AgentId>> {
        Ok(article::find(&mut self.tx, id).await?.and_then(|stored| stored.article.author))
    }
}
