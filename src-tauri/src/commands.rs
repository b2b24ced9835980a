//! What the page may ask of the computer itself. Everything else goes through the Router.
use std::path::{Path, PathBuf};

use http::Request;
use serde::Serialize;
use tauri::{AppHandle, Manager, State, Url};
use tauri_plugin_dialog::DialogExt;
use tauri_plugin_opener::OpenerExt;
use tokio::sync::oneshot;

use crate::core::Core;
use crate::words::Words;
use crate::{OtherFolder, adapter, login, notifications, tray};

/// Why the computer did not do it, in the shape of the API's problems.
#[derive(Debug, Serialize)]
pub struct Refused {
    code: &'static str,
    message: String,
}

fn refused(code: &'static str, message: impl Into<String>) -> Refused {
    Refused { code, message: message.into() }
}

/// Opens a web or mail address with the system's own program.
#[tauri::command]
pub fn open_outside(app: AppHandle, url: Url) -> Result<(), Refused> {
    if open_with_system(&app, &url) {
        return Ok(());
    }
    Err(refused("forbidden", "Only web and mail addresses can be opened, and only where a program for them is set."))
}

/// True if the address was handed to the system; only web and mail addresses are.
pub fn open_with_system(app: &AppHandle, url: &Url) -> bool {
    if !matches!(url.scheme(), "http" | "https" | "mailto") {
        return false;
    }
    let outcome = app.opener().open_url(url.as_str(), None::<&str>);
    if let Err(error) = &outcome {
        tracing::warn!("cannot open an address: {error}");
    }
    outcome.is_ok()
}

/// Saves what the API answers at `url` under a place the agent chooses. False if they chose none.
#[tauri::command]
pub async fn save_file(app: AppHandle, url: String, name: String) -> Result<bool, Refused> {
    let path = url.strip_prefix(adapter::HOME).unwrap_or(&url).to_owned();
    if !path.starts_with("/api/v1/") {
        return Err(refused("forbidden", "Only files of this desk can be saved."));
    }
    let Some(place) = choose(&app, &file_name(&name)).await else {
        return Ok(false);
    };
    let bytes = fetch(&app, &path).await?;
    write(&place, bytes).await?;
    Ok(true)
}

/// A download that the page did not start through `save_file`: a link to a file of a ticket.
pub fn save_download(app: &AppHandle, url: &Url) {
    let app = app.clone();
    let name = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default().to_owned();
    let url = url.to_string();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = save_file(app, url, name).await {
            tracing::warn!(code = error.code, "a download was not saved");
        }
    });
}

/// Asks where to save. Builds with debug assertions take the folder DOCKET_SAVE_DIR instead, for tests.
async fn choose(app: &AppHandle, name: &str) -> Option<PathBuf> {
    if cfg!(debug_assertions)
        && let Some(folder) = std::env::var_os("DOCKET_SAVE_DIR")
    {
        return Some(Path::new(&folder).join(name));
    }
    let (answer, chosen) = oneshot::channel();
    app.dialog().file().set_file_name(name).save_file(move |place| {
        // The receiver is gone only when the page is: then nobody waits for the file.
        let _ = answer.send(place);
    });
    chosen.await.ok().flatten()?.into_path().ok()
}

/// A name that stays in the chosen folder and that every system takes.
fn file_name(wanted: &str) -> String {
    let bad = |c: char| c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    let name: String = wanted.chars().map(|c| if bad(c) { '_' } else { c }).take(150).collect();
    match name.trim().trim_matches('.') {
        "" => "file".to_owned(),
        name => name.to_owned(),
    }
}

async fn fetch(app: &AppHandle, path: &str) -> Result<Vec<u8>, Refused> {
    let request =
        Request::get(format!("{}{path}", adapter::HOME)).body(Vec::new()).map_err(|error| refused("bad_request", error.to_string()))?;
    let response = app.state::<Core>().call(request).await;
    if !response.status().is_success() {
        return Err(refused("not_found", "The file is not there any more."));
    }
    Ok(response.into_body())
}

async fn write(place: &Path, bytes: Vec<u8>) -> Result<(), Refused> {
    tokio::fs::write(place, bytes).await.map_err(|error| refused("not_saved", format!("The file could not be written: {error}")))
}

/// Shows a native notification for the page; a click opens the ticket, if one is named.
#[tauri::command]
pub fn notify(app: AppHandle, title: String, body: String, ticket: Option<String>) {
    notifications::show(&app, &title, &body, ticket);
}

/// Does the program start when the person signs in to this computer?
#[tauri::command]
pub fn starts_at_login() -> bool {
    login::is_on()
}

/// Starts the program when the person signs in to this computer, or does no longer.
#[tauri::command]
pub fn start_at_login(other: State<'_, OtherFolder>, on: bool) -> Result<(), Refused> {
    login::set(on, other.0.as_deref()).map_err(|error| refused("not_saved", format!("The computer did not take it: {error:#}")))
}

/// Names tray and questions in the agent's language, e.g. `de`.
#[tauri::command]
pub fn set_language(app: AppHandle, words: State<'_, Words>, language: String) {
    words.speak(&language);
    tray::rename(&app);
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_name_stays_in_its_folder() {
        for (wanted, name) in [
            ("invoice.pdf", "invoice.pdf"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("C:\\x.txt", "C__x.txt"),
            ("Übersicht 2026.ods", "Übersicht 2026.ods"),
            ("..", "file"),
            ("", "file"),
            ("a\nb", "a_b"),
        ] {
            assert_eq!(file_name(wanted), name);
        }
    }
}
