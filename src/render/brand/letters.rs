//! Fonts for pictures: the embedded ones and those of the project, never those of the machine.

use std::sync::{Arc, LazyLock};

use resvg::usvg::fontdb::{Database, ID, Source};
use ttf_parser::{Face, OutlineBuilder};

/// The embedded family that titles are set in.
pub(super) const FAMILY: &str = "Libertinus Serif";
/// The weight of titles.
const WEIGHT: u16 = 600;

static EMBEDDED: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut database = Database::new();
    for data in typst_assets::fonts() {
        database.load_font_source(Source::Binary(Arc::new(data)));
    }
    // A face for code or for formulas would do for letters that no other has, and look like it.
    let others: Vec<ID> = database
        .faces()
        .filter(|face| face.families.iter().all(|(name, _)| name != FAMILY))
        .map(|face| face.id)
        .collect();
    for id in others {
        database.remove_face(id);
    }
    Arc::new(database)
});

/// All embedded fonts, for drawings whose texts ask for a kind of letters and not for a family.
static KINDS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut database = Database::new();
    for data in typst_assets::fonts() {
        database.load_font_source(Source::Binary(Arc::new(data)));
    }
    database.set_serif_family(FAMILY);
    database.set_sans_serif_family(FAMILY);
    database.set_cursive_family(FAMILY);
    database.set_fantasy_family(FAMILY);
    database.set_monospace_family("DejaVu Sans Mono");
    Arc::new(database)
});

/// The embedded fonts by their kinds, for the drawings of a document.
pub(super) fn of_all_kinds() -> Arc<Database> {
    Arc::clone(&KINDS)
}

/// The embedded fonts, for a picture that brings texts of its own.
pub(super) fn embedded() -> Arc<Database> {
    Arc::clone(&EMBEDDED)
}

/// The fonts that a picture is set in.
#[derive(Clone)]
pub(super) struct Letters {
    pub(super) database: Arc<Database>,
    /// The family that is asked for first.
    pub(super) family: String,
    /// The faces, the best first.
    faces: Vec<ID>,
}

impl Letters {
    /// The embedded fonts, and over them the files of a font of the project. Files in a format that
    /// only browsers read, such as WOFF2, are passed over.
    pub(super) fn new(own: &[Vec<u8>]) -> Self {
        let mut database = Database::clone(&EMBEDDED);
        let mut own_faces = Vec::new();
        for bytes in own {
            if Face::parse(bytes, 0).is_ok() {
                let source = Source::Binary(Arc::new(bytes.clone()));
                own_faces.extend(database.load_font_source(source));
            }
        }
        let is_title = |id: &ID, weight: u16| {
            database.face(*id).is_some_and(|face| {
                face.weight.0 == weight && face.families.iter().any(|(name, _)| name == FAMILY)
            })
        };
        let mut embedded: Vec<ID> = database
            .faces()
            .map(|face| face.id)
            .filter(|id| !own_faces.contains(id))
            .collect();
        embedded.sort_by_key(|id| (!is_title(id, WEIGHT), !is_title(id, 400)));
        let family = own_faces
            .first()
            .and_then(|id| database.face(*id)?.families.first().cloned())
            .map_or_else(|| FAMILY.to_owned(), |(name, _)| name);
        let faces = own_faces.into_iter().chain(embedded).collect();
        Self {
            database: Arc::new(database),
            family,
            faces,
        }
    }

    /// How wide a letter is, as a part of the font size; none where no font has it.
    pub(super) fn advance(&self, letter: char) -> Option<f64> {
        if is_silent(letter) {
            return Some(0.0);
        }
        self.faces.iter().find_map(|id| {
            self.database.with_face_data(*id, |data, index| {
                let face = Face::parse(data, index).ok()?;
                let advance = face.glyph_hor_advance(face.glyph_index(letter)?)?;
                Some(f64::from(advance) / f64::from(face.units_per_em()))
            })?
        })
    }
}

/// Whether a character leaves no mark; joiners, selectors and marks of direction do not.
fn is_silent(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        )
}

/// The outline of a letter as an SVG path, in the middle of a square of this side.
pub(super) fn outline(letter: char, side: f64) -> Option<String> {
    let letters = Letters::new(&[]);
    letters.faces.iter().take(2).find_map(|id| {
        letters.database.with_face_data(*id, |data, index| {
            let face = Face::parse(data, index).ok()?;
            let glyph = face.glyph_index(letter)?;
            let mut path = Path::default();
            let bounds = face.outline_glyph(glyph, &mut path)?;
            let units = f64::from(face.units_per_em());
            // Capitals are as high as 62 hundredths of the tile.
            let capital = f64::from(face.capital_height().unwrap_or(650)) / units;
            let scale = side * 0.62 / capital / units;
            let middle = f64::from(i32::from(bounds.x_min) + i32::from(bounds.x_max)) / 2.0;
            let half = f64::from(i32::from(bounds.y_min) + i32::from(bounds.y_max)) / 2.0;
            Some(path.placed(
                side / 2.0 - middle * scale,
                side / 2.0 + half * scale,
                scale,
            ))
        })?
    })
}

/// The commands of an outline in units of the font.
#[derive(Default)]
struct Path(Vec<(char, Vec<(f32, f32)>)>);

impl Path {
    fn placed(&self, x: f64, y: f64, scale: f64) -> String {
        let number = |value: f64| {
            let text = format!("{value:.2}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        let mut text = String::new();
        for (command, points) in &self.0 {
            text.push(*command);
            let points: Vec<String> = points
                .iter()
                .map(|(px, py)| {
                    let across = number(x + f64::from(*px) * scale);
                    let down = number(y - f64::from(*py) * scale);
                    format!("{across} {down}")
                })
                .collect();
            text.push_str(&points.join(" "));
        }
        text
    }
}

impl OutlineBuilder for Path {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.push(('M', vec![(x, y)]));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.push(('L', vec![(x, y)]));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.push(('Q', vec![(x1, y1), (x, y)]));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.0.push(('C', vec![(x1, y1), (x2, y2), (x, y)]));
    }

    fn close(&mut self) {
        self.0.push(('Z', Vec::new()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_have_a_width_or_are_missing() {
        let letters = Letters::new(&[b"no font".to_vec()]);
        assert_eq!(letters.family, FAMILY);
        for letter in "Aя×ש".chars() {
            assert!(
                letters.advance(letter).is_some_and(|wide| wide > 0.1),
                "{letter}"
            );
        }
        assert_eq!(letters.advance('\u{200f}'), Some(0.0));
        for letter in ['日', 'ن'] {
            assert_eq!(letters.advance(letter), None);
        }
    }
}
