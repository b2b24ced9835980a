//! Makes the HTML of strangers harmless.

use std::{borrow::Cow, sync::LazyLock};

use ammonia::{Builder, UrlRelative};

pub use crate::html_text::html_to_text;
use crate::{
    compose::text_to_html,
    style,
    tokens::{Token, Tokens, attributes},
};

/// Longer HTML is shown as text.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// Elements deeper than this are left out, their text stays.
const DEEPEST: usize = 250;
/// Tags with more attributes than this are left out.
const MOST_ATTRIBUTES: usize = 60;
/// How many copies of open formatting elements a parser may be made to produce.
const MOST_COPIES: usize = 400_000;

/// Returns HTML that runs nothing, posts nothing and loads nothing but images; links open outside and tell
/// nobody where they came from. Takes time linear in the input; what would blow up a parser becomes text.
pub fn sanitise(html: &str) -> String {
    let guarded = (html.len() <= MOST_BYTES).then(|| guard(html)).flatten();
    match guarded {
        Some(guarded) => CLEANER.clean(&guarded).to_string(),
        None => text_to_html(&html_to_text(html)),
    }
}

/// An element that is open, and whether its tags were written.
struct Open {
    name: String,
    kept: bool,
}

/// Writes the HTML again without what makes tree builders slow: depth, endless attributes, and formatting
/// elements that would be copied into every following block (`None` then).
fn guard(html: &str) -> Option<String> {
    let mut out = String::with_capacity(html.len());
    let mut open: Vec<Open> = Vec::new();
    let mut formats = 0;
    let mut copies = 0;
    for token in Tokens::new(html) {
        match token {
            Token::Text(text) => out.push_str(&literal(text)),
            Token::Start { name, attributes: text } => {
                if !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
                    continue;
                }
                let few = attributes(text).take(MOST_ATTRIBUTES + 1).count() <= MOST_ATTRIBUTES;
                let kept = open.len() < DEEPEST && few;
                if !is_format(&name) {
                    copies += formats;
                }
                if copies > MOST_COPIES {
                    return None;
                }
                if kept {
                    write_tag(&mut out, &name, text);
                }
                if is_format(&name) {
                    formats += usize::from(kept);
                }
                if !closes_itself(&name) {
                    open.push(Open { name, kept });
                }
            }
            Token::End { name } => {
                let near = open.len().saturating_sub(40);
                let kept = match open[near..].iter().rposition(|o| o.name == name) {
                    Some(found) => {
                        let kept = open[near + found].kept;
                        open.truncate(near + found);
                        kept
                    }
                    None => open.len() < DEEPEST,
                };
                if kept && name.bytes().all(|b| b.is_ascii_alphanumeric()) {
                    formats = formats.saturating_sub(usize::from(is_format(&name)));
                    out.push_str(&format!("</{name}>"));
                }
            }
        }
    }
    Some(out)
}

fn write_tag(out: &mut String, name: &str, text: &str) {
    out.push('<');
    out.push_str(name);
    for (name, value) in attributes(text) {
        if name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            let value = value.replace('&', "&amp;").replace('"', "&quot;");
            out.push_str(&format!(" {name}=\"{value}\""));
        }
    }
    out.push('>');
}

/// A lone `<` is text, whatever a parser would make of it.
fn literal(text: &str) -> Cow<'_, str> {
    if text.contains('<') { Cow::Owned(text.replace('<', "&lt;")) } else { Cow::Borrowed(text) }
}

fn is_format(name: &str) -> bool {
    matches!(name, "a" | "b" | "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small" | "strike" | "strong" | "tt" | "u")
}

/// Elements without an end tag, or whose end tag is commonly left out.
fn closes_itself(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
            | "p"
            | "li"
            | "td"
            | "th"
            | "tr"
            | "dd"
            | "dt"
            | "option"
            | "tbody"
            | "thead"
            | "tfoot"
            | "html"
            | "head"
            | "body"
            | "colgroup"
    )
}

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(cleaner);

fn cleaner() -> Builder<'static> {
    let mut builder = Builder::default();
    builder
        .add_tags(["font", "big", "tfoot", "u", "strike", "tt", "center"])
        .rm_tags(["map", "area"])
        .add_clean_content_tags([
            "title", "textarea", "select", "template", "svg", "math", "object", "iframe", "noscript", "noembed", "noframes", "xmp",
            "audio", "video", "applet", "button",
        ])
        .generic_attributes(["style", "dir", "lang", "title", "align", "valign", "width", "height", "bgcolor", "color"].into())
        .add_tag_attributes("img", ["border", "hspace", "vspace"])
        .add_tag_attributes("table", ["border", "cellpadding", "cellspacing"])
        .add_tag_attributes("td", ["colspan", "rowspan", "nowrap"])
        .add_tag_attributes("th", ["colspan", "rowspan", "nowrap"])
        .add_tag_attributes("font", ["face", "size"])
        .add_tag_attributes("ol", ["start", "type"])
        .add_tag_attributes("ul", ["type"])
        .rm_tag_attributes("blockquote", ["cite"])
        .rm_tag_attributes("q", ["cite"])
        .rm_tag_attributes("del", ["cite"])
        .rm_tag_attributes("ins", ["cite"])
        .url_schemes(["http", "https", "mailto", "tel", "ftp", "cid", "data"].into())
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer"))
        .set_tag_attribute_value("a", "target", "_blank")
        .attribute_filter(allowed);
    builder
}

