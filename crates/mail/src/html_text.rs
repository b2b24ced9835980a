//! HTML as plain text, in one pass and without recursion.

use crate::tokens::{Token, Tokens, entities};

/// Deeper quotes are shown at this depth.
const DEEPEST_QUOTE: usize = 12;

/// Turns HTML into readable text: lists, links, quotes with `> `, tables.
pub fn html_to_text(html: &str) -> String {
    let mut writer = Writer::default();
    for token in Tokens::new(html) {
        match token {
            Token::Text(text) => writer.text(&entities(text)),
            Token::Start { name, attributes } => writer.start(&name, attributes),
            Token::End { name } => writer.end(&name),
        }
    }
    writer.finish()
}

#[derive(Default)]
struct Writer {
    out: String,
    line: String,
    quotes: usize,
    lists: Vec<Option<u32>>,
    pre: usize,
    links: Vec<(String, usize)>,
    blank_wanted: bool,
}

impl Writer {
    fn text(&mut self, text: &str) {
        if self.pre > 0 {
            for (i, line) in text.split('\n').enumerate() {
                if i > 0 {
                    self.end_line();
                }
                self.line.push_str(line.trim_end_matches('\r'));
            }
            return;
        }
        for c in text.chars() {
            let blank = matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{a0}');
            if !blank {
                self.line.push(c);
            } else if !self.line.is_empty() && !self.line.ends_with(' ') {
                self.line.push(' ');
            }
        }
    }

    fn start(&mut self, name: &str, attributes: &str) {
        match name {
            "br" => self.end_line(),
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" | "dl" => self.paragraph(),
            "ul" | "menu" => self.list(None),
            "ol" => self.list(Some(0)),
            "li" => self.item(),
            "blockquote" => {
                self.paragraph();
                self.quotes += 1;
            }
            "pre" => {
                self.paragraph();
                self.pre += 1;
            }
            "hr" => {
                self.break_line();
                self.line.push_str("----");
                self.end_line();
            }
            "td" | "th" if !self.line.is_empty() => self.line.push_str(" | "),
            "a" => {
                let href = crate::tokens::attribute(attributes, "href").unwrap_or_default();
                self.links.push((href, self.line.len()));
            }
            "img" => {
                let alt = crate::tokens::attribute(attributes, "alt").unwrap_or_default();
                if !alt.trim().is_empty() {
                    self.text(&format!("[{}]", alt.trim()));
                }
            }
            _ if is_block(name) => self.break_line(),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" | "dl" => self.paragraph(),
            "ul" | "ol" | "menu" => {
                self.break_line();
                self.lists.pop();
                self.blank_wanted = self.lists.is_empty();
            }
            "blockquote" => {
                self.break_line();
                self.quotes = self.quotes.saturating_sub(1);
                self.blank_wanted = true;
            }
            "pre" => {
                self.break_line();
                self.pre = self.pre.saturating_sub(1);
                self.blank_wanted = true;
            }
            "a" => self.link(),
            _ if is_block(name) => self.break_line(),
            _ => {}
        }
    }

    fn list(&mut self, number: Option<u32>) {
        if self.lists.is_empty() {
            self.paragraph();
        } else {
            self.break_line();
        }
        self.lists.push(number);
    }

