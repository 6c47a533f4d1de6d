//! One Markdown source: loaded once, kept by digest.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Severity, SourceText};
use crate::digest::Digest;
use crate::markdown::{Outline, Punctuation, Spanned, Tape, read, set_punctuation};
use crate::site::addresses::{humanize, is_index, route_of, url_of};
use crate::site::expand::{
    Expanded, Fault, FaultKind, Origins, Shortcodes, Surroundings, Variables, expand, might_call,
};
use crate::site::front_matter::{FrontMatter, read_front_matter};
use crate::site::languages::Place;
use crate::site_path::SitePath;

/// The largest page that is read, in bytes.
pub const MAX_PAGE: usize = 16 << 20;

/// One Markdown source and its route.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The source, relative to the project.
    pub path: SitePath,
    /// The source below the content folder, without the language that its name tells.
    pub place: SitePath,
    /// The language that its name tells, if it is not the project's own.
    pub language: Option<String>,
    /// The file it is served from, relative to the site, such as `guide/setup/index.html`.
    pub route: SitePath,
    /// What it says about itself.
    pub front: FrontMatter,
    /// The title: of the front matter, else of the first heading, else made from the file name.
    pub title: String,
    /// What the pages of its folder are told, by its digest; none if nothing.
    pub(super) settings: Option<Digest>,
    /// The whole file as it was written.
    pub file: Arc<str>,
    /// The file with its includes in place; spans of the outline are bytes of this.
    pub text: Arc<str>,
    /// Where the body begins in both.
    pub body: usize,
    /// What the body holds.
    pub outline: Outline,
    /// The body, parsed.
    tape: Tape,
    /// Whether its titles have the punctuation of its language and are no longer as they were typed.
    pub(super) is_titled: bool,
    /// The digest of the file and of everything it includes.
    pub digest: Digest,
    /// Files it includes.
    pub included: Vec<SitePath>,
    /// Constructs of other generators that are not understood.
    pub unknown: Vec<Fault>,
    /// Faults that were met while reading it.
    pub diagnostics: Vec<Diagnostic>,
    origins: Origins,
    own: Digest,
    /// The digest of the file's bytes.
    pub(super) bytes: Digest,
    /// Whether the text may hold calls, which see what the page says of itself.
    pub(super) calls: bool,
    /// How many of the faults are not about calls.
    plain_faults: usize,
}

/// What a page is read from.
pub struct PageSource<'a> {
    /// The file, relative to the project.
    pub path: &'a SitePath,
    /// Where it stands among the files of all languages.
    pub place: &'a Place,
    /// The file's bytes.
    pub bytes: &'a [u8],
}

/// What decides a page beside its own file.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The content folder.
    pub content: &'a SitePath,
    /// The project's configuration, for the names that text may use.
    pub config: &'a Config,
    /// The project's shortcodes.
    pub shortcodes: &'a Shortcodes,
    /// Files of the project.
    pub read: &'a (dyn Fn(&SitePath) -> Option<Arc<str>> + Sync),
}

impl Page {
    /// Reads a page. Nothing but the file, what it includes and what is around it decides the result.
    pub fn read(source: &PageSource<'_>, around: Around<'_>) -> Self {
        let path = source.path;
        let mut diagnostics = Vec::new();
        let file = decode(path, source.bytes, &mut diagnostics);
        let text = SourceText::new(path, &file);
        let (front, body, faults) = read_front_matter(&text, &file, &FrontMatter::default());
        diagnostics.extend(faults);
        let bytes = Digest::of(source.bytes);
        let mut page = Self {
            path: path.clone(),
            place: source.place.path.clone(),
            language: source.place.language.clone(),
            route: route_of(&source.place.path, front.slug.as_deref()),
            title: String::new(),
            body,
            outline: Outline::default(),
            tape: Tape::default(),
            is_titled: false,
            digest: bytes,
            own: bytes,
            bytes,
            calls: might_call(&file[body..]),
            settings: None,
            included: Vec::new(),
            unknown: Vec::new(),
            plain_faults: diagnostics.len(),
            diagnostics,
            origins: Origins::default(),
            text: Arc::clone(&file),
            file,
            front,
        };
        page.expand(around);
        page.name();
        page
    }

