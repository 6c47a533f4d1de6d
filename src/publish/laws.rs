//! Laws of publishing: what is live afterwards is exactly the release, whatever was there before.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use crate::config::DriftPolicy;
use crate::publish::error::PublishError;
use crate::publish::history::history;
use crate::publish::protocol::publish;
use crate::publish::reconcile::Outcome;
use crate::publish::refusal::Refusal;
use crate::publish::request::{Request, prepare};
use crate::publish::status::status;
use crate::publish::testing::{Place, manifest_of, place, read_all};
use crate::release::Release;
use crate::site_path::SitePath;
use crate::targets::Directory;

/// What a hand or a broken program does to a file of the live tree.
#[derive(Debug, Clone)]
enum Damage {
    Delete(String),
    Write(String, String),
    Fold(String),
}

fn files() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::vec(("([ab]/){0,2}[c-e]\\.(html|png|xml)", "[xy]{0,2}"), 1..7)
}

fn damage() -> impl Strategy<Value = Damage> {
    let path = || "([ab]/){0,2}[c-e]\\.(html|png|xml|old)";
    prop_oneof![
        path().prop_map(Damage::Delete),
        (path(), "[xz]{0,3}").prop_map(|(path, text)| Damage::Write(path, text)),
        path().prop_map(Damage::Fold),
    ]
}

fn release(place: &Place, files: &[(String, String)]) -> Release {
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    place.release(&files)
}

fn inflict(live: &Path, damage: &Damage) {
    let clear = |path: &Path| {
        let _ = fs::remove_file(path);
        let _ = fs::remove_dir_all(path);
    };
    match damage {
        Damage::Delete(path) => clear(&live.join(path)),
        Damage::Write(path, text) => {
            let path = live.join(path);
            let _ = fs::create_dir_all(path.parent().unwrap());
            let _ = fs::write(&path, text);
        }
        Damage::Fold(path) => {
            let path = live.join(path);
            clear(&path);
            let _ = fs::create_dir_all(&path);
            let _ = fs::write(path.join("inside"), "x");
        }
    }
}

