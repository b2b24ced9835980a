//! Desktops and servers of different versions, and an upgrade with a full outbox.

use std::process::Command;

use docket_tests::{
    altering::Altering,
    dice::Dice,
    forger::Forger,
    office::{Office, json, texts, tickets},
    program::Program,
    team::PASSWORD,
};
use serde_json::Value;

/// A desktop of Ana's that is connected by a line which can make either end seem of another version, with a ticket.
struct Pair {
    office: Office,
    line: Altering,
    ana: Program,
    ticket: String,
}

async fn pair() -> Pair {
    let office = Office::open(false, Dice::new(1)).await.unwrap();
    let port = office.url().await.rsplit(':').next().unwrap().parse().unwrap();
    let line = Altering::to(port).await;
    let ana = Program::new(&office.path("one")).unwrap();
    ana.run(&["sync", "connect", &line.url(), "--login", "ana"], &format!("{PASSWORD}\n")).await.unwrap();
    ana.run(&["sync", "now"], "").await.unwrap();
    let made = ana.run(&["ticket", "create", "--title", "Post", "--text", "first"], "").await.unwrap();
    Pair { office, line, ana, ticket: made.lines().next().unwrap().to_owned() }
}

impl Pair {
    async fn note(&self, text: &str) -> String {
        self.ana.run(&["ticket", "note", &self.ticket, "--text", text], "").await.unwrap()
    }

    async fn status(&self) -> Value {
        json(&self.ana, &["sync", "status", "--json"]).await.unwrap()
    }

    async fn entries(&self) -> Vec<Value> {
        let outbox = self.ana.run(&["sync", "outbox", "--json"], "").await.unwrap();
        let bundles = outbox.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        bundles.flat_map(|bundle| bundle["entries"].as_array().cloned().unwrap_or_default()).collect()
    }

    /// Syncs, and both have the same: these texts, each once.
    async fn in_sync(&self, expected: &[&str]) {
        self.ana.run(&["sync", "now"], "").await.unwrap();
        let there = tickets(&self.office.program().unwrap()).await.unwrap();
        assert_eq!(texts(&there), expected);
        assert_eq!(there, tickets(&self.ana).await.unwrap());
        assert_eq!(self.entries().await, Vec::<Value>::new());
    }

    /// Does something to the desktop's file behind its back.
    fn sql(&self, text: &str) {
        let program =
            "import sqlite3, sys; base = sqlite3.connect(sys.argv[1], timeout=10); base.executescript(sys.argv[2]); base.commit()";
        let file = self.office.path("one").join("docket.db");
        assert!(Command::new("/usr/bin/python3").args(["-c", program]).arg(file).arg(text).status().unwrap().success(), "{text}");
    }
}

const OLDER: (&str, &str) = ("x-docket-protocol: 1", "x-docket-protocol: 0");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desktop_that_is_too_old_is_told_and_loses_nothing() {
    let pair = pair().await;
    pair.line.asks(&[OLDER]);
    for text in ["one", "two"] {
        let said = pair.note(text).await;
        assert!(said.contains("This waits for http://127.0.0.1:") && said.contains("needs a newer Docket"), "{said}");
    }
    pair.ana.run(&["ticket", "set", &pair.ticket, "--priority", "5", "--offline"], "").await.unwrap();
    pair.ana.run(&["ticket", "create", "--title", "More", "--text", "three", "--offline"], "").await.unwrap();
    let (code, said) = pair.ana.try_run(&["sync", "now"], "").await.unwrap();
    assert!(code == Some(1) && said.contains("needs a newer Docket than this one; install it, and nothing that waits is lost"), "{said}");
    // A program that has not asked itself says the same.
    let status = pair.status().await;
    assert_eq!((status["code"].as_str(), status["waiting"].as_i64()), (Some("client_too_old"), Some(4)), "{status}");
    assert!(pair.ana.run(&["sync", "status"], "").await.unwrap().contains("needs a newer Docket"));
    assert_eq!(texts(&tickets(&pair.office.program().unwrap()).await.unwrap()), ["first"], "nothing went");
    assert_eq!(texts(&tickets(&pair.ana).await.unwrap()).len(), 4, "all is here");
    // The newer program on the same folder.
    pair.line.pass();
    pair.in_sync(&["first", "one", "two", "three"]).await;
    assert_eq!(pair.status().await["code"], Value::Null);
}

