//! Picks the body out of the tree and gathers the rest as parts.

use super::calendar;
use crate::{
    charset,
    compose::text_to_html,
    html_text::html_to_text,
    mime::{Content, Entity, Reader, transfer},
    parse::Part,
    tnef,
    tokens::{Token, Tokens, attribute},
};

/// How deep a mail inside a mail is looked into when the outer one says nothing.
const DEEPEST_FORWARD: usize = 3;

/// A piece of the body, as text, HTML or both.
#[derive(Debug, Default)]
struct Block {
    text: Option<String>,
    html: Option<String>,
}

/// What has been gathered from the tree so far.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    blocks: Vec<Block>,
    invites: Vec<String>,
    /// Attachments and inline parts.
    pub parts: Vec<Part>,
    /// Stable codes.
    pub warnings: Vec<&'static str>,
}

impl Collected {
    /// Adds a warning once.
    pub fn warn(&mut self, code: &'static str) {
        if !self.warnings.contains(&code) {
            self.warnings.push(code);
        }
    }

    /// Adds warnings once each.
    pub fn warn_all(&mut self, codes: &[&'static str]) {
        for code in codes {
            self.warn(code);
        }
    }

    /// Gathers a whole mail.
    pub fn root(&mut self, entity: &Entity<'_>) {
        self.walk(entity, true);
    }

    fn walk(&mut self, entity: &Entity<'_>, alone: bool) {
        match &entity.content {
            Content::Leaf(raw) => self.leaf(entity, raw, alone),
            Content::Multi(children) => match entity.media.value.as_str() {
                "multipart/alternative" => self.alternative(children),
                "multipart/related" => self.related(entity, children),
                _ => children.iter().for_each(|child| self.walk(child, false)),
            },
        }
    }

    /// The best version of each kind; what is neither becomes an attachment.
    fn alternative(&mut self, children: &[Entity<'_>]) {
        let mut best = Block::default();
        for child in children {
            let mut version = Self::default();
            version.walk(child, true);
            self.parts.append(&mut version.parts);
            self.invites.append(&mut version.invites);
            self.warn_all(&version.warnings);
            let (text, html) = version.join();
            match html {
                Some(html) => best.html = Some(html),
                None if best.text.as_deref().is_none_or(|text| text.trim().is_empty()) => best.text = text,
                None => {}
            }
        }
        if best.text.is_some() || best.html.is_some() {
            self.blocks.push(best);
        }
    }

    fn related(&mut self, entity: &Entity<'_>, children: &[Entity<'_>]) {
        let start = entity.media.param("start").map(|id| id.trim_matches(['<', '>']));
        let root = children.iter().position(|child| start.is_some() && content_id(child).as_deref() == start).unwrap_or(0);
        for (i, child) in children.iter().enumerate() {
            match &child.content {
                Content::Leaf(raw) if i != root => {
                    let bytes = decoded(self, child, raw);
                    self.attach(child, bytes);
                }
                _ => self.walk(child, i == root),
            }
        }
    }

    fn leaf(&mut self, entity: &Entity<'_>, raw: &[u8], alone: bool) {
        let kind = entity.media.value.as_str();
        let attachment = entity.headers.media("content-disposition").value == "attachment";
        let named = file_name(entity).is_some();
        let is_body = !attachment && (!named || alone);
        let bytes = decoded(self, entity, raw);
        match kind {
            "text/plain" | "text/html" if is_body => self.text(entity, &bytes),
            "text/calendar" => {
                let text = self.decode_text(entity, &bytes);
                self.invites.extend(calendar::describe(&text));
                self.attach(entity, bytes);
            }
            "application/ms-tnef" | "application/vnd.ms-tnef" => self.unpack(entity, bytes),
            _ if kind.starts_with("text/") && !attachment && !named && alone => self.text(entity, &bytes),
            _ => self.attach(entity, bytes),
        }
    }

    fn decode_text(&mut self, entity: &Entity<'_>, bytes: &[u8]) -> String {
        let label = entity.media.param("charset").map(str::to_owned);
        let label = label.or_else(|| (entity.media.value == "text/html").then(|| meta_charset(bytes)).flatten());
        let (text, warning) = charset::decode(bytes, label.as_deref());
        if let Some(warning) = warning {
            self.warn(warning);
        }
        text
    }

    fn text(&mut self, entity: &Entity<'_>, bytes: &[u8]) {
        let text = self.decode_text(entity, bytes).replace("\r\n", "\n").replace('\r', "\n");
        if entity.media.value == "text/html" {
            self.blocks.push(Block { text: None, html: Some(text) });
            return;
        }
        let flowed = entity.media.param("format").is_some_and(|f| f.eq_ignore_ascii_case("flowed"));
        let delete = entity.media.param("delsp").is_some_and(|d| d.eq_ignore_ascii_case("yes"));
        let text = if flowed { unflow(&text, delete) } else { text };
        self.blocks.push(Block { text: Some(text), html: None });
    }

    fn attach(&mut self, entity: &Entity<'_>, bytes: Vec<u8>) {
        let content_type = entity.media.value.clone();
        let name = match file_name(entity).or_else(|| name_of_id(entity)) {
            Some(name) => name,
            None if content_type == "message/rfc822" => forwarded_name(&bytes),
            None => format!("part-{}.{}", self.parts.len() + 1, extension(&content_type)),
        };
        self.parts.push(Part { name, content_type, content_id: content_id(entity), inline: false, bytes });
    }

    fn unpack(&mut self, entity: &Entity<'_>, bytes: Vec<u8>) {
        let Some(unpacked) = tnef::unpack(&bytes) else {
            self.warn("tnef_broken");
            self.attach(entity, bytes);
            return;
        };
        self.parts.extend(unpacked.parts);
        let html = unpacked.html.map(|html| charset::decode(&html, meta_charset(&html).as_deref()).0);
        if self.blocks.is_empty() && (unpacked.text.is_some() || html.is_some()) {
            self.blocks.push(Block { text: unpacked.text, html });
        }
    }

    /// The whole body as text and, where any of it was HTML, as HTML (not yet sanitised).
    pub fn take_body(&mut self) -> (String, Option<String>) {
        if !self.says_something() && !self.invites.is_empty() {
            let text = std::mem::take(&mut self.invites).join("\n\n");
            self.blocks = vec![Block { text: Some(text), html: None }];
        }
        if !self.says_something() {
            self.look_into_forward();
        }
        let (text, html) = self.join();
        (text.unwrap_or_default().trim_matches('\n').trim_end().to_owned(), html)
    }

    /// The beginning of the text, to look for telling words in.
    pub fn preview(&self) -> String {
        let text = self.blocks.iter().find_map(|block| block.text.clone().or_else(|| block.html.as_deref().map(html_to_text)));
        text.unwrap_or_default().chars().take(64 * 1024).collect()
    }

    fn says_something(&self) -> bool {
        let says = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
        self.blocks.iter().any(|block| says(&block.text) || says(&block.html))
    }

    /// A mail that only carries another one shows what that one says.
    fn look_into_forward(&mut self) {
        let mut bytes = match self.parts.iter().find(|part| part.content_type == "message/rfc822") {
            Some(part) => part.bytes.clone(),
            None => return,
        };
        for _ in 0..DEEPEST_FORWARD {
            let entity = Reader::new().entity(&bytes, "text/plain", 0);
            let mut inner = Self::default();
            inner.root(&entity);
            if inner.says_something() {
                self.blocks = inner.blocks;
                return;
            }
            let Some(next) = inner.parts.into_iter().find(|part| part.content_type == "message/rfc822") else {
                return;
            };
            bytes = next.bytes;
        }
    }

    fn join(&mut self) -> (Option<String>, Option<String>) {
        let blocks = std::mem::take(&mut self.blocks);
        let any_html = blocks.iter().any(|block| block.html.is_some());
        let (mut texts, mut htmls) = (Vec::new(), Vec::new());
        for block in blocks {
            let text = block.text.filter(|text| !text.trim().is_empty());
            if any_html {
                htmls.push(match (&block.html, &text) {
                    (Some(html), _) => html.clone(),
                    (None, Some(text)) => text_to_html(text),
                    (None, None) => String::new(),
                });
            }
            texts.extend(text.or_else(|| block.html.as_deref().map(html_to_text)));
        }
        let text = (!texts.is_empty()).then(|| texts.join("\n"));
        (text, any_html.then(|| htmls.join("\n")))
    }
}

fn decoded(collected: &mut Collected, entity: &Entity<'_>, raw: &[u8]) -> Vec<u8> {
    let encoding = entity.headers.raw("content-transfer-encoding").unwrap_or_default();
    let (bytes, damaged) = transfer::decode(raw, encoding);
    if damaged {
        collected.warn("base64_broken");
    }
    bytes.into_owned()
}

fn content_id(entity: &Entity<'_>) -> Option<String> {
    let id = entity.headers.raw("content-id")?;
    let id = id.trim().trim_matches(['<', '>']).trim();
    (!id.is_empty()).then(|| id.to_owned())
}

/// The name a part gives itself, made harmless.
fn file_name(entity: &Entity<'_>) -> Option<String> {
    let disposition = entity.headers.media("content-disposition");
    let given = disposition.param("filename").or_else(|| entity.media.param("name"));
    given.and_then(tidy_name)
}

/// Outlook and others put the file's name before the `@` of the Content-ID.
fn name_of_id(entity: &Entity<'_>) -> Option<String> {
    let id = content_id(entity)?;
    let local = id.split('@').next().unwrap_or_default();
    let (stem, ending) = local.rsplit_once('.')?;
    let looks_like_one = !stem.is_empty() && (2..=4).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphanumeric());
    if looks_like_one && !ending.bytes().all(|b| b.is_ascii_digit()) { tidy_name(local) } else { None }
}