    /// A text that no file holds, as if it stood in the page that is served from `route`: nothing
    /// is included, and its links lead where those of the page would.
    pub fn of_text(at: Option<&Self>, content: &SitePath, route: &SitePath, text: &str) -> Self {
        let text: Arc<str> = text.into();
        let beside = || {
            content
                .resolve("_index.md")
                .unwrap_or_else(|_| SitePath::root())
        };
        let path = at.map_or_else(beside, |page| page.path.clone());
        let (outline, tape) = read(&text, 0);
        let digest = Digest::of(text.as_bytes());
        Self {
            place: at.map_or_else(|| path.clone(), |page| page.place.clone()),
            path,
            language: at.and_then(|page| page.language.clone()),
            route: route.clone(),
            front: FrontMatter {
                language: at.and_then(|page| page.front.language.clone()),
                ..FrontMatter::default()
            },
            title: String::new(),
            settings: None,
            file: Arc::clone(&text),
            text,
            body: 0,
            outline,
            tape,
            is_titled: false,
            digest,
            included: Vec::new(),
            unknown: Vec::new(),
            diagnostics: Vec::new(),
            origins: Origins::default(),
            own: digest,
            bytes: digest,
            calls: false,
            plain_faults: 0,
        }
    }

    /// Carries out the calls in the text, which see the front matter as it is now.
    pub(super) fn expand(&mut self, around: Around<'_>) {
        let text = SourceText::new(&self.path, &self.file);
        let surroundings = Surroundings {
            read: around.read,
            content: around.content,
            shortcodes: around.shortcodes,
            variables: &Variables::new(around.config, &self.front),
        };
        let expanded = expand(&self.path, Arc::clone(&self.file), self.body, surroundings);
        self.diagnostics.truncate(self.plain_faults);
        self.unknown.clear();
        for fault in &expanded.faults {
            match fault.kind {
                FaultKind::Unknown => self.unknown.push(fault.clone()),
                _ => self.diagnostics.push(include_fault(&text, fault)),
            }
        }
        let markdown = &expanded.text[self.body..];
        (self.outline, self.tape) = read(markdown, self.body);
        self.own = digest_of(self.bytes, &expanded, around.read);
        self.digest = self.own;
        self.included = expanded.included;
        self.origins = Origins::new(expanded.parts);
        self.text = expanded.text;
    }

    /// The files that the text came from, each with what it holds: its own first, then those it
    /// includes, once each.
    pub fn sources(&self) -> Vec<(&SitePath, &Arc<str>)> {
        let mut known = BTreeSet::new();
        let included = self.origins.files().map(|(path, text)| (path, text));
        let all = std::iter::once((&self.path, &self.file)).chain(included);
        all.filter(|(path, _)| known.insert(*path)).collect()
    }

    /// The Markdown, without front matter.
    pub fn markdown(&self) -> &str {
        &self.text[self.body..]
    }

    /// Reads the front matter again over what is said for all pages of its folder. The settings
    /// are part of what decides the page, so their digest becomes part of its own.
    pub(super) fn settle(
        &mut self,
        base: &FrontMatter,
        settings: Option<Digest>,
        around: Around<'_>,
    ) {
        let text = SourceText::new(&self.path, &self.file);
        // A fault of the page's own values was reported when it was read.
        let (front, ..) = read_front_matter(&text, &self.file, base);
        self.front = front;
        if self.calls {
            self.expand(around);
        }
        self.settings = settings;
        self.name();
    }

    /// Gives the page its title and its digest, once its text and its settings are known.
    pub(super) fn name(&mut self) {
        self.title = title_of(&self.front, &self.outline, &self.place);
        self.digest = match &self.settings {
            Some(settings) => {
                Digest::of_parts([self.own.hex().as_bytes(), settings.hex().as_bytes()])
            }
            None => self.own,
        };
    }

