//! `docket search`.

use serde_json::json;

use crate::{arguments::Place, desk, failure::Failure, print};

/// Prints hits, best first.
pub async fn search(place: &Place, login: Option<&str>, query: &str, limit: i64, as_json: bool) -> Result<(), Failure> {
    let app = place.open().await?;
    let hits = app.search(desk::reader(&app, login)?, query, limit).await?;
    if as_json {
        for hit in &hits {
            print::json(&json!({ "kind": hit.kind, "number": hit.number, "title": hit.title, "score": hit.score }))?;
        }
    } else {
        let rows: Vec<_> = hits.iter().map(|hit| vec![hit.number.clone(), print::plain(&hit.title)]).collect();
        print::table(&rows)?;
    }
    app.close().await;
    Ok(())
}
