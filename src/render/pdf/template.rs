//! The template of a document: the walker over the tree and the pages around it, a design for each
//! kind of document, and what the project has in their place.

use typst::foundations::Bytes;

use crate::config::Kind;
use crate::diagnostic::{Diagnostic, Severity, SourceText};
use crate::render::context::RenderContext;
use crate::site::{THEME_FOLDER, is_theme_file};
use crate::site_path::SitePath;
use crate::store::Key;

/// The folder of a theme that changes documents, and its name in the world of the engine.
const OWN: &str = "pdf";
/// How many bytes of it are read, one file with another.
const MOST: usize = 32 << 20;
/// How many files.
const MOST_FILES: usize = 1000;

/// What comes with the program.
const BUILT_IN: [(&str, &str); 7] = [
    ("/base.typ", include_str!("../../../themes/base/base.typ")),
    (
        "/tympan.typ",
        include_str!("../../../themes/base/tympan.typ"),
    ),
    ("/pages.typ", include_str!("../../../themes/base/pages.typ")),
    (
        "/themes/book.typ",
        include_str!("../../../themes/book/design.typ"),
    ),
    (
        "/themes/contract.typ",
        include_str!("../../../themes/contract/design.typ"),
    ),
    (
        "/themes/docs.typ",
        include_str!("../../../themes/docs/design.typ"),
    ),
    (
        "/themes/site.typ",
        include_str!("../../../themes/site/design.typ"),
    ),
];

/// The programs that lay out a document, and the files they may read beside its data.
pub(super) struct Template {
    /// The programs.
    pub(super) sources: Vec<(String, String)>,
    /// The files.
    pub(super) files: Vec<(String, Bytes)>,
    /// The folders of the project that lie over each other at `/theme/`, the last the uppermost.
    folders: Vec<SitePath>,
    /// The first file of the project that was not taken, since there are too many.
    left_out: Option<SitePath>,
}

impl Template {
    /// The template that comes with the program, for a kind of document.
    pub(super) fn built_in(kind: Kind) -> Self {
        Self::beginning(kind, Self::bare())
    }

    /// The built-in template, and over it what the project has of its own.
    pub(super) fn of(context: &RenderContext<'_>) -> Self {
        let site = context.site;
        let mut template = Self::bare();
        let named = site.config.html.theme.iter().cloned();
        let folders = named.chain(SitePath::parse(THEME_FOLDER));
        let folders = folders.filter_map(|folder| folder.resolve(OWN).ok());
        template.folders = folders.collect();
        let (mut room, mut files) = (MOST, 0);
        for folder in template.folders.clone() {
            for file in context.snapshot.files() {
                let Some(name) = file.path.below(&folder) else {
                    continue;
                };
                let size = usize::try_from(file.size).unwrap_or(usize::MAX);
                if !is_theme_file(&site.config, &file.path) {
                    continue;
                }
                if size > room || files == MOST_FILES {
                    template.left_out.get_or_insert_with(|| file.path.clone());
                    continue;
                }
                if let Ok(bytes) = context.snapshot.read(&file.path) {
                    room -= size;
                    files += 1;
                    template.own(&name, bytes);
                }
            }
        }
        Self::beginning(site.kind, template)
    }

    fn bare() -> Self {
        let sources = BUILT_IN.iter();
        let sources = sources.map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Self {
            sources: sources.collect(),
            files: Vec::new(),
            folders: Vec::new(),
            left_out: None,
        }
    }

    /// The template with the two files that the others ask for.
    fn beginning(kind: Kind, mut template: Self) -> Self {
        let kind = match kind {
            Kind::Site => "site",
            Kind::Docs => "docs",
            Kind::Book => "book",
            Kind::Contract => "contract",
        };
        template.begin("design", &format!("/themes/{kind}.typ"));
        template.begin("document", "/pages.typ");
        template
    }

    /// Adds a file of the project. Of two with one name the later is the upper one.
    fn own(&mut self, name: &SitePath, bytes: Vec<u8>) {
        let name = format!("/theme/{name}");
        if SitePath::parse(&name[1..]).is_ok_and(|path| path.extension() == "typ")
            && let Ok(text) = String::from_utf8(bytes.clone())
        {
            self.sources.retain(|(known, _)| *known != name);
            self.sources.push((name, text));
        } else {
            self.files.retain(|(known, _)| *known != name);
            self.files.push((name, Bytes::new(bytes)));
        }
    }

    /// The file that the others ask for a name, which the project or the program has.
    fn begin(&mut self, name: &str, built_in: &str) {
        let own = format!("/theme/{name}.typ");
        let is_own = self.sources.iter().any(|(known, _)| *known == own);
        let from = if is_own { own.as_str() } else { built_in };
        let text = format!("#import \"{from}\": {name}\n");
        self.sources.push((format!("/{name}.typ"), text));
    }

    /// Everything of it that decides the pages.
    pub(super) fn inputs(&self, mut key: Key) -> Key {
        for (name, text) in &self.sources {
            key = key.input(name, text.as_bytes());
        }
        for (name, bytes) in &self.files {
            key = key.input(name, bytes);
        }
        key
    }

    /// What is said of files that were not taken.
    pub(super) fn excess(&self) -> Option<Diagnostic> {
        let path = self.left_out.as_ref()?;
        let message = "the templates of documents have too many files, or too large ones";
        let most = format!(
            "at most {MOST_FILES} files of {} MiB together are read; this one and others are left out",
            MOST >> 20
        );
        let found = Diagnostic::new("pdf-template", Severity::Error, path, message);
        Some(found.help(most))
    }

    /// What is wrong with a file of the project, if the project has one that a message of the engine
    /// may be about. A message begins with the file and the line; where that file is the program's
    /// own, it was given what it cannot use.
    pub(super) fn fault(&self, context: &RenderContext<'_>, message: &str) -> Option<Diagnostic> {
        let named = || {
            let (name, rest) = message.strip_prefix("theme/")?.split_once(".typ:")?;
            let (line, text) = rest.split_once(": ")?;
            Some((format!("{name}.typ"), line.parse().ok()?, text))
        };
        let begun = || {
            let mut names = ["design.typ", "document.typ"].into_iter();
            let is_own = |name: &&str| {
                let own = format!("/theme/{name}");
                self.sources.iter().any(|(known, _)| *known == own)
            };
            Some((names.find(is_own)?.to_owned(), 1, message))
        };
        let (name, line, text): (String, usize, &str) = named().or_else(begun)?;
        let path = |folder: &SitePath| folder.resolve(&name).ok();
        let mut paths = self.folders.iter().rev().filter_map(path);
        let path = paths.find(|path| context.snapshot.holds(path))?;
        let (_, source) =
            (self.sources.iter()).find(|(known, _)| *known == format!("/theme/{name}"))?;
        let before: usize = source
            .split_inclusive('\n')
            .take(line.saturating_sub(1))
            .map(str::len)
            .sum();
        let length = source.get(before..)?.lines().next().map_or(0, str::len);
        let found = SourceText::new(&path, source).diagnostic(
            "pdf-template",
            Severity::Error,
            before..before + length,
            format!("the template of documents is broken: {text}"),
        );
        Some(found.help("the PDF is laid out by the built-in template instead"))
    }
}
