//! Who may write to a target and has no key: what he forges is found, and nobody builds upon it.

use std::fs;
use std::path::PathBuf;

use crate::config::SmokePath;
use crate::digest::Digest;
use crate::publish::audit::audit;
use crate::publish::error::PublishError;
use crate::publish::history::{Trouble, history};
use crate::publish::protocol::publish;
use crate::publish::record::{Deployment, Verdict};
use crate::publish::refusal::Refusal;
use crate::publish::request::Request;
use crate::publish::seal::{Signing, signature, signature_path};
use crate::publish::smoke::Answer;
use crate::publish::state::Pointer;
use crate::publish::stepping::{Step, Stepping};
use crate::publish::testing::{Place, place, unrecord};
use crate::release::{File, Release};
use crate::signing::{Signer, Trust, testing};
use crate::targets::TargetError;

struct Keys {
    signer: Signer,
    trust: Trust,
}

fn keys() -> Keys {
    let signer = testing::minisign();
    let trust = Trust::new(&[signer.public_key().unwrap()], None).unwrap();
    Keys { signer, trust }
}

impl Keys {
    fn signing(&self, require: bool) -> Signing<'_> {
        Signing {
            signer: Some(&self.signer),
            release: None,
            trust: Some(&self.trust),
            require,
        }
    }

    fn publish(&self, place: &Place, text: &str, require: bool) -> Result<(), PublishError> {
        let release = place.release(&[("index.html", text)]);
        self.publish_release(place, &release, require)
    }

    fn publish_release(
        &self,
        place: &Place,
        release: &Release,
        require: bool,
    ) -> Result<(), PublishError> {
        let request = Request {
            signing: self.signing(require),
            ..place.request(release, 0)
        };
        publish(&request).map(drop)
    }

    fn found(&self, place: &Place, require: bool) -> Vec<(u64, Trouble)> {
        let history = audit(place.target(), ("web", "test"), &self.trust, require).unwrap();
        let found = history.findings.iter();
        found.map(|one| (one.epoch, one.trouble)).collect()
    }
}

fn state(place: &Place) -> PathBuf {
    place.web().join(".tympan")
}

/// Changes what the pointer says, as somebody can who may write to the target.
fn forge(place: &Place, from: &str, to: &str) {
    let file = state(place).join("current");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(file, text.replace(from, to)).unwrap();
}

#[track_caller]
fn refused(result: Result<(), PublishError>) {
    let error = result.unwrap_err();
    let is_told = matches!(&error, PublishError::Refused { refusal, .. }
    if matches!(**refusal, Refusal::Unsigned { .. }));
    assert!(is_told, "{error}");
}

#[test]
fn a_change_is_signed_before_it_is_live_and_whoever_comes_next_records_it() {
    let (place, keys) = (place(), keys());
    keys.publish(&place, "one", true).unwrap();
    let release = place.release(&[("index.html", "two")]);
    let hook = |step: Step<'_>| match step.operation == "switch" && step.after {
        true => Err(TargetError::Unsupported {
            target: "web".to_owned(),
            reason: "killed".to_owned(),
        }),
        false => Ok(()),
    };
    let target = Stepping::new(place.target(), &hook);
    let request = Request {
        target: &target,
        signing: keys.signing(true),
        ..place.request(&release, 0)
    };
    assert!(publish(&request).is_err());
    assert_eq!(keys.found(&place, true), [(2, Trouble::Unrecorded)]);
    keys.publish(&place, "three", true).unwrap();
    assert_eq!(keys.found(&place, true), []);
    let history = audit(place.target(), ("web", "test"), &keys.trust, true).unwrap();
    assert_eq!(history.signed_by.len(), 3);
}

#[test]
fn a_change_that_nobody_signed_gets_no_signature_from_the_next_one() {
    for is_same in [true, false] {
        let (place, keys) = (place(), keys());
        keys.publish(&place, "one", true).unwrap();
        keys.publish(&place, "two", true).unwrap();
        unrecord(&state(&place).join("log"), 2);
        forge(&place, "Ada", "Eve");
        let found = [(2, Trouble::Unrecorded), (2, Trouble::Unsigned)];
        assert_eq!(keys.found(&place, true), found);
        let next = if is_same { "two" } else { "three" };
        refused(keys.publish(&place, next, true));
        keys.publish(&place, next, false).unwrap();
        assert_eq!(keys.found(&place, true), [(2, Trouble::Unsigned)]);
        assert_eq!(keys.found(&place, false), []);
    }
}

