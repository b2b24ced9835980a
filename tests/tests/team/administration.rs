//! Administrators care for agents: passwords, sessions, devices, rights and why.

use docket_domain::settings::Kind;
use docket_tests::access::{ROOT, Stage};
use http::StatusCode;
use serde_json::{Value, json};

const NEW: &str = "another good password";

async fn save(stage: &Stage, who: &str, kind: &str, id: &str, fields: Value) -> (StatusCode, Value) {
    let settings = stage.ask(ROOT, "GET", "/settings", None).await.1;
    let known = settings["records"][kind].as_array().into_iter().flatten().find(|record| record["id"] == id);
    let record = known.expect("the record is there").clone();
    let mut document = record["document"].clone();
    for (field, value) in fields.as_object().expect("fields are an object") {
        document[field] = value.clone();
    }
    stage.ask(who, "PUT", &format!("/settings/{kind}/{id}"), Some(json!({ "version": record["version"], "document": document }))).await
}

#[tokio::test]
async fn a_desk_keeps_an_administrator_who_can_sign_in() {
    let stage = Stage::build().await;
    let root = stage.person(ROOT).id.to_string();
    for fields in [json!({ "valid": false }), json!({ "admin": false })] {
        let (status, refused) = save(&stage, ROOT, "agent", &root, fields).await;
        assert_eq!((status, refused["code"].as_str()), (StatusCode::CONFLICT, Some("last_administrator")), "{refused}");
    }
    assert!(stage.app.disable_agent(ROOT).await.is_err(), "the command line may not either");
    // An administrator without a password could not come in.
    let more = json!({ "login": "second", "name": "Second", "admin": true });
    let second = stage.ask(ROOT, "POST", "/agents", Some(more)).await.1["id"].as_str().unwrap().to_owned();
    assert_eq!(save(&stage, ROOT, "agent", &root, json!({ "admin": false })).await.0, StatusCode::CONFLICT);
    let password = json!({ "password": NEW });
    assert_eq!(stage.ask(ROOT, "PUT", &format!("/agents/{second}/password"), Some(password)).await.0, StatusCode::NO_CONTENT);
    assert_eq!(save(&stage, ROOT, "agent", &root, json!({ "admin": false })).await.0, StatusCode::OK);
    assert_eq!(stage.ask(ROOT, "GET", "/agents/sign-ins", None).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_agent_changes_their_password_with_the_old_one_and_an_administrator_without() {
    let stage = Stage::build().await;
    let (ro, rw) = (stage.person("ro").id, stage.person("rw").id);
    let path = format!("/agents/{ro}/password");
    let (status, wrong) = stage.ask("ro", "PUT", &path, Some(json!({ "password": NEW, "old": "guessed badly" }))).await;
    assert_eq!((status, wrong["field"].as_str()), (StatusCode::BAD_REQUEST, Some("old")), "{wrong}");
    let right = json!({ "password": NEW, "old": "correct horse battery" });
    assert_eq!(stage.ask("rw", "PUT", &path, Some(right.clone())).await.0, StatusCode::FORBIDDEN, "a colleague may not");
    assert_eq!(stage.ask("ro", "PUT", &path, Some(right)).await.0, StatusCode::NO_CONTENT);
    assert_eq!(stage.ask("ro", "GET", "/counts", None).await.0, StatusCode::OK, "the session that changed it stays");
    let path = format!("/agents/{rw}/password");
    assert_eq!(stage.ask(ROOT, "PUT", &path, Some(json!({ "password": NEW }))).await.0, StatusCode::NO_CONTENT);
    assert_eq!(stage.ask("rw", "GET", "/counts", None).await.0, StatusCode::UNAUTHORIZED, "sessions with the old one end");
}

#[tokio::test]
async fn sessions_and_devices_are_seen_and_ended_by_their_agent_and_by_administrators() {
    let stage = Stage::build().await;
    let (ro, rw) = (stage.person("ro").id, stage.person("rw").id);
    let mine = stage.ask("ro", "GET", "/sessions", None).await.1;
    assert_eq!((mine.as_array().map(Vec::len), &mine[0]["here"]), (Some(1), &json!(true)), "{mine}");
    assert_eq!(stage.ask("ro", "GET", &format!("/sessions?agent={rw}"), None).await.0, StatusCode::FORBIDDEN);
    let theirs = stage.ask(ROOT, "GET", &format!("/sessions?agent={rw}"), None).await.1[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(stage.ask("ro", "DELETE", &format!("/sessions/{theirs}"), None).await.0, StatusCode::NOT_FOUND);
    assert_eq!(stage.ask(ROOT, "DELETE", &format!("/sessions/{theirs}"), None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(stage.ask("rw", "GET", "/counts", None).await.0, StatusCode::UNAUTHORIZED);

    let laptop = docket_app::new_id();
    let mut tx = stage.db().await.begin().await.unwrap();
    let table = docket_store::dump::table("device").expect("devices are part of a dump");
    let row = json!({ "id": laptop, "agent_id": ro, "token_hash": "x", "name": "Laptop", "program": "docket 0.1", "created_at": 1, "seen_at": 2,
        "revoked_at": null, "lost": false });
    docket_store::dump::import(&mut tx, table, &[row]).await.unwrap();
    tx.commit().await.unwrap();
    let devices = stage.ask("ro", "GET", "/devices", None).await.1;
    assert_eq!((&devices[0]["name"], &devices[0]["revoked_at"]), (&json!("Laptop"), &Value::Null), "{devices}");
    let revoke = format!("/devices/{laptop}/revoke");
    assert_eq!(stage.ask("note", "POST", &revoke, None).await.0, StatusCode::NOT_FOUND, "somebody else's");
    assert_eq!(stage.ask("ro", "POST", &revoke, None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(stage.ask(ROOT, "POST", &format!("{revoke}?lost=true"), None).await.0, StatusCode::NO_CONTENT);
    let devices = stage.ask(ROOT, "GET", &format!("/devices?agent={ro}"), None).await.1;
    assert!(devices[0]["revoked_at"].is_i64() && devices[0]["lost"] == true, "{devices}");
}

#[tokio::test]
async fn the_desk_says_why_an_agent_may_and_why_not() {
    let stage = Stage::build().await;
    let ask = async |who: &str, query: String| stage.ask(who, "GET", &format!("/access?{query}"), None).await;
    let queue = stage.queues["ward"];
    let of = |column: &str| format!("agent={}&queue={queue}", stage.person(column).id);
    let right =
        |answer: &Value, right: &str| answer["rights"].as_array().unwrap().iter().find(|one| one["right"] == right).unwrap().clone();

    let answer = ask(ROOT, of("ro+note")).await.1;
    let note = right(&answer, "note");
    assert_eq!(
        (&note["granted"], &note["reasons"][0]["kind"], &note["reasons"][0]["by"]),
        (&json!(true), &json!("agent"), &json!("note")),
        "{answer}"
    );
    assert_eq!(right(&answer, "rw")["granted"], false);
    let role = right(&ask(ROOT, of("role")).await.1, "owner");
    assert_eq!(
        (&role["granted"], &role["reasons"][0]["kind"], &role["reasons"][0]["by"]),
        (&json!(true), &json!("role"), &json!("rw")),
        "{role}"
    );
    for (column, queue, obstacle) in [
        ("none", queue, "no_grant"),
        ("disabled", queue, "agent_disabled"),
        ("role_off", queue, "role_invalid"),
        ("group_off", stage.queues["attic"], "group_invalid"),
    ] {
        let answer = ask(ROOT, format!("agent={}&queue={queue}", stage.person(column).id)).await.1;
        assert_eq!(answer["obstacles"], json!([obstacle]), "{column}: {answer}");
        assert!(answer["rights"].as_array().unwrap().iter().all(|right| right["granted"] == false), "{column}: {answer}");
    }
    for (column, kind) in [("owner_of", "owner"), ("answers_for", "responsible"), ("watches", "watcher")] {
        let answer = ask(column, format!("ticket={}", stage.ticket(column))).await.1;
        let ro = right(&answer, "ro");
        assert_eq!((&ro["granted"], &ro["reasons"][0]["kind"]), (&json!(true), &json!(kind)), "{answer}");
    }
    assert_eq!(ask("ro", of("rw")).await.0, StatusCode::FORBIDDEN, "about others ask administrators");
    let kinds: Vec<Kind> = stage.app.settings().records.keys().map(|(kind, _)| *kind).collect();
    assert!(kinds.contains(&Kind::Group) && kinds.contains(&Kind::Role));
}