/// A name without path, controls and other tricks, at most 200 characters, its ending kept.
pub(crate) fn tidy_name(name: &str) -> Option<String> {
    let name = crate::header::decode_text(name);
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let hidden = |c: char| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let last: String = last.chars().filter(|c| !hidden(*c)).collect();
    let last = last.trim().trim_matches('"').trim_start_matches('.').trim();
    if last.is_empty() {
        return None;
    }
    let length = last.chars().count();
    if length <= 200 {
        return Some(last.to_owned());
    }
    let head: String = last.chars().take(180).collect();
    let tail: String = last.chars().skip(length - 20).collect();
    Some(head + &tail)
}

fn forwarded_name(bytes: &[u8]) -> String {
    let (headers, _) = crate::header::split(&bytes[..bytes.len().min(64 * 1024)]);
    let subject = headers.text("subject").unwrap_or_default();
    let safe: String = subject.chars().map(|c| if "/\\:*?\"<>|".contains(c) { '_' } else { c }).take(100).collect();
    tidy_name(&format!("{safe}.eml")).filter(|name| name != "eml").unwrap_or_else(|| "mail.eml".to_owned())
}

fn extension(content_type: &str) -> &str {
    match content_type {
        "text/plain" => "txt",
        "text/html" => "html",
        "text/calendar" => "ics",
        "text/rfc822-headers" | "message/delivery-status" | "message/disposition-notification" => "txt",
        "message/rfc822" | "message/global" => "eml",
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "application/pdf" => "pdf",
        "video/quicktime" => "mov",
        "video/mp4" => "mp4",
        "application/pgp-signature" => "asc",
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => "p7s",
        _ => "bin",
    }
}

