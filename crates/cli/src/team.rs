//! `docket group`, `docket role`, and what agents are given.

use std::collections::BTreeSet;

use docket_app::{App, wire::RecordView};
use docket_domain::{
    access::Right,
    settings::{Grants, Kind, Settings},
};
use serde_json::json;

use crate::{
    arguments::{Grant, GroupCommand, Named, Place, RoleCommand},
    failure::Failure,
    print,
};

/// Adds or lists groups.
pub async fn group(place: &Place, command: GroupCommand) -> Result<(), Failure> {
    let app = place.open().await?;
    match command {
        GroupCommand::Add(named) => add(&app, Kind::Group, named).await?,
        GroupCommand::List { json } => list_groups(&app.settings(), json)?,
    }
    app.close().await;
    Ok(())
}

/// Adds or lists roles, or gives one rights.
pub async fn role(place: &Place, command: RoleCommand) -> Result<(), Failure> {
    let app = place.open().await?;
    match command {
        RoleCommand::Add(named) => add(&app, Kind::Role, named).await?,
        RoleCommand::List { json } => list_roles(&app.settings(), json)?,
        RoleCommand::Grant { role, grant: given } => grant(&app, Kind::Role, &role, given).await?,
    }
    app.close().await;
    Ok(())
}

async fn add(app: &App, kind: Kind, Named { name, comment, json }: Named) -> Result<(), Failure> {
    let record = app.add_named(kind, &name, &comment).await?;
    tell(&record, json, &format!("{name} is there."))
}

/// Gives rights to an agent or a role.
pub async fn grant(app: &App, kind: Kind, name: &str, Grant { group, rights, json }: Grant) -> Result<(), Failure> {
    let rights: BTreeSet<Right> = rights.into_iter().flatten().collect();
    let record = app.grant(kind, name, &group, &rights).await?;
    let words = if rights.is_empty() { "nothing".into() } else { words(&rights) };
    tell(&record, json, &format!("{name} has in {group}: {words}."))
}

/// Prints the record, or says what was done.
pub fn tell(record: &RecordView, as_json: bool, done: &str) -> Result<(), Failure> {
    if as_json {
        return print::json(&json!({ "id": record.id, "version": record.version, "document": record.document }));
    }
    eprintln!("{done}");
    Ok(())
}

fn words(rights: &BTreeSet<Right>) -> String {
    rights.iter().map(|right| right.as_str()).collect::<Vec<_>>().join(" ")
}

fn list_groups(settings: &Settings, as_json: bool) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for (id, group) in &settings.groups {
        let queues = settings.queues.values().filter(|queue| queue.group_id == *id).map(|queue| queue.name.as_str());
        let queues: Vec<_> = queues.collect();
        if as_json {
            print::json(&json!({ "id": id, "name": group.name, "comment": group.comment, "valid": group.valid, "queues": queues }))?;
        }
        rows.push(vec![print::plain(&group.name), word(group.valid), print::plain(&queues.join(", "))]);
    }
    if as_json { Ok(()) } else { print::table(&rows) }
}

fn list_roles(settings: &Settings, as_json: bool) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for (id, role) in &settings.roles {
        if as_json {
            print::json(&json!({ "id": id, "name": role.name, "comment": role.comment, "valid": role.valid, "grants": role.grants }))?;
        }
        rows.push(vec![print::plain(&role.name), word(role.valid), given(settings, &role.grants)]);
    }
    if as_json { Ok(()) } else { print::table(&rows) }
}

fn word(valid: bool) -> String {
    if valid { "in use" } else { "not in use" }.to_owned()
}

fn given(settings: &Settings, grants: &Grants) -> String {
    let name = |group| settings.groups.get(group).map_or("?", |group| group.name.as_str());
    let parts = grants.iter().map(|(group, rights)| format!("{}: {}", print::plain(name(group)), words(rights)));
    parts.collect::<Vec<_>>().join(", ")
}
