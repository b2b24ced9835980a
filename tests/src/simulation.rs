//! Several desktops and a server in one process, on a clock and a network that a seed drives. One step at a time, each awaited to
//! its end: what an agent does, a pull, a push, mail, rights that change, a restart, and a line that cuts, repeats and delays.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use anyhow::{Context, Result, bail};
use docket_app::{
    App, Clock, Hold, HostKind, Options,
    replica::Line as _,
    wire::{ListQuery, SaveRecord, connection::ConnectInput},
};
use docket_domain::{AgentId, ArticleId, CommandId, GroupId, QueueId, TicketId, master, settings::Kind};
use docket_peers::{Smtp, SmtpOptions};
use serde_json::{Value, json};

use crate::dice::Dice;

mod judge;
mod line;
mod people;
mod rest;

pub use line::Line;

const START: i64 = 1_795_251_600_000; // 2026-11-21T09:00:00Z
const GROUP_VIP: GroupId = GroupId(uuid::Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_00a1));
const QUEUE_VIP: QueueId = QueueId(uuid::Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_00b1));
const PASSWORD: &str = "correct horse battery";

/// A desktop.
pub struct Desktop {
    /// The desk in it.
    pub app: App,
    data: PathBuf,
    hand: Arc<AtomicI64>,
    /// Its line to the server.
    pub line: Line,
    /// Who sits at it.
    pub agent: AgentId,
}

/// A text that somebody wrote and a desk took.
#[derive(Clone, Debug)]
struct Accepted {
    ticket: TicketId,
    article: ArticleId,
    text: String,
    desktop: Option<usize>,
    /// A mail: how much of the ticket its author had seen, by the server's count.
    seen: Option<i64>,
}

/// A field that somebody set at a desktop.
#[derive(Clone, Debug)]
struct Field {
    command: CommandId,
    ticket: TicketId,
    desktop: usize,
    /// The event that it makes, and the value in it.
    event: &'static str,
    value: Value,
    /// How much of the ticket had been seen, by the server's count.
    seen: i64,
}

/// The whole of it.
pub struct World {
    /// The server's desk.
    pub server: App,
    data: PathBuf,
    hand: Arc<AtomicI64>,
    /// The desktops of Ana, Ben and Cem.
    pub desktops: Vec<Desktop>,
    /// Ana, who is an administrator, Ben and Cem.
    pub agents: Vec<AgentId>,
    dice: Dice,
    accepted: Vec<Accepted>,
    fields: Vec<Field>,
    mails: usize,
    /// What happened, for the one line that is printed.
    pub told: BTreeMap<&'static str, usize>,
}

/// Folders that were migrated and connected once, to begin every history from.
pub struct Template {
    folder: tempfile::TempDir,
    smtp: Smtp,
}

fn options(data: PathBuf, host: HostKind) -> Options {
    // The desktops' sealing key lies in a file here: there is no keyring to ask a thousand times.
    let key_file = Some(data.join("key"));
    Options { data, database: None, hold: Hold::Holder("simulate".into()), host, key_file }
}

fn memory() -> PathBuf {
    let shared = PathBuf::from("/dev/shm");
    if shared.is_dir() { shared } else { std::env::temp_dir() }
}

