//! Header lines of a mail or part, tolerant of what real mailers write.

use std::{borrow::Cow, sync::LazyLock};

use base64::{Engine, engine::general_purpose::STANDARD};
use mail_parser::{Addr, HeaderValue, parsers::MessageStream};
use regex::{Captures, Regex};

use crate::{Address, charset, mime::transfer};

/// More header bytes than any mailer writes; the rest is left out.
const MOST_BYTES: usize = 512 * 1024;
/// More of one structured value is not read.
const MOST_VALUE: usize = 128 * 1024;
/// More addresses than this in one header are left out.
const MOST_ITEMS: usize = 2_000;

/// Unfolded headers in order, names in lower case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Headers(pub Vec<(String, String)>);

/// A Content-Type or Content-Disposition value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Media {
    /// Lower-case value before the first `;`.
    pub value: String,
    params: Vec<(String, String)>,
}

impl Media {
    /// A parameter by its lower-case name.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// Splits an entity into its headers and its body.
pub(crate) fn split(data: &[u8]) -> (Headers, &[u8]) {
    let mut headers: Vec<(String, Vec<u8>)> = Vec::new();
    let mut at = 0;
    let mut kept = 0;
    while at < data.len() {
        let end = memchr::memchr(b'\n', &data[at..]).map_or(data.len(), |n| at + n + 1);
        let line = trim_line(&data[at..end]);
        if line.is_empty() {
            return (finish(headers), &data[end..]);
        }
        if let (true, Some((_, value))) = (is_space(line[0]), headers.last_mut()) {
            if kept + line.len() <= MOST_BYTES {
                value.extend_from_slice(line);
                kept += line.len();
            }
        } else if let Some((name, value)) = field(line) {
            if kept + line.len() <= MOST_BYTES {
                headers.push((name, value.to_vec()));
                kept += line.len();
            }
        } else if !is_stray(line) && !header_follows(&data[end..]) {
            return (finish(headers), &data[at..]);
        }
        at = end;
    }
    (finish(headers), &[])
}

fn trim_line(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn is_space(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// Lines of mailbox files, no headers but no body either.
fn is_stray(line: &[u8]) -> bool {
    line.starts_with(b"From ") || line.starts_with(b">From ")
}

fn header_follows(rest: &[u8]) -> bool {
    let line = rest.split(|&b| b == b'\n').next().unwrap_or_default();
    field(trim_line(line)).is_some()
}

fn field(line: &[u8]) -> Option<(String, &[u8])> {
    let colon = line.iter().take(200).position(|&b| b == b':')?;
    let name = line[..colon].trim_ascii_end();
    let good = !name.is_empty() && name.iter().all(|b| (33..=126).contains(b));
    good.then(|| (String::from_utf8_lossy(name).to_ascii_lowercase(), line[colon + 1..].trim_ascii_start()))
}

fn finish(headers: Vec<(String, Vec<u8>)>) -> Headers {
    let text = |value: Vec<u8>| charset::decode(&value, None).0;
    Headers(headers.into_iter().map(|(name, value)| (name, text(value))).collect())
}

impl Headers {
    /// The first raw value of a header.
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Every raw value of a header.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The first value, decoded, on one line.
    pub fn text(&self, name: &str) -> Option<String> {
        self.raw(name).map(decode_text)
    }

    /// The addresses of every header of this name.
    pub fn addresses(&self, name: &str) -> Vec<Address> {
        let mut found: Vec<Address> = self.all(name).flat_map(parse_addresses).collect();
        found.truncate(MOST_ITEMS);
        found
    }

    /// The message ids of every header of this name, without angle brackets.
    pub fn ids(&self, name: &str) -> Vec<String> {
        let mut found: Vec<String> = self.all(name).flat_map(parse_ids).collect();
        found.truncate(MOST_ITEMS);
        found
    }

    /// A date header in milliseconds UTC.
    pub fn date(&self, name: &str) -> Option<i64> {
        let line = terminated(self.raw(name)?);
        let parsed = MessageStream::new(line.as_bytes()).parse_date();
        let date = parsed.into_datetime().filter(mail_parser::DateTime::is_valid);
        date.map(|date| date.to_timestamp() * 1000).or_else(|| iso_date(line.trim()))
    }

    /// Content-Type or Content-Disposition.
    pub fn media(&self, name: &str) -> Media {
        self.raw(name).map(parse_media).unwrap_or_default()
    }
}

fn iso_date(text: &str) -> Option<i64> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|date| date.timestamp_millis())
}

fn terminated(value: &str) -> String {
    format!("{}\n", value.replace(['\r', '\n'], " "))
}

/// Decodes encoded words and puts the value on one line.
pub(crate) fn decode_text(raw: &str) -> String {
    one_line(&WORDS.replace_all(raw, |run: &Captures<'_>| decoded(&run[0])))
}

/// Controls and line ends become blanks, runs of blanks one.
pub(crate) fn one_line(text: &str) -> String {
    let blank = |c: char| c.is_control() || c == ' ' || c == '\u{2028}' || c == '\u{2029}';
    text.split(blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The beginning of a value, so that no parser meets more than this.
fn cut(raw: &str) -> &str {
    let mut end = raw.len().min(MOST_VALUE);
    while !raw.is_char_boundary(end) {
        end -= 1;
    }
    &raw[..end]
}

fn parse_addresses(raw: &str) -> Vec<Address> {
    let raw = cut(raw);
    let line = terminated(&joined_words(raw));
    let value = MessageStream::new(line.as_bytes()).parse_address();
    let list: Vec<Addr<'_>> = match value {
        HeaderValue::Address(mail_parser::Address::List(list)) => list,
        HeaderValue::Address(mail_parser::Address::Group(groups)) => groups.into_iter().flat_map(|group| group.addresses).collect(),
        _ => Vec::new(),
    };
    let found: Vec<Address> = list.iter().filter_map(address).collect();
    if found.is_empty() { bare_address(raw).into_iter().collect() } else { found }
}

fn address(addr: &Addr<'_>) -> Option<Address> {
    let (name, address) = match (addr.name.as_deref(), addr.address.as_deref()) {
        (name, Some(address)) if plausible(address) => (name, address),
        (Some(name), _) if plausible(name) => (None, name),
        _ => return None,
    };
    Some(Address::named(one_line(name.unwrap_or_default()), address))
}

fn plausible(address: &str) -> bool {
    let address = address.trim().trim_matches(['<', '>']);
    let bad = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',');
    address.len() <= 320
        && !address.contains(bad)
        && address.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
}

/// The first thing that looks like an address in a header no parser understands.
fn bare_address(raw: &str) -> Option<Address> {
    raw.split([' ', '\t', ',', ';', '<', '>', '"', '(', ')']).find(|word| plausible(word)).map(Address::new)
}

fn parse_ids(raw: &str) -> Vec<String> {
    let clean = |id: &str| {
        let id: String = id.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
        (!id.is_empty() && id.len() <= 998).then_some(id)
    };
    let bracketed: Vec<String> = raw.split('<').skip(1).filter_map(|rest| rest.split_once('>')).filter_map(|(id, _)| clean(id)).collect();
    if !bracketed.is_empty() {
        return bracketed;
    }
    raw.split_whitespace().filter(|word| word.contains('@')).filter_map(clean).collect()
}

fn parse_media(raw: &str) -> Media {
    let raw = cut(raw);
    let line = terminated(&joined_words(raw));
    let HeaderValue::ContentType(parsed) = MessageStream::new(line.as_bytes()).parse_content_type() else {
        return Media { value: first_word(raw), params: Vec::new() };
    };
    let value = match &parsed.c_subtype {
        Some(subtype) => format!("{}/{subtype}", parsed.c_type),
        None => parsed.c_type.to_string(),
    };
    let params = parsed.attributes.unwrap_or_default();
    let param = |p: mail_parser::Attribute<'_>| (p.name.to_ascii_lowercase(), p.value.into_owned());
    Media { value: value.trim().to_ascii_lowercase(), params: params.into_iter().map(param).collect() }
}

fn first_word(raw: &str) -> String {
    raw.split([';', ' ']).next().unwrap_or_default().trim().to_ascii_lowercase()
}

static WORDS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:=\?[^?\s]+\?[QqBb]\?[^?]*\?=)(?:\s*=\?[^?\s]+\?[QqBb]\?[^?]*\?=)*").expect("the pattern is constant"));
static WORD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"=\?([^?\s*]+)(?:\*[^?]*)?\?([QqBb])\?([^?]*)\?=").expect("the pattern is constant"));

