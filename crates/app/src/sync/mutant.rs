//! Faults to switch on by name, so that the simulation can show that it would find them. Never set outside of it.

use std::sync::atomic::{AtomicU8, Ordering};

/// A fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// Feed numbers are handed out when a change begins, not in the order of commits: a page may pass one by.
    NumbersBySequence = 1,
    /// A ticket that comes into sight is sent like any other change, without what was on it before.
    NoScopeSeq = 2,
    /// A pending command is dropped when its answer comes, not when the pull has reached it.
    DroppedAtAnswer = 3,
    /// A ticket that went out of sight is not named.
    LostTombstone = 4,
    /// Mail leaves without the send guard.
    GuardOff = 5,
    /// A repeated command is carried out again.
    NoRepeats = 6,
    /// A field that somebody else set meanwhile is overwritten.
    LastWriteWins = 7,
}

static ON: AtomicU8 = AtomicU8::new(0);

impl Mutant {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::NumbersBySequence,
        Self::NoScopeSeq,
        Self::DroppedAtAnswer,
        Self::LostTombstone,
        Self::GuardOff,
        Self::NoRepeats,
        Self::LastWriteWins,
    ];

    /// Switches this fault on, for the whole process.
    pub fn switch_on(self) {
        ON.store(self as u8, Ordering::Relaxed);
        if self == Self::NumbersBySequence {
            docket_store::number_out_of_order();
        }
    }

    /// Is it on?
    pub(crate) fn is_on(self) -> bool {
        ON.load(Ordering::Relaxed) == self as u8
    }
}
