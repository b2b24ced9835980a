use chrono::Weekday;

use super::*;

/// What the package that the rules come from says itself, for two years (`make_table.py --check`).
const CHECK: &str = include_str!("../../tests/data/holidays.tsv");

fn of(country: &str, region: Option<&str>) -> Of {
    Of { country: country.into(), region: region.map(str::to_owned) }
}

fn days(country: &str, region: Option<&str>, year: i32) -> Vec<String> {
    in_year(&of(country, region), year).iter().map(|holiday| holiday.date.format("%m-%d").to_string()).collect()
}

#[test]
fn every_line_of_the_table_is_read() {
    let table = include_str!("../../data/holidays.tsv");
    let written = table.lines().filter(|line| !line.starts_with('#') && line.split('\t').nth(1) != Some("=")).count();
    assert_eq!(KNOWN.values().map(|known| known.lines.len()).sum::<usize>(), written);
    for (code, known) in KNOWN.iter() {
        let codes: BTreeSet<_> = known.regions.iter().map(|(code, _)| *code).chain(["-"]).collect();
        let named = known.lines.iter().filter_map(|line| line.regions.as_ref()).flatten();
        assert!(named.clone().all(|region| codes.contains(region)), "{code}: a line names a region that is not there");
    }
}

#[test]
fn the_rules_give_what_the_source_says() {
    let (mut compared, mut countries) = (0, BTreeSet::new());
    for line in CHECK.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let [country, region, year, expected] = columns[..] else { panic!("{line}") };
        let region = (region != "-").then_some(region);
        if of(country, region).check().is_err() {
            continue;
        }
        assert_eq!(days(country, region, year.parse().unwrap()).join(" "), expected, "{country} {region:?} {year}");
        (compared, _) = (compared + 1, countries.insert(country));
    }
    println!("{compared} years of {} countries", countries.len());
    assert!(compared > 600 && countries.len() >= 45, "{compared} years of {} countries", countries.len());
}

/// By the laws of the sixteen Länder; Easter 2027 is the 28th of March.
#[test]
fn germany() {
    const EVERYWHERE: [&str; 9] = ["01-01", "03-26", "03-29", "05-01", "05-06", "05-17", "10-03", "12-25", "12-26"];
    for (region, more) in [
        ("BW", &["01-06", "05-27", "11-01"][..]),
        ("BY", &["01-06", "05-27", "11-01"]),
        ("BY-catholic", &["01-06", "05-27", "08-15", "11-01"]),
        ("Augsburg", &["01-06", "05-27", "08-08", "08-15", "11-01"]),
        ("BE", &["03-08"]),
        ("BB", &["03-28", "05-16", "10-31"]),
        ("HB", &["10-31"]),
        ("HH", &["10-31"]),
        ("HE", &["05-27"]),
        ("MV", &["03-08", "10-31"]),
        ("NI", &["10-31"]),
        ("NW", &["05-27", "11-01"]),
        ("RP", &["05-27", "11-01"]),
        ("SL", &["05-27", "08-15", "11-01"]),
        ("SN", &["10-31", "11-17"]),
        ("ST", &["01-06", "10-31"]),
        ("SH", &["10-31"]),
        ("TH", &["09-20", "10-31"]),
    ] {
        let mut expected: Vec<&str> = EVERYWHERE.iter().chain(more).copied().collect();
        expected.sort_unstable();
        assert_eq!(days("DE", Some(region), 2027), expected, "{region}");
    }
    assert_eq!(days("DE", None, 2027), EVERYWHERE, "the country as a whole");
}

