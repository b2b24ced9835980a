//! Devices: connected desktops with a token of their own.

use docket_domain::{AgentId, DeviceId};
use docket_store::{device, left_behind, life};

use crate::{
    app::App,
    clock::{new_id, random, token},
    error::{Error, Result},
    sessions::hash_token,
    wire::{
        SignIn,
        sync::{DeviceInput, DeviceWelcome, LeftInput, OLDEST_PROTOCOL, PROTOCOL, PersonalInput},
    },
};

/// How a device stands with its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// All is well.
    Good,
    /// It was revoked: it hands over what it has and is wiped.
    Revoked,
    /// It was reported lost: it is wiped.
    Lost,
    /// Its agent was disabled: it hands over what it has and is wiped.
    Disabled,
}

/// A device that asks.
#[derive(Clone, Copy, Debug)]
pub struct Asking {
    /// Whose it is.
    pub agent: AgentId,
    /// Which one.
    pub device: DeviceId,
    /// How it stands.
    pub standing: Standing,
}

impl App {
    /// A start of this desk is told from every other one, and so from that of another copy of it. Nobody needs it before there are
    /// devices.
    pub(crate) async fn begin_life(&self) -> Result<()> {
        if device::all(&mut self.0.db.read().await?).await?.is_empty() {
            return Ok(());
        }
        let mut tx = self.0.db.begin().await?;
        life::begin(&mut tx, i64::from_be_bytes(random())).await?;
        Ok(tx.commit().await?)
    }

    /// Connects a desktop: login and password give a device and its token. Wrong attempts are slowed down as at a browser's.
    pub async fn connect_device(&self, input: DeviceInput, from: &str) -> Result<DeviceWelcome> {
        let agent = self.agent_by_password(SignIn { login: input.login, password: input.password }, from).await?;
        let settings = self.settings();
        let now = self.now();
        let fresh = token();
        let mut tx = self.0.db.aside().await?;
        let known = match input.device_id {
            Some(id) => device::find(&mut tx, id).await?.filter(|known| known.agent_id == agent.0),
            None => None,
        };
        let id = known.as_ref().map_or_else(|| DeviceId(new_id()), |known| DeviceId(known.id));
        let plain = |text: &str| text.chars().filter(|c| !c.is_control()).take(200).collect::<String>();
        let entry = device::Device {
            id: id.0,
            agent_id: agent.0,
            name: plain(&input.name),
            program: plain(&input.program),
            created_at: now,
            seen_at: now,
            revoked_at: None,
            lost: false,
        };
        device::save(&mut tx, &entry, &hash_token(&fresh)).await?;
        tx.commit().await?;
        if life::current(&mut self.0.db.read().await?).await?.is_none() {
            self.begin_life().await?;
        }
        Ok(DeviceWelcome {
            device_id: id,
            token: fresh,
            agent_id: agent,
            agent_name: settings.agent_name(agent).to_owned(),
            desk_name: settings.desk.name.clone(),
            version: env!("CARGO_PKG_VERSION").into(),
            protocol: PROTOCOL,
            oldest_protocol: OLDEST_PROTOCOL,
        })
    }

    /// The device behind a token, and how it stands.
    pub async fn device_of(&self, token: &str) -> Result<Option<Asking>> {
        let hash = hash_token(token);
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let Some(found) = device::by_token(&mut tx, &hash).await? else { return Ok(None) };
        drop(tx);
        let agent = AgentId(found.agent_id);
        let standing = match (found.lost, found.revoked_at, settings.agents.get(&agent).is_some_and(|agent| agent.valid)) {
            (true, _, _) => Standing::Lost,
            (false, Some(_), _) => Standing::Revoked,
            (false, None, false) => Standing::Disabled,
            (false, None, true) => Standing::Good,
        };
        let now = self.now();
        if standing == Standing::Good && now - found.seen_at > 60_000 {
            let mut tx = self.0.db.aside().await?;
            device::touch(&mut tx, DeviceId(found.id), now).await?;
            tx.commit().await?;
        }
        Ok(Some(Asking { agent, device: DeviceId(found.id), standing }))
    }

    /// Keeps what a device hands over; nothing of it is carried out.
    pub async fn take_left(&self, asking: Asking, input: LeftInput) -> Result<()> {
        if !["lost_rights", "disabled", "revoked", "restored"].contains(&input.reason.as_str()) {
            return Err(Error::invalid("reason", "lost_rights, disabled, revoked or restored"));
        }
        let left = left_behind::LeftBehind {
            id: input.id,
            agent_id: asking.agent.0,
            device_id: asking.device.0,
            at: self.now(),
            reason: input.reason,
            document: input.document.to_string(),
            done_at: None,
            done_by: None,
        };
        let mut tx = self.0.db.aside().await?;
        left_behind::insert(&mut tx, &left).await?;
        Ok(tx.commit().await?)
    }

    /// Keeps personal things that changed on a device, unless later ones are here.
    pub async fn take_personal(&self, me: AgentId, input: PersonalInput) -> Result<()> {
        let mut tx = self.0.db.aside().await?;
        let now = self.now();
        for mut unit in input.personal.into_iter().take(5_000) {
            // A clock that is ahead must not win for ever.
            unit.changed_at = unit.changed_at.min(now);
            if ["draft", "view", crate::snooze::SNOOZE].contains(&unit.kind.as_str())
                && unit.key.len() <= 200
                && unit.document.len() <= 4 << 20
            {
                docket_store::personal::take(&mut tx, me, &unit.into()).await?;
            }
        }
        for mark in input.read_marks.into_iter().take(50_000) {
            docket_store::article::mark_read(&mut tx, me, mark.ticket_id.into(), mark.article_id.into(), mark.is_read).await?;
        }
        Ok(tx.commit().await?)
    }
}
