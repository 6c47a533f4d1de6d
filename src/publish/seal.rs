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
