//! The text of a page as HTML: ids, links and images settled, everything else as pulldown-cmark
//! writes it.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Tag, TagEnd};

use crate::diagnostic::{Diagnostic, Severity};
use crate::markdown::{MathMode, Spanned, events, html_references, to_mathml};
use crate::render::context::RenderContext;
use crate::render::html::code::code_block;
use crate::render::html::events::{alert, encode_fragment, escape, plain_image, plain_text, until};
use crate::render::html::figures::{Loading, file_url, picture};
use crate::render::html::footnotes::Footnotes;
use crate::render::html::sanitize::sanitize;
use crate::render::html::tables::settle_tables;
use crate::render::html::theme::Theme;
use crate::site::{LinkTarget, Page};

/// The text of a page.
pub(super) struct Body {
    /// The first heading, if it is the page's title, as inline HTML.
    pub(super) heading: Option<String>,
    /// The rest.
    pub(super) content: String,
    /// What was found while rendering.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Renders the text of a page.
pub(super) fn render_body(context: &RenderContext<'_>, theme: &Theme, page: &Page) -> Body {
    let mut writer = Writer {
        context,
        theme,
        page,
        headings: 0,
        images: 0,
        out: Vec::new(),
        title: None,
        footnotes: Footnotes::default(),
        diagnostics: Vec::new(),
    };
    let events = events(page.markdown(), page.body);
    writer.blocks(events);
    let mut content = String::with_capacity(page.markdown().len() * 3 / 2);
    pulldown_cmark::html::push_html(&mut content, writer.out.into_iter());
    content = settle_tables(content);
    content.push_str(&writer.footnotes.list(theme));
    let mut heading = writer.title.map(|events| {
        let mut html = String::new();
        pulldown_cmark::html::push_html(&mut html, events.into_iter());
        html.trim().to_owned()
    });
    if page.outline.has_html && !context.site.config.html.raw_html {
        content = sanitize(&content);
        heading = heading.map(|heading| sanitize(&heading));
    }
    Body {
        heading,
        content,
        diagnostics: writer.diagnostics,
    }
}

struct Writer<'a> {
    context: &'a RenderContext<'a>,
    theme: &'a Theme,
    page: &'a Page,
    headings: usize,
    images: usize,
    out: Vec<Event<'a>>,
    title: Option<Vec<Event<'a>>>,
    footnotes: Footnotes<'a>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Writer<'a> {
    fn blocks(&mut self, events: Vec<Spanned<'a>>) {
        let mut events = events.into_iter().peekable();
        let mut first = true;
        while let Some((event, span)) = events.next() {
            match event {
                Event::Start(Tag::FootnoteDefinition(label)) => {
                    let inner = until(&mut events, TagEnd::FootnoteDefinition);
                    let note = self.apart(inner);
                    self.footnotes.define(label.to_string(), note);
                    continue;
                }
                Event::Start(Tag::Heading { level, classes, .. }) => {
                    let inner = until(&mut events, TagEnd::Heading(level));
                    let classes: Vec<String> = classes.iter().map(|class| escape(class)).collect();
                    self.heading(level as u8, &classes.join(" "), inner, first);
                }
                Event::Start(Tag::Paragraph) => {
                    let inner = until(&mut events, TagEnd::Paragraph);
                    self.paragraph(inner);
                }
                event => self.event(event, &span, &mut events),
            }
            first = false;
        }
    }

    /// Renders events apart from the text around them.
    fn apart(&mut self, events: Vec<Spanned<'a>>) -> Vec<Event<'a>> {
        let outside = std::mem::take(&mut self.out);
        self.blocks(events);
        std::mem::replace(&mut self.out, outside)
    }

    fn heading(&mut self, level: u8, classes: &str, inner: Vec<Spanned<'a>>, first: bool) {
        let id = self
            .page
            .outline
            .headings
            .get(self.headings)
            .map_or("", |heading| heading.id.as_str());
        self.headings += 1;
        let events = self.apart(inner);
        if first && level == 1 {
            self.title = Some(events);
            return;
        }
        let (id, name) = (escape(id), escape(self.theme.string("link_to_section")));
        let class = match classes {
            "" => String::new(),
            classes => format!(" class=\"{classes}\""),
        };
        self.raw(format!("<h{level} id=\"{id}\"{class}>"));
        self.out.extend(events);
        self.raw(format!(
            " <a class=\"anchor\" href=\"#{id}\" aria-label=\"{name}\">#</a></h{level}>\n"
        ));
    }

    /// A paragraph that holds one image and nothing else is a figure.
    fn paragraph(&mut self, inner: Vec<Spanned<'a>>) {
        let lone = matches!(inner.first(), Some((Event::Start(Tag::Image { .. }), _)))
            && matches!(inner.last(), Some((Event::End(TagEnd::Image), _)))
            && inner
                .iter()
                .filter(|(event, _)| matches!(event, Event::Start(Tag::Image { .. })))
                .count()
                == 1;
        let caption = match inner.first() {
            Some((Event::Start(Tag::Image { title, .. }), _)) if lone => title.to_string(),
            _ => String::new(),
        };
        let events = self.apart(inner);
        if lone && !caption.is_empty() {
            self.raw("<figure>".to_owned());
            self.out.extend(events);
            self.raw(format!(
                "<figcaption>{}</figcaption></figure>\n",
                escape(&caption)
            ));
        } else {
            self.out.push(Event::Start(Tag::Paragraph));
            self.out.extend(events);
            self.out.push(Event::End(TagEnd::Paragraph));
        }
    }

    fn event(
        &mut self,
        event: Event<'a>,
        span: &Range<usize>,
        events: &mut impl Iterator<Item = Spanned<'a>>,
    ) {
        match event {
            Event::Start(Tag::Image { dest_url, .. }) => {
                let inner = until(events, TagEnd::Image);
                let alt: String = inner.iter().map(|(event, _)| plain_text(event)).collect();
                self.image(&dest_url, &alt);
            }
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                ..
            }) => {
                let inner = until(events, TagEnd::Link);
                self.link(link_type, &dest_url, &title, inner);
            }
            Event::Start(Tag::BlockQuote(Some(kind))) => {
                let (class, name) = alert(kind);
                let title = escape(self.theme.string(class));
                let title = if title.is_empty() {
                    name.to_owned()
                } else {
                    title
                };
                self.raw(format!(
                    "<aside class=\"alert alert-{class}\" role=\"note\"><p class=\"alert-title\">{title}</p>\n"
                ));
            }
            Event::End(TagEnd::BlockQuote(Some(_))) => self.raw("</aside>\n".to_owned()),
            Event::Start(Tag::Table(_)) => {
                let name = escape(self.theme.string("table"));
                self.raw(format!(
                    "<div class=\"table\" role=\"group\" tabindex=\"0\" aria-label=\"{name}\">"
                ));
                self.out.push(event);
            }
            Event::End(TagEnd::Table) => {
                self.out.push(event);
                self.raw("</div>\n".to_owned());
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                let inner = until(events, TagEnd::CodeBlock);
                self.code(&kind, &inner);
            }
            Event::InlineMath(tex) => self.math(&tex, MathMode::Inline, span),
            Event::DisplayMath(tex) => self.math(&tex, MathMode::Display, span),
            Event::FootnoteReference(label) => {
                let mark = self.footnotes.mark(&label);
                self.raw(mark);
            }
            Event::Html(html) => {
                let html = self.raw_html(&html);
                self.out.push(Event::Html(html.into()));
            }
            Event::InlineHtml(html) => {
                let html = self.raw_html(&html);
                self.out.push(Event::InlineHtml(html.into()));
            }
            Event::TaskListMarker(done) => {
                let (checked, name) = if done {
                    (" checked", "done")
                } else {
                    ("", "to do")
                };
                self.raw(format!(
                    "<input type=\"checkbox\" disabled{checked} aria-label=\"{name}\"> "
                ));
            }
            event => self.out.push(event),
        }
    }

