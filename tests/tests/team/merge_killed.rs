//! A server that dies while tickets go into each other: each merge is there as a whole, or not at all.

use std::time::Duration;

use docket_tests::{client::Client, dice::Dice, office::Office, team::phone_ticket};
use serde_json::{Value, json};
use uuid::Uuid;

/// Merges at the same time.
const AT_ONCE: usize = 4;
const ROUNDS: usize = 8;

/// A ticket that goes into another one.
struct Pair {
    source: Uuid,
    target: Uuid,
    /// The merge.
    command: Value,
    name: String,
}

async fn does(ana: &Client, ticket: Uuid, body: Value) {
    ana.must_post(&format!("/tickets/{ticket}/commands"), &json!({ "id": docket_app::new_id(), "body": body })).await.unwrap();
}

impl Pair {
    async fn make(ana: &Client, hub: Uuid, name: String) -> Self {
        let (source, one) = phone_ticket(&format!("{name} source"));
        let (target, other) = phone_ticket(&format!("{name} target"));
        for new in [one, other] {
            ana.must_post("/tickets", &new).await.unwrap();
        }
        does(ana, source, json!({ "type": "note", "article_id": docket_app::new_id(), "text": format!("{name} note") })).await;
        does(ana, source, json!({ "type": "watch" })).await;
        does(ana, source, json!({ "type": "link", "ticket_id": hub })).await;
        let command = json!({ "id": docket_app::new_id(), "body": { "type": "merge", "into": target } });
        Self { source, target, command, name }
    }

    async fn merge(&self, ana: &Client) -> Option<u16> {
        let path = format!("/tickets/{}/commands", self.source);
        ana.post(&path, &self.command).await.ok().map(|(status, _)| status.as_u16())
    }

    /// Is it done? Half of it is none.
    async fn is_done(&self, ana: &Client, hub: Uuid) -> bool {
        let get = async |id: Uuid| ana.get(&format!("/tickets/{id}")).await.unwrap();
        let (source, target, hub) = (get(self.source).await, get(self.target).await, get(hub).await);
        let name = &self.name;
        let texts = |ticket: &Value| {
            let articles = ticket["articles"].as_array().unwrap();
            assert!(articles.iter().zip(1..).all(|(article, ordinal)| article["ordinal"] == ordinal), "{name}: {articles:?}");
            articles.iter().map(|article| article["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let links = |ticket: &Value, id: Uuid| ticket["linked"].as_array().unwrap().iter().filter(|one| one["id"] == json!(id)).count();
        let done = source["merged"] == true;
        let (own, theirs) = ([format!("{name} source"), format!("{name} note")], format!("{name} target"));
        if done {
            assert_eq!(texts(&source), Vec::<String>::new(), "{name}");
            assert_eq!(texts(&target), [&theirs, &own[0], &own[1]].map(Clone::clone), "{name}");
            assert_eq!(source["merged_into"]["id"], json!(self.target), "{name}");
        } else {
            assert_eq!((texts(&source), texts(&target)), (own.to_vec(), vec![theirs]), "{name}");
        }
        let (holder, other) = if done { (&target, &source) } else { (&source, &target) };
        let (holder_id, other_id) = if done { (self.target, self.source) } else { (self.source, self.target) };
        assert_eq!((links(&hub, holder_id), links(&hub, other_id)), (1, 0), "{name}: the link, from the other side");
        let hub = hub["id"].as_str().unwrap().parse().unwrap();
        assert_eq!((links(holder, hub), links(other, hub)), (1, 0), "{name}: the link");
        assert_eq!(holder["watchers"].as_array().map(Vec::len), Some(1), "{name}: who watches goes along");
        done
    }
}

async fn killed_within_merges(on_postgres: bool) {
    let seed = Dice::seed();
    println!("seed {seed}");
    let mut dice = Dice::new(seed);
    let office = Office::open(on_postgres, Dice::new(1)).await.unwrap();
    let session = office.sign_in("ana").await.unwrap();
    let (hub, new) = phone_ticket("hub");
    session.must_post("/tickets", &new).await.unwrap();
    let (mut pairs, mut unanswered, mut undone) = (Vec::new(), 0, 0);
    for round in 0..ROUNDS {
        let ana = session.at(&office.url().await).apart().unwrap();
        let first = pairs.len();
        for number in 0..AT_ONCE {
            pairs.push(Pair::make(&ana, hub, format!("{round}.{number}")).await);
        }
        let merges = pairs[first..].iter().map(|pair| {
            let (ana, path, command) = (ana.apart().unwrap(), format!("/tickets/{}/commands", pair.source), pair.command.clone());
            tokio::spawn(async move { ana.post(&path, &command).await.ok().map(|(status, _)| status.as_u16()) })
        });
        let merges: Vec<_> = merges.collect();
        // This is when the power fails, not a wait for something.
        tokio::time::sleep(dice.pause(0, 60)).await;
        office.kill().await.unwrap();
        let mut answers = Vec::new();
        for merge in merges {
            answers.push(merge.await.unwrap());
        }
        office.start().await.unwrap();
        let ana = session.at(&office.url().await).apart().unwrap();
        for (pair, answer) in pairs[first..].iter().zip(answers) {
            let done = pair.is_done(&ana, hub).await;
            unanswered += usize::from(answer.is_none());
            undone += usize::from(!done);
            assert!(answer.is_none_or(|status| status == 200 && done), "seed {seed}: {} was confirmed: {answer:?}", pair.name);
            // Said again because no answer came: done once.
            assert_eq!(pair.merge(&ana).await, Some(200), "seed {seed}");
            assert!(pair.is_done(&ana, hub).await, "seed {seed}");
        }
    }
    let ana = session.at(&office.url().await).apart().unwrap();
    for pair in &pairs {
        assert!(pair.is_done(&ana, hub).await, "seed {seed}: {}", pair.name);
    }
    println!("{} merges, {unanswered} without an answer, {undone} of them not done", pairs.len());
    assert!(unanswered > 0, "seed {seed}: the server never died in the midst of it");
    office.kill().await.unwrap();
    assert_eq!(office.program().unwrap().run(&["check"], "").await.unwrap(), "Everything is fine.\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_merge_is_whole_or_none_on_sqlite() {
    killed_within_merges(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_merge_is_whole_or_none_on_postgresql() {
    tokio::time::timeout(Duration::from_secs(300), killed_within_merges(true)).await.expect("it comes to an end");
}
