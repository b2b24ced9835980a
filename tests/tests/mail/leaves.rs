//! Mail of agents leaves: as correct MIME, with what it carries, or not at all.

use docket_app::wire::{CommandBody, body::Mail as Letter};
use docket_domain::{master, settings::Kind};
use docket_tests::{Agent, Desk, Mail};
use serde_json::json;

fn boxed(letter: &Letter) -> CommandBody {
    CommandBody::Reply(Box::new(letter.clone()))
}

/// Waits behind everything that could still leave: a mail to a marker's address arrives.
async fn all_has_left(desk: &Desk, ana: &Agent<'_>) {
    let other = desk.mail_from("marker@x.test", "marker").await;
    ana.answers(other, "marker").await;
    desk.nothing_waits().await;
}

#[tokio::test]
async fn the_customer_gets_a_correct_mail() {
    let desk = Desk::start().await;
    let ana = desk.agent("ana").await;
    let mail = Mail::from("Petra Vögt <petra@x.test>")
        .header("Cc", &format!("Boss <boss@x.test>, {}", desk.address()))
        .header("References", "<far@x.test> <near@x.test>")
        .text("Es brennt!\n\nWas nun – <Wasser>?\n");
    let mail = mail.header("From", "=?utf-8?Q?Petra_V=C3=B6gt?= <petra@x.test>");
    let ticket = desk.receive(mail.clone()).await;
    let number = desk.see(ticket).await.row.number;
    let bytes: Vec<u8> = (0..=255).cycle().take(5_000).collect();

    let mut letter = ana.writes(ticket, "reply_all", "Nehmen Sie Wasser & Sand, \u{1f525} aus.").await;
    assert_eq!(
        (letter.to.as_slice(), letter.cc.as_slice()),
        (["Petra Vögt <petra@x.test>".to_owned()].as_slice(), ["Boss <boss@x.test>".to_owned()].as_slice())
    );
    letter.bcc = vec!["secret@x.test".into()];
    letter.attachments = vec![ana.upload("Lösch plan.bin", "application/octet-stream", &bytes).await];
    ana.does(ticket, boxed(&letter)).await;
    let sent = desk.sent_to("boss@x.test", 1).await.remove(0);

    assert_eq!(
        (sent.from.as_str(), sent.to.as_slice()),
        (desk.address(), ["petra@x.test", "boss@x.test", "secret@x.test"].map(str::to_owned).as_slice())
    );
    assert!(sent.header("Bcc").is_none() && !String::from_utf8_lossy(&sent.raw).contains("secret@"), "a blind copy is blind");
    assert_eq!(sent.ids("In-Reply-To"), [mail.message_id()]);
    assert_eq!(sent.ids("References"), ["far@x.test".to_owned(), "near@x.test".to_owned(), mail.message_id()]);
    assert!(sent.message_id().ends_with("@desk.test"), "{}", sent.message_id());
    assert_eq!(sent.header("Auto-Submitted"), None);
    assert!(sent.header("Date").is_some() && sent.header("MIME-Version").as_deref() == Some("1.0"));
    let lines = sent.raw.split(|byte| *byte == b'\n');
    assert!(lines.clone().all(|line| line.len() <= 999), "RFC 5322 §2.1.1");
    assert!(lines.filter(|line| !line.is_empty()).all(|line| line.ends_with(b"\r")), "every line ends with CRLF");

    let read = sent.read();
    assert_eq!(read["defects"], json!([]));
    assert_eq!(read["subject"], json!(format!("Re: [Ticket#{number}] Printer on fire")));
    assert_eq!(read["to"], json!("Petra Vögt <petra@x.test>"));
    assert_eq!(read["from"], json!(format!("Service desk <{}>", desk.address())));
    let (text, html) = (read["text"].as_str().unwrap(), read["html"].as_str().unwrap());
    for words in ["Nehmen Sie Wasser & Sand, \u{1f525} aus.", "Ana Alvarez", "Petra Vögt", "> Es brennt!", "> Was nun – <Wasser>?"] {
        assert!(text.contains(words), "{words} in {text}");
    }
    for words in ["Nehmen Sie Wasser &amp; Sand, \u{1f525} aus.", "<blockquote", "Was nun – &lt;Wasser&gt;?"] {
        assert!(html.contains(words), "{words} in {html}");
    }
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(read["files"], json!([{ "name": "Lösch plan.bin", "type": "application/octet-stream", "hex": hex }]));
}

