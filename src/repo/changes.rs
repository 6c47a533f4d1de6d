//! Which lines differ from another state, as Git tells them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::Path;

use crate::repo::error::RepoError;
use crate::repo::git;
use crate::repo::status::without_local_filters;
use crate::site_path::SitePath;

/// The lines of files, below a project's root, that differ from another state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    files: BTreeMap<SitePath, Lines>,
}

/// The lines of one file that are new or other than before.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Lines {
    /// All of them.
    All,
    /// These, in order; none where lines only went, or the file only moved.
    Some(Vec<RangeInclusive<usize>>),
}

/// What a diff is told, over anything that a configuration file says.
const DIFF: &[&str] = &[
    "diff",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--find-renames",
    "--relative",
    "--ignore-submodules=all",
    "--diff-filter=d",
];
const PATCH: &[&str] = &[
    "--unified=0",
    "--inter-hunk-context=0",
    "--src-prefix=a/",
    "--dst-prefix=b/",
];

impl Changes {
    /// What differs from the point where `rev` and the commit `to` parted; without `to` it is HEAD,
    /// and what is changed or new in the worktree counts too.
    ///
    /// # Errors
    /// Fails where there is no repository, or no such commit in it.
    pub fn since(root: &Path, rev: &str, to: Option<&str>) -> Result<Self, RepoError> {
        let commit = git::resolve(root, rev)?;
        let head = to.unwrap_or("HEAD");
        let parted = git::output(root, ["merge-base", "--end-of-options", &commit, head])?;
        let parted = String::from_utf8_lossy(&parted.stdout).trim().to_owned();
        // Histories that have nothing in common, or of which a shallow clone has only the ends.
        let base = if parted.is_empty() { commit } else { parted };
        let states: Vec<&str> = [base.as_str()].into_iter().chain(to).collect();
        let mut changes = Self::diff(root, None, &states)?;
        if to.is_none() {
            let new = git::run(root, ["ls-files", "-z", "--others", "--exclude-standard"])?;
            for name in new.split(|byte| *byte == 0) {
                if let Some(path) = path_of(name) {
                    changes.files.insert(path, Lines::All);
                }
            }
        }
        Ok(changes)
    }

    /// What is staged for the next commit. `index` is the file that holds it, if not the usual one.
    ///
    /// # Errors
    /// Fails where there is no repository.
    pub fn staged(root: &Path, index: Option<&Path>) -> Result<Self, RepoError> {
        if git::locate(root)?.is_none() {
            let root = root.to_path_buf();
            return Err(RepoError::NoRepository { root });
        }
        Self::diff(root, index, &["--cached"])
    }

    /// Whether something about a file, or about lines of it, may come from the change.
    pub fn touch(&self, path: &SitePath, lines: Option<RangeInclusive<usize>>) -> bool {
        match (self.files.get(path), lines) {
            (None, _) => false,
            (Some(Lines::All), _) | (Some(_), None) => true,
            (Some(Lines::Some(changed)), Some(lines)) => {
                let next = changed.partition_point(|one| one.end() < lines.start());
                changed
                    .get(next)
                    .is_some_and(|one| one.start() <= lines.end())
            }
        }
    }

    /// How many files differ.
    pub fn count(&self) -> usize {
        self.files.len()
    }

