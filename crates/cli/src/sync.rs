//! `docket sync`.

use std::time::Duration;

use docket_app::{
    App,
    wire::connection::{BundleView, ConnectInput, ConnectionView, EntryView, LuggageView},
};
use docket_sync::Roads;

use crate::{
    agent::password,
    arguments::{Place, SyncCommand},
    failure::Failure,
    print,
};

/// How long a command that has done its work waits for the server.
const BRING: Duration = Duration::from_secs(5);

/// Connects a data folder to a server, and says and decides what there is between them.
pub async fn sync(place: &Place, command: SyncCommand) -> Result<(), Failure> {
    let app = place.open().await?;
    let done = run(&app, command).await;
    app.close().await;
    done
}

async fn run(app: &App, command: SyncCommand) -> Result<(), Failure> {
    match command {
        SyncCommand::Connect { server, login, name } => connect(app, server, login, name).await,
        SyncCommand::Status { json } => tell(app, json).await,
        SyncCommand::Now { json } => {
            let roads = Roads::open(None)?;
            docket_sync::sync_once(app, &roads).await?;
            docket_sync::pack(app, &roads).await?;
            tell(app, json).await
        }
        SyncCommand::Outbox { json } => outbox(app, json).await,
        SyncCommand::Decide { id, how } => Ok(app.decide_entry(id, &how).await?),
    }
}

async fn connect(app: &App, server: String, login: String, name: String) -> Result<(), Failure> {
    // A wrong address is said before a password is asked for.
    docket_app::replica::check_address(&server)?;
    let password = password()?;
    app.connect_to(ConnectInput { server, login, password, name }).await?;
    let view = stands(app).await?;
    eprintln!("Connected to {}. `docket sync now` fetches the tickets.", view.server);
    Ok(())
}

async fn stands(app: &App) -> Result<ConnectionView, Failure> {
    app.connection().await?.ok_or_else(|| Failure::refused("this data folder is not connected to a server; see docket sync connect --help"))
}

async fn tell(app: &App, as_json: bool) -> Result<(), Failure> {
    let view = stands(app).await?;
    if as_json {
        return print::json(&view);
    }
    let zone = &app.settings().desk.time_zone;
    let ConnectionView { server, state, contact_at, waiting, sent, needs_you, first_sync, luggage, trouble, .. } = view;
    let state = match state.as_str() {
        "first_sync" => first_sync.map_or(state, |fill| format!("first sync: {} of {} tickets", fill.done, fill.total)),
        // A command that has just begun has not asked anybody yet.
        "offline" if trouble.is_none() => "not asked just now".into(),
        _ => state.replace('_', " "),
    };
    let rows = [
        ("server", server),
        ("state", state),
        ("last contact", if contact_at > 0 { print::moment(contact_at, zone) } else { "never".into() }),
        ("waiting", waiting.to_string()),
        ("sent", sent.to_string()),
        ("needs you", needs_you.to_string()),
        ("taken along", luggage.as_ref().map(taken_along).unwrap_or_default()),
        ("trouble", trouble.unwrap_or_default()),
    ];
    let rows = rows.into_iter().filter(|(_, said)| !said.is_empty());
    print::table(&rows.map(|(name, said)| vec![name.to_owned(), print::plain(&said)]).collect::<Vec<_>>())
}

fn taken_along(luggage: &LuggageView) -> String {
    let LuggageView { tickets, ready, files, files_here, .. } = luggage;
    format!("{ready} of {tickets} tickets with everything, {files_here} of {files} files here")
}

async fn outbox(app: &App, as_json: bool) -> Result<(), Failure> {
    let bundles = app.outbox_entries().await?;
    if as_json {
        return bundles.iter().try_for_each(print::json);
    }
    print::table(&bundles.iter().flat_map(|bundle| bundle.entries.iter().map(|entry| cells(bundle, entry))).collect::<Vec<_>>())
}

fn cells(bundle: &BundleView, entry: &EntryView) -> Vec<String> {
    let kind = entry.command["type"].as_str().unwrap_or_default().replace('_', " ");
    let why = entry.answer.as_ref().and_then(|answer| answer.message.clone()).unwrap_or_default();
    vec![entry.id.to_string(), bundle.number.clone(), print::plain(&bundle.title), kind, entry.state.clone(), print::plain(&why)]
}

/// After a change on a connected data folder: brings it to the server, or says that it waits.
pub async fn bring(app: &App, offline: bool) -> Result<(), Failure> {
    let tried = if offline {
        None
    } else {
        let roads = Roads::open(None)?;
        Some(tokio::time::timeout(BRING, docket_sync::sync_once(app, &roads)).await)
    };
    let view = stands(app).await?;
    match tried {
        Some(Ok(Ok(()))) if view.waiting == 0 => {}
        Some(Ok(Err(error))) if error.code() != "offline" => eprintln!("This waits for {}: {error}.", view.server),
        _ => eprintln!("This waits for {}, which has not answered yet.", view.server),
    }
    if view.needs_you > 0 {
        eprintln!("{} in the outbox need your decision; see docket sync outbox.", view.needs_you);
    }
    Ok(())
}

/// Refuses what only the server of a connected data folder can do.
pub fn refuse_connected(app: &App, why: &str) -> Result<(), Failure> {
    match app.connected() {
        Some(connected) => Err(Failure::refused(format!("this data folder is connected to {}: {why}", connected.server))),
        None => Ok(()),
    }
}
