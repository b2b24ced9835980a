//! Agents who are away: nothing is given to them, and what cannot wait goes to who stands in and to the queue.

use docket_app::{Error, Notice, wire::CommandBody};
use docket_domain::{Refusal, absence::Absence, master};
use docket_tests::{Desk, Mail, until};
use serde_json::json;
use tokio::sync::broadcast::Receiver;

use super::waiting::{DAY, events, looked};

/// Waits for the notice with this code.
async fn hear(heard: &mut Receiver<Notice>, code: &str) -> Notice {
    until(code, async || heard.try_recv().ok().filter(|notice| notice.code == code)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_given_to_who_is_away_and_mail_frees_what_they_have() {
    let desk = Desk::start().await;
    let (ana, ben, cem) = (desk.agent("ana").await, desk.agent("ben").await, desk.agent("cem").await);
    let theirs = desk.mail_from("petra@x.test", "Printer").await;
    ben.does(theirs, CommandBody::Take { over: false }).await;
    let article = ben.answers(theirs, "Have you tried water?").await;
    let now = desk.app().now();
    let absence = Absence { from: now, until: now + i64::try_from(DAY.as_millis()).unwrap(), deputy_id: Some(cem.id) };
    desk.app().save_absence(ben.id, ben.id, Some(absence)).await.unwrap();

    let other = desk.mail_from("otto@x.test", "Scanner").await;
    let given = ana.try_to(other, CommandBody::SetOwner { owner_id: Some(ben.id) }).await;
    assert!(matches!(given, Err(Error::Refused(Refusal::AgentAbsent))), "{given:?}");
    ana.does(other, CommandBody::SetOwner { owner_id: Some(cem.id) }).await;
    assert!(ana.see(theirs).await.row.locked, "what they have they keep while nothing happens");

    let mut heard = desk.app().notices();
    let thread = desk.article(theirs, article).await.message_id.unwrap();
    desk.receive(Mail::from("petra@x.test").subject("Re: Printer").header("In-Reply-To", &format!("<{thread}>"))).await;
    let view = ana.see(theirs).await.row;
    assert_eq!((view.locked, view.owner_id), (false, Some(ben.id)));
    assert_eq!(events(&desk, theirs, "unlocked").await, [json!({ "reason": "owner_absent" })]);
    let notice = hear(&mut heard, "owner_absent").await;
    assert!(desk.app().concerns(cem.id, &notice).await.unwrap() && !desk.app().concerns(ben.id, &notice).await.unwrap());
    let mail = hear(&mut heard, "follow_up").await;
    assert_eq!(mail.queue, Some(view.queue_id), "the queue hears of the mail");
    desk.folds(theirs).await;

    desk.later(DAY);
    ana.does(other, CommandBody::SetOwner { owner_id: Some(ben.id) }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadline_that_passes_frees_the_ticket_of_who_is_away() {
    let desk = Desk::start().await;
    let (ana, ben) = (desk.agent("ana").await, desk.agent("ben").await);
    let until_then = desk.app().now() + 3_600_000;
    let ticket = super::waiting::open(&desk, master::STATE_PENDING_REMINDER, Some(until_then)).await;
    let day = i64::try_from(DAY.as_millis()).unwrap();
    let absence = Absence { from: desk.app().now(), until: until_then + day, deputy_id: Some(ben.id) };
    desk.app().save_absence(ana.id, ana.id, Some(absence)).await.unwrap();
    looked(&desk).await;
    assert!(ana.see(ticket).await.row.locked);
    let mut heard = desk.app().notices();
    super::waiting::go_to(&desk, until_then);
    let notice = hear(&mut heard, "owner_absent").await;
    assert_eq!((notice.agents, notice.queue), (vec![ben.id], Some(master::QUEUE_FIRST)));
    assert!(!ana.see(ticket).await.row.locked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_says_so_for_themselves_and_administrators_for_all() {
    let desk = Desk::start().await;
    let (ana, ben) = (desk.agent("ana").await, desk.agent("ben").await);
    let absence = Absence { from: 1, until: 2, deputy_id: None };
    assert!(matches!(desk.app().save_absence(ben.id, ana.id, Some(absence)).await, Err(Error::Forbidden)));
    for who in [ben.id, ana.id] {
        desk.app().save_absence(who, ben.id, Some(absence)).await.unwrap();
        assert_eq!(desk.app().settings().agents[&ben.id].absence, Some(absence));
        desk.app().save_absence(who, ben.id, None).await.unwrap();
        assert_eq!(desk.app().settings().agents[&ben.id].absence, None);
    }
    let backwards = Absence { from: 2, until: 1, deputy_id: None };
    assert!(matches!(desk.app().save_absence(ben.id, ben.id, Some(backwards)).await, Err(Error::Invalid(_))));
}
