//! The permission matrix: a desk with one agent for each column of `tests/data/access.tsv`, who ask it through the Router.
//!
//! [`Table::read`] gives the cells, [`Stage::build`] the desk and its agents, and [`Stage::ticket`] the ticket that a column is about.
//! [`Stage::desktop`] is a connected desktop of such an agent, which is held against the same file.

use std::collections::BTreeMap;

use docket_api::{Host, UiSource, call, router};
use docket_app::{
    App, Hold, HostKind, Options, new_id,
    wire::{AgentInput, Password, SaveRecord, Setup},
};
use docket_domain::{
    AgentId, ArticleId, TicketId,
    settings::{Grants, Kind},
};
use docket_store::{
    Db,
    ticket::{self, Class, Index},
};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

mod desktop;

pub use desktop::{Desktop, Door};

const TABLE: &str = include_str!("../data/access.tsv");
const PASSWORD: &str = "correct horse battery";
/// The administrator, who may do everything everywhere but in the queue that nobody may read.
pub const ROOT: &str = "root";

/// The golden file.
pub struct Table {
    /// The names of the agents.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A read or a command.
pub struct Row {
    /// Its name.
    pub what: String,
    /// What each agent gets: `Y`, `N`, `-` or `X`.
    pub cells: BTreeMap<String, char>,
}

impl Table {
    /// Reads the file; every row has a reason.
    pub fn read() -> Self {
        let mut lines = TABLE.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect::<Vec<_>>());
        let head = lines.next().expect("the file has a head");
        let columns: Vec<String> = head[1..head.len() - 1].iter().map(|name| (*name).to_owned()).collect();
        let rows = lines.map(|cells| {
            assert!(cells.len() == head.len() && cells.last().is_some_and(|reason| reason.len() > 5), "{}: no reason", cells[0]);
            let answers = cells[1..cells.len() - 1].iter().map(|cell| cell.chars().next().expect("no cell is empty"));
            Row { what: cells[0].to_owned(), cells: columns.iter().cloned().zip(answers).collect() }
        });
        let rows = rows.collect();
        Self { columns, rows }
    }

    /// The row of that name.
    pub fn row(&self, what: &str) -> &Row {
        self.rows.iter().find(|row| row.what == what).expect("the file has this row")
    }
}

/// An agent at a browser.
#[derive(Clone)]
pub struct Person {
    /// Who.
    pub id: AgentId,
    cookie: String,
    token: String,
}

/// The desk of the matrix.
pub struct Stage {
    /// Its use cases.
    pub app: App,
    people: BTreeMap<String, Person>,
    tickets: BTreeMap<String, TicketId>,
    earlier: BTreeMap<String, TicketId>,
    /// The queue that the columns are about, the one where all may do everything, one where all may move tickets to, one where
    /// nobody may, and one that nobody may read.
    pub queues: BTreeMap<&'static str, Uuid>,
    /// A ticket that all may read and change, and one that nobody may.
    pub home: TicketId,
    /// A ticket that nobody but its owner may read.
    pub vault: TicketId,
    folder: TempDir,
}

