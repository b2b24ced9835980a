//! The icon beside the clock: how many tickets are mine and late, the next deadlines, and the way back to the window.
use std::sync::Mutex;
use std::time::Duration;

use anyhow::Context;
use docket_app::wire::Glance;
use tauri::image::Image;
use tauri::menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem};
use tauri::tray::{TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager, Wry};

use crate::core::Core;
use crate::words::Words;
use crate::{quit, window};

mod dot;
use dot::Urgency;

/// The icon's name within the program.
const ICON: &str = "docket";
const OPEN: &str = "open";
const NEW: &str = "new";
const PAUSE: &str = "pause";
const QUIT: &str = "quit";
/// What the id of a deadline's entry begins with; the ticket's follows.
const TICKET: &str = "ticket/";

/// How often is looked without being told: time alone makes a ticket late.
const LOOK: Duration = Duration::from_secs(5);
/// Changes that come together are looked at together.
const GATHER: Duration = Duration::from_millis(300);
/// How long "pause" lasts, in ms.
const PAUSED: i64 = 3_600_000;
/// What is due within that time is soon, in ms.
const SOON: i64 = 3_600_000;
/// Characters of a title in the menu.
const TITLE: usize = 40;

/// What the icon shows right now.
#[derive(Default)]
struct Shown(Mutex<(Glance, Urgency)>);

/// Puts the icon there; without one the desk works just the same.
pub fn put(app: &AppHandle) {
    app.manage(Shown::default());
    if let Err(error) = build(app) {
        tracing::warn!("no tray icon: {error:#}");
    }
}

fn build(app: &AppHandle) -> anyhow::Result<()> {
    TrayIconBuilder::with_id(ICON)
        .icon(drawn(Urgency::Calm)?)
        .icon_as_template(cfg!(target_os = "macos"))
        .tooltip("Docket")
        .temp_dir_path(icon_folder(app)?)
        .menu(&menu(app, &Glance::default())?)
        .show_menu_on_left_click(cfg!(not(windows)))
        .on_menu_event(on_menu)
        .on_tray_icon_event(|icon, event| {
            if let TrayIconEvent::DoubleClick { .. } = event {
                window::go(icon.app_handle(), None);
            }
        })
        .build(app)?;
    Ok(())
}

fn menu(app: &AppHandle, glance: &Glance) -> tauri::Result<Menu<Wry>> {
    let words = app.state::<Words>();
    let entry = |id: &str, text: &str| MenuItem::with_id(app, id, text, true, None::<&str>);
    let menu = Menu::new(app)?;
    for next in &glance.next {
        let title: String = next.title.chars().map(|c| if c.is_control() { ' ' } else { c }).take(TITLE).collect();
        // A stranger's `&` is no shortcut.
        let text = format!("{}  {title}", app.state::<Core>().app().clock_face(next.due_at)).replace('&', "&&");
        menu.append(&entry(&format!("{TICKET}{}", next.ticket_id), &text)?)?;
    }
    if !glance.next.is_empty() {
        menu.append(&PredefinedMenuItem::separator(app)?)?;
    }
    let pause = if glance.paused_until.is_some() { words.resume() } else { words.pause() };
    for (id, text) in [(OPEN, words.open()), (NEW, words.new_ticket()), (PAUSE, pause)] {
        menu.append(&entry(id, text)?)?;
    }
    menu.append(&PredefinedMenuItem::separator(app)?)?;
    menu.append(&entry(QUIT, words.quit())?)?;
    Ok(menu)
}

/// Keeps the icon up to date until the desk closes.
pub async fn follow(app: AppHandle) {
    let desk = app.state::<Core>().app().clone();
    let mut rung = desk.rung();
    loop {
        let head = desk.feed_head();
        if let Err(error) = refresh(&app).await {
            tracing::debug!("the tray icon stays as it is: {error:#}");
        }
        tokio::select! {
            () = desk.feed_past(head) => {}
            _ = rung.recv() => {}
            () = desk.stopped() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        tokio::time::sleep(GATHER).await;
    }
}

async fn refresh(app: &AppHandle) -> anyhow::Result<()> {
    let core = app.state::<Core>();
    let Some((desk, me)) = core.here() else { return Ok(()) };
    let glance = desk.glance(me).await?;
    let soon = glance.next.first().is_some_and(|next| next.due_at - desk.now() < SOON);
    let urgency = Urgency::of(glance.late > 0, soon);
    let shown = app.state::<Shown>();
    {
        let mut known = shown.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if *known == (glance.clone(), urgency) {
            return Ok(());
        }
        *known = (glance.clone(), urgency);
    }
    show(app, &glance, urgency)
}

fn show(app: &AppHandle, glance: &Glance, urgency: Urgency) -> anyhow::Result<()> {
    let words = app.state::<Words>();
    if let Some(icon) = app.tray_by_id(ICON) {
        let burden = words.burden(glance.mine, glance.late);
        icon.set_icon(Some(drawn(urgency)?))?;
        // Linux shows the title and no tooltip, Windows the tooltip and no title.
        icon.set_title(Some(&burden))?;
        icon.set_tooltip(Some(["Docket", &burden].join(" ").trim()))?;
        icon.set_menu(Some(menu(app, glance)?))?;
    }
    if let Some(window) = app.get_webview_window(window::MAIN) {
        window.set_badge_count(Some(glance.late).filter(|late| *late > 0))?;
    }
    Ok(())
}

/// Light for the dark panels of Linux, a dark template that macOS tints, in colour on Windows; with a dot in the colour of what is due.
fn drawn(urgency: Urgency) -> anyhow::Result<Image<'static>> {
    let icon: &'static [u8] = if cfg!(target_os = "macos") {
        include_bytes!("../../icons/tray-dark.png")
    } else if cfg!(windows) {
        include_bytes!("../../icons/32x32.png")
    } else {
        include_bytes!("../../icons/tray-light.png")
    };
    let plain = Image::from_bytes(icon)?;
    let (width, height) = (plain.width(), plain.height());
    Ok(Image::new_owned(dot::on(plain.rgba(), width, height, urgency), width, height))
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
        PAUSE => pause(app),
        QUIT => quit::ask(app),
        other => {
            if let Some(ticket) = other.strip_prefix(TICKET) {
                window::go(app, Some(&format!("#/ticket/{ticket}")));
            }
        }
    }
}

/// Pauses notifications for an hour, or shows them again.
fn pause(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let core = app.state::<Core>();
        let Some((desk, me)) = core.here() else { return };
        let paused = desk.glance(me).await.is_ok_and(|glance| glance.paused_until.is_some());
        let until = (!paused).then(|| desk.now() + PAUSED);
        if let Err(error) = desk.pause(me, until).await {
            tracing::warn!("notifications could not be paused: {error}");
        }
    });
}

/// Names the entries in the language that is now spoken.
pub fn rename(app: &AppHandle) {
    let Some(shown) = app.try_state::<Shown>() else { return };
    let (glance, urgency) = shown.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    if let Err(error) = show(app, &glance, urgency) {
        tracing::warn!("cannot rename the tray's entries: {error:#}");
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
