//! Where the links and images of a chapter lead once they are in a book: into the book, to the
//! site's address, or nowhere, in which case their text stays.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Severity};
use crate::render::dom::{Content, Element, Fragment, NodeId, Space};
use crate::render::epub::book::{Book, Chapter};
use crate::render::epub::headings::Ids;
use crate::render::epub::images::{Pictures, source};
use crate::render::naming::{bare, link_name};
use crate::site::{LinkTarget, Page, url_of};
use crate::site_path::SitePath;

/// What the links of a chapter are resolved with.
pub(super) struct Surroundings<'a> {
    pub book: &'a Book<'a>,
    pub ids: &'a [&'a Ids],
    pub pictures: &'a Pictures,
}

/// Resolves every image and link of a chapter.
pub(super) fn connect(tree: &mut Fragment, at: usize, around: &Surroundings<'_>) {
    let chapter = &around.book.chapters[at];
    for id in tree.elements() {
        if tree.is(id, "img") {
            connect_image(tree, id, chapter, around);
        }
    }
    for id in tree.elements() {
        let Some(element) = tree.element_mut(id).filter(|element| element.is("a")) else {
            continue;
        };
        let target = element.remove("href");
        let href = target
            .as_ref()
            .and_then(|target| resolve(target, at, around));
        if let (Some(target), Some(href)) = (target, href) {
            element.set("href", href);
            if is_silent(tree, id) {
                name(
                    tree,
                    id,
                    &link_name(around.book.context.site, chapter.page, &target),
                );
            }
        } else if element.get("id").is_some() {
            "span".clone_into(&mut element.name);
            for name in ["role", "epub:type", "aria-label"] {
                element.remove(name);
            }
        } else {
            tree.unwrap(id);
        }
    }
}

/// Whether a link has nothing that can be read out: no letter, and no picture with a text.
fn is_silent(tree: &Fragment, link: NodeId) -> bool {
    let has = |element: &Element, name: &str| {
        let found = element.get(name);
        found.is_some_and(|text| !text.trim().is_empty())
    };
    let speaks = |id: NodeId| match tree.element(id) {
        Some(element) if element.is("img") => has(element, "alt"),
        Some(element) => element.space != Space::Html || has(element, "aria-label"),
        None => matches!(tree.content(id), Content::Text(text) if !text.trim().is_empty()),
    };
    let names = ["aria-label", "title"];
    let named = tree
        .element(link)
        .is_some_and(|link| names.iter().any(|name| has(link, name)));
    !named && !tree.walk_below(link).any(speaks)
}

/// Names a link that has no words. One that shows nothing either is none.
fn name(tree: &mut Fragment, link: NodeId, name: &str) {
    let shows = tree.walk_below(link).any(|id| tree.is(id, "img"));
    match tree.element_mut(link) {
        Some(element) if shows || element.get("id").is_some() => element.set("aria-label", name),
        _ => tree.unwrap(link),
    }
}

fn resolve(target: &str, at: usize, around: &Surroundings<'_>) -> Option<String> {
    let book = around.book;
    let site = book.context.site;
    let below = |base: Option<&str>, path: &str| {
        let base = base?.trim_end_matches('/');
        Some(address(&format!("{base}/{}", path.trim_start_matches('/'))))
    };
    let outside = |path: &str| below(site.config.project.base_url.as_deref(), path);
    let inside = |at: usize, fragment: &str| {
        let name = around.ids.get(at)?.known.get(fragment)?;
        Some(format!("#{name}"))
    };
    match site.resolve(book.chapters[at].page, target) {
        LinkTarget::Fragment(fragment) => inside(at, &fragment),
        LinkTarget::Page(page, fragment) => {
            if let Some(there) = book.chapter_of(page) {
                let place = fragment.and_then(|fragment| inside(there, &fragment));
                let file = &book.chapters[there].file;
                return Some(format!("{file}{}", place.unwrap_or_default()));
            }
            let place = fragment.map_or(String::new(), |fragment| format!("#{fragment}"));
            outside(&format!("{}{place}", site_address(&site.page(page).route)))
        }
        LinkTarget::Route(route) => outside(&site_address(&route)),
        LinkTarget::Elsewhere(file, fragment) => {
            let place = fragment.map_or(String::new(), |fragment| format!("#{fragment}"));
            below(
                site.release_url(),
                &format!("{}{place}", site_address(&file)),
            )
        }
        LinkTarget::File(path) => {
            let file = site.place_in_release(&site.file_route(&path));
            below(site.release_url(), &file.to_url())
        }
        LinkTarget::External(url) => external(&url),
        LinkTarget::Missing(_) | LinkTarget::Outside | LinkTarget::Unsafe | LinkTarget::Empty => {
            None
        }
    }
}

