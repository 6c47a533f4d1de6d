//! Publishing through a target that fails: at every operation in turn, before or after it took
//! effect, once or for good; and publishing by several at once.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::digest::Digest;
use crate::publish::error::PublishError;
use crate::publish::flat::Flat;
use crate::publish::history::history;
use crate::publish::protocol::publish;
use crate::publish::request::{Request, read_pointer};
use crate::publish::status::status;
use crate::publish::stepping::{Step, Stepping, cut};
use crate::publish::testing::{Place, manifest_of, place, read_all};
use crate::release::Release;
use crate::targets::{Directory, Target};

/// When and how a target fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The process ends before the operation.
    CrashBefore,
    /// The operation takes effect, and the process never hears of it.
    CrashAfter,
    /// This one operation fails, and the process goes on.
    Once,
}

const OLD: &[(&str, &str)] = &[
    ("a/index.html", "uses a.png"),
    ("a.png", "old"),
    ("index.html", "uses both.png"),
    ("both.png", "same"),
];
const NEW: &[(&str, &str)] = &[
    ("b/index.html", "uses b.png"),
    ("b.png", "new"),
    ("index.html", "uses both.png and more"),
    ("both.png", "same"),
    ("feed.xml", "b"),
];
const DAY: i64 = 86_400;

/// Publishes with a fault, then cleanly, for every operation of a publish; returns how many.
fn for_every_operation(
    inner: &dyn Target,
    place: &Place,
    (at, fault): (usize, Fault),
    release: &Release,
    watch: &(dyn Fn() + Sync),
) -> bool {
    let hook = |step: Step<'_>| {
        watch();
        let breaks = match (fault, step.after) {
            (Fault::CrashBefore, false) => step.at >= at,
            (Fault::CrashAfter, false) => step.at > at,
            (Fault::CrashAfter, true) | (Fault::Once, false) => step.at == at,
            _ => false,
        };
        match breaks {
            true => Err(cut(step.at)),
            false => Ok(()),
        }
    };
    let target = Stepping::new(inner, &hook);
    let request = Request {
        target: &target,
        ..place.request(release, 1000)
    };
    let _ = publish(&request);
    let reached = target.count() > at;
    // Another holder, after the lease of the dead one ended, and with nothing going wrong.
    let again = Request {
        target: inner,
        holder: "bob-1",
        who: "Bob",
        ..place.request(release, 2000)
    };
    publish(&again).unwrap_or_else(|error| panic!("operation {at}, {fault:?}: {error}"));
    watch();
    let status = status(inner, "web", Some(release.digest())).unwrap();
    assert!(
        status.is_converged(),
        "operation {at}, {fault:?}: {status:?}"
    );
    let history = history(inner, "web").unwrap();
    assert!(
        history.is_intact(),
        "operation {at}, {fault:?}: {history:?}"
    );
    let newest = history.records.first().map(|record| record.release);
    assert_eq!(newest, Some(release.digest()), "operation {at}, {fault:?}");
    reached
}

fn every_fault(each: impl Fn(usize, Fault) -> bool) {
    for fault in [Fault::CrashBefore, Fault::CrashAfter, Fault::Once] {
        let mut at = 0;
        while each(at, fault) {
            at += 1;
        }
        assert!(at > 15, "a publish has more operations than {at}");
    }
}

#[test]
fn a_crash_anywhere_in_an_update_heals_and_readers_see_whole_releases() {
    every_fault(|at, fault| {
        let place = place();
        let (old, new) = (place.release(OLD), place.release(NEW));
        place.publish(&old, 0).unwrap();
        let whole = [manifest_of(&old), manifest_of(&new)];
        let watch = || assert!(whole.contains(&read_all(&place.live())));
        let reached = for_every_operation(&place.target, &place, (at, fault), &new, &watch);
        assert_eq!(read_all(&place.live()), whole[1]);
        // What the crash left behind goes with the next publishes, a day later.
        if at % 6 == 0 {
            let third = place.release(&[("index.html", "three")]);
            for (release, now) in [(&third, 2 * DAY), (&new, 4 * DAY), (&third, 6 * DAY)] {
                place.publish(release, now).unwrap();
            }
            let count = |folder: &str| fs::read_dir(place.web().join(folder)).unwrap().count();
            assert_eq!((count(".tympan/tree"), count(".tympan/tmp")), (2, 0));
        }
        reached
    });
}

