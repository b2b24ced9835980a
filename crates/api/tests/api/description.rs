//! The description of the API: current, complete, and true.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::desk::Desk;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn description() -> Value {
    serde_json::to_value(docket_api::openapi()).unwrap()
}

/// The types of the page are made from `openapi.json`; DOCKET_ACCEPT writes it.
#[test]
fn the_written_description_is_current() {
    let path = Path::new(ROOT).join("openapi.json");
    let now = docket_api::openapi().to_pretty_json().unwrap() + "\n";
    if std::env::var_os("DOCKET_ACCEPT").is_some() {
        fs::write(&path, &now).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == now, "openapi.json is not what the code says; run `make accept` and look at the difference");
}

#[test]
fn every_code_is_described() {
    let description = description();
    let codes = description["components"]["schemas"]["Code"]["enum"].as_array().unwrap();
    let mut missing = Vec::new();
    for entry in fs::read_dir(Path::new(ROOT).join("crates/app/src")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for refusal in text.split("Unavailable {").skip(1) {
            let code = refusal.trim_start().strip_prefix("code: \"").and_then(|rest| rest.split('"').next());
            missing.extend(code.filter(|code| !codes.contains(&json!(code))).map(str::to_owned));
        }
    }
    assert_eq!(missing, Vec::<String>::new(), "codes that crates/api/src/problem.rs does not know");
    for code in ["locked_by_other", "stale", "sign_in_required"] {
        assert!(codes.contains(&json!(code)), "{code}");
    }
}

/// Each operation with its ids filled in with ones that name nothing.
fn operations() -> Vec<(String, String)> {
    let nothing = docket_app::new_id().to_string();
    let description = description();
    let mut operations = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|name| ["get", "put", "post", "delete"].contains(&name.as_str())) {
            let path = path.replace("{kind}", if path.contains("settings") { "queue" } else { "reply" }).replace("{key}", "theme");
            let path = ["{id}", "{ticket_id}", "{attachment_id}"].iter().fold(path, |path, name| path.replace(name, &nothing));
            let query = match path.rsplit('/').next() {
                Some("changes") => "?after=-1",
                Some("compose") => "?kind=reply",
                Some("uploads") => "?name=x",
                _ => "",
            };
            operations.push((method.to_uppercase(), path + query));
        }
    }
    assert!(operations.len() >= 40, "{operations:?}");
    operations
}

#[tokio::test]
async fn every_operation_is_there_on_an_empty_desk() {
    let desk = Desk::server().await;
    for (method, path) in operations() {
        let ana = desk.agent("ana").await;
        let answer = if method == "GET" { ana.get(&path).await } else { ana.send(&method, &path, json!({})).await };
        let said = String::from_utf8_lossy(&answer.bytes);
        assert!(!answer.status.is_server_error(), "{method} {path}: {said}");
        let unknown = said.contains("there is nothing at this address") || answer.status == 405;
        assert!(!unknown, "{method} {path}: {said}");
        let names_something = path.matches('/').count() > 3 && !path.contains("personal");
        assert!(answer.status != 404 || names_something, "{method} {path}: {said}");
        if !answer.status.is_success() {
            answer.refused(answer.status.as_u16(), answer.json()["code"].as_str().unwrap());
        }
    }
}

#[tokio::test]
async fn strangers_learn_nothing() {
    let desk = Desk::server().await;
    for (method, path) in operations() {
        if path.contains("/session") || path.ends_with("/devices") {
            continue;
        }
        let stranger = desk.stranger();
        let answer = if method == "GET" { stranger.get(&path).await } else { stranger.send(&method, &path, json!({})).await };
        answer.refused(401, "sign_in_required");
    }
}
