//! The diagrams of a page. They are set aside while the rest is written: what cleans the author's
//! HTML knows no drawings, and these are clean already.

use std::fmt::Write as _;
use std::ops::Range;

use crate::diagnostic::{Diagnostic, Severity};
use crate::digest::Digest;
use crate::markdown::CodeBlock;
use crate::render::context::RenderContext;
use crate::render::diagram::{Drawing, Notation};
use crate::render::html::events::escape;
use crate::site::Page;

/// Stands where a drawing was set aside. It is no character (Unicode §23.7), so no text has it.
const MARK: char = '\u{fdd0}';

/// The drawings that were set aside, in order.
#[derive(Default)]
pub(super) struct Diagrams(Vec<String>);

impl Diagrams {
    /// Draws a block of code that is a diagram. What stands in its place is put into the page; if
    /// it cannot be drawn, that is said, and it stays code.
    pub(super) fn draw(
        &mut self,
        (context, page): (&RenderContext<'_>, &Page),
        block: &CodeBlock,
        span: &Range<usize>,
        word: &str,
    ) -> Option<Result<String, Diagnostic>> {
        let notation = Notation::of(&block.language)?;
        let drawing = match notation.draw(context.store, &block.text()) {
            Ok(drawing) => drawing,
            Err(reason) => {
                let message = format!("the diagram cannot be drawn: {reason}");
                let found =
                    page.diagnostic("diagram-syntax", Severity::Warning, span.clone(), message);
                return Some(Err(found.help("its source is shown as code")));
            }
        };
        let place = self.0.len();
        // Pages may be joined to one, so that a number alone would not do.
        let name = format!("{}#{place}", page.path);
        let prefix = format!("d{}-", Digest::of(name.as_bytes()).short());
        self.0.push(figure(&drawing, block, &prefix, word));
        Some(Ok(placeholder(place)))
    }

    /// Puts the drawings where they belong.
    pub(super) fn put_back(self, mut html: String) -> String {
        for (place, figure) in self.0.iter().enumerate() {
            html = html.replacen(placeholder(place).trim_end(), figure, 1);
        }
        html
    }
}

fn placeholder(place: usize) -> String {
    format!("<pre>{MARK}{place}{MARK}</pre>\n")
}

fn figure(drawing: &Drawing, block: &CodeBlock, prefix: &str, word: &str) -> String {
    let label = match &block.title {
        Some(title) => escape(title),
        None => format!("{}: {}", escape(word), drawing.words()),
    };
    let class = match drawing.keeps_colors() {
        true => "diagram on-paper",
        false => "diagram",
    };
    let svg = drawing.page(prefix);
    let mut html = format!(
        "<figure class=\"{class}\"><div role=\"img\" tabindex=\"0\" aria-label=\"{label}\">{svg}</div>"
    );
    if let Some(title) = &block.title {
        let _ = write!(html, "<figcaption>{}</figcaption>", escape(title));
    }
    html.push_str("</figure>");
    html
}
