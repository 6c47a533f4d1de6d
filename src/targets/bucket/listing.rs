//! The files at a bucket as the last look at it found them, and as this run has changed them since.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::digest::Digest;
use crate::site_path::SitePath;
use crate::targets::bucket::index::{Index, Known};
use crate::targets::bucket::objects::{HALF, Headers, Listed, MOMENT, Mark, Objects};
use crate::targets::target::{Observed, ObservedFile, RELEASES, TargetError};

/// The folder of state.
pub(super) const STATE: &str = ".tympan/";
/// In it: the digests of the releases that were begun, a line each, where state is not listed.
pub(super) const BEGUN: &str = ".tympan/begun";
/// In it: what is known of the files.
pub(super) const INDEX: &str = ".tympan/index";

/// The files at a bucket.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// By key, those of others too.
    pub files: BTreeMap<String, Standing>,
    /// Keys that are no site paths.
    pub strangers: Vec<String>,
    /// The releases whose files are all there and known: what the stored index says, and what was
    /// made live since. One that broke off is not among them, for a file of it may still come.
    pub releases: BTreeSet<Digest>,
    /// Files beside their place, left there by a run that was cut.
    pub halves: Vec<String>,
    /// What was put since.
    pub sent: BTreeSet<String>,
    /// What the stored index says.
    pub stored: Index,
}

/// One file as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub size: u64,
    pub mark: Mark,
    pub sha256: Option<Digest>,
    pub headers: Option<Headers>,
    /// Whether tympan put a file in this place.
    pub ours: bool,
}

impl Listing {
    /// Lists a bucket and reads what neither the stored index nor `before` knows.
    ///
    /// Files in places where no release that is kept there had one are somebody else's, and are not
    /// read: they may be anything and of any size.
    pub fn take(objects: &Objects, before: Option<&Self>) -> Result<Self, TargetError> {
        let (state, files): (Vec<Listed>, Vec<Listed>) = objects
            .list()?
            .into_iter()
            .partition(|listed| listed.key.starts_with(STATE));
        let is_hidden = objects.hides_dots();
        let stored = if is_hidden || state.iter().any(|listed| listed.key == INDEX) {
            let found = objects.read(INDEX)?;
            found
                .and_then(|found| Index::parse(&found.bytes))
                .unwrap_or_default()
        } else {
            Index::default()
        };
        let (begun, hidden) = if is_hidden {
            let hidden = look_for_hidden(objects, &stored, before, &files)?;
            (begun(objects)?, hidden)
        } else {
            (Vec::new(), Vec::new())
        };
        let mut listing = Self {
            releases: stored.releases.clone(),
            ..Self::default()
        };
        let keys = state.iter().map(|listed| listed.key.as_str());
        listing.halves = keys
            .filter(|key| key.starts_with(HALF))
            .map(str::to_owned)
            .collect();
        let mut places = BTreeSet::new();
        let listed = state.iter().map(|listed| &listed.key);
        for key in listed.chain(&begun) {
            listing.learn(objects, key, &mut places)?;
        }
        let mut unknown = Vec::new();
        for listed in files.into_iter().chain(hidden) {
            let named = SitePath::parse(&listed.key).is_ok_and(|path| path.as_str() == listed.key);
            if !named {
                listing.strangers.push(listed.key);
                continue;
            }
            let (standing, sure) = judge(&listed, &stored, before, &places);
            if standing.ours && !sure {
                unknown.push(listed.key.clone());
            }
            listing.files.insert(listed.key, standing);
        }
        listing.strangers.sort();
        listing.stored = stored;
        listing.read(objects, &unknown)?;
        Ok(listing)
    }

    /// Adds the places of a release that the stored index does not know to be ours.
    fn learn(
        &self,
        objects: &Objects,
        key: &str,
        places: &mut BTreeSet<String>,
    ) -> Result<(), TargetError> {
        #[derive(Deserialize)]
        struct Release {
            files: Vec<File>,
        }
        #[derive(Deserialize)]
        struct File {
            path: String,
        }
        let named = key
            .strip_prefix(STATE)
            .and_then(|key| key.strip_prefix(RELEASES)?.strip_prefix('/'))
            .and_then(|name| Digest::from_hex(name.strip_suffix(".json")?).ok());
        let Some(digest) = named.filter(|digest| !self.releases.contains(digest)) else {
            return Ok(());
        };
        let found = objects.read(key)?;
        let release = found
            .filter(|found| Digest::of(&found.bytes) == digest)
            .and_then(|found| serde_json::from_slice::<Release>(&found.bytes).ok());
        let files = release.into_iter().flat_map(|release| release.files);
        places.extend(files.map(|file| file.path));
        Ok(())
    }