#[test]
fn elsewhere() {
    for (country, region, year, expected) in [
        ("AT", None, 2027, "01-01 01-06 03-29 05-01 05-06 05-17 05-27 08-15 10-26 11-01 12-08 12-25 12-26"),
        ("CH", Some("ZH"), 2027, "01-01 03-26 03-29 05-01 05-06 05-17 08-01 12-25 12-26"),
        ("CH", Some("TI"), 2027, "01-01 01-06 03-19 03-29 05-01 05-06 05-17 05-27 06-29 08-01 08-15 11-01 12-08 12-25 12-26"),
        // A Saturday's Christmas is kept on the Monday and the Tuesday as well.
        ("GB", Some("ENG"), 2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-25 12-26 12-27 12-28"),
        // King's Day is not on a Sunday.
        ("NL", None, 2025, "01-01 04-18 04-20 04-21 04-26 05-05 05-29 06-08 06-09 12-25 12-26"),
        // The first of May is Holy Saturday, so it is kept on Tuesday.
        ("GR", None, 2027, "01-01 01-06 03-15 03-25 04-30 05-03 05-01 05-04 06-21 08-15 10-28 12-25 12-26"),
    ] {
        let mut expected: Vec<&str> = expected.split(' ').collect();
        expected.sort_unstable();
        assert_eq!(days(country, region, year), expected, "{country} {region:?} {year}");
    }
    assert!(days("US", Some("CA"), 2021).contains(&"12-31".into()), "New Year's Day 2022 was a Saturday");
}

/// Dates of Easter from the tables of the church, western and orthodox.
#[test]
fn easter_sundays() {
    for (year, western, orthodox) in [
        (1961, "04-02", "04-09"),
        (2000, "04-23", "04-30"),
        (2008, "03-23", "04-27"),
        (2024, "03-31", "05-05"),
        (2025, "04-20", "04-20"),
        (2026, "04-05", "04-12"),
        (2038, "04-25", "04-25"),
        (2049, "04-18", "04-25"),
    ] {
        let show = |date: Option<NaiveDate>| date.unwrap().format("%m-%d").to_string();
        assert_eq!((show(easter(year)).as_str(), show(orthodox_easter(year)).as_str()), (western, orthodox), "{year}");
    }
    assert!((1900..=2200).all(|year| easter(year).unwrap().weekday() == Weekday::Sun));
    assert!((1900..2200).all(|year| orthodox_easter(year).unwrap().weekday() == Weekday::Sun));
}

#[test]
fn what_is_not_known_is_named() {
    assert!(of("DE", Some("BY")).check().is_ok());
    for wrong in [of("XX", None), of("de", None), of("DE", Some("XX")), of("DE", Some("-")), of("", None)] {
        assert_eq!(wrong.check().unwrap_err().field, "public_holidays");
        assert!(in_year(&wrong, 2027).is_empty());
    }
    let germany = countries().into_iter().find(|country| country.code == "DE").unwrap();
    assert!(germany.regions.contains(&("NW", "Nordrhein-Westfalen")));
}

#[test]
fn rules_are_read_or_refused() {
    for bad in ["", "13-x", "easter", "mon>=", "12-25 sat", "12-25 xxx:+1", "foo>=01-01"] {
        assert_eq!(Rule::parse(bad, ".."), None, "{bad}");
    }
    assert_eq!(Rule::parse("12-25", "2020"), None);
}

/// An iCalendar file with its lines in the form that the standard asks for.
fn file(events: &str) -> String {
    format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n{events}END:VCALENDAR\n").replace('\n', "\r\n")
}

fn event(lines: &str) -> String {
    format!("BEGIN:VEVENT\nUID:1\n{lines}\nEND:VEVENT\n")
}

fn imported(events: &str) -> Vec<String> {
    import(&file(events)).unwrap().holidays.iter().map(|holiday| format!("{} {}", holiday.date, holiday.name)).collect()
}

#[test]
fn whole_days_are_imported() {
    for (lines, expected) in [
        ("SUMMARY:Neujahr\nDTSTART;VALUE=DATE:20270101\nDTEND;VALUE=DATE:20270102", &["2027-01-01 Neujahr"][..]),
        ("SUMMARY:Epiphany\nDTSTART;VALUE=DATE:20270106", &["2027-01-06 Epiphany"]),
        (
            "SUMMARY:Easter\\, both days\nDTSTART;VALUE=DATE:20270328\nDURATION:P2D",
            &["2027-03-28 Easter, both days", "2027-03-29 Easter, both days"],
        ),
        ("SUMMARY:Eve\nDTSTART;VALUE=DATE:20261231\nDTEND;VALUE=DATE:20270102", &["2026-12-31 Eve", "2027-01-01 Eve"]),
        ("SUMMARY:Christmas\nDTSTART;VALUE=DATE:20101225\nRRULE:FREQ=YEARLY", &["12-25 Christmas"]),
        ("SUMMARY:Unity\nDTSTART;VALUE=DATE:19901003\nRRULE:FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=3;INTERVAL=1", &["10-03 Unity"]),
        ("SUMMARY:Long\n  name\nDTSTART;VALUE=DATE:20270601", &["2027-06-01 Long name"]),
        ("SUMMARY:Not any more\nSTATUS:CANCELLED\nDTSTART;VALUE=DATE:20270601", &[]),
    ] {
        assert_eq!(imported(&event(lines)), expected, "{lines}");
    }
    let twice = event("SUMMARY:One\nDTSTART;VALUE=DATE:20270101") + &event("SUMMARY:Other\nDTSTART;VALUE=DATE:20270101");
    assert_eq!(imported(&twice), ["2027-01-01 One"], "a day is there once");
}

#[test]
fn what_is_no_whole_day_is_told() {
    for lines in [
        "SUMMARY:Meeting\nDTSTART:20270101T090000Z\nDTEND:20270101T100000Z",
        "SUMMARY:Weekly\nDTSTART;VALUE=DATE:20270101\nRRULE:FREQ=WEEKLY",
        "SUMMARY:Third Monday\nDTSTART;VALUE=DATE:20270118\nRRULE:FREQ=YEARLY;BYMONTH=1;BYDAY=3MO",
        "SUMMARY:Three times\nDTSTART;VALUE=DATE:20270118\nRRULE:FREQ=YEARLY;COUNT=3",
        "SUMMARY:For ever\nDTSTART;VALUE=DATE:20270101\nDTEND;VALUE=DATE:20990101",
        "SUMMARY:Backwards\nDTSTART;VALUE=DATE:20270105\nDTEND;VALUE=DATE:20270101",
        "SUMMARY:No day\nDTSTART;VALUE=DATE:20271301",
        "SUMMARY:None",
    ] {
        let imported = import(&file(&event(lines))).unwrap();
        assert!(imported.holidays.is_empty() && imported.left_out.len() == 1, "{lines}: {imported:?}");
    }
    for text in ["", "BEGIN:VCALENDAR", "<html>", "\u{0}\u{0}"] {
        assert!(import(text).map_or(true, |imported| imported == Imported::default()), "{text:?}");
    }
}
