//! Cuts HTML into tags and text, fast and without judging it. The sanitiser has the last word on safety.

use std::borrow::Cow;

use markup5ever::data::NAMED_ENTITIES;
use memchr::memmem;

/// A piece of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// Text, entities still in it.
    Text(&'a str),
    /// A start tag: lower-case name and everything up to the `>`.
    Start { name: String, attributes: &'a str },
    /// An end tag.
    End { name: String },
}

/// Elements whose content is never shown.
const SILENT: &[&str] = &[
    "script", "style", "title", "textarea", "template", "svg", "math", "noscript", "noembed", "noframes", "iframe", "object", "xmp",
    "select",
];

/// Iterates over the tokens; comments, declarations and silent elements are left out.
pub(crate) struct Tokens<'a> {
    html: &'a str,
    at: usize,
    no_more_comment_ends: bool,
    unclosed: Vec<&'static str>,
}

impl<'a> Tokens<'a> {
    pub fn new(html: &'a str) -> Self {
        Self { html, at: 0, no_more_comment_ends: false, unclosed: Vec::new() }
    }

    fn skip_declaration(&mut self) {
        let rest = &self.html[self.at..];
        if rest.starts_with("<!--") && !self.no_more_comment_ends {
            if let Some(end) = memmem::find(rest.as_bytes(), b"-->") {
                self.at += end + 3;
                return;
            }
            self.no_more_comment_ends = true;
        }
        self.at = memchr::memchr(b'>', rest.as_bytes()).map_or(self.html.len(), |end| self.at + end + 1);
    }

    fn skip_silent(&mut self, name: &str) {
        let Some(name) = SILENT.iter().find(|silent| **silent == name) else { return };
        if self.unclosed.contains(name) {
            return;
        }
        let bytes = self.html.as_bytes();
        let mut from = self.at;
        while let Some(found) = memmem::find(&bytes[from..], b"</") {
            let start = from + found + 2;
            let end = start + name.len();
            if bytes.get(start..end).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes())) {
                self.at = memchr::memchr(b'>', &bytes[end..]).map_or(bytes.len(), |n| end + n + 1);
                return;
            }
            from = start;
        }
        self.unclosed.push(name);
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let rest = &self.html[self.at..];
            let bytes = rest.as_bytes();
            if bytes.is_empty() {
                return None;
            }
            if !opens(bytes) {
                let end = (1..bytes.len()).find(|&i| bytes[i] == b'<' && opens(&bytes[i..])).unwrap_or(bytes.len());
                self.at += end;
                return Some(Token::Text(&rest[..end]));
            }
            if matches!(bytes[1], b'!' | b'?') {
                self.skip_declaration();
                continue;
            }
            let end = tag_end(bytes);
            self.at += end;
            let inside = rest[1..end].trim_end_matches('>');
            if let Some(inside) = inside.strip_prefix('/') {
                return Some(Token::End { name: name_of(inside).0 });
            }
            let (name, attributes) = name_of(inside);
            self.skip_silent(&name);
            if SILENT.contains(&name.as_str()) {
                continue;
            }
            return Some(Token::Start { name, attributes });
        }
    }
}

fn opens(bytes: &[u8]) -> bool {
    matches!(bytes, [b'<', next, ..] if next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?'))
}

/// The length of the tag that begins here, `>` included; quotes may hold a `>`.
fn tag_end(bytes: &[u8]) -> usize {
    let mut quote = None;
    let mut previous = b' ';
    for (i, &byte) in bytes.iter().enumerate().skip(1) {
        match quote {
            Some(open) if byte == open => quote = None,
            Some(_) => {}
            None if byte == b'>' => return i + 1,
            None if matches!(byte, b'"' | b'\'') && previous == b'=' => quote = Some(byte),
            None => {}
        }
        if !byte.is_ascii_whitespace() {
            previous = byte;
        }
    }
    // An unclosed quote would swallow the rest of the mail.
    memchr::memchr(b'>', bytes).map_or(bytes.len(), |end| end + 1)
}

fn name_of(inside: &str) -> (String, &str) {
    let end = inside.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(inside.len());
    (inside[..end].to_ascii_lowercase(), &inside[end..])
}

/// The attributes of a tag: lower-case name, value without quotes and with entities decoded.
pub(crate) fn attributes(text: &str) -> impl Iterator<Item = (String, Cow<'_, str>)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/' || c == '=');
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '=' || c == '/').unwrap_or(rest.len());
        let name = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_ascii_start();
        let Some(value) = rest.strip_prefix('=') else { return Some((name, Cow::Borrowed(""))) };
        let value = value.trim_ascii_start();
        let (value, tail) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            _ => value.split_at(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len())),
        };
        rest = tail;
        Some((name, entities(value)))
    })
}

/// One attribute of a tag.
pub(crate) fn attribute(text: &str, name: &str) -> Option<String> {
    attributes(text).take(100).find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

/// Decodes entities.
pub(crate) fn entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(34).position(|b| b == b';');
        match end.and_then(|end| Some((entity(&rest[1..end])?, end))) {
            Some((c, end)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    }
    let (code, more) = *NAMED_ENTITIES.get(&format!("{name};"))?;
    char::from_u32(code).filter(|c| more == 0 && !c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_of_every_kind() {
        assert_eq!(entities("&ni;&Psi;&#937;&#x3a9;&amp;amp;&nope;&"), "∋ΨΩΩ&amp;&nope;&");
        assert_eq!(entities("&#0;&#xD800;&#99999999;"), "&#0;&#xD800;&#99999999;");
    }

    #[test]
    fn attributes_with_and_without_quotes() {
        let found: Vec<_> = attributes(" a=1 B='x > y' c d=\"&lt;\"e=2/").collect();
        let expected = [("a", "1"), ("b", "x > y"), ("c", ""), ("d", "<"), ("e", "2/")];
        assert_eq!(found.len(), expected.len());
        for ((name, value), (wanted, text)) in found.iter().zip(expected) {
            assert_eq!((name.as_str(), value.as_ref()), (wanted, text));
        }
    }
}
