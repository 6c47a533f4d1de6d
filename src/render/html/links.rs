//! Links of a page: where they lead from the place that it is served at.

use pulldown_cmark::LinkType;

use crate::markdown::{Attributes, html_references};
use crate::render::html::attributes::attribute_text;
use crate::render::html::body::Writer;
use crate::render::html::events::{encode_fragment, escape};
use crate::render::html::figures::file_url;
use crate::render::naming::link_name;
use crate::site::LinkTarget;

/// A link whose words are being written.
pub(super) struct OpenLink {
    /// Where its tag ends, and a name may be put.
    name_at: usize,
    /// Where it leads, unless its author gave it a name.
    target: Option<String>,
}

/// Whether there is nothing in the markup that can be read out: no letter, and no picture with a text.
fn is_wordless(html: &str) -> bool {
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (text, tag) = rest.split_at(start);
        let end = tag.find('>').map_or(tag.len(), |end| end + 1);
        let (tag, after) = tag.split_at(end);
        let is_plain = [
            "<img ",
            "<picture",
            "</picture",
            "<source ",
            "<span",
            "</span",
            "<br",
        ]
        .iter()
        .any(|plain| tag.starts_with(plain));
        if !text.trim().is_empty()
            || !is_plain
            || tag.contains(" alt=\"") && !tag.contains(" alt=\"\"")
        {
            return false;
        }
        rest = after;
    }
    rest.trim().is_empty()
}

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
        let Some(href) = href else {
            self.links.push(None);
            return;
        };
        let title = match title {
            "" => String::new(),
            title => format!(" title=\"{}\"", escape(title)),
        };
        let more = attribute_text(attributes, self.raw_html_allowed());
        self.out
            .parts(&["<a href=\"", &escape(&href), "\"", &title, &more]);
        let named = !title.is_empty() || attributes.get("aria-label").is_some();
        self.links.push(Some(OpenLink {
            name_at: self.out.len(),
            target: (!named).then(|| target.to_owned()),
        }));
        self.raw(">");
    }

    pub(super) fn end_link(&mut self) {
        let Some(Some(link)) = self.links.pop() else {
            return;
        };
        if let Some(target) = link.target
            && is_wordless(self.out.from(link.name_at + 1))
        {
            let name = link_name(self.context.site, self.page, &target);
            let label = format!(" aria-label=\"{}\"", escape(&name));
            self.out.insert(link.name_at, &label);
        }
        self.raw("</a>");
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

#[cfg(test)]
mod tests {
    use super::is_wordless;

    #[test]
    fn what_can_be_read_out_is_found() {
        let case = |html: &str, expected: bool| assert_eq!(is_wordless(html), expected, "{html}");
        case("", true);
        case("<img src=\"a.png\" alt=\"\"> ", true);
        case("<img src=\"a.png\" alt=\"A boat\">", false);
        case(
            "<picture><source srcset=\"a\"><img alt=\"\"></picture>",
            true,
        );
        case("<img alt=\"\"> a boat", false);
        case("<code></code>", false);
        case("<svg><title>A boat</title></svg>", false);
    }
}
