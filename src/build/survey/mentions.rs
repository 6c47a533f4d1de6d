//! Which files the texts of a project name: pages, drafts, style sheets, templates, data and
//! configuration, whatever they mean by it.
//!
//! A name counts even in a comment. Who deletes a file because nothing names it must not be wrong.

use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem;
use rayon::prelude::*;

use crate::repo::Snapshot;
use crate::site_path::{SitePath, decode};

/// The longest text that is read.
const LONGEST: u64 = 8 << 20;

/// Files that are no texts that could name a picture.
const BINARY: [&str; 22] = [
    "jpg", "jpeg", "png", "gif", "webp", "avif", "tif", "tiff", "bmp", "ico", "jxl", "pdf", "zip",
    "gz", "mp4", "webm", "mp3", "ogg", "woff", "woff2", "ttf", "otf",
];

/// Of `files`, those that a text of the project names.
pub fn mentioned(
    files: &BTreeSet<SitePath>,
    snapshot: &Snapshot,
    skip: impl Fn(&SitePath) -> bool,
) -> BTreeSet<SitePath> {
    let mut by_name: BTreeMap<&str, Vec<&SitePath>> = BTreeMap::new();
    for file in files {
        by_name.entry(file.file_name()).or_default().push(file);
    }
    let names = Names {
        files,
        odd: by_name
            .keys()
            .copied()
            .filter(|name| name.contains(is_between))
            .collect(),
        by_name,
    };
    let is_text = |path: &SitePath| {
        let extension = path.extension().to_ascii_lowercase();
        !BINARY.contains(&extension.as_str())
    };
    let texts: Vec<&SitePath> = snapshot
        .files()
        .iter()
        .filter(|file| file.size <= LONGEST && is_text(&file.path) && !skip(&file.path))
        .map(|file| &file.path)
        .collect();
    let found: Vec<BTreeSet<&SitePath>> = texts
        .par_iter()
        .map(|path| match snapshot.read(path) {
            Ok(bytes) => names.in_text(path, &String::from_utf8_lossy(&bytes)),
            Err(_) => BTreeSet::new(),
        })
        .collect();
    found.into_iter().flatten().cloned().collect()
}

struct Names<'a> {
    files: &'a BTreeSet<SitePath>,
    by_name: BTreeMap<&'a str, Vec<&'a SitePath>>,
    /// Names that hold what elsewhere stands between names.
    odd: Vec<&'a str>,
}

impl<'a> Names<'a> {
    fn in_text(&self, path: &SitePath, text: &str) -> BTreeSet<&'a SitePath> {
        let mut found = BTreeSet::new();
        for word in text.split(is_between).filter(|word| word.contains('.')) {
            let word = word.split(['?', '#']).next().unwrap_or("");
            // Marks around a name may be of it, and so may be what HTML writes for one.
            let plain = || word.replace("&amp;", "&").replace("&quot;", "");
            let named = self
                .named_by(path, word)
                .or_else(|| self.named_by(path, without_marks(word)))
                .or_else(|| self.named_by(path, without_marks(&plain())));
            // A drawing is text, and names itself in what editors write into it.
            let named = named.unwrap_or_default().into_iter();
            found.extend(named.filter(|file| *file != path));
        }
        for name in &self.odd {
            if memmem::find(text.as_bytes(), name.as_bytes()).is_some() {
                found.extend(self.by_name[name].iter().copied());
            }
        }
        found
    }

    /// The file that a word in a text means, or all of its name; none where no file has that name.
    fn named_by(&self, text: &SitePath, word: &str) -> Option<Vec<&'a SitePath>> {
        let word = decode(word);
        let named = self.by_name.get(word.rsplit('/').next()?)?;
        let exact = text.resolve_beside(&word).ok();
        match exact.and_then(|exact| self.files.get(&exact)) {
            Some(exact) => Some(vec![exact]),
            None => Some(named.clone()),
        }
    }
}

/// A word without the marks of a sentence or of Markdown around it.
fn without_marks(word: &str) -> &str {
    let marks = [':', ';', '*', '_', '!'];
    let word = word.trim_matches(marks).trim_end_matches('.');
    word.trim_end_matches(marks)
}

/// Whether a character stands between the names of files rather than in them.
fn is_between(c: char) -> bool {
    c.is_whitespace() || "\"'`()<>[]{}|=,\\".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(place: &str, text: &str, expected: &[&str]) {
        let path = |text: &str| SitePath::parse(text).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(place);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
        let snapshot = Snapshot::worktree(folder.path()).unwrap();
        let files = [
            "a/one.png",
            "b/one.png",
            "a/two words.png",
            "a/drawing.svg",
            "a/_three_.png",
            "_four.png",
            "a/this&that.png",
        ];
        let files: BTreeSet<SitePath> = files.into_iter().map(path).collect();
        let found = mentioned(&files, &snapshot, |_| false);
        let found: Vec<&str> = found.iter().map(SitePath::as_str).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_path_names_one_file_and_a_name_all_that_have_it() {
        case("a/x.md", "![x](one.png)", &["a/one.png"]);
        case("a/x.md", "![x](../b/one.png#y)", &["b/one.png"]);
        case(
            "x.css",
            "a{b:url(/img/one.png?1)}",
            &["a/one.png", "b/one.png"],
        );
        case("x.md", "see one.png.", &["a/one.png", "b/one.png"]);
        case("x.md", "see none.png", &[]);
    }

    #[test]
    fn a_name_may_be_encoded_or_hold_a_space() {
        case("a/x.md", "![x](two%20words.png)", &["a/two words.png"]);
        case("x.yml", "image: two words.png", &["a/two words.png"]);
    }

    #[test]
    fn marks_may_be_of_a_name_or_around_it() {
        case("a/x.md", "![x](_three_.png)", &["a/_three_.png"]);
        case("x.md", "<img src=_four.png>", &["_four.png"]);
    }

    #[test]
    fn marks_around_a_name_are_not_of_it() {
        case("a/x.md", "*see* **one.png**: _one.png_!", &["a/one.png"]);
    }

    #[test]
    fn html_writes_ampersands_and_quotes_in_its_way() {
        case(
            "a/x.html",
            "<img src='this&amp;that.png'>",
            &["a/this&that.png"],
        );
        case("a/x.md", "![x](this&that.png)", &["a/this&that.png"]);
        case(
            "a/x.html",
            "<p style=\"--x: url(&quot;one.png&quot;)\">",
            &["a/one.png"],
        );
    }

    #[test]
    fn a_drawing_does_not_name_itself() {
        case("a/drawing.svg", "<svg docname='drawing.svg'/>", &[]);
        case("a/x.bin", "\u{0}one.png\u{0}", &[]);
    }
}
