//! Paths inside a site: the one place that decides what may be named and what escapes.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize};

/// A path inside a site: relative, slash-separated, never outside its root.
///
/// It has no empty, `.` or `..` parts, no leading or trailing slash, no backslash, no NUL and no
/// Windows drive; it may be empty, which names the root itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SitePath(Box<str>);

/// A path that does not stay inside its root.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a path inside the project")]
pub struct SitePathError(pub String);

impl SitePath {
    /// The root of the site.
    pub fn root() -> Self {
        Self("".into())
    }

    /// Reads a relative path, resolving `.` and `..` inside the root.
    ///
    /// # Errors
    /// Refuses absolute paths, Windows paths, control characters, and `..` above the root.
    pub fn parse(text: &str) -> Result<Self, SitePathError> {
        Self::root().resolve(text)
    }

    /// Resolves `link`, a relative path, against this path taken as a folder.
    ///
    /// # Errors
    /// As for [`SitePath::parse`].
    pub fn resolve(&self, link: &str) -> Result<Self, SitePathError> {
        Self::resolve_in(&self.0, link)
    }

    fn resolve_in(folder: &str, link: &str) -> Result<Self, SitePathError> {
        let fault = || SitePathError(link.to_owned());
        let drive =
            link.as_bytes().get(1) == Some(&b':') && link.as_bytes()[0].is_ascii_alphabetic();
        // Bytes that are no ASCII may be control characters too (U+0080 to U+009F).
        let odd = |byte: u8| byte == b'\\' || byte.is_ascii_control() || !byte.is_ascii();
        let refused = |c: char| c == '\\' || c.is_control();
        if link.starts_with('/') || drive || (link.bytes().any(odd) && link.chars().any(refused)) {
            return Err(fault());
        }
        let mut path = String::with_capacity(folder.len() + 1 + link.len());
        path.push_str(folder);
        for part in link.split('/') {
            match part {
                "" | "." => {}
                ".." if path.is_empty() => return Err(fault()),
                ".." => path.truncate(path.rfind('/').unwrap_or(0)),
                part => {
                    if !path.is_empty() {
                        path.push('/');
                    }
                    path.push_str(part);
                }
            }
        }
        Ok(Self(path.into()))
    }

    /// Resolves `link` as written in the file that this path names.
    ///
    /// # Errors
    /// As for [`SitePath::parse`].
    pub fn resolve_beside(&self, link: &str) -> Result<Self, SitePathError> {
        Self::resolve_in(self.folder(), link)
    }

    /// Appends a name that is already known to be a good path.
    #[must_use]
    pub fn join(&self, below: &SitePath) -> Self {
        match (self.is_root(), below.is_root()) {
            (true, _) => below.clone(),
            (_, true) => self.clone(),
            _ => Self(format!("{}/{}", self.0, below.0).into()),
        }
    }

    /// The text, with slashes.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this names the root itself.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The folder that holds this path; the root's is the root.
    #[must_use]
    pub fn parent(&self) -> Self {
        Self(self.folder().into())
    }

    fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The last part, with its extension.
    pub fn file_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&*self.0, |(_, name)| name)
    }

    /// The last part without its extension.
    pub fn stem(&self) -> &str {
        let name = self.file_name();
        name.rsplit_once('.')
            .map_or(name, |(stem, _)| if stem.is_empty() { name } else { stem })
    }

    /// The text after the last dot of the last part, as written; empty if there is none.
    pub fn extension(&self) -> &str {
        self.file_name().rsplit_once('.').map_or(
            "",
            |(stem, extension)| if stem.is_empty() { "" } else { extension },
        )
    }

    /// Whether this path is `folder` or lies below it.
    pub fn is_within(&self, folder: &SitePath) -> bool {
        self.below(folder).is_some()
    }

    /// The rest of this path below `folder`, or nothing if it lies elsewhere.
    pub fn below(&self, folder: &SitePath) -> Option<SitePath> {
        if folder.is_root() {
            return Some(self.clone());
        }
        let rest = self.0.strip_prefix(&*folder.0)?;
        match rest.strip_prefix('/') {
            Some(rest) => Some(Self(rest.into())),
            None if rest.is_empty() => Some(Self::root()),
            None => None,
        }
    }

    /// The parts from the root down.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|part| !part.is_empty())
    }

    /// This path on disk below `root`.
    pub fn on_disk(&self, root: &Path) -> PathBuf {
        let mut path = root.to_path_buf();
        path.extend(self.parts());
        path
    }

    /// The relative URL that leads from the file `from` to this path, percent-encoded.
    ///
    /// Both are files; a page served at `guide/index.html` reaches `style.css` as `../style.css`.
    pub fn url_from(&self, from: &SitePath) -> String {
        let mut here = from
            .folder()
            .split('/')
            .filter(|part| !part.is_empty())
            .peekable();
        let mut there = &*self.0;
        while let (Some(part), Some((first, rest))) = (here.peek(), there.split_once('/')) {
            if *part != first {
                break;
            }
            here.next();
            there = rest;
        }
        let mut url = String::with_capacity(there.len() + 16);
        here.for_each(|_| url.push_str("../"));
        encode_into(there, &mut url);
        match url.is_empty() {
            true => "./".to_owned(),
            false => url,
        }
    }

    /// The path percent-encoded for a URL (RFC 3986 §2.1), without a leading slash.
    pub fn to_url(&self) -> String {
        let mut url = String::with_capacity(self.0.len());
        encode_into(&self.0, &mut url);
        url
    }
}

