//! Tables: their columns as wide as what stands in them asks for, their heads on every page.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::render::docx::directions::is_wide;
use crate::render::docx::spans::Run;
use crate::render::docx::writer::{Para, Place, Writer};
use crate::render::tree::plain_text;

/// The width of a letter and what a cell has around its text, in twips.
const LETTER: usize = 108;
const AROUND: usize = 290;
/// How far the words of a column stand from its beginning, in twips, where the column before it ends
/// there.
const APART: usize = 240;
/// How far they stand from it elsewhere, as the style of tables says.
const MARGIN: usize = 90;
/// The table look of Word: the first row is a head.
const LOOK: &str = "<w:tblLook w:val=\"0420\" w:firstRow=\"1\" w:lastRow=\"0\" w:firstColumn=\"0\" w:lastColumn=\"0\" w:noHBand=\"0\" w:noVBand=\"1\"/>";

fn cells(row: &Value) -> &[Value] {
    row.as_array().map_or(&[], Vec::as_slice)
}

fn words(cell: &Value) -> &[Value] {
    cell["c"].as_array().map_or(&[], Vec::as_slice)
}

/// As many columns as Word takes.
const MOST: usize = 63;

impl Writer<'_> {
    /// Writes a table; the columns that Word has no room for follow in tables below.
    pub(super) fn table(&mut self, node: &Value) {
        let columns = node["align"].as_array().map_or(0, Vec::len).max(1);
        // Pages end in the text itself, in no cell or note.
        let turned = node["size"] == "wide"
            && self.place.depth == 0
            && self.place.width == self.section.width
            && self.section.turned_width > self.section.width
            && !self.place.in_note;
        let place = match turned {
            true => Place {
                width: self.section.turned_width,
                ..self.place
            },
            false => self.place,
        };
        if turned && !std::mem::take(&mut self.section.is_turned) {
            // What stood on upright pages ends here.
            let section = self.upright();
            self.paragraph(
                &Para {
                    section: Some(section),
                    ..Para::new("Table Gap")
                },
                |_| {},
            );
        }
        for from in (0..columns).step_by(MOST) {
            self.open_table();
            let count = MOST.min(columns - from);
            let part = (columns > MOST).then(|| columns_of(node, from));
            let part = part.as_ref().unwrap_or(node);
            self.within(place, |writer| writer.table_here(part, count));
        }
        self.section.is_turned = turned;
    }

    /// Ends the turned pages, if some are open, before something else is written.
    pub(super) fn turn_back(&mut self) {
        if std::mem::take(&mut self.section.is_turned) {
            let para = Para {
                section: Some(self.section.turned.clone()),
                ..Para::new("Table Gap")
            };
            self.paragraph(&para, |_| {});
        }
    }

    /// The properties of the upright section that ends.
    pub(super) fn upright(&mut self) -> String {
        let first = self.section.first.take();
        first.unwrap_or_else(|| self.section.upright.clone())
    }

    #[expect(
        clippy::too_many_lines,
        reason = "a table is written in the order of its schema"
    )]
    fn table_here(&mut self, node: &Value, columns: usize) {
        let sign = node["sign"] == true;
        let size = if node["size"] == "normal" {
            20
        } else if columns > 12 {
            14
        } else {
            17
        };
        let rows: Vec<&Value> = cells(&node["rows"]).iter().collect();
        let head = &node["head"];
        let has_head = cells(head).iter().any(|cell| !words(cell).is_empty());
        let align: Vec<&str> = cells(&node["align"])
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let widths = match sign {
            true => vec![self.place.width / columns; columns],
            false => {
                let all: Vec<&Value> = [head].into_iter().chain(rows.iter().copied()).collect();
                widths(
                    &all,
                    &before(&align, columns, self.place.rtl),
                    self.place.width.saturating_sub(self.place.indent),
                    size,
                )
            }
        };
        let whole: usize = widths.iter().sum();
        let bidi = if self.place.rtl {
            "<w:bidiVisual/>"
        } else {
            ""
        };
        let borders = match sign {
            true => {
                "<w:tblBorders><w:top w:val=\"nil\"/><w:bottom w:val=\"nil\"/><w:insideH w:val=\"nil\"/></w:tblBorders>"
            }
            false => "",
        };
        let mut grid = String::new();
        for width in &widths {
            let _ = write!(grid, "<w:gridCol w:w=\"{width}\"/>");
        }
        let style = self.styles.id("Table").to_owned();
        let jc = if self.place.indent == 0 {
            "<w:jc w:val=\"center\"/>"
        } else {
            ""
        };
        let indent = match self.place.indent {
            0 => String::new(),
            indent => format!("<w:tblInd w:w=\"{indent}\" w:type=\"dxa\"/>"),
        };
        let _ = write!(
            self.out,
            "<w:tbl><w:tblPr><w:tblStyle w:val=\"{style}\"/>{bidi}<w:tblW w:w=\"{whole}\" w:type=\"dxa\"/>{jc}{indent}{borders}{LOOK}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
        );
        let outer = self.place;
        self.place.indent = 0;
        self.place.base = 0;
        if has_head {
            self.row(
                head,
                &widths,
                &align,
                RowLook {
                    head: true,
                    keep: true,
                    sign,
                    size,
                },
            );
        }
        // A small table stays on one page: each row is kept with the next.
        let keep = node["keep"] == true || sign;
        for (at, row) in rows.iter().enumerate() {
            let keep = keep && at + 1 < rows.len();
            self.row(
                row,
                &widths,
                &align,
                RowLook {
                    head: false,
                    keep,
                    sign,
                    size,
                },
            );
        }
        if !has_head && rows.is_empty() {
            self.row(
                &Value::Array(Vec::new()),
                &widths,
                &align,
                RowLook {
                    head: false,
                    keep,
                    sign,
                    size,
                },
            );
        }
        self.place = outer;
        self.close_table();
    }

    fn row(&mut self, row: &Value, widths: &[usize], align: &[&str], look: RowLook) {
        let mut properties = String::from("<w:cantSplit/>");
        if look.sign {
            properties.push_str("<w:trHeight w:val=\"620\"/>");
        }
        if look.head {
            properties.push_str("<w:tblHeader/>");
        }
        let _ = write!(self.out, "<w:tr><w:trPr>{properties}</w:trPr>");
        let before = before(align, widths.len(), self.place.rtl);
        for (column, width) in widths.iter().enumerate() {
            let cell = cells(row).get(column).unwrap_or(&Value::Null);
            let line = match cell["blank"] == true {
                true => {
                    "<w:tcBorders><w:bottom w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"1C1B19\"/></w:tcBorders>"
                }
                false => "",
            };
            let apart = match before[column] {
                MARGIN => String::new(),
                // In a table from right to left, Word takes left for its beginning.
                room => {
                    format!("<w:tcMar><w:left w:w=\"{room}\" w:type=\"dxa\"/></w:tcMar>")
                }
            };
            let bottom = if look.sign {
                "<w:vAlign w:val=\"bottom\"/>"
            } else {
                ""
            };
            let _ = write!(
                self.out,
                "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>{line}{apart}{bottom}</w:tcPr>"
            );
            let side = match (align.get(column).copied(), self.place.rtl) {
                // In a paragraph from right to left, Word takes left for its beginning.
                (Some("left"), true) | (Some("right"), false) => Some("right"),
                (Some("right"), true) | (Some("left"), false) => Some("left"),
                (Some("center"), _) => Some("center"),
                _ => None,
            };
            let para = Para {
                align: side,
                keep: look.keep,
                ..Para::new(if look.size < 20 {
                    "Table Text Small"
                } else {
                    "Table Text"
                })
            };
            // A picture is as wide as its cell.
            self.place.width = width.saturating_sub(before[column] + MARGIN);
            let run = Run {
                strong: look.head,
                ..Run::default()
            };
            self.paragraph(&para, |writer| writer.spans(words(cell), run));
            self.out.push_str("</w:tc>");
        }
        self.out.push_str("</w:tr>");
    }

    /// The parts of a figure beside each other, in a table without lines.
    pub(super) fn side_by_side(&mut self, columns: usize, body: &[Value]) {
        self.open_table();
        let width = self.place.width.saturating_sub(self.place.indent) / columns;
        let grid = format!("<w:gridCol w:w=\"{width}\"/>").repeat(columns);
        let _ = write!(
            self.out,
            "<w:tbl><w:tblPr><w:tblW w:w=\"{}\" w:type=\"dxa\"/><w:jc w:val=\"center\"/><w:tblLayout w:type=\"fixed\"/>\
             <w:tblLook w:val=\"0000\" w:firstRow=\"0\" w:lastRow=\"0\" w:firstColumn=\"0\" w:lastColumn=\"0\" w:noHBand=\"1\" w:noVBand=\"1\"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>",
            width * columns
        );
        let outer = self.place;
        self.place = Place {
            indent: 0,
            base: 0,
            depth: 0,
            width: width.saturating_sub(216),
            ..outer
        };
        let mut column = 0;
        for node in body {
            let span = if node["t"] == "numbered" { 1 } else { columns };
            if span > 1 && column > 0 {
                self.fill_row(columns - column, width);
                column = 0;
            }
            if column == 0 {
                self.out.push_str("<w:tr>");
            }
            let merged = if span > 1 {
                format!("<w:gridSpan w:val=\"{span}\"/>")
            } else {
                String::new()
            };
            let _ = write!(
                self.out,
                "<w:tc><w:tcPr><w:tcW w:w=\"{}\" w:type=\"dxa\"/>{merged}</w:tcPr>",
                width * span
            );
            self.after_table = false;
            self.blocks(std::slice::from_ref(node));
            self.close_container("Table Text");
            self.out.push_str("</w:tc>");
            column += span;
            if column >= columns {
                self.out.push_str("</w:tr>");
                column = 0;
            }
        }
        if column > 0 || body.is_empty() {
            if body.is_empty() {
                self.out.push_str("<w:tr>");
            }
            self.fill_row(columns - column, width);
        }
        self.place = outer;
        self.close_table();
    }

    fn fill_row(&mut self, count: usize, width: usize) {
        for _ in 0..count {
            let _ = write!(
                self.out,
                "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/></w:tcPr><w:p/></w:tc>"
            );
        }
        self.out.push_str("</w:tr>");
    }
}

