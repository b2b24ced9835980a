//! Recognises the same mail delivered twice.

use sha2::{Digest, Sha256};

/// Headers that transport adds or changes on the way into a mailbox.
const TRACE: &[&str] = &[
    "received",
    "return-path",
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-received",
    "delivery-date",
    "status",
    "x-status",
    "x-uid",
    "x-uidl",
    "x-keywords",
    "x-mozilla-status",
    "x-mozilla-status2",
    "x-spam-status",
    "x-spam-level",
    "x-spam-flag",
    "x-spam-score",
    "x-spam-checker-version",
    "authentication-results",
    "arc-seal",
    "arc-message-signature",
    "arc-authentication-results",
    "received-spf",
    "x-gmail-labels",
    "x-gm-thrid",
    "lines",
    "content-length",
];

/// SHA-256 of the mail without what transport changes: line ends, trace headers and blank lines at the end.
pub fn content_hash(raw: &[u8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    let mut in_headers = true;
    let mut skipping = false;
    let mut blank_lines = 0;
    for line in raw.split(|&b| b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if in_headers {
            match line.first() {
                None => in_headers = false,
                Some(b' ' | b'\t') if skipping => continue,
                Some(b' ' | b'\t') => {}
                Some(_) => skipping = is_trace(line),
            }
            if skipping && in_headers {
                continue;
            }
        }
        if line.is_empty() {
            blank_lines += 1;
            continue;
        }
        for _ in 0..blank_lines {
            hasher.update(b"\r\n");
        }
        blank_lines = 0;
        hasher.update(line);
        hasher.update(b"\r\n");
    }
    hasher.finalize().into()
}

fn is_trace(line: &[u8]) -> bool {
    if line.starts_with(b"From ") || line.starts_with(b">From ") {
        return true;
    }
    let name = line.split(|&b| b == b':').next().unwrap_or_default().trim_ascii_end();
    TRACE.iter().any(|trace| name.eq_ignore_ascii_case(trace.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::content_hash;

    #[test]
    fn transport_does_not_change_the_hash() {
        let one = content_hash(b"Received: from a\r\n by b\r\nSubject: x\r\n\r\nbody\r\n");
        let two = content_hash(b"Return-Path: <a@b>\nDelivered-To: c@d\nSubject: x\n\nbody\n\n");
        assert_eq!(one, two);
        assert_ne!(one, content_hash(b"Subject: x\n\nother\n"));
        assert_ne!(one, content_hash(b"Subject: y\n\nbody\n"));
        assert_ne!(one, content_hash(b"Subject: x\n\nReceived: in the body\nbody\n"));
    }
}
