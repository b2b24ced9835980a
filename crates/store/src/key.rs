//! Texts as keys: folded for search, as bytes for sorting, cut to what an index holds, and what a text column can hold at all.
//!
//! In Rust because the databases differ: `lower()` knows only ASCII on SQLite, order depends on the collation on PostgreSQL,
//! which also takes no NUL and no index entry above 2,704 bytes.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

/// Longer keys are cut and made distinct by a hash.
const INDEXED: usize = 512;
/// So much of a text decides its place in a list.
const SORTED: usize = 120;
/// So much of a text is searched.
const SEARCHED: usize = 300;

/// Lower case, and Latin letters without their marks: `Übergrößen` and `ubergrossen` are the same.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            '\0' | '\u{300}'..='\u{36f}' => {}
            ' '..='~' => folded.push(c),
            'à'..='å' | 'ā' | 'ă' | 'ą' => folded.push('a'),
            'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => folded.push('c'),
            'ď' | 'đ' => folded.push('d'),
            'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => folded.push('e'),
            'ĝ' | 'ğ' | 'ġ' | 'ģ' => folded.push('g'),
            'ì'..='ï' | 'ĩ' | 'ī' | 'į' | 'ı' => folded.push('i'),
            'ķ' => folded.push('k'),
            'ĺ' | 'ļ' | 'ľ' | 'ł' => folded.push('l'),
            'ñ' | 'ń' | 'ņ' | 'ň' => folded.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => folded.push('o'),
            'ŕ' | 'ŗ' | 'ř' => folded.push('r'),
            'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => folded.push('s'),
            'ţ' | 'ť' | 'ț' => folded.push('t'),
            'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'ź' | 'ż' | 'ž' => folded.push('z'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            other => folded.push(other),
        }
    }
    folded
}

/// What a text is sorted by; stored as bytes.
pub(crate) fn sort(text: &str) -> String {
    fold(head(text.trim_start(), SORTED))
}

/// What is searched of several texts.
pub(crate) fn search(texts: &[&str]) -> String {
    texts.iter().map(|text| fold(head(text, SEARCHED))).collect::<Vec<_>>().join("\n")
}

/// `text` as the value of an indexed column.
pub(crate) fn indexed(text: &str) -> Cow<'_, str> {
    if text.len() <= INDEXED {
        return storable(text);
    }
    let hash: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    Cow::Owned(format!("{}…{hash}", storable(head(text, INDEXED - 80))))
}

/// `text` without what a text column cannot hold.
pub(crate) fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

/// [`storable`] where there may be none.
pub(crate) fn storable_option(text: Option<&String>) -> Option<Cow<'_, str>> {
    text.map(|text| storable(text))
}

/// `text` for a `like … escape '\'`.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

fn head(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_forgets_case_and_marks() {
        for (text, folded) in [
            ("ÜBERGRÖSSE", "ubergrosse"),
            ("u\u{308}ber Straße", "uber strasse"),
            ("Łódź", "lodz"),
            ("İstanbul", "istanbul"),
            ("ΑΘΗΝΑ", "αθηνα"),
            ("Москва 東京", "москва 東京"),
            ("a\0b", "ab"),
        ] {
            assert_eq!(fold(text), folded);
            assert_eq!(fold(folded), folded, "folding twice changes nothing");
        }
    }

    #[test]
    fn long_keys_stay_distinct_and_short() {
        let (one, other) = (format!("{}1", "ä".repeat(5_000)), format!("{}2", "ä".repeat(5_000)));
        assert_ne!(indexed(&one), indexed(&other));
        assert!(indexed(&one).len() <= INDEXED);
        assert_eq!(indexed("short@example.org"), "short@example.org");
    }
}
