//! Who signs: a secret key of minisign, or a key that `ssh-keygen` can use.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minisign::{PublicKey, SecretKey, SecretKeyBox};

use crate::signing::error::SigningError;
use crate::signing::ssh;

/// What begins a key of minisign.
const COMMENT: &str = "untrusted comment:";
/// What stands in a key of SSH.
const SSH_BEGIN: &str = "-----BEGIN";
/// The largest file that is taken for a key, in bytes.
const LARGEST: u64 = 64 << 10;

/// A key that signs.
pub struct Signer(Kind);

enum Kind {
    Minisign(Box<SecretKey>),
    Ssh(SshKey),
}

/// A key as a file, or its text, which is in no folder.
enum SshKey {
    File(PathBuf),
    Text(String),
}

impl Signer {
    /// Reads a key: the text of one, or the path of a file that holds one. A key of minisign may have
    /// a password; one of SSH that has is used through the agent, by naming the file of its public
    /// half.
    pub fn read(key: &str, password: Option<&str>) -> Result<Self, SigningError> {
        let text = key.trim();
        if text.starts_with(COMMENT) {
            return minisign(text, password);
        }
        if text.starts_with(SSH_BEGIN) {
            return Ok(Self(Kind::Ssh(SshKey::Text(format!("{text}\n")))));
        }
        if !text.contains('\n')
            && let Some(found) = file(Path::new(text))?
        {
            return match found.starts_with(COMMENT) {
                true => minisign(&found, password),
                false => Ok(Self(Kind::Ssh(SshKey::File(PathBuf::from(text))))),
            };
        }
        // The second line of a key of minisign, which alone is enough, fits into a variable.
        minisign(&format!("{COMMENT} key\n{text}"), password)
    }

    /// Signs bytes. The comment is signed too where the format has one; it is one line.
    pub fn sign(&self, bytes: &[u8], comment: &str) -> Result<String, SigningError> {
        match &self.0 {
            Kind::Minisign(key) => minisign::sign(
                None,
                key,
                Cursor::new(bytes),
                Some(comment),
                Some("signature of tympan, in the format of minisign"),
            )
            .map(|signature| signature.to_string())
            .map_err(|error| fault(&error)),
            Kind::Ssh(SshKey::File(path)) => ssh::sign(path, bytes),
            Kind::Ssh(SshKey::Text(text)) => ssh::sign_by_text(text, bytes),
        }
    }

    /// The public half as `[signing] keys` has it; nothing for a key of SSH.
    pub fn public_key(&self) -> Option<String> {
        match &self.0 {
            Kind::Minisign(key) => {
                let key = PublicKey::from_secret_key(key).ok()?;
                Some(key.to_base64())
            }
            Kind::Ssh(_) => None,
        }
    }
}

fn minisign(text: &str, password: Option<&str>) -> Result<Signer, SigningError> {
    let key = || SecretKeyBox::from_string(text);
    if let Some(key) = without_checksum(text) {
        return Ok(Signer(Kind::Minisign(Box::new(key))));
    }
    let plain = key().and_then(SecretKeyBox::into_unencrypted_secret_key);
    let read = match (plain, password) {
        (Ok(key), _) => Ok(key),
        (Err(_), Some(password)) => {
            key().and_then(|key| key.into_secret_key(Some(password.to_owned())))
        }
        (Err(error), None) => Err(error),
    };
    read.map(|key| Signer(Kind::Minisign(Box::new(key))))
        .map_err(|error| {
            let told = error.to_string();
            match told.contains("might be encrypted") {
                true => SigningError::Key {
                    reason: "it has a password; give it in TYMPAN_SIGNING_KEY_PASSWORD".to_owned(),
                },
                // What cannot be decoded may be anything, and is not shown.
                false if told.contains("password") => fault(&told),
                false => SigningError::Key {
                    reason:
                        "it is neither a secret key of minisign nor one of SSH, nor a file with one"
                            .to_owned(),
                },
            }
        })
}

/// A key as `minisign -W` writes it: without a password, and with nothing where the library looks for
/// a checksum. That its halves belong together shows when it signs.
fn without_checksum(text: &str) -> Option<SecretKey> {
    let bytes = STANDARD.decode(text.lines().nth(1)?.trim()).ok()?;
    let (body, checksum) = bytes.split_last_chunk::<32>()?;
    let is_plain = body.get(2..4)? == [0, 0] && checksum.iter().all(|byte| *byte == 0);
    let key = SecretKey::from_bytes(&bytes).ok().filter(|_| is_plain)?;
    let public = PublicKey::from_secret_key(&key).ok()?;
    let signed = minisign::sign(Some(&public), &key, Cursor::new(b""), Some(""), Some(""));
    signed.is_ok().then_some(key)
}

