//! The permission matrix: the code against `tests/data/access.tsv`.

use std::collections::BTreeSet;

use docket_app::{Notice, new_id};
use docket_domain::{TicketId, access, master};
use docket_store::personal;
use docket_tests::access::{Door, ROOT, Row, Stage, Table, customer, new_ticket};
use http::StatusCode;
use serde_json::{Value, json};

/// What an answer means: `Y` also where the ticket itself is against it, as a mail that cannot be sent again.
pub fn cell((status, answer): &(StatusCode, Value)) -> char {
    match (status.as_u16(), answer["code"].as_str()) {
        (_, Some("no_right")) => 'N',
        (401, _) => 'X',
        (404, _) => '-',
        (409, Some("not_sendable" | "not_waiting")) => 'Y',
        (status, _) if status < 300 => 'Y',
        other => panic!("nobody expects {other:?}: {answer}"),
    }
}

/// Is the ticket in what was answered? Somebody who is not signed in gets no answer.
fn shown(answer: &(StatusCode, Value), is_there: impl Fn(&Value) -> bool) -> char {
    match cell(answer) {
        'Y' if is_there(&answer.1) => 'Y',
        'Y' => '-',
        other => other,
    }
}

fn has(list: &Value, key: &str, id: TicketId) -> bool {
    list.as_array().is_some_and(|list| list.iter().any(|one| one[key] == json!(id)))
}

fn has_address(customers: &Value, address: &str) -> bool {
    customers.as_array().is_some_and(|list| list.iter().any(|one| one["address"] == json!(address)))
}

async fn get(stage: &Stage, who: &str, path: &str) -> (StatusCode, Value) {
    stage.ask(who, "GET", path, None).await
}

