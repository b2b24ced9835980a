//! Whether a window can be shown at all, and how it is drawn.

/// Refuses in one sentence where there is no display; does nothing on systems that always have one.
#[cfg(target_os = "linux")]
pub fn require() -> anyhow::Result<()> {
    // GTK is given up on here rather than inside Tauri, which would panic.
    gtk::init().map_err(|_| {
        anyhow::anyhow!("Docket found no display to open its window on: run `docket serve` to use the same desk in a browser.")
    })
}

/// Starts the program anew, telling WebKit to paint without compositing, where no graphics card would do that: Mesa's software
/// OpenGL takes 90 MiB more and is no faster. Comes back where there is a card, or where it was told before.
#[cfg(target_os = "linux")]
pub fn paint_plainly() {
    use std::os::unix::process::CommandExt;
    // Read by WebKitGTK when it starts its process for the page; setting a variable in this one would be unsafe.
    const PLAIN: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";
    // Under WebDriver (Tauri's own switch): its screenshots wait for a compositor for ever.
    const DRIVEN: &str = "TAURI_WEBVIEW_AUTOMATION";
    let card = |entry: std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with("renderD");
    if [PLAIN, DRIVEN].iter().any(|name| std::env::var_os(name).is_some())
        || std::fs::read_dir("/dev/dri").is_ok_and(|dir| dir.flatten().any(card))
    {
        return;
    }
    if let Ok(program) = std::env::current_exe() {
        let failed = std::process::Command::new(program).args(std::env::args_os().skip(1)).env(PLAIN, "1").exec();
        eprintln!("painting goes on as it is: {failed}");
    }
}

/// Refuses in one sentence where there is no display; does nothing on systems that always have one.
#[cfg(not(target_os = "linux"))]
pub fn require() -> anyhow::Result<()> {
    Ok(())
}
