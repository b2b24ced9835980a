//! Delivery reports.

use std::sync::LazyLock;

use regex::Regex;

use crate::{
    Address,
    content::Body,
    header,
    mime::{Content, Entity, transfer},
    parse::Incoming,
};

/// What a delivery report says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounce {
    /// Message-IDs of the mail it speaks of, without angle brackets; the surest first.
    pub original_ids: Vec<String>,
    /// The address that was not reached.
    pub recipient: Option<String>,
    /// The status of RFC 3463, such as `5.1.1`.
    pub status: Option<String>,
    /// What happened to the mail.
    pub action: BounceAction,
    /// The server's own words, shortened.
    pub diagnostic: Option<String>,
}

/// What happened to a mail, by RFC 3464.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BounceAction {
    /// Not delivered and given up.
    #[default]
    Failed,
    /// Still being tried.
    Delayed,
    /// Delivered, relayed or expanded: no failure.
    Delivered,
}

/// Finds out whether a mail is a delivery report, and what it says.
pub(crate) fn detect(mail: &Incoming, entity: &Entity<'_>, body: &Body) -> Option<Bounce> {
    let mut report = Report::default();
    report.gather(entity);
    if let Some(status) = &report.status {
        let mut bounce = from_status(status);
        bounce.original_ids = originals(&report, mail);
        return Some(bounce);
    }
    let text = body.preview();
    let told = from_daemon(mail) && (TITLE.is_match(&mail.subject) || WORDS.is_match(&text));
    told.then(|| {
        let mut bounce = from_words(mail, &text);
        bounce.original_ids = originals(&report, mail);
        bounce.original_ids.extend(quoted_ids(&text));
        bounce.original_ids.dedup();
        bounce
    })
}

/// The machine-readable parts of a report.
#[derive(Default)]
struct Report {
    status: Option<String>,
    original_ids: Vec<String>,
}

impl Report {
    fn gather(&mut self, entity: &Entity<'_>) {
        match &entity.content {
            Content::Multi(children) => children.iter().for_each(|child| self.gather(child)),
            Content::Leaf(raw) => {
                let encoding = entity.headers.raw("content-transfer-encoding").unwrap_or_default();
                let kind = entity.media.value.as_str();
                let raw = &raw[..raw.len().min(256 * 1024)];
                match kind {
                    "message/delivery-status" | "message/global-delivery-status" => {
                        let (bytes, _) = transfer::decode(raw, encoding);
                        let text = crate::charset::decode(&bytes, None).0;
                        self.status.get_or_insert(text);
                    }
                    "message/rfc822" | "message/global" | "text/rfc822-headers" | "message/rfc822-headers" => {
                        let (bytes, _) = transfer::decode(raw, encoding);
                        self.original_ids.extend(header::split(bytes.trim_ascii_start()).0.ids("message-id"));
                    }
                    _ => {}
                }
            }
        }
    }
}

/// The ids of the returned mail; servers that return none often answer it by In-Reply-To.
fn originals(report: &Report, mail: &Incoming) -> Vec<String> {
    let mut ids = report.original_ids.clone();
    for id in mail.in_reply_to.iter().chain(mail.references.iter().rev()) {
        if !ids.contains(id) {
            ids.push(id.clone());
        }
    }
    ids
}

fn from_status(text: &str) -> Bounce {
    let normal = text.replace("\r\n", "\n");
    let groups: Vec<header::Headers> = normal.split("\n\n").map(|group| header::split(group.trim_start().as_bytes()).0).collect();
    let action = |group: &header::Headers| match group.text("action").unwrap_or_default().to_lowercase().as_str() {
        "delayed" => Some(BounceAction::Delayed),
        "delivered" | "relayed" | "expanded" => Some(BounceAction::Delivered),
        "" => None,
        _ => Some(BounceAction::Failed),
    };
    let by_recipient = || groups.iter().filter(|group| group.raw("final-recipient").is_some());
    let worst = by_recipient()
        .find(|group| action(group) == Some(BounceAction::Failed))
        .or_else(|| by_recipient().find(|group| action(group) == Some(BounceAction::Delayed)))
        .or_else(|| by_recipient().next())
        .or_else(|| groups.iter().find(|group| action(group).is_some()));
    let Some(group) = worst else { return Bounce::default() };
    let status = group.text("status").and_then(|text| STATUS.find(&text).map(|m| m.as_str().to_owned()));
    let by_class = match status.as_deref().map(|status| &status[..1]) {
        Some("2") => BounceAction::Delivered,
        Some("4") => BounceAction::Delayed,
        _ => BounceAction::Failed,
    };
    let recipient = group.text("original-recipient").or_else(|| group.text("final-recipient"));
    Bounce {
        original_ids: Vec::new(),
        recipient: recipient.and_then(|value| typed_address(&value)),
        status,
        action: action(group).unwrap_or(by_class),
        diagnostic: group.text("diagnostic-code").map(|text| short(&text)),
    }
}

