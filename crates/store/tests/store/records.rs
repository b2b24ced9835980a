//! Settings, personal documents, secrets, sessions, commands and events.

use docket_domain::{
    Actor, AgentId, CommandId, Event, EventBody,
    settings::{Kind, Record},
};
use docket_store::{
    command, event, personal, secret,
    session::{self, Session},
    setting,
};
use serde_json::json;

use crate::desk::{Desk, id, ticket};

fn session(token: &str, agent: u128, created_at: i64, seen_at: i64) -> Session {
    Session { token_hash: token.into(), agent_id: id(agent), write_token: "w".into(), created_at, seen_at, label: "Fire\0fox".into() }
}

both! {
    async fn settings_keep_their_history(desk: Desk) {
        let record = |version: i64| Record { kind: Kind::Queue, id: id(1), version, document: json!({"name": format!("Büro {version}"), "unknown": [1, null]}) };
        for version in 1..=3 {
            let mut tx = desk.begin().await.unwrap();
            setting::save(&mut tx, &record(version), version * 10, "Ana").await.unwrap();
            tx.commit().await.unwrap();
        }
        desk.execute("insert into setting (kind, id, version, seq, document) select 'from_the_future', id, 1, 1, 'not json' from setting").await;
        let mut tx = desk.begin().await.unwrap();
        setting::save(&mut tx, &Record { kind: Kind::Desk, id: id(2), version: 1, document: json!({}) }, 1, "Ana").await.unwrap();
        assert_eq!((tx.head, tx.settings_head), (4, 4));
        let all = setting::all(&mut tx).await.unwrap();
        assert_eq!(all, [Record { kind: Kind::Desk, id: id(2), version: 1, document: json!({}) }, record(3)]);
        let history = setting::history(&mut tx, Kind::Queue, id(1)).await.unwrap();
        let wanted = [3, 2, 1].map(|version| setting::Version { version, at: version * 10, actor: "Ana".into(), document: record(version).document });
        assert_eq!(history, wanted);
        assert_eq!(setting::history(&mut tx, Kind::Queue, id(2)).await.unwrap(), []);
    }

    async fn personal_documents_belong_to_one_agent(desk: Desk) {
        let (ana, ben) = (AgentId(id(1)), AgentId(id(2)));
        let mut tx = desk.begin().await.unwrap();
        for (agent, key, at) in [(ana, "a_1", 1), (ana, "ab1", 2), (ana, "a_2", 3), (ben, "a_1", 4), (ana, "a_1", 5)] {
            personal::save(&mut tx, agent, "draft", key, "{\"text\":\"ü\\u0000\"}", at).await.unwrap();
        }
        let keys: Vec<_> = personal::all(&mut tx, ana, "draft", "a_").await.unwrap().into_iter().map(|found| found.key).collect();
        assert_eq!(keys, ["a_1", "a_2"]);
        assert_eq!(personal::all(&mut tx, ana, "draft", "").await.unwrap().len(), 3);
        let found = personal::find(&mut tx, ana, "draft", "a_1").await.unwrap().unwrap();
        assert_eq!((found.key.as_str(), found.document.as_str(), found.changed_at), ("a_1", "{\"text\":\"ü\\u0000\"}", 5));
        assert_eq!(personal::find(&mut tx, ana, "view", "a_1").await.unwrap(), None);
        personal::remove(&mut tx, ana, "draft", "a_1", 10).await.unwrap();
        assert_eq!(personal::find(&mut tx, ana, "draft", "a_1").await.unwrap(), None);
        assert_eq!(personal::all(&mut tx, ben, "draft", "").await.unwrap().len(), 1);
    }

    async fn the_documents_of_a_kind_are_those_of_all_agents(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        for (agent, kind) in [(1, "draft"), (2, "draft"), (1, "view")] {
            personal::save(&mut tx, AgentId(id(agent)), kind, "k", &format!("{agent} {kind}"), 1).await.unwrap();
        }
        let mut found = personal::of_kind(&mut tx, "draft").await.unwrap();
        found.sort();
        assert_eq!(found, ["1 draft", "2 draft"]);
    }

    async fn secrets_are_bytes(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        assert!(!secret::any(&mut tx).await.unwrap());
        let sealed: Vec<u8> = (0..=255).collect();
        secret::save(&mut tx, "mailbox", id(1), &sealed).await.unwrap();
        assert_eq!(secret::find(&mut tx, "mailbox", id(1)).await.unwrap(), Some(sealed));
        secret::save(&mut tx, "mailbox", id(1), &[]).await.unwrap();
        assert_eq!(secret::find(&mut tx, "mailbox", id(1)).await.unwrap(), Some(vec![]));
        assert_eq!(secret::find(&mut tx, "other", id(1)).await.unwrap(), None);
        assert!(secret::any(&mut tx).await.unwrap());
    }

    async fn sessions_begin_and_end(desk: Desk) {
        let mut tx = desk.aside().await.unwrap();
        for (token, agent, created, seen) in [("a", 1, 10, 10), ("b", 1, 20, 20), ("c", 2, 5, 30), ("d", 2, 30, 5), ("e", 2, 30, 30)] {
            session::begin(&mut tx, &session(token, agent, created, seen)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = desk.aside().await.unwrap();
        session::touch(&mut tx, "a", 40).await.unwrap();
        let found = session::find(&mut tx, "a").await.unwrap().unwrap();
        assert_eq!((found.token_hash.as_str(), found.agent_id, found.write_token.as_str()), ("a", id(1), "w"));
        assert_eq!((found.created_at, found.seen_at, found.label.as_str()), (10, 40, "Fire\u{fffd}fox"));
        session::end(&mut tx, "b").await.unwrap();
        session::expire(&mut tx, 6, 6).await.unwrap();
        let mut left = Vec::new();
        for token in ["a", "b", "c", "d", "e"] {
            left.extend(session::find(&mut tx, token).await.unwrap().map(|found| found.token_hash));
        }
        assert_eq!(left, ["a", "e"]);
        session::end_all(&mut tx, id(2)).await.unwrap();
        assert!(session::find(&mut tx, "e").await.unwrap().is_none());
        assert!(session::begin(&mut tx, &session("a", 9, 1, 1)).await.unwrap_err().is_duplicate());
    }

    async fn passwords_are_replaced(desk: Desk) {
        let mut tx = desk.aside().await.unwrap();
        session::set_password(&mut tx, id(1), "one", 1).await.unwrap();
        session::set_password(&mut tx, id(1), "two", 2).await.unwrap();
        assert_eq!(session::password(&mut tx, id(1)).await.unwrap().as_deref(), Some("two"));
        assert_eq!(session::password(&mut tx, id(2)).await.unwrap(), None);
        assert_eq!(session::with_password(&mut tx).await.unwrap(), [id(1)]);
    }

    async fn a_command_is_remembered(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        command::insert(&mut tx, CommandId(id(1)), 5, 6, "{}").await.unwrap();
        assert_eq!(command::find(&mut tx, CommandId(id(1))).await.unwrap(), Some((5, "{}".into())));
        assert_eq!(command::find(&mut tx, CommandId(id(2))).await.unwrap(), None);
        assert!(command::insert(&mut tx, CommandId(id(1)), 7, 8, "{}").await.unwrap_err().is_duplicate());
    }

    async fn events_are_told_in_order(desk: Desk) {
        let event = |ordinal: i64, actor, body| Event { ordinal, at: 10 - ordinal, device_at: (ordinal == 2).then_some(3), actor, device: None, body };
        let wanted = [
            event(1, Actor::System, EventBody::Titled { from: String::new(), to: "Ü\0".into() }),
            event(2, Actor::Agent { id: AgentId(id(1)) }, EventBody::Locked),
            event(3, Actor::Customer { name: "Zoë".into() }, EventBody::Unlocked { reason: None }),
        ];
        let mut tx = desk.begin().await.unwrap();
        event::insert(&mut tx, ticket(1).id, &wanted[1..], 1).await.unwrap();
        event::insert(&mut tx, ticket(1).id, &wanted[..1], 1).await.unwrap();
        event::insert(&mut tx, ticket(1).id, &[], 1).await.unwrap();
        assert_eq!(event::of_ticket(&mut tx, ticket(1).id).await.unwrap(), wanted);
        assert_eq!(event::of_ticket(&mut tx, ticket(2).id).await.unwrap(), []);
        assert!(event::insert(&mut tx, ticket(1).id, &wanted[..1], 1).await.unwrap_err().is_duplicate());
    }

    async fn counters_count(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        assert_eq!((tx.count("a").await.unwrap(), tx.count("a").await.unwrap(), tx.count("b").await.unwrap()), (1, 2, 1));
        assert_eq!(tx.count_by("a", 10).await.unwrap(), 12);
        drop(tx);
        let mut tx = desk.begin().await.unwrap();
        assert_eq!(tx.count("a").await.unwrap(), 1, "what was not committed did not happen");
    }
}
