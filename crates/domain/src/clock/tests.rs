use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::Europe::Berlin;
use serde_json::json;

use super::*;
use crate::{
    article::{Channel, Direction, Sender},
    event::{Actor, Event, EventBody},
    id::{ArticleId, PriorityId, QueueId, TicketId},
    master,
    settings::Kind,
    ticket::{Contact, Customer},
};

const HISTORIES: &str = include_str!("../../tests/data/clocks.tsv");
/// A state of type open that pauses.
const WAITING: StateId = StateId::fixed(1, 99);

fn calendar() -> WorkingTime {
    let hours = json!([["08:00", "21:00"]]);
    let days = ["01-01", "05-01", "12-24", "12-25", "12-26", "12-31"].map(|date| json!({ "date": date }));
    let week = json!({ "mon": hours, "tue": hours, "wed": hours, "thu": hours, "fri": hours });
    let calendar = json!({ "time_zone": "Europe/Berlin", "week": week, "holidays": days });
    WorkingTime::new(&serde_json::from_value(calendar).unwrap()).unwrap()
}

/// The states of a new desk, but that `pending auto close-` does not pause and that there is one more.
fn states() -> BTreeMap<StateId, State> {
    let records = master::records("en").into_iter().filter(|record| record.kind == Kind::State);
    let mut states: BTreeMap<_, State> =
        records.map(|record| (StateId(record.id), serde_json::from_value(record.document).unwrap())).collect();
    states.get_mut(&master::STATE_PENDING_AUTO_CLOSE_MINUS).unwrap().pauses = Some(false);
    let waiting = json!({ "name": "waiting for parts", "type": "open", "pauses": true });
    states.insert(WAITING, serde_json::from_value(waiting).unwrap());
    states
}

/// `23T09:00` or `10-23T09:00` of 2026 in Berlin.
fn moment(text: &str) -> i64 {
    let text = if text.contains('-') { text.to_owned() } else { format!("11-{text}") };
    let local = NaiveDateTime::parse_from_str(&format!("2026-{text}"), "%Y-%m-%dT%H:%M").unwrap_or_else(|_| panic!("{text}"));
    Berlin.from_local_datetime(&local).unwrap().timestamp_millis()
}

fn state(word: &str) -> Option<StateId> {
    Some(match word {
        "new" => master::STATE_NEW,
        "open" => master::STATE_OPEN,
        "closed" => master::STATE_CLOSED_SUCCESSFUL,
        "unsuccessful" => master::STATE_CLOSED_UNSUCCESSFUL,
        "removed" => master::STATE_REMOVED,
        "reminder" => master::STATE_PENDING_REMINDER,
        "auto+" => master::STATE_PENDING_AUTO_CLOSE_PLUS,
        "auto-" => master::STATE_PENDING_AUTO_CLOSE_MINUS,
        "merged" => master::STATE_MERGED,
        "waiting" => WAITING,
        _ => return None,
    })
}

fn article(word: &str) -> EventBody {
    use {Channel::*, Direction::*};
    let (sender, channel, direction, visible, mail_waits) = match word {
        "customer" => (Sender::Customer, Email, Some(Inbound), true, false),
        "customer-internal" => (Sender::Customer, Email, Some(Inbound), false, false),
        "agent" => (Sender::Agent, Email, Some(Outbound), true, false),
        "draft" => (Sender::Agent, Email, Some(Outbound), true, true),
        "note" => (Sender::Agent, Internal, None, false, false),
        "note-visible" => (Sender::Agent, Internal, None, true, false),
        "call-out" => (Sender::Agent, Phone, Some(Outbound), true, false),
        "call-in" => (Sender::Agent, Phone, Some(Inbound), true, false),
        "auto" => (Sender::System, Email, Some(Outbound), true, false),
        _ => panic!("{word} is no word of these histories"),
    };
    EventBody::ArticleAdded { article: ArticleId::fixed(9, 1), sender, channel, direction, visible, mail_waits }
}

