//! The way of a mail is the same on both databases.

use docket_app::{Database, wire::CommandBody};
use docket_domain::master;
use docket_peers::Postgres;
use docket_tests::{Desk, Mail, Plan};

async fn the_whole_way(desk: &mut Desk) {
    let picture: Vec<u8> = (0..=255).cycle().take(600_000).collect();
    let mail = Mail::from("Petra Vogt <petra@x.test>").subject("Printer on fire").attach("photo.jpg", "image/jpeg", &picture);
    let ticket = desk.receive(mail.clone()).await;
    let number = desk.see(ticket).await.row.number;
    let acknowledgement = desk.sent_to("petra@x.test", 1).await.remove(0);
    assert!(acknowledgement.header("Subject").expect("a subject").contains(&number));
    let view = desk.see(ticket).await;
    let article = &view.articles[0];
    assert!(
        desk.app().attachment(desk.ana(), article.id, article.attachments[0].id).await.expect("nothing is against it").bytes == picture
    );
    assert!(desk.app().raw(desk.ana(), article.id).await.expect("nothing is against it") == desk.addressed(mail.clone()).bytes());
    {
        let ana = desk.agent("ana").await;
        ana.does(ticket, CommandBody::Take { over: false }).await;
        ana.answers(ticket, "Have you tried water?").await;
        ana.does(ticket, CommandBody::Close { state_id: master::STATE_CLOSED_SUCCESSFUL }).await;
    }
    let answer = desk.sent_to("petra@x.test", 2).await.remove(1);
    assert_eq!(desk.receive(Mail::from("petra@x.test").subject("Thanks").in_reply_to(&answer.message_id())).await, ticket);
    assert_eq!(desk.state(ticket).await, "open");
    // What PostgreSQL cannot hold in a text: the byte nought, and an index entry of more than a page.
    let nul = b"From: petra@x.test\r\nSubject: nul\0 here\r\nMessage-ID: <nul\0@x.test>\r\n\r\nnul\0 there\r\n".to_vec();
    assert_eq!(desk.app().ingest(nul.clone()).await.expect("nothing is against it").outcome, "created");
    assert_eq!(desk.app().ingest(nul).await.expect("nothing is against it").reason.as_deref(), Some("duplicate"));
    let long = "x".repeat(20_000);
    desk.pass(Mail::from(&format!("{long}@x.test")).subject("long").header("Message-ID", &format!("<{long}@x.test>")).without("Date"))
        .await;
    desk.pass_raw(&desk.addressed(mail.clone()).bytes()).await;
    desk.stop().await;
    desk.start_again().await;
    desk.mail_from("carla@x.test", "after the new start").await;
    assert_eq!(desk.tickets().await.len(), 4, "nothing is lost, nothing came twice");
    assert_eq!(desk.see(ticket).await.articles.len(), 4);
    assert!(desk.app().quarantine(desk.ana()).await.expect("nothing is against it").is_empty());
}

#[tokio::test]
async fn on_sqlite() {
    the_whole_way(&mut Desk::start().await).await;
}

#[tokio::test]
async fn on_postgresql() {
    let server = Postgres::start();
    let plan = Plan { database: Some(Database::Postgres(server.url())), ..Plan::default() };
    the_whole_way(&mut Desk::with(plan).await).await;
}
