//! What the package promises about itself.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

fn metadata() -> Value {
    let version = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap();
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--filter-platform",
            host,
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The name and licence of every package that is linked or builds what is linked. The tree is
/// exact; `cargo metadata` also names what no feature of ours turns on.
fn licences() -> Vec<(String, String)> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "-e", "normal,build", "--prefix", "none"])
        .args(["--format", "{p}\t{l}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let tree = String::from_utf8(output.stdout).unwrap();
    let lines: BTreeSet<&str> = tree
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .collect();
    let pair = |line: &&str| {
        line.split_once('\t')
            .map(|(name, licence)| (name.to_owned(), licence.to_owned()))
    };
    lines.iter().filter_map(pair).collect()
}

fn version(text: &str) -> Vec<u64> {
    text.split('.').map(|part| part.parse().unwrap()).collect()
}

#[test]
fn no_dependency_asks_for_a_newer_rust() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let own = packages
        .iter()
        .find(|package| package["name"] == "tympan")
        .unwrap();
    let own = version(own["rust_version"].as_str().unwrap());
    let newer: Vec<String> = packages
        .iter()
        .filter_map(|package| Some((package["name"].as_str()?, package["rust_version"].as_str()?)))
        .filter(|(_, rust)| version(rust) > own)
        .map(|(name, rust)| format!("{name} needs Rust {rust}"))
        .collect();
    assert!(newer.is_empty(), "{}", newer.join("\n"));
}

#[test]
fn the_ten_crates_of_the_card_are_dependencies() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let own = packages
        .iter()
        .find(|package| package["name"] == "tympan")
        .unwrap();
    let names: Vec<&str> = own["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|dependency| dependency["kind"].is_null())
        .filter_map(|dependency| dependency["name"].as_str())
        .collect();
    for name in [
        "pulldown-cmark",
        "tera",
        "image",
        "notify",
        "walkdir",
        "rayon",
        "harper-core",
        "printpdf",
        "epub-builder",
        "clap",
    ] {
        assert!(names.contains(&name), "{name} is missing");
    }
}

/// Whether an SPDX expression (annex D of the specification) can be met with `allowed` licences:
/// one side of every OR, both sides of every AND. A slash is the older spelling of OR.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let spaced = spaced.replace(" WITH ", "\u{0}");
    let words: Vec<String> = spaced
        .split_whitespace()
        .map(|word| word.replace('\u{0}', " WITH "))
        .collect();
    let mut at = 0;
    let good = either(&words, &mut at, allowed);
    good && at == words.len()
}

fn either(words: &[String], at: &mut usize, allowed: &[String]) -> bool {
    let mut good = both(words, at, allowed);
    while words.get(*at).is_some_and(|word| word == "OR") {
        *at += 1;
        good |= both(words, at, allowed);
    }
    good
}

fn both(words: &[String], at: &mut usize, allowed: &[String]) -> bool {
    let mut good = one(words, at, allowed);
    while words.get(*at).is_some_and(|word| word == "AND") {
        *at += 1;
        good &= one(words, at, allowed);
    }
    good
}

fn one(words: &[String], at: &mut usize, allowed: &[String]) -> bool {
    let word = words.get(*at).map(String::as_str);
    *at += 1;
    if word == Some("(") {
        let good = either(words, at, allowed);
        *at += 1;
        return good;
    }
    word.is_some_and(|word| allowed.iter().any(|licence| licence == word))
}

#[test]
fn every_licence_is_one_that_may_be_linked() {
    let deny = include_str!("../../deny.toml");
    let deny: toml::Table = toml::from_str(deny).unwrap();
    let allowed: Vec<String> = deny["licenses"]["allow"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    assert!(is_allowed("(MIT OR GPL-2.0-only) AND Zlib", &allowed));
    assert!(!is_allowed("GPL-3.0-or-later", &allowed));
    assert!(!is_allowed("MIT AND AGPL-3.0-only", &allowed));
    let licences = licences();
    assert!(licences.len() > 200, "{} packages", licences.len());
    let faults: Vec<String> = licences
        .into_iter()
        .filter(|(_, licence)| !is_allowed(licence, &allowed))
        .map(|(name, licence)| format!("{name}: {licence}"))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_lock_of_a_release_names_the_engines_that_are_linked() {
    let manifest = include_str!("../../Cargo.toml");
    let flow = include_str!("../../src/build/lock.rs");
    for (name, package) in [
        ("arborium", "arborium"),
        ("mermaid-rs-renderer", "mermaid-rs-renderer"),
        ("layout-rs", "layout-rs"),
        ("pikchr", "pikchr"),
        ("typst", "typst"),
        ("harper", "harper-core"),
        ("grass", "grass_compiler"),
    ] {
        let start = format!("{package} = {{ version = \"=");
        let version = manifest
            .lines()
            .find_map(|line| line.strip_prefix(start.as_str()));
        let version = version.unwrap().split('"').next().unwrap();
        let entry = format!("\"{name}\".to_owned(), \"{version}\".to_owned()");
        assert!(flow.contains(&entry), "{entry}");
    }
}
