//! What customers write about.

/// The queues of the demo desk, by what they are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Desk,
    Hardware,
    Software,
    Network,
    Accounts,
    Security,
    Billing,
    Reminders,
    Logistics,
    Returns,
    Customers,
    Junk,
}

pub(super) const QUEUES_EN: [&str; 11] = [
    "Service desk",
    "Service desk::Hardware",
    "Service desk::Software",
    "Service desk::Network",
    "Service desk::Accounts",
    "Service desk::Security",
    "Billing",
    "Billing::Reminders",
    "Logistics",
    "Logistics::Returns",
    "Customer service",
];

pub(super) const QUEUES_DE: [&str; 11] = [
    "Servicedesk",
    "Servicedesk::Hardware",
    "Servicedesk::Software",
    "Servicedesk::Netzwerk",
    "Servicedesk::Konten",
    "Servicedesk::Sicherheit",
    "Buchhaltung",
    "Buchhaltung::Mahnungen",
    "Logistik",
    "Logistik::Retouren",
    "Kundendienst",
];

impl Place {
    /// The queue's name at a desk of that language; the junk queue has the same name everywhere.
    pub fn queue(self, german_desk: bool) -> &'static str {
        match self {
            Self::Junk => "Junk",
            place if german_desk => QUEUES_DE[place as usize],
            place => QUEUES_EN[place as usize],
        }
    }
}

impl Place {
    /// Is it about machines and programs, rather than money and goods?
    pub fn is_about_machines(self) -> bool {
        match self {
            Self::Desk | Self::Hardware | Self::Software | Self::Network | Self::Accounts => true,
            Self::Security | Self::Billing | Self::Reminders | Self::Logistics | Self::Returns | Self::Customers | Self::Junk => false,
        }
    }
}

/// One matter, and what is said about it. Texts have slots, see `facts`.
pub(super) struct Topic {
    pub place: Place,
    /// How often it comes, beside the others.
    pub weight: u64,
    pub subjects: &'static [&'static str],
    /// What is wrong.
    pub problem: &'static [&'static str],
    /// More of it.
    pub detail: &'static [&'static str],
    /// The desk's question.
    pub ask: &'static [&'static str],
    /// The customer's answer to that.
    pub more: &'static [&'static str],
    /// The desk's solution.
    pub answer: &'static [&'static str],
    /// A colleague's note.
    pub note: &'static [&'static str],
}

/// What is said about anything, in one language.
pub(super) struct Phrases {
    pub hello: &'static [&'static str],
    pub opening: &'static [&'static str],
    pub pressure: &'static [&'static str],
    pub please: &'static [&'static str],
    pub bye: &'static [&'static str],
    pub log: &'static [&'static str],
    pub dear: &'static [&'static str],
    pub agent_opening: &'static [&'static str],
    pub agent_ending: &'static [&'static str],
    pub agent_bye: &'static [&'static str],
    pub thanks: &'static [&'static str],
    pub still: &'static [&'static str],
    /// The second answer to it.
    pub again: &'static [&'static str],
    pub nudge: &'static [&'static str],
    pub called: &'static [&'static str],
    pub closing_note: &'static [&'static str],
    pub acknowledged: (&'static str, &'static str),
    /// Between date and time, and after the name, over a quote.
    pub quote: (&'static str, &'static str, &'static str),
    pub topics: &'static [Topic],
}