/// Percent-encodes the parts of a path: everything but RFC 3986's unreserved characters, a few
/// sub-delimiters that are safe inside a part, and the slashes between them.
fn encode_into(path: &str, url: &mut String) {
    use fmt::Write as _;
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~!$()*+,;=@/".contains(byte);
    let mut done = 0;
    for (at, byte) in path.bytes().enumerate().filter(|(_, byte)| !plain(byte)) {
        // All bytes of a character are encoded, so what stands between two of them is whole.
        if done < at {
            url.push_str(&path[done..at]);
        }
        let _ = write!(url, "%{byte:02X}");
        done = at + 1;
    }
    url.push_str(&path[done..]);
}

/// Decodes percent-encoded text; text that is not valid once decoded stays as written.
pub fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes
            .get(at + 1..at + 3)
            .and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if bytes[at] == b'%' => {
                decoded.push(byte);
                at += 3;
            }
            _ => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

impl fmt::Display for SitePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SitePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<'de> Deserialize<'de> for SitePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn path(text: &str) -> SitePath {
        SitePath::parse(text).unwrap()
    }

    #[test]
    fn dots_resolve_inside_the_root() {
        assert_eq!(path("a/./b/../c.md").as_str(), "a/c.md");
        assert_eq!(
            path("a/b.md").resolve_beside("../c.md").unwrap().as_str(),
            "c.md"
        );
    }

    #[test]
    fn nothing_leaves_the_root() {
        for text in [
            "..",
            "../a",
            "a/../../b",
            "/etc",
            "C:\\x",
            "c:/x",
            "a\\b",
            "a\0b",
        ] {
            assert!(SitePath::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn names_split_at_the_last_dot() {
        let case = |text: &str, stem: &str, extension: &str| {
            assert_eq!(
                (path(text).stem(), path(text).extension()),
                (stem, extension)
            );
        };
        case("a/photo.tar.gz", "photo.tar", "gz");
        case(".gitignore", ".gitignore", "");
        case("a.b/name", "name", "");
    }

    #[test]
    fn urls_are_relative_and_encoded() {
        let case =
            |to: &str, from: &str, url: &str| assert_eq!(path(to).url_from(&path(from)), url);
        case("style.css", "index.html", "style.css");
        case("style.css", "guide/a/index.html", "../../style.css");
        case(
            "guide/b/index.html",
            "guide/a/index.html",
            "../b/index.html",
        );
        case("ä b.png", "index.html", "%C3%A4%20b.png");
        case("a/a", "a/index.html", "a");
    }

    proptest! {
        #[test]
        fn a_parsed_path_never_escapes(text in "[a-z./\\\\: ]{0,40}") {
            if let Ok(path) = SitePath::parse(&text) {
                prop_assert!(path.parts().all(|part| part != ".." && part != "."));
                prop_assert!(!path.as_str().starts_with('/'));
                prop_assert_eq!(SitePath::parse(path.as_str()).unwrap(), path);
            }
        }

        #[test]
        fn a_relative_url_leads_back(to in "[a-c]/[a-c]/x\\.html", from in "([a-c]/){0,3}y\\.html") {
            let (to, from) = (path(&to), path(&from));
            prop_assert_eq!(from.resolve_beside(&decode(&to.url_from(&from))).unwrap(), to);
        }

        #[test]
        fn encoding_reads_back(text in "[^/\\\\\\p{C}]{1,20}") {
            prop_assume!(text != "." && text != "..");
            let mut url = String::new();
            encode_into(&text, &mut url);
            prop_assert_eq!(decode(&url), text);
        }
    }
}
