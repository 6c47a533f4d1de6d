//! The book as an archive: epub-builder puts it together, and what it leaves out of the package
//! document is put right afterwards.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use epub_builder::{EpubBuilder, EpubContent, EpubVersion, ZipLibrary};

use crate::config::Writing;
use crate::render::epub::archive::rewrite;
use crate::render::epub::book::Book;
use crate::render::epub::fonts::Fonts;
use crate::render::epub::headings::Ids;
use crate::render::epub::images::{Picture, Pictures};
use crate::render::epub::metadata::{Holdings, metadata};
use crate::render::epub::nav::{List, finish_ncx, nav};
use crate::render::epub::pages::{attribute, colophon, cover, imprint, part, title_page};
use crate::render::epub::paper::Paper;

/// The style of every book.
pub(super) const STYLE: &str = include_str!("../../../themes/base/epub.css");
/// The style of books whose lines run from top to bottom.
pub(super) const VERTICAL: &str = include_str!("../../../themes/base/epub-vertical.css");

/// The documents and pictures that are to be packed.
pub(super) struct Parts<'a> {
    pub book: &'a Book<'a>,
    /// Its lists of figures and tables.
    pub lists: &'a [List],
    /// The ids and headings of every chapter.
    pub ids: &'a [&'a Ids],
    /// A document for every chapter, in the same order.
    pub chapters: &'a [Finished],
    pub pictures: &'a Pictures,
    pub cover: &'a Picture,
    pub fonts: &'a Fonts,
    /// Where the pages of paper begin.
    pub paper: &'a Paper,
}

/// A chapter that is ready.
pub(super) struct Finished {
    pub xhtml: String,
    pub svg: bool,
    pub mathml: bool,
    pub holdings: Holdings,
}

/// Packs a book.
pub(super) fn pack(parts: &Parts<'_>) -> Result<Vec<u8>, String> {
    let fault = |error: epub_builder::Error| error.to_string();
    let mut raw = Vec::new();
    let mut builder = EpubBuilder::new(ZipLibrary::new().map_err(fault)?).map_err(fault)?;
    fill(parts, &mut builder).map_err(fault)?;
    builder.generate(&mut raw).map_err(fault)?;
    let mut finished = BTreeMap::new();
    let navigation = nav(parts.book, parts.ids, parts.lists, &parts.paper.list);
    finished.insert("OEBPS/nav.xhtml", navigation);
    rewrite(&raw, finished, |name, text| match name {
        "OEBPS/content.opf" => finish_package(parts, text),
        "OEBPS/toc.ncx" => finish_ncx(parts.book, parts.ids, text),
        _ => None,
    })
}

/// The pages of a book that are no chapters.
pub(super) fn pages_around(
    book: &Book<'_>,
    ids: &[&Ids],
    lists: &[List],
    paper: &Paper,
) -> Vec<String> {
    let mut pages = vec![
        title_page(book),
        imprint(book),
        colophon(book, &[]),
        nav(book, ids, lists, &paper.list),
    ];
    pages.extend(book.parts.iter().map(|above| part(book, above, "")));
    pages
}

fn fill(parts: &Parts<'_>, builder: &mut EpubBuilder<ZipLibrary>) -> epub_builder::Result<()> {
    let book = parts.book;
    builder.epub_version(EpubVersion::V33);
    builder.metadata("title", book.title.as_str())?;
    builder.metadata("toc_name", book.words.get("contents"))?;
    // The setter of the direction is not heeded; the metadata of the same name is.
    builder.metadata("direction", book.progression())?;
    let style = style(book, parts.fonts);
    builder.stylesheet(style.as_bytes())?;
    let picture = parts.cover;
    builder.add_cover_image(&picture.file, picture.bytes.as_slice(), picture.media_type)?;
    let page = cover(book, picture);
    builder.add_content(EpubContent::new("cover.xhtml", page.as_bytes()))?;
    let mut add = |file: &str, page: &str| {
        builder
            .add_content(EpubContent::new(file, page.as_bytes()))
            .map(drop)
    };
    add("titlepage.xhtml", &title_page(book))?;
    add("imprint.xhtml", &imprint(book))?;
    for (at, (chapter, ready)) in book.chapters.iter().zip(parts.chapters).enumerate() {
        for (number, above) in book.parts.iter().enumerate() {
            if above.before == at {
                add(
                    &above.file,
                    &part(book, above, &parts.paper.of_part(book, number)),
                )?;
            }
        }
        add(&chapter.file, &ready.xhtml)?;
    }
    add("colophon.xhtml", &colophon(book, &parts.fonts.names))?;
    for font in parts.fonts.resources() {
        builder.add_resource(&font.file, font.bytes.as_slice(), font.media_type)?;
    }
    for picture in parts.pictures.found.values() {
        builder.add_resource(&picture.file, picture.bytes.as_slice(), picture.media_type)?;
    }
    Ok(())
}

