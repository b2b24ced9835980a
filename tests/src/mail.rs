//! Mail as customers write it.

use docket_app::new_id;

/// A mail to write; what is not said is as in an ordinary mail.
#[derive(Clone, Debug)]
pub struct Mail {
    headers: Vec<(String, String)>,
    text: String,
    files: Vec<(String, String, Vec<u8>)>,
}

impl Mail {
    /// A mail from somebody: `Petra <petra@x.test>`.
    pub fn from(sender: &str) -> Self {
        let id = new_id().simple();
        let headers = [
            ("From", sender),
            ("Subject", "Printer on fire"),
            ("Date", "Sat, 21 Nov 2026 10:00:00 +0100"),
            ("Message-ID", &format!("<{id}@customer.test>")),
        ];
        Self {
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            text: "It is on fire.\r\n".into(),
            files: Vec::new(),
        }
    }

    /// Its subject.
    pub fn subject(self, subject: &str) -> Self {
        self.header("Subject", subject)
    }

    /// Whom it goes to; a desk that gets it without this is put here.
    pub fn to(self, to: &str) -> Self {
        self.header("To", to)
    }

    /// Its text.
    pub fn text(mut self, text: &str) -> Self {
        self.text = text.replace("\r\n", "\n").replace('\n', "\r\n");
        self
    }

    /// A header, in the place of one of that name.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match self.headers.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, old)) => *old = value.to_owned(),
            None => self.headers.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// Leaves a header out.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    /// A file with it.
    pub fn attach(mut self, name: &str, content_type: &str, bytes: &[u8]) -> Self {
        self.files.push((name.into(), content_type.into(), bytes.to_vec()));
        self
    }

    /// Answers this Message-ID (without angle brackets).
    pub fn in_reply_to(self, message_id: &str) -> Self {
        let id = format!("<{message_id}>");
        self.header("In-Reply-To", &id).header("References", &id)
    }

    /// Its Message-ID without angle brackets; empty when it has none.
    pub fn message_id(&self) -> String {
        self.value("Message-ID").unwrap_or_default().trim_matches(['<', '>']).to_owned()
    }

    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The mail as bytes, with CRLF line ends.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = String::new();
        for (name, value) in &self.headers {
            out.push_str(&format!("{name}: {value}\r\n"));
        }
        if self.files.is_empty() {
            if self.value("Content-Type").is_none() {
                out.push_str("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n");
            }
            out.push_str(&format!("\r\n{}", self.text));
            return out.into_bytes();
        }
        out.push_str("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_edge\"\r\n\r\n");
        out.push_str(&format!("--=_edge\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n", self.text));
        for (name, content_type, bytes) in &self.files {
            out.push_str(&format!(
                "--=_edge\r\nContent-Type: {content_type}\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\
                 Content-Transfer-Encoding: base64\r\n\r\n{}",
                base64_lines(bytes)
            ));
        }
        out.push_str("--=_edge--\r\n");
        out.into_bytes()
    }
}

/// RFC 4648 in lines of 76 characters.
pub(crate) fn base64_lines(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len() * 3 / 2);
    for line in bytes.chunks(57) {
        for group in line.chunks(3) {
            let word = group.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
            for place in 0..4 {
                let letter = LETTERS[(word >> (18 - 6 * place)) as usize & 63];
                out.push(if place <= group.len() { char::from(letter) } else { '=' });
            }
        }
        out.push_str("\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::base64_lines;

    /// RFC 4648 §10.
    #[test]
    fn base64_is_that_of_the_rfc() {
        for (bytes, text) in [("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64_lines(bytes.as_bytes()), format!("{text}\r\n"));
        }
    }
}
