//! The permission matrix by sync: what a connected desktop gets, shows and may do, against `tests/data/access.tsv`.

use std::collections::BTreeSet;

use docket_app::{new_id, wire::sync::Answer};
use docket_domain::{Address, ArticleId, Body, Customer, Direction, LinkKind, NewArticle, Next, Outgoing, TicketId, master};
use docket_store::{personal, replica};
use docket_tests::access::{Desktop, Door, ROOT, Stage, Table};
use http::StatusCode;
use serde_json::{Value, json};

use super::matrix::{cell, read};

/// The rows that are reads.
const READS: usize = 26;
/// What a draft quotes that was written before the ticket went out of sight.
const QUOTED: &str = "They wrote: help";

fn columns(table: &Table) -> impl Iterator<Item = &String> {
    table.columns.iter().filter(|who| *who != "disabled")
}

fn article(text: &str) -> NewArticle {
    NewArticle { id: new_id(), text: text.into(), ..NewArticle::default() }
}

fn mail(stage: &Stage) -> Outgoing {
    let settings = stage.app.settings();
    Outgoing {
        from: *settings.addresses.keys().next().expect("the desk has addresses"),
        to: vec![Address { name: None, address: "all@customers.test".into() }],
        cc: vec![],
        bcc: vec![],
        message_id: format!("{}@desk.test", new_id()),
        in_reply_to: None,
        references: vec![],
        delay_ms: 3_600_000,
        seen_upto: None,
    }
}

/// A command as a device says it; none: it is none of a device's.
fn pushed(stage: &Stage, what: &str, mail_of_root: ArticleId, ticket: TicketId, other: TicketId) -> Option<Body> {
    let root = Some(stage.person(ROOT).id);
    let (next, number) = (Next::default(), String::new());
    let closed = Next { state_id: Some(master::STATE_CLOSED_SUCCESSFUL), pending_until: None };
    let link = |ticket| Body::Link { ticket, number: String::new(), kind: LinkKind::Normal };
    Some(match what {
        "note" => Body::Note { article: article("Seen"), visible: false, next },
        "note_with_state" => Body::Note { article: article("Done"), visible: false, next: closed },
        "set_owner" => Body::SetOwner { agent: root },
        "set_priority" => Body::SetPriority { priority: master::priority(5) },
        "move_away" => Body::Move { queue: stage.queues["annex"].into() },
        "move_away_closed" => Body::Move { queue: stage.queues["closed"].into() },
        "lock" => Body::Lock,
        "unlock" => Body::Unlock,
        "take" => Body::Take { over: false },
        "set_state" => Body::SetState { state: master::STATE_OPEN, pending_until: None },
        "close" => Body::SetState { state: master::STATE_CLOSED_SUCCESSFUL, pending_until: None },
        "set_title" => Body::SetTitle { title: "Another".into() },
        "set_customer" => Body::SetCustomer { customer: Customer { address: "other@customers.test".into(), name: String::new() } },
        "phone_call" => Body::PhoneCall { article: article("Called"), direction: Direction::Outbound, next },
        "reply" => Body::Reply { article: article("Hello"), mail: mail(stage), next },
        "forward" => Body::Forward { article: article("Hello"), mail: mail(stage), next },
        "cancel_send" | "discard_send" => Body::CancelSend { article: mail_of_root, discard: what == "discard_send" },
        "send_again" => Body::SendAgain { article: mail_of_root },
        "it_arrived" => Body::ConfirmArrival { article: mail_of_root, author: None, next },
        "junk" => Body::Junk { block: false },
        "not_junk" => Body::NotJunk,
        "link" => link(stage.home),
        "link_hidden" => link(stage.vault),
        "unlink" => Body::Unlink { ticket: stage.home, number },
        "watch" => Body::Watch,
        "unwatch" => Body::Unwatch,
        "set_responsible" => Body::SetResponsible { agent: root },
        "set_service" => Body::SetService { service: None },
        "set_type" => Body::SetType { ticket_type: Some(master::TYPE_UNCLASSIFIED) },
        "set_service_level" => Body::SetServiceLevel { service_level: None },
        "acknowledge" => Body::Acknowledge,
        "take_along" => Body::TakeAlong,
        "bring_back" => Body::BringBack,
        "merge" => Body::Merge { into: other, number },
        "merge_other" => Body::Merge { into: ticket, number },
        "merge_hidden" => Body::Merge { into: stage.vault, number },
        _ => return None,
    })
}

