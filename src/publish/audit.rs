//! Whether the log of a target is whole, and signed by those who may.
//!
//! Each record holds the digest of the one before, so a signature vouches for all that is older. What
//! is newer than the newest signature has nobody's word.

use std::collections::BTreeMap;

use crate::digest::Digest;
use crate::publish::error::PublishError;
use crate::publish::flight::{fly, tried};
use crate::publish::history::{Finding, History, Trouble, history};
use crate::publish::moment::Moment;
use crate::publish::record::Deployment;
use crate::publish::seal::{begun, signed};
use crate::publish::state::release_path;
use crate::signing::{Doubt, Trust};
use crate::targets::{Object, Target};

/// What a signature takes, more or less, in bytes.
const SIGNATURE: u64 = 512;

/// Reads and verifies the log of a target, by its name and its environment's, the signatures under its
/// records, and the releases that they name as far as the target keeps them. With `require`, a change
/// without a signature is a fault, unless it is older than the first that has one.
pub fn audit(
    target: &dyn Target,
    (name, environment): (&str, &str),
    trust: &Trust,
    require: bool,
) -> Result<History, PublishError> {
    let mut history = history(target, name)?;
    let (mut signed_by, mut found) = (BTreeMap::new(), Vec::new());
    let mut unsigned = Vec::new();
    let mut releases: BTreeMap<Digest, Vec<(u64, Moment)>> = BTreeMap::new();
    // One that has no record yet was signed as the pointer has it. A key that is out of use cannot go
    // back behind the record before.
    let pending = history.pending.iter();
    let changes: Vec<&Deployment> = pending.chain(&history.records).collect();
    let dated: Vec<(&Deployment, Moment)> = changes
        .iter()
        .zip(changes.iter().skip(1).map(Some).chain([None]))
        .map(|(change, before)| {
            let before = before.map_or(change.at, |before| before.at);
            (*change, before.max(change.at))
        })
        .collect();
    let is_pending = |change: &Deployment| history.pending.as_ref() == Some(change);
    let bytes_of = |change: &Deployment| match is_pending(change) {
        true => begun(change),
        false => change.to_json(),
    };
    let verify = |(change, when): &(&Deployment, Moment)| {
        tried(signed(target, trust, &bytes_of(change), *when))
    };
    let verified = fly(&dated, |_| SIGNATURE, verify)?;
    for ((change, when), verified) in dated.iter().zip(verified) {
        match verified {
            None => unsigned.push(change.epoch),
            Some(Ok(who)) => {
                signed_by.insert(change.epoch, who);
            }
            Some(Err(Doubt::Stranger)) => found.push((change.epoch, Trouble::Stranger)),
            Some(Err(_)) => found.push((change.epoch, Trouble::Forged)),
        }
        if change.environment != environment {
            found.push((change.epoch, Trouble::Elsewhere));
        }
        let named = releases.entry(change.release).or_default();
        named.push((change.epoch, *when));
    }
    let first = signed_by.keys().next().copied();
    let is_due = |epoch: u64| require && first.is_none_or(|first| epoch >= first);
    let without = unsigned.into_iter().filter(|epoch| is_due(*epoch));
    found.extend(without.map(|epoch| (epoch, Trouble::Unsigned)));
    for (release, named) in releases {
        let is_signed = named.iter().any(|(epoch, _)| signed_by.contains_key(epoch));
        match of_release(target, &release, &named, trust)? {
            // Where nobody signed the record either, that is told.
            Some(Trouble::ReleaseUnsigned) if !(require && is_signed) => {}
            Some(trouble) => found.push((named[0].0, trouble)),
            None => {}
        }
    }
    let found = found
        .into_iter()
        .map(|(epoch, trouble)| Finding { epoch, trouble });
    history.findings.extend(found);
    history
        .findings
        .sort_by_key(|one| std::cmp::Reverse(one.epoch));
    history.signed_by = signed_by;
    Ok(history)
}

