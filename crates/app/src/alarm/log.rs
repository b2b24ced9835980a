//! What went to whom, how, and why not; and a test of it.

use docket_domain::{AgentId, TicketId};
use docket_store::{alarm, delivery, ticket};

use super::{line, mail, row};
use crate::{
    app::App,
    clock::new_id,
    error::Result,
    wire::{AlarmLine, AlarmTest},
};

/// Days that the log goes back.
pub(crate) const KEPT_DAYS: i64 = 14;
/// Lines of one answer.
const MOST: i64 = 300;

impl App {
    /// The delivery log of an agent, the latest first: one's own, or as an administrator anybody's.
    pub async fn deliveries(&self, me: AgentId, agent: AgentId) -> Result<Vec<AlarmLine>> {
        if me != agent {
            self.need_admin(me)?;
        }
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let mut views = Vec::new();
        for one in delivery::of_agent(&mut tx, agent, MOST).await? {
            let about = match one.ticket_id {
                Some(id) => ticket::find(&mut tx, TicketId(id)).await?,
                None => None,
            };
            let about = about.filter(|ticket| docket_domain::access::may_read(&settings, me, ticket));
            views.push(AlarmLine { number: about.map(|ticket| ticket.number).unwrap_or_default(), ..view(one) });
        }
        Ok(views)
    }

    /// Shows a test on the agent's devices and sends one to their address; what came of the mail is answered at once, what the
    /// devices did stands in the log.
    pub async fn test_alarm(&self, me: AgentId) -> Result<AlarmTest> {
        let (id, now) = (format!("test.{}", new_id()), self.now());
        let mut tx = self.0.db.aside().await?;
        alarm::raise(&mut tx, &row(me, &id, None, "test", now, now)).await?;
        delivery::insert(&mut tx, &line(me, &id, None, "test", "told", now)).await?;
        self.tell_rung_in(&mut tx, me).await?;
        tx.commit().await?;
        self.ring(me);
        let to = self.settings().agents.get(&me).map(|agent| agent.email.clone()).unwrap_or_default();
        let mail_error = if to.is_empty() { None } else { self.mail_test(me, &id).await?.err() };
        Ok(AlarmTest { alarm_id: id, mail_to: to, mail_error })
    }

    async fn mail_test(&self, me: AgentId, id: &str) -> Result<Result<(), String>> {
        let one = mail::letter(me, id, None, "test", self.now());
        let mut tx = self.0.db.aside().await?;
        delivery::insert(&mut tx, &delivery::Delivery { outcome: "testing".into(), ..one.clone() }).await?;
        tx.commit().await?;
        let outcome = self.mail_one(&one, "testing").await?;
        Ok(match outcome {
            mail::Outcome::Sent => Ok(()),
            mail::Outcome::Later(words) | mail::Outcome::Failed(words) | mail::Outcome::Perhaps(words) => {
                let mut tx = self.0.db.aside().await?;
                delivery::step(&mut tx, one.id, "testing", "failed", &words, one.due_at).await?;
                tx.commit().await?;
                Err(words)
            }
        })
    }
}

fn view(one: delivery::Delivery) -> AlarmLine {
    AlarmLine {
        id: one.id,
        at: one.at,
        alarm_id: one.alarm_id,
        ticket_id: one.ticket_id.map(TicketId),
        number: String::new(),
        event: one.event,
        way: one.way,
        device: one.device,
        outcome: one.outcome,
        detail: one.detail,
    }
}

impl From<delivery::Delivery> for AlarmLine {
    fn from(one: delivery::Delivery) -> Self {
        view(one)
    }
}
