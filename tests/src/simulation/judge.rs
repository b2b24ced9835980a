//! What must hold: while it goes on, and when everybody has come to rest.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use anyhow::{Context, Result, bail, ensure};
use docket_app::{App, wire::TicketView};
use docket_domain::{AgentId, TicketId};
use docket_peers::Smtp;
use serde_json::{Value, json};

use super::{Accepted, World};

impl World {
    /// What somebody wrote on a desktop stays on its screen until the server has said what became of it.
    pub(super) async fn shown(&self, which: usize) -> Result<()> {
        let desktop = &self.desktops[which];
        let here: BTreeSet<TicketId> = self.tickets(&desktop.app, desktop.agent).await?.into_iter().map(|(id, _)| id).collect();
        let entries = desktop.app.outbox_entries().await?;
        let waits: BTreeMap<String, String> = entries
            .iter()
            .flat_map(|bundle| &bundle.entries)
            .filter_map(|entry| Some((article_of(&entry.command)?, entry.state.clone())))
            .collect();
        let mut views: BTreeMap<TicketId, TicketView> = BTreeMap::new();
        for accepted in self.accepted.iter().rev().take(30).filter(|accepted| accepted.desktop == Some(which)) {
            if !here.contains(&accepted.ticket) {
                continue;
            }
            let state = waits.get(&accepted.article.to_string()).map(String::as_str);
            if state.is_some_and(|state| ["refused", "proposed", "discarded"].contains(&state)) {
                continue;
            }
            let view = match views.entry(accepted.ticket) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(desktop.app.ticket(desktop.agent, accepted.ticket).await?),
            };
            let there = view.articles.iter().any(|article| article.id == accepted.article);
            let stuck = waits.contains_key(&accepted.article.to_string());
            ensure!(there || stuck || self.elsewhere(accepted).await?, "what was written is not shown: {accepted:?}");
        }
        Ok(())
    }

    /// The text went on to another ticket, was taken back, or was given anew under another id.
    async fn elsewhere(&self, accepted: &Accepted) -> Result<bool> {
        let mut found = false;
        for (app, agent) in self.desks() {
            for draft in app.drafts(agent).await? {
                found |= draft.body.to_string().contains(&accepted.text);
            }
            if app.connected().is_some() {
                for bundle in app.outbox_entries().await? {
                    found |= bundle.entries.iter().any(|entry| entry.text.as_deref() == Some(&accepted.text));
                }
            }
        }
        for agent in &self.agents {
            found |= json!(self.server.left_behind(*agent).await?).to_string().contains(&accepted.text);
        }
        if found {
            return Ok(true);
        }
        for (id, _) in self.all_tickets().await? {
            let view = self.server.ticket(docket_domain::access::FOLDER, id).await?;
            found |= view
                .articles
                .iter()
                .any(|article| article.text.contains(&accepted.text) && (article.id != accepted.article || id != accepted.ticket));
        }
        Ok(found)
    }

    fn desks(&self) -> Vec<(App, AgentId)> {
        let mut desks: Vec<(App, AgentId)> = self.desktops.iter().map(|desktop| (desktop.app.clone(), desktop.agent)).collect();
        desks.extend(self.agents.iter().map(|agent| (self.server.clone(), *agent)));
        desks
    }

    /// Everybody has come to rest: now all must agree.
    pub(super) async fn judge(&mut self, smtp: &Smtp) -> Result<()> {
        let faults = self.server.check().await?;
        ensure!(faults.is_empty(), "on the server: {faults:?}");
        for which in 0..self.desktops.len() {
            self.same(which).await.with_context(|| format!("desktop {which}"))?;
        }
        self.texts().await?;
        self.fields().await?;
        self.sent(smtp).await
    }

    /// What was carried out is not said to be refused.
    pub(super) async fn told_truly(&self, entry: &docket_app::wire::connection::EntryView) -> Result<()> {
        let Some(article) = article_of(&entry.command).filter(|_| entry.state == "refused") else { return Ok(()) };
        for (id, number) in self.all_tickets().await? {
            let view = self.server.ticket(docket_domain::access::FOLDER, id).await?;
            let there = view.articles.iter().any(|there| there.id.to_string() == article);
            ensure!(!there, "ticket {number}: said to be refused, but it was carried out: {entry:?}");
        }
        Ok(())
    }

    /// Nobody's field was overwritten by somebody who had not seen it.
    async fn fields(&self) -> Result<()> {
        let mut histories: BTreeMap<TicketId, Vec<Value>> = BTreeMap::new();
        for unit in self.units(docket_domain::access::FOLDER).await? {
            histories.insert(unit.ticket.id, unit.events.iter().map(|event| json!(event)).collect());
        }
        for field in &self.fields {
            let device = self.desktops[field.desktop].app.connected().map(|connected| json!(connected.device));
            let mine = |event: &Value| event.get("device") == device.as_ref();
            let Some(events) = histories.get(&field.ticket) else { continue };
            let unseen: Vec<&Value> = events
                .iter()
                .filter(|event| event["ordinal"].as_i64().is_some_and(|ordinal| ordinal > field.seen) && event["type"] == field.event)
                .collect();
            let Some(set) = unseen.iter().position(|event| mine(event) && event["to"].to_string().contains(&field.value.to_string()))
            else {
                continue;
            };
            let theirs = unseen[..set].iter().find(|event| !mine(event));
            ensure!(theirs.is_none(), "a field was overwritten by somebody who had not seen it: {field:?}, {theirs:?}, {}", unseen[set]);
        }
        Ok(())
    }

    /// A replica equals the server on what its agent may see.
    async fn same(&self, which: usize) -> Result<()> {
        let desktop = &self.desktops[which];
        let visible = self.visible(desktop.agent).await?;
        let here: BTreeSet<TicketId> = self.tickets(&desktop.app, desktop.agent).await?.into_iter().map(|(id, _)| id).collect();
        let fed = self.fed(desktop.agent).await?;
        ensure!(fed == visible, "the feed gives {fed:?}, the list {visible:?}");
        ensure!(here == visible, "the replica has {here:?}, its agent may see {visible:?}");
        for id in visible {
            let one = plain(&self.server.ticket(desktop.agent, id).await?)?;
            let other = plain(&desktop.app.ticket(desktop.agent, id).await?)?;
            if one != other {
                bail!("ticket {id} differs: {}", difference(&one, &other));
            }
        }
        let mut counts = [self.server.counts(desktop.agent).await?, desktop.app.counts(desktop.agent).await?].map(|counts| json!(counts));
        for counts in &mut counts {
            for field in ["seq", "outbox", "quarantine"] {
                counts[field] = Value::Null;
            }
        }
        ensure!(counts[0] == counts[1], "the counts differ: {}", difference(&counts[0], &counts[1]));
        Ok(())
    }

    /// Every text that was taken is somewhere: on the server, in an outbox where its author sees it, or a draft again.
    async fn texts(&self) -> Result<()> {
        let mut everywhere = String::new();
        for (id, _) in self.all_tickets().await? {
            everywhere += &json!(
                self.server
                    .ticket(docket_domain::access::FOLDER, id)
                    .await?
                    .articles
                    .iter()
                    .map(|article| &article.text)
                    .collect::<Vec<_>>()
            )
            .to_string();
        }
        for (app, agent) in self.desks() {
            everywhere += &json!(app.drafts(agent).await?).to_string();
            if app.connected().is_some() {
                everywhere += &json!(app.outbox_entries().await?).to_string();
            }
        }
        for agent in &self.agents {
            everywhere += &json!(self.server.left_behind(*agent).await?).to_string();
        }
        for accepted in &self.accepted {
            ensure!(everywhere.contains(&accepted.text), "a text was lost: {accepted:?}");
        }
        Ok(())
    }

    async fn all_tickets(&self) -> Result<Vec<(TicketId, String)>> {
        self.tickets(&self.server, docket_domain::access::FOLDER).await
    }

    /// Each mail left at most once, and none past something that its author had not seen.
    async fn sent(&self, smtp: &Smtp) -> Result<()> {
        let mails: Vec<String> = smtp.taken().iter().map(|mail| String::from_utf8_lossy(&mail.raw).into_owned()).collect();
        for accepted in self.accepted.iter().filter(|accepted| accepted.seen.is_some()) {
            let count = mails.iter().filter(|mail| mail.contains(&accepted.text)).count();
            let (ticket, events) = self.history_of(accepted).await?;
            let repeats =
                events.iter().filter(|event| event["type"] == "send_repeated" && event["article"] == json!(accepted.article)).count();
            ensure!(count <= 1 + repeats, "a mail left {count} times: {accepted:?}");
            let left = events.iter().find(|event| event["type"] == "sent" && event["article"] == json!(accepted.article));
            let (Some(left), Some(seen)) = (left, accepted.seen) else { continue };
            if repeats > 0 || ticket != accepted.ticket {
                continue;
            }
            let unseen = events.iter().find(|event| {
                let ordinal = event["ordinal"].as_i64().unwrap_or(0);
                event["type"] == "followed_up" && ordinal > seen && ordinal < left["ordinal"].as_i64().unwrap_or(0)
            });
            ensure!(unseen.is_none(), "a mail left past what its author had not seen: {accepted:?}, {unseen:?}");
        }
        Ok(())
    }

    async fn history_of(&self, accepted: &Accepted) -> Result<(TicketId, Vec<Value>)> {
        match self.server.history(docket_domain::access::FOLDER, accepted.ticket).await {
            Ok(events) => Ok((accepted.ticket, events.into_iter().map(|event| json!(event)).collect())),
            Err(_) => Ok((accepted.ticket, Vec::new())),
        }
    }
}

