//! Findings that were there when a project began to be checked. They are not told again until they are
//! mended; new ones are.
//!
//! A finding is known by its rule, its file and the words around it, never by its line: text that moves
//! keeps its name, also into another file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::digest::Digest;
use crate::site::Site;
use crate::site_path::SitePath;

/// How many words on each side of a place belong to it.
const AROUND: usize = 4;
/// How far they are looked for, in bytes.
const REACH: usize = 240;
/// How much of a text is shown, in characters.
const SHOWN: usize = 60;

/// Findings that are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    known: Vec<Known>,
}

/// One finding that is known. They are sorted by these fields.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Known {
    path: String,
    code: String,
    /// The text, for people.
    text: String,
    fingerprint: String,
}

#[derive(Deserialize)]
struct File {
    format: u32,
    findings: Vec<Known>,
}

/// What a baseline makes of findings.
#[derive(Debug, Default)]
pub struct Compared {
    /// Those that are not in it.
    pub new: Vec<Diagnostic>,
    /// Those that are.
    pub known: Vec<Diagnostic>,
    /// How many it has that are no longer found.
    pub mended: usize,
}

impl Baseline {
    /// Reads the file.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let file: File = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match file.format {
            1 => Ok(Self {
                known: file.findings,
            }),
            format => Err(format!("its format {format} is not known to this tympan")),
        }
    }

    /// The baseline of findings.
    pub fn of(site: &Site, found: &[Diagnostic]) -> Self {
        let texts = Texts::of(site);
        let mut known: Vec<Known> = found.iter().map(|found| texts.known(found)).collect();
        known.sort();
        Self { known }
    }

    /// How many findings it has.
    pub fn count(&self) -> usize {
        self.known.len()
    }

    /// The file: a line for each finding, sorted, so that a difference shows what came and went.
    pub fn to_text(&self) -> String {
        let lines = self
            .known
            .iter()
            .filter_map(|known| serde_json::to_string(known).ok());
        let lines: Vec<String> = lines.collect();
        match lines.is_empty() {
            true => "{\"format\": 1, \"findings\": []}\n".to_owned(),
            false => format!(
                "{{\"format\": 1, \"findings\": [\n{}\n]}}\n",
                lines.join(",\n")
            ),
        }
    }

    /// Tells new findings from known ones.
    pub fn compare(&self, site: &Site, found: Vec<Diagnostic>) -> Compared {
        let texts = Texts::of(site);
        let all: Vec<Known> = found.iter().map(|found| texts.known(found)).collect();
        let mut here: BTreeMap<[&str; 3], usize> = BTreeMap::new();
        for known in &self.known {
            let key = [&*known.path, &*known.code, &*known.fingerprint];
            *here.entry(key).or_default() += 1;
        }
        let mut compared = Compared::default();
        let mut others = Vec::new();
        for (found, known) in found.into_iter().zip(&all) {
            let key = [&*known.path, &*known.code, &*known.fingerprint];
            match here.get_mut(&key).is_some_and(take) {
                true => compared.known.push(found),
                false => others.push((found, known)),
            }
        }
        // What is left may have moved with its text, which only a place has.
        let mut moved: BTreeMap<[&str; 2], usize> = BTreeMap::new();
        for ([_, code, fingerprint], count) in here {
            *moved.entry([code, fingerprint]).or_default() += count;
        }
        for (found, known) in others {
            let key = [&*known.code, &*known.fingerprint];
            match found.place.is_some() && moved.get_mut(&key).is_some_and(take) {
                true => compared.known.push(found),
                false => compared.new.push(found),
            }
        }
        compared.mended = moved.values().sum();
        compared
    }
}

/// Takes one of what is counted, if there is one left.
fn take(count: &mut usize) -> bool {
    let is_left = *count > 0;
    *count = count.saturating_sub(1);
    is_left
}

/// A baseline that cannot be read.
pub(super) fn fault(path: &SitePath, message: &str) -> Diagnostic {
    let message = format!("the baseline cannot be read: {message}");
    Diagnostic::new("baseline-syntax", Severity::Error, path, message)
        .help("write it anew with `tympan check --baseline`")
}

/// The texts that findings are about, by file.
struct Texts<'a> {
    texts: BTreeMap<&'a str, &'a str>,
}

impl<'a> Texts<'a> {
    fn of(site: &'a Site) -> Self {
        let pages = site.written_pages();
        let sources = pages.flat_map(|(_, page)| page.sources());
        Self {
            texts: sources
                .map(|(path, text)| (path.as_str(), &**text))
                .collect(),
        }
    }

    fn known(&self, found: &Diagnostic) -> Known {
        let place = found.place.as_ref();
        let [before, marked, after] = match place {
            Some(place) => self.around(&found.path, place),
            None => [String::new(), found.message.clone(), String::new()],
        };
        let parts = [&*found.code, &before, &marked, &after];
        let mut fingerprint = Digest::of_parts(parts.map(str::as_bytes)).hex();
        fingerprint.truncate(16);
        Known {
            path: found.path.to_string(),
            code: found.code.to_string(),
            text: marked.chars().take(SHOWN).collect(),
            fingerprint,
        }
    }

