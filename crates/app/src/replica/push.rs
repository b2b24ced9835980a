//! A push: commands go to the server in order, each as soon as it is the oldest of each of its subjects.

use std::collections::HashSet;

use docket_domain::{Body, CommandId, Envelope, NewArticle, TicketId, conflict};
use docket_store::{lease, personal, replica, replica::Entry};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Asked, Line, Memory,
    line::{post, tell, urlencoded, whole},
    read, row, write,
};
use crate::{
    app::App,
    clock::new_id,
    error::{Error, Result},
    wire::sync::{Answer, LeaseInput, LeaseView, PersonalInput, PersonalUnit, PushInput, PushView},
};

/// Commands of one push.
const BATCH: usize = 200;
/// So many numbers a device keeps, and asks for more when it has fewer than half of them.
const NUMBERS: i64 = 10;
/// Personal things of one push.
const PERSONAL: i64 = 1_000;

/// What a push did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pushed {
    /// Commands that were answered.
    pub answered: usize,
    /// Can more be pushed right now?
    pub more: bool,
}

impl App {
    /// Sends what may be sent.
    pub async fn push_outbox(&self, line: &impl Line) -> Result<Pushed> {
        let (entries, more) = self.sendable().await?;
        if entries.is_empty() {
            return Ok(Pushed::default());
        }
        for entry in &entries {
            self.send_files(line, entry).await?;
        }
        let commands: Vec<Value> = entries.iter().filter_map(|entry| serde_json::from_str(&entry.envelope).ok()).collect();
        let view: PushView = match post(line, "/api/v1/sync/push", &PushInput { commands }).await {
            Ok(view) => view,
            Err(error) => {
                self.heed(line, &error).await?;
                return Err(error);
            }
        };
        let mut work = self.work().await?;
        for answer in &view.answers {
            work.answered(answer).await?;
        }
        work.tx.next_seq();
        self.finish(work).await?;
        Ok(Pushed { answered: view.answers.len(), more: more || view.answers.len() < entries.len() })
    }

    /// The commands that may go now, noted as perhaps sent before the first byte leaves.
    async fn sendable(&self) -> Result<(Vec<Entry>, bool)> {
        let mut work = self.work().await?;
        let entries = replica::outbox(&mut work.tx).await?;
        if !entries.iter().any(|entry| ["waiting", "sent"].contains(&entry.state.as_str())) {
            return Ok((Vec::new(), false));
        }
        let stuck = work.stuck().await?;
        let unknown: HashSet<Uuid> =
            entries.iter().filter(|entry| entry.state == "refused" && creates(entry)).map(|entry| entry.ticket_id).collect();
        let mut before: HashSet<Uuid> = HashSet::new();
        let (mut sendable, mut more) = (Vec::new(), false);
        for mut entry in entries.into_iter().filter(|entry| ["waiting", "sent"].contains(&entry.state.as_str())) {
            let subjects: Vec<Uuid> = [Some(entry.ticket_id), entry.other_id].into_iter().flatten().collect();
            let Ok(envelope) = serde_json::from_str::<Envelope>(&entry.envelope) else {
                // A newer program gave it: it keeps its place until that one is here again.
                before.extend(subjects);
                continue;
            };
            let adds = conflict::only_adds(&envelope.body);
            let waits = stuck.contains(&entry.ticket_id) && !adds || unknown.contains(&entry.ticket_id);
            if waits {
                // What adds something need not wait for it.
                continue;
            }
            if subjects.iter().any(|subject| before.contains(subject)) || sendable.len() == BATCH {
                more = true;
                before.extend(subjects);
                continue;
            }
            before.extend(subjects);
            if entry.state == "waiting" {
                replica::step(&mut work.tx, CommandId(entry.id), "sent", None, None).await?;
                entry.state = "sent".into();
            }
            sendable.push(entry);
        }
        self.finish(work).await?;
        Ok((sendable, more))
    }

    /// Brings the bytes of its attachments to the server first: a command may name only what is there.
    async fn send_files(&self, line: &impl Line, entry: &Entry) -> Result<()> {
        let Ok(envelope) = serde_json::from_str::<Envelope>(&entry.envelope) else { return Ok(()) };
        let Some(NewArticle { attachments, .. }) = envelope.body.article() else { return Ok(()) };
        for file in attachments {
            // What is not here was there before: a forwarded attachment that was never fetched.
            let Some(bytes) = self.0.blobs.get(&file.sha256).await? else { continue };
            let path = format!("/api/v1/uploads?name=file&type={}", urlencoded(&file.content_type));
            whole(line.ask(Asked { method: "POST", path, content_type: Some("application/octet-stream".into()), body: bytes }).await)?;
        }
        Ok(())
    }

    /// Sees to it that a ticket can be opened without the network.
    pub async fn lease(&self, line: &impl Line) -> Result<()> {
        let kept = lease::kept(&mut self.0.db.read().await?).await?;
        if kept >= NUMBERS / 2 {
            return Ok(());
        }
        let view: LeaseView = post(line, "/api/v1/sync/lease", &LeaseInput { count: NUMBERS - kept }).await?;
        let mut work = self.work().await?;
        for number in view.numbers {
            lease::keep(&mut work.tx, &number, work.now).await?;
        }
        self.finish(work).await
    }

