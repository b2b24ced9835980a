//! Connecting this desk to a team's server.

use docket_store::{replica, secret, ticket};

use super::{
    Connected, Cut, Line, Memory,
    line::{offline, posted, problem},
    read, write,
};
use crate::{
    app::App,
    error::{Error, Result},
    secrets::DEVICE,
    wire::{
        connection::ConnectInput,
        sync::{DeviceInput, DeviceWelcome, PROTOCOL},
    },
};

/// Checks a server's address: https, or http to this computer alone; gives it without a path.
///
/// # Errors
/// `invalid` with a sentence for the person who typed it.
pub fn check_address(typed: &str) -> Result<String> {
    let typed = typed.trim();
    let full = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    let wrong = || Error::invalid("server", format!("\"{typed}\" is not the address of a server; write it like https://desk.example.org"));
    let (scheme, rest) = full.split_once("://").ok_or_else(wrong)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = match authority.strip_prefix('[') {
        Some(six) => {
            let (host, port) = six.split_once(']').ok_or_else(wrong)?;
            (host, port.strip_prefix(':'))
        }
        None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
    };
    let fine = !host.is_empty() && !authority.contains('@') && !host.chars().any(|c| c.is_whitespace() || c.is_control());
    if !fine || port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err(wrong());
    }
    let here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    match scheme {
        "https" => Ok(format!("https://{authority}")),
        "http" if here => Ok(format!("http://{authority}")),
        "http" => Err(Error::invalid(
            "server",
            "without encryption anybody on the way could read your mail: the address must begin with https://",
        )),
        _ => Err(wrong()),
    }
}

impl App {
    /// Connects this desk to the server at the other end of `line`. A desk with tickets becomes a replica only of the server that
    /// was made from it. Signing in again keeps replica and outbox.
    pub async fn connect(&self, line: &impl Line, server: &str, input: ConnectInput) -> Result<Connected> {
        let before = self.connected();
        if before.as_ref().is_some_and(|before| before.server != server) {
            return Err(Error::Unavailable {
                code: "connected_elsewhere",
                message: "this desk is connected to another server; open another data folder for this one".into(),
            });
        }
        let name = if input.name.trim().is_empty() { computer() } else { input.name.trim().to_owned() };
        let asked = DeviceInput {
            login: input.login,
            password: input.password,
            name,
            program: format!("Docket {}", env!("CARGO_PKG_VERSION")),
            device_id: before.as_ref().map(|before| before.device),
        };
        let welcome = welcomed(line, &asked).await?;
        if welcome.oldest_protocol > PROTOCOL {
            return Err(Error::Unavailable {
                code: "client_too_old",
                message: format!("the server ({}) needs a newer Docket than this one; install it first", welcome.version),
            });
        }
        if before.as_ref().is_some_and(|before| before.agent != welcome.agent_id) {
            return Err(Error::Unavailable {
                code: "connected_elsewhere",
                message: "somebody else's tickets are kept here; open another data folder for this login".into(),
            });
        }
        let connected = Connected { server: server.to_owned(), device: welcome.device_id, agent: welcome.agent_id };
        self.keep_connection(&connected, &welcome).await?;
        self.set_connected(Some(connected.clone()));
        self.0.wake_sync.notify_one();
        Ok(connected)
    }

    async fn keep_connection(&self, connected: &Connected, welcome: &DeviceWelcome) -> Result<()> {
        let old = replica::find(&mut self.0.db.read().await?).await?;
        let over = old.as_ref().is_some_and(|old| read::<Memory>(&old.document).over.is_some());
        let fresh = old.is_none() || over;
        if fresh {
            self.keep_a_copy().await?;
        }
        let mut work = self.work().await?;
        self.keep_secret(&mut work.tx, DEVICE, welcome.device_id.0, &welcome.token).await?;
        let now = work.now;
        let mut row = old.filter(|_| !fresh).unwrap_or(replica::Replica {
            server: connected.server.clone(),
            device_id: connected.device.0,
            agent_id: connected.agent.0,
            cursor: String::new(),
            first_sync: "[]".into(),
            contact_at: now,
            clock_offset: 0,
            wiped_at: None,
            document: String::new(),
        });
        row.device_id = connected.device.0;
        row.contact_at = now;
        let memory = Memory { server_version: welcome.version.clone(), ..read::<Memory>(&row.document) };
        row.document = write(&memory)?;
        replica::save(&mut work.tx, &row).await?;
        work.tx.next_seq();
        self.finish(work).await
    }

