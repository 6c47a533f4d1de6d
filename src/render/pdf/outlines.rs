//! Letters as outlines, so that a mark embeds no font.

use printpdf::{LinePoint, PaintMode, Point, Polygon, PolygonRing, Pt, WindingOrder};
use ttf_parser::{Face, OutlineBuilder};

/// A line of letters, in units of its font.
pub(super) struct Line {
    /// How wide it is.
    pub(super) width: f32,
    /// How high its capitals are.
    pub(super) height: f32,
    rings: Vec<Vec<((f32, f32), bool)>>,
}

impl Line {
    /// Sets a text in the first embedded font that `suits`; letters that it does not have are left
    /// out. `tracking` is the room of a letter, in its own width.
    pub(super) fn set(text: &str, suits: fn(&Face<'_>) -> bool, tracking: f32) -> Option<Self> {
        let mut faces = typst_assets::fonts().filter_map(|data| Face::parse(data, 0).ok());
        let face = faces.find(suits)?;
        let mut pen = Pen::default();
        for letter in text.chars() {
            let Some(glyph) = face.glyph_index(letter) else {
                continue;
            };
            face.outline_glyph(glyph, &mut pen);
            pen.x += f32::from(face.glyph_hor_advance(glyph)?) * tracking;
        }
        Some(Self {
            width: pen.x,
            height: capital_height(&face)?,
            rings: pen.rings,
        })
    }

    /// The letters as a shape whose points are put where `place` says, in points.
    pub(super) fn polygon(&self, place: impl Fn(f32, f32) -> (f32, f32)) -> Polygon {
        let point = |((x, y), bezier): &((f32, f32), bool)| {
            let (x, y) = place(*x, *y);
            LinePoint {
                p: Point { x: Pt(x), y: Pt(y) },
                bezier: *bezier,
            }
        };
        let ring = |points: &Vec<((f32, f32), bool)>| PolygonRing {
            points: points.iter().map(point).collect(),
        };
        Polygon {
            rings: self.rings.iter().map(ring).collect(),
            mode: PaintMode::Fill,
            winding_order: WindingOrder::NonZero,
        }
    }
}

/// How high capitals are; some fonts do not tell, but show it.
fn capital_height(face: &Face<'_>) -> Option<f32> {
    let told = face.capital_height().filter(|height| *height > 0);
    let shown = || Some(face.glyph_bounding_box(face.glyph_index('H')?)?.y_max);
    told.or_else(shown).map(f32::from)
}

/// Collects outlines as points, with a mark on the control points.
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
