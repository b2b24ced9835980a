//! Which devices of an agent are there, and which one they used last: that one makes the sounds.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use docket_domain::AgentId;

use crate::app::App;

/// What the window of this computer is called among its agent's devices.
pub(crate) const WINDOW: &str = "window";
/// A device that has just been answered is about to ask again (ms).
const BETWEEN: i64 = 5_000;
/// A device that asks another server says so as often as a question lasts (ms).
const ELSEWHERE: i64 = 35_000;

/// One device of an agent.
#[derive(Clone, Copy, Debug, Default)]
struct Use {
    /// When its agent last did something there (ms UTC).
    used_at: i64,
    /// How many questions of it wait here.
    waits: u32,
    /// Until when it counts as there, without a question that waits (ms UTC).
    there_until: i64,
}

/// The devices that were heard of, by agent and by what names them.
#[derive(Debug, Default)]
pub(crate) struct Uses(Mutex<HashMap<AgentId, HashMap<String, Use>>>);

impl Uses {
    fn change(&self, agent: AgentId, device: &str, change: impl FnOnce(&mut Use)) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(known.entry(agent).or_default().entry(device.to_owned()).or_default());
    }

    /// Its agent did something there.
    pub fn used(&self, agent: AgentId, device: &str, at: i64) {
        self.change(agent, device, |known| known.used_at = known.used_at.max(at));
    }

    /// It asks another server of this desk.
    pub fn asks_elsewhere(&self, agent: AgentId, device: &str, now: i64) {
        self.change(agent, device, |known| known.there_until = known.there_until.max(now + ELSEWHERE));
    }

    /// The one of those that are there that was used last.
    pub fn loudest(&self, agent: AgentId, now: i64) -> Option<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let there = known.get(&agent)?.iter().filter(|(_, device)| device.waits > 0 || device.there_until > now);
        there.max_by_key(|(name, device)| (device.used_at, *name)).map(|(name, _)| name.clone())
    }
}

/// A question of a device that waits for an answer. One that is dropped unanswered was cut off, and its device is not there.
pub(crate) struct Waits<'a> {
    app: &'a App,
    agent: AgentId,
    device: &'a str,
    answered: bool,
}

impl<'a> Waits<'a> {
    pub fn begin(app: &'a App, agent: AgentId, device: &'a str) -> Self {
        app.0.uses.change(agent, device, |known| known.waits += 1);
        Self { app, agent, device, answered: false }
    }

    /// It has its answer, and asks again in a moment.
    pub fn answered(mut self) {
        self.answered = true;
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        let until = if self.answered { self.app.now() + BETWEEN } else { 0 };
        self.app.0.uses.change(self.agent, self.device, |known| {
            known.waits = known.waits.saturating_sub(1);
            known.there_until = until;
        });
    }
}

impl App {
    /// The agent does something on this device.
    pub async fn used(&self, me: AgentId, device: &str) {
        let now = self.now();
        self.0.uses.used(me, device, now);
        if self.connected().is_some() {
            self.0.wake_use.notify_one();
        }
        self.tell_device(me, device, Some(now)).await;
    }

    /// Returns when the agent of this replica has done something that its server has not heard of.
    pub async fn use_to_tell(&self) {
        self.0.wake_use.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::new_id;

    #[test]
    fn the_device_used_last_sounds_as_long_as_it_is_there() {
        let (uses, me, now) = (Uses::default(), AgentId(new_id()), 1_000_000);
        assert_eq!(uses.loudest(me, now), None);
        for (device, used_at) in [("desk", 10), ("laptop", 30), ("phone", 20)] {
            uses.used(me, device, used_at);
        }
        assert_eq!(uses.loudest(me, now), None, "nobody is there");
        uses.change(me, "desk", |known| known.waits = 1);
        uses.change(me, "phone", |known| known.there_until = now + 1);
        assert_eq!(uses.loudest(me, now).as_deref(), Some("phone"));
        uses.change(me, "laptop", |known| known.waits = 1);
        assert_eq!(uses.loudest(me, now).as_deref(), Some("laptop"));
        uses.used(me, "desk", 40);
        assert_eq!(uses.loudest(me, now).as_deref(), Some("desk"));
        assert_eq!(uses.loudest(AgentId(new_id()), now), None);
    }
}
