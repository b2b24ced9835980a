//! From the account to a signed-in session.

use std::time::Duration;

use async_imap::{
    Authenticator, Client,
    error::Error,
    imap_proto::{Response, Status},
    types::Capabilities,
};

use super::{Abilities, ImapAccount, ImapFailure, Mailbox, Session, failure, words};
use crate::{
    Secret, Security,
    net::{Patience, Patient, Target, Wire, io_failure},
    probe::{ProbeCode, ProbeFailure},
};

const CONNECT: Duration = Duration::from_secs(20);
const COMMAND: Duration = Duration::from_secs(60);

pub(super) async fn open(account: &ImapAccount) -> Result<Mailbox, ImapFailure> {
    open_within(account, CONNECT).await
}

async fn open_within(account: &ImapAccount, connect: Duration) -> Result<Mailbox, ImapFailure> {
    let peer = format!("{}:{}", account.host, account.port);
    let patience = Patience::new(connect);
    let wire = wire(account, &peer, &patience, connect).await?;
    let mut client = Client::new(wire);
    if account.security != Security::StartTls {
        greeting(&mut client, &peer).await?;
    }
    patience.set(COMMAND);
    let mut session = sign_in(client, account, &peer).await?;
    let offered = session.capabilities().await.map_err(|e| failure(e, &peer))?;
    Ok(Mailbox {
        session: Some(session),
        patience,
        peer,
        folder: account.folder.clone(),
        has: abilities(&offered),
        known: 0,
        news: false,
        poll: Duration::from_secs(30),
    })
}

/// How long a command may be silent.
pub(super) fn command_patience(mailbox: &Mailbox) {
    mailbox.patience.set(COMMAND);
}

fn abilities(offered: &Capabilities) -> Abilities {
    Abilities { idle: offered.has_str("IDLE"), moves: offered.has_str("MOVE"), uid_plus: offered.has_str("UIDPLUS") }
}

async fn wire(account: &ImapAccount, peer: &str, patience: &Patience, connect: Duration) -> Result<Box<dyn Wire>, ProbeFailure> {
    let target =
        Target { host: &account.host, port: account.port, ca_file: account.ca_file.as_deref(), connect, stranger: ProbeCode::NotImap };
    let tcp = Patient::new(target.tcp().await?, patience.clone());
    Ok(match account.security {
        Security::Plain => Box::new(tcp),
        Security::Tls => Box::new(Patient::new(target.tls(tcp).await?, patience.clone())),
        Security::StartTls => {
            let mut client = Client::new(tcp);
            greeting(&mut client, peer).await?;
            let refused = |e: Error| ProbeFailure::new(ProbeCode::Other, format!("{peer}: no STARTTLS: {}", words(&e.to_string())));
            client.run_command_and_check_ok("STARTTLS", None).await.map_err(refused)?;
            Box::new(Patient::new(target.tls(client.into_inner()).await?, patience.clone()))
        }
    })
}

async fn greeting<S>(client: &mut Client<S>, peer: &str) -> Result<(), ProbeFailure>
where
    S: Wire,
{
    let stranger = |why: String| ProbeFailure::new(ProbeCode::NotImap, format!("{peer}: {why}"));
    match client.read_response().await {
        Ok(Some(response)) => match response.parsed() {
            Response::Data { status: Status::Ok | Status::PreAuth, .. } => Ok(()),
            Response::Data { status: Status::Bye, information, .. } => {
                let why = information.as_deref().unwrap_or("the server says goodbye");
                Err(ProbeFailure::new(ProbeCode::Other, format!("{peer}: {why}")))
            }
            _ => Err(stranger("the greeting is not one of IMAP".to_owned())),
        },
        Ok(None) => Err(stranger("the connection was closed".to_owned())),
        Err(e) if e.kind() == std::io::ErrorKind::Other => Err(stranger("what answers does not speak IMAP".to_owned())),
        Err(e) => Err(io_failure(&e, peer, ProbeCode::NotImap)),
    }
}

async fn sign_in(client: Client<Box<dyn Wire>>, account: &ImapAccount, peer: &str) -> Result<Session, ProbeFailure> {
    let (user, password) = (account.user.as_str(), account.password.expose());
    let simple = [user, password].iter().all(|text| text.bytes().all(|b| (32..127).contains(&b)));
    let signed_in = if simple {
        client.login(user, password).await
    } else {
        let plain = Plain { user: user.to_owned(), password: account.password.clone() };
        client.authenticate("PLAIN", plain).await
    };
    signed_in.map_err(|(error, _)| refused(error, peer))
}

fn refused(error: Error, peer: &str) -> ProbeFailure {
    let (Error::No(text) | Error::Bad(text)) = &error else { return failure(error, peer) };
    let says = |word: &str| text.to_ascii_uppercase().contains(word);
    let code = if says("PRIVACYREQUIRED") || says("STARTTLS") || says("PLAINTEXT AUTH") || says("SSL/TLS") {
        ProbeCode::TlsRequired
    } else if says("UNAVAILABLE") || says("INUSE") || says("LIMIT]") {
        ProbeCode::Other
    } else {
        ProbeCode::WrongPassword
    };
    ProbeFailure::new(code, format!("{peer}: {}", words(text)))
}

/// SASL PLAIN, for passwords that a quoted string cannot hold.
struct Plain {
    user: String,
    password: Secret,
}

impl Authenticator for Plain {
    type Response = String;

    fn process(&mut self, _: &[u8]) -> String {
        format!("\0{}\0{}", self.user, self.password.expose())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_that_says_nothing_is_given_up() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut account = ImapAccount {
            host: "127.0.0.1".into(),
            port: silent.local_addr().unwrap().port(),
            security: Security::Plain,
            user: "u".into(),
            password: Secret::new("p"),
            folder: "INBOX".into(),
            ca_file: None,
        };
        for security in [Security::Plain, Security::StartTls, Security::Tls] {
            account.security = security;
            let failed = open_within(&account, Duration::from_millis(200)).await.unwrap_err();
            assert_eq!(failed.code, ProbeCode::Timeout, "{failed:?}");
        }
    }
}
