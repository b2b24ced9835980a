//! Which mail must not be answered by a machine.

use crate::{Address, parse::Incoming};

/// What this desk knows of itself and its own wishes.
#[derive(Clone, Debug, Default)]
pub struct SuppressionRules {
    /// Every address of this desk.
    pub own_addresses: Vec<String>,
    /// Domains this desk puts into its Message-IDs.
    pub own_message_id_domains: Vec<String>,
    /// A further pattern for senders that get no automatic answer.
    pub extra_pattern: Option<Pattern>,
}

/// A checked, case-insensitive regular expression.
#[derive(Clone, Debug)]
pub struct Pattern(regex::Regex);

impl Pattern {
    /// Compiles the pattern; the error is a sentence for the person who typed it.
    pub fn new(text: &str) -> Result<Self, String> {
        regex::RegexBuilder::new(text).case_insensitive(true).size_limit(1 << 20).build().map(Self).map_err(|e| e.to_string())
    }

    /// Whether the pattern matches anywhere in the text.
    pub fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

/// Why a mail gets no automatic answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// A stable snake_case code.
    pub code: &'static str,
    /// The header or address that decided it.
    pub detail: String,
}

/// Says why this mail must not be answered automatically, or `None` when it may be.
///
/// The union of what OTRS and Zammad do. `X-OTRS-Loop: no` lets through what only headers forbid; it does not
/// let through reports, daemons or our own mail.
pub fn suppression(mail: &Incoming, rules: &SuppressionRules) -> Option<Suppression> {
    nobody_there(mail)
        .or_else(|| ourselves(mail, rules))
        .or_else(|| unanswerable(mail, rules))
        .or_else(|| if re_enabled(mail) { None } else { machine(mail) })
}

fn because(code: &'static str, detail: impl Into<String>) -> Option<Suppression> {
    Some(Suppression { code, detail: detail.into() })
}

/// Reports, and mail that names no one who could read an answer.
fn nobody_there(mail: &Incoming) -> Option<Suppression> {
    if let Some(bounce) = &mail.bounce {
        return because("bounce", bounce.recipient.clone().unwrap_or_default());
    }
    let kind = mail.header("content-type").unwrap_or_default().to_lowercase();
    if kind.contains("disposition-notification") {
        return because("read_receipt", "content-type");
    }
    if kind.starts_with("multipart/report") {
        return because("report", "content-type");
    }
    if mail.return_path.as_deref() == Some("") {
        return because("empty_return_path", "return-path");
    }
    match mail.answer_to() {
        None => because("no_sender", ""),
        Some(to) if !valid(to) => because("invalid_sender", to.address.clone()),
        Some(_) => None,
    }
}

