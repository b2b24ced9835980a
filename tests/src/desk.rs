//! A desk with its mailbox, its SMTP server and its people.

use std::{
    collections::HashSet,
    fs::{File, FileTimes},
    io::Write,
    path::PathBuf,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use docket_app::{
    App, Clock, Database, Error, Hold, HostKind, Options, new_id,
    wire::{ArticleView, ListQuery, MailboxInput, MailboxView, SaveRecord, Setup, TicketView},
};
use docket_domain::{
    AgentId, ArticleId, Direction, Ticket, TicketId, apply,
    settings::{Kind, MailboxSettings},
};
use docket_peers::{Dovecot, Smtp};
use docket_store::{Db, event, ticket};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{Agent, Mail, Sent, dovecot, post, until};

/// What is unusual about a desk.
pub struct Plan {
    /// The server that its mailbox lies on.
    pub imap: Arc<Dovecot>,
    /// The server that takes its mail.
    pub smtp: Arc<Smtp>,
    /// The mailbox's user, which is its address too.
    pub user: String,
    /// The mailbox's password.
    pub password: String,
    /// What differs in the mailbox's record, over [`MailboxSettings`]' JSON.
    pub mailbox: Value,
    /// The database, where it is not SQLite.
    pub database: Option<Database>,
    /// The language of its texts.
    pub language: String,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            imap: dovecot(),
            smtp: post(),
            user: address(),
            password: "secret".into(),
            mailbox: json!({}),
            database: None,
            language: "en".into(),
        }
    }
}

/// An address that no other desk has.
pub fn address() -> String {
    static COUNTER: AtomicU64 = AtomicU64::new(1);
    format!("desk{}@desk.test", COUNTER.fetch_add(1, Ordering::Relaxed))
}

/// A running desk. Its first agent, Ana, is its administrator.
pub struct Desk {
    app: Option<App>,
    folder: TempDir,
    options: Options,
    imap: Arc<Dovecot>,
    smtp: Arc<Smtp>,
    address: String,
    ana: AgentId,
}

impl Desk {
    /// A desk whose mailbox is connected.
    pub async fn start() -> Self {
        Self::with(Plan::default()).await
    }

    /// A desk that is unusual; its mailbox is connected.
    pub async fn with(plan: Plan) -> Self {
        let desk = Self::open(plan).await;
        desk.connected().await;
        desk
    }

    /// A desk as it is right after the first start.
    pub async fn open(plan: Plan) -> Self {
        let folder = tempfile::Builder::new().prefix("docket-desk-").tempdir().expect("a temporary folder");
        let options = Options {
            data: folder.path().join("data"),
            database: plan.database.clone(),
            hold: Hold::Holder("a test".into()),
            host: HostKind::Server,
            key_file: None,
        };
        let app = App::open_at(options.clone(), Clock::moved_by(clock(&folder))).await.expect("an empty folder becomes a desk");
        let setup = Setup {
            desk_name: "Service desk".into(),
            your_name: "Ana Alvarez".into(),
            your_email: "ana@agents.test".into(),
            queue_name: String::new(),
            language: plan.language.clone(),
            time_zone: "Europe/Berlin".into(),
            mailbox: Some(mailbox(&plan)),
        };
        let ana = app.setup(setup).await.expect("the desk can be set up");
        app.run();
        Self { app: Some(app), folder, options, imap: plan.imap, smtp: plan.smtp, address: plan.user, ana }
    }

    /// Ends the desk's process, as far as the desk can tell.
    pub async fn stop(&mut self) {
        self.app().close().await;
        self.app = None;
    }

    /// Starts a stopped desk again on the same folder.
    pub async fn start_again(&mut self) {
        let (options, clock) = (self.options.clone(), clock(&self.folder));
        // The last tasks let go of the folder within a second or so.
        let app = until("the data folder to be free", async || match App::open_at(options.clone(), Clock::moved_by(clock.clone())).await {
            Ok(app) => Some(app),
            Err(Error::Held(_)) => None,
            Err(error) => panic!("the desk does not start again: {error:?}"),
        })
        .await;
        app.run();
        self.app = Some(app);
    }

