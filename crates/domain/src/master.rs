//! The master data of a new desk (contract §1), under ids that are the same everywhere.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    id::{AgentId, AutoResponseId, CalendarId, GroupId, PriorityId, QueueId, SalutationId, SignatureId, StateId, TemplateId, TicketTypeId},
    settings::{Kind, Record},
};

/// The one desk record.
pub const DESK: Uuid = AgentId::fixed(0, 1).0;
/// The one record of mail rules.
pub const MAIL_RULES: Uuid = AgentId::fixed(0, 2).0;

/// `new`.
pub const STATE_NEW: StateId = StateId::fixed(1, 1);
/// `closed successful`.
pub const STATE_CLOSED_SUCCESSFUL: StateId = StateId::fixed(1, 2);
/// `closed unsuccessful`.
pub const STATE_CLOSED_UNSUCCESSFUL: StateId = StateId::fixed(1, 3);
/// `open`.
pub const STATE_OPEN: StateId = StateId::fixed(1, 4);
/// `removed`.
pub const STATE_REMOVED: StateId = StateId::fixed(1, 5);
/// `pending reminder`.
pub const STATE_PENDING_REMINDER: StateId = StateId::fixed(1, 6);
/// `pending auto close+`.
pub const STATE_PENDING_AUTO_CLOSE_PLUS: StateId = StateId::fixed(1, 7);
/// `pending auto close-`.
pub const STATE_PENDING_AUTO_CLOSE_MINUS: StateId = StateId::fixed(1, 8);
/// `merged`.
pub const STATE_MERGED: StateId = StateId::fixed(1, 9);

/// `users`: the group of every queue of a new desk.
pub const GROUP_USERS: GroupId = GroupId::fixed(8, 1);

/// When a new desk works.
pub const CALENDAR: CalendarId = CalendarId::fixed(10, 1);
/// `Unclassified`.
pub const TYPE_UNCLASSIFIED: TicketTypeId = TicketTypeId::fixed(11, 1);

/// `3 normal`.
pub const PRIORITY_NORMAL: PriorityId = PriorityId::fixed(2, 3);

/// The priority of that rank, 1 to 5.
pub const fn priority(rank: u16) -> PriorityId {
    PriorityId::fixed(2, rank)
}

/// `Postmaster`.
pub const QUEUE_POSTMASTER: QueueId = QueueId::fixed(3, 1);
/// `Raw`: where mail goes that no address claims.
pub const QUEUE_RAW: QueueId = QueueId::fixed(3, 2);
/// `Junk`.
pub const QUEUE_JUNK: QueueId = QueueId::fixed(3, 3);
/// `Misc`.
pub const QUEUE_MISC: QueueId = QueueId::fixed(3, 4);
/// The desk's first own queue.
pub const QUEUE_FIRST: QueueId = QueueId::fixed(3, 5);

/// The salutation of a new desk.
pub const SALUTATION: SalutationId = SalutationId::fixed(4, 1);
/// The signature of a new desk.
pub const SIGNATURE: SignatureId = SignatureId::fixed(5, 1);
/// The empty answer.
pub const TEMPLATE_EMPTY: TemplateId = TemplateId::fixed(6, 1);

/// The automatic answer of each of the five kinds, in OTRS's order.
pub const fn auto_response(n: u16) -> AutoResponseId {
    AutoResponseId::fixed(7, n)
}

/// The records of a new desk, in an order in which each only refers to earlier ones; `language` is `en` or `de`.
/// States, priorities and system queues keep OTRS's names, since imports and rules know them by these.
pub fn records(language: &str) -> Vec<Record> {
    let german = language == "de";
    let mut records = vec![record(Kind::Desk, DESK, json!({ "language": language })), record(Kind::MailRules, MAIL_RULES, json!({}))];
    records.push(record(Kind::Group, GROUP_USERS.0, json!({ "name": "users", "comment": "", "valid": true })));
    records.push(record(Kind::Calendar, CALENDAR.0, calendar(if german { "Arbeitszeit" } else { "Working hours" }, "UTC")));
    records.push(record(Kind::TicketType, TYPE_UNCLASSIFIED.0, json!({ "name": "Unclassified", "valid": true, "comment": "" })));
    records.extend(states());
    records.extend(priorities());
    records.extend(texts(german));
    records.extend(queues(german));
    records
}

/// The calendar of a new desk (contract §6): Monday to Friday from eight to nine in the evening, six days closed.
pub fn calendar(name: &str, time_zone: &str) -> Value {
    let hours = json!([["08:00", "21:00"]]);
    let days = ["01-01", "05-01", "12-24", "12-25", "12-26", "12-31"].map(|date| json!({ "date": date }));
    json!({
        "name": name, "time_zone": time_zone, "valid": true, "public_holidays": [], "holidays": days,
        "week": { "mon": hours, "tue": hours, "wed": hours, "thu": hours, "fri": hours },
    })
}

