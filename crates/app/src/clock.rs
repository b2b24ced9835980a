//! Time and chance: the one place that asks the system for either.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::SystemTime,
};

use uuid::Uuid;

/// The system's time plus an offset. In builds with debug assertions the offset (ms) is read from the file that
/// `DOCKET_CLOCK` names, so that a test moves all its processes at once; release builds ignore it.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    file: Option<PathBuf>,
    set: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The clock of this process.
    pub fn system() -> Self {
        let file = if cfg!(debug_assertions) { std::env::var_os("DOCKET_CLOCK").map(PathBuf::from) } else { None };
        Self { file, set: None }
    }

    /// A clock that the file moves, for a test with several desks in one process; release builds ignore the file.
    pub fn moved_by(file: PathBuf) -> Self {
        Self { file: cfg!(debug_assertions).then_some(file), set: None }
    }

    /// A clock that shows what it is set to (ms UTC), for a simulation.
    pub fn set_by(hand: Arc<AtomicI64>) -> Self {
        Self { file: None, set: Some(hand) }
    }

    /// Now, in ms UTC.
    pub fn now(&self) -> i64 {
        if let Some(hand) = &self.set {
            return hand.load(Ordering::Relaxed);
        }
        let offset =
            self.file.as_ref().and_then(|file| std::fs::read_to_string(file).ok()).and_then(|text| text.trim().parse::<i64>().ok());
        system_now() + offset.unwrap_or(0)
    }

    /// Can it be moved? Then timers look often.
    pub fn moves(&self) -> bool {
        self.file.is_some() || self.set.is_some()
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
fn system_now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A new id.
#[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// Random bytes from the system, for tokens and keys.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    bytes
}

/// A random token of 256 bits, as hex.
pub fn token() -> String {
    random::<32>().iter().map(|byte| format!("{byte:02x}")).collect()
}
