//! Short texts on finished pages, such as numbers at their feet. Each letter is one form for all
//! pages, an outline, so that no font is embedded.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use lopdf::{Document, ObjectId};

use crate::render::pdf::graft::form;
use crate::render::pdf::mark::letter_mark;

/// The letters of one size that a document has as forms.
pub(super) struct Letters {
    size: f32,
    forms: BTreeMap<char, (ObjectId, f32)>,
}

/// A text that is set and waits for its place.
pub(super) struct Text {
    /// How wide it is, in points.
    pub(super) width: f32,
    /// Each letter, its form, and how far it stands from the first.
    letters: Vec<(String, ObjectId, f32)>,
}

impl Letters {
    /// Letters of a size in points; there are none yet.
    pub(super) fn new(size: f32) -> Self {
        Self {
            size,
            forms: BTreeMap::new(),
        }
    }

    /// Sets a text. Letters that no embedded font has are left out.
    pub(super) fn set(
        &mut self,
        document: &mut Document,
        text: &str,
    ) -> Result<Text, lopdf::Error> {
        let mut set = Text {
            width: 0.0,
            letters: Vec::new(),
        };
        for letter in text.chars() {
            let Some((form, advance)) = self.form(document, letter)? else {
                continue;
            };
            let name = format!("TympanLetter{:x}", u32::from(letter));
            set.letters.push((name, form, set.width));
            set.width += advance;
        }
        Ok(set)
    }

    fn form(
        &mut self,
        document: &mut Document,
        letter: char,
    ) -> Result<Option<(ObjectId, f32)>, lopdf::Error> {
        if let Some(known) = self.forms.get(&letter) {
            return Ok(Some(*known));
        }
        let Some((mark, advance)) = letter_mark(letter, self.size) else {
            return Ok(None);
        };
        let size = self.size;
        let form = form(&mark, [-size, -size, size * 2.0, size * 2.0])?;
        let made = (document.add_object(form), advance);
        self.forms.insert(letter, made);
        Ok(Some(made))
    }
}

impl Text {
    /// What paints it from a place on.
    pub(super) fn drawing(&self, [x, y]: [f32; 2]) -> String {
        let mut drawing = String::new();
        for (name, _, from) in &self.letters {
            let x = x + from;
            let _ = writeln!(drawing, "q 1 0 0 1 {x:.2} {y:.2} cm /{name} Do Q");
        }
        drawing
    }

    /// The forms that the drawing names.
    pub(super) fn forms(&self) -> impl Iterator<Item = (&str, ObjectId)> {
        let letters = self.letters.iter();
        letters.map(|(name, form, _)| (name.as_str(), *form))
    }
}
