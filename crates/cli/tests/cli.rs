//! The program as scripts and administrators meet it: arguments in, lines and exit codes out.
#![expect(clippy::unwrap_used, reason = "what goes wrong in a test shall end it")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use docket_peers::Postgres;
use serde_json::Value;
use tempfile::TempDir;

/// A data folder and how to reach its desk.
struct Desk {
    folder: TempDir,
    database: Option<String>,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), database: None }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("desk")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docket"));
        command.arg("--data").arg(self.data()).args(arguments);
        command.env_remove("DOCKET_DATABASE_URL").env_remove("DOCKET_LOG").env("LANG", "C.UTF-8");
        if let Some(url) = &self.database {
            command.env("DOCKET_DATABASE_URL", url);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Done {
        self.run_with(arguments, b"")
    }

    fn run_with(&self, arguments: &[&str], input: &[u8]) -> Done {
        let mut child = self.command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A command that refuses early does not read.
        drop(child.stdin.take().unwrap().write_all(input));
        Done(child.wait_with_output().unwrap())
    }
}

struct Done(Output);

impl Done {
    #[track_caller]
    fn ok(&self) -> String {
        assert_eq!(self.code(), 0, "{}", self.said());
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.ok()).unwrap()
    }

    fn code(&self) -> i32 {
        self.0.status.code().unwrap()
    }

    fn said(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    /// Asserts a refusal: this exit code, and one sentence with these words in it.
    #[track_caller]
    fn refused(&self, code: i32, words: &str) {
        assert_eq!(self.code(), code, "{}", self.said());
        assert!(self.said().contains(words), "{}", self.said());
        assert!(!self.said().contains("panicked") && self.said().lines().count() <= 3, "{}", self.said());
    }
}

/// A running `docket serve`; told to end when dropped.
struct Served {
    child: Child,
    address: String,
}

