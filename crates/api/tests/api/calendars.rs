//! Calendars are kept as settings, and asked for working time.

use serde_json::{Value, json};

use crate::desk::Desk;

const ID: &str = "0193a0c0-0000-7000-8000-000000000001";

fn calendar(name: &str) -> Value {
    let hours = json!([["08:00", "21:00"]]);
    let week = json!({ "mon": hours, "tue": hours, "wed": hours, "thu": hours, "fri": hours });
    json!({ "name": name, "time_zone": "Europe/Berlin", "week": week, "public_holidays": [{ "country": "DE", "region": "BY" }] })
}

#[tokio::test]
async fn a_calendar_is_saved_and_asked() {
    let desk = Desk::server().await;
    let (ana, ben) = (desk.agent("ana").await, desk.agent("ben").await);
    let path = format!("/settings/calendar/{ID}");
    ana.send("PUT", &path, json!({ "version": 0, "document": calendar("Office") })).await.ok();
    ben.send("PUT", &path, json!({ "version": 1, "document": calendar("Mine") })).await.refused(403, "forbidden");
    let broken = json!({ "name": "Office", "time_zone": "Europe/Atlantis" });
    ana.send("PUT", &path, json!({ "version": 1, "document": broken })).await.refused(400, "invalid");
    let other = "/settings/calendar/0193a0c0-0000-7000-8000-000000000002";
    ana.send("PUT", other, json!({ "version": 0, "document": calendar("office") })).await.refused(400, "invalid");
    assert_eq!(ben.get("/settings").await.ok()["records"]["calendar"][0]["document"]["name"], "Office");

    let due = format!("/calendars/{ID}/due");
    let answer = ben.send("POST", &due, json!({ "start": "2026-11-20T18:00:00+01:00", "minutes": 240 })).await.ok();
    assert_eq!(answer["local"], "2026-11-23T09:00:00+01:00");
    assert_eq!(answer["due"], 1_795_420_800_000_i64);
    let same = ben.send("POST", &due, json!({ "start": 1_795_194_000_000_i64, "minutes": 240 })).await.ok();
    assert_eq!(same, answer, "a moment may be a number as well");
    let epiphany = ben.send("POST", &due, json!({ "start": "2027-01-05T20:30:00+01:00", "minutes": 60 })).await.ok();
    assert_eq!(epiphany["local"], "2027-01-07T08:30:00+01:00", "the holidays of Bavaria count");
    let between = json!({ "from": "2026-11-20T18:00:00+01:00", "to": "2026-11-23T09:00:00+01:00" });
    assert_eq!(ben.send("POST", &format!("/calendars/{ID}/between"), between).await.ok()["seconds"], 14_400);
}

#[tokio::test]
async fn what_cannot_be_answered_is_refused() {
    let desk = Desk::server().await;
    let ana = desk.agent("ana").await;
    let due = format!("/calendars/{ID}/due");
    let question = json!({ "start": "2026-11-20T18:00:00Z", "minutes": 1 });
    ana.send("POST", &due, question.clone()).await.refused(404, "not_found");
    let never = json!({ "name": "Never", "time_zone": "UTC" });
    ana.send("PUT", &format!("/settings/calendar/{ID}"), json!({ "version": 0, "document": never })).await.ok();
    ana.send("POST", &due, question.clone()).await.refused(409, "calendar_never_open");
    ana.send("POST", &due, json!({ "start": "Friday", "minutes": 1 })).await.refused(400, "bad_request");
    ana.send("POST", &due, json!({ "start": i64::MAX, "minutes": 1 })).await.refused(400, "bad_request");
    desk.stranger().send("POST", &due, question).await.refused(401, "sign_in_required");
}
