//! The send guard: what happened since a text was written is seen before it leaves.

use std::time::Duration;

use docket_app::wire::{CommandBody, body::Mail as Letter};
use docket_domain::{TicketId, master};
use docket_tests::{Agent, Desk, Mail};

fn boxed(letter: &Letter) -> CommandBody {
    CommandBody::Reply(Box::new(letter.clone()))
}

fn note(text: &str) -> CommandBody {
    CommandBody::Note {
        article_id: Desk::new_id().into(),
        subject: String::new(),
        text: text.into(),
        visible: false,
        attachments: vec![],
        state_id: None,
        pending_until: None,
    }
}

#[tokio::test]
async fn the_guard_holds_what_was_written_without_the_newest_mail() {
    let desk = Desk::start().await;
    let (ana, ben) = (desk.agent("ana").await, desk.agent("ben").await);
    let ticket = desk.mail_from("petra@x.test", "Printer on fire").await;
    let number = desk.see(ticket).await.row.number;
    let letter = ana.writes(ticket, "reply", "Use water.").await;
    desk.receive(Mail::from("petra@x.test").subject(&format!("[Ticket#{number}]")).text("It is an oil fire!")).await;
    ana.does(ticket, boxed(&letter)).await;
    let held = desk.delivery_is(ticket, letter.article_id, "held").await;
    assert_eq!(held.delivery.unwrap().error.as_deref(), Some("new_customer_mail"));
    let view = desk.see(ticket).await;
    assert!(view.row.flags.contains(&"held".to_owned()) && view.row.owner_id.is_none(), "{:?}", view.row.flags);
    assert_eq!(desk.app().counts(ana.id).await.unwrap().outbox.needs_you, 1);

    // Nothing has left; the agent reads both and decides.
    assert_eq!(desk.sent_to("petra@x.test", 1).await.len(), 1);
    ana.does(ticket, CommandBody::SendAgain { article_id: letter.article_id }).await;
    desk.delivery_is(ticket, letter.article_id, "sent").await;

    // A colleague's note, and a colleague's answer.
    let second = ana.writes(ticket, "reply", "Or sand.").await;
    ben.does(ticket, note("She is on the phone with me.")).await;
    ana.does(ticket, boxed(&second)).await;
    let held = desk.delivery_is(ticket, second.article_id, "held").await;
    assert_eq!(held.delivery.unwrap().error.as_deref(), Some("note_by_colleague"));
    let given_up = ana.does(ticket, CommandBody::DiscardSend { article_id: second.article_id }).await;
    assert!(given_up.drafts.is_empty(), "what was discarded is not begun again");
    let there = given_up.articles.iter().find(|article| article.id == second.article_id).unwrap();
    assert!(there.text.contains("Or sand."), "nobody's text is lost");

    // What one did oneself, and what was on the screen, holds nothing.
    let third = ana.writes(ticket, "reply", "Third.").await;
    ana.does(ticket, note("to myself")).await;
    ana.does(ticket, boxed(&third)).await;
    desk.delivery_is(ticket, third.article_id, "sent").await;
}

#[tokio::test]
async fn the_guard_holds_a_text_that_waited_for_more_than_a_day() {
    let desk = Desk::start().await;
    let ana = desk.agent("ana").await;
    let ticket = desk.mail_from("petra@x.test", "Printer on fire").await;
    let mut letter = ana.writes(ticket, "reply", "Good morning.").await;
    letter.delay_seconds = Some(3600);
    ana.does(ticket, boxed(&letter)).await;
    desk.later(Duration::from_secs(25 * 3600));
    let held = desk.delivery_is(ticket, letter.article_id, "held").await;
    assert_eq!(held.delivery.unwrap().error.as_deref(), Some("old_text"));
}

/// Writes a mail that waits, lets a colleague act, and ends the delay.
async fn meanwhile(desk: &Desk, act: impl AsyncFn(&Agent<'_>, TicketId)) -> Option<String> {
    let (ana, ben) = (desk.agent("ana").await, desk.agent("ben").await);
    let ticket = desk.mail_from("petra@x.test", "Printer on fire").await;
    desk.nothing_waits().await;
    let mut letter = ana.writes(ticket, "reply", "Use water.").await;
    letter.delay_seconds = Some(3600);
    ana.does(ticket, boxed(&letter)).await;
    act(&ben, ticket).await;
    let left = ana.try_to(ticket, CommandBody::SendNow { article_id: letter.article_id }).await;
    left.expect("the delay can be ended");
    let view = docket_tests::until("the mail to leave or to be held", async || {
        let view = desk.article(ticket, letter.article_id).await;
        view.delivery.as_ref().is_some_and(|delivery| ["sent", "held"].contains(&delivery.state.as_str())).then_some(view)
    })
    .await;
    view.delivery.and_then(|delivery| delivery.error)
}

#[tokio::test]
async fn the_guard_sees_what_colleagues_did() {
    let desk = Desk::start().await;
    let colleague = async |body: CommandBody| meanwhile(&desk, async |ben, ticket| drop(ben.does(ticket, body.clone()).await)).await;
    for (body, expected) in [
        (CommandBody::Move { queue_id: master::QUEUE_MISC }, Some("moved")),
        (CommandBody::SetCustomer { address: "carla@x.test".into(), name: "Carla".into() }, Some("customer_changed")),
        (CommandBody::Close { state_id: master::STATE_CLOSED_SUCCESSFUL }, Some("closed")),
        (CommandBody::Take { over: false }, Some("locked_by_other")),
        (note("I know her."), Some("note_by_colleague")),
        (CommandBody::SetPriority { priority_id: master::priority(5) }, None),
        (CommandBody::SetTitle { title: "Fire".into() }, None),
    ] {
        let words = format!("{body:?}");
        assert_eq!(colleague(body).await.as_deref(), expected, "{words}");
    }
    // Also while it is still locked for whoever answered.
    let answered = meanwhile(&desk, async |ben, ticket| {
        ben.answers(ticket, "Use sand.").await;
    });
    assert_eq!(answered.await.as_deref(), Some("answered_by_colleague"));
    let taken_back = meanwhile(&desk, async |ben, ticket| {
        let mut letter = ben.writes(ticket, "reply", "Use sand.").await;
        letter.delay_seconds = Some(3600);
        ben.does(ticket, boxed(&letter)).await;
        ben.does(ticket, CommandBody::CancelSend { article_id: letter.article_id }).await;
    });
    assert_eq!(taken_back.await, None, "an answer that never left is none");
}

/// DESIGN §5: for the desktop, the browser and the API alike.
#[tokio::test]
async fn a_client_that_does_not_say_what_it_has_seen_has_seen_what_was_there() {
    let desk = Desk::start().await;
    let ana = desk.agent("ana").await;
    let ticket = desk.mail_from("petra@x.test", "Printer on fire").await;
    let number = desk.see(ticket).await.row.number;
    let mut letter = ana.writes(ticket, "reply", "Use water.").await;
    (letter.seen_upto, letter.delay_seconds) = (None, Some(3600));
    ana.does(ticket, boxed(&letter)).await;
    desk.receive(Mail::from("petra@x.test").subject(&format!("[Ticket#{number}]")).text("It is an oil fire!")).await;
    ana.does(ticket, CommandBody::SendNow { article_id: letter.article_id }).await;
    let held = desk.delivery_is(ticket, letter.article_id, "held").await;
    assert_eq!(held.delivery.unwrap().error.as_deref(), Some("new_customer_mail"));
}
