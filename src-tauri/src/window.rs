//! The one window: opening, showing, closing it, and where its page is.
use std::path::Path;

use tauri::webview::{DownloadEvent, NewWindowResponse, PageLoadEvent};
use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};

use crate::core::Core;
use crate::words::Words;
use crate::{Started, adapter, commands, notifications, tray};

/// The label of the window and of its webview.
pub const MAIN: &str = "main";

/// Opens the window on the page, at `hash` if one is given; in the background it is not shown, but within reach.
pub fn open(app: &AppHandle, folder: &Path, hash: Option<&str>, background: bool) -> anyhow::Result<()> {
    let address = format!("{}/{}", adapter::HOME, hash.unwrap_or_default());
    // The token goes to the main frame alone: a mail shown in a frame never sees it.
    let token = serde_json::json!({ "token": app.state::<Core>().token(), "computer": docket_app::replica::computer() });
    let (outside, popup, download) = (app.clone(), app.clone(), app.clone());
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::CustomProtocol(address.parse()?))
        .title("Docket")
        .visible(!background)
        .inner_size(1280.0, 820.0)
        .min_inner_size(420.0, 480.0)
        .data_directory(folder.join("webview"))
        .initialization_script(format!("window.__DOCKET__ = Object.freeze({token});"))
        .disable_drag_drop_handler()
        .zoom_hotkeys_enabled(true)
        .on_navigation(move |url| stays(&outside, url))
        .on_new_window(move |url, _| {
            commands::open_with_system(&popup, &url);
            NewWindowResponse::Deny
        })
        .on_download(move |_, event| {
            if let DownloadEvent::Requested { url, .. } = event {
                commands::save_download(&download, &url);
            }
            false
        })
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Finished {
                let took = window.state::<Started>().0.elapsed();
                tracing::info!(ms = took.as_millis(), "the page is loaded");
            }
        })
        .build()?;
    if background && !tray::is_seen() {
        // Without an icon it could not be brought back: a panel that comes up later shows it in its list.
        report("show the window", window.show());
        report("minimise the window", window.minimize());
    }
    let handle = app.clone();
    let told = folder.join("told-about-the-tray");
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            put_away(&handle, &told);
        }
    });
    Ok(())
}

/// Only the desk's own page is shown here; the rest of the web belongs into the browser.
fn stays(app: &AppHandle, url: &Url) -> bool {
    if is_home(url) || url.scheme() == "about" {
        return true;
    }
    commands::open_with_system(app, url);
    false
}

fn is_home(url: &Url) -> bool {
    url.as_str().strip_prefix(adapter::HOME).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Closing leaves mail and timers running: hidden where a tray brings the window back, minimised where none does.
fn put_away(app: &AppHandle, told: &Path) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    if !tray::is_seen() {
        report("minimise the window", window.minimize());
        return;
    }
    report("hide the window", window.hide());
    if !told.exists() {
        let words = app.state::<Words>();
        notifications::show(app, words.still_here(), words.still_here_why(), None);
        if let Err(error) = std::fs::write(told, "") {
            tracing::warn!("cannot remember that the tray was explained: {error}");
        }
    }
}

/// Brings the window to the front, and its page to `hash` if one is given.
pub fn go(app: &AppHandle, hash: Option<&str>) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    report("show the window", window.show());
    report("unminimise the window", window.unminimize());
    report("focus the window", window.set_focus());
    if let Some(hash) = hash {
        let hash = serde_json::Value::from(hash);
        report("go to a place in the page", window.eval(format!("location.hash = {hash};")));
    }
}

/// True while the agent looks at this ticket, so that nothing needs to be announced about it.
pub fn is_looking_at(app: &AppHandle, ticket: &str) -> bool {
    let Some(window) = app.get_webview_window(MAIN) else { return false };
    window.is_focused().unwrap_or(false) && window.is_visible().unwrap_or(false) && shown(&window).is_some_and(|shown| shown == ticket)
}

/// The last part of the page's place: in a list or a queue that is the ticket beside it.
fn shown(window: &WebviewWindow) -> Option<String> {
    let url = window.url().ok()?;
    let place = url.fragment()?.split('?').next()?;
    Some(place.rsplit('/').next()?.to_owned())
}

fn report(what: &str, outcome: tauri::Result<()>) {
    if let Err(error) = outcome {
        tracing::warn!("cannot {what}: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_origin_is_home() {
        let home = |url: &str| is_home(&url.parse().unwrap());
        assert!(home(&format!("{}/index.html#/mine", adapter::HOME)));
        assert!(!home(&format!("{}.example.org/", adapter::HOME)));
        assert!(!home("https://example.org/"));
    }
}
