//! Who watches, who has it along, and who is there.

use std::time::Duration;

use docket_app::wire::{CommandBody, ListQuery};
use docket_domain::{AgentId, Refusal, TicketId, master};
use docket_peers::Postgres;
use docket_tests::{Desk, Mail, Plan, until};

/// The tickets of a view, newest change first.
async fn listed(desk: &Desk, me: AgentId, view: &str) -> Vec<TicketId> {
    let query = ListQuery { view: Some(view.into()), ..ListQuery::default() };
    let page = desk.app().list(me, query).await.expect("the view can be listed");
    assert_eq!(page.total, page.rows.len() as i64, "{view}");
    page.rows.into_iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn what_is_taken_along_stays_among_the_new_work() {
    let desk = Desk::start().await;
    let (ana, ben) = (desk.agent("ana").await, desk.agent("ben").await);
    let ticket = desk.mail_from("petra@x.test", "Printer").await;
    let number = desk.see(ticket).await.row.number;
    let counts = async |me| desk.app().counts(me).await.expect("counts").views;

    ana.does(ticket, CommandBody::Lock).await;
    assert_eq!((listed(&desk, ben.id, "unassigned").await, counts(ben.id).await.unassigned), (vec![], 0));
    let view = ana.does(ticket, CommandBody::TakeAlong).await;
    let away = view.row.away.expect("it says with whom");
    assert_eq!((away.agent_id, view.row.locked, view.row.owner_id), (ana.id, true, Some(ana.id)));
    for me in [ana.id, ben.id] {
        assert_eq!((listed(&desk, me, "unassigned").await, counts(me).await.unassigned), (vec![ticket], 1));
    }
    let row =
        desk.app().list(ben.id, ListQuery { view: Some("open".into()), ..ListQuery::default() }).await.expect("a list").rows.remove(0);
    assert_eq!((row.away, row.locked, row.flags), (Some(away), true, vec!["away".to_owned()]));
    assert_eq!((listed(&desk, ana.id, "locked").await, counts(ana.id).await.locked), (vec![ticket], 1));

    // A mail on it alerts the queue like an unlocked one; on a ticket that is locked here, only who has to do with it.
    let mut notices = desk.app().notices();
    desk.receive(Mail::from("petra@x.test").subject(&format!("[Ticket#{number}]"))).await;
    let notice = notices.recv().await.expect("a notice");
    assert!(desk.app().concerns(ben.id, &notice).await.expect("an answer"), "{notice:?}");
    ana.does(ticket, CommandBody::BringBack).await;
    assert_eq!((desk.see(ticket).await.row.away, desk.see(ticket).await.row.locked), (None, true));
    assert_eq!(listed(&desk, ben.id, "unassigned").await, []);
    desk.receive(Mail::from("petra@x.test").subject(&format!("[Ticket#{number}]"))).await;
    let notice = notices.recv().await.expect("a notice");
    assert!(!desk.app().concerns(ben.id, &notice).await.expect("an answer"), "{notice:?}");
    assert!(desk.app().concerns(ana.id, &notice).await.expect("an answer"), "{notice:?}");

    ana.does(ticket, CommandBody::TakeAlong).await;
    let refused = ben.try_to(ticket, CommandBody::Take { over: false }).await;
    assert!(matches!(refused, Err(docket_app::Error::Refused(Refusal::LockedByOther))), "{refused:?}");
    let taken = ben.does(ticket, CommandBody::Take { over: true }).await;
    assert_eq!((taken.row.away, taken.row.owner_id, taken.row.locked), (None, Some(ben.id), true));
    ben.does(ticket, CommandBody::TakeAlong).await;
    ben.does(ticket, CommandBody::Close { state_id: master::STATE_CLOSED_SUCCESSFUL }).await;
    let closed = desk.see(ticket).await.row;
    assert_eq!((closed.away, closed.locked), (None, false));
    assert_eq!(listed(&desk, ben.id, "unassigned").await, []);
    desk.folds(ticket).await;
}

#[tokio::test]
async fn who_watches_hears_of_notes_and_mail() {
    let desk = Desk::start().await;
    let (ana, ben, cleo) = (desk.agent("ana").await, desk.agent("ben").await, desk.agent("cleo").await);
    let ticket = desk.mail_from("petra@x.test", "Printer").await;
    desk.mail_from("petra@x.test", "Toner").await;
    ben.does(ticket, CommandBody::Watch).await;
    assert_eq!((listed(&desk, ben.id, "watched").await, listed(&desk, cleo.id, "watched").await), (vec![ticket], vec![]));
    assert_eq!(desk.app().counts(ben.id).await.expect("counts").views.watched, 1);
    ana.does(ticket, CommandBody::SetResponsible { agent_id: Some(cleo.id) }).await;

    let mut notices = desk.app().notices();
    let note = CommandBody::Note {
        article_id: Desk::new_id().into(),
        subject: String::new(),
        text: "She called.".into(),
        visible: false,
        attachments: vec![],
        state_id: None,
        pending_until: None,
    };
    ana.does(ticket, note).await;
    let notice = notices.recv().await.expect("a notice");
    let hears = async |me| desk.app().concerns(me, &notice).await.expect("an answer");
    assert_eq!((notice.code, notice.ticket), ("note", Some(ticket)));
    assert_eq!((hears(ana.id).await, hears(ben.id).await, hears(cleo.id).await), (false, true, true));

    ben.does(ticket, CommandBody::Unwatch).await;
    assert_eq!(listed(&desk, ben.id, "watched").await, []);
    assert!(!desk.see(ticket).await.watchers.contains(&ben.id));
}

#[tokio::test]
async fn agents_see_each_other_at_a_ticket() {
    let desk = Desk::start().await;
    let (ana, ben) = (desk.agent("ana").await, desk.agent("ben").await);
    let ticket = desk.mail_from("petra@x.test", "Printer").await;
    desk.nothing_waits().await;
    let app = desk.app();
    assert!(app.be_present(ana.id, ticket, false).await.expect("she may").is_empty(), "one does not see oneself");
    let head = app.counts(ana.id).await.expect("counts").seq;
    // Whoever waits hears of it at once.
    let waits = tokio::spawn({
        let (app, me) = (app.clone(), ana.id);
        async move { app.changes(me, head, Duration::from_secs(20)).await }
    });
    until("the wait to end", async || {
        app.be_present(ben.id, ticket, false).await.expect("he may");
        app.leave_ticket(ben.id, ticket).await.expect("he may");
        waits.is_finished().then_some(())
    })
    .await;
    assert_eq!(waits.await.expect("it ended").expect("an answer").presence, [ticket]);
    app.be_present(ben.id, ticket, true).await.expect("he may");
    let others = app.present(ana.id, ticket).await.expect("she may");
    assert_eq!(others.iter().map(|other| (other.agent_id, other.writing)).collect::<Vec<_>>(), [(ben.id, true)]);
    desk.later(Duration::from_secs(41));
    until("who says nothing to be forgotten", async || app.present(ana.id, ticket).await.expect("she may").is_empty().then_some(())).await;
}

#[tokio::test]
async fn servers_of_one_desk_share_who_is_there() {
    let server = Postgres::start();
    let database = Some(docket_app::Database::Postgres(server.url()));
    let plan = Plan { database: database.clone(), ..Plan::default() };
    let desk = Desk::with(plan).await;
    let ben = desk.agent("ben").await;
    let ticket = desk.mail_from("petra@x.test", "Printer").await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = docket_app::Options {
        data: folder.path().join("second"),
        database,
        hold: docket_app::Hold::Beside,
        host: docket_app::HostKind::Server,
        key_file: None,
    };
    let second = docket_app::App::open(options).await.expect("a second server");
    second.run();
    second.be_present(ben.id, ticket, true).await.expect("he may");
    until("the other server to know", async || {
        let others = desk.app().present(desk.ana(), ticket).await.expect("she may");
        others.iter().any(|other| other.agent_id == ben.id && other.writing).then_some(())
    })
    .await;
    second.leave_ticket(ben.id, ticket).await.expect("he may");
    until("the other server to know", async || desk.app().present(desk.ana(), ticket).await.expect("she may").is_empty().then_some(()))
        .await;
    second.close().await;
}
