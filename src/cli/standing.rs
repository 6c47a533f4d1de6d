//! What a build remembers of itself, so that the next one need not be done where nothing changed.
//!
//! Files are told apart by what the system says of them, as Git does it: size, place on the disk and
//! the moment of the last change, which no program can set back. Where the system does not tell, or
//! a file changed so shortly before the build that a later change might not show, nothing is
//! remembered and the next build is done in full.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::build::Built;
use crate::cli::args::BuildArgs;
use crate::cli::summary::Summary;
use crate::digest::Digest;
use crate::release::Release;
use crate::render::fonts_of_the_machine;
use crate::repo::{Snapshot, refs};
use crate::site::{Page, Site};
use crate::store::{Key, Store};

/// The version of what is remembered.
const VERSION: u32 = 4;
/// Two changes of a file within this time, in nanoseconds, may look like one.
const GRAIN: i128 = 50_000_000;
/// The same where the system counts whole seconds, or pairs of them.
const COARSE_GRAIN: i128 = 2_000_000_000;

/// What is remembered of one output folder.
#[derive(Serialize, Deserialize)]
struct Standing {
    inputs: Digest,
    outputs: Digest,
    summary: Summary,
}

/// Everything that decides what a build gives and says: the program, what it was asked for, the
/// commit, every file, and which of the releases that environments desire can be `compared` with.
/// `begun` is the moment before the files were listed, in nanoseconds since 1970.
pub fn inputs(
    snapshot: &Snapshot,
    args: &BuildArgs,
    compared: &[(Digest, Vec<String>, bool)],
    begun: i128,
) -> Option<Digest> {
    let program = fs::metadata(std::env::current_exe().ok()?).ok()?;
    let mut text = format!(
        "{} {:?} {args:?} {:?} {:?} {compared:?}\n",
        env!("CARGO_PKG_VERSION"),
        stamp(&program, i128::MAX)?,
        snapshot.source(),
        snapshot.diagnostics(),
    );
    for file in snapshot.files() {
        use std::fmt::Write as _;
        let _ = match &file.object {
            Some(object) => writeln!(text, "{} {object}", file.path),
            None => {
                let place = file.link.as_ref().unwrap_or(&file.path);
                let found = fs::symlink_metadata(place.on_disk(snapshot.root())).ok()?;
                let stamp = stamp(&found, begun)?;
                writeln!(text, "{} {place} {stamp:?}", file.path)
            }
        };
    }
    let config = Site::config_of(snapshot).map(|(config, _)| config);
    let config = config.unwrap_or_default();
    let own = config.documents.iter().map(|document| &document.pdf);
    if own.chain([&config.pdf]).any(|pdf| pdf.fonts.system) {
        text.extend(fonts_of_the_machine().map(|fonts| format!("fonts {}\n", fonts.hex())));
    }
    // Other versions come from tags and branches, which no file of this one tells of.
    if config.versions.is_some() {
        let known = refs(snapshot.root()).ok()?;
        text.extend(
            known
                .iter()
                .map(|known| format!("{} {}\n", known.name, known.commit)),
        );
    }
    Some(Digest::of(text.as_bytes()))
}

/// What was said of the build whose files stand in `out`, and how many they are, if it was made from
/// the same inputs and nobody touched its files since.
pub fn recall(store: &Store, out: &Path, inputs: &Digest) -> Option<(Summary, usize)> {
    let known: Standing = serde_json::from_slice(&store.recall(&key(out))?).ok()?;
    let json = fs::read(out.join(".tympan/release.json")).ok()?;
    let release: Release = serde_json::from_slice(&json).ok()?;
    let same = known.inputs == *inputs && outputs(out, &release)? == known.outputs;
    same.then(|| (known.summary, release.files.files().len()))
}

