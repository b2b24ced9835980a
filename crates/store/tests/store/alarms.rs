use docket_domain::{AgentId, Ticket, TicketId};
use docket_store::{
    alarm::{self, Alarm, Deadline, End},
    delivery::{self, Delivery},
    personal,
    ticket::Class,
};

use crate::desk::{Desk, id, ticket};

fn alarm(agent: u128, name: &str, due_at: i64) -> Alarm {
    Alarm {
        agent_id: id(agent),
        id: name.into(),
        ticket_id: Some(id(1)),
        event: "escalation".into(),
        due_at,
        raised_at: due_at,
        as_of: None,
        sound: String::new(),
        again_at: None,
        ended: None,
        ended_at: None,
        told: true,
        seq: 0,
    }
}

fn names(alarms: Vec<Alarm>) -> Vec<String> {
    alarms.into_iter().map(|alarm| alarm.id).collect()
}

fn line(n: u128, outcome: &str, due_at: i64) -> Delivery {
    Delivery {
        id: id(n),
        at: due_at,
        agent_id: id(90),
        alarm_id: "a".into(),
        ticket_id: None,
        event: "test".into(),
        way: "mail".into(),
        device: String::new(),
        outcome: outcome.into(),
        detail: String::new(),
        due_at,
        attempts: 0,
        told: n != 3,
    }
}

