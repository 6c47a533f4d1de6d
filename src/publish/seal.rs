//! Signatures beside the state of a target: `.tympan/signatures/<digest of the signed bytes>.sig`.
//! Named by what they vouch for, no two publishers ever write different ones for one thing in each
//! other's way.
//!
//! Whoever signs a record vouches for all that is older, so nobody builds upon a change that he would
//! not vouch for: what nobody signed gets no signature from the one who comes after.

use crate::digest::Digest;
use crate::publish::error::PublishError;
use crate::publish::moment::Moment;
use crate::publish::protocol::Session;
use crate::publish::record::{Deployment, Verdict};
use crate::publish::state::{Pointer, record_path, state_path};
use crate::signing::{Doubt, Signer, Trust};
use crate::site_path::SitePath;
use crate::targets::{Object, Target};

/// What signs, and whose signatures count.
#[derive(Clone, Copy, Default)]
pub struct Signing<'a> {
    /// What signs the deployment, its record, and a release that comes without a signature.
    pub signer: Option<&'a Signer>,
    /// The signature under the release that whoever made it gave.
    pub release: Option<&'a str>,
    /// Whose signatures count, if the project names anybody.
    pub trust: Option<&'a Trust>,
    /// Whether nothing is done at a target whose newest change has no signature that counts.
    pub require: bool,
}

/// Where the signature under bytes with this digest stands.
pub(super) fn signature_path(signed: &Digest) -> SitePath {
    state_path(&format!("signatures/{}.sig", signed.hex()))
}

/// The signature under bytes with this digest, if there is one.
pub(super) fn signature(
    target: &dyn Target,
    signed: &Digest,
) -> Result<Option<String>, PublishError> {
    let found = target.read(&Object::State(signature_path(signed)))?;
    Ok(found.map(|found| String::from_utf8_lossy(&found.bytes).into_owned()))
}

/// Who signed these bytes at a target, or why nobody's word counts; nothing if they are not signed.
pub(super) fn signed(
    target: &dyn Target,
    trust: &Trust,
    bytes: &[u8],
    at: Moment,
) -> Result<Option<Result<String, Doubt>>, PublishError> {
    let text = signature(target, &Digest::of(bytes))?;
    Ok(text.map(|text| trust.verify(bytes, &text, at.seconds())))
}

/// What stands before a deployment that is signed before there is a record of it, so that nobody can
/// make a record out of it.
const BEGUN: &[u8] = b"tympan: this deployment begins\n";

/// What is signed of a deployment that has no record yet, as the pointer has it.
pub(super) fn begun(deployment: &Deployment) -> Vec<u8> {
    match deployment.result {
        Verdict::Unconfirmed => [BEGUN, &deployment.to_json()].concat(),
        // How it ended was known, and so was the record.
        Verdict::Healthy | Verdict::Failed => deployment.to_json(),
    }
}

fn counts(
    target: &dyn Target,
    signing: Signing<'_>,
    bytes: &[u8],
    at: Moment,
) -> Result<bool, PublishError> {
    let Some(trust) = signing.trust else {
        return Ok(true);
    };
    let found = signed(target, trust, bytes, at)?;
    Ok(matches!(found, Some(Ok(_))))
}

/// Whether a deployment without a record was signed as the pointer has it, or there is nobody whose
/// signature counts.
pub(super) fn is_begun(
    target: &dyn Target,
    signing: Signing<'_>,
    deployment: &Deployment,
) -> Result<bool, PublishError> {
    counts(target, signing, &begun(deployment), deployment.at)
}

/// What somebody whose signature counts vouches for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vouched {
    /// Nobody vouches for what the pointer says.
    No,
    /// For the newest change, or there was none; it has no record yet.
    Begun,
    /// For the newest change, by the record with this digest.
    Recorded(Digest),
}

/// Whether somebody whose signature counts vouches for what the pointer of a target says of an
/// environment: by the record of its newest change, or before there is one by the deployment itself.
pub(super) fn vouched(
    target: &dyn Target,
    signing: Signing<'_>,
    environment: &str,
    pointer: &Pointer,
) -> Result<Vouched, PublishError> {
    let Some(last) = pointer.last() else {
        return Ok(Vouched::Begun);
    };
    // A whole state, signatures and all, may have been brought here from another place.
    if [Some(last), pointer.live.as_ref()]
        .into_iter()
        .flatten()
        .any(|one| one.environment != environment)
    {
        return Ok(Vouched::No);
    }
    let link = pointer.record_of_last();
    let (newest, vouched) = match record(target, signing, last)? {
        Record::None if link.is_none() && is_begun(target, signing, last)? => {
            (None, Vouched::Begun)
        }
        Record::Signed(record, digest) if link.is_none_or(|link| link.sha256 == digest) => {
            (Some(record), Vouched::Recorded(digest))
        }
        _ => return Ok(Vouched::No),
    };
    let before = match pointer.back_again() {
        Some(live) => matches!(record(target, signing, live)?, Record::Signed(..)),
        None => true,
    };
    Ok(match before && pointer.is_of_one_mind(newest.as_deref()) {
        true => vouched,
        false => Vouched::No,
    })
}