/// Remembers a build.
pub fn remember(store: &Store, out: &Path, inputs: Digest, built: &Built, summary: &Summary) {
    // A moment that will come, when a page begins or ends, is an input that no file shows.
    let source = &built.release.source;
    let waits = built.site.hidden.future > 0
        || built
            .site
            .pages
            .iter()
            .any(|page| page.front.expires.is_some() || may_speak_again(page));
    if summary.errors > 0 || (waits && (source.dirty || source.commit.is_none())) {
        return;
    }
    let Some(outputs) = outputs(out, &built.release) else {
        return;
    };
    let standing = Standing {
        inputs,
        outputs,
        summary: summary.clone(),
    };
    if let Ok(json) = serde_json::to_vec(&standing) {
        store.cache(&key(out), &json);
    }
}

/// Whether a page, or a file that it includes, may hold a remark that ends on a day.
fn may_speak_again(page: &Page) -> bool {
    let mut sources = page.sources().into_iter();
    sources.any(|(_, text)| text.contains("tympan:") && text.contains("until"))
}

fn key(out: &Path) -> Key {
    Key::new("build", VERSION).input("out", out.as_os_str().as_encoded_bytes())
}

/// The files of a release as they stand in an output folder.
fn outputs(out: &Path, release: &Release) -> Option<Digest> {
    use std::fmt::Write as _;
    let mut text = String::new();
    let own = fs::symlink_metadata(out.join(".tympan/release.json")).ok()?;
    let _ = writeln!(text, "{:?}", stamp(&own, i128::MAX)?);
    for file in release.files.files() {
        let found = fs::symlink_metadata(file.path.on_disk(out)).ok()?;
        let stamp = stamp(&found, i128::MAX)?;
        let _ = writeln!(text, "{} {stamp:?}", file.path);
    }
    Some(Digest::of(text.as_bytes()))
}

/// What the system says of a file that did not change since shortly before `begun`.
#[cfg(unix)]
fn stamp(found: &fs::Metadata, begun: i128) -> Option<[i128; 4]> {
    use std::os::unix::fs::MetadataExt as _;
    let grain = match found.ctime_nsec() {
        0 => COARSE_GRAIN,
        _ => GRAIN,
    };
    let changed = i128::from(found.ctime()) * 1_000_000_000 + i128::from(found.ctime_nsec());
    let place = i128::from(found.dev()) << 64 | i128::from(found.ino());
    (changed.saturating_add(grain) < begun).then_some([
        i128::from(found.len()),
        changed,
        place,
        i128::from(found.mode()),
    ])
}

/// Other systems let a program set back every moment that they tell.
#[cfg(not(unix))]
fn stamp(_: &fs::Metadata, _: i128) -> Option<[i128; 4]> {
    None
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::cli::args::PagesArgs;

    const LATER: i128 = i128::MAX;

    fn args() -> BuildArgs {
        BuildArgs {
            rev: None,
            out: None,
            only: Vec::new(),
            documents: Vec::new(),
            profile: false,
            no_check: false,
            pages: PagesArgs {
                drafts: false,
                future: false,
                expired: false,
            },
        }
    }

    fn state(folder: &Path, args: &BuildArgs) -> Digest {
        let snapshot = Snapshot::worktree(folder).unwrap();
        inputs(&snapshot, args, &[], LATER).unwrap()
    }

    #[test]
    fn every_input_counts() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.md"), "a").unwrap();
        let first = state(folder.path(), &args());
        assert_eq!(first, state(folder.path(), &args()));
        let drafts = BuildArgs {
            no_check: true,
            ..args()
        };
        assert_ne!(first, state(folder.path(), &drafts));
        fs::write(folder.path().join("b.md"), "b").unwrap();
        let second = state(folder.path(), &args());
        assert_ne!(first, second);
        fs::write(folder.path().join("c"), "B").unwrap();
        fs::rename(folder.path().join("c"), folder.path().join("b.md")).unwrap();
        assert_ne!(second, state(folder.path(), &args()));
    }

    #[test]
    fn a_file_that_has_just_changed_is_not_trusted() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.md"), "a").unwrap();
        let snapshot = Snapshot::worktree(folder.path()).unwrap();
        let found = fs::metadata(folder.path().join("a.md")).unwrap();
        let changed = stamp(&found, LATER).unwrap()[1];
        let state = |begun| inputs(&snapshot, &args(), &[], begun);
        assert_eq!(state(changed + GRAIN), None);
        assert!(state(changed + COARSE_GRAIN + 1).is_some());
    }
}