fn article_of(command: &Value) -> Option<String> {
    let article = command.get("article").or_else(|| command.get("first")?.get("article"))?;
    Some(article["id"].as_str()?.to_owned())
}

/// A ticket as two desks must agree on it.
fn plain(view: &TicketView) -> Result<Value> {
    let mut view = json!(view);
    view["seq"] = Value::Null;
    view["drafts"] = Value::Null;
    view["flags"] = Value::Null;
    // Contacts note when they were last heard of; a replica learns that with their next change.
    view["customer"]["recent"] = Value::Null;
    if let Some(articles) = view["articles"].as_array_mut() {
        for article in articles {
            if let Some(delivery) = article.get_mut("delivery").and_then(Value::as_object_mut) {
                delivery.remove("due_at");
                delivery.remove("error");
            }
        }
    }
    Ok(view)
}

/// The first place where two documents differ.
fn difference(one: &Value, other: &Value) -> String {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let keys: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            for key in keys {
                let (left, right) = (one.get(key).unwrap_or(&Value::Null), other.get(key).unwrap_or(&Value::Null));
                if left != right {
                    return format!("{key}.{}", difference(left, right));
                }
            }
            String::new()
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let place = one.iter().zip(other).position(|(left, right)| left != right).unwrap_or(0);
            format!("{place}.{}", difference(&one[place], &other[place]))
        }
        _ => format!(" {one} / {other}"),
    }
}