    fn raw(&mut self, html: String) {
        self.out.push(Event::InlineHtml(html.into()));
    }

    fn image(&mut self, target: &str, alt: &str) {
        let loading = if self.images == 0 {
            Loading::Eager
        } else {
            Loading::Lazy
        };
        self.images += 1;
        let html = match self.context.site.resolve(self.page, target) {
            LinkTarget::File(file) => match self.context.assets.images.get(&file) {
                Some(asset) => picture((self.context.site, asset), alt, &self.page.route, loading),
                None => {
                    let url = file_url(self.context, &file, &self.page.route);
                    plain_image(&url.unwrap_or_else(|| target.to_owned()), alt)
                }
            },
            LinkTarget::Unsafe => escape(alt),
            _ => plain_image(target, alt),
        };
        self.raw(html);
    }

    fn link(&mut self, kind: LinkType, target: &str, title: &str, inner: Vec<Spanned<'a>>) {
        let target = match kind {
            LinkType::Email => format!("mailto:{target}"),
            _ => target.to_owned(),
        };
        let text = self.apart(inner);
        let Some(href) = self.href(&target) else {
            self.out.extend(text);
            return;
        };
        let title = match title {
            "" => String::new(),
            title => format!(" title=\"{}\"", escape(title)),
        };
        self.raw(format!("<a href=\"{}\"{title}>", escape(&href)));
        self.out.extend(text);
        self.raw("</a>".to_owned());
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

    fn code(&mut self, kind: &CodeBlockKind<'_>, inner: &[Spanned<'a>]) {
        let info = match kind {
            CodeBlockKind::Fenced(info) => info,
            CodeBlockKind::Indented => "",
        };
        let code: String = inner.iter().map(|(event, _)| plain_text(event)).collect();
        self.raw(code_block(self.context, info, &code));
    }

    fn math(&mut self, tex: &str, mode: MathMode, span: &Range<usize>) {
        match to_mathml(tex, mode) {
            // It may be wider than a phone, and then the keyboard has to be able to scroll it.
            Ok(mathml) if mode == MathMode::Display => self.raw(format!(
                "<span class=\"formula\" role=\"group\" tabindex=\"0\">{mathml}</span>"
            )),
            Ok(mathml) => self.raw(mathml),
            Err(message) => {
                let message = format!("the formula cannot be read: {message}");
                let found =
                    self.page
                        .diagnostic("math-syntax", Severity::Warning, span.clone(), message);
                self.diagnostics
                    .push(found.help("its source is shown as code"));
                self.raw(format!("<code>{}</code>", escape(tex)));
            }
        }
    }