impl Served {
    fn start(desk: &Desk) -> Self {
        let mut child = desk.command(&["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("Docket is ready: http://").unwrap_or_else(|| panic!("{line}")).to_owned();
        Self { child, address }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[cfg(unix)]
    fn terminate(mut self) -> (i32, String) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        let code = self.child.wait().unwrap().code().unwrap();
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (code, said)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Ended already where the test ended it.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

const MAIL: &[u8] = b"From: Carla Customer <carla@customer.test>\r\nTo: support@desk.test\r\nSubject: Printer\r\n\
    Message-ID: <1@customer.test>\r\n\r\nIt burns.\r\n";

fn number(json: &Value) -> &str {
    json["number"].as_str().unwrap()
}

/// The shapes that DESIGN promises to scripts, on whichever database.
fn a_ticket_from_start_to_end(desk: &Desk) {
    let made = desk.run(&["ticket", "create", "--title", "Disk", "--text", "It is full", "--customer", "carla@customer.test"]).ok();
    let disk = made.trim();
    assert!(disk.len() >= 10 && disk.bytes().all(|byte| byte.is_ascii_digit()), "{disk}");

    let outcome = desk.run_with(&["mail", "ingest"], MAIL).json();
    assert_eq!(outcome["outcome"], "created");
    let printer = outcome["ticket"].as_str().unwrap();
    let shown = desk.run(&["ticket", "show", printer, "--json"]).json();
    for (name, value) in [("title", "Printer"), ("state", "new"), ("priority", "3 normal"), ("lock", "unlock")] {
        assert_eq!(shown[name], value, "{shown}");
    }
    assert_eq!((number(&shown), &shown["customer"]), (printer, &Value::from("carla@customer.test")));
    let article = &shown["articles"][0];
    assert_eq!((&article["sender"], &article["text"], &article["raw"]), (&"customer".into(), &"It burns.".into(), &true.into()));
    let raw = desk.run(&["ticket", "raw", printer, article["id"].as_str().unwrap()]);
    assert_eq!(raw.0.stdout, MAIL);

    desk.run(&["ticket", "set", printer, "--state", "open", "--priority", "5", "--queue", "misc", "--lock"]).ok();
    desk.run_with(&["ticket", "note", printer, "--text", "-"], "Größer als gedacht".as_bytes()).ok();
    let shown = desk.run(&["ticket", "show", printer, "--json"]).json();
    assert_eq!((&shown["state"], &shown["priority"], &shown["queue"]), (&"open".into(), &"5 very high".into(), &"Misc".into()));
    assert_eq!((&shown["lock"], &shown["articles"][1]["text"]), (&"lock".into(), &"Größer als gedacht".into()));
    let history = desk.run(&["ticket", "show", printer, "--history"]).ok();
    for event in ["created", "article_added", "state_changed", "priority_set", "locked"] {
        assert!(history.contains(event), "{event} is missing in {history}");
    }
    let listed = desk.run(&["ticket", "list", "--view", "all", "--json"]).ok();
    let numbers: Vec<String> = listed.lines().map(|line| number(&serde_json::from_str(line).unwrap()).to_owned()).collect();
    assert_eq!((numbers.len(), numbers.contains(&disk.to_owned())), (2, true), "{listed}");
    let hits = desk.run(&["search", "Printer", "--json", "--limit", "1"]).json();
    assert_eq!((number(&hits), &hits["kind"]), (printer, &"ticket".into()));
    assert_eq!(desk.run(&["check"]).ok(), "Everything is fine.\n");
}

#[test]
fn a_ticket_on_sqlite() {
    a_ticket_from_start_to_end(&Desk::new());
}

#[test]
fn a_ticket_on_postgresql() {
    let postgres = Postgres::start();
    a_ticket_from_start_to_end(&Desk { database: Some(postgres.url()), ..Desk::new() });
}

#[test]
fn tickets_are_linked_watched_and_merged() {
    let desk = Desk::new();
    let open = |title: &str| desk.run(&["ticket", "create", "--title", title, "--text", title]).ok().trim().to_owned();
    let (disk, printer) = (open("Disk"), open("Printer"));
    desk.run(&["ticket", "link", &disk, &printer, "--kind", "parent"]).ok();
    assert_eq!(desk.run(&["ticket", "link", &disk, &printer, "--kind", "cousin"]).code(), 2);
    let watched = |view: &str| desk.run(&["ticket", "list", "--view", view, "--json"]).ok().lines().count();
    desk.run(&["ticket", "watch", &disk]).ok();
    assert_eq!(watched("watched"), 1);
    desk.run(&["ticket", "watch", &disk, "--off"]).ok();
    assert_eq!(watched("watched"), 0);
    desk.run(&["ticket", "merge", &disk, &disk]).refused(1, "into itself");
    let done = desk.run(&["ticket", "merge", &disk, &printer, "--json"]).json();
    assert_eq!((number(&done["ticket"]), done["ticket"]["articles"].as_array().map(Vec::len)), (printer.as_str(), Some(2)));
    let shell = desk.run(&["ticket", "show", &disk, "--json"]).json();
    assert_eq!((&shell["state"], &shell["merged_into"]), (&"merged".into(), &Value::from(printer.as_str())));
    desk.run(&["ticket", "merge", &printer, &disk]).refused(1, "merged into this one");
    desk.run(&["ticket", "set", &disk, "--priority", "5"]).refused(1, "merged into another one");
    let noted = desk.run(&["ticket", "note", &disk, "--text", "still here", "--json"]).json();
    assert_eq!(number(&noted["ticket"]), printer, "what only adds goes to where it is now");
}

#[test]
fn what_does_not_exist_is_refused() {
    let desk = Desk::new();
    desk.run(&["ticket", "show", "2026010110000001"]).refused(1, "does not exist");
    desk.run(&["ticket", "create", "--title", "x", "--text", "x", "--queue", "Nowhere"]).refused(1, "there is no queue \"Nowhere\"");
    desk.run(&["ticket", "list", "--as", "nobody"]).refused(1, "there is no agent nobody");
    assert_eq!(desk.run(&["ticket", "list", "--view", "some"]).code(), 2);
    assert_eq!(desk.run(&["juggle"]).code(), 2);
    desk.run(&["mail", "ingest", "/nonexistent/mail"]).refused(75, "try those again");
}

#[test]
fn one_bad_file_does_not_keep_the_next_mail_out() {
    let desk = Desk::new();
    let good = desk.folder.path().join("good.eml");
    std::fs::write(&good, MAIL).unwrap();
    let done = desk.run(&["mail", "ingest", "/nonexistent/mail", good.to_str().unwrap()]);
    assert_eq!(done.code(), 75);
    let line: Value = serde_json::from_slice(&done.0.stdout).unwrap();
    assert_eq!(line["outcome"], "created");
    // The same mail once more is no second ticket.
    let again = desk.run(&["mail", "ingest", good.to_str().unwrap()]).json();
    assert_eq!(again["ticket"], line["ticket"]);
    assert_eq!(desk.run(&["ticket", "list", "--view", "all", "--json"]).ok().lines().count(), 1);
}

#[test]
fn a_password_is_no_argument() {
    let desk = Desk::new();
    let done = desk.run(&["--database", "postgres://desk:secret@127.0.0.1:1/desk", "ticket", "list"]);
    done.refused(2, "--database-file");
    assert!(done.said().contains("DOCKET_DATABASE_URL") && !done.said().contains("secret"));
    let file = desk.folder.path().join("url");
    std::fs::write(&file, "postgres://desk:secret@127.0.0.1:1/desk\n").unwrap();
    let done = desk.run(&["--database-file", file.to_str().unwrap(), "ticket", "list"]);
    done.refused(75, "the database cannot be reached");
    assert!(!done.said().contains("secret"), "{}", done.said());
}

#[test]
fn agents_come_and_go() {
    let desk = Desk::new();
    desk.run(&["agent", "add", "ana", "--admin"]).refused(2, "standard input");
    desk.run_with(&["agent", "add", "ana", "--admin", "--name", "Ana"], b"short\n").refused(1, "password");
    desk.run_with(&["agent", "add", "ana", "--admin", "--name", "Ana"], b"correct horse battery\n").ok();
    desk.run_with(&["agent", "add", "ben"], b"correct horse battery\n").ok();
    desk.run(&["agent", "disable", "ben"]).ok();
    let listed = desk.run(&["agent", "list", "--json"]).ok();
    let agents: Vec<Value> = listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let brief: Vec<_> =
        agents.iter().map(|agent| (agent["login"].as_str().unwrap(), agent["admin"] == true, agent["valid"] == true)).collect();
    assert_eq!(brief, [("ana", true, true), ("ben", false, false)]);
    desk.run(&["ticket", "create", "--title", "x", "--text", "x", "--as", "ben"]).refused(1, "there is no agent ben");
}

#[test]
fn a_backup_is_the_same_desk_elsewhere() {
    let (desk, other) = (Desk::new(), Desk::new());
    desk.run(&["demo", "--tickets", "40", "--seed", "7"]).ok();
    let file = desk.folder.path().join("desk.backup");
    let file = file.to_str().unwrap();
    desk.run(&["backup", file]).ok();
    desk.run(&["backup", file]).refused(1, "exists already");
    other.run(&["restore", file]).ok();
    other.run(&["restore", file]).refused(1, "there is a desk already");
    assert_eq!(other.run(&["check"]).ok(), "Everything is fine.\n");
    let list = ["ticket", "list", "--view", "all", "--limit", "100", "--json"];
    let (here, there) = (desk.run(&list).ok(), other.run(&list).ok());
    assert_eq!((here.lines().count(), &here), (40, &there));
    for line in here.lines().take(5) {
        let row: Value = serde_json::from_str(line).unwrap();
        let show = ["ticket", "show", number(&row), "--json", "--history"];
        assert_eq!(desk.run(&show).ok(), other.run(&show).ok());
    }
    std::fs::write(desk.folder.path().join("noise"), "no backup").unwrap();
    Desk::new().run(&["restore", desk.folder.path().join("noise").to_str().unwrap()]).refused(1, "not a backup");
}

#[test]
fn one_seed_makes_one_desk() {
    let (one, same, other) = (Desk::new(), Desk::new(), Desk::new());
    one.run(&["demo", "--tickets", "30", "--seed", "3"]).ok();
    same.run(&["demo", "--tickets", "30", "--seed", "3"]).ok();
    other.run(&["demo", "--tickets", "30", "--seed", "4"]).ok();
    let titles = |desk: &Desk| {
        let listed = desk.run(&["ticket", "list", "--view", "all", "--json"]).ok();
        let title = |line: &str| serde_json::from_str::<Value>(line).unwrap()["title"].clone();
        listed.lines().map(title).collect::<Vec<_>>()
    };
    // What happened when hangs on today, and so may a word; most of it does not.
    let alike = |a: &[Value], b: &[Value]| a.iter().filter(|title| b.contains(title)).count();
    assert!(alike(&titles(&one), &titles(&same)) >= 24);
    assert!(alike(&titles(&one), &titles(&other)) < 24);
}

#[test]
#[cfg(unix)]
fn a_server_starts_says_where_and_ends() {
    let desk = Desk::new();
    let served = Served::start(&desk);
    assert!(served.get("/api/v1/session").contains("\"setup_link_needed\":true"));
    desk.run(&["serve", "--listen", "127.0.0.1:0"]).refused(75, &format!("which answers at http://{}", served.address));
    desk.run(&["demo", "--tickets", "1"]).refused(75, "is in use by docket serve");
    Desk::new().run(&["serve", "--listen", &served.address]).refused(75, "is in use by another program");
    Desk::new().run(&["serve", "--listen", "nowhere"]).refused(2, "is no address to listen on");
    // Other commands work beside it.
    let made = desk.run(&["ticket", "create", "--title", "Beside", "--text", "x"]).ok();
    desk.run(&["ticket", "show", made.trim()]).ok();
    let address = served.address.clone();
    let (code, said) = served.terminate();
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(&format!("http://{address}/#/first?token=")), "{said}");
    assert!(TcpStream::connect(&address).is_err());
    desk.run(&["demo", "--tickets", "1"]).ok();
}

#[test]
#[cfg(unix)]
fn what_is_kept_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    desk.run_with(&["mail", "ingest"], MAIL).ok();
    let mut seen = 0;
    let mut folders = vec![desk.data()];
    assert_eq!(mode(&desk.data()) & 0o077, 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            seen += 1;
            if path.is_dir() {
                folders.push(path);
            } else {
                assert_eq!(mode(&path) & 0o077, 0, "{}", path.display());
            }
        }
    }
    assert!(seen > 2);

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode()
    }
}

