//! How large the programs and the package are.

use std::path::Path;

use anyhow::Result;
use docket_tests::program::binary;

use crate::figures::Figures;

fn note(figures: &mut Figures, name: &str, path: &Path) -> Result<()> {
    figures.note(name, std::fs::metadata(path)?.len() as f64 / (1024.0 * 1024.0));
    Ok(())
}

/// The programs, and the .deb where it was built.
pub fn measure(figures: &mut Figures) -> Result<()> {
    let docket = binary("docket")?;
    note(figures, "docket_binary_mib", &docket)?;
    if let Ok(desktop) = binary("docket-desktop") {
        note(figures, "desktop_binary_mib", &desktop)?;
    }
    let packages = docket.parent().map(|folder| folder.join("bundle/deb")).and_then(|folder| std::fs::read_dir(folder).ok());
    let package =
        packages.into_iter().flatten().flatten().map(|file| file.path()).find(|path| path.extension().is_some_and(|e| e == "deb"));
    match package {
        Some(package) => note(figures, "deb_mib", &package),
        None => {
            eprintln!("no .deb is built; `make bundle` does it");
            Ok(())
        }
    }
}
