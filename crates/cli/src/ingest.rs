//! `docket mail ingest`.

use std::{
    io::{self, Read},
    path::{Path, PathBuf},
};

use crate::{arguments::Place, desk, failure::Failure, print, sync};

/// Takes in one mail a file. A mail that cannot be stored does not keep the next one out.
pub async fn ingest(place: &Place, files: &[PathBuf]) -> Result<(), Failure> {
    let app = place.open().await?;
    sync::refuse_connected(&app, "mail is taken in there")?;
    let input = [PathBuf::from("-")];
    let mut failure = None;
    for file in if files.is_empty() { &input } else { files } {
        if let Err(error) = take_in(&app, file).await {
            eprintln!("{}: {error}", file.display());
            failure = Some(Failure::TryAgain("not every mail could be stored; try those again".into()));
        }
    }
    desk::say_what_waits(&app).await?;
    app.close().await;
    failure.map_or(Ok(()), Err)
}

async fn take_in(app: &docket_app::App, file: &Path) -> Result<(), Failure> {
    let mail = read(file).map_err(|error| Failure::TryAgain(format!("cannot be read: {error}")))?;
    print::json(&app.ingest(mail).await?)
}

fn read(file: &Path) -> io::Result<Vec<u8>> {
    if file != Path::new("-") {
        return std::fs::read(file);
    }
    let mut mail = Vec::new();
    io::stdin().read_to_end(&mut mail)?;
    Ok(mail)
}