    /// Reads files to learn their digests. One that is gone meanwhile is left out.
    fn read(&mut self, objects: &Objects, keys: &[String]) -> Result<(), TargetError> {
        for (key, content) in keys.iter().zip(objects.contents(keys)?) {
            match (content, self.files.get_mut(key)) {
                (Some(content), Some(standing)) => {
                    standing.sha256 = Some(content.sha256);
                    standing.headers = content.headers;
                    // A file that is written while it is read is not known by its tag.
                    let Mark { tag, version } = content.mark;
                    let changed = |listed: &String| {
                        tag.is_some() && tag.as_ref() != Some(listed) && !listed.starts_with(MOMENT)
                    };
                    let listed = standing.mark.tag.take();
                    standing.mark.tag = listed.filter(|listed| !changed(listed));
                    standing.mark.version = version.or(standing.mark.version.take());
                }
                (None, _) => {
                    self.files.remove(key);
                }
                (_, None) => {}
            }
        }
        Ok(())
    }

    /// Makes sure that what was sent stands there, by the cheaper of two ways: asking for each, or
    /// listing anew.
    pub fn confirm(&mut self, objects: &Objects) -> Result<(), TargetError> {
        if self.sent.len() > self.files.len() / 1000 + 1 {
            *self = Self::take(objects, Some(self))?;
            return Ok(());
        }
        let mut unknown = Vec::new();
        for key in std::mem::take(&mut self.sent) {
            let Some(found) = objects.look(&key)? else {
                self.files.remove(&key);
                continue;
            };
            let Some(standing) = self.files.get_mut(&key) else {
                continue;
            };
            if !standing.confirmed_by(&found) {
                unknown.push(key);
            }
            standing.size = found.size;
            standing.mark = found.mark;
        }
        self.read(objects, &unknown)
    }

    /// What a target tells of it: our files only.
    pub fn observed(&self) -> Observed {
        let ours = self.files.iter().filter(|(_, standing)| standing.ours);
        let files = ours.filter_map(|(key, standing)| {
            Some(ObservedFile {
                path: SitePath::parse(key).ok()?,
                size: standing.size,
                sha256: standing.sha256,
            })
        });
        Observed {
            tree: None,
            files: files.collect(),
            strangers: self.strangers.clone(),
        }
    }

    /// What is to be stored of it; nothing while a file of ours is not known by its tag, for whoever
    /// finds a release in the index takes files that it does not have for somebody else's.
    pub fn index(&self) -> Option<Index> {
        let known = |(key, standing): (&String, &Standing)| {
            let known = Known {
                tag: standing.mark.tag.clone()?,
                size: standing.size,
                sha256: standing.sha256?,
                headers: standing.headers.clone(),
            };
            Some((key.clone(), known))
        };
        let ours = self.files.iter().filter(|(_, standing)| standing.ours);
        Some(Index {
            releases: self.releases.clone(),
            files: ours.map(known).collect::<Option<_>>()?,
        })
    }
}

impl Standing {
    /// Whether a listing shows what was put: the tag that the server answered, or, where it
    /// answered none, the size alone.
    fn confirmed_by(&self, found: &Listed) -> bool {
        let tag = &self.mark.tag;
        self.size == found.size && (tag.is_none() || *tag == found.mark.tag)
    }
}

/// The releases that were begun, where state is not listed.
fn begun(objects: &Objects) -> Result<Vec<String>, TargetError> {
    let found = objects.read(BEGUN)?;
    let text = found.map(|found| String::from_utf8_lossy(&found.bytes).into_owned());
    let lines = text.as_deref().unwrap_or_default().lines();
    let names = lines.map(|hex| format!("{STATE}{RELEASES}/{hex}.json"));
    Ok(names.collect())
}

/// Asks one by one for the files whose names begin with a dot, which some servers do not list.
fn look_for_hidden(
    objects: &Objects,
    stored: &Index,
    before: Option<&Listing>,
    listed: &[Listed],
) -> Result<Vec<Listed>, TargetError> {
    let listed: BTreeSet<&str> = listed.iter().map(|listed| listed.key.as_str()).collect();
    let before = before.map(|before| before.files.keys());
    let known: BTreeSet<&String> = stored
        .files
        .keys()
        .chain(before.into_iter().flatten())
        .collect();
    let hidden = known.into_iter().filter(|key| {
        key.split('/').any(|part| part.starts_with('.')) && !listed.contains(key.as_str())
    });
    let found = hidden.map(|key| objects.look(key));
    found.filter_map(Result::transpose).collect()
}

