//! What can be typed behind `docket`.

use std::{net::IpAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use docket_domain::CommandId;

mod calendar;
mod team;
pub use calendar::{CalendarCommand, Which};
pub use team::{AgentCommand, Grant, GroupCommand, Named, RoleCommand};

/// A help desk: mails become tickets, agents answer them.
///
/// Exit codes: 0 done, 1 refused or not found, 2 typed wrongly, 75 try again.
#[derive(Parser, Debug)]
#[command(name = "docket", version)]
pub struct Arguments {
    #[command(flatten)]
    pub place: Place,
    #[command(subcommand)]
    pub command: Command,
}

/// Which desk.
#[derive(Args, Debug)]
pub struct Place {
    /// The data folder of the desk [default: docket/desk in the user's own data folder]
    #[arg(long, value_name = "DIR", env = "DOCKET_DATA", global = true)]
    pub data: Option<PathBuf>,
    /// A PostgreSQL database, by its URL without a password; DOCKET_DATABASE_URL and --database-file may hold one with it
    #[arg(long, value_name = "URL", global = true, conflicts_with = "database_file")]
    pub database: Option<String>,
    /// A file with the URL of a PostgreSQL database
    #[arg(long, value_name = "FILE", global = true)]
    pub database_file: Option<PathBuf>,
    /// The file with the key that seals the mail passwords [default: in the data folder]
    #[arg(long, value_name = "FILE", global = true)]
    pub key_file: Option<PathBuf>,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Serve the desk to browsers
    Serve(Serve),
    /// Fill the data folder with a believable desk
    Demo(Demo),
    /// Mail from elsewhere
    Mail {
        #[command(subcommand)]
        command: MailCommand,
    },
    /// Read and change tickets
    Ticket {
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        reach: Reach,
        #[command(subcommand)]
        command: TicketCommand,
    },
    /// Search tickets, best first
    Search {
        #[command(flatten)]
        by: By,
        /// What to look for; may begin with ! or -
        #[arg(allow_hyphen_values = true)]
        query: String,
        /// At most this many
        #[arg(long, default_value_t = 20)]
        limit: i64,
        /// One JSON line a hit
        #[arg(long)]
        json: bool,
    },
    /// Work with a team's server: this data folder keeps a copy of what its agent may see
    Sync {
        #[command(subcommand)]
        command: SyncCommand,
    },
    /// The people who answer
    Agent {
        #[command(subcommand)]
        command: AgentCommand,
    },
    /// Groups: every queue belongs to one, agents and roles have rights in them
    Group {
        #[command(subcommand)]
        command: GroupCommand,
    },
    /// Roles: rights that several agents share
    Role {
        #[command(subcommand)]
        command: RoleCommand,
    },
    /// Working time: when some of it is over, and how much of it lies between two moments
    Calendar {
        #[command(subcommand)]
        command: CalendarCommand,
    },
    /// Write the whole desk into one file, without keys
    Backup {
        /// The archive to write; it must not exist
        file: PathBuf,
    },
    /// Read such a file into an empty data folder or database
    Restore {
        /// The archive to read
        file: PathBuf,
    },
    /// Verify the data folder
    Check,
    /// Print the description of the HTTP API (OpenAPI 3.1)
    Openapi,
}

/// How to serve.
#[derive(Args, Debug)]
pub struct Serve {
    /// Where to listen; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8377")]
    pub listen: String,
    /// A proxy whose X-Forwarded-For, -Proto and -Host are believed; may be given more than once
    #[arg(long, value_name = "IP")]
    pub trusted_proxy: Vec<IpAddr>,
    /// The server's certificate with its chain (PEM): browsers then come by https. Read again when it is renewed
    #[arg(long, value_name = "FILE", env = "DOCKET_TLS_CERT", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's key (PEM), without a passphrase
    #[arg(long, value_name = "FILE", env = "DOCKET_TLS_KEY", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// A folder with another page than the one built in
    #[arg(long, value_name = "DIR", hide = true)]
    pub ui: Option<PathBuf>,
}

/// How much to make up.
#[derive(Args, Debug)]
pub struct Demo {
    /// How many tickets
    #[arg(long, default_value_t = 1_000)]
    pub tickets: u64,
    /// The same seed gives the same desk
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The desk's own language
    #[arg(long, value_name = "de|en", value_parser = ["de", "en"])]
    pub language: Option<String>,
}

/// What to do with mail.
#[derive(Subcommand, Debug)]
pub enum MailCommand {
    /// Take in mails, one a file; prints one JSON line a mail
    Ingest {
        /// Files with one mail each; - or none: standard input
        files: Vec<PathBuf>,
        /// The output is JSON anyway
        #[arg(long, hide = true)]
        json: bool,
    },
}

/// Who is acting.
#[derive(Args, Debug)]
pub struct By {
    /// The agent who acts, with their rights [default: the first administrator, or on a connected data folder its agent; reading
    /// sees all of the data folder]
    #[arg(long = "as", value_name = "LOGIN", global = true)]
    pub login: Option<String>,
}

/// What a connected data folder does about its server.
#[derive(Args, Debug)]
pub struct Reach {
    /// On a connected data folder: do not try to reach the server now
    #[arg(long, global = true)]
    pub offline: bool,
}

/// What to do with tickets.
#[derive(Subcommand, Debug)]
pub enum TicketCommand {
    /// List tickets
    List {
        /// Which ones
        #[arg(long, default_value = "open", value_parser = ["mine", "unassigned", "reminders", "locked", "watched", "snoozed", "silent", "open", "closed", "junk", "all"])]
        view: String,
        /// In this queue alone
        #[arg(long)]
        queue: Option<String>,
        /// At most this many
        #[arg(long, default_value_t = 50)]
        limit: i64,
        /// One JSON line a ticket
        #[arg(long)]
        json: bool,
    },
    /// Show a ticket with its articles
    Show {
        /// The ticket's number
        number: String,
        /// Every change, with actor and time
        #[arg(long)]
        history: bool,
        /// As one JSON value
        #[arg(long)]
        json: bool,
    },
    /// Print the mail behind an article as it came, byte for byte
    Raw {
        /// The ticket's number
        number: String,
        /// The article's id, or its place on the ticket, counted from 1
        article: String,
    },
    /// Make a ticket; prints its number
    Create(Create),
    /// Answer the customer by mail
    Reply(Reply),
    /// Write a note
    Note(Note),
    /// Change what the ticket says about itself
    Set(Set),
    /// Let a ticket go into another one; this cannot be undone
    Merge {
        /// The ticket that goes
        number: String,
        /// The ticket that stays
        into: String,
        /// Prints the outcome and the ticket that stays as JSON
        #[arg(long)]
        json: bool,
    },
    /// Say that two tickets belong together
    Link {
        /// The ticket's number
        number: String,
        /// The other ticket's number
        other: String,
        /// What the other ticket is to this one
        #[arg(long, default_value = "normal", value_parser = ["normal", "parent", "child"])]
        kind: String,
        /// Prints the outcome and the ticket as JSON
        #[arg(long)]
        json: bool,
    },
    /// Hear of what happens to a ticket
    Watch {
        /// The ticket's number
        number: String,
        /// Do not hear of it any more
        #[arg(long)]
        off: bool,
        /// Prints the outcome and the ticket as JSON
        #[arg(long)]
        json: bool,
    },
}

/// A new ticket.
#[derive(Args, Debug)]
pub struct Create {
    /// Its title
    #[arg(long)]
    pub title: String,
    /// What was said; - reads standard input
    #[arg(long)]
    pub text: String,
    /// Its queue, by name [default: the first own queue]
    #[arg(long)]
    pub queue: Option<String>,
    /// The customer's mail address
    #[arg(long, value_name = "ADDRESS")]
    pub customer: Option<String>,
    /// Prints number and id as JSON
    #[arg(long)]
    pub json: bool,
}

/// An answer by mail.
#[derive(Args, Debug)]
pub struct Reply {
    /// The ticket's number
    pub number: String,
    /// What to say; - reads standard input
    #[arg(long)]
    pub text: String,
    /// To whom [default: the customer]
    #[arg(long, value_name = "ADDRESS")]
    pub to: Vec<String>,
    /// Who else
    #[arg(long, value_name = "ADDRESS")]
    pub cc: Vec<String>,
    /// Who else, unseen
    #[arg(long, value_name = "ADDRESS")]
    pub bcc: Vec<String>,
    /// Another subject
    #[arg(long)]
    pub subject: Option<String>,
    /// The state after it, by name [default: as it is]
    #[arg(long)]
    pub state: Option<String>,
    /// Until when, for pending states (RFC 3339)
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// A file to attach; may be given more than once
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
    /// Prints the outcome as JSON
    #[arg(long)]
    pub json: bool,
}

/// A note.
#[derive(Args, Debug)]
pub struct Note {
    /// The ticket's number
    pub number: String,
    /// What to note; - reads standard input
    #[arg(long)]
    pub text: String,
    /// Its subject
    #[arg(long, default_value = "")]
    pub subject: String,
    /// The customer may see it
    #[arg(long)]
    pub visible: bool,
    /// A file to attach; may be given more than once
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
    /// Prints the outcome as JSON
    #[arg(long)]
    pub json: bool,
}

/// What to change; each is a change of its own, made in this order.
#[derive(Args, Debug)]
pub struct Set {
    /// The ticket's number
    pub number: String,
    /// Its title
    #[arg(long)]
    pub title: Option<String>,
    /// Its customer's mail address
    #[arg(long, value_name = "ADDRESS")]
    pub customer: Option<String>,
    /// Its queue, by name
    #[arg(long)]
    pub queue: Option<String>,
    /// Its priority, by name or rank
    #[arg(long)]
    pub priority: Option<String>,
    /// Its owner, by login; "none" for nobody
    #[arg(long, value_name = "LOGIN")]
    pub owner: Option<String>,
    /// Lock it
    #[arg(long, conflicts_with = "unlock")]
    pub lock: bool,
    /// Unlock it
    #[arg(long)]
    pub unlock: bool,
    /// Its state, by name
    #[arg(long)]
    pub state: Option<String>,
    /// Until when, for pending states (RFC 3339)
    #[arg(long, value_name = "TIME", requires = "state")]
    pub until: Option<String>,
    /// Prints the outcome as JSON
    #[arg(long)]
    pub json: bool,
}

/// What to do about the server.
#[derive(Subcommand, Debug)]
pub enum SyncCommand {
    /// Connect this data folder to a server, or sign in there again; the password is read from standard input
    Connect {
        /// Its address: https, or http to this computer alone
        server: String,
        /// The login there
        #[arg(long)]
        login: String,
        /// What this computer is called there [default: its own name]
        #[arg(long, default_value = "")]
        name: String,
    },
    /// Say how the connection stands
    Status {
        /// As one JSON value
        #[arg(long)]
        json: bool,
    },
    /// Send and fetch what there is; exit code 75 when the server cannot be reached
    Now {
        /// Prints the state after it as JSON
        #[arg(long)]
        json: bool,
    },
    /// List what waits for the server, or for a decision
    Outbox {
        /// One JSON line a ticket
        #[arg(long)]
        json: bool,
    },
    /// Decide about something in the outbox
    Decide {
        /// Its id, as `docket sync outbox` shows it
        id: CommandId,
        /// Drop it, give it anew, keep its text as a note, make its text a draft again, or have a dropped one back
        #[arg(value_parser = ["discard", "mine", "note", "edit", "back"])]
        how: String,
    },
}