/// A table of the columns of another, from one on, as many as Word takes.
fn columns_of(node: &Value, from: usize) -> Value {
    let slice = |row: &Value| -> Value {
        let cells = cells(row).iter().skip(from).take(MOST);
        cells.cloned().collect()
    };
    let rows: Value = cells(&node["rows"]).iter().map(slice).collect();
    let (align, head) = (slice(&node["align"]), slice(&node["head"]));
    json!({"align": align, "head": head, "rows": rows, "size": node["size"], "sign": node["sign"], "keep": node["keep"]})
}

#[derive(Debug, Clone, Copy)]
struct RowLook {
    head: bool,
    /// Whether it stays on the page of the next.
    keep: bool,
    sign: bool,
    /// The size of its letters in half points.
    size: usize,
}

/// The widths of the columns in twips: as much as the longest cell of each asks for, or, where that is
/// too much for the page, at least its longest word and a fair share of the rest.
fn widths(rows: &[&Value], before: &[usize], room: usize, size: usize) -> Vec<usize> {
    let columns = before.len();
    let letter = LETTER * size / 20;
    let mut least = vec![0; columns];
    let mut most = vec![0; columns];
    for row in rows {
        for (column, cell) in cells(row).iter().enumerate().take(columns) {
            let text = plain_text(words(cell));
            let long = text.split_whitespace().map(letters).max().unwrap_or(0);
            least[column] = long.min(24).max(least[column]);
            most[column] = letters(&text).min(400).max(most[column]);
        }
    }
    let around = if size < 20 { AROUND - 40 } else { AROUND };
    let twips = |(letters, before): (&usize, &usize)| {
        letters.max(&2) * letter + around + before.saturating_sub(MARGIN)
    };
    let least: Vec<usize> = least.iter().zip(before).map(twips).collect();
    let most: Vec<usize> = most.iter().zip(before).map(twips).collect();
    let room = room.max(columns * 200);
    let (narrow, wide): (usize, usize) = (least.iter().sum(), most.iter().sum());
    if wide <= room {
        return most;
    }
    if narrow >= room {
        return least
            .iter()
            .map(|one| (one * room / narrow).max(120))
            .collect();
    }
    let (spare, wanted) = (room - narrow, wide - narrow);
    let pairs = least.iter().zip(&most);
    pairs
        .map(|(least, most)| least + (most - least) * spare / wanted.max(1))
        .collect()
}