/// Every run of encoded words written as one word of UTF-8, for parsers of structured headers.
fn joined_words(raw: &str) -> Cow<'_, str> {
    if !raw.contains("=?") {
        return Cow::Borrowed(raw);
    }
    let mut words = 0;
    let joined = WORDS.replace_all(raw, |run: &Captures<'_>| {
        words += 1;
        format!("=?utf-8?B?{}?=", STANDARD.encode(one_line(&decoded(&run[0]))))
    });
    // What looks like a word and is none makes the parser look for its end again and again.
    if joined.matches("=?").count() > words + 50 { Cow::Owned(joined.replace("=?", "= ?")) } else { joined }
}

/// Some mailers cut an encoded word inside a character, or name the wrong charset: neighbours of one charset
/// are decoded together.
fn decoded(run: &str) -> String {
    let mut text = String::new();
    let mut pending: Option<(String, Vec<u8>)> = None;
    for word in WORD.captures_iter(run) {
        let label = word[1].to_ascii_lowercase();
        let bytes = if word[2].eq_ignore_ascii_case("q") {
            transfer::quoted(word[3].replace('_', " ").as_bytes())
        } else {
            transfer::base64(word[3].as_bytes()).0
        };
        match &mut pending {
            Some((open, collected)) if *open == label => collected.extend(bytes),
            _ => {
                flush(pending.take(), &mut text);
                pending = Some((label, bytes));
            }
        }
    }
    flush(pending, &mut text);
    text
}

