//! When a device may keep something no longer: what was written goes to the server first, then what was read is wiped.

use docket_domain::{AgentId, Body, CommandId, Envelope, QueueId, TicketId};
use docket_store::{blob, lease, personal, replica, unit};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    Fill, Line, Memory,
    line::{Asked, tell, urlencoded, whole},
    read, row, write,
};
use crate::{
    app::App,
    error::Result,
    submit::Work,
    wire::sync::{LeftInput, SyncPage},
};

/// Tickets that are handed back in one piece.
const PIECE: usize = 50;

impl App {
    /// Hands drafts and commands over that belong to tickets this agent sees no longer.
    pub(crate) async fn hand_over_lost(&self, line: &impl Line, page: &SyncPage) -> Result<()> {
        let mut work = self.work().await?;
        let agent = AgentId(row(&mut work.tx).await?.agent_id);
        let mut lost: Vec<Uuid> = page.gone.iter().map(|id| id.0).collect();
        let queues: Vec<Uuid> = page.removed.iter().map(|QueueId(id)| *id).collect();
        // What was guessed counts for nothing here: a ticket is not mine because I have just taken it without the network. This
        // transaction only looks.
        for id in replica::pending_tickets(&mut work.tx).await? {
            work.unguess(TicketId(id)).await?;
        }
        lost.extend(unit::in_queues(&mut work.tx, &queues, agent.0).await?);
        // What went elsewhere meanwhile comes with the same page.
        lost.retain(|id| !page.tickets.iter().any(|unit| unit.ticket.id.0 == *id));
        let (document, drafts, commands) = work.written(agent, Some(&lost)).await?;
        if drafts.is_empty() && commands.is_empty() {
            return Ok(());
        }
        drop(work);
        self.bring_files(line, agent, &document).await?;
        tell(line, "/api/v1/sync/left", &LeftInput { id: id_of(&document), reason: "lost_rights".into(), document }).await?;
        let mut work = self.work().await?;
        for id in commands {
            replica::remove(&mut work.tx, id).await?;
        }
        for key in drafts {
            personal::remove(&mut work.tx, agent, "draft", &key, work.now).await?;
        }
        self.finish(work).await
    }

    /// This device is none any more: what was written is handed over (unless it was reported lost), then everything is wiped.
    pub(crate) async fn leave_desk(&self, line: &impl Line, reason: &str, hand_over: bool) -> Result<()> {
        let mut work = self.work().await?;
        let mut known = row(&mut work.tx).await?;
        let mut memory: Memory = read(&known.document);
        if memory.over.is_some() {
            return Ok(());
        }
        let agent = AgentId(known.agent_id);
        if hand_over {
            let (document, drafts, commands) = work.written(agent, None).await?;
            if !drafts.is_empty() || !commands.is_empty() {
                drop(work);
                self.bring_files(line, agent, &document).await?;
                tell(line, "/api/v1/sync/left", &LeftInput { id: id_of(&document), reason: reason.to_owned(), document }).await?;
                work = self.work().await?;
            }
        }
        let all = replica::all_tickets(&mut work.tx).await?;
        unit::forget(&mut work.tx, &all).await?;
        replica::wipe(&mut work.tx).await?;
        memory = Memory { over: Some(reason.to_owned()), ..Memory::default() };
        known.document = write(&memory)?;
        known.first_sync = "[]".into();
        known.cursor = String::new();
        known.wiped_at = Some(work.now);
        replica::save(&mut work.tx, &known).await?;
        work.tx.next_seq();
        self.finish(work).await?;
        self.forget_device_token().await?;
        // Deleted rows stay in the file's free pages, and the copy from before an upgrade has them all.
        self.0.db.rewrite().await?;
        drop(std::fs::remove_file(self.0.data.join("docket.before-upgrade.db")));
        let swept = self.0.blobs.sweep(i64::MAX, std::collections::HashSet::new()).await?;
        tracing::info!(swept, reason, "this device was wiped");
        Ok(())
    }

