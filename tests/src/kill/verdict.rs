//! What must be true of the desk once it has come to rest. The truth is what the servers have: Maildir and SMTP record.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use anyhow::Result;
use docket_mail::{
    Secret, Security,
    imap::{self, ImapAccount, Meta, Since},
};
use serde_json::Value;

use super::{
    LANES, Life, Report, SUPPORT, Scene,
    log::{self, bare},
    traffic::{Posted, Written},
};
use crate::client::Client;

/// The desk comes to rest within this time.
const REST: Duration = Duration::from_secs(60);

/// A mail of the desk's own, as it says.
struct Outgoing {
    number: String,
    message_id: String,
    automatic: bool,
    state: String,
    /// When it said that it does not know, or that it gave up (ms UTC).
    doubted_at: Option<i64>,
}

impl Outgoing {
    fn is_doubtful(&self) -> bool {
        self.state == "perhaps_sent" || self.state == "failed"
    }
}

/// Everything that the desk says about itself.
#[derive(Default)]
struct Desk {
    incoming: Vec<String>,
    outgoing: Vec<Outgoing>,
    /// Article ids with their texts.
    articles: HashMap<String, String>,
    numbers: Vec<String>,
}

/// Waits for rest, then holds the desk against what the servers have.
pub(super) async fn judge(scene: &Scene, agent: &Client, lives: &[Life], posted: &[Posted], written: &[Written]) -> Result<Report> {
    let mut report = Report::default();
    rest(scene, agent, &mut report).await?;
    let desk = read(agent).await?;
    let mut report = Report {
        kills: lives.len(),
        came: posted.len(),
        perhaps: desk.outgoing.iter().filter(|mail| mail.state == "perhaps_sent").count(),
        given_up: desk.outgoing.iter().filter(|mail| mail.automatic && mail.state == "failed").count(),
        confirmed: written.iter().filter(|write| write.confirmed).count(),
        cut_off: written.iter().filter(|write| !write.confirmed).count(),
        ..report
    };
    report.faults.extend(came(scene, &desk, posted));
    report.faults.extend(left(scene, &desk, written, &mut report.left));
    report.faults.extend(doubts(scene, &desk, lives, &mut report.between));
    report.faults.extend(kept(&desk, written));
    report.faults.extend(twice(&desk.numbers).into_iter().map(|number| format!("the number {number} was given twice")));
    let aside = agent.get("/quarantine").await?;
    if aside.as_array().is_none_or(|aside| !aside.is_empty()) {
        report.faults.push(format!("in quarantine: {aside}"));
    }
    Ok(report)
}

