//! The same API behind the window.

use docket_api::LocalActor;
use docket_domain::AgentId;
use serde_json::{Value, json};

use crate::desk::{Desk, request};

const TOKEN: &str = "of-this-start";

fn body(value: &Value) -> Vec<u8> {
    value.to_string().into()
}

#[tokio::test]
async fn the_first_start_makes_the_desk_and_its_agent() {
    let desk = Desk::window(TOKEN).await;
    let setup = json!({ "desk_name": "Helpdesk", "your_name": "Ana", "your_email": "ana@desk.test", "queue_name": "Service",
        "language": "en", "time_zone": "Europe/Berlin" });
    let ask = |token: &str| request("POST", "/setup").header("x-docket", token).body(body(&setup)).unwrap();
    desk.at_window(ask("another")).await.refused(403, "forbidden");
    desk.at_window(request("GET", "/counts").body(vec![]).unwrap()).await.refused(401, "sign_in_required");
    let view = desk.at_window(ask(TOKEN)).await.ok();
    assert_eq!((&view["stage"], &view["agent"]["name"]), (&json!("ready"), &json!("Ana")));
    desk.at_window(request("GET", "/counts").body(vec![]).unwrap()).await.ok();
    let password = json!({ "login": "ana", "password": "anything" });
    let sign_in = request("POST", "/session").header("x-docket", TOKEN).body(body(&password)).unwrap();
    desk.at_window(sign_in).await.refused(403, "forbidden");
}

#[tokio::test]
async fn nobody_names_themselves_by_a_header() {
    let desk = Desk::window(TOKEN).await;
    let agent = desk.app.add_agent("ana", "Ana", "", true, None).await.unwrap();
    for header in ["x-docket-actor", "x-local-actor", "authorization", "cookie"] {
        let asked = request("GET", "/counts").header(header, agent.to_string()).body(vec![]).unwrap();
        desk.ask(asked).await.refused(401, "sign_in_required");
    }
    let mut known = request("GET", "/counts").body(vec![]).unwrap();
    known.extensions_mut().insert(LocalActor(AgentId(agent.0)));
    desk.ask(known).await.ok();
}

#[tokio::test]
async fn only_the_windows_own_page_asks() {
    let desk = Desk::window(TOKEN).await;
    for (origin, status) in [("desk://localhost", 200), ("http://desk.localhost", 200), ("https://example.org", 403), ("null", 403)] {
        let asked = request("GET", "/session").header("origin", origin).body(vec![]).unwrap();
        assert_eq!(desk.ask(asked).await.status, status, "{origin}");
    }
}
