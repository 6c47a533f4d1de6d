//! A branch of a Git repository, on this machine and over HTTP.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tympan::config::TargetKind;
use tympan::targets::{Capability, Swap, Target, TargetError, Version, View};

use super::shipment::{Shipment, path, told};
use crate::servers::{GitHttp, make_bare};

struct Place {
    folder: tempfile::TempDir,
    shipment: Shipment,
}

/// A project with a remote `pages` at an address; on this machine if there is none.
fn place(address: Option<&str>) -> Place {
    let folder = tempfile::tempdir().unwrap();
    let bare = folder.path().join("site.git");
    make_bare(&bare);
    let address = address.map_or_else(|| format!("file://{}", bare.display()), str::to_owned);
    let shipment = Shipment::to(TargetKind::Git {
        remote: "pages".to_owned(),
        branch: "gh-pages".to_owned(),
    });
    let place = Place { folder, shipment };
    let project = place.shipment.folder.path().to_path_buf();
    git(&project, &["init", "--quiet", "--initial-branch=main"]);
    git(&project, &["remote", "add", "pages", &address]);
    place
}

fn git(root: &std::path::Path, args: &[&str]) -> String {
    let who = ["-c", "user.name=Ada", "-c", "user.email=ada@guide.example"];
    let mut command = Command::new("git");
    let output = command
        .arg("-C")
        .arg(root)
        .args(who)
        .args(args)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {args:?}: {said}");
    String::from_utf8(output.stdout)
        .unwrap()
        .trim_end()
        .to_owned()
}

impl Place {
    fn target(&self) -> Box<dyn Target> {
        self.shipment.open(&[]).unwrap()
    }

    fn bare(&self) -> PathBuf {
        self.folder.path().join("site.git")
    }

    fn served(&self) -> Vec<String> {
        let names = git(&self.bare(), &["ls-tree", "-r", "--name-only", "gh-pages"]);
        names.lines().map(str::to_owned).collect()
    }

    fn serves(&self, file: &str) -> String {
        git(&self.bare(), &["show", &format!("gh-pages:{file}")])
    }

    fn commit(&self) -> String {
        git(&self.bare(), &["rev-parse", "gh-pages"])
    }
}

#[test]
fn a_branch_is_one_commit_and_the_same_for_the_same_files() {
    let place = place(None);
    let target = place.target();
    let one = place
        .shipment
        .release(&[("index.html", "one"), ("_tympan/p.png", "pic")]);
    let two = place
        .shipment
        .release(&[("index.html", "two"), ("_tympan/q.png", "pic")]);
    let first = place.shipment.publish(&*target, &one, 1000).unwrap();
    assert_eq!(first.deployment.unwrap().bytes_sent, 6);
    assert_eq!(place.served(), [".nojekyll", "_tympan/p.png", "index.html"]);
    let commit = place.commit();
    assert!(place.shipment.status(&*target, &one).is_converged());
    // Another machine.
    fs::remove_dir_all(place.shipment.folder.path().join(".tympan")).unwrap();
    let target = place.target();
    let second = place.shipment.publish(&*target, &two, 2000).unwrap();
    assert_eq!(second.deployment.unwrap().bytes_sent, 3);
    assert_eq!(place.served(), [".nojekyll", "_tympan/q.png", "index.html"]);
    assert_eq!(place.serves("index.html"), "two");
    assert_eq!(
        git(&place.bare(), &["rev-list", "--count", "gh-pages"]),
        "1"
    );
    assert!(place.shipment.status(&*target, &two).is_converged());
    assert!(
        place
            .shipment
            .publish(&*target, &two, 3000)
            .unwrap()
            .deployment
            .is_none()
    );
    // Back to the same commit; nothing is sent.
    let back = place.shipment.publish(&*target, &one, 4000).unwrap();
    assert_eq!(
        (back.deployment.unwrap().bytes_sent, place.commit()),
        (0, commit)
    );
    // Much later the copies that nobody needs are gone.
    let three = place.shipment.release(&[("index.html", "three")]);
    place.shipment.publish(&*target, &three, 4_000_000).unwrap();
    let trees = git(
        &place.bare(),
        &["ls-tree", "--name-only", "refs/tympan/gh-pages:tree"],
    );
    assert!(trees.lines().count() < 4, "{trees}");
    // The project's own repository knows nothing of it.
    let project = place.shipment.folder.path();
    assert_eq!(git(project, &["for-each-ref"]), "");
    assert_eq!(
        git(project, &["status", "--porcelain", "--", ".tympan"]),
        ""
    );
}

