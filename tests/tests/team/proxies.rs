//! Docket behind nginx and Apache, each with the site that `docs/proxy` gives to administrators; only names, ports and files differ.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use docket_peers::{Certificate, Proxy, free_port};
use docket_tests::{
    curl::Curl,
    program::{Program, Server},
};
use tempfile::TempDir;

const PASSWORD: &str = "a-good-password";

struct Scene {
    folder: TempDir,
    authority: std::path::PathBuf,
    server: Server,
    /// Docket itself.
    direct: String,
    /// Docket through the proxy.
    url: String,
    plain: u16,
    tls: u16,
    _proxy: Proxy,
}

async fn behind(site: &str, start: impl Fn(&str, u16, u16) -> Proxy) -> Scene {
    let folder = TempDir::new().unwrap();
    let made = Certificate::make(folder.path());
    let program = Program::new(&folder.path().join("desk")).unwrap();
    program.run(&["agent", "add", "ana", "--name", "Ana", "--admin"], &format!("{PASSWORD}\n")).await.unwrap();
    let mut server = program.serve_with(&folder.path().join("log"), &["--trusted-proxy", "127.0.0.1"]).unwrap();
    let direct = server.ready().await.unwrap();
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/proxy").join(site)).unwrap();
    let (plain, tls) = (free_port(), free_port());
    let text = text
        .replace("127.0.0.1:8377", direct.strip_prefix("http://").unwrap())
        .replace("docket.example.org", "localhost")
        .replace("/etc/ssl/docket/fullchain.pem", made.certificate.to_str().unwrap())
        .replace("/etc/ssl/docket/privkey.pem", made.key.to_str().unwrap())
        .replace("listen 443", &format!("listen {tls}"))
        .replace("listen 80", &format!("listen {plain}"))
        .replace("*:443", &format!("*:{tls}"))
        .replace("*:80", &format!("*:{plain}"));
    let proxy = start(&text, tls, plain);
    Scene { authority: made.authority, url: format!("https://localhost:{tls}"), folder, server, direct, plain, tls, _proxy: proxy }
}

async fn nginx() -> Scene {
    behind("nginx.conf", |site, tls, _| Proxy::nginx(site, tls)).await
}

async fn apache() -> Scene {
    behind("apache.conf", |site, tls, plain| Proxy::apache(site, &[tls, plain])).await
}

impl Scene {
    fn curl(&self) -> Curl {
        Curl::trusting(&self.authority)
    }