fn meta_charset(html: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&html[..html.len().min(4_096)]);
    Tokens::new(&head).find_map(|token| match token {
        Token::Start { name, attributes } if name == "meta" => attribute(attributes, "charset").or_else(|| {
            let content = attribute(attributes, "content")?.to_ascii_lowercase();
            let (_, label) = content.split_once("charset=")?;
            Some(label.split(';').next().unwrap_or_default().trim().to_owned())
        }),
        _ => None,
    })
}

/// Joins the lines that RFC 3676 lets a mailer break.
fn unflow(text: &str, delete_space: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.split('\n') {
        let depth = line.len() - line.trim_start_matches('>').len();
        let body = &line[depth..];
        let body = body.strip_prefix(' ').unwrap_or(body);
        let flowing = body.ends_with(' ') && body != "-- ";
        if open != Some(depth) || body == "-- " {
            if !out.is_empty() || open.is_some() {
                out.push('\n');
            }
            if depth > 0 {
                out.push_str(&">".repeat(depth));
                out.push(' ');
            }
        }
        out.push_str(if flowing && delete_space { &body[..body.len() - 1] } else { body });
        if flowing {
            open = Some(depth);
        } else {
            open = Some(usize::MAX);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flowed_lines_are_joined() {
        let cases = [
            ("one \ntwo\nthree", false, "one two\nthree"),
            ("> a \n> b\nc", false, "> a b\nc"),
            (">> a \n> b", false, ">> a \n> b"),
            ("sig\n-- \nme", false, "sig\n-- \nme"),
            (" space-stuffed \nx", true, "space-stuffedx"),
            ("\n\na", false, "\n\na"),
        ];
        for (text, delete, expected) in cases {
            assert_eq!(unflow(text, delete), expected, "{text:?}");
        }
    }

    #[test]
    fn names_are_harmless() {
        let cases = [
            ("../../etc/passwd", Some("passwd")),
            ("C:\\x\\a.doc", Some("a.doc")),
            ("inv\u{202e}fdp.exe", Some("invfdp.exe")),
            (".profile", Some("profile")),
            ("a\r\nb.txt", Some("a b.txt")),
            ("", None),
            ("..", None),
        ];
        for (name, expected) in cases {
            assert_eq!(tidy_name(name).as_deref(), expected, "{name:?}");
        }
    }
}
