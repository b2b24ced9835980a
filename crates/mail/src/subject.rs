//! The ticket number in the subject: building, cleaning and finding it.

use std::sync::LazyLock;

use regex::Regex;

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
        Self { hook: "Ticket#".into(), divider: String::new(), place: TagPlace::Left, size: 100 }
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

/// The subject of an outgoing mail on ticket `number`: cleaned, tagged, and prefixed by its purpose.
pub fn build(rules: &SubjectRules, number: &str, subject: &str, purpose: Purpose) -> String {
    let subject = clean(rules, number, subject);
    let tag = format!("[{}{}{number}]", rules.hook, rules.divider);
    let prefix = match purpose {
        Purpose::New => "",
        Purpose::Reply => "Re: ",
        Purpose::Forward => "Fwd: ",
    };
    let built = match rules.place {
        TagPlace::Left => format!("{prefix}{tag} {subject}"),
        TagPlace::Right => format!("{prefix}{subject} {tag}"),
        TagPlace::None => format!("{prefix}{subject}"),
    };
    built.trim().to_owned()
}

/// The subject without this ticket's tag in any of its forms and without reply and forward prefixes, cut to
/// size with ` [...]`.
pub fn clean(rules: &SubjectRules, number: &str, subject: &str) -> String {
    let mut text = crate::header::one_line(subject);
    if !number.is_empty() {
        text = without_tag(rules, number, &text);
    }
    text = prefixes(&text).trim().to_owned();
    match text.char_indices().nth(rules.size) {
        Some((end, _)) => format!("{} [...]", &text[..end]),
        None => text,
    }
}

fn without_tag(rules: &SubjectRules, number: &str, subject: &str) -> String {
    // Making the pattern costs more than all the rest, and most subjects have no tag.
    if !subject.contains(number) {
        return subject.to_owned();
    }
    let hook = regex::escape(&rules.hook);
    let divider = regex::escape(&rules.divider);
    let number = regex::escape(number);
    let core = format!(r"{hook}(?::\s?|{divider}|){number}");
    let pattern = format!(r"(?i)\[\s*{core}\s*\]\s*|{core}(?-u:\b)\s*");
    match Regex::new(&pattern) {
        Ok(found) => found.replace_all(subject, "").into_owned(),
        Err(_) => subject.to_owned(),
    }
}

/// Without `Re:`, `Re[2]:`, `Fwd:` and the German `AW:`, `WG:`, however many there are.
fn prefixes(subject: &str) -> &str {
    let mut rest = subject.trim_start();
    while let Some(found) = PREFIX.find(rest) {
        rest = &rest[found.end()..];
    }
    rest
}

static PREFIX: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:re|fwd?|aw|wg|antw|sv|vs|tr|rv|res|enc)(?:\s?\[\d+\]|\(\d+\)|\^\d+)?\s?:\s*").expect("the pattern is constant")
});