/// What the server's answer to a push means. A ticket out of sight is one of which nothing is said: not who was quicker, nor what
/// stands there.
fn judged(answer: &Answer, sees: bool) -> char {
    let told = (&answer.by, answer.at, &answer.theirs, answer.ticket_id);
    match (answer.outcome.as_str(), answer.code.as_deref()) {
        ("applied" | "held", _) | ("refused", Some("not_sendable" | "not_waiting")) => 'Y',
        ("refused", Some("no_right")) if sees => 'N',
        ("refused", Some("no_right" | "not_found")) => {
            assert_eq!(told, (&None, None, &None, None), "{answer:?}");
            '-'
        }
        other => panic!("nobody expects {other:?}: {answer:?}"),
    }
}

/// Pushes one command of a row as the agent of a column; what was refused must have changed nothing.
async fn push(stage: &Stage, desktop: &Desktop, what: &str, who: &str, sees: bool) -> Option<char> {
    let here = if who == "group_off" { stage.queues["attic"] } else { stage.queues["ward"] };
    let create = || Body::Create {
        number: String::new(),
        title: "Case".into(),
        queue: here.into(),
        state: master::STATE_NEW,
        priority: master::PRIORITY_NORMAL,
        owner: None,
        lock: false,
        customer: Customer::default(),
        pending_until: None,
        first: Some(Box::new(Body::PhoneCall { article: article("Hello"), direction: Direction::Inbound, next: Next::default() })),
    };
    // A queue is no secret, and whoever moves a ticket has it in sight.
    match what {
        "create" => {
            let answer = desktop.push(TicketId(new_id()), 0, create()).await.1;
            return Some(judged(&answer, true));
        }
        "move_here" => {
            let answer = desktop.push(stage.open("home").await, i64::MAX, Body::Move { queue: here.into() }).await.1;
            return Some(judged(&answer, true));
        }
        _ => {}
    }
    let (ticket, waiting) = stage.fresh(who).await;
    let other = if what.starts_with("merge") { stage.open("home").await } else { stage.home };
    let body = pushed(stage, what, waiting, ticket, other)?;
    let history = async || {
        let folder = docket_domain::access::FOLDER;
        let length = async |id| stage.app.history(folder, id).await.expect("the folder shows everything").len();
        length(ticket).await + length(other).await
    };
    let before = history().await;
    let to = if what == "merge_other" { other } else { ticket };
    let (status, answer) = desktop.push(to, i64::MAX, body).await;
    assert_eq!(status, StatusCode::OK, "{what} as {who}");
    // What a merge or a link names is another ticket; whoever sees the one does not see the other.
    let got = judged(&answer, sees && !what.ends_with("_hidden"));
    assert!(got == 'Y' || history().await == before, "{what} as {who}: refused, but something happened");
    Some(got)
}

#[tokio::test]
async fn a_pushed_command_does_what_the_file_says_and_nothing_else() {
    let stage = Stage::build().await;
    let table = Table::read();
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for who in columns(&table) {
        let desktop = stage.desktop(who).await.expect("the password is right");
        let sees = table.row("ticket").cells[who] == 'Y';
        for row in &table.rows[READS..] {
            let wanted = row.cells[who];
            let Some(got) = push(&stage, &desktop, &row.what, who, sees).await else { continue };
            compared += 1;
            if got != wanted {
                wrong.push(format!("{} pushed by {who}: the file says {wanted}, the server {got}", row.what));
            }
        }
    }
    assert!(wrong.is_empty(), "{} cells differ:\n{}", wrong.len(), wrong.join("\n"));
    // All rows but sending at once, which goes to the server by no push.
    assert_eq!(compared, (table.rows.len() - READS - 1) * (table.columns.len() - 1));
}

