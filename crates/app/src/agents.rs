//! Agents, as administrators care for them.

use docket_domain::{
    AgentId,
    settings::{Agent, Kind},
};
use docket_store::{device, session};
use serde_json::json;

use crate::{
    app::App,
    clock::new_id,
    error::{Error, Result},
    sessions::{check_password, hash_password, hash_token},
    wire::{AgentInput, Password, RecordView, SignInView},
};

impl App {
    /// All agents, by login.
    pub fn agents(&self) -> Vec<(AgentId, Agent)> {
        let mut agents: Vec<_> = self.settings().agents.iter().map(|(id, agent)| (*id, agent.clone())).collect();
        agents.sort_by(|(_, one), (_, other)| one.login.cmp(&other.login));
        agents
    }

    /// Makes a new agent; they can sign in once they have a password.
    pub async fn new_agent(&self, me: AgentId, input: AgentInput) -> Result<RecordView> {
        self.need_admin(me)?;
        let mut work = self.work().await?;
        let AgentInput { login, name, email, admin, grants, roles } = input;
        let document = json!({
            "login": login.trim(), "name": name.trim(), "email": email.trim(), "admin": admin, "valid": true,
            "read_before": work.now, "grants": grants, "roles": roles,
        });
        let actor = work.settings.agent_name(me).to_owned();
        let view = work.save_record(Kind::Agent, new_id(), 0, &document, &actor).await?;
        self.finish(work).await?;
        self.reload().await?;
        Ok(view)
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
        self.finish(work).await?;
        self.reload().await
    }

    /// Sets a password. Administrators give one to anybody else, which ends the sessions of that agent; agents change their own
    /// with the old one, which leaves the session with this `cookie` alone.
    pub async fn set_password(&self, me: AgentId, agent: AgentId, input: Password, cookie: Option<&str>) -> Result<()> {
        check_password(&input.password)?;
        if me == agent {
            self.prove(me, input.old).await?;
        } else {
            self.need_admin(me)?;
        }
        let hash = hash_password(input.password).await?;
        let mut work = self.work().await?;
        if !work.settings.agents.contains_key(&agent) {
            return Err(Error::NotFound("agent"));
        }
        session::set_password(&mut work.tx, agent.0, &hash, work.now).await?;
        match cookie.filter(|_| me == agent) {
            Some(cookie) => session::end_others(&mut work.tx, agent.0, &hash_token(cookie)).await?,
            None => session::end_all(&mut work.tx, agent.0).await?,
        }
        self.finish(work).await
    }

    /// How each agent can come in, and when they were last here; for administrators.
    pub async fn sign_ins(&self, me: AgentId) -> Result<Vec<SignInView>> {
        self.need_admin(me)?;
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let (passwords, sessions, devices) =
            (session::with_password(&mut tx).await?, session::all(&mut tx).await?, device::all(&mut tx).await?);
        let view = |agent: &AgentId| {
            let sessions: Vec<_> = sessions.iter().filter(|session| session.agent_id == agent.0).collect();
            let devices: Vec<_> = devices.iter().filter(|device| device.agent_id == agent.0).collect();
            let seen = sessions.iter().map(|session| session.seen_at).chain(devices.iter().map(|device| device.seen_at));
            SignInView {
                agent_id: *agent,
                password: passwords.contains(&agent.0),
                seen_at: seen.max(),
                sessions: i64::try_from(sessions.len()).unwrap_or(i64::MAX),
                devices: i64::try_from(devices.iter().filter(|device| device.revoked_at.is_none()).count()).unwrap_or(i64::MAX),
            }
        };
        Ok(settings.agents.keys().map(view).collect())
    }
}
