//! Groups and roles, as an administrator names them at the command line.

use std::collections::BTreeSet;

use docket_domain::{GroupId, access::Right, settings::Kind};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::App,
    clock::new_id,
    error::{Error, Result},
    wire::RecordView,
};

/// Who writes the history of what is typed at the command line.
const ACTOR: &str = "docket";

impl App {
    /// Makes a group or a role.
    pub async fn add_named(&self, kind: Kind, name: &str, comment: &str) -> Result<RecordView> {
        self.put(kind, new_id(), |_| json!({ "name": name.trim(), "comment": comment })).await
    }

    /// Gives an agent or a role these rights in a group, and no others there.
    pub async fn grant(&self, kind: Kind, name: &str, group: &str, rights: &BTreeSet<Right>) -> Result<RecordView> {
        let group = self.group_named(group)?;
        let id = self.named(kind, name)?;
        self.put(kind, id, |mut document| {
            if !document["grants"].is_object() {
                document["grants"] = json!({});
            }
            if let Some(grants) = document["grants"].as_object_mut() {
                if rights.is_empty() {
                    drop(grants.shift_remove(&group.to_string()))
                } else {
                    drop(grants.insert(group.to_string(), json!(rights)))
                }
            }
            document
        })
        .await
    }

    /// Gives an agent a role, or takes it back.
    pub async fn set_role(&self, login: &str, role: &str, has: bool) -> Result<RecordView> {
        let (agent, role) = (self.named(Kind::Agent, login)?, self.named(Kind::Role, role)?);
        self.put(Kind::Agent, agent, |mut document| {
            let mut roles: Vec<Value> = document["roles"].as_array().cloned().unwrap_or_default();
            roles.retain(|known| *known != json!(role));
            roles.extend(has.then(|| json!(role)));
            document["roles"] = json!(roles);
            document
        })
        .await
    }

    async fn put(&self, kind: Kind, id: Uuid, change: impl FnOnce(Value) -> Value) -> Result<RecordView> {
        let mut work = self.work().await?;
        // As the program reads it: what an older record does not say is filled in before it is changed.
        let known = work.settings.records.get(&(kind, id)).cloned();
        let document = match &known {
            Some(record) => work.settings.check(kind, id, &record.document, None)?,
            None => json!({}),
        };
        let view = work.save_record(kind, id, known.map_or(0, |record| record.version), &change(document), ACTOR).await?;
        self.finish(work).await?;
        self.reload().await?;
        Ok(view)
    }

    fn group_named(&self, name: &str) -> Result<GroupId> {
        self.named(Kind::Group, name).map(GroupId)
    }

    /// A record by what people call it: an agent by the login, others by their name, whatever the case.
    fn named(&self, kind: Kind, name: &str) -> Result<Uuid> {
        let (field, missing) = match kind {
            Kind::Agent => ("login", "agent"),
            Kind::Group => ("name", "group"),
            _ => ("name", "role"),
        };
        let wanted = name.to_lowercase();
        let settings = self.settings();
        let is_it = |document: &Value| document[field].as_str().is_some_and(|known| known.to_lowercase() == wanted);
        let found = settings.records.values().find(|record| record.kind == kind && is_it(&record.document));
        found.map(|record| record.id).ok_or(Error::NotFound(missing))
    }
}
