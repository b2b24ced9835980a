//! Where a device stands in the feed, as text: the epoch of the desk, the feed number, the agent's own number, the queues that were
//! readable then, and the life of the desk that said it. Opaque to the device.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use docket_domain::{QueueId, Settings};

/// A cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub epoch: i64,
    pub seq: i64,
    pub personal: i64,
    scope: Scope,
    /// The mark of the desk's life (`docket_store::life`); none: it was given before there were any.
    pub life: Option<i64>,
}

/// The readable queues, by the half of their ids that is random: those named, or all but those named, whichever is shorter.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Scope {
    Only(BTreeSet<u64>),
    AllBut(BTreeSet<u64>),
}

fn half(queue: QueueId) -> u64 {
    queue.0.as_u64_pair().1
}

impl Cursor {
    pub fn new(epoch: i64, seq: i64, personal: i64, settings: &Settings, readable: &BTreeSet<QueueId>) -> Self {
        let only: BTreeSet<u64> = readable.iter().map(|queue| half(*queue)).collect();
        let all_but: BTreeSet<u64> = settings.queues.keys().filter(|queue| !readable.contains(queue)).map(|queue| half(*queue)).collect();
        let scope = if all_but.len() < only.len() { Scope::AllBut(all_but) } else { Scope::Only(only) };
        Self { epoch, seq, personal, scope, life: None }
    }

    /// As that life of the desk gives it.
    pub fn in_life(self, life: Option<i64>) -> Self {
        Self { life, ..self }
    }

    /// Could its agent read that queue then? A queue that is newer than the cursor had no tickets then.
    pub fn could_read(&self, queue: QueueId) -> bool {
        match &self.scope {
            Scope::Only(queues) => queues.contains(&half(queue)),
            Scope::AllBut(queues) => !queues.contains(&half(queue)),
        }
    }

    pub fn text(&self) -> String {
        let (sign, queues) = match &self.scope {
            Scope::Only(queues) => ('o', queues),
            Scope::AllBut(queues) => ('a', queues),
        };
        let bytes: Vec<u8> = queues.iter().flat_map(|queue| queue.to_be_bytes()).collect();
        let life = self.life.map(|mark| format!(".{mark:x}")).unwrap_or_default();
        format!("{}.{}.{}.{sign}{}{life}", self.epoch, self.seq, self.personal, URL_SAFE_NO_PAD.encode(bytes))
    }

    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(5, '.');
        let mut number = || parts.next()?.parse::<i64>().ok();
        let (epoch, seq, personal) = (number()?, number()?, number()?);
        let scope = parts.next()?;
        let life = parts.next().map(|mark| u64::from_str_radix(mark, 16).map(u64::cast_signed)).transpose().ok()?;
        let bytes = URL_SAFE_NO_PAD.decode(scope.get(1..)?).ok()?;
        let (chunks, rest) = bytes.as_chunks::<8>();
        let queues: BTreeSet<u64> = chunks.iter().map(|chunk| u64::from_be_bytes(*chunk)).collect();
        let scope = match scope.chars().next()? {
            'o' => Scope::Only(queues),
            'a' => Scope::AllBut(queues),
            _ => return None,
        };
        rest.is_empty().then_some(Self { epoch, seq, personal, scope, life })
    }
}

#[cfg(test)]
mod tests {
    use docket_domain::master;

    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let settings = Settings::build(1, master::records("en")).expect("master data is valid");
        let all: BTreeSet<QueueId> = settings.queues.keys().copied().collect();
        let one = BTreeSet::from([master::QUEUE_MISC]);
        for readable in [all, one, BTreeSet::new()] {
            let cursor = Cursor::new(3, 77, 5, &settings, &readable);
            assert_eq!(Cursor::parse(&cursor.text()), Some(cursor.clone()));
            for mark in [0, 7, -7, i64::MIN, i64::MAX] {
                let cursor = cursor.clone().in_life(Some(mark));
                assert_eq!(Cursor::parse(&cursor.text()), Some(cursor));
            }
            for queue in settings.queues.keys() {
                assert_eq!(cursor.could_read(*queue), readable.contains(queue), "{cursor:?}");
            }
        }
        for wrong in ["", "1.2.3", "1.2.3.*", "1.2.x.o", "1.2.3.oabc", "1.2.3.o!!", "1.2.3.o.", "1.2.3.o.x", "1.2.3.o.1.2"] {
            assert_eq!(Cursor::parse(wrong), None, "{wrong}");
        }
    }
}