/// A command on what somebody changed meanwhile is first of all a command that one may not give.
#[tokio::test]
async fn who_has_no_right_gets_no_proposal_either() {
    let stage = Stage::build().await;
    let desktop = stage.desktop("ro").await.expect("the password is right");
    let ticket = stage.ticket("ro");
    for body in [json!({ "type": "set_title", "title": "Theirs" }), json!({ "type": "set_priority", "priority_id": master::priority(1) })] {
        assert!(stage.command(ROOT, ticket, body).await.0.is_success());
    }
    for body in [
        Body::SetTitle { title: "Mine".into() },
        Body::SetPriority { priority: master::priority(5) },
        Body::SetOwner { agent: Some(stage.person("ro").id) },
    ] {
        let (_, answer) = desktop.push(ticket, 0, body.clone()).await;
        assert_eq!((answer.outcome.as_str(), answer.code.as_deref()), ("refused", Some("no_right")), "{body:?}: {answer:?}");
    }
}

/// Cell by cell, what the window of a connected desktop shows.
#[tokio::test]
async fn a_replica_shows_what_the_file_says_and_nothing_else() {
    let stage = Stage::build().await;
    let table = Table::read();
    let mut wrong = Vec::new();
    for who in columns(&table) {
        let desktop = stage.desktop(who).await.expect("the password is right");
        desktop.sync().await.expect("the server answers");
        for row in &table.rows[..READS] {
            let got = read(&stage, Door::Replica(&desktop), &row.what, who).await.expect("a row that is a read");
            let wanted = row.cells[who];
            if got != wanted {
                wrong.push(format!("{} at the desktop of {who}: the file says {wanted}, the replica {got}", row.what));
            }
        }
        desktop.app.close().await;
    }
    assert!(wrong.is_empty(), "{} cells differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn ids(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().filter_map(|unit| unit["ticket"]["id"].as_str().map(str::to_owned)).collect()
}

/// Everything that a device is sent from an empty start, or after a cursor: the tickets, all of its words, and the next cursor.
async fn heard(desktop: &Desktop, from: Option<&str>) -> (BTreeSet<String>, String, String) {
    let (mut cursor, mut tickets, mut words) = (from.unwrap_or_default().to_owned(), BTreeSet::new(), String::new());
    loop {
        let (status, page) = desktop.get(&format!("/api/v1/sync?after={cursor}")).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        tickets.extend(ids(&page["tickets"]));
        words.push_str(&page.to_string());
        page["cursor"].as_str().expect("a page has a cursor").clone_into(&mut cursor);
        if page["more"] == false {
            break;
        }
    }
    let mut mark = Some(String::new());
    while let Some(after) = mark.filter(|_| from.is_none()) {
        let page = desktop.post("/api/v1/sync/first", &json!({ "after": after })).await.1;
        tickets.extend(ids(&page["tickets"]));
        words.push_str(&page.to_string());
        mark = page["next"].as_str().map(str::to_owned);
    }
    (tickets, words, cursor)
}

/// On the line and in the file: tickets that may be opened, whole, and of the others no word.
#[tokio::test]
async fn the_feed_holds_what_can_be_opened_and_no_word_of_the_rest() {
    let stage = Stage::build().await;
    let table = Table::read();
    for who in columns(&table) {
        let (me, own) = (stage.person(who).id, stage.ticket(who));
        let mut tx = stage.db().await.begin().await.expect("a transaction");
        let draft = json!({ "body": { "text": QUOTED } }).to_string();
        personal::save(&mut tx, me, "draft", &format!("{own}/reply"), &draft, 1).await.expect("a draft");
        tx.commit().await.expect("the transaction is good");
        let mut open = BTreeSet::new();
        for id in stage.tickets() {
            if stage.ask(who, "GET", &format!("/tickets/{id}"), None).await.0.is_success() {
                open.insert(id.to_string());
            }
        }
        let sees = table.row("ticket").cells[who] == 'Y';
        assert_eq!(open.contains(&own.to_string()), sees, "{who}");
        let desktop = stage.desktop(who).await.expect("the password is right");
        let (first, words, cursor) = heard(&desktop, None).await;
        assert_eq!(first, open, "{who}: the first sync");
        let number = stage.app.ticket(docket_domain::access::FOLDER, own).await.expect("the ticket is there").row.number;
        for word in [number.as_str(), QUOTED] {
            assert_eq!(words.contains(word), sees, "{who}: {word} on the line");
        }
        // What changes later; in a group that is not valid nobody changes anything.
        if who == "group_off" {
            continue;
        }
        let note = json!({ "type": "note", "article_id": new_id(), "text": "Zeppelin" });
        assert!(stage.command(ROOT, own, note).await.0.is_success());
        let (later, words, _) = heard(&desktop, Some(&cursor)).await;
        assert_eq!((later.contains(&own.to_string()), words.contains("Zeppelin")), (sees, sees), "{who}: what changed");
        desktop.sync().await.expect("the server answers");
        let kept = replica::all_tickets(&mut desktop.db().await.read().await.expect("the replica")).await.expect("the replica's tickets");
        assert_eq!(kept.iter().map(ToString::to_string).collect::<BTreeSet<_>>(), open, "{who}: the replica");
        let counts = desktop.ask("GET", "/counts", None).await.1;
        assert_eq!(counts["views"]["all_open"], open.len(), "{who}: the replica's counter");
        desktop.app.close().await;
    }
}

/// A draft on a ticket that comes back into sight comes back with it.
#[tokio::test]
async fn a_draft_rests_with_its_ticket_and_comes_back_with_it() {
    let stage = Stage::build().await;
    let (root, me, ticket) = (stage.person(ROOT).id, stage.person("ro").id, stage.ticket("none"));
    let nobody = stage.person("none").id;
    let draft = json!({ "body": { "text": QUOTED } });
    let kept = async |desktop: &Desktop| {
        let drafts = desktop.ask("GET", "/drafts", None).await.1;
        let mut tx = desktop.db().await.read().await.expect("the replica");
        let there = personal::all(&mut tx, nobody, "draft", "").await.expect("the replica's drafts").len();
        (drafts.as_array().map_or(0, Vec::len), there)
    };
    let owner = |agent| json!({ "type": "set_owner", "owner_id": agent });
    assert!(stage.command(ROOT, ticket, owner(nobody)).await.0.is_success());
    assert!(stage.ask("none", "PUT", &format!("/drafts/{ticket}/reply"), Some(draft)).await.0.is_success());
    assert!(stage.command(ROOT, ticket, owner(root)).await.0.is_success());
    let desktop = stage.desktop("none").await.expect("the password is right");
    desktop.sync().await.expect("the server answers");
    assert_eq!(kept(&desktop).await, (0, 0), "a new device hears nothing of it");
    assert!(stage.command(ROOT, ticket, owner(nobody)).await.0.is_success());
    desktop.sync().await.expect("the server answers");
    assert_eq!(kept(&desktop).await, (1, 1), "it is there with its ticket");
    assert_ne!(me, nobody);
}

/// An agent who was disabled has no device any more.
#[tokio::test]
async fn a_disabled_agent_has_no_device() {
    let stage = Stage::build().await;
    let table = Table::read();
    assert!(table.rows.iter().all(|row| row.cells["disabled"] == 'X'));
    assert!(stage.desktop("disabled").await.is_err(), "a new one is turned away");
    let (root, agent) = (stage.person(ROOT).id, stage.person("disabled").id);
    let valid = async |valid: bool| stage.set(root, docket_domain::settings::Kind::Agent, agent.0, json!({ "valid": valid })).await;
    valid(true).await;
    let desktop = stage.desktop("disabled").await.expect("the password is right");
    desktop.sync().await.expect("the server answers");
    valid(false).await;
    let push = json!({ "commands": [] });
    for answer in [
        desktop.get("/api/v1/sync?after=").await,
        desktop.post("/api/v1/sync/first", &json!({})).await,
        desktop.post("/api/v1/sync/push", &push).await,
        desktop.post("/api/v1/sync/lease", &json!({ "count": 1 })).await,
        desktop.post("/api/v1/sync/personal", &json!({})).await,
        desktop.get(&format!("/api/v1/tickets/{}", stage.home)).await,
        desktop.get("/api/v1/changes?after=0").await,
    ] {
        assert_eq!((cell(&answer), &answer.1["code"]), ('X', &json!("agent_disabled")), "{answer:?}");
    }
    assert_eq!(desktop.sync().await.expect_err("it is none any more").code(), "agent_disabled");
    let kept = replica::all_tickets(&mut desktop.db().await.read().await.expect("the replica")).await.expect("the replica's tickets");
    assert_eq!(kept, Vec::<uuid::Uuid>::new());
}
