//! Publishers that stand still for longer than a lease, clocks that are wrong, and many publishers at
//! once: the epoch only rises, and no older release comes back over a newer one.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::publish::error::PublishError;
use crate::publish::flat::{Flat, Tags};
use crate::publish::history::history;
use crate::publish::lease;
use crate::publish::moment::Moment;
use crate::publish::protocol::publish;
use crate::publish::record::Deployment;
use crate::publish::refusal::Refusal;
use crate::publish::request::{Request, read_pointer};
use crate::publish::state::state_path;
use crate::publish::status::status;
use crate::publish::stepping::{Step, Stepping};
use crate::publish::testing::{Place, manifest_of, place, read_all};
use crate::release::{Release, to_canonical_json};
use crate::targets::{Capability, Swap, Target, TargetError};

const LEASE: i64 = 600;

/// The deployment that is live.
fn record_of(target: &dyn Target) -> Deployment {
    let (pointer, _) = read_pointer(target, "web").unwrap().unwrap();
    pointer.live.unwrap()
}

fn wait(place: &Place) {
    place.time.fetch_add(LEASE + 1, Ordering::SeqCst);
}

/// Files that each release changes; one of a role, for those of one role are put at once, and who puts one
/// keeps the lease alive for the other.
const CHANGED: [&[(&str, &str)]; 3] = [
    &[("index.html", "old"), ("a.png", "a"), ("x.xml", "x")],
    &[("index.html", "late"), ("b.png", "b"), ("new.xml", "l")],
    &[("index.html", "newer"), ("c.png", "c"), ("new.xml", "n")],
];
/// Files that only the one in the middle changes: the newest goes back.
const TAKEN_BACK: [&[(&str, &str)]; 3] = [
    &[("index.html", "old"), ("a.png", "a"), ("x.xml", "x")],
    &[("index.html", "late"), ("a.png", "A"), ("new.xml", "l")],
    &[("index.html", "old"), ("a.png", "a"), ("x.xml", "x")],
];

/// One publisher stands still before one of its operations, for longer than a lease, and another
/// publishes a newer release meanwhile. Whether there was such an operation. Files come late only
/// where the target is not `strict`.
fn stands_still(
    place: &Place,
    [inner, others]: [&dyn Target; 2],
    files: [&[(&str, &str)]; 3],
    strict: bool,
    at: usize,
) -> bool {
    let [old, late, newer] = files.map(|files| place.release(files));
    publish(&Request {
        target: inner,
        ..place.request(&old, 0)
    })
    .unwrap();
    let request = place.request(&newer, 1000);
    let newest = Mutex::new(None);
    let hook = |step: Step<'_>| {
        if step.at == at && !step.after && newest.lock().unwrap().is_none() {
            wait(place);
            let done = publish(&Request {
                target: others,
                holder: "bob-1",
                ..request
            });
            let done = done.unwrap_or_else(|error| panic!("operation {at}: {error}"));
            // There is nothing to do where the late one has not yet begun and the newest is the oldest.
            let done = done.deployment.unwrap_or_else(|| record_of(others));
            *newest.lock().unwrap() = Some(done);
        }
        Ok(())
    };
    let target = Stepping::new(inner, &hook);
    let done = publish(&Request {
        target: &target,
        ..place.request(&late, 1000)
    });
    let Some(newest) = newest.into_inner().unwrap() else {
        assert!(done.is_ok(), "{done:?}");
        return false;
    };
    let (pointer, _) = read_pointer(inner, "web").unwrap().unwrap();
    let live = pointer.live.unwrap();
    match done.map(|done| done.deployment) {
        // It began anew after the other one had ended, or had ended before.
        Ok(Some(own)) => assert_eq!(live.epoch, own.epoch.max(newest.epoch), "operation {at}"),
        Ok(None) => panic!("operation {at}: nothing was done"),
        Err(error) => {
            let told = matches!(&error, PublishError::Overtaken { .. })
                || matches!(&error, PublishError::Refused { refusal, .. }
                    if matches!(**refusal, Refusal::Leased { .. }));
            assert!(told, "operation {at}: {error}");
            assert_eq!(live.release, newer.digest(), "operation {at}");
        }
    }
    assert!(pointer.fence >= live.epoch);
    // What is live is whole before anybody mends anything.
    if strict {
        let state = status(inner, "web", None).unwrap();
        assert!(state.drift.is_empty(), "operation {at}: {state:?}");
    }
    // Whoever comes next finds nothing to mend in the log, and one whole release live.
    wait(place);
    let last = publish(&Request {
        target: inner,
        ..place.request(&newer, 10_000)
    });
    assert!(last.is_ok(), "operation {at}: {last:?}");
    let history = history(inner, "web").unwrap();
    assert!(history.is_intact(), "operation {at}: {history:?}");
    let state = status(inner, "web", Some(newer.digest())).unwrap();
    assert!(state.is_converged(), "operation {at}: {state:?}");
    true
}

