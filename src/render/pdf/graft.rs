//! Marks on a finished PDF. The pages, tags, links and bookmarks stay as they are: a mark is an
//! artifact, a form that is painted before the page itself, or after it.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use crate::config::Bates;
use crate::render::pdf::exhibits::{Exhibit, append};
use crate::render::pdf::letters::Letters;
use crate::render::pdf::mark::word_mark;
use crate::render::pdf::sheets::pages;

/// The size of what stands at the foot of pages, and how far it stands from the edges, in points.
const FOOT_SIZE: f32 = 8.0;
const FOOT_MARGIN: [f32; 2] = [28.0, 17.0];

/// What is done to a PDF that is laid out.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Marks {
    /// A word across every page.
    pub(super) word: Option<String>,
    /// Numbers at the foot of every page, which count through several documents.
    pub(super) bates: Option<Bates>,
    /// A line at the foot of every page that says what it was made from.
    pub(super) source: Option<String>,
    /// How far pictures go beyond the edge that is cut, in points, where there are crop marks.
    pub(super) bleed: Option<f32>,
}

/// Where something stands at the foot of a page.
#[derive(Debug, Clone, Copy)]
enum Side {
    Left,
    Right,
}

/// Appends the exhibits of a PDF, marks it and packs its objects into streams, which halves a tagged
/// file. Says besides how many pages were appended.
pub(super) fn finish(
    bytes: &[u8],
    marks: &Marks,
    exhibits: Vec<Exhibit>,
) -> Result<(Vec<u8>, usize), String> {
    let fault = |error: lopdf::Error| format!("cannot read the PDF that was laid out: {error}");
    let mut document = Document::load_mem(bytes).map_err(fault)?;
    show_title(&mut document).map_err(fault)?;
    if let Some(bleed) = marks.bleed {
        set_bleed(&mut document, bleed).map_err(fault)?;
    }
    let count = exhibits.len();
    let added = append(&mut document, exhibits)
        .map_err(|error| format!("cannot append {count} exhibits: {error}"))?;
    let marked = |document: &mut Document| -> Result<(), lopdf::Error> {
        if let Some(word) = &marks.word {
            stamp(document, word)?;
        }
        if let Some(source) = &marks.source {
            foot(document, Side::Left, |_| source.clone())?;
        }
        if let Some(bates) = &marks.bates {
            foot(document, Side::Right, |at| bates.of(at))?;
        }
        Ok(())
    };
    marked(&mut document).map_err(|error| format!("cannot mark the PDF: {error}"))?;
    if added > 0 {
        // Of the files that were appended, only what the pages need.
        document.prune_objects();
    }
    Ok((packed(&mut document)?, added))
}

/// The bytes of a document whose objects are packed into streams.
pub(super) fn packed(document: &mut Document) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    document
        .save_modern(&mut bytes)
        .map_err(|error| format!("cannot write the PDF: {error}"))?;
    end_lines(&mut bytes);
    Ok(bytes)
}

/// A stream whose last byte is a carriage return would end in what reads as one end of a line
/// together with the line feed behind it, and its length would seem to be wrong (ISO 32000-1
/// §7.3.8.1, ISO 19005-2 §6.1.7.1). A carriage return ends that line as well.
fn end_lines(bytes: &mut [u8]) {
    const END: &[u8] = b"\r\nendstream";
    let places: Vec<usize> = memchr::memmem::find_iter(bytes, END).collect();
    for at in places {
        if let Some(feed) = bytes.get_mut(at + 1) {
            *feed = b'\r';
        }
    }
}

/// A window shows the title of the document and not the name of its file.
fn show_title(document: &mut Document) -> Result<(), lopdf::Error> {
    let catalog = document.catalog_mut()?;
    let mut preferences = match catalog.get(b"ViewerPreferences").and_then(Object::as_dict) {
        Ok(preferences) => preferences.clone(),
        Err(_) => Dictionary::new(),
    };
    preferences.set("DisplayDocTitle", true);
    catalog.set("ViewerPreferences", preferences);
    Ok(())
}

/// Says how far pictures go beyond the edge that is cut, in points: the engine takes the whole sheet
/// for the bleed, also where there are crop marks on it.
fn set_bleed(document: &mut Document, bleed: f32) -> Result<(), lopdf::Error> {
    let pages: Vec<ObjectId> = document.get_pages().into_values().collect();
    for page in pages {
        let page = document.get_object_mut(page)?.as_dict_mut()?;
        let Ok(trim) = page.get(b"TrimBox").and_then(Object::as_array) else {
            continue;
        };
        let trim = trim.iter().map(Object::as_float);
        let trim = trim.collect::<Result<Vec<f32>, _>>()?;
        if let [left, bottom, right, top] = trim[..] {
            let corners = [left - bleed, bottom - bleed, right + bleed, top + bleed];
            page.set(
                "BleedBox",
                Object::Array(corners.map(Object::Real).to_vec()),
            );
        }
    }
    Ok(())
}