/// Waits until all mail is taken in and marked and nothing waits to leave; what does not come to rest is a fault.
async fn rest(scene: &Scene, agent: &Client, report: &mut Report) -> Result<()> {
    scene.smtp.control(&serde_json::json!({}));
    let begin = Instant::now();
    loop {
        // The outbox last: what was taken in before has its acknowledgement there.
        let unmarked = unmarked(scene).await?;
        let mailbox = agent.get("/mailboxes").await?;
        let all_in = mailbox[0]["taken_in"].as_u64() >= u64::try_from(scene.dovecot.count(SUPPORT)).ok();
        let counts = agent.get("/counts").await?;
        report.unmarked = unmarked.len();
        let rests = all_in && counts["outbox"]["waiting"] == 0;
        if rests && unmarked.is_empty() {
            return Ok(());
        }
        if begin.elapsed() > REST {
            report.faults.extend(unmarked.into_iter().map(|id| format!("the mail {id} bears no mark of the desk")));
            if !rests {
                report.faults.push(format!("mail waits without end: {mailbox} {}", agent.get("/outbox").await?));
            }
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The Message-IDs of the mails that the IMAP server has without a mark of the desk. The files' names are no witness: a
/// server that is left in the middle keeps a flag in its index alone.
async fn unmarked(scene: &Scene) -> Result<Vec<String>> {
    let account = ImapAccount {
        host: "127.0.0.1".into(),
        port: scene.dovecot.port(),
        security: Security::Plain,
        user: SUPPORT.into(),
        password: Secret::new("secret"),
        folder: "INBOX".into(),
        ca_file: None,
    };
    let mut mailbox = imap::connect(&account).await?;
    let uids = mailbox.search(Since::All).await?;
    let mails = if uids.is_empty() { Vec::new() } else { mailbox.fetch_meta(&uids).await? };
    mailbox.logout().await;
    let marked = |mail: &Meta| mail.flags.iter().any(|flag| flag.to_lowercase().starts_with("$docket-"));
    Ok(mails.into_iter().filter(|mail| !marked(mail)).map(|mail| mail.message_id.unwrap_or_default()).collect())
}

async fn read(agent: &Client) -> Result<Desk> {
    let mut desk = Desk::default();
    let mut after = String::new();
    loop {
        let page = agent.get(&format!("/tickets?view=all&sort=created&limit=200{after}")).await?;
        for row in page["rows"].as_array().into_iter().flatten() {
            let ticket = agent.get(&format!("/tickets/{}", row["id"].as_str().unwrap_or_default())).await?;
            desk.add(&ticket);
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={}", next.replace('|', "%7C")),
            None => return Ok(desk),
        }
    }
}

impl Desk {
    fn add(&mut self, ticket: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        self.numbers.push(text(&ticket["number"]));
        let events: Vec<&Value> = ticket["events"].as_array().into_iter().flatten().collect();
        for article in ticket["articles"].as_array().into_iter().flatten() {
            self.articles.insert(text(&article["id"]), text(&article["text"]));
            let message_id = bare(article["message_id"].as_str().unwrap_or_default()).to_owned();
            if article["direction"] == "inbound" && article["channel"] == "email" {
                self.incoming.push(message_id);
            } else if article["delivery"].is_object() {
                let doubt = |event: &&&Value| {
                    event["article"] == article["id"] && (event["type"] == "perhaps_sent" || event["type"] == "send_failed")
                };
                self.outgoing.push(Outgoing {
                    number: text(&ticket["number"]),
                    message_id,
                    automatic: article["author"].is_null(),
                    state: text(&article["delivery"]["state"]),
                    doubted_at: events.iter().find(doubt).and_then(|event| event["at"].as_i64()),
                });
            }
        }
    }
}

fn twice<'a>(all: impl IntoIterator<Item = &'a String>) -> Vec<String> {
    let mut seen = HashSet::new();
    all.into_iter().filter(|one| !seen.insert(*one)).cloned().collect()
}

/// Every mail of the mailbox is exactly one article, and the mailbox still has it.
fn came(scene: &Scene, desk: &Desk, posted: &[Posted]) -> Vec<String> {
    let maildir = scene.dovecot.maildir(SUPPORT);
    let files = ["new", "cur"].into_iter().flat_map(|part| std::fs::read_dir(maildir.join(part)).into_iter().flatten().flatten());
    let there: HashSet<String> = files.filter_map(|file| std::fs::read(file.path()).ok()).map(|raw| log::message_id(&raw)).collect();
    let known: HashSet<&String> = desk.incoming.iter().collect();
    let mut faults: Vec<String> = twice(&desk.incoming).into_iter().map(|id| format!("the mail {id} became two articles")).collect();
    faults
        .extend(posted.iter().filter(|mail| !there.contains(&mail.message_id)).map(|mail| format!("the mailbox lost {}", mail.message_id)));
    faults.extend(there.iter().filter(|id| !known.contains(id)).map(|id| format!("the mail {id} became no article")));
    faults.extend(known.iter().filter(|id| !there.contains(**id)).map(|id| format!("the article {id} came from nowhere")));
    let answers = desk.outgoing.iter().filter(|mail| mail.automatic).count();
    let opening = posted.iter().filter(|mail| mail.opens).count();
    if answers != opening {
        faults.push(format!("{opening} mails opened tickets, but {answers} acknowledgements were written"));
    }
    faults
}

/// The SMTP server has each mail at most once, and every one that the desk calls sent.
fn left(scene: &Scene, desk: &Desk, written: &[Written], count: &mut usize) -> Vec<String> {
    let taken = scene.smtp.taken();
    *count = taken.len();
    let recorded = log::recorded(&taken);
    let answered = log::noted(&scene.smtp.record(), "answered");
    let mut faults: Vec<String> =
        recorded.iter().filter(|(_, count)| **count > 1).map(|(id, count)| format!("the mail {id} left {count} times")).collect();
    let ours: HashSet<&String> = desk.outgoing.iter().map(|mail| &mail.message_id).collect();
    faults.extend(recorded.keys().filter(|id| !ours.contains(id)).map(|id| format!("the mail {id} left, but stands on no ticket")));
    for mail in &desk.outgoing {
        let Outgoing { number, message_id, automatic, state, .. } = mail;
        let allowed: &[&str] = if *automatic { &["sent", "failed"] } else { &["sent", "perhaps_sent"] };
        if !allowed.contains(&state.as_str()) {
            faults.push(format!("ticket {number}: the mail {message_id} (automatic: {automatic}) is {state}"));
        }
        if state == "sent" && !(recorded.contains_key(message_id) && answered.contains(message_id)) {
            faults.push(format!("ticket {number}: the mail {message_id} counts as sent, but the server did not take it"));
        }
        if state != "sent" && !mail.is_doubtful() && recorded.contains_key(message_id) {
            faults.push(format!("ticket {number}: the mail {message_id} left, but is {state}"));
        }
    }
    let texts: Vec<String> = taken.iter().map(|mail| String::from_utf8_lossy(&mail.raw).replace("=\r\n", "")).collect();
    for write in written {
        let times = texts.iter().filter(|text| text.contains(&write.mark)).count();
        if times > usize::from(write.reply) {
            faults.push(format!("what {} says left {times} times", write.article));
        }
    }
    faults
}

/// Doubt stands only where a kill fell into the handing over, and never for more mails than were on their way.
fn doubts(scene: &Scene, desk: &Desk, lives: &[Life], between: &mut usize) -> Vec<String> {
    let texts = log::noted(&scene.smtp.record(), "text");
    let mut faults = Vec::new();
    let mut evident = HashSet::new();
    let mut by_life: HashMap<usize, usize> = HashMap::new();
    for mail in desk.outgoing.iter().filter(|mail| mail.is_doubtful()) {
        let Some(at) = mail.doubted_at else {
            faults.push(format!("the history of {} does not say that {} is {}", mail.number, mail.message_id, mail.state));
            continue;
        };
        // The doubt is noted at the first start after the kill.
        let killed = lives.iter().rposition(|life| life.to <= at);
        let Some(killed) = killed else {
            faults.push(format!("ticket {}: {} is {} although nothing was killed before", mail.number, mail.message_id, mail.state));
            continue;
        };
        *by_life.entry(killed).or_default() += 1;
        if texts.contains(&mail.message_id) {
            evident.insert(killed);
        }
    }
    *between = evident.len();
    let most = LANES * lives.len();
    let all: usize = by_life.values().sum();
    if all > most {
        faults.push(format!("{all} mails are in doubt, but at most {most} can have been on their way"));
    }
    let stalled = lives.iter().filter(|life| life.stalled).count();
    if *between < stalled.min(lives.len()) * 9 / 10 {
        faults.push(format!("{stalled} kills fell into a mail's handing over, but only {between} left one in doubt"));
    }
    faults
}

/// What the API confirmed is there, once, with its text; nothing else was refused.
fn kept(desk: &Desk, written: &[Written]) -> Vec<String> {
    let mut faults = Vec::new();
    for write in written {
        let text = desk.articles.get(&write.article.to_string());
        if write.confirmed && text.is_none_or(|text| !text.contains(&write.mark)) {
            faults.push(format!("{} on {} was confirmed, but is lost", write.article, write.ticket));
        }
        if let Some(refused) = &write.refused {
            faults.push(format!("{} on {} was refused: {refused}", write.article, write.ticket));
        }
    }
    faults
}
