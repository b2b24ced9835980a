use serde_json::{Value, json};

use super::*;

/// Contract §6: OTRS's default calendar, here in Berlin.
fn otrs() -> Value {
    let hours = json!([["08:00", "21:00"]]);
    let days = ["01-01", "05-01", "12-24", "12-25", "12-26", "12-31"].map(|date| json!({ "date": date }));
    json!({
        "time_zone": "Europe/Berlin",
        "week": { "mon": hours, "tue": hours, "wed": hours, "thu": hours, "fri": hours },
        "holidays": days,
    })
}

fn read(calendar: Value) -> WorkingTime {
    WorkingTime::new(&serde_json::from_value(calendar).unwrap()).unwrap()
}

fn due(calendar: &WorkingTime, start: &str, minutes: i64) -> String {
    let start = parse_instant(start).unwrap_or_else(|| panic!("{start}"));
    calendar.due(start, minutes * 60_000).map_or("never".into(), |due| show_instant(due, calendar))
}

fn minutes(calendar: &WorkingTime, from: &str, to: &str) -> i64 {
    calendar.between(parse_instant(from).unwrap(), parse_instant(to).unwrap()) / 60_000
}

/// Contract §6, E1 to E8, and the working time of E9 and E10.
#[test]
fn golden_vectors() {
    let calendar = read(otrs());
    for (name, start, minutes, expected) in [
        ("E1", "2026-11-20T18:00:00+01:00", 240, "2026-11-23T09:00:00+01:00"),
        ("E2", "2026-11-21T12:00:00+01:00", 60, "2026-11-23T09:00:00+01:00"),
        ("E3", "2026-12-23T20:00:00+01:00", 120, "2026-12-28T09:00:00+01:00"),
        ("E4", "2026-04-30T20:30:00+02:00", 60, "2026-05-04T08:30:00+02:00"),
        ("E5", "2026-03-27T20:00:00+01:00", 120, "2026-03-30T09:00:00+02:00"),
        ("E6", "2026-10-23T20:00:00+02:00", 120, "2026-10-26T09:00:00+01:00"),
        ("E7", "2026-11-23T20:59:00+01:00", 2, "2026-11-24T08:01:00+01:00"),
        ("E8", "2026-11-23T08:00:00+01:00", 780, "2026-11-23T21:00:00+01:00"),
        ("E8", "2026-11-23T08:00:00+01:00", 781, "2026-11-24T08:01:00+01:00"),
        ("E9", "2026-11-20T18:00:00+01:00", 240 * 80 / 100, "2026-11-23T08:12:00+01:00"),
        ("E10", "2026-11-20T20:45:00+01:00", 30, "2026-11-23T08:15:00+01:00"),
    ] {
        assert_eq!(due(&calendar, start, minutes), expected, "{name}");
        assert_eq!(self::minutes(&calendar, start, expected), minutes, "{name} back");
    }
    assert_eq!(parse_instant("2026-03-30T09:00:00+02:00"), parse_instant("2026-03-30T07:00:00Z"), "E5");
    assert_eq!(parse_instant("2026-10-26T09:00:00+01:00"), parse_instant("2026-10-26T08:00:00Z"), "E6");
}

/// Lunch breaks, other hours on Fridays, half days, a working Saturday, a day of one year that is different.
#[test]
fn days_are_as_they_are_written() {
    let calendar = read(json!({
        "time_zone": "Europe/Berlin",
        "week": { "mon": [["13:00", "18:00"], ["08:00", "12:00"]], "tue": [["08:00", "12:00"], ["13:00", "18:00"]], "fri": [["08:00", "14:30"]] },
        "holidays": [
            { "date": "2026-11-23", "hours": [["08:00", "12:00"]] },
            { "date": "2026-11-28", "hours": [["10:00", "14:00"]] },
            { "date": "12-25" },
            { "date": "2026-12-25", "hours": [["09:00", "10:00"]] },
        ],
    }));
    for (start, minutes, expected) in [
        ("2026-11-20T14:00:00+01:00", 30, "2026-11-20T14:30:00+01:00"),
        ("2026-11-20T14:00:00+01:00", 31, "2026-11-23T08:01:00+01:00"),
        ("2026-11-23T11:00:00+01:00", 90, "2026-11-24T08:30:00+01:00"),
        ("2026-11-24T11:30:00+01:00", 31, "2026-11-24T13:01:00+01:00"),
        ("2026-11-27T14:30:00+01:00", 1, "2026-11-28T10:01:00+01:00"),
        ("2026-12-25T00:00:00+01:00", 60, "2026-12-25T10:00:00+01:00"),
        ("2026-12-25T10:00:00+01:00", 60, "2026-12-28T09:00:00+01:00"),
        ("2027-12-25T00:00:00+01:00", 60, "2027-12-27T09:00:00+01:00"),
    ] {
        assert_eq!(due(&calendar, start, minutes), expected, "{start} {minutes}");
    }
}

