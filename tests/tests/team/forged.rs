//! What a device or a client says that none of our programs would say.

use docket_domain::{
    ArticleId, Body, Direction, NewArticle, Next, Outgoing, TicketId,
    command::{NewAttachment, Received},
    master,
    settings::AutoKind,
};
use docket_tests::{
    client::Client,
    dice::Dice,
    forger::{Forger, envelope, file, note},
    office::{Office, json, texts, tickets},
    program::Program,
};
use serde_json::{Value, json};
use uuid::Uuid;

async fn open() -> Office {
    Office::open(false, Dice::new(1)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_push_is_refused_or_made_harmless() {
    let office = open().await;
    let ana = office.connect("one", "ana").await.unwrap();
    ana.run(&["ticket", "create", "--title", "Post", "--text", "first"], "").await.unwrap();
    let ticket = tickets(&ana).await.unwrap()[0]["id"].as_str().unwrap().to_owned();
    let ben = Forger::connect(&office, "ben").await;
    let plain = ben.push(&ticket, note("plain", |_| {})).await;
    assert_eq!(plain["outcome"], "applied", "{plain}");
    // What only the desk itself does.
    for body in [
        json!({ "type": "mail_left", "article": docket_app::new_id(), "author": null, "next": {} }),
        json!({ "type": "receive" }),
        json!({ "type": "nonsense" }),
    ] {
        let answer = ben.push(&ticket, body.clone()).await;
        assert_eq!((answer["outcome"].as_str(), answer["code"].as_str()), (Some("refused"), Some("unknown_command")), "{body}: {answer}");
    }
    // HTML of one's own.
    let answer = ben.push(&ticket, note("html", |body| body["article"]["html"] = json!("<script>alert(1)</script>"))).await;
    assert_eq!(answer["outcome"], "applied", "{answer}");
    // A file by its hash alone, which somebody else brought.
    let foreign = "a".repeat(64);
    let answer = ben.push(&ticket, note("file", |body| body["article"]["attachments"] = json!([file(&foreign)]))).await;
    assert_eq!((answer["outcome"].as_str(), answer["code"].as_str()), (Some("refused"), Some("not_found")), "{answer}");
    // A header within a header.
    let answer = ben.push(&ticket, note("subject", |body| body["article"]["subject"] = json!("a\r\nBcc: all@example.org"))).await;
    assert_eq!(answer["outcome"], "applied", "{answer}");
    // A device says who it is by its token alone.
    let there = tickets(&office.program().unwrap()).await.unwrap();
    let articles = there[0]["articles"].as_array().unwrap();
    let find = |text: &str| articles.iter().find(|article| article["text"] == text).cloned().unwrap_or_default();
    assert_eq!(find("plain")["from"], "Ben Agent");
    assert_eq!(find("html")["html"], Value::Null);
    assert_eq!(find("subject")["subject"], "a Bcc: all@example.org");
    assert_eq!(find("file"), Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_a_device_forges_has_no_headers_of_its_own() {
    let office = open().await;
    let ana = office.sign_in("ana").await.unwrap();
    let address = docket_app::new_id();
    let document = json!({ "name": "Support", "email": "support@desk.test", "queue_id": docket_domain::master::QUEUE_FIRST });
    ana.must_put(&format!("/settings/address/{address}"), &json!({ "version": 0, "document": document })).await.unwrap();
    let one = office.connect("one", "ana").await.unwrap();
    one.run(&["ticket", "create", "--title", "Post", "--text", "first", "--customer", "carla@customer.test"], "").await.unwrap();
    let ticket = tickets(&one).await.unwrap()[0]["id"].as_str().unwrap().to_owned();
    let forger = Forger::connect(&office, "ana").await;
    let reply = |change: &dyn Fn(&mut Value)| {
        let article = json!({ "id": docket_app::new_id(), "subject": "Re", "text": "answer", "html": null, "attachments": [] });
        let mail = json!({
            "from": address, "to": [{ "name": "Carla\r\nX-Evil: 1", "address": "carla@customer.test" }],
            "message_id": "evil@x>\r\nBcc: all@example.org\r\nX: <y", "in_reply_to": "a\r\nb@c", "references": ["ok@x.test", "<a\nb>"],
            "delay_ms": 3_600_000,
        });
        let mut body = json!({ "type": "reply", "article": article, "mail": mail, "next": {} });
        change(&mut body);
        body
    };
    let answer = forger.push(&ticket, reply(&|_| {})).await;
    assert!(["applied", "held"].contains(&answer["outcome"].as_str().unwrap_or_default()), "{answer}");
    let bad = forger.push(&ticket, reply(&|body| body["mail"]["to"] = json!([{ "address": "a@x.test\r\nBcc: all@example.org" }]))).await;
    assert_eq!((bad["outcome"].as_str(), bad["code"].as_str()), (Some("refused"), Some("bad_recipient")), "{bad}");
    let shown = ana.get(&format!("/tickets/{ticket}")).await.unwrap();
    let text = shown.to_string();
    for evil in ["\\r", "X-Evil: 1\"", "evil@x"] {
        assert!(!text.contains(evil), "{evil} in {text}");
    }
}

fn article(text: &str) -> NewArticle {
    NewArticle { id: docket_app::new_id(), text: text.into(), ..NewArticle::default() }
}

/// What only the desk itself says, well formed, about a ticket and an article of it.
fn of_the_desk(ticket: TicketId, article_id: ArticleId) -> Vec<Body> {
    let mail = Outgoing {
        from: Uuid::from_u128(1).into(),
        to: vec![],
        cc: vec![],
        bcc: vec![],
        message_id: format!("{}@desk.test", docket_app::new_id()),
        in_reply_to: None,
        references: vec![],
        delay_ms: 0,
        seen_upto: None,
    };
    let received = Received { article: article("I am a customer"), ..Received::default() };
    vec![
        Body::Receive(Box::new(received)),
        Body::AutoReply { kind: AutoKind::AutoReply, article: article("Thank you"), mail },
        Body::SuppressAutoReply { kind: AutoKind::AutoReply, reason: "loop".into() },
        Body::MailLeft { article: article_id, author: None, next: Next::default(), forward: false },
        Body::MailFailed { article: article_id, reason: "no".into() },
        Body::MailUnknown { article: article_id },
        Body::HoldMail { article: article_id, reason: "no".into(), seen_upto: None },
        Body::FlagSuspicious { number: "1".into(), ticket },
        Body::Absorb { ticket, number: "1".into(), articles: 1, watchers: vec![], contact: docket_domain::ticket::Contact::default() },
    ]
}

/// A ticket of Ana's, and its first article.
async fn ticket_of_ana(office: &Office, ana: &Client) -> (TicketId, ArticleId) {
    let (id, new) = docket_tests::team::phone_ticket("Post");
    ana.must_post("/tickets", &new).await.unwrap();
    let shown = ana.get(&format!("/tickets/{id}")).await.unwrap();
    assert!(!office.url().await.is_empty());
    (id.into(), shown["articles"][0]["id"].as_str().unwrap().parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_only_the_desk_says_is_taken_from_nobody_else() {
    let office = open().await;
    let ana = office.sign_in("ana").await.unwrap();
    let (ticket, article_id) = ticket_of_ana(&office, &ana).await;
    let before = ana.get(&format!("/tickets/{ticket}")).await.unwrap();
    let forger = Forger::connect(&office, "ana").await;
    for body in of_the_desk(ticket, article_id) {
        let body = serde_json::to_value(&body).unwrap();
        // It is a command as this version has it: only who says it is wrong.
        let whole = envelope(&ticket.to_string(), body.clone());
        serde_json::from_value::<docket_domain::Envelope>(whole.clone()).unwrap();
        let answer = forger.push_all(&[whole]).await.swap_remove(0);
        assert_eq!((answer["outcome"].as_str(), answer["code"].as_str()), (Some("refused"), Some("unknown_command")), "{body}: {answer}");
        // Nor within a ticket that is opened.
        let fresh = docket_app::new_id();
        let create = json!({
            "type": "create", "number": "", "title": "Mine", "queue": master::QUEUE_FIRST, "state": master::STATE_NEW,
            "priority": master::PRIORITY_NORMAL, "owner": null, "lock": false, "customer": { "address": "", "name": "" },
            "pending_until": null, "first": body,
        });
        let answer = forger.push(&fresh.to_string(), create).await;
        assert_eq!((answer["outcome"].as_str(), answer["code"].as_str()), (Some("refused"), Some("unknown_command")), "{body}: {answer}");
        // Nor from a browser.
        let command = json!({ "id": docket_app::new_id(), "body": body });
        let (status, problem) = ana.post(&format!("/tickets/{ticket}/commands"), &command).await.unwrap();
        assert_eq!((status.as_u16(), problem["code"].as_str()), (400, Some("bad_request")), "{body}: {problem}");
    }
    let after = ana.get(&format!("/tickets/{ticket}")).await.unwrap();
    assert_eq!((&before["seq"], &before["articles"], &before["events"]), (&after["seq"], &after["articles"], &after["events"]));
    assert_eq!(tickets(&office.program().unwrap()).await.unwrap().len(), 1);
}

/// A queue that only Ana may read; its id.
async fn board(ana: &Client) -> Uuid {
    let (group, queue) = (docket_app::new_id(), docket_app::new_id());
    let save = async |kind: &str, id: Uuid, version: &Value, document: Value| {
        ana.must_put(&format!("/settings/{kind}/{id}"), &json!({ "version": version, "document": document })).await.unwrap()
    };
    save("group", group, &json!(0), json!({ "name": "board" })).await;
    save("queue", queue, &json!(0), json!({ "name": "Board", "group_id": group })).await;
    grant(ana, "ana", group, &["rw"]).await;
    queue
}

/// Gives an agent these rights in a group.
async fn grant(ana: &Client, login: &str, group: Uuid, rights: &[&str]) {
    let settings = ana.get("/settings").await.unwrap();
    let record = settings["records"]["agent"].as_array().unwrap().iter().find(|record| record["document"]["login"] == login).unwrap();
    let mut document = record["document"].clone();
    document["grants"][group.to_string()] = json!(rights);
    let id = record["id"].as_str().unwrap();
    ana.must_put(&format!("/settings/agent/{id}"), &json!({ "version": record["version"], "document": document })).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hash_opens_no_file() {
    let office = open().await;
    let ana = office.sign_in("ana").await.unwrap();
    let queue = board(&ana).await;
    let secret = b"What the board has decided".to_vec();
    let upload = ana.bring("/uploads?name=minutes.txt&type=text/plain", secret.clone()).await.unwrap();
    let (id, mut new) = docket_tests::team::phone_ticket("Minutes");
    (new["queue_id"], new["attachments"]) = (json!(queue), json!([{ "upload_id": upload["upload_id"] }]));
    ana.must_post("/tickets", &new).await.unwrap();
    let shown = json(&office.program().unwrap(), &["ticket", "show", &id.to_string(), "--json"]).await.unwrap();
    let hash = shown["articles"][0]["attachments"][0]["sha256"].as_str().unwrap().to_owned();
    let (open, _) = ticket_of_ana(&office, &ana).await;
    let open = open.to_string();
    // What somebody has brought and not sent yet.
    ana.bring("/uploads?name=b&type=text/plain", b"A draft of Ana's".to_vec()).await.unwrap();
    let drafted = sha256(&office, b"A draft of Ana's").await;
    let ben = Forger::connect(&office, "ben").await;
    for known in [&hash, &drafted] {
        let with = |body: &mut Value| body["article"]["attachments"] = json!([file(known)]);
        let mut call = note("stolen", with);
        (call["type"], call["direction"]) = (json!("phone_call"), json!("inbound"));
        let create = json!({
            "type": "create", "number": "", "title": "Mine", "queue": master::QUEUE_FIRST, "state": master::STATE_NEW,
            "priority": master::PRIORITY_NORMAL, "owner": null, "lock": false, "customer": { "address": "", "name": "" },
            "pending_until": null, "first": note("stolen", with),
        });
        for (ticket, body) in [(open.clone(), note("stolen", with)), (open.clone(), call), (docket_app::new_id().to_string(), create)] {
            let answer = ben.push(&ticket, body.clone()).await;
            assert_eq!((answer["outcome"].as_str(), answer["code"].as_str()), (Some("refused"), Some("not_found")), "{body}: {answer}");
        }
    }
    // Who has the bytes has them.
    ben.upload(secret).await;
    let answer = ben.push(&open, note("own", |body| body["article"]["attachments"] = json!([file(&hash)]))).await;
    assert_eq!(answer["outcome"], "applied", "{answer}");
    let there = tickets(&office.program().unwrap()).await.unwrap();
    assert!(!texts(&there).contains(&"stolen".to_owned()), "{there:?}");
}

/// What a file's bytes are called, from a desk of its own.
async fn sha256(office: &Office, bytes: &[u8]) -> String {
    let file = office.path("bytes");
    std::fs::write(&file, bytes).unwrap();
    let output = tokio::process::Command::new("sha256sum").arg(&file).output().await.unwrap();
    String::from_utf8(output.stdout).unwrap()[..64].to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_is_itself_whatever_it_says() {
    let office = open().await;
    let ana = office.sign_in("ana").await.unwrap();
    let (ticket, _) = ticket_of_ana(&office, &ana).await;
    let ticket = ticket.to_string();
    let (hers, his) = (Forger::connect(&office, "ana").await, Forger::connect(&office, "ben").await);
    let ana_id = ana.get("/session").await.unwrap()["agent"]["id"].as_str().unwrap().to_owned();
    // In her name and from her device.
    let mut forged = envelope(&ticket, note("from whom", |_| {}));
    (forged["actor"], forged["device"]) = (json!({ "kind": "agent", "id": ana_id }), json!(hers.device));
    assert_eq!(his.push_all(&[forged]).await[0]["outcome"], "applied");
    let shown = ana.get(&format!("/tickets/{ticket}")).await.unwrap();
    let written = shown["articles"].as_array().unwrap().iter().find(|article| article["text"] == "from whom").unwrap();
    assert!(written.to_string().contains("Ben Agent") && !written.to_string().contains("Ana Agent"), "{written}");
    // A command of hers: its answer is hers alone, and it is not carried out again.
    let own = envelope(&ticket, note("hers", |_| {}));
    assert_eq!(hers.push_all(std::slice::from_ref(&own)).await[0]["outcome"], "applied");
    let answer = his.push_all(std::slice::from_ref(&own)).await.swap_remove(0);
    assert_eq!((answer["outcome"].as_str(), answer["code"].as_str()), (Some("refused"), Some("no_right")), "{answer}");
    assert_eq!(hers.push_all(&[own]).await[0]["outcome"], "applied", "hers is still as it was");
    // A number that was given to her device.
    let (_, lease) = hers.post("/sync/lease", &json!({ "count": 1 })).await;
    let number = lease["numbers"][0].as_str().unwrap().to_owned();
    let create = |number: &str| {
        json!({
            "type": "create", "number": number, "title": "Numbered", "queue": master::QUEUE_FIRST, "state": master::STATE_NEW,
            "priority": master::PRIORITY_NORMAL, "owner": null, "lock": false, "customer": { "address": "", "name": "" },
            "pending_until": null, "first": serde_json::to_value(Body::PhoneCall {
                article: article("called"), direction: Direction::Inbound, next: Next::default(),
            }).unwrap(),
        })
    };
    let (one, two) = (docket_app::new_id().to_string(), docket_app::new_id().to_string());
    assert_eq!(his.push(&one, create(&number)).await["outcome"], "applied");
    assert_eq!(hers.push(&two, create(&number)).await["outcome"], "applied");
    let number_of = async |id: &str| ana.get(&format!("/tickets/{id}")).await.unwrap()["number"].as_str().unwrap().to_owned();
    assert_ne!(number_of(&one).await, number, "a number is given once, to whom it was leased");
    assert_eq!(number_of(&two).await, number);
    // A browser's session is no device.
    let (status, _) = ana.post("/sync/push", &json!({ "commands": [] })).await.unwrap();
    assert_eq!(status, 401);
}

/// An answer it must have, or the device would push it for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense_is_answered_and_delays_nothing_behind_it() {
    let office = open().await;
    let ana = office.sign_in("ana").await.unwrap();
    let (ticket, _) = ticket_of_ana(&office, &ana).await;
    let ticket = ticket.to_string();
    let forger = Forger::connect(&office, "ana").await;
    forger.upload(b"bytes".to_vec()).await;
    let hash = sha256(&office, b"bytes").await;
    let twice = |id: Uuid| {
        note("files", |body| {
            let one = NewAttachment {
                id: id.into(),
                name: "../../x".into(),
                size: -1,
                sha256: hash.clone(),
                ..serde_json::from_value(file(&hash)).unwrap()
            };
            body["article"]["attachments"] = json!([one.clone(), one]);
        })
    };
    let nonsense = [
        envelope(&ticket, twice(docket_app::new_id())),
        envelope(&ticket, twice(Uuid::nil())),
        envelope(&ticket, note("path", |body| body["article"]["attachments"] = json!([file("../../key")]))),
        envelope(&ticket, note("nil", |body| body["article"]["id"] = json!(Uuid::nil()))),
        envelope(&ticket, json!({ "type": "merge", "into": ticket, "number": "" })),
        envelope(&ticket, json!({ "type": "set_state", "state": Uuid::nil(), "pending_until": null })),
        json!({ "id": docket_app::new_id(), "subjects": [], "actor": { "kind": "system" }, "body": { "type": "lock" } }),
        json!({ "id": docket_app::new_id(), "subjects": [["faq", ticket]], "actor": { "kind": "system" }, "body": { "type": "lock" } }),
        json!({ "id": "x" }),
        json!(null),
    ];
    let mut all = nonsense.to_vec();
    all.push(envelope(&ticket, note("plain", |_| {})));
    let answers = forger.push_all(&all).await;
    assert_eq!(answers.len(), all.len(), "{answers:?}");
    let (last, others) = answers.split_last().unwrap();
    for (command, answer) in all.iter().zip(others) {
        assert_eq!(answer["outcome"], "refused", "{command}: {answer}");
    }
    assert_eq!(last["outcome"], "applied", "{last}");
    // A time beyond all clocks is brought back to what can be.
    for time in [i64::MIN, i64::MAX, -1] {
        let mut timed = envelope(&ticket, note("timed", |_| {}));
        (timed["device_time"], timed["base_seq"]) = (json!(time), json!(i64::MIN));
        let answer = forger.push_all(&[timed]).await.swap_remove(0);
        assert_eq!(answer["outcome"], "applied", "{time}: {answer}");
    }
    let shown = ana.get(&format!("/tickets/{ticket}")).await.unwrap();
    let now = docket_app::Clock::system().now();
    for article in shown["articles"].as_array().unwrap() {
        let at = article["created_at"].as_i64().unwrap();
        assert!((now - 366 * 24 * 3_600_000..=now).contains(&at), "{article}");
    }
}

/// Without the right the text stays with its author, who makes something else of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_given_without_the_right_is_refused_and_its_text_kept() {
    let office = open().await;
    let ana = office.sign_in("ana").await.unwrap();
    let (ticket, _) = ticket_of_ana(&office, &ana).await;
    let ticket = ticket.to_string();
    let ben: Program = office.connect("two", "ben").await.unwrap();
    ben.run(&["ticket", "note", &ticket, "--text", "Long and clever", "--offline"], "").await.unwrap();
    ben.run(&["ticket", "set", &ticket, "--priority", "5", "--offline"], "").await.unwrap();
    grant(&ana, "ben", master::GROUP_USERS.0, &["ro"]).await;
    ben.run(&["sync", "now"], "").await.unwrap();
    let bundle = json(&ben, &["sync", "outbox", "--json"]).await.unwrap();
    let first = &bundle["entries"][0];
    assert_eq!(
        (first["state"].as_str(), first["answer"]["code"].as_str(), first["text"].as_str()),
        (Some("refused"), Some("no_right"), Some("Long and clever")),
        "{bundle}"
    );
    assert_eq!(json(&ben, &["sync", "status", "--json"]).await.unwrap()["needs_you"], 1);
    assert!(!texts(&tickets(&office.program().unwrap()).await.unwrap()).contains(&"Long and clever".to_owned()));
    ben.run(&["sync", "now"], "").await.unwrap();
    assert_eq!(json(&ben, &["sync", "status", "--json"]).await.unwrap()["needs_you"], 1, "it waits for its author");
    // The right is there again: given anew, it arrives once.
    grant(&ana, "ben", master::GROUP_USERS.0, &["rw"]).await;
    ben.run(&["sync", "decide", first["id"].as_str().unwrap(), "mine"], "").await.unwrap();
    ben.run(&["sync", "now"], "").await.unwrap();
    let there = tickets(&office.program().unwrap()).await.unwrap();
    assert_eq!(texts(&there).iter().filter(|text| *text == "Long and clever").count(), 1);
    assert_eq!(
        (there[0]["priority"].as_str(), &there),
        (Some("5 very high"), &tickets(&ben).await.unwrap()),
        "what waited behind it has gone, too"
    );
}
