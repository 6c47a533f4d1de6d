//! A booklet of a finished PDF: two pages beside each other on each side of a sheet, in the order in
//! which they are read when the sheets are printed on both sides, folded and stapled.
//!
//! It is made for a printer and not for reading: tags, links and bookmarks are left out, and no
//! standard is claimed. Letters stay letters.

use lopdf::{Dictionary, Document};

use crate::render::pdf::graft::packed;
use crate::render::pdf::sheets::{as_forms, bind, placed};

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
    let forms = as_forms(document)?;
    let Some((_, [width, height])) = forms.first().copied() else {
        return Ok(());
    };
    let mut sheets = Vec::new();
    for [left, right] in sides(forms.len(), signature) {
        let halves = match from_right {
            true => [right, left],
            false => [left, right],
        };
        let (mut drawing, mut used) = (String::new(), Dictionary::new());
        for (name, x, page) in [("Left", 0.0, halves[0]), ("Right", width, halves[1])] {
            let Some((form, size)) = page.and_then(|page| forms.get(page)) else {
                continue;
            };
            drawing += &placed(name, *size, [x, 0.0, width, height]).0;
            used.set(name, *form);
        }
        sheets.push((drawing, used));
    }
    bind(document, [width * 2.0, height], sheets)
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
