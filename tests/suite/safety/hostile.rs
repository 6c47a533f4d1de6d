//! Targets in a state that nobody wants: each ends with a word that names the target and the next
//! step, with 2, and what is live stays live.

use std::fs;
use std::process::Command;

use super::{DIRECTORY, Two, two};

/// One release is live, something happens to the target, and another one is to be published.
fn live() -> Two {
    let two = two(DIRECTORY);
    two.pin(0);
    two.project.run(&["publish", "dev"]).expect(0);
    two.pin(1);
    two
}

#[track_caller]
fn refused(two: &Two, words: &[&str]) {
    let page = two.project.read("public/live/index.html");
    let run = two.project.run(&["publish", "dev"]).expect(2);
    for word in words {
        assert!(
            run.stderr.contains(word),
            "`{word}` is not in:\n{}",
            run.stderr
        );
    }
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    assert_eq!(two.project.read("public/live/index.html"), page);
}

#[test]
fn a_pointer_that_makes_no_sense() {
    let two = live();
    for text in [
        "",
        "{",
        "[]",
        "{\"format\":1}",
        "{\"format\":9}",
        "\u{0}\u{1}",
    ] {
        two.project.write("public/.tympan/current", text);
        refused(&two, &["target `web`", ".tympan/current", "restore it"]);
    }
}

#[test]
fn a_lease_that_makes_no_sense() {
    let two = live();
    two.project.write("public/.tympan/lease", "nonsense");
    refused(&two, &["target `web`", ".tympan/lease"]);
}

#[test]
fn somebody_else_s_files_where_the_release_must_go() {
    let two = live();
    let live = two.project.path().join("public/live");
    fs::remove_file(&live).unwrap();
    fs::create_dir(&live).unwrap();
    fs::write(live.join("index.html"), "mine").unwrap();
    refused(
        &two,
        &["target `web`", "was not written by tympan", "move it away"],
    );
}

#[test]
fn a_clock_that_was_wrong_bars_nobody_for_long() {
    let two = live();
    let lease = r#"{"epoch":3,"format":1,"holder":"x","until":"9999-01-01T00:00:00Z"}"#;
    two.project.write("public/.tympan/lease", lease);
    two.project.run(&["publish", "dev"]).expect(0);
}

#[test]
fn a_release_that_does_not_exist() {
    let two = live();
    two.project.write(
        "environments/dev.toml",
        format!(
            "release = \"sha256:{}\"\ntargets = [\"web\"]\n",
            "0".repeat(64)
        ),
    );
    refused(&two, &["is not in the store", "tympan release"]);
}

#[test]
fn an_environment_file_of_nonsense() {
    let two = live();
    for text in [
        "}{",
        "release = 7\n",
        "targets = \"web\"\n",
        "hold = true\n",
    ] {
        two.project.write("environments/dev.toml", text);
        refused(&two, &["environments/dev.toml"]);
    }
}

#[test]
fn a_disk_that_is_full() {
    let two = live();
    let (path, full) = (two.project.path(), two.project.path().join("full"));
    fs::create_dir(&full).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=600k", "tympan"])
        .arg(&full)
        .output();
    if !mounted.is_ok_and(|mounted| mounted.status.success()) {
        eprintln!("skipped: no disk can be mounted here");
        return;
    }
    let config = DIRECTORY.replace("public", "full/public");
    two.project.write("tympan.toml", config);
    two.pin(0);
    let first = two.project.run(&["publish", "dev"]);
    // All but a few blocks are taken by somebody else.
    let _ = Command::new("dd")
        .args(["if=/dev/zero", "of=full/ballast", "bs=1k"])
        .current_dir(path)
        .output();
    two.pin(1);
    let page = fs::read(path.join("full/public/live/index.html"));
    let run = two.project.run(&["publish", "dev"]);
    let after = fs::read(path.join("full/public/live/index.html"));
    fs::remove_file(full.join("ballast")).unwrap();
    let again = two.project.run(&["publish", "dev"]);
    let status = two.project.run(&["status", "dev"]);
    assert!(
        Command::new("umount")
            .arg(&full)
            .status()
            .unwrap()
            .success()
    );
    first.expect(0);
    assert!(
        run.stderr.contains("target `web`") && run.stderr.contains("No space left"),
        "{}",
        run.stderr
    );
    run.expect(2);
    assert_eq!(page.unwrap(), after.unwrap());
    again.expect(0);
    status.expect(0);
}
