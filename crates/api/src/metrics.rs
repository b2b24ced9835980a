//! What the server counts about itself, for Prometheus.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use tokio::time::Instant;

use crate::router::Context;

/// Upper bounds of the buckets of request times, milliseconds.
const BUCKETS: [u64; 8] = [2, 5, 10, 25, 50, 100, 500, 2_500];
/// Long polls wait on purpose: their time says nothing.
const WAITING: &str = "/api/v1/changes";

/// Counters since the start.
#[derive(Default)]
pub(crate) struct Metrics {
    by_class: [AtomicU64; 6],
    buckets: [AtomicU64; BUCKETS.len()],
    timed: AtomicU64,
    micros: AtomicU64,
}

/// Counts every request.
pub(crate) async fn count(State(context): State<Context>, request: Request, next: Next) -> Response {
    let timed = request.uri().path() != WAITING;
    let began = Instant::now();
    let response = next.run(request).await;
    context.metrics.note(response.status().as_u16(), timed.then(|| began.elapsed()));
    response
}

impl Metrics {
    fn note(&self, status: u16, took: Option<Duration>) {
        if let Some(class) = self.by_class.get(usize::from(status / 100)) {
            class.fetch_add(1, Relaxed);
        }
        let Some(took) = took else { return };
        self.timed.fetch_add(1, Relaxed);
        self.micros.fetch_add(took.as_micros().try_into().unwrap_or(u64::MAX), Relaxed);
        let bounds = BUCKETS.iter().zip(&self.buckets);
        bounds.filter(|(bound, _)| took <= Duration::from_millis(**bound)).for_each(|(_, bucket)| {
            bucket.fetch_add(1, Relaxed);
        });
    }

    /// The counters in Prometheus's text format.
    pub(crate) fn text(&self) -> String {
        let mut text =
            String::from("# HELP docket_requests_total Answered requests by status class.\n# TYPE docket_requests_total counter\n");
        for (class, count) in self.by_class.iter().enumerate().skip(1) {
            line(&mut text, &format!("docket_requests_total{{status=\"{class}xx\"}}"), count.load(Relaxed));
        }
        text.push_str("# HELP docket_request_seconds Time to answer, without long polls.\n# TYPE docket_request_seconds histogram\n");
        for (bound, count) in BUCKETS.iter().zip(&self.buckets) {
            let seconds = Duration::from_millis(*bound).as_secs_f64();
            line(&mut text, &format!("docket_request_seconds_bucket{{le=\"{seconds}\"}}"), count.load(Relaxed));
        }
        let timed = self.timed.load(Relaxed);
        line(&mut text, "docket_request_seconds_bucket{le=\"+Inf\"}", timed);
        line(&mut text, "docket_request_seconds_sum", Duration::from_micros(self.micros.load(Relaxed)).as_secs_f64());
        line(&mut text, "docket_request_seconds_count", timed);
        text
    }
}

/// Adds one value.
pub(crate) fn line(text: &mut String, name: &str, value: impl std::fmt::Display) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{name} {value}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_class_and_time() {
        let metrics = Metrics::default();
        metrics.note(200, Some(Duration::from_millis(3)));
        metrics.note(404, Some(Duration::from_millis(30)));
        metrics.note(200, None);
        let text = metrics.text();
        for wanted in [
            "docket_requests_total{status=\"2xx\"} 2\n",
            "docket_requests_total{status=\"4xx\"} 1\n",
            "docket_request_seconds_bucket{le=\"0.002\"} 0\n",
            "docket_request_seconds_bucket{le=\"0.005\"} 1\n",
            "docket_request_seconds_bucket{le=\"+Inf\"} 2\n",
            "docket_request_seconds_sum 0.033\n",
        ] {
            assert!(text.contains(wanted), "{wanted} is missing in\n{text}");
        }
    }
}