#[test]
fn the_description_is_printed() {
    let desk = Desk::new();
    assert_eq!(desk.run(&["openapi"]).json()["openapi"], "3.1.0");
    assert!(!desk.data().exists(), "printing needs no desk");
}

#[test]
fn groups_and_roles_say_who_may_what() {
    let desk = Desk::new();
    desk.run_with(&["agent", "add", "ana", "--admin"], b"correct horse battery\n").ok();
    desk.run_with(&["agent", "add", "ben"], b"correct horse battery\n").ok();
    let number = desk.run(&["ticket", "create", "--title", "Printer", "--text", "It burns"]).ok();
    desk.run(&["group", "add", "ward", "--comment", "The ward"]).ok();
    desk.run(&["role", "add", "Nurses"]).ok();
    desk.run(&["role", "grant", "nurses", "ward", "ro", "note"]).ok();
    desk.run(&["agent", "role", "ben", "Nurses"]).ok();
    desk.run(&["agent", "grant", "ben", "ward", "fly"]).refused(2, "rights are ro, move_into");
    desk.run(&["agent", "grant", "ben", "nowhere", "ro"]).refused(1, "this group does not exist");
    let record: Value = serde_json::from_str(&desk.run(&["agent", "grant", "ben", "users", "none", "--json"]).ok()).unwrap();
    assert_eq!(record["document"]["grants"], serde_json::json!({}), "{record}");
    assert_eq!(record["document"]["roles"].as_array().map(Vec::len), Some(1), "{record}");
    let roles: Value = serde_json::from_str(&desk.run(&["role", "list", "--json"]).ok()).unwrap();
    assert_eq!(roles["grants"].as_object().unwrap().values().next(), Some(&serde_json::json!(["ro", "note"])), "{roles}");
    assert!(desk.run(&["group", "list"]).ok().contains("ward"));

    let number = number.trim();
    desk.run(&["ticket", "show", number, "--as", "ben"]).refused(1, "does not exist");
    assert_eq!(desk.run(&["ticket", "list", "--as", "ben"]).ok(), "");
    assert!(desk.run(&["ticket", "list"]).ok().contains(number), "whoever has the folder in hand sees everything");
    desk.run(&["agent", "grant", "ben", "users", "ro"]).ok();
    assert!(desk.run(&["ticket", "list", "--as", "ben"]).ok().contains(number));
    desk.run(&["ticket", "note", number, "--text", "Seen", "--as", "ben"]).refused(1, "");
}
