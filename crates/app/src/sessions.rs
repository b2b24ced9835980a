//! Who is this: passwords, sessions, the one-time link, and who sits at the desktop.
//!
//! The seam for other ways to know somebody is [`App::identify`]: what a person offers (today a login and a password) becomes
//! an agent there and nowhere else. A directory or single sign-on is one more variant of [`Proof`] and one more arm in it;
//! slowing down, sessions and devices stay as they are.

use std::sync::PoisonError;

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier, password_hash::SaltString};
use docket_domain::{
    AgentId,
    settings::{Agent, Kind},
};
use docket_store::{attempt, session};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    app::{App, HostKind},
    clock::{new_id, random, token},
    error::{Error, Result},
    secrets::Place,
    wire::{AgentView, DeskView, FirstAdministrator, ProfileInput, SessionView, SignIn},
};

const LINK_LASTS: i64 = 30 * 60_000;
const SHORTEST_PASSWORD: usize = 10;
/// Wrong attempts that cost nothing; from then on the pause doubles, up to a quarter of an hour.
const FREE_ATTEMPTS: i64 = 5;
/// Wrong attempts are forgotten after a day without another.
const FORGOTTEN: i64 = 24 * 3_600_000;

/// What somebody offers to show who they are.
pub(crate) enum Proof {
    /// A login, in lower case, and the password that the desk keeps a hash of.
    Password {
        /// The login.
        login: String,
        /// The password.
        password: String,
    },
}

/// A session that began.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The value of the cookie; the database knows only its hash.
    pub cookie: String,
    /// Who.
    pub agent: AgentId,
    /// What writes must carry.
    pub write_token: String,
}

