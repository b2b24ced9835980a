//! Whose decision a mail in trouble needs.

use docket_domain::{Delivery, settings::Kind};
use docket_store::article;
use docket_tests::access::{ROOT, Stage};
use serde_json::json;

async fn needs(stage: &Stage, who: &str) -> i64 {
    stage.ask(who, "GET", "/counts", None).await.1["outbox"]["needs_you"].as_i64().expect("a number")
}

/// A held mail of an agent on a ticket in ward.
async fn held(stage: &Stage, author: &str) {
    let ticket = stage.open("ward").await;
    let id = docket_domain::ArticleId(docket_app::new_id());
    let body = json!({ "type": "reply", "article_id": id, "to": ["all@customers.test"], "text": "Soon", "delay_seconds": 3600 });
    assert!(stage.command(author, ticket, body).await.0.is_success());
    let mut tx = stage.db().await.begin().await.expect("a transaction");
    let seq = tx.next_seq();
    article::set_delivery(&mut tx, id, Delivery::Held, None, None, seq).await.expect("the mail is there");
    tx.commit().await.expect("the transaction is good");
}

#[tokio::test]
async fn a_held_mail_needs_its_author_or_when_they_are_gone_whoever_can_care() {
    let stage = Stage::build().await;
    held(&stage, "rw").await;
    assert_eq!((needs(&stage, "rw").await, needs(&stage, "role").await, needs(&stage, ROOT).await), (1, 0, 0), "its author");
    let root = stage.person(ROOT).id;
    let author = stage.person("rw").id;
    stage.set(root, Kind::Agent, author.0, json!({ "grants": {} })).await;
    let counts = (needs(&stage, "rw").await, needs(&stage, "role").await, needs(&stage, "ro").await, needs(&stage, "none").await);
    assert_eq!(counts, (0, 1, 0, 0), "its author lost the right to it; who only reads cannot care for it");
    stage.set(root, Kind::Agent, author.0, json!({ "valid": false })).await;
    assert_eq!((needs(&stage, "role").await, needs(&stage, ROOT).await), (1, 1), "its author is gone");
}