    /// The steps through the Markdown, which was parsed when the page was read.
    pub fn events(&self) -> Vec<Spanned<'_>> {
        self.tape.events(self.markdown(), self.body)
    }

    /// The steps through the Markdown, with its punctuation set as a language has it.
    pub fn events_set(&self, style: Option<Punctuation>) -> Vec<Spanned<'_>> {
        let mut events = self.events();
        if let Some(style) = style {
            set_punctuation(&mut events, self.markdown(), self.body, style);
        }
        events
    }

    /// The title for the navigation and for lists.
    pub fn short_title(&self) -> &str {
        self.front.link_title.as_deref().unwrap_or(&self.title)
    }

    /// The same page at another route.
    pub(super) fn rerouted(&self, route: SitePath) -> Self {
        Self {
            route,
            ..self.clone()
        }
    }

    /// Whether it is the page of its folder.
    pub fn is_index(&self) -> bool {
        is_index(&self.place)
    }

    /// Reports about a span of the text, at the place in the file that it came from.
    pub fn diagnostic(
        &self,
        code: &'static str,
        severity: Severity,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Diagnostic {
        let (path, place) = self.origins.locate(&self.path, &self.file, span);
        Diagnostic::new(code, severity, path, message).at(place)
    }

    /// The address readers see, such as `/guide/setup/`.
    pub fn url(&self) -> String {
        url_of(&self.route)
    }
}

fn decode(path: &SitePath, bytes: &[u8], diagnostics: &mut Vec<Diagnostic>) -> Arc<str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(error) => {
            let text = String::from_utf8_lossy(bytes).into_owned();
            let at = error.valid_up_to();
            let found = SourceText::new(path, &text)
                .diagnostic(
                    "page-encoding",
                    Severity::Error,
                    at..at + 3,
                    "the file is not valid UTF-8",
                )
                .help("save it as UTF-8; the broken bytes show as \u{fffd}");
            diagnostics.push(found);
            text.into()
        }
    }
}

fn include_fault(text: &SourceText<'_>, fault: &Fault) -> Diagnostic {
    let name = &fault.name;
    let code = match fault.kind {
        FaultKind::Shortcode => "shortcode-failed",
        FaultKind::Unclosed => "shortcode-unclosed",
        _ => "include-missing",
    };
    let (message, help) = match fault.kind {
        FaultKind::Shortcode => (
            format!("the shortcode {name}"),
            "correct the call, or the template in `shortcodes`",
        ),
        FaultKind::Unclosed => (
            format!("the shortcode `{name}` is opened and never closed"),
            "close it after the text that belongs inside",
        ),
        FaultKind::IncludePartMissing => (
            format!("the included part `{name}` does not exist"),
            "check the lines or the ANCHOR name",
        ),
        FaultKind::IncludeTooDeep => (
            format!("the include of `{name}` goes in a circle, too deep or too far"),
            "include less",
        ),
        _ => (
            format!("the included file `{name}` does not exist in the project"),
            "paths are relative to this file and stay inside the project",
        ),
    };
    text.diagnostic(code, Severity::Error, fault.span.clone(), message)
        .help(help)
}

fn title_of(front: &FrontMatter, outline: &Outline, path: &SitePath) -> String {
    let heading = outline.headings.iter().find(|heading| heading.level == 1);
    front
        .title
        .clone()
        .or_else(|| heading.map(|heading| heading.text.clone()))
        .filter(|title| !title.trim().is_empty())
        .unwrap_or_else(|| {
            let folder = path.parent();
            let named = if is_index(path) && !folder.is_root() {
                folder.file_name()
            } else {
                path.stem()
            };
            humanize(named)
        })
}

