//! The desk as one value: database, blobs, settings, clock, and who is told what.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, RwLock, atomic::AtomicU64},
    time::Duration,
};

use docket_domain::{
    AgentId, MailboxId, QueueId, Settings, Ticket, TicketId, master,
    settings::{Kind, Record},
};
use docket_store::{Db, Tx, blob::Blobs, setting};
use tokio::{
    sync::{Notify, Semaphore, broadcast, watch},
    time::timeout,
};
use uuid::Uuid;

use crate::{
    alarm::Uses,
    clock::{Clock, new_id},
    error::{Error, Result},
    fetch::MailboxStatus,
    folder::Folder,
    level_jobs::Caller,
    presence::Presences,
    recompute::Recompute,
    replica::{Connected, Contact, Packing, Remote},
    secrets::Secrets,
    send::LANES,
    wire::Progress,
};

/// How long the end waits for mails that are leaving.
const LAST_MAILS: Duration = Duration::from_secs(5);
/// Notices that are kept for who was just asking for others.
const TOLD: usize = 200;

/// Which database.
#[derive(Clone, Debug)]
pub enum Database {
    /// A SQLite file; blobs lie beside it.
    Sqlite(PathBuf),
    /// PostgreSQL, by its URL.
    Postgres(String),
}

/// What the process wants of the data folder.
#[derive(Clone, Debug)]
pub enum Hold {
    /// Hold it: migrate, fetch, send, run timers. The text names the program, for whom comes second.
    Holder(String),
    /// Hold it when nobody does, else work beside the holder.
    Beside,
}

/// Where the desk is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostKind {
    /// In a window of its own.
    Desktop,
    /// In browsers.
    Server,
}

/// How a desk is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// The data folder.
    pub data: PathBuf,
    /// The database, where it is not `docket.db` in the data folder.
    pub database: Option<Database>,
    /// Holder or not.
    pub hold: Hold,
    /// Window or browsers.
    pub host: HostKind,
    /// Where the sealing key lies, where it is not `key` in the data folder.
    pub key_file: Option<PathBuf>,
}

/// Something that people should hear of now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Stable code: `new_ticket`, `follow_up`, `note`, `owner_update`, `responsible_update`, `queue_move`, `lock_timeout`,
    /// `service_update`, `mail_failed`, `perhaps_sent`, `mailbox_stopped`, `quarantined`.
    pub code: &'static str,
    /// Who or what, in a few words: a plain text, to be escaped where markup is meant.
    pub title: String,
    /// One more line.
    pub text: String,
    /// The ticket it is about.
    pub ticket: Option<TicketId>,
    /// Whoever looks after this queue hears of it.
    pub queue: Option<QueueId>,
    /// They hear of it, whatever their queues: owner, responsible and watchers of the ticket.
    pub agents: Vec<AgentId>,
    /// Who did it, and needs no telling.
    pub by: Option<AgentId>,
    /// The feed number of the change it tells of; none: it stands beside the feed.
    pub seq: Option<i64>,
    /// The moment that it is about (ms UTC), where that is a deadline or a reminder.
    pub due_at: Option<i64>,
}

impl Notice {
    /// The code of an alarm that nothing but the page can show.
    pub const ALARM: &'static str = "alarm";

    /// A notice about the desk.
    pub(crate) fn new(code: &'static str) -> Self {
        Self {
            code,
            title: String::new(),
            text: String::new(),
            ticket: None,
            queue: None,
            agents: Vec::new(),
            by: None,
            seq: None,
            due_at: None,
        }
    }

    /// Is it about a moment? Then it is no passing word but an alarm, which stands on all devices until somebody has seen it.
    pub(crate) fn is_alarm(&self) -> bool {
        self.ticket.is_some() && ["escalation", "escalation_warning", "reminder", "silence", "snooze_over"].contains(&self.code)
    }

    /// A notice about a ticket: for those who have to do with it, and for its queue while nobody has it here (contract §1, follow-up
    /// locked and unlocked).
    pub(crate) fn of(code: &'static str, ticket: &Ticket) -> Self {
        let agents = ticket.owner.iter().chain(&ticket.responsible).chain(&ticket.watchers).copied().collect();
        Self { ticket: Some(ticket.id), queue: (!ticket.is_held()).then_some(ticket.queue), agents, ..Self::new(code) }
    }
}

