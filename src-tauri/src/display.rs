//! Whether a window can be shown at all.

/// Refuses in one sentence where there is no display; does nothing on systems that always have one.
#[cfg(target_os = "linux")]
pub fn require() -> anyhow::Result<()> {
    // GTK is given up on here rather than inside Tauri, which would panic.
    gtk::init().map_err(|_| {
        anyhow::anyhow!("Docket found no display to open its window on: run `docket serve` to use the same desk in a browser.")
    })
}

/// Refuses in one sentence where there is no display; does nothing on systems that always have one.
#[cfg(not(target_os = "linux"))]
pub fn require() -> anyhow::Result<()> {
    Ok(())
}
