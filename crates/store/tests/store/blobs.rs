use docket_domain::{Article, AttachmentId, article::Attachment};
use docket_store::{
    Db, article,
    blob::{self, Blobs, Upload},
    mailbox,
};

use crate::desk::{Desk, article as mail, id, ticket};

both! {
    async fn bytes_come_back_as_they_were_put(desk: Desk) {
        for size in [0, 1, 256 << 10, (256 << 10) + 1, 3 << 20] {
            let bytes: Vec<u8> = (0..size).map(|n: u32| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
            let key = desk.blobs.put(bytes.clone(), 1).await.unwrap();
            assert_eq!(key, blob::key(&bytes));
            assert_eq!(desk.blobs.put(bytes.clone(), 2).await.unwrap(), key, "twice is once");
            assert!(desk.blobs.get(&key).await.unwrap().unwrap() == bytes, "{size} bytes");
            desk.blobs.remove(&key).await.unwrap();
            desk.blobs.remove(&key).await.unwrap();
            assert_eq!(desk.blobs.get(&key).await.unwrap(), None);
        }
    }

    async fn the_same_bytes_put_at_once_are_one_blob(desk: Desk) {
        let tasks: Vec<_> = (0..8).map(|_| { let blobs = desk.blobs.clone(); tokio::spawn(async move { blobs.put(vec![7; 700_000], 1).await }) }).collect();
        for task in tasks {
            assert_eq!(task.await.unwrap().unwrap(), blob::key(&vec![7; 700_000]));
        }
        assert_eq!(desk.blobs.get(&blob::key(&vec![7; 700_000])).await.unwrap().unwrap().len(), 700_000);
    }

    async fn a_blob_may_be_put_while_a_transaction_is_read(desk: Desk) {
        let tx = desk.read().await.unwrap();
        let key = desk.blobs.put(b"beside".to_vec(), 1).await.unwrap();
        drop(tx);
        assert!(desk.blobs.get(&key).await.unwrap().is_some());
    }

    async fn a_sweep_takes_what_is_old_and_named_by_nobody(desk: Desk) {
        let (used, old) = (desk.blobs.put(b"used".to_vec(), 1_000).await.unwrap(), desk.blobs.put(b"old".to_vec(), 1_000).await.unwrap());
        let again = desk.blobs.put(b"again".to_vec(), 1_000).await.unwrap();
        // SQLite's files carry the time of the disk until they are put once more.
        for key in [&used, &old, &again] {
            let bytes = desk.blobs.get(key).await.unwrap().unwrap();
            desk.blobs.put(bytes, 1_000).await.unwrap();
        }
        desk.blobs.put(b"again".to_vec(), 9_000).await.unwrap();
        assert_eq!(desk.blobs.sweep(5_000, [used.clone()].into()).await.unwrap(), 1);
        assert!(desk.blobs.get(&used).await.unwrap().is_some());
        assert!(desk.blobs.get(&again).await.unwrap().is_some(), "put again is new again");
        assert!(desk.blobs.get(&old).await.unwrap().is_none());
    }

    async fn old_uploads_can_be_forgotten(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        for (n, at) in [(1, 10), (2, 20)] {
            let upload = Upload { id: id(n), agent_id: id(9), name: "a".into(), content_type: "text/plain".into(), size: 3, sha256: "up".into(), created_at: at };
            blob::note_upload(&mut tx, &upload).await.unwrap();
        }
        let before: Vec<_> = blob::uploads_before(&mut tx, 20).await.unwrap().into_iter().map(|upload| upload.id).collect();
        assert_eq!(before, [id(1)]);
        blob::forget_upload(&mut tx, id(1)).await.unwrap();
        assert!(blob::upload(&mut tx, id(1), id(9)).await.unwrap().is_none());
        assert!(blob::upload(&mut tx, id(2), id(9)).await.unwrap().is_some());
    }

    async fn an_upload_belongs_to_its_agent(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        let upload = Upload { id: id(1), agent_id: id(2), name: "a\0ü.png".into(), content_type: "image/png".into(), size: 3, sha256: "up".into(), created_at: 4 };
        blob::note_upload(&mut tx, &upload).await.unwrap();
        let found = blob::upload(&mut tx, id(1), id(2)).await.unwrap().unwrap();
        assert_eq!((found.name.as_str(), found.content_type.as_str(), found.size, found.created_at), ("a\u{fffd}ü.png", "image/png", 3, 4));
        assert_eq!((found.id, found.agent_id, found.sha256.as_str()), (id(1), id(2), "up"));
        assert!(blob::upload(&mut tx, id(1), id(3)).await.unwrap().is_none());
    }

    async fn whatever_names_a_blob_keeps_it(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        let article = Article { raw: Some("raw".into()), ..mail(&ticket(1), 1) };
        article::insert(&mut tx, &article, 1).await.unwrap();
        let file = Attachment { id: AttachmentId(id(1)), article: article.id, ordinal: 0, name: "f".into(), content_type: "text/plain".into(), size: 1, sha256: "file".into(), inline: false, content_id: None };
        article::attach(&mut tx, &file).await.unwrap();
        article::attach(&mut tx, &Attachment { id: AttachmentId(id(2)), ordinal: 1, ..file }).await.unwrap();
        let upload = Upload { id: id(1), agent_id: id(2), name: "u".into(), content_type: "text/plain".into(), size: 1, sha256: "upload".into(), created_at: 1 };
        blob::note_upload(&mut tx, &upload).await.unwrap();
        let poison = mailbox::Quarantined { id: id(1), at: 1, mailbox_id: None, reason: "r".into(), raw: "poison".into(), size: 1, mail_from: None, subject: None, internal_date: None };
        mailbox::quarantine(&mut tx, &poison).await.unwrap();
        let mut all = blob::all_referenced(&mut tx).await.unwrap();
        all.sort();
        assert_eq!(all, ["file", "poison", "raw", "upload"]);
        for key in all {
            assert!(blob::is_referenced(&mut tx, &key).await.unwrap(), "{key}");
        }
        assert!(!blob::is_referenced(&mut tx, "other").await.unwrap());
    }
}

#[tokio::test]
async fn a_key_is_the_sha256_of_the_bytes() {
    // FIPS 180-4, the example of one block.
    assert_eq!(blob::key(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_the_disk() {
    let desk = Desk::sqlite().await;
    std::fs::write(desk.file("blobs"), "in the way").unwrap();
    let refused = desk.blobs.put(vec![1], 1).await.unwrap_err();
    assert!(matches!(refused, docket_store::Error::Disk(_) | docket_store::Error::Io(_)), "{refused:?}");
    assert!(!desk.is_postgres() && matches!(&desk.db, Db::Sqlite { .. }) && matches!(&desk.blobs, Blobs::Folder(_)));
}