    fn item(&mut self) {
        self.break_line();
        let indent = "  ".repeat(self.lists.len().clamp(1, 8) - 1);
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{number}. ")
            }
            _ => "- ".to_owned(),
        };
        self.line = format!("{indent}{mark}");
    }

    fn link(&mut self) {
        let Some((href, from)) = self.links.pop() else { return };
        let shown = self.line.get(from..).unwrap_or_default().trim().to_owned();
        let target = href.trim().strip_prefix("mailto:").unwrap_or(href.trim()).trim_end_matches('/');
        let known = shown.trim_end_matches('/');
        let useful = ["http://", "https://", "mailto:", "ftp://"].iter().any(|s| href.starts_with(s));
        let same = known == target || target.split_once("://").is_some_and(|(_, rest)| rest == known);
        if useful && !same && !known.contains(target) {
            if !self.line.is_empty() && !self.line.ends_with(' ') {
                self.line.push(' ');
            }
            self.line.push_str(&format!("<{}>", href.trim()));
        }
    }

    fn paragraph(&mut self) {
        self.break_line();
        self.blank_wanted = true;
    }

    /// Ends the line if something stands on it.
    fn break_line(&mut self) {
        if !self.line.trim().is_empty() {
            self.end_line();
        }
        self.line.clear();
    }

    fn end_line(&mut self) {
        let prefix = "> ".repeat(self.quotes.min(DEEPEST_QUOTE));
        if self.blank_wanted && !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push_str(prefix.trim_end());
            self.out.push('\n');
        }
        self.blank_wanted = false;
        let line = format!("{prefix}{}", self.line);
        self.out.push_str(line.trim_end());
        self.out.push('\n');
        self.line.clear();
        for (_, from) in &mut self.links {
            *from = 0;
        }
    }

    fn finish(mut self) -> String {
        self.break_line();
        let mut text = String::with_capacity(self.out.len());
        let mut blanks = 0;
        for line in self.out.lines() {
            blanks = if line.is_empty() { blanks + 1 } else { 0 };
            if blanks < 3 {
                text.push_str(line);
                text.push('\n');
            }
        }
        text.trim_matches('\n').to_owned()
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "div"
            | "tr"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "center"
            | "address"
            | "dd"
            | "dt"
            | "body"
            | "html"
            | "form"
            | "fieldset"
            | "figure"
            | "figcaption"
            | "main"
            | "nav"
            | "aside"
            | "caption"
            | "tbody"
            | "thead"
            | "tfoot"
            | "details"
            | "summary"
    )
}

#[cfg(test)]
mod tests {
    use super::html_to_text;

    #[test]
    fn reads_like_the_page() {
        let cases = [
            ("Hallo<br>Welt", "Hallo\nWelt"),
            ("<p>One</p><p>Two&nbsp;&amp; three</p>", "One\n\nTwo & three"),
            ("<ul><li>a<li>b</ul>end", "- a\n- b\n\nend"),
            ("<ol><li>a</li><li>b<ul><li>c</li></ul></li></ol>", "1. a\n2. b\n  - c"),
            ("see <a href=\"https://x.test/a\">here</a>.", "see here <https://x.test/a>."),
            ("<a href='https://x.test/'>https://x.test</a>", "https://x.test"),
            ("<a href='mailto:a@b.test'>a@b.test</a>", "a@b.test"),
            (
                "<p>yes</p><blockquote>old<br>text<blockquote>older</blockquote></blockquote>no",
                "yes\n>\n> old\n> text\n> >\n> > older\n\nno",
            ),
            ("<table><tr><td>a</td><td>b</td></tr><tr><td>c<td>d</table>", "a | b\nc | d"),
            ("<style>p{}</style><script>x</script><title>t</title>text", "text"),
            ("<pre>a\n  b</pre>", "a\n  b"),
            ("&#228;&#xDF;&euro;&lt;b&gt;&bogus;", "äß€<b>&bogus;"),
            ("<!-- <b>no</b> -->yes<![if x]>!<![endif]>", "yes!"),
            ("a < b and c > d", "a < b and c > d"),
            ("<img src=x alt='Logo'>", "[Logo]"),
        ];
        for (html, text) in cases {
            assert_eq!(html_to_text(html), text, "{html}");
        }
    }

    #[test]
    fn deep_nesting_is_text_all_the_same() {
        let html = format!("{}deep{}", "<div><blockquote>".repeat(100_000), "</blockquote></div>".repeat(100_000));
        assert!(html_to_text(&html).ends_with("deep"));
    }
}
