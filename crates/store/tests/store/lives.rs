//! The lives of a desk.

use docket_store::life;

use crate::desk::Desk;

both! {
    async fn a_life_ends_where_the_next_one_begins(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        assert_eq!((life::current(&mut tx).await.unwrap(), life::end(&mut tx, -7).await.unwrap()), (None, None));
        life::begin(&mut tx, -7).await.unwrap();
        assert_eq!((life::current(&mut tx).await.unwrap(), life::end(&mut tx, -7).await.unwrap()), (Some(-7), Some(None)));
        for _ in 0..3 {
            tx.next_seq();
        }
        tx.commit().await.unwrap();
        let mut tx = desk.begin().await.unwrap();
        let head = tx.head;
        life::begin(&mut tx, i64::MAX).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = desk.begin().await.unwrap();
        assert_eq!(life::current(&mut tx).await.unwrap(), Some(i64::MAX));
        assert_eq!((life::end(&mut tx, -7).await.unwrap(), life::end(&mut tx, i64::MAX).await.unwrap()), (Some(Some(head)), Some(None)));
        assert_eq!((head > 0, life::end(&mut tx, 8).await.unwrap()), (true, None));
    }
}
