//! Reaching the server for what it alone decides, and for the first time.

use std::sync::Arc;

use docket_app::{
    App, Error,
    replica::{Answered, Asked, Cut, Relayed, Remote, check_address},
    wire::connection::ConnectInput,
};

use crate::http::Roads;

/// Lets a desk reach its server by these roads.
pub fn reach(app: &App, roads: &Roads) {
    app.reach_by(Arc::new(Over(roads.clone())));
}

struct Over(Roads);

impl Remote for Over {
    fn relay<'a>(&'a self, app: &'a App, asked: Asked) -> Answered<'a, Result<Relayed, Cut>> {
        Box::pin(async move {
            let connected = app.connected().ok_or_else(|| Cut::Silent("this desk is not connected to a server".into()))?;
            let token = app.device_token().await.map_err(|error| Cut::Silent(error.to_string()))?;
            self.0.line(&connected.server, token).relay(asked).await
        })
    }

    fn connect<'a>(&'a self, app: &'a App, input: ConnectInput) -> Answered<'a, docket_app::Result<()>> {
        Box::pin(connect(&self.0, app, input))
    }
}

/// Connects, and fetches the settings, so that there is something to show.
async fn connect(roads: &Roads, app: &App, mut input: ConnectInput) -> docket_app::Result<()> {
    let server = check_address(&input.server)?;
    input.server.clone_from(&server);
    app.connect(&roads.line(&server, None), &server, input).await?;
    let line = roads.line(&server, app.device_token().await?);
    match app.pull(&line).await {
        Ok(_) => app.line_up().await,
        // It is connected: whoever keeps the line goes on.
        Err(error @ Error::Internal(_)) => Err(error),
        Err(error) => app.line_trouble(&error).await,
    }
}
