//! One Markdown source: loaded once, kept by digest.

use std::ops::Range;
use std::sync::Arc;

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Severity, SourceText};
use crate::digest::Digest;
use crate::markdown::{Outline, outline};
use crate::site::expand::{
    Expanded, Fault, FaultKind, Part, Shortcodes, Surroundings, Variables, expand, locate,
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
    /// The digest of the file and of everything it includes.
    pub digest: Digest,
    /// Files it includes.
    pub included: Vec<SitePath>,
    /// Constructs of other generators that are not understood.
    pub unknown: Vec<Fault>,
    /// Faults that were met while reading it.
    pub diagnostics: Vec<Diagnostic>,
    parts: Vec<Part>,
    own: Digest,
}

/// What a page is read from.
pub struct PageSource<'a> {
    /// The file, relative to the project.
    pub path: &'a SitePath,
    /// The content folder.
    pub content: &'a SitePath,
    /// Where it stands among the files of all languages.
    pub place: &'a Place,
    /// The file's bytes.
    pub bytes: &'a [u8],
    /// The project's configuration, for the names that text may use.
    pub config: &'a Config,
    /// The project's shortcodes.
    pub shortcodes: &'a Shortcodes,
}

impl Page {
    /// Reads a page. Nothing but the file, what it includes and the source's other fields decides
    /// the result.
    pub fn read(source: &PageSource<'_>, read: &dyn Fn(&SitePath) -> Option<Arc<str>>) -> Self {
        let path = source.path;
        let mut diagnostics = Vec::new();
        let file: Arc<str> = decode(path, source.bytes, &mut diagnostics).into();
        let text = SourceText::new(path, &file);
        let (front, body, faults) = read_front_matter(&text, &file, &FrontMatter::default());
        diagnostics.extend(faults);
        let around = Surroundings {
            read,
            content: source.content,
            shortcodes: source.shortcodes,
            variables: &Variables::new(source.config, &front),
        };
        let expanded = expand(path, Arc::clone(&file), body, around);
        let mut unknown = Vec::new();
        for fault in &expanded.faults {
            match fault.kind {
                FaultKind::Unknown => unknown.push(fault.clone()),
                _ => diagnostics.push(include_fault(&text, fault)),
            }
        }
        let outline = outline(&expanded.text[body..], body);
        let title = title_of(&front, &outline, &source.place.path);
        let route = route_of(&source.place.path, front.slug.as_deref());
        let own = digest_of(source.bytes, &expanded, read);
        Self {
            path: path.clone(),
            place: source.place.path.clone(),
            language: source.place.language.clone(),
            route,
            title,
            body,
            outline,
            digest: own,
            own,
            settings: None,
            included: expanded.included,
            unknown,
            diagnostics,
            parts: expanded.parts,
            text: expanded.text,
            file,
            front,
        }
    }

    /// The Markdown, without front matter.
    pub fn markdown(&self) -> &str {
        &self.text[self.body..]
    }

    /// Reads the front matter again over what is said for all pages of its folder. The settings
    /// are part of what decides the page, so their digest becomes part of its own.
    pub(super) fn settle(&mut self, base: &FrontMatter, settings: Option<Digest>) {
        let text = SourceText::new(&self.path, &self.file);
        // A fault of the page's own values was reported when it was read.
        let (front, ..) = read_front_matter(&text, &self.file, base);
        self.title = title_of(&front, &self.outline, &self.place);
        self.front = front;
        self.digest = match &settings {
            Some(settings) => {
                Digest::of_parts([self.own.hex().as_bytes(), settings.hex().as_bytes()])
            }
            None => self.own,
        };
        self.settings = settings;
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
        let (path, place) = locate(&self.path, &self.file, &self.parts, span);
        Diagnostic::new(code, severity, path, message).at(place)
    }

    /// The address readers see, such as `/guide/setup/`.
    pub fn url(&self) -> String {
        url_of(&self.route)
    }
}

/// The address of a route's file: `guide/index.html` is `/guide/`.
pub fn url_of(route: &SitePath) -> String {
    match route.file_name() {
        "index.html" if route.parent().is_root() => "/".to_owned(),
        "index.html" => format!("/{}/", route.parent()),
        _ => format!("/{route}"),
    }
}

/// Whether a file is the page of its folder, by the names of any generator.
pub(super) fn is_index(path: &SitePath) -> bool {
    ["index", "_index"].contains(&path.stem()) || path.stem().eq_ignore_ascii_case("readme")
}

/// Whether a file is a page.
pub fn is_page(path: &SitePath) -> bool {
    matches!(
        path.extension().to_ascii_lowercase().as_str(),
        "md" | "markdown"
    )
}

fn decode(path: &SitePath, bytes: &[u8], diagnostics: &mut Vec<Diagnostic>) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
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
            text
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

/// A title for a file without one: `getting-started` is `Getting started`.
pub(super) fn humanize(name: &str) -> String {
    let words = name.replace(['-', '_'], " ");
    let mut letters = words.trim().chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// The route that a file's place and its slug give it.
pub(super) fn route_of(below: &SitePath, slug: Option<&str>) -> SitePath {
    let slug = slug.and_then(|slug| SitePath::parse(slug.trim_matches('/')).ok());
    let folder = match (is_index(below), slug) {
        (true, Some(slug)) if !below.parent().is_root() => below.parent().parent().join(&slug),
        (true, _) => below.parent(),
        (false, Some(slug)) => below.parent().join(&slug),
        (false, None) if below.as_str() == "404.md" => {
            return SitePath::parse("404.html").expect("a plain name is a path");
        }
        (false, None) => {
            let name = SitePath::parse(below.stem()).unwrap_or_else(|_| SitePath::root());
            below.parent().join(&name)
        }
    };
    folder.join(&SitePath::parse("index.html").expect("a plain name is a path"))
}

fn digest_of(
    bytes: &[u8],
    expanded: &Expanded,
    read: &dyn Fn(&SitePath) -> Option<Arc<str>>,
) -> Digest {
    let included = expanded
        .included
        .iter()
        .map(|path| Digest::of(read(path).unwrap_or_default().as_bytes()));
    let mut parts: Vec<String> = included.map(|digest| digest.hex()).collect();
    parts.insert(0, Digest::of(bytes).hex());
    if !expanded.parts.is_empty() {
        // Variables come from elsewhere than the files.
        parts.push(Digest::of(expanded.text.as_bytes()).hex());
    }
    Digest::of_parts(parts.iter().map(String::as_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str, text: &str) -> Page {
        let (path, content) = (
            SitePath::parse(path).unwrap(),
            SitePath::parse("content").unwrap(),
        );
        let place = Place {
            language: None,
            path: path.below(&content).unwrap(),
        };
        Page::read(
            &PageSource {
                path: &path,
                content: &content,
                place: &place,
                bytes: text.as_bytes(),
                config: &Config::default(),
                shortcodes: &Shortcodes::default(),
            },
            &|_| None,
        )
    }

    #[track_caller]
    fn route(path: &str, text: &str, expected: &str) {
        assert_eq!(page(path, text).url(), expected);
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
            content: &SitePath::root(),
            place: &place,
            bytes: b"ab\n\xffc",
            config: &Config::default(),
            shortcodes: &Shortcodes::default(),
        };
        let page = Page::read(&source, &|_| None);
        let place = page.diagnostics[0].place.as_ref().unwrap();
        assert_eq!(
            (page.diagnostics[0].code.as_ref(), place.line, place.column),
            ("page-encoding", 2, 1)
        );
    }
}
