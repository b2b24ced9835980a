//! Where agents are signed in: browsers and connected desktops, listed and ended.

use docket_domain::AgentId;
use docket_store::{device, session};
use uuid::Uuid;

use crate::{
    app::App,
    error::{Error, Result},
    sessions::hash_token,
    wire::{DeviceView, SignedInView},
};

impl App {
    /// The sessions of an agent: one's own, or as an administrator anybody's. `cookie` tells which one asks.
    pub async fn sessions(&self, me: AgentId, agent: AgentId, cookie: Option<&str>) -> Result<Vec<SignedInView>> {
        self.mine_or_admin(me, agent)?;
        let here = cookie.map(hash_token);
        let sessions = session::of_agent(&mut self.0.db.read().await?, agent.0).await?;
        Ok(sessions
            .into_iter()
            .map(|session| SignedInView {
                id: name(&session.token_hash).to_owned(),
                agent_id: agent,
                here: here.as_ref() == Some(&session.token_hash),
                label: session.label,
                created_at: session.created_at,
                seen_at: session.seen_at,
            })
            .collect())
    }

    /// Ends a session: one's own, or as an administrator anybody's.
    pub async fn end_session(&self, me: AgentId, id: &str) -> Result<()> {
        let sessions = session::all(&mut self.0.db.read().await?).await?;
        let known = sessions.into_iter().find(|session| name(&session.token_hash) == id);
        let known = known.filter(|session| session.agent_id == me.0 || self.is_admin(me)).ok_or(Error::NotFound("session"))?;
        let mut tx = self.0.db.aside().await?;
        session::end(&mut tx, &known.token_hash).await?;
        Ok(tx.commit().await?)
    }

    /// The connected desktops of an agent: one's own, or as an administrator anybody's.
    pub async fn devices(&self, me: AgentId, agent: AgentId) -> Result<Vec<DeviceView>> {
        self.mine_or_admin(me, agent)?;
        let devices = device::of_agent(&mut self.0.db.read().await?, agent.0).await?;
        Ok(devices.into_iter().map(view).collect())
    }

    /// Lets a device in no more; a lost one shall wipe itself when it comes.
    pub async fn revoke_device(&self, me: AgentId, id: Uuid, lost: bool) -> Result<()> {
        let devices = device::all(&mut self.0.db.read().await?).await?;
        let known = devices.into_iter().find(|device| device.id == id);
        known.filter(|device| device.agent_id == me.0 || self.is_admin(me)).ok_or(Error::NotFound("device"))?;
        let mut work = self.work().await?;
        device::revoke(&mut work.tx, id, work.now, lost).await?;
        self.finish(work).await
    }

    fn mine_or_admin(&self, me: AgentId, agent: AgentId) -> Result<()> {
        if me == agent { Ok(()) } else { self.need_admin(me) }
    }
}

/// What names the session behind a cookie.
pub fn session_name(cookie: &str) -> String {
    name(&hash_token(cookie)).to_owned()
}

/// What names a session to people: a part of the hash, which opens nothing.
fn name(token_hash: &str) -> &str {
    token_hash.get(..16).unwrap_or(token_hash)
}

fn view(device: device::Device) -> DeviceView {
    let device::Device { id, agent_id, name, program, created_at, seen_at, revoked_at, lost } = device;
    DeviceView { id, agent_id: AgentId(agent_id), name, program, created_at, seen_at, revoked_at, lost }
}
