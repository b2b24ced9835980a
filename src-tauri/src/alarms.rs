//! Alarms on this computer's screen: each once, many as one, gone when somebody has done something about them anywhere.
//!
//! What is on the screen follows from what stands and what was shown, both in the database: so none is lost when the program
//! dies, and what came due meanwhile is said at the next start.
use std::time::Duration;

use docket_app::wire::{AlarmEnd, AlarmView, CommandBody, SubmitCommand};
use docket_app::{CommandId, new_id};
use tauri::{AppHandle, Manager};
use tokio::sync::broadcast::error::RecvError;

use crate::core::Core;
use crate::notifications::{self, DISMISSED, Wanted};
use crate::window;
use crate::words::Words;

/// More than so many at once come as one.
const TOGETHER: usize = 3;
/// How often is looked without being told: quiet hours end by themselves.
const LOOK: Duration = Duration::from_secs(2);
/// How long "snooze" puts an alarm off, in ms.
const SNOOZE: i64 = 15 * 60_000;

/// A notification on the screen, and the alarms that it stands for.
struct OnScreen {
    id: u32,
    alarms: Vec<String>,
}

/// Shows what is due to whoever sits here, until the desk closes.
pub async fn follow(app: AppHandle) {
    let mut rung = app.state::<Core>().app().rung();
    let mut screen: Vec<OnScreen> = Vec::new();
    loop {
        if let Err(error) = look(&app, &mut screen).await {
            tracing::warn!("cannot look for alarms: {error}");
        }
        tokio::select! {
            rang = rung.recv() => if matches!(rang, Err(RecvError::Closed)) { return },
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn look(app: &AppHandle, screen: &mut Vec<OnScreen>) -> docket_app::Result<()> {
    let core = app.state::<Core>();
    let Some((desk, me)) = core.here() else { return Ok(()) };
    if !screen.is_empty() {
        let standing = desk.standing_alarms(me, "window").await?;
        let stands = |shown: &OnScreen| standing.iter().any(|alarm| shown.alarms.contains(&alarm.id));
        for gone in screen.extract_if(.., |shown| !stands(shown)) {
            notifications::withdraw(app, gone.id).await;
        }
    }
    let fresh = desk.alarms_to_show(me).await?;
    if fresh.is_empty() {
        return Ok(());
    }
    let bundles: Vec<&[AlarmView]> = if fresh.len() > TOGETHER { vec![&fresh] } else { fresh.chunks(1).collect() };
    for bundle in bundles {
        let shown = show(app, bundle).await;
        let failed = shown.as_ref().err().map(String::as_str);
        desk.note_shown(me, bundle, failed).await?;
        match shown {
            Ok(id) => screen.push(OnScreen { id, alarms: bundle.iter().map(|alarm| alarm.id.clone()).collect() }),
            // The page shows them, and its list keeps them.
            Err(error) => {
                tracing::warn!("no native notifications here, the window shows them itself: {error}");
                note_seen_by_page(app, bundle).await?;
            }
        }
    }
    Ok(())
}

/// Where nothing shows notifications the page's own are all there is; the next look does not try again.
async fn note_seen_by_page(app: &AppHandle, bundle: &[AlarmView]) -> docket_app::Result<()> {
    let core = app.state::<Core>();
    match core.here() {
        Some((desk, me)) => desk.note_shown_by_page(me, bundle).await,
        None => Ok(()),
    }
}

async fn show(app: &AppHandle, bundle: &[AlarmView]) -> Result<u32, String> {
    let words = app.state::<Words>();
    let sound = Some(bundle.iter().any(|alarm| alarm.sound));
    let clicked = app.clone();
    let shown = if let [alarm] = bundle {
        let face = |at| app.state::<Core>().app().clock_face(at);
        let body = words.alarm(alarm, face);
        let every = [("default", words.open_ticket()), ("take", words.take()), ("snooze", words.snooze())];
        let actions = if alarm.ticket_id.is_some() { &every[..] } else { &every[..1] };
        let wanted =
            Wanted { title: words.headline(&alarm.event), body: &body, actions, sound, stays: true, category: "x-docket.deadline" };
        let alarm = alarm.clone();
        notifications::native(app, &wanted, move |key| chosen(&clicked, alarm, key.to_owned())).await
    } else {
        let title = words.passed(bundle.len());
        let body = bundle.iter().take(3).map(|alarm| alarm.title.as_str()).collect::<Vec<_>>().join("\n");
        let actions = [("default", words.open())];
        let wanted = Wanted { title: &title, body: &body, actions: &actions, sound, stays: true, category: "x-docket.deadline" };
        notifications::native(app, &wanted, move |key| {
            if key == "default" {
                window::go(&clicked, Some("#/alarms"));
            }
        })
        .await
    };
    shown.map_err(|error| error.to_string())
}

/// Does what the person chose of a notification.
fn chosen(app: &AppHandle, alarm: AlarmView, key: String) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = act(&app, &alarm, &key).await {
            // The page says why, in the place where it can be helped.
            tracing::info!(code = error.code(), "a notification's button could not be obeyed");
            open(&app, &alarm);
        }
    });
}

async fn act(app: &AppHandle, alarm: &AlarmView, key: &str) -> docket_app::Result<()> {
    let core = app.state::<Core>();
    let Some((desk, me)) = core.here() else { return Ok(()) };
    let end = |how: &str, again_at| AlarmEnd { id: Some(alarm.id.clone()), how: how.to_owned(), again_at, ..AlarmEnd::default() };
    match (key, alarm.ticket_id) {
        ("take", Some(ticket)) => {
            let command = SubmitCommand { id: CommandId(new_id()), body: CommandBody::Take { over: false } };
            desk.command(me, ticket, command).await?;
            desk.end_alarms(me, end("taken", None)).await
        }
        ("snooze", _) => desk.end_alarms(me, end("snoozed", Some(desk.now() + SNOOZE))).await,
        ("default", _) => {
            open(app, alarm);
            desk.end_alarms(me, end("seen", None)).await
        }
        (DISMISSED, _) => desk.end_alarms(me, end("seen", None)).await,
        _ => Ok(()),
    }
}

fn open(app: &AppHandle, alarm: &AlarmView) {
    window::go(app, alarm.ticket_id.map(|ticket| format!("#/ticket/{ticket}")).as_deref());
}