/// The whole desk. Cheap to clone.
#[derive(Clone)]
pub struct App(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub db: Db,
    pub blobs: Blobs,
    pub clock: Clock,
    pub host: HostKind,
    pub data: PathBuf,
    pub server: Uuid,
    pub address: Mutex<String>,
    pub folder: Option<Folder>,
    pub secrets: Secrets,
    settings: RwLock<Arc<Settings>>,
    head: watch::Sender<i64>,
    pub notices: broadcast::Sender<Notice>,
    /// The last notices of the feed, for who asks only now what changed.
    pub told: Mutex<VecDeque<Notice>>,
    pub wake_send: Notify,
    pub wake_fetch: broadcast::Sender<Option<MailboxId>>,
    pub statuses: Mutex<HashMap<MailboxId, MailboxStatus>>,
    pub mailboxes_moved: watch::Sender<u64>,
    pub lanes: Arc<Semaphore>,
    pub mails_left: AtomicU64,
    pub long_polls: AtomicU64,
    pub leases: watch::Sender<HashSet<String>>,
    pub wake_team: Notify,
    pub heard: Notify,
    pub presence: Presences,
    /// The devices of agents, and which was used last.
    pub uses: Uses,
    /// Agents whose alarms came or ended.
    pub rung: broadcast::Sender<AgentId>,
    /// Wakes whoever tells the server that this device is being used.
    pub wake_use: Notify,
    pub setup_link: Mutex<Option<(String, i64)>>,
    pub progress: watch::Sender<Progress>,
    pub stopping: watch::Sender<bool>,
    pub backup_error: Mutex<Option<String>>,
    /// Whose replica this desk is.
    pub connected: RwLock<Option<Arc<Connected>>>,
    /// Wakes whoever talks to the server: something is to be sent.
    pub wake_sync: Notify,
    /// How the line to the server is.
    pub contact: watch::Sender<Contact>,
    /// How fetching files for later is going.
    pub packing: Mutex<Packing>,
    /// Who reaches the server.
    pub remote: OnceLock<Arc<dyn Remote>>,
    /// Who calls other programs.
    pub caller: OnceLock<Arc<dyn Caller>>,
    /// How computing deadlines anew is going.
    pub recompute: Recompute,
}

impl App {
    /// Opens the desk: takes the data folder, brings the database up to date, makes a new desk where there is none.
    ///
    /// # Errors
    /// `Held` names who has the folder; `newer_database`, `disk_full` and the like say what is wrong with it.
    pub async fn open(options: Options) -> Result<Self> {
        Self::open_at(options, Clock::system()).await
    }

    /// Opens the desk with a clock of its own, which only tests have.
    ///
    /// # Errors
    /// As [`App::open`].
    pub async fn open_at(options: Options, clock: Clock) -> Result<Self> {
        let server = new_id();
        let folder = Folder::take(&options, server)?;
        let database = options.database.clone().unwrap_or_else(|| Database::Sqlite(options.data.join("docket.db")));
        let (db, blobs) = open_database(&database).await?;
        let holds = folder.is_some();
        if holds {
            migrate(&db, &database).await?;
        }
        let secrets = Secrets::open(&options, &db).await?;
        let former = folder.as_ref().and_then(|folder| folder.former);
        let serves = matches!(options.hold, Hold::Holder(_));
        let app = Self(Arc::new(Inner {
            blobs,
            clock,
            host: options.host,
            data: options.data,
            server,
            address: Mutex::default(),
            folder,
            secrets,
            settings: RwLock::new(Arc::new(Settings::default())),
            head: watch::Sender::new(0),
            notices: broadcast::Sender::new(64),
            told: Mutex::default(),
            wake_send: Notify::new(),
            wake_fetch: broadcast::Sender::new(16),
            statuses: Mutex::new(HashMap::new()),
            mailboxes_moved: watch::Sender::new(0),
            lanes: Arc::new(Semaphore::new(LANES)),
            mails_left: AtomicU64::new(0),
            long_polls: AtomicU64::new(0),
            leases: watch::Sender::new(HashSet::new()),
            wake_team: Notify::new(),
            heard: Notify::new(),
            presence: Presences::default(),
            uses: Uses::default(),
            rung: broadcast::Sender::new(256),
            wake_use: Notify::new(),
            setup_link: Mutex::new(None),
            progress: watch::Sender::new(Progress::default()),
            stopping: watch::Sender::new(false),
            backup_error: Mutex::new(None),
            connected: RwLock::new(None),
            wake_sync: Notify::new(),
            contact: watch::Sender::new(Contact::default()),
            packing: Mutex::default(),
            remote: OnceLock::new(),
            caller: OnceLock::new(),
            recompute: Recompute::default(),
            db,
        }));
        app.begin_desk().await?;
        app.look_connected().await?;
        if holds && app.connected().is_none() {
            app.bury(former).await?;
            app.begin_life().await?;
        }
        if serves {
            app.check_key().await?;
        }
        app.prepare_setup_link().await?;
        Ok(app)
    }

