//! A desk that is killed again and again while mail comes and goes, and what must be true of it afterwards.
//!
//! Customers write into a real Dovecot, agents answer over HTTP, a real SMTP server takes what leaves; the `docket serve`
//! between them is killed with SIGKILL, at random points and in the middle of handing a mail over. What the servers have
//! is the truth that the desk is held against.

use std::{
    fmt,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use docket_peers::{Dovecot, Smtp, SmtpOptions};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;

use crate::{client::Client, dice::Dice, program::Program};

mod lives;
mod log;
mod traffic;
mod verdict;

use lives::Life;
use traffic::{Posted, Written};

/// Whose mailbox the desk serves; also the user's name at the IMAP server.
const SUPPORT: &str = "support@desk.test";
const PASSWORD: &str = "a-good-password";
/// Mails that the desk hands over at the same time.
const LANES: usize = 4;

/// When it is enough.
#[derive(Clone, Copy, Debug)]
pub enum Until {
    /// After this time.
    Time(Duration),
    /// After so many kills.
    Kills(usize),
}

/// What happened, for people.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How often the desk was killed.
    pub kills: usize,
    /// In how many of them a mail lay between its text and the recorded answer.
    pub between: usize,
    /// Mails put into the mailbox.
    pub came: usize,
    /// Mails of the mailbox that bear no mark of the desk.
    pub unmarked: usize,
    /// Mails that the SMTP server has.
    pub left: usize,
    /// Agents' mails that stand as perhaps sent.
    pub perhaps: usize,
    /// Automatic mails that were given up.
    pub given_up: usize,
    /// Notes and replies that the API confirmed.
    pub confirmed: usize,
    /// Notes and replies whose answer was cut off.
    pub cut_off: usize,
    /// What must not be.
    pub faults: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "killed {} times, {} of them between text and recorded answer; {} mails came ({} unmarked), {} left, {} perhaps sent, {} given up; {} notes \
             and replies confirmed, {} cut off",
            self.kills, self.between, self.came, self.unmarked, self.left, self.perhaps, self.given_up, self.confirmed, self.cut_off
        )?;
        self.faults.iter().try_for_each(|fault| writeln!(f, "FAULT: {fault}"))
    }
}

/// Desk, servers and everybody who writes.
struct Scene {
    dovecot: Arc<Dovecot>,
    smtp: Arc<Smtp>,
    program: Program,
    agent: Client,
    folder: TempDir,
}

impl Scene {
    /// A desk with a mailbox that it has looked into once, not running.
    async fn set() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("docket-kill-").tempdir()?;
        let program = Program::new(&folder.path().join("desk"))?;
        let dovecot = Arc::new(Dovecot::start());
        let smtp = Arc::new(Smtp::start(SmtpOptions::default()));
        dovecot.maildir(SUPPORT);
        program.run(&["agent", "add", "ana", "--name", "Ana Agent", "--admin"], &format!("{PASSWORD}\n")).await?;
        let mut server = program.serve(&folder.path().join("log"))?;
        let agent = Client::sign_in(&server.ready().await?, "ana", PASSWORD).await?;
        agent.must_post("/mailboxes", &mailbox(&dovecot, &smtp)).await?;
        until(&agent, Duration::from_secs(30), |states| states.iter().any(|state| state["status"] == "connected"))
            .await
            .context("the mailbox is not connected")?;
        server.end().await?;
        Ok(Self { dovecot, smtp, program, agent, folder })
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// What the desk's processes said last.
    fn last_words(&self) -> String {
        let text = std::fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }
}

fn mailbox(dovecot: &Dovecot, smtp: &Smtp) -> Value {
    json!({
        "document": {
            "name": "Support",
            "imap": { "host": "127.0.0.1", "port": dovecot.port(), "security": "plain", "user": SUPPORT },
            "smtp": { "host": "127.0.0.1", "port": smtp.port(), "security": "plain" },
        },
        "password": "secret",
        "address": SUPPORT,
    })
}

/// Waits until the mailboxes are as they should be.
async fn until(agent: &Client, limit: Duration, good: impl Fn(&[Value]) -> bool) -> Result<()> {
    let end = Instant::now() + limit;
    let mut seq = agent.get("/changes?after=-1").await?["seq"].as_i64().unwrap_or(0);
    loop {
        let states = agent.get("/mailboxes").await?;
        if good(states.as_array().map(Vec::as_slice).unwrap_or_default()) {
            return Ok(());
        }
        ensure!(Instant::now() < end, "still {states}");
        let wait = tokio::time::timeout(Duration::from_secs(1), agent.get(&format!("/changes?after={seq}"))).await;
        if let Ok(changes) = wait {
            seq = changes?["seq"].as_i64().unwrap_or(seq);
        }
    }
}

/// Kills a desk until it is enough, lets it come to rest, and holds it against what the servers have.
pub async fn run(seed: u64, end: Until) -> Result<Report> {
    let mut dice = Dice::new(seed);
    let scene = Scene::set().await?;
    let (address, _) = watch::channel(None);
    let over = watch::Sender::new(false);
    let writers = Writers::start(&scene, &mut dice, &address, &over);
    let lived = lives::live(&scene, &mut dice, &address, end).await;
    over.send_replace(true);
    let judged = async {
        let lives = lived?;
        let mut server = scene.program.serve(&scene.log())?;
        let agent = scene.agent.at(&server.ready().await?);
        address.send_replace(None);
        let (posted, written) = writers.end().await?;
        let report = verdict::judge(&scene, &agent, &lives, &posted, &written).await?;
        server.end().await?;
        let checked = scene.program.run(&["check"], "").await;
        Ok::<_, anyhow::Error>((report, checked))
    };
    let (mut report, checked) = judged.await.with_context(|| scene.last_words())?;
    report.faults.extend(checked.err().map(|error| error.to_string()));
    Ok(report)
}

/// Customers and agents at work.
struct Writers {
    customers: tokio::task::JoinHandle<Result<Vec<Posted>>>,
    agents: Vec<tokio::task::JoinHandle<Result<Vec<Written>>>>,
}

impl Writers {
    fn start(scene: &Scene, dice: &mut Dice, address: &watch::Sender<Option<String>>, over: &watch::Sender<bool>) -> Self {
        let customers = traffic::customers(scene.dovecot.clone(), scene.smtp.record(), dice.part(), over.subscribe());
        let agents = (0..2).map(|_| traffic::agent(scene.agent.clone(), address.subscribe(), dice.part(), over.subscribe()));
        Self { agents: agents.map(tokio::spawn).collect(), customers: tokio::spawn(customers) }
    }

    async fn end(self) -> Result<(Vec<Posted>, Vec<Written>)> {
        let mut written = Vec::new();
        for agent in self.agents {
            written.extend(agent.await??);
        }
        Ok((self.customers.await??, written))
    }
}
