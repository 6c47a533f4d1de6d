//! Files as one text of bytes, so that one digest names them all: the form in which a theme from
//! another repository is kept and checked.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::site_path::SitePath;

/// What a bundle begins with.
const MARK: &[u8] = b"tympan bundle 1\n";

/// Files by their paths.
pub type Files = BTreeMap<SitePath, Arc<[u8]>>;

/// Puts files together. The same files give the same bytes.
pub fn bundle(files: &Files) -> Vec<u8> {
    let mut bytes = MARK.to_vec();
    for (path, content) in files {
        bytes.extend_from_slice(format!("{} {path}\n", content.len()).as_bytes());
        bytes.extend_from_slice(content);
    }
    bytes
}

/// Takes files apart; nothing if the bytes are no bundle.
pub fn unbundle(bytes: &[u8]) -> Option<Files> {
    let mut rest = bytes.strip_prefix(MARK)?;
    let mut files = Files::new();
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        let line = std::str::from_utf8(rest.get(..end)?).ok()?;
        let (length, path) = line.split_once(' ')?;
        let content = rest.get(end + 1..)?;
        let (content, after) = content.split_at_checked(length.parse().ok()?)?;
        files.insert(SitePath::parse(path).ok()?, content.into());
        rest = after;
    }
    Some(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_together_is_taken_apart() {
        let files: Files = [("a b/ü.css", "x\n1 y\n"), ("z", "")]
            .map(|(path, text)| (SitePath::parse(path).unwrap(), text.as_bytes().into()))
            .into();
        let bytes = bundle(&files);
        assert_eq!(unbundle(&bytes), Some(files));
        for end in 0..bytes.len() {
            let _ = unbundle(&bytes[..end]);
        }
        assert_eq!(unbundle(b"tympan bundle 1\n9 a\nb"), None);
        assert_eq!(unbundle(b"tympan bundle 1\n1 ../a\nb"), None);
        assert_eq!(unbundle(b""), None);
    }
}
