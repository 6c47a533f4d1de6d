//! The key that signs, out of the environment, and whose signatures the project counts.

use anyhow::{Context as _, bail};

use crate::cli::environment::Shipping;
use crate::cli::publish::with_help;
use crate::cli::ui::{Ui, variable};
use crate::digest::Digest;
use crate::publish::{self, Deployment};
use crate::release::Release;
use crate::signing::{Doubt, Signer, Trust};
use crate::site_path::SitePath;
use crate::store::{Key, Store};
use crate::targets::Target;

/// The variable with the key: its text, or the path of a file.
const KEY: &str = "TYMPAN_SIGNING_KEY";
/// The variable with its password.
const PASSWORD: &str = "TYMPAN_SIGNING_KEY_PASSWORD";
/// What is signed to see whether it counts.
const PROBE: &[u8] = b"tympan signs this to see whether its signatures count";

/// The key that signs releases and records, if there is one; without one nothing is published that
/// must be signed.
pub fn signer(ui: &Ui, shipping: &Shipping) -> anyhow::Result<Option<Signer>> {
    let signer = own_signer(ui, shipping)?;
    if signer.is_none() && shipping.config.signing.require {
        bail!("`[signing]` asks for signatures; set {KEY} to the key, or to the path of its file");
    }
    Ok(signer)
}

/// As [`signer`], where a signature is welcome and not needed.
pub fn own_signer(ui: &Ui, shipping: &Shipping) -> anyhow::Result<Option<Signer>> {
    let signing = &shipping.config.signing;
    let Some(key) = variable(KEY) else {
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
        if let Err(doubt) = trust.verify(PROBE, &signature, ui.now()) {
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

/// Signs a release, if there is a key.
pub fn sign(signer: &Signer, release: &Release) -> anyhow::Result<String> {
    let comment = format!("tympan: release {}", release.digest());
    signer.sign(&release.to_json(), &comment).context(KEY)
}

/// Keeps the signature under a release beside it.
pub fn keep(store: &Store, release: &Digest, signature: &str) {
    store.cache(&key_of(release), signature.as_bytes());
}

/// The signature under a release that is in a store; none that does not count, if the project says
/// whose do.
pub fn kept(ui: &Ui, store: &Store, release: &Release, trust: Option<&Trust>) -> Option<String> {
    let signature = String::from_utf8(store.recall(&key_of(&release.digest()))?).ok()?;
    let counts = |trust: &Trust| {
        let verified = trust.verify(&release.to_json(), &signature, ui.now());
        verified.is_ok()
    };
    trust.is_none_or(counts).then_some(signature)
}

fn key_of(release: &Digest) -> Key {
    Key::new("release-signature", 1).digest("release", *release)
}

/// What happened at a target, the newest first; where changes must be signed, those that are.
pub fn records(
    shipping: &Shipping,
    target: &dyn Target,
    (name, environment): (&str, &str),
) -> anyhow::Result<Vec<Deployment>> {
    let trust = trust(shipping)?.filter(|_| shipping.config.signing.require);
    let Some(trust) = trust else {
        return Ok(publish::history(target, name).map_err(with_help)?.records);
    };
    let history = publish::audit(target, (name, environment), &trust, true);
    let mut history = history.map_err(with_help)?;
    let is_ours = |record: &Deployment| {
        record.environment == environment && history.signed_by.contains_key(&record.epoch)
    };
    history.records.retain(is_ours);
    Ok(history.records)
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
