//! Writes and removals in a bucket that hang while others publish, and go on when those have ended.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::config::SmokePath;
use crate::publish::error::PublishError;
use crate::publish::flat::{Flat, Tags};
use crate::publish::protocol::publish;
use crate::publish::request::Request;
use crate::publish::smoke::Answer;
use crate::publish::status::status;
use crate::publish::stepping::{Step, Stepping, cut};
use crate::publish::testing::{Place, place};
use crate::release::{File, Release};

const BOTH: [Tags; 2] = [Tags::Writes, Tags::Contents];
const DAY: i64 = 86_400;

/// A bucket and where releases for it are made.
struct Scene {
    place: Place,
    bucket: Flat,
}

impl Scene {
    fn with(tags: Tags) -> Self {
        let mut place = place();
        place.environment.smoke = vec![SmokePath::there("/")];
        Self {
            place,
            bucket: Flat::with(tags),
        }
    }

    fn pages(&self, page: &str, picture: &str) -> Release {
        let files = [("index.html", page), ("a.png", picture)];
        self.place.release(&files)
    }

    /// Publishes as somebody else does, who waits for the lease to end.
    fn publish(&self, release: &Release) {
        let target = self.bucket.again();
        let now = self.place.time.load(Ordering::SeqCst) + 601;
        publish(&Request {
            target: &target,
            holder: "bob-1",
            ..self.place.request(release, now)
        })
        .unwrap();
    }

    /// The same for a release that fails and is taken back.
    fn publish_in_vain(&self, release: &Release) {
        let target = self.bucket.again();
        let now = self.place.time.load(Ordering::SeqCst) + 601;
        let failed = publish(&Request {
            target: &target,
            holder: "bob-1",
            smoke: Some(&fails),
            ..self.place.request(release, now)
        });
        let is_back = matches!(failed, Err(PublishError::Smoke { back: Some(_), .. }));
        assert!(is_back, "{failed:?}");
    }

    /// Publishes a release, which hangs before the so manieth of one kind of its operations.
    fn hangs(
        &self,
        request: Request<'_>,
        (operation, at): (&str, usize),
        meanwhile: &(dyn Fn() + Sync),
    ) {
        let count = AtomicUsize::new(0);
        let hook = |step: Step<'_>| {
            let is_one = step.operation == operation && !step.after;
            if is_one && count.fetch_add(1, Ordering::SeqCst) + 1 == at {
                meanwhile();
            }
            Ok(())
        };
        let target = Stepping::new(&self.bucket, &hook);
        let _overtaken = publish(&Request {
            target: &target,
            ..request
        });
        assert!(count.load(Ordering::SeqCst) >= at, "it never hung");
    }

    #[track_caller]
    fn is_whole(&self, release: &Release) {
        let state = status(&self.bucket, "web", Some(release.digest())).unwrap();
        let is_whole = state.drift.is_empty()
            && (state.live.as_ref()).is_some_and(|live| live.release == release.digest());
        assert!(is_whole, "{state:?}");
    }
}

fn fails(_: &SmokePath, _: Option<&File>) -> Answer {
    Answer::Wrong("no".to_owned())
}

#[test]
fn a_release_that_is_taken_back_leaves_no_gap_for_a_late_file() {
    for tags in BOTH {
        let scene = Scene::with(tags);
        let [old, late, failed] =
            [["old", "a"], ["late", "a"], ["newer", "a"]].map(|[page, a]| scene.pages(page, a));
        scene.publish(&old);
        let request = scene.place.request(&late, 1000);
        scene.hangs(request, ("put", 1), &|| scene.publish_in_vain(&failed));
        scene.is_whole(&old);
    }
}

#[test]
fn a_release_that_comes_back_leaves_no_gap_for_a_late_file() {
    for tags in BOTH {
        let scene = Scene::with(tags);
        let [old, late, newer] =
            [["old", "a"], ["late", "a"], ["newer", "a"]].map(|[page, a]| scene.pages(page, a));
        scene.publish(&old);
        let request = scene.place.request(&late, 1000);
        scene.hangs(request, ("put", 1), &|| {
            scene.publish(&newer);
            scene.publish(&old);
        });
        scene.is_whole(&old);
    }
}

#[test]
fn a_way_back_that_hangs_brings_no_older_file() {
    for tags in BOTH {
        let scene = Scene::with(tags);
        let [old, failed, newer] =
            [["old", "a"], ["new", "a"], ["new", "b"]].map(|[page, a]| scene.pages(page, a));
        scene.publish(&old);
        let request = Request {
            smoke: Some(&fails),
            ..scene.place.request(&failed, 1000)
        };
        // The first puts the new page, the second the old one back.
        scene.hangs(request, ("put", 2), &|| scene.publish(&newer));
        scene.is_whole(&newer);
    }
}

#[test]
fn what_broke_off_long_ago_is_not_removed_under_the_publish_that_tries_again() {
    for tags in BOTH {
        let scene = Scene::with(tags);
        let old = scene.place.release(&[("index.html", "old")]);
        let other = scene.place.release(&[("index.html", "other")]);
        let again = scene.pages("old", "a");
        scene.publish(&old);
        let hook = |step: Step<'_>| match step.operation {
            "switch" => Err(cut(step.at)),
            _ => Ok(()),
        };
        let target = Stepping::new(&scene.bucket, &hook);
        let broken_off = publish(&Request {
            target: &target,
            ..scene.place.request(&again, 1000)
        });
        assert!(broken_off.is_err());
        let request = scene.place.request(&other, 3 * DAY);
        scene.hangs(request, ("collect", 1), &|| scene.publish(&again));
        scene.is_whole(&again);
    }
}

#[test]
fn what_an_environment_changes_does_not_come_late() {
    for tags in BOTH {
        let scene = Scene::with(tags);
        let release = |page| {
            let files = [("index.html", page), ("robots.txt", "all")];
            scene.place.release(&files)
        };
        let [old, late, newer] = ["old", "late", "newer"].map(release);
        scene.publish(&old);
        let mut closed = scene.place.environment.clone();
        closed.index = Some(false);
        let request = Request {
            environment: &closed,
            ..scene.place.request(&late, 1000)
        };
        // The page, and then what says that nobody may read it.
        scene.hangs(request, ("put", 2), &|| scene.publish(&newer));
        scene.is_whole(&newer);
        assert_eq!(scene.bucket.live()["robots.txt"], b"all");
    }
}

#[test]
fn what_was_not_removed_is_removed_by_a_later_publish() {
    let scene = Scene::with(Tags::Writes);
    scene.publish(&scene.pages("one", "a"));
    for page in ["two", "three"] {
        scene.publish(&scene.place.release(&[("index.html", page)]));
    }
    let last = scene.place.release(&[("index.html", "four")]);
    // Somebody writes there each time that it was looked at.
    let hook = |step: Step<'_>| {
        if step.operation == "collect" && !step.after {
            scene.bucket.edit("a.png", Some("edited"));
        }
        Ok(())
    };
    let target = Stepping::new(&scene.bucket, &hook);
    let published = publish(&Request {
        target: &target,
        ..scene.place.request(&last, 3 * DAY)
    });
    assert!(published.unwrap().leftover.is_some());
    assert!(scene.bucket.live().contains_key("a.png"));
    scene.place.time.store(4 * DAY, Ordering::SeqCst);
    scene.publish(&scene.place.release(&[("index.html", "five")]));
    assert_eq!(scene.bucket.live().len(), 1);
}
