//! A contact sheet of a finished PDF: all of its pages on few, small and with their numbers, to see
//! the whole at once. Like a booklet it is for looking at, and has no tags, links or bookmarks.

use std::fmt::Write as _;

use lopdf::{Dictionary, Document};

use crate::render::pdf::graft::packed;
use crate::render::pdf::letters::Letters;
use crate::render::pdf::sheets::{as_forms, bind, placed};

/// The edge around a sheet, the room between pages, and the room for a number below, in points.
const EDGE: f32 = 28.0;
const GAP: f32 = 12.0;
const BELOW: f32 = 12.0;

/// The size of a number.
const SIZE: f32 = 6.5;

/// The contact sheet of a PDF, with so many pages in a row. Pages that are read from right to left
/// stand in that order.
pub(super) fn contact_sheet(
    bytes: &[u8],
    columns: usize,
    from_right: bool,
) -> Result<Vec<u8>, String> {
    let fault = |error: lopdf::Error| format!("cannot make a contact sheet: {error}");
    let mut document = Document::load_mem(bytes).map_err(fault)?;
    impose(&mut document, columns, from_right).map_err(fault)?;
    document.prune_objects();
    packed(&mut document)
}

#[expect(clippy::cast_precision_loss, reason = "columns and rows are few")]
fn impose(document: &mut Document, columns: usize, from_right: bool) -> Result<(), lopdf::Error> {
    let forms = as_forms(document)?;
    let Some((_, size @ [width, height])) = forms.first().copied() else {
        return Ok(());
    };
    // As many rows as columns: the cells have about the shape of the pages.
    let columns = columns.max(1);
    let room = |whole: f32, below: f32| {
        let count = columns as f32;
        ((whole - 2.0 * EDGE - GAP * (count - 1.0)) / count - below).max(1.0)
    };
    let cell = [room(width, 0.0), room(height, BELOW)];
    let mut letters = Letters::new(SIZE);
    let mut sheets = Vec::new();
    for (sheet, some) in forms.chunks(columns * columns).enumerate() {
        let (mut drawing, mut used) = (String::new(), Dictionary::new());
        for (at, (form, size)) in some.iter().enumerate() {
            let (row, column) = (at / columns, at % columns);
            let column = match from_right {
                true => columns - 1 - column,
                false => column,
            };
            let x = EDGE + column as f32 * (cell[0] + GAP);
            let y = height - EDGE - cell[1] - row as f32 * (cell[1] + BELOW + GAP);
            let name = format!("Page{at}");
            let (paint, [x, y, wide, high]) = placed(&name, *size, [x, y, cell[0], cell[1]]);
            drawing += &paint;
            used.set(name, *form);
            let _ = writeln!(
                drawing,
                "q 0.6 G 0.4 w {x:.2} {y:.2} {wide:.2} {high:.2} re S Q"
            );
            let number = (sheet * columns * columns + at + 1).to_string();
            let number = letters.set(document, &number)?;
            drawing += &number.drawing([x + (wide - number.width) / 2.0, y - SIZE - 2.0]);
            for (name, form) in number.forms() {
                used.set(name, form);
            }
        }
        sheets.push((drawing, used));
    }
    bind(document, size, sheets)
}
