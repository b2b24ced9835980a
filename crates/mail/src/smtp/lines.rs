//! Line ends as SMTP wants them.

use std::borrow::Cow;

/// The mail with CRLF line ends and without the last one, which the end of the text brings along.
pub(super) fn crlf(mail: &[u8]) -> Cow<'_, [u8]> {
    let good = |at: usize| match mail[at] {
        b'\n' => at > 0 && mail[at - 1] == b'\r',
        b'\r' => mail.get(at + 1) == Some(&b'\n'),
        _ => true,
    };
    if memchr::memchr2_iter(b'\r', b'\n', mail).all(good) {
        return Cow::Borrowed(mail.strip_suffix(b"\r\n").unwrap_or(mail));
    }
    let mut out = Vec::with_capacity(mail.len() + mail.len() / 40);
    let mut previous = 0;
    for &byte in mail {
        match byte {
            b'\n' if previous == b'\r' => {}
            b'\n' | b'\r' => out.extend_from_slice(b"\r\n"),
            _ => out.push(byte),
        }
        previous = byte;
    }
    if out.ends_with(b"\r\n") {
        out.truncate(out.len() - 2);
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::crlf;

    #[test]
    fn every_line_end_becomes_one() {
        for (mail, expected) in [
            (&b"a\r\nb\r\n"[..], &b"a\r\nb"[..]),
            (b"a\nb\n", b"a\r\nb"),
            (b"a\rb", b"a\r\nb"),
            (b"a\r\n\nb", b"a\r\n\r\nb"),
            (b"a\n\r\nb\r", b"a\r\n\r\nb"),
            (b"", b""),
        ] {
            assert_eq!(&*crlf(mail), expected);
        }
    }
}
