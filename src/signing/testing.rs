//! Keys for tests.

use std::fs;
use std::path::Path;
use std::process::Command;

use minisign::KeyPair;

use crate::signing::signer::Signer;

/// A new key of minisign.
pub(crate) fn minisign() -> Signer {
    let pair = KeyPair::generate_unencrypted_keypair().unwrap();
    let text = pair.sk.to_box(None).unwrap().to_string();
    Signer::read(&text, None).unwrap()
}

/// A new key of SSH in a folder, and the line of its public half; nothing where `ssh-keygen` is not to
/// be had.
pub(crate) fn ssh(folder: &Path) -> Option<(Signer, String)> {
    let key = folder.join("key");
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(&key)
        .status();
    made.ok().filter(std::process::ExitStatus::success)?;
    let public = fs::read_to_string(key.with_extension("pub")).unwrap();
    Some((Signer::read(key.to_str().unwrap(), None).unwrap(), public))
}