fn body(word: &str, rest: Option<&str>, before: Option<StateId>) -> EventBody {
    match (word, state(word), before) {
        ("sent", ..) => EventBody::Sent { article: ArticleId::fixed(9, 1), answers: true },
        ("absorbed", ..) => {
            let at = rest.and_then(|rest| rest.strip_prefix("agent@")).map(moment);
            let contact = Contact { last_customer_at: None, last_agent_at: at, first_response_at: at };
            EventBody::Absorbed { ticket: TicketId::fixed(9, 2), number: "1".into(), articles: 2, contact }
        }
        (_, Some(to), Some(from)) => EventBody::StateChanged { from, to, pending_until: None, closes: false },
        (_, Some(state), None) => EventBody::Created {
            number: "2".into(),
            title: "Printer on fire".into(),
            queue: QueueId::fixed(3, 5),
            state,
            priority: PriorityId::fixed(2, 3),
            owner: None,
            locked: false,
            customer: Customer::default(),
            pending_until: None,
        },
        (_, None, _) => article(word),
    }
}

fn events(history: &str) -> Vec<Event> {
    let mut before = None;
    let steps = history.split("; ").zip(1..).map(|(step, ordinal)| {
        let mut words = step.split(' ');
        let (at, what, rest) = (moment(words.next().unwrap()), words.next().unwrap(), words.next());
        let (what, device) = what.split_once('@').map_or((what, None), |(what, device)| (what, Some(moment(device))));
        let body = body(what, rest, before);
        before = state(what).or(before);
        Event { ordinal, at, device_at: device, actor: Actor::System, device: None, body }
    });
    steps.collect()
}

fn promise(text: &str) -> Promise {
    let words: Vec<&str> = text.split(' ').collect();
    let measure = match words[0] {
        "first" => Measure::FirstResponse,
        "update" => Measure::Update,
        "solution" => Measure::Solution,
        word => panic!("{word} is no measure"),
    };
    Promise { measure, minutes: words[1].parse().unwrap(), warn_percent: words.get(3).map(|percent| percent.parse().unwrap()) }
}

fn behaviour(word: &str) -> Behaviour {
    match word {
        "otrs" => Behaviour::Otrs { suspend: false },
        "otrs-suspend" => Behaviour::Otrs { suspend: true },
        "desk" => Behaviour::Desk { update: UpdateMode::KeepInformed },
        "desk-answer" => Behaviour::Desk { update: UpdateMode::Answer },
        _ => panic!("{word} is no behaviour"),
    }
}

/// In the words of the table.
fn told(clock: Option<Clock>) -> String {
    let Some(clock) = clock else { return "off".into() };
    let at = |at: i64| {
        let text = Berlin.timestamp_millis_opt(at).unwrap().format("%m-%dT%H:%M").to_string();
        text.strip_prefix("11-").map_or(text.clone(), str::to_owned)
    };
    let standing = match clock.standing {
        Standing::Running => "running",
        Standing::Paused => "paused",
        Standing::Fulfilled => "fulfilled",
    };
    let due = clock.due.map_or(String::new(), |due| format!(" due {}", at(due)));
    let warn = clock.warn_at.map_or(String::new(), |warn| format!(" warn {}", at(warn)));
    format!("{standing} {}{due}{}{warn}", clock.elapsed / 60_000, if clock.breached { " late" } else { "" })
}

#[test]
fn scripted_histories() {
    let (calendar, states) = (calendar(), states());
    let (mut count, mut wrong) = (0, Vec::new());
    for line in HISTORIES.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [rule, promised, behave, script, now, expected] = columns[..] else { panic!("{line}") };
        let rules = Rules { behaviour: behaviour(behave), states: &states, calendar: &calendar };
        let (history, promise, now) = (History::of(&events(script)), promise(promised), moment(now));
        let clock = run(&history, promise, &rules, now);
        if told(clock) != expected {
            wrong.push(format!("{rule}\n  {promised}, {behave}: {script}, seen {now}\n  expected {expected}\n  got      {}", told(clock)));
        }
        explains_itself(&history, promise, &rules, now, clock, rule);
        count += 1;
    }
    assert!(count >= 60, "{count} histories");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The stretches add up to the time that counted, and no pause lies over one.
