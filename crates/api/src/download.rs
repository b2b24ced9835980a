//! Files from outside: never run, never shown but for the four kinds of picture.

use std::fmt::Write as _;

use axum::{body::Body, response::Response};
use http::{
    HeaderValue,
    header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
};

use crate::headers::set;

/// A file to save.
pub(crate) fn attachment(name: &str, content_type: &str, bytes: Vec<u8>) -> Response {
    file("attachment", name, content_type, bytes)
}

/// A picture to show where its bytes are one; any other file is there to save.
pub(crate) fn picture(name: &str, content_type: &str, bytes: Vec<u8>) -> Response {
    match picture_type(&bytes) {
        Some(picture) => file("inline", name, picture, bytes),
        None => attachment(name, content_type, bytes),
    }
}

fn file(disposition: &str, name: &str, content_type: &str, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    set(&mut response, CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'");
    set(&mut response, CACHE_CONTROL, "private, max-age=3600");
    let headers = response.headers_mut();
    let unknown = HeaderValue::from_static("application/octet-stream");
    headers.insert(CONTENT_TYPE, HeaderValue::from_str(content_type).unwrap_or(unknown));
    let value = format!("{disposition}; {}", file_name(name));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment")));
    response
}

/// The name as RFC 6266 wants it: plain for all, and in UTF-8 (RFC 8187) where plain is not enough.
fn file_name(name: &str) -> String {
    let safe = |c: char| match c {
        '/' | '\\' | '"' | '%' => '_',
        c if c.is_ascii_graphic() || c == ' ' => c,
        _ => '_',
    };
    let plain: String = name.chars().map(safe).collect();
    let mut value = format!("filename=\"{plain}\"");
    if plain != name {
        value.push_str("; filename*=UTF-8''");
        for byte in name.replace(['/', '\\'], "_").bytes().filter(|byte| !byte.is_ascii_control()) {
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                value.push(char::from(byte));
            } else {
                // Writing to a string cannot fail.
                let _ = write!(value, "%{byte:02X}");
            }
        }
    }
    value
}

/// Which of the four kinds of picture that may be shown these bytes are.
fn picture_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_rfc_6266_and_8187() {
        for (name, value) in [
            ("invoice.pdf", "filename=\"invoice.pdf\""),
            ("my file.txt", "filename=\"my file.txt\""),
            ("Übersicht €.ods", "filename=\"_bersicht _.ods\"; filename*=UTF-8''%C3%9Cbersicht%20%E2%82%AC.ods"),
            ("a\"b\r\nc", "filename=\"a_b__c\"; filename*=UTF-8''a%22bc"),
            ("../x", "filename=\".._x\"; filename*=UTF-8''.._x"),
        ] {
            assert_eq!(file_name(name), value);
        }
    }

    #[test]
    fn only_bytes_that_are_a_picture_are_shown() {
        let disposition = |bytes: &[u8]| {
            let response = picture("x", "image/png", bytes.to_vec());
            response.headers()[CONTENT_DISPOSITION].to_str().unwrap().to_owned()
        };
        assert_eq!(disposition(b"\x89PNG\r\n\x1a\nrest"), "inline; filename=\"x\"");
        assert_eq!(disposition(b"<script>"), "attachment; filename=\"x\"");
        assert_eq!(disposition(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "attachment; filename=\"x\"");
    }
}
