//! Several desktops and a server in one process, on a clock and a network that a seed drives. One step at a time, each awaited to
//! its end: what an agent does, a pull, a push, mail, rights that change, a restart, and a line that cuts, repeats and delays.

use std::{
    collections::{BTreeMap, BTreeSet},
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
    wire::{ListQuery, NewTicket, SaveRecord, SubmitCommand, TicketView, connection::ConnectInput},
};
use docket_domain::{AgentId, ArticleId, CommandId, GroupId, QueueId, TicketId, master, settings::Kind, unit::TicketUnit};
use docket_peers::{Smtp, SmtpOptions};
use serde_json::{Value, json};

use crate::dice::Dice;

mod judge;
mod line;

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

    /// A mail comes: new, or about a ticket that is there.
    async fn mail(&mut self) -> Result<()> {
        let number = self.mails;
        self.mails += 1;
        let known = self.tickets(&self.server, self.agents[0]).await?;
        let subject = match known.get(self.dice.below(known.len() + 2)) {
            Some((_, number)) => format!("Re: [Ticket#{number}] Printer"),
            None => "Printer".into(),
        };
        let raw = format!(
            "From: Customer <customer-{}@customer.test>\r\nTo: support@desk.test\r\nSubject: {subject}\r\nMessage-ID: \
             <mail-{number}@customer.test>\r\n\r\nIt is on fire.\r\n",
            self.dice.below(2)
        );
        self.server.ingest(raw.into_bytes()).await?;
        self.tell("mails");
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

    /// Somebody does something, at a desktop or in a browser.
    async fn act(&mut self, which: Option<usize>) -> Result<()> {
        let (app, agent) = match which {
            Some(which) => (self.desktops[which].app.clone(), self.desktops[which].agent),
            None => (self.server.clone(), *self.dice.clone().one_of(&self.agents)),
        };
        self.dice.throw();
        if self.dice.chance(18) {
            return self.open_ticket(&app, agent, which).await;
        }
        let known = self.tickets(&app, agent).await?;
        if known.is_empty() {
            return Ok(());
        }
        let ticket = self.dice.one_of(&known).0;
        let other = self.dice.one_of(&known).0;
        let view = app.ticket(agent, ticket).await?;
        let (body, text) = self.body(&app, &view, other)?;
        let id = CommandId(self.dice.id());
        let article = body["article_id"].as_str().and_then(|id| id.parse().ok());
        let mails = ["reply", "forward"].contains(&body["type"].as_str().unwrap_or_default());
        let command = SubmitCommand { id, body: serde_json::from_value(body.clone()).context(body.to_string())? };
        let field = which.zip(field(&body));
        let at = if mails || field.is_some() { self.seen(&app, agent, ticket).await? } else { 0 };
        let seen = mails.then_some(at);
        let done = app.command(agent, ticket, command).await;
        self.trace(|| {
            format!("{which:?} {ticket} {body} -> {:?}", done.as_ref().map(|done| done.outcome.clone()).map_err(|error| error.to_string()))
        });
        match done {
            Ok(_) => {
                self.tell(if which.is_some() { "commands" } else { "in browsers" });
                if let Some((desktop, (event, value))) = field {
                    self.fields.push(Field { command: id, ticket, desktop, event, value, seen: at });
                }
                if let (Some(article), Some(text)) = (article, text) {
                    self.accepted.push(Accepted { ticket, article, text, desktop: which, seen });
                }
                Ok(())
            }
            Err(docket_app::Error::Internal(error)) => Err(error.context(body.to_string())),
            Err(_) => {
                self.tell("turned away");
                Ok(())
            }
        }
    }

    /// The newest event on the screen, by the server's count.
    async fn seen(&self, app: &App, agent: AgentId, ticket: TicketId) -> Result<i64> {
        let query = docket_app::wire::ComposeQuery { kind: "note".into(), article: None, template: None };
        Ok(app.compose(agent, ticket, query).await?.seen_upto.event)
    }

    async fn open_ticket(&mut self, app: &App, agent: AgentId, which: Option<usize>) -> Result<()> {
        let (id, article) = (TicketId(self.dice.id()), ArticleId(self.dice.id()));
        let text = format!("words {}", self.dice.throw());
        let queue = *self.dice.one_of(&[master::QUEUE_FIRST, master::QUEUE_MISC, QUEUE_VIP]);
        let new = json!({
            "id": id, "article_id": article, "title": "Printer", "channel": *self.dice.one_of(&["phone", "internal"]), "text": text,
            "queue_id": queue, "lock": self.dice.chance(30),
            "customer": { "address": format!("customer-{}@customer.test", self.dice.below(2)), "name": "Customer" },
        });
        let new: NewTicket = serde_json::from_value(new)?;
        match app.new_ticket(agent, new).await {
            Ok(_) => {
                self.tell("tickets opened");
                self.accepted.push(Accepted { ticket: id, article, text, desktop: which, seen: None });
                Ok(())
            }
            Err(docket_app::Error::Internal(error)) => Err(error),
            Err(_) => Ok(()),
        }
    }

    fn body(&mut self, app: &App, view: &TicketView, other: TicketId) -> Result<(Value, Option<String>)> {
        let settings = app.settings();
        let dice = &mut self.dice;
        let priorities: Vec<_> = settings.priorities.keys().copied().collect();
        let queues = [master::QUEUE_FIRST, master::QUEUE_MISC, QUEUE_VIP];
        let states =
            [master::STATE_OPEN, master::STATE_CLOSED_SUCCESSFUL, master::STATE_CLOSED_UNSUCCESSFUL, master::STATE_PENDING_REMINDER];
        let mine = view.articles.iter().filter(|article| article.delivery.is_some()).map(|article| article.id).collect::<Vec<_>>();
        let until = app.now() + 3_600_000;
        let state = *dice.one_of(&states);
        let pending = (state == master::STATE_PENDING_REMINDER).then_some(until);
        let next = if dice.chance(20) { json!([state, pending]) } else { json!([null, null]) };
        let (own, text) = (dice.id(), format!("words {}", dice.throw()));
        let agent = if dice.chance(80) { Some(*dice.one_of(&self.agents)) } else { None };
        Ok(match dice.below(32) {
            0 => (json!({ "type": "lock" }), None),
            1 => (json!({ "type": "unlock" }), None),
            2 => (json!({ "type": "take", "over": dice.chance(50) }), None),
            3 => (json!({ "type": "set_owner", "owner_id": agent }), None),
            4 | 5 => (json!({ "type": "set_state", "state_id": state, "pending_until": pending }), None),
            6 | 7 => (json!({ "type": "set_priority", "priority_id": dice.one_of(&priorities) }), None),
            8 | 9 => (json!({ "type": "move", "queue_id": dice.one_of(&queues) }), None),
            10 | 11 => (json!({ "type": "set_title", "title": format!("Printer {}", dice.below(5)) }), None),
            12 => (json!({ "type": "set_customer", "address": format!("customer-{}@customer.test", dice.below(3)), "name": "C" }), None),
            13..16 => (
                json!({ "type": "note", "article_id": own, "text": text, "visible": dice.chance(30), "state_id": next[0], "pending_until": next[1] }),
                Some(text),
            ),
            16 => (json!({ "type": "phone_call", "article_id": own, "direction": "inbound", "text": text }), Some(text)),
            17..22 => (
                json!({
                    "type": "reply", "article_id": own, "to": ["carla@customer.test"], "text": text, "state_id": next[0],
                    "pending_until": next[1], "delay_seconds": 0,
                }),
                Some(text),
            ),
            22 => match mine.get(dice.below(mine.len())) {
                Some(article) => (json!({ "type": *dice.one_of(&["cancel_send", "send_again"]), "article_id": article }), None),
                None => (json!({ "type": "lock" }), None),
            },
            23 => (json!({ "type": "link", "ticket_id": other }), None),
            24 => (json!({ "type": "unlink", "ticket_id": other }), None),
            25 => (json!({ "type": "junk" }), None),
            26 => (json!({ "type": *dice.one_of(&["watch", "unwatch"]) }), None),
            27 => (json!({ "type": "set_responsible", "agent_id": agent }), None),
            28 => (json!({ "type": *dice.one_of(&["take_along", "bring_back"]) }), None),
            29 => (json!({ "type": "merge", "into": other }), None),
            _ => (json!({ "type": "not_junk" }), None),
        })
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

    /// The agent looks at what was refused or stayed a proposal.
    async fn decide(&mut self, which: usize) -> Result<()> {
        let app = self.desktops[which].app.clone();
        for bundle in app.outbox_entries().await? {
            for entry in bundle.entries.iter().filter(|entry| ["refused", "proposed"].contains(&entry.state.as_str())) {
                self.told_truly(entry).await?;
                let how = *self.dice.one_of(&["discard", "mine", "note"]);
                // Whoever sees both and takes their own means to overwrite.
                self.fields.retain(|field| field.command != entry.id);
                match app.decide_entry(entry.id, how).await {
                    Ok(()) => self.tell("decided"),
                    Err(docket_app::Error::Invalid(_)) => app.decide_entry(entry.id, "discard").await?,
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(())
    }

    async fn send(&mut self) -> Result<()> {
        let sent = self.server.send_due().await?;
        *self.told.entry("mails tried").or_default() += sent;
        Ok(())
    }

    /// An administrator gives and takes rights.
    async fn rights(&mut self) -> Result<()> {
        let admin = self.agents[0];
        let agent = *self.dice.one_of(&self.agents[1..]);
        let settings = self.server.settings();
        let record = settings.records.get(&(Kind::Agent, agent.0)).context("the agent is there")?.clone();
        let mut document = record.document.clone();
        let rights = |dice: &mut Dice| match dice.below(4) {
            0 => json!([]),
            1 => json!(["ro", "note"]),
            _ => json!(["rw"]),
        };
        document["grants"] = json!({});
        document["grants"][master::GROUP_USERS.to_string()] = if self.dice.chance(70) { json!(["rw"]) } else { rights(&mut self.dice) };
        document["grants"][GROUP_VIP.to_string()] = rights(&mut self.dice);
        self.trace(|| format!("{agent} may: {}", document["grants"]));
        self.server.save_record(admin, Kind::Agent, agent.0, SaveRecord { version: record.version, document }).await?;
        self.tell("rights");
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

    /// Everybody is online and nobody does anything more.
    async fn quiet(&mut self) -> Result<()> {
        for _ in 0..20 {
            let mut moved = false;
            for which in 0..self.desktops.len() {
                self.desktops[which].line.bad(false);
                for _ in 0..200 {
                    let (app, line) = (&self.desktops[which].app, &self.desktops[which].line);
                    let pulled = app.pull(line).await?;
                    let filled = app.first_step(line).await?;
                    let pushed = app.push_outbox(line).await?;
                    let told = app.push_personal(line).await?;
                    self.trace(|| format!("quiet {which} {pulled:?} {filled} {pushed:?} {told}"));
                    if which == 1 {
                        self.look(which).await?;
                    }
                    moved |= pulled.tickets > 0 || pushed.answered > 0 || told;
                    if !pulled.more && !filled && !pushed.more && pushed.answered == 0 && pulled.tickets == 0 && !told {
                        break;
                    }
                }
                let app = self.desktops[which].app.clone();
                for bundle in app.outbox_entries().await? {
                    for entry in bundle.entries {
                        match entry.state.as_str() {
                            "refused" | "proposed" => {
                                self.told_truly(&entry).await?;
                                app.decide_entry(entry.id, "discard").await?;
                                moved = true;
                            }
                            "discarded" => {}
                            // A mail that is held stands in the way of what changes or sends: its author looks at it.
                            _ => moved |= self.release(which, bundle.ticket_id).await?,
                        }
                    }
                }
            }
            moved |= self.server.send_due().await? > 0;
            if !moved {
                return Ok(());
            }
        }
        bail!("the desks do not come to rest")
    }

    /// Gives up the held mails of a ticket.
    async fn release(&mut self, which: usize, ticket: TicketId) -> Result<bool> {
        let (app, agent) = (self.desktops[which].app.clone(), self.desktops[which].agent);
        let Ok(view) = app.ticket(agent, ticket).await else { return Ok(false) };
        let mut any = false;
        for article in view.articles {
            let held = article.delivery.is_some_and(|delivery| delivery.state == docket_domain::Delivery::Held);
            if held && article.author.is_some_and(|author| author.id == agent) {
                let body = serde_json::from_value(json!({ "type": "discard_send", "article_id": article.id }))?;
                any |= app.command(agent, ticket, SubmitCommand { id: CommandId(self.dice.id()), body }).await.is_ok();
            }
        }
        Ok(any)
    }

    /// What a first sync gives an agent.
    async fn units(&self, agent: AgentId) -> Result<Vec<TicketUnit>> {
        let mut input = docket_app::wire::sync::FirstInput::default();
        let mut all = Vec::new();
        loop {
            let page = self.server.first_page(agent, input).await?;
            all.extend(page.tickets);
            match page.next {
                Some(after) => input = docket_app::wire::sync::FirstInput { after, ..Default::default() },
                None => return Ok(all),
            }
        }
    }

    async fn fed(&self, agent: AgentId) -> Result<BTreeSet<TicketId>> {
        Ok(self.units(agent).await?.into_iter().map(|unit| unit.ticket.id).collect())
    }

    /// What the server says may be seen by an agent.
    async fn visible(&self, agent: AgentId) -> Result<BTreeSet<TicketId>> {
        Ok(self.tickets(&self.server, agent).await?.into_iter().map(|(id, _)| id).collect())
    }
}

/// The event that a command makes and the value in it, when it sets a field and nothing else.
fn field(body: &Value) -> Option<(&'static str, Value)> {
    match body["type"].as_str()? {
        "set_title" => Some(("titled", body["title"].clone())),
        "set_priority" => Some(("priority_set", body["priority_id"].clone())),
        "set_customer" => Some(("customer_changed", body["address"].clone())),
        "move" => Some(("moved", body["queue_id"].clone())),
        _ => None,
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
