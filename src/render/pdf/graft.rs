//! Marks on a finished PDF. The pages, tags, links and bookmarks stay as they are: a mark is an
//! artifact, a form that is painted before the page itself.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use crate::render::pdf::mark::draft_mark;

/// What is done to a PDF that is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Nothing but packing.
    None,
    /// DRAFT on every page.
    Draft,
}

/// Marks a PDF, names its bleed in points where it has crop marks, and packs its objects into streams, which halves a tagged file.
pub(super) fn finish(bytes: &[u8], mark: Mark, bleed: Option<f32>) -> Result<Vec<u8>, String> {
    let fault = |error: lopdf::Error| format!("cannot read the PDF that was laid out: {error}");
    let mut document = Document::load_mem(bytes).map_err(fault)?;
    show_title(&mut document).map_err(fault)?;
    if let Some(bleed) = bleed {
        set_bleed(&mut document, bleed).map_err(fault)?;
    }
    if mark == Mark::Draft {
        draft(&mut document).map_err(|error| format!("cannot mark the PDF as a draft: {error}"))?;
    }
    let mut packed = Vec::with_capacity(bytes.len());
    document
        .save_modern(&mut packed)
        .map_err(|error| format!("cannot write the PDF: {error}"))?;
    Ok(packed)
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

fn draft(document: &mut Document) -> Result<(), lopdf::Error> {
    let before = document.add_object(Stream::new(
        Dictionary::new(),
        b"/Artifact <</Type /Pagination /Subtype /Watermark>> BDC q /TympanMark Do Q EMC\nq\n"
            .to_vec(),
    ));
    let after = document.add_object(Stream::new(Dictionary::new(), b"\nQ\n".to_vec()));
    let mut forms: BTreeMap<(u32, u32), ObjectId> = BTreeMap::new();
    let pages: Vec<ObjectId> = document.get_pages().into_values().collect();
    for page in pages {
        let [width, height] = page_size(document, page)?;
        let size = (width.to_bits(), height.to_bits());
        let form = if let Some(form) = forms.get(&size) {
            *form
        } else {
            let form = document.add_object(form(width, height)?);
            forms.insert(size, form);
            form
        };
        document.add_xobject(page, "TympanMark", form)?;
        let content = document.get_page_contents(page).into_iter();
        let content = [before].into_iter().chain(content).chain([after]);
        let content = content.map(Object::Reference).collect();
        let dictionary = document.get_object_mut(page)?.as_dict_mut()?;
        dictionary.set("Contents", Object::Array(content));
    }
    Ok(())
}

fn page_size(document: &Document, page: ObjectId) -> Result<[f32; 2], lopdf::Error> {
    let corners = document.get_dictionary(page)?.get(b"MediaBox")?;
    let (_, corners) = document.dereference(corners)?;
    let corners: Vec<f32> = corners
        .as_array()?
        .iter()
        .map(Object::as_float)
        .collect::<Result<_, _>>()?;
    match corners.as_slice() {
        [left, bottom, right, top] => Ok([right - left, top - bottom]),
        _ => Err(lopdf::Error::DictKey("MediaBox".to_owned())),
    }
}

/// The mark as a form. Only the drawing of the mark's own PDF is taken, so that none of its dates
/// and names reaches the document.
fn form(width: f32, height: f32) -> Result<Stream, lopdf::Error> {
    let bytes = draft_mark(width, height).unwrap_or_default();
    let mark = Document::load_mem(&bytes)?;
    let page = mark.get_pages().into_values().next();
    let content = mark.get_page_content(page.unwrap_or_default());
    let mut dictionary = Dictionary::new();
    dictionary.set("Type", Object::Name(b"XObject".to_vec()));
    dictionary.set("Subtype", Object::Name(b"Form".to_vec()));
    let corners = [0.0, 0.0, width, height];
    dictionary.set("BBox", Object::Array(corners.map(Object::Real).to_vec()));
    dictionary.set("Resources", Object::Dictionary(Dictionary::new()));
    let mut form = Stream::new(dictionary, content);
    form.compress()?;
    Ok(form)
}
