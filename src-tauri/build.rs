//! Names the native commands, so that only those the window may call exist, and makes sure that there is a page.
use std::fs::{self, File};
use std::path::Path;
use std::time::SystemTime;

/// Must match `tauri::generate_handler!` in `src/main.rs` and `capabilities/main.json`.
const COMMANDS: &[&str] = &["open_outside", "save_file", "notify", "set_language", "starts_at_login", "start_at_login"];

const NO_PAGE: &str = "<!doctype html><meta charset=\"utf-8\"><title>Docket</title>\
<p>This program was built without its user interface. Run <code>scripts/ui-build</code> and build it again.</p>\n";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    placeholder(Path::new("../ui/dist"))?;
    println!("cargo:rerun-if-changed=../ui/dist");
    let commands = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))?;
    Ok(())
}

/// A page that says what is missing, so that the crate builds before the user interface does. It is as old as can
/// be: whoever asks whether the real page is up to date hears no.
fn placeholder(dist: &Path) -> std::io::Result<()> {
    let page = dist.join("index.html");
    if page.exists() {
        return Ok(());
    }
    fs::create_dir_all(dist)?;
    fs::write(&page, NO_PAGE)?;
    File::options().write(true).open(&page)?.set_modified(SystemTime::UNIX_EPOCH)
}
