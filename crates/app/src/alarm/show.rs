//! What a device is to show now, and what the icon beside the clock says.

use docket_domain::{AgentId, TicketId, notify::Happening};
use docket_store::{alarm, delivery};
use serde_json::Value;

use super::{NOTIFY, WINDOW, line, read_notify};
use crate::{
    app::{App, Notice},
    error::Result,
    wire::{AlarmNews, AlarmView, DeadlineView, Glance},
};

/// Alarms of one answer.
const MOST: i64 = 500;
/// What ended so lately (ms) is told to devices that know nothing yet.
const LATELY: i64 = 7 * 24 * 3_600_000;
/// Deadlines in the icon's menu.
const NEXT: i64 = 3;

impl App {
    /// Tells the agent's devices here that an alarm came or ended.
    pub(crate) fn ring(&self, agent: AgentId) {
        drop(self.0.rung.send(agent));
    }

    /// Agents whose alarms came or ended, from now on.
    pub fn rung(&self) -> tokio::sync::broadcast::Receiver<AgentId> {
        self.0.rung.subscribe()
    }

    /// Are there alarms after that number? A number that this desk never gave comes from before a restore.
    pub(crate) async fn alarms_waiting(&self, me: AgentId, after: i64) -> Result<bool> {
        Ok(after < 0 || alarm::head(&mut self.0.db.read().await?, me).await? != after)
    }

    /// What became of an agent's alarms after that number, as this device sees it. The sound of what nobody sounds for goes to the
    /// device that was used last of those that are there.
    pub(crate) async fn alarm_news(&self, me: AgentId, device: &str, after: i64) -> Result<AlarmNews> {
        self.settle_sounds(me, device).await?;
        let mut tx = self.0.db.read().await?;
        let head = alarm::head(&mut tx, me).await?;
        let rows = if after < 0 || after > head {
            // A device that found something out alone, before it ever heard from here, must hear that it is over.
            let mut all = alarm::standing(&mut tx, me, i64::MAX).await?;
            all.extend(alarm::ended_after(&mut tx, me, self.now() - LATELY, MOST).await?);
            all
        } else {
            alarm::after(&mut tx, me, after, MOST).await?
        };
        let full = after >= 0 && i64::try_from(rows.len()).unwrap_or(0) == MOST;
        let upto = rows.last().filter(|_| full).map_or(head, |last| last.seq);
        Ok(AlarmNews { upto, alarms: self.alarm_views(&mut tx, me, device, rows).await? })
    }

    async fn settle_sounds(&self, me: AgentId, device: &str) -> Result<()> {
        let standing = alarm::standing(&mut self.0.db.read().await?, me, i64::MAX).await?;
        if self.connected().is_some() || standing.iter().all(|alarm| !alarm.sound.is_empty()) {
            return Ok(());
        }
        let loudest = self.0.uses.loudest(me, self.now()).unwrap_or_else(|| device.to_owned());
        let mut tx = self.0.db.aside().await?;
        alarm::set_sound(&mut tx, me, &loudest).await?;
        Ok(tx.commit().await?)
    }

    /// What stands for an agent, the earliest first, as this computer's window shows it.
    pub async fn standing_alarms(&self, me: AgentId, device: &str) -> Result<Vec<AlarmView>> {
        self.settle_sounds(me, device).await?;
        let mut tx = self.0.db.read().await?;
        let rows = alarm::standing(&mut tx, me, i64::MAX).await?;
        self.alarm_views(&mut tx, me, device, rows).await
    }

    /// What this computer's window has to show and has not shown yet; nothing of what is to be left unsaid for now.
    pub async fn alarms_to_show(&self, me: AgentId) -> Result<Vec<AlarmView>> {
        let standing = self.standing_alarms(me, WINDOW).await?;
        let shown = alarm::shown(&mut self.0.db.read().await?, me).await?;
        let notify = read_notify(self.personal(me, NOTIFY).await?);
        let (now, zone) = (self.now(), self.settings().desk.time_zone.clone());
        let silent = |alarm: &AlarmView| notify.silence(Happening::parse(&alarm.event), now, &zone).is_some();
        Ok(standing.into_iter().filter(|alarm| !shown.contains(&alarm.id) && (alarm.event == "test" || !silent(alarm))).collect())
    }

