//! The files of a snapshot before its links are resolved: what is listed, and what is left out.

use crate::diagnostic::{Diagnostic, Severity};
use crate::repo::links::{self, LinkFault};
use crate::repo::snapshot::SnapshotFile;
use crate::site_path::SitePath;

/// The longest path that is listed, as on the systems where most repositories live.
const LONGEST_PATH: usize = 4096;

/// One listed path.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) path: SitePath,
    pub(crate) node: Node,
}

/// What stands at a path.
#[derive(Debug)]
pub(crate) enum Node {
    /// A regular file; in a revision, with the name of its Git object.
    File { size: u64, object: Option<Box<str>> },
    /// A symbolic link, and the path that it holds.
    Link { target: String },
}

/// What has been listed so far.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    entries: Vec<Entry>,
    diagnostics: Vec<Diagnostic>,
}

impl Listing {
    /// Reads a path as it came from Git or from a disk. A name that is no [`SitePath`] is reported,
    /// and Git's own and tympan's own folders are passed over.
    pub(crate) fn name(&mut self, bytes: &[u8]) -> Option<SitePath> {
        let text = std::str::from_utf8(bytes).ok();
        let path = text
            .filter(|text| text.len() <= LONGEST_PATH)
            .and_then(|text| SitePath::parse(text).ok())
            .filter(|path| Some(path.as_str()) == text && !path.is_root());
        let Some(path) = path else {
            let shown = shown(bytes);
            let place = SitePath::parse(&shown).unwrap_or_else(|_| SitePath::root());
            self.leave_out(
                "file-name",
                &place,
                format!("`{shown}` has a name that no page can link to, and is left out"),
                "rename it: UTF-8, without backslashes, control characters or a drive letter",
            );
            return None;
        };
        (!is_private(&path)).then_some(path)
    }

    /// Adds a regular file.
    pub(crate) fn file(&mut self, path: SitePath, size: u64, object: Option<Box<str>>) {
        let node = Node::File { size, object };
        self.entries.push(Entry { path, node });
    }

    /// Adds a symbolic link.
    pub(crate) fn link(&mut self, path: SitePath, target: &[u8]) {
        // Bytes that are no text are in no listed name, so the replaced text finds nothing either.
        let target = String::from_utf8_lossy(target).into_owned();
        let node = Node::Link { target };
        self.entries.push(Entry { path, node });
    }

    /// Reports a submodule.
    pub(crate) fn submodule(&mut self, path: &SitePath) {
        self.leave_out(
            "submodule",
            path,
            format!("`{path}` is a submodule, and is left out"),
            "copy what the project needs of it into the project",
        );
    }

    /// Reports a repository inside the project that is no submodule of it.
    pub(crate) fn nested_repository(&mut self, path: &SitePath) {
        self.leave_out(
            "nested-repository",
            path,
            format!("`{path}` is a repository of its own, and is left out"),
            "add it to `.gitignore`, or remove its `.git`",
        );
    }

    /// Reports what is neither a file nor a folder nor a link.
    pub(crate) fn special(&mut self, path: &SitePath) {
        self.leave_out(
            "file-special",
            path,
            format!("`{path}` is not a regular file, and is left out"),
            "remove it, or add it to `.gitignore`",
        );
    }

    /// Reports something that is left out of the snapshot.
    pub(crate) fn leave_out(
        &mut self,
        code: &'static str,
        path: &SitePath,
        message: impl Into<String>,
        help: &str,
    ) {
        let found = Diagnostic::new(code, Severity::Warning, path, message);
        self.diagnostics.push(found.help(help));
    }

    /// Resolves the links, and gives the files by path and everything that was left out.
    pub(crate) fn finish(mut self) -> (Vec<SnapshotFile>, Vec<Diagnostic>) {
        self.entries.sort_by(|a, b| a.path.cmp(&b.path));
        // Unmerged paths are listed once a side, and a forged tree may name a file twice.
        self.entries.dedup_by(|a, b| a.path == b.path);
        let mut files = Vec::with_capacity(self.entries.len());
        let mut faults = Vec::new();
        for entry in &self.entries {
            match &entry.node {
                Node::File { size, object } => files.push(SnapshotFile {
                    path: entry.path.clone(),
                    size: *size,
                    link: None,
                    object: object.clone(),
                }),
                Node::Link { target } => match links::resolve(&self.entries, &entry.path) {
                    Ok((place, size, object)) => files.push(SnapshotFile {
                        path: entry.path.clone(),
                        size,
                        link: Some(place.clone()),
                        object: object.map(Box::from),
                    }),
                    Err(fault) => {
                        faults.push((entry.path.clone(), shown(target.as_bytes()), fault));
                    }
                },
            }
        }
        for (path, target, fault) in faults {
            // A target in the project has a link that turns from release to release.
            if target.split('/').any(|part| part == ".tympan") {
                continue;
            }
            self.link_fault(&path, &target, fault);
        }
        crate::diagnostic::sort(&mut self.diagnostics);
        (files, self.diagnostics)
    }

    fn link_fault(&mut self, path: &SitePath, target: &str, fault: LinkFault) {
        let (code, message, help) = match fault {
            LinkFault::Outside => (
                "link-outside",
                format!("`{path}` links to `{target}`, out of the project"),
                "link to a file of the project by a relative path, or copy the file here",
            ),
            LinkFault::Broken => (
                "link-broken",
                format!("`{path}` links to `{target}`, which is not a file of the project"),
                "point it at a file that Git does not ignore, or remove the link",
            ),
            LinkFault::Loop => (
                "link-broken",
                format!("`{path}` links to `{target}`, which leads back to itself"),
                "point it at a file, or remove the link",
            ),
            LinkFault::Folder => (
                "link-folder",
                format!("`{path}` links to the folder `{target}`, and is not followed"),
                "link to single files, or move the folder here",
            ),
        };
        self.leave_out(code, path, message, help);
    }
}

/// Whether a path belongs to Git or to tympan itself, and never to the project.
pub(crate) fn is_private(path: &SitePath) -> bool {
    path.parts()
        .any(|part| part.eq_ignore_ascii_case(".git") || part == ".tympan")
}

/// A name for people: no controls, no broken bytes, not endless.
fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .chars()
        .take(200)
        .map(|c| match c {
            c if c.is_control() || c == '\\' => char::REPLACEMENT_CHARACTER,
            c => c,
        })
        .collect()
}