fn flush(pending: Option<(String, Vec<u8>)>, text: &mut String) {
    if let Some((label, bytes)) = pending {
        text.push_str(&charset::decode(&bytes, Some(&label)).0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Headers {
        split(text.as_bytes()).0
    }

    #[test]
    fn the_body_begins_after_the_blank_line_or_where_headers_end() {
        assert_eq!(split(b"A: 1\r\n b\r\n\r\nbody").1, b"body");
        assert_eq!(split(b"A: 1\nnot a header\nbody").1, b"not a header\nbody");
        assert_eq!(head("From x@y Sat\nA: 1\nbroken line\nB: 2\n\n").raw("b"), Some("2"));
        assert!(head("just words\nand more").0.is_empty());
    }

    #[test]
    fn subjects() {
        let cases = [
            ("=?iso-8859-1?Q?Gr=FC=DFe?= aus =?UTF-8?B?S8O2bG4=?=", "Grüße aus Köln"),
            ("=?utf-8?B?w7w=?= =?utf-8?B?w58=?=", "üß"),
            ("=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=", "ü"),
            ("=?iso-8859-1?Q?100_=80?=", "100 €"),
            ("Gr\u{fc}\u{df}e", "Grüße"),
            ("a\r\n b\tc", "a b c"),
            ("=?x-none?Q?abc?=", "abc"),
            ("50% =? off", "50% =? off"),
        ];
        for (raw, expected) in cases {
            assert_eq!(decode_text(raw), expected, "{raw}");
        }
    }

    #[test]
    fn addresses_of_every_kind() {
        let cases: &[(&str, &[&str])] = &[
            ("Ana <a@Example.org>", &["Ana <a@example.org>"]),
            ("\"Doe, Jo\" <jo@x.test>, b@y.test", &["Doe, Jo <jo@x.test>", "b@y.test"]),
            ("undisclosed-recipients:;", &[]),
            ("Team: a@x.test, b@x.test;", &["a@x.test", "b@x.test"]),
            ("=?utf-8?Q?J=C3=B6rg?= <j@x.test>", &["Jörg <j@x.test>"]),
            ("=?utf-8?Q?M=C3=BCller=2C_Jo?= <j@x.test>", &["Müller, Jo <j@x.test>"]),
            ("j@x.test (Jo)", &["Jo <j@x.test>"]),
            ("nobody", &[]),
        ];
        for (raw, expected) in cases {
            let found: Vec<String> = parse_addresses(raw).iter().map(Address::to_string).collect();
            assert_eq!(found, *expected, "{raw}");
        }
    }

    #[test]
    fn ids_with_and_without_brackets() {
        assert_eq!(parse_ids("<a@b> <c@d>\t<e\r\n @f>"), ["a@b", "c@d", "e@f"]);
        assert_eq!(parse_ids("a@b c@d"), ["a@b", "c@d"]);
        assert!(parse_ids("your message of Monday").is_empty());
    }

    #[test]
    fn names_of_rfc_2231() {
        let headers = head("Content-Disposition: attachment; filename*0*=utf-8''Gr%C3%BC; filename*1*=%C3%9Fe.pdf\n\n");
        assert_eq!(headers.media("content-disposition").param("filename"), Some("Grüße.pdf"));
        let headers = head("Content-Type: TEXT/Plain; charset=\"UTF-8\"; name=\"=?utf-8?Q?=C3=BC.txt?=\"\n\n");
        let media = headers.media("content-type");
        assert_eq!((media.value.as_str(), media.param("charset")), ("text/plain", Some("UTF-8")));
        assert_eq!(media.param("name"), Some("ü.txt"));
    }

    #[test]
    fn dates() {
        let date = |text: &str| head(&format!("Date: {text}\n\n")).date("date");
        assert_eq!(date("Sat, 21 Nov 2026 12:00:00 +0100"), Some(1_795_258_800_000));
        assert_eq!(date("2026-11-21T12:00:00+01:00"), Some(1_795_258_800_000));
        assert_eq!(date("soon"), None);
    }
}
