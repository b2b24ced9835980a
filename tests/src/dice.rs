//! Chance from a seed that is printed, so that a run can be had again.

use std::time::Duration;

use uuid::{Builder, Uuid};

/// A small generator (SplitMix64): the same seed gives the same throws.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice for a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A seed that differs from run to run, unless `DOCKET_SEED` names one.
    pub fn seed() -> u64 {
        let named = std::env::var("DOCKET_SEED").ok().and_then(|text| text.parse().ok());
        named.unwrap_or_else(|| u64::from_le_bytes(docket_app::new_id().as_bytes()[8..].try_into().expect("eight bytes are eight")))
    }

    /// Dice of their own for a part of the run, so that parts do not disturb each other.
    pub fn part(&mut self) -> Self {
        Self(self.throw())
    }

    /// Any number.
    pub fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, not including, `end`.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.throw() % (end.max(1) as u64)).unwrap_or(0)
    }

    /// True in `percent` of a hundred throws.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of them.
    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// A duration between the two, in ms.
    pub fn pause(&mut self, from: usize, to: usize) -> Duration {
        Duration::from_micros((from * 1000 + self.below((to - from) * 1000)) as u64)
    }

    /// An id that follows from the seed.
    pub fn id(&mut self) -> Uuid {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.throw().to_be_bytes());
        bytes[8..].copy_from_slice(&self.throw().to_be_bytes());
        Builder::from_random_bytes(bytes).into_uuid()
    }
}
