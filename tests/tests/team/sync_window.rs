//! The window's Router on a connected desk, with a real server at the other end: the loop, the relay, and what the page is told.

use docket_api::{Host, LocalActor, call, router};
use docket_app::{App, Hold, HostKind, Options};
use docket_sync::Roads;
use docket_tests::{dice::Dice, office::Office, team::PASSWORD, until};
use http::{Request, StatusCode};
use serde_json::{Value, json};

const TOKEN: &str = "of-this-start";

/// What the window does, without its window.
pub(crate) struct Window {
    pub app: App,
}

impl Window {
    pub async fn open(office: &Office) -> Self {
        // The key lies in a file here: there is no keyring to ask.
        let data = office.path("window");
        let key_file = Some(data.join("key"));
        let options = Options { data, database: None, hold: Hold::Holder("test".into()), host: HostKind::Desktop, key_file };
        let (app, roads) = (App::open(options).await.unwrap(), Roads::open(None).unwrap());
        docket_sync::reach(&app, &roads);
        app.run();
        tokio::spawn(docket_sync::run(app.clone(), roads));
        Self { app }
    }

    pub async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (StatusCode, Vec<u8>) {
        let request = Request::builder().method(method).uri(format!("/api/v1{path}")).header("x-docket", TOKEN);
        let mut request =
            request.header("content-type", "application/json").body(body.map_or_else(Vec::new, |body| body.to_string().into())).unwrap();
        if let Some(me) = self.app.window_agent() {
            request.extensions_mut().insert(LocalActor(me));
        }
        let answer = call(&router(self.app.clone(), Host::Desktop { write_token: TOKEN.into() }), request).await;
        (answer.status(), answer.into_body())
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path, None).await;
        assert!(status.is_success(), "{path}: {status} {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap()
    }

    pub async fn state(&self) -> String {
        self.get("/session").await["connection"]["state"].as_str().unwrap_or_default().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_start_connects_and_the_window_lives_with_its_server() {
    let office = Office::open(false, Dice::new(1)).await.unwrap();
    let ana = office.sign_in("ana").await.unwrap();
    let window = Window::open(&office).await;
    assert_eq!(window.get("/connection").await, Value::Null);
    let connect = |password: &str| json!({ "server": office.line.url(), "login": "ana", "password": password, "name": "window" });
    let (status, body) = window.ask("POST", "/connection", Some(connect("something else"))).await;
    assert_eq!(status, 401, "{}", String::from_utf8_lossy(&body));
    let plain = json!({ "server": "http://desk.example.org", "login": "ana", "password": PASSWORD });
    let (status, body) = window.ask("POST", "/connection", Some(plain)).await;
    let problem: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((status.as_u16(), problem["field"].as_str()), (400, Some("server")), "{problem}");
    let (status, body) = window.ask("POST", "/connection", Some(connect(PASSWORD))).await;
    assert!(status.is_success(), "{}", String::from_utf8_lossy(&body));
    let session = window.get("/session").await;
    assert_eq!((&session["stage"], &session["agent"]["login"]), (&json!("ready"), &json!("ana")), "{session}");
    until("the first sync", async || (window.state().await == "up_to_date").then_some(())).await;

    // What somebody does at the server shows here by itself.
    let upload = ana.bring("/uploads?name=a.txt&type=text/plain", b"the bytes".to_vec()).await.unwrap();
    let (id, article) = (docket_app::new_id(), docket_app::new_id());
    let new = json!({ "id": id, "article_id": article, "title": "Printer", "channel": "phone", "text": "fire",
        "customer": { "address": "c@x.test" }, "attachments": [{ "upload_id": upload["upload_id"] }] });
    ana.must_post("/tickets", &new).await.unwrap();
    let path = format!("/tickets/{id}");
    until("the ticket", async || window.ask("GET", &path, None).await.0.is_success().then_some(())).await;
    let ticket = window.get(&path).await;
    let file = ticket["articles"][0]["attachments"][0]["id"].as_str().unwrap().to_owned();

    // And what is done here shows there.
    let note =
        json!({ "id": docket_app::new_id(), "body": { "type": "note", "article_id": docket_app::new_id(), "text": "from the window" } });
    let (status, body) = window.ask("POST", &format!("{path}/commands"), Some(note)).await;
    assert!(status.is_success(), "{}", String::from_utf8_lossy(&body));
    until("the note at the server", async || ana.get(&path).await.ok()?.to_string().contains("from the window").then_some(())).await;

    // Settings are the server's: saved there, and here with the next pull.
    let record = window.get("/settings").await["records"]["desk"][0].clone();
    let mut document = record["document"].clone();
    document["name"] = json!("Our desk");
    let desk = format!("/settings/desk/{}", record["id"].as_str().unwrap());
    let (status, body) = window.ask("PUT", &desk, Some(json!({ "version": record["version"], "document": document }))).await;
    assert!(status.is_success(), "{}", String::from_utf8_lossy(&body));
    assert_eq!(ana.get("/session").await.unwrap()["desk"]["name"], "Our desk");
    until("the name here", async || (window.get("/session").await["desk"]["name"] == "Our desk").then_some(())).await;
    assert_eq!(window.get("/mailboxes").await, json!([]));

    // A file comes when it is opened, and stays.
    let attachment = format!("/articles/{article}/attachments/{file}");
    assert_eq!(window.ask("GET", &attachment, None).await, (StatusCode::OK, b"the bytes".to_vec()));

    // Without the server: the page is told, work goes on, and what only the server can do says so.
    let seq = window.get("/changes?after=-1").await["seq"].as_i64().unwrap();
    office.kill().await.unwrap();
    until("the window to notice", async || (window.state().await == "offline").then_some(())).await;
    let changes = window.get(&format!("/changes?after={seq}")).await;
    assert_eq!(changes["connection"], true, "{changes}");
    let (status, body) = window.ask("GET", "/mailboxes", None).await;
    let problem: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((status.as_u16(), problem["code"].as_str()), (503, Some("offline")), "{problem}");
    assert_eq!(window.ask("GET", &attachment, None).await.0, StatusCode::OK);
    let note =
        json!({ "id": docket_app::new_id(), "body": { "type": "note", "article_id": docket_app::new_id(), "text": "on the train" } });
    let (status, _) = window.ask("POST", &format!("{path}/commands"), Some(note)).await;
    assert!(status.is_success());
    assert_eq!(window.get("/connection/outbox").await[0]["entries"][0]["text"], "on the train");

    // And back.
    office.start().await.unwrap();
    let (status, _) = window.ask("POST", "/connection/sync", None).await;
    assert_eq!(status, 204);
    until("the window to be back", async || (window.state().await == "up_to_date").then_some(())).await;
    until("the outbox to empty", async || (window.get("/connection/outbox").await == json!([])).then_some(())).await;
    let ana = office.sign_in("ana").await.unwrap();
    assert!(ana.get(&path).await.unwrap().to_string().contains("on the train"));
    window.app.close().await;
}
