//! The safe subset of inline styles: known properties, plain values, nothing that loads.

/// The longest value that is kept.
const LONGEST: usize = 400;

const PROPERTIES: &[&str] = &[
    "background",
    "background-color",
    "border",
    "border-bottom",
    "border-bottom-color",
    "border-bottom-style",
    "border-bottom-width",
    "border-collapse",
    "border-color",
    "border-left",
    "border-left-color",
    "border-left-style",
    "border-left-width",
    "border-radius",
    "border-right",
    "border-right-color",
    "border-right-style",
    "border-right-width",
    "border-spacing",
    "border-style",
    "border-top",
    "border-top-color",
    "border-top-style",
    "border-top-width",
    "border-width",
    "box-sizing",
    "clear",
    "color",
    "direction",
    "display",
    "empty-cells",
    "float",
    "font",
    "font-family",
    "font-size",
    "font-style",
    "font-variant",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "list-style-type",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-height",
    "max-width",
    "min-height",
    "min-width",
    "overflow-wrap",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "table-layout",
    "text-align",
    "text-decoration",
    "text-indent",
    "text-transform",
    "unicode-bidi",
    "vertical-align",
    "white-space",
    "width",
    "word-break",
    "word-spacing",
    "word-wrap",
];

/// The declarations that are safe, or `None` when none is.
pub(crate) fn safe(style: &str) -> Option<String> {
    let kept: Vec<String> = style.split(';').take(200).filter_map(declaration).collect();
    (!kept.is_empty()).then(|| kept.join(";"))
}

fn declaration(text: &str) -> Option<String> {
    let (property, value) = text.split_once(':')?;
    let property = property.trim().to_ascii_lowercase();
    let value = value.trim();
    let known = PROPERTIES.binary_search(&property.as_str()).is_ok();
    (known && plain(value)).then(|| format!("{property}:{value}"))
}

/// Words, numbers, colours and quoted font names; functions only of colours.
fn plain(value: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || " #%.,!+-_'\"()/".contains(c);
    !value.is_empty()
        && value.len() <= LONGEST
        && value.chars().all(allowed)
        && !value.contains("//")
        && !value.contains("/*")
        && functions(value).all(|name| matches!(name.as_str(), "rgb" | "rgba" | "hsl" | "hsla"))
}

fn functions(value: &str) -> impl Iterator<Item = String> {
    let before_parens = value.split('(').count() - 1;
    value.split('(').take(before_parens).map(|before| {
        let word = before.rsplit(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).next();
        word.unwrap_or_default().to_ascii_lowercase()
    })
}

#[cfg(test)]
mod tests {
    use super::{PROPERTIES, safe};

    #[test]
    fn only_known_and_plain() {
        assert!(PROPERTIES.is_sorted());
        let cases = [
            ("color: red; FONT-SIZE:11pt", Some("color:red;font-size:11pt")),
            ("background: rgb(1, 2, 3)", Some("background:rgb(1, 2, 3)")),
            ("font-family:'Segoe UI',\"Arial\"", Some("font-family:'Segoe UI',\"Arial\"")),
            ("background: url(x)", None),
            ("background: \\75rl(x)", None),
            ("position: fixed; top: 0", None),
            ("width: expression(alert(1))", None),
            ("color: red/**/;color:blue", Some("color:blue")),
            ("color", None),
            ("width: image-set('x')", None),
        ];
        for (style, expected) in cases {
            assert_eq!(safe(style).as_deref(), expected, "{style}");
        }
    }
}
