//! Alarms of a replica: those of its server, those that it found out alone, and what became of them here.

use docket_domain::AgentId;
use docket_store::{Tx, alarm, delivery, replica};

use super::{Line, Memory, line::tell, read, row, write};
use crate::{
    alarm::{WINDOW, bare},
    app::App,
    error::Result,
    wire::{AlarmEnded, AlarmNews, AlarmReport, AlarmView},
};

/// So much is told at once.
const BATCH: i64 = 500;

impl App {
    /// Takes in what became of the agent's alarms at the server, with how far that is known.
    pub(crate) async fn take_alarms(&self, me: AgentId, news: AlarmNews) -> Result<()> {
        let mut work = self.work().await?;
        let now = work.now;
        for told in news.alarms {
            take(&mut work.tx, me, &told, now).await?;
        }
        let mut known = row(&mut work.tx).await?;
        let memory = Memory { alarms: Some(news.upto), ..read::<Memory>(&known.document) };
        known.document = write(&memory)?;
        replica::save(&mut work.tx, &known).await?;
        work.rung.insert(me);
        self.finish(work).await
    }

    /// Tells the server what ended and was shown here; false: it knows all.
    pub async fn push_alarms(&self, line: &impl Line) -> Result<bool> {
        let mut tx = self.0.db.read().await?;
        let me = AgentId(row(&mut tx).await?.agent_id);
        let ended = alarm::untold(&mut tx, me, BATCH).await?;
        let lines = delivery::untold(&mut tx, BATCH).await?;
        drop(tx);
        if ended.is_empty() && lines.is_empty() {
            return Ok(false);
        }
        let said = |alarm: &alarm::Alarm| AlarmEnded { alarm: bare(alarm, WINDOW), at: alarm.ended_at.unwrap_or(alarm.raised_at) };
        let report = AlarmReport {
            ended: ended.iter().filter(|alarm| alarm.ended.as_deref() != Some("off")).map(said).collect(),
            deliveries: lines.iter().filter(|one| ["shown", "failed"].contains(&one.outcome.as_str())).cloned().map(Into::into).collect(),
        };
        if !report.ended.is_empty() || !report.deliveries.is_empty() {
            tell(line, "/api/v1/alarms/report", &report).await?;
        }
        let mut tx = self.0.db.aside().await?;
        for alarm in &ended {
            alarm::mark_told(&mut tx, me, &alarm.id).await?;
        }
        for one in &lines {
            delivery::mark_told(&mut tx, one.id).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Tells the server that its agent does something here.
    pub async fn push_use(&self, line: &impl Line) -> Result<()> {
        tell(line, "/api/v1/alarms/use", &()).await
    }
}

/// An alarm of the server: new here, or known because this computer found it out first.
async fn take(tx: &mut Tx, me: AgentId, told: &AlarmView, now: i64) -> Result<()> {
    let sound = if told.sound { WINDOW } else { "elsewhere" };
    let fresh = alarm::Alarm {
        agent_id: me.0,
        id: told.id.clone(),
        ticket_id: told.ticket_id.map(|ticket| ticket.0),
        event: told.event.clone(),
        due_at: told.due_at,
        raised_at: told.raised_at,
        as_of: None,
        sound: sound.into(),
        again_at: told.again_at.filter(|at| *at > now),
        ended: told.ended.clone(),
        ended_at: told.ended.as_ref().map(|_| now),
        told: true,
        seq: 0,
    };
    if !alarm::raise(tx, &fresh).await?
        && let Some(how) = &told.ended
    {
        let end = alarm::End { how, at: now, again_at: told.again_at.filter(|at| *at > now), told: true };
        alarm::end(tx, me, &told.id, end).await?;
    }
    Ok(())
}