/// What an agent gets who reads in this way; none: it is no read.
pub async fn read(stage: &Stage, door: Door<'_>, what: &str, who: &str) -> Option<char> {
    let get = async |path: &str| door.ask(stage, who, "GET", path, None).await;
    let id = stage.ticket(who);
    let queue = if who == "group_off" { stage.queues["attic"] } else { stage.queues["ward"] };
    let whole = stage.app.ticket(access::FOLDER, id).await.expect("the folder shows everything");
    let article = whole.articles[0].id;
    let file = whole.articles[0].attachments.iter().find(|file| !file.inline).expect("the mail brought a file").id;
    let word = customer(who);
    Some(match what {
        "ticket" => cell(&get(&format!("/tickets/{id}")).await),
        "ticket_by_number" => cell(&get(&format!("/tickets/{}", whole.row.number)).await),
        "history" => cell(&get(&format!("/tickets/{id}/history")).await),
        "compose" => cell(&get(&format!("/tickets/{id}/compose?kind=reply")).await),
        "preview" => {
            let body = json!({ "text": "<OTRS_TICKET_Title>", "ticket_id": id });
            cell(&door.ask(stage, who, "POST", "/preview", Some(body)).await)
        }
        "mark_read" => cell(&door.ask(stage, who, "POST", &format!("/tickets/{id}/read"), Some(json!({ "article_ids": [article] }))).await),
        "snooze" => cell(&door.ask(stage, who, "PUT", &format!("/tickets/{id}/snooze"), Some(json!({ "until": null }))).await),
        "attachment" => cell(&get(&format!("/articles/{article}/attachments/{file}")).await),
        "raw" => cell(&get(&format!("/articles/{article}/raw")).await),
        "frame" => cell(&get(&format!("/articles/{article}/frame")).await),
        "attach_elsewhere" => {
            let note = json!({ "type": "note", "article_id": new_id(), "text": "See there", "attachments": [{ "attachment_id": file }] });
            let command = json!({ "id": new_id(), "body": note });
            cell(&door.ask(stage, who, "POST", &format!("/tickets/{}/commands", stage.earlier(who)), Some(command)).await)
        }
        "save_draft" => {
            let draft = json!({ "body": { "text": "Dear" } });
            cell(&door.ask(stage, who, "PUT", &format!("/drafts/{id}/note"), Some(draft)).await)
        }
        "draft" => {
            let mut tx = stage.db().await.begin().await.expect("a transaction");
            let draft = json!({ "body": { "text": "They wrote: help" } }).to_string();
            personal::save(&mut tx, stage.person(who).id, "draft", &format!("{id}/reply"), &draft, 1).await.expect("a draft");
            tx.commit().await.expect("the transaction is good");
            door.hear().await;
            shown(&get("/drafts").await, |drafts| has(drafts, "ticket_id", id))
        }
        "access" => cell(&get(&format!("/access?ticket={id}")).await),
        "clocks" => cell(&get(&format!("/tickets/{id}/clocks")).await),
        "list" => shown(&get("/tickets?view=all&limit=200").await, |page| has(&page["rows"], "id", id)),
        "queue_list" => shown(&get(&format!("/tickets?view=open&queue={queue}")).await, |page| has(&page["rows"], "id", id)),
        "list_search" => shown(&get(&format!("/tickets?view=all&q={word}")).await, |page| has(&page["rows"], "id", id)),
        "search" => shown(&get(&format!("/search?q={word}")).await, |hits| has(hits, "id", id)),
        "counts" => shown(&get("/counts").await, |counts| counts["queues"][queue.to_string()]["open"].as_i64() > Some(0)),
        "changes" => {
            shown(&get("/changes?after=0").await, |changes| changes["tickets"].as_array().is_some_and(|ids| ids.contains(&json!(id))))
        }
        "notice" if who == "disabled" => 'X',
        "notice" => {
            let notice = Notice {
                code: "follow_up",
                title: "A customer".into(),
                text: "Help".into(),
                ticket: Some(id),
                queue: Some(whole.row.queue_id),
                agents: Vec::new(),
                by: None,
                seq: None,
                due_at: None,
            };
            if door.app(stage).concerns(stage.person(who).id, &notice).await.expect("that can be told") { 'Y' } else { '-' }
        }
        "customer_history" => shown(&get(&format!("/tickets/{}", stage.earlier(who))).await, |ticket| {
            let customer = &ticket["customer"];
            let listed = has(&customer["recent"], "id", id);
            assert_eq!(customer["total_tickets"], if listed { 2 } else { 1 }, "{who}: a count tells as much as a title");
            assert_eq!(customer["open_tickets"], customer["total_tickets"]);
            listed
        }),
        "customer_suggestion" => {
            // Their other ticket, which all may read, goes to somebody else: nothing but the ward knows this customer any more.
            let body = json!({ "type": "set_customer", "address": "all@customers.test" });
            assert!(stage.command(ROOT, stage.earlier(who), body).await.0.is_success());
            door.hear().await;
            let answer = get(&format!("/customers?q={word}")).await;
            shown(&answer, |customers| has_address(customers, &word))
        }
        "linked" => shown(&get(&format!("/tickets/{}", stage.home)).await, |ticket| {
            let number = json!(whole.row.number);
            let listed = has(&ticket["linked"], "id", id);
            let told =
                ticket["events"].as_array().into_iter().flatten().any(|event| event["number"] == number || event["ticket"] == json!(id));
            assert!(listed || !told, "{who}: the history tells");
            listed
        }),
        "outbox" => shown(&get("/outbox").await, |mails| has(mails, "ticket_id", id)),
        _ => return None,
    })
}

/// A command as clients send it; none: there is none of that name.
fn command(stage: &Stage, what: &str, article: docket_domain::ArticleId) -> Option<Value> {
    let mail =
        |kind: &str| json!({ "type": kind, "article_id": new_id(), "to": ["all@customers.test"], "text": "Hello", "delay_seconds": 3600 });
    let person = |name: &str| stage.person(name).id;
    Some(match what {
        "note" => json!({ "type": "note", "article_id": new_id(), "text": "Seen" }),
        "note_with_state" => json!({ "type": "note", "article_id": new_id(), "text": "Done", "state_id": master::STATE_CLOSED_SUCCESSFUL }),
        "set_owner" => json!({ "type": "set_owner", "owner_id": person(ROOT) }),
        "set_priority" => json!({ "type": "set_priority", "priority_id": master::priority(5) }),
        "move_away" => json!({ "type": "move", "queue_id": stage.queues["annex"] }),
        "move_away_closed" => json!({ "type": "move", "queue_id": stage.queues["closed"] }),
        "lock" | "unlock" | "take" | "not_junk" | "junk" => json!({ "type": what }),
        "set_state" => json!({ "type": "set_state", "state_id": master::STATE_OPEN }),
        "close" => json!({ "type": "close", "state_id": master::STATE_CLOSED_SUCCESSFUL }),
        "set_title" => json!({ "type": "set_title", "title": "Another" }),
        "set_customer" => json!({ "type": "set_customer", "address": "other@customers.test" }),
        "phone_call" => json!({ "type": "phone_call", "article_id": new_id(), "direction": "outbound", "text": "Called" }),
        "reply" | "forward" => mail(what),
        "cancel_send" | "discard_send" | "send_now" | "send_again" | "it_arrived" => json!({ "type": what, "article_id": article }),
        "link" | "unlink" => json!({ "type": what, "ticket_id": stage.home }),
        "link_hidden" => json!({ "type": "link", "ticket_id": stage.vault }),
        "watch" | "unwatch" | "take_along" | "bring_back" => json!({ "type": what }),
        "set_responsible" => json!({ "type": what, "agent_id": person(ROOT) }),
        "set_service" => json!({ "type": what, "service_id": null }),
        "set_type" => json!({ "type": what, "type_id": master::TYPE_UNCLASSIFIED }),
        "set_service_level" => json!({ "type": what, "service_level_id": null }),
        "acknowledge" => json!({ "type": what }),
        _ => return None,
    })
}

