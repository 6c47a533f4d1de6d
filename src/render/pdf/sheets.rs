//! Finished pages as pictures that other pages hold: a page becomes a form, upright, with all that it
//! refers to.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use crate::render::pdf::graft::form_of;

/// How many tables a page may lie below that speak for it.
const DEEPEST: usize = 64;

/// How large a page may be, in points, as the format has it.
const LARGEST: f32 = 14_400.0;

/// The most that a page of our own holds, in bytes.
pub(super) const MOST_OF_OWN: usize = 1 << 30;

/// What a document has that is about reading, and not about ink.
const FOR_READING: [&[u8]; 11] = [
    b"AcroForm",
    b"Dests",
    b"MarkInfo",
    b"Metadata",
    b"Names",
    b"OpenAction",
    b"Outlines",
    b"PageLabels",
    b"PageMode",
    b"StructTreeRoot",
    b"ViewerPreferences",
];

/// A page as a form whose lower left corner is the origin.
pub(super) struct Sheet {
    /// What is painted.
    pub(super) form: Stream,
    /// Its width and its height, in points.
    pub(super) size: [f32; 2],
}

/// The pages of a document in their order.
pub(super) fn pages(document: &Document) -> Vec<ObjectId> {
    document.get_pages().into_values().collect()
}

/// Takes a page as a form, with what its annotations paint. What it holds may be so large.
pub(super) fn as_sheet(
    document: &Document,
    page: ObjectId,
    most_bytes: usize,
) -> Result<Sheet, lopdf::Error> {
    let media = corners(document, page, b"MediaBox")?;
    let edges = match corners(document, page, b"CropBox") {
        Ok(crop) => within(crop, media),
        Err(_) => media,
    };
    let [left, bottom, right, top] = edges;
    let (width, height) = (right - left, top - bottom);
    if !(1.0..=LARGEST).contains(&width) || !(1.0..=LARGEST).contains(&height) {
        return Err(lopdf::Error::DictKey("MediaBox".to_owned()));
    }
    let turn = inherited(document, page, b"Rotate").and_then(|turn| turn.as_i64().ok());
    let (matrix, size) = match turn.unwrap_or(0).rem_euclid(360) {
        90 => ([0.0, -1.0, 1.0, 0.0, -bottom, right], [height, width]),
        180 => ([-1.0, 0.0, 0.0, -1.0, right, top], [width, height]),
        270 => ([0.0, 1.0, -1.0, 0.0, top, -left], [height, width]),
        _ => ([1.0, 0.0, 0.0, 1.0, -left, -bottom], [width, height]),
    };
    let resources = inherited(document, page, b"Resources").and_then(|found| found.as_dict().ok());
    let mut resources = resources.cloned().unwrap_or_default();
    let mut drawing = b"q\n".to_vec();
    drawing.extend(document.get_page_content_with_limit(page, most_bytes)?);
    drawing.extend(b"\nQ\n");
    let painted = annotations(document, page);
    if !painted.is_empty() {
        let forms = resources.get(b"XObject").ok();
        let forms = forms.and_then(|forms| document.dereference(forms).ok());
        let forms = forms.and_then(|(_, forms)| forms.as_dict().ok());
        let mut forms = forms.cloned().unwrap_or_default();
        for (at, (form, [a, d, e, f])) in painted.into_iter().enumerate() {
            let name = format!("TympanNote{at}");
            let paint = format!("q {a:.5} 0 0 {d:.5} {e:.3} {f:.3} cm /{name} Do Q\n");
            drawing.extend(paint.into_bytes());
            forms.set(name, form);
        }
        resources.set("XObject", forms);
    }
    let mut form = form_of(drawing, edges, Object::Dictionary(resources));
    form.dict
        .set("Matrix", Object::Array(matrix.map(Object::Real).to_vec()));
    if let Ok(group) = document.get_dictionary(page)?.get(b"Group") {
        form.dict.set("Group", group.clone());
    }
    Ok(Sheet { form, size })
}

/// All pages of a document of our own as forms in it, with their sizes.
pub(super) fn as_forms(document: &mut Document) -> Result<Vec<(ObjectId, [f32; 2])>, lopdf::Error> {
    let mut forms = Vec::new();
    for page in pages(document) {
        let Sheet { mut form, size } = as_sheet(document, page, MOST_OF_OWN)?;
        form.compress()?;
        forms.push((document.add_object(form), size));
    }
    Ok(forms)
}

/// What a page has under a key, or the tables above it have for it.
fn inherited<'a>(document: &'a Document, page: ObjectId, key: &[u8]) -> Option<&'a Object> {
    let mut node = document.get_dictionary(page).ok()?;
    for _ in 0..DEEPEST {
        if let Ok(found) = node.get(key) {
            return document.dereference(found).ok().map(|(_, found)| found);
        }
        let above = node.get(b"Parent").and_then(Object::as_reference).ok()?;
        node = document.get_dictionary(above).ok()?;
    }
    None
}

/// The corners of a box of a page, the lower left one before the upper right one.
fn corners(document: &Document, page: ObjectId, key: &[u8]) -> Result<[f32; 4], lopdf::Error> {
    let none = || lopdf::Error::DictKey(String::from_utf8_lossy(key).into_owned());
    let found = inherited(document, page, key).ok_or_else(none)?;
    rectangle(document, found).ok_or_else(none)
}

fn rectangle(document: &Document, found: &Object) -> Option<[f32; 4]> {
    let number = |number: &Object| document.dereference(number).ok()?.1.as_float().ok();
    let numbers = found.as_array().ok()?.iter().map(number);
    let numbers: Vec<f32> = numbers.collect::<Option<_>>()?;
    let [a, b, c, d] = numbers[..] else {
        return None;
    };
    numbers
        .iter()
        .all(|number| number.is_finite())
        .then(|| [a.min(c), b.min(d), a.max(c), b.max(d)])
}

