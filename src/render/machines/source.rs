//! A page as Markdown, for readers that are programs: what its author wrote, with includes and
//! variables in place and with links that lead to the other pages' Markdown.

use std::fmt::Write as _;

use crate::render::context::RenderContext;
use crate::render::html::file_url;
use crate::site::{LinkTarget, Page};
use crate::site_path::SitePath;

/// Where a page stands as Markdown: `guide/index.html` has `guide/index.md`.
pub(in crate::render) fn markdown_route(route: &SitePath) -> SitePath {
    let name = format!("{}.md", route.stem());
    route
        .resolve_beside(&name)
        .expect("a plain name stays inside")
}

/// The Markdown of a page. It has a title, whatever its author wrote.
pub(super) fn as_markdown(context: &RenderContext<'_>, page: &Page) -> String {
    let text = page.markdown();
    let mut out = String::with_capacity(text.len() + 80);
    let titled = page
        .outline
        .headings
        .first()
        .is_some_and(|heading| heading.level == 1);
    if !titled {
        let title = page.title.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = write!(out, "# {title}\n\n");
    }
    let links = page
        .outline
        .links
        .iter()
        .map(|link| (&link.span, link.target.as_str()));
    let images = page
        .outline
        .images
        .iter()
        .map(|image| (&image.span, image.target.as_str()));
    let mut places: Vec<(std::ops::Range<usize>, String)> = links
        .chain(images)
        .filter_map(|(span, target)| {
            let new = rewritten(context, page, target)?;
            let written = page.text.get(span.clone())?;
            let at = span.start + written.rfind(target)?;
            Some((at..at + target.len(), new))
        })
        .collect();
    places.sort_by_key(|(place, _)| place.start);
    let mut done = page.text.len() - text.trim_start().len();
    for (place, new) in places {
        if place.start >= done {
            out.push_str(&page.text[done..place.start]);
            out.push_str(&new);
            done = place.end;
        }
    }
    out.push_str(page.text[done..].trim_end());
    out.push('\n');
    out
}

/// The new target of a link; none if it may stay.
fn rewritten(context: &RenderContext<'_>, page: &Page, target: &str) -> Option<String> {
    let from = markdown_route(&page.route);
    match context.site.resolve(page, target) {
        LinkTarget::Page(id, fragment) => {
            let route = markdown_route(&context.site.page(id).route);
            let fragment = fragment.map(|fragment| format!("#{}", fragment.replace(' ', "%20")));
            Some(route.url_from(&from) + &fragment.unwrap_or_default())
        }
        LinkTarget::Route(route) => Some(route.url_from(&from)),
        LinkTarget::File(file) => file_url(context, &file, &from),
        _ => None,
    }
}