async fn answer(stage: &Stage, what: &str, who: &str) -> char {
    if let Some(cell) = read(stage, Door::Browser, what, who).await {
        return cell;
    }
    let here = if who == "group_off" { stage.queues["attic"] } else { stage.queues["ward"] };
    match what {
        "create" => cell(&stage.ask(who, "POST", "/tickets", Some(new_ticket(TicketId(new_id()), here))).await),
        "move_here" => cell(&stage.command(who, stage.open("home").await, json!({ "type": "move", "queue_id": here })).await),
        _ => {
            let (ticket, article) = stage.fresh(who).await;
            let other = if what.starts_with("merge") { stage.open("home").await } else { stage.home };
            let history = async |ticket| stage.app.history(access::FOLDER, ticket).await.expect("the folder shows everything").len();
            let before = history(ticket).await + history(other).await;
            let (to, body) = match what {
                "merge" | "merge_hidden" => (ticket, json!({ "type": "merge", "into": if what == "merge" { other } else { stage.vault } })),
                "merge_other" => (other, json!({ "type": "merge", "into": ticket })),
                _ => {
                    (ticket, command(stage, what, article).unwrap_or_else(|| panic!("the file has a row that nothing is known of: {what}")))
                }
            };
            let got = cell(&stage.command(who, to, body).await);
            let after = history(ticket).await + history(other).await;
            assert!(got == 'Y' || before == after, "{what} as {who}: refused, but something happened");
            got
        }
    }
}

async fn compare(stage: &Stage, row: &Row) -> Vec<String> {
    let mut wrong = Vec::new();
    for (who, wanted) in &row.cells {
        let got = answer(stage, &row.what, who).await;
        if got != *wanted {
            wrong.push(format!("{} as {who}: the file says {wanted}, the desk {got}", row.what));
        }
    }
    wrong
}

