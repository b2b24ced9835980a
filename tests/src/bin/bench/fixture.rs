//! Demo desks, filled once and kept under the target folder.

use std::{
    fs,
    hash::{DefaultHasher, Hasher},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use docket_app::{App, Hold, HostKind, Options, wire::ListQuery};
use docket_domain::{AgentId, TicketId};
use docket_tests::program::Program;

/// Raised when a kept desk must be made anew for another reason than its tables.
const GENERATION: u32 = 1;
/// The agent who asks.
pub const LOGIN: &str = "bench";
/// Their password.
pub const PASSWORD: &str = "a-good-password";
/// The ticket with 200 articles.
const LONG: &str = "A long story";
const ARTICLES: usize = 200;

/// A copy of a demo desk, without its blobs, that goes with the value.
pub struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("desk")
    }

    /// The log of what runs on it.
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// Opens it in this process.
    pub async fn open(&self) -> Result<App> {
        Ok(App::open(options(&self.data())).await?)
    }

    /// An empty one.
    pub fn empty() -> Result<Self> {
        fs::create_dir_all(place()?)?;
        Ok(Self { folder: tempfile::Builder::new().prefix("run-").tempdir_in(place()?)? })
    }

    /// A copy of a desk with so many tickets.
    pub async fn with(tickets: u64) -> Result<Self> {
        let kept = kept(tickets).await?;
        let desk = Self::empty()?;
        fs::create_dir(desk.data())?;
        for file in fs::read_dir(&kept)? {
            let file = file?;
            if file.file_type()?.is_file() && file.file_name() != "lock" {
                fs::copy(file.path(), desk.data().join(file.file_name()))?;
            }
        }
        Ok(desk)
    }
}

/// How a desk is opened in this process.
pub fn options(data: &Path) -> Options {
    Options { data: data.to_owned(), database: None, hold: Hold::Holder("bench".into()), host: HostKind::Server, key_file: None }
}

/// On the same disk as the programs: a folder in memory would flatter.
fn place() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let target = own.ancestors().nth(2).context("programs lie in target/PROFILE")?;
    Ok(target.join("bench"))
}

async fn kept(tickets: u64) -> Result<PathBuf> {
    let kept = place()?.join(format!("{:016x}-{tickets}", tables()?));
    if kept.exists() {
        return Ok(kept);
    }
    eprintln!("filling a desk with {tickets} tickets, once");
    let part = tempfile::Builder::new().prefix("part-").tempdir_in(Desk::empty()?.folder.path().parent().context("a folder")?)?;
    let data = part.path().join("desk");
    let program = Program::new(&data)?;
    program.run(&["demo", "--tickets", &tickets.to_string(), "--seed", "1", "--language", "en"], "").await?;
    program.run(&["agent", "add", LOGIN, "--name", "Bench", "--admin"], &format!("{PASSWORD}\n")).await?;
    let app = App::open(options(&data)).await?;
    tell_long_story(&app).await?;
    app.close().await;
    fs::rename(&data, &kept)?;
    Ok(kept)
}

/// Changes when the tables do.
fn tables() -> Result<u64> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?.map(|file| Ok(file?.path())).collect::<Result<_>>()?;
    files.sort();
    let mut hash = DefaultHasher::new();
    hash.write_u32(GENERATION);
    for file in files {
        hash.write(&fs::read(file)?);
    }
    Ok(hash.finish())
}

/// One customer writes two hundred times about one thing.
async fn tell_long_story(app: &App) -> Result<()> {
    let first = "story-0@customer.test";
    for number in 0..ARTICLES {
        let thread = if number == 0 { String::new() } else { format!("In-Reply-To: <{first}>\r\nReferences: <{first}>\r\n") };
        let text = format!("This is letter {number}, and the printer is still on fire.\r\n").repeat(30);
        let mail = format!(
            "From: Petra Papier <petra@customer.test>\r\nTo: support@desk.test\r\nSubject: {LONG}\r\nMessage-ID: \
             <story-{number}@customer.test>\r\n{thread}Content-Type: text/html; charset=utf-8\r\n\r\n<p>{text}</p>"
        );
        let outcome = app.ingest(mail.into_bytes()).await?;
        ensure!(outcome.outcome == if number == 0 { "created" } else { "follow_up" }, "the long story: {outcome:?}");
    }
    Ok(())
}

/// The ticket with 200 articles.
pub async fn long_ticket(app: &App) -> Result<TicketId> {
    let hits = app.search(docket_domain::access::FOLDER, LONG, 1).await?;
    Ok(hits.first().context("the desk has a long ticket")?.id)
}

/// Who measures.
pub fn me(app: &App) -> Result<AgentId> {
    let settings = app.settings();
    let me = settings.agents.iter().find(|(_, agent)| agent.login == LOGIN).map(|(id, _)| *id);
    me.context("the desk has an agent for this")
}

/// The queue with the most open tickets.
pub async fn busiest_queue(app: &App, me: AgentId) -> Result<String> {
    let counts = app.counts(me).await?;
    let busiest = counts.queues.iter().max_by_key(|(_, count)| count.open);
    Ok(busiest.context("the desk has open tickets")?.0.clone())
}

/// Tickets to look at, from all over the desk.
pub async fn some_tickets(app: &App, me: AgentId) -> Result<Vec<TicketId>> {
    let mut tickets = Vec::new();
    for view in ["open", "closed"] {
        for sort in ["changed", "number", "title", "customer"] {
            let query = ListQuery { view: Some(view.into()), sort: Some(sort.into()), limit: Some(50), ..ListQuery::default() };
            tickets.extend(app.list(me, query).await?.rows.into_iter().map(|row| row.id));
        }
    }
    ensure!(tickets.len() > 100, "the desk has few tickets");
    Ok(tickets)
}