fn valid(address: &Address) -> bool {
    let label = |l: &str| !l.is_empty() && l.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    let domain = address.domain();
    !address.local().is_empty()
        && address.address.contains('@')
        && (domain.starts_with('[') || domain.split('.').all(label))
        && !address.address.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// Mail that this desk sent itself.
fn ourselves(mail: &Incoming, rules: &SuppressionRules) -> Option<Suppression> {
    let own: Vec<String> = rules.own_addresses.iter().map(|a| a.trim().to_lowercase()).collect();
    let senders = mail.reply_to.iter().chain(&mail.from).chain(&mail.sender);
    if let Some(sender) = senders.map(Address::key).find(|key| own.contains(key)) {
        return because("own_address", sender);
    }
    let domain = mail.message_id.as_deref()?.rsplit_once('@')?.1;
    let ours = rules.own_message_id_domains.iter().any(|own| own.trim().eq_ignore_ascii_case(domain));
    if ours { because("own_message_id", domain) } else { None }
}

/// Addresses behind which nobody reads.
fn unanswerable(mail: &Incoming, rules: &SuppressionRules) -> Option<Suppression> {
    let senders = || mail.reply_to.iter().take(1).chain(&mail.from);
    if let Some(daemon) = senders().find(|sender| is_daemon(sender.local())) {
        return because("daemon_address", daemon.address.clone());
    }
    let pattern = rules.extra_pattern.as_ref()?;
    let found = senders().find(|sender| pattern.matches(&sender.address))?;
    because("address_pattern", found.address.clone())
}

/// `postmaster` and the like as a whole word; `noreply` in any spelling and place.
fn is_daemon(local: &str) -> bool {
    let local = local.to_lowercase();
    let bare: String = local.chars().filter(|c| c.is_alphanumeric()).collect();
    let words = || local.split(|c: char| !(c.is_alphanumeric() || c == '-'));
    local.contains("mailer-daemon")
        || words().any(|word| matches!(word, "postmaster" | "abuse" | "root" | "mdaemon" | "mail-daemon"))
        || bare.contains("noreply")
        || bare.contains("donotreply")
        || bare.contains("nichtantworten")
}

/// `X-OTRS-Loop: no` or `false` switches the header rules off.
fn re_enabled(mail: &Incoming) -> bool {
    mail.header("x-otrs-loop").is_some_and(|value| matches!(value.trim().to_lowercase().as_str(), "no" | "false"))
}

/// Headers by which machines and lists make themselves known.
fn machine(mail: &Incoming) -> Option<Suppression> {
    if let Some(code) = out_of_office(mail) {
        return because("out_of_office", code);
    }
    let mut signs = mail.auto.iter();
    signs
        .find_map(|sign| header_rule(&sign.header, &sign.value).map(|code| (code, sign)))
        .and_then(|(code, sign)| because(code, format!("{}: {}", sign.header, sign.value)))
}

fn header_rule(header: &str, value: &str) -> Option<&'static str> {
    let value = value.trim().to_lowercase();
    match header {
        "auto-submitted" => (first_word(&value) != "no").then_some("auto_submitted"),
        "x-auto-response-suppress" => {
            let asks = value.split([',', ';', ' ']).any(|word| matches!(word, "all" | "autoreply" | "oof"));
            asks.then_some("auto_response_suppress")
        }
        "x-loop" | "x-no-loop" | "x-otrs-loop" | "x-docket-loop" | "x-zammad-loop" => Some("loop"),
        "precedence" => Some("precedence"),
        "mailing-list" => Some("mailing_list"),
        "x-failed-recipients" => Some("bounce"),
        "feedback-id" => None,
        _ if header.starts_with("list-") => Some("mailing_list"),
        _ => Some("auto_generated"),
    }
}

fn first_word(value: &str) -> &str {
    value.split([';', ' ', '(', ',']).next().unwrap_or_default()
}

/// The marks of Exchange, Zimbra and Gmail, then what they put before the subject.
fn out_of_office(mail: &Incoming) -> Option<String> {
    let has = |name: &str| mail.header(name).map(str::to_lowercase);
    let replied = has("auto-submitted").is_some_and(|v| v.starts_with("auto-replied") || v.starts_with("auto-generated"));
    if has("x-ms-exchange-inbox-rules-loop").is_some() {
        return Some("exchange".to_owned());
    }
    if has("auto-submitted").is_some_and(|v| v.contains("zimbra") || v.contains("vacation")) {
        return Some("zimbra".to_owned());
    }
    if has("x-autoreply").is_some_and(|v| v != "no") {
        return Some("gmail".to_owned());
    }
    let subject = mail.subject.to_lowercase();
    let titled = TITLES.iter().any(|title| subject.starts_with(title));
    (titled || (replied && subject.contains("out of office"))).then(|| mail.subject.clone())
}