/// Cell by cell, through the API.
#[tokio::test]
async fn the_desk_allows_what_the_file_says_and_nothing_else() {
    let stage = Stage::build().await;
    let mut wrong = Vec::new();
    for row in Table::read().rows {
        wrong.extend(compare(&stage, &row).await);
    }
    assert!(wrong.is_empty(), "{} cells differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn ids(list: &Value, key: &str) -> BTreeSet<String> {
    list.as_array().expect("a list").iter().filter_map(|one| one[key].as_str().map(str::to_owned)).collect()
}

/// Lists, searches, counters and the notice of changes show exactly what can be opened, no more and no less.
#[tokio::test]
async fn every_list_and_counter_tells_of_what_can_be_opened_and_of_no_more() {
    let stage = Stage::build().await;
    let ticket = Table::read();
    let ticket = ticket.row("ticket");
    for (who, cell) in ticket.cells.iter().filter(|(_, cell)| **cell != 'X') {
        let mut open = BTreeSet::new();
        for id in stage.tickets() {
            if get(&stage, who, &format!("/tickets/{id}")).await.0.is_success() {
                open.insert(id.to_string());
            }
        }
        assert_eq!(open.contains(&stage.ticket(who).to_string()), *cell == 'Y', "{who}");
        let page = get(&stage, who, "/tickets?view=open&limit=200").await.1;
        assert_eq!(ids(&page["rows"], "id"), open, "{who}: the list");
        assert_eq!(page["total"], open.len(), "{who}: its total");
        let counts = get(&stage, who, "/counts").await.1;
        assert_eq!(counts["views"]["all_open"], open.len(), "{who}: the counter of open tickets");
        let unassigned = get(&stage, who, "/tickets?view=unassigned&limit=200").await.1;
        assert_eq!(counts["views"]["unassigned"], unassigned["total"], "{who}: the counter of those that nobody has");
        for (name, queue) in &stage.queues {
            let page = get(&stage, who, &format!("/tickets?view=open&queue={queue}&limit=200")).await.1;
            let counter = counts["queues"][queue.to_string()]["open"].as_i64().unwrap_or(0);
            assert_eq!(
                (page["total"].as_i64(), page["rows"].as_array().map(Vec::len)),
                (Some(counter), usize::try_from(counter).ok()),
                "{who}: {name}"
            );
        }
        let found = get(&stage, who, "/search?q=case&limit=100").await.1;
        assert_eq!(ids(&found, "id"), open, "{who}: search");
        let listed = get(&stage, who, "/tickets?view=all&q=case&limit=200").await.1;
        assert_eq!((ids(&listed["rows"], "id"), &listed["total"]), (open.clone(), &json!(open.len())), "{who}: the list of what was found");
        let changes = get(&stage, who, "/changes?after=0").await.1;
        let changed: BTreeSet<String> =
            changes["tickets"].as_array().expect("a list").iter().filter_map(|id| id.as_str().map(str::to_owned)).collect();
        assert_eq!(changed, open, "{who}: changes");
        let outbox = get(&stage, who, "/outbox").await.1;
        assert!(ids(&outbox, "ticket_id").is_subset(&open), "{who}: the outbox");
        assert_eq!(counts["outbox"]["waiting"], outbox.as_array().map_or(0, Vec::len), "{who}: mails that wait");
    }
}

/// What a command takes out of sight is gone from there at once, without a word of where it went.
#[tokio::test]
async fn a_ticket_that_leaves_the_sight_of_an_agent_leaves_no_trace() {
    let stage = Stage::build().await;
    let ticket = stage.open("home").await;
    let after = get(&stage, "rw", "/changes?after=-1").await.1["seq"].as_i64().expect("a number");
    let body = json!({ "id": new_id(), "body": { "type": "move", "queue_id": stage.queues["annex"] } });
    let path = format!("/tickets/{ticket}/commands");
    let (status, moved) = stage.ask("rw", "POST", &path, Some(body.clone())).await;
    assert_eq!((status, &moved["outcome"], &moved["ticket"]), (StatusCode::OK, &json!("applied"), &Value::Null), "{moved}");
    let (status, again) = stage.ask("rw", "POST", &path, Some(body)).await;
    assert_eq!((status, &again["outcome"]), (StatusCode::OK, &json!("repeated")), "an answer that was lost can be asked for: {again}");
    for who in ["rw", "none"] {
        let changes = get(&stage, who, &format!("/changes?after={after}")).await.1;
        assert_eq!((&changes["tickets"], &changes["sight"]), (&json!([]), &json!(true)), "{who}: {changes}");
        assert_eq!(get(&stage, who, &format!("/tickets/{ticket}")).await.0, StatusCode::NOT_FOUND);
    }
    let changes = get(&stage, ROOT, &format!("/changes?after={after}")).await.1;
    assert_eq!(changes["tickets"], json!([ticket]));
}

/// Who may open tickets in a queue but not read them sees what they typed, once.
#[tokio::test]
async fn whoever_may_only_open_tickets_sees_theirs_once() {
    let stage = Stage::build().await;
    let new = new_ticket(TicketId(new_id()), stage.queues["ward"]);
    let (status, made) = stage.ask("create", "POST", "/tickets", Some(new.clone())).await;
    assert_eq!((status, &made["id"], &made["rights"]), (StatusCode::OK, &new["id"], &json!(["create"])), "{made}");
    assert_eq!(get(&stage, "create", &format!("/tickets/{}", new["id"].as_str().unwrap())).await.0, StatusCode::NOT_FOUND);
    assert_eq!(stage.ask("create", "POST", "/tickets", Some(new)).await.0, StatusCode::NOT_FOUND);
}
