//! What is fetched before somebody leaves: the files of an agent's own open tickets and of those taken along, and of what else their
//! customers wrote. Rows come with every pull; a file comes here once, and a cut line costs the one that was on its way.

use std::{
    collections::{BTreeMap, HashSet},
    sync::PoisonError,
};

use docket_domain::{AgentId, ArticleId, AttachmentId};
use docket_store::{
    blob,
    luggage::{self, Piece, Taken},
    replica,
};
use uuid::Uuid;

use super::{Asked, Contact, Fill, Line, left::envelope, line::whole, read, row};
use crate::{
    app::App,
    error::{Error, Result},
    wire::connection::LuggageView,
};

/// So many tickets of a customer are their history, the latest first.
const HISTORY: i64 = 50;
/// A larger file of the history (bytes) is fetched when somebody opens it.
const LARGEST: i64 = 10 << 20;
/// Bytes of a customer's history; what is older is fetched when somebody opens it.
const ALLOWANCE: i64 = 50 << 20;
/// A file that came from the server is named by a row already, and needs no time before a sweep may look at it.
pub(crate) const LONG_AGO: i64 = 0;

/// How fetching is going.
#[derive(Debug, Default)]
pub(crate) struct Packing {
    /// Why it stopped: a stable code.
    problem: Option<&'static str>,
    /// Files that the server does not have.
    lost: HashSet<Uuid>,
}

/// Everything that should be here.
struct Luggage {
    taken: Vec<Taken>,
    /// Files of own and taken tickets.
    own: Vec<Piece>,
    /// Files of the history, by customer.
    history: BTreeMap<String, Vec<Piece>>,
    /// Are all tickets of the customers here? Not before the first sync is over.
    complete: bool,
    here: HashSet<String>,
}

impl Luggage {
    fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.own.iter().chain(self.history.values().flatten())
    }

    fn is_ready(&self, taken: &Taken, lost: &HashSet<Uuid>) -> bool {
        let own = self.own.iter().filter(|piece| piece.ticket_id == taken.id);
        let mut needed = own.chain(self.history.get(&taken.customer_key).into_iter().flatten());
        self.complete && needed.all(|piece| self.here.contains(&piece.sha256) || lost.contains(&piece.id))
    }
}

impl App {
    async fn all_luggage(&self, agent: AgentId) -> Result<Luggage> {
        let mut tx = self.0.db.read().await?;
        let complete = read::<Vec<Fill>>(&row(&mut tx).await?.first_sync).is_empty();
        let taken = luggage::taken(&mut tx, agent.0).await?;
        let own = luggage::own(&mut tx, agent.0).await?;
        let mine: HashSet<Uuid> = own.iter().map(|piece| piece.id).collect();
        let mut history = BTreeMap::new();
        for key in taken.iter().map(|taken| &taken.customer_key).filter(|key| !key.is_empty()) {
            if !history.contains_key(key) {
                let mut pieces = luggage::of_customer(&mut tx, key, HISTORY, LARGEST).await?;
                pieces.retain(|piece| !mine.contains(&piece.id));
                history.insert(key.clone(), allowed(pieces));
            }
        }
        drop(tx);
        let keys = own.iter().chain(history.values().flatten()).map(|piece| piece.sha256.clone()).collect();
        let here = self.0.blobs.here(keys).await?;
        Ok(Luggage { taken, own, history, complete, here })
    }

    /// What is fetched to be read without the network.
    pub(crate) async fn luggage(&self) -> Result<Option<LuggageView>> {
        let Some(connected) = self.connected() else { return Ok(None) };
        let all = self.all_luggage(connected.agent).await?;
        let packing = self.0.packing.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let missing = || all.pieces().filter(|piece| !all.here.contains(&piece.sha256));
        let lost = missing().filter(|piece| packing.lost.contains(&piece.id)).count();
        let view = LuggageView {
            tickets: count(all.taken.len()),
            ready: count(all.taken.iter().filter(|taken| all.is_ready(taken, &packing.lost)).count()),
            files: count(all.pieces().count()),
            files_here: count(all.pieces().count() - missing().count()),
            bytes_left: missing().filter(|piece| !packing.lost.contains(&piece.id)).map(|piece| piece.size).sum(),
            lost: count(lost),
            problem: packing.problem.map(str::to_owned),
        };
        Ok((view.tickets > 0 || view.files_here < view.files).then_some(view))
    }

