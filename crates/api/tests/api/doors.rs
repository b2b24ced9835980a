//! Who gets in, from where, and who may write.

use docket_api::{Host, UiSource};
use serde_json::json;

use crate::desk::{Desk, PASSWORD, request};

#[tokio::test]
async fn somebody_signs_in_and_out() {
    let desk = Desk::server().await;
    let view = desk.stranger().get("/session").await.ok();
    assert_eq!((view["signed_in"].as_bool(), &view["host"], view.get("write_token")), (Some(false), &json!("server"), None));

    let sign_in = |password: &str| {
        let body = json!({ "login": "ana", "password": password }).to_string();
        request("POST", "/session").header("x-docket", "sign-in").body(body.into()).unwrap()
    };
    desk.ask(sign_in("wrong")).await.refused(401, "wrong_password");
    let answer = desk.ask(sign_in(PASSWORD)).await;
    assert_eq!(answer.ok()["agent"]["login"], "ana");
    let cookie = answer.header("set-cookie");
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.split("; ").any(|part| part == attribute), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "a browser would not send it back without TLS: {cookie}");

    let ana = desk.agent("ana").await;
    let view = ana.get("/session").await.ok();
    assert_eq!((view["signed_in"].as_bool(), view["write_token"].as_str()), (Some(true), Some(ana.token.as_str())));
    let gone = ana.send("DELETE", "/session", json!({})).await;
    assert_eq!(gone.status, 204);
    assert!(gone.header("set-cookie").contains("Max-Age=0"));
    ana.get("/counts").await.refused(401, "sign_in_required");
}

#[tokio::test]
async fn cookies_are_secure_where_there_is_tls() {
    let mut desk = Desk::server().await;
    desk.host = Host::Server { trusted_proxy: vec![], secure_cookies: true, ui: UiSource::None };
    let body = json!({ "login": "ana", "password": PASSWORD }).to_string();
    let answer = desk.ask(request("POST", "/session").header("x-docket", "sign-in").body(body.into()).unwrap()).await;
    assert!(answer.header("set-cookie").ends_with("; Secure"));
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let desk = Desk::server().await;
    let mut codes = Vec::new();
    for _ in 0..12 {
        let body = json!({ "login": "ana", "password": "guess" }).to_string();
        let answer = desk.ask(request("POST", "/session").header("x-docket", "sign-in").body(body.into()).unwrap()).await;
        codes.push(answer.json()["code"].as_str().unwrap().to_owned());
    }
    assert_eq!(codes[0], "wrong_password");
    assert_eq!(codes[11], "slow_down");
}

#[tokio::test]
async fn a_write_needs_the_token_of_its_own_session() {
    let desk = Desk::server().await;
    let (ana, ben) = (desk.agent("ana").await, desk.agent("ben").await);
    let put = |token: Option<&str>| {
        let mut builder = ana.request("PUT", "/personal/theme");
        if let Some(token) = token {
            builder = builder.header("x-docket", token);
        }
        builder.body(json!({ "document": "dark" }).to_string().into()).unwrap()
    };
    desk.ask(put(None)).await.refused(403, "forbidden");
    desk.ask(put(Some(""))).await.refused(403, "forbidden");
    desk.ask(put(Some("sign-in"))).await.refused(403, "forbidden");
    desk.ask(put(Some(&ben.token))).await.refused(403, "forbidden");
    assert_eq!(ana.get("/personal/theme").await.ok()["document"], json!(null));
    assert_eq!(desk.ask(put(Some(&ana.token))).await.status, 204);
    assert_eq!(ana.get("/personal/theme").await.ok()["document"], "dark");
    assert_eq!(ben.get("/personal/theme").await.ok()["document"], json!(null));
    desk.stranger().send("PUT", "/personal/theme", json!({ "document": 1 })).await.refused(401, "sign_in_required");

    let without = request("POST", "/session").body(json!({ "login": "ana", "password": PASSWORD }).to_string().into()).unwrap();
    desk.ask(without).await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_foreign_page_gets_nothing() {
    let desk = Desk::server().await;
    let ana = desk.agent("ana").await;
    let from = |method: &str, origin: &str| {
        let builder = ana.request(method, "/preview").header("x-docket", &ana.token).header("origin", origin);
        builder.body(json!({ "text": "x" }).to_string().into()).unwrap()
    };
    for origin in ["https://example.org", "null", "http://127.0.0.1:9", "http://127.0.0.1:8377.example.org", "desk://localhost", "file://"]
    {
        desk.ask(from("GET", origin)).await.refused(403, "forbidden");
        desk.ask(from("POST", origin)).await.refused(403, "forbidden");
    }
    desk.ask(from("POST", "http://127.0.0.1:8377")).await.ok();
    for (site, status) in [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)] {
        let builder = ana.request("POST", "/preview").header("x-docket", &ana.token).header("sec-fetch-site", site);
        let answer = desk.ask(builder.body(json!({ "text": "x" }).to_string().into()).unwrap()).await;
        assert_eq!(answer.status, status, "{site}");
    }
}

#[tokio::test]
async fn reading_changes_nothing() {
    let desk = Desk::server().await;
    let ana = desk.agent("ana").await;
    let seq = ana.get("/changes?after=-1").await.ok()["seq"].clone();
    for path in ["/tickets", "/settings", "/counts", "/session", "/drafts", "/placeholders", "/mailboxes", "/search?q=x"] {
        ana.get(path).await.ok();
    }
    assert_eq!(ana.get("/changes?after=-1").await.ok()["seq"], seq);
}

#[tokio::test]
async fn an_agent_is_no_administrator() {
    let desk = Desk::server().await;
    let ben = desk.agent("ben").await;
    ben.bring("POST", "/mail", b"Subject: x\r\n\r\nx".to_vec()).await.refused(403, "forbidden");
    ben.send("POST", "/backup", json!({})).await.refused(403, "forbidden");
    ben.send("POST", "/setup/demo", json!({})).await.refused(403, "forbidden");
    let ana = desk.agent("ana").await;
    let outcome = ana.bring("POST", "/mail", b"From: carla@customer.test\r\nSubject: Printer\r\n\r\nIt burns.\r\n".to_vec()).await.ok();
    assert_eq!(outcome["outcome"], "created");
    let backup = ana.send("POST", "/backup", json!({})).await;
    assert_eq!(backup.status, 200);
    assert!(backup.header("content-disposition").starts_with("attachment"));
    assert_eq!(backup.bytes[..4], [0x28, 0xb5, 0x2f, 0xfd], "a zstd frame (RFC 8878)");
}