    /// Tells the server what changed of the agent's own things; false: it knows all.
    pub async fn push_personal(&self, line: &impl Line) -> Result<bool> {
        let mut tx = self.0.db.read().await?;
        let known = row(&mut tx).await?;
        let mut memory: Memory = read(&known.document);
        let agent = known.agent_id.into();
        let documents = personal::after(&mut tx, agent, memory.told, PERSONAL).await?;
        let marks = personal::read_marks_after(&mut tx, agent, memory.told, PERSONAL).await?;
        drop(tx);
        let full = |len: usize| i64::try_from(len).unwrap_or(0) == PERSONAL;
        let last = |numbers: Option<i64>, len: usize| if full(len) { numbers } else { None };
        let ends = [last(documents.last().map(|(seq, _)| *seq), documents.len()), last(marks.last().map(|(seq, _)| *seq), marks.len())];
        let all = documents.iter().map(|(seq, _)| *seq).chain(marks.iter().map(|(seq, _)| *seq)).max();
        let Some(upto) = ends.into_iter().flatten().min().or(all) else { return Ok(false) };
        // The last write wins, by the server's clock.
        let by_server = |kept: personal::Kept| PersonalUnit { changed_at: kept.changed_at + known.clock_offset, ..kept.into() };
        let input = PersonalInput {
            personal: documents.into_iter().filter(|(seq, _)| *seq <= upto).map(|(_, kept)| by_server(kept)).collect(),
            read_marks: marks.into_iter().filter(|(seq, _)| *seq <= upto).map(|(_, mark)| mark.into()).collect(),
        };
        tell(line, "/api/v1/sync/personal", &input).await?;
        let mut work = self.work().await?;
        let mut known = row(&mut work.tx).await?;
        memory = read(&known.document);
        memory.told = memory.told.max(upto);
        known.document = write(&memory)?;
        replica::save(&mut work.tx, &known).await?;
        self.finish(work).await?;
        Ok(true)
    }
}

fn creates(entry: &Entry) -> bool {
    serde_json::from_str::<Envelope>(&entry.envelope).is_ok_and(|envelope| matches!(envelope.body, Body::Create { .. }))
}

impl crate::submit::Work {
    /// Of a note or a call the server took the text and left the state that should follow: the text is shown until a pull brings
    /// it, and the state is a proposal of its own. False: it is none of these.
    async fn text_was_taken(&mut self, entry: &Entry, answer: &Answer) -> Result<bool> {
        let Ok(mut taken) = serde_json::from_str::<Envelope>(&entry.envelope) else { return Ok(false) };
        let (Body::Note { next, .. } | Body::PhoneCall { next, .. }) = &mut taken.body else { return Ok(false) };
        let next = std::mem::take(next);
        let told = write(answer)?;
        replica::rewrite(&mut self.tx, taken.id, &write(&taken)?).await?;
        replica::step(&mut self.tx, taken.id, "applied", Some(&told), Some(answer.seq)).await?;
        if let Some(state) = next.state_id {
            let body = Body::SetState { state, pending_until: next.pending_until };
            let proposal = Envelope { id: CommandId(new_id()), body, ..taken };
            let entry = Entry {
                id: proposal.id.0,
                state: "proposed".into(),
                envelope: write(&proposal)?,
                answer: Some(told),
                seq: Some(answer.seq),
                ..entry.clone()
            };
            replica::give(&mut self.tx, &entry).await?;
        }
        Ok(true)
    }

    /// Takes in what became of a command.
    async fn answered(&mut self, answer: &Answer) -> Result<()> {
        let Some(id) = answer.id else { return Ok(()) };
        let Some(entry) = replica::entry(&mut self.tx, id).await? else { return Ok(()) };
        // An answer that comes twice changes nothing.
        if !["waiting", "sent"].contains(&entry.state.as_str()) {
            return Ok(());
        }
        let ticket = TicketId(entry.ticket_id);
        match answer.outcome.as_str() {
            "applied" | "held" => {
                if self.dropped_at_answer(id).await? {
                    return self.show_anew(ticket).await;
                }
                replica::step(&mut self.tx, id, "applied", Some(&write(answer)?), Some(answer.seq)).await?;
            }
            "proposed" if self.text_was_taken(&entry, answer).await? => self.show_anew(ticket).await?,
            "proposed" | "refused" => {
                replica::step(&mut self.tx, id, &answer.outcome, Some(&write(answer)?), Some(answer.seq)).await?;
                self.show_anew(ticket).await?;
            }
            // An answer of a newer server: it stays until this program is newer, too.
            other => {
                tracing::warn!(other, "the server gave an answer that this program does not know");
                return Err(Error::Unavailable {
                    code: "client_too_old",
                    message: "the server gives answers that this Docket does not know; install a newer one, and nothing that waits is lost"
                        .into(),
                });
            }
        }
        if let Some(went) = answer.ticket_id
            && let Some(NewArticle { id, .. }) =
                serde_json::from_str::<Envelope>(&entry.envelope).ok().as_ref().and_then(|e| e.body.article())
        {
            tracing::debug!(%went, article = %id, "a text went on to the ticket that this one was merged into");
        }
        Ok(())
    }
}