fn record(kind: Kind, id: Uuid, document: Value) -> Record {
    Record { kind, id, version: 1, document }
}

fn states() -> impl Iterator<Item = Record> {
    [
        ("new", "new"),
        ("closed successful", "closed"),
        ("closed unsuccessful", "closed"),
        ("open", "open"),
        ("removed", "removed"),
        ("pending reminder", "pending_reminder"),
        ("pending auto close+", "pending_auto"),
        ("pending auto close-", "pending_auto"),
        ("merged", "merged"),
    ]
    .into_iter()
    .zip(1..)
    .map(|((name, kind), n)| {
        let next = match n {
            7 => Some(STATE_CLOSED_SUCCESSFUL),
            8 => Some(STATE_CLOSED_UNSUCCESSFUL),
            _ => None,
        };
        record(Kind::State, StateId::fixed(1, n).0, json!({ "name": name, "type": kind, "next_state_id": next, "valid": true }))
    })
}

fn priorities() -> impl Iterator<Item = Record> {
    ["1 very low", "2 low", "3 normal", "4 high", "5 very high"]
        .into_iter()
        .zip(1..)
        .map(|(name, n)| record(Kind::Priority, priority(n).0, json!({ "name": name, "rank": n, "color": "", "valid": true })))
}

fn texts(german: bool) -> Vec<Record> {
    let pick = |en: &'static str, de: &'static str| if german { de } else { en };
    let text = |kind, id: Uuid, name: &str, text: &str| record(kind, id, json!({ "name": name, "text": text, "valid": true }));
    let template = |n, name: &str, kind: &str, text: &str| {
        record(Kind::Template, TemplateId::fixed(6, n).0, json!({ "name": name, "kind": kind, "text": text, "valid": true }))
    };
    let answer = |n, name: &str, kind: &str, subject: &str, text: &str| {
        let document = json!({ "name": name, "kind": kind, "subject": subject, "text": text, "valid": true });
        record(Kind::AutoResponse, auto_response(n).0, document)
    };
    let mut records = vec![
        text(
            Kind::Salutation,
            SALUTATION.0,
            pick("Standard salutation", "Standard-Anrede"),
            pick("Hello {{customer.name}},", "Guten Tag {{customer.name}},"),
        ),
        text(
            Kind::Signature,
            SIGNATURE.0,
            pick("Standard signature", "Standard-Signatur"),
            pick("Kind regards\n{{agent.name}}\n\n-- \n{{desk.name}}", "Freundliche Grüße\n{{agent.name}}\n\n-- \n{{desk.name}}"),
        ),
        template(1, pick("Empty answer", "Leere Antwort"), "answer", ""),
        template(
            2,
            pick("First answer", "Erste Antwort"),
            "answer",
            pick(
                "thank you for your message. We are looking into it and will get back to you.",
                "vielen Dank für Ihre Nachricht. Wir sehen uns das an und melden uns bei Ihnen.",
            ),
        ),
        template(
            3,
            pick("Question", "Rückfrage"),
            "answer",
            pick(
                "to help you quickly, we need a little more information:\n\n- ",
                "damit wir Ihnen schnell helfen können, brauchen wir noch einige Angaben:\n\n- ",
            ),
        ),
        template(
            4,
            pick("Forward", "Weiterleiten"),
            "forward",
            pick("Please have a look at the message below.", "Bitte sehen Sie sich die Nachricht unten an."),
        ),
        template(5, pick("Call", "Anruf"), "phone_call", ""),
    ];
    records.extend([
        answer(1, pick("Acknowledgement", "Eingangsbestätigung"), "auto_reply", pick("We have your message: {{customer.subject}}", "Ihre Nachricht ist da: {{customer.subject}}"), pick(
            "Hello {{customer.name}},\n\nthank you for your message. It is here and has the number {{ticket.number}}; please keep it in the subject when you write again.\n\n{{desk.name}}\n\nYou wrote:\n<OTRS_CUSTOMER_EMAIL[6]>",
            "Guten Tag {{customer.name}},\n\nvielen Dank für Ihre Nachricht. Sie ist angekommen und hat die Nummer {{ticket.number}}; bitte lassen Sie sie im Betreff stehen, wenn Sie wieder schreiben.\n\n{{desk.name}}\n\nSie schrieben:\n<OTRS_CUSTOMER_EMAIL[6]>")),
        answer(2, pick("Follow-up not taken", "Nachfrage nicht angenommen"), "auto_reject", pick("Your message was not taken: {{customer.subject}}", "Ihre Nachricht wurde nicht angenommen: {{customer.subject}}"), pick(
            "Hello {{customer.name}},\n\nthe ticket {{ticket.number}} is closed and takes no further messages. Please write a new mail without that number.\n\n{{desk.name}}",
            "Guten Tag {{customer.name}},\n\ndas Ticket {{ticket.number}} ist abgeschlossen und nimmt keine Nachrichten mehr an. Bitte schreiben Sie eine neue Mail ohne diese Nummer.\n\n{{desk.name}}")),
        answer(3, pick("Follow-up received", "Nachfrage erhalten"), "auto_follow_up", pick("We have your further message: {{customer.subject}}", "Ihre weitere Nachricht ist da: {{customer.subject}}"), pick(
            "Hello {{customer.name}},\n\nthank you, we have added your message to the ticket {{ticket.number}}.\n\n{{desk.name}}",
            "Guten Tag {{customer.name}},\n\nvielen Dank, wir haben Ihre Nachricht dem Ticket {{ticket.number}} hinzugefügt.\n\n{{desk.name}}")),
        answer(4, pick("Follow-up became a new ticket", "Nachfrage wurde ein neues Ticket"), "auto_reply_new_ticket", pick("A new number for your message: {{customer.subject}}", "Eine neue Nummer für Ihre Nachricht: {{customer.subject}}"), pick(
            "Hello {{customer.name}},\n\nyour earlier ticket is closed, so your message has the new number {{ticket.number}}.\n\n{{desk.name}}",
            "Guten Tag {{customer.name}},\n\nIhr früheres Ticket ist abgeschlossen; Ihre Nachricht hat deshalb die neue Nummer {{ticket.number}}.\n\n{{desk.name}}")),
        answer(5, pick("Removed", "Entfernt"), "auto_remove", pick("Your request was removed: {{customer.subject}}", "Ihre Anfrage wurde entfernt: {{customer.subject}}"), pick(
            "Hello {{customer.name}},\n\nyour request {{ticket.number}} was removed.\n\n{{desk.name}}",
            "Guten Tag {{customer.name}},\n\nIhre Anfrage {{ticket.number}} wurde entfernt.\n\n{{desk.name}}")),
    ]);
    records
}