fn file(path: &Path) -> Result<Option<String>, SigningError> {
    match std::fs::metadata(path) {
        Ok(found) if found.is_file() && found.len() <= LARGEST => std::fs::read_to_string(path)
            .map(Some)
            .map_err(|error| fault(&error)),
        _ => Ok(None),
    }
}

fn fault(error: &dyn std::fmt::Display) -> SigningError {
    SigningError::Key {
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use minisign::KeyPair;

    use super::*;
    use crate::signing::trust::{Doubt, Trust};

    fn signer() -> (Signer, String) {
        let pair = KeyPair::generate_unencrypted_keypair().unwrap();
        let text = pair.sk.to_box(None).unwrap().to_string();
        (Signer::read(&text, None).unwrap(), pair.pk.to_base64())
    }

    fn trust(key: &str) -> Trust {
        Trust::new(&[key.to_owned()], None).unwrap()
    }

    #[test]
    fn a_signature_holds_for_these_bytes_and_this_key() {
        let (ours, key) = signer();
        let (theirs, other) = signer();
        assert_eq!(ours.public_key().as_ref(), Some(&key));
        let signature = ours.sign(b"hello", "a record").unwrap();
        assert!(trust(&key).verify(b"hello", &signature, 0).is_ok());
        let case = |key: &str, bytes: &[u8], signature: &str, doubt: Doubt| {
            assert_eq!(trust(key).verify(bytes, signature, 0).unwrap_err(), doubt);
        };
        case(&key, b"hello!", &signature, Doubt::Forged);
        case(&other, b"hello", &signature, Doubt::Stranger);
        let comment = signature.replace("a record", "another");
        case(&key, b"hello", &comment, Doubt::Forged);
        let foreign = theirs.sign(b"hello", "a record").unwrap();
        case(&key, b"hello", &foreign, Doubt::Stranger);
    }

    #[test]
    fn what_is_no_signature_is_none() {
        let (ours, key) = signer();
        let signature = ours.sign(b"hello", "a record").unwrap();
        let lines: Vec<&str> = signature.lines().collect();
        let short = format!("{}\n{}\n{}\nAAAA\n", lines[0], lines[1], lines[2]);
        for text in [
            "",
            "x",
            "untrusted comment: \n\n\n\n",
            &short,
            &signature[..90],
        ] {
            let told = trust(&key).verify(b"hello", text, 0);
            assert_eq!(told.unwrap_err(), Doubt::Unreadable, "{text}");
        }
    }

    #[test]
    fn a_key_is_a_text_its_second_line_or_a_file_and_may_have_a_password() {
        let pair = KeyPair::generate_unencrypted_keypair().unwrap();
        let text = pair.sk.to_box(None).unwrap().to_string();
        let second = text.lines().nth(1).unwrap();
        assert!(Signer::read(second, None).is_ok());
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        std::fs::write(&file, &text).unwrap();
        assert!(Signer::read(file.to_str().unwrap(), None).is_ok());
        let told = |key: &str, password| match Signer::read(key, password) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        };
        for nonsense in ["", "hunter2hunter2", "untrusted comment: x\nhunter2hunter2"] {
            let told = told(nonsense, None);
            assert!(told.contains("neither a secret key"), "{told}");
            assert!(!told.contains("hunter2"), "{told}");
        }
        // As `minisign -G -W` wrote it.
        let other = "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAi2XbHkn/LSVjHgMgKa9cknbYljqOBYCZKgkhLvbokLccCRPGzQ+irP4NWBNO+a8IgqW2ovZkXSVlmZbpwB7DRDaq/gLMnPX5AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        assert_eq!(
            Signer::read(other, None).unwrap().public_key().as_deref(),
            Some("RWSLZdseSf8tJf4NWBNO+a8IgqW2ovZkXSVlmZbpwB7DRDaq/gLMnPX5")
        );
        let sealed = KeyPair::generate_encrypted_keypair(Some("open".to_owned())).unwrap();
        let sealed = sealed.sk.to_box(None).unwrap().to_string();
        assert!(told(&sealed, None).contains("TYMPAN_SIGNING_KEY_PASSWORD"));
        assert!(told(&sealed, Some("shut")).contains("Wrong password"));
        assert_eq!(told(&sealed, Some("open")), "");
    }
}
