use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::master;

fn desk() -> Settings {
    let mut records = master::records("en");
    let own = |n, email: &str, queue: QueueId, valid| Record {
        kind: Kind::Address,
        id: AddressId::fixed(80, n).0,
        version: 1,
        document: json!({ "name": "Desk", "email": email, "queue_id": queue, "valid": valid }),
    };
    records.push(own(1, "old@example.org", master::QUEUE_FIRST, false));
    records.push(own(2, "Desk@example.org", master::QUEUE_FIRST, true));
    records.push(own(3, "misc@example.org", master::QUEUE_MISC, true));
    Settings::build(7, records).unwrap()
}

fn check(kind: Kind, document: Value, old: Option<Value>) -> Result<Value, Invalid> {
    desk().check(kind, Uuid::from_u128(1), &document, old.as_ref())
}

#[test]
fn fields_of_a_newer_program_survive_a_save() {
    let old = json!({ "name": "Billing", "colour": "teal", "answer_within": { "minutes": 30 } });
    let saved = check(Kind::Queue, json!({ "name": "Invoices", "comment": "money" }), Some(old)).unwrap();
    assert_eq!(saved["name"], "Invoices");
    assert_eq!(saved["comment"], "money");
    assert_eq!(saved["colour"], "teal");
    assert_eq!(saved["answer_within"], json!({ "minutes": 30 }));
    assert_eq!(saved["follow_up"], "possible", "what was not said is written out");
}

#[test]
fn fields_inside_fields_survive_too() {
    let imap = |host: &str| json!({ "host": host, "port": 993, "user": "desk" });
    let mut old = json!({ "name": "Desk", "imap": imap("old.example.org"), "smtp": { "host": "smtp.example.org", "port": 465 } });
    old["imap"]["oauth"] = json!({ "issuer": "https://login.example.org" });
    old["smtp"]["dsn"] = json!(true);
    let saved = check(Kind::Mailbox, json!({ "name": "Desk", "imap": imap("new.example.org") }), Some(old)).unwrap();
    assert_eq!(saved["imap"]["host"], "new.example.org");
    assert_eq!(saved["imap"]["oauth"]["issuer"], "https://login.example.org");
    assert_eq!(saved["smtp"], Value::Null, "the server that was taken out stays out");
}

#[test]
fn what_was_taken_out_of_a_map_stays_out() {
    let answers = |answers: Value| json!({ "name": "Billing", "auto_responses": answers });
    let old = answers(json!({ "auto_reply": master::auto_response(1), "auto_reject": master::auto_response(2) }));
    let saved = check(Kind::Queue, answers(json!({ "auto_reject": master::auto_response(2) })), Some(old)).unwrap();
    assert_eq!(saved["auto_responses"], json!({ "auto_reject": master::auto_response(2) }));
}

#[test]
fn what_cannot_be_saved_names_its_field() {
    for (kind, document, field) in [
        (Kind::Queue, json!({}), "name"),
        (Kind::Queue, json!({ "name": " " }), "name"),
        (Kind::Queue, json!({ "name": "Service desk::" }), "name"),
        (Kind::Queue, json!({ "name": "service DESK" }), "name"),
        (Kind::Queue, json!({ "name": "Billing", "address_id": Uuid::from_u128(5) }), "address_id"),
        (Kind::Queue, json!({ "name": "Billing", "auto_responses": { "auto_reply": master::auto_response(2) } }), "auto_responses"),
        (Kind::State, json!({ "name": "open", "type": "open" }), "name"),
        (Kind::State, json!({ "name": "waiting" }), "type"),
        (Kind::Priority, json!({ "name": "", "rank": 1 }), "name"),
        (Kind::Agent, json!({ "name": "Ana", "login": "two words" }), "login"),
        (Kind::Agent, json!({ "name": "Ana", "login": "ana", "email": "nowhere" }), "email"),
        (Kind::Desk, json!({ "time_zone": "Europe/Atlantis" }), "time_zone"),
        (Kind::Desk, json!({ "system_id": "ten" }), "system_id"),
        (Kind::Desk, json!({ "ticket_hook": " " }), "ticket_hook"),
        (Kind::Desk, json!({ "subject_format": "middle" }), "subject_format"),
        (Kind::Desk, json!({ "subject_size": 3 }), "subject_size"),
        (Kind::Address, json!({ "name": "Desk", "email": "desk@EXAMPLE.org", "queue_id": master::QUEUE_MISC }), "email"),
        (Kind::Address, json!({ "name": "Desk", "email": "new@example.org", "queue_id": Uuid::from_u128(5) }), "queue_id"),
        (Kind::Mailbox, json!({ "name": "Desk", "imap": { "host": "", "port": 993, "user": "desk" } }), "imap.host"),
        (Kind::MailRules, json!({ "undo_seconds": 86_400 }), "undo_seconds"),
        (Kind::MailRules, json!({ "postmaster_queue_id": Uuid::from_u128(5) }), "postmaster_queue_id"),
        (Kind::BlockedSender, json!({ "address": "spam", "since": 0 }), "address"),
    ] {
        assert_eq!(check(kind, document.clone(), None).map_err(|invalid| invalid.field), Err(field.to_owned()), "{document}");
    }
}

