//! What the SMTP server has kept, by Message-ID.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use docket_peers::Taken;

/// A header of a mail, unfolded enough for ids.
pub(super) fn header<'a>(raw: &'a str, name: &str) -> Option<&'a str> {
    let head = raw.split("\r\n\r\n").next().unwrap_or_default().split("\n\n").next().unwrap_or_default();
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// The Message-ID of a mail, without its brackets.
pub(super) fn message_id(raw: &[u8]) -> String {
    let raw = String::from_utf8_lossy(raw);
    bare(header(&raw, "message-id").unwrap_or_default()).to_owned()
}

pub(super) fn bare(id: &str) -> &str {
    id.trim().trim_start_matches('<').trim_end_matches('>')
}

/// How often the server has each mail.
pub(super) fn recorded(taken: &[Taken]) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for mail in taken {
        *counts.entry(message_id(&mail.raw)).or_default() += 1;
    }
    counts
}

/// The file of a note that the server keeps beside its record.
pub(super) fn note(record: &Path, word: &str) -> PathBuf {
    let mut path = record.as_os_str().to_owned();
    path.push(format!(".{word}"));
    path.into()
}

/// The Message-IDs that a note of the server names: those whose text arrived, or those that were answered.
pub(super) fn noted(record: &Path, word: &str) -> HashSet<String> {
    let text = std::fs::read_to_string(note(record, word)).unwrap_or_default();
    text.lines().filter_map(|line| line.split_once(' ')).map(|(_, id)| bare(id).to_owned()).collect()
}