/// Paints a word behind every page.
fn stamp(document: &mut Document, word: &str) -> Result<(), lopdf::Error> {
    let before = content(
        document,
        "/Artifact <</Type /Pagination /Subtype /Watermark>> BDC q /TympanMark Do Q EMC\nq\n",
    );
    let after = content(document, "\nQ\n");
    let mut forms: BTreeMap<(u32, u32), ObjectId> = BTreeMap::new();
    for page in pages(document) {
        let [_, _, width, height] = page_box(document, page)?;
        let size = (width.to_bits(), height.to_bits());
        let form = if let Some(form) = forms.get(&size) {
            *form
        } else {
            let mark = word_mark(word, width, height).unwrap_or_default();
            let form = form(&mark, [0.0, 0.0, width, height])?;
            *forms.entry(size).or_insert(document.add_object(form))
        };
        document.add_xobject(page, "TympanMark", form)?;
        wrap(document, page, before, after)?;
    }
    Ok(())
}

/// Paints a line over the foot of every page, as the number of the page gives it.
fn foot(
    document: &mut Document,
    side: Side,
    text: impl Fn(usize) -> String,
) -> Result<(), lopdf::Error> {
    let before = content(document, "q\n");
    let mut letters = Letters::new(FOOT_SIZE);
    for (at, page) in pages(document).into_iter().enumerate() {
        let text = letters.set(document, &text(at))?;
        let [left, bottom, width, _] = page_box(document, page)?;
        let x = match side {
            Side::Left => left + FOOT_MARGIN[0],
            Side::Right => left + width - FOOT_MARGIN[0] - text.width,
        };
        let drawing = text.drawing([x, bottom + FOOT_MARGIN[1]]);
        for (name, form) in text.forms() {
            document.add_xobject(page, name, form)?;
        }
        let drawing = format!("\nQ\n/Artifact <</Type /Pagination>> BDC\n{drawing}EMC\n");
        let after = content(document, &drawing);
        wrap(document, page, before, after)?;
    }
    Ok(())
}

pub(super) fn content(document: &mut Document, operators: &str) -> ObjectId {
    document.add_object(Stream::new(
        Dictionary::new(),
        operators.as_bytes().to_vec(),
    ))
}

/// Puts content before and after that of a page.
fn wrap(
    document: &mut Document,
    page: ObjectId,
    before: ObjectId,
    after: ObjectId,
) -> Result<(), lopdf::Error> {
    let content = document.get_page_contents(page).into_iter();
    let content = [before].into_iter().chain(content).chain([after]);
    let content = content.map(Object::Reference).collect();
    let dictionary = document.get_object_mut(page)?.as_dict_mut()?;
    dictionary.set("Contents", Object::Array(content));
    Ok(())
}

/// The left and lower edges of a page, its width and its height.
fn page_box(document: &Document, page: ObjectId) -> Result<[f32; 4], lopdf::Error> {
    let corners = document.get_dictionary(page)?.get(b"MediaBox")?;
    let (_, corners) = document.dereference(corners)?;
    let corners: Vec<f32> = corners
        .as_array()?
        .iter()
        .map(Object::as_float)
        .collect::<Result<_, _>>()?;
    match corners.as_slice() {
        [left, bottom, right, top] => Ok([*left, *bottom, right - left, top - bottom]),
        _ => Err(lopdf::Error::DictKey("MediaBox".to_owned())),
    }
}

/// The mark as a form within edges. Only the drawing of the mark's own PDF is taken, so that none of
/// its dates and names reaches the document.
pub(super) fn form(mark: &[u8], edges: [f32; 4]) -> Result<Stream, lopdf::Error> {
    let mark = Document::load_mem(mark)?;
    let page = mark.get_pages().into_values().next();
    let content = mark.get_page_content(page.unwrap_or_default());
    let mut form = form_of(content, edges, Object::Dictionary(Dictionary::new()));
    form.compress()?;
    Ok(form)
}

/// Content as a form within edges, with what it refers to.
pub(super) fn form_of(content: Vec<u8>, edges: [f32; 4], resources: Object) -> Stream {
    let mut dictionary = Dictionary::new();
    dictionary.set("Type", Object::Name(b"XObject".to_vec()));
    dictionary.set("Subtype", Object::Name(b"Form".to_vec()));
    dictionary.set("BBox", Object::Array(edges.map(Object::Real).to_vec()));
    dictionary.set("Resources", resources);
    Stream::new(dictionary, content)
}

#[cfg(test)]
mod tests {
    use super::end_lines;

    #[test]
    fn the_end_of_a_stream_is_no_part_of_it() {
        let case = |written: &[u8], expected: &[u8]| {
            let mut bytes = written.to_vec();
            end_lines(&mut bytes);
            assert_eq!(bytes, expected);
        };
        case(
            b"x\r\nendstream y\nendstream",
            b"x\r\rendstream y\nendstream",
        );
        case(b"\r\n", b"\r\n");
    }
}
