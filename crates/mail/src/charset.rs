//! Bytes of any charset, honestly or wrongly labelled, as text.

use std::borrow::Cow;

use mail_parser::decoders::charsets::map::charset_decoder;

/// Decodes `bytes` labelled `label`. The second value is a warning code when the label was wrong or unknown.
pub(crate) fn decode(bytes: &[u8], label: Option<&str>) -> (String, Option<&'static str>) {
    let label = label.map(|l| l.trim().trim_matches(['"', '\'']).to_ascii_lowercase());
    if let Some(text) = by_mark(bytes) {
        return (text, None);
    }
    let (text, warning) = match label.as_deref().unwrap_or_default() {
        "" => (unlabelled(bytes), None),
        "utf-8" | "utf8" => {
            let (text, utf8) = western(bytes);
            (text.into_owned(), (!utf8).then_some("charset_mislabelled"))
        }
        label if is_western(label) => {
            let (text, utf8) = western(bytes);
            let wrong = utf8 && !bytes.is_ascii();
            (text.into_owned(), wrong.then_some("charset_mislabelled"))
        }
        label => labelled(bytes, label),
    };
    (without_nul(text), warning)
}

fn by_mark(bytes: &[u8]) -> Option<String> {
    let (name, rest) = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => return Some(String::from_utf8_lossy(rest).into_owned()),
        [0xFF, 0xFE, rest @ ..] => ("utf-16le", rest),
        [0xFE, 0xFF, rest @ ..] => ("utf-16be", rest),
        _ => return None,
    };
    charset_decoder(name.as_bytes()).map(|decode| without_nul(decode(rest)))
}

/// What mailers call Latin-1 is windows-1252 (as browsers have it), or UTF-8 that nobody relabelled.
fn is_western(label: &str) -> bool {
    matches!(
        label,
        "us-ascii"
            | "ascii"
            | "ansi_x3.4-1968"
            | "iso-8859-1"
            | "iso8859-1"
            | "iso_8859-1"
            | "latin1"
            | "windows-1252"
            | "cp1252"
            | "7bit"
            | "8bit"
    )
}

/// UTF-8 if it is valid, else windows-1252; says whether it was UTF-8.
fn western(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), true),
        Err(_) => (Cow::Owned(windows_1252(bytes)), false),
    }
}

/// Text that nobody labelled: UTF-8 if it is valid, else by its look. Where that is a Latin alphabet, it is windows-1252: few
/// letters do not tell one Latin charset from another.
fn unlabelled(bytes: &[u8]) -> String {
    const FEW: usize = 6;
    if std::str::from_utf8(bytes).is_err() && bytes.iter().filter(|byte| !byte.is_ascii()).count() >= FEW {
        let mut detector = chardetng::EncodingDetector::new();
        detector.feed(bytes, true);
        let (text, ..) = detector.guess(None, true).decode(bytes);
        if text.chars().find(|c| !c.is_ascii() && c.is_alphabetic()).is_some_and(|c| c > '\u{24f}') {
            return text.into_owned();
        }
    }
    western(bytes).0.into_owned()
}

fn windows_1252(bytes: &[u8]) -> String {
    match charset_decoder(b"windows-1252") {
        Some(decode) => decode(bytes),
        None => bytes.iter().map(|&b| char::from(b)).collect(),
    }
}

fn labelled(bytes: &[u8], label: &str) -> (String, Option<&'static str>) {
    let label = match label {
        "unicode-1-1-utf-7" | "x-unicode-1-1-utf-7" | "x-unicode-2-0-utf-7" => "utf-7",
        other => other,
    };
    let Some(decode) = charset_decoder(label.as_bytes()) else {
        return (western(bytes).0.into_owned(), Some("charset_unknown"));
    };
    let text = decode(bytes);
    let broken = text.contains(char::REPLACEMENT_CHARACTER);
    match std::str::from_utf8(bytes) {
        Ok(utf8) if broken => (utf8.to_owned(), Some("charset_mislabelled")),
        _ => (text, broken.then_some("charset_broken")),
    }
}

fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "") } else { text }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn labels_right_and_wrong() {
        let cases: &[(&[u8], Option<&str>, &str)] = &[
            (b"gr\xfc\xdfe", Some("iso-8859-1"), "grüße"),
            (b"\x80 100 \x84ja\x93", Some("ISO-8859-1"), "€ 100 „ja“"),
            ("grüße".as_bytes(), Some("iso-8859-1"), "grüße"),
            (b"gr\xfc\xdfe", Some("utf-8"), "grüße"),
            (b"gr\xfc\xdfe", Some("us-ascii"), "grüße"),
            (b"\xa4 5", Some("iso-8859-15"), "€ 5"),
            (b"gr+APwA3w-e", Some("utf-7"), "grüße"),
            (b"gr+APwA3w-e", Some("unicode-1-1-utf-7"), "grüße"),
            ("grüße".as_bytes(), Some("x-nonsense"), "grüße"),
            (b"gr\xfc\xdfe", None, "grüße"),
            (b"\xef\xbb\xbfa", Some("iso-8859-1"), "a"),
            (b"\xff\xfea\0b\0", None, "ab"),
            (b"\xcf\xf0\xe8\xe2\xe5\xf2", Some("windows-1251"), "Привет"),
            (b"\x1b$B$3$s\x1b(B", Some("iso-2022-jp"), "こん"),
            (b"\xc4\xe3\xba\xc3", Some("gb2312"), "你好"),
        ];
        for (bytes, label, expected) in cases {
            assert_eq!(decode(bytes, *label).0, *expected, "{label:?}");
        }
    }

    #[test]
    fn what_nobody_labelled_is_told_by_its_look() {
        let cases: &[(&[u8], &str)] = &[
            (b"\xbb\xfa\xb7\xbf\xbb\xb7\xbe\xb3\xb7\xa8\xb9\xe6", "机房环境法规"),
            (b"\xcd\xe5 \xf0\xe0\xe1\xee\xf2\xe0\xe5\xf2 \xef\xf0\xe8\xed\xf2\xe5\xf0", "Не работает принтер"),
            (b"Gr\xfc\xdfe aus M\xfcnchen, gr\xf6\xdfer und sch\xf6ner f\xfcr \xc4rzte", "Grüße aus München, größer und schöner für Ärzte"),
            (b"gr\xfc\xdfe", "grüße"),
        ];
        for (bytes, wanted) in cases {
            assert_eq!(decode(bytes, None).0, *wanted);
        }
    }
}