#[tokio::test]
async fn what_a_reply_carries_takes_effect_when_it_leaves() {
    let desk = Desk::start().await;
    let ana = desk.agent("ana").await;
    let ticket = desk.mail_from("petra@x.test", "Printer on fire").await;
    let mut letter = ana.writes(ticket, "reply", "Done.").await;
    (letter.state_id, letter.delay_seconds) = (Some(master::STATE_CLOSED_SUCCESSFUL), Some(3600));
    let waiting = ana.does(ticket, boxed(&letter)).await;
    assert_eq!((desk.state(ticket).await.as_str(), waiting.row.owner_id, waiting.row.locked), ("new", None, false));
    assert_eq!(waiting.articles.last().unwrap().delivery.as_ref().unwrap().state.as_str(), "waiting");
    let again = ana.does(ticket, CommandBody::SendNow { article_id: letter.article_id }).await;
    assert!(again.articles.len() == 3, "{}", again.articles.len());
    let article = desk.delivery_is(ticket, letter.article_id, "sent").await;
    assert!(article.sent_at.is_some());
    let left = desk.see(ticket).await;
    assert_eq!((desk.state(ticket).await.as_str(), left.row.owner_id, left.row.locked), ("closed successful", Some(ana.id), false));

    // Without a next state a new ticket becomes open, and is locked for whoever answered.
    let other = desk.mail_from("petra@x.test", "Another fire").await;
    desk.nothing_waits().await;
    ana.answers(other, "We look into it.").await;
    let left = desk.see(other).await;
    assert_eq!((desk.state(other).await.as_str(), left.row.owner_id, left.row.locked), ("open", Some(ana.id), true));
    let history = desk.history(other).await;
    assert!(history.ends_with(&["sent", "owner_set", "state_changed", "locked"].map(str::to_owned)), "{history:?}");
}

#[tokio::test]
async fn a_reply_can_be_taken_back_within_the_delay() {
    let desk = Desk::start().await;
    let ana = desk.agent("ana").await;
    let ticket = desk.mail_from("petra@x.test", "Printer on fire").await;
    let mut letter = ana.writes(ticket, "reply", "Burn it all!").await;
    letter.attachments = vec![ana.upload("plan.txt", "text/plain", b"plan").await];
    letter.delay_seconds = None;
    let waiting = ana.does(ticket, boxed(&letter)).await;
    let due = waiting.articles.last().unwrap().delivery.as_ref().unwrap().due_at.expect("it waits");
    assert!(due > desk.app().now() + 5_000, "ten seconds to think again, unless the desk says otherwise");
    let back = ana.does(ticket, CommandBody::CancelSend { article_id: letter.article_id }).await;
    assert_eq!(back.articles.last().unwrap().delivery.as_ref().unwrap().state.as_str(), "cancelled");
    let draft = &back.drafts[0];
    assert!(draft.kind == "reply" && draft.body["text"].as_str().unwrap().contains("Burn it all!"), "{draft:?}");
    assert_eq!((&draft.body["to"], &draft.body["attachments"][0]["name"]), (&json!(["petra@x.test"]), &json!("plan.txt")));

    desk.later(std::time::Duration::from_secs(7200));
    all_has_left(&desk, &ana).await;
    assert_eq!(desk.sent_to("petra@x.test", 1).await.len(), 1, "the acknowledgement and nothing else");
    assert_eq!((desk.state(ticket).await.as_str(), desk.see(ticket).await.row.owner_id), ("new", None));
    let late = ana.try_to(ticket, CommandBody::CancelSend { article_id: letter.article_id }).await.unwrap_err();
    assert_eq!(late.code(), "not_waiting");
}

#[tokio::test]
async fn what_is_taken_back_comes_back_as_what_it_was() {
    let desk = Desk::start().await;
    let ana = desk.agent("ana").await;
    let mail = Mail::from("petra@x.test").attach("photo.jpg", "image/jpeg", b"jpeg");
    let ticket = desk.receive(mail.clone()).await;
    let mut forward = ana.writes(ticket, "forward", "Please have a look.").await;
    (forward.to, forward.delay_seconds) = (vec!["maker@y.test".into()], None);
    ana.does(ticket, CommandBody::Forward(Box::new(forward.clone()))).await;
    let view = ana.does(ticket, CommandBody::CancelSend { article_id: forward.article_id }).await;
    assert_eq!(view.drafts.iter().map(|draft| draft.kind.as_str()).collect::<Vec<_>>(), ["forward"]);
    assert_eq!(view.drafts[0].body["attachments"][0]["name"], json!("photo.jpg"));

    // What was begun meanwhile is not written over.
    let mut letter = ana.writes(ticket, "reply", "First thought.").await;
    letter.delay_seconds = None;
    ana.does(ticket, boxed(&letter)).await;
    let begun = docket_app::wire::SaveDraft { body: json!({ "text": "Second thought." }), seen_upto: None };
    desk.app().save_draft(ana.id, ticket, "reply", begun).await.unwrap();
    let view = ana.does(ticket, CommandBody::CancelSend { article_id: letter.article_id }).await;
    let draft = view.drafts.iter().find(|draft| draft.kind == "reply").unwrap();
    let text = draft.body["text"].as_str().unwrap();
    assert!(text.contains("First thought.") && text.contains("Second thought."), "{text}");
    assert_eq!(draft.body["in_reply_to"], json!(view.articles[0].id));

    // And when it leaves at last it answers the customer's mail, not the one that never left.
    (letter.article_id, letter.in_reply_to, letter.delay_seconds) = (Desk::new_id().into(), None, Some(0));
    ana.does(ticket, boxed(&letter)).await;
    let sent = desk.sent_to("petra@x.test", 2).await.remove(1);
    assert_eq!((sent.ids("In-Reply-To"), sent.ids("References")), (vec![mail.message_id()], vec![mail.message_id()]));
}

