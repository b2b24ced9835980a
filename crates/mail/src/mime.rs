//! The MIME tree of a mail, in time linear in its size.

pub(crate) mod transfer;

use memchr::memmem;

use crate::header::{self, Headers, Media};

/// Multiparts deeper than this stay one unread part.
const DEEPEST: usize = 64;
/// Parts after this many are left out; the original is kept by whoever calls.
const MOST_PARTS: usize = 5_000;

/// One node of the tree.
#[derive(Debug)]
pub(crate) struct Entity<'a> {
    pub headers: Headers,
    pub media: Media,
    pub content: Content<'a>,
}

#[derive(Debug)]
pub(crate) enum Content<'a> {
    /// Bytes still in their transfer encoding.
    Leaf(&'a [u8]),
    Multi(Vec<Entity<'a>>),
}

/// What reading the tree may still use, and what it found wrong.
#[derive(Debug)]
pub(crate) struct Reader {
    parts_left: usize,
    pub warnings: Vec<&'static str>,
}

impl Reader {
    pub fn new() -> Self {
        Self { parts_left: MOST_PARTS, warnings: Vec::new() }
    }

    /// Reads a whole mail or a part of one.
    pub fn entity<'a>(&mut self, data: &'a [u8], default_type: &str, depth: usize) -> Entity<'a> {
        let (headers, body) = header::split(data);
        let mut media = headers.media("content-type");
        if !media.value.contains('/') {
            let known = media.value.as_str() == "text";
            let fallback = if known { "text/plain" } else { default_type };
            media.value = fallback.to_owned();
        }
        let content = self.content(&mut media, body, depth);
        Entity { headers, media, content }
    }

    fn content<'a>(&mut self, media: &mut Media, body: &'a [u8], depth: usize) -> Content<'a> {
        if !media.value.starts_with("multipart/") {
            return Content::Leaf(body);
        }
        if depth >= DEEPEST {
            self.warn("nested_too_deep");
            media.value = "application/octet-stream".to_owned();
            return Content::Leaf(body);
        }
        let Some(segments) = self.segments(media.param("boundary"), body) else {
            self.warn("boundary_missing");
            media.value = "text/plain".to_owned();
            return Content::Leaf(body);
        };
        let inner = if media.value == "multipart/digest" { "message/rfc822" } else { "text/plain" };
        let mut children = Vec::new();
        for segment in segments {
            if self.parts_left == 0 {
                self.warn("too_many_parts");
                break;
            }
            self.parts_left -= 1;
            children.push(self.entity(segment, inner, depth + 1));
        }
        Content::Multi(children)
    }

    fn segments<'a>(&mut self, boundary: Option<&str>, body: &'a [u8]) -> Option<Vec<&'a [u8]>> {
        if let Some(boundary) = boundary.filter(|b| !b.trim_end().is_empty()) {
            let found = cut(body, boundary.trim_end().as_bytes());
            if !found.is_empty() {
                return Some(found);
            }
        }
        let guessed = guess(body)?;
        self.warn("boundary_guessed");
        Some(cut(body, guessed)).filter(|found| !found.is_empty())
    }

    pub fn warn(&mut self, code: &'static str) {
        if !self.warnings.contains(&code) {
            self.warnings.push(code);
        }
    }
}

/// The segments between the delimiter lines; one without a closing line reaches to the end.
fn cut<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
    let delimiter = [b"--", boundary].concat();
    let mut segments = Vec::new();
    let mut open: Option<usize> = None;
    for at in memmem::find_iter(body, &delimiter) {
        if at > 0 && body[at - 1] != b'\n' {
            continue;
        }
        let after = at + delimiter.len();
        let end = memchr::memchr(b'\n', &body[after..]).map_or(body.len(), |n| after + n + 1);
        let Some(closing) = tail(&body[after..end]) else { continue };
        if let Some(start) = open.take() {
            segments.push(without_line_end(&body[start.min(at)..at]));
        }
        if !closing {
            open = Some(end);
        }
    }
    segments.extend(open.map(|start| &body[start..]));
    segments
}

/// What may follow a boundary: `--` (closing) or nothing but blanks.
fn tail(rest: &[u8]) -> Option<bool> {
    let rest = rest.trim_ascii();
    match rest {
        [] => Some(false),
        [b'-', b'-', ..] => Some(true),
        _ => None,
    }
}

fn without_line_end(segment: &[u8]) -> &[u8] {
    let segment = segment.strip_suffix(b"\n").unwrap_or(segment);
    segment.strip_suffix(b"\r").unwrap_or(segment)
}

/// The first line that looks like a delimiter and is followed by a header, for mails that name none or another.
fn guess(body: &[u8]) -> Option<&[u8]> {
    let mut lines = body.split(|&b| b == b'\n').take(2_000).peekable();
    while let Some(line) = lines.next() {
        let line = line.trim_ascii_end();
        let Some(boundary) = line.strip_prefix(b"--") else { continue };
        let next = lines.peek().map_or(&b""[..], |next| next);
        let is_header = next.len() > 8 && next[..8].eq_ignore_ascii_case(b"content-");
        if is_header && (3..=200).contains(&boundary.len()) {
            return Some(boundary);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_whole_lines() {
        let body = b"preamble\r\n--ab\r\nA: 1\r\n\r\none\r\n--abc\r\n--ab  \r\n\r\ntwo\r\n--ab--\r\nepilogue";
        let parts = cut(body, b"ab");
        assert_eq!(parts, [&b"A: 1\r\n\r\none\r\n--abc"[..], b"\r\ntwo"]);
    }

    #[test]
    fn a_missing_end_loses_nothing() {
        assert_eq!(cut(b"--x\n\none\n--x\n\ntwo", b"x"), [&b"\none"[..], b"\ntwo"]);
        assert_eq!(cut(b"--x\n--x--\n", b"x"), [&b""[..]]);
    }

    #[test]
    fn a_wrong_boundary_is_guessed() {
        let mut reader = Reader::new();
        let found = reader.segments(Some("other"), b"\n--real\nContent-Type: text/plain\n\nhi\n--real--\n");
        assert_eq!(found.unwrap(), [b"Content-Type: text/plain\n\nhi"]);
        assert_eq!(reader.warnings, ["boundary_guessed"]);
    }
}