/// What stands in a place of a listing, and whether its content is known.
fn judge(
    listed: &Listed,
    stored: &Index,
    before: Option<&Listing>,
    places: &BTreeSet<String>,
) -> (Standing, bool) {
    let known = stored.files.get(&listed.key);
    let sent = before.and_then(|before| {
        let standing = before.files.get(&listed.key)?;
        let sent = before.sent.contains(&listed.key);
        let same = standing.size == listed.size && standing.mark.tag == listed.mark.tag;
        let sure = if sent {
            standing.confirmed_by(listed)
        } else {
            same && listed.mark.tag.is_some()
        };
        Some((standing, sure))
    });
    let ours = known.is_some()
        || places.contains(&listed.key)
        || sent.is_some_and(|(standing, _)| standing.ours);
    let bare = Standing {
        size: listed.size,
        mark: listed.mark.clone(),
        sha256: None,
        headers: None,
        ours,
    };
    if let Some((standing, true)) = sent
        && standing.sha256.is_some()
    {
        let standing = Standing {
            mark: listed.mark.clone(),
            ours,
            ..standing.clone()
        };
        return (standing, true);
    }
    match known {
        Some(known)
            if listed.mark.tag.as_ref() == Some(&known.tag) && listed.size == known.size =>
        {
            let standing = Standing {
                sha256: Some(known.sha256),
                headers: known.headers.clone(),
                ..bare
            };
            (standing, true)
        }
        _ => (bare, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(tag: Option<&str>) -> Mark {
        let tag = tag.map(str::to_owned);
        Mark { tag, version: None }
    }

    fn standing(text: &str, tag: Option<&str>) -> Standing {
        Standing {
            size: text.len() as u64,
            mark: mark(tag),
            sha256: Some(Digest::of(text.as_bytes())),
            headers: None,
            ours: true,
        }
    }

    /// A file of five bytes with `tag` in a listing: what is known of it, if it is ours?
    #[track_caller]
    fn case(tag: Option<&str>, before: Option<(Standing, bool)>, expected: Option<&str>) {
        let listed = Listed {
            key: "a".to_owned(),
            size: 5,
            mark: mark(tag),
        };
        let stored = Index {
            releases: BTreeSet::new(),
            files: [(
                "a".to_owned(),
                Known {
                    tag: "old".to_owned(),
                    size: 5,
                    sha256: Digest::of(b"older"),
                    headers: None,
                },
            )]
            .into(),
        };
        let before = before.map(|(standing, sent)| Listing {
            files: [("a".to_owned(), standing)].into(),
            sent: sent.then(|| "a".to_owned()).into_iter().collect(),
            ..Listing::default()
        });
        let (found, sure) = judge(&listed, &stored, before.as_ref(), &BTreeSet::new());
        assert!(found.ours);
        assert_eq!(sure, expected.is_some());
        let expected = expected.map(|text| Digest::of(text.as_bytes()));
        assert_eq!(found.sha256, expected);
    }

    #[test]
    fn a_known_tag_tells_the_content_and_an_unknown_one_does_not() {
        case(Some("old"), None, Some("older"));
        case(Some("new"), None, None);
        case(None, None, None);
    }

    #[test]
    fn what_is_not_known_by_its_tag_is_not_stored_away() {
        let mut listing = Listing::default();
        let mut put = |key: &str, standing| listing.files.insert(key.to_owned(), standing);
        put("a", standing("one", Some("tag")));
        put(
            "theirs",
            Standing {
                ours: false,
                sha256: None,
                ..standing("?", None)
            },
        );
        let files = listing.index().unwrap().files;
        assert_eq!(files.into_keys().collect::<Vec<_>>(), ["a"]);
        listing.files.insert("b".to_owned(), standing("two", None));
        assert_eq!(listing.index(), None);
    }

    #[test]
    fn what_was_sent_is_known_by_the_tag_that_was_answered() {
        case(
            Some("n"),
            Some((standing("newer", Some("n")), true)),
            Some("newer"),
        );
        case(Some("x"), Some((standing("newer", Some("n")), true)), None);
        case(
            Some("n"),
            Some((standing("newer", None), true)),
            Some("newer"),
        );
        case(Some("n"), Some((standing("longer", None), true)), None);
        case(None, Some((standing("newer", None), false)), None);
    }
}
