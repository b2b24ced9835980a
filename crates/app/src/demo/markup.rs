//! Plain text made into sentences and HTML.

/// The text with a capital at its start.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A text as HTML: paragraphs, line breaks, quotes.
pub(super) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let (mut quoted, mut open) = (false, false);
    for line in text.lines() {
        let (now_quoted, line) = line.strip_prefix('>').map_or((false, line), |line| (true, line.strip_prefix(' ').unwrap_or(line)));
        if open && (line.is_empty() || quoted != now_quoted) {
            out.push_str("</p>");
            open = false;
        }
        if quoted != now_quoted && (now_quoted || !line.is_empty()) {
            out.push_str(if now_quoted { "<blockquote>" } else { "</blockquote>" });
            quoted = now_quoted;
        }
        if line.is_empty() {
            continue;
        }
        out.push_str(if open { "<br>" } else { "<p>" });
        open = true;
        escape(line, &mut out);
    }
    out.push_str(if open { "</p>" } else { "" });
    out.push_str(if quoted { "</blockquote>" } else { "" });
    out
}

fn escape(line: &str, out: &mut String) {
    for c in line.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}
