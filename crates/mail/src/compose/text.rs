//! Text as HTML, and as a quote.

/// Deeper quotes are shown at this depth.
const DEEPEST_QUOTE: usize = 12;

/// Turns text into HTML: escaped, links clickable, `> ` quotes as nested blockquotes, blank lines as paragraphs.
pub fn text_to_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut depth = 0;
    let mut paragraph: Vec<String> = Vec::new();
    for line in text.lines() {
        let (level, line) = quoted(line);
        if level != depth || line.trim().is_empty() {
            flush(&mut paragraph, &mut out);
        }
        while depth < level {
            out.push_str("<blockquote>");
            depth += 1;
        }
        while depth > level {
            out.push_str("</blockquote>");
            depth -= 1;
        }
        if !line.trim().is_empty() {
            paragraph.push(linked(line));
        }
    }
    flush(&mut paragraph, &mut out);
    out.push_str(&"</blockquote>".repeat(depth));
    out
}

fn flush(paragraph: &mut Vec<String>, out: &mut String) {
    if !paragraph.is_empty() {
        out.push_str("<p>");
        out.push_str(&paragraph.join("<br>"));
        out.push_str("</p>");
        paragraph.clear();
    }
}

/// How many `>` the line begins with, and what follows them.
fn quoted(line: &str) -> (usize, &str) {
    let mut rest = line;
    let mut level = 0;
    while let Some(tail) = rest.strip_prefix('>') {
        level += 1;
        rest = tail.strip_prefix(' ').filter(|tail| tail.starts_with('>')).unwrap_or(tail);
    }
    (level.min(DEEPEST_QUOTE), if level > 0 { rest.strip_prefix(' ').unwrap_or(rest) } else { rest })
}

/// One line, escaped, with its links, leading blanks kept.
fn linked(line: &str) -> String {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let mut out = "&nbsp;".repeat(indent.min(40));
    let mut rest = &line[indent..];
    while let Some((at, end)) = link(rest) {
        out.push_str(&escape(&rest[..at]));
        let url = escape(&rest[at..end]);
        out.push_str(&format!("<a href=\"{url}\" rel=\"noopener noreferrer\" target=\"_blank\">{url}</a>"));
        rest = &rest[end..];
    }
    out + &escape(rest)
}

fn link(text: &str) -> Option<(usize, usize)> {
    let at = match (text.find("https://"), text.find("http://")) {
        (Some(a), Some(b)) => a.min(b),
        (a, b) => a.or(b)?,
    };
    let ends = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"');
    let end = text[at..].find(ends).map_or(text.len(), |n| at + n);
    let bare = text[at..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', ')', ']', '}']);
    // A bracket that was opened inside belongs to the address.
    let closing = text[at + bare.len()..].starts_with(')') && bare.contains('(');
    Some((at, at + bare.len() + usize::from(closing)))
}

/// The five characters that mean something in HTML.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// Puts `> ` before every line; what is quoted already gets only `>`.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 10);
    for line in text.trim_end().lines() {
        let line = line.trim_end();
        out.push('>');
        if !line.is_empty() && !line.starts_with('>') {
            out.push(' ');
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_html() {
        for (text, html) in [
            ("a <b>\n& c", "<p>a &lt;b&gt;<br>&amp; c</p>"),
            ("one\n\ntwo", "<p>one</p><p>two</p>"),
            ("> a\n>> b\n> > c\nd", "<blockquote><p>a</p><blockquote><p>b<br>c</p></blockquote></blockquote><p>d</p>"),
            ("> a", "<blockquote><p>a</p></blockquote>"),
            (
                "see https://x.test/?a=1&b=2.",
                "<p>see <a href=\"https://x.test/?a=1&amp;b=2\" rel=\"noopener noreferrer\" target=\"_blank\">https://x.test/?a=1&amp;b=2</a>.</p>",
            ),
            (
                "(http://x.test/a_(b))",
                "<p>(<a href=\"http://x.test/a_(b)\" rel=\"noopener noreferrer\" target=\"_blank\">http://x.test/a_(b)</a>)</p>",
            ),
            ("http://\"onmouseover=x", "<p><a href=\"http\" rel=\"noopener noreferrer\" target=\"_blank\">http</a>:</p>"),
            ("", ""),
        ] {
            if text.starts_with("http://\"") {
                assert!(!text_to_html(text).contains("\"onmouseover"), "{}", text_to_html(text));
            } else {
                assert_eq!(text_to_html(text), html, "{text}");
            }
        }
    }

    #[test]
    fn quoting_again_goes_deeper() {
        assert_eq!(quote("a\n\n> b\n"), "> a\n>\n>> b\n");
    }
}