impl Stage {
    /// The desk with its groups, queues, agents, and a mail from a customer for each of the columns.
    pub async fn build() -> Self {
        let folder = tempfile::Builder::new().prefix("docket-access-").tempdir().expect("a temporary folder");
        let options = Options {
            data: folder.path().join("desk"),
            database: None,
            hold: Hold::Holder("a test".into()),
            host: HostKind::Server,
            key_file: None,
        };
        let app = App::open(options).await.expect("an empty folder becomes a desk");
        let setup = Setup {
            desk_name: "Clinic".into(),
            your_name: ROOT.into(),
            your_email: "root@desk.test".into(),
            queue_name: String::new(),
            language: "en".into(),
            time_zone: "UTC".into(),
            mailbox: None,
        };
        let root = app.setup(setup).await.expect("the desk can be set up");
        app.add_agent(ROOT, ROOT, "root@desk.test", true, Some(PASSWORD.into())).await.expect("root gets a password");
        let mut stage = Self {
            app,
            people: BTreeMap::new(),
            tickets: BTreeMap::new(),
            earlier: BTreeMap::new(),
            queues: BTreeMap::new(),
            home: TicketId(new_id()),
            vault: TicketId(new_id()),
            folder,
        };
        let mut groups = BTreeMap::new();
        for name in ["ward", "home", "annex", "closed", "vault", "attic"] {
            let group = stage.save(root, Kind::Group, new_id(), 0, json!({ "name": name })).await;
            let queue = stage.save(root, Kind::Queue, new_id(), 0, json!({ "name": name, "group_id": group })).await;
            let address = json!({ "name": name, "email": format!("{name}@desk.test"), "queue_id": queue });
            stage.save(root, Kind::Address, new_id(), 0, address).await;
            groups.insert(name, group);
            stage.queues.insert(name, queue);
        }
        stage
            .give(
                root,
                root,
                json!({ "grants": grants(&groups, &["ward rw", "home rw", "annex rw", "closed rw", "attic rw", "vault create"]) }),
            )
            .await;
        let role =
            stage.save(root, Kind::Role, new_id(), 0, json!({ "name": "Nurses", "grants": { groups["ward"].to_string(): ["rw"] } })).await;
        let off = json!({ "name": "Ghosts", "grants": { groups["ward"].to_string(): ["rw"] }, "valid": false });
        let role_off = stage.save(root, Kind::Role, new_id(), 0, off).await;
        stage.enter(ROOT, root).await;
        stage.home = stage.mail("all@customers.test", "home").await;
        stage.vault = stage.mail("nobody@customers.test", "vault").await;
        for column in Table::read().columns {
            let in_ward: Vec<String> = match column.as_str() {
                "none" | "role" | "role_off" | "owner_of" | "answers_for" | "watches" => vec![],
                "disabled" => vec!["ward rw".into()],
                "group_off" => vec!["attic rw".into()],
                rights => rights.split('+').map(|right| format!("ward {right}")).collect(),
            };
            let all = in_ward.iter().map(String::as_str).chain(["home rw", "annex move_into"]).collect::<Vec<_>>();
            let roles = match column.as_str() {
                "role" => vec![role],
                "role_off" => vec![role_off],
                _ => vec![],
            };
            let agent = AgentInput {
                login: column.replace('+', "."),
                name: column.clone(),
                grants: serde_json::from_value::<Grants>(grants(&groups, &all)).expect("these are grants"),
                roles: roles.into_iter().map(Into::into).collect(),
                ..AgentInput::default()
            };
            let id = AgentId(stage.app.new_agent(root, agent).await.expect("a new agent").id);
            let password = Password { password: PASSWORD.into(), old: String::new() };
            stage.app.set_password(root, id, password, None).await.expect("a password");
            stage.enter(&column, id).await;
            let customer = customer(&column);
            let ticket = stage.mail(&customer, "ward").await;
            stage.done(ticket, json!({ "type": "link", "ticket_id": stage.home })).await;
            stage.waiting_mail(ticket).await;
            stage.relate(&column, ticket).await;
            stage.earlier.insert(column.clone(), stage.mail(&customer, "home").await);
            stage.tickets.insert(column, ticket);
        }
        for (kind, id) in [(Kind::Queue, stage.queues["attic"]), (Kind::Group, groups["attic"])] {
            stage.set(root, kind, id, json!({ "valid": false })).await;
        }
        let disabled = stage.people["disabled"].id;
        stage.set(root, Kind::Agent, disabled.0, json!({ "valid": false })).await;
        stage
    }

    async fn save(&self, me: AgentId, kind: Kind, id: Uuid, version: i64, document: Value) -> Uuid {
        let save = SaveRecord { version, document };
        self.app.save_record(me, kind, id, save).await.unwrap_or_else(|error| panic!("{kind:?} can be saved: {error}")).id
    }

    /// Changes fields of a settings record.
    pub async fn set(&self, me: AgentId, kind: Kind, id: Uuid, fields: Value) {
        let record = self.app.settings().records[&(kind, id)].clone();
        let mut document = record.document;
        for (field, value) in fields.as_object().expect("fields are an object") {
            document[field] = value.clone();
        }
        self.save(me, kind, id, record.version, document).await;
    }

    async fn give(&self, me: AgentId, agent: AgentId, fields: Value) {
        self.set(me, Kind::Agent, agent.0, fields).await;
    }

    async fn enter(&mut self, name: &str, id: AgentId) {
        let body = json!({ "login": name.replace('+', "."), "password": PASSWORD });
        let request = request("POST", "/session").header("x-docket", "sign-in").body(body.to_string().into()).expect("a request");
        let response = self.router_call(request).await;
        let cookie = response.headers()["set-cookie"].to_str().expect("a cookie").split(';').next().unwrap_or_default().to_owned();
        let view: Value = serde_json::from_slice(response.body()).expect("a session");
        let token = view["write_token"].as_str().expect("a write token").to_owned();
        self.people.insert(name.to_owned(), Person { id, cookie, token });
    }

    async fn router_call(&self, request: Request<Vec<u8>>) -> http::Response<Vec<u8>> {
        let host = Host::Server { trusted_proxy: vec![], secure_cookies: false, ui: UiSource::Embedded };
        call(&router(self.app.clone(), host), request).await
    }

    /// The agent of a column, or [`ROOT`].
    pub fn person(&self, name: &str) -> &Person {
        &self.people[name]
    }

    /// The ticket that a column is about.
    pub fn ticket(&self, column: &str) -> TicketId {
        self.tickets[column]
    }

    /// Another ticket of the same customer, which all may read.
    pub fn earlier(&self, column: &str) -> TicketId {
        self.earlier[column]
    }

    /// All tickets there are, but those that a test opened.
    pub fn tickets(&self) -> impl Iterator<Item = TicketId> {
        self.tickets.values().chain(self.earlier.values()).copied().chain([self.home, self.vault])
    }

