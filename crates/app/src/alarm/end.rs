//! An alarm ends: seen, taken or put off, on one device and so on all.

use docket_domain::{AgentId, DeviceId, TicketId};
use docket_store::{
    Tx, alarm,
    delivery::{self, Delivery},
    device,
};

use super::LATE;
use crate::{
    app::App,
    error::{Error, Result},
    wire::{AlarmEnd, AlarmReport, AlarmView},
};

/// How far ahead something can be put off (ms).
const FARTHEST: i64 = 366 * 24 * 3_600_000;

impl App {
    /// Ends alarms of an agent, on all of their devices.
    ///
    /// # Errors
    /// `invalid`: a way to end that there is not, or a moment that has passed.
    pub async fn end_alarms(&self, me: AgentId, end: AlarmEnd) -> Result<()> {
        let now = self.now();
        let again_at = match (end.how.as_str(), end.again_at) {
            ("seen" | "taken", _) => None,
            ("snoozed", Some(at)) if at > now && at < now + FARTHEST => Some(at),
            ("snoozed", _) => return Err(Error::invalid("again_at", "name a moment to come, within a year")),
            _ => return Err(Error::invalid("how", "seen, taken or snoozed")),
        };
        // Most looks at a ticket end nothing, and need not write.
        let mut tx = self.0.db.read().await?;
        let ids = match (end.id, end.ticket_id) {
            (Some(id), _) => vec![id],
            (None, Some(ticket)) => names(alarm::of_ticket(&mut tx, me, ticket).await?),
            (None, None) => names(alarm::standing(&mut tx, me, i64::MAX).await?),
        };
        drop(tx);
        if ids.is_empty() {
            return Ok(());
        }
        let told = self.connected().is_none();
        let mut tx = self.0.db.aside().await?;
        for id in &ids {
            alarm::end(&mut tx, me, id, alarm::End { how: &end.how, at: now, again_at, told }).await?;
        }
        self.tell_rung_in(&mut tx, me).await?;
        tx.commit().await?;
        self.ring(me);
        if !told {
            self.sync_now();
        }
        Ok(())
    }

    /// Takes in what a device has to say: what ended there, and what it showed.
    pub async fn take_report(&self, me: AgentId, device: DeviceId, report: AlarmReport) -> Result<()> {
        let now = self.now();
        let name = device::find(&mut self.0.db.read().await?, device).await?.map(|known| known.name).unwrap_or_default();
        let mut tx = self.0.db.aside().await?;
        for ended in report.ended.into_iter().take(5_000) {
            let alarm = ended.alarm;
            let how = alarm.ended.clone().filter(|how| ["seen", "taken", "snoozed"].contains(&how.as_str()));
            let how = how.ok_or_else(|| Error::invalid("ended", "seen, taken or snoozed"))?;
            let again_at = alarm.again_at.filter(|at| how == "snoozed" && *at < now + FARTHEST);
            let end = alarm::End { how: &how, at: ended.at.min(now), again_at, told: true };
            if alarm::find(&mut tx, me, &alarm.id).await?.is_none() {
                // The device found it out by itself: it is not to be told a second time.
                let row = super::row(me, &alarm.id, alarm.ticket_id, &alarm.event, alarm.due_at, alarm.raised_at.min(now));
                alarm::raise(&mut tx, &row).await?;
            }
            alarm::end(&mut tx, me, &alarm.id, end).await?;
        }
        for one in report.deliveries.into_iter().take(5_000) {
            let line = super::line(me, &one.alarm_id, one.ticket_id, &one.event, "shown", one.at.min(now));
            let outcome = if one.outcome == "failed" { "failed" } else { "shown" }.to_owned();
            delivery::insert(&mut tx, &Delivery { id: one.id, device: name.clone(), outcome, detail: one.detail, ..line }).await?;
        }
        self.tell_rung_in(&mut tx, me).await?;
        tx.commit().await?;
        self.ring(me);
        Ok(())
    }

    /// Alarms as a device sees them: what has ended by name alone, what stands with its ticket while its agent may read that.
    pub(crate) async fn alarm_views(&self, tx: &mut Tx, me: AgentId, device: &str, rows: Vec<alarm::Alarm>) -> Result<Vec<AlarmView>> {
        let settings = self.settings_in(tx).await?;
        let now = self.now();
        let mut views = Vec::with_capacity(rows.len());
        for row in rows {
            let mut view = bare(&row, device);
            view.late = row.raised_at - row.due_at > LATE || now - row.due_at > LATE && row.ended.is_none();
            if let (Some(id), None) = (view.ticket_id, &view.ended) {
                let Some(ticket) = docket_store::ticket::find(tx, id).await? else { continue };
                if !docket_domain::access::may_read(&settings, me, &ticket) {
                    continue;
                }
                (view.number, view.title) = (ticket.number, ticket.title);
            }
            views.push(view);
        }
        Ok(views)
    }
}

fn names(alarms: Vec<alarm::Alarm>) -> Vec<String> {
    alarms.into_iter().map(|alarm| alarm.id).collect()
}

/// An alarm without what its ticket says.
pub(crate) fn bare(row: &alarm::Alarm, device: &str) -> AlarmView {
    AlarmView {
        id: row.id.clone(),
        ticket_id: row.ticket_id.map(TicketId),
        number: String::new(),
        title: String::new(),
        event: row.event.clone(),
        due_at: row.due_at,
        raised_at: row.raised_at,
        late: false,
        sound: row.sound == device,
        as_of: row.as_of,
        again_at: row.again_at,
        ended: row.ended.clone(),
    }
}