#[test]
fn who_stands_still_for_longer_than_a_lease_overwrites_nothing() {
    let mut at = 0;
    loop {
        let place = place();
        let both = [place.target(), place.target()];
        if !stands_still(&place, both, CHANGED, true, at) {
            break;
        }
        at += 1;
    }
    assert!(at > 15, "a publish has more operations than {at}");
}

#[track_caller]
fn stands_still_at_a_bucket(tags: Tags, files: [&[(&str, &str)]; 3], strict: bool) {
    let mut at = 0;
    loop {
        let one = Flat::with(tags);
        let other = one.again();
        assert_eq!(
            one.capabilities().has(Capability::ConditionalFiles),
            tags != Tags::None
        );
        if !stands_still(&place(), [&one, &other], files, strict, at) {
            break;
        }
        at += 1;
    }
    assert!(at > 15, "a publish has more operations than {at}");
}

#[test]
fn in_a_bucket_with_conditions_no_file_comes_late_over_a_newer_one() {
    for tags in [Tags::Writes, Tags::Contents] {
        for files in [CHANGED, TAKEN_BACK] {
            stands_still_at_a_bucket(tags, files, true);
        }
    }
}

#[test]
fn in_a_bucket_without_conditions_no_pointer_goes_back_and_the_next_publish_mends_the_files() {
    for files in [CHANGED, TAKEN_BACK] {
        stands_still_at_a_bucket(Tags::None, files, false);
    }
}

#[test]
fn a_file_that_comes_back_is_not_removed_by_a_publish_that_hung() {
    const DAY: i64 = 86_400;
    for tags in [Tags::Writes, Tags::Contents] {
        let (place, one) = (place(), Flat::with(tags));
        let other = one.again();
        let with = place.release(&[("index.html", "one"), ("a.png", "a")]);
        let without = place.release(&[("index.html", "two")]);
        let again = place.release(&[("index.html", "three"), ("a.png", "a")]);
        let request = |target, release, now| Request {
            target,
            ..place.request(release, now)
        };
        publish(&request(&one, &with, 0)).unwrap();
        publish(&request(&one, &without, 10)).unwrap();
        let third = place.release(&[("index.html", "2")]);
        publish(&request(&one, &third, 20)).unwrap();
        let back = request(&other, &again, 3 * DAY);
        let hook = |step: Step<'_>| {
            if step.operation == "collect" && !step.after {
                wait(&place);
                publish(&Request {
                    holder: "bob-1",
                    ..back
                })
                .unwrap();
            }
            Ok(())
        };
        let target = Stepping::new(&one, &hook);
        let late = place.release(&[("index.html", "late")]);
        publish(&request(&target, &late, 3 * DAY)).unwrap();
        assert_eq!(one.live()["a.png"], b"a", "{tags:?}");
        let state = status(&one, "web", Some(again.digest())).unwrap();
        assert!(state.is_converged(), "{tags:?}: {state:?}");
    }
}

