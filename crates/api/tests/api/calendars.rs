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

#[tokio::test]
async fn a_calendar_is_tried_before_it_is_saved() {
    let desk = Desk::server().await;
    let ben = desk.agent("ben").await;
    let ask = async |calendar: Value, start: &str, minutes: i64| {
        ben.send("POST", "/calendars/preview", json!({ "calendar": calendar, "start": start, "minutes": minutes })).await
    };
    let answer = ask(calendar("Office"), "2026-11-20T18:00:00+01:00", 240).await.ok();
    assert_eq!(answer["local"], "2026-11-23T09:00:00+01:00");
    assert_eq!(
        answer["worked"],
        json!([{ "from": 1_795_194_000_000_i64, "to": 1_795_204_800_000_i64 }, { "from": 1_795_417_200_000_i64, "to": 1_795_420_800_000_i64 }]),
        "three hours on Friday, one on Monday"
    );
    let saved = ben.get("/settings").await.ok()["records"]["calendar"].clone();
    assert!(saved.as_array().unwrap().iter().all(|record| record["document"]["name"] != "Office"), "nothing was saved");

    let long = ask(calendar("Office"), "2026-11-20T18:00:00+01:00", 780 * 300).await.ok();
    assert_eq!(long["worked"].as_array().unwrap().len(), 100);
    let mut broken = calendar("Office");
    broken["week"]["mon"] = json!([["12:00", "08:00"]]);
    ask(broken, "2026-11-20T18:00:00+01:00", 240).await.refused(400, "invalid");
    ask(json!({ "time_zone": "UTC" }), "2026-11-20T18:00:00+01:00", 1).await.refused(409, "calendar_never_open");
    let mut many = calendar("Office");
    many["public_holidays"] = Value::from(vec![json!({ "country": "DE" }); 20_000]);
    many["holidays"] = Value::from(vec![json!({ "date": "12-24" }); 20_000]);
    assert_eq!(ask(many, "2026-12-23T20:00:00+01:00", 120).await.ok()["local"], "2026-12-28T09:00:00+01:00", "and soon");
    let question = json!({ "calendar": calendar("Office"), "start": 0, "minutes": 1 });
    desk.stranger().send("POST", "/calendars/preview", question).await.refused(401, "sign_in_required");
}

#[tokio::test]
async fn holidays_are_shown_and_imported() {
    let desk = Desk::server().await;
    let ben = desk.agent("ben").await;
    let countries = ben.get("/holidays/countries").await.ok();
    let germany = countries.as_array().unwrap().iter().find(|country| country["code"] == "DE").unwrap();
    assert!(germany["regions"].as_array().unwrap().contains(&json!({ "code": "BY", "name": "Bayern" })), "{germany}");

    let bavaria = ben.get("/holidays?country=DE&region=BY&year=2027").await.ok();
    let days: Vec<&str> = bavaria.as_array().unwrap().iter().filter_map(|day| day["date"].as_str()).collect();
    assert_eq!(days[..3], ["2027-01-01", "2027-01-06", "2027-03-26"]);
    let germany = ben.get("/holidays?country=DE&region=&year=2027").await.ok();
    assert!(germany.as_array().unwrap().iter().all(|day| day["date"] != "2027-01-06"), "Epiphany is not kept everywhere");
    ben.get("/holidays?country=XX&year=2027").await.refused(400, "invalid");
    ben.get("/holidays?country=DE&year=2500").await.refused(400, "invalid");

    let ics = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261130\r\nSUMMARY:Works outing\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nUID:2\r\nDTSTART:20261201T090000Z\r\nSUMMARY:Meeting\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let found = ben.send("POST", "/holidays/import", json!({ "text": ics })).await.ok();
    assert_eq!(found["holidays"], json!([{ "date": "2026-11-30", "name": "Works outing" }]));
    assert_eq!(found["left_out"], json!(["Meeting"]));
    ben.send("POST", "/holidays/import", json!({ "text": "no calendar" })).await.refused(400, "invalid");
    desk.stranger().get("/holidays/countries").await.refused(401, "sign_in_required");
}
