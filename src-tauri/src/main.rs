//! The program `docket-desktop`: the desk of one person in a window of its own, without an open port.
//!
//! Page and API come from one scheme of this program ([`adapter`]); the rules are behind the Router, not here.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod adapter;
mod alarms;
mod arguments;
mod commands;
mod core;
mod display;
mod link;
mod login;
mod logs;
mod notifications;
mod quit;
mod tray;
mod window;
mod words;

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use tauri::{AppHandle, Manager, RunEvent};
use tauri_plugin_window_state::StateFlags;

use crate::arguments::Arguments;
use crate::core::Core;
use crate::words::Words;

/// When the program started, to say how long the first page took.
struct Started(Instant);

/// The data folder, where it is not the usual one: what starts at sign-in must name it.
struct OtherFolder(Option<std::path::PathBuf>);

fn main() -> ExitCode {
    let started = Instant::now();
    let arguments = Arguments::parse();
    match start(&arguments, Started(started)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            refuse(&error);
            ExitCode::FAILURE
        }
    }
}

/// Says why there is no window: on stderr, and where nobody reads that, as a notification.
fn refuse(error: &anyhow::Error) {
    eprintln!("{error:#}");
    if !std::io::stderr().is_terminal() {
        notifications::show_alone(Words::of_system().did_not_start(), &format!("{error:#}"));
    }
}

fn start(arguments: &Arguments, started: Started) -> anyhow::Result<()> {
    #[cfg(target_os = "linux")]
    display::paint_plainly();
    display::require()?;
    let folder = arguments.folder()?;
    let log_file = logs::start();

    let app = builder(arguments, &folder).build(tauri::generate_context!())?;
    // From here on this is the only window on this folder, as far as the session bus knows; the lock knows for sure.
    let core = tauri::async_runtime::block_on(Core::open(&folder))?;
    log_file.open(&folder.join("logs"));
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "the desk is open");
    app.manage(core);
    app.manage(started);
    app.manage(OtherFolder(arguments.data.as_ref().map(|_| folder.clone())));
    app.manage(Words::of_system());
    #[cfg(target_os = "linux")]
    app.manage(notifications::Notifier::default());
    app.run(on_event);
    Ok(())
}

fn builder(arguments: &Arguments, folder: &Path) -> tauri::Builder<tauri::Wry> {
    let hash = arguments.link.as_deref().and_then(link::to_hash);
    let state = tauri_plugin_window_state::Builder::new()
        .with_filename(folder.join("window.json").to_string_lossy())
        .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED);
    let mut builder = tauri::Builder::default();
    if let Some(key) = arguments.instance_key(folder) {
        builder = builder.plugin(
            tauri_plugin_single_instance::Builder::new().dbus_id(key).callback(|app, arguments, _| started_again(app, arguments)).build(),
        );
    }
    let home = folder.to_owned();
    let background = arguments.background;
    builder
        .plugin(state.build())
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .register_asynchronous_uri_scheme_protocol("desk", adapter::answer)
        .invoke_handler(tauri::generate_handler![
            commands::open_outside,
            commands::save_file,
            commands::notify,
            commands::set_language,
            commands::starts_at_login,
            commands::start_at_login
        ])
        .setup(move |app| {
            // Tauri panics on an error from here; a sentence is kinder.
            if let Err(error) = open_window(app.handle(), &home, hash.as_deref(), background) {
                refuse(&error);
                app.handle().cleanup_before_exit();
                std::process::exit(1);
            }
            Ok(())
        })
}

fn open_window(app: &AppHandle, folder: &Path, hash: Option<&str>, background: bool) -> anyhow::Result<()> {
    window::open(app, folder, hash, background)?;
    tray::put(app);
    link::follow_system(app);
    quit::on_signals(app);
    let core = app.state::<Core>();
    tauri::async_runtime::spawn(notifications::follow(app.clone(), core.notices()));
    tauri::async_runtime::spawn(alarms::follow(app.clone()));
    tauri::async_runtime::spawn(tray::follow(app.clone()));
    tauri::async_runtime::block_on(async { core.run() });
    Ok(())
}

/// Someone started the program again on the same folder: show what is there.
fn started_again(app: &AppHandle, arguments: Vec<String>) {
    let link = Arguments::try_parse_from(arguments).ok().and_then(|again| again.link);
    window::go(app, link.as_deref().and_then(link::to_hash).as_deref());
}

fn on_event(app: &AppHandle, event: RunEvent) {
    match event {
        // Without a code it is the system or the last window that asks, not `quit`.
        RunEvent::ExitRequested { code: None, api, .. } => {
            api.prevent_exit();
            quit::ask(app);
        }
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::go(app, None),
        _ => {}
    }
}
