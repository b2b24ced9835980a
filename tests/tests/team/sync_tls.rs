//! A desktop and a server with a certificate of the desk's own authority.

use std::path::{Path, PathBuf};

use docket_peers::Certificate;
use docket_tests::{
    altering::Altering,
    office::{json, texts, tickets},
    program::{Program, Server},
    team::PASSWORD,
};
use tempfile::TempDir;

struct Place {
    folder: TempDir,
    made: Certificate,
    line: Altering,
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

impl Place {
    async fn make() -> Self {
        let folder = TempDir::new().unwrap();
        let made = Certificate::make(&part(&folder, "certificate"));
        let place = Self { folder, made, line: Altering::to(9).await };
        place.program("desk").run(&["agent", "add", "ana", "--name", "Ana", "--admin"], &format!("{PASSWORD}\n")).await.unwrap();
        place
    }

    fn program(&self, name: &str) -> Program {
        Program::new(&self.folder.path().join(name)).unwrap()
    }

    /// A desktop that trusts the desk's authority.
    fn trusting(&self) -> Program {
        self.program("laptop").with_env("DOCKET_CA_FILE", text(&self.made.authority))
    }

    async fn serve(&self, made: &Certificate) -> Server {
        let arguments = ["--tls-cert", text(&made.certificate), "--tls-key", text(&made.key)];
        let mut server = self.program("desk").serve_with(&self.folder.path().join("log"), &arguments).unwrap();
        let url = server.ready().await.unwrap();
        self.line.lead_to(url.rsplit(':').next().unwrap().parse().unwrap());
        server
    }

    fn url(&self) -> String {
        self.line.url().replace("http:", "https:")
    }

    async fn connect(&self, program: &Program, server: &str) -> (Option<i32>, String) {
        program.try_run(&["sync", "connect", server, "--login", "ana"], &format!("{PASSWORD}\n")).await.unwrap()
    }
}

fn part(folder: &TempDir, name: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::create_dir(&path).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desk_with_its_own_authority_is_trusted_by_who_names_it() {
    let place = Place::make().await;
    let server = place.serve(&place.made).await;
    let (code, said) = place.connect(&place.program("laptop"), &place.url()).await;
    // Trying again later would not help.
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("nobody whom this computer trusts has signed its certificate") && said.contains("DOCKET_CA_FILE"), "{said}");
    for (file, words) in [("nothing", "nothing holds no certificate"), ("empty", "empty holds no certificate")] {
        let path = place.folder.path().join(file);
        if file == "empty" {
            std::fs::write(&path, "").unwrap();
        }
        let (code, said) = place.connect(&place.program("laptop").with_env("DOCKET_CA_FILE", text(&path)), &place.url()).await;
        assert!(code == Some(1) && said.contains(words), "{code:?} {said}");
    }
    let laptop = place.trusting();
    assert_eq!(place.connect(&laptop, &place.url()).await.0, Some(0));
    laptop.run(&["sync", "now"], "").await.unwrap();
    laptop.run(&["ticket", "create", "--title", "Post", "--text", "sealed"], "").await.unwrap();
    assert_eq!(texts(&tickets(&place.program("desk")).await.unwrap()), ["sealed"]);
    server.end().await.unwrap();
}

/// Somebody else answers at the server's place: nothing is said to them, and it all goes out when the server is back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_in_the_servers_place_is_told_nothing() {
    let place = Place::make().await;
    let server = place.serve(&place.made).await;
    let laptop = place.trusting();
    assert_eq!(place.connect(&laptop, &place.url()).await.0, Some(0));
    laptop.run(&["sync", "now"], "").await.unwrap();
    server.end().await.unwrap();
    let stranger = place.serve(&Certificate::make(&part(&place.folder, "stranger"))).await;
    let said = laptop.run(&["ticket", "create", "--title", "Post", "--text", "for us alone"], "").await.unwrap();
    assert!(said.contains("This waits for https://127.0.0.1:"), "{said}");
    let (code, said) = laptop.try_run(&["sync", "now"], "").await.unwrap();
    assert!(code == Some(75) && said.contains("cannot be trusted"), "{code:?} {said}");
    let status = json(&laptop, &["sync", "status", "--json"]).await.unwrap();
    assert_eq!((status["state"].as_str(), status["waiting"].as_i64()), (Some("offline"), Some(1)), "{status}");
    assert!(tickets(&place.program("desk")).await.unwrap().is_empty());
    stranger.end().await.unwrap();
    let server = place.serve(&place.made).await;
    laptop.run(&["sync", "now"], "").await.unwrap();
    assert_eq!(texts(&tickets(&place.program("desk")).await.unwrap()), ["for us alone"]);
    server.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_encryption_a_desktop_speaks_to_its_own_computer_alone() {
    let folder = TempDir::new().unwrap();
    let laptop = Program::new(&folder.path().join("laptop")).unwrap();
    for server in ["http://192.0.2.1:8377", "http://desk.example.org", "http://0.0.0.0:8377", "http://[2001:db8::1]"] {
        let (code, said) = laptop.try_run(&["sync", "connect", server, "--login", "ana"], &format!("{PASSWORD}\n")).await.unwrap();
        assert!(code == Some(1) && said.contains("must begin with https://"), "{server}: {code:?} {said}");
    }
    let (code, said) = laptop.try_run(&["sync", "status"], "").await.unwrap();
    assert!(code == Some(1) && said.contains("not connected"), "{said}");
}
