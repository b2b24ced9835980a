//! Agents, as an administrator types them.

use docket_domain::{
    AgentId,
    settings::{Agent, Kind},
};
use docket_store::session;
use serde_json::json;

use crate::{
    app::App,
    error::{Error, Result},
};

impl App {
    /// All agents, by login.
    pub fn agents(&self) -> Vec<(AgentId, Agent)> {
        let mut agents: Vec<_> = self.settings().agents.iter().map(|(id, agent)| (*id, agent.clone())).collect();
        agents.sort_by(|(_, one), (_, other)| one.login.cmp(&other.login));
        agents
    }

    /// Disables an agent: their sessions end, their history stays.
    pub async fn disable_agent(&self, login: &str) -> Result<()> {
        let mut work = self.work().await?;
        let known = work.settings.agents.iter().find(|(_, agent)| agent.login.eq_ignore_ascii_case(login)).map(|(id, _)| *id);
        let id = known.ok_or(Error::NotFound("agent"))?;
        let record = work.settings.records.get(&(Kind::Agent, id.0)).cloned().ok_or(Error::NotFound("agent"))?;
        let mut document = record.document.clone();
        document["valid"] = json!(false);
        work.save_record(Kind::Agent, id.0, record.version, &document, "docket").await?;
        session::end_all(&mut work.tx, id.0).await?;
        self.finish(work).await?;
        self.reload().await
    }
}