fn refusal(result: Result<crate::publish::Published, PublishError>) -> Refusal {
    match result {
        Err(PublishError::Refused { refusal, .. }) => *refusal,
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn publishing_one_release_after_another_leaves_exactly_the_last(
        a in files(), b in files(), links in any::<bool>()
    ) {
        let mut place = place();
        if !links {
            place.target = Directory::open_without_links("web", &place.web());
        }
        for (at, files) in (0..).zip([&a, &b, &a]) {
            let release = release(&place, files);
            place.publish(&release, at).unwrap();
            prop_assert_eq!(read_all(&place.live()), manifest_of(&release));
        }
        prop_assert!(history(place.target(), "web").unwrap().findings.is_empty());
    }

    #[test]
    fn a_heal_after_any_damage_leaves_exactly_the_release(
        files in files(), damages in prop::collection::vec(damage(), 1..5)
    ) {
        let place = place();
        let release = release(&place, &files);
        let first = place.publish(&release, 0).unwrap();
        prop_assert_eq!(first.outcome, Outcome::Publish);
        for damage in &damages {
            inflict(&place.live(), damage);
        }
        let differs = read_all(&place.live()) != manifest_of(&release);
        let state = status(place.target(), "web", Some(release.digest())).unwrap();
        prop_assert_eq!(state.is_converged(), !differs);
        let outcome = place.publish(&release, 1).unwrap().outcome;
        prop_assert_eq!(outcome, if differs { Outcome::Heal } else { Outcome::UpToDate });
        prop_assert_eq!(read_all(&place.live()), manifest_of(&release));
    }
}

#[test]
fn drift_is_told_by_kind_and_saved_before_it_is_healed() {
    let mut place = place();
    place.settings.drift = DriftPolicy::HealKeep;
    let release = place.release(&[("a.html", "a"), ("b.html", "b"), ("c.html", "c")]);
    place.publish(&release, 0).unwrap();
    fs::write(place.live().join("a.html"), "edited").unwrap();
    fs::remove_file(place.live().join("b.html")).unwrap();
    fs::create_dir(place.live().join("new")).unwrap();
    fs::write(place.live().join("new/d.html"), "dd").unwrap();
    let drift = status(place.target(), "web", None).unwrap().drift;
    let told = |list: &[crate::publish::Drifted]| {
        let one = |drifted: &crate::publish::Drifted| {
            (drifted.path.to_string(), drifted.published, drifted.found)
        };
        list.iter().map(one).collect::<Vec<_>>()
    };
    assert_eq!(
        told(&drift.modified),
        [("a.html".to_owned(), Some(1), Some(6))]
    );
    assert_eq!(told(&drift.missing), [("b.html".to_owned(), Some(1), None)]);
    assert_eq!(
        told(&drift.extra),
        [("new/d.html".to_owned(), None, Some(2))]
    );
    assert_eq!((drift.pointer.as_ref(), drift.count()), (None, 3));
    let next = place.release(&[("a.html", "next")]);
    let published = place.publish(&next, 1).unwrap();
    let saved: Vec<&str> = published.saved.iter().map(SitePath::as_str).collect();
    assert_eq!(saved, ["drift/2/a.html", "drift/2/new/d.html"]);
    let kept = fs::read_to_string(place.web().join(".tympan").join(saved[0])).unwrap();
    assert_eq!(kept, "edited");
    assert_eq!(read_all(&place.live()), manifest_of(&next));
}

#[test]
fn drift_that_is_only_reported_stays() {
    let mut place = place();
    place.settings.drift = DriftPolicy::Report;
    let release = place.release(&[("index.html", "a")]);
    place.publish(&release, 0).unwrap();
    fs::write(place.live().join("index.html"), "edited").unwrap();
    let next = place.release(&[("index.html", "next")]);
    for release in [&release, &next] {
        let refusal = refusal(place.publish(release, 1));
        assert_eq!(refusal, Refusal::Drifted { count: 1 });
    }
    assert_eq!(
        fs::read_to_string(place.live().join("index.html")).unwrap(),
        "edited"
    );
}

#[cfg(unix)]
#[test]
fn a_link_among_the_live_files_is_drift_and_is_not_followed() {
    let place = place();
    let release = place.release(&[("index.html", "a"), ("b/index.html", "b")]);
    place.publish(&release, 0).unwrap();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("index.html"), "b").unwrap();
    fs::remove_dir_all(place.live().join("b")).unwrap();
    std::os::unix::fs::symlink(outside.path(), place.live().join("b")).unwrap();
    let drift = status(place.target(), "web", None).unwrap().drift;
    assert_eq!(
        (drift.missing.len(), drift.strangers.as_slice()),
        (1, &["b".to_owned()][..])
    );
    assert_eq!(place.publish(&release, 1).unwrap().outcome, Outcome::Heal);
    assert!(place.live().join("b").symlink_metadata().unwrap().is_dir());
    assert!(outside.path().join("index.html").exists());
}

#[cfg(unix)]
#[test]
fn a_live_link_that_was_turned_by_hand_is_turned_back() {
    let place = place();
    let (a, b) = (
        place.release(&[("index.html", "a")]),
        place.release(&[("index.html", "b")]),
    );
    place.publish(&a, 0).unwrap();
    let link = fs::read_link(place.live()).unwrap();
    place.publish(&b, 1).unwrap();
    fs::remove_file(place.live()).unwrap();
    std::os::unix::fs::symlink(link, place.live()).unwrap();
    let state = status(place.target(), "web", Some(b.digest())).unwrap();
    assert!(
        state
            .drift
            .pointer
            .unwrap()
            .contains("is live in the place of")
    );
    assert!(!state.drift.modified.is_empty() || state.drift.missing.is_empty());
    assert_eq!(place.publish(&b, 2).unwrap().outcome, Outcome::Heal);
    assert_eq!(read_all(&place.live()), manifest_of(&b));
}

#[test]
fn many_removals_are_refused_with_a_way_on() {
    let mut place = place();
    place.settings.max_removals = 1;
    let a = place.release(&[("index.html", "a"), ("b.html", "b"), ("c.html", "c")]);
    place.publish(&a, 0).unwrap();
    let b = place.release(&[("index.html", "b")]);
    let error = place.publish(&b, 1).unwrap_err();
    assert!(error.help().unwrap().contains("max_removals"), "{error}");
    assert_eq!(
        refusal(Err(error)),
        Refusal::Removals { count: 2, limit: 1 }
    );
    assert_eq!(read_all(&place.live()), manifest_of(&a));
    place.settings.max_removals = 2;
    assert!(place.publish(&b, 2).is_ok());
}