    /// Fetches every file that should be here and is not.
    ///
    /// # Errors
    /// `offline`, or `disk_full`: what has come stays, and the next call goes on from there.
    pub async fn pack(&self, line: &impl Line) -> Result<()> {
        let Some(connected) = self.connected() else { return Ok(()) };
        let all = self.all_luggage(connected.agent).await?;
        let lost = self.0.packing.lock().unwrap_or_else(PoisonError::into_inner).lost.clone();
        let missing: Vec<&Piece> = all.pieces().filter(|piece| !all.here.contains(&piece.sha256) && !lost.contains(&piece.id)).collect();
        for piece in &missing {
            let fetched = self.fetch_piece(line, piece).await;
            // An interrupted line is told by the line itself.
            let problem = fetched.as_ref().err().map(Error::code).filter(|code| *code != "offline");
            self.packed(problem);
            fetched?;
        }
        if missing.is_empty() {
            return Ok(());
        }
        // Whoever is not listening at this moment finds that the feed has moved.
        let mut work = self.work().await?;
        work.tx.next_seq();
        self.finish(work).await
    }

    fn packed(&self, problem: Option<&'static str>) {
        self.0.packing.lock().unwrap_or_else(PoisonError::into_inner).problem = problem;
        self.0.contact.send_modify(Contact::stir);
    }

    async fn fetch_piece(&self, line: &impl Line, piece: &Piece) -> Result<()> {
        let (article, id) = (ArticleId(piece.article_id), AttachmentId(piece.id));
        let path = format!("/api/v1/articles/{article}/attachments/{id}");
        let told = whole(line.ask(Asked { method: "GET", path, content_type: None, body: Vec::new() }).await);
        let bytes = match told {
            Ok(told) if blob::key(&told.body) == piece.sha256 => told.body,
            Err(error) if !["not_found", "forbidden"].contains(&error.code()) => return Err(error),
            // What else is wrong with it the next pull says.
            Ok(_) | Err(_) => {
                self.lost(piece);
                return Ok(());
            }
        };
        self.0.blobs.put(bytes, LONG_AGO).await?;
        // Its ticket may have been wiped while the bytes were on their way.
        if !blob::is_referenced(&mut self.0.db.read().await?, &piece.sha256).await? {
            self.0.blobs.remove(&piece.sha256).await?;
        }
        Ok(())
    }

    fn lost(&self, piece: &Piece) {
        tracing::warn!(attachment = %piece.id, "the server does not have this file");
        self.0.packing.lock().unwrap_or_else(PoisonError::into_inner).lost.insert(piece.id);
    }

    /// Where the desk's own feed stands.
    pub fn feed_head(&self) -> i64 {
        *self.head().borrow()
    }

    /// Returns when the desk's own feed has moved past a number: something has changed.
    pub async fn feed_past(&self, seq: i64) {
        // A sender that is gone has closed, too.
        drop(self.head().wait_for(|head| *head > seq).await);
    }

    /// The files that something names: a row, or a command that waits, which may be given anew long after its upload is forgotten.
    pub(crate) async fn files_in_use(&self) -> Result<HashSet<String>> {
        let mut tx = self.0.db.read().await?;
        let mut used: HashSet<String> = blob::all_referenced(&mut tx).await?.into_iter().collect();
        for entry in replica::outbox(&mut tx).await? {
            let envelope = envelope(&entry);
            let article = envelope.as_ref().and_then(|envelope| envelope.body.article());
            used.extend(article.into_iter().flat_map(|article| &article.attachments).map(|file| file.sha256.clone()));
        }
        Ok(used)
    }

    /// Files of tickets that are here no longer go at once.
    pub(crate) async fn unpack(&self) -> Result<()> {
        let used = self.files_in_use().await?;
        // What is being uploaded has no row yet.
        let swept = self.0.blobs.sweep(self.now() - 60_000, used).await?;
        tracing::debug!(swept, "took away files of tickets that may not be read here any more");
        Ok(())
    }
}

/// The latest files that fit.
fn allowed(mut pieces: Vec<Piece>) -> Vec<Piece> {
    let mut bytes = 0;
    let fitting = pieces.iter().take_while(|piece| {
        bytes += piece.size;
        bytes <= ALLOWANCE
    });
    let fitting = fitting.count();
    pieces.truncate(fitting);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(size: i64) -> Piece {
        Piece { ticket_id: Uuid::nil(), article_id: Uuid::nil(), id: Uuid::nil(), sha256: String::new(), size }
    }

    #[test]
    fn a_history_is_taken_along_up_to_a_sensible_size() {
        let sizes = |pieces: Vec<Piece>| allowed(pieces).into_iter().map(|piece| piece.size).collect::<Vec<_>>();
        assert_eq!(sizes(vec![piece(ALLOWANCE - 1), piece(1), piece(1)]), [ALLOWANCE - 1, 1]);
        assert_eq!(sizes(vec![]), [0; 0]);
    }
}