/// The folder as the version before left it: its tables, its words, and an outbox.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upgrade_with_a_full_outbox_sends_it_once() {
    let pair = pair().await;
    for text in ["one", "two"] {
        pair.ana.run(&["ticket", "note", &pair.ticket, "--text", text, "--offline"], "").await.unwrap();
    }
    // One had gone out when the older program died; its answer never came.
    pair.sql(
        "drop index ticket_unfolded; drop index ticket_deadline; drop index ticket_late; drop index ticket_level; drop index
         ticket_lock; drop index ticket_silence; drop index personal_kind; drop index personal_key; drop table outcome; drop
         table alarm; drop table alarm_shown; drop table alarm_mark; drop table delivery; alter table ticket drop column
         service_id; alter table ticket drop column type_id; alter table ticket drop column service_level_id; alter table ticket
         drop column clocks; alter table ticket drop column due_at; alter table ticket drop column due_measure; alter table
         ticket drop column due_warn_at; alter table ticket drop column due_paused; alter table ticket drop column due_level_id;
         alter table ticket drop column level_at; alter table ticket drop column lock_since; alter table ticket drop column
         last_writer; alter table ticket drop column reminded_at; alter table ticket drop column silent_since;
         drop table life; drop index article_leaving; drop index ticket_away; delete from _sqlx_migrations where version >= 20261125000001;
         update outbox set envelope = replace(envelope, ',\"device_time\":null', '');
         update outbox set state = 'sent' where ordinal = 1;
         update replica set document = '{\"told\":0,\"server_version\":\"0.0.1\",\"over\":null,\"seq\":' || json_extract(document, '$.seq') || '}'",
    );
    let said = pair.ana.run(&["sync", "status", "--json"], "").await.unwrap();
    assert!(said.contains("\"waiting\":2"), "{said}");
    assert!(pair.office.path("one").join("docket.before-upgrade.db").exists(), "a copy from before the upgrade");
    pair.in_sync(&["first", "one", "two"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_older_server_does_not_know_is_kept_until_it_does() {
    let pair = pair().await;
    let made = pair.ana.run(&["ticket", "create", "--title", "More", "--text", "plain"], "").await.unwrap();
    pair.line.asks(&[("\"type\":\"note\"", "\"type\":\"nota\"")]);
    pair.note("with a new kind of note").await;
    pair.ana.run(&["ticket", "set", made.lines().next().unwrap(), "--priority", "5"], "").await.unwrap();
    let entries = pair.entries().await;
    let [entry] = &entries[..] else { panic!("one was refused: {entries:?}") };
    assert_eq!(
        (entry["state"].as_str(), entry["answer"]["code"].as_str(), entry["text"].as_str()),
        (Some("refused"), Some("unknown_command"), Some("with a new kind of note"))
    );
    assert_eq!(pair.status().await["needs_you"], 1);
    let there = tickets(&pair.office.program().unwrap()).await.unwrap();
    assert_eq!(texts(&there), ["first", "plain"]);
    assert_eq!(there[1]["priority"], "5 very high", "the rest went");
    pair.line.pass();
    pair.ana.run(&["sync", "decide", entry["id"].as_str().unwrap(), "mine"], "").await.unwrap();
    pair.in_sync(&["first", "with a new kind of note", "plain"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_servers_words_are_not_taken_for_no_answer() {
    let pair = pair().await;
    // An outcome that this version does not know.
    pair.line.tells(&[("\"outcome\":\"applied\"", "\"outcome\":\"weighed\"")]);
    assert!(pair.note("one").await.contains("install a newer one, and nothing that waits is lost"));
    assert_eq!(pair.status().await["code"], "client_too_old");
    pair.line.pass();
    pair.in_sync(&["first", "one"]).await;
    // A page with something in it that this version cannot read.
    let browser = pair.office.sign_in("ana").await.unwrap();
    let id = tickets(&pair.ana).await.unwrap()[0]["id"].as_str().unwrap().to_owned();
    let body = serde_json::json!({ "type": "set_priority", "priority_id": docket_domain::master::priority(5) });
    browser.must_post(&format!("/tickets/{id}/commands"), &serde_json::json!({ "id": docket_app::new_id(), "body": body })).await.unwrap();
    pair.line.tells(&[("\"type\":\"priority_set\"", "\"type\":\"priority_new\"")]);
    assert!(pair.note("two").await.contains("install a newer one, and nothing that waits is lost"));
    let (code, said) = pair.ana.try_run(&["sync", "now"], "").await.unwrap();
    assert!(code == Some(1) && said.contains("does not understand"), "{code:?} {said}");
    // Half an answer is none.
    pair.line.tells(&[("\"cursor\":", "\"cursor\" ")]);
    let (code, said) = pair.ana.try_run(&["sync", "now"], "").await.unwrap();
    assert!(code == Some(75) && said.contains("cannot be read"), "{code:?} {said}");
    pair.line.pass();
    pair.in_sync(&["first", "one", "two"]).await;
}

/// A program that was put back to an older version keeps what the newer one left in the outbox, in its place.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_newer_desktop_left_keeps_its_place() {
    let pair = pair().await;
    for text in ["one", "two"] {
        pair.ana.run(&["ticket", "note", &pair.ticket, "--text", text, "--offline"], "").await.unwrap();
    }
    pair.sql("update outbox set envelope = replace(envelope, '\"type\":\"note\"', '\"type\":\"note_of_tomorrow\"') where ordinal = 1");
    pair.ana.run(&["ticket", "create", "--title", "More", "--text", "another", "--offline"], "").await.unwrap();
    pair.ana.run(&["sync", "now"], "").await.unwrap();
    assert_eq!(texts(&tickets(&pair.office.program().unwrap()).await.unwrap()), ["first", "another"], "nothing overtakes it");
    assert_eq!(pair.status().await["waiting"], 2);
    pair.sql("update outbox set envelope = replace(envelope, 'note_of_tomorrow', 'note')");
    pair.in_sync(&["first", "one", "two", "another"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_answers_every_version_that_it_still_understands() {
    let office = Office::open(false, Dice::new(1)).await.unwrap();
    let ben = Forger::connect(&office, "ben").await;
    for (protocol, status) in [("1", 200), ("2", 200), ("nonsense", 200), ("0", 426), ("-1", 426)] {
        let (answered, problem) = ben.get("/sync?after=", protocol).await;
        assert_eq!(answered, status, "{protocol}: {problem}");
        if status == 426 {
            assert_eq!(problem["code"], "client_too_old");
            assert!(problem["message"].as_str().unwrap().contains("needs a newer Docket"), "{problem}");
        }
    }
}
