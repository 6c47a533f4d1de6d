//! Whose signatures under releases and records count: `[signing]`, as written and as meant.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use toml::Spanned;

use crate::config::read::Reader;
use crate::site_path::SitePath;

/// The length of a public key of minisign in bytes, and what it begins with.
const KEY: (usize, &[u8]) = (42, b"Ed");

/// Whose signatures count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signing {
    /// Public keys of minisign.
    pub keys: Vec<String>,
    /// A file of the project that names public keys of SSH, as `ssh-keygen` reads it.
    pub allowed_signers: Option<SitePath>,
    /// Whether a record without a signature is a fault.
    pub require: bool,
}

impl Signing {
    /// Whether any signature can count.
    pub fn has_keys(&self) -> bool {
        !self.keys.is_empty() || self.allowed_signers.is_some()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SigningFile {
    keys: Vec<Spanned<String>>,
    allowed_signers: Option<Spanned<String>>,
    require: Option<bool>,
}

impl Reader<'_> {
    pub(super) fn signing(&mut self, file: SigningFile) -> Signing {
        let mut keys = Vec::new();
        for written in file.keys {
            let key = written.get_ref().trim();
            let read = STANDARD.decode(key);
            match read.is_ok_and(|read| read.len() == KEY.0 && read.starts_with(KEY.1)) {
                true => keys.push(key.to_owned()),
                false => self.fault(
                    written.span(),
                    "this is no public key of minisign".to_owned(),
                    "copy the second line of the `.pub` file",
                ),
            }
        }
        let allowed_signers = file.allowed_signers.and_then(|written| {
            let path = SitePath::parse(written.get_ref()).ok();
            if path.is_none() {
                let message = format!("`{}` is no path of the project", written.get_ref());
                self.fault(written.span(), message, "name a file below `tympan.toml`");
            }
            path
        });
        let has_keys = !keys.is_empty() || allowed_signers.is_some();
        Signing {
            keys,
            allowed_signers,
            require: file.require.unwrap_or(has_keys),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read_config;

    #[test]
    fn keys_are_public_ones_and_ask_for_signatures() {
        let path = SitePath::parse("tympan.toml").unwrap();
        let read = |text: &str| {
            let (config, found) = read_config(&path, &format!("[signing]\n{text}\n"));
            (config.signing, found.len())
        };
        let key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
        let (signing, faults) = read(&format!("keys = [\"{key}\"]"));
        assert_eq!((signing.keys.len(), signing.require, faults), (1, true, 0));
        let (signing, faults) = read("keys = [\"secret\"]\nallowed_signers = \"../x\"");
        assert_eq!((signing, faults), (Signing::default(), 2));
        let (signing, faults) = read("allowed_signers = \"signers\"\nrequire = false");
        assert_eq!(
            (signing.has_keys(), signing.require, faults),
            (true, false, 0)
        );
    }
}
