//! A publisher that is killed, as by a loss of power, at each point of its work.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tympan::digest::Digest;
use tympan::publish::history;
use tympan::targets::Directory;

use super::{DIRECTORY, two};

/// The points: what is done, and how often it was done before.
const POINTS: &[(&str, usize)] = &[
    ("read", 1),
    ("read", 3),
    ("observe", 1),
    ("swap lease", 1),
    ("swap current", 1),
    ("swap releases", 1),
    ("keep", 1),
    ("keep", 5),
    ("put", 1),
    ("put", 3),
    ("observe", 2),
    ("switch", 1),
    ("swap log", 1),
    ("collect", 1),
    ("swap lease", 2),
];

/// What a web server would show.
fn shown(live: &Path) -> BTreeMap<PathBuf, Digest> {
    let Ok(root) = fs::canonicalize(live) else {
        return BTreeMap::new();
    };
    walkdir::WalkDir::new(&root)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(&root).unwrap().to_path_buf();
            (path, Digest::of(&fs::read(entry.path()).unwrap()))
        })
        .collect()
}

/// A lease of the dead ends a minute after the last sign of life; tests do not wait for that.
fn end_lease(public: &Path) {
    let path = public.join(".tympan/lease");
    let Ok(text) = fs::read_to_string(&path) else {
        return;
    };
    let mut lease: serde_json::Value = serde_json::from_str(&text).unwrap();
    lease["until"] = "1970-01-01T00:00:00Z".into();
    fs::write(path, lease.to_string()).unwrap();
}

#[test]
fn a_publisher_that_is_killed_anywhere_leaves_a_whole_release_and_the_next_one_ends_its_work() {
    let two = two(DIRECTORY);
    let (path, public) = (two.project.path(), two.project.path().join("public"));
    let copy = |from: &str, to: &str| {
        let _ = fs::remove_dir_all(path.join(to));
        let done = Command::new("cp")
            .args(["-a", from, to])
            .current_dir(path)
            .status();
        assert!(done.unwrap().success());
    };
    let new = shown(&public.join("live"));
    let _ = fs::remove_dir_all(&public);
    two.pin(0);
    two.project.run(&["publish", "dev"]).expect(0);
    let old = shown(&public.join("live"));
    assert_ne!(old, new);
    copy("public", "kept");
    two.pin(1);
    let mut killed = 0;
    for (operation, nth) in POINTS {
        for side in ["before", "after"] {
            let point = format!("{operation}:{side}:{nth}");
            copy("kept", "public");
            let run = Command::new(env!("CARGO_BIN_EXE_tympan"))
                .arg("-C")
                .arg(path)
                .args(["publish", "dev"])
                .env("TYMPAN_FAULT", &point)
                .output()
                .unwrap();
            assert_eq!(run.status.signal(), Some(9), "{point}: {run:?}");
            killed += 1;
            let seen = shown(&public.join("live"));
            assert!(seen == old || seen == new, "{point}: {seen:?}");
            end_lease(&public);
            two.project.run(&["publish", "dev"]).expect(0);
            assert_eq!(shown(&public.join("live")), new, "{point}");
            two.project.run(&["status", "dev"]).expect(0);
            let history = history(&Directory::open("web", &public), "web").unwrap();
            assert!(history.is_intact(), "{point}: {history:?}");
            assert_eq!(
                history.records[0].release.to_string(),
                two.releases[1],
                "{point}"
            );
        }
    }
    assert_eq!(killed, 2 * POINTS.len());
}
