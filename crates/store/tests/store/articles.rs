use docket_domain::{
    Address, AgentId, Article, ArticleId, AttachmentId, Channel, Delivery, Direction, Sender, TicketId, article::Attachment,
};
use docket_store::{
    article::{self, Reference, Stored},
    ticket::Class,
};

use crate::desk::{Desk, article as mail, article_id, id, ticket};

fn address(name: Option<&str>, address: &str) -> Address {
    Address { name: name.map(str::to_owned), address: address.into() }
}

fn full() -> Article {
    Article {
        sender: Sender::Agent,
        channel: Channel::Email,
        direction: Some(Direction::Outbound),
        visible_to_customer: false,
        author: Some(AgentId(id(3))),
        from: Some(address(Some("Jürgen \"J\" Ößler"), "j@example.org")),
        to: vec![address(None, "a@example.org"), address(Some("B, C"), "b@example.org")],
        cc: vec![address(None, "c@example.org")],
        bcc: vec![address(None, "d@example.org")],
        reply_to: vec![address(None, "e@example.org")],
        subject: "Re: 🖨".into(),
        text: "x".repeat(100_000),
        html: Some("<p>'; drop table article; --</p>".into()),
        message_id: Some("one@example.org".into()),
        references: vec!["two@example.org".into(), "three@example.org".into()],
        raw: Some("ab".repeat(32)),
        delivery: Some(Delivery::PerhapsSent),
        warnings: vec!["charset".into()],
        ..mail(&ticket(1), 2)
    }
}

fn attachment(article: ArticleId, ordinal: i64) -> Attachment {
    Attachment {
        id: AttachmentId(id(article.0.as_u128() * 100 + u128::try_from(ordinal).unwrap())),
        article,
        ordinal,
        name: "Übersicht (1).pdf".into(),
        content_type: "application/pdf".into(),
        size: 5 << 30,
        sha256: "cd".repeat(32),
        inline: ordinal == 1,
        content_id: (ordinal == 1).then(|| "image1".into()),
    }
}

