//! Every refusal has one shape, and every answer its fences.

use serde_json::json;

use crate::desk::{Desk, request};

#[tokio::test]
async fn whatever_is_wrong_has_a_code_and_a_sentence() {
    let desk = Desk::server().await;
    let ana = desk.agent("ana").await;
    let nobody = docket_app::new_id();
    ana.get("/nothing").await.refused(404, "not_found");
    desk.ask(request("GET", "/api/v2/session").body(vec![]).unwrap()).await.refused(404, "not_found");
    ana.get("/tickets/2026010110000001").await.refused(404, "not_found");
    ana.get(&format!("/articles/{nobody}/raw")).await.refused(404, "not_found");
    ana.get("/articles/none/raw").await.refused(400, "bad_request");
    ana.get("/changes").await.refused(400, "bad_request");
    ana.get("/changes?after=soon").await.refused(400, "bad_request");
    ana.bring("POST", "/preview", b"{".to_vec()).await.refused(400, "bad_request");
    ana.send("POST", "/preview", json!({})).await.refused(400, "bad_request");
    ana.send("PATCH", "/tickets", json!({})).await.refused(405, "method_not_allowed");
    ana.send("PUT", &format!("/settings/nonsense/{nobody}"), json!({ "version": 0, "document": {} })).await.refused(400, "bad_request");
    let plain = ana.request("POST", "/preview").header("x-docket", &ana.token).body(b"x".to_vec()).unwrap();
    let (mut parts, body) = plain.into_parts();
    parts.headers.insert("content-type", "text/plain".parse().unwrap());
    desk.ask(http::Request::from_parts(parts, body)).await.refused(400, "bad_request");
}

#[tokio::test]
async fn a_refusal_of_the_desk_is_a_conflict() {
    let desk = Desk::server().await;
    let (ana, ben) = (desk.agent("ana").await, desk.agent("ben").await);
    let id = docket_app::new_id();
    let ticket = json!({ "id": id, "article_id": docket_app::new_id(), "title": "Printer", "channel": "phone", "text": "It burns",
        "customer": { "address": "carla@customer.test" } });
    ana.send("POST", "/tickets", ticket).await.ok();
    let submit = |body: serde_json::Value| json!({ "id": docket_app::new_id(), "body": body });
    let path = format!("/tickets/{id}/commands");
    let taken = ana.send("POST", &path, submit(json!({ "type": "take" }))).await.ok();
    assert_eq!((taken["outcome"].as_str(), taken["ticket"]["locked"].as_bool()), (Some("applied"), Some(true)));
    ben.send("POST", &path, submit(json!({ "type": "take" }))).await.refused(409, "locked_by_other");
    ana.send("POST", &path, submit(json!({ "type": "nonsense" }))).await.refused(400, "bad_request");
    let desk_record = ana.get("/settings").await.ok()["records"]["desk"][0].clone();
    let path = format!("/settings/desk/{}", desk_record["id"].as_str().unwrap());
    let stale = json!({ "version": desk_record["version"].as_i64().unwrap() + 7, "document": desk_record["document"] });
    ana.send("PUT", &path, stale).await.refused(409, "stale");
}

#[tokio::test]
async fn every_answer_carries_its_fences() {
    let desk = Desk::server().await;
    let ana = desk.agent("ana").await;
    for answer in [ana.get("/session").await, ana.get("/nothing").await, desk.stranger().get("/counts").await] {
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"));
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
}
