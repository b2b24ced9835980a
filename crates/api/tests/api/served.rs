//! Over a real socket: the page, the names a server answers to, compression, the end.

use std::time::Duration;

use docket_api::router;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

use crate::desk::Desk;

struct Served {
    address: String,
    end: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
}

async fn serve(desk: &Desk) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (end, ended) = oneshot::channel::<()>();
    let shutdown = async {
        let _ = ended.await;
    };
    let server = tokio::spawn(docket_api::serve(listener, router(desk.app.clone(), desk.host.clone()), shutdown));
    Served { address, end, server }
}

impl Served {
    /// Sends one request and reads the whole answer, as bytes that are text where it matters.
    async fn ask(&self, path: &str, headers: &[(&str, &str)]) -> String {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let mut request = format!("GET {path} HTTP/1.1\r\nConnection: close\r\n");
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        stream.write_all(format!("{request}\r\n").as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    async fn stop(self) {
        self.end.send(()).unwrap();
        tokio::time::timeout(Duration::from_secs(4), self.server).await.expect("the server ends").unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_server_of_this_computer_answers_to_its_names_only() {
    let desk = Desk::server().await;
    let served = serve(&desk).await;
    for (host, status) in [
        ("127.0.0.1:8377", "200"),
        ("localhost:1", "200"),
        ("[::1]:8377", "200"),
        ("rebound.example.org", "403"),
        ("127.0.0.1.example.org:8377", "403"),
    ] {
        let answer = served.ask("/api/v1/session", &[("Host", host)]).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{host}: {answer}");
    }
    served.stop().await;
}

#[tokio::test]
async fn the_page_comes_along() {
    let desk = Desk::server().await;
    let served = serve(&desk).await;
    let page = served.ask("/", &[("Host", "localhost")]).await;
    assert!(page.starts_with("HTTP/1.1 200 ") && page.to_lowercase().contains("<!doctype html>"), "{page}");
    let policy = page.lines().find(|line| line.starts_with("content-security-policy: ")).unwrap();
    assert!(policy.contains("default-src 'self'") && policy.contains("object-src 'none'") && policy.contains("frame-ancestors 'none'"));
    let tag = page.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    let again = served.ask("/", &[("Host", "localhost"), ("If-None-Match", tag)]).await;
    assert!(again.starts_with("HTTP/1.1 304 "), "{again}");
    for path in ["/missing.js", "/../Cargo.toml", "/api/nothing"] {
        let answer = served.ask(path, &[("Host", "localhost")]).await;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
    }
    served.stop().await;
}

#[tokio::test]
async fn text_is_compressed_for_who_asks() {
    let desk = Desk::server().await;
    let served = serve(&desk).await;
    let plain = served.ask("/api/openapi.json", &[("Host", "localhost")]).await;
    assert!(!plain.contains("content-encoding"));
    let packed = served.ask("/api/openapi.json", &[("Host", "localhost"), ("Accept-Encoding", "gzip")]).await;
    assert!(packed.contains("content-encoding: gzip"));
    // Bytes that are no text count threefold here.
    assert!(packed.len() < plain.len() / 2, "{} of {}", packed.len(), plain.len());
    served.stop().await;
}

#[tokio::test]
async fn health_and_metrics_are_for_whoever_looks_after_it() {
    let desk = Desk::server().await;
    let served = serve(&desk).await;
    assert!(served.ask("/health", &[("Host", "localhost")]).await.ends_with("ok\n"));
    let metrics = served.ask("/metrics", &[("Host", "localhost")]).await;
    for name in ["docket_requests_total{status=\"2xx\"} ", "docket_tickets{", "docket_request_seconds_count "] {
        assert!(metrics.contains(name), "{name} is missing in {metrics}");
    }
    served.stop().await;
}

#[tokio::test]
async fn who_waits_for_news_does_not_hold_up_the_end() {
    let desk = Desk::server().await;
    let ana = desk.agent("ana").await;
    let seq = ana.get("/changes?after=-1").await.ok()["seq"].clone();
    let served = serve(&desk).await;
    let mut stream = TcpStream::connect(&served.address).await.unwrap();
    let request = format!("GET /api/v1/changes?after={seq} HTTP/1.1\r\nHost: localhost\r\nCookie: {}\r\n\r\n", ana.cookie);
    stream.write_all(request.as_bytes()).await.unwrap();
    // Answered after the request above was read: both came by the same connection queue, this one later.
    served.ask("/api/v1/session", &[("Host", "localhost")]).await;
    served.stop().await;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.is_empty() || answer.contains(&format!("\"seq\":{seq}")), "{answer}");
}
