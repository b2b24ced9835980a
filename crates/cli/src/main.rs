//! The program `docket`: it serves the desk, and does everything that an administrator types.

mod agent;
mod archive;
mod arguments;
mod calendar;
mod demo;
mod desk;
mod failure;
mod ingest;
mod print;
mod search;
mod serve;
mod shape;
mod sync;
mod team;
mod ticket;

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use arguments::{Arguments, Command};
use failure::Failure;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log(&arguments.command);
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            failure.exit_code()
        }
    }
}

async fn run(Arguments { place, command }: Arguments) -> Result<(), Failure> {
    match command {
        Command::Serve(arguments) => serve::serve(&place, arguments).await,
        Command::Demo(arguments) => demo::demo(&place, arguments).await,
        Command::Mail { command: arguments::MailCommand::Ingest { files, .. } } => ingest::ingest(&place, &files).await,
        Command::Ticket { by, reach, command } => ticket::ticket(&place, by.login.as_deref(), reach.offline, command).await,
        Command::Sync { command } => sync::sync(&place, command).await,
        Command::Search { by, query, limit, json } => search::search(&place, by.login.as_deref(), &query, limit, json).await,
        Command::Agent { command } => agent::agent(&place, command).await,
        Command::Group { command } => team::group(&place, command).await,
        Command::Role { command } => team::role(&place, command).await,
        Command::Calendar { command } => calendar::calendar(&place, command).await,
        Command::Backup { file } => archive::backup(&place, &file).await,
        Command::Restore { file } => archive::restore(&place, &file).await,
        Command::Check => archive::check(&place).await,
        Command::Openapi => print::line(docket_api::openapi().to_pretty_json().map_err(anyhow::Error::from)?),
    }
}

/// Tells what happens on stderr: much while serving, only what is wrong otherwise. DOCKET_LOG chooses.
fn log(command: &Command) {
    let usual = if matches!(command, Command::Serve(_)) { "info" } else { "warn" };
    let filter = EnvFilter::try_from_env("DOCKET_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).init();
}