both! {
    async fn an_article_comes_back_as_it_was_added(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        for article in [mail(&ticket(1), 1), full()] {
            article::insert(&mut tx, &article, 1).await.unwrap();
        }
        let stored = |article| Stored { article, sent_at: None, delivery_error: None };
        assert_eq!(article::find(&mut tx, full().id).await.unwrap(), Some(stored(full())));
        assert_eq!(article::of_ticket(&mut tx, ticket(1).id).await.unwrap(), [stored(mail(&ticket(1), 1)), stored(full())]);
        assert_eq!(article::find(&mut tx, ArticleId(id(999))).await.unwrap(), None);
        assert_eq!(article::of_ticket(&mut tx, TicketId(id(999))).await.unwrap(), []);
        let again = article::insert(&mut tx, &Article { id: ArticleId(id(5)), ..full() }, 1).await.unwrap_err();
        assert!(again.is_duplicate(), "an ordinal is given once");
    }

    async fn a_mail_keeps_when_it_was_sent(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        article::insert(&mut tx, &full(), 1).await.unwrap();
        article::set_delivery(&mut tx, full().id, Delivery::Failed, Some(77), Some("550 no"), 2).await.unwrap();
        let found = article::find(&mut tx, full().id).await.unwrap().unwrap();
        assert_eq!((found.article.delivery, found.sent_at, found.delivery_error.as_deref()), (Some(Delivery::Failed), Some(77), Some("550 no")));
        article::set_delivery(&mut tx, full().id, Delivery::Sent, None, None, 3).await.unwrap();
        let found = article::find(&mut tx, full().id).await.unwrap().unwrap();
        assert_eq!((found.article.delivery, found.sent_at, found.delivery_error), (Some(Delivery::Sent), Some(77), None));
    }

    async fn attachments_stand_in_order(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        let (one, two) = (article_id(&ticket(1), 1), article_id(&ticket(1), 2));
        for ordinal in [2, 1] {
            article::insert(&mut tx, &mail(&ticket(1), ordinal), 1).await.unwrap();
        }
        let wanted = [attachment(one, 0), attachment(one, 1), attachment(two, 0)];
        for attachment in [&wanted[2], &wanted[1], &wanted[0]] {
            article::attach(&mut tx, attachment).await.unwrap();
        }
        assert_eq!(article::attachments(&mut tx, ticket(1).id).await.unwrap(), wanted);
        assert_eq!(article::attachment(&mut tx, wanted[1].id).await.unwrap().as_ref(), Some(&wanted[1]));
        assert_eq!(article::attachment(&mut tx, AttachmentId(id(4))).await.unwrap(), None);
    }

    async fn message_ids_lead_to_tickets(desk: Desk) {
        let (one, two) = (ticket(1).id, ticket(2).id);
        let article = article_id(&ticket(1), 1);
        let mut tx = desk.begin().await.unwrap();
        article::refer(&mut tx, "a@example.org", one, None, false).await.unwrap();
        article::refer(&mut tx, "a@example.org", one, Some(article), true).await.unwrap();
        article::refer(&mut tx, "a@example.org", one, None, false).await.unwrap();
        article::refer(&mut tx, "b@example.org", two, None, false).await.unwrap();
        let ids = ["a@example.org", "b@example.org", "c@example.org"].map(str::to_owned);
        let mut known = article::references(&mut tx, &ids).await.unwrap();
        known.sort_by(|a, b| a.message_id.cmp(&b.message_id));
        let wanted = [
            Reference { message_id: ids[0].clone(), ticket_id: one.0, article_id: Some(article.0), ours: true },
            Reference { message_id: ids[1].clone(), ticket_id: two.0, article_id: None, ours: false },
        ];
        assert_eq!(known, wanted);
        assert_eq!(article::references(&mut tx, &[]).await.unwrap(), []);
    }

    async fn everybody_in_the_mails_is_known(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        article::insert(&mut tx, &full(), 1).await.unwrap();
        article::insert(&mut tx, &Article { channel: Channel::Internal, ..mail(&ticket(1), 3) }, 1).await.unwrap();
        let names: Vec<String> = article::participants(&mut tx, ticket(1).id).await.unwrap().into_iter().map(|a| a.address).collect();
        assert_eq!(names, ["j", "a", "b", "c", "e"].map(|name| format!("{name}@example.org")));
    }

    async fn unread_is_what_the_agent_has_not_seen(desk: Desk) {
        let (ana, ben) = (AgentId(id(1)), AgentId(id(2)));
        desk.keep(&ticket(1), Class::Viewable).await;
        let mut tx = desk.begin().await.unwrap();
        for ordinal in 1..=6 {
            article::insert(&mut tx, &mail(&ticket(1), ordinal), 1).await.unwrap();
        }
        article::insert(&mut tx, &Article { author: Some(ana), sender: Sender::Agent, ..mail(&ticket(1), 7) }, 1).await.unwrap();
        article::insert(&mut tx, &Article { sender: Sender::System, ..mail(&ticket(1), 8) }, 1).await.unwrap();
        let tickets = [ticket(1).id.0, ticket(2).id.0];
        let one = ticket(1).id;
        assert_eq!(article::unread(&mut tx, ana, 3, &tickets).await.unwrap(), [(one.0, 4)]);
        assert_eq!(article::unread(&mut tx, ben, 3, &tickets).await.unwrap(), [(one.0, 5)]);
        for (ordinal, is_read) in [(4, true), (5, true), (5, false), (1, false)] {
            article::mark_read(&mut tx, ana, one, article_id(&ticket(1), ordinal), is_read).await.unwrap();
        }
        assert_eq!(article::unread(&mut tx, ana, 3, &tickets).await.unwrap(), [(one.0, 4)]);
        assert_eq!(article::unread(&mut tx, ana, 100, &tickets).await.unwrap(), [(one.0, 2)]);
        assert_eq!(article::unread(&mut tx, ana, 3, &[]).await.unwrap(), []);
        let mut marks = article::read_marks(&mut tx, ana, one).await.unwrap();
        marks.sort_unstable();
        assert_eq!(marks, [(1, false), (4, true), (5, false)].map(|(ordinal, read)| (article_id(&ticket(1), ordinal).0, read)));
        assert_eq!(article::read_marks(&mut tx, ben, one).await.unwrap(), []);
    }

    async fn mails_with_nul_and_endless_ids_are_taken(desk: Desk) {
        // PostgreSQL holds no NUL in a text and no index entry above 2,704 bytes; random text cannot be compressed.
        let noise = |seed: u64| -> String { (0..9_000_u64).map(|n| char::from(b'a' + (((n * n + seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) % 26) as u8)).collect() };
        let (long, other) = (noise(1), noise(2));
        let mut one = ticket(1);
        one.title = format!("nul\0 {long}");
        one.customer = docket_domain::Customer { address: format!("{long}@example.org"), name: "nul\0".into() };
        desk.keep(&one, Class::Viewable).await;
        let mut tx = desk.begin().await.unwrap();
        let strange = Article {
            subject: "a\0b".into(),
            text: "c\0d".into(),
            html: Some("e\0f".into()),
            message_id: Some(format!("g\0{long}")),
            references: vec!["h\0i".into()],
            from: Some(address(Some("j\0k"), "l@example.org")),
            ..mail(&one, 1)
        };
        article::insert(&mut tx, &strange, 1).await.unwrap();
        let found = article::find(&mut tx, strange.id).await.unwrap().unwrap().article;
        assert_eq!((found.subject.as_str(), found.text.as_str(), found.html.as_deref()), ("a\u{fffd}b", "c\u{fffd}d", Some("e\u{fffd}f")));
        article::attach(&mut tx, &Attachment { name: "a\0.txt".into(), content_id: Some("\0".into()), ..attachment(strange.id, 0) }).await.unwrap();
        article::refer(&mut tx, &long, one.id, None, true).await.unwrap();
        let known = article::references(&mut tx, &[other.clone(), long.clone()]).await.unwrap();
        assert_eq!(known.iter().map(|reference| reference.message_id.as_str()).collect::<Vec<_>>(), [long.as_str()]);
        let known = docket_store::mailbox::Known { ticket_id: one.id.0, article_id: strange.id.0, mailbox_id: None, uid_validity: None };
        docket_store::mailbox::note_fingerprint(&mut tx, &long, "hash", &known).await.unwrap();
        assert_eq!(docket_store::mailbox::fingerprint(&mut tx, &long, "hash").await.unwrap(), Some(known));
        assert_eq!(docket_store::mailbox::fingerprint(&mut tx, &other, "hash").await.unwrap(), None);
        assert_eq!(docket_store::job::count_auto(&mut tx, &long, "2026-11-21").await.unwrap(), 1);
        assert_eq!(docket_store::job::count_auto(&mut tx, &other, "2026-11-21").await.unwrap(), 1);
        let customer = docket_store::customer::Customer { key: long.clone(), address: long.clone(), name: "nul\0".into(), ..Default::default() };
        docket_store::customer::note(&mut tx, &customer).await.unwrap();
        assert_eq!(docket_store::customer::find(&mut tx, &long).await.unwrap().unwrap().address, long);
        let key = one.customer.address.to_lowercase();
        assert_eq!(docket_store::ticket::of_customer(&mut tx, &key, 5, None).await.unwrap().2, 1);
        tx.commit().await.unwrap();
    }
}