/// What is wrong with a release that records name. Whoever publishes it again may sign it again.
fn of_release(
    target: &dyn Target,
    digest: &Digest,
    named: &[(u64, Moment)],
    trust: &Trust,
) -> Result<Option<Trouble>, PublishError> {
    let Some(found) = target.read(&Object::State(release_path(digest)))? else {
        return Ok(None);
    };
    if Digest::of(&found.bytes) != *digest {
        return Ok(Some(Trouble::ReleaseChanged));
    }
    let mut doubt = None;
    for (_, when) in named {
        match signed(target, trust, &found.bytes, *when)? {
            None => return Ok(Some(Trouble::ReleaseUnsigned)),
            Some(Ok(_)) => return Ok(None),
            Some(Err(_)) => doubt = Some(Trouble::ReleaseForged),
        }
    }
    Ok(doubt)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::publish::protocol::publish;
    use crate::publish::request::Request;
    use crate::publish::seal::Signing;
    use crate::publish::testing::{Place, place};
    use crate::signing::testing::minisign as signer;

    struct Signed {
        place: Place,
        trust: Trust,
    }

    /// Three releases, of which those in `unsigned` were published without a key.
    fn signed(unsigned: &[usize]) -> Signed {
        let (place, signer) = (place(), signer());
        for (at, text) in ["a", "b", "c"].into_iter().enumerate() {
            let release = place.release(&[("index.html", text)]);
            publish(&Request {
                signing: Signing {
                    signer: (!unsigned.contains(&at)).then_some(&signer),
                    ..Signing::default()
                },
                ..place.request(&release, 0)
            })
            .unwrap();
        }
        let key = signer.public_key().unwrap();
        let trust = Trust::new(&[key], None).unwrap();
        Signed { place, trust }
    }

    fn record(state: &Path, epoch: u64) -> PathBuf {
        state.join(format!("log/{epoch}.json"))
    }

    fn signature_of(state: &Path, signed: &Path) -> PathBuf {
        let name = Digest::of(&fs::read(signed).unwrap()).hex();
        state.join(format!("signatures/{name}.sig"))
    }

    #[track_caller]
    fn case(
        unsigned: &[usize],
        change: impl FnOnce(&Path),
        require: bool,
        expected: &[(u64, Trouble)],
    ) {
        let Signed { place, trust } = signed(unsigned);
        change(&place.web().join(".tympan"));
        let history = audit(place.target(), ("web", "test"), &trust, require).unwrap();
        let found: Vec<_> = history
            .findings
            .iter()
            .map(|one| (one.epoch, one.trouble))
            .collect();
        assert_eq!(found, expected);
        assert_eq!(history.is_intact(), expected.is_empty());
    }

    #[test]
    fn a_log_that_is_signed_is_whole() {
        case(&[], |_| {}, true, &[]);
        let Signed { place, trust } = signed(&[]);
        let history = audit(place.target(), ("web", "test"), &trust, true).unwrap();
        assert_eq!(history.signed_by.len(), 3);
    }

    #[test]
    fn what_is_newer_than_the_first_signature_must_be_signed() {
        case(&[0], |_| {}, true, &[]);
        case(&[1], |_| {}, true, &[(2, Trouble::Unsigned)]);
        case(&[2], |_| {}, true, &[(3, Trouble::Unsigned)]);
        case(&[2], |_| {}, false, &[]);
        let none = [3, 2, 1].map(|epoch| (epoch, Trouble::Unsigned));
        case(&[0, 1, 2], |_| {}, true, &none);
    }

    #[test]
    fn who_writes_the_log_anew_cannot_sign_it() {
        // The newest record, which no other one names, and the pointer with it.
        let forge = |state: &Path| {
            let digest = |path: &Path| Digest::of(&fs::read(path).unwrap()).to_string();
            let (record, pointer) = (record(state, 3), state.join("current"));
            let before = digest(&record);
            let text = fs::read_to_string(&record).unwrap();
            fs::write(&record, text.replace("Ada", "Eve")).unwrap();
            let text = fs::read_to_string(&pointer).unwrap();
            let text = text.replace("Ada", "Eve");
            fs::write(&pointer, text.replace(&before, &digest(&record))).unwrap();
        };
        case(&[], forge, true, &[(3, Trouble::Unsigned)]);
        let foreign = |state: &Path| {
            let file = record(state, 3);
            let theirs = signer().sign(&fs::read(&file).unwrap(), "x").unwrap();
            fs::write(signature_of(state, &file), theirs).unwrap();
        };
        case(&[], foreign, true, &[(3, Trouble::Stranger)]);
        let swapped = |state: &Path| {
            let one = signature_of(state, &record(state, 1));
            fs::copy(one, signature_of(state, &record(state, 2))).unwrap();
        };
        case(&[], swapped, true, &[(2, Trouble::Forged)]);
        let changed = |state: &Path| {
            let file = record(state, 2);
            let text = fs::read_to_string(&file).unwrap();
            fs::write(&file, text.replace("Ada", "Eve")).unwrap();
        };
        case(
            &[],
            changed,
            true,
            &[(2, Trouble::Broken), (2, Trouble::Unsigned)],
        );
    }

    #[test]
    fn a_release_that_was_changed_at_the_target_is_found() {
        let release = |state: &Path| {
            let entries = fs::read_dir(state.join("releases")).unwrap();
            let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
            files.sort();
            files.remove(0)
        };
        let Signed { place, trust } = signed(&[]);
        let state = place.web().join(".tympan");
        fs::write(release(&state), "{}").unwrap();
        let found = audit(place.target(), ("web", "test"), &trust, true).unwrap();
        assert_eq!(found.findings[0].trouble, Trouble::ReleaseChanged);
        let Signed { place, trust } = signed(&[]);
        let state = place.web().join(".tympan");
        let file = release(&state);
        let theirs = signer().sign(&fs::read(&file).unwrap(), "x").unwrap();
        fs::write(signature_of(&state, &file), theirs).unwrap();
        let found = audit(place.target(), ("web", "test"), &trust, true).unwrap();
        assert_eq!(found.findings[0].trouble, Trouble::ReleaseForged);
    }
}
