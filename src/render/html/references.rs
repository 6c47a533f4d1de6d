//! What is numbered on a page, and the links to it.

use crate::markdown::{LabelKind, Numbered, Reference};
use crate::render::html::blocks::Block;
use crate::render::html::body::Writer;
use crate::render::html::events::{encode_fragment, escape};
use crate::render::references::{caption_label, reference_text};
use crate::site::Labelled;

impl Writer<'_> {
    /// Begins a figure, a table, a listing or an equation.
    pub(super) fn open_numbered(&mut self, numbered: &Numbered) {
        let mut attributes = numbered.attributes.clone();
        let label = self.label(numbered.kind, &numbered.id);
        attributes.id = Some(numbered.id.clone());
        match numbered.kind {
            LabelKind::Equation => self.open_tag("span", &["equation"], &attributes),
            kind => {
                let class = format!("numbered-{}", kind.name());
                self.open_tag("figure", &["numbered", &class], &attributes);
            }
        }
        self.open.push(Block::Numbered(label));
    }

    /// Ends it; the number of an equation stands behind it.
    pub(super) fn close_numbered(&mut self, kind: LabelKind) {
        let label = match self.open.pop() {
            Some(Block::Numbered(label)) => label,
            _ => String::new(),
        };
        match kind {
            LabelKind::Equation => {
                self.out
                    .parts(&["<span class=\"numbering\">", &label, "</span></span>"]);
            }
            _ => self.raw("</figure>\n"),
        }
    }

    /// Begins a caption with the name of what it is about.
    pub(super) fn open_caption(&mut self) {
        let label = match self.open.last() {
            Some(Block::Numbered(label)) => label.as_str(),
            _ => "",
        };
        let html = format!("<figcaption><span class=\"numbering\">{label}</span> ");
        self.raw(&html);
    }

    /// Begins a reference. What was written stands in it, and is seen only if it means nothing.
    pub(super) fn open_reference(&mut self, reference: &Reference) {
        self.reference_start = self.out.len();
        self.open.push(Block::Reference(self.link_to(reference)));
    }

    pub(super) fn close_reference(&mut self) {
        if let Some(Block::Reference(Some(link))) = self.open.pop() {
            self.out.take_from(self.reference_start);
            self.raw(&link);
        }
    }

    fn link_to(&self, reference: &Reference) -> Option<String> {
        let site = self.context.site;
        let from = site.page_routed(&self.page.route)?;
        let found = site.labelled(from, &reference.label)?;
        let words = reference_text(found, &reference.form, |key| self.theme.string(key));
        let address = match found.page == from {
            true => String::new(),
            false => site.page(found.page).route.url_from(&self.page.route),
        };
        Some(format!(
            "<a href=\"{}#{}\">{}</a>",
            escape(&address),
            escape(&encode_fragment(&found.id)),
            escape(&words)
        ))
    }

    fn label(&self, kind: LabelKind, id: &str) -> String {
        let site = self.context.site;
        let page = site.page_routed(&self.page.route);
        let found = page.and_then(|page| site.labelled(page, id));
        let number = found.and_then(|found: &Labelled| found.number.as_deref());
        let word = self.theme.string(kind.name());
        escape(&caption_label(kind, number.unwrap_or_default(), word))
    }
}
