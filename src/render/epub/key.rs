//! The key of a finished book: everything that can change a byte of it.

use crate::digest::Digest;
use crate::render::epub::book::{Book, Entry};
use crate::render::epub::fonts::licences;
use crate::render::epub::package::{STYLE, VERTICAL};
use crate::store::Key;

/// The version of this step; it changes with its output.
const VERSION: u32 = 10;

/// Names every input. Links may lead to any page, file or list of the site, so all their places
/// count; of pages that are not in the book only the place and the title do.
pub(super) fn key(book: &Book<'_>) -> Key {
    let site = book.context.site;
    let mut key = Key::new("epub", VERSION)
        .input("tympan", env!("CARGO_PKG_VERSION").as_bytes())
        .input("style", STYLE.as_bytes())
        .input("vertical style", VERTICAL.as_bytes())
        .input("fonts", &[u8::from(cfg!(feature = "epub-fonts"))])
        .input("colors", &[u8::from(cfg!(feature = "highlight"))])
        .input("ink", format!("{:?}", book.document.epub.images).as_bytes())
        .input("cover", book.cover().inputs(&book.context).as_bytes())
        .digest("book", list(about(book)))
        .digest("contents", list(contents(&book.toc)));
    for chapter in &book.chapters {
        let page = chapter.page;
        let digest = page.digest.hex();
        let headings = page.outline.headings.iter();
        let numbers: Vec<&str> = headings
            .map(|heading| heading.number.as_deref().unwrap_or(""))
            .collect();
        let numbers = numbers.join("\n");
        let parts = [
            numbers.as_str(),
            chapter.file.as_str(),
            &chapter.title,
            chapter.number.as_deref().unwrap_or(""),
            chapter.matter.kind,
            &chapter.language,
            page.path.as_str(),
            &digest,
        ];
        key = key.digest(format!("chapter {}", page.path), list(parts));
    }
    let images = book.context.assets.images.iter();
    let images = images.map(|(path, image)| format!("{path} {} {:?}", image.digest, image.kind));
    let pages = site.pages.iter();
    let pages = pages.map(|page| format!("{}\n{}\n{}", page.path, page.route, page.title));
    let sections = site.sections.iter();
    let sections =
        sections.map(|(path, section)| format!("{path}\n{}\n{:?}", section.route, section.page));
    let labels = site.labels.values().flatten();
    let labels = labels.map(|found| format!("{found:?}"));
    let files = site.files.iter().map(ToString::to_string);
    let tags = site
        .taxonomies
        .iter()
        .flat_map(|taxonomy| &taxonomy.terms)
        .map(|term| term.route.to_string());
    let documents = site.documents.iter().flat_map(|document| {
        let formats = document.formats.iter();
        formats.map(|format| document.route(*format).to_string())
    });
    let redirects = site.redirects.iter();
    let redirects = redirects.map(|redirect| format!("{}\n{}", redirect.from, redirect.to));
    key.digest("images", list(images))
        .digest("pages", list(pages))
        .digest("sections", list(sections))
        .digest("files", list(files))
        .digest("labels", list(labels))
        .digest("routes", list(tags.chain(documents).chain(redirects)))
}

fn about(book: &Book<'_>) -> Vec<String> {
    let site = book.context.site;
    let config = &site.config;
    let document = book.document;
    let mut parts = vec![
        book.title.clone(),
        book.language.clone(),
        book.identifier.clone(),
        book.modified.clone(),
        format!("{:?} {}", config.project.base_url, site.content),
        format!("{:?} {:?}", document.epub, document.about),
        format!("{:?} {:?} {:?}", site.kind, config.markdown, config.strings),
        format!("{:?} {:?}", site.bibliography, site.index),
        format!("{:?}", book.places),
    ];
    for font in &document.epub.fonts {
        let bytes = book.context.snapshot.read(font).unwrap_or_default();
        parts.push(format!("{font} {}", Digest::of(&bytes)));
    }
    for licence in licences(book) {
        parts.push(format!("{} {}", licence.path, Digest::of(&licence.bytes)));
    }
    // The imprint names a clean commit only.
    if !site.source.dirty {
        parts.push(format!("{:?} {:?}", site.source.commit, site.source.time));
    }
    parts
}

fn contents(entries: &[Entry]) -> Vec<String> {
    let mut lines = Vec::new();
    for entry in entries {
        lines.push(format!(
            "{} {:?} {:?} {}",
            entry.title,
            entry.part,
            entry.chapter,
            entry.children.len()
        ));
        lines.extend(contents(&entry.children));
    }
    lines
}

fn list(parts: impl IntoIterator<Item = impl AsRef<str>>) -> Digest {
    let parts: Vec<_> = parts.into_iter().collect();
    Digest::of_parts(parts.iter().map(|part| part.as_ref().as_bytes()))
}