/// A slot in the gap of spring has no length, one in the overlap of autumn is passed twice; 24:00 ends a day.
#[test]
fn clocks_are_put_forward_and_back() {
    let night = json!([["02:00", "03:00"]]);
    let nights = read(json!({ "time_zone": "Europe/Berlin", "week": { "sun": night, "mon": night } }));
    assert_eq!(minutes(&nights, "2026-03-29T00:00:00Z", "2026-03-29T22:00:00Z"), 0);
    assert_eq!(due(&nights, "2026-03-29T00:00:00+01:00", 1), "2026-03-30T02:01:00+02:00");
    assert_eq!(minutes(&nights, "2026-10-24T22:00:00Z", "2026-10-25T12:00:00Z"), 120);
    assert_eq!(due(&nights, "2026-10-25T00:00:00+02:00", 60), "2026-10-25T03:00:00+02:00".replace("03:00:00+02", "02:00:00+01"));
    assert_eq!(due(&nights, "2026-10-25T00:00:00+02:00", 90), "2026-10-25T02:30:00+01:00");

    let all = json!([["00:00", "24:00"]]);
    let always = read(json!({ "time_zone": "Europe/Berlin",
        "week": { "mon": all, "tue": all, "wed": all, "thu": all, "fri": all, "sat": all, "sun": all } }));
    assert_eq!(minutes(&always, "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"), 23 * 60);
    assert_eq!(minutes(&always, "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"), 25 * 60);
    assert_eq!(due(&always, "2026-10-24T12:00:00+02:00", 24 * 60), "2026-10-25T11:00:00+01:00");
    let from = parse_instant("2026-10-24T12:00:00+02:00").unwrap();
    assert_eq!(always.segments(from, from + 90 * 3_600_000), [Segment { from, to: from + 90 * 3_600_000 }], "one stretch over everything");
}

/// Samoa went from Thursday 29 to Saturday 31 December 2011; Friday was never there.
#[test]
fn a_day_that_never_was() {
    let hours = json!([["08:00", "16:00"]]);
    let calendar = read(json!({ "time_zone": "Pacific/Apia", "week": { "thu": hours, "fri": hours, "sat": hours } }));
    assert_eq!(due(&calendar, "2011-12-29T15:00:00-10:00", 120), "2011-12-31T09:00:00+14:00");
    assert_eq!(minutes(&calendar, "2011-12-29T00:00:00-10:00", "2012-01-01T00:00:00+14:00"), 16 * 60);
}

#[test]
fn what_never_opens_has_no_deadline() {
    let empty = read(json!({ "time_zone": "Europe/Berlin", "week": {} }));
    assert_eq!(due(&empty, "2026-11-20T18:00:00Z", 1), "never");
    assert_eq!(due(&empty, "2026-11-20T18:00:00Z", 0), "2026-11-20T19:00:00+01:00", "nothing is over at once");
    assert_eq!(minutes(&empty, "2026-11-20T18:00:00Z", "2046-11-20T18:00:00Z"), 0);
    let once = read(json!({ "time_zone": "UTC", "holidays": [{ "date": "2044-01-01", "hours": [["08:00", "09:00"]] }] }));
    assert_eq!(due(&once, "2026-11-20T18:00:00Z", 60), "2044-01-01T09:00:00+00:00", "seventeen years on");
    assert_eq!(due(&once, "2026-11-20T18:00:00Z", 61), "never");
    assert_eq!(due(&once, "2023-11-20T18:00:00Z", 60), "never", "that is more than twenty years on");
    assert_eq!(due(&read(otrs()), "2026-11-20T18:00:00Z", i64::MAX / 60_000), "never");
    assert_eq!(minutes(&read(otrs()), "2026-11-23T12:00:00Z", "2026-11-23T10:00:00Z"), 0, "backwards there is nothing");
}

