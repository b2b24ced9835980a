use docket_store::mailbox::{self, Known, Quarantined, State};

use crate::desk::{Desk, id};

fn state(validity: i64) -> State {
    State {
        mailbox_id: id(1),
        folder: "INBOX/Ünïcode".into(),
        uid_validity: validity,
        start_uid: 5,
        done_uid: 4,
        connected_at: validity,
        taken_in: 0,
        last_mail_at: None,
        foreign_desk: None,
    }
}

/// Of article `article` on ticket `ticket`.
fn known(ticket: u128, article: u128) -> Known {
    Known { ticket_id: id(ticket), article_id: id(article), mailbox_id: Some(id(7)), uid_validity: Some(8) }
}

fn poison(n: u128) -> Quarantined {
    Quarantined {
        id: id(n),
        at: i64::try_from(n / 2).unwrap(),
        mailbox_id: (n == 1).then(|| id(1)),
        reason: "parse\0".into(),
        raw: format!("{n}"),
        size: 50 << 20,
        mail_from: Some("\0@example.org".into()),
        subject: None,
        internal_date: Some(5),
    }
}

both! {
    async fn a_mailbox_knows_how_far_it_is(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        assert_eq!(mailbox::state(&mut tx, id(1), "INBOX", 1).await.unwrap(), None);
        // UIDVALIDITY is an unsigned number of 32 bits (RFC 9051).
        let largest = state(i64::from(u32::MAX));
        for state in [&state(7), &largest, &state(7)] {
            mailbox::save_state(&mut tx, state).await.unwrap();
        }
        assert_eq!(mailbox::states(&mut tx).await.unwrap(), [state(7), largest]);
        let on = State { start_uid: 6, done_uid: 9, connected_at: 8, taken_in: 3, last_mail_at: Some(4), foreign_desk: Some("other".into()), ..state(7) };
        mailbox::save_state(&mut tx, &on).await.unwrap();
        assert_eq!(mailbox::state(&mut tx, id(1), &on.folder, 7).await.unwrap(), Some(on));
    }

    async fn a_mail_is_taken_in_once(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        mailbox::save_state(&mut tx, &state(7)).await.unwrap();
        let biggest = i64::from(u32::MAX);
        for (uid, new) in [(9, true), (5, true), (9, false), (biggest, true)] {
            assert_eq!(mailbox::note_seen(&mut tx, id(1), 7, uid, uid, "created").await.unwrap(), new, "{uid}");
        }
        assert!(mailbox::note_seen(&mut tx, id(1), 8, 9, 1, "created").await.unwrap(), "another validity, another mail");
        assert_eq!(mailbox::seen_from(&mut tx, id(1), 7, 6).await.unwrap(), [9, biggest]);
        let now = mailbox::state(&mut tx, id(1), &state(7).folder, 7).await.unwrap().unwrap();
        assert_eq!((now.taken_in, now.last_mail_at), (3, Some(biggest)));
    }

    async fn the_first_place_of_a_mail_counts(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        mailbox::note_fingerprint(&mut tx, "m@example.org", "hash", &known(1, 2)).await.unwrap();
        mailbox::note_fingerprint(&mut tx, "m@example.org", "hash", &known(3, 4)).await.unwrap();
        mailbox::note_fingerprint(&mut tx, "m@example.org", "other", &known(5, 6)).await.unwrap();
        assert_eq!(mailbox::fingerprint(&mut tx, "m@example.org", "hash").await.unwrap(), Some(known(1, 2)));
        assert_eq!(mailbox::fingerprint(&mut tx, "m@example.org", "third").await.unwrap(), None);
    }

    async fn what_cannot_be_read_is_kept(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        for n in 1..=3 {
            mailbox::quarantine(&mut tx, &poison(n)).await.unwrap();
        }
        let kept = mailbox::quarantined(&mut tx).await.unwrap();
        assert_eq!(kept.iter().map(|mail| mail.id.as_u128()).collect::<Vec<_>>(), [3, 2, 1]);
        let last = &kept[2];
        assert_eq!((last.mailbox_id, last.reason.as_str(), last.raw.as_str(), last.size), (Some(id(1)), "parse\u{fffd}", "1", 50 << 20));
        assert_eq!((last.mail_from.as_deref(), last.subject.as_deref(), last.at), (Some("\u{fffd}@example.org"), None, 0));
        assert!(mailbox::release(&mut tx, id(2)).await.unwrap());
        assert!(!mailbox::release(&mut tx, id(2)).await.unwrap());
        assert_eq!(mailbox::quarantined(&mut tx).await.unwrap().len(), 2);
    }
}
