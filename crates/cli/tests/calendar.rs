//! `docket calendar` as scripts meet it: a calendar in a file, moments as RFC 3339, exit codes.
#![expect(clippy::unwrap_used, reason = "what goes wrong in a test shall end it")]

use std::{
    io::Write,
    process::{Command, Stdio},
};

use serde_json::Value;

/// Contract §6: OTRS's default calendar in Berlin.
const OTRS: &str = r#"{"time_zone": "Europe/Berlin", "week": {"mon": [["08:00","21:00"]], "tue": [["08:00","21:00"]],
    "wed": [["08:00","21:00"]], "thu": [["08:00","21:00"]], "fri": [["08:00","21:00"]]},
    "holidays": [{"date": "01-01"}, {"date": "05-01"}, {"date": "12-24"}, {"date": "12-25"}, {"date": "12-26"}, {"date": "12-31"}]}"#;
/// The calendar that the design writes out.
const HALF_DAY: &str = r#"{"time_zone": "Europe/Berlin", "week": {"mon": [["08:00","12:00"],["13:00","18:00"]], "tue": [["00:00","24:00"]]},
    "holidays": [{"date": "12-25"}, {"date": "2026-11-23", "hours": [["08:00","12:00"]]}]}"#;

/// Asks with this calendar on standard input: exit code, what was printed, what was said.
fn ask(calendar: &str, arguments: &[&str]) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("desk");
    let mut command = Command::new(env!("CARGO_BIN_EXE_docket"));
    command.arg("--data").arg(&data).arg("calendar").args(arguments).env_remove("DOCKET_DATABASE_URL");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that refuses early does not read.
    drop(child.stdin.take().unwrap().write_all(calendar.as_bytes()));
    let done = child.wait_with_output().unwrap();
    let asks_desk = arguments.contains(&"--name");
    assert!(asks_desk || !data.exists(), "a calendar in a file needs no desk");
    (done.status.code().unwrap(), String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap())
}

fn due(calendar: &str, start: &str, unit: &str, count: &str) -> String {
    let (code, printed, said) = ask(calendar, &["due", "--calendar", "-", "--start", start, unit, count]);
    assert_eq!(code, 0, "{said}");
    printed
}

#[test]
fn deadlines() {
    for (calendar, start, unit, count, expected) in [
        (OTRS, "2026-11-20T18:00:00+01:00", "--minutes", "240", "2026-11-23T09:00:00+01:00\n"),
        (OTRS, "2026-03-27T19:00:00Z", "--minutes", "120", "2026-03-30T09:00:00+02:00\n"),
        (OTRS, "2026-11-23T08:00:00+01:00", "--seconds", "46801", "2026-11-24T08:00:01+01:00\n"),
        (OTRS, "2026-11-22T12:00:00+01:00", "--minutes", "0", "2026-11-22T12:00:00+01:00\n"),
        (HALF_DAY, "2026-11-23T11:00:00+01:00", "--minutes", "61", "2026-11-24T00:01:00+01:00\n"),
    ] {
        assert_eq!(due(calendar, start, unit, count), expected, "{start} {unit} {count}");
    }
}

#[test]
fn working_seconds() {
    let (code, printed, said) =
        ask(OTRS, &["between", "--calendar", "-", "--from", "2026-11-20T18:00:00+01:00", "--to", "2026-11-23T08:00:00Z"]);
    assert_eq!((code, printed.as_str()), (0, "14400\n"), "{said}");
    let moments = ["between", "--calendar", "-", "--from", "2026-11-23T00:00:00+01:00", "--to", "2026-11-23T23:00:00+01:00", "--json"];
    let answer: Value = serde_json::from_str(&ask(HALF_DAY, &moments).1).unwrap();
    assert_eq!(answer["seconds"], 14_400);
    assert_eq!(answer["segments"], serde_json::json!([["2026-11-23T08:00:00+01:00", "2026-11-23T12:00:00+01:00"]]));
}

#[test]
fn a_calendar_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("calendar.json");
    std::fs::write(&file, OTRS).unwrap();
    let moments = ["--start", "2026-11-20T18:00:00+01:00", "--minutes", "240"];
    let ask_file = |more: &[&str]| ask("", &[&["due", "--calendar", file.to_str().unwrap()], &moments[..], more].concat());
    assert_eq!(ask_file(&[]).1, "2026-11-23T09:00:00+01:00\n");
    let answer: Value = serde_json::from_str(&ask_file(&["--json"]).1).unwrap();
    assert_eq!(answer["due"], "2026-11-23T09:00:00+01:00");
    std::fs::remove_file(&file).unwrap();
    assert_eq!(ask_file(&[]).0, 1, "there is no such file");
}

#[test]
fn refusals() {
    let minute = ["due", "--calendar", "-", "--start", "2026-11-20T18:00:00Z", "--minutes", "1"];
    for (calendar, code, words) in [
        (r#"{"time_zone": "Europe/Berlin", "week": {}}"#, 1, "calendar_never_open"),
        (r#"{"time_zone": "Europe/Atlantis"}"#, 1, "time_zone"),
        (r#"{"time_zone": "UTC", "week": {"mon": [["18:00","08:00"]]}}"#, 1, "a slot ends after it begins"),
        (r#"{"week": {}}"#, 1, "time_zone"),
        ("no JSON", 1, "is no calendar"),
    ] {
        let (got, printed, said) = ask(calendar, &minute);
        assert_eq!((got, printed.as_str()), (code, ""), "{calendar}: {said}");
        assert!(said.contains(words), "{calendar}: {said}");
    }
    for wrong in [
        &["due", "--calendar", "-", "--start", "Friday", "--minutes", "1"][..],
        &["due", "--calendar", "-", "--start", "2026-11-20T18:00:00", "--minutes", "1"],
        &["due", "--calendar", "-", "--start", "2026-11-20T18:00:00Z"],
        &["due", "--calendar", "-", "--start", "2026-11-20T18:00:00Z", "--minutes", "1", "--seconds", "1"],
        &["due", "--calendar", "-", "--start", "2026-11-20T18:00:00Z", "--minutes", "-1"],
        &["due", "--start", "2026-11-20T18:00:00Z", "--minutes", "1"],
        &["between", "--calendar", "-", "--from", "2026-11-20T18:00:00Z"],
    ] {
        assert_eq!(ask(OTRS, wrong).0, 2, "{wrong:?}");
    }
    let by_name = ["due", "--name", "Nowhere", "--start", "2026-11-20T18:00:00Z", "--minutes", "1"];
    let (code, _, said) = ask("", &by_name);
    assert!(code == 1 && said.contains("there is no calendar \"Nowhere\""), "{said}");
}