/// `rfc822;ana@example.org` without its type.
fn typed_address(value: &str) -> Option<String> {
    let address = value.rsplit(';').next().unwrap_or_default();
    let address = Address::new(address).address;
    address.contains('@').then_some(address)
}

fn short(text: &str) -> String {
    text.chars().take(500).collect()
}

fn from_daemon(mail: &Incoming) -> bool {
    let local = mail.from.as_ref().map(|from| from.local().to_lowercase()).unwrap_or_default();
    let daemon = local.starts_with("mailer-daemon")
        || local.starts_with("postmaster")
        || local.starts_with("microsoftexchange")
        || local == "mail-daemon"
        || local == "mdaemon";
    daemon || mail.return_path.as_deref() == Some("") || mail.header("x-failed-recipients").is_some()
}

fn from_words(mail: &Incoming, text: &str) -> Bounce {
    let before = COPY.find(text).map_or(text, |found| &text[..found.start()]);
    let status = STATUS.find(before).map(|found| found.as_str().to_owned());
    let status = status.or_else(|| CODE.captures(before).map(|found| format!("{}.0.0", &found[1])));
    let recipient = mail.header("x-failed-recipients").map(str::to_owned).or_else(|| {
        let own = mail.to.iter().map(Address::key).collect::<Vec<_>>();
        let found = ADDRESS.find_iter(before).map(|found| found.as_str().to_owned());
        found.into_iter().find(|address| !own.contains(&address.to_lowercase()))
    });
    let delayed = DELAYED.is_match(&mail.subject) || (DELAYED.is_match(before) && status.is_none());
    let transient = status.as_deref().is_some_and(|status| status.starts_with('4'));
    Bounce {
        original_ids: Vec::new(),
        recipient: recipient.map(|address| Address::new(address).address),
        action: if delayed || (transient && !GIVEN_UP.is_match(before)) { BounceAction::Delayed } else { BounceAction::Failed },
        diagnostic: CODE.find(before).map(|found| {
            let line = before[found.start()..].lines().next().unwrap_or_default();
            short(line.trim())
        }),
        status,
    }
}

fn quoted_ids(text: &str) -> Vec<String> {
    MESSAGE_ID.captures_iter(text).take(20).map(|found| found[1].to_owned()).collect()
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is constant")
}

static STATUS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[245]\.\d{1,3}\.\d{1,3}\b"));
static CODE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b([45])\d\d[ -]"));
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\w.+=~-]+@[\w-]+(?:\.[\w-]+)+"));
static MESSAGE_ID: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?im)^[ >\t]*message-id:\s*<([^<>\s]{3,900})>"));
static COPY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)--- below this line is a copy|---+ ?(?:this is a copy|original message|forwarded message|the header of the original)")
});
static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)undeliver|unzustellbar|non.?remis|no se puede entregar|failure notice|delivery (?:status|failure|has failed|incomplete)|returned (?:mail|to sender)|mail delivery (?:failed|system|subsystem)|delivery.*fail|could not be delivered|nicht zugestellt|mail system error|delayed",
    )
});
static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)this is the qmail-send program|could not be delivered|couldn't be delivered|wasn't able to deliver|was not able to deliver|delivery to the following recipient|konnte nicht zugestellt|konnte nicht übermittelt|permanent fatal errors|did not reach the following recipient|has not been delivered|address(?:es)? failed",
    )
});
static DELAYED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)delayed|verzögert|warning: could not send|will (?:continue to be|be) (?:re)?tried|no action is required|still being (?:tried|retried)",
    )
});
static GIVEN_UP: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)giving up|given up|too long|permanent|i'm not going to try again|expired"));