    /// The words of a place, with some before and after, however they are spaced and broken into lines.
    fn around(&self, path: &SitePath, place: &Place) -> [String; 3] {
        let text = self.texts.get(path.as_str());
        let Some((text, marked)) =
            text.and_then(|text| Some((*text, text.get(place.span.clone())?)))
        else {
            return [
                String::new(),
                words(place.excerpt.split_whitespace()),
                String::new(),
            ];
        };
        let start = text.floor_char_boundary(place.span.start.saturating_sub(REACH));
        let end = text.ceil_char_boundary(place.span.end + REACH);
        let before = &text[start..place.span.start];
        let after = &text[place.span.end..end];
        // A neighbor is what stands in the same block.
        let before = block(before.split('\n').rev());
        let before = before.flat_map(|line| line.split_whitespace().rev());
        let mut last: Vec<&str> = before.take(AROUND).collect();
        last.reverse();
        let after = block(after.split('\n')).flat_map(str::split_whitespace);
        [
            words(last.into_iter()),
            words(marked.split_whitespace()),
            words(after.take(AROUND)),
        ]
    }
}

/// The rest of a line, and those that follow up to an empty one, whatever their ends.
fn block<'a>(mut lines: impl Iterator<Item = &'a str>) -> impl Iterator<Item = &'a str> {
    let rest = lines.next().into_iter();
    rest.chain(lines.take_while(|line| !line.trim().is_empty()))
}

fn words<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::test_site::site;
    use crate::checks::{CheckContext, run_checks};
    use crate::progress::silent;
    use crate::store::Store;

    fn found(files: &[(&str, &str)]) -> (Site, Vec<Diagnostic>) {
        let (site, folder) = (site(files), tempfile::tempdir().unwrap());
        let store = Store::open(folder.path());
        let found = run_checks(&CheckContext {
            site: &site,
            store: &store,
            progress: &silent,
            about: None,
        });
        (site, found)
    }

    /// New, known and mended findings after a change.
    #[track_caller]
    fn case(before: &[(&str, &str)], after: &[(&str, &str)], expected: (usize, usize, usize)) {
        let (site, old) = found(before);
        let text = Baseline::of(&site, &old).to_text();
        let baseline = Baseline::read(&text).unwrap();
        assert_eq!(baseline, Baseline::of(&site, &old));
        let (site, now) = found(after);
        let compared = baseline.compare(&site, now);
        assert_eq!(
            (compared.new.len(), compared.known.len(), compared.mended),
            expected
        );
    }

    const TEXT: &str = "# A\n\nOne two [a](x.md) three four.\n\nSee [b](y.md).\n";

    #[test]
    fn text_that_moves_is_known() {
        case(&[("a.md", TEXT)], &[("a.md", TEXT)], (0, 2, 0));
        let moved = "# A\n\nNew.\n\nSee [b](y.md).\n\nOne two\n[a](x.md)   three\nfour.\n";
        case(&[("a.md", TEXT)], &[("a.md", moved)], (0, 2, 0));
        case(&[("a.md", TEXT)], &[("b.md", TEXT)], (0, 2, 0));
        for (old, new) in [(TEXT, moved), (moved, TEXT)] {
            let new = new.replace('\n', "\r\n");
            case(&[("a.md", old)], &[("a.md", &new)], (0, 2, 0));
        }
    }

    #[test]
    fn text_that_moves_to_another_file_is_known() {
        let (first, second) = ("# A\n\nSee [a](x.md).\n", "# B\n\nOf [b](y.md).\n");
        let both = format!("{second}\nSee [a](x.md).\n");
        case(
            &[("a.md", first), ("b.md", second)],
            &[("a.md", "# A\n\nText.\n"), ("b.md", &both)],
            (0, 2, 0),
        );
        case(
            &[("a.md", first), ("b.md", second)],
            &[("a.md", second), ("b.md", first)],
            (0, 2, 0),
        );
    }

    #[test]
    fn what_is_new_is_told_and_what_is_mended_counts() {
        case(
            &[("a.md", TEXT)],
            &[("a.md", &TEXT.replace("y.md", "a.md"))],
            (0, 1, 1),
        );
        case(
            &[("a.md", TEXT)],
            &[("a.md", TEXT), ("b.md", TEXT)],
            (2, 2, 0),
        );
        let twice = format!("{TEXT}\nSee [b](y.md).\n");
        case(&[("a.md", TEXT)], &[("a.md", &twice)], (1, 2, 0));
        case(&[("a.md", "text\n")], &[("a.md", TEXT)], (2, 0, 0));
    }

    #[test]
    fn a_broken_file_says_so() {
        assert!(Baseline::read("{").is_err());
        assert!(Baseline::read("{\"format\": 9, \"findings\": []}").is_err());
    }
}
