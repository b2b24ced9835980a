//! `docket backup`, `restore` and `check`.

use std::path::Path;

use docket_app::Hold;

use crate::{
    arguments::Place,
    demo::{bar, follow},
    failure::Failure,
    print,
};

/// Writes the whole desk into one file, whoever works on it meanwhile.
pub async fn backup(place: &Place, file: &Path) -> Result<(), Failure> {
    if file.exists() {
        return Err(Failure::refused(format!("{} exists already; choose another name", file.display())));
    }
    let app = place.open().await?;
    let bar = bar("parts", 0);
    let written = app.backup(file, follow(&bar)).await;
    bar.finish_and_clear();
    app.close().await;
    written?;
    eprintln!("The desk is in {}. Passwords of mailboxes are not: they are typed again after a restore.", file.display());
    Ok(())
}

/// Reads such a file into an empty place.
pub async fn restore(place: &Place, file: &Path) -> Result<(), Failure> {
    let bar = bar("parts", 0);
    let read = docket_app::restore(place.options(Hold::Holder("docket restore".into()))?, file, follow(&bar)).await;
    bar.finish_and_clear();
    read?;
    eprintln!("The desk is restored.");
    Ok(())
}

/// Verifies the desk; each fault is one line.
pub async fn check(place: &Place) -> Result<(), Failure> {
    let app = place.open().await?;
    let faults = app.check().await;
    app.close().await;
    let faults = faults?;
    faults.iter().try_for_each(print::line)?;
    match faults.len() {
        0 => print::line("Everything is fine."),
        1 => Err(Failure::refused("1 fault was found")),
        n => Err(Failure::refused(format!("{n} faults were found"))),
    }
}
