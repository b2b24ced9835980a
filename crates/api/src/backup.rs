//! The whole desk as one file.

use axum::{
    body::{Body, Bytes},
    extract::State,
    response::Response,
};
use docket_app::App;
use futures::stream;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use tempfile::TempDir;
use tokio::{fs::File, io::AsyncReadExt};

use crate::{extract::Admin, headers::set, problem::Problem};

/// Bytes read at a time.
const PIECE: usize = 256 * 1024;

/// A backup of everything but keys, for an administrator; `docket restore` reads it.
#[utoipa::path(post, path = "/backup", tag = "setup", responses((status = 200, body = Vec<u8>, content_type = "application/zstd")))]
pub(crate) async fn backup(State(app): State<App>, _: Admin) -> Result<Response, Problem> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("docket.backup");
    app.backup(&path, |_, _| {}).await?;
    let mut response = Response::new(pieces(File::open(&path).await?, folder));
    set(&mut response, CONTENT_TYPE, "application/zstd");
    set(&mut response, CONTENT_DISPOSITION, "attachment; filename=\"docket.backup\"");
    Ok(response)
}

/// The file piece by piece; its folder goes when the last piece has left.
fn pieces(file: File, folder: TempDir) -> Body {
    Body::from_stream(stream::try_unfold((file, folder), |(mut file, folder)| async move {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), (file, folder))))
    }))
}
