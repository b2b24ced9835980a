//! From the MIME tree to what an agent reads.

use crate::parse::{Incoming, Unreadable};

pub(crate) fn read(raw: &[u8]) -> Result<Incoming, Unreadable> {
    if raw.is_empty() {
        return Err(Unreadable {
            reason: "empty".to_owned(),
        });
    }
    Ok(Incoming::default())
}
