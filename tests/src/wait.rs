//! Waiting for a condition, with a deadline.

use std::time::{Duration, Instant};

/// Longer than anything takes on a busy computer.
const PATIENCE: Duration = Duration::from_secs(60);
const STEP: Duration = Duration::from_millis(15);

/// Looks until `look` sees something; `what` says what was waited for in vain.
pub async fn until<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    within(PATIENCE, what, look).await
}

/// Looks until `look` sees something, for this long at most.
pub async fn within<T>(patience: Duration, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(begin.elapsed() < patience, "waited {patience:?} in vain for {what}");
        tokio::time::sleep(STEP).await;
    }
}
