//! What is numbered on a page, and the links to it.

use std::fmt::Write as _;

use crate::markdown::{LabelKind, Numbered, Reference};
use crate::render::html::blocks::Block;
use crate::render::html::body::Writer;
use crate::render::html::events::{encode_fragment, escape};
use crate::render::references::{caption_label, caption_name, layout_class, reference_text};
use crate::site::{Labelled, PageId};

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
                let layout = layout_class(numbered.columns);
                let classes = ["numbered", &class].into_iter().chain(layout.as_deref());
                let classes: Vec<&str> = classes.collect();
                self.open_tag("figure", &classes, &attributes);
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

    /// Lists what has labels of a kind, each with its name and its caption.
    pub(super) fn list_of(&mut self, kind: LabelKind) {
        let site = self.context.site;
        let Some(from) = site.page_routed(&self.page.route) else {
            return;
        };
        let all = site.list_of(from, kind);
        if all.is_empty() {
            return;
        }
        let word = self.theme.string(kind.name());
        let mut html = format!("<ul class=\"list-of\" data-kind=\"{}\">\n", kind.name());
        for found in all {
            let name = caption_label(kind, found.number.as_deref().unwrap_or_default(), word);
            let _ = writeln!(
                html,
                "<li><a href=\"{}\"><span class=\"numbering\">{}</span> {}</a></li>",
                self.address_of(from, found),
                escape(&name),
                escape(&found.title),
            );
        }
        self.raw(&html);
        self.raw("</ul>\n");
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
        let address = self.address_of(from, found);
        Some(format!("<a href=\"{address}\">{}</a>", escape(&words)))
    }

    /// The address of what has a label, for an attribute.
    fn address_of(&self, from: PageId, found: &Labelled) -> String {
        let address = match found.page == from {
            true => String::new(),
            false => {
                let page = self.context.site.page(found.page);
                page.route.url_from(&self.page.route)
            }
        };
        let fragment = encode_fragment(&found.id);
        format!("{}#{}", escape(&address), escape(&fragment))
    }

    fn label(&self, kind: LabelKind, id: &str) -> String {
        let site = self.context.site;
        let page = site.page_routed(&self.page.route);
        let found = page.and_then(|page| site.labelled(page, id));
        escape(&caption_name(kind, found, self.theme.string(kind.name())))
    }
}