enum Record {
    /// There is none.
    None,
    /// It tells of the deployment, and somebody whose signature counts signed it.
    Signed(Box<Deployment>, Digest),
    /// Nobody's word counts for it.
    Doubtful,
}

fn record(
    target: &dyn Target,
    signing: Signing<'_>,
    pointed: &Deployment,
) -> Result<Record, PublishError> {
    let found = target.read(&Object::State(record_path(pointed.epoch)))?;
    let Some(found) = found else {
        return Ok(Record::None);
    };
    Ok(
        match is_record_of(target, signing, pointed, &found.bytes)? {
            Some(record) => Record::Signed(Box::new(record), Digest::of(&found.bytes)),
            None => Record::Doubtful,
        },
    )
}

/// The record of a deployment in some bytes, if they are one and somebody whose signature counts signed
/// it.
pub(super) fn is_record_of(
    target: &dyn Target,
    signing: Signing<'_>,
    pointed: &Deployment,
    bytes: &[u8],
) -> Result<Option<Deployment>, PublishError> {
    let read = serde_json::from_slice::<Deployment>(bytes).ok();
    // What is signed is what is written, and not another spelling of it.
    let Some(read) = read.filter(|read| read.is_of(pointed) && read.to_json() == bytes) else {
        return Ok(None);
    };
    let counts = counts(target, signing, bytes, read.at)?;
    Ok(Some(read).filter(|_| counts))
}

impl Session<'_> {
    /// Puts a signature under bytes, in the place of any that stands there. It comes before what it
    /// vouches for: a crash between the two leaves a signature of nothing, and never a record
    /// without one.
    pub(super) fn seal(&self, bytes: &[u8], comment: &str) -> Result<(), PublishError> {
        let request = self.request;
        let Some(signer) = request.signing.signer else {
            return Ok(());
        };
        let signed = signer
            .sign(bytes, comment)
            .map_err(|source| PublishError::Signing {
                target: request.name.to_owned(),
                source,
            })?;
        self.keep_signature(&Digest::of(bytes), &signed)
    }

    /// As [`Self::seal`] for a record.
    pub(super) fn seal_record(&self, deployment: &Deployment) -> Result<(), PublishError> {
        self.seal(&deployment.to_json(), &comment("record", deployment))
    }

    /// As [`Self::seal`] for a deployment that has no record yet.
    pub(super) fn seal_begun(&self, deployment: &Deployment) -> Result<(), PublishError> {
        self.seal(&begun(deployment), &comment("deployment", deployment))
    }

    /// As [`Self::seal`] for the release, which keeps the signature of whoever made it.
    pub(super) fn seal_release(&self, digest: &Digest, json: &[u8]) -> Result<(), PublishError> {
        match self.request.signing.release {
            Some(given) => self.keep_signature(digest, given),
            None => self.seal(json, &format!("tympan: release {digest}")),
        }
    }

    fn keep_signature(&self, signed: &Digest, text: &str) -> Result<(), PublishError> {
        let target = self.request.target;
        let path = signature_path(signed);
        let found = target.read(&Object::State(path.clone()))?;
        if found
            .as_ref()
            .is_some_and(|found| found.bytes == text.as_bytes())
        {
            return Ok(());
        }
        let expected = found.map(|found| found.version);
        // Whoever was faster signed the same bytes.
        let _ = target.swap(&path, expected.as_ref(), text.as_bytes())?;
        Ok(())
    }
}

/// What a signature says of a deployment, on one line.
fn comment(what: &str, deployment: &Deployment) -> String {
    let target = deployment.target.escape_default();
    format!("tympan: {what} {} of {target}", deployment.epoch)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use minisign::KeyPair;

    use super::*;
    use crate::config::SmokePath;
    use crate::publish::audit::audit;
    use crate::publish::history::{Trouble, history};
    use crate::publish::protocol::publish;
    use crate::publish::refusal::Refusal;
    use crate::publish::request::Request;
    use crate::publish::smoke::Answer;
    use crate::publish::stepping::{Step, Stepping};
    use crate::publish::testing::{Place, place, unrecord};
    use crate::release::{File, Release};
    use crate::targets::TargetError;

    struct Keys {
        signer: Signer,
        trust: Trust,
    }

    fn keys() -> Keys {
        let pair = KeyPair::generate_unencrypted_keypair().unwrap();
        let text = pair.sk.to_box(None).unwrap().to_string();
        let signer = Signer::read(&text, None).unwrap();
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

    #[cfg(unix)]
    #[test]
    fn a_key_that_is_out_of_use_vouches_for_what_it_signed_before() {
        const YEAR: i64 = 365 * 86_400;
        let place = place();
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key");
        let made = std::process::Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-f"])
            .arg(&key)
            .status();
        if !made.is_ok_and(|made| made.success()) {
            return;
        }
        let public = fs::read_to_string(folder.path().join("key.pub")).unwrap();
        let allowed = folder.path().join("signers");
        let signer = Signer::read(key.to_str().unwrap(), None).unwrap();
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
}