/// The ticket numbers that the subject names, in order, each once.
pub fn find_numbers(subject: &str, syntax: &NumberSyntax) -> Vec<String> {
    // No number has fewer than five digits, and making the pattern costs more than all the rest.
    if subject.bytes().filter(u8::is_ascii_digit).count() < 5 {
        return Vec::new();
    }
    let hook = regex::escape(&syntax.hook);
    let divider = regex::escape(&syntax.divider);
    let system = syntax.system_id.as_deref().map(regex::escape).unwrap_or_default();
    let digits = match syntax.kind {
        NumberKind::DateChecksum => format!(r"[0-9]{{8}}{system}[0-9]{{4,40}}"),
        NumberKind::Date => format!(r"[0-9]{{8}}{system}[0-9]{{1,40}}"),
        NumberKind::AutoIncrement => format!(r"{system}[0-9]{{5,10}}"),
    };
    let pattern = format!(r"(?i){hook}(?:{divider}|:[ \t]{{0,2}})({digits})");
    let Ok(pattern) = Regex::new(&pattern) else { return Vec::new() };
    let mut numbers: Vec<String> = Vec::new();
    for found in pattern.captures_iter(subject) {
        let number = found[1].to_owned();
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: &str = "2026112110000015";

    fn syntax(kind: NumberKind) -> NumberSyntax {
        NumberSyntax { hook: "Ticket#".into(), divider: String::new(), kind, system_id: Some("10".into()) }
    }

    #[test]
    fn subjects_are_tagged() {
        let mut rules = SubjectRules::default();
        let built = |rules: &SubjectRules, subject: &str, purpose| build(rules, N, subject, purpose);
        assert_eq!(built(&rules, "Printer", Purpose::Reply), format!("Re: [Ticket#{N}] Printer"));
        assert_eq!(built(&rules, "Printer", Purpose::Forward), format!("Fwd: [Ticket#{N}] Printer"));
        assert_eq!(built(&rules, "Printer", Purpose::New), format!("[Ticket#{N}] Printer"));
        assert_eq!(built(&rules, "AW: Re: Printer", Purpose::Reply), format!("Re: [Ticket#{N}] Printer"));
        let again = format!("Re: [Ticket#{N}] Printer");
        assert_eq!(built(&rules, &again, Purpose::Reply), again);
        rules.place = TagPlace::Right;
        assert_eq!(built(&rules, "Printer", Purpose::Reply), format!("Re: Printer [Ticket#{N}]"));
        rules.place = TagPlace::None;
        assert_eq!(built(&rules, "Printer", Purpose::Reply), "Re: Printer");
    }

    #[test]
    fn subjects_are_cleaned() {
        let rules = SubjectRules::default();
        for (subject, expected) in [
            (format!("Re: [Ticket#{N}] Printer"), "Printer"),
            (format!("RE: Re[3]: AW: WG: Fwd: [Ticket#: {N}] Printer"), "Printer"),
            (format!("[ticket#{N}] Printer"), "Printer"),
            (format!("Ticket#: {N} Printer"), "Printer"),
            (format!("Printer Ticket#{N}"), "Printer"),
            (format!("Re: [Ticket#{N}] AW: Printer"), "Printer"),
            (format!("[Ticket#{N}9] Printer"), "[Ticket#20261121100000159] Printer"),
            ("Regarding: Printer".to_owned(), "Regarding: Printer"),
            ("Printer: Re: ink".to_owned(), "Printer: Re: ink"),
            ("a\r\nb".to_owned(), "a b"),
        ] {
            assert_eq!(clean(&rules, N, &subject), expected, "{subject}");
        }
    }

    #[test]
    fn long_subjects_are_cut_by_characters() {
        let rules = SubjectRules::default();
        let long = "ä".repeat(101);
        assert_eq!(clean(&rules, N, &long), format!("{} [...]", "ä".repeat(100)));
        assert_eq!(clean(&rules, N, &"ä".repeat(100)), "ä".repeat(100));
    }

    #[test]
    fn numbers_are_found_by_generator() {
        let checksum = syntax(NumberKind::DateChecksum);
        let found = |subject: &str, syntax: &NumberSyntax| find_numbers(subject, syntax).join(",");
        assert_eq!(found(&format!("Re: [Ticket#{N}] x"), &checksum), N);
        assert_eq!(found(&format!("TICKET#:  {N} x"), &checksum), N);
        assert_eq!(found(&format!("Ticket#:   {N} x"), &checksum), "");
        assert_eq!(found(&format!("Ticket #{N}"), &checksum), "");
        assert_eq!(found(N, &checksum), "");
        assert_eq!(found("Ticket#2026112199000015", &checksum), "");
        assert_eq!(found("Ticket#20261121101", &checksum), "");
        assert_eq!(found(&format!("[Ticket#{N}] [Ticket#2026112110000024] [Ticket#{N}]"), &checksum), format!("{N},2026112110000024"));
        let date = syntax(NumberKind::Date);
        assert_eq!(found("Ticket#20261121101", &date), "20261121101");
        let increment = syntax(NumberKind::AutoIncrement);
        assert_eq!(found("Ticket#1000042", &increment), "1000042");
        assert_eq!(found("Ticket#100042", &increment), "");
        assert_eq!(found("Ticket#9900042", &increment), "");
        let any = NumberSyntax { system_id: None, ..syntax(NumberKind::DateChecksum) };
        assert_eq!(found("Ticket#2026112199000015", &any), "2026112199000015");
    }
}