#[test]
fn a_crash_anywhere_in_the_first_publish_heals() {
    every_fault(|at, fault| {
        let place = place();
        let new = place.release(NEW);
        let whole = [BTreeMap::new(), manifest_of(&new)];
        let watch = || assert!(whole.contains(&read_all(&place.live())));
        for_every_operation(&place.target, &place, (at, fault), &new, &watch)
    });
}

#[test]
fn a_crash_anywhere_heals_where_there_are_no_links() {
    every_fault(|at, fault| {
        let mut place = place();
        place.target = Directory::open_without_links("web", &place.web());
        let (old, new) = (place.release(OLD), place.release(NEW));
        place.publish(&old, 0).unwrap();
        let reached = for_every_operation(&place.target, &place, (at, fault), &new, &|| {});
        assert_eq!(read_all(&place.live()), manifest_of(&new));
        reached
    });
}

#[test]
fn a_crash_anywhere_in_a_heal_heals() {
    every_fault(|at, fault| {
        let place = place();
        let new = place.release(NEW);
        place.publish(&new, 0).unwrap();
        fs::write(place.live().join("index.html"), "hacked").unwrap();
        fs::remove_file(place.live().join("b.png")).unwrap();
        fs::write(place.live().join("extra.html"), "mine").unwrap();
        let whole = [read_all(&place.live()), manifest_of(&new)];
        let watch = || assert!(whole.contains(&read_all(&place.live())));
        for_every_operation(&place.target, &place, (at, fault), &new, &watch)
    });
}

#[test]
fn a_page_in_a_flat_bucket_never_misses_its_images() {
    every_fault(|at, fault| {
        let (place, flat) = (place(), Flat::default());
        let (old, new) = (place.release(OLD), place.release(NEW));
        publish(&Request {
            target: &flat,
            ..place.request(&old, 0)
        })
        .unwrap();
        flat.edit("foreign.txt", Some("not ours"));
        let watch = || {
            let live = flat.live();
            for (path, bytes) in live.iter().filter(|(path, _)| path.contains("index")) {
                let text = String::from_utf8(bytes.clone()).unwrap();
                for image in text.split(' ').filter(|word| word.contains(".png")) {
                    assert!(live.contains_key(image), "{path} misses {image}");
                }
            }
        };
        let reached = for_every_operation(&flat, &place, (at, fault), &new, &watch);
        // What went out of use stays for a day, then goes; what nobody published stays for good.
        assert!(flat.live().contains_key("a.png"));
        for (release, now) in [(&old, DAY), (&new, 3 * DAY)] {
            publish(&Request {
                target: &flat,
                ..place.request(release, now)
            })
            .unwrap();
        }
        assert!(flat.live().contains_key("foreign.txt"));
        reached
    });
}

#[test]
fn a_flat_bucket_loses_the_files_of_a_publish_that_broke_off() {
    let (place, flat) = (place(), Flat::default());
    let old = place.release(OLD);
    let given_up = place.release(&[("layoffs/index.html", "not yet"), ("z.xml", "last")]);
    let go = |release: &Release, now| {
        let request = Request {
            target: &flat,
            ..place.request(release, now)
        };
        publish(&request).unwrap();
    };
    go(&old, 0);
    let hook = |step: Step<'_>| match step.operation {
        "switch" => Err(cut(step.at)),
        _ => Ok(()),
    };
    let target = Stepping::new(&flat, &hook);
    let request = Request {
        target: &target,
        ..place.request(&given_up, 1000)
    };
    assert!(publish(&request).is_err());
    let is_there = || flat.live().contains_key("layoffs/index.html");
    go(&place.release(NEW), 2000);
    assert!(is_there());
    go(&old, 2 * DAY);
    assert!(!is_there());
    assert!(flat.live().contains_key("a.png"));
}

