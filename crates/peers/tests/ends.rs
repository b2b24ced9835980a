//! Servers start, work, and leave nothing behind.

use std::{path::Path, process::Command};

use docket_peers::{Dovecot, Postgres, Proxy, Smtp, SmtpOptions};

fn runs(id: u32) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    !state.is_empty() && !state.contains(") Z ")
}

#[test]
fn a_dropped_server_is_gone() {
    let (dovecot, smtp, postgres) = (Dovecot::start(), Smtp::start(SmtpOptions::default()), Postgres::start());
    let url = postgres.url();
    assert_ne!(url, postgres.url());
    dovecot.deliver("u1@a.test", b"Subject: x\n\ny\n");
    assert_eq!(dovecot.count("u1@a.test"), 1);
    let ids = [dovecot.id(), smtp.id(), postgres.id()];
    let folder = dovecot.maildir("u1@a.test");
    assert!(ids.into_iter().all(runs));
    drop((dovecot, smtp, postgres));
    assert!(!ids.into_iter().any(runs));
    assert!(!Path::new(&folder).exists());
}

#[test]
fn a_dropped_proxy_is_gone() {
    let ports = [docket_peers::free_port(), docket_peers::free_port()];
    let nginx = Proxy::nginx(&format!("server {{ listen {}; return 204; }}", ports[0]), ports[0]);
    let apache = Proxy::apache("", &ports[1..]);
    let ids = [nginx.id(), apache.id()];
    assert!(ids.into_iter().all(runs), "{}{}", nginx.log(), apache.log());
    drop((nginx, apache));
    assert!(!ids.into_iter().any(runs));
}

/// The inner half of the test below: starts the servers, says who they are, and waits to be killed.
#[test]
fn killed_from_outside() {
    if std::env::var_os("DOCKET_PEERS_VICTIM").is_none() {
        return;
    }
    let (dovecot, smtp, postgres) = (Dovecot::start(), Smtp::start(SmtpOptions::default()), Postgres::start());
    println!("victims {} {} {}", dovecot.id(), smtp.id(), postgres.id());
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
}

#[test]
fn a_killed_test_leaves_no_server() {
    use std::io::{BufRead, BufReader};
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed_from_outside", "--nocapture"])
        .env("DOCKET_PEERS_VICTIM", "1")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines().map_while(Result::ok);
    let line = lines.find(|line| line.contains("victims ")).unwrap();
    let ids: Vec<u32> = line.split("victims ").nth(1).unwrap().split(' ').map(|id| id.trim().parse().unwrap()).collect();
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| runs(*id)));
    victim.kill().unwrap();
    victim.wait().unwrap();
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while ids.iter().any(|id| runs(*id)) {
        assert!(std::time::Instant::now() < end, "still running: {ids:?}");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
