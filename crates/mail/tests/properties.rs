//! What must hold for any input at all.

use std::time::{Duration, Instant};

use docket_mail::{
    Address,
    compose::{Outgoing, message_id, quote, render, text_to_html},
    parse::{content_hash, parse},
    sanitise::{html_to_text, sanitise},
    subject::{NumberKind, NumberSyntax, Purpose, SubjectRules, build, clean, find_numbers},
};
use proptest::prelude::*;

/// Mails of many kinds to damage.
const MAILS: &[&str] = &[
    "From: Ana <ana@x.test>\r\nTo: desk@d.test\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nDate: Sat, 21 Nov 2026 12:00:00 +0100\r\n\
     Message-ID: <a@x.test>\r\nReferences: <b@x.test> <c@x.test>\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n\
     --b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n\r\nHello\r\n--c\r\nContent-Type: text/html; charset=iso-8859-1\r\n\
     Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>Hello <b>you</b><img src=3D\"cid:i@x\"></p>=E4\r\n--c--\r\n\
     --b\r\nContent-Type: image/png; name*=utf-8''%C3%A4.png\r\nContent-ID: <i@x>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n",
    "From: MAILER-DAEMON@mx.test\r\nReturn-Path: <>\r\nSubject: failure\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n\
     --r\r\n\r\nSorry\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b.test\r\n\
     Action: failed\r\nStatus: 5.1.1\r\n--r\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <o@d>\r\n\r\nx\r\n--r--\r\n",
    "Subject: invite\nContent-Type: text/calendar; charset=utf-7\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nDTSTART:20261123T090000Z\nEND:VEVENT\n",
    "From: a@b.test\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\neJ8+IgEAAQyABgAFAAAASGVsbG8AAAA=\n",
    "Content-Type: text/plain; format=flowed; delsp=yes\n\n> a \n> b\n-- \nme \n",
    "<table><tr><td style=\"color:red;background:url(x)\"><a href='https://x.test'>l</a><blockquote>q</blockquote></table><!-- c --><script>x</script>",
];

/// A small, repeatable source of chance.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides.max(1) as u64).unwrap_or_default()
    }
}

/// Cuts, doubles, swaps and overwrites pieces of a mail.
fn damage(seed: u64) -> Vec<u8> {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut mail = MAILS[dice.roll(MAILS.len())].as_bytes().to_vec();
    for _ in 0..=dice.roll(8) {
        let (at, to) = (dice.roll(mail.len()), dice.roll(mail.len()));
        let (from, to) = (at.min(to), at.max(to));
        match dice.roll(6) {
            0 => drop(mail.drain(from..to)),
            1 => mail.truncate(to),
            2 => {
                let piece = mail[from..to].to_vec();
                mail.splice(from..from, piece);
            }
            3 => {
                let other = MAILS[dice.roll(MAILS.len())].as_bytes();
                let cut = dice.roll(other.len());
                mail.splice(from..from, other[cut..].iter().copied());
            }
            _ => {
                for _ in 0..=dice.roll(6) {
                    let place = dice.roll(mail.len());
                    let byte = u8::try_from(dice.roll(256)).unwrap_or_default();
                    if let Some(slot) = mail.get_mut(place) {
                        *slot = byte;
                    }
                }
            }
        }
        mail.truncate(64 * 1024);
    }
    mail
}

