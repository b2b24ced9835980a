//! Connected desktops.

use docket_store::{device, dump};
use serde_json::json;

use crate::desk::{Desk, id};

both! {
    async fn a_device_is_let_go_once_and_a_lost_one_stays_lost(desk: Desk) {
        let mut tx = desk.begin().await.unwrap();
        let row = |device: u128, agent: u128, seen_at: i64| json!({ "id": id(device), "agent_id": id(agent), "token_hash": format!("hash {device}"),
            "name": "Laptop", "program": "docket", "created_at": 1, "seen_at": seen_at, "revoked_at": null, "lost": false });
        dump::import(&mut tx, dump::table("device").unwrap(), &[row(1, 7, 5), row(2, 7, 9), row(3, 8, 1)]).await.unwrap();
        let order: Vec<_> = device::of_agent(&mut tx, id(7)).await.unwrap().into_iter().map(|device| device.id).collect();
        assert_eq!(order, [id(2), id(1)], "the one heard of last is the first");
        assert!(device::revoke(&mut tx, id(1), 100, true).await.unwrap());
        assert!(device::revoke(&mut tx, id(1), 200, false).await.unwrap());
        assert!(!device::revoke(&mut tx, id(9), 200, false).await.unwrap(), "there is none");
        let all = device::all(&mut tx).await.unwrap();
        let gone: Vec<_> = all.iter().map(|device| (device.id, device.revoked_at, device.lost)).collect();
        assert_eq!(gone, [(id(2), None, false), (id(1), Some(100), true), (id(3), None, false)]);
    }
}
