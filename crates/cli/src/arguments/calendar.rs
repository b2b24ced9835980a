//! What can be typed about working time.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What to ask a calendar.
#[derive(Subcommand, Debug)]
pub enum CalendarCommand {
    /// Print when that much working time is over, in the calendar's zone
    Due {
        #[command(flatten)]
        which: Which,
        /// From when on (RFC 3339)
        #[arg(long, value_name = "TIME")]
        start: String,
        /// Minutes of working time
        #[arg(long, value_name = "N", required_unless_present = "seconds", conflicts_with = "seconds")]
        minutes: Option<u64>,
        /// Seconds of working time
        #[arg(long, value_name = "N")]
        seconds: Option<u64>,
        /// Prints it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the working seconds between two moments
    Between {
        #[command(flatten)]
        which: Which,
        /// From when on (RFC 3339)
        #[arg(long, value_name = "TIME")]
        from: String,
        /// Until when (RFC 3339)
        #[arg(long, value_name = "TIME")]
        to: String,
        /// Prints them as JSON, with the stretches of working time
        #[arg(long)]
        json: bool,
    },
}

/// Which calendar.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub struct Which {
    /// A file with a calendar as JSON; - reads standard input
    #[arg(long, value_name = "FILE")]
    pub calendar: Option<PathBuf>,
    /// A calendar of the desk, by name
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
}