    /// Notes what this computer has shown, or why it could not.
    pub async fn note_shown(&self, me: AgentId, alarms: &[AlarmView], failed: Option<&str>) -> Result<()> {
        let (now, told) = (self.now(), self.connected().is_none());
        let mut tx = self.0.db.aside().await?;
        for shown in alarms {
            if failed.is_none() {
                alarm::note_shown(&mut tx, me, &shown.id, now).await?;
            }
            let outcome = if failed.is_some() { "failed" } else { "shown" };
            let mut one = line(me, &shown.id, shown.ticket_id, &shown.event, outcome, now);
            one.device = crate::replica::computer();
            one.detail = failed.unwrap_or_default().to_owned();
            one.told = told;
            delivery::insert(&mut tx, &one).await?;
        }
        tx.commit().await?;
        if !told {
            self.sync_now();
        }
        Ok(())
    }

    /// Notes alarms that only the page can show: there is nothing here that shows notifications.
    pub async fn note_shown_by_page(&self, me: AgentId, alarms: &[AlarmView]) -> Result<()> {
        let now = self.now();
        let mut tx = self.0.db.aside().await?;
        for shown in alarms {
            alarm::note_shown(&mut tx, me, &shown.id, now).await?;
        }
        tx.commit().await?;
        for shown in alarms {
            let notice = Notice::new(Notice::ALARM);
            self.notify_here(Notice { title: shown.title.clone(), ticket: shown.ticket_id, agents: vec![me], ..notice });
        }
        Ok(())
    }

    /// A moment as a clock on the wall shows it, `14:02`, in the desk's zone; with its day where that is another.
    pub fn clock_face(&self, at: i64) -> String {
        let zone: chrono_tz::Tz = self.settings().desk.time_zone.parse().unwrap_or(chrono_tz::UTC);
        let local = |ms: i64| chrono::DateTime::from_timestamp_millis(ms).unwrap_or_default().with_timezone(&zone);
        let same_day = local(at).date_naive() == local(self.now()).date_naive();
        local(at).format(if same_day { "%H:%M" } else { "%Y-%m-%d %H:%M" }).to_string()
    }

    /// May this notice be shown by the system now? What the agent switched off stays unsaid, as does what comes in quiet hours.
    pub async fn may_show(&self, me: AgentId, notice: &Notice) -> Result<bool> {
        let held = match notice.ticket {
            Some(id) => docket_store::ticket::find(&mut self.0.db.read().await?, id).await?.is_some_and(|ticket| ticket.is_held()),
            None => false,
        };
        let notify = read_notify(self.personal(me, NOTIFY).await?);
        Ok(notify.silence(super::happening(notice.code, held), self.now(), &self.settings().desk.time_zone).is_none())
    }

    /// Shows nothing until then; none: everything again.
    pub async fn pause(&self, me: AgentId, until: Option<i64>) -> Result<()> {
        let mut document = self.personal(me, NOTIFY).await?;
        if !document.is_object() {
            document = Value::Object(serde_json::Map::new());
        }
        document["paused_until"] = serde_json::json!(until);
        self.save_personal(me, NOTIFY, document).await?;
        self.ring(me);
        self.sync_now();
        Ok(())
    }

    /// What the icon beside the clock shows.
    pub async fn glance(&self, me: AgentId) -> Result<Glance> {
        let paused = read_notify(self.personal(me, NOTIFY).await?).paused_until.filter(|until| *until > self.now());
        let mut tx = self.0.db.read().await?;
        let (mine, late) = alarm::burden(&mut tx, me, self.now()).await?;
        let next = alarm::deadlines(&mut tx, me, self.now(), NEXT).await?;
        let view =
            |one: alarm::Deadline| DeadlineView { ticket_id: TicketId(one.id), number: one.number, title: one.title, due_at: one.due_at };
        Ok(Glance { mine, late, next: next.into_iter().map(view).collect(), paused_until: paused })
    }
}