fn queues(german: bool) -> impl Iterator<Item = Record> {
    let first = if german { "Servicedesk" } else { "Service desk" };
    [("Postmaster", QUEUE_POSTMASTER), ("Raw", QUEUE_RAW), ("Junk", QUEUE_JUNK), ("Misc", QUEUE_MISC), (first, QUEUE_FIRST)]
        .into_iter()
        .map(|(name, id)| {
            let answers = id != QUEUE_JUNK;
            let auto = if answers {
                json!({ "auto_reply": auto_response(1), "auto_reject": auto_response(2), "auto_reply_new_ticket": auto_response(4) })
            } else {
                json!({})
            };
            let document = json!({
                "name": name, "valid": true, "salutation_id": SALUTATION, "signature_id": SIGNATURE,
                "follow_up": "possible", "follow_up_lock": false, "unlock_timeout_minutes": 0, "auto_responses": auto,
            });
            record(Kind::Queue, id.0, document)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Settings, StateType};

    /// Contract §1: the names, types and follow-up options that users of OTRS expect.
    #[test]
    fn a_new_desk_has_the_master_data_of_otrs() {
        let settings = Settings::build(1, records("en")).unwrap();
        let states: Vec<_> = settings.states.values().map(|state| (state.name.as_str(), state.kind)).collect();
        assert_eq!(
            states,
            [
                ("new", StateType::New),
                ("closed successful", StateType::Closed),
                ("closed unsuccessful", StateType::Closed),
                ("open", StateType::Open),
                ("removed", StateType::Removed),
                ("pending reminder", StateType::PendingReminder),
                ("pending auto close+", StateType::PendingAuto),
                ("pending auto close-", StateType::PendingAuto),
                ("merged", StateType::Merged),
            ]
        );
        let priorities: Vec<_> = settings.priorities.values().map(|priority| priority.name.as_str()).collect();
        assert_eq!(priorities, ["1 very low", "2 low", "3 normal", "4 high", "5 very high"]);
        let queues: Vec<_> = settings.queues.values().map(|queue| queue.name.as_str()).collect();
        assert_eq!(queues, ["Postmaster", "Raw", "Junk", "Misc", "Service desk"]);
        assert_eq!(settings.states[&STATE_PENDING_AUTO_CLOSE_PLUS].next_state_id, Some(STATE_CLOSED_SUCCESSFUL));
    }

    #[test]
    fn every_record_passes_its_own_check() {
        for language in ["en", "de"] {
            let settings = Settings::build(1, records(language)).unwrap();
            for record in records(language) {
                settings.check(record.kind, record.id, &record.document, None).unwrap();
            }
        }
    }
}
