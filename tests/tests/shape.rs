//! The architecture and the licences, held against what cargo says of the workspace.

use std::process::Command;

use serde_json::Value;

/// Which of our crates a crate may build on. Tests and dev-dependencies may use any.
const LAYERS: &[(&str, &[&str])] = &[
    ("docket-domain", &[]),
    ("docket-store", &["docket-domain"]),
    ("docket-search", &["docket-domain"]),
    ("docket-mail", &["docket-domain"]),
    ("docket-app", &["docket-domain", "docket-store", "docket-search", "docket-mail"]),
    ("docket-api", &["docket-domain", "docket-app"]),
    ("docket-sync", &["docket-app"]),
    ("docket", &["docket-domain", "docket-app", "docket-api", "docket-sync"]),
    ("docket-desktop", &["docket-domain", "docket-app", "docket-api", "docket-sync"]),
];

/// Which crate alone may name a dependency: what is fenced in can be replaced in one place.
const FENCES: &[(&str, &str)] = &[
    ("sqlx", "docket-store"),
    ("lettre", "docket-mail"),
    ("async-imap", "docket-mail"),
    ("mail-parser", "docket-mail"),
    ("ammonia", "docket-mail"),
    ("axum", "docket-api"),
    ("tower-http", "docket-api"),
    ("reqwest", "docket-sync"),
    ("tauri", "docket-desktop"),
    ("tauri-build", "docket-desktop"),
    ("tantivy", "docket-search"),
];

const TESTS: &str = "docket-tests";
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn each_crate_builds_only_on_the_layers_below_it() {
    let metadata = metadata();
    let ours: Vec<&str> = members(&metadata).map(|(name, _)| name).collect();
    let mut faults = Vec::new();
    for (name, dependency) in dependencies(&metadata) {
        if !ours.contains(&dependency) {
            continue;
        }
        match LAYERS.iter().find(|(layer, _)| *layer == name) {
            Some((_, below)) if below.contains(&dependency) => {}
            Some((_, below)) => faults.push(format!("{name} depends on {dependency}, but may build only on {below:?}")),
            None => faults.push(format!("{name} is a new crate: say in LAYERS what it may build on")),
        }
    }
    none(&faults);
}

#[test]
fn a_fenced_dependency_is_named_by_one_crate_only() {
    let metadata = metadata();
    let faults: Vec<String> = dependencies(&metadata)
        .filter_map(|(name, dependency)| {
            let (_, owner) = FENCES.iter().find(|(fenced, _)| *fenced == dependency)?;
            (name != *owner).then(|| format!("{name} names {dependency}, which belongs to {owner} alone"))
        })
        .collect();
    none(&faults);
}

#[test]
fn every_dependency_has_a_licence_on_the_list() {
    let policy = Policy::read();
    let metadata = metadata();
    let faults: Vec<String> = packages(&metadata)
        .filter_map(|package| {
            let (name, licence) = (text(package, "name"), text(package, "license"));
            (!policy.accepts(name, licence))
                .then(|| format!("{name} {} is under '{licence}', which deny.toml does not allow", text(package, "version")))
        })
        .collect();
    none(&faults);
}

#[test]
fn licence_expressions_are_read_as_spdx_means_them() {
    let policy = Policy { allowed: vec!["MIT".into(), "ISC".into(), "A WITH x".into()], exceptions: vec![("c".into(), "MPL".into())] };
    for (expression, accepted) in [
        ("MIT", true),
        ("GPL", false),
        ("", false),
        ("MIT OR GPL", true),
        ("GPL/MIT", true),
        ("GPL / MIT", true),
        ("MIT AND GPL", false),
        ("MIT AND ISC", true),
        ("(MIT OR GPL) AND ISC", true),
        ("(MIT OR GPL) AND BSD", false),
        ("GPL AND GPL OR MIT", true),
        ("A WITH x", true),
        ("MIT WITH x", false),
        ("MPL", false),
    ] {
        assert_eq!(policy.accepts("a", expression), accepted, "{expression}");
    }
    assert!(policy.accepts("c", "MPL"), "an exception holds for its crate");
}