#[test]
fn a_commit_by_hand_is_drift_and_is_healed() {
    let place = place(None);
    let target = place.target();
    let release = place
        .shipment
        .release(&[("index.html", "one"), ("a/b", "two")]);
    place.shipment.publish(&*target, &release, 1000).unwrap();
    let clone = place.folder.path().join("clone");
    let bare = place.bare();
    let bare = bare.to_str().unwrap();
    git(
        place.folder.path(),
        &["clone", "--quiet", "-b", "gh-pages", bare, "clone"],
    );
    fs::write(clone.join("index.html"), "eno").unwrap();
    fs::remove_dir_all(clone.join("a")).unwrap();
    fs::write(clone.join("mine"), "mine").unwrap();
    git(&clone, &["add", "--all"]);
    git(&clone, &["commit", "--quiet", "-m", "By hand"]);
    git(&clone, &["push", "--quiet"]);
    let drift = place.shipment.status(&*target, &release).drift;
    let found = (drift.modified.len(), drift.missing.len(), drift.extra.len());
    assert_eq!(found, (1, 1, 1), "{drift:?}");
    place.shipment.publish(&*target, &release, 2000).unwrap();
    assert_eq!(place.served(), [".nojekyll", "a/b", "index.html"]);
    assert_eq!(place.serves("index.html"), "one");
    assert!(place.shipment.status(&*target, &release).is_converged());
}

#[test]
fn a_branch_of_somebody_else_is_left_alone() {
    let place = place(None);
    let project = place.shipment.folder.path();
    git(
        project,
        &["commit", "--quiet", "--allow-empty", "-m", "Mine"],
    );
    git(project, &["push", "--quiet", "pages", "HEAD:gh-pages"]);
    let before = place.commit();
    let release = place.shipment.release(&[("index.html", "one")]);
    let error = place
        .shipment
        .publish(&*place.target(), &release, 1000)
        .unwrap_err();
    assert!(
        told(&error).contains("was not written by tympan"),
        "{}",
        told(&error)
    );
    assert_eq!(place.commit(), before);
}

/// Eight who write one object, each as a machine of its own.
#[track_caller]
fn race(place: &Place, round: u8, expected: Option<&Version>) -> Vec<Version> {
    let targets: Vec<_> = (0..4).map(|_| place.target()).collect();
    std::thread::scope(|scope| {
        let racers = (0..8u8).map(|at| {
            let target = &targets[usize::from(at / 2)];
            scope.spawn(move || target.swap(&path("race"), expected, &[round, at]).unwrap())
        });
        let racers: Vec<_> = racers.collect();
        let ends = racers
            .into_iter()
            .filter_map(|racer| match racer.join().unwrap() {
                Swap::Done(version) => Some(version),
                Swap::Lost => None,
            });
        ends.collect()
    })
}

#[test]
fn of_many_who_write_one_object_one_succeeds() {
    let place = place(None);
    let first = race(&place, 1, None);
    assert_eq!(first.len(), 1);
    assert_eq!(race(&place, 2, first.first()).len(), 1);
    assert_eq!(race(&place, 3, first.first()).len(), 0);
}

#[test]
fn a_branch_is_published_over_http() {
    let Some(server) = GitHttp::start() else {
        return;
    };
    let place = place(Some(&server.address("ada:wheel@")));
    let target = place.target();
    assert_eq!(
        target.capabilities().missing().collect::<Vec<_>>(),
        [Capability::Headers]
    );
    for (at, text) in [(1, "one"), (2, "two")] {
        let release = place
            .shipment
            .release(&[("index.html", text), ("a/b", "same")]);
        place
            .shipment
            .publish(&*target, &release, at * 1000)
            .unwrap();
        assert!(place.shipment.status(&*target, &release).is_converged());
        let bare = server.nginx.folder.path().join("site.git");
        assert_eq!(git(&bare, &["show", "gh-pages:index.html"]), text);
    }
    let first = race(&place, 1, None);
    assert_eq!(first.len(), 1);
}

#[test]
fn who_may_not_push_is_told_and_no_password_is() {
    let Some(server) = GitHttp::start() else {
        return;
    };
    for login in ["ada:wrong@", ""] {
        let place = place(Some(&server.address(login)));
        let swapped = place.target().swap(&path("lease"), None, b"{}");
        let error = told(&swapped.unwrap_err());
        assert!(
            error.contains("gh-pages of pages` at target `web`"),
            "{error}"
        );
        assert!(!error.contains("wrong"), "{error}");
    }
    let token = Shipment::to(TargetKind::Git {
        remote: "https://ghp_wrong@127.0.0.1:9/x".to_owned(),
        branch: "gh-pages".to_owned(),
    });
    git(token.folder.path(), &["init", "--quiet"]);
    let error = token.open(&[]).unwrap().observe(View::Live).unwrap_err();
    assert!(!told(&error).contains("wrong"), "{}", told(&error));
    let nowhere = place(Some("file:///no/such/repository"));
    let observed = nowhere.target().observe(View::Live);
    assert!(matches!(observed, Err(TargetError::Read { .. })));
}
