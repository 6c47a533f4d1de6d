//! Marks for finished pages, drawn by printpdf as small PDFs of their own: a word across a page,
//! the letters of numbers at its foot, and sheets between what is bound together.
//!
//! The letters are outlines, so that no font is embedded, and the word is in a solid light tint,
//! because a document that is to be archived (PDF/A-1) may hold no transparency.

use printpdf::{
    Color, LinePoint, Mm, Op, PaintMode, PdfDocument, PdfPage, PdfSaveOptions, Point, Polygon,
    PolygonRing, Pt, Rgb, WindingOrder,
};
use ttf_parser::Face;

use crate::render::pdf::outlines::Line;

/// How much of the diagonal a word takes, and of the width of the page the height of its letters.
const SHARE: f32 = 0.72;
const HIGHEST: f32 = 0.17;

/// The sizes of a label and a title on a slip sheet, in points.
const SLIP_SIZES: [f32; 2] = [40.0, 17.0];

/// A PDF of one page of a size in points, with a word from corner to corner and nothing else.
pub(super) fn word_mark(word: &str, width: f32, height: f32) -> Option<Vec<u8>> {
    let shape = word_shape(word, width, height)?;
    Some(drawn(width, height, vec![shape], [0.94, 0.935, 0.93]))
}

/// A sheet that stands before what is appended to a document: its label, a line, and its title, as
/// far as the embedded fonts have the letters.
pub(super) fn slip_sheet(label: &str, title: &str, width: f32, height: f32) -> Vec<u8> {
    let middle = height * 0.56;
    let mut shapes = Vec::new();
    let mut centered = |text: &str, size: f32, y: f32| {
        let line = Line::set(text, |face| !face.is_monospaced() && is_book(face), 1.0);
        let Some(line) = line.filter(|line| line.width > 0.0) else {
            return;
        };
        // A capital of such a font is about two thirds of its size.
        let scale = (size * 0.66 / line.height.max(1.0)).min(width * 0.76 / line.width);
        let left = (width - line.width * scale) / 2.0;
        shapes.push(line.polygon(|x, rise| (left + x * scale, y + rise * scale)));
    };
    centered(label, SLIP_SIZES[0], middle + 22.0);
    centered(title, SLIP_SIZES[1], middle - 26.0);
    let point = |x: f32, y: f32| LinePoint {
        p: Point { x: Pt(x), y: Pt(y) },
        bezier: false,
    };
    let (left, right) = (width * 0.5 - 36.0, width * 0.5 + 36.0);
    shapes.push(Polygon {
        rings: vec![PolygonRing {
            points: vec![
                point(left, middle),
                point(right, middle),
                point(right, middle + 0.6),
                point(left, middle + 0.6),
            ],
        }],
        mode: PaintMode::Fill,
        winding_order: WindingOrder::NonZero,
    });
    drawn(width, height, shapes, [0.0; 3])
}

/// The outlines of a word on the diagonal of a page.
fn word_shape(word: &str, width: f32, height: f32) -> Option<Polygon> {
    let line = Line::set(word, |face| face.is_bold() && !face.is_monospaced(), 1.06)?;
    let diagonal = width.hypot(height);
    let scale =
        (diagonal * SHARE / line.width.max(1.0)).min(width * HIGHEST / line.height.max(1.0));
    let (sine, cosine) = (height / diagonal, width / diagonal);
    Some(line.polygon(|x, y| {
        let (x, y) = (
            (x - line.width / 2.0) * scale,
            (y - line.height / 2.0) * scale,
        );
        (
            width / 2.0 + x * cosine - y * sine,
            height / 2.0 + x * sine + y * cosine,
        )
    }))
}

/// A letter of a size in points that stands on the line 0, as a PDF of one page, and how far the next
/// one stands from it.
pub(super) fn letter_mark(letter: char, size: f32) -> Option<(Vec<u8>, f32)> {
    let text = letter.to_string();
    let line = Line::set(&text, |face| face.is_monospaced() && is_book(face), 1.0)?;
    // A capital of the font is about seven tenths of its size.
    let scale = size * 0.7 / line.height.max(1.0);
    let shape = line.polygon(|x, y| (x * scale, y * scale));
    Some((drawn(size, size, vec![shape], [0.0; 3]), line.width * scale))
}

/// Whether a face is upright and of the usual weight.
fn is_book(face: &Face<'_>) -> bool {
    !face.is_bold() && !face.is_italic() && !face.is_oblique()
}

fn drawn(width: f32, height: f32, shapes: Vec<Polygon>, [r, g, b]: [f32; 3]) -> Vec<u8> {
    let col = Color::Rgb(Rgb {
        r,
        g,
        b,
        icc_profile: None,
    });
    let shapes = shapes.into_iter();
    let shapes = shapes.map(|polygon| Op::DrawPolygon { polygon });
    let operations = [Op::SetFillColor { col }].into_iter().chain(shapes);
    let operations = operations.collect();
    let page = PdfPage::new(Mm::from(Pt(width)), Mm::from(Pt(height)), operations);
    let mut document = PdfDocument::new("mark");
    document.with_pages(vec![page]);
    document.save(&PdfSaveOptions::default(), &mut Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_on_its_page() {
        for word in ["DRAFT", "X", "PRIVILEGED AND CONFIDENTIAL – DRAFT"] {
            let shape = word_shape(word, 595.0, 842.0).unwrap();
            for point in shape.rings.iter().flat_map(|ring| &ring.points) {
                assert!((0.0..595.0).contains(&point.p.x.0) && (0.0..842.0).contains(&point.p.y.0));
            }
        }
        // Five letters; D, R and A have a hole each.
        assert_eq!(word_shape("DRAFT", 595.0, 842.0).unwrap().rings.len(), 8);
    }

    #[test]
    fn no_mark_embeds_a_font() {
        let (letter, advance) = letter_mark('7', 8.0).unwrap();
        assert!((4.0..6.0).contains(&advance), "{advance}");
        for bytes in [word_mark("DRAFT", 420.0, 595.0).unwrap(), letter] {
            assert!(bytes.starts_with(b"%PDF"));
            assert!(!bytes.windows(9).any(|part| part == b"/FontFile"));
        }
    }
}