both! {
    async fn an_alarm_is_raised_once_and_ends_once(desk: Desk) {
        let (ana, ben) = (AgentId(id(90)), AgentId(id(91)));
        let seen = End { how: "seen", at: 50, again_at: None, told: false };
        let mut tx = desk.aside().await.unwrap();
        for (name, due) in [("late", 20), ("early", 10)] {
            assert!(alarm::raise(&mut tx, &alarm(90, name, due)).await.unwrap());
        }
        assert!(!alarm::raise(&mut tx, &alarm(90, "late", 99)).await.unwrap());
        assert!(alarm::raise(&mut tx, &alarm(91, "late", 20)).await.unwrap());
        assert_eq!(names(alarm::standing(&mut tx, ana, 10).await.unwrap()), ["early", "late"]);
        let upto = alarm::head(&mut tx, ana).await.unwrap();
        assert!(alarm::end(&mut tx, ana, "early", seen).await.unwrap());
        assert!(!alarm::end(&mut tx, ana, "early", End { how: "taken", ..seen }).await.unwrap());
        assert_eq!(alarm::find(&mut tx, ana, "early").await.unwrap().unwrap().ended.as_deref(), Some("seen"));
        assert_eq!(names(alarm::after(&mut tx, ana, upto, 10).await.unwrap()), ["early"]);
        assert_eq!(names(alarm::untold(&mut tx, ana, 10).await.unwrap()), ["early"]);
        alarm::mark_told(&mut tx, ana, "early").await.unwrap();
        assert_eq!(names(alarm::untold(&mut tx, ana, 10).await.unwrap()), [""; 0]);
        assert_eq!(names(alarm::standing(&mut tx, ben, 10).await.unwrap()), ["late"], "each agent has their own");
        assert_eq!(names(alarm::of_ticket(&mut tx, ana, TicketId(id(1))).await.unwrap()), ["late"]);
        alarm::set_sound(&mut tx, ana, "laptop").await.unwrap();
        alarm::set_sound(&mut tx, ana, "desk").await.unwrap();
        assert_eq!(alarm::find(&mut tx, ana, "late").await.unwrap().unwrap().sound, "laptop");
        for name in ["late", "early", "late"] {
            alarm::note_shown(&mut tx, ana, name, 30).await.unwrap();
        }
        assert_eq!(alarm::shown(&mut tx, ana).await.unwrap(), ["late"]);
        alarm::expire(&mut tx, 51).await.unwrap();
        assert_eq!(alarm::find(&mut tx, ana, "early").await.unwrap(), None);
        assert!(alarm::find(&mut tx, ana, "late").await.unwrap().is_some(), "what stands is never forgotten");
    }

    async fn what_is_put_off_comes_again_once(desk: Desk) {
        let ana = AgentId(id(90));
        let mut tx = desk.aside().await.unwrap();
        alarm::raise(&mut tx, &alarm(90, "a", 10)).await.unwrap();
        alarm::end(&mut tx, ana, "a", End { how: "snoozed", at: 20, again_at: Some(40), told: true }).await.unwrap();
        assert_eq!(names(alarm::again(&mut tx, 39, 10).await.unwrap()), [""; 0]);
        assert_eq!(alarm::next(&mut tx, 20).await.unwrap(), Some(40));
        alarm::expire(&mut tx, 100).await.unwrap();
        assert_eq!(names(alarm::again(&mut tx, 40, 10).await.unwrap()), ["a"]);
        alarm::came_again(&mut tx, ana, "a").await.unwrap();
        assert_eq!(names(alarm::again(&mut tx, 40, 10).await.unwrap()), [""; 0]);
    }

    async fn what_is_due_is_found_by_its_moment_and_by_its_change(desk: Desk) {
        let mine = |n, until| Ticket { pending_until: until, owner: Some(AgentId(id(90))), ..ticket(n) };
        for (n, class, until) in [(1, Class::Viewable, Some(30)), (2, Class::Viewable, Some(10)), (3, Class::Auto, Some(20)), (4, Class::Viewable, None)] {
            desk.keep(&mine(n, until), class).await;
        }
        let mut tx = desk.read().await.unwrap();
        let head = tx.head;
        assert_eq!(alarm::reminders(&mut tx, 9, 30, 10).await.unwrap(), [id(2), id(1)]);
        assert!(alarm::reminders(&mut tx, 10, 29, 10).await.unwrap().is_empty());
        assert_eq!(alarm::next(&mut tx, 10).await.unwrap(), Some(30));
        assert_eq!(alarm::overdue_since(&mut tx, 0, 29, 10).await.unwrap(), [id(2)]);
        assert!(alarm::overdue_since(&mut tx, head, 29, 10).await.unwrap().is_empty());
        assert_eq!(alarm::burden(&mut tx, AgentId(id(90)), 10).await.unwrap(), (3, 1));
        let next = Deadline { id: id(1), number: ticket(1).number, title: ticket(1).title, due_at: 30 };
        assert_eq!(alarm::deadlines(&mut tx, AgentId(id(90)), 10, 3).await.unwrap(), [next]);
        drop(tx);
        let mut tx = desk.aside().await.unwrap();
        assert_eq!(alarm::mark(&mut tx).await.unwrap(), None);
        for at in [5, 6] {
            alarm::set_mark(&mut tx, at, 7).await.unwrap();
        }
        assert_eq!(alarm::mark(&mut tx).await.unwrap(), Some((6, 7)));
        alarm::raise(&mut tx, &alarm(90, "a", 10)).await.unwrap();
        assert_eq!(names(alarm::on_changed(&mut tx, 0).await.unwrap()), ["a"]);
        assert_eq!(names(alarm::on_changed(&mut tx, head).await.unwrap()), [""; 0]);
    }

    async fn a_mail_takes_each_step_once(desk: Desk) {
        let mut tx = desk.aside().await.unwrap();
        for one in [line(1, "waiting", 10), line(2, "waiting", 20), line(3, "shown", 30), line(1, "failed", 40)] {
            delivery::insert(&mut tx, &one).await.unwrap();
        }
        assert_eq!(delivery::due(&mut tx, 19, 10).await.unwrap(), [line(1, "waiting", 10)]);
        assert!(delivery::step(&mut tx, id(1), "waiting", "sending", "", 15).await.unwrap());
        assert!(!delivery::step(&mut tx, id(1), "waiting", "sending", "", 15).await.unwrap());
        delivery::doubt(&mut tx, 15).await.unwrap();
        assert!(delivery::step(&mut tx, id(1), "sending", "sent", "", 15).await.unwrap(), "it was not doubted too early");
        assert!(delivery::step(&mut tx, id(2), "waiting", "sending", "", 20).await.unwrap());
        delivery::doubt(&mut tx, 21).await.unwrap();
        let outcomes: Vec<_> = delivery::of_agent(&mut tx, AgentId(id(90)), 10).await.unwrap().into_iter().map(|one| one.outcome).collect();
        assert_eq!(outcomes, ["shown", "perhaps", "sent"]);
        assert_eq!(delivery::untold(&mut tx, 10).await.unwrap(), [line(3, "shown", 30)]);
        delivery::mark_told(&mut tx, id(3)).await.unwrap();
        assert_eq!(delivery::untold(&mut tx, 10).await.unwrap(), []);
        delivery::expire(&mut tx, 30).await.unwrap();
        assert_eq!(delivery::of_agent(&mut tx, AgentId(id(90)), 10).await.unwrap().len(), 1);
    }

    async fn the_wishes_of_all_agents_are_found_by_their_key(desk: Desk) {
        let mut tx = desk.aside().await.unwrap();
        for (agent, kind, key) in [(90, "view", "notify"), (91, "view", "notify"), (90, "view", "other"), (90, "draft", "notify")] {
            personal::save(&mut tx, AgentId(id(agent)), kind, key, "{}", 1).await.unwrap();
        }
        personal::remove(&mut tx, AgentId(id(91)), "view", "notify", 2).await.unwrap();
        assert_eq!(personal::of_key(&mut tx, "view", "notify").await.unwrap(), [(id(90), "{}".to_owned())]);
    }
}
