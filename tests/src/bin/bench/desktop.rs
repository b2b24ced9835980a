//! Memory of the desktop app, in a display of its own.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use docket_tests::program::binary;
use tokio::process::Command;

use crate::{
    figures::Figures,
    fixture::Desk,
    memory::{mib, tree},
};

/// The window is up and has drawn within this time.
const PATIENCE: Duration = Duration::from_secs(60);
/// Idle means: left alone for this long.
const IDLE: Duration = Duration::from_secs(15);

/// The window on a desk of so many tickets, idle.
pub async fn measure(figures: &mut Figures, tickets: u64) -> Result<()> {
    let Ok(program) = binary("docket-desktop") else {
        eprintln!("docket-desktop is not built");
        return Ok(());
    };
    let desk = Desk::with(tickets).await?;
    let home = desk.data().with_file_name("home");
    std::fs::create_dir_all(home.join("run"))?;
    std::fs::set_permissions(home.join("run"), std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    let log = std::fs::File::create(desk.log())?;
    let mut command = Command::new("setpriv");
    command
        .args(["--pdeathsig", "TERM", "--", "xvfb-run", "-a", "-s", "-screen 0 1440x900x24 -nolisten tcp", "dbus-run-session", "--"])
        .arg(&program)
        .arg("--data")
        .arg(desk.data())
        .env("HOME", &home)
        .env("XDG_RUNTIME_DIR", home.join("run"))
        .env("GDK_BACKEND", "x11")
        .env("NO_AT_BRIDGE", "1")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .process_group(0);
    let mut child = command.spawn().context("xvfb-run is not installed")?;
    let root = child.id().context("it runs")?;
    let measured = idle(figures, root).await;
    Command::new("kill").args(["-TERM", "--", &format!("-{root}")]).status().await?;
    if tokio::time::timeout(Duration::from_secs(10), child.wait()).await.is_err() {
        Command::new("kill").args(["-KILL", "--", &format!("-{root}")]).status().await?;
        child.wait().await?;
    }
    measured.with_context(|| std::fs::read_to_string(desk.log()).unwrap_or_default())
}

async fn idle(figures: &mut Figures, root: u32) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    let own = loop {
        let all = tree(root);
        let page = all.iter().any(|(_, name)| name.starts_with("WebKitWebProces"));
        match all.iter().find(|(_, name)| name.starts_with("docket-desktop")) {
            Some((own, _)) if page => break *own,
            _ => ensure!(Instant::now() < end, "no window within {PATIENCE:?}: {all:?}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    tokio::time::sleep(IDLE).await;
    let mut all = mib(own, "Pss:")?;
    figures.note("desktop_own_idle_pss_mib", all);
    for (id, name) in tree(own) {
        let part = mib(id, "Pss:").unwrap_or(0.0);
        eprintln!("  {name}: {part:.0} MiB");
        all += part;
    }
    figures.note("desktop_idle_pss_mib", all);
    Ok(())
}
