//! Delivery failures go onto the ticket of the mail they speak of, and are never answered.

use docket_app::wire::CommandBody;
use docket_domain::{Sender, master};
use docket_tests::{Desk, Sent};

/// A delivery report as RFC 3464 has it.
fn report(of: &Sent, action: &str) -> Vec<u8> {
    let head = String::from_utf8_lossy(&of.raw).split("\r\n\r\n").next().unwrap_or_default().to_owned();
    let (to, id) = (&of.to[0], Desk::new_id().simple());
    format!(
        "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.x.test>\r\nTo: desk@desk.test\r\n\
         Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <{id}@mx.x.test>\r\nAuto-Submitted: auto-replied\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.x.test\r\n\r\n\
         Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\n{head}\r\n\r\n--b--\r\n"
    )
    .into_bytes()
}

#[tokio::test]
async fn a_failure_of_an_answer_comes_to_its_ticket_and_reopens_it() {
    let desk = Desk::start().await;
    let ana = desk.agent("ana").await;
    let ticket = desk.mail_from("petra@x.test", "Printer on fire").await;
    let answer = ana.answers(ticket, "Have you tried water?").await;
    ana.does(ticket, CommandBody::Close { state_id: master::STATE_CLOSED_SUCCESSFUL }).await;
    let sent = desk.sent_to("petra@x.test", 2).await.remove(1);
    desk.pass_raw(&report(&sent, "failed")).await;

    assert_eq!(desk.tickets().await.len(), 1, "no ticket of its own");
    let events = desk.app().history(desk.ana(), ticket).await.unwrap();
    let bounced = events.iter().find(|event| event.kind == "bounced").expect("the failure is in the history");
    assert_eq!(bounced.fields["of"], serde_json::json!(answer));
    assert_eq!(desk.state(ticket).await, "open", "somebody has to look at it");
    let article = desk.see(ticket).await.articles.pop().unwrap();
    assert_eq!((article.sender, article.visible_to_customer, article.raw), (Sender::System, false, true));
    desk.nothing_waits().await;
    assert_eq!(desk.sent().len(), 2, "acknowledgement and answer, nothing to the daemon");
}

#[tokio::test]
async fn a_failure_of_an_acknowledgement_changes_nothing_else() {
    let desk = Desk::start().await;
    let ticket = desk.mail_from("gone@x.test", "Printer on fire").await;
    let sent = desk.sent_to("gone@x.test", 1).await.remove(0);
    desk.pass_raw(&report(&sent, "failed")).await;
    assert_eq!(desk.tickets().await.len(), 1);
    assert!(desk.history(ticket).await.contains(&"bounced".to_owned()));
    assert_eq!(desk.state(ticket).await, "new");
}

/// RFC 3464 §2.3.3: "delayed" says that it is still being tried, "relayed" and "delivered" that nothing failed.
#[tokio::test]
async fn what_is_no_failure_does_not_reopen() {
    let desk = Desk::start().await;
    let ana = desk.agent("ana").await;
    let ticket = desk.mail_from("petra@x.test", "Printer on fire").await;
    ana.answers(ticket, "Have you tried water?").await;
    ana.does(ticket, CommandBody::Close { state_id: master::STATE_CLOSED_SUCCESSFUL }).await;
    let sent = desk.sent_to("petra@x.test", 2).await.remove(1);
    for action in ["delayed", "delivered", "relayed"] {
        desk.pass_raw(&report(&sent, action)).await;
    }
    assert_eq!(desk.tickets().await.len(), 1);
    assert_eq!(desk.state(ticket).await, "closed successful");
    assert_eq!(desk.see(ticket).await.articles.len(), 6, "each report can be read");
}

#[tokio::test]
async fn a_failure_of_nothing_of_ours_is_never_answered() {
    let desk = Desk::start().await;
    let other = Sent { from: "a@b.test".into(), to: vec!["x@y.test".into()], raw: b"Message-ID: <not@ours.test>\r\n\r\n".to_vec() };
    desk.pass_raw(&report(&other, "failed")).await;
    let ticket = desk.tickets().await.remove(0);
    assert_eq!(desk.suppressed(ticket.row.id).await, ["bounce"]);
    assert_eq!(ticket.articles.len(), 1);
}