    /// Moves the desk's clock on.
    pub fn later(&self, time: Duration) {
        let file = clock(&self.folder);
        let known: u128 = std::fs::read_to_string(&file).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
        let next = file.with_extension("next");
        std::fs::write(&next, (known + time.as_millis()).to_string()).expect("our own folder");
        std::fs::rename(next, file).expect("our own folder");
    }

    /// The use cases.
    pub fn app(&self) -> &App {
        self.app.as_ref().expect("the desk runs")
    }

    /// The desk's address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The server of its mailbox.
    pub fn imap(&self) -> &Dovecot {
        &self.imap
    }

    /// The server that takes its mail.
    pub fn smtp(&self) -> &Smtp {
        &self.smtp
    }

    /// The administrator.
    pub fn ana(&self) -> AgentId {
        self.ana
    }

    /// An agent by the login; one who is not there yet is added.
    pub async fn agent(&self, login: &str) -> Agent<'_> {
        if login == "ana" {
            return Agent { desk: self, id: self.ana };
        }
        if let Some((id, _)) = self.app().agents().into_iter().find(|(_, agent)| agent.login == login) {
            return Agent { desk: self, id };
        }
        let email = format!("{login}@agents.test");
        let id = self.app().add_agent(login, login, &email, false, None).await.expect("a new agent");
        Agent { desk: self, id }
    }

    /// The only mailbox.
    pub async fn mailbox(&self) -> MailboxView {
        self.app().mailboxes(self.ana).await.expect("mailboxes can be listed").remove(0)
    }

    /// Waits until the mailbox is as `status` says.
    pub async fn mailbox_is(&self, status: &str) -> MailboxView {
        until(&format!("the mailbox to be {status}"), async || Some(self.mailbox().await).filter(|mailbox| mailbox.status == status)).await
    }

    async fn connected(&self) {
        until("the mailbox to be connected", async || {
            let mailbox = self.mailbox().await;
            assert_ne!(mailbox.status, "failed", "{mailbox:?}");
            ["connected", "polling"].contains(&mailbox.status.as_str()).then_some(())
        })
        .await;
    }

    /// Puts a mail into the mailbox, from somebody with that subject, and waits for its ticket.
    pub async fn mail_from(&self, sender: &str, subject: &str) -> TicketId {
        self.receive(Mail::from(sender).subject(subject)).await
    }

    /// Puts a mail into the mailbox and waits for the ticket that has it.
    pub async fn receive(&self, mail: Mail) -> TicketId {
        let before: HashSet<ArticleId> = self.articles().await.into_iter().map(|(_, article)| article.id).collect();
        self.pass(mail).await;
        let after = self.articles().await;
        let new = after.iter().find(|(_, article)| article.direction == Some(Direction::Inbound) && !before.contains(&article.id));
        new.expect("the mail is on a ticket").0
    }

    /// Puts a mail into the mailbox and waits until it is dealt with, whatever that means.
    pub async fn pass(&self, mail: Mail) {
        self.pass_raw(&self.addressed(mail).bytes()).await;
    }

    /// Puts bytes into the mailbox and waits until they are dealt with.
    pub async fn pass_raw(&self, raw: &[u8]) {
        let before = self.mailbox().await.taken_in;
        self.imap.deliver(&self.address, raw);
        self.taken_in(before + 1).await;
    }

    /// Waits until that many mails were taken in from the mailbox.
    pub async fn taken_in(&self, count: i64) {
        until(&format!("{count} mails to be taken in"), async || (self.mailbox().await.taken_in >= count).then_some(())).await;
    }

    /// Puts a mail into the mailbox as if it had arrived this long ago; nobody waits for it.
    pub fn deliver_from_the_past(&self, mail: Mail, age: Duration) {
        lay(&self.imap, &self.address, &self.addressed(mail).bytes(), age, "");
    }

    /// The mail with the desk as its recipient, where it names none.
    pub fn addressed(&self, mail: Mail) -> Mail {
        let named = mail.value("To").is_some();
        if named { mail } else { mail.to(&self.address) }
    }

    /// Every article with its ticket.
    pub async fn articles(&self) -> Vec<(TicketId, ArticleView)> {
        let mut all = Vec::new();
        for ticket in self.tickets().await {
            all.extend(ticket.articles.into_iter().map(|article| (ticket.row.id, article)));
        }
        all
    }

    /// Every ticket, oldest first.
    pub async fn tickets(&self) -> Vec<TicketView> {
        let query = ListQuery {
            view: Some("all".into()),
            sort: Some("number".into()),
            order: Some("asc".into()),
            limit: Some(200),
            ..ListQuery::default()
        };
        let page = self.app().list(self.ana, query).await.expect("tickets can be listed");
        assert_eq!(page.next, None, "the desk has too many tickets for this");
        let mut tickets = Vec::new();
        for row in page.rows {
            tickets.push(self.see(row.id).await);
        }
        tickets
    }

    /// The ticket as Ana sees it.
    pub async fn see(&self, ticket: TicketId) -> TicketView {
        self.app().ticket(self.ana, ticket).await.expect("the ticket is there")
    }

    /// What happened to a ticket: the kinds of its events, oldest first.
    pub async fn history(&self, ticket: TicketId) -> Vec<String> {
        self.app().history(self.ana, ticket).await.expect("the ticket is there").into_iter().map(|event| event.kind).collect()
    }

    /// Why the ticket's mails were not answered automatically, oldest first.
    pub async fn suppressed(&self, ticket: TicketId) -> Vec<String> {
        let events = self.app().history(self.ana, ticket).await.expect("the ticket is there");
        let reasons = events.iter().filter(|event| event.kind == "auto_reply_suppressed").map(|event| &event.fields["reason"]);
        reasons.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// The name of the ticket's state.
    pub async fn state(&self, ticket: TicketId) -> String {
        let state = self.see(ticket).await.row.state_id;
        self.app().settings().states[&state].name.clone()
    }

    /// The name of the ticket's queue.
    pub async fn queue(&self, ticket: TicketId) -> String {
        let queue = self.see(ticket).await.row.queue_id;
        self.app().settings().queues[&queue].name.clone()
    }

    /// The article as it stands.
    pub async fn article(&self, ticket: TicketId, article: ArticleId) -> ArticleView {
        self.see(ticket).await.articles.into_iter().find(|known| known.id == article).expect("the article is on the ticket")
    }

    /// Waits until a mail of the ticket stands as `state` says: `sent`, `retrying`, `held` …
    pub async fn delivery_is(&self, ticket: TicketId, article: ArticleId, state: &str) -> ArticleView {
        until(&format!("the mail to be {state}"), async || {
            let view = self.article(ticket, article).await;
            view.delivery.as_ref().is_some_and(|delivery| delivery.state.as_str() == state).then_some(view)
        })
        .await
    }

    /// Every mail of this desk that the SMTP server has taken.
    pub fn sent(&self) -> Vec<Sent> {
        let ours = |sent: &Sent| sent.header("From").is_some_and(|from| from.contains(&self.address));
        self.smtp.taken().into_iter().map(Sent::from).filter(ours).collect()
    }

    /// Waits until the SMTP server has that many mails of this desk to an address; gives them in order.
    pub async fn sent_to(&self, address: &str, count: usize) -> Vec<Sent> {
        until(&format!("{count} mails to {address}"), async || {
            let mails: Vec<_> = self.sent().into_iter().filter(|sent| sent.to.iter().any(|to| to == address)).collect();
            (mails.len() >= count).then_some(mails)
        })
        .await
    }

    /// Changes fields of a settings record.
    pub async fn set(&self, kind: Kind, id: Uuid, fields: Value) {
        let record = self.app().settings().records.get(&(kind, id)).cloned().expect("the record is there");
        let mut document = record.document;
        for (field, value) in fields.as_object().expect("fields are an object") {
            document[field] = value.clone();
        }
        let save = SaveRecord { version: record.version, document };
        self.app().save_record(self.ana, kind, id, save).await.expect("the record can be saved");
    }

    /// Saves the mailbox with other fields or another password.
    pub async fn set_mailbox(&self, fields: Value, password: &str) {
        let id = self.mailbox().await.id;
        let record = self.app().settings().records.get(&(Kind::Mailbox, id)).cloned().expect("the record is there");
        let mut document = record.document;
        for (field, value) in fields.as_object().expect("fields are an object") {
            document[field] = value.clone();
        }
        let input = MailboxInput {
            version: record.version,
            document: serde_json::from_value(document).expect("a mailbox"),
            password: password.into(),
            smtp_password: String::new(),
            address: None,
        };
        self.app().save_mailbox(self.ana, Some(id), input).await.expect("the mailbox can be saved");
    }

    /// Waits until nothing waits to leave any more.
    pub async fn nothing_waits(&self) {
        until("the outbox to be empty", async || (self.app().mails_waiting().await.ok()? == 0).then_some(())).await;
    }

    /// Does something to the SQLite file behind the desk's back.
    pub fn sql(&self, text: &str) {
        let file = self.options.data.join("docket.db");
        let program = "import sqlite3, sys; base = sqlite3.connect(sys.argv[1], timeout=10); base.execute(sys.argv[2]); base.commit()";
        let done = Command::new("/usr/bin/python3").args(["-c", program]).arg(file).arg(text).status();
        assert!(done.is_ok_and(|status| status.success()), "{text}");
    }

    /// The database behind the desk's back.
    pub async fn store(&self) -> Db {
        let file = || Database::Sqlite(self.options.data.join("docket.db"));
        let opened = match self.options.database.clone().unwrap_or_else(file) {
            Database::Sqlite(file) => Db::open_sqlite(&file).await,
            Database::Postgres(url) => Db::open_postgres(&url).await,
        };
        opened.expect("the desk's database")
    }

    /// Asserts that folding a ticket's history gives its row.
    pub async fn folds(&self, id: TicketId) {
        let db = self.store().await;
        let mut tx = db.read().await.expect("the desk's database");
        let row = ticket::find(&mut tx, id).await.expect("the row can be read").expect("the ticket is there");
        let mut folded = Ticket::blank(id);
        for event in event::of_ticket(&mut tx, id).await.expect("the history can be read") {
            apply(&mut folded, &event);
        }
        drop(tx);
        db.close().await;
        assert_eq!(folded, row);
    }

    /// A command's id, or any other.
    pub fn new_id() -> Uuid {
        new_id()
    }
}

