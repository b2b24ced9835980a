//! Commands whose answer counts only with the server's OK.
//!
//! The library's own streams end alike at OK, at NO and where the line breaks (async-imap 0.11, `parse::filter`): a mail that
//! the server failed to hand out would look like one that is gone.

use async_imap::{
    error::Error,
    imap_proto::{MailboxDatum, Response, Status},
};

use super::{ImapFailure, Mailbox, failure};

impl Mailbox {
    /// Sends a command and shows every answer to `each`, up to the server's OK. Anything else, and the end of the line, is an
    /// error.
    pub(super) async fn ask(&mut self, command: &str, mut each: impl FnMut(&Response<'_>)) -> Result<(), ImapFailure> {
        let peer = self.peer.clone();
        let lost = |error| failure(error, &peer);
        let (mut known, mut news) = (self.known, false);
        let session = self.session()?;
        let sent = session.run_command(command).await.map_err(lost)?;
        loop {
            let answer = session.read_response().await.map_err(|error| lost(Error::Io(error)))?;
            let answer = answer.ok_or_else(|| lost(Error::ConnectionLost))?;
            match answer.parsed() {
                Response::Done { tag, status, information, .. } if *tag == sent => {
                    self.known = known;
                    self.news |= news;
                    let said = information.as_deref().unwrap_or_default().to_owned();
                    return if *status == Status::Ok { Ok(()) } else { Err(lost(Error::No(said))) };
                }
                // A mail that another client takes away makes room for one that comes.
                Response::Expunge(_) => known = known.saturating_sub(1),
                Response::MailboxData(MailboxDatum::Exists(count)) => {
                    news |= *count > known;
                    known = *count;
                }
                other => each(other),
            }
        }
    }
}
