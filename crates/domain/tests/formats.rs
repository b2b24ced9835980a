//! The JSON of commands and events is a file format: a line that was ever written must be readable for ever. Lines of
//! `data/*.jsonl` are only added, never changed.

use std::collections::BTreeSet;

use docket_domain::{Body, Envelope, Event, EventBody, Refusal};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

const BODIES: &str = include_str!("data/bodies.jsonl");
const EVENTS: &str = include_str!("data/events.jsonl");

/// Does `new` say everything that `old` said?
fn says_all(new: &Value, old: &Value) -> bool {
    match (new, old) {
        (Value::Object(new), Value::Object(old)) => {
            old.iter().all(|(key, old)| old.is_null() || new.get(key).is_some_and(|new| says_all(new, old)))
        }
        (Value::Array(new), Value::Array(old)) => new.len() == old.len() && new.iter().zip(old).all(|(new, old)| says_all(new, old)),
        (new, old) => new == old,
    }
}

/// Reads every line as `T` and gives the types they name.
fn read_again<T: DeserializeOwned + Serialize>(lines: &str) -> BTreeSet<String> {
    let read = |line: &str| {
        let old: Value = serde_json::from_str(line).expect("each line is JSON");
        let value: T = serde_json::from_value(old.clone()).unwrap_or_else(|error| panic!("{error}: {line}"));
        let new = serde_json::to_value(&value).expect("what was read can be written");
        assert!(says_all(&new, &old), "lost something:\n{line}\n{new}");
        old["type"].as_str().expect("each line names its type").to_owned()
    };
    lines.lines().map(read).collect()
}

/// The variants there are, out of serde's own complaint about one that there is not.
fn variants<T: DeserializeOwned>() -> BTreeSet<String> {
    let error = serde_json::from_value::<T>(json!({ "type": "?" })).err().expect("no variant is called ?").to_string();
    error.split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_command_ever_written_can_be_read() {
    assert_eq!(read_again::<Body>(BODIES), variants::<Body>());
}

#[test]
fn every_event_ever_written_can_be_read() {
    assert_eq!(read_again::<Event>(EVENTS), variants::<EventBody>());
}

#[test]
fn an_envelope_needs_no_more_than_it_did() {
    let id = "01978a3e-7c00-7000-8000-0000000000cc";
    let oldest = json!({ "id": id, "subjects": [["ticket", id]], "actor": { "kind": "system" }, "body": { "type": "lock" } });
    let envelope: Envelope = serde_json::from_value(oldest).unwrap();
    assert_eq!(envelope.ticket_id().map(|ticket| ticket.to_string()).as_deref(), Some(id));
    let full = json!({
        "id": id, "subjects": [["faq", id], ["customer", id], ["personal", id], ["ticket", id]], "actor": { "kind": "agent", "id": id },
        "device": id, "device_time": 1_795_251_600_000_i64, "base_seq": 12, "body": { "type": "unlock" },
    });
    let envelope: Envelope = serde_json::from_value(full.clone()).unwrap();
    assert_eq!(serde_json::to_value(&envelope).unwrap(), full);
}

#[test]
fn an_unknown_command_is_told_from_a_broken_one() {
    let unknown = serde_json::from_value::<Body>(json!({ "type": "teleport" })).unwrap_err().to_string();
    assert!(unknown.contains("unknown variant `teleport`"), "{unknown}");
}

#[test]
fn refusals_keep_their_codes() {
    use Refusal::*;
    for (refusal, code) in [
        (LockedByOther, "locked_by_other"),
        (NoSuchQueue, "no_such_queue"),
        (NoSuchState, "no_such_state"),
        (NoSuchPriority, "no_such_priority"),
        (NoSuchAgent, "no_such_agent"),
        (NoSuchService, "no_such_service"),
        (NoSuchSender, "no_such_sender"),
        (NoRecipient, "no_recipient"),
        (BadRecipient, "bad_recipient"),
        (EmptyText, "empty_text"),
        (EmptyTitle, "empty_title"),
        (PendingNeedsTime, "pending_needs_time"),
        (Merged, "merged"),
        (NotWaiting, "not_waiting"),
        (NotSendable, "not_sendable"),
        (LinkToItself, "link_to_itself"),
        (ArticleExists, "article_exists"),
        (TicketExists, "ticket_exists"),
        (NoRight, "no_right"),
        (MergeIntoItself, "merge_into_itself"),
        (MergeCycle, "merge_cycle"),
        (ChangedMeanwhile, "changed_meanwhile"),
        (CustomerWrote, "customer_wrote"),
        (AgentAbsent, "agent_absent"),
        (UnknownCommand, "unknown_command"),
    ] {
        assert_eq!(refusal.code(), code);
        assert_eq!(serde_json::to_value(refusal).unwrap(), code);
    }
}
