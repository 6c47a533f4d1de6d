//! The compiler, over files that it is given.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::site_path::SitePath;

/// What is to be compiled. It is all that the compiler sees.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The styles that are wanted, each a file of its own.
    pub wanted: Vec<String>,
    /// Those and all that they may use, by their paths in the project.
    pub files: BTreeMap<String, String>,
    /// The folders in which a name is looked up that is not beside its user, the first first.
    pub folders: Vec<String>,
}

/// A style that could not be compiled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The file that is at fault.
    pub path: String,
    /// The line, from 1; 0 if it is about the whole file.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// Whether the style is right perhaps, and it is the machine that had no time or room for it.
    pub(super) is_passing: bool,
}

impl Fault {
    pub(super) fn of(path: &str, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line: 0,
            column: 0,
            message: message.into(),
            is_passing: false,
        }
    }

    /// A style that took more than it may, which may be the fault of a busy machine.
    pub(super) fn passing(path: &str, message: impl Into<String>) -> Self {
        Self {
            is_passing: true,
            ..Self::of(path, message)
        }
    }

    /// The file, if it is one of the project.
    pub fn file(&self) -> Option<SitePath> {
        SitePath::parse(&self.path).ok()
    }
}

#[cfg(not(feature = "scss"))]
pub(super) fn compile(request: &Request) -> Vec<Result<String, Fault>> {
    let fault = |path: &String| Err(Fault::of(path, "this program was built without SCSS"));
    request.wanted.iter().map(fault).collect()
}

/// Compiles, without any bound.
#[cfg(feature = "scss")]
pub(super) fn compile(request: &Request) -> Vec<Result<String, Fault>> {
    use grass_compiler::{ErrorKind, Options, from_path};

    let files = files::Files(&request.files);
    let one = |path: &String| {
        let options = Options::default()
            .fs(&files)
            .logger(&grass_compiler::NullLogger)
            .load_paths(&request.folders)
            .allows_charset(false);
        from_path(path, &options).map_err(|error| match error.kind() {
            ErrorKind::ParseError { message, loc, .. } => Fault {
                path: files::normal(std::path::Path::new(loc.file.name()))
                    .unwrap_or_else(|| path.clone()),
                line: loc.begin.line + 1,
                column: loc.begin.column + 1,
                message,
                is_passing: false,
            },
            ErrorKind::IoError(error) => Fault::of(path, error.to_string()),
            _ => Fault::of(path, "a file is not UTF-8 text"),
        })
    };
    request.wanted.iter().map(one).collect()
}

#[cfg(feature = "scss")]
mod files {
    use std::collections::BTreeMap;
    use std::io::{Error, ErrorKind, Result};
    use std::path::{Path, PathBuf};

    use crate::site_path::SitePath;

    /// The files of a request, in the place of those on the disk.
    #[derive(Debug)]
    pub(super) struct Files<'a>(pub(super) &'a BTreeMap<String, String>);

    /// A path within the project; none if it leads out of it.
    pub(super) fn normal(path: &Path) -> Option<String> {
        let text = path.to_str()?.replace('\\', "/");
        Some(SitePath::parse(&text).ok()?.to_string())
    }

    impl grass_compiler::Fs for Files<'_> {
        fn is_dir(&self, path: &Path) -> bool {
            normal(path).is_some_and(|path| {
                let folder = format!("{path}/");
                let mut below = self.0.range(folder.clone()..);
                below
                    .next()
                    .is_some_and(|(file, _)| file.starts_with(&folder))
            })
        }

        fn is_file(&self, path: &Path) -> bool {
            normal(path).is_some_and(|path| self.0.contains_key(&path))
        }

        fn read(&self, path: &Path) -> Result<Vec<u8>> {
            let found = normal(path).and_then(|path| self.0.get(&path));
            let gone = || Error::new(ErrorKind::NotFound, "there is no such style");
            found.map(|text| text.clone().into_bytes()).ok_or_else(gone)
        }

        fn canonicalize(&self, path: &Path) -> Result<PathBuf> {
            normal(path)
                .map(PathBuf::from)
                .ok_or_else(|| Error::new(ErrorKind::NotFound, "the path leads out of the project"))
        }
    }
}

#[cfg(test)]
#[cfg(feature = "scss")]
mod tests {
    use super::*;

    fn run(files: &[(&str, &str)]) -> String {
        let request = Request {
            wanted: vec![files[0].0.to_owned()],
            files: files
                .iter()
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
                .collect(),
            folders: vec!["theme/css".to_owned(), "ours/css".to_owned()],
        };
        match compile(&request).remove(0) {
            Ok(css) => css,
            Err(fault) => format!(
                "{}:{}:{} {}",
                fault.path, fault.line, fault.column, fault.message
            ),
        }
    }

    #[track_caller]
    fn case(files: &[(&str, &str)], expected: &str) {
        assert_eq!(run(files).trim_end(), expected);
    }

    #[test]
    fn both_syntaxes_become_css() {
        case(
            &[("theme/css/a.scss", "$c: red; a { b { color: $c; } }")],
            "a b {\n  color: red;\n}",
        );
        case(
            &[("theme/css/a.sass", "a\n  color: \"é\"\n")],
            "a {\n  color: \"é\";\n}",
        );
    }

    #[test]
    fn a_style_uses_others_of_the_project_only() {
        let partial = ("theme/css/_p.scss", "$c: blue;");
        let theirs = ("ours/css/_tones.scss", "a { color: green; }");
        case(
            &[
                ("theme/css/a.scss", "@use \"p\"; a { color: p.$c; }"),
                partial,
            ],
            "a {\n  color: blue;\n}",
        );
        case(
            &[
                (
                    "theme/css/x/a.scss",
                    "@import '../p', 'tones'; b { color: $c; }",
                ),
                partial,
                theirs,
            ],
            "a {\n  color: green;\n}\n\nb {\n  color: blue;\n}",
        );
        for path in ["/etc/passwd", "../../../etc/passwd", "C:\\\\x", "gone"] {
            let style = format!("\n@import \"{path}\";");
            let said = run(&[("theme/css/a.scss", &style)]);
            assert_eq!(
                said,
                "theme/css/a.scss:2:9 Can't find stylesheet to import."
            );
        }
    }

    #[test]
    fn a_fault_has_the_place_in_its_own_file() {
        case(
            &[
                ("theme/css/a.scss", "@use 'p';"),
                ("theme/css/_p.scss", "\na { color: $x; }"),
            ],
            "theme/css/_p.scss:2:12 Undefined variable.",
        );
    }
}