fn allowed<'u>(element: &str, attribute: &str, value: &'u str) -> Option<Cow<'u, str>> {
    match (element, attribute) {
        (_, "style") => style::safe(value).map(Cow::Owned),
        ("img", "src") => is_image(value).then_some(Cow::Borrowed(value)),
        ("a", "href") => is_link(value).then_some(Cow::Borrowed(value)),
        (_, "href" | "src") => None,
        _ => Some(Cow::Borrowed(value)),
    }
}

fn begins(value: &str, prefixes: &[&str]) -> bool {
    let value = value.trim_ascii_start();
    prefixes.iter().any(|prefix| value.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)))
}

fn is_image(value: &str) -> bool {
    const DATA: &[&str] = &["data:image/png", "data:image/jpeg", "data:image/jpg", "data:image/gif", "data:image/webp"];
    begins(value, &["http://", "https://", "cid:"]) || DATA.iter().any(|kind| begins(value, &[&format!("{kind};"), &format!("{kind},")]))
}

fn is_link(value: &str) -> bool {
    begins(value, &["http://", "https://", "mailto:", "tel:", "ftp://"])
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn nothing_active_survives() {
        let attacks = [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<a href=\"java\tscript:alert(1)\">x</a>",
            "<a href=\" &#106;avascript:alert(1)\">x</a>",
            "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
            "<iframe src=\"https://evil.test\"></iframe>",
            "<form action=https://evil.test><input name=a><button>go</button></form>",
            "<meta http-equiv=refresh content='0;url=https://evil.test'>",
            "<base href=https://evil.test/>",
            "<link rel=stylesheet href=https://evil.test/x.css>",
            "<style>@import url(https://evil.test/x.css)</style>",
            "<div style=\"background:url(https://evil.test/x.png)\">x</div>",
            "<div style=\"background:u\\72l(https://evil.test/x.png)\">x</div>",
            "<div style=\"width:expression(alert(1))\">x</div>",
            "<div style=\"color:red;/**/behavior:url(x)\">x</div>",
            "<svg onload=alert(1)><script>alert(1)</script></svg>",
            "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
            "<object data=https://evil.test></object><embed src=https://evil.test>",
            "<img src=\"data:image/svg+xml;base64,PHN2Zz4=\">",
            "<img src=https://ok.test/a.png srcset=\"https://evil.test/b.png 2x\">",
            "<table background=https://evil.test/x.png><tr><td background=https://evil.test/x>x</table>",
            "<a href=https://ok.test ping=https://evil.test>x</a>",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
            "<<script>alert(1)//<</script>",
            "<img src=\"x` `<script>alert(1)</script>\"` `>",
            "<video src=https://evil.test/x.mp4 poster=https://evil.test/p></video>",
        ];
        for attack in attacks {
            let clean = sanitise(attack).to_ascii_lowercase();
            for bad in [
                "<script",
                "onerror=",
                "onload=",
                "javascript:",
                "evil.test",
                "expression",
                "behavior",
                "<form",
                "<input",
                "<iframe",
                "<meta",
                "<base",
                "svg+xml",
                "text/html",
            ] {
                let escaped = clean.replace("&lt;script", "");
                assert!(!escaped.contains(bad), "{attack}\n -> {clean}");
            }
        }
    }

    #[test]
    fn what_a_mail_needs_stays() {
        let html = "<table border=1 width=100%><tr><td colspan=2 style=\"color:#FF0000; padding: 2px\">a</td></tr></table>\
            <img src=cid:logo@x width=10><img src=\"data:image/png;base64,AAAA\"><img src=https://x.test/a.png>\
            <a href=\"https://x.test/?a=1&amp;b=2\">link</a>";
        let clean = sanitise(html);
        for wanted in [
            "colspan=\"2\"",
            "color:#FF0000",
            "padding:2px",
            "cid:logo@x",
            "data:image/png;base64,AAAA",
            "https://x.test/a.png",
            "https://x.test/?a=1&amp;b=2",
            "rel=\"noopener noreferrer\"",
            "target=\"_blank\"",
        ] {
            assert!(clean.contains(wanted), "{wanted} in {clean}");
        }
    }

    #[test]
    fn cleaning_twice_changes_nothing() {
        for html in ["<p>a<b>b</p>c", "a < b & c", "<a href=https://x.test>x</a>", "<td>x</td>", "&lt;script&gt;"] {
            let once = sanitise(html);
            assert_eq!(sanitise(&once), once);
        }
    }

    #[test]
    fn bombs_end_in_time() {
        let distinct: String = (0..20_000).map(|n| format!("<font color=c{n}>")).collect();
        let attributes: String = (0..100_000).map(|n| format!(" a{n}=1")).collect();
        let bombs = [
            "<div>".repeat(100_000) + "deep",
            "<table><tr><td>".repeat(50_000) + "deep",
            distinct + &"<p>deep".repeat(100_000),
            format!("<p{attributes}>deep"),
            "<!--".repeat(100_000) + "deep",
            "<script>".repeat(100_000) + "deep",
            "<a href=\"".repeat(50_000) + "deep",
            "</p>".repeat(200_000) + "deep",
            "<b><p>".repeat(50_000) + "deep",
        ];
        for bomb in bombs {
            let begun = Instant::now();
            let clean = sanitise(&bomb);
            let taken = begun.elapsed();
            assert!(taken < Duration::from_secs(20), "{}… took {taken:?}", &bomb[..40]);
            assert!(clean.len() < 80_000_000);
        }
    }
}