#[cfg(test)]
mod tests {
    use super::BounceAction::*;
    use crate::parse::parse;

    #[test]
    fn a_report_of_rfc_3464() {
        let mail = parse(
            b"From: MAILER-DAEMON@mx.test\r\nReturn-Path: <>\r\nSubject: Undelivered Mail Returned to Sender\r\n\
            Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nSorry.\r\n--b\r\n\
            Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n\
            Final-Recipient: rfc822; Ana@Example.org\r\nAction: failed\r\nStatus: 5.1.1 (no such user)\r\n\
            Diagnostic-Code: smtp; 550 5.1.1 unknown\r\n user\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n\
            Message-ID: <orig@desk.test>\r\nSubject: Re: x\r\n\r\nbody\r\n--b--\r\n",
        )
        .unwrap();
        let bounce = mail.bounce.unwrap();
        assert_eq!(bounce.original_ids, ["orig@desk.test"]);
        assert_eq!(bounce.recipient.as_deref(), Some("Ana@example.org"));
        assert_eq!(bounce.status.as_deref(), Some("5.1.1"));
        assert_eq!(bounce.action, Failed);
        assert_eq!(bounce.diagnostic.as_deref(), Some("smtp; 550 5.1.1 unknown user"));
        assert_eq!(mail.text, "Sorry.");
    }

    #[test]
    fn a_delay_is_no_failure() {
        let mail = parse(
            b"From: postmaster@mx.test\nContent-Type: multipart/report; boundary=b\n\n--b\n\nLater.\n--b\n\
            Content-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\nFinal-Recipient: rfc822;x@y.test\n\
            Action: delayed\nStatus: 4.4.1\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <o@d>\n--b--\n",
        )
        .unwrap();
        let bounce = mail.bounce.unwrap();
        assert_eq!((bounce.action, bounce.original_ids.as_slice()), (Delayed, &["o@d".to_owned()][..]));
    }

    #[test]
    fn qmail_and_friends() {
        let mail = parse(
            b"From: MAILER-DAEMON@q.test\nTo: desk@d.test\nSubject: failure notice\n\n\
            Hi. This is the qmail-send program at q.test.\nI'm afraid I wasn't able to deliver your message\n\n\
            <nobody@q.test>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n\
            --- Below this line is a copy of the message.\n\nReturn-Path: <desk@d.test>\n\
            Message-ID: <orig2@d.test>\nSubject: hi\n\ntext\n",
        )
        .unwrap();
        let bounce = mail.bounce.unwrap();
        assert_eq!(bounce.original_ids, ["orig2@d.test"]);
        assert_eq!(bounce.recipient.as_deref(), Some("nobody@q.test"));
        assert_eq!((bounce.status.as_deref(), bounce.action), (Some("5.1.1"), Failed));

        let mail = parse(
            b"From: \"Microsoft Outlook\" <MicrosoftExchange329e71ec88ae@corp.test>\nIn-Reply-To: <o3@d.test>\n\
            Subject: Undeliverable: Re: hello\n\nYour message to ana@corp.test couldn't be delivered.\n550 5.1.10 RESOLVER\n",
        )
        .unwrap();
        let bounce = mail.bounce.unwrap();
        assert_eq!(bounce.original_ids, ["o3@d.test"]);
        assert_eq!(bounce.recipient.as_deref(), Some("ana@corp.test"));
    }

    #[test]
    fn people_and_vacation_notes_are_no_bounces() {
        for raw in [
            &b"From: ana@x.test\nSubject: mail delivery failed?\n\nmy mail could not be delivered\n"[..],
            b"From: ana@x.test\nReturn-Path: <>\nAuto-Submitted: auto-replied\nSubject: Out of office\n\nback on Monday\n",
            b"From: postmaster@x.test\nSubject: Maintenance on Sunday\n\nThe server will be down.\n",
        ] {
            assert!(parse(raw).unwrap().bounce.is_none());
        }
    }
}