#[test]
fn what_is_wrong_is_named() {
    for (part, field) in [
        (json!({ "time_zone": "Europe/Atlantis" }), "time_zone"),
        (json!({ "time_zone": "UTC", "week": { "mon": [["12:00", "08:00"]] } }), "week"),
        (json!({ "time_zone": "UTC", "week": { "mon": [["08:00", "08:00"]] } }), "week"),
        (json!({ "time_zone": "UTC", "holidays": [{ "date": "12-24", "hours": [["12:00", "08:00"]] }] }), "holidays"),
        (json!({ "time_zone": "UTC", "holidays": [{ "date": "12-24" }, { "date": "12-24", "hours": [["08:00", "12:00"]] }] }), "holidays"),
        (json!({ "time_zone": "UTC", "public_holidays": [{ "country": "XX" }] }), "public_holidays"),
        (json!({ "time_zone": "UTC", "public_holidays": [{ "country": "DE", "region": "XX" }] }), "public_holidays"),
    ] {
        let calendar: Calendar = serde_json::from_value(part.clone()).unwrap();
        assert_eq!(calendar.check().unwrap_err().field, field, "{part}");
        assert_eq!(WorkingTime::new(&calendar).unwrap_err().field, field, "{part}");
    }
    for unreadable in [
        json!({ "time_zone": "UTC", "week": { "monday": [] } }),
        json!({ "time_zone": "UTC", "week": { "mon": [["8:00", "12:00"]] } }),
        json!({ "time_zone": "UTC", "week": { "mon": [["08:00", "24:01"]] } }),
        json!({ "time_zone": "UTC", "week": { "mon": [["08:60", "12:00"]] } }),
        json!({ "time_zone": "UTC", "week": { "mon": [["08:00"]] } }),
        json!({ "time_zone": "UTC", "holidays": [{ "date": "2026-02-29" }] }),
        json!({ "time_zone": "UTC", "holidays": [{ "date": "25.12." }] }),
        json!({ "week": {} }),
    ] {
        assert!(serde_json::from_value::<Calendar>(unreadable.clone()).is_err(), "{unreadable}");
    }
}

#[test]
fn moments_are_rfc_3339() {
    let berlin = read(otrs());
    for (text, shown) in [
        ("2026-11-20T17:00:00Z", "2026-11-20T18:00:00+01:00"),
        ("2026-07-20T17:00:00.25Z", "2026-07-20T19:00:00.250+02:00"),
        ("2026-11-20t18:00:00+01:00", "2026-11-20T18:00:00+01:00"),
    ] {
        assert_eq!(show_instant(parse_instant(text).unwrap(), &berlin), shown);
    }
    for text in ["", "2026-11-20", "2026-11-20T18:00:00", "2026-11-20T18:00+01:00", "1720-11-20T18:00:00Z", "2226-11-20T18:00:00Z"] {
        assert_eq!(parse_instant(text), None, "{text}");
    }
}

/// Public holidays close; an own entry of the same day goes before them.
#[test]
fn public_holidays_close() {
    let hours = json!([["08:00", "16:00"]]);
    let mut document = json!({
        "time_zone": "Europe/Berlin",
        "week": { "mon": hours, "tue": hours, "wed": hours, "thu": hours, "fri": hours },
        "public_holidays": [{ "country": "DE", "region": "BY" }],
    });
    assert_eq!(due(&read(document.clone()), "2027-01-05T15:00:00+01:00", 120), "2027-01-07T09:00:00+01:00", "Epiphany in Bavaria");
    document["public_holidays"][0]["region"] = json!("HH");
    assert_eq!(due(&read(document.clone()), "2027-01-05T15:00:00+01:00", 120), "2027-01-06T09:00:00+01:00", "not in Hamburg");
    document["holidays"] = json!([{ "date": "12-25", "hours": [["10:00", "11:00"]] }]);
    assert_eq!(due(&read(document), "2028-12-25T00:00:00+01:00", 60), "2028-12-25T11:00:00+01:00");
}

/// Fast enough to compute a desk anew: 100,000 deadlines in two seconds.
#[test]
fn a_hundred_thousand_deadlines() {
    let mut document = otrs();
    document["public_holidays"] = json!([{ "country": "DE", "region": "BY" }]);
    let calendar = read(document);
    let start = parse_instant("2026-01-01T00:00:00Z").unwrap();
    let begun = std::time::Instant::now();
    for n in 0..100_000_i64 {
        let start = start + n * 311_000;
        let work = (n % 4_000 + 1) * 60_000;
        assert_eq!(calendar.due(start, work).map(|due| calendar.between(start, due)), Some(work));
    }
    let took = begun.elapsed();
    println!("100,000 deadlines and back: {took:?}");
    assert!(took.as_secs_f64() < 4.0, "{took:?}");
}