    /// Brings the bytes that handed over commands and drafts name, before them: a file without a command is swept one day, a command
    /// without its file would have lost it. What the server does not take (a file too large for it) stays named without bytes.
    async fn bring_files(&self, line: &impl Line, agent: AgentId, document: &Value) -> Result<()> {
        for (id, key, name, content_type) in self.files_of(agent, document).await? {
            // What is not here was at the server before.
            let Some(bytes) = self.0.blobs.get(&key).await? else { continue };
            let (name, content_type) = (urlencoded(&name), urlencoded(&content_type));
            let path = format!("/api/v1/sync/left/files?id={id}&name={name}&type={content_type}");
            let asked = Asked { method: "POST", path, content_type: Some("application/octet-stream".into()), body: bytes };
            match line.ask(asked).await {
                Ok(told) if told.status == 413 => tracing::warn!(%id, "the server takes no file of this size"),
                answer => drop(whole(answer)?),
            }
        }
        Ok(())
    }

    /// The files that a document names: an id that stays the same, the bytes' key, name and type.
    async fn files_of(&self, agent: AgentId, document: &Value) -> Result<Vec<(Uuid, String, String, String)>> {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let mut files = Vec::new();
        for command in list(&document["commands"]) {
            let Ok(envelope) = serde_json::from_value::<Envelope>(command) else { continue };
            let article = envelope.body.article().cloned();
            let named = article.into_iter().flat_map(|article| article.attachments);
            files.extend(named.map(|file| (file.id.0, file.sha256, file.name, file.content_type)));
        }
        let mut tx = self.0.db.read().await?;
        for file in list(&document["drafts"]).iter().flat_map(|draft| list(&draft["document"]["body"]["attachments"])) {
            let Some(id) = file["upload_id"].as_str().and_then(|id| id.parse::<Uuid>().ok()) else { continue };
            if let Some(upload) = blob::upload(&mut tx, id, agent.0).await? {
                files.push((id, upload.sha256, upload.name, upload.content_type));
            }
        }
        Ok(files)
    }

    /// The server was restored from a backup: what it does not know any more is handed back, and everything is fetched anew. The
    /// outbox stays.
    pub(crate) async fn start_over(&self, line: &impl Line) -> Result<()> {
        let mut work = self.work().await?;
        let mut known = row(&mut work.tx).await?;
        let memory: Memory = read(&known.document);
        for id in replica::pending_tickets(&mut work.tx).await? {
            work.unguess(TicketId(id)).await?;
        }
        // The first sync will tell which of them the server knows, and how far: until then they stay.
        let pending = replica::pending_tickets(&mut work.tx).await?;
        replica::all_unknown(&mut work.tx).await?;
        for id in pending {
            work.unknown(TicketId(id)).await?;
        }
        lease::drop_kept(&mut work.tx).await?;
        // Commands that were answered may be unknown again: they are pushed again, and a server that knows them says so.
        for entry in replica::outbox(&mut work.tx).await? {
            if entry.state == "applied" {
                replica::step(&mut work.tx, CommandId(entry.id), "sent", None, None).await?;
            }
        }
        for id in replica::pending_tickets(&mut work.tx).await? {
            work.replay(TicketId(id)).await?;
        }
        known.cursor = String::new();
        known.first_sync = write(&Vec::<Fill>::new())?;
        known.document = write(&Memory { seq: 0, whole_until: 0, told: 0, ..memory })?;
        replica::save(&mut work.tx, &known).await?;
        work.tx.next_seq();
        self.finish(work).await?;
        tracing::warn!("the server was restored from a backup; this replica begins anew");
        let _ = line;
        Ok(())
    }

    /// After a first sync: what is here and the server does not know is handed back for an administrator to accept, and goes.
    pub(crate) async fn hand_over_unknown(&self, line: &impl Line) -> Result<()> {
        let mut work = self.work().await?;
        let lost = read::<Memory>(&row(&mut work.tx).await?.document).lost;
        let unknown = replica::unknown_to_server(&mut work.tx).await?;
        drop(work);
        for piece in lost.chunks(PIECE) {
            let document = json!({ "articles": piece });
            tell(line, "/api/v1/sync/left", &LeftInput { id: id_of(&document), reason: "restored".into(), document }).await?;
        }
        if !lost.is_empty() {
            let mut work = self.work().await?;
            let mut known = row(&mut work.tx).await?;
            known.document = write(&Memory { lost: Vec::new(), ..read(&known.document) })?;
            replica::save(&mut work.tx, &known).await?;
            self.finish(work).await?;
        }
        for piece in unknown.chunks(PIECE) {
            let mut work = self.work().await?;
            let mut units = Vec::new();
            for id in piece {
                if let Some(mut unit) = unit::row(&mut work.tx, TicketId(*id)).await? {
                    unit.whole = true;
                    units.push(unit);
                }
            }
            unit::complete(&mut work.tx, &mut units, -1).await?;
            drop(work);
            let document = json!({ "tickets": units });
            tell(line, "/api/v1/sync/left", &LeftInput { id: id_of(&document), reason: "restored".into(), document }).await?;
            let mut work = self.work().await?;
            unit::forget(&mut work.tx, piece).await?;
            work.tx.next_seq();
            self.finish(work).await?;
        }
        Ok(())
    }
}

