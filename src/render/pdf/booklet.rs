//! A booklet of a finished PDF: two pages beside each other on each side of a sheet, in the order in
//! which they are read when the sheets are printed on both sides, folded and stapled.
//!
//! It is made for a printer and not for reading: tags, links and bookmarks are left out, and no
//! standard is claimed. Letters stay letters.

use lopdf::{Dictionary, Document, Object, ObjectId, dictionary};

use crate::render::pdf::graft::{form_of, packed, page_box, pages};

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

/// Which page stands where: the left and the right one of each side, in the order of printing. A
/// signature is that many pages folded together, a multiple of four; without one, all are.
pub(super) fn sides(pages: usize, signature: Option<usize>) -> Vec<[Option<usize>; 2]> {
    let whole = pages.div_ceil(4) * 4;
    let signature = signature.unwrap_or(whole).max(4).div_ceil(4) * 4;
    let mut sides = Vec::new();
    for first in (0..whole).step_by(signature) {
        let count = signature.min(whole - first);
        let page = |at: usize| Some(first + at).filter(|page| *page < pages);
        for sheet in 0..count / 4 {
            let near = sheet * 2;
            sides.push([page(count - 1 - near), page(near)]);
            sides.push([page(near + 1), page(count - 2 - near)]);
        }
    }
    sides
}

/// The booklet of a PDF. Pages that are read from right to left are bound at the right.
pub(super) fn booklet(
    bytes: &[u8],
    signature: Option<usize>,
    from_right: bool,
) -> Result<Vec<u8>, String> {
    let fault = |error: lopdf::Error| format!("cannot make a booklet: {error}");
    let mut document = Document::load_mem(bytes).map_err(fault)?;
    impose(&mut document, signature, from_right).map_err(fault)?;
    document.prune_objects();
    packed(&mut document)
}

fn impose(
    document: &mut Document,
    signature: Option<usize>,
    from_right: bool,
) -> Result<(), lopdf::Error> {
    let mut forms = Vec::new();
    for page in pages(document) {
        let edges @ [left, bottom, width, height] = page_box(document, page)?;
        let dictionary = document.get_dictionary(page)?;
        let resources = dictionary.get(b"Resources").cloned();
        let resources = resources.unwrap_or_else(|_| Object::Dictionary(Dictionary::new()));
        let group = dictionary.get(b"Group").cloned().ok();
        let content = document.get_page_content(page);
        let corners = [left, bottom, left + width, bottom + height];
        let mut form = form_of(content, corners, resources);
        if let Some(group) = group {
            form.dict.set("Group", group);
        }
        form.compress()?;
        forms.push((document.add_object(form), edges));
    }
    let Some((_, [_, _, width, height])) = forms.first().copied() else {
        return Ok(());
    };
    let tree = document.new_object_id();
    let mut sheets = Vec::new();
    for [left, right] in sides(forms.len(), signature) {
        let halves = match from_right {
            true => [right, left],
            false => [left, right],
        };
        let mut drawing = String::new();
        let mut used = Dictionary::new();
        for (name, x, page) in [("Left", 0.0, halves[0]), ("Right", width, halves[1])] {
            let Some((form, edges)) = page.and_then(|page| forms.get(page)) else {
                continue;
            };
            drawing += &placed(name, *edges, [x, width, height]);
            used.set(name, Object::Reference(*form));
        }
        let content =
            document.add_object(lopdf::Stream::new(Dictionary::new(), drawing.into_bytes()));
        sheets.push(document.add_object(dictionary! {
            "Type" => "Page",
            "Parent" => tree,
            "MediaBox" => [0.0, 0.0, width * 2.0, height].map(Object::Real).to_vec(),
            "Resources" => dictionary! { "XObject" => used },
            "Contents" => content,
        }));
    }
    let count = i64::try_from(sheets.len()).unwrap_or(i64::MAX);
    let kids: Vec<Object> = sheets.into_iter().map(Object::Reference).collect();
    document.set_object(
        tree,
        dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count },
    );
    bound(document, tree)
}

/// Makes a tree the only pages of a document.
fn bound(document: &mut Document, tree: ObjectId) -> Result<(), lopdf::Error> {
    let catalog = document.catalog_mut()?;
    for key in FOR_READING {
        catalog.remove(key);
    }
    catalog.set("Pages", tree);
    Ok(())
}

/// Paints a page in the middle of its half of a sheet, smaller if it is larger.
fn placed(
    name: &str,
    [left, bottom, wide, high]: [f32; 4],
    [x, width, height]: [f32; 3],
) -> String {
    let scale = (width / wide.max(1.0)).min(height / high.max(1.0)).min(1.0);
    let x = x + (width - wide * scale) / 2.0 - left * scale;
    let y = (height - high * scale) / 2.0 - bottom * scale;
    format!("q {scale:.5} 0 0 {scale:.5} {x:.3} {y:.3} cm /{name} Do Q\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_sheets_are_read_in_order() {
        assert_eq!(
            sides(6, None),
            [
                [None, Some(0)],
                [Some(1), None],
                [Some(5), Some(2)],
                [Some(3), Some(4)],
            ]
        );
        assert!(sides(0, None).is_empty());
        // Each page once, whatever their number and that of a signature.
        for (pages, signature) in [(1, None), (13, Some(8)), (64, Some(16)), (7, Some(3))] {
            let mut all: Vec<usize> = sides(pages, signature)
                .into_iter()
                .flatten()
                .flatten()
                .collect();
            all.sort_unstable();
            assert_eq!(all, (0..pages).collect::<Vec<_>>());
        }
        // The second signature begins where the first ends.
        assert_eq!(sides(16, Some(8))[4], [Some(15), Some(8)]);
    }
}
