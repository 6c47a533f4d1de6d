//! The key that signs, out of the environment, and whose signatures the project counts.

use anyhow::{Context as _, bail};

use crate::cli::environment::Shipping;
use crate::cli::ui::variable;
use crate::signing::{Doubt, Signer, Trust};
use crate::site_path::SitePath;

/// The variable with the key: its text, or the path of a file.
const KEY: &str = "TYMPAN_SIGNING_KEY";
/// The variable with its password.
const PASSWORD: &str = "TYMPAN_SIGNING_KEY_PASSWORD";
/// What is signed to see whether it counts.
const PROBE: &[u8] = b"tympan signs this to see whether its signatures count";

/// The key that signs releases and records, if there is one; without one nothing is published that
/// must be signed.
pub fn signer(shipping: &Shipping) -> anyhow::Result<Option<Signer>> {
    let signing = &shipping.config.signing;
    let Some(key) = variable(KEY) else {
        if signing.require {
            bail!(
                "`[signing]` asks for signatures; set {KEY} to the key, or to the path of its file"
            );
        }
        return Ok(None);
    };
    let signer = Signer::read(&key, variable(PASSWORD).as_deref()).context(KEY)?;
    if let Some(public) = signer.public_key()
        && !signing.keys.is_empty()
        && !signing.keys.contains(&public)
    {
        bail!(
            "the key in {KEY} is none of `[signing] keys`; add `{public}` there, or use another key"
        );
    }
    // Readers of the log take a signature that nobody vouches for as a sign that it was forged.
    if let Some(trust) = trust(shipping)? {
        let signature = signer.sign(PROBE, "probe").context(KEY)?;
        if let Err(doubt) = trust.verify(PROBE, &signature) {
            bail!(untrusted(doubt, signing.allowed_signers.as_ref()));
        }
    }
    Ok(Some(signer))
}

/// What is said of a key whose signatures would not count.
fn untrusted(doubt: Doubt, allowed: Option<&SitePath>) -> String {
    match (doubt, allowed) {
        (Doubt::Stranger, Some(file)) => format!(
            "the key in {KEY} is not in `{file}`, which `[signing] allowed_signers` names; add its public half there, or use another key"
        ),
        (Doubt::Stranger, None) => format!(
            "the key in {KEY} is none that `[signing]` names; a key of SSH goes into the file that `allowed_signers` names"
        ),
        (_, Some(file)) => format!(
            "the signatures of the key in {KEY} would not count; look at its line in `{file}`: how long it is valid, and whether its `namespaces` has `tympan`"
        ),
        (_, None) => format!("the signatures of the key in {KEY} would not count"),
    }
}

/// Whose signatures count, if the project names anybody.
pub fn trust(shipping: &Shipping) -> anyhow::Result<Option<Trust>> {
    let signing = &shipping.config.signing;
    if !signing.has_keys() {
        return Ok(None);
    }
    let allowed = signing.allowed_signers.as_ref();
    let allowed = allowed.map(|path| path.on_disk(&shipping.root));
    Ok(Some(Trust::new(&signing.keys, allowed)?))
}
