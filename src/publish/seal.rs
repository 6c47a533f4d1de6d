//! Signatures beside the state of a target: `.tympan/signatures/<digest of the signed bytes>.sig`.
//! Named by what they vouch for, no two publishers ever write different ones for one thing in each
//! other's way.

use crate::digest::Digest;
use crate::publish::error::PublishError;
use crate::publish::protocol::Session;
use crate::publish::state::state_path;
use crate::site_path::SitePath;
use crate::targets::{Object, Target};

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

impl Session<'_> {
    /// Puts a signature under bytes, in the place of any that stands there. It comes before what it
    /// vouches for: a crash between the two leaves a signature of nothing, and never a record
    /// without one.
    pub(super) fn seal(&self, bytes: &[u8], comment: &str) -> Result<(), PublishError> {
        let request = self.request;
        let Some(signer) = request.signer else {
            return Ok(());
        };
        let signed = signer
            .sign(bytes, comment)
            .map_err(|source| PublishError::Signing {
                target: request.name.to_owned(),
                source,
            })?;
        let path = signature_path(&Digest::of(bytes));
        let found = request.target.read(&Object::State(path.clone()))?;
        let expected = found.map(|found| found.version);
        // Whoever was faster signed the same bytes.
        let _ = request
            .target
            .swap(&path, expected.as_ref(), signed.as_bytes())?;
        Ok(())
    }
}
