//! The word DRAFT across a page, drawn by printpdf as a small PDF of its own.
//!
//! The letters are outlines, so that no font is embedded, in a solid light tint, because a
//! document that is to be archived (PDF/A-1) may hold no transparency.

use printpdf::{
    Color, LinePoint, Mm, Op, PaintMode, PdfDocument, PdfPage, PdfSaveOptions, Point, Polygon,
    PolygonRing, Pt, Rgb, WindingOrder,
};
use ttf_parser::{Face, OutlineBuilder};

/// The word.
const WORD: &str = "DRAFT";
/// How much of the diagonal the word takes.
const SHARE: f32 = 0.72;

/// A PDF of one page of a size in points, with the mark and nothing else.
pub(super) fn draft_mark(width: f32, height: f32) -> Option<Vec<u8>> {
    let rings = rings(width, height)?;
    let tint = Color::Rgb(Rgb {
        r: 0.94,
        g: 0.935,
        b: 0.93,
        icc_profile: None,
    });
    let polygon = Polygon {
        rings,
        mode: PaintMode::Fill,
        winding_order: WindingOrder::NonZero,
    };
    let operations = vec![Op::SetFillColor { col: tint }, Op::DrawPolygon { polygon }];
    let page = PdfPage::new(Mm::from(Pt(width)), Mm::from(Pt(height)), operations);
    let mut document = PdfDocument::new(WORD);
    document.with_pages(vec![page]);
    Some(document.save(&PdfSaveOptions::default(), &mut Vec::new()))
}

/// The outlines of the word on the diagonal of a page.
fn rings(width: f32, height: f32) -> Option<Vec<PolygonRing>> {
    let face = typst_assets::fonts()
        .filter_map(|data| Face::parse(data, 0).ok())
        .find(|face| face.is_bold() && !face.is_monospaced())?;
    let mut pen = Pen::default();
    for letter in WORD.chars() {
        let glyph = face.glyph_index(letter)?;
        face.outline_glyph(glyph, &mut pen);
        let advance = f32::from(face.glyph_hor_advance(glyph)?);
        pen.x += advance * 1.06;
    }
    let cap = f32::from(face.capital_height()?);
    let diagonal = width.hypot(height);
    let scale = diagonal * SHARE / pen.x;
    let (sine, cosine) = (height / diagonal, width / diagonal);
    let place = |(x, y): (f32, f32)| {
        let (x, y) = ((x - pen.x / 2.0) * scale, (y - cap / 2.0) * scale);
        Point {
            x: Pt(width / 2.0 + x * cosine - y * sine),
            y: Pt(height / 2.0 + x * sine + y * cosine),
        }
    };
    let ring = |points: &Vec<((f32, f32), bool)>| PolygonRing {
        points: points
            .iter()
            .map(|(point, bezier)| LinePoint {
                p: place(*point),
                bezier: *bezier,
            })
            .collect(),
    };
    Some(pen.rings.iter().map(ring).collect())
}

/// Collects outlines as points, in units of the font, with a mark on the control points.
#[derive(Default)]
struct Pen {
    x: f32,
    last: (f32, f32),
    rings: Vec<Vec<((f32, f32), bool)>>,
}

impl Pen {
    fn add(&mut self, x: f32, y: f32, bezier: bool) {
        let point = (x + self.x, y);
        if let Some(ring) = self.rings.last_mut() {
            ring.push((point, bezier));
        }
        self.last = (x, y);
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.rings.push(Vec::new());
        self.add(x, y, false);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.add(x, y, false);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        // A quadratic curve is a cubic one whose handles lie two thirds of the way.
        let (x0, y0) = self.last;
        let third = |from: f32, handle: f32| from + (handle - from) * 2.0 / 3.0;
        self.add(third(x0, x1), third(y0, y1), true);
        self.add(third(x, x1), third(y, y1), true);
        self.add(x, y, false);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.add(x1, y1, true);
        self.add(x2, y2, true);
        self.add(x, y, false);
    }

    fn close(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_stays_on_its_page() {
        let rings = rings(595.0, 842.0).unwrap();
        // Five letters; D, R and A have a hole each.
        assert_eq!(rings.len(), 8);
        for point in rings.iter().flat_map(|ring| &ring.points) {
            assert!((0.0..595.0).contains(&point.p.x.0) && (0.0..842.0).contains(&point.p.y.0));
        }
    }

    #[test]
    fn the_mark_embeds_no_font() {
        let bytes = draft_mark(420.0, 595.0).unwrap();
        assert!(bytes.starts_with(b"%PDF"));
        assert!(!bytes.windows(9).any(|part| part == b"/FontFile"));
    }
}