#[test]
fn another_environment_and_another_publisher_are_kept_out() {
    let mut place = place();
    let release = place.release(&[("index.html", "a")]);
    place.publish(&release, 0).unwrap();
    place.environment.name = "prod".to_owned();
    let environment = "test".to_owned();
    assert_eq!(
        refusal(place.publish(&release, 1)),
        Refusal::Occupied { environment }
    );
    place.environment.name = "test".to_owned();
    let lease = r#"{"epoch":7,"format":1,"holder":"bob","until":"1970-01-01T00:10:00Z"}"#;
    fs::write(place.web().join(".tympan/lease"), lease).unwrap();
    let next = place.release(&[("index.html", "b")]);
    let told = refusal(place.publish(&next, 599)).to_string();
    assert_eq!(told, "`bob` publishes there until 1970-01-01T00:10:00Z");
    assert_eq!(
        place.publish(&next, 600).unwrap().deployment.unwrap().epoch,
        8
    );
}

#[test]
fn a_dry_run_writes_nothing() {
    let place = place();
    let release = place.release(&[("index.html", "a"), ("b.png", "bb")]);
    let prepared = prepare(&place.request(&release, 0)).unwrap();
    assert_eq!(
        (prepared.outcome, prepared.plan.bytes),
        (Outcome::Publish, 3)
    );
    assert!(!place.web().exists());
    assert!(
        !status(place.target(), "web", Some(release.digest()))
            .unwrap()
            .is_converged()
    );
    assert!(!place.web().exists());
}

#[test]
fn state_that_makes_no_sense_stops_the_work() {
    #[track_caller]
    fn case(object: &str, text: &str, expected: &str) {
        let place = place();
        let (a, b) = (
            place.release(&[("index.html", "a")]),
            place.release(&[("index.html", "b")]),
        );
        place.publish(&a, 0).unwrap();
        fs::write(place.web().join(".tympan").join(object), text).unwrap();
        let error = place.publish(&b, 1).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert_eq!(read_all(&place.live()), manifest_of(&a));
    }
    case(
        "current",
        "{",
        "cannot read `.tympan/current` at target `web`",
    );
    case("current", "", "cannot read `.tympan/current`");
    case(
        "current",
        r#"{"format":2}"#,
        "its format is 2, and this tympan reads 1",
    );
    case("lease", "null", "cannot read `.tympan/lease`");
    let far =
        r#"{"epoch":18446744073709551615,"format":1,"holder":"x","until":"1970-01-01T00:00:00Z"}"#;
    case("lease", far, "is too large");
}

#[test]
fn what_is_lost_at_the_target_is_made_again() {
    let place = place();
    let (a, b) = (
        place.release(&[("index.html", "a")]),
        place.release(&[("index.html", "b")]),
    );
    place.publish(&a, 0).unwrap();
    fs::remove_file(place.web().join(".tympan/current")).unwrap();
    fs::remove_file(
        place
            .web()
            .join(format!(".tympan/releases/{}.json", a.digest().hex())),
    )
    .unwrap();
    assert_eq!(place.publish(&b, 1).unwrap().deployment.unwrap().epoch, 2);
    fs::remove_dir_all(place.web().join(".tympan/tree")).unwrap();
    assert_eq!(place.publish(&b, 2).unwrap().outcome, Outcome::Heal);
    assert_eq!(read_all(&place.live()), manifest_of(&b));
}

#[test]
fn a_file_that_the_store_does_not_hold_stops_the_work_before_the_switch() {
    let place = place();
    let a = place.release(&[("index.html", "a")]);
    place.publish(&a, 0).unwrap();
    let b = place.release(&[("index.html", "b"), ("kept.html", "a")]);
    fs::remove_dir_all(place.store.root()).unwrap();
    let error = place.publish(&b, 1).unwrap_err();
    assert!(matches!(error, PublishError::Store { .. }), "{error}");
    assert_eq!(read_all(&place.live()), manifest_of(&a));
    // The lease was given back: nobody waits for a publish that has failed.
    let other = Request {
        holder: "bob",
        ..place.request(&b, 2)
    };
    place.store.put_blob(b"b").unwrap();
    place.store.put_blob(b"a").unwrap();
    assert!(publish(&other).is_ok());
}