const TITLES: &[&str] = &[
    "automatic reply:",
    "auto-reply:",
    "autoreply:",
    "auto reply:",
    "out of office",
    "out-of-office",
    "automatische antwort:",
    "automatische antwort ",
    "abwesenheitsnotiz",
    "abwesenheitsbenachrichtigung",
    "abwesend:",
    "réponse automatique",
    "respuesta automática",
    "risposta automatica",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::parse;

    fn code(headers: &str) -> Option<&'static str> {
        let from = if headers.contains("From:") { "" } else { "From: ana@example.org\n" };
        let mail = parse(format!("{from}{headers}\nSubject: Printer\n\nhelp\n").as_bytes()).unwrap();
        let rules = SuppressionRules {
            own_addresses: vec!["Desk@desk.test".to_owned()],
            own_message_id_domains: vec!["docket.desk.test".to_owned()],
            extra_pattern: Some(Pattern::new("@robots\\.").unwrap()),
        };
        suppression(&mail, &rules).map(|s| s.code)
    }

    #[test]
    fn people_get_an_answer() {
        for headers in [
            "X-Any: 1",
            "Auto-Submitted: no",
            "Auto-Submitted: No ; x=y",
            "X-OTRS-Loop: no",
            "X-OTRS-Loop: false\nPrecedence: bulk\nAuto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: DR, RN",
            "From: grassroot@example.org",
            "From: abused.goods@example.org",
            "Return-Path: <ana@example.org>",
            "Message-ID: <x@docket.desk.test.example>",
            "Feedback-ID: 1",
            "From: \"Jörg\" <jörg@müller.example>",
        ] {
            assert_eq!(code(headers), None, "{headers}");
        }
    }

    #[test]
    fn machines_do_not() {
        for (headers, expected) in [
            ("Auto-Submitted: auto-generated", "auto_submitted"),
            ("auto-submitted: Auto-Replied", "auto_submitted"),
            ("Auto-Submitted: auto-notified", "auto_submitted"),
            ("X-Auto-Response-Suppress: All", "auto_response_suppress"),
            ("X-Auto-Response-Suppress: OOF, AutoReply", "auto_response_suppress"),
            ("Precedence: bulk", "precedence"),
            ("Precedence: list", "precedence"),
            ("Precedence: junk", "precedence"),
            ("Precedence: first-class", "precedence"),
            ("Mailing-List: contact x", "mailing_list"),
            ("List-Unsubscribe: <mailto:x@y.test>", "mailing_list"),
            ("List-Id: <a.b>", "mailing_list"),
            ("X-Loop: x", "loop"),
            ("X-No-Loop: x", "loop"),
            ("X-OTRS-Loop: yes", "loop"),
            ("X-Docket-Loop: 1", "loop"),
            ("From: MAILER-DAEMON@x.test", "daemon_address"),
            ("From: Postmaster@x.test", "daemon_address"),
            ("From: abuse@x.test", "daemon_address"),
            ("From: root@x.test", "daemon_address"),
            ("From: noreply@x.test", "daemon_address"),
            ("From: noreply-123@x.test", "daemon_address"),
            ("From: no-reply@x.test", "daemon_address"),
            ("From: no-reply.shop@x.test", "daemon_address"),
            ("From: do_not_reply@x.test", "daemon_address"),
            ("From: DESK@DESK.test", "own_address"),
            ("From: ana@x.test\nReply-To: desk@desk.test", "own_address"),
            ("Message-ID: <t@Docket.desk.test>", "own_message_id"),
            ("Return-Path: <>", "empty_return_path"),
            ("From: x@robots.test", "address_pattern"),
            ("From: nobody", "no_sender"),
            ("From: a@b..c", "invalid_sender"),
            ("Content-Type: multipart/report; report-type=disposition-notification; boundary=x", "read_receipt"),
            ("X-MS-Exchange-Inbox-Rules-Loop: a@b\nAuto-Submitted: auto-generated", "out_of_office"),
            ("Auto-Submitted: auto-replied (zimbra; vacation)", "out_of_office"),
            ("X-Autoreply: yes\nAuto-Submitted: auto-replied", "out_of_office"),
            ("Subject: Automatic reply: Printer", "out_of_office"),
            ("Subject: Automatische Antwort: Printer", "out_of_office"),
            ("X-OTRS-Loop: no\nReturn-Path: <>", "empty_return_path"),
            ("X-OTRS-Loop: no\nFrom: desk@desk.test", "own_address"),
            ("X-OTRS-Loop: no\nFrom: mailer-daemon@x.test", "daemon_address"),
        ] {
            assert_eq!(code(headers), Some(expected), "{headers}");
        }
    }
}