impl Work {
    /// What is kept of a ticket beside its guesses counts for no server's word any more: whatever comes is newer.
    async fn unknown(&mut self, id: TicketId) -> Result<()> {
        if let Some(Some(text)) = replica::confirmed(&mut self.tx, id).await?
            && let Ok(mut unit) = serde_json::from_str::<docket_domain::unit::TicketUnit>(&text)
        {
            unit.seq = 0;
            replica::keep(&mut self.tx, id, Some(&write(&unit)?)).await?;
        }
        Ok(())
    }

    /// Drafts and commands, of these tickets or of all: as a document, and what they are.
    async fn written(&mut self, agent: AgentId, tickets: Option<&[Uuid]>) -> Result<(Value, Vec<String>, Vec<CommandId>)> {
        let concerns = |id: &Uuid| tickets.is_none_or(|tickets| tickets.contains(id));
        let (mut drafts, mut keys) = (Vec::new(), Vec::new());
        for draft in personal::all(&mut self.tx, agent, "draft", "").await? {
            let ticket = draft.key.split('/').next().and_then(|id| id.parse::<Uuid>().ok());
            if ticket.as_ref().is_some_and(concerns) {
                drafts.push(json!({ "key": draft.key, "at": draft.changed_at, "document": read::<Value>(&draft.document) }));
                keys.push(draft.key);
            }
        }
        let (mut commands, mut ids) = (Vec::new(), Vec::new());
        for entry in replica::outbox(&mut self.tx).await? {
            if entry.state != "applied" && entry.state != "discarded" && concerns(&entry.ticket_id) {
                commands.push(read::<Value>(&entry.envelope));
                ids.push(CommandId(entry.id));
            }
        }
        Ok((json!({ "drafts": drafts, "commands": commands }), keys, ids))
    }

    /// The text of a mail that was taken back is a draft again.
    pub(crate) async fn draft_of(&mut self, me: AgentId, ticket: TicketId, body: &Body) -> Result<()> {
        let (kind, article, mail) = match body {
            Body::Reply { article, mail, .. } => ("reply", article, mail),
            Body::Forward { article, mail, .. } => ("forward", article, mail),
            Body::Note { article, .. } => {
                let body = json!({ "text": article.text, "subject": article.subject, "attachments": [] });
                let document = json!({ "body": body, "seen_upto": null }).to_string();
                return Ok(personal::save(&mut self.tx, me, "draft", &format!("{ticket}/note"), &document, self.now).await?);
            }
            _ => return Ok(()),
        };
        let written = crate::wire::written;
        let body = json!({
            "in_reply_to": null, "to": written(&mail.to), "cc": written(&mail.cc), "bcc": written(&mail.bcc),
            "subject": article.subject, "text": article.text, "quote": "", "signature": "", "attachments": [],
            "from_address_id": mail.from,
        });
        let document = json!({ "body": body, "seen_upto": null }).to_string();
        Ok(personal::save(&mut self.tx, me, "draft", &format!("{ticket}/{kind}"), &document, self.now).await?)
    }
}

/// The command of an entry, if this program can read it.
pub(crate) fn envelope(entry: &replica::Entry) -> Option<Envelope> {
    serde_json::from_str(&entry.envelope).ok()
}

/// The id of what is handed over: the same after a lost answer, so that it is kept once.
fn id_of(document: &Value) -> Uuid {
    let hash = Sha256::digest(document.to_string());
    Uuid::from_slice(&hash[..16]).unwrap_or_default()
}
