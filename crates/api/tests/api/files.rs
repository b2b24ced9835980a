//! Files from outside: to save, never to run (RFC 6266, RFC 8187).

use serde_json::json;

use crate::desk::Desk;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

#[tokio::test]
async fn a_file_is_there_to_save() {
    let desk = Desk::server().await;
    let ana = desk.agent("ana").await;
    for (name, content_type, bytes, disposition) in [
        (
            "Übersicht.html",
            "text/html",
            &b"<script>alert(1)</script>"[..],
            "attachment; filename=\"_bersicht.html\"; filename*=UTF-8''%C3%9Cbersicht.html",
        ),
        ("x.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "attachment; filename=\"x.svg\""),
        ("lie.png", "image/png", b"<html>", "attachment; filename=\"lie.png\""),
        ("real.png", "image/png", PNG, "inline; filename=\"real.png\""),
    ] {
        let file = ana.file(name, content_type, bytes).await;
        let shown = ana.get(&format!("{file}?inline=1")).await;
        assert_eq!((shown.status.as_u16(), &*shown.bytes), (200, bytes), "{name}");
        assert_eq!(shown.header("content-disposition"), disposition);
        let saved = ana.get(&file).await;
        assert!(saved.header("content-disposition").starts_with("attachment; "), "{name}");
        for answer in [&shown, &saved] {
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert!(answer.header("content-security-policy").starts_with("sandbox"));
        }
        desk.stranger().get(&file).await.refused(401, "sign_in_required");
    }
}

#[tokio::test]
async fn a_mail_keeps_to_itself() {
    let desk = Desk::server().await;
    let ana = desk.agent("ana").await;
    let mail = b"From: carla@customer.test\r\nSubject: Hello\r\nContent-Type: text/html\r\n\r\n<p>Hi<img src=https://example.org/x.png><script>1</script></p>\r\n";
    let number = ana.bring("POST", "/mail", mail.to_vec()).await.ok()["ticket"].as_str().unwrap().to_owned();
    let ticket = ana.get(&format!("/tickets/{number}")).await.ok();
    let article = ticket["articles"][0]["id"].as_str().unwrap();
    let raw = ana.get(&format!("/articles/{article}/raw")).await;
    assert_eq!(raw.bytes, mail);
    assert!(raw.header("content-disposition").starts_with("attachment"));
    assert!(raw.header("content-security-policy").starts_with("sandbox"));

    let frame = ana.get(&format!("/articles/{article}/frame")).await;
    let policy = frame.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'"), "{policy}");
    assert!(policy.contains("sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox") && !policy.contains("allow-scripts"));
    assert!(!String::from_utf8_lossy(&frame.bytes).contains("<script"));
    let remote = ana.get(&format!("/articles/{article}/frame?remote=1")).await;
    assert!(remote.header("content-security-policy").contains("img-src 'self' data: https: http:;"));
}

#[tokio::test]
async fn too_much_is_refused() {
    let desk = Desk::server().await;
    let ana = desk.agent("ana").await;
    let mib = 1024 * 1024;
    assert_eq!(ana.bring("POST", "/uploads?name=x", vec![b'x'; 9 * mib]).await.status, 200);
    ana.bring("POST", "/uploads?name=x", vec![b'x'; 64 * mib + 1]).await.refused(413, "too_large");
    let body = json!({ "text": "x".repeat(8 * mib) });
    ana.send("POST", "/preview", body).await.refused(413, "too_large");
}
