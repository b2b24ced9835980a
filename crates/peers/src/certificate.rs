//! A certificate authority of our own.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A certificate for `localhost` and 127.0.0.1, signed by an authority that nobody else trusts.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The authority's certificate (PEM): what a client has to trust.
    pub authority: PathBuf,
    /// The server's certificate (PEM).
    pub certificate: PathBuf,
    /// The server's key (PEM).
    pub key: PathBuf,
}

impl Certificate {
    /// Makes authority, key and certificate in `folder` with the `openssl` command.
    pub fn make(folder: &Path) -> Self {
        let made = Self { authority: folder.join("ca.pem"), certificate: folder.join("server.pem"), key: folder.join("server.key") };
        let authority_key = folder.join("ca.key");
        let request = folder.join("server.csr");
        let names = folder.join("names");
        std::fs::write(&names, "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n").expect("our own folder");
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
        openssl(
            Command::new("openssl")
                .args(["req", "-x509", "-days", "30", "-subj", "/CN=docket test authority"])
                .args(key)
                .arg("-keyout")
                .arg(&authority_key)
                .arg("-out")
                .arg(&made.authority),
        );
        openssl(
            Command::new("openssl")
                .args(["req", "-subj", "/CN=localhost"])
                .args(key)
                .arg("-keyout")
                .arg(&made.key)
                .arg("-out")
                .arg(&request),
        );
        openssl(
            Command::new("openssl")
                .args(["x509", "-req", "-days", "30", "-CAcreateserial", "-in"])
                .arg(&request)
                .arg("-CA")
                .arg(&made.authority)
                .arg("-CAkey")
                .arg(&authority_key)
                .arg("-extfile")
                .arg(&names)
                .arg("-out")
                .arg(&made.certificate),
        );
        made
    }
}

fn openssl(command: &mut Command) {
    let done = command.stdin(Stdio::null()).output().expect("the openssl command is installed");
    assert!(done.status.success(), "openssl: {}", String::from_utf8_lossy(&done.stderr));
}