#[test]
fn an_interrupted_switch_is_finished_even_where_drift_is_only_reported() {
    let mut place = place();
    place.settings.drift = crate::config::DriftPolicy::Report;
    let (old, new) = (place.release(OLD), place.release(NEW));
    place.publish(&old, 0).unwrap();
    let pointer = place.web().join(".tympan/current");
    let before = fs::read(&pointer).unwrap();
    place.publish(&new, 1000).unwrap();
    // The link was renamed and the pointer never written; nor was the record.
    fs::write(&pointer, before).unwrap();
    fs::remove_file(place.web().join(".tympan/log/2.json")).unwrap();
    assert_eq!(read_all(&place.live()), manifest_of(&new));
    let done = place.publish(&new, 2000).unwrap().deployment.unwrap();
    assert_eq!((done.epoch, done.bytes_sent), (3, 0));
    assert!(
        status(place.target(), "web", Some(new.digest()))
            .unwrap()
            .is_converged()
    );
    assert!(history(place.target(), "web").unwrap().is_intact());
}

#[test]
fn of_publishers_at_once_none_loses_an_epoch_or_brings_back_an_older_release() {
    let place = place();
    let releases: Vec<Release> = (0..4)
        .map(|at| place.release(&[("index.html", &format!("{at}")), ("same.png", "same")]))
        .collect();
    let whole: Vec<BTreeMap<String, Digest>> = releases.iter().map(manifest_of).collect();
    let (done, over) = (Mutex::new(Vec::new()), AtomicBool::new(false));
    let publishing = |at: usize| {
        let mut left = 5;
        while left > 0 {
            let holder = format!("publisher-{at}");
            // Every lease has ended as soon as it is taken: only the fence is left to keep order.
            let request = Request {
                holder: &holder,
                lease_seconds: 0,
                ..place.request(&releases[at], 1000)
            };
            match publish(&request) {
                Ok(published) => {
                    left -= 1;
                    done.lock().unwrap().extend(published.deployment);
                }
                Err(PublishError::Refused { refusal, .. })
                    if matches!(*refusal, crate::publish::Refusal::Leased { .. }) => {}
                // An older tree is cleared away while its late publisher still fills it.
                Err(
                    PublishError::Overtaken { .. }
                    | PublishError::Target(_)
                    | PublishError::Mismatch { .. },
                ) => left -= 1,
                Err(error) => panic!("{error}"),
            }
        }
    };
    let watching = || {
        let mut newest = 0;
        while !over.load(Ordering::Relaxed) {
            if let Ok(Some((pointer, _))) = read_pointer(place.target(), "web") {
                assert!(pointer.fence >= newest, "{} after {newest}", pointer.fence);
                newest = pointer.fence;
            }
            let live = read_all(&place.live());
            assert!(live.is_empty() || whole.contains(&live), "{live:?}");
        }
    };
    std::thread::scope(|scope| {
        let watcher = scope.spawn(watching);
        let publishing = &publishing;
        let publishers: Vec<_> = (0..4)
            .map(|at| scope.spawn(move || publishing(at)))
            .collect();
        let ended: Vec<_> = publishers
            .into_iter()
            .map(std::thread::ScopedJoinHandle::join)
            .collect();
        over.store(true, Ordering::Relaxed);
        watcher.join().unwrap();
        assert!(ended.into_iter().all(|end| end.is_ok()));
    });
    // Whoever came last may have broken off after the switch; one more run writes what is missing.
    place
        .publish(&place.release(&[("index.html", "last")]), 2000)
        .unwrap();
    let history = history(place.target(), "web").unwrap();
    assert!(history.is_intact(), "{history:?}");
    let mut epochs: Vec<u64> = done
        .into_inner()
        .unwrap()
        .iter()
        .map(|one| one.epoch)
        .collect();
    epochs.sort_unstable();
    assert!(
        epochs.windows(2).all(|pair| pair[0] < pair[1]),
        "{epochs:?}"
    );
    let recorded: Vec<u64> = history.records.iter().map(|record| record.epoch).collect();
    assert!(epochs.iter().all(|epoch| recorded.contains(epoch)));
}
