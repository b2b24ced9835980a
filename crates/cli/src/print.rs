//! Printing: what scripts read goes to standard output, and a reader that went away is no fault.

use std::io::{ErrorKind, Write, stdout};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use crate::failure::Failure;

/// One line.
pub fn line(text: impl AsRef<str>) -> Result<(), Failure> {
    bytes(format!("{}\n", text.as_ref()).as_bytes())
}

/// One line of JSON.
pub fn json(value: &impl Serialize) -> Result<(), Failure> {
    line(serde_json::to_string(value).map_err(anyhow::Error::from)?)
}

/// Bytes as they are.
pub fn bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => Err(Failure::TryAgain(format!("nothing can be printed: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// Rows under each other, each column as wide as it must be.
pub fn table(rows: &[Vec<String>]) -> Result<(), Failure> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |column| rows.iter().filter_map(|row| row.get(column)).map(|cell: &String| console::measure_text_width(cell)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in rows {
        let cells = row.iter().zip(&widths);
        let padded: Vec<String> =
            cells.map(|(cell, width)| format!("{cell}{}", " ".repeat(width.saturating_sub(console::measure_text_width(cell))))).collect();
        line(padded.join("  ").trim_end())?;
    }
    Ok(())
}

/// A moment as people read it, in the desk's time zone.
pub fn moment(at: i64, zone: &str) -> String {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    let at = DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default();
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %Z").to_string()
}

/// Text from outside without what a terminal would obey.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_cannot_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\n\tc\r"), "a\u{fffd}[2Jb\n\tc\u{fffd}");
    }

    #[test]
    fn moments_stand_in_the_desks_zone() {
        assert_eq!(moment(1_784_000_000_000, "Europe/Berlin"), "2026-07-14 05:33:20 CEST");
        assert_eq!(moment(0, "nowhere"), "1970-01-01 00:00:00 UTC");
    }
}
