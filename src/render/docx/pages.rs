//! The pages of a document: their size, their margins, and what stands on all of them.

use std::fmt::Write as _;

use crate::config::{Kind, Paper};
use crate::render::docx::furniture::Head;
use crate::render::docx::reference::Page;
use crate::render::docx::rels::Rels;
use crate::render::docx::writer::Section;

/// Pages that are less wide than this have narrow margins: 17 cm.
const SMALL: usize = 9638;

/// The pages, in twips.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pages {
    width: usize,
    height: usize,
    /// Top, right, bottom, left, header, footer, gutter.
    margins: [usize; 7],
}

impl Pages {
    /// Those of a paper, or of a reference document.
    pub(super) fn of(paper: Paper, kind: Kind, reference: Option<&Page>) -> Self {
        if let Some(page) = reference {
            return Self {
                width: page.size.0,
                height: page.size.1,
                margins: page.margins,
            };
        }
        // From hundredths of a millimeter to the twentieths of a point that Word counts in.
        let twips = |length: u32| length as usize * 1440 / 2540;
        let (width, height) = (twips(paper.width), twips(paper.height));
        let (side, top, bottom) = match kind {
            _ if width < SMALL => (width / 8, height / 10, height / 10),
            Kind::Book => (1900, 1640, 1900),
            _ => (1600, 1500, 1600),
        };
        Self {
            width,
            height,
            margins: [top, side, bottom, side, 720, 720, 0],
        }
    }

    /// Whether the pages are those of a small book, whose letters are smaller, too.
    pub(super) fn is_small(self) -> bool {
        self.width < SMALL
    }

    /// The width and the height of a page. A page that lies already is not turned.
    fn sides(self, turned: bool) -> (usize, usize) {
        match turned && self.width < self.height {
            true => (self.height, self.width),
            false => (self.width, self.height),
        }
    }

    /// The width of the text, on an upright page or on one that is turned.
    pub(super) fn room(self, turned: bool) -> usize {
        let (width, _) = self.sides(turned);
        let sides = self.margins[1] + self.margins[3] + self.margins[6];
        width.saturating_sub(sides).max(1440)
    }

    /// The sections of the document: their pages, and the headers and footers that `rels` knows.
    pub(super) fn section(
        self,
        heads: &[Head],
        rels: &mut Rels,
        is_first_apart: bool,
        rtl: bool,
    ) -> Section {
        let mut named = String::new();
        let mut first = String::new();
        // Headers come before footers, and each has one part for a kind of page.
        for kind in ["header", "footer"] {
            for place in ["even", "default", "first"] {
                let found = heads.iter().enumerate();
                let mut found = found.filter(|(_, head)| head.kind == kind && head.place == place);
                if let Some((at, head)) = found.next() {
                    let id = rels.part(kind, &head.file(at));
                    let element = format!("<w:{kind}Reference w:type=\"{place}\" r:id=\"{id}\"/>");
                    match place {
                        "first" => first.push_str(&element),
                        _ => named.push_str(&element),
                    }
                }
            }
        }
        let bidi = if rtl { "<w:bidi/>" } else { "" };
        let whole = |heads: &str, turned: bool, title: &str| {
            format!(
                "<w:sectPr>{heads}<w:type w:val=\"nextPage\"/>{}<w:cols w:space=\"720\"/>{title}{bidi}</w:sectPr>",
                self.elements(turned)
            )
        };
        Section {
            // The first page of all has no header or one of its own, unless a house wants the same.
            first: Some(match is_first_apart {
                true => whole(&format!("{first}{named}"), false, "<w:titlePg/>"),
                false => whole(&named, false, ""),
            }),
            upright: whole(&named, false, ""),
            turned: whole(&named, true, ""),
            is_turned: false,
            width: self.room(false),
            turned_width: self.room(true),
            height: self
                .height
                .saturating_sub(self.margins[0] + self.margins[2]),
        }
    }

    /// The size and the margins of a page, upright or turned.
    fn elements(self, turned: bool) -> String {
        let (width, height) = self.sides(turned);
        let orient = match width > height {
            true => " w:orient=\"landscape\"",
            false => "",
        };
        let names = [
            "top", "right", "bottom", "left", "header", "footer", "gutter",
        ];
        let mut margins = String::new();
        for (name, margin) in names.iter().zip(self.margins) {
            let _ = write!(margins, " w:{name}=\"{margin}\"");
        }
        format!("<w:pgSz w:w=\"{width}\" w:h=\"{height}\"{orient}/><w:pgMar{margins}/>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_lie_are_not_turned() {
        let pages = |width, height| Pages {
            width,
            height,
            margins: [1000; 7],
        };
        let section = |pages: Pages| pages.section(&[], &mut Rels::default(), true, false);
        let lying = section(pages(16_000, 11_000));
        assert_eq!((lying.width, lying.turned_width), (13_000, 13_000));
        assert!(
            lying
                .upright
                .contains("w:w=\"16000\" w:h=\"11000\" w:orient=\"landscape\"")
        );
        let upright = section(pages(11_000, 16_000));
        assert_eq!((upright.width, upright.turned_width), (8000, 13_000));
        assert!(!upright.upright.contains("landscape") && upright.turned.contains("landscape"));
    }
}
