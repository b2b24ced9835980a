//! A meeting invitation in words, for mails that say nothing else.

/// Describes the first event of an iCalendar text; `None` when there is none.
pub(super) fn describe(text: &str) -> Option<String> {
    let lines = unfold(text);
    let begin = lines.iter().position(|line| line.eq_ignore_ascii_case("BEGIN:VEVENT"))?;
    let mut out = Vec::new();
    let property = |name: &str| {
        lines[begin..].iter().take_while(|line| !line.eq_ignore_ascii_case("END:VEVENT")).find_map(|line| {
            let (key, value) = split(line)?;
            let (bare, params) = key.split_once(';').unwrap_or((key, ""));
            bare.eq_ignore_ascii_case(name).then(|| (params.to_owned(), unescape(value)))
        })
    };
    for (name, title) in [("SUMMARY", ""), ("DTSTART", "Start: "), ("DTEND", "End: "), ("LOCATION", "Location: ")] {
        if let Some((params, value)) = property(name) {
            let value = if name.starts_with("DT") { moment(&params, &value) } else { value };
            out.push(format!("{title}{value}"));
        }
    }
    if let Some((_, organiser)) = property("ORGANIZER") {
        let bare = organiser.get(7..).filter(|_| organiser.to_ascii_lowercase().starts_with("mailto:"));
        out.push(format!("Organizer: {}", bare.unwrap_or(&organiser)));
    }
    if let Some((_, description)) = property("DESCRIPTION") {
        out.push(format!("\n{}", description.trim()));
    }
    (!out.is_empty()).then(|| out.join("\n"))
}

fn unfold(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().take(10_000) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some(last)) => last.push_str(more),
            _ => lines.push(line.trim_end_matches('\r').to_owned()),
        }
    }
    lines
}

/// Splits at the first colon outside quotes.
fn split(line: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let at = line.char_indices().find_map(|(i, c)| {
        quoted ^= c == '"';
        (c == ':' && !quoted).then_some(i)
    })?;
    Some((&line[..at], &line[at + 1..]))
}

fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, false) => out.push(c),
            (_, true) => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
        }
    }
    out
}

/// `20261123T090000Z` as `2026-11-23 09:00 UTC`.
fn moment(params: &str, value: &str) -> String {
    let digits = value.trim_end_matches('Z');
    let date = |d: &str| format!("{}-{}-{}", &d[..4], &d[4..6], &d[6..8]);
    let is_digits = |d: &str| d.bytes().all(|b| b.is_ascii_digit());
    let zone = if value.ends_with('Z') {
        " UTC".to_owned()
    } else {
        let zone = params.split(';').find_map(|p| p.strip_prefix("TZID=")).map(|z| z.trim_matches('"'));
        zone.map(|zone| format!(" ({zone})")).unwrap_or_default()
    };
    match digits.split_once('T') {
        Some((day, time)) if day.len() == 8 && time.len() >= 4 && is_digits(day) && is_digits(time) => {
            format!("{} {}:{}{zone}", date(day), &time[..2], &time[2..4])
        }
        None if digits.len() == 8 && is_digits(digits) => date(digits),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::describe;

    #[test]
    fn an_invitation_reads() {
        let text = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Quarterly \r\n review\\, part 2\r\n\
            DTSTART;TZID=\"Europe/Berlin\":20261123T090000\r\nDTEND:20261123T090000Z\r\nLOCATION:Room 4\r\n\
            ORGANIZER;CN=\"Doe: Jo\":MAILTO:jo@x.test\r\nDESCRIPTION:Bring\\nslides\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(
            describe(text).unwrap(),
            "Quarterly review, part 2\nStart: 2026-11-23 09:00 (Europe/Berlin)\nEnd: 2026-11-23 09:00 UTC\n\
             Location: Room 4\nOrganizer: jo@x.test\n\nBring\nslides"
        );
        assert_eq!(describe("BEGIN:VCALENDAR\nEND:VCALENDAR"), None);
    }
}
