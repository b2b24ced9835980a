//! IMAP and SMTP against Dovecot and a real SMTP server.

mod peers {
    pub mod imap;
    pub mod probe;
    pub mod smtp;
}

use docket_mail::{
    Secret, Security,
    imap::ImapAccount,
    smtp::{SmtpAccount, Timeouts},
};
use docket_peers::{Dovecot, Smtp};

/// The account of one user on a plain connection.
fn imap(server: &Dovecot, user: &str) -> ImapAccount {
    ImapAccount {
        host: "127.0.0.1".into(),
        port: server.port(),
        security: Security::Plain,
        user: user.into(),
        password: Secret::new("secret"),
        folder: "INBOX".into(),
        ca_file: None,
    }
}

/// A plain account without sign-in.
fn smtp(server: &Smtp) -> SmtpAccount {
    SmtpAccount {
        host: "127.0.0.1".into(),
        port: server.port(),
        security: Security::Plain,
        login: None,
        ca_file: server.certificate().map(|certificate| certificate.authority.clone()),
        timeouts: Timeouts::default(),
    }
}

/// A small mail with this subject.
fn mail(subject: &str) -> Vec<u8> {
    format!("From: ana@x.test\nMessage-ID: <{subject}@x.test>\nSubject: {subject}\n\nhello {subject}\n").into_bytes()
}
