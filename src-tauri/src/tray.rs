//! The icon beside the clock: bring the window back, write a ticket, quit.
use anyhow::Context;
use tauri::image::Image;
use tauri::menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tauri::tray::{TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager, Wry};

use crate::words::Words;
use crate::{quit, window};

const OPEN: &str = "open";
const NEW: &str = "new";
const QUIT: &str = "quit";

/// The entries of the menu, to name them anew when the language changes.
struct Entries {
    open: MenuItem<Wry>,
    new: MenuItem<Wry>,
    quit: MenuItem<Wry>,
}

/// Puts the icon there; without one the desk works just the same.
pub fn put(app: &AppHandle) {
    if let Err(error) = build(app) {
        tracing::warn!("no tray icon: {error:#}");
    }
}

fn build(app: &AppHandle) -> anyhow::Result<()> {
    let words = app.state::<Words>();
    let entries = Entries {
        open: MenuItem::with_id(app, OPEN, words.open(), true, None::<&str>)?,
        new: MenuItem::with_id(app, NEW, words.new_ticket(), true, None::<&str>)?,
        quit: MenuItem::with_id(app, QUIT, words.quit(), true, None::<&str>)?,
    };
    let line = PredefinedMenuItem::separator(app)?;
    let menu = Menu::with_items(app, &[&entries.open, &entries.new, &line, &entries.quit])?;
    TrayIconBuilder::with_id("docket")
        .icon(Image::from_bytes(icon())?)
        .icon_as_template(cfg!(target_os = "macos"))
        .tooltip("Docket")
        .temp_dir_path(icon_folder(app)?)
        .menu(&menu)
        .show_menu_on_left_click(cfg!(not(windows)))
        .on_menu_event(on_menu)
        .on_tray_icon_event(|icon, event| {
            if let TrayIconEvent::DoubleClick { .. } = event {
                window::go(icon.app_handle(), None);
            }
        })
        .build(app)?;
    app.manage(entries);
    Ok(())
}

/// Light for the dark panels of Linux, a dark template that macOS tints, in colour on Windows.
fn icon() -> &'static [u8] {
    if cfg!(target_os = "macos") {
        include_bytes!("../../icons/tray-dark.png")
    } else if cfg!(windows) {
        include_bytes!("../../icons/32x32.png")
    } else {
        include_bytes!("../../icons/tray-light.png")
    }
}

/// Linux panels read the icon from a file; the shared temporary folder is no place for it.
fn icon_folder(app: &AppHandle) -> anyhow::Result<std::path::PathBuf> {
    let folder = app.path().runtime_dir().or_else(|_| app.path().app_cache_dir())?.join("docket-tray");
    std::fs::create_dir_all(&folder).context("make a folder for the tray icon")?;
    Ok(folder)
}

fn on_menu(app: &AppHandle, event: MenuEvent) {
    match event.id().as_ref() {
        OPEN => window::go(app, None),
        NEW => window::go(app, Some("#/new")),
        QUIT => quit::ask(app),
        _ => {}
    }
}

/// Names the entries in the language that is now spoken.
pub fn rename(app: &AppHandle) {
    let (Some(entries), words) = (app.try_state::<Entries>(), app.state::<Words>()) else { return };
    for (entry, text) in [(&entries.open, words.open()), (&entries.new, words.new_ticket()), (&entries.quit, words.quit())] {
        if let Err(error) = entry.set_text(text) {
            tracing::warn!("cannot rename a tray entry: {error}");
        }
    }
}

/// True where someone shows tray icons: a window hidden without that could not be brought back.
#[cfg(target_os = "linux")]
pub fn is_seen() -> bool {
    use gtk::gio::{BusType, Cancellable, DBusCallFlags, bus_get_sync};
    use gtk::glib::variant::ToVariant;

    const PATIENCE_MS: i32 = 500;
    if std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_none() && !has_user_bus() {
        return false; // asking would start a bus
    }
    let Ok(bus) = bus_get_sync(BusType::Session, Cancellable::NONE) else { return false };
    let answer = bus.call_sync(
        Some("org.freedesktop.DBus"),
        "/org/freedesktop/DBus",
        "org.freedesktop.DBus",
        "NameHasOwner",
        Some(&("org.kde.StatusNotifierWatcher",).to_variant()),
        None,
        DBusCallFlags::NO_AUTO_START,
        PATIENCE_MS,
        Cancellable::NONE,
    );
    answer.is_ok_and(|answer| answer.get::<(bool,)>() == Some((true,)))
}

#[cfg(target_os = "linux")]
fn has_user_bus() -> bool {
    std::env::var_os("XDG_RUNTIME_DIR").is_some_and(|folder| std::path::Path::new(&folder).join("bus").exists())
}

/// True where someone shows tray icons: a window hidden without that could not be brought back.
#[cfg(not(target_os = "linux"))]
pub fn is_seen() -> bool {
    true
}
