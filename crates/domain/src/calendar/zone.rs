//! Time zones as pieces of constant offset. The zone data is built in, so that a deadline is the same on every computer.

use std::sync::LazyLock;

use jiff::{Timestamp, tz::TimeZoneDatabase};

use super::MOMENTS;

static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A time zone: since when (ms UTC) local time is UTC plus what (ms).
#[derive(Clone, Debug)]
pub(super) struct Zone(Vec<(i64, i64)>);

/// Time from `start` to `end` (ms UTC) in which local time is UTC plus `offset` (ms).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub start: i64,
    pub end: i64,
    pub offset: i64,
}

/// Is there a zone of that IANA name?
pub(super) fn exists(name: &str) -> bool {
    DATABASE.get(name).is_ok()
}

/// The zone of that IANA name, with every change of its clocks in [`MOMENTS`] and the twenty years after.
pub(super) fn find(name: &str) -> Option<Zone> {
    let zone = DATABASE.get(name).ok()?;
    let first = Timestamp::from_millisecond(MOMENTS.start).ok()?;
    let mut since = vec![(i64::MIN, i64::from(zone.to_offset(first).seconds()) * 1000)];
    let changes = zone.following(first).map(|change| (change.timestamp().as_millisecond(), i64::from(change.offset().seconds()) * 1000));
    for (at, offset) in changes.take_while(|(at, _)| *at < MOMENTS.end + super::working_time::HORIZON) {
        // A change of the zone's name alone is none of its clocks.
        if since.last().is_none_or(|(_, last)| *last != offset) {
            since.push((at, offset));
        }
    }
    Some(Zone(since))
}

impl Zone {
    /// Cuts `from`..`to` (ms UTC) where the zone's clocks are put forward or back.
    pub fn pieces(&self, from: i64, to: i64) -> impl Iterator<Item = Piece> {
        let begun = self.begun(from);
        let ends = self.0[begun + 1..].iter().map(|(at, _)| *at).chain([i64::MAX]);
        let pieces = self.0[begun..].iter().zip(ends).map(move |((since, offset), end)| Piece {
            start: from.max(*since),
            end: end.min(to),
            offset: *offset,
        });
        pieces.take_while(|piece| piece.start < piece.end)
    }

    /// The offset from UTC at that moment (ms UTC), in ms.
    pub fn offset(&self, at: i64) -> i64 {
        self.0[self.begun(at)].1
    }

    /// Which change was the last one at that moment; the first is before all time.
    fn begun(&self, at: i64) -> usize {
        self.0.partition_point(|(since, _)| *since <= at).saturating_sub(1)
    }
}