    fn diff(root: &Path, index: Option<&Path>, states: &[&str]) -> Result<Self, RepoError> {
        let run = |forms: &[&str]| {
            let mut command = git::command(root);
            if let Some(index) = index {
                command.env("GIT_INDEX_FILE", index);
            }
            without_local_filters(root, &mut command)?;
            command
                .args(DIFF)
                .args(forms)
                .args(states)
                .args(["--", "."]);
            git::succeed(root, &mut command)
        };
        let (mut files, mut elsewhere) = (BTreeMap::new(), BTreeSet::new());
        let named = run(&["--name-status", "-z"])?;
        let mut fields = named.split(|byte| *byte == 0);
        while let Some(status) = fields.next().filter(|status| !status.is_empty()) {
            let mut name = fields.next().unwrap_or_default();
            let mut is_elsewhere = false;
            if status.starts_with(b"R") || status.starts_with(b"C") {
                let old = std::mem::replace(&mut name, fields.next().unwrap_or_default());
                is_elsewhere = folder_of(old) != folder_of(name);
            }
            // A file without a hunk has changed as a whole, unless it only has another name. In
            // another folder, what its lines say leads elsewhere.
            let lines = match status {
                b"R100" | b"C100" if !is_elsewhere => Lines::Some(Vec::new()),
                _ => Lines::All,
            };
            if let Some(path) = path_of(name) {
                if is_elsewhere {
                    elsewhere.insert(path.clone());
                }
                files.insert(path, lines);
            }
        }
        for (path, lines) in hunks(&run(PATCH)?) {
            if !elsewhere.contains(&path) {
                files.insert(path, Lines::Some(lines));
            }
        }
        Ok(Self { files })
    }
}

fn path_of(name: &[u8]) -> Option<SitePath> {
    let path = SitePath::parse(std::str::from_utf8(name).ok()?).ok()?;
    (!path.is_root()).then_some(path)
}

/// The folder of a file.
fn folder_of(name: &[u8]) -> &[u8] {
    let end = name.iter().rposition(|byte| *byte == b'/');
    end.and_then(|end| name.get(..end)).unwrap_or_default()
}

/// The new lines of each file of a patch without context.
fn hunks(patch: &[u8]) -> Vec<(SitePath, Vec<RangeInclusive<usize>>)> {
    let mut files: Vec<(SitePath, Vec<RangeInclusive<usize>>)> = Vec::new();
    let mut lines = patch.split(|byte| *byte == b'\n');
    let mut is_known = false;
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix(b"+++ ") {
            let path = new_name(name).and_then(|name| path_of(&name));
            is_known = path.is_some();
            files.extend(path.map(|path| (path, Vec::new())));
        } else if let Some((old, new)) = header(line) {
            if let Some((_, ranges)) = files.last_mut().filter(|_| is_known)
                && new.1 > 0
            {
                ranges.push(new.0..=new.0 + new.1 - 1);
            }
            // Text that was changed may look like a header.
            let mut left = old.1 + new.1;
            while left > 0
                && let Some(line) = lines.next()
            {
                left -= usize::from(!line.starts_with(b"\\"));
            }
        }
    }
    files
}

/// The name that a `+++` line gives, which Git quotes as C does where it holds what is no letter.
fn new_name(written: &[u8]) -> Option<Vec<u8>> {
    let Some(quoted) = written.strip_prefix(b"\"") else {
        let name = written.strip_prefix(b"b/")?;
        return Some(name.strip_suffix(b"\t").unwrap_or(name).to_vec());
    };
    let mut bytes = quoted.iter().copied();
    let mut name = Vec::new();
    loop {
        match bytes.next()? {
            b'"' => break,
            b'\\' => match bytes.next()? {
                digit @ b'0'..=b'3' => {
                    let mut value = digit - b'0';
                    for _ in 0..2 {
                        value = value << 3 | (bytes.next()? & 7);
                    }
                    name.push(value);
                }
                b'n' => name.push(b'\n'),
                b't' => name.push(b'\t'),
                other => name.push(other),
            },
            byte => name.push(byte),
        }
    }
    name.strip_prefix(b"b/").map(<[u8]>::to_vec)
}

type Run = (usize, usize);