    /// Makes the master data of a new desk, once.
    async fn begin_desk(&self) -> Result<()> {
        let mut tx = self.0.db.begin().await?;
        let records = setting::all(&mut tx).await?;
        if records.is_empty() {
            let language = if std::env::var("LANG").is_ok_and(|lang| lang.starts_with("de")) { "de" } else { "en" };
            crate::setup::write_master_data(&mut tx, language, self.now()).await?;
            tx.commit().await?;
        } else {
            // A desk from before there were groups, or calendars and types of tickets.
            let later = |kind| matches!(kind, Kind::Group | Kind::Calendar | Kind::TicketType);
            let missing = |kind| later(kind) && !records.iter().any(|record| record.kind == kind);
            let zone = records.iter().find(|record| record.kind == Kind::Desk).map(|desk| desk.document["time_zone"].clone());
            let mut added = false;
            for mut record in master::records(master_language(&records)).into_iter().filter(|record| missing(record.kind)) {
                if let (Kind::Calendar, Some(zone)) = (record.kind, &zone) {
                    record.document["time_zone"] = zone.clone();
                }
                setting::save(&mut tx, &record, self.now(), "Docket").await?;
                added = true;
            }
            if added {
                tx.commit().await?;
            }
        }
        self.reload().await
    }

    /// Starts what runs by itself: fetching, sending, timers. Only the holder of the folder does.
    pub fn run(&self) {
        if self.holds() {
            tokio::spawn(self.clone().send_loop());
            tokio::spawn(self.clone().fetch_loop());
            tokio::spawn(self.clone().timer_loop());
            tokio::spawn(self.clone().level_loop());
            tokio::spawn(self.clone().recompute_loop());
            tokio::spawn(self.clone().alarm_loop());
            tokio::spawn(self.clone().alarm_mail_loop());
        }
        if self.has_team() {
            tokio::spawn(self.clone().listen_loop());
            tokio::spawn(self.clone().follow_team());
            if self.holds() {
                tokio::spawn(self.clone().team_loop());
                tokio::spawn(self.clone().publish_statuses());
            }
        } else {
            tokio::spawn(self.clone().watch_others());
        }
        tokio::spawn(self.clone().presence_loop());
    }

    /// Stops what runs and closes the database; what was committed is on disk.
    pub async fn close(&self) {
        self.0.stopping.send_replace(true);
        self.0.wake_send.notify_waiters();
        // A mail that is leaving right now would have to stand as perhaps sent.
        drop(timeout(LAST_MAILS, self.0.lanes.acquire_many(u32::try_from(LANES).unwrap_or(1))).await);
        if self.has_team() && self.holds() {
            drop(timeout(LAST_MAILS, self.leave_team()).await);
        }
        self.0.db.close().await;
        if let Some(folder) = &self.0.folder {
            folder.release();
        }
    }

    /// Does this process hold the data folder?
    pub fn holds(&self) -> bool {
        self.0.folder.is_some()
    }

    /// The desk's clock.
    pub fn now(&self) -> i64 {
        self.0.clock.now()
    }

    /// What people should hear of, from now on.
    pub fn notices(&self) -> broadcast::Receiver<Notice> {
        self.0.notices.subscribe()
    }

