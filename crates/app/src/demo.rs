//! A believable desk out of nothing: tickets in German and English, the same for the same seed.
//!
//! Nobody in here exists. Addresses lie in the domains kept for examples (RFC 2606), phone numbers in the ranges kept for
//! films and books.

use chrono_tz::Tz;
use docket_domain::{Channel, Sender};

mod calendar;
mod facts;
mod files;
mod look_around;
mod look_it;
mod look_trade;
mod markup;
mod people;
mod rng;
mod story;
#[cfg(test)]
mod tests;
mod texts_de;
mod texts_en;
mod topics;

pub use people::DESK;

use calendar::Calendar;
use rng::Rng;

/// A ticket of the demo desk with all that was said on it, oldest article first.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoTicket {
    /// The full name of its queue: one of [`queues()`], or `Junk`.
    pub queue: &'static str,
    /// Whose matter it is.
    pub customer: DemoPerson,
    /// Its title.
    pub title: String,
    /// When it was opened (ms UTC), which is when its first article came.
    pub created_at: i64,
    /// Its state.
    pub state: DemoState,
    /// 1 (very low) to 5 (very high).
    pub priority: u16,
    /// Who has it: an index into [`agents()`].
    pub owner: Option<usize>,
    /// Locked by its owner; closed tickets never are.
    pub locked: bool,
    /// What was said, oldest first; at least one.
    pub articles: Vec<DemoArticle>,
}

impl DemoTicket {
    /// When something last happened on it (ms UTC).
    pub fn changed_at(&self) -> i64 {
        self.articles.last().map_or(self.created_at, |article| article.at)
    }
}

/// The state of a demo ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemoState {
    /// `new`.
    New,
    /// `open`.
    Open,
    /// `pending reminder`.
    PendingReminder {
        /// Until when (ms UTC).
        until: i64,
    },
    /// `pending auto close+`.
    PendingAutoClose {
        /// Until when (ms UTC).
        until: i64,
    },
    /// `closed successful`; it was closed when the last article came, or soon after.
    ClosedSuccessful,
    /// `closed unsuccessful`.
    ClosedUnsuccessful,
}

impl DemoState {
    /// Is the work done?
    pub fn is_closed(self) -> bool {
        matches!(self, Self::ClosedSuccessful | Self::ClosedUnsuccessful)
    }
}

/// Someone who writes to the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoPerson {
    /// Given and family name.
    pub name: String,
    /// The mail address.
    pub address: String,
    /// Where they work; none for people at home.
    pub company: Option<String>,
    /// The phone number.
    pub phone: String,
    german: bool,
    woman: bool,
}

impl DemoPerson {
    fn given(&self) -> &str {
        self.name.split(' ').next().unwrap_or_default()
    }

    fn family(&self) -> &str {
        self.name.rsplit(' ').next().unwrap_or_default()
    }
}

/// Someone who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoAgent {
    /// Given and family name.
    pub name: &'static str,
    /// What they sign in with.
    pub login: &'static str,
    /// Their own address.
    pub email: &'static str,
    /// May change settings.
    pub admin: bool,
}

/// Who wrote an article of the demo desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemoSender {
    /// The customer.
    Customer,
    /// An agent: an index into [`agents()`].
    Agent(usize),
    /// The desk by itself.
    System,
}

impl From<DemoSender> for Sender {
    fn from(sender: DemoSender) -> Self {
        match sender {
            DemoSender::Customer => Self::Customer,
            DemoSender::Agent(_) => Self::Agent,
            DemoSender::System => Self::System,
        }
    }
}

/// A file: its name, its media type, its bytes.
pub type DemoFile = (String, &'static str, Vec<u8>);

/// An article of a demo ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoArticle {
    /// Who wrote it.
    pub sender: DemoSender,
    /// How it travelled.
    pub channel: Channel,
    /// May the customer see it?
    pub visible: bool,
    /// Did it come from outside? False for notes.
    pub inbound: bool,
    /// When (ms UTC); never before the article above it, never in the future.
    pub at: i64,
    /// Its subject, without the ticket number.
    pub subject: String,
    /// Its text, quotes included.
    pub text: String,
    /// The same as HTML, where the mail had it: paragraphs, line breaks and quotes, nothing else.
    pub html: Option<String>,
    /// A file that came with it.
    pub attachment: Option<DemoFile>,
}

/// The agents of the demo desk; the first is its administrator.
pub fn agents() -> &'static [DemoAgent] {
    &people::AGENTS
}

/// The queues of the demo desk in its language (`de`, else English), parents before children.
pub fn queues(language: &str) -> &'static [&'static str] {
    if language == "de" { &topics::QUEUES_DE } else { &topics::QUEUES_EN }
}

/// Tells tickets, about half in German and half in English: most of them closed in the course of the last three years, a
/// few open. As an iterator it never ends and takes the moments as they come; see [`Generator::in_order`].
#[derive(Clone, Debug)]
pub struct Generator {
    seed: u64,
    now: i64,
    zone: Tz,
    calendar: Calendar,
    german_desk: bool,
    only: Option<bool>,
    count: Option<u64>,
    told: u64,
}

impl Generator {
    /// Tickets up to `now_ms` (ms UTC) on an English desk; office hours are those of `time_zone`, where an unknown zone
    /// counts as UTC.
    pub fn new(seed: u64, now_ms: i64, time_zone: &str) -> Self {
        let zone: Tz = time_zone.parse().unwrap_or(chrono_tz::UTC);
        let calendar = Calendar::new(now_ms, zone);
        Self { seed, now: now_ms, zone, calendar, german_desk: false, only: None, count: None, told: 0 }
    }

    /// Names the queues in the desk's language, `de` or else English; the mails keep coming in both.
    #[must_use]
    pub fn desk_language(self, language: &str) -> Self {
        Self { german_desk: language == "de", ..self }
    }

    /// Exactly `count` tickets, oldest first, so that numbers given in turn follow the dates.
    #[must_use]
    pub fn in_order(self, count: u64) -> Self {
        Self { count: Some(count), ..self }
    }

    /// The small desk to look around in: about 60 tickets in the desk's language, oldest first, 40 of them open and fresh
    /// today.
    pub fn look_around(language: &str, now_ms: i64, time_zone: &str) -> Vec<DemoTicket> {
        look_around::tickets(language == "de", now_ms, time_zone)
    }

    fn ticket(&self, n: u64) -> DemoTicket {
        let mut dice = Rng::of(self.seed, n);
        let position = match self.count {
            Some(count) => ((u128::from(n) << 64 | u128::from(dice.next())) / u128::from(count)) as u64,
            None => dice.next(),
        };
        story::tell(self, self.calendar.moment(position), dice)
    }
}

impl Iterator for Generator {
    type Item = DemoTicket;

    fn next(&mut self) -> Option<DemoTicket> {
        if self.count.is_some_and(|count| self.told >= count) {
            return None;
        }
        self.told += 1;
        Some(self.ticket(self.told - 1))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.count.map(|count| usize::try_from(count - self.told).unwrap_or(usize::MAX));
        (left.unwrap_or(usize::MAX), left)
    }
}