    fn api(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.url)
    }

    async fn sign_in_works(&self) {
        for version in ["--http1.1", "--http2"] {
            let curl = self.curl().with(&[version, "-H", &format!("origin: {}", self.url)]);
            let (ana, answer) = curl.sign_in(&self.url, "ana", PASSWORD).await;
            assert_eq!(answer.status, 200, "{} {}", answer.complaint, String::from_utf8_lossy(&answer.body));
            assert_eq!(answer.version, if version == "--http2" { "2" } else { "1.1" });
            let cookie = answer.header("set-cookie").unwrap();
            assert!(cookie.contains("; Secure") && cookie.contains("SameSite=Strict"), "{cookie}");
            let note = serde_json::json!({ "document": {"a": 1} }).to_string();
            let kept = ana.ask(&self.api("/personal/one%2Ftwo"), &["-X", "PUT", "-H", "content-type: application/json", "-d", &note]).await;
            assert_eq!(kept.status, 204, "{}", String::from_utf8_lossy(&kept.body));
            assert_eq!(ana.ask(&self.api("/personal/one%2Ftwo"), &[]).await.json()["document"]["a"], 1);
        }
        let (_, direct) = Curl::default().sign_in(&self.direct, "ana", PASSWORD).await;
        assert!(!direct.header("set-cookie").unwrap().contains("Secure"), "without the proxy it is plain http");
    }

    async fn only_the_page_itself_asks(&self) {
        let foreign = self.curl().with(&["-H", "origin: https://evil.test"]).sign_in(&self.url, "ana", PASSWORD).await.1;
        assert_eq!(foreign.status, 403);
        // The name of the page is the proxy's to say, not the client's.
        let forged = ["-H", "origin: https://evil.test", "-H", "x-forwarded-host: evil.test"];
        assert_eq!(self.curl().with(&forged).sign_in(&self.url, "ana", PASSWORD).await.1.status, 403);
    }

    async fn other_names_get_nothing(&self) {
        for version in ["--http1.1", "--http2"] {
            let other = self.curl().ask(&format!("{}/health", self.url), &[version, "-H", "host: other.example.org"]).await;
            assert!([403, 421].contains(&other.status), "{}", other.status);
            assert_ne!(other.body, b"ok\n");
        }
        let plain = Curl::default().ask(&format!("http://localhost:{}/a?b=1", self.plain), &[]).await;
        assert_eq!((plain.status, plain.header("location")), (301, Some("https://localhost/a?b=1")));
        let bound = Curl::default().ask(&format!("https://127.0.0.1:{}/health", self.tls), &[]).await;
        assert_eq!(bound.status, 0, "nobody trusts this certificate by default");
    }

    async fn headers_arrive_as_they_left(&self) {
        let (through, direct) = (self.curl().ask(&self.url, &[]).await, Curl::default().ask(&self.direct, &[]).await);
        assert_eq!(through.body, direct.body);
        for name in [
            "content-security-policy",
            "x-content-type-options",
            "referrer-policy",
            "cross-origin-opener-policy",
            "cross-origin-resource-policy",
            "cache-control",
            "content-type",
        ] {
            assert_eq!(through.header(name), direct.header(name), "{name}");
            assert!(through.header(name).is_some(), "{name}");
        }
        let (ana, _) = self.curl().sign_in(&self.url, "ana", PASSWORD).await;
        let missing = ana.ask(&self.api("/tickets/nothing"), &[]).await;
        assert_eq!((missing.status, missing.json()["code"].as_str()), (404, Some("not_found")), "a problem is Docket's own");
        let packed = ana.ask(&self.api("/settings"), &["-H", "accept-encoding: gzip"]).await;
        assert_eq!(packed.header("content-encoding"), Some("gzip"));
    }

    async fn a_long_poll_is_not_cut(&self) {
        let (ana, _) = self.curl().sign_in(&self.url, "ana", PASSWORD).await;
        let begin = Instant::now();
        let answer = ana.ask(&self.api("/changes?after=999999"), &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.complaint);
        assert!(begin.elapsed() > Duration::from_secs(20), "it waits for 25 s: {:?}", begin.elapsed());
        assert!(answer.json()["seq"].is_number());
    }

    async fn large_files_pass(&self) {
        let (ana, _) = self.curl().sign_in(&self.url, "ana", PASSWORD).await;
        let file = self.folder.path().join("large");
        // Apache breaks an HTTP/2 stream off that is too long.
        for (megabytes, status, version) in [(60, 200, "--http2"), (60, 200, "--http1.1"), (70, 413, "--http1.1")] {
            fs::write(&file, vec![b'x'; megabytes * 1024 * 1024]).unwrap();
            let upload = format!("@{}", file.display());
            let arguments = [version, "-H", "content-type: application/octet-stream", "-H", "expect:", "--data-binary", &upload];
            let answer = ana.ask(&self.api("/uploads?name=large.bin"), &arguments).await;
            assert_eq!(answer.status, status, "{megabytes} MB: {} {}", answer.complaint, String::from_utf8_lossy(&answer.body));
            if status == 200 {
                assert_eq!(answer.json()["size"], megabytes * 1024 * 1024);
            }
        }
    }

    /// The address of a client is seen by what slows it down: each of these tries is from "another" one.
    async fn only_the_proxy_says_who_the_client_is(&self) {
        let wrong = async |curl: Curl, url: &str, number: usize| {
            let forged = format!("x-forwarded-for: 203.0.113.{number}");
            curl.with(&["-H", &forged]).sign_in(url, &format!("nobody-{number}"), "wrong-password").await.1.status
        };
        let from = |curl: Curl, address: &str| curl.with(&["--interface", address]);
        let through = |address: &str| from(self.curl().with(&["-4"]), address);
        let mut last = 0;
        for number in 0..7 {
            last = wrong(through("127.0.0.2"), &self.url, number).await;
        }
        assert_eq!(last, 429, "what a client says of itself is not believed");
        assert_eq!(wrong(through("127.0.0.3"), &self.url, 20).await, 401, "another client is another one");
        for number in 30..37 {
            last = wrong(from(Curl::default(), "127.0.0.4"), &self.direct, number).await;
        }
        assert_eq!(last, 429, "127.0.0.4 is no proxy of ours");
        for number in 40..47 {
            last = wrong(Curl::default(), &self.direct, number).await;
        }
        assert_eq!(last, 401, "127.0.0.1 is, and names seven clients");
    }

    async fn holds(self) {
        self.sign_in_works().await;
        self.only_the_page_itself_asks().await;
        self.other_names_get_nothing().await;
        self.headers_arrive_as_they_left().await;
        self.large_files_pass().await;
        tokio::join!(self.a_long_poll_is_not_cut(), self.only_the_proxy_says_who_the_client_is());
        self.server.end().await.unwrap();
    }
}

#[tokio::test]
async fn behind_nginx() {
    nginx().await.holds().await;
}

#[tokio::test]
async fn behind_apache() {
    apache().await.holds().await;
}