    /// Writes where the desk answers into the lock file, for whom comes second.
    pub fn announce(&self, address: &str) {
        address.clone_into(&mut self.0.address.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        if let Some(folder) = &self.0.folder {
            folder.announce(address);
        }
    }

    /// The settings at this moment.
    pub fn settings(&self) -> Arc<Settings> {
        self.0.settings.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// The settings as this transaction sees them: a snapshot older than the feed is read again.
    pub(crate) async fn settings_in(&self, tx: &mut Tx) -> Result<Arc<Settings>> {
        let known = self.settings();
        if known.head == tx.settings_head {
            return Ok(known);
        }
        let records = setting::all(tx).await?;
        let settings = Arc::new(Settings::build(tx.settings_head, records)?);
        let mut slot = self.0.settings.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        if slot.head < settings.head || slot.records.is_empty() {
            *slot = settings.clone();
        }
        Ok(settings)
    }

    pub(crate) async fn reload(&self) -> Result<()> {
        let mut tx = self.0.db.read().await?;
        self.settings_in(&mut tx).await?;
        self.moved_to(tx.head);
        Ok(())
    }

    /// Tells everybody who waits that the feed has reached `head`.
    pub(crate) fn moved_to(&self, head: i64) {
        self.0.head.send_if_modified(|known| {
            let moved = *known < head;
            *known = head.max(*known);
            moved
        });
    }

    pub(crate) fn head(&self) -> watch::Receiver<i64> {
        self.0.head.subscribe()
    }

    pub(crate) fn stopping(&self) -> bool {
        *self.0.stopping.borrow()
    }

    /// Tells everybody who listens, at the other servers too.
    pub(crate) async fn notify(&self, notice: Notice) {
        if let Err(error) = self.0.db.tell(&self.word_of(&notice)).await {
            tracing::warn!(?error, "the other servers could not be told");
        }
        self.notify_here(notice);
    }

    /// Tells everybody who listens at this server.
    pub(crate) fn notify_here(&self, notice: Notice) {
        if notice.seq.is_some() {
            let mut told = self.0.told.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            told.push_back(notice.clone());
            if told.len() > TOLD {
                told.pop_front();
            }
        }
        drop(self.0.notices.send(notice));
    }

    /// The notices of what changed after this feed number.
    pub(crate) fn told_after(&self, seq: i64) -> Vec<Notice> {
        let told = self.0.told.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        told.iter().filter(|notice| notice.seq.is_some_and(|at| at > seq)).cloned().collect()
    }

    /// Is that agent an administrator?
    pub fn is_admin(&self, me: AgentId) -> bool {
        self.settings().agents.get(&me).is_some_and(|agent| agent.valid && agent.admin)
    }

    pub(crate) fn need_admin(&self, me: AgentId) -> Result<()> {
        if self.is_admin(me) { Ok(()) } else { Err(Error::Forbidden) }
    }
}

fn master_language(records: &[Record]) -> &str {
    let desk = records.iter().find(|record| record.kind == Kind::Desk);
    desk.and_then(|desk| desk.document["language"].as_str()).unwrap_or("en")
}

/// Opens and migrates a database that is to be filled by a restore.
pub(crate) async fn open_fresh(options: &Options) -> Result<(Db, Blobs)> {
    let database = options.database.clone().unwrap_or_else(|| Database::Sqlite(options.data.join("docket.db")));
    let (db, blobs) = open_database(&database).await?;
    db.migrate().await?;
    Ok((db, blobs))
}

async fn open_database(database: &Database) -> Result<(Db, Blobs)> {
    match database {
        Database::Sqlite(path) => {
            crate::folder::private_file(path)?;
            let db = Db::open_sqlite(path).await?;
            let folder = path.parent().map_or_else(|| PathBuf::from("blobs"), |parent| parent.join("blobs"));
            Ok((db, Blobs::Folder(folder)))
        }
        Database::Postgres(url) => {
            let db = Db::open_postgres(url).await.map_err(|error| Error::Unavailable {
                code: "database_unreachable",
                message: format!("the database cannot be reached: {error}"),
            })?;
            Ok((db.clone(), Blobs::Database(db)))
        }
    }
}

/// Migrates, after a copy where there is something to lose.
async fn migrate(db: &Db, database: &Database) -> Result<()> {
    if let (Database::Sqlite(path), (true, true)) = (database, db.migration_state().await?) {
        let copy = path.with_extension("before-upgrade.db");
        drop(std::fs::remove_file(&copy));
        db.copy_to(&copy).await?;
    }
    Ok(db.migrate().await?)
}