fn clock(folder: &TempDir) -> PathBuf {
    folder.path().join("clock")
}

fn mailbox(plan: &Plan) -> MailboxInput {
    let mut document = json!({
        "name": "Mailbox",
        "imap": { "host": "127.0.0.1", "port": plan.imap.port(), "security": "plain", "user": plan.user },
        "smtp": { "host": "127.0.0.1", "port": plan.smtp.port(), "security": "plain" },
    });
    for (field, value) in plan.mailbox.as_object().expect("fields are an object") {
        document[field] = value.clone();
    }
    let document: MailboxSettings = serde_json::from_value(document).expect("a mailbox");
    MailboxInput { version: 0, document, password: plan.password.clone(), smtp_password: String::new(), address: None }
}

/// Puts a mail into a mailbox with Maildir flags (`S` seen) and an INTERNALDATE that lies `age` back: Dovecot takes
/// it from the file's time.
pub fn lay(server: &Dovecot, user: &str, raw: &[u8], age: Duration, flags: &str) {
    let maildir = server.maildir(user);
    let name = format!("{}.past", new_id().simple());
    let path = maildir.join("tmp").join(&name);
    let mut file = File::create(&path).expect("the mail folder takes files");
    file.write_all(raw).expect("the mail folder takes files");
    let modified = file.metadata().and_then(|meta| meta.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    file.set_times(FileTimes::new().set_modified(modified - age)).expect("times can be set");
    let (user, group) = server.owner();
    std::os::unix::fs::chown(&path, Some(user), Some(group)).expect("the server's files are ours to give");
    let lies = if flags.is_empty() { maildir.join("new").join(&name) } else { maildir.join("cur").join(format!("{name}:2,{flags}")) };
    std::fs::rename(&path, lies).expect("the mail folder takes files");
}
