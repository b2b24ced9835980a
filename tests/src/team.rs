//! Several `docket serve` on one PostgreSQL, with a mailbox and an SMTP server.

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context, Result};
use docket_peers::{Dovecot, Postgres, Smtp, SmtpOptions};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{
    client::Client,
    dovecot,
    program::{Program, Server},
    until,
};

/// The password of everybody.
pub const PASSWORD: &str = "a-good-password";

/// The database and what is around it.
#[derive(Debug)]
pub struct Team {
    postgres: Postgres,
    /// The database.
    pub url: String,
    folder: TempDir,
    /// The server of the mailbox.
    pub imap: Arc<Dovecot>,
    /// The server that takes the mail.
    pub smtp: Smtp,
    /// The mailbox's user.
    pub address: String,
}

/// A server with its address.
#[derive(Debug)]
pub struct Member {
    /// The process.
    pub server: Server,
    /// Where it answers.
    pub url: String,
}

impl Team {
    /// An empty database.
    pub fn new() -> Self {
        let postgres = Postgres::start();
        let folder = tempfile::Builder::new().prefix("docket-team-").tempdir().expect("a temporary folder");
        let (smtp, imap) = (Smtp::start(SmtpOptions::default()), dovecot());
        let address = crate::address();
        imap.maildir(&address);
        Self { url: postgres.url(), postgres, folder, imap, smtp, address }
    }

    /// A database with an administrator, Ana.
    pub async fn with_ana() -> Result<Self> {
        let team = Self::new();
        team.program(1)?.run(&["agent", "add", "ana", "--name", "Ana Agent", "--admin"], &format!("{PASSWORD}\n")).await?;
        Ok(team)
    }

    /// The program of a server: each has a data folder of its own, and all have one key.
    pub fn program(&self, number: usize) -> Result<Program> {
        let key = self.folder.path().join("key").display().to_string();
        Ok(self.bare_program(number)?.with(&["--key-file", &key]))
    }

    /// A server's program with a key of its own.
    pub fn bare_program(&self, number: usize) -> Result<Program> {
        Ok(Program::new(&self.folder.path().join(format!("server-{number}")))?.with(&["--database", &self.url]))
    }

    /// What the servers have logged.
    pub fn log(&self, number: usize) -> PathBuf {
        self.folder.path().join(format!("log-{number}"))
    }

    /// Starts a server.
    pub async fn serve(&self, number: usize) -> Result<Member> {
        let mut server = self.program(number)?.serve(&self.log(number))?;
        let url = server.ready().await.with_context(|| std::fs::read_to_string(self.log(number)).unwrap_or_default())?;
        Ok(Member { server, url })
    }

    /// Two servers, and Ana at the first one.
    pub async fn two(&self) -> Result<(Member, Member, Client)> {
        let one = self.serve(1).await?;
        let two = self.serve(2).await?;
        let ana = Client::sign_in(&one.url, "ana", PASSWORD).await?;
        Ok((one, two, ana))
    }

    /// Connects the mailbox and waits until it is.
    pub async fn connect_mailbox(&self, ana: &Client) -> Result<()> {
        let mailbox = json!({
            "document": {
                "name": "Support",
                "imap": { "host": "127.0.0.1", "port": self.imap.port(), "security": "plain", "user": self.address },
                "smtp": { "host": "127.0.0.1", "port": self.smtp.port(), "security": "plain" },
            },
            "password": "secret",
            "address": self.address,
        });
        ana.must_post("/mailboxes", &mailbox).await?;
        until("the mailbox to be connected", async || (mailbox_of(ana).await?["status"] == "connected").then_some(())).await;
        Ok(())
    }

    /// Runs one statement with PostgreSQL's own client; gives what it prints.
    pub async fn sql(&self, text: &str) -> Result<String> {
        let output = tokio::process::Command::new("psql").args(["-Atqc", text, &self.url]).output().await?;
        anyhow::ensure!(output.status.success(), "{text}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// The database cluster.
    pub fn postgres(&self) -> &Postgres {
        &self.postgres
    }
}

impl Default for Team {
    fn default() -> Self {
        Self::new()
    }
}

impl Member {
    /// A number from the server's metrics; `None` while it does not answer.
    pub async fn metric(&self, name: &str) -> Option<i64> {
        let text = crate::client::http().ok()?.get(format!("{}/metrics", self.url)).send().await.ok()?.text().await.ok()?;
        text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
    }
}

/// The only mailbox as this client sees it.
pub async fn mailbox_of(client: &Client) -> Option<Value> {
    client.get("/mailboxes").await.ok()?.get(0).cloned()
}

/// A new ticket by phone: its JSON, and its id.
pub fn phone_ticket(title: &str) -> (Uuid, Value) {
    let id = docket_app::new_id();
    let new = json!({
        "id": id, "article_id": docket_app::new_id(), "title": title, "customer": { "address": "carla@customer.test" },
        "channel": "phone", "text": title,
    });
    (id, new)
}

/// A new ticket by mail to an address, to leave at once: its JSON.
pub fn mail_ticket(to: &str) -> Value {
    json!({
        "id": docket_app::new_id(), "article_id": docket_app::new_id(), "title": "Hello", "customer": { "address": to },
        "channel": "email", "text": "Hello", "send": { "delay_seconds": 0 },
    })
}
