//! Transfer encodings, forgiving of damage.

use std::borrow::Cow;

/// Undoes a Content-Transfer-Encoding; the flag says that the data was damaged.
pub(crate) fn decode<'a>(bytes: &'a [u8], encoding: &str) -> (Cow<'a, [u8]>, bool) {
    match encoding.trim().trim_matches('"').to_ascii_lowercase().as_str() {
        "base64" => {
            let (decoded, damaged) = base64(bytes);
            (Cow::Owned(decoded), damaged)
        }
        "quoted-printable" => (Cow::Owned(quoted(bytes)), false),
        "x-uuencode" | "uuencode" | "x-uue" | "uue" => (Cow::Owned(uuencoded(bytes)), false),
        _ => (Cow::Borrowed(bytes), false),
    }
}

/// Base64 that skips what does not belong there and goes on after padding in the middle.
pub(crate) fn base64(bytes: &[u8]) -> (Vec<u8>, bool) {
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3 + 3);
    let (mut bits, mut count, mut damaged) = (0u32, 0u8, false);
    for &byte in bytes {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                damaged |= count == 1;
                (bits, count) = flush(&mut out, bits, count);
                continue;
            }
            b'\r' | b'\n' | b' ' | b'\t' => continue,
            _ => {
                damaged = true;
                continue;
            }
        };
        bits = bits << 6 | u32::from(value);
        count += 1;
        if count == 4 {
            out.extend_from_slice(&bits.to_be_bytes()[1..]);
            (bits, count) = (0, 0);
        }
    }
    damaged |= count == 1;
    flush(&mut out, bits, count);
    (out, damaged)
}

fn flush(out: &mut Vec<u8>, bits: u32, count: u8) -> (u32, u8) {
    match count {
        2 => out.push(u8::try_from(bits >> 4 & 0xFF).unwrap_or_default()),
        3 => out.extend_from_slice(&(bits << 6).to_be_bytes()[1..3]),
        _ => {}
    }
    (0, 0)
}

/// Quoted-printable; what is no escape stays as it stands.
pub(crate) fn quoted(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(b'=', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        match rest {
            [high, low, tail @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                out.push(nibble(*high) << 4 | nibble(*low));
                rest = tail;
            }
            _ => match soft_break(rest) {
                Some(tail) => rest = tail,
                None => out.push(b'='),
            },
        }
    }
    out.extend_from_slice(rest);
    out
}

fn soft_break(rest: &[u8]) -> Option<&[u8]> {
    let blank = rest.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\r')).unwrap_or(rest.len());
    match rest.get(blank) {
        Some(b'\n') => Some(&rest[blank + 1..]),
        None => Some(&[]),
        Some(_) => None,
    }
}

fn nibble(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        _ => byte.wrapping_sub(b'A').wrapping_add(10),
    }
}

fn uuencoded(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let lines = bytes.split(|&b| b == b'\n').map(<[u8]>::trim_ascii_end);
    for line in lines.skip_while(|line| !line.starts_with(b"begin ")).skip(1) {
        let Some((&length, data)) = line.split_first() else { continue };
        if line == b"end" {
            break;
        }
        let length = usize::from(length.wrapping_sub(32) & 63);
        let start = out.len();
        for group in data.chunks(4) {
            let bits = (0..4).fold(0u32, |bits, i| {
                let byte = group.get(i).copied().unwrap_or(b' ');
                bits << 6 | u32::from(byte.wrapping_sub(32) & 63)
            });
            out.extend_from_slice(&bits.to_be_bytes()[1..]);
        }
        out.truncate(start + length.min(out.len() - start));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_whole_and_damaged() {
        let cases: &[(&str, &str, bool)] = &[
            ("SGVsbG8=", "Hello", false),
            ("SGVs\r\nbG8", "Hello", false),
            ("SGVsbG8=SGVsbG8=", "HelloHello", false),
            ("SG*Vs!bG8=", "Hello", true),
            ("SGVsbG8gd29ybGQ", "Hello world", false),
            ("", "", false),
        ];
        for (encoded, expected, damaged) in cases {
            let (bytes, wrong) = base64(encoded.as_bytes());
            assert_eq!((String::from_utf8(bytes).unwrap().as_str(), wrong), (*expected, *damaged), "{encoded}");
        }
    }

    #[test]
    fn quoted_printable_whole_and_damaged() {
        let cases = [("a=3Db", "a=b"), ("a=\r\nb", "ab"), ("a= \nb", "ab"), ("50 = 50", "50 = 50"), ("=C3=bc", "ü"), ("x=", "x")];
        for (encoded, expected) in cases {
            assert_eq!(String::from_utf8(quoted(encoded.as_bytes())).unwrap(), expected, "{encoded}");
        }
    }

    #[test]
    fn uuencode() {
        let (bytes, _) = decode(b"begin 644 a.txt\n#0V%T\n`\nend\n", "x-uuencode");
        assert_eq!(&*bytes, b"Cat");
    }
}
