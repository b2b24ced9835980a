//! Settings records: read, checked, saved, with their history.

use docket_domain::{
    AgentId, PriorityId, StateId,
    access::{self, Right},
    settings::{Agent, Kind, Priority, Record, State},
};
use docket_store::{session, setting, ticket};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    app::App,
    error::{Error, Result},
    submit::Work,
    wire::{RecordView, SaveRecord, SettingsView, VersionView},
};

impl App {
    /// The settings that this agent may see.
    pub fn settings_view(&self, me: AgentId) -> SettingsView {
        let settings = self.settings();
        let admin = self.is_admin(me);
        let mut view = SettingsView { version: settings.head, records: Default::default(), rights: Default::default() };
        for queue in settings.queues.keys() {
            let rights = access::in_queue(&settings, me, *queue);
            let named: Vec<_> = Right::ALL.into_iter().filter(|right| rights.has(*right)).collect();
            if !named.is_empty() {
                view.rights.insert(queue.to_string(), named);
            }
        }
        for kind in Kind::ALL.into_iter().filter(|kind| admin || kind.for_everyone()) {
            view.records.insert(kind, Vec::new());
        }
        for record in settings.records.values() {
            if let Some(list) = view.records.get_mut(&record.kind) {
                list.push(RecordView { id: record.id, version: record.version, document: record.document.clone() });
            }
        }
        view
    }

    /// Saves a record that was edited on `input.version`; 0 makes a new one.
    pub async fn save_record(&self, me: AgentId, kind: Kind, id: Uuid, input: SaveRecord) -> Result<RecordView> {
        self.need_admin(me)?;
        let mut work = self.work().await?;
        let actor = work.settings.agent_name(me).to_owned();
        let view = work.save_record(kind, id, input.version, &input.document, &actor).await?;
        self.finish(work).await?;
        self.reload().await?;
        Ok(view)
    }

    /// The versions of a record, newest first.
    pub async fn record_history(&self, me: AgentId, kind: Kind, id: Uuid) -> Result<Vec<VersionView>> {
        if !kind.for_everyone() {
            self.need_admin(me)?;
        }
        let mut tx = self.0.db.read().await?;
        let versions = setting::history(&mut tx, kind, id).await?;
        Ok(versions.into_iter().map(|v| VersionView { version: v.version, at: v.at, actor: v.actor, document: v.document }).collect())
    }
}

impl Work {
    /// Checks a document and saves it as the next version; derived columns of tickets follow.
    pub(crate) async fn save_record(&mut self, kind: Kind, id: Uuid, version: i64, document: &Value, actor: &str) -> Result<RecordView> {
        let old = self.settings.records.get(&(kind, id)).cloned();
        if old.as_ref().map_or(0, |record| record.version) != version {
            return Err(Error::Stale);
        }
        let document = self.settings.check(kind, id, document, old.as_ref().map(|record| &record.document))?;
        if kind == Kind::Agent {
            self.keep_an_administrator(id, &document).await?;
        }
        let record = Record { kind, id, version: version + 1, document };
        setting::save(&mut self.tx, &record, self.now, actor).await?;
        self.follow(&record).await?;
        let mut records: Vec<Record> =
            self.settings.records.values().filter(|known| (known.kind, known.id) != (kind, id)).cloned().collect();
        records.push(record.clone());
        self.settings = std::sync::Arc::new(docket_domain::Settings::build(self.tx.settings_head, records)?);
        Ok(RecordView { id, version: record.version, document: record.document })
    }

    /// Index columns that come from a state's type or a priority's rank are computed anew.
    async fn follow(&mut self, record: &Record) -> Result<()> {
        match record.kind {
            Kind::State => {
                let state = State::deserialize(&record.document).map_err(anyhow::Error::from)?;
                ticket::reindex_state(&mut self.tx, StateId(record.id), crate::submit::class(state.kind)).await?;
            }
            Kind::Priority => {
                let priority = Priority::deserialize(&record.document).map_err(anyhow::Error::from)?;
                ticket::reindex_priority(&mut self.tx, PriorityId(record.id), priority.rank).await?;
            }
            Kind::Agent => {
                let agent = Agent::deserialize(&record.document).map_err(anyhow::Error::from)?;
                if !agent.valid {
                    session::end_all(&mut self.tx, record.id).await?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// A desk keeps an administrator who can sign in; where nobody has a password, as in a window, any administrator does.
    async fn keep_an_administrator(&mut self, id: Uuid, document: &Value) -> Result<()> {
        let rules = |agent: &Agent| agent.valid && agent.admin;
        let stays = Agent::deserialize(document).is_ok_and(|agent| rules(&agent));
        if stays || !self.settings.agents.get(&AgentId(id)).is_some_and(rules) {
            return Ok(());
        }
        let passwords = session::with_password(&mut self.tx).await?;
        let needs_password = passwords.contains(&id);
        let mut others = self.settings.agents.iter().filter(|(other, agent)| other.0 != id && rules(agent));
        if others.any(|(other, _)| !needs_password || passwords.contains(&other.0)) {
            return Ok(());
        }
        Err(Error::Unavailable {
            code: "last_administrator",
            message: "nobody else who can sign in is an administrator; make somebody else one first".into(),
        })
    }
}