#[test]
fn a_log_that_was_written_anew_is_not_built_upon() {
    let (place, keys) = (place(), keys());
    for text in ["one", "two"] {
        keys.publish(&place, text, true).unwrap();
    }
    // All signatures taken away, and another story told.
    fs::remove_dir_all(state(&place).join("signatures")).unwrap();
    let record = state(&place).join("log/2.json");
    let before = Digest::of(&fs::read(&record).unwrap());
    let text = fs::read_to_string(&record).unwrap();
    fs::write(&record, text.replace("Ada", "Eve")).unwrap();
    let after = Digest::of(&fs::read(&record).unwrap());
    forge(&place, "Ada", "Eve");
    forge(&place, &before.to_string(), &after.to_string());
    assert!(history(place.target(), "web").unwrap().is_intact());
    refused(keys.publish(&place, "three", true));
    refused(keys.publish(&place, "two", true));
}

#[test]
fn who_begins_to_sign_does_it_once_without_asking_for_it() {
    let (place, keys) = (place(), keys());
    let unsigned = place.release(&[("index.html", "one")]);
    place.publish(&unsigned, 0).unwrap();
    refused(keys.publish(&place, "two", true));
    keys.publish(&place, "two", false).unwrap();
    keys.publish(&place, "three", true).unwrap();
    assert_eq!(keys.found(&place, true), []);
}

#[test]
fn who_begins_to_sign_what_is_live_already_publishes_it_anew() {
    let (place, keys) = (place(), keys());
    let release = place.release(&[("index.html", "one")]);
    place.publish(&release, 0).unwrap();
    refused(keys.publish_release(&place, &release, true));
    keys.publish_release(&place, &release, false).unwrap();
    keys.publish_release(&place, &release, true).unwrap();
    assert_eq!(keys.found(&place, true), []);
    let history = history(place.target(), "web").unwrap();
    assert_eq!(history.records.len(), 2);
}

#[test]
fn a_state_of_another_environment_is_none_of_this_one() {
    let (mut place, keys) = (place(), keys());
    place.environment.name = "test/_preview/17".to_owned();
    keys.publish(&place, "unseen", true).unwrap();
    place.environment.name = "test".to_owned();
    let file = state(&place).join("current");
    let mut pointer: Pointer = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    pointer.environment.clone_from(&place.environment.name);
    fs::write(&file, pointer.to_json()).unwrap();
    refused(keys.publish(&place, "next", true));
    refused(keys.publish(&place, "unseen", true));
    assert_eq!(keys.found(&place, true), [(1, Trouble::Elsewhere)]);
}

#[test]
fn how_a_deployment_ended_is_what_its_record_says() {
    let (place, keys) = (place(), keys());
    for text in ["one", "two"] {
        keys.publish(&place, text, true).unwrap();
    }
    // The healthy release is said to have failed, and the one before to be live again.
    let file = state(&place).join("current");
    let mut pointer: Pointer = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let first = fs::read(state(&place).join("log/1.json")).unwrap();
    pointer.undone = pointer.live.take().map(|live| Deployment {
        result: Verdict::Failed,
        ..live
    });
    pointer.live = Some(serde_json::from_slice(&first).unwrap());
    fs::write(&file, pointer.to_json()).unwrap();
    assert_eq!(keys.found(&place, true), [(1, Trouble::Astray)]);
    refused(keys.publish(&place, "three", true));
}

#[test]
fn what_was_signed_before_the_end_is_no_record() {
    let (place, keys) = (place(), keys());
    keys.publish(&place, "one", true).unwrap();
    let file = state(&place).join("current");
    let pointer: Pointer = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let live = pointer.live.clone().unwrap();
    assert_eq!(live.result, Verdict::Unconfirmed);
    let record = state(&place).join("log/1.json");
    fs::write(&record, live.to_json()).unwrap();
    let forged = Pointer {
        recorded: Some(live.link()),
        ..pointer
    };
    fs::write(&file, forged.to_json()).unwrap();
    refused(keys.publish(&place, "two", true));
    let found = keys.found(&place, true);
    assert_eq!(found, [(1, Trouble::Unsigned)]);
}

