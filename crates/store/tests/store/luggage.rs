use std::collections::HashSet;

use docket_domain::{AgentId, Article, AttachmentId, Customer, Delivery, Ticket, article::Attachment, ticket::Away};
use docket_store::{
    Tx, article, left_behind,
    luggage::{self, Piece},
    ticket::{self, Class, Index},
};

use crate::desk::{Desk, article, id, ticket};

/// A ticket with one file of this size, which has the ticket's number for an id.
async fn with_file(tx: &mut Tx, n: u16, size: i64, class: Class, change: impl FnOnce(&mut Ticket)) {
    let mut ticket = ticket(n);
    ticket.customer = Customer { address: "Petra@Example.org".into(), name: String::new() };
    ticket.changed_at = i64::from(n);
    change(&mut ticket);
    ticket::save(tx, &ticket, &Index { class, rank: 3, article: None, next: Default::default() }, 1, true).await.unwrap();
    let on = article(&ticket, 1);
    article::insert(tx, &on, 1).await.unwrap();
    let file = Attachment {
        id: AttachmentId(id(u128::from(n))),
        article: on.id,
        ordinal: 0,
        name: "a".into(),
        content_type: "text/plain".into(),
        size,
        sha256: format!("key {n}"),
        inline: false,
        content_id: None,
    };
    article::attach(tx, &file).await.unwrap();
}

fn ids(pieces: Vec<Piece>) -> Vec<u128> {
    pieces.into_iter().map(|piece| piece.id.as_u128()).collect()
}

both! {
    async fn files_to_take_along_are_found(desk: Desk) {
        let (ana, ben) = (AgentId(id(90)), AgentId(id(91)));
        let mut tx = desk.begin().await.unwrap();
        with_file(&mut tx, 1, 5, Class::Viewable, |ticket| ticket.owner = Some(ana)).await;
        with_file(&mut tx, 2, 5, Class::Done, |ticket| ticket.owner = Some(ana)).await;
        with_file(&mut tx, 3, 5, Class::Viewable, |ticket| ticket.owner = Some(ben)).await;
        let away = |ticket: &mut Ticket| (ticket.owner, ticket.away) = (Some(ana), Some(Away { agent: ana, since: 7 }));
        with_file(&mut tx, 4, 5, Class::Viewable, away).await;
        with_file(&mut tx, 5, 900, Class::Done, |ticket| ticket.owner = None).await;
        with_file(&mut tx, 6, 5, Class::Done, |ticket| ticket.customer.address = "other@example.org".into()).await;
        let taken = luggage::taken(&mut tx, ana.0).await.unwrap();
        assert_eq!(taken.iter().map(|taken| (taken.id.as_u128(), taken.customer_key.as_str())).collect::<Vec<_>>(), [(ticket(4).id.0.as_u128(), "petra@example.org")]);
        assert_eq!(ids(luggage::own(&mut tx, ana.0).await.unwrap()), [4, 1], "what was taken along comes first, what is closed not at all");
        let key = &taken[0].customer_key;
        assert_eq!(ids(luggage::of_customer(&mut tx, key, 50, 800).await.unwrap()), [4, 3, 2, 1], "the latest first, and none too large");
        assert_eq!(ids(luggage::of_customer(&mut tx, key, 2, 1_000).await.unwrap()), [5, 4], "so many tickets and no more");
    }

    async fn what_lies_here_is_told(desk: Desk) {
        let key = desk.blobs.put(b"here".to_vec(), 1).await.unwrap();
        let asked: HashSet<String> = [key.clone(), "not here".into()].into();
        assert_eq!(desk.blobs.here(asked).await.unwrap(), HashSet::from([key]));
        assert_eq!(desk.blobs.here(HashSet::new()).await.unwrap(), HashSet::new());
    }

    async fn mails_on_their_way_are_found_by_how_they_stand(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        let one = ticket(1);
        let stands = [None, Some(Delivery::Waiting), Some(Delivery::Sent), Some(Delivery::Held), Some(Delivery::Cancelled), Some(Delivery::Retrying)];
        for (ordinal, delivery) in (1..).zip(stands) {
            article::insert(&mut tx, &Article { delivery, created_at: ordinal, ..article(&one, ordinal) }, 1).await.unwrap();
        }
        // A replica's guess is shown with the command that waits.
        article::insert(&mut tx, &Article { delivery: Some(Delivery::Waiting), ..article(&one, 9) }, 0).await.unwrap();
        let found = article::on_their_way(&mut tx).await.unwrap();
        assert_eq!(found.iter().map(|stored| stored.article.ordinal).collect::<Vec<_>>(), [4, 2, 6]);
    }

    async fn what_was_left_behind_is_decided_once_and_can_be_decided_anew(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        let left = left_behind::LeftBehind {
            id: id(1), agent_id: id(90), device_id: id(80), at: 5, reason: "revoked".into(), document: "{}".into(), done_at: None, done_by: None,
        };
        left_behind::insert(&mut tx, &left).await.unwrap();
        left_behind::done(&mut tx, left.id, AgentId(id(91)), 7).await.unwrap();
        left_behind::done(&mut tx, left.id, AgentId(id(92)), 8).await.unwrap();
        let done = left_behind::find(&mut tx, left.id).await.unwrap().unwrap();
        assert_eq!((done.done_at, done.done_by), (Some(7), Some(id(91))), "whoever comes second decides nothing");
        left_behind::undone(&mut tx, left.id).await.unwrap();
        assert_eq!(left_behind::find(&mut tx, left.id).await.unwrap(), Some(left));
    }
}