    /// Raw HTML with its links and images leading where those of the text would.
    fn raw_html(&self, html: &str) -> String {
        let mut out = String::with_capacity(html.len());
        let mut done = 0;
        for found in html_references(html, 0) {
            let new = match (found.element.as_str(), found.attribute.as_str()) {
                (_, "href") => self.href(&found.value),
                (_, "src") => match self.context.site.resolve(self.page, &found.value) {
                    LinkTarget::File(file) => file_url(self.context, &file, &self.page.route),
                    _ => None,
                },
                _ => None,
            };
            if let Some(new) = new {
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
    use super::*;
    use crate::assets::AssetMap;
    use crate::render::highlight::Highlights;
    use crate::repo::{History, Snapshot};
    use crate::site::{LoadOptions, Site};
    use crate::store::Store;

    fn body(markdown: &str) -> Body {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("index.md"), markdown).unwrap();
        std::fs::write(folder.path().join("other.md"), "# Other\n\n## Part\n").unwrap();
        let snapshot = Snapshot::worktree(folder.path()).unwrap();
        let history = History::read(folder.path(), None).unwrap();
        let site = Site::load(&snapshot, &history, &LoadOptions::default(), None);
        let (assets, _) = AssetMap::read(&site, &snapshot);
        let store = Store::open(&folder.path().join(".tympan"));
        let context = RenderContext {
            site: &site,
            assets: &assets,
            snapshot: &snapshot,
            store: &store,
            highlights: &Highlights::default(),
        };
        let theme = Theme::built_in(site.kind, "en");
        let home = site
            .pages
            .iter()
            .find(|page| page.path.as_str() == "index.md");
        render_body(&context, &theme, home.unwrap())
    }

    #[track_caller]
    fn case(markdown: &str, expected: &str) {
        assert_eq!(body(markdown).content.trim_end(), expected);
    }

    #[test]
    fn the_first_heading_is_the_title_of_the_page() {
        let body = body("# A `b` *c*\n\ntext\n");
        assert_eq!(body.heading.as_deref(), Some("A <code>b</code> <em>c</em>"));
        assert_eq!(body.content, "<p>text</p>\n");
    }

    #[test]
    fn headings_have_ids_classes_and_a_way_to_them() {
        case(
            "text\n\n## Neap {#n .wide}\n",
            "<p>text</p>\n<h2 id=\"n\" class=\"wide\">Neap <a class=\"anchor\" href=\"#n\" \
             aria-label=\"Link to this section\">#</a></h2>",
        );
    }

    #[test]
    fn links_lead_to_where_pages_are_served() {
        case(
            "[a](other.md#part)",
            "<p><a href=\"other/index.html#part\">a</a></p>",
        );
        case(
            "[a](/other/ \"t\")",
            "<p><a href=\"other/index.html\" title=\"t\">a</a></p>",
        );
        case(
            "<a href=\"other.md\">a</a>",
            "<p><a href=\"other/index.html\">a</a></p>",
        );
        case("[a](javascript:b)", "<p>a</p>");
        case(
            "see https://a.example",
            "<p>see <a href=\"https://a.example\">https://a.example</a></p>",
        );
    }

    #[test]
    fn notes_are_numbered_and_lead_back() {
        let html = body("a[^x] b[^y] c[^x]\n\n[^y]: Two.\n[^x]: One.\n").content;
        assert!(html.contains("id=\"fnref-1-2\""), "{html}");
        let (one, two) = (html.find("One.").unwrap(), html.find("Two.").unwrap());
        assert!(one < two, "{html}");
        assert_eq!(html.matches("role=\"doc-backlink\"").count(), 3);
    }

    #[test]
    fn alerts_tasks_and_tables_are_marked_up() {
        case(
            "> [!TIP]\n> Go.\n",
            "<aside class=\"alert alert-tip\" role=\"note\"><p class=\"alert-title\">Tip</p>\n<p>Go.</p>\n</aside>",
        );
        let html = body("- [x] a\n\n| b |\n| - |\n| c |\n").content;
        assert!(
            html.contains("<input type=\"checkbox\" disabled checked aria-label=\"done\">"),
            "{html}"
        );
        assert!(
            html.contains("<div class=\"table\" role=\"group\" tabindex=\"0\""),
            "{html}"
        );
    }

    #[test]
    fn a_formula_that_cannot_be_read_is_reported_and_shown() {
        let body = body("text $\\frac{1}$\n");
        assert!(
            body.content.contains("<code>\\frac{1}</code>"),
            "{}",
            body.content
        );
        let place = body.diagnostics[0].place.as_ref().unwrap();
        assert_eq!(
            (body.diagnostics[0].code.as_ref(), place.line, place.column),
            ("math-syntax", 1, 6)
        );
    }
}
