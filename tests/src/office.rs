//! A `docket serve` and data folders that are connected to it, each driven by the `docket` command, with a line between that breaks.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use docket_peers::Postgres;
use docket_store::Db;
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::{
    breaking::Breaking,
    client::Client,
    dice::Dice,
    program::{Program, Server},
    team::PASSWORD,
};

/// The server, its database and the line to it.
pub struct Office {
    folder: TempDir,
    /// The cluster, which ends with this, and the URL of the database.
    postgres: Option<(Postgres, String)>,
    server: Mutex<Option<(Server, String)>>,
    /// The line that the clients go by.
    pub line: Breaking,
}

impl Office {
    /// A server on SQLite, or on PostgreSQL, with the administrator Ana and the agent Ben.
    pub async fn open(on_postgres: bool, dice: Dice) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("docket-office-").tempdir()?;
        let postgres = on_postgres.then(Postgres::start).map(|cluster| {
            let url = cluster.url();
            (cluster, url)
        });
        let office = Self { folder, postgres, server: Mutex::new(None), line: Breaking::to(9, dice).await };
        let server = office.program()?;
        server.run(&["agent", "add", "ana", "--name", "Ana Agent", "--admin"], &format!("{PASSWORD}\n")).await?;
        server.run(&["agent", "add", "ben", "--name", "Ben Agent"], &format!("{PASSWORD}\n")).await?;
        office.start().await?;
        Ok(office)
    }

    /// The program on the server's own data.
    pub fn program(&self) -> Result<Program> {
        self.program_on("server")
    }

    fn program_on(&self, name: &str) -> Result<Program> {
        let program = Program::new(&self.path(name))?;
        Ok(match &self.postgres {
            Some((_, url)) => program.with(&["--database", url]),
            None => program,
        })
    }

    /// A file or folder of this office.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What the server has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// Starts the server.
    pub async fn start(&self) -> Result<()> {
        let mut server = self.program()?.serve(&self.path("log"))?;
        let url = server.ready().await.with_context(|| self.log())?;
        let port = url.rsplit(':').next().and_then(|port| port.parse().ok()).context("an address ends with its port")?;
        self.line.lead_to(port);
        *self.server.lock().await = Some((server, url));
        Ok(())
    }

    /// Kills the server as a power cut would.
    pub async fn kill(&self) -> Result<()> {
        match self.server.lock().await.take() {
            Some((server, _)) => server.kill().await,
            None => Ok(()),
        }
    }

    /// Where the server answers, without the line.
    pub async fn url(&self) -> String {
        self.server.lock().await.as_ref().map(|(_, url)| url.clone()).unwrap_or_default()
    }

    /// Somebody at a browser.
    pub async fn sign_in(&self, login: &str) -> Result<Client> {
        Client::sign_in(&self.url().await, login, PASSWORD).await
    }

    /// A data folder of an agent, connected by the line and synced.
    pub async fn connect(&self, name: &str, login: &str) -> Result<Program> {
        let program = Program::new(&self.path(name))?;
        program.run(&["sync", "connect", &self.line.url(), "--login", login, "--name", name], &format!("{PASSWORD}\n")).await?;
        program.run(&["sync", "now"], "").await.with_context(|| self.log())?;
        Ok(program)
    }

    /// Changes a row of the server's database behind its back, where there is no command for it.
    pub async fn with_database(&self) -> Result<Db> {
        Ok(match &self.postgres {
            Some((_, url)) => Db::open_postgres(url).await?,
            None => Db::open_sqlite(&self.path("server").join("docket.db")).await?,
        })
    }
}

/// All tickets of a data folder by number, each as `docket ticket show` has it.
pub async fn tickets(program: &Program) -> Result<Vec<Value>> {
    let listed = program.run(&["ticket", "list", "--view", "all", "--limit", "200", "--json"], "").await?;
    let mut all = Vec::new();
    for line in listed.lines().filter(|line| line.starts_with('{')) {
        let row: Value = serde_json::from_str(line)?;
        let id = row["id"].as_str().context("a row has an id")?;
        all.push(json(program, &["ticket", "show", id, "--json"]).await?);
    }
    ensure!(all.len() < 200, "a list shows 200 at most: make fewer tickets");
    all.sort_by_key(|ticket| ticket["id"].to_string());
    Ok(all)
}

/// The one JSON value that a command prints.
pub async fn json(program: &Program, arguments: &[&str]) -> Result<Value> {
    let printed = program.run(arguments, "").await?;
    let line = printed.lines().find(|line| line.starts_with('{')).with_context(|| printed.clone())?;
    Ok(serde_json::from_str(line)?)
}

/// The texts of all articles.
pub fn texts(tickets: &[Value]) -> Vec<String> {
    let articles = tickets.iter().flat_map(|ticket| ticket["articles"].as_array().into_iter().flatten());
    articles.map(|article| article["text"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Which files under a folder hold these bytes.
pub fn files_with(folder: &Path, words: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, words));
        } else if std::fs::read(&path).is_ok_and(|bytes| bytes.windows(words.len()).any(|window| window == words)) {
            found.push(path);
        }
    }
    found
}