fn within(inner: [f32; 4], outer: [f32; 4]) -> [f32; 4] {
    [
        inner[0].max(outer[0]),
        inner[1].max(outer[1]),
        inner[2].min(outer[2]),
        inner[3].min(outer[3]),
    ]
}

/// What the annotations of a page paint, and where: how far it is stretched, and its corner.
fn annotations(document: &Document, page: ObjectId) -> Vec<(ObjectId, [f32; 4])> {
    /// Such are not seen: hidden ones, and those for the printer's eyes only.
    const UNSEEN: i64 = 2 | 32;
    let painted = |annotation: &Object| {
        let annotation = document.dereference(annotation).ok()?.1.as_dict().ok()?;
        let flags = annotation.get(b"F").and_then(Object::as_i64).unwrap_or(0);
        let is_popup =
            matches!(annotation.get(b"Subtype"), Ok(Object::Name(name)) if name == b"Popup");
        if flags & UNSEEN != 0 || is_popup {
            return None;
        }
        let place = annotation.get(b"Rect").ok()?;
        let place = rectangle(document, document.dereference(place).ok()?.1)?;
        let looks = annotation.get(b"AP").ok()?;
        let looks = document.dereference(looks).ok()?.1.as_dict().ok()?;
        let mut look = looks.get(b"N").ok()?;
        if let Ok(states) = document.dereference(look).ok()?.1.as_dict() {
            look = states
                .get(annotation.get(b"AS").ok()?.as_name().ok()?)
                .ok()?;
        }
        let form = look.as_reference().ok()?;
        let stream = document.get_object(form).ok()?.as_stream().ok()?;
        let matrix = stream.dict.get(b"Matrix").ok();
        let matrix = matrix.and_then(|matrix| {
            let numbers = matrix.as_array().ok()?.iter().map(|n| n.as_float().ok());
            numbers.collect::<Option<Vec<f32>>>()
        });
        let edges = rectangle(
            document,
            document.dereference(stream.dict.get(b"BBox").ok()?).ok()?.1,
        )?;
        let [left, bottom, right, top] = turned(edges, matrix.as_deref());
        let stretch = |to: f32, from: f32| {
            if from.abs() > f32::EPSILON {
                to / from
            } else {
                1.0
            }
        };
        let a = stretch(place[2] - place[0], right - left);
        let d = stretch(place[3] - place[1], top - bottom);
        Some((form, [a, d, place[0] - left * a, place[1] - bottom * d]))
    };
    let found = document.get_dictionary(page).ok();
    let found = found.and_then(|page| document.dereference(page.get(b"Annots").ok()?).ok());
    let found = found.and_then(|(_, found)| found.as_array().ok());
    found.into_iter().flatten().filter_map(painted).collect()
}

/// The edges of what a matrix makes of a rectangle.
fn turned([left, bottom, right, top]: [f32; 4], matrix: Option<&[f32]>) -> [f32; 4] {
    let Some([xx, xy, yx, yy, dx, dy]) =
        matrix.and_then(|matrix| <[f32; 6]>::try_from(matrix).ok())
    else {
        return [left, bottom, right, top];
    };
    let corners = [(left, bottom), (right, bottom), (left, top), (right, top)];
    let corners = corners.map(|(x, y)| (xx * x + yx * y + dx, xy * x + yy * y + dy));
    let (x, y) = (corners.map(|(x, _)| x), corners.map(|(_, y)| y));
    let least = |of: [f32; 4]| of.into_iter().fold(f32::INFINITY, f32::min);
    let most = |of: [f32; 4]| of.into_iter().fold(f32::NEG_INFINITY, f32::max);
    [least(x), least(y), most(x), most(y)]
}

/// Replaces the pages of a document by others, each of a size, a drawing and the forms that the
/// drawing names; what is about reading goes.
pub(super) fn bind(
    document: &mut Document,
    size: [f32; 2],
    sheets: Vec<(String, Dictionary)>,
) -> Result<(), lopdf::Error> {
    let tree = document.new_object_id();
    let count = i64::try_from(sheets.len()).unwrap_or(i64::MAX);
    let mut kids = Vec::new();
    for (drawing, forms) in sheets {
        let drawing = document.add_object(Stream::new(Dictionary::new(), drawing.into_bytes()));
        kids.push(Object::Reference(document.add_object(dictionary! {
            "Type" => "Page",
            "Parent" => tree,
            "MediaBox" => [0.0, 0.0, size[0], size[1]].map(Object::Real).to_vec(),
            "Resources" => dictionary! { "XObject" => forms },
            "Contents" => drawing,
        })));
    }
    document.set_object(
        tree,
        dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count },
    );
    let catalog = document.catalog_mut()?;
    for key in FOR_READING {
        catalog.remove(key);
    }
    catalog.set("Pages", tree);
    Ok(())
}

/// Paints a form in the middle of a cell, smaller if it is larger.
pub(super) fn placed(
    name: &str,
    [wide, high]: [f32; 2],
    [x, y, width, height]: [f32; 4],
) -> (String, [f32; 4]) {
    let scale = (width / wide).min(height / high).min(1.0);
    let (wide, high) = (wide * scale, high * scale);
    let (x, y) = (x + (width - wide) / 2.0, y + (height - high) / 2.0);
    (
        format!("q {scale:.5} 0 0 {scale:.5} {x:.3} {y:.3} cm /{name} Do Q\n"),
        [x, y, wide, high],
    )
}