    /// A desk that had tickets of its own is copied before the server's replace them.
    async fn keep_a_copy(&self) -> Result<()> {
        if ticket::count(&mut self.0.db.read().await?, &ticket::Filter::default()).await? == 0 {
            return Ok(());
        }
        let copy = self.0.data.join(format!("docket.before-connect-{}.db", self.now()));
        Ok(self.0.db.copy_to(&copy).await?)
    }

    /// The token of this device, while it is connected.
    pub async fn device_token(&self) -> Result<Option<String>> {
        let Some(connected) = self.connected() else { return Ok(None) };
        Ok(self.secret(DEVICE, connected.device.0).await?.map(|token| token.expose().to_owned()))
    }

    pub(crate) async fn forget_device_token(&self) -> Result<()> {
        let Some(connected) = self.connected() else { return Ok(()) };
        let mut tx = self.0.db.aside().await?;
        secret::remove(&mut tx, DEVICE, connected.device.0).await?;
        Ok(tx.commit().await?)
    }
}

/// The first question at an address. What answers, but not as a desk does, is none: a web page, the way into a hotel's network, a desk
/// from before there were desktops. An ailing server is one that does not answer.
async fn welcomed(line: &impl Line, asked: &DeviceInput) -> Result<DeviceWelcome> {
    let told = line.ask(posted("/api/v1/devices", asked)?).await.map_err(|cut| match cut {
        Cut::Silent(words) => offline(words),
        Cut::Untrusted(words) => Error::Unavailable { code: "untrusted_server", message: words },
    })?;
    let none = || Error::Unavailable {
        code: "no_desk_there",
        message: "something answers at this address, but no Docket that desktops can connect to".into(),
    };
    if (200..300).contains(&told.status) {
        return serde_json::from_slice(&told.body).map_err(|_| none());
    }
    let said: serde_json::Value = serde_json::from_slice(&told.body).unwrap_or_default();
    let as_a_desk = said["code"].as_str().is_some_and(|code| !matches!(code, "not_found" | "method_not_allowed"));
    Err(if as_a_desk || told.status >= 500 { problem(told.status, &told.body) } else { none() })
}

/// What this computer is called.
pub fn computer() -> String {
    let from_file = std::fs::read_to_string("/etc/hostname").ok().map(|name| name.trim().to_owned());
    let from_system = ["HOSTNAME", "COMPUTERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    from_system.or(from_file).filter(|name| !name.is_empty()).unwrap_or_else(|| "desktop".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_goes_to_this_computer_alone() {
        for (typed, address) in [
            ("desk.example.org", Some("https://desk.example.org")),
            (" https://desk.example.org/some/page ", Some("https://desk.example.org")),
            ("https://desk.example.org:8443", Some("https://desk.example.org:8443")),
            ("http://127.0.0.1:8377", Some("http://127.0.0.1:8377")),
            ("http://localhost:8377/", Some("http://localhost:8377")),
            ("http://[::1]:8377", Some("http://[::1]:8377")),
            ("http://desk.example.org", None),
            ("http://127.0.0.1.example.org", None),
            ("http://localhost@example.org", None),
            ("ftp://desk.example.org", None),
            ("https://", None),
            ("https://a b", None),
            ("https://desk.example.org:port", None),
            ("", None),
        ] {
            assert_eq!(check_address(typed).ok().as_deref(), address, "{typed}");
        }
    }
}
