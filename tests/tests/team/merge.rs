//! One ticket goes into another.

use docket_app::{
    Database, Error,
    wire::{CommandBody, MergeWarning, SaveDraft},
};
use docket_domain::{LinkKind, Refusal, TicketId, access::Right, master, settings::Kind};
use docket_peers::Postgres;
use docket_tests::{Desk, Mail, Plan};
use serde_json::json;

async fn on_postgresql() -> (Desk, Postgres) {
    let server = Postgres::start();
    let plan = Plan { database: Some(Database::Postgres(server.url())), ..Plan::default() };
    (Desk::with(plan).await, server)
}

fn note(text: &str) -> CommandBody {
    CommandBody::Note {
        article_id: Desk::new_id().into(),
        subject: String::new(),
        text: text.into(),
        visible: false,
        attachments: vec![],
        state_id: Some(master::STATE_CLOSED_SUCCESSFUL),
        pending_until: None,
    }
}

fn link(ticket_id: TicketId, kind: LinkKind) -> CommandBody {
    CommandBody::Link { ticket_id, kind }
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Error>) -> Refusal {
    match answer {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

async fn everything_moves(desk: &Desk) {
    let (ana, ben) = (desk.agent("ana").await, desk.agent("ben").await);
    let first = Mail::from("petra@x.test").subject("Printer").attach("photo.jpg", "image/jpeg", b"JPEG");
    let source = desk.receive(first.clone()).await;
    let target = desk.mail_from("petra@x.test", "Printer again").await;
    let third = desk.mail_from("petra@x.test", "Toner").await;
    desk.nothing_waits().await;
    let (number, there) = (desk.see(source).await.row.number, desk.see(target).await.articles.len());
    let message_id = desk.see(source).await.articles[0].message_id.clone().expect("the mail has one");
    ana.does(source, CommandBody::SetResponsible { agent_id: Some(ben.id) }).await;
    ben.does(source, CommandBody::Watch).await;
    ana.does(source, link(third, LinkKind::Parent)).await;
    ana.does(source, link(target, LinkKind::Normal)).await;
    let draft = SaveDraft { body: json!({ "text": "Dear Petra" }), seen_upto: None };
    desk.app().save_draft(ana.id, source, "reply", draft.clone()).await.expect("a draft is kept");
    let draft = SaveDraft { body: json!({ "text": "Good morning" }), seen_upto: None };
    desk.app().save_draft(ana.id, target, "reply", draft).await.expect("a draft is kept");
    let mut waiting = ben.writes(source, "reply", "Use water.").await;
    (waiting.delay_seconds, waiting.state_id) = (Some(3600), Some(master::STATE_CLOSED_SUCCESSFUL));
    ben.does(source, CommandBody::Reply(Box::new(waiting.clone()))).await;
    let late = ben.writes(source, "reply", "Use sand.").await;
    let articles = desk.see(source).await.articles;

    let preview = desk.app().merge_preview(ana.id, source, &desk.see(target).await.row.number).await.expect("nothing is against it");
    assert_eq!((preview.target.id, preview.warnings), (target, vec![MergeWarning::MailWaits]));
    assert_eq!(preview.articles, articles.len() as i64);
    let shell = ana.does(source, CommandBody::Merge { into: target }).await;
    assert!(shell.merged && shell.articles.is_empty() && shell.drafts.is_empty() && shell.linked.is_empty(), "{shell:?}");
    assert_eq!((shell.row.number.as_str(), shell.merged_into.map(|into| into.id)), (number.as_str(), Some(target)));
    assert_eq!((shell.row.attachments, shell.row.flags.len(), shell.row.locked), (false, 0, false));

    let view = desk.see(target).await;
    let ids = |articles: &[docket_app::wire::ArticleView]| articles.iter().map(|article| article.id).collect::<Vec<_>>();
    assert_eq!(ids(&view.articles)[there..], ids(&articles), "in order, behind those that were there");
    assert!(view.articles.iter().zip(1..).all(|(article, ordinal)| article.ordinal == ordinal));
    assert_eq!(view.articles[there].attachments[0].name, "photo.jpg");
    assert!(view.row.attachments);
    assert_eq!(view.watchers, [ben.id]);
    assert_eq!(view.linked.iter().map(|linked| (linked.id, linked.kind.as_str())).collect::<Vec<_>>(), [(third, "parent")]);
    assert_eq!(
        desk.see(third).await.linked.iter().map(|linked| (linked.id, linked.kind.as_str())).collect::<Vec<_>>(),
        [(target, "child")]
    );
    assert_eq!(view.drafts[0].body["text"], "Good morning\n\nDear Petra", "nobody's text is lost");

    // What had not left is held, by whichever name it is asked for.
    ben.try_to(source, CommandBody::SendNow { article_id: waiting.article_id }).await.expect("the delay can be ended");
    let held = desk.delivery_is(target, waiting.article_id, "held").await;
    assert_eq!(held.delivery.and_then(|delivery| delivery.error).as_deref(), Some("merged"));
    // What is written to it afterwards goes to where it is now, and is held there.
    let done = ben.does(source, CommandBody::Reply(Box::new(late.clone()))).await;
    assert_eq!(done.row.id, target);
    let held = desk.delivery_is(target, late.article_id, "held").await;
    assert_eq!(held.delivery.and_then(|delivery| delivery.error).as_deref(), Some("merged"));
    assert!(desk.see(target).await.row.flags.contains(&"held".to_owned()));
    ben.does(target, CommandBody::SendAgain { article_id: waiting.article_id }).await;
    desk.delivery_is(target, waiting.article_id, "sent").await;
    assert_eq!(desk.state(target).await, "open", "the state was meant for the ticket as it was");
    let noted = ana.does(source, note("She called.")).await;
    assert_eq!((noted.row.id, noted.articles.last().map(|article| article.text.as_str())), (target, Some("She called.")));
    assert_eq!(desk.state(target).await, "open");
    for body in [CommandBody::Lock, CommandBody::SetPriority { priority_id: master::priority(5) }, CommandBody::TakeAlong] {
        assert_eq!(refused(ana.try_to(source, body).await), Refusal::Merged);
    }
    // Mail to the old number and to the old mail.
    let by_number = Mail::from("petra@x.test").subject(&format!("Re: [Ticket#{number}] Printer")).text("By number");
    assert_eq!(desk.receive(by_number).await, target);
    assert_eq!(desk.receive(Mail::from("carla@x.test").subject("Re: Printer").in_reply_to(&message_id)).await, target);
    // A mail that comes twice is still one.
    let before = desk.articles().await.len();
    desk.pass_raw(&desk.addressed(first).bytes()).await;
    assert_eq!(desk.articles().await.len(), before);
    for ticket in [source, target, third] {
        desk.folds(ticket).await;
    }
}

#[tokio::test]
async fn everything_moves_on_sqlite() {
    everything_moves(&Desk::start().await).await;
}

#[tokio::test]
async fn everything_moves_on_postgresql() {
    let (desk, _server) = on_postgresql().await;
    everything_moves(&desk).await;
}

async fn the_chain_ends(desk: &Desk) {
    let ana = desk.agent("ana").await;
    let mut tickets = Vec::new();
    for name in ["a", "b", "c", "d"] {
        tickets.push(desk.mail_from("petra@x.test", name).await);
    }
    let [a, b, c, d] = [tickets[0], tickets[1], tickets[2], tickets[3]];
    let merge = |into| CommandBody::Merge { into };
    assert_eq!(refused(ana.try_to(a, merge(a)).await), Refusal::MergeIntoItself);
    ana.does(a, merge(b)).await;
    ana.does(b, merge(c)).await;
    assert_eq!(desk.see(a).await.merged_into.map(|into| into.id), Some(c), "the way goes on");
    assert_eq!(refused(ana.try_to(c, merge(a)).await), Refusal::MergeCycle);
    assert_eq!(refused(desk.app().merge_preview(ana.id, c, &a.to_string()).await), Refusal::MergeCycle);
    assert_eq!(refused(ana.try_to(a, merge(d)).await), Refusal::Merged);
    assert_eq!(ana.try_to(b, merge(c)).await.expect("it is there").outcome, "unchanged");
    // Into a merged ticket means: to where that is now.
    let preview = desk.app().merge_preview(ana.id, d, &a.to_string()).await.expect("nothing is against it");
    assert_eq!((preview.target.id, preview.warnings), (c, vec![MergeWarning::TargetMerged]));
    ana.does(d, merge(a)).await;
    assert_eq!(desk.see(c).await.articles.iter().filter(|article| article.from.contains("petra")).count(), 4);
    for (old, number) in [(a, desk.see(a).await.row.number), (d, desk.see(d).await.row.number)] {
        assert_eq!(desk.receive(Mail::from("petra@x.test").subject(&format!("[Ticket#{number}]"))).await, c);
        assert_eq!(desk.see(old).await.articles.len(), 0);
    }
    for ticket in tickets {
        desk.folds(ticket).await;
    }
}

#[tokio::test]
async fn the_chain_ends_on_sqlite() {
    the_chain_ends(&Desk::start().await).await;
}

#[tokio::test]
async fn the_chain_ends_on_postgresql() {
    let (desk, _server) = on_postgresql().await;
    the_chain_ends(&desk).await;
}

async fn opposite_merges(desk: &Desk) {
    let (ana, ben) = (desk.agent("ana").await, desk.agent("ben").await);
    for round in 0..5 {
        let one = desk.mail_from("petra@x.test", &format!("one {round}")).await;
        let two = desk.mail_from("petra@x.test", &format!("two {round}")).await;
        let (there, back) =
            tokio::join!(ana.try_to(one, CommandBody::Merge { into: two }), ben.try_to(two, CommandBody::Merge { into: one }));
        let (won, lost) = if there.is_ok() { ((one, two), back) } else { ((two, one), there) };
        assert_eq!(refused(lost), Refusal::MergeCycle);
        assert_eq!(desk.see(won.0).await.merged_into.map(|into| into.id), Some(won.1));
        assert!(!desk.see(won.1).await.merged);
    }
}

#[tokio::test]
async fn of_opposite_merges_the_first_wins_on_sqlite() {
    opposite_merges(&Desk::start().await).await;
}

#[tokio::test]
async fn of_opposite_merges_the_first_wins_on_postgresql() {
    let (desk, _server) = on_postgresql().await;
    opposite_merges(&desk).await;
}

#[tokio::test]
async fn a_merge_needs_the_right_to_change_both_and_says_who_sees_it_then() {
    let desk = Desk::start().await;
    let (ana, ben) = (desk.agent("ana").await, desk.agent("ben").await);
    let group = Desk::new_id();
    let save = |document| docket_app::wire::SaveRecord { version: 0, document };
    desk.app().save_record(ana.id, Kind::Group, group, save(json!({ "name": "Board" }))).await.expect("a new group");
    desk.set(Kind::Queue, master::QUEUE_MISC.0, json!({ "group_id": group })).await;
    let mine = json!({ master::GROUP_USERS.to_string(): [Right::Rw], group.to_string(): [Right::Rw] });
    desk.set(Kind::Agent, ana.id.0, json!({ "grants": mine })).await;
    let open = desk.mail_from("petra@x.test", "Printer").await;
    let secret = desk.mail_from("carla@x.test", "Salaries").await;
    ana.does(secret, CommandBody::Move { queue_id: master::QUEUE_MISC }).await;

    assert!(matches!(ben.try_to(open, CommandBody::Merge { into: secret }).await, Err(Error::NotFound(_))), "nothing is said of it");
    ben.does(open, CommandBody::Watch).await;
    ana.does(secret, CommandBody::SetOwner { owner_id: None }).await;
    let theirs = json!({ master::GROUP_USERS.to_string(): [Right::Rw], group.to_string(): [Right::Ro] });
    desk.set(Kind::Agent, ben.id.0, json!({ "grants": theirs })).await;
    assert_eq!(refused(ben.try_to(open, CommandBody::Merge { into: secret }).await), Refusal::NoRight);
    assert_eq!(refused(desk.app().merge_preview(ben.id, open, &secret.to_string()).await), Refusal::NoRight);
    assert_eq!(refused(ben.try_to(secret, CommandBody::Merge { into: open }).await), Refusal::NoRight);
    let none = json!({ master::GROUP_USERS.to_string(): [Right::Rw] });
    desk.set(Kind::Agent, ben.id.0, json!({ "grants": none })).await;
    ben.does(open, CommandBody::Unwatch).await;

    let there = desk.app().merge_preview(ana.id, open, &secret.to_string()).await.expect("nothing is against it");
    assert_eq!(there.warnings, [MergeWarning::CustomersDiffer, MergeWarning::FewerSeeTarget]);
    let back = desk.app().merge_preview(ana.id, secret, &open.to_string()).await.expect("nothing is against it");
    assert_eq!(back.warnings, [MergeWarning::CustomersDiffer, MergeWarning::MoreSeeTarget]);
    ana.does(open, CommandBody::Merge { into: secret }).await;
    let shell = desk.app().ticket(ben.id, open).await.expect("the shell is still in their queue");
    assert_eq!((shell.merged, shell.merged_into.is_some()), (true, false), "it does not say what they may not see");
}
