//! Where a link of a document leads: to a label inside it, to the web, or nowhere.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::render::tree::page::PageInput;
use crate::site::{LinkTarget, PageId};
use crate::site_path::SitePath;

/// What links of a document are resolved with.
pub(in crate::render) struct Links<'a> {
    /// The pages of the document and their places in it.
    pub(in crate::render) pages: &'a BTreeMap<PageId, usize>,
}

/// The node of a link as written in a page, without its text. Whether a label exists is known
/// when the whole document is read.
pub(super) fn link(input: &PageInput<'_>, written: &str) -> Value {
    let site = input.context.site;
    let plain = || json!({"i": "span"});
    let below = |base: Option<&str>, path: String, fragment: Option<String>| {
        let Some(base) = base else {
            return plain();
        };
        let fragment = fragment.map_or(String::new(), |fragment| format!("#{fragment}"));
        json!({"i": "link", "url": format!("{base}{path}{fragment}")})
    };
    let web = |path, fragment| below(site.config.project.base_url.as_deref(), path, fragment);
    let released = |path, fragment| below(site.release_url(), path, fragment);
    match site.resolve(input.page, written) {
        LinkTarget::Fragment(id) => inside(input.index, Some(id)),
        LinkTarget::Page(page, fragment) => match input.links.pages.get(&page) {
            Some(index) => inside(*index, fragment),
            None => web(address(&site.page(page).route), fragment),
        },
        LinkTarget::Route(route) => web(address(&route), None),
        LinkTarget::Elsewhere(file, fragment) => released(address(&file), fragment),
        LinkTarget::File(file) => {
            let file = site.place_in_release(&site.file_route(&file));
            released(file.to_url(), None)
        }
        LinkTarget::External(url) => {
            let url = match url.strip_prefix("//") {
                Some(rest) => format!("https://{rest}"),
                None => url,
            };
            // What the engine takes for an address is at most this long.
            match url.len() < 8000 && !url.chars().any(char::is_control) {
                true => json!({"i": "link", "url": url}),
                false => plain(),
            }
        }
        LinkTarget::Missing(_) | LinkTarget::Outside | LinkTarget::Unsafe | LinkTarget::Empty => {
            plain()
        }
    }
}

fn inside(index: usize, fragment: Option<String>) -> Value {
    let page = format!("p{index}");
    match fragment.filter(|id| !id.is_empty()) {
        Some(id) => json!({"i": "link", "label": format!("{page}--{id}"), "page": page}),
        None => json!({"i": "link", "label": page, "page": page}),
    }
}

/// The address of a page's file below the base, without `index.html`.
fn address(route: &SitePath) -> String {
    let url = route.to_url();
    match url.strip_suffix("index.html") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => folder.to_owned(),
        _ => url,
    }
}