#[test]
fn what_is_live_after_a_failed_test_is_what_the_records_say() {
    let (mut place, keys) = (place(), keys());
    place.environment.smoke = vec![SmokePath::there("/")];
    let older = place.release(&[("index.html", "older")]);
    keys.publish_release(&place, &older, true).unwrap();
    keys.publish(&place, "good", true).unwrap();
    let bad = place.release(&[("index.html", "bad")]);
    let smoke = |_: &SmokePath, _: Option<&File>| Answer::Wrong("no".to_owned());
    let request = Request {
        smoke: Some(&smoke),
        signing: keys.signing(true),
        ..place.request(&bad, 0)
    };
    assert!(matches!(
        publish(&request),
        Err(PublishError::Smoke { back: Some(_), .. })
    ));
    assert_eq!(keys.found(&place, true), []);
    // An older release, whose record is signed, in the place of the one before.
    let file = state(&place).join("current");
    let mut pointer: Pointer = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let first = fs::read(state(&place).join("log/1.json")).unwrap();
    pointer.live = Some(serde_json::from_slice(&first).unwrap());
    fs::write(&file, pointer.to_json()).unwrap();
    assert_eq!(keys.found(&place, true), [(1, Trouble::Astray)]);
    refused(keys.publish(&place, "next", true));
    // A deployment that no record tells of.
    let live = pointer.live.as_mut().unwrap();
    live.release = pointer.undone.as_ref().unwrap().previous.unwrap();
    fs::write(&file, pointer.to_json()).unwrap();
    assert_eq!(keys.found(&place, true), [(1, Trouble::Changed)]);
    refused(keys.publish(&place, "next", true));
}

#[test]
fn a_release_keeps_the_signature_of_whoever_made_it() {
    let (place, ours, theirs) = (place(), keys(), keys());
    let release = place.release(&[("index.html", "one")]);
    let given = theirs.signer.sign(&release.to_json(), "theirs").unwrap();
    let both = [&ours, &theirs].map(|keys| keys.signer.public_key().unwrap());
    let trust = Trust::new(&both, None).unwrap();
    let request = Request {
        signing: Signing {
            release: Some(&given),
            trust: Some(&trust),
            ..ours.signing(true)
        },
        ..place.request(&release, 0)
    };
    publish(&request).unwrap();
    let found = signature(place.target(), &release.digest()).unwrap();
    assert_eq!(found, Some(given));
    let audited = audit(place.target(), ("web", "test"), &trust, true).unwrap();
    assert!(audited.findings.is_empty(), "{audited:?}");
    assert_eq!(ours.found(&place, true), [(1, Trouble::ReleaseForged)]);
    let file = state(&place).join(signature_path(&release.digest()).as_str());
    fs::remove_file(file).unwrap();
    assert_eq!(ours.found(&place, true), [(1, Trouble::ReleaseUnsigned)]);
    assert_eq!(ours.found(&place, false), []);
}

#[test]
fn a_key_that_is_out_of_use_vouches_for_what_it_signed_before() {
    const YEAR: i64 = 365 * 86_400;
    let place = place();
    let folder = tempfile::tempdir().unwrap();
    let Some((signer, public)) = testing::ssh(folder.path()) else {
        return;
    };
    let allowed = folder.path().join("signers");
    let trust = Trust::new(&[], Some(allowed.clone())).unwrap();
    let publish_at = |text: &str, now: i64| {
        let release = place.release(&[("index.html", text)]);
        let request = Request {
            signing: Signing {
                signer: Some(&signer),
                ..Signing::default()
            },
            ..place.request(&release, now)
        };
        publish(&request).unwrap();
    };
    let found = || {
        let history = audit(place.target(), ("web", "test"), &trust, true).unwrap();
        let found = history.findings.iter();
        found
            .map(|one| (one.epoch, one.trouble))
            .collect::<Vec<_>>()
    };
    fs::write(
        &allowed,
        format!("ada@guide.example valid-before=\"20000101\" {public}"),
    )
    .unwrap();
    publish_at("one", 29 * YEAR);
    assert_eq!(found(), []);
    publish_at("two", 31 * YEAR);
    let after = found();
    assert_eq!(after.len(), 2, "{after:?}");
    assert!(after.iter().all(|(epoch, _)| *epoch == 2), "{after:?}");
    // Nor does it go back behind the record before by telling another time.
    publish_at("three", 29 * YEAR);
    assert_eq!(found().len(), 4);
}
