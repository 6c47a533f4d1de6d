//! Whose signatures count, and whether one of them stands under some bytes.

use std::io::Cursor;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minisign::{PublicKey, SignatureBox};

use crate::signing::error::SigningError;
use crate::signing::ssh;

/// The length of an Ed25519 signature in bytes.
const SIGNATURE: usize = 64;
/// The longest text that is taken for a signature, in bytes.
const LARGEST: usize = 64 << 10;

/// Whose signatures count.
pub struct Trust {
    keys: Vec<PublicKey>,
    allowed_signers: Option<PathBuf>,
}

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// It is no signature.
    Unreadable,
    /// It is by somebody who is not trusted.
    Stranger,
    /// It does not belong to these bytes.
    Forged,
}

impl Trust {
    /// Trusts public keys of minisign, and whom a file of allowed signers names, as `ssh-keygen`
    /// reads it.
    pub fn new(keys: &[String], allowed_signers: Option<PathBuf>) -> Result<Self, SigningError> {
        let keys = keys
            .iter()
            .map(|key| {
                PublicKey::from_base64(key)
                    .map_err(|_| SigningError::PublicKey { key: key.clone() })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            keys,
            allowed_signers,
        })
    }

    /// Who signed these bytes, in words, if his key counted at that time, in Unix seconds. The keys of
    /// minisign know no time.
    pub fn verify(&self, bytes: &[u8], signature: &str, at: i64) -> Result<String, Doubt> {
        if signature.len() > LARGEST {
            return Err(Doubt::Unreadable);
        }
        match signature.starts_with(ssh::BEGIN) {
            true => self.verify_ssh(bytes, signature, at),
            false => self.verify_minisign(bytes, signature),
        }
    }

    fn verify_ssh(&self, bytes: &[u8], signature: &str, at: i64) -> Result<String, Doubt> {
        let Some(allowed) = &self.allowed_signers else {
            return Err(Doubt::Stranger);
        };
        match ssh::verify(allowed, bytes, signature, at) {
            Ok(verdict) => verdict,
            Err(_) => Err(Doubt::Unreadable),
        }
    }

    fn verify_minisign(&self, bytes: &[u8], signature: &str) -> Result<String, Doubt> {
        // The library would read beyond the end of a signature that is too short.
        let last = signature.lines().nth(3).unwrap_or_default();
        let is_whole = STANDARD
            .decode(last.trim())
            .is_ok_and(|bytes| bytes.len() == SIGNATURE);
        let read = SignatureBox::from_string(signature).ok();
        let Some(signature) = read.filter(|_| is_whole) else {
            return Err(Doubt::Unreadable);
        };
        let key = self
            .keys
            .iter()
            .find(|key| key.keynum() == signature.keynum());
        let Some(key) = key else {
            return Err(Doubt::Stranger);
        };
        minisign::verify(key, &signature, Cursor::new(bytes), true, false, false)
            .map_err(|_| Doubt::Forged)?;
        let number =
            (key.keynum().iter().rev()).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        Ok(format!("minisign key {number:016X}"))
    }
}
