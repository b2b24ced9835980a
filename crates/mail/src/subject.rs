//! The ticket number in the subject: building, cleaning and finding it.

/// Where the ticket tag stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagPlace {
    /// `Re: [Ticket#1] Subject`
    #[default]
    Left,
    /// `Re: Subject [Ticket#1]`
    Right,
    /// `Re: Subject`
    None,
}

/// What kind of mail the subject is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A first mail: no prefix.
    New,
    /// An answer: `Re: `.
    Reply,
    /// A forwarded mail: `Fwd: `.
    Forward,
}

/// How subjects carry the ticket number.
#[derive(Clone, Debug)]
pub struct SubjectRules {
    /// The word before the number.
    pub hook: String,
    /// What stands between hook and number.
    pub divider: String,
    /// Where the tag stands.
    pub place: TagPlace,
    /// The most characters kept of the customer's subject.
    pub size: usize,
}

impl Default for SubjectRules {
    fn default() -> Self {
        Self {
            hook: "Ticket#".into(),
            divider: String::new(),
            place: TagPlace::Left,
            size: 100,
        }
    }
}

/// Which generator made the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberKind {
    /// Date, SystemID, five-digit counter, check digit.
    DateChecksum,
    /// Date, SystemID, counter.
    Date,
    /// SystemID and counter.
    AutoIncrement,
}

/// How ticket numbers look in a subject.
#[derive(Clone, Debug)]
pub struct NumberSyntax {
    /// The word before the number.
    pub hook: String,
    /// What stands between hook and number.
    pub divider: String,
    /// The generator of this desk.
    pub kind: NumberKind,
    /// The SystemID that must be inside the number; `None` does not check.
    pub system_id: Option<String>,
}

/// The subject of an outgoing mail on ticket `number`.
pub fn build(rules: &SubjectRules, number: &str, subject: &str, purpose: Purpose) -> String {
    let _ = (rules, number, purpose);
    subject.to_owned()
}

/// The subject without this ticket's tag and without reply and forward prefixes, cut to size.
pub fn clean(rules: &SubjectRules, number: &str, subject: &str) -> String {
    let _ = (rules, number);
    subject.to_owned()
}

/// The ticket numbers that the subject names, in order, each once.
pub fn find_numbers(subject: &str, syntax: &NumberSyntax) -> Vec<String> {
    let _ = (subject, syntax);
    Vec::new()
}
