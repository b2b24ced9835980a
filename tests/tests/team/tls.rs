//! TLS by certificate files.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use docket_app::replica::{Asked, Cut, Line};
use docket_peers::Certificate;
use docket_sync::Roads;
use docket_tests::{
    curl::Curl,
    program::{Program, Server},
    until,
};
use tempfile::TempDir;
use tokio::{io::AsyncReadExt, net::TcpStream};

const PASSWORD: &str = "a-good-password";

struct Served {
    folder: TempDir,
    made: Certificate,
    server: Server,
    url: String,
}

fn part(folder: &TempDir, name: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::create_dir(&path).unwrap();
    path
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

async fn serve() -> Served {
    let folder = TempDir::new().unwrap();
    let made = Certificate::make(&part(&folder, "certificate"));
    let program = Program::new(&folder.path().join("desk")).unwrap();
    program.run(&["agent", "add", "ana", "--name", "Ana", "--admin"], &format!("{PASSWORD}\n")).await.unwrap();
    let arguments = ["--tls-cert", text(&made.certificate), "--tls-key", text(&made.key)];
    let mut server = program.serve_with(&folder.path().join("log"), &arguments).unwrap();
    let url = server.ready().await.unwrap();
    Served { folder, made, server, url }
}

impl Served {
    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Waits until this client is served, or is not.
    async fn answers(&self, curl: &Curl, yes: bool) {
        let url = format!("{}/health", self.url);
        until("the other certificate", async || ((curl.ask(&url, &[]).await.status == 200) == yes).then_some(())).await;
    }
}

#[tokio::test]
async fn browsers_sign_in_by_https_in_both_versions_of_http() {
    let served = serve().await;
    assert!(served.url.starts_with("https://127.0.0.1:"), "{}", served.url);
    for (flag, version) in [("--http1.1", "1.1"), ("--http2", "2")] {
        let curl = Curl::trusting(&served.made.authority).with(&[flag, "-H", &format!("origin: {}", served.url)]);
        let (ana, answer) = curl.sign_in(&served.url, "ana", PASSWORD).await;
        assert_eq!((answer.status, answer.version.as_str()), (200, version), "{}", answer.complaint);
        let cookie = answer.header("set-cookie").unwrap();
        assert!(cookie.contains("; Secure") && cookie.contains("HttpOnly"), "{cookie}");
        assert_eq!(ana.ask(&format!("{}/api/v1/tickets", served.url), &[]).await.status, 200);
        // The page of another site sends its own origin.
        let foreign = Curl::trusting(&served.made.authority).with(&[flag, "-H", "origin: https://evil.test"]);
        assert_eq!(foreign.ask(&format!("{}/api/v1/session", served.url), &[]).await.status, 403);
        let rebound = ana.ask(&format!("{}/health", served.url), &["-H", "host: rebound.example.org"]).await;
        assert_eq!(rebound.status, 403, "a server on loopback answers to its own names only");
    }
    let plain = Curl::default().ask(&served.url.replace("https", "http"), &[]).await;
    assert_eq!(plain.status, 0);
    served.server.end().await.unwrap();
}

#[tokio::test]
async fn a_desktop_tells_a_certificate_that_it_does_not_trust_from_silence() {
    let served = serve().await;
    let ask = async |url: &str, authority: Option<PathBuf>| {
        let asked = Asked { method: "GET", path: "/health".into(), content_type: None, body: Vec::new() };
        Roads::open(authority).unwrap().line(url, None).ask(asked).await
    };
    let trusting = ask(&served.url, Some(served.made.authority.clone())).await;
    assert_eq!(trusting.unwrap().status, 200);
    let strange = ask(&served.url, None).await;
    assert!(matches!(strange, Err(Cut::Untrusted(_))), "{strange:?}");
    let url = served.url.clone();
    served.server.end().await.unwrap();
    let silent = ask(&url, None).await;
    assert!(matches!(silent, Err(Cut::Silent(_))), "{silent:?}");
}

#[tokio::test]
async fn addresses_are_those_of_the_clients() {
    let served = serve().await;
    let from = |address: &str| Curl::trusting(&served.made.authority).with(&["--interface", address]);
    let mut last = 0;
    for number in 0..7 {
        last = from("127.0.0.2").sign_in(&served.url, &format!("nobody-{number}"), "wrong-password").await.1.status;
    }
    assert_eq!(last, 429, "an address is slowed down");
    assert_eq!(from("127.0.0.3").sign_in(&served.url, "ana", PASSWORD).await.1.status, 200, "and no other");
    served.server.end().await.unwrap();
}

#[tokio::test]
async fn who_says_nothing_holds_nobody_up() {
    let served = serve().await;
    let address = served.url.strip_prefix("https://").unwrap();
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    let begin = Instant::now();
    let curl = Curl::trusting(&served.made.authority);
    assert_eq!(curl.ask(&format!("{}/health", served.url), &[]).await.status, 200);
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    let mut one = silent.pop().unwrap();
    let hung_up = tokio::time::timeout(Duration::from_secs(30), one.read(&mut [0])).await.expect("the server hangs up");
    assert!(matches!(hung_up, Ok(0) | Err(_)));
    served.server.end().await.unwrap();
}

#[tokio::test]
async fn the_end_does_not_wait_for_who_waits_for_news() {
    let served = serve().await;
    let (ana, _) = Curl::trusting(&served.made.authority).sign_in(&served.url, "ana", PASSWORD).await;
    let url = format!("{}/api/v1/changes?after=999999", served.url);
    let metrics = format!("{}/metrics", served.url);
    let curl = Curl::trusting(&served.made.authority);
    let poll = tokio::spawn(async move { ana.ask(&url, &[]).await });
    until("the poll to wait", async || {
        String::from_utf8_lossy(&curl.ask(&metrics, &[]).await.body).contains("docket_long_polls 1").then_some(())
    })
    .await;
    let begin = Instant::now();
    served.server.end().await.unwrap();
    assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
    assert_eq!(poll.await.unwrap().status, 200, "the poll is answered");
}

#[tokio::test]
async fn a_renewed_certificate_is_taken_up_and_a_broken_one_is_not() {
    let served = serve().await;
    let (old, new) = (Curl::trusting(&served.made.authority), Certificate::make(&part(&served.folder, "renewed")));
    served.answers(&old, true).await;
    fs::write(&served.made.certificate, "-----BEGIN CERTIFICATE-----\nnonsense").unwrap();
    served.server.signal("HUP").await.unwrap();
    until("the complaint", async || served.log().contains("the old TLS certificate stays in use").then_some(())).await;
    served.answers(&old, true).await;
    fs::copy(&new.certificate, &served.made.certificate).unwrap();
    fs::copy(&new.key, &served.made.key).unwrap();
    served.server.signal("HUP").await.unwrap();
    served.answers(&Curl::trusting(&new.authority), true).await;
    served.answers(&old, false).await;
    served.server.end().await.unwrap();
}

#[tokio::test]
async fn files_that_cannot_be_used_are_named_before_anything_runs() {
    let folder = TempDir::new().unwrap();
    let made = Certificate::make(&part(&folder, "one"));
    let other = Certificate::make(&part(&folder, "other"));
    let (empty, secret, missing) = (folder.path().join("empty"), folder.path().join("secret"), folder.path().join("missing"));
    fs::write(&empty, "").unwrap();
    let encrypted = folder.path().join("encrypted");
    let done = std::process::Command::new("openssl")
        .args(["pkcs8", "-topk8", "-passout", "pass:word", "-in", text(&made.key), "-out", text(&encrypted)])
        .status();
    assert!(done.unwrap().success());
    fs::copy(&made.key, &secret).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    let unreadable = fs::read(&secret).is_err();
    let desk = folder.path().join("desk");
    for (certificate, key, said) in [
        (&missing, &made.key, "missing cannot be used: it does not exist"),
        (&made.certificate, &missing, "missing cannot be used: it does not exist"),
        (&empty, &made.key, "holds no certificate"),
        (&made.key, &made.key, "holds no certificate"),
        (&made.certificate, &empty, "holds no private key"),
        (&made.certificate, &encrypted, "without a passphrase"),
        (&made.certificate, &other.key, "is not that of the certificate"),
        (&made.certificate, &secret, "this user may not read it"),
    ] {
        if key == &secret && !unreadable {
            // Root may read everything.
            continue;
        }
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--tls-cert", text(certificate), "--tls-key", text(key)];
        let (code, printed) = Program::new(&desk).unwrap().try_run(&arguments, "").await.unwrap();
        assert_eq!(code, Some(2), "{printed}");
        assert!(printed.contains(said), "{said} is not in {printed}");
        assert!(!desk.exists(), "nothing ran yet");
    }
    let (code, printed) = Program::new(&desk).unwrap().try_run(&["serve", "--tls-cert", text(&made.certificate)], "").await.unwrap();
    assert!(code == Some(2) && printed.contains("--tls-key"), "{printed}");
}
