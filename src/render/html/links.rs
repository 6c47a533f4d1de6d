//! Links of a page: where they lead from the place that it is served at.

use pulldown_cmark::LinkType;

use crate::markdown::{Attributes, html_references};
use crate::render::html::attributes::attribute_text;
use crate::render::html::body::Writer;
use crate::render::html::events::{encode_fragment, escape};
use crate::render::html::figures::file_url;
use crate::site::LinkTarget;

impl Writer<'_> {
    pub(super) fn link(
        &mut self,
        kind: LinkType,
        (target, title): (&str, &str),
        attributes: &Attributes,
    ) {
        let href = match kind {
            LinkType::Email => self.href(&format!("mailto:{target}")),
            _ => self.href(target),
        };
        self.links.push(href.is_some());
        let Some(href) = href else {
            return;
        };
        let title = match title {
            "" => String::new(),
            title => format!(" title=\"{}\"", escape(title)),
        };
        let more = attribute_text(attributes, self.raw_html_allowed());
        self.out
            .parts(&["<a href=\"", &escape(&href), "\"", &title, &more, ">"]);
    }

    pub(super) fn end_link(&mut self) {
        if self.links.pop() == Some(true) {
            self.raw("</a>");
        }
    }

    /// The address for a link as written; none if it must not be one.
    fn href(&self, target: &str) -> Option<String> {
        let from = &self.page.route;
        let site = self.context.site;
        Some(match site.resolve(self.page, target) {
            LinkTarget::Fragment(fragment) => format!("#{}", encode_fragment(&fragment)),
            LinkTarget::Page(id, fragment) => {
                let fragment = fragment.map(|fragment| format!("#{}", encode_fragment(&fragment)));
                site.page(id).route.url_from(from) + &fragment.unwrap_or_default()
            }
            LinkTarget::Elsewhere(file, fragment) => {
                let fragment = fragment.map(|fragment| format!("#{}", encode_fragment(&fragment)));
                site.url_in_release_from(&file, from) + &fragment.unwrap_or_default()
            }
            LinkTarget::Route(route) => route.url_from(from),
            LinkTarget::File(file) => {
                file_url(self.context, &file, from).unwrap_or_else(|| target.to_owned())
            }
            LinkTarget::External(_) | LinkTarget::Missing(_) | LinkTarget::Outside => {
                target.to_owned()
            }
            LinkTarget::Unsafe | LinkTarget::Empty => return None,
        })
    }

    /// Raw HTML with its links leading where those of the text would.
    pub(super) fn settled_links(&self, html: &str) -> String {
        let mut out = String::with_capacity(html.len());
        let mut done = 0;
        for found in html_references(html, 0) {
            let new = match (found.element.as_str(), found.attribute.as_str()) {
                (_, "href") => self.href(&found.value),
                (_, "src" | "poster" | "srcset") => {
                    match self.context.site.resolve(self.page, &found.value) {
                        LinkTarget::File(file) => file_url(self.context, &file, &self.page.route),
                        _ => None,
                    }
                }
                _ => None,
            };
            // What leads where it says is left as it was written.
            if let Some(new) = new.filter(|new| *new != found.value) {
                out.push_str(&html[done..found.span.start]);
                out.push_str(&escape(&new));
                done = found.span.end;
            }
        }
        out.push_str(&html[done..]);
        out
    }
}