/// What deny.toml says of licences.
struct Policy {
    allowed: Vec<String>,
    exceptions: Vec<(String, String)>,
}

impl Policy {
    fn read() -> Self {
        let file = std::fs::read_to_string(format!("{ROOT}/deny.toml")).expect("deny.toml stands in the root");
        let (_, licences) = file.split_once("\nallow = [").expect("deny.toml has licenses.allow");
        let (allowed, rest) = licences.split_once("\n]").expect("the list ends on a line of its own");
        let exceptions = rest.lines().filter(|line| line.contains("{ crate =") && line.contains("allow ="));
        Self {
            allowed: quoted(allowed),
            exceptions: exceptions
                .map(|line| match <[String; 2]>::try_from(quoted(line)) {
                    Ok([name, licence]) => (name, licence),
                    Err(other) => panic!("an exception is one crate and one licence: {other:?}"),
                })
                .collect(),
        }
    }

    /// Whether the expression can be met with licences that are allowed to this crate.
    fn accepts(&self, name: &str, expression: &str) -> bool {
        let allowed = |licence: &str| {
            self.allowed.iter().any(|one| one == licence) || self.exceptions.iter().any(|(krate, one)| krate == name && one == licence)
        };
        let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
        let words: Vec<&str> = spaced.split_whitespace().collect();
        either(&mut words.as_slice(), &allowed)
    }
}

/// `both OR both …`
fn either(words: &mut &[&str], allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut met = both(words, allowed);
    while let [first, rest @ ..] = *words
        && *first == "OR"
    {
        *words = rest;
        met |= both(words, allowed);
    }
    met
}

/// `term AND term …`
fn both(words: &mut &[&str], allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut met = term(words, allowed);
    while let [first, rest @ ..] = *words
        && *first == "AND"
    {
        *words = rest;
        met &= term(words, allowed);
    }
    met
}

/// A licence, a licence with an exception, or an expression in brackets.
fn term(words: &mut &[&str], allowed: &dyn Fn(&str) -> bool) -> bool {
    match *words {
        ["(", rest @ ..] => {
            *words = rest;
            let met = either(words, allowed);
            *words = words.get(1..).unwrap_or_default();
            met
        }
        [licence, "WITH", exception, rest @ ..] => {
            *words = rest;
            allowed(&format!("{licence} WITH {exception}"))
        }
        [licence, rest @ ..] => {
            *words = rest;
            allowed(licence)
        }
        [] => false,
    }
}

/// The strings between quotes, in order.
fn quoted(text: &str) -> Vec<String> {
    text.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The whole workspace, for every platform, from what cargo has already fetched.
fn metadata() -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output =
        Command::new(cargo).args(["metadata", "--format-version", "1", "--offline"]).current_dir(ROOT).output().expect("cargo runs");
    assert!(
        output.status.success(),
        "cargo knows not every crate yet; `cargo fetch` gets them: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("cargo prints JSON")
}

fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().into_iter().flatten()
}

/// Our crates, each with its name.
fn members(metadata: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let ids = metadata["workspace_members"].as_array().expect("a workspace has members");
    packages(metadata).filter(|package| ids.contains(&package["id"])).map(|package| (text(package, "name"), package))
}

/// What each of our crates, the tests apart, names in its manifest, dev-dependencies apart.
fn dependencies(metadata: &Value) -> impl Iterator<Item = (&str, &str)> {
    members(metadata).filter(|(name, _)| *name != TESTS).flat_map(|(name, package)| {
        let named = package["dependencies"].as_array().into_iter().flatten();
        named.filter(|dependency| dependency["kind"] != "dev").map(move |dependency| (name, text(dependency, "name")))
    })
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
