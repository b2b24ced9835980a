//! Agents who are away: who says so, and who stands in.

use docket_domain::{AgentId, absence::Absence, settings::Kind};
use serde_json::json;

use crate::{
    app::App,
    error::{Error, Result},
    wire::RecordView,
};

impl App {
    /// Sets from when until when an agent is away, or that they are not. Everybody may for themselves, administrators for all.
    pub async fn save_absence(&self, me: AgentId, agent: AgentId, absence: Option<Absence>) -> Result<RecordView> {
        if me != agent {
            self.need_admin(me)?;
        }
        let mut work = self.work().await?;
        let record = work.settings.records.get(&(Kind::Agent, agent.0)).cloned().ok_or(Error::NotFound("agent"))?;
        let mut document = record.document.clone();
        document["absence"] = json!(absence);
        let actor = work.settings.agent_name(me).to_owned();
        let view = work.save_record(Kind::Agent, agent.0, record.version, &document, &actor).await?;
        self.finish(work).await?;
        self.reload().await?;
        Ok(view)
    }
}
