//! The servers, and what they have of us.

use std::{
    io::Write,
    process::{Command, Stdio},
    sync::{Arc, LazyLock},
};

use docket_peers::{Dovecot, Smtp, SmtpOptions, Taken};
use serde_json::Value;

/// An ordinary Dovecot that the tests of one binary share; every user name exists.
pub fn dovecot() -> Arc<Dovecot> {
    static SERVER: LazyLock<Arc<Dovecot>> = LazyLock::new(|| Arc::new(Dovecot::start()));
    SERVER.clone()
}

/// An ordinary SMTP server that the tests of one binary share.
pub fn post() -> Arc<Smtp> {
    static SERVER: LazyLock<Arc<Smtp>> = LazyLock::new(|| Arc::new(Smtp::start(SmtpOptions::default())));
    SERVER.clone()
}

/// A mail that an SMTP server has taken, with its envelope.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Byte for byte.
    pub raw: Vec<u8>,
}

impl From<Taken> for Sent {
    fn from(taken: Taken) -> Self {
        Self { from: taken.from, to: taken.to, raw: taken.raw }
    }
}

impl Sent {
    /// A header's value, unfolded (RFC 5322 §2.2.3); `None` when there is none.
    pub fn header(&self, name: &str) -> Option<String> {
        let text = String::from_utf8_lossy(&self.raw);
        let head = text.split("\r\n\r\n").next().unwrap_or_default();
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let mut values = unfolded.lines().filter_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        });
        let first = values.next();
        assert!(values.next().is_none(), "{name} stands there twice");
        first
    }

    /// A header of Message-IDs, without angle brackets.
    pub fn ids(&self, name: &str) -> Vec<String> {
        let value = self.header(name).unwrap_or_default();
        value.split_whitespace().map(|id| id.trim_matches(['<', '>']).to_owned()).collect()
    }

    /// The Message-ID without angle brackets.
    pub fn message_id(&self) -> String {
        self.ids("Message-ID").pop().unwrap_or_default()
    }

    /// The mail as Python's reader understands it: `{subject, from, to, cc, text, html, files: [{name, type, hex}], defects}`.
    pub fn read(&self) -> Value {
        let mut python = Command::new("/usr/bin/python3")
            .args(["-c", READER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is installed");
        python.stdin.take().expect("a pipe was asked for").write_all(&self.raw).expect("python reads");
        let output = python.wait_with_output().expect("python ends");
        serde_json::from_slice(&output.stdout).expect("python prints JSON")
    }
}

const READER: &str = r#"
import email, email.policy, json, sys
mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
def body(kind):
    part = mail.get_body(preferencelist=(kind,))
    return part.get_content() if part else None
def data(part):
    return (part.get_payload(decode=True) or b'').hex()
files = [{'name': p.get_filename(), 'type': p.get_content_type(), 'hex': data(p)} for p in mail.iter_attachments()]
defects = [str(d) for p in mail.walk() for d in p.defects]
print(json.dumps({'subject': mail['subject'], 'from': mail['from'], 'to': mail['to'], 'cc': mail['cc'],
    'type': mail.get_content_type(), 'text': body('plain'), 'html': body('html'), 'files': files, 'defects': defects}))
"#;