impl Template {
    /// A server with three agents and a desktop for each, connected, and nothing on it yet.
    pub async fn make() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("docket-simulation").tempdir_in(memory())?;
        let smtp = Smtp::start(SmtpOptions::default());
        let hand = Arc::new(AtomicI64::new(START));
        let server = App::open_at(options(folder.path().join("server"), HostKind::Server), Clock::set_by(hand.clone())).await?;
        let ana = server.add_agent("ana", "Ana", "ana@desk.test", true, Some(PASSWORD.into())).await?;
        for name in ["ben", "cem"] {
            server.add_agent(name, name, &format!("{name}@desk.test"), false, Some(PASSWORD.into())).await?;
        }
        let save = async |kind, id, document: Value| server.save_record(ana, kind, id, SaveRecord { version: 0, document }).await;
        save(Kind::Group, GROUP_VIP.0, json!({ "name": "vip" })).await?;
        save(Kind::Queue, QUEUE_VIP.0, json!({ "name": "VIP", "group_id": GROUP_VIP })).await?;
        let address = json!({ "name": "Support", "email": "support@desk.test", "queue_id": master::QUEUE_FIRST });
        save(Kind::Address, uuid::Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_00c1), address).await?;
        let mailbox = json!({
            "name": "Desk", "valid": true, "imap": { "host": "127.0.0.1", "port": 9, "security": "plain", "user": "support@desk.test" },
            "smtp": { "host": "127.0.0.1", "port": smtp.port(), "security": "plain", "user": "" },
        });
        save(Kind::Mailbox, uuid::Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_00d1), mailbox).await?;
        for name in ["ana", "ben", "cem"] {
            let data = folder.path().join(name);
            let app = App::open_at(options(data, HostKind::Desktop), Clock::set_by(hand.clone())).await?;
            let line = Line::new(&server, Dice::new(1));
            let input = ConnectInput { server: String::new(), login: name.into(), password: PASSWORD.into(), name: name.into() };
            app.connect(&line, "https://desk.test", input).await?;
            app.close().await;
        }
        server.close().await;
        Ok(Self { folder, smtp })
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() && entry.file_name() != "lock" {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// One history from its seed; says what happened in it.
///
/// # Errors
/// The first thing that did not hold.
pub async fn history(template: &Template, seed: u64, steps: usize) -> Result<String> {
    let folder = tempfile::Builder::new().prefix("docket-history").tempdir_in(memory())?;
    let mut world = World::begin(template, folder.path(), seed).await?;
    for step in 0..steps {
        world.step().await.with_context(|| format!("step {step}"))?;
    }
    world.quiet().await.context("after the last step")?;
    world.judge(&template.smtp).await?;
    world.close().await;
    let told: Vec<String> = world.told.iter().map(|(what, count)| format!("{count} {what}")).collect();
    Ok(told.join(", "))
}

impl World {
    /// A copy of the template in this folder.
    ///
    /// # Errors
    /// What kept a desk from opening.
    pub async fn begin(template: &Template, folder: &Path, seed: u64) -> Result<Self> {
        let mut dice = Dice::new(seed);
        let hand = Arc::new(AtomicI64::new(START));
        for name in ["server", "ana", "ben", "cem"] {
            copy(&template.folder.path().join(name), &folder.join(name))?;
        }
        let server = App::open_at(options(folder.join("server"), HostKind::Server), Clock::set_by(hand.clone())).await?;
        let mut desktops = Vec::new();
        let mut agents = Vec::new();
        for name in ["ana", "ben", "cem"] {
            // Clocks go wrong by hours.
            let skew = if dice.chance(40) { i64::try_from(dice.below(12 * 3_600_000))? - 6 * 3_600_000 } else { 0 };
            let own = Arc::new(AtomicI64::new(START + skew));
            let data = folder.join(name);
            let app = App::open_at(options(data.clone(), HostKind::Desktop), Clock::set_by(own.clone())).await?;
            let agent = app.connected().context("the template is connected")?.agent;
            let mut line = Line::new(&server, dice.part());
            line.token = app.device_token().await?;
            agents.push(agent);
            desktops.push(Desktop { app, data, hand: own, line, agent });
        }
        let data = folder.join("server");
        Ok(Self { server, data, hand, desktops, agents, dice, accepted: Vec::new(), fields: Vec::new(), mails: 0, told: BTreeMap::new() })
    }

    /// Closes all desks.
    pub async fn close(&self) {
        for desktop in &self.desktops {
            desktop.app.close().await;
        }
        self.server.close().await;
    }

    fn tell(&mut self, what: &'static str) {
        *self.told.entry(what).or_default() += 1;
    }

    /// Says what happens, when `DOCKET_TRACE` is set.
    fn trace(&self, words: impl FnOnce() -> String) {
        if std::env::var_os("DOCKET_TRACE").is_some() {
            eprintln!("{}", words());
        }
    }

    /// Shows mails and outbox of a desktop, when `DOCKET_TRACE` is set.
    async fn look(&self, which: usize) -> Result<()> {
        if std::env::var_os("DOCKET_TRACE").is_some() {
            for (id, number) in self.tickets(&self.desktops[which].app, self.desktops[which].agent).await? {
                let view = self.desktops[which].app.ticket(self.desktops[which].agent, id).await?;
                for article in &view.articles {
                    if let Some(delivery) = &article.delivery {
                        eprintln!("   {number} {} {:?}", article.ordinal, delivery.state);
                    }
                }
            }
            for bundle in self.desktops[which].app.outbox_entries().await? {
                for entry in bundle.entries {
                    eprintln!(
                        "   {} {} {} {:?}",
                        bundle.number,
                        entry.state,
                        entry.command["type"],
                        entry.answer.map(|answer| (answer.outcome, answer.code, answer.seq))
                    );
                }
            }
        }
        Ok(())
    }

    async fn step(&mut self) -> Result<()> {
        let which = self.dice.below(self.desktops.len());
        let throw = self.dice.below(100);
        self.trace(|| format!("-- {which} {throw}"));
        self.look(1).await?;
        match throw {
            0..34 => self.act(Some(which)).await,
            34..44 => self.act(None).await,
            44..52 => self.mail().await,
            52..68 => self.pull(which).await,
            68..84 => self.push(which).await,
            84..87 => self.first(which).await,
            87..89 => self.small_talk(which).await,
            89..92 => self.decide(which).await,
            92..94 => self.send().await,
            94..96 => self.rights().await,
            96..98 => self.restart(which).await,
            _ => self.time_passes(),
        }
    }

    fn time_passes(&mut self) -> Result<()> {
        let far = if self.dice.chance(5) { 40 * 3_600_000 } else { 600_000 };
        let by = i64::try_from(self.dice.below(far))?;
        self.hand.fetch_add(by, Ordering::Relaxed);
        for desktop in &self.desktops {
            desktop.hand.fetch_add(by, Ordering::Relaxed);
        }
        Ok(())
    }

    /// The tickets an agent sees at a desk, with their numbers.
    async fn tickets(&self, app: &App, agent: AgentId) -> Result<Vec<(TicketId, String)>> {
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let query = ListQuery { view: Some("all".into()), limit: Some(200), after, ..ListQuery::default() };
            let page = app.list(agent, query).await?;
            all.extend(page.rows.into_iter().map(|row| (row.id, row.number)));
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        // Lists go by time, which ties; ids do not.
        all.sort_unstable();
        Ok(all)
    }

    async fn pull(&mut self, which: usize) -> Result<()> {
        let faulty = self.dice.chance(30);
        let desktop = &self.desktops[which];
        desktop.line.bad(faulty);
        let pulled = desktop.app.pull(&desktop.line).await;
        self.trace(|| format!("{which} pulls: {pulled:?}"));
        self.settle(which, pulled.map(drop))?;
        self.shown(which).await
    }

    async fn push(&mut self, which: usize) -> Result<()> {
        let faulty = self.dice.chance(40);
        let desktop = &self.desktops[which];
        desktop.line.bad(faulty);
        self.settle(which, desktop.app.push_outbox(&desktop.line).await.map(drop))?;
        self.shown(which).await
    }

    async fn first(&mut self, which: usize) -> Result<()> {
        let faulty = self.dice.chance(30);
        let desktop = &self.desktops[which];
        desktop.line.bad(faulty);
        let filled = desktop.app.first_step(&desktop.line).await;
        self.trace(|| format!("{which} fills: {filled:?}"));
        self.settle(which, filled.map(drop))
    }

    async fn small_talk(&mut self, which: usize) -> Result<()> {
        let desktop = &self.desktops[which];
        desktop.line.bad(false);
        self.settle(which, desktop.app.lease(&desktop.line).await)?;
        let desktop = &self.desktops[which];
        self.settle(which, desktop.app.push_personal(&desktop.line).await.map(drop))
    }

    /// Only a line that was cut may fail.
    fn settle(&self, which: usize, done: docket_app::Result<()>) -> Result<()> {
        if let Some(fault) = self.desktops[which].line.fault() {
            bail!("{fault}");
        }
        match done {
            Ok(()) => Ok(()),
            Err(docket_app::Error::Unavailable { code: "offline", .. }) => Ok(()),
            Err(docket_app::Error::Internal(error)) => Err(error),
            Err(error) => bail!("{error} ({})", error.code()),
        }
    }

    async fn send(&mut self) -> Result<()> {
        let sent = self.server.send_due().await?;
        *self.told.entry("mails tried").or_default() += sent;
        Ok(())
    }

    /// A process ends and begins again.
    async fn restart(&mut self, which: usize) -> Result<()> {
        if self.dice.chance(20) {
            self.server.close().await;
            self.server = App::open_at(options(self.data.clone(), HostKind::Server), Clock::set_by(self.hand.clone())).await?;
            for desktop in &mut self.desktops {
                desktop.line.serve(&self.server);
            }
        } else {
            let desktop = &mut self.desktops[which];
            desktop.app.close().await;
            desktop.app = App::open_at(options(desktop.data.clone(), HostKind::Desktop), Clock::set_by(desktop.hand.clone())).await?;
        }
        self.tell("restarts");
        Ok(())
    }
}

/// Is it the answer of a server to a desktop that asks for tickets?
fn units(told: &docket_app::replica::Told) -> Vec<Value> {
    let body: Value = serde_json::from_slice(&told.body).unwrap_or_default();
    body["tickets"].as_array().cloned().unwrap_or_default()
}

impl Desktop {
    /// Asks the server for anything, for tests that look for themselves.
    pub async fn ask(&self, path: &str) -> Option<Value> {
        let asked = docket_app::replica::Asked { method: "GET", path: path.into(), content_type: None, body: Vec::new() };
        let told = self.line.ask(asked).await.ok()?;
        serde_json::from_slice(&told.body).ok()
    }
}
