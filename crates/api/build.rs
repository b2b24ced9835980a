//! Puts the built page into the program, and makes sure that there is one. Debug builds read it where it lies
//! instead: a change of the page is no change of theirs.
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
    let mut files = Vec::new();
    println!("cargo:rustc-check-cfg=cfg(page_inside)");
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rustc-cfg=page_inside");
        println!("cargo:rerun-if-changed={}", dist.display());
        collect(dist, &mut files)?;
        files.sort();
    }
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo names OUT_DIR"))?);
    let mut code = String::from("&[\n");
    for (number, file) in files.iter().enumerate() {
        // A copy: the page may be built anew before the compiler reads it.
        fs::copy(file, out.join(format!("page-{number}")))?;
        let name = file.strip_prefix(dist).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
        let line = format!("    ({name:?}, include_bytes!(concat!(env!(\"OUT_DIR\"), \"/page-{number}\"))),\n");
        code.push_str(&line);
    }
    code.push_str("]\n");
    fs::write(out.join("page.rs"), code)
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
