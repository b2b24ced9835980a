//! Lists the files of the built page, so that the server carries them, and makes sure that there is a page.
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const NO_PAGE: &str = "<!doctype html><meta charset=\"utf-8\"><title>Docket</title>\
<p>This program was built without its user interface. Run <code>scripts/ui-build</code> and build it again.</p>\n";

fn main() -> io::Result<()> {
    let dist = Path::new("../../ui/dist");
    placeholder(dist)?;
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=../../ui/dist");
    let dist = dist.canonicalize()?;
    let mut files = Vec::new();
    collect(&dist, &mut files)?;
    files.sort();
    let mut code = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(&dist).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
        writeln!(code, "    ({name:?}, include_bytes!({:?})),", file.to_string_lossy()).map_err(io::Error::other)?;
    }
    code.push_str("]\n");
    let out = std::env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("page.rs"), code)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// A page that says what is missing, so that the crate builds before the user interface does. It is as old as can
/// be: whoever asks whether the real page is up to date hears no.
fn placeholder(dist: &Path) -> io::Result<()> {
    let page = dist.join("index.html");
    if page.exists() {
        return Ok(());
    }
    fs::create_dir_all(dist)?;
    fs::write(&page, NO_PAGE)?;
    File::options().write(true).open(&page)?.set_modified(SystemTime::UNIX_EPOCH)
}