#[tokio::test]
async fn one_command_sent_twice_is_one_mail() {
    let desk = Desk::start().await;
    let ana = desk.agent("ana").await;
    let ticket = desk.mail_from("petra@x.test", "Printer on fire").await;
    let letter = ana.writes(ticket, "reply", "Once.").await;
    let command = docket_app::wire::SubmitCommand { id: docket_domain::CommandId(Desk::new_id()), body: boxed(&letter) };
    for expected in ["applied", "repeated"] {
        assert_eq!(desk.app().command(ana.id, ticket, command.clone()).await.unwrap().outcome, expected);
    }
    all_has_left(&desk, &ana).await;
    assert_eq!(desk.sent_to("petra@x.test", 2).await.len(), 2);
}

#[tokio::test]
async fn a_mail_is_forwarded_with_its_files() {
    let desk = Desk::start().await;
    let ana = desk.agent("ana").await;
    let ticket = desk.receive(Mail::from("Petra <petra@x.test>").attach("photo.jpg", "image/jpeg", b"jpeg")).await;
    let number = desk.see(ticket).await.row.number;
    let mut letter = ana.writes(ticket, "forward", "Please have a look.").await;
    assert!(letter.to.is_empty(), "whom it goes to is the agent's choice");
    let refused = ana.try_to(ticket, CommandBody::Forward(Box::new(letter.clone()))).await.unwrap_err();
    assert_eq!(refused.code(), "no_recipient");
    letter.to = vec!["Maker <maker@y.test>".into()];
    ana.does(ticket, CommandBody::Forward(Box::new(letter))).await;
    let sent = desk.sent_to("maker@y.test", 1).await.remove(0);
    let read = sent.read();
    assert_eq!(read["subject"], json!(format!("Fwd: [Ticket#{number}] Printer on fire")));
    let text = read["text"].as_str().unwrap();
    for words in ["Please have a look.", "Petra <petra@x.test>", "It is on fire."] {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert_eq!(read["files"], json!([{ "name": "photo.jpg", "type": "image/jpeg", "hex": "6a706567" }]));
    assert_eq!(sent.header("In-Reply-To"), None, "it is a new conversation for the maker");
    // The maker's answer comes to the ticket.
    let answer = Mail::from("maker@y.test").subject("AW: your question").in_reply_to(&sent.message_id());
    assert_eq!(desk.receive(answer).await, ticket);
}

#[tokio::test]
async fn a_ticket_can_begin_with_a_mail_of_ours() {
    let desk = Desk::start().await;
    let ana = desk.agent("ana").await;
    let id = docket_domain::TicketId(Desk::new_id());
    let new = json!({
        "id": id, "article_id": Desk::new_id(), "title": "Your order", "customer": { "address": "petra@x.test", "name": "Petra" },
        "channel": "email", "text": "It is on its way.", "send": { "delay_seconds": 0 },
    });
    let ticket = desk.app().new_ticket(ana.id, serde_json::from_value(new).unwrap()).await.unwrap();
    let sent = desk.sent_to("petra@x.test", 1).await.remove(0);
    let subject = sent.header("Subject").unwrap();
    assert!(subject.contains(&format!("[Ticket#{}]", ticket.row.number)) && subject.ends_with("Your order"), "{subject}");
    let answer = Mail::from("petra@x.test").subject("Thanks").in_reply_to(&sent.message_id());
    assert_eq!(desk.receive(answer).await, id);
}

#[tokio::test]
async fn the_subject_tag_stands_where_the_desk_wants_it() {
    let desk = Desk::start().await;
    let ana = desk.agent("ana").await;
    let ticket = desk.mail_from("petra@x.test", "Printer on fire").await;
    let number = desk.see(ticket).await.row.number;
    desk.set(Kind::Desk, master::DESK, json!({ "subject_format": "right" })).await;
    assert_eq!(ana.composer(ticket, "reply").await.subject, format!("Re: Printer on fire [Ticket#{number}]"));
    desk.set(Kind::Desk, master::DESK, json!({ "subject_format": "none" })).await;
    assert_eq!(ana.composer(ticket, "reply").await.subject, "Re: Printer on fire");
}