#[test]
fn a_lease_is_renewed_while_the_work_goes_on() {
    let place = place();
    let release = place.release(&[("index.html", "one")]);
    let renewed = AtomicUsize::new(0);
    let hook = |step: Step<'_>| {
        if step.operation == "swap lease" && step.after {
            renewed.fetch_add(1, Ordering::SeqCst);
        }
        // The sending takes longer than the lease: it was taken once and renewed three times.
        while step.operation == "put" && renewed.load(Ordering::SeqCst) < 4 {
            std::thread::yield_now();
        }
        Ok(())
    };
    let target = Stepping::new(place.target(), &hook);
    let request = Request {
        target: &target,
        lease_seconds: 1,
        ..place.request(&release, 1000)
    };
    publish(&request).unwrap();
    // It was given back, so that the next one need not wait.
    let (lease, _) = lease::read(place.target(), "web").unwrap().unwrap();
    assert!(!lease.bars("bob", Moment::new(1000)));
}

#[test]
fn who_loses_the_lease_stops_before_the_next_step() {
    let place = place();
    let old = place.release(&[("index.html", "old")]);
    place.publish(&old, 0).unwrap();
    let new = place.release(&[("index.html", "new"), ("a.html", "a"), ("b.html", "b")]);
    let operations = Mutex::new(Vec::new());
    let hook = |step: Step<'_>| {
        if step.operation == "put" && step.after && place.time.load(Ordering::SeqCst) == 1000 {
            wait(&place);
            let (_, version) = lease::read(place.target(), "web").unwrap().unwrap();
            let taken = to_canonical_json(&lease::lease("bob", 9, Moment::new(3000)));
            let swap = place
                .target()
                .swap(&state_path("lease"), Some(&version), &taken);
            assert!(matches!(swap, Ok(Swap::Done(_))), "{swap:?}");
        }
        operations.lock().unwrap().push(step.operation.to_owned());
        Ok(())
    };
    let target = Stepping::new(place.target(), &hook);
    let request = Request {
        target: &target,
        ..place.request(&new, 1000)
    };
    let error = publish(&request).unwrap_err();
    assert!(matches!(error, PublishError::Overtaken { .. }), "{error}");
    let operations = operations.into_inner().unwrap();
    assert!(!operations.contains(&"switch".to_owned()), "{operations:?}");
    let (lease, _) = lease::read(place.target(), "web").unwrap().unwrap();
    assert_eq!(lease.holder, "bob");
    assert_eq!(read_all(&place.live()), manifest_of(&old));
}

#[test]
fn a_clock_that_jumps_changes_nothing_about_the_order() {
    const YEAR: i64 = 365 * 86_400;
    for jump in [-40 * YEAR, -LEASE, LEASE + 1, YEAR, 400 * YEAR] {
        let mut at = 0;
        loop {
            let place = place();
            let (old, new) = (
                place.release(&[("index.html", "old")]),
                place.release(&[("index.html", "new"), ("a.png", "a")]),
            );
            place.publish(&old, 50 * YEAR).unwrap();
            let hook = |step: Step<'_>| {
                if step.at == at && !step.after {
                    place.time.fetch_add(jump, Ordering::SeqCst);
                }
                Ok(())
            };
            let target = Stepping::new(place.target(), &hook);
            let request = Request {
                target: &target,
                ..place.request(&new, 50 * YEAR)
            };
            let done = publish(&request).unwrap().deployment.unwrap();
            assert_eq!(done.epoch, 2, "jump {jump} at operation {at}");
            // Another one, whose clock is right, need not wait for a moment that lies years ahead.
            let next = Request {
                holder: "bob-1",
                ..place.request(&old, 50 * YEAR + LEASE + 1)
            };
            let done = publish(&next).unwrap().deployment.unwrap();
            assert_eq!(done.epoch, 3, "jump {jump} at operation {at}");
            assert_eq!(read_all(&place.live()), manifest_of(&old));
            assert!(history(place.target(), "web").unwrap().is_intact());
            if target.count() <= at {
                break;
            }
            // Every third operation is enough: the time is asked for at few of them.
            at += 3;
        }
    }
}