fn explains_itself(history: &History, promise: Promise, rules: &Rules, now: i64, clock: Option<Clock>, rule: &str) {
    let explained = explain(history, promise, rules, now);
    assert_eq!(explained.as_ref().map(|explained| explained.clock), clock, "{rule}");
    let Some(Explained { clock, worked, pauses }) = explained else { return };
    assert_eq!(worked.iter().map(|segment| segment.to - segment.from).sum::<i64>(), clock.elapsed, "{rule}");
    for segment in worked {
        assert!(segment.from >= clock.start && segment.to <= clock.stop.unwrap_or(now), "{rule}");
        let covered = pauses.iter().any(|pause| pause.from < segment.to && pause.to.is_none_or(|to| to > segment.from));
        assert!(!covered, "{rule}: {segment:?} in a pause");
    }
}

/// A clock read at its own deadline has counted exactly what was promised, and a moment later it is late.
#[test]
fn at_the_deadline_everything_is_over() {
    let (calendar, states) = (calendar(), states());
    for line in HISTORIES.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let rules = Rules { behaviour: behaviour(columns[2]), states: &states, calendar: &calendar };
        let (history, promise) = (History::of(&events(columns[3])), promise(columns[1]));
        let Some(clock) = run(&history, promise, &rules, moment(columns[4])).filter(|clock| clock.stop.is_none()) else { continue };
        let Some(due) = clock.due else { continue };
        let then = run(&history, promise, &rules, due).unwrap();
        assert_eq!((then.elapsed, then.breached), (clock.promised, false), "{}", columns[0]);
        assert!(run(&history, promise, &rules, due + 1).unwrap().breached, "{}", columns[0]);
    }
}

/// Facts are folded one event at a time, whichever way they are kept in between.
#[test]
fn history_survives_being_stored() {
    let script =
        events("20T18:00 new; 20T18:00 customer; 20T19:00 draft; 20T20:15 sent; 23T09:00 reminder; 23T10:00 customer; 23T10:00 open");
    let mut stored = History::default();
    for event in &script {
        stored.apply(event);
        stored = serde_json::from_str(&serde_json::to_string(&stored).unwrap()).unwrap();
    }
    assert_eq!(stored, History::of(&script));
    assert_eq!(stored.waiting, [moment("23T10:00")]);
}

/// All open tickets of a large desk in two seconds: three clocks each for 100,000.
#[test]
fn a_hundred_thousand_tickets() {
    let (calendar, states) = (calendar(), states());
    let rules = Rules { behaviour: Behaviour::default(), states: &states, calendar: &calendar };
    let script = "02T18:00 new; 02T18:00 customer; 03T19:00 reminder; 09T08:00 open; 10T09:00 agent; 12T10:00 customer";
    let (history, now) = (History::of(&events(script)), moment("23T12:00"));
    let mut late = 0;
    // In ten parts, of which the quickest counts: who else keeps this computer busy is no matter.
    let parts = (0..10).map(|_| {
        let begun = std::time::Instant::now();
        for n in 0..10_000 {
            for measure in Measure::ALL {
                let promise = Promise { measure, minutes: 1 + n, warn_percent: Some(80) };
                late += u32::from(run(&history, promise, &rules, now).is_some_and(|clock| clock.breached));
            }
        }
        begun.elapsed()
    });
    let took = parts.min().unwrap() * 10;
    println!("300,000 clocks in {took:?}, {late} late");
    assert!(took.as_secs_f64() < 4.0, "{took:?}");
}