#[test]
fn the_desk_keeps_what_it_cannot_do_without() {
    for queue in [master::QUEUE_JUNK, master::QUEUE_RAW] {
        let off = json!({ "name": "Off", "valid": false });
        assert_eq!(desk().check(Kind::Queue, queue.0, &off, None).unwrap_err().field, "valid");
    }
    let other_type = json!({ "name": "open", "type": "closed" });
    assert_eq!(desk().check(Kind::State, master::STATE_OPEN.0, &other_type, None).unwrap_err().field, "type");
}

#[test]
fn kinds_have_one_name() {
    for kind in Kind::ALL {
        assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
    assert!(!Kind::Mailbox.for_everyone());
}

/// Contract §1: the seven state types, and which of them are done or wait.
#[test]
fn state_types() {
    use StateType::*;
    for (kind, name, closed, pending) in [
        (New, "new", false, false),
        (Open, "open", false, false),
        (Closed, "closed", true, false),
        (PendingReminder, "pending_reminder", false, true),
        (PendingAuto, "pending_auto", false, true),
        (Removed, "removed", true, false),
        (Merged, "merged", true, false),
    ] {
        assert_eq!((serde_json::to_value(kind).unwrap(), kind.is_closed(), kind.is_pending()), (json!(name), closed, pending));
    }
    assert_eq!(desk().state_type(StateId::fixed(1, 99)), Open, "a state nobody knows stays in the lists");
}

#[test]
fn whose_address() {
    let desk = desk();
    assert_eq!(desk.own_address("dESK@example.ORG").map(|(id, _)| id), Some(AddressId::fixed(80, 2)));
    assert_eq!(desk.own_address("old@example.org").map(|(id, _)| id), None, "no longer ours");
    assert_eq!(desk.sender_of(master::QUEUE_MISC).map(|(id, _)| id), Some(AddressId::fixed(80, 3)));
    assert_eq!(desk.sender_of(master::QUEUE_FIRST).map(|(id, _)| id), Some(AddressId::fixed(80, 2)));
    assert!(desk.sender_of(master::QUEUE_RAW).is_some(), "a queue without one borrows");
}

proptest! {
    #[test]
    fn whatever_a_newer_program_adds_is_kept(key in "x_[a-z]{1,6}", text in "\\PC{0,8}", nested in any::<i32>()) {
        let mut old = json!({ "name": "1 calm", "rank": 1 });
        old[&key] = json!({ "text": text, "nested": [nested] });
        let saved = check(Kind::Priority, json!({ "name": "1 calm", "rank": 2 }), Some(old.clone())).unwrap();
        prop_assert_eq!(&saved[&key], &old[&key]);
        prop_assert_eq!(&saved["rank"], &json!(2));
        prop_assert_eq!(check(Kind::Priority, saved.clone(), Some(old)).unwrap(), saved);
    }
}