fn digest_of(
    bytes: Digest,
    expanded: &Expanded,
    read: &dyn Fn(&SitePath) -> Option<Arc<str>>,
) -> Digest {
    let included = expanded
        .included
        .iter()
        .map(|path| Digest::of(read(path).unwrap_or_default().as_bytes()));
    let mut parts: Vec<String> = included.map(|digest| digest.hex()).collect();
    parts.insert(0, bytes.hex());
    if !expanded.parts.is_empty() {
        // Variables come from elsewhere than the files.
        parts.push(Digest::of(expanded.text.as_bytes()).hex());
    }
    Digest::of_parts(parts.iter().map(String::as_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &PageSource<'_>, content: &SitePath) -> Page {
        let around = Around {
            content,
            config: &Config::default(),
            shortcodes: &Shortcodes::default(),
            read: &|_| None,
        };
        Page::read(source, around)
    }

    fn page(path: &str, text: &str) -> Page {
        let (path, content) = (
            SitePath::parse(path).unwrap(),
            SitePath::parse("content").unwrap(),
        );
        let place = Place {
            language: None,
            path: path.below(&content).unwrap(),
        };
        let source = PageSource {
            path: &path,
            place: &place,
            bytes: text.as_bytes(),
        };
        read(&source, &content)
    }

    #[track_caller]
    fn route(path: &str, text: &str, expected: &str) {
        assert_eq!(page(path, text).url(), expected);
    }

    proptest::proptest! {
        /// Whatever a file is called, its page stands in its folder and not in its place.
        #[test]
        fn no_name_takes_the_place_of_its_folder(
            name in "[^/\\\\\\x00-\\x1f]{1,9}",
            slug in proptest::option::of("[./:a]{0,4}"),
        ) {
            if let Ok(path) = SitePath::parse(&format!("guide/{name}.md"))
                && path.parent().as_str() == "guide"
                && !is_index(&path)
            {
                let route = route_of(&path, slug.as_deref());
                proptest::prop_assert!(route.is_within(&path.parent()), "{}", route);
                proptest::prop_assert_ne!(route.as_str(), "guide/index.html");
            }
        }
    }

    #[test]
    fn a_name_that_is_no_path_by_itself_becomes_a_word() {
        for (path, expected) in [
            ("guide/a:b.md", "guide/ab/index.html"),
            ("guide/...md", "guide/section/index.html"),
            ("guide/..md", "guide/section/index.html"),
        ] {
            let path = SitePath::parse(path).unwrap();
            assert_eq!(route_of(&path, None).as_str(), expected);
            assert_eq!(route_of(&path, Some(".")).as_str(), expected);
        }
    }

    #[test]
    fn a_page_takes_its_file_name_and_an_index_its_folder() {
        route("content/guide/setup.md", "", "/guide/setup/");
        route("content/guide/index.md", "", "/guide/");
        route("content/guide/_index.md", "", "/guide/");
        route("content/README.md", "", "/");
        route("content/404.md", "", "/404.html");
        route("content/a b/ü.md", "", "/a b/ü/");
    }

    #[test]
    fn a_slug_takes_the_place_of_the_name() {
        route("content/news/x.md", "---\nslug: y\n---\n", "/news/y/");
        route("content/news/x/index.md", "---\nslug: y\n---\n", "/news/y/");
        route("content/news/x.md", "---\nslug: ../../y\n---\n", "/news/x/");
    }

    #[test]
    fn titles_come_from_the_nearest_place() {
        assert_eq!(page("content/a.md", "---\ntitle: T\n---\n# H\n").title, "T");
        assert_eq!(page("content/a.md", "# H `c`\n").title, "H c");
        assert_eq!(
            page("content/getting-started.md", "").title,
            "Getting started"
        );
        assert_eq!(page("content/guides/index.md", "").title, "Guides");
    }

    #[test]
    fn broken_bytes_are_reported_where_they_stand() {
        let path = SitePath::parse("content/a.md").unwrap();
        let place = Place {
            language: None,
            path: path.clone(),
        };
        let source = PageSource {
            path: &path,
            place: &place,
            bytes: b"ab\n\xffc",
        };
        let page = read(&source, &SitePath::root());
        let place = page.diagnostics[0].place.as_ref().unwrap();
        assert_eq!(
            (page.diagnostics[0].code.as_ref(), place.line, place.column),
            ("page-encoding", 2, 1)
        );
    }
}