/// Eight publishers at once, who stand still every now and then for longer than a lease.
fn storm<'a>(place: &Place, inner: &dyn Target, open: &(dyn Fn() -> Box<dyn Target + 'a> + Sync)) {
    const PUBLISHERS: usize = 8;
    let releases: Vec<Release> = (0..PUBLISHERS)
        .map(|at| {
            let own = format!("{at}.html");
            place.release(&[("index.html", &own), ("same.png", "same"), (&own, "own")])
        })
        .collect();
    let (steps, running) = (AtomicUsize::new(0), AtomicUsize::new(PUBLISHERS));
    let over = AtomicBool::new(false);
    let done = Mutex::new(Vec::new());
    let hook = |step: Step<'_>| -> Result<(), TargetError> {
        let now = steps.fetch_add(1, Ordering::SeqCst);
        if now % 23 == 0 && !step.after {
            wait(place);
            // Others go on meanwhile, if there are any.
            let mut patience = 2000;
            while patience > 0
                && steps.load(Ordering::SeqCst) < now + 60
                && running.load(Ordering::SeqCst) > 1
            {
                std::thread::yield_now();
                patience -= 1;
            }
        }
        Ok(())
    };
    let first = place.request(&releases[0], 1000);
    let publishing = |at: usize| {
        let mut left = 3;
        while left > 0 {
            let holder = format!("publisher-{at}");
            let own = open();
            let target = Stepping::new(&*own, &hook);
            let request = Request {
                target: &target,
                holder: &holder,
                release: &releases[at],
                ..first
            };
            match publish(&request) {
                Ok(published) => {
                    left -= 1;
                    done.lock().unwrap().extend(published.deployment);
                }
                Err(PublishError::Refused { refusal, .. })
                    if matches!(*refusal, Refusal::Leased { .. }) =>
                {
                    std::thread::yield_now();
                }
                // Who looks at a tree that is cleared away meanwhile has no lease yet; and in a flat
                // bucket a late one may still be writing its last file.
                Err(
                    PublishError::Overtaken { .. }
                    | PublishError::Target(_)
                    | PublishError::Mismatch { .. },
                ) => left -= 1,
                Err(error) => panic!("{error}"),
            }
        }
        running.fetch_sub(1, Ordering::SeqCst);
    };
    let watching = || {
        let (mut fence, mut epoch) = (0, 0);
        while !over.load(Ordering::SeqCst) {
            if let Ok(Some((pointer, _))) = read_pointer(inner, "web") {
                let live = pointer.live.map_or(0, |live| live.epoch);
                assert!(pointer.fence >= fence && live >= epoch);
                (fence, epoch) = (pointer.fence, live);
            }
            std::thread::yield_now();
        }
    };
    std::thread::scope(|scope| {
        let watcher = scope.spawn(watching);
        let publishing = &publishing;
        let publishers: Vec<_> = (0..PUBLISHERS)
            .map(|at| scope.spawn(move || publishing(at)))
            .collect();
        let ended: Vec<_> = publishers
            .into_iter()
            .map(std::thread::ScopedJoinHandle::join)
            .collect();
        over.store(true, Ordering::SeqCst);
        watcher.join().unwrap();
        assert!(ended.into_iter().all(|end| end.is_ok()));
    });
    // Whoever came last may have broken off after the switch; one more run writes what is missing.
    wait(place);
    let last = place.release(&[("index.html", "last")]);
    let now = place.time.load(Ordering::SeqCst);
    publish(&Request {
        target: inner,
        ..place.request(&last, now)
    })
    .unwrap();
    let history = history(inner, "web").unwrap();
    assert!(history.is_intact(), "{history:?}");
    let recorded: Vec<u64> = history.records.iter().map(|record| record.epoch).collect();
    assert!(recorded.windows(2).all(|pair| pair[0] > pair[1]));
    let done = done.into_inner().unwrap();
    assert!(!done.is_empty());
    assert!(done.iter().all(|one| recorded.contains(&one.epoch)));
    let state = status(inner, "web", Some(last.digest())).unwrap();
    assert!(state.is_converged(), "{state:?}");
}

#[test]
fn of_eight_publishers_with_long_pauses_none_brings_back_an_older_release() {
    let place = place();
    storm(&place, place.target(), &|| Box::new(place.target.clone()));
}

#[test]
fn of_eight_publishers_to_a_flat_bucket_none_brings_back_an_older_release() {
    let bucket = Flat::default();
    storm(&place(), &bucket, &|| Box::new(bucket.again()));
}