    /// The desk's database, behind its back.
    pub async fn db(&self) -> Db {
        Db::open_sqlite(&self.folder.path().join("desk").join("docket.db")).await.expect("the desk's database")
    }

    /// Takes in a mail with a file for a queue.
    pub async fn mail(&self, from: &str, queue: &str) -> TicketId {
        let raw = format!(
            "From: {from}\r\nTo: {queue}@desk.test\r\nSubject: Case of {from}\r\nMessage-ID: <{}@customers.test>\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/mixed; boundary=cut\r\n\r\n--cut\r\nContent-Type: text/html\r\n\r\n<p>Please help</p>\r\n\
             --cut\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=notes.txt\r\n\r\nnotes\r\n--cut--\r\n",
            new_id()
        );
        let outcome = self.app.ingest(raw.into_bytes()).await.expect("the mail is taken in");
        let number = outcome.ticket.expect("the mail makes a ticket");
        self.app.ticket_id(docket_domain::access::FOLDER, &number).await.expect("the ticket is there")
    }

    /// Opens a ticket in a queue, as root.
    pub async fn open(&self, queue: &str) -> TicketId {
        let id = TicketId(new_id());
        let made = self.ask(ROOT, "POST", "/tickets", Some(new_ticket(id, self.queues[queue]))).await;
        assert!(made.0.is_success(), "{} {}", made.0, made.1);
        id
    }

    /// A fresh ticket that stands to the agent of a column as the column says, with a mail that waits to leave.
    pub async fn fresh(&self, column: &str) -> (TicketId, ArticleId) {
        let ticket = self.open("ward").await;
        let mail = self.waiting_mail(ticket).await;
        self.relate(column, ticket).await;
        (ticket, mail)
    }

    /// Root answers, and the answer waits for an hour.
    async fn waiting_mail(&self, ticket: TicketId) -> ArticleId {
        let id = ArticleId(new_id());
        self.done(
            ticket,
            json!({ "type": "reply", "article_id": id, "to": ["all@customers.test"], "text": "Soon", "delay_seconds": 3600 }),
        )
        .await;
        id
    }

    async fn done(&self, ticket: TicketId, body: Value) {
        let (status, answer) = self.command(ROOT, ticket, body).await;
        assert!(status.is_success(), "{status} {answer}");
    }

    /// Makes the agent of a column owner, responsible or watcher, or puts the ticket where the column wants it.
    async fn relate(&self, column: &str, id: TicketId) {
        if !["owner_of", "answers_for", "watches", "group_off"].contains(&column) {
            return;
        }
        let agent = self.people[column].id;
        let mut tx = self.db().await.begin().await.expect("a transaction");
        let mut ticket = ticket::find(&mut tx, id).await.expect("tickets can be read").expect("the ticket is there");
        match column {
            "owner_of" => ticket.owner = Some(agent),
            "answers_for" => ticket.responsible = Some(agent),
            "watches" => drop(ticket.watchers.insert(agent)),
            _ => ticket.queue = self.queues["attic"].into(),
        }
        let seq = tx.next_seq();
        let index = Index { class: Class::Viewable, rank: 3, article: None, next: docket_domain::deadline::Next::default() };
        ticket::save(&mut tx, &ticket, &index, seq, true).await.expect("the ticket can be saved");
        tx.commit().await.expect("the transaction is good");
    }

    /// Asks as somebody; gives the status and the JSON, or null.
    pub async fn ask(&self, who: &str, method: &str, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let person = &self.people[who];
        let request = request(method, path).header("cookie", &person.cookie).header("x-docket", &person.token);
        let bytes = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let response = self.router_call(request.body(bytes).expect("a request")).await;
        (response.status(), serde_json::from_slice(response.body()).unwrap_or_default())
    }

    /// Sends a command as somebody.
    pub async fn command(&self, who: &str, ticket: TicketId, body: Value) -> (StatusCode, Value) {
        self.ask(who, "POST", &format!("/tickets/{ticket}/commands"), Some(json!({ "id": new_id(), "body": body }))).await
    }
}

/// The address of the customer of a column's ticket.
pub fn customer(column: &str) -> String {
    format!("c-{}@customers.test", column.replace('+', "."))
}

/// A ticket as an agent types it.
pub fn new_ticket(id: TicketId, queue: Uuid) -> Value {
    json!({
        "id": id, "article_id": new_id(), "title": "Case", "queue_id": queue, "channel": "phone", "text": "They called",
        "customer": { "address": "all@customers.test" },
    })
}

/// Grants from words like `ward rw`.
fn grants(groups: &BTreeMap<&str, Uuid>, words: &[&str]) -> Value {
    let mut grants: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (group, right) in words.iter().filter_map(|words| words.split_once(' ')) {
        grants.entry(groups[group].to_string()).or_default().push(right);
    }
    json!(grants)
}

fn request(method: &str, path: &str) -> http::request::Builder {
    Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header("host", "127.0.0.1:8377")
        .header("content-type", "application/json")
}