/// The style of a book: that of all books, how its lines run, and its fonts.
fn style(book: &Book<'_>, fonts: &Fonts) -> String {
    let mode = match book.writing {
        Writing::Horizontal => None,
        Writing::VerticalRl => Some("vertical-rl"),
        Writing::VerticalLr => Some("vertical-lr"),
    };
    let vertical = mode.map_or(String::new(), |mode| VERTICAL.replace("vertical-rl", mode));
    [STYLE, &vertical, &fonts.style].concat()
}

/// Completes the package document: language, direction, metadata, properties, reading order.
fn finish_package(parts: &Parts<'_>, package: &str) -> Option<String> {
    let book = parts.book;
    let all = parts.chapters.iter().map(|chapter| chapter.holdings);
    let holdings = all.fold(Holdings::default(), |sum, one| Holdings {
        images: sum.images | one.images,
        images_without_text: sum.images_without_text | one.images_without_text,
        animations: sum.animations | one.animations,
        math: sum.math | one.math,
    });
    let manifest = between(package, "<manifest>", "</manifest>")?;
    let spine = between(package, "<spine", "</spine>")?;
    let properties: BTreeMap<&str, String> = book
        .chapters
        .iter()
        .zip(parts.chapters)
        .map(|(chapter, ready)| {
            let names = [("mathml", ready.mathml), ("svg", ready.svg)];
            let names: Vec<&str> = names
                .iter()
                .filter(|known| known.1)
                .map(|known| known.0)
                .collect();
            (chapter.file.as_str(), names.join(" "))
        })
        .filter(|(_, names)| !names.is_empty())
        .collect();
    let items: Vec<String> = manifest
        .lines()
        .map(|line| with_properties(line, &properties))
        .collect();
    // The table of contents is read after the imprint.
    let titles = "<itemref idref=\"id_imprint.xhtml\"/>";
    let spine = spine.replacen(
        titles,
        &format!("{titles}\n    <itemref idref=\"nav\"/>"),
        1,
    );
    let mut guide = format!(
        "<reference type=\"toc\" title=\"{}\" href=\"nav.xhtml\"/>",
        attribute(book.words.get("contents"))
    );
    let _ = write!(
        guide,
        "\n    <reference type=\"cover\" title=\"{}\" href=\"cover.xhtml\"/>",
        attribute(book.words.get("cover"))
    );
    if let Some(start) = book.start() {
        let _ = write!(
            guide,
            "\n    <reference type=\"text\" title=\"{}\" href=\"{}\"/>",
            attribute(book.words.get("start_of_text")),
            attribute(start)
        );
    }
    Some(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <package xmlns=\"http://www.idpf.org/2007/opf\" version=\"3.0\" \
         unique-identifier=\"identifier\" xml:lang=\"{language}\" dir=\"{direction}\">\n  \
         {metadata}\n  <manifest>{items}</manifest>\n  <spine{spine}</spine>\n  \
         <guide>\n    {guide}\n  </guide>\n</package>\n",
        language = book.language,
        direction = book.direction,
        metadata = metadata(book, holdings, parts.paper.source.as_deref()),
        items = items.join("\n"),
    ))
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0)
}

/// The manifest line of a document that holds SVG or MathML says so.
fn with_properties(line: &str, properties: &BTreeMap<&str, String>) -> String {
    match between(line, " href=\"", "\"").and_then(|href| properties.get(href)) {
        Some(kinds) => line.replacen("<item ", &format!("<item properties=\"{kinds}\" "), 1),
        None => line.to_owned(),
    }
}
