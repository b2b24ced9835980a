//! From the account to a session that may send.

use std::net::SocketAddr;
use std::{io, pin::Pin, task};

use lettre::transport::smtp::{
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, AsyncTokioStream},
    extension::{ClientId, Extension},
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

use super::{Session, SmtpAccount, State, described, failure, refusal};
use crate::{
    Secret, Security,
    net::{Patience, Patient, Target, Wire, io_failure},
    probe::{ProbeCode, ProbeFailure},
    smtp::SendFailure,
};

/// What the protocol reads first after an upgrade, where no greeting comes.
const GREETING: &[u8] = b"220 ready\r\n";
/// A longer answer is none.
const LONGEST_ANSWER: usize = 16 * 1024;

pub(super) async fn open(account: &SmtpAccount) -> Result<Session, ProbeFailure> {
    let peer = format!("{}:{}", account.host, account.port);
    let target = Target {
        host: &account.host,
        port: account.port,
        ca_file: account.ca_file.as_deref(),
        connect: account.timeouts.connect,
        stranger: ProbeCode::NotSmtp,
    };
    let patience = Patience::new(account.timeouts.connect);
    let hello = ClientId::default();
    let tcp = target.tcp().await?;
    let wire: Box<dyn Wire> = match account.security {
        Security::Plain => Box::new(Patient::new(tcp, patience.clone())),
        Security::Tls => Box::new(Patient::new(target.tls(tcp).await?, patience.clone())),
        Security::StartTls => {
            let mut tcp = Patient::new(tcp, patience.clone());
            upgrade(&mut tcp, &hello, &peer).await?;
            Box::new(Patient::after(GREETING, target.tls(tcp).await?, patience.clone()))
        }
    };
    let line = AsyncSmtpConnection::connect_with_transport(Box::new(Transport(wire)), &hello).await;
    let mut line = line.map_err(|e| greeting_failure(&e, &peer))?;
    patience.set(account.timeouts.command);
    if let Some((user, password)) = &account.login {
        sign_in(&mut line, user, password, &peer).await?;
    }
    Ok(Session { line, patience, timeouts: account.timeouts, peer, state: State::Idle })
}

/// The greeting, EHLO and STARTTLS in the clear.
async fn upgrade<S: Wire>(stream: &mut S, hello: &ClientId, peer: &str) -> Result<(), ProbeFailure> {
    answer(stream, peer).await.and_then(|text| expect(&text, "220", ProbeCode::NotSmtp, peer))?;
    let offered = ask(stream, &format!("EHLO {hello}\r\n"), peer).await?;
    expect(&offered, "250", ProbeCode::NotSmtp, peer)?;
    let offers = offered.lines().any(|line| line.get(4..).is_some_and(|word| word.trim().eq_ignore_ascii_case("starttls")));
    if !offers {
        return Err(ProbeFailure::new(ProbeCode::Other, format!("{peer}: the server offers no STARTTLS")));
    }
    let ready = ask(stream, "STARTTLS\r\n", peer).await?;
    expect(&ready, "220", ProbeCode::Other, peer)
}

async fn ask<S: Wire>(stream: &mut S, command: &str, peer: &str) -> Result<String, ProbeFailure> {
    let lost = |e: io::Error| io_failure(&e, peer, ProbeCode::NotSmtp);
    stream.write_all(command.as_bytes()).await.map_err(lost)?;
    stream.flush().await.map_err(lost)?;
    answer(stream, peer).await
}

/// Reads a whole answer, byte by byte so that nothing of what follows an upgrade is taken.
async fn answer<S: Wire>(stream: &mut S, peer: &str) -> Result<String, ProbeFailure> {
    let mut text = Vec::new();
    let mut line = 0;
    loop {
        let byte = stream.read_u8().await.map_err(|e| io_failure(&e, peer, ProbeCode::NotSmtp))?;
        text.push(byte);
        if text.len() > LONGEST_ANSWER {
            return Err(ProbeFailure::new(ProbeCode::NotSmtp, format!("{peer}: the answer does not end")));
        }
        if byte == b'\n' {
            if text.get(line + 3) != Some(&b'-') {
                return Ok(String::from_utf8_lossy(&text).into_owned());
            }
            line = text.len();
        }
    }
}

fn expect(text: &str, code: &str, otherwise: ProbeCode, peer: &str) -> Result<(), ProbeFailure> {
    if text.starts_with(code) {
        return Ok(());
    }
    Err(ProbeFailure::new(otherwise, format!("{peer}: {}", text.trim())))
}

fn greeting_failure(error: &lettre::transport::smtp::Error, peer: &str) -> ProbeFailure {
    if error.is_response() {
        return ProbeFailure::new(ProbeCode::NotSmtp, format!("{peer}: what answers does not speak SMTP"));
    }
    failure(error, peer)
}

async fn sign_in(line: &mut AsyncSmtpConnection, user: &str, password: &Secret, peer: &str) -> Result<(), ProbeFailure> {
    const KNOWN: &[Mechanism] = &[Mechanism::Plain, Mechanism::Login];
    let other = |code, text: String| Err(ProbeFailure::new(code, format!("{peer}: {text}")));
    if line.server_info().get_auth_mechanism(KNOWN).is_none() {
        let code = if line.server_info().supports_feature(Extension::StartTls) { ProbeCode::TlsRequired } else { ProbeCode::Other };
        return other(code, "the server offers no way to sign in here".to_owned());
    }
    let credentials = Credentials::new(user.to_owned(), password.expose().to_owned());
    let Err(error) = line.auth(KNOWN, &credentials).await else { return Ok(()) };
    match refusal(&error) {
        Some(SendFailure::Refused { code: 530 | 538, text, .. }) => other(ProbeCode::TlsRequired, text),
        Some(SendFailure::Refused { permanent: true, text, .. }) => other(ProbeCode::WrongPassword, text),
        Some(_) => other(ProbeCode::Other, described(&error)),
        None => Err(failure(&error, peer)),
    }
}

/// Our stream as the protocol wants it.
#[derive(Debug)]
struct Transport(Box<dyn Wire>);

impl AsyncTokioStream for Transport {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }
}

impl AsyncRead for Transport {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>, buf: &mut ReadBuf<'_>) -> task::Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Transport {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>, data: &[u8]) -> task::Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> task::Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> task::Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