/// The first line and the number of lines, before and after, that `@@ -1,2 +3 @@` tells.
fn header(line: &[u8]) -> Option<(Run, Run)> {
    // The text of a line of the file may follow, in any encoding.
    let line = line.strip_prefix(b"@@ ")?;
    let mut words = line
        .split(|byte| *byte == b' ')
        .map(String::from_utf8_lossy);
    let mut run = |sign: char| {
        let word = words.next()?;
        let word = word.strip_prefix(sign)?;
        let (start, count) = word.split_once(',').unwrap_or((word, "1"));
        Some((start.parse().ok()?, count.parse().ok()?))
    };
    Some((run('-')?, run('+')?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::fixture::{Fixture, path};

    fn touched(changes: &Changes, name: &str, lines: usize) -> Vec<usize> {
        let is_new = |line: &usize| changes.touch(&path(name), Some(*line..=*line));
        (1..=lines).filter(is_new).collect()
    }

    #[test]
    fn lines_that_are_new_or_other_are_told() {
        let mut fixture = Fixture::with(&[
            ("a b.md", "1\n2\n3\n4\n"),
            ("old.md", "x\ny\nz\n"),
            ("same.md", "s\n"),
        ]);
        let first = fixture.git(&["rev-parse", "HEAD"]);
        fixture.write("a b.md", "1\nzwei\n3\n4\n++ b/same.md\n");
        fixture.git(&["mv", "old.md", "ä \"q\".md"]);
        fixture.commit("Change");
        fixture.write("new.md", "n\n");
        fixture.write("same.md", "s\nt\n");
        let changes = Changes::since(fixture.root(), &first, None).unwrap();
        assert_eq!(touched(&changes, "a b.md", 6), [2, 5]);
        assert_eq!(touched(&changes, "ä \"q\".md", 3), [0; 0]);
        assert!(changes.touch(&path("ä \"q\".md"), None));
        assert_eq!(touched(&changes, "new.md", 1), [1]);
        assert_eq!(touched(&changes, "same.md", 2), [2]);
        assert!(!changes.touch(&path("other.md"), None));
        let committed = Changes::since(fixture.root(), &first, Some("HEAD")).unwrap();
        assert_eq!(committed.count(), 2);
    }

    #[test]
    fn in_another_folder_all_lines_count() {
        let text = "1\n2\n3\n4\n5\n6\n7\n8\n";
        let fixture = Fixture::with(&[("a.md", text), ("b.md", &text.replace('\n', ".\n"))]);
        fixture.write("sub/a.md", text);
        fixture.write(
            "sub/b.md",
            &text.replace('\n', ".\n").replace("2.", "zwei."),
        );
        std::fs::remove_file(fixture.at("a.md")).unwrap();
        std::fs::remove_file(fixture.at("b.md")).unwrap();
        fixture.git(&["add", "-A"]);
        let changes = Changes::staged(fixture.root(), None).unwrap();
        assert_eq!(touched(&changes, "sub/a.md", 3), [1, 2, 3]);
        assert_eq!(touched(&changes, "sub/b.md", 3), [1, 2, 3]);
    }

    #[test]
    fn a_branch_is_held_against_where_it_parted() {
        let mut fixture = Fixture::with(&[("a.md", "1\n"), ("b.md", "1\n")]);
        fixture.git(&["checkout", "-q", "-b", "topic"]);
        fixture.write("a.md", "2\n");
        fixture.commit("Topic");
        fixture.git(&["checkout", "-q", "main"]);
        fixture.write("b.md", "2\n");
        fixture.commit("Main");
        fixture.git(&["checkout", "-q", "topic"]);
        let changes = Changes::since(fixture.root(), "main", None).unwrap();
        assert_eq!(
            (changes.count(), touched(&changes, "a.md", 1).len()),
            (1, 1)
        );
    }

    #[test]
    fn what_is_staged_counts_and_the_worktree_does_not() {
        let fixture = Fixture::with(&[("sub/a.md", "1\n2\n")]);
        fixture.write("sub/a.md", "1\nzwei\n");
        fixture.git(&["add", "-A"]);
        fixture.write("sub/a.md", "eins\nzwei\n");
        let changes = Changes::staged(&fixture.at("sub"), None).unwrap();
        assert_eq!(touched(&changes, "a.md", 2), [2]);
    }

    #[test]
    fn before_the_first_commit_everything_staged_is_new() {
        let fixture = Fixture::empty();
        fixture.write("a.md", "1\n");
        fixture.git(&["add", "-A"]);
        let changes = Changes::staged(fixture.root(), None).unwrap();
        assert_eq!(touched(&changes, "a.md", 1), [1]);
        assert!(Changes::since(fixture.root(), "HEAD", None).is_err());
        assert!(Changes::staged(Fixture::folder().root(), None).is_err());
    }
}
