//! Each thing that can be wrong with an account gets its own word.

use std::time::Duration;

use docket_mail::{
    Secret, Security,
    probe::{ProbeCode, probe_imap, probe_smtp},
};
use docket_peers::{Dovecot, DovecotOptions, Smtp, SmtpOptions, SmtpTls, free_port};

use super::super::{imap, mail, smtp};

#[tokio::test]
async fn imap_accounts() {
    let server = Dovecot::start();
    let strict = Dovecot::start_with(DovecotOptions { require_tls: true, ..DovecotOptions::default() });
    let stranger = Smtp::start(SmtpOptions::default());
    server.deliver("u1@a.test", &mail("one"));
    let good = imap(&server, "u1@a.test");
    assert_eq!(probe_imap(&good).await.unwrap().total, 1);
    let trusted = Some(server.certificate().authority.clone());

    let mut cases = vec![];
    let mut case = |code, change: &dyn Fn(&mut docket_mail::imap::ImapAccount)| {
        let mut account = good.clone();
        change(&mut account);
        cases.push((code, account));
    };
    case(ProbeCode::NameNotFound, &|a| a.host = "no-such-host.invalid".into());
    case(ProbeCode::NameNotFound, &|a| a.host = String::new());
    case(ProbeCode::Refused, &|a| a.port = free_port());
    case(ProbeCode::WrongPassword, &|a| a.password = Secret::new("wrong"));
    case(ProbeCode::WrongPassword, &|a| a.password = Secret::new("pässword"));
    case(ProbeCode::FolderMissing, &|a| a.folder = "Nowhere".into());
    case(ProbeCode::FolderMissing, &|a| a.folder = "Ältere".into());
    case(ProbeCode::Certificate, &|a| (a.security, a.port) = (Security::Tls, server.tls_port()));
    case(ProbeCode::Certificate, &|a| a.security = Security::StartTls);
    // Dovecot trusts a client that comes from the server's own address.
    case(ProbeCode::TlsRequired, &|a| (a.host, a.port) = ("127.0.0.2".into(), strict.port()));
    case(ProbeCode::NotImap, &|a| a.port = stranger.port());
    case(ProbeCode::NotImap, &|a| (a.port, a.security) = (stranger.port(), Security::StartTls));
    case(ProbeCode::NotImap, &|a| a.security = Security::Tls);
    case(ProbeCode::NotImap, &|a| (a.security, a.ca_file) = (Security::Tls, trusted.clone()));
    for (code, account) in cases {
        let failed = probe_imap(&account).await.unwrap_err();
        assert_eq!(failed.code, code, "{failed:?} for {account:?}");
        assert!(!failed.detail.contains("secret") && !failed.detail.contains("info: Some"), "{failed:?}");
    }
}

#[tokio::test]
async fn smtp_accounts() {
    let login = Some(("ana".to_owned(), "secret".to_owned()));
    let server = Smtp::start(SmtpOptions { login: login.clone(), ..SmtpOptions::default() });
    let upgrading = Smtp::start(SmtpOptions { login, tls: SmtpTls::RequireStartTls, ..SmtpOptions::default() });
    let encrypted = Smtp::start(SmtpOptions { tls: SmtpTls::Tls, ..SmtpOptions::default() });
    let stranger = Dovecot::start();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_port = silent.local_addr().unwrap().port();
    let mut good = smtp(&server);
    probe_smtp(&good).await.unwrap();
    good.login = Some(("ana".into(), Secret::new("secret")));
    probe_smtp(&good).await.unwrap();
    assert!(server.taken().is_empty());

    let mut cases = vec![];
    let mut case = |code, change: &dyn Fn(&mut docket_mail::smtp::SmtpAccount)| {
        let mut account = good.clone();
        change(&mut account);
        cases.push((code, account));
    };
    case(ProbeCode::NameNotFound, &|a| a.host = "no-such-host.invalid".into());
    case(ProbeCode::Refused, &|a| a.port = free_port());
    case(ProbeCode::WrongPassword, &|a| a.login = Some(("ana".into(), Secret::new("wrong"))));
    case(ProbeCode::TlsRequired, &|a| a.port = upgrading.port());
    case(ProbeCode::TlsRequired, &|a| (a.port, a.login) = (upgrading.port(), None));
    case(ProbeCode::Certificate, &|a| (a.port, a.security) = (encrypted.port(), Security::Tls));
    case(ProbeCode::Certificate, &|a| (a.port, a.security) = (upgrading.port(), Security::StartTls));
    case(ProbeCode::NotSmtp, &|a| a.port = stranger.port());
    case(ProbeCode::NotSmtp, &|a| (a.port, a.security) = (stranger.port(), Security::StartTls));
    case(ProbeCode::NotSmtp, &|a| a.security = Security::Tls);
    case(ProbeCode::Other, &|a| a.security = Security::StartTls);
    case(ProbeCode::Timeout, &|a| (a.port, a.timeouts.connect) = (silent_port, Duration::from_millis(200)));
    for (code, account) in cases {
        let failed = probe_smtp(&account).await.unwrap_err();
        assert_eq!(failed.code, code, "{failed:?} for {account:?}");
    }
}
