//! A publisher to a bucket that is killed at each point of its work, while a bucket has one set of names.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;

use tympan::publish::{history, status};
use tympan::site_path::SitePath;
use tympan::targets::{Object, Swap, Target, View};

use super::shop::{bucket, open_bucket};
use super::{KEYS, two};
use crate::servers::Server;

/// The points: what is done, before it or after, and how often it was done before.
const POINTS: &[&str] = &[
    "read:after:1",
    "observe:before:1",
    "observe:after:1",
    "swap lease:before:1",
    "swap lease:after:1",
    "swap current:before:1",
    "swap current:after:1",
    "keep:after:1",
    "keep:before:9",
    "put:before:1",
    "put:after:1",
    "put:before:2",
    "put:after:2",
    "put:before:3",
    "put:after:3",
    "put:before:4",
    "put:after:4",
    "observe:before:2",
    "observe:after:2",
    "switch:before:1",
    "switch:after:1",
    "swap log:before:1",
    "swap log:after:1",
    "collect:before:1",
    "collect:after:1",
    "swap lease:before:2",
];

/// Everything that a page on show asks for is there.
fn nothing_is_broken(target: &dyn Target, point: &str) {
    let files = target.observe(View::Live).unwrap().files;
    let there: BTreeSet<&SitePath> = files.iter().map(|file| &file.path).collect();
    let pages = there.iter().filter(|path| path.extension() == "html");
    let mut asked = 0;
    for page in pages {
        let found = target.read(&Object::Live((*page).clone())).unwrap();
        let text = String::from_utf8(found.unwrap().bytes).unwrap();
        let address = url::Url::parse(&format!("http://h/{page}")).unwrap();
        for part in [" src=\"", "<link rel=\"stylesheet\" href=\""] {
            for place in text.split(part).skip(1) {
                let place = place.split(['"', '#', '?']).next().unwrap();
                if place.contains(':') {
                    continue;
                }
                let url = address.join(place).unwrap();
                let path = SitePath::parse(url.path().trim_start_matches('/')).unwrap();
                assert!(there.contains(&path), "{point}: `{page}` asks for `{path}`");
                asked += 1;
            }
        }
    }
    assert!(asked > 5, "{point}: {asked}");
}

/// A lease of the dead ends a minute after the last sign of life; tests do not wait for that.
fn end_lease(target: &dyn Target) {
    let path = SitePath::parse("lease").unwrap();
    let found = target.read(&Object::State(path.clone())).unwrap().unwrap();
    let mut lease: serde_json::Value = serde_json::from_slice(&found.bytes).unwrap();
    lease["until"] = "1970-01-01T00:00:00Z".into();
    let swap = target.swap(&path, Some(&found.version), lease.to_string().as_bytes());
    assert!(matches!(swap, Ok(Swap::Done(_))), "{swap:?}");
}

#[test]
fn a_publisher_to_a_bucket_that_is_killed_anywhere_breaks_no_page_and_the_next_one_ends_its_work() {
    let Some(moto) = Server::moto() else {
        return;
    };
    let settings = bucket(&moto, moto.port);
    let config = format!(
        "[project]\nkind = \"docs\"\ntitle = \"Guide\"\n[targets.web]\ntype = \"s3\"\n\
         bucket = \"guide\"\nregion = \"us-east-1\"\nendpoint = \"{}\"\n",
        moto.url()
    );
    let two = two(&config);
    // From one release to the other and back.
    for (at, point) in POINTS.iter().enumerate() {
        two.pin(at % 2);
        let run = Command::new(env!("CARGO_BIN_EXE_tympan"))
            .arg("-C")
            .arg(two.project.path())
            .args(["publish", "dev"])
            .envs(KEYS.iter().copied())
            .env("TYMPAN_FAULT", point)
            .output()
            .unwrap();
        assert_eq!(run.status.signal(), Some(9), "{point}: {run:?}");
        let target = open_bucket(&settings);
        nothing_is_broken(&*target, point);
        end_lease(&*target);
        two.project.run_with(&["publish", "dev"], KEYS).expect(0);
        nothing_is_broken(&*target, point);
        let release = two.releases[at % 2].parse().unwrap();
        let state = status(&*target, "web", Some(release)).unwrap();
        assert!(state.is_converged(), "{point}: {state:?}");
        let history = history(&*target, "web").unwrap();
        assert!(history.is_intact(), "{point}: {history:?}");
        assert_eq!(history.records[0].release, release, "{point}");
    }
}
