//! The key that signs, out of the environment, and whose signatures the project counts.

use anyhow::{Context as _, bail};

use crate::cli::environment::Shipping;
use crate::cli::ui::variable;
use crate::signing::{Signer, Trust};

/// The variable with the key: its text, or the path of a file.
const KEY: &str = "TYMPAN_SIGNING_KEY";
/// The variable with its password.
const PASSWORD: &str = "TYMPAN_SIGNING_KEY_PASSWORD";

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
    Ok(Some(signer))
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