pub(crate) fn hash_token(cookie: &str) -> String {
    Sha256::digest(cookie.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// argon2id with the parameters OWASP names as its first choice (19 MiB, 2 passes).
pub(crate) async fn hash_password(password: String) -> Result<String> {
    let hashed = tokio::task::spawn_blocking(move || {
        let salt = SaltString::encode_b64(&random::<16>()).map_err(|error| anyhow::anyhow!("{error}"))?;
        let hash = Argon2::default().hash_password(password.as_bytes(), &salt).map_err(|error| anyhow::anyhow!("{error}"))?;
        Ok::<_, anyhow::Error>(hash.to_string())
    });
    Ok(hashed.await.map_err(anyhow::Error::from)??)
}

async fn is_right(password: String, hash: Option<String>) -> bool {
    let checked = tokio::task::spawn_blocking(move || {
        // Somebody who does not exist takes as long as somebody who does.
        const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let known = hash.is_some();
        let text = hash.unwrap_or_else(|| NOBODY.to_owned());
        let right = PasswordHash::new(&text).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        right && known
    });
    checked.await.unwrap_or(false)
}

pub(crate) fn check_password(password: &str) -> Result<()> {
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(Error::invalid("password", format!("a password has at least {SHORTEST_PASSWORD} characters")));
    }
    Ok(())
}

impl App {
    /// Who is there and what this desk is.
    pub async fn session_view(&self, who: Option<AgentId>, write_token: Option<&str>) -> Result<SessionView> {
        let connection = self.connection().await?;
        let settings = self.settings();
        let agent = who.and_then(|id| settings.agents.get(&id).map(|agent| agent_view(id, agent)));
        let (secrets, note) = match self.0.secrets.place {
            Place::Keyring => ("keyring", None),
            Place::File => ("file", self.0.secrets.note),
            Place::Locked => ("session", self.0.secrets.note),
        };
        let link_needed = self.0.setup_link.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        // A server whose desk has nobody's name yet has connected desktops, too.
        let ready = settings.desk.ready || connection.is_some() && agent.is_some();
        Ok(SessionView {
            signed_in: agent.is_some(),
            write_token: write_token.filter(|_| agent.is_some() || !settings.desk.ready).map(str::to_owned),
            agent,
            host: if self.0.host == HostKind::Desktop { "desktop" } else { "server" }.into(),
            stage: if ready { "ready" } else { "first_start" }.into(),
            desk: DeskView {
                name: settings.desk.name.clone(),
                time_zone: settings.desk.time_zone.clone(),
                language: settings.desk.language.clone(),
            },
            version: env!("CARGO_PKG_VERSION").into(),
            secrets: secrets.into(),
            secrets_note: note.map(str::to_owned),
            setup_link_needed: link_needed,
            backup: who.filter(|me| connection.is_none() && self.is_admin(*me)).map(|_| self.backup_view()),
            connection,
        })
    }

    /// Begins a session; wrong attempts are slowed down by login and by address.
    pub async fn sign_in(&self, input: SignIn, from: &str, label: &str) -> Result<SignedIn> {
        let agent = self.agent_by_password(input, from).await?;
        self.begin_session(agent, label).await
    }

    /// Who has that login and password.
    pub(crate) async fn agent_by_password(&self, input: SignIn, from: &str) -> Result<AgentId> {
        let login = input.login.trim().to_lowercase();
        let keys = [format!("login {login}"), format!("from {from}")];
        self.check_attempts(&keys).await?;
        let Some(agent) = self.identify(Proof::Password { login, password: input.password }).await? else {
            self.note_wrong(&keys).await?;
            return Err(Error::WrongPassword);
        };
        self.forget_attempts(&keys[0]).await?;
        Ok(agent)
    }

    async fn check_attempts(&self, keys: &[String]) -> Result<()> {
        let mut tx = self.0.db.read().await?;
        let mut until = 0;
        for key in keys {
            until = attempt::blocked_until(&mut tx, key).await?.max(until);
        }
        let now = self.now();
        if until > now { Err(Error::SlowDown { seconds: u64::try_from((until - now + 999) / 1000).unwrap_or(1) }) } else { Ok(()) }
    }

    async fn note_wrong(&self, keys: &[String]) -> Result<()> {
        let now = self.now();
        let mut tx = self.0.db.aside().await?;
        for key in keys {
            let count = attempt::count(&mut tx, key, now, now - FORGOTTEN).await?;
            if count >= FREE_ATTEMPTS {
                let pause = 1_i64 << (count - FREE_ATTEMPTS).min(20);
                attempt::block(&mut tx, key, now + (pause * 2_000).min(900_000)).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// Whoever has signed in starts afresh.
    async fn forget_attempts(&self, key: &str) -> Result<()> {
        let mut tx = self.0.db.aside().await?;
        attempt::forget(&mut tx, key).await?;
        Ok(tx.commit().await?)
    }

    /// The valid agent whom a proof belongs to, if it is one.
    pub(crate) async fn identify(&self, proof: Proof) -> Result<Option<AgentId>> {
        match proof {
            Proof::Password { login, password } => {
                let settings = self.settings();
                let named = |agent: &Agent| agent.valid && agent.login.to_lowercase() == login;
                let agent = settings.agents.iter().find(|(_, agent)| named(agent)).map(|(id, _)| *id);
                let hash = match agent {
                    Some(agent) => session::password(&mut self.0.db.read().await?, agent.0).await?,
                    None => None,
                };
                let right = is_right(password, hash).await;
                Ok(agent.filter(|_| right))
            }
        }
    }

    /// That it is really this agent who changes their password: slowed down like a sign-in.
    pub(crate) async fn prove(&self, me: AgentId, password: String) -> Result<()> {
        let login = self.settings().agents.get(&me).map(|agent| agent.login.to_lowercase()).unwrap_or_default();
        let keys = [format!("login {login}")];
        self.check_attempts(&keys).await?;
        // Who sits at the window has none until they set one.
        if session::password(&mut self.0.db.read().await?, me.0).await?.is_none() {
            return Ok(());
        }
        if self.identify(Proof::Password { login, password }).await? == Some(me) {
            self.forget_attempts(&keys[0]).await?;
            return Ok(());
        }
        self.note_wrong(&keys).await?;
        Err(Error::invalid("old", "this is not the password so far"))
    }

    async fn begin_session(&self, agent: AgentId, label: &str) -> Result<SignedIn> {
        let signed = SignedIn { cookie: token(), agent, write_token: token() };
        let now = self.now();
        let session = session::Session {
            token_hash: hash_token(&signed.cookie),
            agent_id: agent.0,
            write_token: signed.write_token.clone(),
            created_at: now,
            seen_at: now,
            label: label.chars().filter(|c| !c.is_control()).take(200).collect(),
        };
        let mut tx = self.0.db.aside().await?;
        session::begin(&mut tx, &session).await?;
        tx.commit().await?;
        Ok(signed)
    }

    /// The session behind a cookie, while its agent is valid and it is not too old.
    pub async fn session_of(&self, cookie: &str) -> Result<Option<SignedIn>> {
        let hash = hash_token(cookie);
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let Some(found) = session::find(&mut tx, &hash).await? else { return Ok(None) };
        drop(tx);
        let agent = AgentId(found.agent_id);
        let now = self.now();
        let over = now - found.created_at > 16 * 3_600_000 || now - found.seen_at > 8 * 3_600_000;
        if over || !settings.agents.get(&agent).is_some_and(|agent| agent.valid) {
            return Ok(None);
        }
        if now - found.seen_at > 60_000 {
            let mut tx = self.0.db.aside().await?;
            session::touch(&mut tx, &hash, now).await?;
            tx.commit().await?;
        }
        Ok(Some(SignedIn { cookie: cookie.to_owned(), agent, write_token: found.write_token }))
    }

    /// Ends a session.
    pub async fn sign_out(&self, cookie: &str) -> Result<()> {
        let mut tx = self.0.db.aside().await?;
        session::end(&mut tx, &hash_token(cookie)).await?;
        Ok(tx.commit().await?)
    }

    /// A server whose desk has no administrator who could sign in makes a one-time link.
    pub(crate) async fn prepare_setup_link(&self) -> Result<()> {
        if self.0.host != HostKind::Server {
            return Ok(());
        }
        let link = (!self.somebody_can_sign_in().await?).then(|| (token(), self.now() + LINK_LASTS));
        *self.0.setup_link.lock().unwrap_or_else(PoisonError::into_inner) = link;
        Ok(())
    }

    /// Is there an administrator with a password?
    async fn somebody_can_sign_in(&self) -> Result<bool> {
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let able = session::with_password(&mut tx).await?;
        Ok(able.iter().any(|id| settings.agents.get(&AgentId(*id)).is_some_and(|agent| agent.admin && agent.valid)))
    }

    /// The link of this server ends when the first administrator was made at another one.
    pub(crate) async fn end_setup_link(&self) {
        if self.setup_link().is_some() && self.somebody_can_sign_in().await.unwrap_or(false) {
            *self.0.setup_link.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    /// The token of the one-time link, while there is one.
    pub fn setup_link(&self) -> Option<String> {
        let link = self.0.setup_link.lock().unwrap_or_else(PoisonError::into_inner);
        link.as_ref().filter(|(_, until)| *until > self.now()).map(|(token, _)| token.clone())
    }

    /// Makes the first administrator by the one-time link. The agent of a desk from a desktop gets the password, when the
    /// login is theirs.
    pub async fn first_administrator(&self, input: FirstAdministrator, label: &str) -> Result<SignedIn> {
        check_password(&input.password)?;
        self.end_setup_link().await;
        if self.setup_link().is_none_or(|known| known != input.token.trim()) {
            return Err(Error::Unavailable {
                code: "link_over",
                message: "this link is used up or older than 30 minutes; start the server again for a new one".into(),
            });
        }
        let agent = self.add_agent(&input.login, &input.name, &input.email, true, Some(input.password)).await?;
        *self.0.setup_link.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.begin_session(agent, label).await
    }

    /// Who sits at the desktop: the desk's first administrator, or on a connected desktop the agent whose replica it is.
    pub fn window_agent(&self) -> Option<AgentId> {
        if let Some(connected) = self.connected() {
            return Some(connected.agent);
        }
        let settings = self.settings();
        settings.agents.iter().find(|(_, agent)| agent.valid && agent.admin).map(|(id, _)| *id)
    }

    /// Makes an agent, or gives an existing one (by login) name, address and password anew; groups and roles stay.
    pub async fn add_agent(&self, login: &str, name: &str, email: &str, admin: bool, password: Option<String>) -> Result<AgentId> {
        let hash = match password {
            Some(password) => {
                check_password(&password)?;
                Some(hash_password(password).await?)
            }
            None => None,
        };
        let mut work = self.work().await?;
        let known =
            work.settings.agents.iter().find(|(_, agent)| agent.login.eq_ignore_ascii_case(login)).map(|(id, agent)| (*id, agent.clone()));
        let id = known.as_ref().map_or_else(|| AgentId(new_id()), |(id, _)| *id);
        let version = work.settings.records.get(&(Kind::Agent, id.0)).map_or(0, |record| record.version);
        let read_before = known.as_ref().map_or(work.now, |(_, agent)| agent.read_before);
        let mut document = work.settings.records.get(&(Kind::Agent, id.0)).map_or_else(|| json!({}), |record| record.document.clone());
        for (field, value) in [
            ("login", json!(login)),
            ("name", json!(name)),
            ("email", json!(email)),
            ("admin", json!(admin)),
            ("valid", json!(true)),
            ("read_before", json!(read_before)),
        ] {
            document[field] = value;
        }
        work.save_record(Kind::Agent, id.0, version, &document, name).await?;
        if let Some(hash) = hash {
            session::set_password(&mut work.tx, id.0, &hash, work.now).await?;
            session::end_all(&mut work.tx, id.0).await?;
        }
        self.finish(work).await?;
        self.reload().await?;
        Ok(id)
    }

    /// Saves name and address of the agent who asks.
    pub async fn save_profile(&self, me: AgentId, input: ProfileInput) -> Result<()> {
        if self.connected().is_some() {
            return self.save_there("PUT", "/api/v1/profile", &input).await;
        }
        let mut work = self.work().await?;
        let record = work.settings.records.get(&(Kind::Agent, me.0)).cloned().ok_or(Error::NotFound("agent"))?;
        let mut document = record.document.clone();
        document["name"] = json!(input.name.trim());
        document["email"] = json!(input.email.trim());
        work.save_record(Kind::Agent, me.0, record.version, &document, input.name.trim()).await?;
        self.finish(work).await?;
        self.reload().await
    }
}

pub(crate) fn agent_view(id: AgentId, agent: &Agent) -> AgentView {
    AgentView { id, login: agent.login.clone(), name: agent.name.clone(), email: agent.email.clone(), admin: agent.admin }
}