/// How far the words of each column stand from its beginning: further where the column before it ends
/// there, since their words would stand as close as two words do.
fn before(align: &[&str], columns: usize, rtl: bool) -> Vec<usize> {
    let (near, far) = match rtl {
        true => ("right", "left"),
        false => ("left", "right"),
    };
    let side = |column: usize| match align.get(column) {
        None | Some(&"start") => near,
        Some(side) => *side,
    };
    let meets = |column: usize| column > 0 && side(column - 1) == far && side(column) == near;
    let room = |column| if meets(column) { APART } else { MARGIN };
    (0..columns).map(room).collect()
}

/// How many letters wide a text is.
fn letters(text: &str) -> usize {
    text.chars()
        .map(|letter| if is_wide(letter) { 2 } else { 1 })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::docx::tests::{made, part};

    #[test]
    fn columns_share_the_page() {
        let cell = |text: &str| json!({"c": [text]});
        let row = json!([cell("a"), cell(&"word ".repeat(100))]);
        let found = widths(&[&row], &[MARGIN; 2], 9000, 20);
        assert!(found[0] < 1000 && found[1] > 7000, "{found:?}");
        assert!(found.iter().sum::<usize>() <= 9000);
        let row = json!([cell("a"), cell("b")]);
        assert!(
            widths(&[&row], &[MARGIN; 2], 9000, 20)
                .iter()
                .sum::<usize>()
                < 2000
        );
        let row = json!([cell(&"x".repeat(90)), cell(&"y".repeat(90))]);
        assert!(
            widths(&[&row], &[MARGIN; 2], 3000, 20)
                .iter()
                .sum::<usize>()
                <= 3000
        );
    }

    #[test]
    fn a_column_stands_off_from_one_that_ends_at_it() {
        let case = |align: &[&str], rtl, expected: &[usize]| {
            let found = before(align, align.len(), rtl);
            let apart = found.iter().enumerate().filter(|(_, room)| **room == APART);
            let apart: Vec<usize> = apart.map(|(column, _)| column).collect();
            assert_eq!(apart, expected, "{align:?}");
        };
        case(&["right", "start"], false, &[1]);
        case(&["right", "left", "right", "right"], false, &[1]);
        case(&["start", "right", "center"], false, &[]);
        case(&["left", "start"], true, &[1]);
        case(&["right", "start"], true, &[]);
    }

    #[test]
    fn a_table_to_sign_stays_with_the_sentence_above_it() {
        let config = "[project]\nkind = \"contract\"\ntitle = \"T\"\ncontent = \"src\"\n";
        let text = "# T\n\nThe parties agree.\n\n| | A |\n|--|--|\n| Name | |\n| Date | |\n";
        let output = made(config, &[("src/a.md", text.as_bytes())]);
        let document = part(&output, "word/document.xml");
        let start = document.find("The parties agree").unwrap();
        let start = document[..start].rfind("<w:p>").unwrap();
        let end = document.find("</w:tbl>").unwrap();
        let paragraphs: Vec<&str> = document[start..end].split("<w:p>").skip(1).collect();
        let (last, others) = paragraphs
            .split_last_chunk::<2>()
            .map(|(others, last)| (last, others))
            .unwrap();
        assert!(others.len() >= 4, "{paragraphs:?}");
        assert!(
            others.iter().all(|it| it.contains("<w:keepNext/>")),
            "{others:?}"
        );
        assert!(last.iter().all(|it| !it.contains("<w:keepNext/>")));
    }
}