#[test]
fn damaged_mail_never_panics() {
    let seconds = std::env::var("DOCKET_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut seed = std::env::var("DOCKET_FUZZ_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let first = seed;
    while Instant::now() < end {
        let mail = damage(seed);
        let tried = std::panic::catch_unwind(|| {
            if let Ok(read) = parse(&mail) {
                let html = read.html.unwrap_or_default();
                assert!(!html.to_ascii_lowercase().contains("<script"), "{html}");
                assert!(read.parts.iter().all(|part| !part.name.contains(['/', '\\', '\n', '\0'])));
            }
            let text = String::from_utf8_lossy(&mail);
            let clean = sanitise(&text);
            assert!(!clean.contains("<script"), "{clean}");
            let tags = clean.split('<').skip(1).filter_map(|piece| piece.split('>').next());
            let mut styles = tags.filter_map(|tag| tag.split_once("style=\"")?.1.split('"').next());
            assert!(styles.all(|style| !style.contains("url(")), "{clean}");
            let _ = (html_to_text(&text), text_to_html(&text), content_hash(&mail));
        });
        assert!(tried.is_ok(), "DOCKET_FUZZ_SEED={seed}");
        seed += 1;
    }
    println!("{} damaged mails from seed {first}", seed - first);
}

#[test]
fn nested_fifty_deep_is_read_to_the_bottom() {
    let nested = |levels: usize| {
        let level = |n: usize| format!("Content-Type: multipart/mixed; boundary=b{n}x\n\n--b{n}x\n");
        let levels: String = (0..levels).map(level).collect();
        format!("From: a@b.test\nSubject: deep\n{levels}Content-Type: text/plain\n\nat the bottom\n")
    };
    let read = parse(nested(50).as_bytes()).unwrap();
    assert_eq!((read.text.as_str(), read.warnings.iter().any(|w| w == "nested_too_deep")), ("at the bottom", false));
    let deeper = parse(nested(100_000).as_bytes()).unwrap();
    assert!(deeper.warnings.iter().any(|w| w == "nested_too_deep"));
    assert_eq!(deeper.parts.len(), 1);
}

#[test]
fn a_thousand_parts_are_all_there() {
    let part = |n: usize| format!("--b\r\nContent-Type: text/plain; name=\"{n}.txt\"\r\n\r\npart {n}\r\n");
    let parts: String = (0..1_000).map(part).collect();
    let raw = format!("Subject: many\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{parts}--b--\r\n");
    let read = parse(raw.as_bytes()).unwrap();
    assert_eq!(read.parts.len(), 1_000);
    assert_eq!((read.parts[999].name.as_str(), read.parts[999].bytes.as_slice()), ("999.txt", &b"part 999"[..]));
}

#[test]
fn only_nothing_is_unreadable() {
    for raw in [&b""[..], b"\r\n\r\n", b"\0\x01\x02\x03\x04\x05\x06\x07\x08"] {
        assert!(parse(raw).is_err());
    }
    for raw in [&b"just some words"[..], b"Subject:\n\n", b"X: y", b"\xff\xfe garbage \xe4\xf6 text that goes on"] {
        assert!(parse(raw).is_ok(), "{raw:?}");
    }
    let bare = parse(b"hello").unwrap();
    assert_eq!(bare.text, "hello");
    for code in ["no_from", "no_date", "no_message_id", "no_subject"] {
        assert!(bare.warnings.iter().any(|warning| warning == code), "{code}");
    }
}

#[test]
fn endless_bodies_are_cut_and_attached() {
    let text = "0123456789 äöü\n".repeat(200_000);
    let read = parse(format!("Subject: x\n\n{text}").as_bytes()).unwrap();
    assert!(read.text.len() <= 2 * 1024 * 1024 && text.starts_with(&read.text));
    assert_eq!(read.parts[0].bytes, text.trim_end().as_bytes());
    let html = format!("Subject: x\nContent-Type: text/html; charset=utf-8\n\n<p>{text}{text}{text}</p>");
    let read = parse(html.as_bytes()).unwrap();
    assert!(read.html.is_none() && read.text.starts_with("0123456789 äöü"));
    assert_eq!(read.warnings.iter().filter(|w| w.ends_with("_cut")).count(), 2);
}

#[test]
fn html_of_a_megabyte_is_cleaned_in_time() {
    let row = "<tr><td style=\"color:#333\"><p>Hello <b>world</b> &amp; <a href=\"https://x.test/a?b=c\">link</a></p></td></tr>\n";
    let html = format!("<table>{}</table>", row.repeat(1_000_000 / row.len()));
    let begun = Instant::now();
    let clean = sanitise(&html);
    let taken = begun.elapsed();
    assert!(clean.contains("world"));
    let limit = if cfg!(debug_assertions) { 5_000 } else { 300 };
    assert!(taken < Duration::from_millis(limit), "{taken:?}");
}

fn outgoing(subject: String, text: String, name: String) -> Outgoing {
    Outgoing {
        message_id: message_id("t1", "desk.test"),
        from: Address::named(name, "desk@desk.test"),
        to: vec![Address::new("ana@x.test")],
        cc: vec![],
        bcc: vec![],
        reply_to: None,
        subject,
        text,
        html: None,
        in_reply_to: None,
        references: vec![],
        attachments: vec![],
        date: 1_795_258_800_000,
        auto: None,
        headers: vec![],
    }
}

/// Blanks and controls are where mail is allowed to differ.
fn words(text: &str) -> Vec<String> {
    let blank = |c: char| c.is_control() || c.is_whitespace();
    text.split(blank).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_rendered_is_read_again(subject in "\\PC{0,200}", text in "[\\PC\n]{0,400}", name in "\\PC{0,60}") {
        let mail = outgoing(subject, text, name);
        let raw = render(&mail).unwrap();
        prop_assert!(raw.is_ascii());
        let read = parse(&raw).unwrap();
        prop_assert_eq!(words(&read.subject), words(&mail.subject));
        prop_assert_eq!(words(&read.text), words(&mail.text));
        prop_assert_eq!(&read.from.unwrap().address, &mail.from.address);
        prop_assert_eq!(read.to, mail.to);
    }

    #[test]
    fn a_built_subject_names_its_ticket(subject in "\\PC{0,300}", counter in 1u32..99_999) {
        let number = format!("2026112110{counter:05}7");
        let rules = SubjectRules::default();
        let syntax = NumberSyntax {
            hook: "Ticket#".into(),
            divider: String::new(),
            kind: NumberKind::DateChecksum,
            system_id: Some("10".into()),
        };
        let built = build(&rules, &number, &subject, Purpose::Reply);
        prop_assert_eq!(find_numbers(&built, &syntax).into_iter().next(), Some(number.clone()));
        prop_assert_eq!(build(&rules, &number, &format!("AW: {built}"), Purpose::Reply).len() <= built.len() + 6, true);
        prop_assert!(clean(&rules, &number, &subject).chars().count() <= rules.size + 6);
        prop_assert!(!built.contains(['\n', '\r']));
    }

    #[test]
    fn text_becomes_harmless_html(text in "[\\PC\n<>&\"']{0,300}") {
        let html = text_to_html(&text);
        prop_assert_eq!(words(&html_to_text(&html).replace(['>', '<'], "")), words(&text.replace(['>', '<'], "")));
        prop_assert_eq!(words(&html_to_text(&sanitise(&html))), words(&html_to_text(&html)));
        prop_assert!(quote(&text).lines().all(|line| line.starts_with('>')));
    }
}
