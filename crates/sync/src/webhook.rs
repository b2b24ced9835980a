//! Calling other programs when a promise is at stake.

use std::sync::{Arc, OnceLock};

use docket_app::{App, Called, Caller, replica::Answered};

use crate::http::Roads;

/// Lets a desk call other programs. The way out is opened when the first of them is called.
pub fn call_for(app: &App) {
    app.call_by(Arc::new(Calls::default()));
}

#[derive(Default)]
struct Calls(OnceLock<Roads>);

impl Calls {
    fn roads(&self) -> anyhow::Result<&Roads> {
        if let Some(roads) = self.0.get() {
            return Ok(roads);
        }
        let roads = Roads::open(None)?;
        Ok(self.0.get_or_init(|| roads))
    }
}

impl Caller for Calls {
    fn call<'a>(&'a self, url: &'a str, id: String, body: String) -> Answered<'a, Called> {
        Box::pin(async move {
            match self.roads() {
                Ok(roads) => roads.post(url, id, body).await,
                Err(error) => Called::Unreached(error.to_string()),
            }
        })
    }
}