fn site_address(route: &SitePath) -> String {
    let url = url_of(&SitePath::parse(&route.to_url()).unwrap_or_else(|_| route.clone()));
    url.trim_start_matches('/').to_owned()
}

/// An address that a reading system can open; one without a host is none.
fn external(url: &str) -> Option<String> {
    let url = match url.strip_prefix("//") {
        Some(rest) => format!("https://{rest}"),
        None => url.to_owned(),
    };
    let (scheme, rest) = url.split_once(':')?;
    let web = ["http", "https", "ftp"].contains(&scheme.to_ascii_lowercase().as_str());
    let host = rest.trim_start_matches('/');
    let host = host.split(['/', '?', '#']).next().unwrap_or("");
    let good = |c: char| c.is_alphanumeric() || ".-_:@[]%".contains(c);
    let hosted = !host.is_empty() && host.chars().all(good);
    (!web || hosted).then(|| address(&url))
}

/// The address with everything escaped that RFC 3986 does not allow to stand bare.
fn address(url: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(url.len());
    let host_end = url.find("//").map_or(0, |at| {
        let rest = &url[at + 2..];
        at + 2 + rest.find(['/', '?', '#']).unwrap_or(rest.len())
    });
    let mut hash = false;
    for (at, c) in url.char_indices() {
        let escape = match c {
            '[' | ']' => at >= host_end,
            '#' => std::mem::replace(&mut hash, true),
            '%' => {
                let hex = url.as_bytes().get(at + 1..at + 3);
                !hex.is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
            }
            c => c.is_control() || c.is_whitespace() || "\"<>\\^`{|}".contains(c),
        };
        if escape {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

fn connect_image(
    tree: &mut Fragment,
    id: NodeId,
    chapter: &Chapter<'_>,
    around: &Surroundings<'_>,
) {
    let context = &around.book.context;
    let picture = source(context, chapter.page, tree, id)
        .and_then(|source| around.pictures.found.get(&source));
    let Some(element) = tree.element_mut(id) else {
        return;
    };
    if let Some(picture) = picture {
        element.set("src", picture.file.clone());
        let sized = element.get("width").is_some() || element.get("height").is_some();
        if !sized && picture.width > 0 && picture.height > 0 && element.get("style").is_none() {
            element.set("width", picture.width.to_string());
            element.set("height", picture.height.to_string());
        }
        return;
    }
    let alt = element.get("alt").unwrap_or("").to_owned();
    let address = element
        .get("src")
        .and_then(|src| remote(context.site.resolve(chapter.page, src)));
    let text = match (&address, alt.is_empty()) {
        (Some(address), true) => bare(address).to_owned(),
        _ => alt,
    };
    let linked = tree.ancestors(id).any(|id| tree.is(id, "a"));
    let text = tree.create(Content::Text(text));
    tree.insert_before(id, text);
    if let (Some(address), false) = (address, linked) {
        tree.wrap(text, Element::html("a").with("href", address));
    }
    tree.detach(id);
}

fn remote(target: LinkTarget) -> Option<String> {
    match target {
        LinkTarget::External(url) if !url.starts_with("mailto:") => external(&url),
        _ => None,
    }
}

/// Reports images that a book cannot carry because they lie elsewhere.
pub(super) fn remote_images(book: &Book<'_>) -> Vec<Diagnostic> {
    let in_page = |page: &Page| -> Vec<Diagnostic> {
        let remote = page
            .outline
            .images
            .iter()
            .filter(|image| remote(book.context.site.resolve(page, &image.target)).is_some());
        remote
            .map(|image| {
                let message = format!(
                    "the e-book cannot carry the image `{}`, which lies on another server",
                    image.target
                );
                let found = page.diagnostic(
                    "epub-remote-image",
                    Severity::Warning,
                    image.span.clone(),
                    message,
                );
                found.help("copy the image into the project; until then the e-book has a link")
            })
            .collect()
    };
    book.chapters
        .iter()
        .flat_map(|chapter| in_page(chapter.page))
        .collect()
}

/// Reports images that could not be read or converted.
pub(super) fn broken_images(book: &Book<'_>, pictures: &Pictures) -> Vec<Diagnostic> {
    let mut found = BTreeMap::new();
    for chapter in &book.chapters {
        for image in &chapter.page.outline.images {
            let LinkTarget::File(path) = book.context.site.resolve(chapter.page, &image.target)
            else {
                continue;
            };
            if let Some(reason) = pictures.broken.get(&path) {
                found.entry(path).or_insert_with_key(|path| {
                    let message = format!("the e-book leaves the image `{path}` out: {reason}");
                    let span = image.span.clone();
                    let found =
                        chapter
                            .page
                            .diagnostic("epub-image", Severity::Warning, span, message);
                    found.help("use a JPEG, PNG, GIF or SVG file")
                });
            }
        }
    }
    found.into_values().collect()
}
