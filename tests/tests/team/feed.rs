//! Whoever reads the feed misses nothing, however many write.

use std::collections::{BTreeMap, HashSet};

use docket_store::{Db, ticket};
use docket_tests::team::{Team, phone_ticket};
use serde_json::json;
use tokio::sync::watch;

const WRITERS: usize = 8;
const TICKETS: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_row_is_skipped_while_many_write_through_two_servers() {
    let team = Team::with_ana().await.unwrap();
    let (one, two, ana) = team.two().await.unwrap();
    let over = watch::Sender::new(false);

    // By the API, as the page reads.
    let reader = ana.at(&two.url).apart().unwrap();
    let mut ended = over.subscribe();
    let begin = reader.get("/changes?after=-1").await.unwrap()["seq"].as_i64().unwrap();
    let page = tokio::spawn(async move {
        let (mut after, mut seen) = (begin, HashSet::new());
        loop {
            // A poll would wait for more than there is.
            let over = *ended.borrow_and_update();
            if over && reader.get("/changes?after=-1").await.unwrap()["seq"] == after {
                return seen;
            }
            let path = format!("/changes?after={after}");
            let changes = tokio::select! {
                changes = reader.get(&path) => changes.unwrap(),
                _ = ended.changed() => continue,
            };
            let tickets = changes["tickets"].as_array().unwrap();
            assert!(tickets.len() < 200, "so many that the page looks at everything anew");
            seen.extend(tickets.iter().map(|id| id.as_str().unwrap().to_owned()));
            after = changes["seq"].as_i64().unwrap();
        }
    });
    // By the rows, as sync reads.
    let db = Db::open_postgres(&team.url).await.unwrap();
    let mut ended = over.subscribe();
    let rows = tokio::spawn(async move {
        let (mut after, mut seen) = (begin, BTreeMap::new());
        loop {
            let last = *ended.borrow_and_update();
            let page = ticket::changed_after(&mut db.read().await.unwrap(), after, 7, None).await.unwrap();
            if last && page.is_empty() {
                return seen;
            }
            for (id, seq) in page {
                assert!(seq > after, "the feed goes backwards");
                after = seq;
                seen.insert(id, seq);
            }
        }
    });

    let writers = (0..WRITERS).map(|writer| {
        let ana = ana.at(if writer % 2 == 0 { &one.url } else { &two.url }).apart().unwrap();
        tokio::spawn(async move {
            let mut written = Vec::new();
            for number in 0..TICKETS {
                let (id, new) = phone_ticket(&format!("{writer} {number}"));
                ana.must_post("/tickets", &new).await.unwrap();
                let note =
                    json!({ "id": docket_app::new_id(), "body": { "type": "note", "article_id": docket_app::new_id(), "text": "x" } });
                ana.must_post(&format!("/tickets/{id}/commands"), &note).await.unwrap();
                written.push(id);
            }
            written
        })
    });
    let mut written = Vec::new();
    for writer in writers.collect::<Vec<_>>() {
        written.extend(writer.await.unwrap());
    }
    over.send_replace(true);
    let (page, rows) = (page.await.unwrap(), rows.await.unwrap());
    assert_eq!(written.len(), WRITERS * TICKETS);
    for id in &written {
        assert!(page.contains(&id.to_string()), "the page missed {id}");
    }
    let db = Db::open_postgres(&team.url).await.unwrap();
    let all: BTreeMap<_, _> =
        ticket::changed_after(&mut db.read().await.unwrap(), begin, 10_000, None).await.unwrap().into_iter().collect();
    assert_eq!(all.len(), written.len());
    assert_eq!(rows, all, "every ticket is known as it stands");
}
