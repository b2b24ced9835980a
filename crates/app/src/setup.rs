//! The first start: a desk of one's own, or one to look around in.

use docket_domain::{AgentId, Settings, master, settings::Kind};
use docket_store::{Tx, setting};
use serde_json::json;

use crate::{
    app::App,
    clock::{new_id, random},
    error::{Error, Result},
    submit::Work,
    wire::{Progress, Setup},
};

/// Writes the master data of a new desk.
pub(crate) async fn write_master_data(tx: &mut Tx, language: &str, now: i64) -> Result<()> {
    let settings = Settings::build(0, master::records(language))?;
    for mut record in master::records(language) {
        record.document = settings.check(record.kind, record.id, &record.document, None)?;
        if record.kind == Kind::Calendar {
            record.document["time_zone"] = json!(time_zone());
        }
        if record.kind == Kind::Desk {
            record.document["short_id"] = json!(short_id());
            record.document["time_zone"] = json!(time_zone());
        }
        setting::save(tx, &record, now, "Docket").await?;
    }
    Ok(())
}

/// Six letters that tell this desk from another at the same mailbox.
fn short_id() -> String {
    random::<6>().iter().map(|byte| char::from(b'a' + byte % 26)).collect()
}

/// The zone of this computer, where the system tells.
fn time_zone() -> String {
    let from_link = std::fs::read_link("/etc/localtime").ok().and_then(|path| path.to_str()?.split("zoneinfo/").nth(1).map(str::to_owned));
    let zone = std::env::var("TZ").ok().or(from_link).unwrap_or_default();
    if zone.parse::<chrono_tz::Tz>().is_ok() { zone } else { "UTC".into() }
}

impl App {
    /// Makes a new desk somebody's own. Gives the agent who sits at it.
    pub async fn setup(&self, input: Setup) -> Result<AgentId> {
        if self.settings().desk.ready {
            return Err(Error::Stale);
        }
        let mut work = self.work().await?;
        let agent = work.begin_desk(&input).await?;
        if let Some(mailbox) = input.mailbox {
            self.write_mailbox(&mut work, None, mailbox, input.your_name.trim()).await?;
        }
        self.finish(work).await?;
        self.reload().await?;
        Ok(agent)
    }

    /// How far filling the desk is.
    pub fn setup_progress(&self) -> Progress {
        *self.0.progress.borrow()
    }
}

impl Work {
    pub(crate) async fn begin_desk(&mut self, input: &Setup) -> Result<AgentId> {
        let language = if input.language == "de" { "de" } else { "en" };
        if language != self.settings.desk.language {
            self.translate(language).await?;
        }
        let mut desk = serde_json::to_value(&self.settings.desk).map_err(anyhow::Error::from)?;
        let name = input.desk_name.trim();
        desk["name"] = json!(name);
        desk["language"] = json!(language);
        desk["ready"] = json!(true);
        if !input.time_zone.is_empty() {
            desk["time_zone"] = json!(input.time_zone);
        }
        let version = self.version(Kind::Desk, master::DESK);
        self.save_record(Kind::Desk, master::DESK, version, &desk, &input.your_name)
            .await
            .map_err(|error| renamed(error, "name", "desk_name"))?;
        self.calendar_in(input.time_zone.trim(), &input.your_name).await?;
        if !input.queue_name.trim().is_empty() {
            let mut queue = serde_json::to_value(&self.settings.queues[&master::QUEUE_FIRST]).map_err(anyhow::Error::from)?;
            queue["name"] = json!(input.queue_name.trim());
            let version = self.version(Kind::Queue, master::QUEUE_FIRST.0);
            let saved = self.save_record(Kind::Queue, master::QUEUE_FIRST.0, version, &queue, &input.your_name).await;
            saved.map_err(|error| renamed(error, "name", "queue_name"))?;
        }
        self.first_agent(input).await
    }

    /// The calendar of a new desk goes by the desk's zone; nobody has edited it yet.
    async fn calendar_in(&mut self, time_zone: &str, actor: &str) -> Result<()> {
        let known = self.settings.records.get(&(Kind::Calendar, master::CALENDAR.0)).filter(|record| record.version == 1).cloned();
        let Some(known) = known.filter(|_| !time_zone.is_empty()) else { return Ok(()) };
        let mut document = known.document;
        document["time_zone"] = json!(time_zone);
        self.save_record(Kind::Calendar, known.id, known.version, &document, actor).await?;
        Ok(())
    }

    /// The agent of a desk that is set up in a window; on a server it is who used the link.
    async fn first_agent(&mut self, input: &Setup) -> Result<AgentId> {
        let known = self.settings.agents.iter().find(|(_, agent)| agent.valid && agent.admin).map(|(id, agent)| (*id, agent.clone()));
        let id = known.as_ref().map_or_else(|| AgentId(new_id()), |(id, _)| *id);
        let login = known.as_ref().map_or_else(|| login_of(&input.your_name), |(_, agent)| agent.login.clone());
        let read_before = known.as_ref().map_or(self.now, |(_, agent)| agent.read_before);
        let document = json!({
            "login": login, "name": input.your_name.trim(), "email": input.your_email.trim(), "admin": true, "valid": true, "read_before": read_before,
        });
        let version = self.version(Kind::Agent, id.0);
        let saved = self.save_record(Kind::Agent, id.0, version, &document, input.your_name.trim()).await;
        saved.map_err(|error| renamed(renamed(error, "name", "your_name"), "email", "your_email"))?;
        Ok(id)
    }

    /// Texts and names of a new desk in another language; nobody has edited them yet.
    async fn translate(&mut self, language: &str) -> Result<()> {
        for record in master::records(language) {
            let ours = matches!(record.kind, Kind::Queue | Kind::Template | Kind::Signature | Kind::Salutation | Kind::AutoResponse);
            if ours && self.version(record.kind, record.id) == 1 {
                self.save_record(record.kind, record.id, 1, &record.document, "Docket").await?;
            }
        }
        Ok(())
    }

    pub(crate) fn version(&self, kind: Kind, id: uuid::Uuid) -> i64 {
        self.settings.records.get(&(kind, id)).map_or(0, |record| record.version)
    }
}

/// A field of a record under the name it has in the form.
fn renamed(error: Error, from: &str, to: &str) -> Error {
    match error {
        Error::Invalid(invalid) if invalid.field == from => Error::invalid(to, invalid.message),
        other => other,
    }
}

/// A login from a name: its first word in plain letters.
fn login_of(name: &str) -> String {
    let first = name.split_whitespace().next().unwrap_or_default().to_lowercase();
    let plain = first.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('ß', "ss");
    let login: String = plain.chars().filter(|c| c.is_alphanumeric() || "-_.".contains(*c)).collect();
    if login.is_empty() { "agent".into() } else { login }
}
